#!/usr/bin/python3
"""The camera of the comparison: GStreamer's RTSP server plays an MP4 file with H.264, untouched and from its start for the first who asks. Prints READY.

    clip_camera.py --port 8554 --input clip.mp4      →  rtsp://127.0.0.1:8554/clip

Listens on 127.0.0.1 only. Debian: python3-gi, gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-good.
"""

import argparse

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--port", type=int, default=8554)
parser.add_argument("--input", required=True)
arguments = parser.parse_args()

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(str(arguments.port))
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(f"( filesrc location={arguments.input} ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 mtu=1400 )")
factory.set_shared(True)
server.get_mount_points().add_factory("/clip", factory)
server.attach(None)
print("READY", flush=True)
GLib.MainLoop().run()
