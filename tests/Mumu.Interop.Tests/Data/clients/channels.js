// Runs in a page: data channels of a browser against the host's answers.
(() => {
  const probe = (window.probe = { opened: [] });
  const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");
  const hashOf = async (data) => hex(await crypto.subtle.digest("SHA-256", data));
  const random = (size) => {
    const data = new Uint8Array(size);
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(data.subarray(at, Math.min(size, at + 65536)));
    return data;
  };
  const channels = [];

  probe.offer = async (kinds, withVideo) => {
    const peer = (probe.peer = new RTCPeerConnection());
    if (withVideo) peer.addTransceiver("video", { direction: "recvonly" });
    for (const kind of kinds) {
      const channel = peer.createDataChannel(kind.label, kind.init);
      channel.binaryType = "arraybuffer";
      channel.inbox = [];
      channel.onmessage = (e) => (channel.waiting ? channel.waiting(e.data) : channel.inbox.push(e.data));
      channels.push(channel);
    }
    peer.ondatachannel = ({ channel }) => {
      channel.binaryType = "arraybuffer";
      probe.opened.push(channel);
      channel.onmessage = (e) => channel.send(e.data);
    };
    await peer.setLocalDescription(await peer.createOffer());
    while (peer.iceGatheringState !== "complete") await new Promise((done) => setTimeout(done, 20));
    return peer.localDescription.sdp;
  };

  probe.accept = async (sdp) => {
    await probe.peer.setRemoteDescription({ type: "answer", sdp });
    await Promise.all(
      channels.map((channel) => channel.readyState === "open" || new Promise((done, fail) => { channel.onopen = done; channel.onerror = fail; })),
    );
    return probe.peer.sctp.maxMessageSize;
  };

  const next = (channel) =>
    channel.inbox.length
      ? Promise.resolve(channel.inbox.shift())
      : new Promise((done) => { channel.waiting = (data) => { channel.waiting = undefined; done(data); }; });

  const find = (label) => channels.find((channel) => channel.label === label);

  const isLimited = (channel) => channel.maxRetransmits !== null || channel.maxPacketLifeTime !== null;
  const orSilence = (channel, milliseconds) => {
    const wanted = next(channel);
    return Promise.race([
      wanted,
      new Promise((done) => setTimeout(() => { channel.waiting = undefined; done(undefined); }, milliseconds)),
    ]);
  };

  // Sends messages of these sizes on every channel at once, and checks what comes back, in whatever order. A channel with limits may lose some, but must go on afterwards.
  probe.exchange = async (sizes) => {
    let checked = 0;
    let lost = 0;
    await Promise.all(
      channels.map(async (channel) => {
        const expected = new Map();
        for (const size of sizes) {
          const data = random(size);
          const hash = await hashOf(data);
          const key = channel.label.startsWith("hash") ? `${size} ${hash}` : hash;
          expected.set(key, (expected.get(key) ?? 0) + 1);
          channel.send(data);
        }
        channel.send("Grüße ☃");
        let left = sizes.length + 1;
        while (left > 0) {
          const got = isLimited(channel) ? await orSilence(channel, 4000) : await next(channel);
          if (got === undefined) break;
          left -= 1;
          checked += 1;
          if (got === "Grüße ☃" || (typeof got === "string" && got.startsWith("11 "))) continue;
          const key = typeof got === "string" ? got : await hashOf(got);
          if (!expected.get(key)) throw new Error(`${channel.label}: unexpected ${key}`);
          expected.set(key, expected.get(key) - 1);
        }
        lost += left;
        for (let tries = 0; ; tries += 1) {
          if (tries === 30) throw new Error(`${channel.label} stands still`);
          channel.send("still there?");
          const got = await orSilence(channel, 2000);
          if (typeof got === "string") break;
        }
      }),
    );
    return { checked, lost };
  };

  // Takes bytes from the host as fast as they come.
  probe.flood = async (label, bytes, size) => {
    const channel = find(label);
    const parts = [];
    const begun = performance.now();
    channel.send(`${bytes} ${size}`);
    let hash;
    while (typeof (hash = await next(channel)) !== "string") parts.push(new Uint8Array(hash));
    const seconds = (performance.now() - begun) / 1000;
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return { right: (await hashOf(all)) === hash, bytes: all.length, seconds };
  };

  // Gives bytes to the host as fast as it takes them.
  probe.sink = async (label, bytes, size) => {
    const channel = find(label);
    const all = random(bytes);
    channel.bufferedAmountLowThreshold = 512 * 1024;
    const begun = performance.now();
    channel.send(`${bytes}`);
    for (let at = 0; at < bytes; at += size) {
      if (channel.bufferedAmount > 2 * 1024 * 1024) await new Promise((done) => { channel.onbufferedamountlow = done; });
      channel.send(all.subarray(at, Math.min(bytes, at + size)));
    }
    const hash = await next(channel);
    const seconds = (performance.now() - begun) / 1000;
    return { right: (await hashOf(all)) === hash, bytes, seconds };
  };

  probe.say = (label, text) => { find(label).send(text); return true; };

  probe.kinds = () =>
    probe.opened.map((c) => `${c.label}|${c.protocol}|${c.ordered}|${c.maxRetransmits}|${c.maxPacketLifeTime}|${c.readyState}`).sort();

  probe.close = async () => {
    await Promise.all(
      channels.map((channel) => new Promise((done) => { channel.onclose = done; channel.close(); })),
    );
    return channels.every((channel) => channel.readyState === "closed");
  };

  probe.reopen = async (label) => {
    const channel = probe.peer.createDataChannel(label);
    channel.binaryType = "arraybuffer";
    channel.inbox = [];
    channel.onmessage = (e) => (channel.waiting ? channel.waiting(e.data) : channel.inbox.push(e.data));
    await new Promise((done) => { channel.onopen = done; });
    channel.send("again");
    return { id: channel.id, answer: await next(channel) };
  };
})();
