// Instead of a fingerprint: a device without a key needs its owner's word.
import { ShieldOff } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { FormError } from "@/components/Notice";
import { errorText } from "@/lib/errorText";
import { text } from "@/lib/text/text";

export function KeylessStep({ onAllow, onRefuse }: { onAllow: () => Promise<void>; onRefuse: () => void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const words = text.devices;

  async function allow() {
    setBusy(true);
    setFailure(null);
    try {
      await onAllow();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  }

  return (
    <div className="flex flex-col gap-4" data-testid="pairing-keyless">
      <h3 className="flex items-center gap-2 text-base font-semibold">
        <ShieldOff size={20} className="text-warn" aria-hidden="true" />
        {words.allowTitle}
      </h3>
      <p className="text-sm text-soft">{words.allowSentence}</p>
      {failure !== null && <FormError>{errorText(failure)}</FormError>}
      <div className="flex flex-wrap gap-2">
        <Button onClick={onRefuse} data-testid="keyless-refuse">
          {words.disallow}
        </Button>
        <Button look="danger" disabled={busy} onClick={() => void allow()} data-testid="keyless-allow">
          {words.allow}
        </Button>
      </div>
    </div>
  );
}
