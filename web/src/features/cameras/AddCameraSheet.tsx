// Adds a network camera to this machine's agent: asks the camera first, says in plain words what came of it, then saves.
import { CircleAlert, CircleCheck } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/Button";
import { FormError } from "@/components/Notice";
import { PasswordField } from "@/components/PasswordField";
import { Sheet } from "@/components/Sheet";
import { TextField } from "@/components/TextField";
import { probeCamera, useAddCamera } from "@/lib/agent";
import { errorText } from "@/lib/errorText";
import { text } from "@/lib/text/text";
import type { ProbeResult } from "@/signaling/messages.gen";
import { addressError, readAddress } from "./address";

export function AddCameraSheet({ onClose }: { onClose: () => void }) {
  const words = text.cameras;
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState<"probe" | "add" | null>(null);
  const [probe, setProbe] = useState<ProbeResult | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const add = useAddCamera();

  const wrongAddress = addressError(url);
  const wrongName = name.trim() === "" ? words.nameMissing : undefined;
  const address = {
    url: url.trim(),
    ...(user.trim() ? { user: user.trim() } : {}),
    ...(password ? { password } : {}),
  };

  function changed(set: (value: string) => void) {
    return (event: { target: { value: string } }) => {
      set(event.target.value);
      setProbe(null);
      setFailure(null);
    };
  }

  // Links from manuals often carry user:password@; they belong in their own fields.
  function splitAddress() {
    const parts = readAddress(url);
    if (!parts) return;
    setUrl(parts.url);
    if (parts.user) setUser(parts.user);
    if (parts.password) setPassword(parts.password);
  }

  async function test(): Promise<ProbeResult | null> {
    setBusy("probe");
    setFailure(null);
    try {
      const result = await probeCamera(address);
      setProbe(result);
      return result;
    } catch (error) {
      setFailure(error);
      return null;
    } finally {
      setBusy(null);
    }
  }

  async function save() {
    setBusy("add");
    setFailure(null);
    try {
      await add.mutateAsync({ name: name.trim(), ...address });
      onClose();
    } catch (error) {
      setFailure(error);
      setBusy(null);
    }
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (wrongName || wrongAddress || busy) return;
    const result = probe ?? (await test());
    if (result?.ok && result.playable !== false) await save();
  }

  const unsure = probe !== null && !(probe.ok && probe.playable !== false);
  return (
    <Sheet title={words.addTitle} onClose={onClose} data-testid="add-camera-sheet">
      <p className="text-sm text-soft">{words.addSentence}</p>
      <form className="flex flex-col gap-4" onSubmit={submit} noValidate data-testid="add-camera-form">
        <TextField
          label={words.name}
          placeholder={words.namePlaceholder}
          maxLength={100}
          autoFocus
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={tried ? wrongName : undefined}
          data-testid="camera-name"
        />
        <TextField
          label={words.address}
          placeholder={words.addressPlaceholder}
          hint={words.addressHint}
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={url}
          onChange={changed(setUrl)}
          onBlur={splitAddress}
          error={tried ? wrongAddress : undefined}
          data-testid="camera-url"
        />
        <TextField
          label={words.user}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={user}
          onChange={changed(setUser)}
          data-testid="camera-user"
        />
        <PasswordField
          label={words.password}
          autoComplete="new-password"
          value={password}
          onChange={changed(setPassword)}
          data-testid="camera-password"
        />
        {busy === "probe" && (
          <p role="status" className="text-sm text-soft">
            {words.testing}
          </p>
        )}
        {probe && <ProbeAnswer probe={probe} />}
        {failure !== null && <FormError>{errorText(failure)}</FormError>}
        <div className="flex flex-wrap gap-2">
          <Button look="primary" type="submit" disabled={busy !== null} data-testid="camera-save">
            {busy === "add" ? words.adding : unsure ? words.test : words.add}
          </Button>
          {unsure ? (
            <Button
              onClick={() => void save()}
              disabled={busy !== null || !!wrongName}
              data-testid="camera-save-anyway"
            >
              {words.addAnyway}
            </Button>
          ) : (
            <Button
              onClick={() => {
                setTried(true);
                if (!wrongAddress) void test();
              }}
              disabled={busy !== null}
              data-testid="camera-probe"
            >
              {words.test}
            </Button>
          )}
        </div>
      </form>
    </Sheet>
  );
}

function ProbeAnswer({ probe }: { probe: ProbeResult }) {
  const words = text.cameras;
  const works = probe.ok && probe.playable !== false;
  const sentence = works
    ? words.works
    : probe.ok
      ? (probe.detail ?? words.notPlayable)
      : (probe.detail ?? words.answers[probe.code ?? ""] ?? text.errors.server);
  return (
    <div
      role="status"
      data-testid="probe-result"
      data-ok={works}
      data-code={probe.code ?? ""}
      className="flex gap-2 rounded-md border p-3 text-sm"
    >
      {works ? (
        <CircleCheck size={18} className="shrink-0 text-good" aria-hidden="true" />
      ) : (
        <CircleAlert size={18} className="shrink-0 text-bad" aria-hidden="true" />
      )}
      <div className="min-w-0">
        <p className="wrap-break-word">{sentence}</p>
        {probe.tracks?.map((track) => (
          <p key={`${track.kind}${track.codec}`} className="text-soft">
            {[
              track.codec,
              track.width > 0 && `${track.width} × ${track.height}`,
              track.fps > 0 && `${track.fps} fps`,
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
        ))}
      </div>
    </div>
  );
}
