#!/usr/bin/env bash
# The figures of docs/performance.md for live viewers, taken again, all in one run and in turns: ./bench/figures.sh [ROUNDS [PROGRAM…]]
# A PROGRAM is a built mumu (default: artifacts/mumu/mumu, built by ./run --version); two of them are measured side by side, for a before and after.
# As root it also measures with the receivers' share of the kernel's work on another core (its own network namespace; two cores at least). Reports stay in artifacts/figures.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=$ROOT/artifacts/figures offset=21000
rounds=${1:-3}
shift $(($# < 1 ? $# : 1))
programs=("$@")
[ $# -gt 0 ] || programs=("$ROOT/artifacts/mumu/mumu")
for program in "${programs[@]}"; do [ -x "$program" ] || { echo "$program is not built: run ./run --version first." >&2; exit 1; }; done
rm -rf "$OUT"; mkdir -p "$OUT"
data=$(mktemp -d)
server= space=
stop() { [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=; }; }
cleanup() { stop; [ -z "$space" ] || ip netns delete "$space"; rm -rf "$data"; }
trap cleanup EXIT
echo '{ "cameras": { "simulator": { "source": "simulator", "width": 1280, "height": 720, "fps": 30, "kbps": 2500 } } }' >"$data/mumu.json"
"${programs[0]}" key create bench --role reader --data "$data" | tail -n 1 >"$data/key"

before=() server_on=() client_on=() # what commands are started with
start() {
  : >"$data/log"
  "${before[@]}" "${server_on[@]}" "$program" up --data "$data" --port-offset $offset --bind 127.0.0.1 >"$data/log" 2>&1 &
  server=$!
  for _ in $(seq 100); do grep -q 'is running' "$data/log" && return; sleep 0.2; done
  tail -n 5 "$data/log" >&2; return 1
}
bench() { "${before[@]}" "${client_on[@]}" "$program" bench whep "http://127.0.0.1:$((8889 + offset))/simulator/whep" --key-file "$data/key" --pid "$server" --json "$@"; }
take() { bench "${@:2}" --seconds 10 >"$OUT/$1.$number.$round.json" || echo "$1: some viewers failed" >&2; }

for round in $(seq "$rounds"); do
  for number in "${!programs[@]}"; do
    program=${programs[$number]}
    start
    take fresh-500 --viewers 500 --ramp 20                        # memory of the first 500 viewers of a process
    take viewers-50 --viewers 50 --ramp 100 --baseline 10
    take viewers-300 --viewers 300 --ramp 50 --baseline 10
    take coalesced-300 --viewers 300 --ramp 50 --baseline 10 --coalesce
    take sha1-300 --viewers 300 --ramp 50 --baseline 10 --sha1
    take sha1-coalesced-300 --viewers 300 --ramp 50 --baseline 10 --sha1 --coalesce
    stop
    if [ "$(id -u)" = 0 ] && [ "$(nproc)" -gt 1 ] && command -v ip taskset >/dev/null; then
      # Packets that loopback delivers are handled on the client's core, as another machine's kernel would.
      space=mumu-bench-$$
      ip netns add $space
      ip netns exec $space sh -c 'ip link set lo up; echo 2 >/sys/class/net/lo/queues/rx-0/rps_cpus'
      before=(ip netns exec $space) server_on=(taskset 1) client_on=(taskset 2)
      start
      bench --viewers 200 --ramp 20 --seconds 5 >/dev/null # for the server's just-in-time compiler
      take apart-300 --viewers 300 --ramp 50 --baseline 10
      take sha1-apart-300 --viewers 300 --ramp 50 --baseline 10 --sha1
      stop
      ip netns delete $space
      before=() server_on=() client_on=() space=
    fi
  done
done
/usr/bin/env python3 "$ROOT/bench/figures.py" "$OUT" "${programs[@]}"
