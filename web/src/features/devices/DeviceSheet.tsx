// One device: name and room, its key, its cameras, and how to let go of it.
import { useState } from "react";
import { Button } from "@/components/Button";
import { FormError, Notice } from "@/components/Notice";
import { Question, Sheet } from "@/components/Sheet";
import { useAgent } from "@/lib/agent";
import { deviceName, useDevices, useRemoveDevice } from "@/lib/devices";
import { errorText } from "@/lib/errorText";
import { useLive } from "@/lib/live/liveContext";
import { text } from "@/lib/text/text";
import { CameraList } from "./CameraList";
import { KeySection } from "./KeySection";
import { NameForm } from "./NameForm";

export function DeviceSheet({ deviceId, onClose }: { deviceId: string; onClose: () => void }) {
  const devices = useDevices();
  const agent = useAgent();
  const remove = useRemoveDevice();
  const { pins } = useLive();
  const [asking, setAsking] = useState(false);
  const words = text.devices;
  const device = devices.data?.find((candidate) => candidate.device_id === deviceId);
  if (!device) {
    return (
      <Sheet title={words.title} onClose={onClose}>
        {devices.isPending ? (
          text.common.loading
        ) : (
          <Notice what={words.gone} cause={text.live.noCameraCause} />
        )}
      </Sheet>
    );
  }

  const isLocal = agent.data?.device_id === deviceId;
  const isOwner = device.role === "owner";
  return (
    <Sheet title={deviceName(device)} onClose={onClose} data-testid="device-sheet">
      {isOwner && (
        <NameForm
          deviceId={deviceId}
          name={device.device_name ?? ""}
          room={device.room ?? ""}
          button={text.common.save}
          onDone={onClose}
        />
      )}
      <KeySection device={device} isOwner={isOwner} />
      <CameraList device={device} isLocal={isLocal} />
      <div className="border-t pt-4">
        <p className="mb-3 text-sm text-soft">
          {words.idLabel}: <span className="wrap-anywhere">{deviceId}</span>
        </p>
        {!isLocal && (
          <Button look="danger" onClick={() => setAsking(true)} data-testid="device-remove">
            {words.remove}
          </Button>
        )}
        {remove.isError && (
          <div className="mt-3">
            <FormError>{errorText(remove.error)}</FormError>
          </div>
        )}
      </div>
      {asking && (
        <Question
          title={words.removeTitle(deviceName(device))}
          sentence={words.removeSentence}
          confirm={text.common.remove}
          danger
          busy={remove.isPending}
          onCancel={() => setAsking(false)}
          onConfirm={() =>
            remove.mutate(deviceId, {
              onSuccess: () => {
                pins.forget(deviceId);
                onClose();
              },
              onError: () => setAsking(false),
            })
          }
        />
      )}
    </Sheet>
  );
}
