// Sound stays as the person left it while going from camera to camera; a reload begins silent, as browsers require.

let muted = true;

export function readMuted(): boolean {
  return muted;
}

export function writeMuted(value: boolean): void {
  muted = value;
}
