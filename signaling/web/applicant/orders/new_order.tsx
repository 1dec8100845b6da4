/** A new order: where, what, why and for whom. What follows is filled in on the order's own page. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ORDER_KINDS, type Condition, type Issue, type Order, type OrderKind, type Relation } from "../../client/api_order";
import { language, messages } from "../../client/i18n";
import { TEXT_KEY } from "../../client/language";
import { toProblem, type Problem } from "../../client/problem";
import { testId } from "../../client/testids";
import { Button, Heading, ProblemNote } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { Choice } from "./choice";
import { conditionChosen, conditionsOf, isEmergency, ISSUES, RELATIONS } from "./kinds";
import type { OrderMission } from "../../client/api_account";
import { orderPath } from "../home/route";
import { missionsOf, type OrdersHome } from "./port";
import { regionNames } from "../../client/regions";

interface Chosen {
  mission: string | null;
  kind: OrderKind | null;
  issue: Issue | null;
  condition: Condition | null;
  relation: Relation | null;
}

const NOTHING: Chosen = { mission: null, kind: null, issue: null, condition: null, relation: "self" };

export function NewOrder({ home }: { home: OrdersHome }): JSX.Element {
  const m = messages.value.orders;
  const missions = useSignal<OrderMission[] | null>(null);
  const problem = useSignal<Problem | null>(null);
  useEffect(() => {
    missionsOf(home).then(
      (list) => (missions.value = list.filter(({ kinds }) => kinds.length > 0)),
      (error: unknown) => (problem.value = toProblem(error)),
    );
  }, [home]);
  return (
    <section class="stack order-form" {...testId("new-order")}>
      <Heading title={m.newTitle}>{m.newTitle}</Heading>
      {problem.value && <ProblemNote problem={problem.value} />}
      {missions.value?.length === 0 && <p class="muted">{m.noMissions}</p>}
      {missions.value && missions.value.length > 0 && <Form home={home} missions={missions.value} />}
      {!missions.value && !problem.value && (
        <p class="loading" role="status">
          <span class="spinner" aria-hidden="true" />
          {messages.value.loading}
        </p>
      )}
    </section>
  );
}

function Form({ home, missions }: { home: OrdersHome; missions: OrderMission[] }): JSX.Element {
  const m = messages.value.orders;
  const words = messages.value.review;
  const only = missions.length === 1 ? (missions[0]?.id ?? null) : null;
  const chosen = useSignal<Chosen>({ ...NOTHING, mission: only });
  const asked = useSignal(false);
  const busy = useSignal(false);
  const problem = useSignal<Problem | null>(null);
  const made = useRef<Order | null>(null); // when only the second step failed, no second draft is made
  const { mission: missionId, kind, issue, relation } = chosen.value;
  const condition = conditionChosen(kind, issue, chosen.value.condition);
  const mission = missions.find(({ id }) => id === missionId);
  const choose = (change: Partial<Chosen>): void => void (chosen.value = { ...chosen.peek(), ...change });
  const conditions = conditionsOf(kind, issue);
  const whole = mission && kind && condition && relation && mission.kinds.includes(kind);

  const create = async (): Promise<void> => {
    asked.value = true;
    if (!whole || busy.peek()) return;
    busy.value = true;
    try {
      const before = made.current;
      const fits = before?.mission.id === mission.id && before.kind === kind;
      const order = fits ? before : ((await home.call("order.create", { mission_id: mission.id, kind })) as Order);
      made.current = order;
      const why = isEmergency(kind) ? { condition } : { issue, condition };
      await home.call("order.update", { order_id: order.id, version: order.version, relation, ...why });
      home.go(orderPath(order.id));
    } catch (error) {
      problem.value = toProblem(error);
      busy.value = false;
    }
  };

  return (
    <>
      <Choice
        id="mission"
        legend={m.missionQuestion}
        hint={m.missionHint}
        options={missions.map((each) => ({ key: each.id, name: missionName(each), hint: jurisdiction(each) }))}
        chosen={missionId}
        invalid={asked.value && !mission}
        onChoose={(key) => choose({ mission: key })}
      />
      <Choice
        id="kind"
        legend={m.kindQuestion}
        hint={m.official}
        options={ORDER_KINDS.filter((each) => !mission || mission.kinds.includes(each)).map((each) => ({ key: each, name: words.kinds[each], hint: m.kindHints[each] }))}
        chosen={kind}
        invalid={asked.value && !kind}
        onChoose={(key) => choose({ kind: key })}
      />
      {isEmergency(kind) && (
        <div class="note warn">
          <Icon name="warn" />
          <p>{m.emergencyWarning}</p>
        </div>
      )}
      {kind && !isEmergency(kind) && (
        <Choice
          id="issue"
          legend={m.issueQuestion}
          options={ISSUES.map((each) => ({ key: each, name: capital(words.issues[each]), hint: m.issueHints[each] }))}
          chosen={issue}
          invalid={asked.value && !issue}
          onChoose={(key) => choose({ issue: key })}
        />
      )}
      {conditions.length > 1 && (
        <Choice
          id="condition"
          legend={isEmergency(kind) ? m.emergencyQuestion : m.conditionQuestion}
          options={conditions.map((each) => ({ key: each, name: m.conditions[each] }))}
          chosen={condition}
          invalid={asked.value && !condition}
          onChoose={(key) => choose({ condition: key })}
        />
      )}
      <Choice
        id="relation"
        legend={m.relationQuestion}
        hint={m.relationHint}
        options={RELATIONS.map((each) => ({ key: each, name: capital(m.relations[each]) }))}
        chosen={relation}
        onChoose={(key) => choose({ relation: key })}
      />
      {asked.value && !whole && (
        <p class="field-hint" role="alert">
          <Icon name="warn" />
          {m.choose}
        </p>
      )}
      {problem.value && <ProblemNote problem={problem.value} />}
      <div class="actions">
        <Button id="create-order" look="primary" busy={busy.value} onClick={() => void create()}>
          {m.create}
        </Button>
      </div>
    </>
  );
}

const missionName = (mission: OrderMission): string => mission[`name_${TEXT_KEY[language.value]}`];
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Who may order there (D-22 … D-25). */
function jurisdiction(mission: OrderMission): string {
  const m = messages.value.orders;
  const names = (codes: readonly string[]): string => regionNames(codes, language.value);
  if (mission.countries.length === 0) return "";
  const parts = [m.responsibleFor({ regions: names(mission.countries) })];
  if (mission.districts.length > 0) parts.push(m.ownDistrict({ regions: names(mission.districts) }));
  parts.push(mission.cross_district ? m.crossYes : m.crossNo);
  return parts.join(language.value === "en" ? " " : "");
}
