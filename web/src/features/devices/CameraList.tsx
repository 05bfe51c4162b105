// The cameras of a device; those of this machine can be removed here.
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { IconButton, LinkButton } from "@/components/Button";
import { FormError } from "@/components/Notice";
import { Question } from "@/components/Sheet";
import { useRemoveCamera } from "@/lib/agent";
import { type Camera, cameraPath, camerasOf } from "@/lib/devices";
import { errorText } from "@/lib/errorText";
import { text } from "@/lib/text/text";
import type { DeviceInfo } from "@/signaling/messages.gen";

export function CameraList({ device, isLocal }: { device: DeviceInfo; isLocal: boolean }) {
  const [asking, setAsking] = useState<Camera | null>(null);
  const remove = useRemoveCamera();
  const words = text.devices;
  const cameras = camerasOf(device);
  return (
    <section className="flex flex-col gap-2 border-t pt-4">
      <h3 className="text-sm font-semibold">{words.camerasTitle}</h3>
      <ul>
        {cameras.map((camera) => (
          <li
            key={camera.id}
            className="flex items-center gap-2"
            data-testid="device-camera"
            data-camera={camera.id ?? ""}
          >
            <Link
              href={cameraPath(camera)}
              className="flex min-h-11 min-w-0 flex-1 flex-col justify-center hover:underline"
            >
              <span className="truncate text-sm">{camera.name}</span>
              {camera.presence?.message && (
                <span className="text-sm text-soft">{camera.presence.message}</span>
              )}
            </Link>
            {isLocal && camera.id !== null && (
              <IconButton
                label={`${text.common.remove}: ${camera.name}`}
                className="text-soft hover:bg-raised"
                onClick={() => setAsking(camera)}
                data-testid="camera-remove"
              >
                <Trash2 size={18} />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      {remove.isError && <FormError>{errorText(remove.error)}</FormError>}
      {isLocal && (
        <LinkButton href="/cameras/new" className="self-start" data-testid="add-camera">
          {text.live.addCamera}
        </LinkButton>
      )}
      {asking && (
        <Question
          title={words.removeCameraTitle(asking.name)}
          sentence={words.removeCameraSentence}
          confirm={text.common.remove}
          danger
          busy={remove.isPending}
          onCancel={() => setAsking(null)}
          onConfirm={() =>
            asking.id !== null && remove.mutate(asking.id, { onSettled: () => setAsking(null) })
          }
        />
      )}
    </section>
  );
}
