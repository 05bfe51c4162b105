"""A viewer on aiortc, written against the hub's documented protocol only: watches a device and reports the frames it decoded.

usage: viewer.py WS-URL DEVICE-ID SECONDS   (the access token is read from standard input)
"""

import asyncio
import sys

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

from picture import watch
from signaling import Signaling, report


async def main(url, device_id, seconds):
    signaling = await Signaling.connect(url, {"token": sys.stdin.readline().strip()})
    await signaling.send("watch_request", {"device_id": device_id})
    ready = await signaling.receive()
    while ready["type"] not in ("watch_ready", "error"):
        ready = await signaling.receive()
    if ready["type"] == "error":
        report(event="error", message=ready["payload"]["message"])
        return
    session_id = ready["payload"]["session_id"]
    servers = [RTCIceServer(s["urls"], s.get("username"), s.get("credential")) for s in ready["payload"]["ice_servers"]]
    peer = RTCPeerConnection(RTCConfiguration(servers))
    tracks = asyncio.Queue()
    peer.on("track", lambda track: tracks.put_nowait(track) if track.kind == "video" else None)
    peer.addTransceiver("video", direction="recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    await signaling.send(
        "signal_offer", {"session_id": session_id, "sdp": {"type": "offer", "sdp": peer.localDescription.sdp}}
    )
    watching, early = None, []
    while watching is None or not watching.done():
        receive = asyncio.ensure_future(signaling.receive())
        await asyncio.wait([receive] + ([watching] if watching else []), return_when=asyncio.FIRST_COMPLETED)
        if not receive.done():
            receive.cancel()
            continue
        message = receive.result()
        payload = message["payload"]
        if message["type"] == "signal_answer":
            await peer.setRemoteDescription(RTCSessionDescription(payload["sdp"]["sdp"], payload["sdp"]["type"]))
            report(event="answered", identity="identity" in payload and payload["identity"] is not None)
            for candidate in early:
                await peer.addIceCandidate(candidate)
            watching = asyncio.ensure_future(watch(await tracks.get(), seconds))
        elif message["type"] == "signal_ice" and payload["candidate"] and payload["candidate"]["candidate"]:
            candidate = candidate_from_sdp(payload["candidate"]["candidate"].split(":", 1)[1])
            candidate.sdpMid, candidate.sdpMLineIndex = payload["candidate"]["sdpMid"], payload["candidate"]["sdpMLineIndex"]
            early.append(candidate) if watching is None else await peer.addIceCandidate(candidate)
        elif message["type"] in ("watch_ended", "error"):
            report(event=message["type"], payload=payload)
            return
    watching.result()
    await signaling.send("end_watch", {"session_id": session_id})
    await peer.close()


asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
