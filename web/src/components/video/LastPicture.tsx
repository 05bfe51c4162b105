// The last picture of a camera while there is no newer one: slightly blurred, or sharp where the person paused it.
import { useEffect, useRef } from "react";
import { lastPicture } from "@/lib/live/lastPictures";
import { classes } from "../classes";

export function LastPicture({
  pictureKey,
  fit,
  sharp,
}: {
  pictureKey: string;
  fit: "cover" | "contain";
  sharp: boolean;
}) {
  const holder = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const picture = lastPicture(pictureKey);
    const canvas = holder.current;
    if (!picture || !canvas) return;
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d")?.drawImage(picture, 0, 0);
  }, [pictureKey]);
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus
    <canvas
      ref={holder}
      width={1}
      height={1}
      aria-hidden="true"
      className={classes("absolute inset-0 size-full", !sharp && "scale-[1.02] opacity-60 blur-sm")}
      style={{ objectFit: fit }}
    />
  );
}
