/** Drawn examples of the two pictures: nobody's face, nobody's passport. */
import type { JSX } from "preact";
import type { MaterialSlot } from "../../client/api_facecheck";
import { messages } from "../../client/i18n";

export function Example({ slot }: { slot: MaterialSlot }): JSX.Element {
  const m = messages.value.facecheck;
  return slot === "portrait" ? <Portrait name={m.portraitExample} /> : <Page name={m.pageExample} />;
}

function Portrait({ name }: { name: string }): JSX.Element {
  return (
    <svg class="example" viewBox="0 0 105 135" role="img" aria-label={name}>
      <rect class="example-paper" x="1" y="1" width="103" height="133" rx="5" />
      <path class="example-clothes" d="M14 134c2-25 16-33 38.500-33S89 109 91 134Z" />
      <rect class="example-skin" x="43" y="84" width="19" height="24" rx="9" />
      <ellipse class="example-skin" cx="52.500" cy="60" rx="24" ry="31" />
      <path class="example-hair" d="M27 58c-3-25 10-36 25.500-36S81 33 78 58c-3-13-9-19-25.500-19S30 45 27 58Z" />
      <circle class="example-ink" cx="43.500" cy="58" r="2.400" />
      <circle class="example-ink" cx="61.500" cy="58" r="2.400" />
      <path class="example-line" d="M45.500 76.500h14" />
      <path class="example-guide" d="M52.500 6v123M10 58h85" />
      <rect class="example-guide" x="23" y="20" width="59" height="73" rx="3" />
    </svg>
  );
}

function Page({ name }: { name: string }): JSX.Element {
  return (
    <svg class="example wide" viewBox="0 0 176 125" role="img" aria-label={name}>
      <rect class="example-paper" x="1" y="1" width="174" height="123" rx="5" />
      <rect class="example-photo" x="11" y="15" width="46" height="60" rx="2" />
      <path class="example-clothes" d="M16 75c1-13 8-17 18-17s17 4 18 17Z" />
      <ellipse class="example-skin" cx="34" cy="42" rx="11" ry="14" />
      {[18, 31, 44, 57, 70].map((y, row) => (
        <g key={y}>
          <path class="example-faint" d={`M68 ${y}h22`} />
          <path class="example-line" d={`M68 ${y + 5}h${[60, 84, 46, 72, 54][row]}`} />
        </g>
      ))}
      <text class="example-mrz" x="10" y="101" textLength="156">
        {"P<UTOEXAMPLE<<ANNA<<<<<<<<<<<<<<<"}
      </text>
      <text class="example-mrz" x="10" y="114" textLength="156">
        {"L000000<<0UTO0000000F0000000<<<<0"}
      </text>
    </svg>
  );
}
