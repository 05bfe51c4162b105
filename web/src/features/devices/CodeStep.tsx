// The first step: the code that the device shows.
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { FormError } from "@/components/Notice";
import { errorText } from "@/lib/errorText";
import { ApiError } from "@/lib/http";
import { text } from "@/lib/text/text";
import { CodeField } from "./CodeField";

export function CodeStep({ initial, onPair }: { initial: string; onPair: (code: string) => Promise<void> }) {
  const [code, setCode] = useState(initial);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const words = text.pairing;

  async function pair(digits: string) {
    if (busy) return;
    if (digits.length !== 6) {
      setFailure(words.incomplete);
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      await onPair(digits);
    } catch (error) {
      setFailure(pairingErrorText(error));
      setBusy(false);
    }
  }

  // A scanned link needs no further press.
  const scanned = useRef(initial);
  useEffect(() => {
    if (scanned.current.length === 6) void pair(scanned.current);
    scanned.current = "";
  });

  function change(digits: string) {
    setCode(digits);
    setFailure(null);
    if (digits.length === 6 && digits !== code) void pair(digits);
  }

  async function paste() {
    const pasted = await navigator.clipboard.readText().catch(() => "");
    change(pasted.replace(/\D/g, "").slice(0, 6));
  }

  return (
    <form
      className="flex flex-col gap-4"
      data-testid="pairing-form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void pair(code);
      }}
    >
      <p className="text-sm">{words.sentence}</p>
      <CodeField value={code} onChange={change} invalid={failure !== null} />
      <FormError>{failure}</FormError>
      <div className="flex gap-2">
        <Button look="primary" type="submit" disabled={busy} data-testid="pair">
          {busy ? words.busy : words.button}
        </Button>
        {typeof navigator.clipboard?.readText === "function" && (
          <Button onClick={() => void paste()} disabled={busy}>
            {words.paste}
          </Button>
        )}
      </div>
      <p className="text-sm text-soft">{words.scan}</p>
    </form>
  );
}

function pairingErrorText(error: unknown): string {
  if (error instanceof ApiError && error.status === 404) {
    if (error.message.includes("expired")) return text.pairing.expired;
    return error.message.includes("already been used") ? text.pairing.used : text.pairing.wrong;
  }
  return errorText(error);
}
