#!/usr/bin/env python3
"""Opens N connections that send a byte a second, and times how soon an honest client plays beside them: slow_clients.py URL N [KEY_FILE]"""
import json, os, resource, socket, sys, time
from urllib.parse import urlparse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rtsp_readers import Reader

url, count = sys.argv[1], int(sys.argv[2])
key = open(sys.argv[3]).read().strip() if len(sys.argv) > 3 else ""
resource.setrlimit(resource.RLIMIT_NOFILE, (min(count + 200, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
address, slow, refused = urlparse(url), [], 0
for _ in range(count):
    try:
        slow.append(socket.create_connection((address.hostname, address.port), timeout=5))
    except OSError:
        refused += 1
times, text = [], b"DESCRIBE rtsp://x/simulator RTSP/1.0\r\n"
for turn in range(5):
    for client in slow:
        try:
            client.send(text[turn:turn + 1])
        except OSError:
            pass  # it was given up, as it may be
    began = time.monotonic()
    honest = Reader(url, key)
    honest.socket.setblocking(True)
    while honest.packets == 0:
        honest.take()
    times.append((time.monotonic() - began) * 1000)
    honest.socket.close()
    time.sleep(1)
print(json.dumps({"slow_clients": len(slow), "refused": refused, "honest_client_plays_after_ms": [round(t, 1) for t in times]}))
