"""A viewer on aiortc, written against the hub's documented protocol only: watches a device and reports how it got there.

usage: watch.py WS-URL DEVICE-ID TURN-SCHEME FRAMES any|direct   (the access token is read from standard input)
TURN-SCHEME is udp, tcp or tls: which of the hub's TURN addresses to use, since aiortc takes only one.
With "direct" it keeps playing until its path is a direct one, for 20 s at most.
Reports JSON lines: connected, first_frame, playing (after FRAMES frames), failed.
"""

import asyncio
import datetime
import json
import sys
import time
import uuid

import websockets
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

import relayed_ice


def report(**fields):
    print(json.dumps(fields), flush=True)


class Signaling:
    def __init__(self, socket):
        self.socket = socket

    async def send(self, kind, payload):
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        message = {"type": kind, "request_id": str(uuid.uuid4()), "ts": now, "payload": payload}
        await self.socket.send(json.dumps(message))

    async def receive(self, *kinds):
        while True:
            message = json.loads(await self.socket.recv())
            if message["type"] in ("error", "watch_ended"):
                report(event="failed", message=message["payload"])
                sys.exit(1)
            if message["type"] in kinds:
                return message["type"], message["payload"]


def scheme_of(url):
    if url.startswith("turns:"):
        return "tls"
    return "tcp" if "transport=tcp" in url else "udp"


def choose(servers, scheme):
    chosen = []
    for server in servers:
        urls = [server["urls"]] if isinstance(server["urls"], str) else server["urls"]
        urls = [u for u in urls if u.startswith("stun:") or (u.startswith("turn") and scheme_of(u) == scheme)]
        if urls:
            chosen.append(RTCIceServer(urls, server.get("username"), server.get("credential")))
    return chosen


def connection_of(peer):
    return next(t for t in peer.getTransceivers()).receiver.transport.transport._connection


def is_direct(peer):
    connection = connection_of(peer)
    pair = connection._nominated.get(1)
    return pair is not None and not relayed_ice.is_relayed(connection, pair)


def selected_pair(peer):
    connection = connection_of(peer)
    pair = connection._nominated.get(1)
    if pair is None:
        return {}
    local, remote = pair.local_candidate, pair.remote_candidate
    return {"local": local.type, "remote": remote.type, "remote_address": remote.host}


async def play(track, peer, started, frames, path):
    await asyncio.wait_for(track.recv(), 25)
    report(event="first_frame", seconds=round(time.monotonic() - started, 3), pair=selected_pair(peer))
    for _ in range(frames):
        await asyncio.wait_for(track.recv(), 10)
    # The better path may take a few rounds of checks while the worse one plays.
    until = time.monotonic() + 20
    while path == "direct" and not is_direct(peer) and time.monotonic() < until:
        await asyncio.wait_for(track.recv(), 10)
    report(event="playing", frames=frames, pair=selected_pair(peer))


async def main(url, device_id, scheme, frames, path):
    token = sys.stdin.readline().strip()
    signaling = Signaling(await websockets.connect(url, max_size=65536))
    await signaling.send("hello", {"token": token})
    await signaling.receive("hello_ack")
    started = time.monotonic()
    await signaling.send("watch_request", {"device_id": device_id})
    _, ready = await signaling.receive("watch_ready")
    session = ready["session_id"]
    peer = RTCPeerConnection(RTCConfiguration(choose(ready["ice_servers"], scheme)))
    tracks = asyncio.Queue()
    peer.on("track", lambda track: tracks.put_nowait(track) if track.kind == "video" else None)

    @peer.on("connectionstatechange")
    def on_change():
        report(event=peer.connectionState, seconds=round(time.monotonic() - started, 3))

    peer.addTransceiver("video", direction="recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    report(event="gathered", seconds=round(time.monotonic() - started, 3))
    sdp = peer.localDescription.sdp
    await signaling.send("signal_offer", {"session_id": session, "sdp": {"type": "offer", "sdp": sdp}})
    playing, early = None, []
    while playing is None or not playing.done():
        receive = asyncio.ensure_future(signaling.receive("signal_answer", "signal_ice"))
        await asyncio.wait([receive] + ([playing] if playing else []), return_when=asyncio.FIRST_COMPLETED)
        if not receive.done():
            receive.cancel()
            continue
        kind, payload = receive.result()
        if kind == "signal_answer":
            await peer.setRemoteDescription(RTCSessionDescription(payload["sdp"]["sdp"], "answer"))
            for candidate in early:
                await peer.addIceCandidate(candidate)
            playing = asyncio.ensure_future(play(await tracks.get(), peer, started, frames, path))
        elif payload["candidate"] and payload["candidate"]["candidate"]:
            candidate = candidate_from_sdp(payload["candidate"]["candidate"].split(":", 1)[1])
            candidate.sdpMid = payload["candidate"]["sdpMid"]
            candidate.sdpMLineIndex = payload["candidate"]["sdpMLineIndex"]
            early.append(candidate) if playing is None else await peer.addIceCandidate(candidate)
    playing.result()
    await signaling.send("end_watch", {"session_id": session})
    await peer.close()


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]))
