// The state of a picture in one word and one shape, top right.
import { Circle, CircleAlert, Pause, ShieldOff, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { text } from "@/lib/text/text";
import { clock, decimal } from "@/lib/time";
import { isFinal } from "@/media/failure";
import type { Phase, Watch } from "@/media/watchState";

const look =
  "flex items-center gap-1.5 rounded-sm bg-black/65 px-2 py-1 text-xs leading-4 font-medium whitespace-nowrap text-white";

export function StateBadge({
  phase,
  watch,
  lastSeen,
}: {
  phase: Phase;
  watch: Watch;
  lastSeen: string | null;
}) {
  return (
    <div className="flex flex-wrap justify-end gap-1">
      {watch.trust?.tag === "unverified" && (phase.tag === "live" || phase.tag === "stalled") && (
        <span className={look} title={text.live.unverifiedHint} data-testid="tile-unverified">
          <ShieldOff size={12} className="text-amber" aria-hidden="true" />
          <span className="@max-[16rem]:sr-only">{text.live.unverified}</span>
        </span>
      )}
      <span className={look} data-testid="tile-state" data-state={phase.tag}>
        {content(phase, watch, lastSeen)}
      </span>
    </div>
  );
}

function content(phase: Phase, watch: Watch, lastSeen: string | null): ReactNode {
  switch (phase.tag) {
    case "live": {
      const delay = watch.figures?.delayMs;
      return (
        <>
          <Circle size={8} className="fill-live text-live" aria-hidden="true" />
          {text.live.live}
          {typeof delay === "number" && (
            <span className="font-normal @max-[9rem]:hidden">{decimal(delay, 0)} ms</span>
          )}
        </>
      );
    }
    case "connecting":
      return (
        <>
          <Circle size={8} aria-hidden="true" />
          {text.live.connecting}
        </>
      );
    case "paused":
      return (
        <>
          <Pause size={10} className="fill-current" aria-hidden="true" />
          {text.live.paused}
        </>
      );
    case "stalled":
      return warn(text.live.stalled(clock(phase.since, true)));
    case "offline":
      return warn(lastSeen ? text.live.offlineSince(clock(lastSeen)) : text.live.offline);
    case "failed":
      return isFinal(phase.failure.kind) ? (
        <>
          <CircleAlert size={12} className="text-[#ff8f9e]" aria-hidden="true" />
          {text.live.refused}
        </>
      ) : (
        warn(text.live.failed)
      );
  }
}

function warn(words: string): ReactNode {
  return (
    <>
      <TriangleAlert size={12} className="text-amber" aria-hidden="true" />
      {words}
    </>
  );
}
