// All devices one may see, with how they are.
import { ChevronRight, Plus, ShieldCheck, ShieldOff, ShieldX } from "lucide-react";
import { Link } from "wouter";
import { Button, LinkButton } from "@/components/Button";
import { classes } from "@/components/classes";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { useAgent } from "@/lib/agent";
import { camerasOf, deviceName, useDevices } from "@/lib/devices";
import { errorText } from "@/lib/errorText";
import { text } from "@/lib/text/text";
import { clock } from "@/lib/time";
import type { DeviceInfo } from "@/signaling/messages.gen";
import { keyState, usePin } from "./keyState";

export function DevicesPage() {
  const devices = useDevices();
  const agent = useAgent();
  const words = text.devices;
  const sorted = [...(devices.data ?? [])].sort((a, b) => deviceName(a).localeCompare(deviceName(b)));
  return (
    <Page
      title={words.title}
      action={
        <LinkButton look="primary" href="/devices/pair" data-testid="pair-device">
          <Plus size={18} aria-hidden="true" />
          {words.pair}
        </LinkButton>
      }
    >
      {devices.isPending && (
        <p role="status" className="text-sm text-soft">
          {text.common.loading}
        </p>
      )}
      {!devices.data && devices.isError && (
        <Notice what={text.live.listFailedTitle} cause={errorText(devices.error)}>
          <Button look="primary" onClick={() => void devices.refetch()}>
            {text.common.tryAgain}
          </Button>
        </Notice>
      )}
      {devices.data?.length === 0 && (
        <div className="rounded-md border bg-surface">
          <Notice what={words.emptyTitle} cause={words.emptySentence} data-testid="empty" />
        </div>
      )}
      {sorted.length > 0 && (
        <ul className="overflow-hidden rounded-md border bg-surface">
          {sorted.map((device) => (
            <DeviceRow
              key={device.device_id}
              device={device}
              isLocal={agent.data?.device_id === device.device_id}
            />
          ))}
        </ul>
      )}
    </Page>
  );
}

function DeviceRow({ device, isLocal }: { device: DeviceInfo; isLocal: boolean }) {
  const words = text.devices;
  const pin = usePin(device.device_id);
  const listed = (device.presence as { cameras?: unknown[] } | null)?.cameras;
  const details = [
    device.room,
    isLocal && words.thisMachine,
    Array.isArray(listed) && words.cameras(camerasOf(device).length),
    device.role !== "owner" && words.roles[device.role],
  ];
  return (
    <li
      className="border-t first:border-t-0"
      data-testid="device"
      data-device={device.device_id}
      data-online={device.is_online}
    >
      <Link
        href={`/devices/${encodeURIComponent(device.device_id)}`}
        className="flex min-h-16 items-center gap-4 px-4 py-3 -outline-offset-2! hover:bg-raised"
      >
        <span
          aria-hidden="true"
          className={classes(
            "size-2.5 shrink-0 rounded-full",
            device.is_online ? "bg-good" : "border-2 border-strong",
          )}
        />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm font-medium" title={deviceName(device)}>
            {deviceName(device)}
          </span>
          <span className="block truncate text-sm text-soft">
            {[onlineWords(device), ...details.filter(Boolean)].join(" · ")}
          </span>
        </span>
        <KeyMark state={keyState(device, pin)} />
        <ChevronRight size={18} className="shrink-0 text-soft" aria-hidden="true" />
      </Link>
    </li>
  );
}

function KeyMark({ state }: { state: ReturnType<typeof keyState> }) {
  const words = text.devices;
  const marks = {
    known: [ShieldCheck, "text-good", words.verified],
    new: [ShieldCheck, "text-soft", words.verified],
    changed: [ShieldX, "text-bad", words.keyChanged],
    keyless: [ShieldOff, "text-warn", words.unverified],
  } as const;
  const [Icon, color, label] = marks[state];
  return (
    <span className={classes("flex shrink-0 items-center gap-1.5 text-sm", color)}>
      <Icon size={18} aria-hidden="true" />
      <span className="max-sm:sr-only">{label}</span>
    </span>
  );
}

function onlineWords(device: DeviceInfo): string {
  if (device.is_online) return text.devices.online;
  return device.last_seen ? text.devices.offlineSince(clock(device.last_seen)) : text.devices.never;
}
