"""Medians and ranges of what bench/figures.sh took; of two programs also the second's share of the first."""

import json
import pathlib
import statistics
import sys

KINDS = ["fresh-500", "viewers-50", "viewers-300", "coalesced-300", "apart-300", "sha1-300", "sha1-coalesced-300", "sha1-apart-300"]
FIGURES = [
    ("ns a packet added", lambda r: r["server"]["added_nanoseconds_per_packet"]),
    ("ns a packet, whole server", lambda r: r["server"]["nanoseconds_per_packet"]),
    ("% of a core", lambda r: r["server"]["cpu_percent"]),
    ("% with one viewer", lambda r: r["server"]["baseline"] and r["server"]["baseline"]["cpu_percent"]),
    ("ms to connect a viewer", lambda r: r["server"]["connect_milliseconds_per_viewer"]),
    ("KB a viewer", lambda r: r["server"]["memory"]["private_per_viewer"] / 1000),
    ("first picture p50, ms", lambda r: r["milliseconds"]["first_picture"]["p50"]),
    ("first picture p95, ms", lambda r: r["milliseconds"]["first_picture"]["p95"]),
    ("packets/s", lambda r: r["traffic"]["packets_per_second"]),
    ("frames/s a viewer", lambda r: r["traffic"]["frames_per_second_per_viewer"]),
    ("packets lost", lambda r: r["traffic"]["lost"]),
    ("client's ns a packet", lambda r: r["client"]["nanoseconds_per_packet"]),
    ("load average", lambda r: r["machine"]["load_average"]),
]


def main():
    folder, programs = pathlib.Path(sys.argv[1]), sys.argv[2:]
    for kind in KINDS:
        runs = [[json.loads(f.read_text()) for f in sorted(folder.glob(f"{kind}.{n}.*.json")) if f.stat().st_size] for n in range(len(programs))]
        if not any(runs):
            continue
        print(kind)
        for title, read in FIGURES:
            columns, medians = [], []
            for reports in runs:
                values = [value for value in map(read, reports) if value is not None]
                if values:
                    medians.append(statistics.median(values))
                    columns.append(f"{medians[-1]:10.1f} ({min(values):.1f}–{max(values):.1f})")
            if columns:
                ratio = f"  × {medians[1] / medians[0]:.2f}" if len(medians) == 2 and medians[0] > 0 else ""
                print(f"  {title:28}" + "   ".join(columns) + ratio)


main()
