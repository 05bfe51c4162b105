#!/usr/bin/env python3
"""Reads an RTSP path N times over TCP and tells what it cost a server: rtsp_readers.py URL READERS SECONDS SERVER_PID [KEY_FILE]"""
import base64, json, os, selectors, socket, sys, time
from urllib.parse import urlparse


class Reader:
    """One connection: plays, then counts interleaved RTP packets and holes in their numbers."""

    def __init__(self, url, key):
        self.url, self.address = url, urlparse(url)
        self.auth = "" if not key else "Authorization: Basic " + base64.b64encode(b"any:" + key.encode()).decode() + "\r\n"
        self.socket = socket.create_connection((self.address.hostname, self.address.port))
        self.rest, self.packets, self.bytes, self.lost, self.next = b"", 0, 0, 0, {}
        self.number, self.session = 0, ""
        self.ask("DESCRIBE", url, "Accept: application/sdp\r\n")
        self.ask("SETUP", url + "/trackID=0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")
        self.ask("PLAY", url, "")
        self.socket.setblocking(False)

    def ask(self, method, url, headers):
        self.number += 1
        session = f"Session: {self.session}\r\n" if self.session else ""
        self.socket.sendall(f"{method} {url} RTSP/1.0\r\nCSeq: {self.number}\r\n{self.auth}{session}{headers}\r\n".encode())
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.socket.recv(65536)
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        if " 200 " not in lines[0] + " ":
            sys.exit(f"{method}: {lines[0]}")
        fields = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        length = int(fields.get("content-length", 0))
        while len(self.rest) < length:
            self.rest += self.socket.recv(65536)
        self.rest = self.rest[length:]
        self.session = fields.get("session", self.session).split(";")[0]

    def take(self):
        try:
            data = self.socket.recv(1 << 18)
        except BlockingIOError:
            return
        if not data:
            sys.exit("The server closed a connection.")
        data, at = self.rest + data, 0
        while len(data) - at >= 4:
            length = (data[at + 2] << 8) | data[at + 3]
            if len(data) - at < 4 + length:
                break
            channel = data[at + 1]
            if channel % 2 == 0:
                number = (data[at + 6] << 8) | data[at + 7]
                self.lost += (number - self.next.get(channel, number)) & 0xFFFF
                self.next[channel] = (number + 1) & 0xFFFF
                self.packets += 1
            self.bytes += 4 + length
            at += 4 + length
        self.rest = data[at:]


def cpu(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(readers, seconds, pid):
    selector = selectors.DefaultSelector()
    for reader in readers:
        selector.register(reader.socket, selectors.EVENT_READ, reader)

    def run(until):
        while (left := until - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                key.data.take()

    run(time.monotonic() + 3)  # the cached group and the first moments
    packets, began, used = sum(r.packets for r in readers), time.monotonic(), cpu(pid)
    run(began + seconds)
    return sum(r.packets for r in readers) - packets, time.monotonic() - began, cpu(pid) - used


if __name__ == "__main__":
    url, count, seconds, pid = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    key = open(sys.argv[5]).read().strip() if len(sys.argv) > 5 else ""
    readers = [Reader(url, key)]
    base_packets, base_time, base_cpu = measure(readers, seconds, pid)
    readers += [Reader(url, key) for _ in range(count - 1)]
    packets, took, used = measure(readers, seconds, pid)
    added = used / took - base_cpu / base_time
    print(json.dumps({
        "readers": count,
        "packets_per_second": round(packets / took),
        "core_percent": round(100 * used / took, 1),
        "core_percent_with_one": round(100 * base_cpu / base_time, 1),
        "us_per_packet": round(1e6 * used / packets, 2),
        "us_per_packet_added": round(1e6 * added / (packets / took - base_packets / base_time), 2),
        "lost": sum(r.lost for r in readers),
        "load": os.getloadavg()[0],
    }))
