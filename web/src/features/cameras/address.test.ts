// Camera addresses as people paste them.
import { describe, expect, it } from "vitest";
import { addressError, readAddress } from "./address";

describe("camera addresses", () => {
  it("takes the account out of the address", () => {
    expect(readAddress("rtsp://admin:p%40ss:w@10.0.0.5:554/s?a=1")).toEqual({
      url: "rtsp://10.0.0.5:554/s?a=1",
      user: "admin",
      password: "p@ss:w",
    });
  });

  it("leaves an address without an account as it is", () => {
    expect(readAddress("rtsp://cam.local/live@1")?.url).toBe("rtsp://cam.local/live@1");
  });

  it("accepts protocols of the network, and no files or programs", () => {
    for (const url of [
      "rtsps://cam/1",
      "rtmp://cam/app/1",
      "http://cam/video.mjpg",
      "https://cam/1",
      "whep://cam/1/whep",
      "udp://@:5000",
    ]) {
      expect(addressError(url)).toBeUndefined();
    }
    expect(addressError("file:///etc/passwd")).toBeDefined();
    expect(addressError("exec:ffmpeg")).toBeDefined();
    expect(addressError("  ")).toBeDefined();
  });
});
