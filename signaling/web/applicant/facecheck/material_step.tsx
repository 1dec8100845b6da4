/** A step in which a picture is handed in: what it has to be, sending it, and what the server sees in it. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Material, MaterialSlot } from "../../client/api_facecheck";
import { messages } from "../../client/i18n";
import { facecheckPath } from "../../client/pictures";
import { reasonText } from "../../client/reasons";
import { testId } from "../../client/testids";
import { Button, Heading } from "../../client/ui/basics";
import { CheckList, Reasons } from "../../client/ui/checks";
import { Icon } from "../../client/ui/icons";
import { Example } from "./examples";
import type { Upload } from "./upload";
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
      {!sending && <Choose upload={upload} again={material !== null} />}
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

/** Phones offer their camera; elsewhere a file is what there is. */
const hasTouch = (): boolean => matchMedia("(pointer: coarse)").matches;

function Choose({ upload, again }: { upload: Upload; again: boolean }): JSX.Element {
  const m = messages.value.facecheck;
  return (
    <div class="actions">
      <FileButton id={`choose-${upload.slot}`} text={again ? m.replace : m.choose} primary={!again} upload={upload} />
      {hasTouch() && (
        <FileButton
          id={`take-${upload.slot}`}
          text={again ? m.retake : m.take}
          upload={upload}
          capture={upload.slot === "portrait" ? "user" : "environment"}
        />
      )}
    </div>
  );
}

/** A real button before a hidden input: the keyboard reaches it, and it looks like the others. */
function FileButton(props: {
  id: string;
  text: string;
  upload: Upload;
  primary?: boolean;
  capture?: "user" | "environment";
}): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={props.capture ? "image/jpeg" : "image/jpeg,image/*"}
        capture={props.capture}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = ""; // the same file may be chosen again
          if (file) void props.upload.take(file);
        }}
        {...testId(props.id)}
      />
      <Button
        id={`${props.id}-button`}
        icon={props.capture ? "camera" : "document"}
        {...(props.primary ? { look: "primary" } : {})}
        onClick={() => input.current?.click()}
      >
        {props.text}
      </Button>
    </>
  );
}

function UploadStatus({ upload }: { upload: Upload }): JSX.Element {
  const m = messages.value.facecheck;
  const status = upload.status.value;
  return (
    <div role="status" aria-live="polite" {...testId("upload-status")} data-state={status.state}>
      {status.state === "sending" && (
        <div class="card sending">
          <img src={status.preview} alt="" />
          <div>
            <p>{status.sent < 1 ? m.uploading({ percent: Math.round(status.sent * 100) }) : m.looking}</p>
            <progress aria-label={m.progress} {...(status.sent < 1 ? { value: status.sent } : {})} />
            <Button onClick={() => upload.cancel()}>{messages.value.cancel}</Button>
          </div>
        </div>
      )}
      {status.state === "unfit" && (
        <div class="note warn">
          <Icon name="warn" />
          <div>
            <p class="strong">
              {status.why === "too_large" ? m.tooLarge({ mb: (status.file.size / 1024 / 1024).toFixed(1) }) : m.otherType}
            </p>
            <p>{status.failed ? m.shrinkFailed : m.shrinkText}</p>
            {!status.failed && (
              <Button id="shrink" onClick={() => void upload.takeSmaller()}>
                {m.shrinkDo}
              </Button>
            )}
          </div>
        </div>
      )}
      {(status.state === "refused" || status.state === "no_picture") && <Refusal upload={upload} />}
    </div>
  );
}

function Refusal({ upload }: { upload: Upload }): JSX.Element {
  const m = messages.value;
  const status = upload.status.value;
  const text = status.state === "refused" ? reasonText(status.reason, m) : { what: m.facecheck.noPicture, next: "" };
  return (
    <div class="note danger" {...testId("upload-problem")} data-code={status.state === "refused" ? status.reason.code : "no_picture"}>
      <Icon name="warn" />
      <div>
        <p class="strong">{text.what}</p>
        {text.next !== "" && <p>{text.next}</p>}
      </div>
    </div>
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
        <CheckList checks={material.checks} />
        <Button id={`remove-${slot}`} onClick={() => void submission.uploads[slot].remove()}>
          {m.facecheck.remove}
        </Button>
      </div>
    </div>
  );
}
