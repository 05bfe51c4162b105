// A password field with a show button and, where a new password is chosen, its strength in words.
import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { text } from "@/lib/text/text";
import { IconButton } from "./Button";
import { passwordStrength } from "./passwordStrength";
import { TextField } from "./TextField";

export function PasswordField({
  value,
  showStrength = false,
  ...rest
}: Omit<ComponentProps<typeof TextField>, "type" | "value" | "after"> & {
  value: string;
  showStrength?: boolean;
}) {
  const [shown, setShown] = useState(false);
  const hint = showStrength && value !== "" ? text.account.strength[passwordStrength(value)] : rest.hint;
  return (
    <TextField
      {...rest}
      hint={hint}
      value={value}
      type={shown ? "text" : "password"}
      autoCapitalize="none"
      spellCheck={false}
      after={
        <IconButton
          label={shown ? text.account.hide : text.account.show}
          aria-pressed={shown}
          className="absolute top-0 right-0 text-soft hover:text-ink"
          onClick={() => setShown(!shown)}
        >
          {shown ? <EyeOff size={18} /> : <Eye size={18} />}
        </IconButton>
      }
    />
  );
}
