// What goes where, and what is kept.
import { Page } from "@/components/Page";
import { text } from "@/lib/text/text";
import { Section } from "./Section";

export function PrivacyPage() {
  return (
    <Page title={text.privacy.title}>
      <div className="flex flex-col gap-4">
        {text.privacy.rows.map(([title, sentence]) => (
          <Section key={title} title={title}>
            <p className="text-sm text-soft">{sentence}</p>
          </Section>
        ))}
      </div>
    </Page>
  );
}
