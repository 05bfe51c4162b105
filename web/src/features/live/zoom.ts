// Zooming into the picture at the pointer: pure arithmetic over a scale and an offset.

export interface Zoom {
  /** 1 shows the whole picture. */
  scale: number;
  /** Offset of the picture in pixels of its frame, before scaling from the top left corner. */
  x: number;
  y: number;
}

export const whole: Zoom = { scale: 1, x: 0, y: 0 };
const largest = 8;

export interface Size {
  width: number;
  height: number;
}

/** Scales by `factor` so that what lies under the point stays under it. */
export function zoomAt(zoom: Zoom, factor: number, point: { x: number; y: number }, frame: Size): Zoom {
  const scale = Math.min(largest, Math.max(1, zoom.scale * factor));
  const ratio = scale / zoom.scale;
  return inside(
    { scale, x: point.x - (point.x - zoom.x) * ratio, y: point.y - (point.y - zoom.y) * ratio },
    frame,
  );
}

export function pan(zoom: Zoom, dx: number, dy: number, frame: Size): Zoom {
  return inside({ ...zoom, x: zoom.x + dx, y: zoom.y + dy }, frame);
}

// The picture always covers its frame.
function inside({ scale, x, y }: Zoom, frame: Size): Zoom {
  if (scale <= 1) return whole;
  return {
    scale,
    x: Math.min(0, Math.max(frame.width * (1 - scale), x)),
    y: Math.min(0, Math.max(frame.height * (1 - scale), y)),
  };
}
