// The last picture of each camera, small, in memory only: shown blurred until the next one arrives.

const smallWidth = 480;
const pictures = new Map<string, HTMLCanvasElement>();

/** Remembers what the video shows now, small unless asked otherwise; does nothing while it shows nothing. */
export function rememberPicture(key: string, video: HTMLVideoElement, width = smallWidth): void {
  if (video.videoWidth === 0 || video.readyState < 2) return;
  const canvas = pictures.get(key) ?? document.createElement("canvas");
  canvas.width = Math.min(width, video.videoWidth);
  canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  pictures.set(key, canvas);
}

export function lastPicture(key: string): HTMLCanvasElement | undefined {
  return pictures.get(key);
}

export function forgetPictures(): void {
  pictures.clear();
}
