// The figures of a playing camera, over its picture.
import { useEffect, useState } from "react";
import { text } from "@/lib/text/text";
import { bitrate, decimal } from "@/lib/time";
import { shortFingerprint } from "@/media/fingerprint";
import type { Watch } from "@/media/watchState";

export function StatisticsTable({ watch }: { watch: Watch }) {
  const { figures, trust } = watch;
  const fingerprint = useFingerprint(trust?.tag === "verified" ? trust.publicKey : null);
  const words = text.stats;
  const device =
    trust?.tag === "verified" ? words.verified(fingerprint ?? "…") : trust ? words.unverified : words.none;
  const path = figures?.path;
  const rows: [id: string, label: string, value: string][] = [
    ["delay", words.delay, milliseconds(figures?.delayMs)],
    ["bitrate", words.bitrate, typeof figures?.bitrate === "number" ? bitrate(figures.bitrate) : words.none],
    [
      "frames",
      words.frames,
      figures
        ? words.framesValue(
            decimal(figures.fps ?? 0, 0),
            decimal(figures.framesDecoded, 0),
            figures.framesDropped,
          )
        : words.none,
    ],
    [
      "loss",
      words.loss,
      figures
        ? words.lossValue(decimal((figures.loss ?? 0) * 100, 1), decimal(figures.packetsLost, 0))
        : words.none,
    ],
    ["round-trip", words.roundTrip, milliseconds(figures?.roundTripMs)],
    ["path", words.path, path ? words[path.tag](path.protocol) : words.none],
    ["codec", words.codec, figures?.codec ?? words.none],
    ["resolution", words.resolution, figures?.width ? `${figures.width} × ${figures.height}` : words.none],
    ["encryption", words.encryption, figures?.encryption ?? words.none],
    ["device", words.device, device],
  ];
  return (
    <table
      data-testid="stats"
      className="absolute top-12 left-2 max-w-[calc(100%-1rem)] rounded-md bg-black/85 text-xs text-white sm:top-3 sm:left-3"
    >
      <caption className="sr-only">{words.title}</caption>
      <tbody className="[&>tr:first-child>*]:pt-2.5 [&>tr:last-child>*]:pb-2.5">
        {rows.map(([id, label, value]) => (
          <tr key={id}>
            <th scope="row" className="py-0.5 pr-4 pl-3 text-left font-normal text-white/70">
              {label}
            </th>
            <td className="py-0.5 pr-3" data-testid={`stats-${id}`}>
              {value}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function milliseconds(value: number | null | undefined): string {
  return typeof value === "number" ? `${decimal(value, value < 10 ? 1 : 0)} ms` : text.stats.none;
}

function useFingerprint(publicKey: string | null): string | null {
  const [fingerprint, setFingerprint] = useState<string | null>(null);
  useEffect(() => {
    let stale = false;
    setFingerprint(null);
    if (publicKey) void shortFingerprint(publicKey).then((value) => !stale && setFingerprint(value));
    return () => {
      stale = true;
    };
  }, [publicKey]);
  return fingerprint;
}
