// All cameras at once.
import { Plus } from "lucide-react";
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button, LinkButton } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { useAgent } from "@/lib/agent";
import { allCameras, type Camera, deviceName, useDevices } from "@/lib/devices";
import { errorText } from "@/lib/errorText";
import { text } from "@/lib/text/text";
import { layoutGrid, placeTiles } from "./gridLayout";
import { Tile } from "./Tile";

const gap = 8;
const edge = 12;

export function GridPage() {
  const devices = useDevices();
  const agent = useAgent();
  const cameras = devices.data ? allCameras(devices.data) : [];
  const action =
    cameras.length === 0 ? undefined : agent.data ? (
      <LinkButton href="/cameras/new" data-testid="add-camera">
        <Plus size={18} aria-hidden="true" />
        {text.live.addCamera}
      </LinkButton>
    ) : (
      <LinkButton href="/devices/pair" data-testid="pair-device">
        <Plus size={18} aria-hidden="true" />
        {text.live.pairDevice}
      </LinkButton>
    );

  return (
    <Page title={text.live.title} action={action} wide>
      {devices.data && cameras.length > 0 && <Grid cameras={cameras} />}
      {devices.data && cameras.length === 0 && (
        <div className="flex flex-1 items-center justify-center">
          <div className="w-full max-w-md rounded-md border bg-surface">
            <Notice what={text.live.emptyTitle} cause={text.live.emptySentence} data-testid="empty">
              {agent.data && (
                <LinkButton look="primary" href="/cameras/new" data-testid="add-camera">
                  {text.live.addCamera}
                </LinkButton>
              )}
              <LinkButton
                look={agent.data ? "quiet" : "primary"}
                href="/devices/pair"
                data-testid="pair-device"
              >
                {text.live.pairDevice}
              </LinkButton>
            </Notice>
          </div>
        </div>
      )}
      {!devices.data && devices.isError && (
        <div className="flex flex-1 items-center justify-center">
          <Notice what={text.live.listFailedTitle} cause={errorText(devices.error)}>
            <Button look="primary" onClick={() => void devices.refetch()}>
              {text.common.tryAgain}
            </Button>
          </Notice>
        </div>
      )}
      {devices.isPending && (
        <p role="status" className="p-4 text-sm text-soft">
          {text.common.loading}
        </p>
      )}
    </Page>
  );
}

function Grid({ cameras }: { cameras: readonly Camera[] }) {
  const holder = useRef<HTMLDivElement>(null);
  const space = useRoom(holder);
  const quiet = usePointerIdle(3_000);
  const aspects = cameras.map(aspectOf);
  const { tiles, width, height } = placeTiles(layoutGrid(aspects, { ...space, gap }), aspects, gap);
  return (
    <div ref={holder}>
      {/* Placed by coordinates, so that a tile that changes rows keeps its element and its picture. */}
      <div className="relative mx-auto" style={{ width, height }} data-testid="grid">
        {tiles.map((place, index) => {
          const camera = cameras[index];
          if (!camera) return null;
          return (
            <div key={`${camera.device.device_id}/${camera.id}`} className="absolute" style={place}>
              <Tile camera={camera} place={placeOf(camera)} quiet={quiet} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The room for the grid without scrolling: down to the end of the scrolling area it lies in. */
function useRoom(holder: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [space, setSpace] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = holder.current;
    const area = element?.closest<HTMLElement>("[data-scroll-area]");
    if (!element || !area) return;
    const measure = () => {
      const top = element.getBoundingClientRect().top - area.getBoundingClientRect().top + area.scrollTop;
      setSpace({ width: element.clientWidth, height: area.clientHeight - top - edge });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    observer.observe(area);
    return () => observer.disconnect();
  }, [holder]);
  return space;
}

function aspectOf({ presence }: Camera): number {
  const aspect =
    presence && presence.width > 0 && presence.height > 0 ? presence.width / presence.height : 16 / 9;
  return Math.min(3, Math.max(0.4, aspect));
}

function placeOf({ device, name }: Camera): string {
  if (device.room) return device.room;
  return deviceName(device) === name ? "" : deviceName(device);
}

/** True once nobody has pointed, touched or typed for a while. */
function usePointerIdle(afterMs: number): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const onActivity = () => {
      setIdle(false);
      clearTimeout(timer);
      timer = setTimeout(() => setIdle(true), afterMs);
    };
    onActivity();
    const kinds = ["pointermove", "pointerdown", "keydown", "wheel"] as const;
    for (const kind of kinds) window.addEventListener(kind, onActivity, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const kind of kinds) window.removeEventListener(kind, onActivity);
    };
  }, [afterMs]);
  return idle;
}
