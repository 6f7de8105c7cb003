import type { InputHTMLAttributes, ReactNode } from "react";
import { Field } from "./form.tsx";

type Rest = Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value" | "id">;

/** One line of text with its label. */
export function TextField({
  label,
  hint,
  value,
  onValue,
  mono = false,
  ...rest
}: Rest & {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly mono?: boolean;
}): ReactNode {
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <input
          autoComplete="off"
          spellCheck={false}
          {...rest}
          {...control}
          className={mono ? "input mono" : "input"}
          value={value}
          onChange={(event) => onValue(event.target.value)}
        />
      )}
    </Field>
  );
}
