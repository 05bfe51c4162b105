// Pairing: codes told apart, the fingerprint compared before a key is trusted, devices without a key asked about.
import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { shortFingerprint } from "@/media/fingerprint";
import { PinStore } from "@/media/pins";
import { renderInside, type Script, scriptServer } from "@/testing";
import { PairingSheet } from "./PairingSheet";
import { readPairingLink } from "./pairingLink";

const publicKey = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";
const device = {
  device_id: "far",
  device_name: "Far machine",
  verified: true,
  allowed: true,
  public_key: publicKey,
  fingerprint: "the hub's word is not taken",
  role: "owner",
};
const paired: Script = {
  "POST /api/devices/pair": () => [200, { message: "", device }],
  "GET /api/devices": () => [200, []],
  "DELETE /api/devices/far": () => [204],
  "PATCH /api/devices/far": () => [200, {}],
};

async function type(code: string) {
  await userEvent.type(await screen.findByTestId("pairing-code"), code);
}

beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("PairingSheet", () => {
  it("sends the code with the sixth digit and pins the key only once the person has compared it", async () => {
    scriptServer(paired);
    renderInside(<PairingSheet fragment="" onClose={() => {}} />);
    await type("12 34-56");
    const shown = await screen.findByTestId("fingerprint");
    expect(shown.dataset.fingerprint).toBe(await shortFingerprint(publicKey));
    expect(new PinStore(localStorage).get("far")).toBeUndefined();
    await userEvent.click(screen.getByTestId("fingerprint-matches"));
    expect(new PinStore(localStorage).get("far")).toMatchObject({ publicKey, how: "compared" });
    await screen.findByTestId("name-form");
  });

  it("undoes the pairing when the fingerprint differs", async () => {
    const asked = scriptServer(paired);
    renderInside(<PairingSheet fragment="" onClose={() => {}} />);
    await type("123456");
    await userEvent.click(await screen.findByTestId("fingerprint-differs"));
    await screen.findByTestId("pairing-undone");
    await waitFor(() => expect(asked.some(({ method }) => method === "DELETE")).toBe(true));
    expect(new PinStore(localStorage).get("far")).toBeUndefined();
  });

  it("undoes the pairing when the sheet is closed before the person has decided", async () => {
    const asked = scriptServer(paired);
    const { unmount } = renderInside(<PairingSheet fragment="" onClose={() => {}} />);
    await type("123456");
    await screen.findByTestId("fingerprint");
    unmount();
    await waitFor(() => expect(asked.some(({ method }) => method === "DELETE")).toBe(true));
  });

  it("tells wrong, expired and used codes apart", async () => {
    const details = [
      "Invalid pairing code",
      "Pairing code has expired",
      "Pairing code has already been used",
    ];
    const seen = new Set<string>();
    for (const detail of details) {
      scriptServer({ "POST /api/devices/pair": () => [404, { detail }] });
      renderInside(<PairingSheet fragment="" onClose={() => {}} />);
      await type("123456");
      seen.add((await screen.findByTestId("form-error")).textContent);
      cleanup();
    }
    expect(seen.size).toBe(3);
  });

  it("asks before it allows a device without a key", async () => {
    const keyless = { ...device, verified: false, allowed: false, public_key: null };
    const asked = scriptServer({
      ...paired,
      "POST /api/devices/pair": () => [200, { message: "", device: keyless }],
    });
    renderInside(<PairingSheet fragment="" onClose={() => {}} />);
    await type("123456");
    await screen.findByTestId("pairing-keyless");
    expect(asked.some(({ method }) => method === "PATCH")).toBe(false);
    await userEvent.click(screen.getByTestId("keyless-allow"));
    await screen.findByTestId("name-form");
    expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({ allow_unverified: true });
  });

  it("compares the fingerprint of a scanned link by itself", async () => {
    const fingerprint = encodeURIComponent((await shortFingerprint(publicKey)) ?? "");
    scriptServer(paired);
    renderInside(
      <PairingSheet fragment={`code=123456&device=far&fingerprint=${fingerprint}`} onClose={() => {}} />,
    );
    await screen.findByTestId("name-form");
    expect(new PinStore(localStorage).get("far")?.how).toBe("compared");
    cleanup();
    localStorage.clear();
    renderInside(
      <PairingSheet fragment="code=123456&fingerprint=00:00:00:00:00:00:00:00" onClose={() => {}} />,
    );
    await screen.findByTestId("pairing-undone");
    expect(new PinStore(localStorage).get("far")).toBeUndefined();
  });
});

describe("readPairingLink", () => {
  it("reads what the device's QR code says, and nothing else", () => {
    expect(readPairingLink("#code=123456&device=a%3Ab&fingerprint=3f%3AA2")).toEqual({
      code: "123456",
      device: "a:b",
      fingerprint: "3F:A2",
    });
    expect(readPairingLink("code=123456")).toEqual({ code: "123456", device: null, fingerprint: null });
    for (const junk of ["", "123456", "code=12345", "code=1234567", "code=x23456"])
      expect(readPairingLink(junk)).toBeNull();
  });
});
