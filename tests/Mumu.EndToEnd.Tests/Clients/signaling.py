"""The signaling socket of the hub as its existing clients speak it: envelope, hello, heartbeat."""

import asyncio
import datetime
import json
import sys
import uuid

import aioice.ice
import websockets

# aioice leaves loopback out; these tests stay on it.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


def report(**fields):
    """Tells the test what happened, a JSON object a line."""
    print(json.dumps(fields), flush=True)


class Signaling:
    def __init__(self, socket):
        self.socket = socket

    @staticmethod
    async def connect(url, hello):
        client = Signaling(await websockets.connect(url, max_size=65536))
        try:
            await client.send("hello", hello)
            reply = await client.receive()
        except websockets.ConnectionClosed as closed:
            frame = closed.rcvd
            report(event="closed", code=frame.code if frame else 1006, reason=frame.reason if frame else "")
            sys.exit(1)
        if reply["type"] != "hello_ack":
            report(event="refused", reply=reply)
            sys.exit(1)
        report(event="hello_ack", payload=reply["payload"])
        return client

    async def send(self, kind, payload):
        request_id = str(uuid.uuid4())
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        await self.socket.send(json.dumps({"type": kind, "request_id": request_id, "ts": now, "payload": payload}))
        return request_id

    async def receive(self):
        return json.loads(await self.socket.recv())

    async def heartbeats(self, seconds=15):
        while True:
            await self.send("heartbeat", {})
            await asyncio.sleep(seconds)
