/** The message center (D-29, D-30): what the mission told, the newest first. Seen is read. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Message } from "../../client/api_account";
import { language, messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { dayAndTime, viewerZone } from "../../client/time";
import { Button, Heading, ProblemNote } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { newestSeq } from "./lists";
import { FraudNote } from "./notes";
import { Loading } from "./orders_view";
import { orderPath } from "./route";
import type { HomeProps } from "./view";

export function MessagesView({ home }: HomeProps): JSX.Element {
  const m = messages.value.home;
  const list = home.messages.value;
  const newest = newestSeq(list ?? []);
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === "visible") void home.seen();
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [home, newest]);
  useEffect(() => () => home.leftMessages(), [home]);
  return (
    <div class="stack" {...testId("messages")}>
      <Heading title={`${m.messages} · ${m.brand}`}>{m.messages}</Heading>
      {home.problem.value && <ProblemNote problem={home.problem.value} />}
      {!list && !home.problem.value && <Loading />}
      {list?.length === 0 && (
        <div class="card empty" {...testId("no-messages")}>
          <span class="empty-sign">
            <Icon name="speech" />
          </span>
          <h2>{m.noMessages}</h2>
          <p class="muted">{m.noMessagesText}</p>
        </div>
      )}
      {list && list.length > 0 && (
        <>
          <ol class="message-list" aria-live="polite">
            {list.map((message) => (
              <MessageItem key={message.seq} message={message} />
            ))}
          </ol>
          <Older home={home} />
        </>
      )}
      <FraudNote />
    </div>
  );
}

function Older({ home }: HomeProps): JSX.Element {
  const m = messages.value.home;
  const busy = useSignal(false);
  if (!home.older.value) return <p class="muted all-shown">{m.allShown}</p>;
  const load = (): void => {
    busy.value = true;
    void home.loadOlder().finally(() => (busy.value = false));
  };
  return (
    <div class="actions">
      <Button id="older-messages" busy={busy.value} onClick={load}>
        {m.olderMessages}
      </Button>
    </div>
  );
}

function MessageItem({ message }: { message: Message }): JSX.Element {
  const m = messages.value.home;
  const zone = viewerZone();
  return (
    <li class="card message-item" data-read={message.read} data-seq={message.seq} {...testId("message")}>
      <div class="message-head">
        <h2>{message.title}</h2>
        {!message.read && <span class="chip brand">{m.newMark}</span>}
      </div>
      <p class="eyebrow">
        <time dateTime={message.at}>
          {dayAndTime(message.at, language.value, zone)}
        </time>
        {message.order_number !== null && <span class="mono"> · {message.order_number}</span>}
      </p>
      <p class="message-text">{withNumber(message)}</p>
      {message.order_id !== null && (
        <a class="message-link" href={orderPath(message.order_id)} {...testId("to-order")}>
          {m.toOrder}
          <Icon name="forward" />
        </a>
      )}
    </li>
  );
}

/** The order's number is read in one piece. */
function withNumber({ text, order_number: number }: Message): ComponentChildren {
  if (number === null) return text;
  return text.split(number).flatMap((part, index) => (index === 0 ? [part] : [<span class="nowrap">{number}</span>, part]));
}
