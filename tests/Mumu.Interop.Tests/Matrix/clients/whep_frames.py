"""A viewer on GStreamer's webrtcbin that tells the hash and time of each frame it gets, in the words of ffmpeg's framehash.

usage: whep_frames.py URL KEY FILE PICTURES sound|silent
"""

import hashlib
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

VIDEO = "application/x-rtp,media=video,encoding-name=H264,payload=102,clock-rate=90000,packetization-mode=(string)1,rtcp-fb-nack=true,rtcp-fb-nack-pli=true"
AUDIO = "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2"
LATENCY_MS = 3000  # what is lost has this long to come again
CLOCKS = {"H264": 90000, "OPUS": 48000}
NAL_FU_A, NAL_STAP_A = 28, 24


class Track:
    """Frames of one track, with RTP's own times: GStreamer's are bent towards the times of arrival."""

    def __init__(self, codec):
        self.codec, self.frames, self.nals, self.at, self.wraps, self.shift = codec, [], [], None, 0, None

    def take(self, packet, ntp):
        marker = packet[1] >> 7
        timestamp = int.from_bytes(packet[4:8], "big")
        start = 12 + 4 * (packet[0] & 15)
        if packet[0] & 0x10:
            start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
        payload = packet[start : len(packet) - (packet[-1] if packet[0] & 0x20 else 0)]
        if self.at is not None and timestamp - self.at % 2**32 < -(2**31):
            self.wraps += 1
        self.at = timestamp + self.wraps * 2**32
        if ntp is not None:
            self.shift = ntp - self.at / CLOCKS[self.codec]
        if self.codec == "OPUS":
            self.frames.append((self.at, hashlib.md5(payload).hexdigest()))
            return
        self.unpack(payload)
        if marker:
            # Slices only, as ffmpeg writes them: four bytes of start code before the first, three before others.
            slices = b"\0\0\1".join(nal for nal in self.nals if 1 <= nal[0] & 31 <= 5)
            self.frames.append((self.at, hashlib.md5(b"\0\0\0\1" + slices).hexdigest()))
            self.nals = []

    def unpack(self, payload):
        kind = payload[0] & 31
        if kind == NAL_FU_A:
            if payload[1] & 0x80:
                self.nals.append(bytes([payload[0] & 0xE0 | payload[1] & 31]))
            self.nals[-1] += payload[2:]
        elif kind == NAL_STAP_A:
            rest = payload[1:]
            while rest:
                length = int.from_bytes(rest[:2], "big")
                self.nals.append(rest[2 : 2 + length])
                rest = rest[2 + length :]
        else:
            self.nals.append(payload)


class Viewer:
    def __init__(self, url, key, file, pictures, has_sound):
        self.url, self.key, self.frames, self.has_sound = url, key, pictures, has_sound
        self.loop = GLib.MainLoop()
        self.file = file
        self.tracks = {}
        self.pipeline = Gst.Pipeline.new()
        self.rtc = Gst.ElementFactory.make("webrtcbin")
        self.rtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.rtc.set_property("latency", LATENCY_MS)
        self.pipeline.add(self.rtc)
        self.ice = self.rtc.get_property("ice-agent")  # kept: webrtcbin holds no reference of its own to it
        self.ice.emit("add-local-ip-address", "127.0.0.1")  # libnice passes over loopback by itself
        self.ended = False
        # The sender's clock, from its reports, goes with each packet.
        self.rtc.get_by_name("rtpbin").set_property("add-reference-timestamp-meta", True)
        self.rtc.connect("pad-added", self.add)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: self.fail(str(message.parse_error())))

    def run(self):
        self.pipeline.set_state(Gst.State.READY)
        receive = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
        self.rtc.emit("add-transceiver", receive, Gst.Caps.from_string(VIDEO))
        if self.has_sound:
            self.rtc.emit("add-transceiver", receive, Gst.Caps.from_string(AUDIO))
        self.pipeline.set_state(Gst.State.PLAYING)
        self.rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered))
        GLib.timeout_add_seconds(80, self.fail, "Too little came in 80 seconds.")
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)
        with open(self.file, "w") as file:
            for number, track in enumerate(self.tracks[codec] for codec in CLOCKS if codec in self.tracks):
                file.write(f"#tb {number}: 1/1000000\n#media_type {number}: {'audio' if track.codec == 'OPUS' else 'video'}\n")
                for at, hash in track.frames:
                    time = round((at / CLOCKS[track.codec] + track.shift) * 1e6)
                    file.write(f"{number}, {time}, {time}, 0, 0, {hash}\n")
        print(json.dumps({"event": "recorded"}), flush=True)

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
        return False

    def add(self, _, pad):
        codec = pad.get_current_caps().get_structure(0).get_string("encoding-name")
        self.tracks[codec] = Track(codec)
        sink = Gst.ElementFactory.make("fakesink")
        for name, value in {"signal-handoffs": True, "sync": False, "async": False}.items():
            sink.set_property(name, value)
        sink.connect("handoff", self.note, self.tracks[codec])
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def note(self, _, buffer, __, track):
        if self.ended:
            return
        meta = buffer.get_reference_timestamp_meta(None)
        track.take(buffer.extract_dup(0, buffer.get_size()), meta.timestamp / 1e9 if meta else None)
        everyone = len(self.tracks) == 1 + self.has_sound and all(other.shift is not None for other in self.tracks.values())
        if everyone and all(len(track.frames) >= self.frames for track in self.tracks.values()):
            self.ended = True
            GLib.idle_add(self.loop.quit)

    def fail(self, why):
        print(why, {codec: (len(track.frames), track.shift) for codec, track in self.tracks.items()}, file=sys.stderr, flush=True)
        os._exit(1)


Gst.init(None)
Viewer(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5] == "sound").run()
