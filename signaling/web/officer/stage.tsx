/** The large picture, and what takes its place while there is none. */
import type { JSX } from "preact";
import { interviewIsOver } from "../client/api";
import { colon, messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Button, secondsSince, Video } from "../client/ui/basics";
import { DeviceButtons } from "../client/ui/device_buttons";
import { Icon } from "../client/ui/icons";
import type { DeskProps } from "./interview";

export function Stage({ desk }: DeskProps): JSX.Element {
  const m = messages.value;
  const { local } = desk.session;
  const large = desk.large.value;
  const incoming = desk.call.incoming.value;
  const shown = incoming.find((party) => party.party_id === large?.id);
  const others = incoming.filter((party) => party !== shown);
  const taking = desk.room.taking.value;
  return (
    <div class="stage" data-taking={taking !== null}>
      {shown && <Video key={shown.party_id} stream={shown.stream} name={m.videoOf({ name: shown.name })} id="remote-video" />}
      {shown && <span class="stage-name">{shown.name}</span>}
      <StageNote desk={desk} shown={shown !== undefined} />
      {desk.conducting.value && (
        <>
          <div class="tiles">
            {others.map((other) => (
              <div class="tile" key={other.party_id} {...testId("other-party")} data-party={other.party_id}>
                <Video stream={other.stream} name={m.videoOf({ name: other.name })} />
                <span class="tile-name">{other.name}</span>
              </div>
            ))}
            <div class="tile own">
              {local.camera.value === "on" ? (
                <Video stream={local.stream.value} name={m.selfView} id="self-view" muted mirrored={local.facesUser.value} />
              ) : (
                <span class="no-picture">
                  <Icon name="cameraOff" />
                </span>
              )}
              <span class="tile-name">{m.you}</span>
            </div>
          </div>
          <div class="controls" role="toolbar" aria-label={m.officer.ownDevice}>
            <DeviceButtons local={local} />
          </div>
        </>
      )}
    </div>
  );
}

function StageNote({ desk, shown }: DeskProps & { shown: boolean }): JSX.Element | null {
  const m = messages.value.officer;
  const interview = desk.interview.value;
  const name = desk.applicant.value?.name ?? "";
  if (!interview) return null;
  switch (interview.state) {
    case "scheduled":
      return <p class="stage-text">{m.notHereYet}</p>;
    case "waiting":
      return (
        <div class="stage-text">
          <p class="stage-lead">{m.readyToCall({ name })}</p>
          {interview.waiting_since !== null && (
            <p>{m.waitingFor({ minutes: Math.floor(Math.max(0, secondsSince(interview.waiting_since)) / 60) })}</p>
          )}
          <Button id="start-call" look="accept" icon="phone" onClick={() => void desk.start()}>
            {m.startCall}
          </Button>
        </div>
      );
    case "ringing":
      return (
        <div class="stage-text" {...testId("ringing")} role="status">
          <p class="stage-lead">{m.calling({ name })}</p>
          {interview.ring_expires_at !== null && (
            <p aria-hidden="true">
              {m.ringsUntil({ seconds: Math.max(0, Math.floor(-secondsSince(interview.ring_expires_at))) })}
            </p>
          )}
          <Button id="cancel-call" icon="hangUp" onClick={() => void desk.cancel()}>
            {m.cancelCall}
          </Button>
        </div>
      );
    case "in_call":
      return <CallNote desk={desk} shown={shown} />;
    default:
      return <Over desk={desk} />;
  }
}

function CallNote({ desk, shown }: DeskProps & { shown: boolean }): JSX.Element {
  const m = messages.value.officer;
  const name = desk.large.value?.name ?? "";
  const state = desk.call.state.value;
  const other = desk.interview.value?.parties.find((party) => party.role === "officer")?.name ?? "";
  const text = !desk.conducting.value
    ? m.otherOfficer({ name: other })
    : state === "recovering"
      ? m.recovering
      : state !== "connected"
        ? m.connecting
        : desk.large.value?.media === "away"
          ? m.awayPicture({ name })
          : shown
            ? null
            : m.waitingForPicture({ name });
  return (
    <div class="stage-note" role="status" aria-live="polite">
      {text !== null && <p>{text}</p>}
    </div>
  );
}

function Over({ desk }: DeskProps): JSX.Element | null {
  const m = messages.value;
  const interview = desk.interview.value;
  if (!interview || !interviewIsOver(interview.state)) return null;
  return (
    <div class="stage-text" {...testId("over")} data-state={interview.state}>
      <p class="stage-lead">{m.officer.over[interview.state]}</p>
      {interview.outcome != null && (
        <p>
          {m.officer.outcome}{colon}<span class="strong">{m.outcomes[interview.outcome].name}</span>
        </p>
      )}
      {interview.reason != null && interview.reason !== "" && (
        <p>
          {m.officer.reason}{colon}{interview.reason}
        </p>
      )}
    </div>
  );
}
