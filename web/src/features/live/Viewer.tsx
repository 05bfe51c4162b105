// One camera as large as the window allows, with its controls in one row.
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { classes } from "@/components/classes";
import { Picture } from "@/components/video/Picture";
import { StateBadge } from "@/components/video/StateBadge";
import { useCamera } from "@/components/video/useCamera";
import { type Camera, cameraPath } from "@/lib/devices";
import { rememberPicture } from "@/lib/live/lastPictures";
import { readMuted, writeMuted } from "./audible";
import { KeysPanel } from "./KeysPanel";
import { StatisticsTable } from "./StatisticsTable";
import { useFullScreen } from "./useFullScreen";
import { useKeys } from "./useKeys";
import { useZoom } from "./useZoom";
import { ViewerControls } from "./ViewerControls";

export function Viewer({ camera, cameras }: { camera: Camera; cameras: readonly Camera[] }) {
  const [, navigate] = useLocation();
  const [muted, setMuted] = useState(readMuted);
  const [statistics, setStatistics] = useState(false);
  const [keys, setKeys] = useState(false);
  const frame = useRef<HTMLElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const view = useCamera(camera, true, !muted);
  const { watcher, watch, phase } = view;
  const { zoom, reset } = useZoom(stage);
  const { full, toggle: toggleFull } = useFullScreen(frame, video);
  const { idle, wake } = useIdle(3_000);

  const index = cameras.findIndex(
    (c) => c.device.device_id === camera.device.device_id && c.id === camera.id,
  );
  const show = (place: number) => {
    const next = cameras[(place + cameras.length) % cameras.length];
    if (next) navigate(cameraPath(next), { replace: true });
  };
  const togglePlay = () => {
    if (phase.tag === "paused") {
      watcher?.start();
      return;
    }
    // A paused session is ended and costs nothing; what stays on screen is a copy.
    if (phase.tag === "live" && video.current)
      rememberPicture(view.key, video.current, video.current.videoWidth);
    watcher?.pause();
  };
  const toggleSound = () => {
    setMuted(!muted);
    writeMuted(!muted);
  };
  const quick = cameras.slice(0, 9).map((_, place) => [String(place + 1), () => show(place)] as const);
  useKeys({
    " ": togglePlay,
    m: toggleSound,
    f: toggleFull,
    i: () => setStatistics(!statistics),
    arrowleft: () => show(index - 1),
    arrowright: () => show(index + 1),
    "0": reset,
    escape: () => navigate("/"),
    "?": () => setKeys(true),
    ...Object.fromEntries(quick),
  });

  const calm = idle && phase.tag === "live" && !keys;
  return (
    <main
      ref={frame}
      data-testid="viewer"
      data-state={phase.tag}
      data-camera={camera.id ?? ""}
      data-device={camera.device.device_id}
      onPointerMove={wake}
      onPointerDown={wake}
      onKeyDown={wake}
      className={classes(
        "stage relative flex h-full flex-col bg-stage text-white",
        calm && full && "cursor-none",
      )}
    >
      {/* Double click is a shortcut; the button below does the same. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      <div
        ref={stage}
        onDoubleClick={toggleFull}
        className="relative min-h-0 flex-1 touch-none overflow-hidden overscroll-contain"
      >
        <div
          className="absolute inset-0 origin-top-left"
          style={{ transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})` }}
        >
          <Picture camera={camera} view={view} muted={muted} fit="contain" videoRef={video} />
        </div>
        <div className="absolute top-3 right-3">
          <StateBadge phase={phase} watch={watch} lastSeen={camera.device.last_seen} />
        </div>
        {statistics && <StatisticsTable watch={watch} />}
      </div>
      <ViewerControls
        camera={camera}
        single={cameras.length < 2}
        paused={phase.tag === "paused"}
        muted={muted}
        hasAudio={watch.hasAudio}
        zoomed={zoom.scale > 1}
        full={full}
        statistics={statistics}
        hidden={calm}
        onPlay={togglePlay}
        onSound={toggleSound}
        onFull={toggleFull}
        onStatistics={() => setStatistics(!statistics)}
        onKeys={() => setKeys(true)}
        onWhole={reset}
        onPrevious={() => show(index - 1)}
        onNext={() => show(index + 1)}
      />
      {keys && <KeysPanel onClose={() => setKeys(false)} />}
    </main>
  );
}

function useIdle(afterMs: number): { idle: boolean; wake: () => void } {
  const [idle, setIdle] = useState(false);
  const [woken, setWoken] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each waking starts the wait anew
  useEffect(() => {
    const timer = setTimeout(() => setIdle(true), afterMs);
    return () => clearTimeout(timer);
  }, [afterMs, woken]);
  const wake = () => {
    setIdle(false);
    setWoken((count) => count + 1);
  };
  return { idle, wake };
}
