"""A publisher on GStreamer's webrtcbin, over WHIP.

usage: gstreamer_publish.py URL KEY SECONDS PIPELINE, where the pipeline's branches end in "rtc."
"""

import json
import os
import sys
import urllib.error
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402


class Publisher:
    def __init__(self, url, key, pipeline):
        self.url, self.key = url, key
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.parse_launch(f"webrtcbin name=rtc bundle-policy=max-bundle {pipeline}")
        self.rtc = self.pipeline.get_by_name("rtc")
        self.ice = self.rtc.get_property("ice-agent")  # kept: webrtcbin holds no reference of its own to it
        self.ice.emit("add-local-ip-address", "127.0.0.1")  # libnice passes over loopback by itself
        # Reports shall tell when media was made: by default they tell when it left, to which blocks and queues add.
        self.rtc.get_by_name("rtpbin").set_property("rtcp-sync-send-time", False)
        self.asked = False
        self.rtc.connect("on-negotiation-needed", self.ask)
        self.rtc.connect("notify::connection-state", self.changed)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: self.fail(str(message.parse_error())))

    def run(self, seconds):
        self.pipeline.set_state(Gst.State.PLAYING)
        GLib.timeout_add(int(seconds * 1000), self.loop.quit)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)

    def ask(self, _):
        if not self.asked:
            self.asked = True
            self.rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered))

    def offered(self, promise):
        promise.wait()
        reply = promise.get_reply()  # The description lives no longer than this.
        self.rtc.emit("set-local-description", reply.get_value("offer"), None)
        GLib.timeout_add(20, self.gathered)

    def gathered(self):
        if self.rtc.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            return True
        offer = self.rtc.get_property("local-description").sdp.as_text()
        headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {self.key}"}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url, offer.encode(), headers, method="POST")) as reply:
                answer = reply.read().decode()
        except urllib.error.HTTPError as refusal:
            self.fail(refusal.read().decode() + "\n" + offer)
        _, sdp = GstSdp.SDPMessage.new_from_text(answer)
        self.rtc.emit("set-remote-description", GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp), None)
        print(json.dumps({"event": "answered"}), flush=True)
        return False

    def changed(self, *_):
        state = self.rtc.get_property("connection-state").value_nick
        print(json.dumps({"event": state}), flush=True)

    def fail(self, why):
        print(why, file=sys.stderr, flush=True)
        os._exit(1)


Gst.init(None)
Publisher(sys.argv[1], sys.argv[2], sys.argv[4]).run(float(sys.argv[3]))
