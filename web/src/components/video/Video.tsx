// The video element of one watch: plays its stream, counts the pictures shown, remembers the last one.
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { rememberPicture } from "@/lib/live/lastPictures";
import type { Watcher } from "@/media/watcher";
import { classes } from "../classes";

const rememberMs = 4_000;

export function Video({
  ref,
  stream,
  watcher,
  pictureKey,
  muted,
  label,
  className,
}: {
  ref?: Ref<HTMLVideoElement>;
  stream: MediaStream | null;
  watcher: Watcher | null;
  pictureKey: string;
  muted: boolean;
  label: string;
  className?: string;
}) {
  const element = useRef<HTMLVideoElement>(null);
  useImperativeHandle(ref, () => element.current as HTMLVideoElement, []);

  useEffect(() => {
    const video = element.current;
    if (!video || !stream) return;
    if (video.srcObject !== stream) video.srcObject = stream;
    void video.play().catch(() => {}); // refused only with sound and without a gesture; then the sound button helps
    const stopCounting = countPictures(video, () => watcher?.frameShown(stream));
    const timer = setInterval(() => rememberPicture(pictureKey, video), rememberMs);
    return () => {
      stopCounting();
      clearInterval(timer);
      rememberPicture(pictureKey, video);
    };
  }, [stream, watcher, pictureKey]);

  return (
    <video
      ref={element}
      data-testid="video"
      data-frames={0}
      aria-label={label}
      autoPlay
      playsInline
      muted={muted}
      disablePictureInPicture
      className={classes("size-full", className)}
    />
  );
}

// Written to the element, not to React's state: sixty times a second is too often to render.
function countPictures(video: HTMLVideoElement, onPicture: () => void): () => void {
  let frames = Number(video.dataset.frames) || 0;
  const count = (more: number) => {
    frames += more;
    video.dataset.frames = String(frames);
    onPicture();
  };
  if (typeof video.requestVideoFrameCallback === "function") {
    let handle = 0;
    const next = () => {
      count(1);
      handle = video.requestVideoFrameCallback(next);
    };
    handle = video.requestVideoFrameCallback(next);
    return () => video.cancelVideoFrameCallback(handle);
  }
  let before = video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
  const timer = setInterval(() => {
    const now = video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
    if (now > before) count(now - before);
    before = now;
  }, 250);
  return () => clearInterval(timer);
}
