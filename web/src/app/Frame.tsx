// The frame of every signed-in page: a narrow rail on the left, on phones a bar at the bottom.
import { Cctv, LayoutGrid, type LucideIcon, Settings } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { classes } from "@/components/classes";
import { useLink } from "@/lib/live/liveContext";
import { text } from "@/lib/text/text";
import { useSettled } from "./useSettled";

const places: { href: string; under: string[]; name: string; Icon: LucideIcon; testId: string }[] = [
  { href: "/", under: ["/viewer", "/cameras"], name: text.nav.live, Icon: LayoutGrid, testId: "nav-live" },
  { href: "/devices", under: ["/devices"], name: text.nav.devices, Icon: Cctv, testId: "nav-devices" },
  {
    href: "/settings",
    under: ["/settings", "/privacy"],
    name: text.nav.settings,
    Icon: Settings,
    testId: "nav-settings",
  },
];

export function Frame({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  return (
    <div className="flex h-full flex-col-reverse md:flex-row">
      <nav
        aria-label={text.nav.label}
        className="flex shrink-0 border-t bg-surface pb-[env(safe-area-inset-bottom)] md:w-20 md:flex-col md:gap-1 md:border-t-0 md:border-r md:px-1.5 md:py-3"
      >
        {places.map(({ href, under, name, Icon, testId }) => {
          const here = path === href || under.some((start) => path.startsWith(start));
          return (
            <Link
              key={href}
              href={href}
              aria-current={here ? "page" : undefined}
              data-testid={testId}
              className={classes(
                "flex min-h-14 flex-1 flex-col items-center justify-center gap-1 rounded-md text-xs font-medium -outline-offset-2! md:flex-none md:py-2",
                here ? "text-accent-text md:bg-raised" : "text-soft hover:text-ink",
              )}
            >
              <Icon size={22} aria-hidden="true" />
              {name}
            </Link>
          );
        })}
      </nav>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <LostLink />
        <div className="min-h-0 flex-1 overflow-y-auto" data-scroll-area>
          {children}
        </div>
      </div>
    </div>
  );
}

/** Says so when the hub is away for longer than a moment. */
function LostLink() {
  const link = useLink();
  const lost = useSettled(link.tag !== "ready", 2_500);
  if (!lost) return null;
  return (
    <p role="status" data-testid="link-lost" className="border-b bg-raised px-4 py-2 text-sm">
      {text.hub.lost}
    </p>
  );
}
