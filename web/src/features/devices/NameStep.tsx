// The last step: what the device sees, and what to call it.
import { useState } from "react";
import { Picture } from "@/components/video/Picture";
import { StateBadge } from "@/components/video/StateBadge";
import { useCamera } from "@/components/video/useCamera";
import { type Camera, camerasOf, useDevices } from "@/lib/devices";
import { text } from "@/lib/text/text";
import type { PairedDevice } from "@/signaling/messages.gen";
import { NameForm } from "./NameForm";

export function NameStep({ device, onDone }: { device: PairedDevice; onDone: () => void }) {
  const devices = useDevices();
  const listed = devices.data?.find((candidate) => candidate.device_id === device.device_id);
  const [camera] = listed ? camerasOf(listed) : [];
  const words = text.pairing;
  const [room] = useState(listed?.room ?? "");
  return (
    <div className="flex flex-col gap-4" data-testid="pairing-name">
      <div>
        <h3 className="text-base font-semibold">{words.nameTitle}</h3>
        <p className="text-sm text-soft">{camera ? words.nameSentence : words.noPicture}</p>
      </div>
      {camera && <Preview camera={camera} />}
      <NameForm
        deviceId={device.device_id}
        name={device.device_name}
        room={room}
        button={words.done}
        onDone={onDone}
      />
    </div>
  );
}

function Preview({ camera }: { camera: Camera }) {
  const view = useCamera(camera, true, false);
  return (
    <div
      className="stage relative aspect-video overflow-hidden rounded-md bg-stage text-white"
      data-testid="preview"
      data-state={view.phase.tag}
    >
      <Picture camera={camera} view={view} muted fit="contain" />
      <div className="absolute top-2 right-2">
        <StateBadge phase={view.phase} watch={view.watch} lastSeen={camera.device.last_seen} />
      </div>
    </div>
  );
}
