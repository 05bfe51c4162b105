// A side sheet (on phones: from the bottom) and a small decision dialog; both give focus back when they close.
import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { text } from "@/lib/text/text";
import { Button, IconButton } from "./Button";

// Without a field that asks for it, the dialog itself takes the focus rather than its close button.
function focusDialog(event: Event) {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

const shade = "fixed inset-0 z-40 bg-black/50";

export function Sheet({
  title,
  onClose,
  children,
  "data-testid": testId,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  "data-testid"?: string;
}) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={shade} />
        <Dialog.Content
          onOpenAutoFocus={focusDialog}
          aria-describedby={undefined}
          data-testid={testId}
          className="fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] flex-col rounded-t-md border bg-surface pb-[env(safe-area-inset-bottom)] outline-none sm:inset-y-0 sm:right-0 sm:left-auto sm:max-h-none sm:w-md sm:rounded-none sm:border-y-0 sm:border-r-0"
        >
          <header className="flex items-center justify-between gap-2 border-b py-2 pr-2 pl-5">
            <Dialog.Title className="truncate text-base font-semibold">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={text.common.close} className="text-soft hover:bg-raised">
                <X size={20} />
              </IconButton>
            </Dialog.Close>
          </header>
          <div className="flex flex-col gap-5 overflow-y-auto p-5">{children}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

export function Question({
  title,
  sentence,
  confirm,
  danger = false,
  busy = false,
  onConfirm,
  onCancel,
}: {
  title: string;
  sentence: string;
  confirm: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onCancel()}>
      <Dialog.Portal>
        <Dialog.Overlay className={shade} />
        <Dialog.Content
          data-testid="question"
          className="fixed top-1/2 left-1/2 z-50 flex w-[calc(100%-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 flex-col gap-3 rounded-md border bg-surface p-5 outline-none"
        >
          <Dialog.Title className="text-base font-semibold text-pretty wrap-break-word">{title}</Dialog.Title>
          <Dialog.Description className="text-sm text-soft">{sentence}</Dialog.Description>
          <div className="mt-2 flex justify-end gap-2">
            <Button onClick={onCancel} data-testid="question-cancel">
              {text.common.cancel}
            </Button>
            <Button
              look={danger ? "danger" : "primary"}
              disabled={busy}
              onClick={onConfirm}
              data-testid="question-confirm"
            >
              {confirm}
            </Button>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** A dialog that only tells something. */
export function Panel({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={shade} />
        <Dialog.Content
          onOpenAutoFocus={focusDialog}
          aria-describedby={undefined}
          data-testid="panel"
          className="fixed top-1/2 left-1/2 z-50 w-[calc(100%-2rem)] max-w-sm -translate-x-1/2 -translate-y-1/2 rounded-md border bg-surface p-5 outline-none"
        >
          <div className="mb-3 flex items-center justify-between">
            <Dialog.Title className="text-base font-semibold">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={text.common.close} className="-my-2 -mr-2 text-soft hover:bg-raised">
                <X size={20} />
              </IconButton>
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
