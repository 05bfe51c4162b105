// A camera's picture in whatever state it is: video, the last picture, the stage, or the failure.
import type { ReactNode, Ref } from "react";
import type { Camera } from "@/lib/devices";
import { isFinal } from "@/media/failure";
import { classes } from "../classes";
import { Covering } from "./Covering";
import { LastPicture } from "./LastPicture";
import type { CameraView } from "./useCamera";
import { Video } from "./Video";

export function Picture({
  camera,
  view,
  muted,
  fit,
  videoRef,
  children,
}: {
  camera: Camera;
  view: CameraView;
  muted: boolean;
  fit: "cover" | "contain";
  videoRef?: Ref<HTMLVideoElement>;
  /** Lies over the picture, but under the buttons of a failure. */
  children?: ReactNode;
}) {
  const { phase, watch, watcher, key } = view;
  const showsVideo = phase.tag === "live" || phase.tag === "stalled";
  const suspicious = phase.tag === "failed" && isFinal(phase.failure.kind);
  return (
    <div className="stage @container-size absolute inset-0 overflow-hidden bg-stage">
      <Video
        {...(videoRef ? { ref: videoRef } : {})}
        stream={watch.stream}
        watcher={watcher}
        pictureKey={key}
        muted={muted}
        label={camera.name}
        className={classes(
          fit === "cover" ? "object-cover" : "object-contain",
          !showsVideo && "opacity-0",
          phase.tag === "stalled" && "opacity-60 grayscale",
        )}
      />
      {!showsVideo && !suspicious && (
        <LastPicture key={phase.tag} pictureKey={key} fit={fit} sharp={phase.tag === "paused"} />
      )}
      {children}
      <Covering phase={phase} deviceId={camera.device.device_id} onRetry={() => watcher?.start()} />
    </div>
  );
}
