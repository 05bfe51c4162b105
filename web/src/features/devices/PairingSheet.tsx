// Pairing, step by step: the code, the fingerprint, the live picture with name and room.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Sheet } from "@/components/Sheet";
import { call } from "@/lib/api";
import { devicesKey, usePatchDevice, useRemoveDevice } from "@/lib/devices";
import { useLive } from "@/lib/live/liveContext";
import { text } from "@/lib/text/text";
import { shortFingerprint } from "@/media/fingerprint";
import { normalKey } from "@/media/pins";
import type { DeviceInfo, PairedDevice, PairResponse } from "@/signaling/messages.gen";
import { CodeStep } from "./CodeStep";
import { CompareStep } from "./CompareStep";
import { KeylessStep } from "./KeylessStep";
import { NameStep } from "./NameStep";
import { type PairingLink, readPairingLink } from "./pairingLink";

type Step =
  | { tag: "code" }
  | { tag: "compare"; device: PairedDevice; fingerprint: string }
  | { tag: "keyless"; device: PairedDevice }
  | { tag: "name"; device: PairedDevice }
  | { tag: "undone" };

export function PairingSheet({ fragment, onClose }: { fragment: string; onClose: () => void }) {
  const [link] = useState<PairingLink | null>(() => readPairingLink(fragment));
  const [step, setStep] = useState<Step>({ tag: "code" });
  const [isNew, setIsNew] = useState(true);
  const queries = useQueryClient();
  const patch = usePatchDevice();
  const remove = useRemoveDevice();
  const { pins } = useLive();
  const words = text.pairing;
  // Until the person has answered, closing the sheet takes the device back out.
  const undecided = useRef<string | null>(null);
  undecided.current =
    isNew && (step.tag === "compare" || step.tag === "keyless") ? step.device.device_id : null;

  async function pair(code: string) {
    const before = queries.getQueryData<DeviceInfo[]>(devicesKey) ?? [];
    const { device } = await call<PairResponse>("POST", "/api/devices/pair", { pairing_code: code });
    setIsNew(!before.some((known) => known.device_id === device.device_id));
    if (!device.verified || !device.public_key) {
      setStep(device.allowed ? { tag: "name", device } : { tag: "keyless", device });
    } else {
      const fingerprint = await shortFingerprint(device.public_key);
      const expected = link?.fingerprint;
      const other = link?.device && link.device !== device.device_id;
      if (fingerprint === null || other || (expected && expected !== fingerprint))
        await undo(device.device_id);
      else if (expected || isCompared(device)) accept(device);
      else setStep({ tag: "compare", device, fingerprint });
    }
  }

  /** Paired once more with the key that was compared before. */
  function isCompared({ device_id, public_key }: PairedDevice): boolean {
    const pin = pins.get(device_id);
    return pin?.how === "compared" && public_key !== null && pin.publicKey === normalKey(public_key);
  }

  function accept(device: PairedDevice) {
    if (device.public_key) pins.set(device.device_id, device.public_key, "compared");
    void queries.invalidateQueries({ queryKey: devicesKey });
    setStep({ tag: "name", device });
  }

  async function undo(deviceId: string) {
    setStep({ tag: "undone" });
    await remove.mutateAsync(deviceId).catch(() => {}); // the list shows it if it is still there
  }

  async function allow(device: PairedDevice) {
    await patch.mutateAsync({ deviceId: device.device_id, allow_unverified: true });
    setStep({ tag: "name", device });
  }

  const removeDevice = remove.mutate;
  useEffect(() => () => void (undecided.current && removeDevice(undecided.current)), [removeDevice]);

  return (
    <Sheet title={words.title} onClose={onClose} data-testid="pairing-sheet">
      {step.tag === "code" && <CodeStep initial={link?.code ?? ""} onPair={pair} />}
      {step.tag === "compare" && (
        <CompareStep
          fingerprint={step.fingerprint}
          onMatch={() => accept(step.device)}
          onDiffer={() => void undo(step.device.device_id)}
        />
      )}
      {step.tag === "keyless" && (
        <KeylessStep onAllow={() => allow(step.device)} onRefuse={() => void undo(step.device.device_id)} />
      )}
      {step.tag === "name" && <NameStep device={step.device} onDone={onClose} />}
      {step.tag === "undone" && (
        <Notice what={words.differsTitle} cause={words.differsCause} data-testid="pairing-undone">
          <Button look="primary" onClick={() => setStep({ tag: "code" })}>
            {text.common.tryAgain}
          </Button>
        </Notice>
      )}
    </Sheet>
  );
}
