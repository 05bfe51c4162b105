// Account, password, look, and what machine this is.
import { useState } from "react";
import { Link } from "wouter";
import { Button } from "@/components/Button";
import { Page } from "@/components/Page";
import { useAgent } from "@/lib/agent";
import { session } from "@/lib/api";
import type { SessionState } from "@/lib/session/sessionReducer";
import { text } from "@/lib/text/text";
import { applyTheme, readTheme, type Theme } from "@/lib/theme";
import { PasswordForm } from "./PasswordForm";
import { Section } from "./Section";

export function SettingsPage({ state }: { state: SessionState & { tag: "signed_in" } }) {
  const agent = useAgent();
  const words = text.settings;
  const { user } = state;
  return (
    <Page title={words.title}>
      <div className="flex flex-col gap-4">
        <Section title={words.account}>
          <div className="flex flex-wrap items-center justify-between gap-3">
            <div className="min-w-0 text-sm">
              <p className="font-medium wrap-break-word" data-testid="account-name">
                {words.signedInAs(user.username)}
              </p>
              <p className="text-soft">
                {[words.roles[user.role] ?? user.role, user.email].filter(Boolean).join(" · ")}
              </p>
            </div>
            <Button onClick={() => void session.signOut()} data-testid="sign-out">
              {words.signOut}
            </Button>
          </div>
        </Section>
        <Section title={words.appearance}>
          <ThemeChoice />
        </Section>
        <Section title={words.sessions} sentence={words.sessionsSentence}>
          <PasswordForm username={user.username} />
        </Section>
        {agent.data && (
          <Section title={words.machine}>
            <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 text-sm">
              <dt className="text-soft">{words.version}</dt>
              <dd>{agent.data.version}</dd>
              <dt className="text-soft">{text.devices.idLabel}</dt>
              <dd className="wrap-anywhere">{agent.data.device_id}</dd>
              <dt className="text-soft">{text.devices.fingerprint}</dt>
              <dd className="font-mono text-xs leading-5 wrap-anywhere">{agent.data.fingerprint}</dd>
            </dl>
          </Section>
        )}
        <p className="px-1 text-sm">
          <Link
            href="/privacy"
            className="inline-flex min-h-11 items-center text-accent-text hover:underline"
          >
            {words.privacy}
          </Link>
        </p>
      </div>
    </Page>
  );
}

function ThemeChoice() {
  const [theme, setTheme] = useState(readTheme);
  const choose = (next: Theme) => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <fieldset className="flex flex-wrap gap-2">
      <legend className="sr-only">{text.settings.appearance}</legend>
      {(["system", "light", "dark"] as const).map((choice) => (
        <label
          key={choice}
          className="flex min-h-11 cursor-pointer items-center gap-2 rounded-md border px-3 text-sm has-checked:border-accent-text has-checked:bg-raised has-focus-visible:outline-2 has-focus-visible:outline-accent-text"
        >
          <input
            type="radio"
            name="theme"
            value={choice}
            checked={theme === choice}
            onChange={() => choose(choice)}
            className="accent-accent"
            data-testid={`theme-${choice}`}
          />
          {text.settings.themes[choice]}
        </label>
      ))}
    </fieldset>
  );
}
