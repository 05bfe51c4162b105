#!/usr/bin/python3
"""A camera made of GStreamer's RTSP server: real footage, chosen formats, optional Digest or Basic. Prints READY <port>."""
import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

VIDEO = {
    # The camera's own H.264, untouched.
    "copy": "demux. ! queue ! h264parse config-interval={interval} ! rtph264pay name=pay0 pt=96 config-interval={interval} mtu=1200",
    "h264": "demux. ! queue ! decodebin ! videoconvert ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 bitrate=1500"
    " ! rtph264pay name=pay0 pt=96 config-interval={interval} mtu=1200",
    "h265": "demux. ! queue ! decodebin ! videoconvert ! x265enc tune=zerolatency speed-preset=ultrafast key-int-max=10 bitrate=1000"
    " ! h265parse config-interval={interval} ! rtph265pay name=pay0 pt=96 config-interval={interval} mtu=1200",
    "mpeg4": "demux. ! queue ! decodebin ! videoconvert ! avenc_mpeg4 ! rtpmp4vpay name=pay0 pt=96",
}
AUDIO = {
    "none": "",
    "pcma": " audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8",
    "pcmu": " audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0",
    "aac": " audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! voaacenc ! rtpmp4gpay name=pay1 pt=97",
    "opus": " audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=pay1 pt=98",
}

parser = argparse.ArgumentParser()
parser.add_argument("footage")
parser.add_argument("--port", default="0")
parser.add_argument("--video", choices=VIDEO, default="copy")
parser.add_argument("--audio", choices=AUDIO, default="none")
parser.add_argument("--user")
parser.add_argument("--password")
parser.add_argument("--basic", action="store_true")
parser.add_argument("--no-tcp", action="store_true")
parser.add_argument("--interval", default="-1", help="config-interval of the payloader: -1 parameter sets with every key frame, 0 in the description only")
args = parser.parse_args()

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(args.port)

factory = GstRtspServer.RTSPMediaFactory()
demux = "avidemux" if args.footage.endswith(".avi") else "qtdemux"
factory.set_launch(f"( filesrc location={args.footage} ! {demux} name=demux {VIDEO[args.video]}{AUDIO[args.audio]} )".replace("{interval}", args.interval))
factory.set_shared(False)
if args.no_tcp:
    factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)

if args.user:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if args.basic:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(args.user, args.password), token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(args.user, args.password, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)

server.get_mount_points().add_factory("/live", factory)
if server.attach(None) == 0:
    sys.exit("The port is taken.")
print("READY", server.get_bound_port(), flush=True)
GLib.MainLoop().run()
