// Sign-in: one card, a name, a password.
import { type FormEvent, useState } from "react";
import { Button } from "@/components/Button";
import { FormError } from "@/components/Notice";
import { CardPage } from "@/components/Page";
import { PasswordField } from "@/components/PasswordField";
import { TextField } from "@/components/TextField";
import { session } from "@/lib/api";
import { errorText } from "@/lib/errorText";
import { text } from "@/lib/text/text";

export function LoginPage({ expired, onDone }: { expired: boolean; onDone: () => void }) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const words = text.account;

  async function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (username.trim() === "" || password === "" || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await session.signIn(username.trim(), password);
      onDone();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  }

  return (
    <CardPage title={words.signInTitle}>
      <h1 className="mb-1 text-lg font-semibold">{words.signInTitle}</h1>
      <p className="mb-5 text-sm text-soft">{expired ? words.expired : text.tagline}</p>
      <form className="flex flex-col gap-4" onSubmit={submit} noValidate data-testid="login-form">
        <TextField
          label={words.username}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          error={tried && username.trim() === "" ? words.usernameMissing : undefined}
          data-testid="username"
        />
        <PasswordField
          label={words.password}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={tried && password === "" ? words.passwordMissing : undefined}
          data-testid="password"
        />
        {failure !== null && <FormError>{errorText(failure)}</FormError>}
        <Button look="primary" type="submit" disabled={busy} data-testid="submit">
          {words.signInButton}
        </Button>
      </form>
    </CardPage>
  );
}
