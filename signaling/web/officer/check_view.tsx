/** One face check as an officer sees it: what came of it, its pictures, its tries. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { IDENTITY_FIELDS, MATERIAL_SLOTS, type FaceCheck, type MaterialSlot, type TryRecord } from "../client/api_facecheck";
import { colon, language, messages } from "../client/i18n";
import { facecheckPath, type Pictures } from "../client/pictures";
import { testId } from "../client/testids";
import { dayAndTime, viewerZone } from "../client/time";
import { Dialog } from "../client/ui/basics";
import { CheckList, Reasons } from "../client/ui/checks";
import { Icon } from "../client/ui/icons";
import { FieldsView, Photo, ThreeWay, type Places } from "./evidence";
import type { OfficerSession } from "./session";

const STATE_LOOK = { open: "chip", passed: "chip good", skipped: "chip warn" } as const;

export function CheckChip({ check }: { check: FaceCheck }): JSX.Element {
  return <span class={STATE_LOOK[check.state]}>{messages.value.facecheck.states[check.state]}</span>;
}

export const whenHere = (instant: string): string => dayAndTime(instant, language.value, viewerZone());

export function CheckFacts({ check }: { check: FaceCheck }): JSX.Element {
  const m = messages.value.facecheck;
  const last = check.last_try?.decision === "fail" ? check.last_try.reasons : [];
  return (
    <>
      <p class="newest-head">
        <CheckChip check={check} />
        <span class="muted">
          {m.officer.tries}{colon}{m.officer.triesOf(check.tries)}
        </span>
      </p>
      <p class="muted">
        {check.decided_at !== null
          ? `${m.officer.decidedAt}${colon.value}${whenHere(check.decided_at)}`
          : `${m.officer.createdAt}${colon.value}${whenHere(check.created_at)}`}
      </p>
      {check.skip_reason && <p>{m.skips[check.skip_reason]}</p>}
      <Reasons reasons={last} />
    </>
  );
}

interface DialogProps {
  session: OfficerSession;
  check: FaceCheck;
  pictures: Pictures;
  onClose: () => void;
}

/** The check with what lists leave out (the measurements of its tries), loaded anew when it has changed. */
function useWhole(session: OfficerSession, check: FaceCheck): FaceCheck {
  const whole = useSignal<FaceCheck | null>(null);
  useEffect(() => {
    void session.attempt(async () => {
      whole.value = await session.rpc.call("facecheck.get", { facecheck_id: check.id });
    });
  }, [session, check.id, check.version]);
  return whole.value ?? check;
}

export function CheckDialog({ session, check: listed, pictures, onClose }: DialogProps): JSX.Element {
  const m = messages.value.facecheck;
  const check = useWhole(session, listed);
  return (
    <Dialog title={m.officer.dialogTitle({ order: check.order_ref })} id="check-dialog" wide onClose={onClose}>
      <div class="check-view">
        <section>
          <CheckFacts check={check} />
          <ThreeWay comparison={check.comparison ?? null} places={checkPlaces(check)} pictures={pictures} />
          <FieldsView fields={check.fields ?? null} />
          <IdentityView check={check} />
        </section>
        <section>
          {MATERIAL_SLOTS.map((slot) => (
            <MaterialView key={slot} check={check} slot={slot} pictures={pictures} />
          ))}
        </section>
        <section>
          {check.try_list?.length ? (
            [...check.try_list]
              .sort((a, b) => a.at.localeCompare(b.at))
              .map((one, index) => <TryView key={one.id} check={check} one={one} n={index + 1} pictures={pictures} />)
          ) : (
            <p class="muted">{m.officer.noTries}</p>
          )}
        </section>
      </div>
      <p class="small-print check-foot">
        <Icon name="shield" />
        {m.officer.noDecision}
      </p>
    </Dialog>
  );
}

export function checkPlaces(check: FaceCheck): Places {
  const { portrait, page } = check.materials;
  const places: Places = {};
  if (portrait) places.portrait = { path: facecheckPath(check.id, "portrait"), version: portrait.uploaded_at };
  if (page) places.page = { path: facecheckPath(check.id, "page-portrait"), version: page.uploaded_at };
  if (check.last_try) places.live = framePlace(check, check.last_try.id);
  return places;
}

const framePlace = (check: FaceCheck, tryId: string): { path: string } => ({
  path: facecheckPath(check.id, `tries/${encodeURIComponent(tryId)}/frame`),
});

function IdentityView({ check }: { check: FaceCheck }): JSX.Element | null {
  const m = messages.value.facecheck;
  if (!check.identity) return null;
  const { identity } = check;
  return (
    <div class="evidence">
      <h3>{m.officer.identity}</h3>
      <dl class="pairs-of-text">
        {IDENTITY_FIELDS.map((field) => (
          <div key={field}>
            <dt>{m.identity[field]}</dt>
            <dd>{identity[field] ?? <span class="muted">{m.officer.notSaid}</span>}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function MaterialView({ check, slot, pictures }: { check: FaceCheck; slot: MaterialSlot; pictures: Pictures }): JSX.Element {
  const m = messages.value.facecheck;
  const material = check.materials[slot];
  const place = { path: facecheckPath(check.id, slot), version: material?.uploaded_at ?? "" };
  return (
    <div class="evidence material" {...testId("material")} data-slot={slot}>
      <h3>{m.sources[slot]}</h3>
      {material ? (
        <>
          <Photo key={place.version} pictures={pictures} place={place} name={m.sources[slot]} />
          <Reasons reasons={material.reasons} />
          <CheckList checks={material.checks} />
        </>
      ) : (
        <p class="muted">{m.officer.noPicture}</p>
      )}
    </div>
  );
}

function TryView(props: { check: FaceCheck; one: TryRecord; n: number; pictures: Pictures }): JSX.Element {
  const m = messages.value.facecheck;
  const { check, one, n, pictures } = props;
  const steps = one.report?.steps ?? [];
  const passive = one.report?.passive ?? null;
  return (
    <div class="evidence try" {...testId("try")} data-decision={one.decision}>
      <h3>
        {m.officer.tryNumber({ n })} <span class={one.decision === "pass" ? "chip good" : "chip warn"}>{m.tryDecisions[one.decision]}</span>
      </h3>
      <p class="muted">{whenHere(one.at)}</p>
      <Photo pictures={pictures} place={framePlace(check, one.id)} name={m.officer.bestFrame({ n })} />
      <Reasons reasons={one.reasons} />
      {steps.length > 0 && (
        <ul class="named-checks" aria-label={m.officer.steps}>
          {steps.map((step, index) => (
            <li key={index} data-passed={step.passed}>
              <span class="check-sign" aria-hidden="true">
                <Icon name={step.passed ? "check" : "cross"} />
              </span>
              {m.tasks[step.task]?.do ?? step.task}{colon}{step.passed ? m.officer.stepDone : m.officer.stepNotDone}
            </li>
          ))}
        </ul>
      )}
      {passive !== null && (
        <p class="muted">
          {m.officer.passive}{colon}{passive.toFixed(2)}
        </p>
      )}
      {one.hints.length > 0 && (
        <>
          <p class="strong">{m.officer.hints}</p>
          <Reasons reasons={one.hints} />
        </>
      )}
    </div>
  );
}
