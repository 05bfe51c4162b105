// The page around a picture: plays, says how it is, tries again, asks for the key.
import * as key from "./key.js";
import { Trouble, troubleFrom } from "./trouble.js";

const at = (id) => document.getElementById(id);
const video = at("video");
const path = location.pathname.replace(/\/+$/, "");
const stalls = 3_000; // ms without a new picture that are said
const dies = 12_000; // ms without a new picture after which the connection is made anew
const patience = 25_000; // ms for the first picture: the camera has to be started

let attempt = new AbortController();
let failures = 0;

function show(state, words) {
  document.body.dataset.state = state;
  if (at("words").textContent !== words) at("words").textContent = words;
}

/** How to reach the page of the other protocol; null where its port cannot be known. */
function otherPage() {
  if (location.port === "8889") return { href: `${location.protocol}//${location.hostname}:8888${path}/`, text: "Play by HLS instead" };
  if (location.port === "8888") return { href: `${location.protocol}//${location.hostname}:8889${path}`, text: "Play by WebRTC instead" };
  return null;
}

function showPanel(trouble, canRetry) {
  at("title").textContent = trouble.message;
  at("hint").textContent = trouble.hint;
  at("hint").hidden = !trouble.hint;
  at("form").hidden = !trouble.needsKey;
  at("again").hidden = trouble.needsKey || !canRetry;
  const other = trouble.other ? otherPage() : null;
  at("other").hidden = other === null;
  if (other) {
    at("link").href = other.href;
    at("link").textContent = other.text;
  }
  at("panel").hidden = false;
}

/** Waits until it is time, or somebody asks for it. */
function pause(seconds) {
  const end = performance.now() + seconds * 1000;
  return new Promise((done) => {
    const tick = () => {
      const left = Math.ceil((end - performance.now()) / 1000);
      at("countdown").textContent = `Next try in ${Math.max(left, 0)} s`;
      if (left <= 0) finish();
    };
    const timer = setInterval(tick, 250);
    const finish = () => {
      clearInterval(timer);
      at("now").onclick = null;
      removeEventListener("online", finish);
      done();
    };
    at("now").onclick = finish;
    addEventListener("online", finish);
    tick();
  });
}

/** Waits until a key was typed. */
function typed() {
  const field = at("key");
  field.value = "";
  field.focus();
  return new Promise((done) => {
    at("form").onsubmit = (event) => {
      event.preventDefault();
      const value = field.value.trim();
      field.setCustomValidity(/^[\x21-\x7e]+$/.test(value) ? "" : "A key has only letters, digits and signs, and no spaces.");
      if (!field.reportValidity()) return;
      field.value = "";
      key.keep(value);
      at("form").onsubmit = null;
      done();
    };
    field.oninput = () => field.setCustomValidity("");
  });
}

/** Watches whether new pictures come; ends the attempt where they do not. */
function watch(current) {
  let shown = video.currentTime;
  let last = performance.now();
  let since = null;
  let isLive = false;
  const timer = setInterval(() => {
    const now = performance.now();
    if (video.currentTime !== shown) {
      shown = video.currentTime;
      last = now;
      if (video.readyState < 2) return;
      isLive = true;
      since = null;
      failures = 0;
      at("panel").hidden = true;
      show("live", "Live");
      return;
    }
    if (document.hidden || (isLive && video.paused)) {
      last = now; // browsers pause what nobody sees
      return;
    }
    if (isLive && now - last > stalls) {
      since ??= new Date(Date.now() - (now - last));
      show("stalled", `No picture since ${since.toLocaleTimeString()}`);
    }
    if (now - last > (isLive ? dies : patience)) {
      current.abort(
        new Trouble(isLive ? "The picture stopped." : "No picture came.", "The camera or the network between may be away.", { other: true }),
      );
    }
  }, 250);
  return () => clearInterval(timer);
}

async function begin() {
  try {
    await video.play();
  } catch (error) {
    if (error.name !== "NotAllowedError") return; // a newer source has taken its place, and plays for itself
    showPanel(new Trouble("This browser plays only when asked.", ""), true);
    at("countdown").textContent = "";
    at("now").onclick = () => video.play();
  }
}

/** Plays by `open` for as long as the page is there. `open` returns or throws when a session is over. */
export async function run(open) {
  for (;;) {
    const current = (attempt = new AbortController());
    at("forget").hidden = !key.has();
    show("connecting", "Connecting");
    const stop = watch(current);
    let trouble;
    try {
      await open({
        video,
        address: location.origin + path,
        signal: current.signal,
        begin,
        say: (words) => document.body.dataset.state === "connecting" && show("connecting", words),
        number: (text) => (at("numbers").textContent = text),
        sound: showSound,
      });
      trouble = new Trouble("The server ended the session.", "The camera may have been changed or removed.");
    } catch (error) {
      trouble = troubleFrom(current.signal.aborted ? current.signal.reason : error);
    } finally {
      stop();
    }
    at("numbers").textContent = "";
    if (trouble.needsKey) {
      key.forget();
      at("forget").hidden = true;
      show("key", "Key needed");
      showPanel(trouble, false);
      await typed();
      at("panel").hidden = true;
    } else {
      show("waiting", "Not playing");
      showPanel(trouble, true);
      await pause(trouble.wait ?? Math.min(15, 2 ** failures++) * (0.8 + 0.4 * Math.random()));
    }
  }
}

function showSound(has) {
  at("mute").disabled = !has;
  at("mute").classList.toggle("on", has && !video.muted);
  at("mute").lastElementChild.textContent = !has ? "No sound" : video.muted ? "Sound is off" : "Sound is on";
}

function toggleSound() {
  if (at("mute").disabled) return;
  video.muted = !video.muted;
  showSound(true);
}

function toggleFull() {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (at("player").requestFullscreen) at("player").requestFullscreen();
  else video.webkitEnterFullscreen?.(); // telephones have it for videos only
}

const name = (() => {
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    return path.slice(1);
  }
})();
at("name").textContent = name;
document.title = `${name} – MuMu Camera`;
video.setAttribute("aria-label", `Live picture of ${name}`);

at("mute").onclick = toggleSound;
at("full").onclick = toggleFull;
video.ondblclick = toggleFull;
at("forget").onclick = () => {
  key.forget();
  attempt.abort(new Trouble("The key is forgotten.", "", { needsKey: true }));
};
addEventListener("keydown", (event) => {
  if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "m") toggleSound();
  if (event.key === "f") toggleFull();
});
let idle;
const stir = () => {
  document.body.classList.remove("idle");
  clearTimeout(idle);
  idle = setTimeout(() => document.body.classList.add("idle"), 3_000);
};
for (const event of ["pointermove", "pointerdown", "keydown"]) addEventListener(event, stir);
addEventListener("pagehide", () => attempt.abort(new Trouble("The page was left.", "")));
addEventListener("pageshow", (event) => event.persisted && location.reload());
