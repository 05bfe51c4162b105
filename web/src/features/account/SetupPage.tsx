// First start: the person with the one-time link from the terminal makes the owner account.
import { type FormEvent, useState } from "react";
import { Button, LinkButton } from "@/components/Button";
import { FormError } from "@/components/Notice";
import { CardPage } from "@/components/Page";
import { PasswordField } from "@/components/PasswordField";
import { shortestPassword } from "@/components/passwordStrength";
import { TextField } from "@/components/TextField";
import { session } from "@/lib/api";
import { errorText } from "@/lib/errorText";
import { ApiError } from "@/lib/http";
import { text } from "@/lib/text/text";

/** The token stands after '#', which browsers never send to any server. */
export function SetupPage({ token, onDone }: { token: string; onDone: () => void }) {
  const [username, setUsername] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const words = text.account;

  if (token === "") {
    return (
      <CardPage title={words.setupNoTokenTitle}>
        <h1 className="mb-2 text-lg font-semibold">{words.setupNoTokenTitle}</h1>
        <p className="text-sm text-soft" data-testid="setup-no-token">
          {words.setupNoToken}
        </p>
      </CardPage>
    );
  }

  const usernameError = username.trim() === "" ? words.usernameMissing : undefined;
  const passwordError = password.length < shortestPassword ? words.strength[0] : undefined;

  async function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (usernameError || passwordError || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await session.setUp(token, username.trim(), email.trim(), password);
      onDone();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  }

  const done = failure instanceof ApiError && failure.status === 409;
  return (
    <CardPage title={words.setupTitle}>
      <h1 className="mb-1 text-lg font-semibold">{words.setupTitle}</h1>
      <p className="mb-5 text-sm text-soft">{words.setupSentence}</p>
      <form className="flex flex-col gap-4" onSubmit={submit} noValidate data-testid="setup-form">
        <TextField
          label={words.username}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          autoFocus
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          error={tried ? usernameError : undefined}
          data-testid="username"
        />
        <TextField
          label={words.email}
          name="email"
          type="email"
          autoComplete="email"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          data-testid="email"
        />
        <PasswordField
          label={words.password}
          name="password"
          autoComplete="new-password"
          maxLength={256}
          showStrength
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={tried ? passwordError : undefined}
          data-testid="password"
        />
        {failure !== null && <FormError>{errorText(failure)}</FormError>}
        <Button look="primary" type="submit" disabled={busy} data-testid="submit">
          {words.setupButton}
        </Button>
        {done && (
          <LinkButton href="/login" data-testid="to-login">
            {words.signInButton}
          </LinkButton>
        )}
      </form>
    </CardPage>
  );
}
