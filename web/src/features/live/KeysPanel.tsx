// Which keys do what in the viewer.
import { Panel } from "@/components/Sheet";
import { text } from "@/lib/text/text";

export function KeysPanel({ onClose }: { onClose: () => void }) {
  return (
    <Panel title={text.keys.title} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 text-sm">
        {text.keys.rows.map(([key, meaning]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded-sm border bg-raised px-2 py-0.5 font-mono text-xs">{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
