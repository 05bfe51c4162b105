// Photographs every screen in real Chromium, in several widths, light and dark, and checks each with axe. Needs a build in dist/.
// `npm run shots -- OUT [names] [widths] [schemes]`, for example `npm run shots -- /tmp/shots four,failing 360,2560 dark`.
import { mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { fakeDevice, startFakeHub } from "./fake-hub.mjs";

const [out = "shots", names = "", widths = "360,768,1280,2560", schemes = "light,dark"] =
  process.argv.slice(2);
const heights = { 360: 740, 768: 1024, 1280: 800, 2560: 1300 };
const long =
  "The very long name of a camera that looks over the whole back yard, the garage and the neighbour's fence";
const cameras = Array.from({ length: 16 }, (_, i) => [`cam${i + 1}`, i === 3 ? long : `Camera ${i + 1}`]);
const home = (count, changes) => fakeDevice("mumu-1", "Home", cameras.slice(0, count), changes);
const keyless = { verified: false, public_key: null };
const far = (changes) => fakeDevice("far", "Far machine", [["f", "Far camera"]], changes);
const silent =
  "The camera did not answer at 192.168.1.20:554 within 5 s. Is it switched on and on this network?";
const type = (fields) => async (page) => {
  for (const [id, value] of Object.entries(fields)) {
    if (value === null) await page.getByTestId(id).click();
    else await page.getByTestId(id).fill(value);
  }
  await page.waitForTimeout(500);
};

const scenes = {
  none: { world: { devices: [] } },
  one: { live: 1, world: { devices: [home(1)] } },
  four: { live: 4, world: { devices: [home(4, { room: "Shop" })] } },
  sixteen: { live: 6, world: { devices: [home(16)] } },
  mixed: {
    live: 4,
    world: {
      devices: [
        fakeDevice("mumu-1", "Home", [
          ["a", "Front"],
          ["tall1", "Stairs", 360, 640],
          ["c", "Old", 640, 480],
          ["d", long],
        ]),
        fakeDevice("pi", "Old Pi", [["x", "Old Pi camera"]], keyless),
      ],
    },
  },
  failing: {
    wait: 3000,
    world: {
      faults: { a: silent, b: "silent", c: "Wrong password for this camera." },
      devices: [
        fakeDevice("mumu-1", "Home", [
          ["a", "Front door"],
          ["b", "Back door"],
          ["c", long],
        ]),
        fakeDevice("d2", "Shop machine", [["s", "Shop"]], { is_online: false }),
        fakeDevice("d3", "Never allowed", [["n", "No key"]], { ...keyless, allowed: false }),
        fakeDevice("d4", "Reset device", [["r", "Other key"]], { public_key: "other" }),
      ],
    },
  },
  "list-fails": { wait: 2500, world: { listFails: true } },
  viewer: { path: "/viewer/mumu-1/cam1", play: "i", world: { devices: [home(4, { room: "Shop" })] } },
  "viewer-keys": { path: "/viewer/mumu-1/cam4", play: "?", world: { devices: [home(4)] } },
  "viewer-failed": {
    path: "/viewer/mumu-1/cam1",
    wait: 1500,
    world: { faults: { cam1: silent }, devices: [home(4)] },
  },
  "viewer-refused": { path: "/viewer/mumu-1/cam1", wait: 1500, world: { tamper: true, devices: [home(4)] } },
  "viewer-offline": { path: "/viewer/mumu-1/cam4", world: { devices: [home(4, { is_online: false })] } },
  "viewer-gone": { path: "/viewer/nobody/x", world: { devices: [] } },
  login: { path: "/login", world: { signedIn: false } },
  "login-locked": {
    path: "/login",
    world: { signedIn: false },
    act: type({ username: "a", password: "locked", submit: null }),
  },
  setup: {
    path: "/setup#TOKEN",
    world: { setupNeeded: true, signedIn: false },
    act: type({ password: "abcdefgh1", submit: null }),
  },
  "setup-no-token": { path: "/setup", world: { setupNeeded: true, signedIn: false } },
  devices: {
    path: "/devices",
    world: {
      devices: [
        home(4, { room: "Kitchen" }),
        fakeDevice("d2", long, [["s", "Shop"]], { is_online: false, role: "viewer" }),
        fakeDevice("d3", "Old Pi", [["n", "No key"]], keyless),
      ],
    },
  },
  "devices-none": { path: "/devices", world: { devices: [], agent: null } },
  device: { path: "/devices/mumu-1", world: { devices: [home(4, { room: "Kitchen" })] } },
  "device-keyless": { path: "/devices/far", world: { devices: [far({ ...keyless, allowed: false })] } },
  pair: { path: "/devices/pair", act: type({ "pairing-code": "999999" }) },
  "pair-compare": {
    path: "/devices/pair",
    world: { pairable: far() },
    act: type({ "pairing-code": "123456" }),
  },
  "pair-name": {
    path: "/devices/pair",
    wait: 2500,
    world: { pairable: far() },
    act: type({ "pairing-code": "123456", "fingerprint-matches": null }),
  },
  "pair-keyless": {
    path: "/devices/pair",
    world: { pairable: far({ ...keyless, allowed: false }) },
    act: type({ "pairing-code": "123456" }),
  },
  "camera-refused": {
    path: "/cameras/new",
    world: { devices: [home(4)] },
    act: type({ "camera-name": "Yard", "camera-url": "rtsp://nohost/1", "camera-save": null }),
  },
  "camera-works": {
    path: "/cameras/new",
    world: { devices: [] },
    act: type({
      "camera-url": "rtsp://10.0.0.9/1",
      "camera-password": "pw",
      "camera-name": "Yard",
      "camera-probe": null,
    }),
  },
  settings: { path: "/settings" },
  privacy: { path: "/privacy" },
  "not-found": { path: "/nowhere" },
};

const quiet =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    ...quiet.split(" "),
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
  ],
});
const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const agent = { device_id: "mumu-1", fingerprint: "3F:A2:11:22:33:44:55:66", version: "0.1.0", cameras: [] };
let faults = 0;
const fault = (...words) => {
  faults += 1;
  console.log(...words);
};
mkdirSync(out, { recursive: true });

