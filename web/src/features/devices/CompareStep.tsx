// The second step: a person compares the fingerprint with the device's screen; then the key is pinned.
import { Button } from "@/components/Button";
import { text } from "@/lib/text/text";
import { Fingerprint } from "./Fingerprint";

export function CompareStep({
  fingerprint,
  onMatch,
  onDiffer,
}: {
  fingerprint: string;
  onMatch: () => void;
  onDiffer: () => void;
}) {
  const words = text.pairing;
  return (
    <div className="flex flex-col gap-4" data-testid="pairing-compare">
      <h3 className="text-base font-semibold">{words.compareTitle}</h3>
      <p className="text-sm">{words.compareSentence}</p>
      <Fingerprint value={fingerprint} large />
      <div className="flex flex-wrap gap-2">
        <Button look="primary" autoFocus onClick={onMatch} data-testid="fingerprint-matches">
          {words.matches}
        </Button>
        <Button onClick={onDiffer} data-testid="fingerprint-differs">
          {words.differs}
        </Button>
      </div>
    </div>
  );
}
