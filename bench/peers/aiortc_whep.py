#!/usr/bin/env python3
"""A WHEP server of another make: aiortc passes an H.264 file or stream on to every viewer. To compare with, and to test `mumu bench whep` against.

    aiortc_whep.py --port 9889 --input box.mp4

The video is not encoded anew (decode=False), so that like is compared with like. Listens on 127.0.0.1 only. Debian: python3-aiortc, python3-aiohttp.
"""

import argparse
import asyncio
import uuid

import aioice.ice
from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer, MediaRelay

aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
sessions = {}


async def offer(request):
    if request.content_type != "application/sdp":
        return web.Response(status=415, text="application/sdp is wanted")
    app = request.app
    if app.get("player") is None:
        app["player"] = MediaPlayer(app["input"], format=app["format"], options=app["options"], decode=False, loop=app["loop"])
        app["relay"] = MediaRelay()
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    sender = peer.addTrack(app["relay"].subscribe(app["player"].video, buffered=True))
    transceiver = next(t for t in peer.getTransceivers() if t.sender == sender)
    transceiver.setCodecPreferences([c for c in RTCRtpSender.getCapabilities("video").codecs if c.mimeType in ("video/H264", "video/rtx")])
    name = str(uuid.uuid4())
    sessions[name] = peer

    @peer.on("connectionstatechange")
    async def changed():
        if peer.connectionState in ("failed", "closed"):
            sessions.pop(name, None)
            await peer.close()

    await peer.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
    await peer.setLocalDescription(await peer.createAnswer())
    return web.Response(
        status=201, text=peer.localDescription.sdp, content_type="application/sdp", headers={"Location": f"/whep/{name}"}
    )


async def leave(request):
    peer = sessions.pop(request.match_info["name"], None)
    if peer is None:
        return web.Response(status=404)
    await peer.close()
    return web.Response()


async def leave_all(app):
    await asyncio.gather(*(peer.close() for peer in sessions.values()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=9889)
    parser.add_argument("--input", required=True, help="a file, or an address that ffmpeg can read, with H.264 video")
    parser.add_argument("--format", help="ffmpeg's name of the input's format, where it can't tell")
    parser.add_argument("--loop", action="store_true", help="begin the file anew at its end")
    parser.add_argument("--option", action="append", default=[], help="an option of the input, as NAME=VALUE")
    arguments = parser.parse_args()
    app = web.Application()
    app["input"], app["format"], app["loop"] = arguments.input, arguments.format, arguments.loop
    app["options"] = dict(option.split("=", 1) for option in arguments.option)
    app.router.add_post("/whep", offer)
    app.router.add_delete("/whep/{name}", leave)
    app.on_shutdown.append(leave_all)
    web.run_app(app, host="127.0.0.1", port=arguments.port, print=None)


main()
