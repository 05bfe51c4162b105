// The address of a camera, resolved: which camera it is, or that there is none.
import { LinkButton } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { usePageTitle } from "@/components/Page";
import { allCameras, type Camera, useDevices } from "@/lib/devices";
import { errorText } from "@/lib/errorText";
import { text } from "@/lib/text/text";
import { Viewer } from "./Viewer";

export function ViewerPage({ device, camera }: { device: string; camera: string | undefined }) {
  const devices = useDevices();
  const cameras = devices.data ? allCameras(devices.data) : [];
  const found = findCamera(cameras, device, camera);
  usePageTitle(found?.name ?? text.live.title);
  if (found) {
    // The key makes another camera another viewer: zoom, sound and statistics start anew.
    return <Viewer key={`${found.device.device_id}/${found.id}`} camera={found} cameras={cameras} />;
  }
  return (
    <main className="flex min-h-full items-center justify-center">
      {devices.isPending ? (
        <p role="status" className="text-sm text-soft">
          {text.common.loading}
        </p>
      ) : (
        <Notice
          wholePage
          what={devices.isError ? text.live.listFailedTitle : text.live.noCameraTitle}
          cause={devices.isError ? errorText(devices.error) : text.live.noCameraCause}
        >
          <LinkButton look="primary" href="/">
            {text.common.toLive}
          </LinkButton>
        </Notice>
      )}
    </main>
  );
}

/** `/viewer/DEVICE/CAMERA`, `/viewer/DEVICE` for its first camera, or `/viewer/CAMERA` as older links have it. */
export function findCamera(
  cameras: readonly Camera[],
  device: string,
  camera: string | undefined,
): Camera | undefined {
  const ofDevice = cameras.filter((candidate) => candidate.device.device_id === device);
  if (camera !== undefined) return ofDevice.find((candidate) => candidate.id === camera);
  return ofDevice[0] ?? cameras.find((candidate) => candidate.id === device);
}
