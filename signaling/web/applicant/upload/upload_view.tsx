/** Choosing a picture, and what becomes of it on its way to the server. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { messages } from "../../client/i18n";
import { reasonText } from "../../client/reasons";
import { testId } from "../../client/testids";
import { Button } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import type { Upload } from "./upload";

type AnyUpload = Pick<Upload<string, unknown>, "slot" | "status" | "take" | "takeSmaller" | "goOn" | "cancel">;

/** Phones offer their camera; elsewhere a file is what there is. */
const hasTouch = (): boolean => matchMedia("(pointer: coarse)").matches;

export function ChooseFile(props: {
  upload: AnyUpload;
  again: boolean;
  camera: "user" | "environment";
  /** Not the next thing to do on its page. */
  plain?: boolean;
}): JSX.Element {
  const { upload, again } = props;
  const m = messages.value.facecheck;
  return (
    <div class="actions">
      <FileButton id={`choose-${upload.slot}`} text={again ? m.replace : m.choose} primary={!again && !props.plain} upload={upload} />
      {hasTouch() && (
        <FileButton
          id={`take-${upload.slot}`}
          text={again ? m.retake : m.take}
          upload={upload}
          capture={props.camera}
        />
      )}
    </div>
  );
}

/** A real button before a hidden input: the keyboard reaches it, and it looks like the others. */
function FileButton(props: {
  id: string;
  text: string;
  upload: AnyUpload;
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

export function UploadStatus({ upload }: { upload: AnyUpload }): JSX.Element {
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
      {status.state === "lost" && (
        <div class="note warn">
          <Icon name="network" />
          <div>
            <p class="strong">{messages.value.orders.uploadLost}</p>
            <p>{messages.value.orders.percentSent({ percent: Math.floor(status.sent * 100) })}</p>
            <Button id="go-on" onClick={() => void upload.goOn()}>
              {messages.value.orders.goOn}
            </Button>
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

function Refusal({ upload }: { upload: AnyUpload }): JSX.Element {
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
