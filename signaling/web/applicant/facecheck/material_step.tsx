/** A step in which a picture is handed in: what it has to be, sending it, and what the server sees in it. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Material, MaterialSlot } from "../../client/api_facecheck";
import { messages } from "../../client/i18n";
import { facecheckPath } from "../../client/pictures";
import { testId } from "../../client/testids";
import { Button, Heading } from "../../client/ui/basics";
import { CheckList, Reasons } from "../../client/ui/checks";
import { Icon } from "../../client/ui/icons";
import { ChooseFile, UploadStatus } from "../upload/upload_view";
import { Example } from "./examples";
import type { CheckProps } from "./view";

interface SlotProps extends CheckProps {
  slot: MaterialSlot;
}

export function MaterialStep({ submission, slot }: SlotProps): JSX.Element {
  const m = messages.value.facecheck;
  const upload = submission.uploads[slot];
  const material = submission.check.value.materials[slot];
  const title = slot === "portrait" ? m.portraitTitle : m.pageTitle;
  const sending = upload.status.value.state === "sending";
  const received = sending ? null : material;
  return (
    <section class="stack">
      <div>
        <p class="eyebrow">{m.stepOf({ n: slot === "portrait" ? 1 : 2 })}</p>
        <Heading title={`${title} · ${m.title}`}>{title}</Heading>
      </div>
      {!material && !sending && <Rules slot={slot} />}
      <UploadStatus upload={upload} />
      {received && <Received submission={submission} slot={slot} material={received} />}
      {received?.usable && <Next onClick={() => submission.go(slot === "portrait" ? "page" : "live")} />}
      {!sending && <ChooseFile upload={upload} again={material !== null} camera={slot === "portrait" ? "user" : "environment"} />}
      {received && !received.usable && (
        <>
          <p class="muted">{m.needUsable}</p>
          <Rules slot={slot} />
        </>
      )}
    </section>
  );
}

function Next({ onClick }: { onClick: () => void }): JSX.Element {
  return (
    <div class="actions">
      <Button id="next" look="primary" onClick={onClick}>
        {messages.value.facecheck.next}
      </Button>
    </div>
  );
}

/** What the picture has to be; in the way once there is one that can be used. */
function Rules({ slot }: { slot: MaterialSlot }): JSX.Element {
  const m = messages.value.facecheck;
  const [text, rules] = slot === "portrait" ? [m.portraitText, m.portraitRules] : [m.pageText, m.pageRules];
  return (
    <>
      <p>{text}</p>
      <div class={`card rules ${slot}`}>
        <Example slot={slot} />
        <ul>
          {[...rules, m.fileRules].map((rule) => (
            <li key={rule}>
              <Icon name="check" />
              {rule}
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

function Received({ submission, slot, material }: SlotProps & { material: Material }): JSX.Element {
  const m = messages.value;
  const url = useSignal<string | null>(null);
  useEffect(() => {
    let current = true;
    const path = facecheckPath(submission.check.peek().id, slot);
    submission.pictures.get(path, material.uploaded_at).then(
      (picture) => void (current && (url.value = picture.url)),
      () => void (current && (url.value = null)),
    );
    return () => void (current = false);
  }, [submission, slot, material.uploaded_at]);
  return (
    <div class="card received" {...testId("material")} data-usable={material.usable}>
      <div class={`received-picture ${slot}`}>{url.value !== null && <img src={url.value} alt={m.facecheck.pictureOf[slot]} />}</div>
      <div class="stack">
        <p class={material.usable ? "verdict good" : "verdict"} role="status">
          <Icon name={material.usable ? "check" : "warn"} />
          {material.usable ? m.facecheck.usable[slot] : m.facecheck.unusable}
        </p>
        <Reasons reasons={material.reasons} advice />
        {material.usable && material.checks.some(({ passed }) => !passed) && <p class="muted">{m.facecheck.better}</p>}
        <CheckList checks={material.checks} advice={material.usable} />
        <Button id={`remove-${slot}`} onClick={() => void submission.uploads[slot].remove()}>
          {m.facecheck.remove}
        </Button>
      </div>
    </div>
  );
}
