#!/usr/bin/env bash
# The RTSP figures of docs/performance.md, taken again: ./bench/rtsp.sh [READERS [RUNS]]
# Starts the built program (./run --version builds it) on loopback with a folder of its own; one JSON line a run, then how soon a new client is served beside 2,000 that send a byte a second.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
MUMU=${MUMU:-$ROOT/artifacts/mumu/mumu}
readers=${1:-100} runs=${2:-5} offset=22000
[ -x "$MUMU" ] || { echo "$MUMU is not built: run ./run --version first, or set MUMU." >&2; exit 1; }

data=$(mktemp -d)
server=
cleanup() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$data"
}
trap cleanup EXIT

echo '{ "cameras": { "simulator": { "source": "simulator", "width": 1280, "height": 720, "fps": 30, "kbps": 2000 } } }' >"$data/mumu.json"
"$MUMU" key create bench --role reader --data "$data" | tail -n 1 >"$data/key"
"$MUMU" up --data "$data" --port-offset $offset --bind 127.0.0.1 >"$data/log" 2>&1 &
server=$!
for _ in $(seq 100); do grep -q 'is running' "$data/log" && break; sleep 0.2; done

url="rtsp://127.0.0.1:$((8554 + offset))/simulator"
measure() { python3 "$ROOT/bench/peers/rtsp_readers.py" "$url" "$1" "$2" "$server" "$data/key"; }
measure 50 5 >/dev/null # for the server's just-in-time compiler
for _ in $(seq "$runs"); do measure "$readers" 10; done
python3 "$ROOT/bench/peers/slow_clients.py" "$url" 2000 "$data/key"
