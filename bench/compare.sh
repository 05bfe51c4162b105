#!/usr/bin/env bash
# Ours beside other WebRTC servers: same clip, same client, in turns. ./bench/compare.sh [VIEWERS [ROUNDS [SERVER…]]]   servers: mumu pion janus gstreamer aiortc
# Needs the built program (./run --version) and Debian's ffmpeg, golang-go, golang-github-pion-webrtc.v3-dev, janus, python3-aiortc, python3-aiohttp, python3-gi,
# gir1.2-gst-rtsp-server-1.0, gir1.2-gst-plugins-bad-1.0, gstreamer1.0-{nice,plugins-good,plugins-bad}. A server whose package is missing is left out, and said so.
# Everything is on 127.0.0.1 and in a folder of its own; the JSON reports stay in artifacts/compare.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PEERS=$ROOT/bench/peers OUT=$ROOT/artifacts/compare
MUMU=${MUMU:-$ROOT/artifacts/mumu/mumu}
PYTHON=/usr/bin/python3 # Debian's, which has Debian's modules
viewers=${1:-30} rounds=${2:-3}
shift $(($# < 2 ? $# : 2))
servers=("$@")
[ $# -gt 0 ] || servers=(mumu pion janus gstreamer aiortc)
[ -x "$MUMU" ] || { echo "$MUMU is not built: run ./run --version first, or set MUMU." >&2; exit 1; }
mkdir -p "$OUT"
data=$(mktemp -d)
running=()
stop() {
  local process
  for process in "${running[@]}"; do kill "$process" 2>/dev/null || true; done
  for process in "${running[@]}"; do wait "$process" 2>/dev/null || true; done
  running=()
}
trap 'stop; rm -rf "$data"' EXIT

# start LOG COMMAND…: in the background; ready LOG WORD: waits for a word in what it prints.
start() { local log=$data/$1; shift; "$@" >"$log" 2>&1 & running+=($!); }
ready() { for _ in $(seq 100); do grep -q "$2" "$data/$1" && return; sleep 0.1; done; echo "$1 did not start:" >&2; tail -n 5 "$data/$1" >&2; return 1; }

clip() { # 150 s, 1280 × 720, 30 pictures/s, 2.5 Mbit/s, a key frame every 2 s, no B pictures
  [ -f "$OUT/clip.h264" ] && return
  ffmpeg -v error -y -f lavfi -i testsrc2=size=1280x720:rate=30 -t 150 -vf noise=alls=12:allf=t -c:v libx264 -preset ultrafast -tune zerolatency -profile:v baseline \
    -g 60 -keyint_min 60 -sc_threshold 0 -b:v 2500k -maxrate 2500k -bufsize 1250k -pix_fmt yuv420p "$OUT/clip.mp4"
  ffmpeg -v error -y -i "$OUT/clip.mp4" -c copy "$OUT/clip.ts"
  ffmpeg -v error -y -i "$OUT/clip.mp4" -c copy -bsf:v h264_mp4toannexb "$OUT/clip.h264"
}

camera() { start camera "$PYTHON" "$PEERS/clip_camera.py" --port 28554 --input "$OUT/clip.mp4"; ready camera READY; }

# Each sets $url and $pid, the process to measure.
serve_mumu() {
  camera
  echo '{ "cameras": { "clip": { "source": "rtsp", "url": "rtsp://127.0.0.1:28554/clip", "transport": "tcp" } } }' >"$data/mumu.json"
  [ -f "$data/key" ] || "$MUMU" key create bench --role reader --data "$data" | tail -n 1 >"$data/key"
  start mumu "$MUMU" up --data "$data" --port-offset 21000 --bind 127.0.0.1
  pid=${running[-1]} url=http://127.0.0.1:29889/clip/whep
  ready mumu 'is running'
}
serve_pion() { start pion "$data/pion-whep" --port 29890 --input "$OUT/clip.h264"; pid=${running[-1]} url=http://127.0.0.1:29890/whep; sleep 1; }
serve_gstreamer() {
  camera
  start gstreamer "$PYTHON" "$PEERS/gstreamer_whep.py" --port 29891 --input rtsp://127.0.0.1:28554/clip
  pid=${running[-1]} url=http://127.0.0.1:29891/whep
  sleep 3
}
serve_janus() {
  start janus "$PYTHON" "$PEERS/janus_whep.py" --port 29892 --rtp 25004
  ready janus READY
  pid=$(awk '/^READY/ { print $2 }' "$data/janus") url=http://127.0.0.1:29892/whep
  start rtp ffmpeg -v error -re -i "$OUT/clip.ts" -an -c copy -payload_type 96 -f rtp 'rtp://127.0.0.1:25004?pkt_size=1200'
  sleep 2
}
serve_aiortc() { start aiortc "$PYTHON" "$PEERS/aiortc_whep.py" --port 29894 --input "$OUT/clip.ts"; pid=${running[-1]} url=http://127.0.0.1:29894/whep; sleep 2; }

can() {
  case $1 in
    mumu) ;;
    pion) (cd "$PEERS/pion" && GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$OUT/go" go build -o "$data/pion-whep" .) ;;
    janus) command -v janus >/dev/null && "$PYTHON" -c 'import aiohttp' ;;
    gstreamer) gst-inspect-1.0 --exists webrtcbin && "$PYTHON" -c 'import gi; gi.require_version("GstWebRTC", "1.0")' ;;
    aiortc) "$PYTHON" -c 'import aiortc, aiohttp' ;;
  esac
}

clip
usable=()
for server in "${servers[@]}"; do
  if can "$server" >/dev/null 2>&1; then usable+=("$server"); rm -f "$OUT/$server".*.json; else echo "$server: not installed, left out" >&2; fi
done
for round in $(seq "$rounds"); do
  for server in "${usable[@]}"; do
    "serve_$server"
    key=(); [ "$server" != mumu ] || key=(--key-file "$data/key")
    bench() { "$MUMU" bench whep "$url" "${key[@]}" --pid "$pid" --json "$@"; }
    bench --viewers 30 --ramp 50 --seconds 8 >/dev/null || true # compilers, caches, the first allocation of pools
    bench --viewers "$viewers" --ramp 100 --seconds 10 --baseline 8 >"$OUT/$server.$round.json" || echo "$server: some viewers failed in round $round" >&2
    stop
  done
done
"$PYTHON" "$ROOT/bench/compare.py" "$OUT" "${usable[@]}"
