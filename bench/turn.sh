#!/usr/bin/env bash
# CPU time of our TURN server and of coturn for the same work: ./bench/turn.sh [RUNS]
# Each run sends 20,000 messages of 300 bytes at 2,500 a second from 50 clients to an echoing peer and back, by turn through both servers, over UDP, TCP and TLS, with channels and with
# indications. Both listen on loopback. Prints microseconds of CPU a relayed datagram, messages lost, and the ratio.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
MUMU=${MUMU:-$ROOT/artifacts/mumu/mumu}
runs=${1:-3} offset=${OFFSET:-20500} coturn_port=${COTURN_PORT:-24678} peer_port=${PEER_PORT:-24690}
clients=50 each=400 gap=20 secret=bench-secret-0123456789
[ -x "$MUMU" ] || { echo "$MUMU is not built: run ./run --version first, or set MUMU." >&2; exit 1; }
for tool in turnserver turnutils_uclient turnutils_peer openssl; do
  command -v $tool >/dev/null || { echo "$tool is missing: apt install coturn openssl" >&2; exit 1; }
done

data=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$data"
}
trap cleanup EXIT
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$data/key.pem" -out "$data/cert.pem" -days 2 -subj /CN=localhost 2>/dev/null
cat >"$data/mumu.json" <<JSON
{ "turn": { "secret": "$secret", "certificate": "$data/cert.pem", "key": "$data/key.pem", "kbpsPerUser": 0, "maxAllocations": 10000, "maxAllocationsPerUser": 10000 } }
JSON
"$MUMU" turn --data "$data" --bind 127.0.0.1 --port-offset "$offset" --turn-allow 127.0.0.1 >"$data/mumu.log" 2>&1 &
ours=$!
pids+=("$ours")
turnserver -n -L 127.0.0.1 -E 127.0.0.1 -p "$coturn_port" --tls-listening-port $((coturn_port + 1)) --use-auth-secret --static-auth-secret "$secret" --realm mumu \
  --allow-loopback-peers --no-cli --cert "$data/cert.pem" --pkey "$data/key.pem" --log-file "$data/coturn.log" --simple-log --pidfile "$data/coturn.pid" >/dev/null 2>&1 &
coturn=$!
pids+=("$coturn")
turnutils_peer -L 127.0.0.1 -p "$peer_port" >/dev/null 2>&1 &
pids+=("$!")
for _ in $(seq 100); do grep -q 'is running' "$data/mumu.log" && break; sleep 0.2; done

ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
hertz=$(getconf CLK_TCK)

# measure PID PORT FLAGS… → "cpu-microseconds-a-datagram lost"
measure() {
  local pid=$1 port=$2 before after lost
  shift 2
  before=$(ticks "$pid")
  lost=$({ turnutils_uclient -u bench -W "$secret" -p "$port" -c -m $clients -n $each -l 300 -z $gap -e 127.0.0.1 -r "$peer_port" "$@" 127.0.0.1 2>&1 || true; } |
    sed -n 's/.*Total lost packets \([0-9]*\).*/\1/p')
  after=$(ticks "$pid")
  awk -v t=$((after - before)) -v hz="$hertz" -v n=$((2 * clients * each)) -v lost="${lost:-all}" 'BEGIN { printf "%.1f %s\n", t * 1e6 / hz / n, lost }'
}

our_port=$((3478 + offset)) our_tls=$((5349 + offset))
measure "$ours" $our_port >/dev/null # for the server's just-in-time compiler
measure "$ours" $our_port -t >/dev/null
measure "$ours" $our_tls -t -S >/dev/null
printf '%-22s %16s %16s %8s\n' "" "ours µs (lost)" "coturn µs (lost)" ratio
for way in "udp channels:" "udp indications:-s" "tcp channels:-t" "tcp indications:-t -s" "tls channels:-t -S"; do
  for _ in $(seq "$runs"); do
    name=${way%%:*} flags=${way#*:} port=$our_port theirs=$coturn_port
    case $flags in *-S*) port=$our_tls theirs=$((coturn_port + 1)) ;; esac
    # shellcheck disable=SC2086
    read -r a la <<<"$(measure "$ours" "$port" $flags)"
    # shellcheck disable=SC2086
    read -r b lb <<<"$(measure "$coturn" "$theirs" $flags)"
    printf '%-22s %16s %16s %8s\n' "$name" "$a ($la)" "$b ($lb)" "$(awk -v a="$a" -v b="$b" 'BEGIN { printf "%.2f", a / b }')"
  done
done
