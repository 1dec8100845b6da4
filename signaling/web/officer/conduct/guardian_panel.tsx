/** Who the guardian is, and by which picture of their document (D-21). */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Capture, Interview, Party } from "../../client/api";
import { GUARDIAN_RELATIONS, type GuardianIdentified, type GuardianRelation } from "../../client/api_review";
import { language, messages } from "../../client/i18n";
import { capturePath } from "../../client/pictures";
import { testId } from "../../client/testids";
import { clockTime, viewerZone } from "../../client/time";
import { Button } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { Photo } from "../evidence";
import type { DeskProps } from "../interview";

export function GuardianPanel({ desk }: DeskProps): JSX.Element | null {
  const m = messages.value.desk.guardian;
  const interview = desk.interview.value;
  const changing = useSignal(false);
  if (!interview || (interview.guardian_needed !== true && !interview.guardian)) return null;
  const form = interview.guardian === null || interview.guardian === undefined || changing.value;
  return (
    <section class="panel guardian" aria-labelledby="guardian" {...testId("guardian")} data-identified={interview.guardian != null}>
      <h2 id="guardian">{m.title}</h2>
      {interview.guardian && !changing.value && <Identified desk={desk} interview={interview} guardian={interview.guardian} />}
      {interview.guardian && !changing.value && desk.conduct.able.value && (
        <Button id="guardian-again" onClick={() => (changing.value = true)}>
          {m.again}
        </Button>
      )}
      {form && <IdentifyForm desk={desk} interview={interview} onDone={() => (changing.value = false)} />}
    </section>
  );
}

function Identified({ desk, interview, guardian }: DeskProps & { interview: Interview; guardian: GuardianIdentified }): JSX.Element {
  const m = messages.value.desk.guardian;
  const party = interview.parties.find((other) => other.id === guardian.party_id);
  return (
    <div class="identified">
      <button type="button" class="material-thumb" aria-label={m.document} onClick={() => (desk.opened.value = guardian.capture_id)}>
        <Photo pictures={desk.pictures} place={{ path: capturePath(guardian.capture_id) }} name="" />
      </button>
      <p>
        <span class="stored">
          <Icon name="check" />
          {m.identified({ name: party?.name ?? "", relation: m.relations[guardian.relation] })}
        </span>
        <span class="muted small">
          {guardian.officer_name}, {clockTime(guardian.at, language.value, viewerZone())}
        </span>
      </p>
    </div>
  );
}

const documentOf = (captures: readonly Capture[], party: Party): Capture | null =>
  captures.filter((capture) => capture.party_id === party.id && capture.kind === "document").pop() ?? null;

function IdentifyForm({ desk, interview, onDone }: DeskProps & { interview: Interview; onDone: () => void }): JSX.Element {
  const m = messages.value.desk.guardian;
  const guardians = interview.parties.filter((party) => party.role === "guardian");
  const chosen = useSignal<string | null>(null);
  const relation = useSignal<GuardianRelation | null>(null);
  const party = guardians.find((one) => one.id === chosen.value) ?? guardians[0];
  if (!party) return <p class="muted">{m.nobody}</p>;
  const capture = documentOf(desk.captures.value, party);
  const able = desk.conduct.able.value;
  const identify = async (): Promise<void> => {
    if (!capture || !relation.peek()) return;
    if (await desk.conduct.identify(party.id, relation.peek() ?? "guardian", capture.id)) onDone();
  };
  return (
    <>
      <p class="muted small">{m.needed}</p>
      {guardians.length > 1 ? <Persons guardians={guardians} party={party} onChoose={(id) => (chosen.value = id)} /> : <p class="strong">{party.name}</p>}
      <fieldset class="chips" disabled={!able}>
        <legend>{m.relation}</legend>
        {GUARDIAN_RELATIONS.map((one) => (
          <label key={one} class="chip-choice">
            <input type="radio" name="relation" checked={relation.value === one} onChange={() => (relation.value = one)} {...testId(`relation-${one}`)} />
            {m.relations[one]}
          </label>
        ))}
      </fieldset>
      <div class="identified">
        {capture && (
          <button type="button" class="material-thumb" aria-label={m.document} onClick={() => (desk.opened.value = capture.id)}>
            <Photo key={capture.id} pictures={desk.pictures} place={{ path: capturePath(capture.id) }} name="" />
          </button>
        )}
        <div>
          {!capture && <p class="muted small">{m.noDocument}</p>}
          <Button id="guardian-capture" icon="document" disabled={!able || party.media !== "connected"} onClick={() => void desk.capture("document", party)}>
            {m.takeDocument}
          </Button>
        </div>
      </div>
      <Button id="identify" look="primary" disabled={!able || !capture || relation.value === null} onClick={() => void identify()}>
        {m.identify}
      </Button>
    </>
  );
}

function Persons({ guardians, party, onChoose }: { guardians: readonly Party[]; party: Party; onChoose: (id: string) => void }): JSX.Element {
  const m = messages.value.desk.guardian;
  return (
    <label class="field">
      <span class="label">{m.person}</span>
      <select value={party.id} onChange={(event) => onChoose(event.currentTarget.value)}>
        {guardians.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}
