#!/usr/bin/env bash
# The figures of docs/performance.md for live viewers, taken again: ./bench/live.sh [VIEWERS [RUNS]]
# Starts the built program (./run --version builds it) on loopback with a folder of its own and prints one JSON report a run.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
MUMU=${MUMU:-$ROOT/artifacts/mumu/mumu}
viewers=${1:-50} runs=${2:-5} offset=21000
[ -x "$MUMU" ] || { echo "$MUMU is not built: run ./run --version first, or set MUMU." >&2; exit 1; }

data=$(mktemp -d)
server=
cleanup() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$data"
}
trap cleanup EXIT

echo '{ "cameras": { "simulator": { "source": "simulator", "width": 1280, "height": 720, "fps": 30, "kbps": 2500 } } }' >"$data/mumu.json"
"$MUMU" key create bench --role reader --data "$data" | tail -n 1 >"$data/key"
"$MUMU" up --data "$data" --port-offset $offset --bind 127.0.0.1 >"$data/log" 2>&1 &
server=$!
for _ in $(seq 100); do grep -q 'is running' "$data/log" && break; sleep 0.2; done

measure() { "$MUMU" bench whep "http://127.0.0.1:$((8889 + offset))/simulator/whep" --key-file "$data/key" --pid "$server" --json "$@"; }
measure --viewers 100 --ramp 20 --seconds 10 >/dev/null # for the server's just-in-time compiler
for _ in $(seq "$runs"); do measure --viewers "$viewers" --ramp 100 --seconds 10 --baseline 10; done
