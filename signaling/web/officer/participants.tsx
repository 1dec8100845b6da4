/** Who takes part: presence, media, what they send and how well it travels. */
import type { JSX } from "preact";
import { interviewIsOver, type InterviewState, type MediaQuality, type Party, type Quality } from "../client/api";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Button, QualityMark, SwitchedOff } from "../client/ui/basics";
import { Troubles } from "./conduct/hint_bar";
import type { DeskProps } from "./interview";

export function Participants({ desk }: DeskProps): JSX.Element {
  const m = messages.value.officer;
  return (
    <section class="card panel" aria-labelledby="participants">
      <h2 id="participants">{m.participants}</h2>
      <ul class="participants">
        {desk.interview.value?.parties.map((party) => (
          <Participant key={party.id} desk={desk} party={party} />
        ))}
      </ul>
    </section>
  );
}

function Participant({ desk, party }: DeskProps & { party: Party }): JSX.Element {
  const m = messages.value;
  const interview = desk.interview.value;
  const own = party.id === interview?.you.party_id;
  const { local } = desk.session;
  const sent = own
    ? { microphone: local.microphone.value, camera: local.camera.value }
    : desk.room.sends.value.get(party.id);
  const inCall = interview?.state === "in_call";
  const quality = inCall && desk.conducting.value ? desk.room.quality.value.get(party.id) : undefined;
  const large = desk.large.value?.id === party.id;
  const mayAdmit = inCall && desk.conducting.value && party.role !== "officer" && party.ready && !party.admitted;
  return (
    <li
      {...testId("participant")}
      data-party={party.id}
      data-role={party.role}
      data-media={party.media}
      data-microphone={sent?.microphone}
      data-camera={sent?.camera}
    >
      <div class="participant-head">
        <span class={party.present ? "presence on" : "presence"} aria-hidden="true" />
        <span class="who">
          <span class="strong">{party.name}</span>
          {own && <span class="muted"> ({m.you})</span>}
          <span class="muted role">
            {m.roles[party.role]} · {presence(party, interview?.state)}
          </span>
        </span>
        <SwitchedOff sends={sent} />
        {quality && <QualityMark level={quality.level} />}
      </div>
      {quality && !own && <QualityLine quality={quality} />}
      {inCall && desk.conducting.value && !own && party.admitted && <Troubles desk={desk} party={party} />}
      {mayAdmit && (
        <Button id="admit" look="accept" onClick={() => void desk.admit(party)}>
          {m.officer.admit}
        </Button>
      )}
      {inCall && desk.conducting.value && !own && !large && party.media === "connected" && (
        <button
          type="button"
          class="link"
          onClick={() => desk.showLarge(party)}
          {...testId("show-large")}
        >
          {m.officer.showLarge({ name: party.name })}
        </button>
      )}
    </li>
  );
}

function presence(party: Party, state: InterviewState | undefined): string {
  const m = messages.value;
  if (state === "in_call" && party.admitted) return m.media[party.media];
  if (!party.present) return m.officer.absent;
  return party.ready && party.role !== "officer" && !interviewIsOver(state) ? m.officer.inWaitingRoom : m.officer.present;
}

function QualityLine({ quality }: { quality: Quality }): JSX.Element {
  const m = messages.value.officer;
  const parts = [
    quality.round_trip_ms !== null ? `${Math.round(quality.round_trip_ms)} ms` : "",
    direction("↑", quality.sent),
    direction("↓", quality.received),
  ].filter((part) => part !== "");
  return (
    <p class="quality-line muted" title={`${m.roundTrip} ms · ↑ ${m.sends} · ↓ ${m.receives}`}>
      {parts.join(" · ")}
    </p>
  );
}

function direction(arrow: string, media: MediaQuality): string {
  if (!media.video) return "";
  const { bitrate_bps, loss } = media.video;
  const lost = loss >= 0.005 ? `, ${messages.value.officer.loss} ${(loss * 100).toFixed(1)} %` : "";
  return `${arrow} ${(bitrate_bps / 1e6).toFixed(1)} Mbit/s${lost}`;
}
