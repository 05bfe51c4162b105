#!/usr/bin/env bash
# The RTSP figures of docs/performance.md, taken again: ./bench/rtsp.sh [READERS [RUNS]]
# Starts the built program (./run --version builds it) on loopback with a folder of its own; one JSON line a run (readers of a file that ffmpeg publishes), then how soon a new client is served beside 2,000 that send a byte a second.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
MUMU=${MUMU:-$ROOT/artifacts/mumu/mumu}
readers=${1:-100} runs=${2:-5} offset=22000
[ -x "$MUMU" ] || { echo "$MUMU is not built: run ./run --version first, or set MUMU." >&2; exit 1; }

data=$(mktemp -d)
server=
publisher=
cleanup() {
  if [ -n "$publisher" ]; then kill "$publisher" 2>/dev/null || true; fi
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$data"
}
trap cleanup EXIT

echo '{ "cameras": { "simulator": { "source": "simulator", "width": 1280, "height": 720, "fps": 30, "kbps": 2000 } } }' >"$data/mumu.json"
"$MUMU" key create bench --role reader --data "$data" | tail -n 1 >"$data/key"
"$MUMU" key create publish --role publisher --data "$data" | tail -n 1 >"$data/publish"
"$MUMU" up --data "$data" --port-offset $offset --bind 127.0.0.1 >"$data/log" 2>&1 &
server=$!
for _ in $(seq 100); do grep -q 'is running' "$data/log" && break; sleep 0.2; done

# An encoded file published by ffmpeg, so that the server's CPU time holds no encoder.
ffmpeg -v error -f lavfi -i testsrc2=size=1280x720:rate=30 -t 20 -c:v libx264 -preset veryfast -b:v 2M -maxrate 2M -bufsize 1M -g 60 -bf 0 -pix_fmt yuv420p "$data/video.mp4"
ffmpeg -nostdin -v error -re -stream_loop -1 -i "$data/video.mp4" -c copy -f rtsp -rtsp_transport tcp "rtsp://any:$(cat "$data/publish")@127.0.0.1:$((8554 + offset))/file" &
publisher=$!
sleep 3

url="rtsp://127.0.0.1:$((8554 + offset))/file"
measure() { python3 "$ROOT/bench/peers/rtsp_readers.py" "$url" "$1" "$2" "$server" "$data/key"; }
measure 50 5 >/dev/null # for the server's just-in-time compiler
for _ in $(seq "$runs"); do measure "$readers" 10; done
python3 "$ROOT/bench/peers/slow_clients.py" "$url" 2000 "$data/key"
