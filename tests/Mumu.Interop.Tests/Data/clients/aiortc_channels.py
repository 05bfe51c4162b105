"""Data channels of aiortc against the host's answers: offer on stdout, answer on stdin, results on stdout, one JSON value a line."""
import asyncio
import hashlib
import json
import os
import sys

import aioice
from aiortc import RTCPeerConnection, RTCSessionDescription

# aioice leaves loopback out; these tests stay on it.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]

KINDS = [
    ("echo ordered", {}),
    ("echo unordered", {"ordered": False}),
    ("echo once", {"ordered": False, "maxRetransmits": 0}),
    ("echo timed", {"maxPacketLifeTime": 3000}),
    ("hash", {"protocol": "sha-256"}),
]
SIZES = [1, 2, 100, 1135, 1200, 5000, 16384, 60000]


async def exchange(channel, inbox, sizes):
    expected = []
    for size in sizes:
        data = os.urandom(size)
        digest = hashlib.sha256(data).hexdigest()
        expected.append(f"{size} {digest}" if channel.label.startswith("hash") else digest)
        channel.send(data)
    channel.send("Grüße ☃")
    limited = channel.maxRetransmits is not None or channel.maxPacketLifeTime is not None
    for _ in range(len(sizes) + 1):
        try:
            got = await asyncio.wait_for(inbox.get(), 10 if limited else 60)
        except asyncio.TimeoutError:
            if limited:
                return  # it may lose some, where a busy machine drops packets
            raise
        if got == "Grüße ☃" or (isinstance(got, str) and got.startswith("11 ")):
            continue
        expected.remove(got if isinstance(got, str) else hashlib.sha256(got).hexdigest())
    assert not expected, expected


async def main():
    peer = RTCPeerConnection()
    if sys.argv[1] == "video":
        peer.addTransceiver("video", direction="recvonly")
    channels = []
    for label, init in KINDS:
        channel = peer.createDataChannel(label, **init)
        inbox, opened = asyncio.Queue(), asyncio.Event()
        channel.on("message", inbox.put_nowait)
        channel.on("open", opened.set)
        channels.append((channel, inbox, opened))
    ours = []

    @peer.on("datachannel")
    def on_channel(channel):
        ours.append(channel)
        channel.on("message", channel.send)

    await peer.setLocalDescription(await peer.createOffer())
    print(json.dumps({"offer": peer.localDescription.sdp}), flush=True)
    answer = json.loads(await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline))
    await peer.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
    for _, _, opened in channels:
        await asyncio.wait_for(opened.wait(), 30)
    await asyncio.gather(*(exchange(channel, inbox, SIZES) for channel, inbox, _ in channels))
    await exchange(channels[-1][0], channels[-1][1], [200_000, 262_144])

    opener = peer.createDataChannel("open")
    opener.on("open", lambda: opener.send("please"))
    while len(ours) < 4:
        await asyncio.sleep(0.02)
    print(json.dumps({"ours": sorted(f"{c.label}|{c.protocol}|{c.ordered}|{c.maxRetransmits}|{c.maxPacketLifeTime}" for c in ours)}), flush=True)
    for channel, _, _ in channels:
        channel.close()
    while any(channel.readyState != "closed" for channel, _, _ in channels):
        await asyncio.sleep(0.02)
    print(json.dumps({"closed": True}), flush=True)
    await peer.close()


asyncio.run(main())
