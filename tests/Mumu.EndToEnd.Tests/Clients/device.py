"""A camera device on aiortc, as the first generation of the system had it: no key, an id alone, a moving picture.

usage: device.py WS-URL DEVICE-ID
"""

import asyncio
import fractions
import sys

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.sdp import candidate_from_sdp
from av import VideoFrame

from signaling import Signaling, report


class MovingBar(VideoStreamTrack):
    """A grey picture with a white bar that moves on with every frame."""

    count = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(640, 480, "yuv420p")
        for number, plane in enumerate(frame.planes):
            row = bytearray(b"\x80" * plane.line_size)
            if number == 0:
                at = self.count * 4 % 600
                row[at : at + 40] = b"\xeb" * 40
            plane.update(bytes(row) * plane.height)
        self.count += 1
        frame.pts, frame.time_base = pts, fractions.Fraction(time_base)
        return frame


async def answer(signaling, peers, payload, servers):
    session_id = payload["session_id"]
    peer = peers[session_id] = RTCPeerConnection(RTCConfiguration(servers.get(session_id, [])))
    peer.addTrack(MovingBar())
    await peer.setRemoteDescription(RTCSessionDescription(payload["sdp"]["sdp"], payload["sdp"]["type"]))
    await peer.setLocalDescription(await peer.createAnswer())
    sdp = {"type": peer.localDescription.type, "sdp": peer.localDescription.sdp}
    await signaling.send("signal_answer", {"session_id": session_id, "sdp": sdp})
    report(event="answered", session_id=session_id)


async def main(url, device_id):
    signaling = await Signaling.connect(url, {"device_id": device_id})
    beats = asyncio.ensure_future(signaling.heartbeats())
    peers, servers = {}, {}
    while True:
        message = await signaling.receive()
        payload = message["payload"]
        if message["type"] == "watch_request":
            servers[payload["session_id"]] = [
                RTCIceServer(s["urls"], s.get("username"), s.get("credential")) for s in payload["ice_servers"]
            ]
        elif message["type"] == "signal_offer":
            await answer(signaling, peers, payload, servers)
        elif message["type"] == "signal_ice" and payload["candidate"] and payload["candidate"]["candidate"]:
            text = payload["candidate"]["candidate"].split(":", 1)[1]
            if payload["session_id"] in peers and ".local" not in text:
                candidate = candidate_from_sdp(text)
                candidate.sdpMid = payload["candidate"]["sdpMid"]
                candidate.sdpMLineIndex = payload["candidate"]["sdpMLineIndex"]
                await peers[payload["session_id"]].addIceCandidate(candidate)
        elif message["type"] == "watch_ended":
            report(event="watch_ended", payload=payload)
            if peer := peers.pop(payload["session_id"], None):
                await peer.close()


asyncio.run(main(sys.argv[1], sys.argv[2]))
