// A viewer in a page of the hub, written against the documented protocol only; what it sees stands in window.call.
(token, device) => {
  const started = performance.now();
  const call = (window.call = { firstFrameAt: null, lastFrameAt: null, frames: 0, longestGap: 0, states: [], failure: null });
  const socket = new WebSocket(location.origin.replace("http", "ws") + "/ws/viewer");
  const send = (type, payload) =>
    socket.send(JSON.stringify({ type, request_id: crypto.getRandomValues(new Uint32Array(2)).join("-"), ts: new Date().toISOString(), payload }));
  const note = (what) => call.states.push(`${Math.round(performance.now() - started)} ${what}`);
  const video = document.body.appendChild(document.createElement("video"));
  video.muted = video.autoplay = true;
  const onFrame = (now) => {
    call.firstFrameAt ??= now;
    if (call.lastFrameAt !== null) call.longestGap = Math.max(call.longestGap, now - call.lastFrameAt);
    call.lastFrameAt = now;
    call.frames += 1;
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
  let peer, session, isAnswered = false;
  const early = [];

  const offer = async (payload) => {
    session = payload.session_id;
    peer = new RTCPeerConnection({ iceServers: payload.ice_servers.map(({ urls, username, credential }) => (username ? { urls, username, credential } : { urls })) });
    peer.onicecandidate = ({ candidate }) => {
      note(`local ${candidate ? candidate.candidate : "end"}`);
      send("signal_ice", { session_id: session, candidate: candidate && candidate.toJSON() });
    };
    peer.oniceconnectionstatechange = () => note(`ice ${peer.iceConnectionState}`);
    peer.onconnectionstatechange = () => note(`connection ${peer.connectionState}`);
    peer.ontrack = ({ track }) => (video.srcObject = new MediaStream([track]));
    peer.addTransceiver("video", { direction: "recvonly" });
    await peer.setLocalDescription(await peer.createOffer());
    send("signal_offer", { session_id: session, sdp: { type: "offer", sdp: peer.localDescription.sdp } });
  };

  const add = (candidate) => {
    note(`remote ${candidate.candidate}`);
    return peer.addIceCandidate(candidate);
  };

  socket.onopen = () => send("hello", { token });
  socket.onclose = () => note("socket closed");
  socket.onmessage = async ({ data }) => {
    const { type, payload } = JSON.parse(data);
    if (type === "hello_ack") send("watch_request", { device_id: device });
    else if (type === "watch_ready") await offer(payload);
    else if (type === "signal_answer") {
      await peer.setRemoteDescription({ type: "answer", sdp: payload.sdp.sdp });
      note("answered");
      isAnswered = true;
      for (const candidate of early) await add(candidate);
    } else if (type === "signal_ice" && payload.candidate?.candidate) {
      if (isAnswered) await add(payload.candidate);
      else early.push(payload.candidate);
    } else if (type === "watch_ended" && payload.reason === "device_disconnected" && call.frames > 0) {
      note("the device lost the hub"); // The picture has a path of its own.
    } else if (type === "error" || type === "watch_ended") call.failure = payload;
  };

  // The path in use and everything seen so far; gaps include the one that lasts.
  call.look = async () => {
    let pair = null;
    if (peer) {
      const stats = await peer.getStats();
      const transport = [...stats.values()].find((entry) => entry.type === "transport");
      const selected = stats.get(transport?.selectedCandidatePairId);
      const [local, remote] = [stats.get(selected?.localCandidateId), stats.get(selected?.remoteCandidateId)];
      if (local && remote) pair = { local: local.candidateType, remote: remote.candidateType, localAddress: local.address, remoteAddress: remote.address, protocol: local.relayProtocol ?? local.protocol };
    }
    const now = performance.now();
    return {
      pair,
      frames: call.frames,
      firstFrame: call.firstFrameAt === null ? null : (call.firstFrameAt - started) / 1000,
      sinceLastFrame: call.lastFrameAt === null ? null : (now - call.lastFrameAt) / 1000,
      longestGap: call.longestGap / 1000,
      failure: call.failure && JSON.stringify(call.failure),
      states: call.states,
    };
  };
  call.resetGap = () => (call.longestGap = 0);
  call.end = () => { send("end_watch", { session_id: session }); peer?.close(); socket.close(); };
}
