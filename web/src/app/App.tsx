// Which page an address shows, for whom: before set-up, signed out, signed in.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { Button, LinkButton } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { CardPage } from "@/components/Page";
import { LoginPage } from "@/features/account/LoginPage";
import { SetupPage } from "@/features/account/SetupPage";
import { AddCameraSheet } from "@/features/cameras/AddCameraSheet";
import { DeviceSheet } from "@/features/devices/DeviceSheet";
import { DevicesPage } from "@/features/devices/DevicesPage";
import { PairingSheet } from "@/features/devices/PairingSheet";
import { GridPage } from "@/features/live/GridPage";
import { ViewerPage } from "@/features/live/ViewerPage";
import { PrivacyPage } from "@/features/settings/PrivacyPage";
import { SettingsPage } from "@/features/settings/SettingsPage";
import { session } from "@/lib/api";
import { forgetPictures } from "@/lib/live/lastPictures";
import { LiveProvider } from "@/lib/live/liveContext";
import type { SessionState } from "@/lib/session/sessionReducer";
import { text } from "@/lib/text/text";
import { ErrorBoundary } from "./ErrorBoundary";
import { Frame } from "./Frame";

const retryMs = 3_000;

export function App() {
  return (
    <ErrorBoundary>
      <Entrance />
    </ErrorBoundary>
  );
}

function Entrance() {
  const state = useSyncExternalStore(session.subscribe, session.getSnapshot);
  const [path, navigate] = useLocation();
  const fragment = useFragment();
  // Where the person wanted to go before signing in.
  const wanted = useRef("/");

  useEffect(() => {
    if (state.tag === "starting") void session.begin();
    if (state.tag !== "unreachable") return;
    const timer = setInterval(() => void session.begin(), retryMs);
    return () => clearInterval(timer);
  }, [state.tag]);

  switch (state.tag) {
    case "starting":
      return (
        <p role="status" className="p-6 text-sm text-soft">
          {text.hub.starting}
        </p>
      );
    case "unreachable":
      return (
        <CardPage title={text.hub.unreachableTitle}>
          <Notice
            wholePage
            what={text.hub.unreachableTitle}
            cause={text.hub.unreachableCause}
            className="p-0"
          >
            <Button look="primary" onClick={() => void session.begin()}>
              {text.common.tryAgain}
            </Button>
          </Notice>
        </CardPage>
      );
    case "setup_needed":
      return <SetupPage key={fragment} token={fragment} onDone={() => navigate("/", { replace: true })} />;
    case "signed_out":
      if (path !== "/login") {
        if (path !== "/setup" && state.reason !== "chosen") wanted.current = path + location.hash;
        return <Redirect to="/login" replace />;
      }
      return (
        <LoginPage
          expired={state.reason === "expired"}
          onDone={() => navigate(wanted.current, { replace: true })}
        />
      );
    case "signed_in":
      return <Inside key={state.user.id} state={state} fragment={fragment} />;
  }
}

function Inside({ state, fragment }: { state: SessionState & { tag: "signed_in" }; fragment: string }) {
  const [queries] = useState(
    () =>
      new QueryClient({
        defaultOptions: { queries: { retry: 1, staleTime: 5_000 }, mutations: { retry: false } },
      }),
  );
  const [, navigate] = useLocation();
  useEffect(() => forgetPictures, []);
  return (
    <QueryClientProvider client={queries}>
      <LiveProvider>
        <Frame>
          <Switch>
            <Route path="/viewer/:device/:camera?">
              {({ device, camera }) => (
                <ViewerPage
                  device={decodeURIComponent(device)}
                  camera={camera && decodeURIComponent(camera)}
                />
              )}
            </Route>
            <Route path="/devices/:device?">
              {({ device }) => (
                <>
                  <DevicesPage />
                  {device === "pair" && (
                    <PairingSheet fragment={fragment} onClose={() => navigate("/devices")} />
                  )}
                  {device && device !== "pair" && (
                    <DeviceSheet deviceId={decodeURIComponent(device)} onClose={() => navigate("/devices")} />
                  )}
                </>
              )}
            </Route>
            <Route path="/settings">
              <SettingsPage state={state} />
            </Route>
            <Route path="/privacy">
              <PrivacyPage />
            </Route>
            <Route path={/^\/(?:cameras\/new)?$/}>
              <GridPage />
              <Route path="/cameras/new">
                <AddCameraSheet onClose={() => navigate("/")} />
              </Route>
            </Route>
            <Route path="/pair">
              <Redirect to={`/devices/pair#${fragment}`} replace />
            </Route>
            <Route path="/login">
              <Redirect to="/" replace />
            </Route>
            <Route path="/setup">
              <Redirect to="/" replace />
            </Route>
            <Route>
              <main className="flex min-h-full items-center justify-center">
                <Notice wholePage what={text.common.notFoundTitle} cause={text.common.notFoundCause}>
                  <LinkButton look="primary" href="/">
                    {text.common.toLive}
                  </LinkButton>
                </Notice>
              </main>
            </Route>
          </Switch>
        </Frame>
      </LiveProvider>
    </QueryClientProvider>
  );
}

/** What stands after '#', kept even where the address changes meanwhile. */
function useFragment(): string {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener("hashchange", listener);
      return () => window.removeEventListener("hashchange", listener);
    },
    () => location.hash.replace(/^#/, ""),
  );
}
