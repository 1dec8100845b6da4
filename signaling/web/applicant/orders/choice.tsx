/** One of a few, each with its explanation: a radio group as cards. */
import type { JSX } from "preact";
import { testId } from "../../client/testids";

export interface Option<K extends string> {
  key: K;
  name: string;
  hint?: string;
}

export function Choice<K extends string>(props: {
  id: string;
  legend: string;
  hint?: string;
  options: readonly Option<K>[];
  chosen: K | null;
  invalid?: boolean;
  onChoose: (key: K) => void;
}): JSX.Element {
  return (
    <fieldset class="pick" {...testId(`choice-${props.id}`)} data-invalid={props.invalid}>
      <legend>{props.legend}</legend>
      {props.hint && <p class="muted small">{props.hint}</p>}
      <div class="pick-options">
        {props.options.map(({ key, name, hint }) => (
          <label key={key} class="pick-option">
            <input
              type="radio"
              name={props.id}
              value={key}
              checked={props.chosen === key}
              onChange={() => props.onChoose(key)}
              {...testId(`${props.id}-${key}`)}
            />
            <span>
              <span class="strong">{name}</span>
              {hint && <span class="muted small">{hint}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
