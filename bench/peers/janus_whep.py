#!/usr/bin/python3
"""A WHEP server of another make: Janus' streaming plugin passes an RTP stream on to every viewer. To compare with.

    janus_whep.py --port 9892 --rtp 5004        prints READY and the process id of Janus, which is what is to be measured

Janus makes the offer and wants an answer, WHEP is the other way round. So each viewer's offer is turned into an answer for Janus, and Janus' offer into one for the viewer;
media flows between the two without this program. Listens on 127.0.0.1 only. Debian: janus, python3-aiohttp.
"""

import argparse
import asyncio
import itertools
import os
import re
import subprocess
import tempfile

import aiohttp
from aiohttp import web

MAIN = """
general: {{
  configs_folder = "{folder}"
  plugins_folder = "{libraries}/plugins"
  transports_folder = "{libraries}/transports"
  events_folder = "{libraries}/events"
  loggers_folder = "{libraries}/loggers"
  debug_level = 2
}}
plugins: {{ disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_videoroom.so" }}
transports: {{ disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so" }}
"""
HTTP = 'general: {{ json = "compact"\n base_path = "/janus"\n http = true\n port = {port}\n ip = "127.0.0.1" }}\nadmin: {{ admin_http = false }}\n'
STREAM = (
    'clip: {{ type = "rtp"\n id = 1\n audio = false\n video = true\n videoport = {rtp}\n videoiface = "127.0.0.1"\n videopt = 96\n videocodec = "h264"\n'
    ' videofmtp = "profile-level-id=42e01f;packetization-mode=1"\n videobufferkf = true }}\n'
)
TRANSPORT = ("ice-ufrag", "ice-pwd", "fingerprint", "candidate", "end-of-candidates")
numbers = itertools.count()


def lines_of(sdp, names):
    return [line for line in sdp.splitlines() if re.match(r"a=(%s)(:|$)" % "|".join(names), line)]


def answer(to, transport, setup, direction):
    """An answer to one side's offer, with the other side's transport."""
    mid = lines_of(to, ["mid"])[0]
    head = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE " + mid.split(":")[1]]
    media = ["m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", mid, "a=" + direction, "a=rtcp-mux", "a=setup:" + setup, "a=rtpmap:96 H264/90000"]
    formats = ["a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli"]
    return "\r\n".join(head + media + formats + list(dict.fromkeys(lines_of(transport, TRANSPORT))) + lines_of(transport, ["ssrc"])) + "\r\n"


async def ask(client, url, **message):
    async with client.post(url, json={**message, "transaction": str(next(numbers))}) as response:
        return await response.json()


async def offer(request):
    client, janus = request.app["client"], request.app["janus"]
    theirs = await request.text()
    session = f"{janus}/{(await ask(client, janus, janus='create'))['data']['id']}"
    handle = f"{session}/{(await ask(client, session, janus='attach', plugin='janus.plugin.streaming'))['data']['id']}"
    await ask(client, handle, janus="message", body={"request": "watch", "id": 1})
    while True:
        async with client.get(session) as response:
            event = await response.json()
        if "jsep" in event:
            break
    ours = event["jsep"]["sdp"]
    await ask(
        client,
        handle,
        janus="message",
        body={"request": "start"},
        jsep={"type": "answer", "sdp": answer(ours, theirs, "active", "recvonly")},
    )
    name = f"/whep/{next(numbers)}"
    request.app["sessions"][name] = session
    return web.Response(
        status=201, text=answer(theirs, ours, "passive", "sendonly"), content_type="application/sdp", headers={"Location": name}
    )


async def leave(request):
    session = request.app["sessions"].pop(request.path, None)
    if session is None:
        return web.Response(status=404)
    await ask(request.app["client"], session, janus="destroy")
    return web.Response()


async def serve(arguments):
    with tempfile.TemporaryDirectory() as folder:
        libraries = "/usr/lib/x86_64-linux-gnu/janus"
        files = {"janus.jcfg": MAIN, "janus.transport.http.jcfg": HTTP, "janus.plugin.streaming.jcfg": STREAM}
        for name, text in files.items():
            with open(os.path.join(folder, name), "w") as file:
                file.write(text.format(folder=folder, libraries=libraries, port=arguments.port + 1, rtp=arguments.rtp))
        child = subprocess.Popen(["janus", "-F", folder, "-C", folder + "/janus.jcfg", "-N", "-L", folder + "/log", "-s", "600"])
        try:
            await run(arguments, child)
        finally:
            child.terminate()
            child.wait()


async def run(arguments, child):
    app = web.Application()
    app["janus"] = f"http://127.0.0.1:{arguments.port + 1}/janus"
    app["sessions"] = {}
    app.router.add_post("/whep", offer)
    app.router.add_delete("/whep/{name}", leave)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        app["client"] = client
        while True:
            try:
                async with client.get(app["janus"] + "/info"):
                    break
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", arguments.port).start()
        print(f"READY {child.pid}", flush=True)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(15, stop.set)
        await stop.wait()
        await runner.cleanup()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=9892, help="of WHEP; the next one is Janus' own")
    parser.add_argument("--rtp", type=int, default=5004, help="where the RTP stream comes in: H.264 as payload type 96")
    asyncio.run(serve(parser.parse_args()))


main()
