/** A labelled text field with its hint and what is wrong with it. */
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { testId } from "../../client/testids";
import { Icon } from "../../client/ui/icons";

interface FieldProps {
  id: string;
  label: string;
  hint?: string;
  error?: string | null;
  value: Signal<string>;
  /** What becomes of what is typed. */
  read?: (typed: string) => string;
  autocomplete?: string;
  inputMode?: "text" | "email" | "numeric";
  capitals?: boolean;
  large?: boolean;
}

export function Field(props: FieldProps): JSX.Element {
  const { id, label, hint, error, value, read = (typed) => typed } = props;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class={props.large ? "field large" : "field"}>
      <label for={id}>{label}</label>
      <input
        id={id}
        value={value.value}
        autocomplete={props.autocomplete ?? "off"}
        inputMode={props.inputMode ?? "text"}
        autocapitalize={props.capitals ? "characters" : "none"}
        spellcheck={false}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={described || undefined}
        onInput={({ currentTarget: input }) => {
          value.value = read(input.value);
          input.value = value.peek();
        }}
        {...testId(id)}
      />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert" {...testId(`${id}-error`)}>
          <Icon name="warn" />
          {error}
        </p>
      )}
    </div>
  );
}
