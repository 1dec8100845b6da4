/** Step 3 around the try itself: what will happen, the camera, and what came of it. */
import type { JSX } from "preact";
import type { Reason } from "../../client/api_facecheck";
import { colon, language, messages } from "../../client/i18n";
import { wasInterrupted } from "../../client/reasons";
import { canSpeak, say, setSpeech, speechOn } from "../../client/speech";
import { testId } from "../../client/testids";
import { clockTime, viewerZone } from "../../client/time";
import { Button, Heading, ProblemNote, Video } from "../../client/ui/basics";
import { Reasons } from "../../client/ui/checks";
import { Icon } from "../../client/ui/icons";
import type { CheckProps } from "./view";

export function LiveStep({ submission }: CheckProps): JSX.Element {
  const { local, live, check } = submission;
  const { last_try } = check.value;
  const result = live.result.value ?? last_try;
  if (local.stream.value || local.opening.value || local.problem.value) return <Camera submission={submission} />;
  if (result?.decision === "fail" && !wasInterrupted(result.reasons)) {
    const at = live.result.value === null && last_try ? last_try.at : null;
    return <Failed submission={submission} reasons={result.reasons} at={at} />;
  }
  return <Before submission={submission} />;
}

function Before({ submission }: CheckProps): JSX.Element {
  const m = messages.value.facecheck;
  return (
    <section class="stack" {...testId("live-intro")}>
      <div>
        <p class="eyebrow">{m.stepOf({ n: 3 })}</p>
        <Heading title={`${m.liveTitle} · ${m.title}`}>{m.liveTitle}</Heading>
      </div>
      <p>{m.liveText}</p>
      <ul class="card rules plain">
        {m.liveRules.map((rule) => (
          <li key={rule}>
            <Icon name="check" />
            {rule}
          </li>
        ))}
      </ul>
      {submission.live.problem.value && <ProblemNote problem={submission.live.problem.value} />}
      <div class="note" {...testId("privacy")}>
        <Icon name="lock" />
        <div>
          <p class="strong">{m.privacyTitle}</p>
          <p>{m.privacy}</p>
        </div>
      </div>
      <div class="actions">
        <Button id="camera-on" look="primary" icon="camera" onClick={() => void submission.local.open()}>
          {m.cameraOn}
        </Button>
      </div>
    </section>
  );
}

function Camera({ submission }: CheckProps): JSX.Element {
  const m = messages.value;
  const { local, live } = submission;
  const stream = local.stream.value;
  const begin = (): void => {
    // A phone lets a page speak only from a click on.
    say(m.facecheck.look, language.peek());
    void live.start();
  };
  return (
    <section class="stack" {...testId("live-camera")}>
      <div>
        <p class="eyebrow">{m.facecheck.stepOf({ n: 3 })}</p>
        <Heading title={`${m.facecheck.liveTitle} · ${m.facecheck.title}`}>{m.facecheck.liveTitle}</Heading>
      </div>
      {stream ? (
        <div class="oval-stage preview-stage">
          <Video stream={stream} name={m.facecheck.selfView} id="self-view" muted mirrored={local.facesUser.value} />
          <div class="oval" aria-hidden="true" />
        </div>
      ) : (
        !local.problem.value && (
          <p class="loading" role="status">
            <span class="spinner" aria-hidden="true" />
            {m.facecheck.cameraOpening}
          </p>
        )
      )}
      {local.problem.value && (
        <ProblemNote problem={local.problem.value}>
          <Button onClick={() => void local.reopen()}>{m.tryAgain}</Button>
        </ProblemNote>
      )}
      {stream && (
        <>
          <p>{m.facecheck.ready}</p>
          <div class="actions">
            <Button id="begin" look="primary" onClick={begin}>
              {m.facecheck.begin}
            </Button>
            {local.cameras.value.length > 1 && (
              <Button id="switch-camera" icon="switch" onClick={() => void local.nextCamera()}>
                {m.switchCamera}
              </Button>
            )}
          </div>
          <SpeechSwitch />
        </>
      )}
    </section>
  );
}

export function SpeechSwitch(): JSX.Element | null {
  if (!canSpeak(language.value)) return null;
  return (
    <label class="speech-switch">
      <input type="checkbox" checked={speechOn.value} onChange={(event) => setSpeech(event.currentTarget.checked)} {...testId("speech")} />
      {messages.value.facecheck.speech}
    </label>
  );
}

function Failed({ submission, reasons, at }: CheckProps & { reasons: Reason[]; at: string | null }): JSX.Element {
  const m = messages.value.facecheck;
  const { tries, can } = submission.check.value;
  const left = tries.max - tries.used;
  const more = tries.used < tries.stop;
  return (
    <section class="stack" {...testId("try-result")} data-decision="fail">
      <div>
        <p class="eyebrow">{m.stepOf({ n: 3 })}</p>
        <Heading title={`${m.failedTitle} · ${m.title}`}>{m.failedTitle}</Heading>
      </div>
      <p>
        {at !== null && `${m.lastTry({ time: clockTime(at, language.value, viewerZone()) })} `}
        {m.failedText}
      </p>
      <ReasonList reasons={reasons} />
      {submission.live.problem.value && <ProblemNote problem={submission.live.problem.value} />}
      <p class="strong" {...testId("tries-left")} data-used={tries.used}>
        {left > 0 ? m.triesLeft({ left, max: tries.max }) : can.skip_tries ? m.skipOffer : ""}
        {!more && ` ${m.noMoreTries}`}
      </p>
      <div class="actions">
        {can.skip_tries && (
          <Button id="skip" look="primary" onClick={() => void submission.skip("tries")}>
            {m.skip}
          </Button>
        )}
        {more && (
          <Button id="try-again" look={can.skip_tries ? "plain" : "primary"} onClick={() => void submission.local.open()}>
            {m.again}
          </Button>
        )}
        <Related submission={submission} reasons={reasons} />
      </div>
    </section>
  );
}

/** Where a picture is the reason, the way to another one. */
function Related({ submission, reasons }: CheckProps & { reasons: Reason[] }): JSX.Element {
  const m = messages.value.facecheck;
  const has = (...codes: string[]): boolean => reasons.some((reason) => codes.includes(reason.code));
  return (
    <>
      {has("face_differs", "page_differs") && (
        <Button id="back-to-portrait" onClick={() => submission.go("portrait")}>
          {m.steps.portrait}{colon}{m.replace}
        </Button>
      )}
      {has("page_differs", "page_unreadable", "fields_differ") && (
        <Button id="back-to-page" onClick={() => submission.go("page")}>
          {m.steps.page}{colon}{m.replace}
        </Button>
      )}
    </>
  );
}

function ReasonList({ reasons }: { reasons: Reason[] }): JSX.Element | null {
  if (reasons.length === 0) return null;
  return (
    <div class="card" role="alert">
      <h2>{messages.value.facecheck.reasonsTitle}</h2>
      <Reasons reasons={reasons} advice />
    </div>
  );
}
