// One camera in the grid: picture edge to edge, name, state, and what can be done with it.
import { Maximize2, Volume2, VolumeX } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { IconButton } from "@/components/Button";
import { classes } from "@/components/classes";
import { Picture } from "@/components/video/Picture";
import { StateBadge } from "@/components/video/StateBadge";
import { useCamera } from "@/components/video/useCamera";
import { type Camera, cameraPath } from "@/lib/devices";
import { text } from "@/lib/text/text";

export function Tile({ camera, place, quiet }: { camera: Camera; place: string; quiet: boolean }) {
  const [muted, setMuted] = useState(true);
  const frame = useRef<HTMLElement>(null);
  const visible = useOnScreen(frame);
  const view = useCamera(camera, visible, !muted);
  const { phase, watch } = view;
  const calm = quiet && phase.tag === "live";

  return (
    <article
      ref={frame}
      aria-label={camera.name}
      data-testid="tile"
      data-camera={camera.id ?? ""}
      data-device={camera.device.device_id}
      data-state={phase.tag}
      className="stage group @container relative size-full overflow-hidden rounded-sm bg-stage text-white"
    >
      <Picture camera={camera} view={view} muted={muted} fit="cover">
        <Link
          href={cameraPath(camera)}
          aria-label={`${text.live.enlarge}: ${camera.name}`}
          className="absolute inset-0 -outline-offset-2!"
          data-testid="tile-link"
        />
      </Picture>
      <div className="pointer-events-none absolute top-2 right-2 left-2 [&_[title]]:pointer-events-auto">
        <StateBadge phase={phase} watch={watch} lastSeen={camera.device.last_seen} />
      </div>
      <div
        className={classes(
          "pointer-events-none absolute inset-x-0 bottom-0 flex items-end justify-between gap-2 bg-linear-to-t from-black/75 to-transparent pt-8 pl-3 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100",
          calm ? "opacity-0" : "opacity-100",
        )}
      >
        <p className="min-w-0 pb-2 text-sm">
          <span
            className="block truncate font-medium text-shadow-sm"
            data-testid="tile-name"
            title={camera.name}
          >
            {camera.name}
          </span>
          {place !== "" && <span className="block truncate text-xs text-white/75">{place}</span>}
        </p>
        <div className="pointer-events-auto flex shrink-0 opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:hidden">
          {watch.hasAudio && (
            <IconButton
              label={muted ? text.live.unmute : text.live.mute}
              className="hover:bg-white/15"
              onClick={() => setMuted(!muted)}
            >
              {muted ? <VolumeX size={18} /> : <Volume2 size={18} />}
            </IconButton>
          )}
          <Link
            href={cameraPath(camera)}
            aria-hidden="true"
            tabIndex={-1}
            title={text.live.enlarge}
            className="inline-flex size-11 items-center justify-center rounded-md hover:bg-white/15"
          >
            <Maximize2 size={18} />
          </Link>
        </div>
      </div>
    </article>
  );
}

/** Near the window counts as on screen, so that scrolling finds pictures, not gaps. */
function useOnScreen(frame: React.RefObject<HTMLElement | null>): boolean {
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    if (!frame.current) return;
    const observer = new IntersectionObserver(
      (entries) => setVisible(entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: "200px" },
    );
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [frame]);
  return visible;
}
