// What lies over the picture while there is none: the stage being reached, or three lines about a failure.
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { text } from "@/lib/text/text";
import type { Failure } from "@/media/failure";
import type { Phase } from "@/media/watchState";

const button =
  "pointer-events-auto inline-flex min-h-11 items-center rounded-md bg-white/15 px-4 text-sm font-medium text-white hover:bg-white/25";

export function Covering({
  phase,
  deviceId,
  onRetry,
}: {
  phase: Phase;
  deviceId: string;
  onRetry: () => void;
}) {
  switch (phase.tag) {
    case "connecting":
      return <Progress words={text.live.stages[phase.stage]} attempt={phase.attempt} stage={phase.stage} />;
    case "offline":
      return <Lines what={text.live.offlineTitle} cause={text.live.offlineCause} />;
    case "failed":
      return (
        <FailureLines failure={phase.failure} retryAt={phase.retryAt} deviceId={deviceId} onRetry={onRetry} />
      );
    default:
      return null;
  }
}

function Progress({ words, attempt, stage }: { words: string; attempt: number; stage: string }) {
  return (
    <div
      className="pointer-events-none absolute inset-0 flex items-center justify-center"
      data-testid="tile-stage"
      data-stage={stage}
      role="status"
    >
      <p className="px-3 text-center text-sm text-white/90 text-shadow-sm @max-3xs:text-xs">
        {words}
        {attempt > 0 && <span className="text-white/70 @max-3xs:hidden"> {text.live.again(attempt)}</span>}
      </p>
      <div className="absolute inset-x-0 bottom-0 h-0.5 overflow-hidden bg-white/15">
        <div className="h-full w-2/5 animate-progress bg-white/80" />
      </div>
    </div>
  );
}

function FailureLines({
  failure,
  retryAt,
  deviceId,
  onRetry,
}: {
  failure: Failure;
  retryAt: number | null;
  deviceId: string;
  onRetry: () => void;
}) {
  const { what, cause, button: help } = text.failures[failure.kind];
  return (
    <Lines what={what} cause={failure.message ?? cause} kind={failure.kind}>
      {help === "review" ? (
        <Link
          href={`/devices/${encodeURIComponent(deviceId)}`}
          className={button}
          data-testid="review-device"
        >
          {text.reviewDevice}
        </Link>
      ) : (
        <button type="button" className={button} onClick={onRetry} data-testid="retry">
          {text.common.tryAgain}
        </button>
      )}
      {retryAt !== null && <Countdown at={retryAt} />}
    </Lines>
  );
}

function Lines({
  what,
  cause,
  kind,
  children,
}: {
  what: string;
  cause: string;
  kind?: string;
  children?: ReactNode;
}) {
  return (
    <div
      role="status"
      data-testid="failure"
      data-kind={kind}
      className="pointer-events-none absolute inset-0 flex flex-col items-center justify-center gap-1.5 overflow-hidden bg-black/55 px-4 pt-8 pb-8 text-center text-white tiny:sr-only"
    >
      <p className="text-sm font-semibold text-balance @md:text-base">{what}</p>
      <p className="max-w-md text-sm text-pretty text-white/80 short:hidden">{cause}</p>
      {children !== undefined && (
        <div className="mt-1 flex flex-col items-center gap-1 tiny:hidden short:[&_p]:hidden">{children}</div>
      )}
    </div>
  );
}

function Countdown({ at }: { at: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return (
    <p className="text-xs text-white/70">{text.live.retryAt(Math.max(0, Math.ceil((at - now) / 1000)))}</p>
  );
}
