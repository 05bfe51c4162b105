// Changing the password, which ends all other sessions of the account.
import { type FormEvent, useState } from "react";
import { Button } from "@/components/Button";
import { FormError } from "@/components/Notice";
import { PasswordField } from "@/components/PasswordField";
import { shortestPassword } from "@/components/passwordStrength";
import { call } from "@/lib/api";
import { errorText } from "@/lib/errorText";
import { text } from "@/lib/text/text";

export function PasswordForm({ username }: { username: string }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [done, setDone] = useState(false);
  const words = text.account;

  async function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    setDone(false);
    if (current === "" || next.length < shortestPassword || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await call<void>("POST", "/api/auth/password", { current_password: current, new_password: next });
      setCurrent("");
      setNext("");
      setTried(false);
      setDone(true);
    } catch (error) {
      setFailure(error);
    }
    setBusy(false);
  }

  return (
    <form className="flex max-w-sm flex-col gap-4" onSubmit={submit} noValidate data-testid="password-form">
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      <PasswordField
        label={words.currentPassword}
        name="current"
        autoComplete="current-password"
        value={current}
        onChange={(event) => setCurrent(event.target.value)}
        error={tried && current === "" ? words.passwordMissing : undefined}
        data-testid="current-password"
      />
      <PasswordField
        label={words.newPassword}
        name="new"
        autoComplete="new-password"
        maxLength={256}
        showStrength
        value={next}
        onChange={(event) => setNext(event.target.value)}
        error={tried && next.length < shortestPassword ? words.strength[0] : undefined}
        data-testid="new-password"
      />
      {failure !== null && <FormError>{errorText(failure)}</FormError>}
      {done && (
        <p role="status" className="text-sm text-good">
          {text.settings.passwordChanged}
        </p>
      )}
      <Button type="submit" disabled={busy} className="self-start" data-testid="change-password">
        {text.settings.changePassword}
      </Button>
    </form>
  );
}
