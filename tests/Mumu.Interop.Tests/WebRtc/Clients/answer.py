"""A peer on aiortc that answers: watches what is offered, sends a picture of its own, and speaks over a data channel.

usage: answer.py URL PICTURES, where URL/offer/clip gives the offer and URL/answer takes the answer
"""

import asyncio
import json
import os
import sys

import aiohttp
import aioice
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import VideoStreamTrack

# aioice leaves loopback out; these tests stay on it.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


async def main(url, pictures):
    peer = RTCPeerConnection()
    tracks, heard = asyncio.Queue(), asyncio.get_event_loop().create_future()
    peer.on("track", lambda track: track.kind == "video" and tracks.put_nowait(track))
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{url}/offer/clip") as reply:
            await peer.setRemoteDescription(RTCSessionDescription(await reply.text(), "offer"))
        peer.addTrack(VideoStreamTrack())
        words = os.urandom(60_000)
        channel = peer.createDataChannel("probe")
        channel.on("open", lambda: channel.send(words))
        channel.on("message", lambda message: heard.set_result(message == words))
        await peer.setLocalDescription(await peer.createAnswer())
        await http.post(f"{url}/answer", data=peer.localDescription.sdp)
    track = await asyncio.wait_for(tracks.get(), 20)
    for _ in range(pictures):
        frame = await asyncio.wait_for(track.recv(), 20)
    assert await asyncio.wait_for(heard, 20), "other bytes came back"
    print(json.dumps({"event": "watched", "pictures": pictures, "width": frame.width}))
    await asyncio.sleep(30)  # what it sends is looked at as long as it lives


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
