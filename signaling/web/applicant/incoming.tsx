/** The officer calls: it rings until somebody answers. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { messages, nameOf } from "../client/i18n";
import { flashTitle, keepAwake } from "../client/page";
import { ring } from "../client/sound";
import { testId } from "../client/testids";
import { Button, Heading, ProblemNote } from "../client/ui/basics";
import { Icon } from "../client/ui/icons";
import type { ViewProps } from "./app";
import { Notices } from "./details";

export function IncomingView({ session }: ViewProps): JSX.Element | null {
  const m = messages.value;
  const busy = useSignal(false);
  const interview = session.interview.value;
  const applicant = interview?.you.role === "applicant";
  // A running interview of one's own is not announced by a bell: who left it knows.
  const again = interview?.state === "in_call" && applicant;
  const ringing = !again && !session.left.value;
  useEffect(keepAwake, []);
  useEffect(() => (ringing ? ring() : undefined), [ringing]);
  useEffect(() => (ringing ? flashTitle(m.applicant.titleFlash) : undefined), [ringing, m]);
  if (!interview) return null;
  const officer = interview.parties.find((party) => party.role === "officer");
  const accept = (): void => {
    busy.value = true;
    void session.accept().finally(() => (busy.value = false));
  };
  const rejoin = again || session.left.value;
  const title = rejoin ? m.applicant.incomingRejoin : m.applicant.incomingTitle;
  return (
    <section class="stack incoming" {...testId("incoming")}>
      <span class="caller" aria-hidden="true">
        <Icon name="phone" />
      </span>
      <Heading title={title}>{title}</Heading>
      <p class="lead" role="alert">
        {m.applicant.incomingText({
          officer: officer?.name ?? m.roles.officer,
          mission: nameOf(interview.mission),
        })}
      </p>
      {session.problem.value && <ProblemNote problem={session.problem.value} />}
      <div class="answer">
        {interview.state === "ringing" && applicant && (
          <Button id="decline-call" look="danger" icon="hangUp" disabled={busy.value} onClick={() => void session.decline()}>
            {m.applicant.decline}
          </Button>
        )}
        <Button id="accept-call" look="accept" icon="phone" busy={busy.value} onClick={accept}>
          {rejoin ? m.applicant.rejoin : m.applicant.accept}
        </Button>
      </div>
      <Notices />
    </section>
  );
}
