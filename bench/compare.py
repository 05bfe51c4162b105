"""Medians over the rounds of bench/compare.sh, and each server's figures as multiples of the first one's."""

import glob
import json
import statistics
import sys

FIGURES = [
    ("CPU a packet that further viewers add", "ns", lambda r: r["server"]["added_nanoseconds_per_packet"]),
    ("CPU a packet, whole server", "ns", lambda r: r["server"]["nanoseconds_per_packet"]),
    ("CPU to connect a viewer", "ms", lambda r: r["server"]["connect_milliseconds_per_viewer"]),
    ("Private memory a viewer", "KB", lambda r: r["server"]["memory"]["private_per_viewer"] / 1000),
    ("First picture, p50", "ms", lambda r: r["milliseconds"]["first_picture"]["p50"]),
    ("First picture, p95", "ms", lambda r: r["milliseconds"]["first_picture"]["p95"]),
    ("Packets a second", "", lambda r: r["traffic"]["packets_per_second"]),
    ("Frames a second and viewer", "", lambda r: r["traffic"]["frames_per_second_per_viewer"]),
    ("Packets lost", "", lambda r: r["traffic"]["lost"]),
    ("Viewers that failed", "", lambda r: r["viewers"]["failed"] + r["viewers"]["ended_early"]),
    ("Load average", "", lambda r: r["machine"]["load_average"]),
]
NO_RATIO = ("Packets a second", "Frames a second and viewer", "Packets lost", "Viewers that failed", "Load average")


def reports(folder, server):
    found = []
    for name in sorted(glob.glob(f"{folder}/{server}.*.json")):
        with open(name) as file:
            text = file.read()
        if text:
            found.append(json.loads(text))
    return found


def main():
    folder, servers = sys.argv[1], sys.argv[2:]
    runs = {server: reports(folder, server) for server in servers}
    for title, unit, read in FIGURES:
        print(f"{title}{' (' + unit + ')' if unit else ''}")
        first = None
        for server in servers:
            values = [read(report) for report in runs[server]]
            if not values:
                print(f"  {server:10} no whole run")
                continue
            middle = statistics.median(values)
            first = middle if first is None else first
            ratio = "" if title in NO_RATIO or not first or first <= 0 else f"  × {middle / first:.1f}"
            print(f"  {server:10} {middle:10.1f}  ({min(values):.1f}–{max(values):.1f}){ratio}")


main()
