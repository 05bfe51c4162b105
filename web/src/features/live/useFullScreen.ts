// Full screen of an element; on iPhones, which only know it for videos, of the video.
import { type RefObject, useCallback, useEffect, useState } from "react";

interface WebkitVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

export function useFullScreen(
  frame: RefObject<HTMLElement | null>,
  video: RefObject<HTMLVideoElement | null>,
) {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const onChange = () => setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", onChange);
    return () => document.removeEventListener("fullscreenchange", onChange);
  }, []);
  const toggle = useCallback(() => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (frame.current?.requestFullscreen)
      void frame.current.requestFullscreen().catch(() => {}); // the browser's choice
    else (video.current as WebkitVideo | null)?.webkitEnterFullscreen?.();
  }, [frame, video]);
  return { full, toggle };
}
