"""A WHEP reader on aiortc: plays a camera for some seconds and ends the session by DELETE.

usage: whep.py URL SECONDS   (the API key is read from standard input)
"""

import asyncio
import sys
from urllib.parse import urljoin

import aiohttp
from aiortc import RTCPeerConnection, RTCSessionDescription

from picture import watch
from signaling import report


async def main(url, seconds, key):
    peer = RTCPeerConnection()
    tracks = asyncio.Queue()
    peer.on("track", lambda track: tracks.put_nowait(track) if track.kind == "video" else None)
    peer.addTransceiver("video", direction="recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        offer = peer.localDescription.sdp
        async with http.post(url, data=offer, headers={"Content-Type": "application/sdp"}) as reply:
            answer = await reply.text()
            report(event="replied", status=reply.status, location=reply.headers.get("Location"))
            if reply.status != 201:
                sys.exit(1)
            session = urljoin(url, reply.headers["Location"])
        await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await watch(await tracks.get(), seconds)
        for _ in range(2):
            async with http.delete(session) as reply:
                report(event="deleted", status=reply.status)
    await peer.close()


asyncio.run(main(sys.argv[1], float(sys.argv[2]), sys.stdin.readline().strip()))
