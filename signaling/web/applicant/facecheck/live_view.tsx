/** The try itself: the own picture as in a mirror, one task at a time, written, drawn and spoken. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Task } from "../../client/api_facecheck";
import { language, messages } from "../../client/i18n";
import { keepAwake } from "../../client/page";
import { hush, say } from "../../client/speech";
import { testId } from "../../client/testids";
import { Heading, LanguageSwitch, Video } from "../../client/ui/basics";
import { taskOf, type Shown } from "./live";
import { Ring, TaskSign } from "./signs";
import { SpeechSwitch } from "./live_step";
import { CannotDo, type CheckProps } from "./view";

export function LiveView({ submission }: CheckProps): JSX.Element {
  const m = messages.value.facecheck;
  const { local, live } = submission;
  const shown = live.prompt.value;
  const task = taskOf(shown);
  useEffect(keepAwake, []);
  useEffect(() => hush, []);
  return (
    <main class="live" {...testId("live")} data-state={live.state.value} data-task={task ?? undefined} data-index={shown?.index}>
      <div class="live-top">
        <SpeechSwitch />
        <LanguageSwitch />
      </div>
      <Instruction submission={submission} />
      <div class="oval-stage">
        <Video stream={local.stream.value} name={m.selfView} id="self-view" muted mirrored={local.facesUser.value} />
        <div class="oval" aria-hidden="true">
          {shown && <Ring index={shown.index} count={shown.count} progress={shown.progress} done={shown.state === "done"} />}
        </div>
        {task && <TaskSign key={`${task} ${shown?.index}`} task={task} mirrored={local.facesUser.value} />}
        <p class="live-hint" role="status" aria-live="polite" {...testId("hint")} data-hint={shown?.hint ?? undefined}>
          {shown?.hint && <span>{m.hints[shown.hint]}</span>}
        </p>
      </div>
      <div class="live-foot">
        <button type="button" class="text-button" onClick={() => live.interrupt(null)} {...testId("stop-try")}>
          {m.stop}
        </button>
        <CannotDo submission={submission} />
      </div>
    </main>
  );
}

function Instruction({ submission }: CheckProps): JSX.Element {
  const m = messages.value.facecheck;
  const state = submission.live.state.value;
  const shown = submission.live.prompt.value;
  const task = taskOf(shown);
  const text =
    state === "judging"
      ? m.judging
      : task
        ? m.tasks[task].do
        : shown || state === "running"
          ? m.look
          : m.starting;
  useSpoken(task, shown, state === "judging");
  return (
    <div class="instruction">
      <Heading title={m.liveTitle}>
        <span aria-live="assertive" {...testId("prompt")} data-task={task ?? undefined}>
          {text}
        </span>
      </Heading>
      <p class="instruction-line">
        {shown && task ? (
          <>
            <span>{m.taskOf({ n: shown.index + 1, count: shown.count })}</span>
            <Remaining shown={shown} />
          </>
        ) : (
          <span>{state === "starting" || state === "judging" ? <span class="spinner" aria-hidden="true" /> : "\u00a0"}</span>
        )}
      </p>
    </div>
  );
}

/** Speaks each task once, as soon as it is shown, and what is in the way while there is none. */
function useSpoken(task: Task | null, shown: Shown | null, judging: boolean): void {
  const m = messages.value.facecheck;
  useEffect(() => {
    if (task) say(m.tasks[task].say, language.peek());
    else if (judging) say(m.allDone, language.peek());
  }, [task, shown?.index, judging]);
  const hint = task === null && !judging ? (shown?.hint ?? null) : null;
  useEffect(() => {
    if (hint) say(m.hints[hint], language.peek());
  }, [hint]);
}

function Remaining({ shown }: { shown: Shown }): JSX.Element {
  const m = messages.value.facecheck;
  const now = useSignal(performance.now());
  useEffect(() => {
    const timer = setInterval(() => (now.value = performance.now()), 200);
    return () => clearInterval(timer);
  }, []);
  const left = Math.max(0, shown.remaining_ms - Math.max(0, now.value - shown.received_ms));
  return (
    <span class="remaining" role="timer" aria-label={m.timeLeft}>
      {m.seconds({ n: Math.ceil(left / 1000) })}
    </span>
  );
}
