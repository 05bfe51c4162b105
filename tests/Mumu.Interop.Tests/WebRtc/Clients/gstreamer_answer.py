"""A peer on GStreamer's webrtcbin that answers: watches what is offered, sends a picture of its own, and speaks over a data channel.

usage: gstreamer_answer.py URL PICTURES, where URL/offer/clip gives the offer and URL/answer takes the answer
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


class Peer:
    def __init__(self, url, pictures):
        self.url, self.pictures = url, pictures
        self.loop = GLib.MainLoop()
        with urllib.request.urlopen(f"{url}/offer/clip") as reply:
            _, self.offer = GstSdp.SDPMessage.new_from_text(reply.read().decode())
        kind = self.offer.get_media(0).get_format(0)  # the payload type of what is offered, which is sent in the same
        self.pipeline = Gst.parse_launch(
            "webrtcbin name=rtc bundle-policy=max-bundle videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ! "
            f"vp8enc deadline=1 keyframe-max-dist=25 ! rtpvp8pay pt={kind} ! application/x-rtp,media=video,encoding-name=VP8,payload={kind} ! rtc."
        )
        self.rtc = self.pipeline.get_by_name("rtc")
        self.ice = self.rtc.get_property("ice-agent")  # kept: webrtcbin holds no reference of its own to it
        self.ice.emit("add-local-ip-address", "127.0.0.1")  # libnice passes over loopback by itself
        self.seen = {"pictures": 0, "data": False}
        self.rtc.connect("pad-added", self.add)

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        offer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.OFFER, self.offer)
        self.rtc.emit("set-remote-description", offer, Gst.Promise.new_with_change_func(self.described))
        GLib.timeout_add_seconds(50, self.fail, "Too little came in 50 seconds.")
        self.loop.run()

    def described(self, promise):
        promise.wait()
        words = os.urandom(60_000)
        channel = self.rtc.emit("create-data-channel", "probe", None)
        channel.connect("on-open", lambda _: channel.emit("send-data", GLib.Bytes.new(words)))
        channel.connect("on-message-data", lambda _, data: self.heard(hashlib.sha256(data.get_data()).digest() == hashlib.sha256(words).digest()))
        self.rtc.emit("create-answer", None, Gst.Promise.new_with_change_func(self.answered))

    def answered(self, promise):
        promise.wait()
        reply = promise.get_reply()  # The description lives no longer than this.
        self.rtc.emit("set-local-description", reply.get_value("answer"), None)
        GLib.timeout_add(20, self.gathered)

    def gathered(self):
        if self.rtc.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            return True
        answer = self.rtc.get_property("local-description").sdp.as_text()
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/answer", answer.encode(), method="POST")).close()
        return False

    def add(self, _, pad):
        caps = pad.get_current_caps() or pad.query_caps()
        if pad.direction != Gst.PadDirection.SRC or caps.get_structure(0).get_string("media") != "video":
            return
        decoder = Gst.parse_bin_from_description("queue ! rtpvp8depay ! vp8dec ! appsink name=out emit-signals=true sync=false", True)
        decoder.get_by_name("out").connect("new-sample", self.draw)
        self.pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def draw(self, sink):
        sink.emit("pull-sample")
        self.seen["pictures"] += 1
        GLib.idle_add(self.look)
        return Gst.FlowReturn.OK

    def heard(self, same):
        if not same:
            self.fail("Other bytes came back.")
        self.seen["data"] = True
        self.look()

    def look(self):
        if self.seen["pictures"] == self.pictures or (self.seen["pictures"] > self.pictures and not self.seen.get("told")):
            if self.seen["data"] and not self.seen.get("told"):
                self.seen["told"] = True
                print(json.dumps({"event": "watched"} | self.seen), flush=True)
        return False

    def fail(self, why):
        states = [self.rtc.get_property(name).value_nick for name in ("ice-gathering-state", "ice-connection-state", "connection-state")]
        print(why, self.seen, states, file=sys.stderr, flush=True)
        os._exit(1)


Gst.init(None)
Peer(sys.argv[1], int(sys.argv[2])).run()
