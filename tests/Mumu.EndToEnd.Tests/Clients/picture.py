"""Reads the simulator's frame counter off decoded pictures."""

import asyncio

from signaling import report

STRIP_BITS = 32
BLOCK = 16


def burnt_in_counter(frame):
    """The frame number the simulator draws as a row of white and black macroblocks, highest bit first."""
    luma, stride = bytes(frame.planes[0]), frame.planes[0].line_size
    left = (-(-frame.width // BLOCK) - STRIP_BITS) // 2
    value = 0
    for bit in range(STRIP_BITS):
        value = value << 1 | (luma[(BLOCK + BLOCK // 2) * stride + (left + bit) * BLOCK + BLOCK // 2] > 128)
    return value


async def watch(track, seconds):
    """Reports the first frame and, after some seconds, what its counters did."""
    first = await asyncio.wait_for(track.recv(), 20)
    report(event="first_frame", width=first.width, height=first.height, counter=burnt_in_counter(first))
    loop, counters = asyncio.get_running_loop(), []
    end = loop.time() + seconds
    while loop.time() < end:
        counters.append(burnt_in_counter(await asyncio.wait_for(track.recv(), 10)))
    backwards = sum(1 for a, b in zip(counters, counters[1:]) if b <= a)
    report(event="watched", frames=len(counters), first=counters[0], last=counters[-1], backwards=backwards)
