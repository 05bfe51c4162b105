// Name and room of a device.
import { type FormEvent, useState } from "react";
import { Button } from "@/components/Button";
import { FormError } from "@/components/Notice";
import { TextField } from "@/components/TextField";
import { usePatchDevice } from "@/lib/devices";
import { errorText } from "@/lib/errorText";
import { text } from "@/lib/text/text";

export function NameForm({
  deviceId,
  name,
  room,
  button,
  onDone,
}: {
  deviceId: string;
  name: string;
  room: string;
  button: string;
  onDone: () => void;
}) {
  const [newName, setNewName] = useState(name);
  const [newRoom, setNewRoom] = useState(room);
  const patch = usePatchDevice();
  const words = text.devices;
  const missing = newName.trim() === "" ? words.nameMissing : undefined;

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (missing || patch.isPending) return;
    const changes = {
      deviceId,
      ...(newName.trim() === name ? {} : { device_name: newName.trim() }),
      ...(newRoom.trim() === room ? {} : { room: newRoom.trim() }),
    };
    try {
      if (Object.keys(changes).length > 1) await patch.mutateAsync(changes);
      onDone();
    } catch {
      return; // shown below from the mutation's state
    }
  }

  return (
    <form className="flex flex-col gap-4" onSubmit={submit} noValidate data-testid="name-form">
      <TextField
        label={words.name}
        maxLength={100}
        autoComplete="off"
        value={newName}
        onChange={(event) => setNewName(event.target.value)}
        error={missing}
        data-testid="device-name"
      />
      <TextField
        label={words.room}
        placeholder={words.roomHint}
        maxLength={100}
        autoComplete="off"
        value={newRoom}
        onChange={(event) => setNewRoom(event.target.value)}
        data-testid="device-room"
      />
      {patch.isError && <FormError>{errorText(patch.error)}</FormError>}
      <Button
        look="primary"
        type="submit"
        disabled={patch.isPending}
        className="self-start"
        data-testid="name-save"
      >
        {button}
      </Button>
    </form>
  );
}
