// A device's key: what it is, whether a person compared it, and what to do when it changed or is missing.
import { ShieldOff } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { FormError } from "@/components/Notice";
import { usePatchDevice } from "@/lib/devices";
import { errorText } from "@/lib/errorText";
import { useLive } from "@/lib/live/liveContext";
import { text } from "@/lib/text/text";
import { dateTime } from "@/lib/time";
import { shortFingerprint } from "@/media/fingerprint";
import type { Pin } from "@/media/pins";
import type { DeviceInfo } from "@/signaling/messages.gen";
import { Fingerprint } from "./Fingerprint";
import { keyState, usePin } from "./keyState";

export function KeySection({ device, isOwner }: { device: DeviceInfo; isOwner: boolean }) {
  const { pins, pool } = useLive();
  const pin = usePin(device.device_id);
  const state = keyState(device, pin);
  const words = text.devices;
  const present = useShort(device.public_key);
  const known = useShort(pin?.publicKey ?? null);
  if (state === "keyless") return <Keyless device={device} isOwner={isOwner} />;

  const trust = () => {
    if (device.public_key) pins.set(device.device_id, device.public_key, "compared");
    else pins.forget(device.device_id);
    pool.restart(device.device_id);
  };
  return (
    <section className="flex flex-col gap-2 border-t pt-4" data-testid="device-key" data-key={state}>
      <h3 className="text-sm font-semibold">{words.fingerprint}</h3>
      {state === "changed" ? (
        <>
          <p className="text-sm font-medium text-bad">{words.changedTitle}</p>
          <p className="text-sm text-soft">{words.changedCause}</p>
          <p className="text-sm">{words.knownKey}</p>
          {known && <Fingerprint value={known} />}
          <p className="text-sm">{words.newKey}</p>
          {present ? <Fingerprint value={present} /> : <p className="text-sm">{words.unverified}</p>}
          <Button className="self-start" look="danger" onClick={trust} data-testid="trust-new-key">
            {words.trustNew}
          </Button>
        </>
      ) : (
        <>
          {present && <Fingerprint value={present} />}
          <p className="text-sm text-soft">{pinWords(pin)}</p>
          {pin?.how !== "compared" && (
            <Button className="self-start" onClick={trust} data-testid="fingerprint-matches">
              {words.compared}
            </Button>
          )}
        </>
      )}
    </section>
  );
}

function Keyless({ device, isOwner }: { device: DeviceInfo; isOwner: boolean }) {
  const patch = usePatchDevice();
  const words = text.devices;
  return (
    <section className="flex flex-col gap-2 border-t pt-4" data-testid="device-key" data-key="keyless">
      <h3 className="flex items-center gap-2 text-sm font-semibold">
        <ShieldOff size={18} className="text-warn" aria-hidden="true" />
        {device.allowed ? words.allowed : words.allowTitle}
      </h3>
      <p className="text-sm text-soft">{words.allowSentence}</p>
      {patch.isError && <FormError>{errorText(patch.error)}</FormError>}
      {isOwner && (
        <Button
          className="self-start"
          look={device.allowed ? "quiet" : "danger"}
          disabled={patch.isPending}
          onClick={() => patch.mutate({ deviceId: device.device_id, allow_unverified: !device.allowed })}
          data-testid="keyless-toggle"
        >
          {device.allowed ? words.revoke : words.allow}
        </Button>
      )}
    </section>
  );
}

function pinWords(pin: Pin | undefined): string {
  if (!pin) return text.devices.notPinned;
  return pin.how === "compared"
    ? text.devices.pinnedCompared(dateTime(pin.at))
    : text.devices.pinnedFirstUse(dateTime(pin.at));
}

function useShort(publicKey: string | null): string | null {
  const [value, setValue] = useState<string | null>(null);
  useEffect(() => {
    let stale = false;
    setValue(null);
    if (publicKey) void shortFingerprint(publicKey).then((short) => !stale && setValue(short));
    return () => {
      stale = true;
    };
  }, [publicKey]);
  return value;
}
