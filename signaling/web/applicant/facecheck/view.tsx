/** The face check at submission: two pictures, then the camera, and always a way without it. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { messages, nameOf } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Button, Dialog, Heading, ProblemNote } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { LiveStep } from "./live_step";
import { MaterialStep } from "./material_step";
import { STEPS, type Step, type Submission } from "./submission";

export interface CheckProps {
  submission: Submission;
}

export function FaceCheckView({ submission }: CheckProps): JSX.Element {
  const check = submission.check.value;
  if (check.state !== "open") return <OverView submission={submission} />;
  const step = submission.step.value;
  return (
    <div class="stack" {...testId("facecheck")} data-step={step}>
      <p class="eyebrow">
        {nameOf(check.mission)} · {messages.value.applicant.order} {check.order_ref}
      </p>
      <Stepper submission={submission} />
      {submission.problem.value && <ProblemNote problem={submission.problem.value} />}
      {step === "live" ? <LiveStep submission={submission} /> : <MaterialStep key={step} submission={submission} slot={step} />}
      <CannotDo submission={submission} />
    </div>
  );
}

function Stepper({ submission }: CheckProps): JSX.Element {
  const m = messages.value.facecheck;
  const current = submission.step.value;
  const { materials } = submission.check.value;
  const done = (step: Step): boolean => step !== "live" && materials[step]?.usable === true;
  const reachable = (step: Step): boolean => STEPS.slice(0, STEPS.indexOf(step)).every(done);
  return (
    <ol class="steps" aria-label={m.title}>
      {STEPS.map((step, index) => (
        <li key={step} data-done={done(step)}>
          <button
            type="button"
            aria-current={step === current ? "step" : undefined}
            disabled={!reachable(step)}
            onClick={() => submission.go(step)}
            {...testId(`step-${step}`)}
          >
            <span class="step-number" aria-hidden="true">
              {done(step) ? <Icon name="check" /> : index + 1}
            </span>
            <span>
              {m.steps[step]}
              {done(step) && <span class="visually-hidden"> ({m.done})</span>}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** Nobody has to say why. */
export function CannotDo({ submission }: CheckProps): JSX.Element {
  const m = messages.value.facecheck;
  const asking = useSignal(false);
  const busy = useSignal(false);
  const go = async (): Promise<void> => {
    busy.value = true;
    const gone = await submission.skip("accessibility");
    busy.value = false;
    if (!gone) asking.value = false;
  };
  return (
    <div class="cannot">
      <button type="button" class="text-button" onClick={() => (asking.value = true)} {...testId("cannot")}>
        {m.cannot}
      </button>
      {asking.value && (
        <Dialog title={m.cannotTitle} id="cannot-dialog" onClose={() => (asking.value = false)}>
          <div class="dialog-body">
            <p>{m.cannotText}</p>
            <div class="dialog-foot">
              <Button onClick={() => (asking.value = false)}>{m.back}</Button>
              <Button id="confirm-cannot" look="primary" busy={busy.value} onClick={() => void go()}>
                {m.cannotDo}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function OverView({ submission }: CheckProps): JSX.Element {
  const m = messages.value.facecheck;
  const check = submission.check.value;
  const passed = check.state === "passed";
  const title = passed ? m.passedTitle : m.interviewTitle;
  return (
    <section class="message" {...testId("facecheck-over")} data-state={check.state}>
      <span class={passed ? "over-sign good" : "over-sign"} aria-hidden="true">
        <Icon name={passed ? "check" : "camera"} />
      </span>
      <p class="eyebrow">
        {nameOf(check.mission)} · {messages.value.applicant.order} {check.order_ref}
      </p>
      <Heading title={title}>{title}</Heading>
      <p>{passed ? m.passedText : m.interviewText}</p>
      {passed && check.interview_required && <p>{m.passedInterview}</p>}
      {!passed && <p class="muted">{m.interviewKeep}</p>}
    </section>
  );
}
