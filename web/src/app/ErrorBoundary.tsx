// The last resort: a page that broke says so and offers a reload.
import { Component, type ReactNode } from "react";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { text } from "@/lib/text/text";

export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main className="flex h-full items-center justify-center">
        <Notice wholePage what={text.common.brokenTitle} cause={text.common.brokenCause}>
          <Button look="primary" onClick={() => location.reload()}>
            {text.common.reload}
          </Button>
        </Notice>
      </main>
    );
  }
}
