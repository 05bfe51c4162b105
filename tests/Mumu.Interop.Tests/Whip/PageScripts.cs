// What pages run to publish and to watch, and the clip that clicks.
namespace Mumu.Interop.Tests.Whip;

internal static class PageScripts
{
    /// <summary>Publishes the browser's own test camera and microphone as VP8 and Opus: [url, key].</summary>
    internal const string Publish = """
        async ([url, key]) => {
          const peer = new RTCPeerConnection();
          const media = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 }, audio: true });
          const sender = peer.addTransceiver(media.getVideoTracks()[0], { direction: "sendonly" });
          peer.addTransceiver(media.getAudioTracks()[0], { direction: "sendonly" });
          const codecs = RTCRtpSender.getCapabilities("video").codecs;
          sender.setCodecPreferences(codecs.filter((one) => /VP8|rtx/.test(one.mimeType)));
          await peer.setLocalDescription();
          const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/sdp" };
          const reply = await fetch(url, { method: "POST", headers, body: peer.localDescription.sdp });
          const answer = await reply.text();
          if (reply.status !== 201) throw new Error(answer);
          const session = new URL(reply.headers.get("Location"), url);
          const etag = reply.headers.get("ETag");
          // Candidates trickle, as RFC 9725 wants it.
          const ufrag = peer.localDescription.sdp.match(/a=ice-ufrag:(.*)/)[1].trim();
          const pwd = peer.localDescription.sdp.match(/a=ice-pwd:(.*)/)[1].trim();
          const trickle = (line) => fetch(session, {
            method: "PATCH",
            headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": etag },
            body: `a=ice-ufrag:${ufrag}\r\na=ice-pwd:${pwd}\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=${line}\r\n`,
          }).then((patched) => { if (patched.status !== 204) throw new Error(`PATCH ${patched.status}`); });
          peer.onicecandidate = (event) => trickle(event.candidate?.candidate || "end-of-candidates");
          await peer.setRemoteDescription({ type: "answer", sdp: answer });
          window.leave = async () => {
            await fetch(session, { method: "DELETE", headers: { Authorization: `Bearer ${key}` } });
            peer.close();
          };
        }
        """;

    /// <summary>Watches by WHEP: [url, key].</summary>
    internal const string Watch = """
        async ([url, key]) => {
          const peer = (window.peer = new RTCPeerConnection());
          peer.addTransceiver("video", { direction: "recvonly" });
          peer.addTransceiver("audio", { direction: "recvonly" });
          const video = document.body.appendChild(document.createElement("video"));
          video.muted = video.autoplay = true;
          peer.ontrack = (event) => { if (event.track.kind === "video") video.srcObject = new MediaStream([event.track]); };
          await peer.setLocalDescription();
          await new Promise((done) => {
            const look = () => peer.iceGatheringState === "complete" && done();
            peer.onicegatheringstatechange = look;
            look();
          });
          const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/sdp" };
          const reply = await fetch(url, { method: "POST", headers, body: peer.localDescription.sdp });
          const answer = await reply.text();
          if (reply.status !== 201) throw new Error(answer);
          await peer.setRemoteDescription({ type: "answer", sdp: answer });
        }
        """;

    /// <summary>Figures of <see cref="Watch"/>.</summary>
    internal const string Look = """
        async () => {
          const stats = [...(await peer.getStats()).values()];
          const video = stats.find((entry) => entry.type === "inbound-rtp" && entry.kind === "video");
          const audio = stats.find((entry) => entry.type === "inbound-rtp" && entry.kind === "audio");
          return {
            decoded: video?.framesDecoded ?? 0, lost: video?.packetsLost ?? 0, freezes: video?.freezeCount ?? 0,
            pli: video?.pliCount ?? 0, heard: audio?.packetsReceived ?? 0, energy: audio?.totalAudioEnergy ?? 0,
          };
        }
        """;

    /// <summary>Arguments that make ffmpeg write 15 s of black with a white picture and a click at every full second: key frames, A-law.</summary>
    internal static string[] ClickClip(string path) =>
        [
            "-f",
            "lavfi",
            "-i",
            "color=black:s=320x240:r=25:d=15,drawbox=color=white:t=fill:enable='lt(mod(t,1),0.04)'",
            "-f",
            "lavfi",
            "-i",
            "aevalsrc='if(lt(mod(t,1),0.04),sin(2*PI*1000*t),0)':s=8000:d=15",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-tune",
            "zerolatency",
            "-g",
            "25",
            "-qp",
            "20",
            "-c:a",
            "pcm_alaw",
            path,
        ];
}
