#!/usr/bin/python3
"""A WHEP server of another make: GStreamer's webrtcbin passes the H.264 of an RTSP camera on to every viewer. To compare with.

    gstreamer_whep.py --port 9891 --input rtsp://127.0.0.1:8554/clip

The camera is read and packetised once; a tee feeds every viewer's webrtcbin. Listens on 127.0.0.1 only.
Debian: python3-gi, gir1.2-gst-plugins-bad-1.0, gstreamer1.0-nice, gstreamer1.0-plugins-bad, gstreamer1.0-plugins-good.
"""

import argparse
import http.server
import threading
import uuid

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--port", type=int, default=9891)
parser.add_argument("--input", required=True, help="rtsp:// address with H.264 video")
arguments = parser.parse_args()

Gst.init(None)
pipeline = Gst.parse_launch(
    f"rtspsrc location={arguments.input} protocols=tcp latency=0 ! rtph264depay ! h264parse config-interval=-1"
    " ! rtph264pay config-interval=-1 aggregate-mode=zero-latency mtu=1200 pt=96"
    " ! application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000,packetization-mode=(string)1 ! tee name=fan allow-not-linked=true"
)
fan = pipeline.get_by_name("fan")
sessions = {}


def ask(peer, action, *values):
    """Emits an action of webrtcbin and waits for its promise."""
    promise = Gst.Promise.new()
    peer.emit(action, *values, promise)
    promise.wait()
    return promise.get_reply()


def answer(text):
    queue = Gst.ElementFactory.make("queue")
    queue.set_property("leaky", 2)  # a viewer that does not get through must not hold up the others
    peer = Gst.ElementFactory.make("webrtcbin")
    peer.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
    pipeline.add(queue)
    pipeline.add(peer)
    for element in (queue, peer):
        element.sync_state_with_parent()
    sink = peer.request_pad_simple("sink_0")
    # webrtcbin has to know the format before it sees the offer, or it makes another transceiver for that.
    sink.get_property("transceiver").set_property("codec-preferences", Gst.Caps.from_string("application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=96"))
    sink.get_property("transceiver").set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
    queue.get_static_pad("src").link(sink)
    _, sdp = GstSdp.SDPMessage.new_from_text(text)
    ask(peer, "set-remote-description", GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.OFFER, sdp))
    reply = ask(peer, "create-answer", None)
    description = reply.get_value("answer")
    gathered = threading.Event()

    def changed(*_):
        if peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            gathered.set()

    peer.connect("notify::ice-gathering-state", changed)
    ask(peer, "set-local-description", description)
    changed()
    gathered.wait(5)
    # It goes into the tee last: a pad that is not ready to send would hold up all the others.
    pad = fan.request_pad_simple("src_%u")
    pad.link(queue.get_static_pad("sink"))
    name = "/whep/" + uuid.uuid4().hex
    sessions[name] = (pad, queue, peer)
    return name, peer.get_property("local-description").sdp.as_text()


def leave(name):
    if name in sessions:
        pad, queue, peer = sessions.pop(name)

        def unlink(*_):
            pad.unlink(queue.get_static_pad("sink"))
            GLib.idle_add(free, pad, queue, peer)
            return Gst.PadProbeReturn.REMOVE

        pad.add_probe(Gst.PadProbeType.IDLE, unlink)


def free(pad, queue, peer):
    fan.release_request_pad(pad)
    for element in (queue, peer):
        element.set_state(Gst.State.NULL)
        pipeline.remove(element)
    return False


class Whep(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        name, sdp = answer(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(201)
        self.send_header("Content-Type", "application/sdp")
        self.send_header("Location", name)
        self.send_header("Content-Length", str(len(sdp)))
        self.end_headers()
        self.wfile.write(sdp.encode())

    def do_DELETE(self):
        leave(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


pipeline.set_state(Gst.State.PLAYING)
threading.Thread(target=http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), Whep).serve_forever, daemon=True).start()
GLib.MainLoop().run()
