"""A viewer on GStreamer's webrtcbin: watches a stream until it has decoded some pictures, and speaks over a data channel.

usage: gstreamer.py URL PICTURES [data]
"""

import hashlib
import json
import os
import sys
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

DECODERS = {"H264": "rtph264depay ! h264parse ! avdec_h264", "VP8": "rtpvp8depay ! vp8dec"}


class Viewer:
    def __init__(self, url, pictures, speaks):
        self.url, self.pictures, self.speaks = url, pictures, speaks
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.Pipeline.new()
        self.rtc = Gst.ElementFactory.make("webrtcbin")
        self.rtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipeline.add(self.rtc)
        self.ice = self.rtc.get_property("ice-agent")  # kept: webrtcbin holds no reference of its own to it
        self.ice.emit("add-local-ip-address", "127.0.0.1")  # libnice passes over loopback by itself
        self.seen = {"pictures": 0, "data": not speaks}
        self.rtc.connect("pad-added", self.add)

    def run(self):
        self.pipeline.set_state(Gst.State.READY)
        caps = Gst.Caps.from_string(
            "application/x-rtp,media=video,encoding-name=H264,payload=102,clock-rate=90000,packetization-mode=(string)1,rtcp-fb-nack=true,rtcp-fb-nack-pli=true;"
            "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,rtcp-fb-nack=true,rtcp-fb-nack-pli=true"
        )
        self.rtc.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, caps)
        if self.speaks:
            self.speak()
        self.pipeline.set_state(Gst.State.PLAYING)
        # Not left to its wish to negotiate, which it does not always tell of what was added before it played.
        self.rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered))
        GLib.timeout_add_seconds(50, self.fail, "Too little came in 50 seconds.")
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)

    def speak(self):
        words = os.urandom(60_000)
        channel = self.rtc.emit("create-data-channel", "probe", None)
        channel.connect("on-open", lambda _: channel.emit("send-data", GLib.Bytes.new(words)))
        channel.connect("on-message-data", lambda _, data: self.heard(hashlib.sha256(data.get_data()).digest() == hashlib.sha256(words).digest()))

    def heard(self, same):
        if not same:
            self.fail("Other bytes came back.")
        self.seen["data"] = True
        self.look()

    def offered(self, promise):
        promise.wait()
        reply = promise.get_reply()  # The description lives no longer than this.
        self.rtc.emit("set-local-description", reply.get_value("offer"), None)
        GLib.timeout_add(20, self.gathered)  # Its notification may come before the description stands.

    def gathered(self):
        if self.rtc.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            return True
        offer = self.rtc.get_property("local-description").sdp.as_text()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url, offer.encode(), method="POST")) as reply:
                answer = reply.read().decode()
        except urllib.error.HTTPError as refusal:
            self.fail(refusal.read().decode())
        _, sdp = GstSdp.SDPMessage.new_from_text(answer)
        self.rtc.emit("set-remote-description", GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp), None)
        return False

    def add(self, _, pad):
        codec = pad.get_current_caps().get_structure(0).get_string("encoding-name")
        decoder = Gst.parse_bin_from_description(f"queue ! {DECODERS[codec]} ! appsink name=out emit-signals=true sync=false", True)
        decoder.get_by_name("out").connect("new-sample", self.draw, codec)
        self.pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def draw(self, sink, codec):
        structure = sink.emit("pull-sample").get_caps().get_structure(0)
        self.seen |= {"codec": codec, "width": structure.get_value("width"), "height": structure.get_value("height")}
        self.seen["pictures"] += 1
        GLib.idle_add(self.look)
        return Gst.FlowReturn.OK

    def look(self):
        if self.seen["pictures"] >= self.pictures and self.seen["data"]:
            print(json.dumps({"event": "watched"} | self.seen))
            self.loop.quit()
        return False

    def fail(self, why):
        states = [self.rtc.get_property(name).value_nick for name in ("ice-gathering-state", "ice-connection-state", "connection-state")]
        print(why, self.seen, states, file=sys.stderr, flush=True)
        os._exit(1)


Gst.init(None)
Viewer(sys.argv[1], int(sys.argv[2]), "data" in sys.argv).run()
