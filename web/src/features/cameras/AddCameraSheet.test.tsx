// Adding a camera: it is asked first, its answer is told in words, and only then it is saved.
import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { renderInside, scriptServer } from "@/testing";
import { AddCameraSheet } from "./AddCameraSheet";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function fill(url: string, name = "Yard") {
  await userEvent.type(screen.getByTestId("camera-name"), name);
  await userEvent.type(screen.getByTestId("camera-url"), url);
  await userEvent.tab();
}

describe("AddCameraSheet", () => {
  it("asks the camera, then saves it, with the account taken out of the address", async () => {
    const onClose = vi.fn();
    const asked = scriptServer({
      "POST /api/agent/cameras/probe": () => [200, { ok: true, playable: true, tracks: [] }],
      "POST /api/agent/cameras": () => [201, { id: "yard" }],
    });
    renderInside(<AddCameraSheet onClose={onClose} />);
    await fill("rtsp://admin:secret@10.0.0.9/1");
    await userEvent.click(screen.getByTestId("camera-save"));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    const account = { url: "rtsp://10.0.0.9/1", user: "admin", password: "secret" };
    expect(asked.find(({ path }) => path.endsWith("/probe"))?.body).toEqual(account);
    expect(asked.find(({ path }) => path === "/api/agent/cameras")?.body).toEqual({
      name: "Yard",
      ...account,
    });
  });

  it("says what is wrong and saves only when told to all the same", async () => {
    const onClose = vi.fn();
    const asked = scriptServer({
      "POST /api/agent/cameras/probe": () => [200, { ok: false, code: "wrong_password" }],
      "POST /api/agent/cameras": () => [201, { id: "yard" }],
    });
    renderInside(<AddCameraSheet onClose={onClose} />);
    await fill("rtsp://10.0.0.9/1");
    await userEvent.click(screen.getByTestId("camera-save"));
    const result = await screen.findByTestId("probe-result");
    expect(result.dataset.code).toBe("wrong_password");
    expect(result.textContent).toContain("Wrong user or password");
    expect(asked.some(({ path }) => path === "/api/agent/cameras")).toBe(false);
    await userEvent.click(screen.getByTestId("camera-save-anyway"));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
  });

  it("does not ask anyone while the address is none", async () => {
    const asked = scriptServer({});
    renderInside(<AddCameraSheet onClose={() => {}} />);
    await fill("ftp://10.0.0.9");
    await userEvent.click(screen.getByTestId("camera-save"));
    expect(screen.getByText(/begins with rtsp/)).toBeDefined();
    expect(asked.some(({ path }) => path.includes("cameras"))).toBe(false);
  });
});
