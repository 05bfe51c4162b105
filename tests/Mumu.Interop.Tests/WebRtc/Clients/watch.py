"""A viewer on aiortc: watches a stream until it has decoded some pictures.

usage: watch.py URL PICTURES
"""

import asyncio
import json
import sys

import aiohttp
import aioice
from aiortc import RTCPeerConnection, RTCSessionDescription

# aioice leaves loopback out; these tests stay on it.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


async def main(url, pictures):
    peer = RTCPeerConnection()
    tracks = asyncio.Queue()
    peer.on("track", tracks.put_nowait)
    peer.addTransceiver("video", direction="recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    async with aiohttp.ClientSession() as http, http.post(url, data=peer.localDescription.sdp) as reply:
        answer = await reply.text()
        if reply.status != 200:
            sys.exit(answer)
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    track = await tracks.get()
    for _ in range(pictures):
        frame = await asyncio.wait_for(track.recv(), 20)
    print(json.dumps({"event": "watched", "width": frame.width, "height": frame.height, "pts": frame.pts}))
    await peer.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
