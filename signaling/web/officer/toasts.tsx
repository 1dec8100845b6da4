/** What an officer must hear of, wherever they are. */
import type { JSX } from "preact";
import { language, messages } from "../client/i18n";
import { testId } from "../client/testids";
import { clockTime, viewerZone } from "../client/time";
import { Button } from "../client/ui/basics";
import { Icon, type IconName } from "../client/ui/icons";
import { go, interviewPath } from "./route";
import type { OfficerSession, Toast } from "./session";

const ICONS: Record<Toast["kind"], IconName> = {
  declined: "hangUp",
  second_device: "warn",
  problem: "warn",
  offered: "phone",
  unattended: "phone",
  opinion_asked: "speech",
};

const calm = (kind: Toast["kind"]): boolean => kind === "declined" || kind === "offered" || kind === "opinion_asked";

export function Toasts({ session }: { session: OfficerSession }): JSX.Element {
  return (
    <div class="toasts" role="log" aria-live="assertive">
      {session.toasts.value.map((toast) => (
        <div key={toast.id} class={calm(toast.kind) ? "toast" : "toast danger"} {...testId("toast")} data-kind={toast.kind}>
          <Icon name={ICONS[toast.kind]} />
          <p>{toastText(toast)}</p>
          <ToastAction session={session} toast={toast} />
          <Button onClick={() => session.dismiss(toast)}>{messages.value.dismiss}</Button>
        </div>
      ))}
    </div>
  );
}

function ToastAction({ session, toast }: { session: OfficerSession; toast: Toast }): JSX.Element | null {
  const m = messages.value.desk.colleagues;
  const { interviewId } = toast;
  if (interviewId === undefined) return null;
  const act = (action: () => void) => (): void => {
    session.dismiss(toast);
    action();
  };
  if (toast.kind === "offered" || toast.kind === "unattended") {
    return (
      <Button id="take-over" look="accept" icon="phone" onClick={act(() => void session.takeOverCall(interviewId))}>
        {m.takeOver}
      </Button>
    );
  }
  return (
    <Button id="look-at" look="primary" onClick={act(() => go(interviewPath(interviewId)))}>
      {m.look}
    </Button>
  );
}

function toastText(toast: Toast): string {
  const m = messages.value;
  const { name = "", from = "" } = toast;
  if (toast.problem) {
    const text = m.problems[toast.problem.code];
    return `${text.what} ${text.next}`;
  }
  if (toast.kind === "offered") return m.desk.colleagues.offeredToYou({ name, from });
  if (toast.kind === "unattended") return m.desk.colleagues.unattended({ name });
  if (toast.kind === "opinion_asked") return m.desk.colleagues.askedYou({ name });
  if (toast.kind === "declined") return m.officer.declinedBy({ name });
  return m.officer.secondDevice({ name, time: clockTime(toast.at ?? Date.now(), language.value, viewerZone()) });
}
