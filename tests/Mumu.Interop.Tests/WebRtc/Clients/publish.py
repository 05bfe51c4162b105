"""A publisher on aiortc: a moving picture and a tone.

usage: publish.py URL CODEC SECONDS [KEY]
"""

import asyncio
import json
import sys
from fractions import Fraction

import aiohttp
import aioice
import av
from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

# aioice leaves loopback out; these tests stay on it.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]

WIDTH, HEIGHT = 320, 240


class Picture(VideoStreamTrack):
    """A grey that grows lighter, with a bar that moves."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        step = pts // 3000
        row = bytearray([step % 200 + 20] * WIDTH)
        row[step * 4 % WIDTH] = 255
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        frame.planes[0].update(bytes(row + bytes(frame.planes[0].line_size - WIDTH)) * HEIGHT)
        for plane in frame.planes[1:]:
            plane.update(bytes([128]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, Fraction(time_base)
        return frame


async def main(url, codec, seconds, key=None):
    peer = RTCPeerConnection()
    video = peer.addTransceiver(Picture(), direction="sendonly")
    peer.addTransceiver(AudioStreamTrack(), direction="sendonly")
    wanted = [c for c in RTCRtpSender.getCapabilities("video").codecs if c.mimeType == f"video/{codec}"]
    video.setCodecPreferences(wanted)
    await peer.setLocalDescription(await peer.createOffer())
    headers = {"Content-Type": "application/sdp"} | ({"Authorization": f"Bearer {key}"} if key else {})
    async with aiohttp.ClientSession() as http, http.post(url, data=peer.localDescription.sdp, headers=headers) as reply:
        answer = await reply.text()
        if reply.status not in (200, 201):
            sys.exit(answer)
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    print(json.dumps({"event": "published"}))
    await asyncio.sleep(seconds)
    await peer.close()


asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), *sys.argv[4:]))