for (const [name, scene] of Object.entries(scenes)) {
  if (names && !names.split(",").includes(name)) continue;
  for (const width of widths.split(",").map(Number)) {
    for (const colorScheme of schemes.split(",")) {
      const hub = await startFakeHub({
        port: 0,
        world: structuredClone({ agent, devices: [], ...scene.world }),
      });
      const device = await browser.newPage();
      await device.goto(`http://localhost:${hub.port}/__device`);
      await device.waitForFunction(() => document.title === "ready");
      const viewport = { width, height: heights[width] ?? 800 };
      const context = await browser.newContext({
        viewport,
        colorScheme,
        hasTouch: width < 700,
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      page.on("pageerror", (error) => fault(name, width, error.message));
      const label = `${name}-${width}-${colorScheme}`;
      try {
        await page.goto(`http://localhost:${hub.port}${scene.path ?? "/"}`);
        if (scene.live) {
          const enough = (n) => document.querySelectorAll("[data-testid=tile][data-state=live]").length >= n;
          await page.waitForFunction(enough, width < 700 ? Math.min(3, scene.live) : scene.live);
        }
        if (scene.play) {
          await page.waitForSelector("[data-testid=viewer][data-state=live]");
          await page.keyboard.press(scene.play);
        }
        await scene.act?.(page);
        await page.waitForTimeout(scene.wait ?? (scene.live || scene.play ? 2200 : 600));
      } catch (error) {
        fault(label, error.message.split("\n")[0]);
      }
      await page.screenshot({ path: `${out}/${label}.png` });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) fault(label, `is ${overflow} px too wide`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      for (const { id, nodes } of violations)
        fault(label, id, nodes[0].html.slice(0, 160), nodes[0].failureSummary);
      await context.close();
      await device.close();
      hub.close();
    }
  }
}
await browser.close();
console.log(faults === 0 ? `All pictures are in ${out}.` : `${faults} faults; pictures are in ${out}.`);
process.exitCode = faults === 0 ? 0 : 1;
