import { describe, expect, test, vi } from "vitest";
import type { Order } from "../client/api_order";
import type { CalendarDay, ReviewQueue, Script } from "../client/api_review";
import { hoursOf, minuteOfDay, neighbour, place, placesOf } from "../officer/calendar/grid";
import { obstacles, openItems } from "../officer/conduct/decide";
import { possibleHints, troubles, urgentHints } from "../officer/conduct/hints";
import { begins, match, type ShortcutGroup } from "../officer/keys";
import { strokesOf } from "../client/strokes";
import { actionsOf, byUrgency, withOrder } from "../officer/orders/order";
import { choiceByKey, keepChoice } from "../officer/selection";

describe("shortcuts", () => {
  const act = vi.fn();
  const everywhere: ShortcutGroup = {
    name: "everywhere",
    shortcuts: [
      { keys: "?", name: "help", act },
      { keys: "g q", name: "queue", act },
      { keys: "n", name: "next", act },
      { keys: "Enter", name: "send", act, modified: true },
    ],
  };
  const order: ShortcutGroup = { name: "order", shortcuts: [{ keys: "n", name: "order's own", act }] };
  const plain = (key: string): { key: string; modified: boolean } => ({ key, modified: false });

  test.each([
    ["?", null, "help"],
    ["q", "g", "queue"],
    ["Q", "g", "queue"],
    ["q", null, null],
    ["x", "g", null],
    ["n", null, "order's own"],
    ["N", null, "order's own"],
    ["Enter", null, null],
  ])("%s after %s is %s", (key, before, name) => {
    expect(match([everywhere, order], before, plain(key))?.name ?? null).toBe(name);
  });

  test("a held Ctrl is another key", () => {
    expect(match([everywhere], null, { key: "n", modified: true })).toBeNull();
    expect(match([everywhere], null, { key: "Enter", modified: true })?.name).toBe("send");
  });

  test("only g begins a sequence", () => {
    expect(begins(plain("g"))).toBe(true);
    expect(begins({ key: "g", modified: true })).toBe(false);
    expect(begins(plain("n"))).toBe(false);
  });
});

describe("the choice in a list", () => {
  const ids = ["a", "b", "c", "d"];

  test.each([
    ["its row moved", ["d", "b", "a"], "b", "b"],
    ["its row went: the one after it", ["a", "c", "d"], "b", "c"],
    ["it and all after it went: the one before it", ["a"], "c", "a"],
    ["everything is new", ["x", "y"], "b", "x"],
    ["nothing is left", [], "b", null],
    ["nothing was chosen", ["a"], null, null],
  ] as const)("%s", (_, after, chosen, expected) => {
    expect(keepChoice(ids, after, chosen)).toBe(expected);
  });

  test.each([
    ["ArrowDown", "a", "b"],
    ["j", null, "a"],
    ["ArrowDown", "d", "d"],
    ["ArrowUp", "a", "a"],
    ["k", null, "d"],
    ["End", "a", "d"],
    ["Home", "c", "a"],
    ["PageDown", "a", "d"],
    ["x", "a", undefined],
  ])("%s from %s leads to %s", (key, chosen, expected) => {
    expect(choiceByKey(ids, chosen, key)).toBe(expected);
  });
});

const base: Order = {
  id: "o1",
  number: "2026-K7QX-3MPA-9T0B",
  version: 3,
  kind: "passport",
  issue: "renewal",
  condition: "expired",
  state: "submitted",
  state_since: "2026-11-21T09:00:00.000Z",
  mission: { id: "new-york", name: { en: "New York", "zh-Hans": "纽约", "zh-Hant": "紐約" }, time_zone: "America/New_York" },
  created_at: "2026-11-20T09:00:00.000Z",
  submitted_at: "2026-11-21T09:00:00.000Z",
  own_district: true,
  applicant: {
    relation: "self",
    name: "张伟",
    name_latin: "ZHANG WEI",
    birth_date: "1990-01-02",
    sex: "M",
    age: 36,
    minor: false,
    guardian_needed: false,
  },
  details: { document_number: null, expiry_date: null, region: null, address: null, phone: null, guardian_name: null, note: null },
  declaration: null,
  materials: [],
  missing: { fields: [], declaration: false, slots: [] },
  facecheck: null,
  interview: null,
  proposals: [],
  supplement: null,
  reason: null,
  way: null,
  tracking: null,
  officer: null,
  next: "wait_review",
  can: { edit: false, submit: false, withdraw: false, facecheck: false, interview: false, complete: false },
  history: [],
};
const order = (changes: Partial<Order>): Order => ({ ...base, ...changes });

describe("the queue", () => {
  const queue: ReviewQueue = {
    day: "2026-11-21",
    capacity: 40,
    taken: 1,
    waiting: [base, order({ id: "o2", submitted_at: "2026-11-21T10:00:00.000Z" })],
    mine: [],
    others: [],
    lengths: { waiting: 2, mine: 0, others: 0 },
    next: { waiting: null, mine: null, others: null },
    counts: { submitted: 2, in_review: 1 },
  };

  test("own district first, then the time of submission", () => {
    const late = order({ id: "late", submitted_at: "2026-11-21T11:00:00.000Z" });
    const other = order({ id: "other", own_district: false, submitted_at: "2026-11-01T09:00:00.000Z" });
    const unknown = order({ id: "unknown", own_district: null, submitted_at: "2026-11-02T09:00:00.000Z" });
    expect([late, unknown, other, base].sort(byUrgency).map(({ id }) => id)).toEqual(["o1", "late", "other", "unknown"]);
  });

  test("a taken order goes to whose it is, and is counted there", () => {
    const taken = order({ version: 4, state: "in_review", officer: { id: "me", name: "Me" } });
    const mine = withOrder(queue, taken, "me");
    expect(mine.waiting.map(({ id }) => id)).toEqual(["o2"]);
    expect(mine.mine.map(({ id }) => id)).toEqual(["o1"]);
    expect(mine.counts).toEqual({ submitted: 1, in_review: 2 });
    expect(mine.lengths).toEqual({ waiting: 1, mine: 1, others: 0 });
    expect(withOrder(queue, taken, "somebody else").others.map(({ id }) => id)).toEqual(["o1"]);
  });

  test("old news changes nothing; what is over leaves the queue", () => {
    expect(withOrder(queue, order({ version: 2, state: "in_review" }), "me")).toBe(queue);
    const gone = withOrder(queue, order({ version: 9, state: "withdrawn" }), "me");
    expect([...gone.waiting, ...gone.mine, ...gone.others].map(({ id }) => id)).toEqual(["o2"]);
    expect(gone.lengths).toEqual({ waiting: 1, mine: 0, others: 0 });
  });

  test("of a list that goes on, what stands behind its last row is counted and not shown", () => {
    const long: ReviewQueue = { ...queue, lengths: { waiting: 70, mine: 0, others: 9 }, next: { waiting: "1.2.o2", mine: null, others: "0.1.x" } };
    const between = withOrder(long, order({ id: "o3", submitted_at: "2026-11-21T09:30:00.000Z" }), "me");
    expect(between.waiting.map(({ id }) => id)).toEqual(["o1", "o3", "o2"]);
    const behind = withOrder(long, order({ id: "o3", submitted_at: "2026-11-21T10:30:00.000Z" }), "me");
    expect(behind.waiting.map(({ id }) => id)).toEqual(["o1", "o2"]);
    expect([between.lengths.waiting, behind.lengths.waiting]).toEqual([71, 71]);
    const elsewhere = withOrder(long, order({ version: 4, state: "in_review" }), "me");
    expect([elsewhere.others, elsewhere.lengths]).toEqual([[], { waiting: 69, mine: 0, others: 10 }]);
    expect(withOrder(long, order({ version: 4, state: "in_review" }), "me").waiting.map(({ id }) => id)).toEqual(["o2"]);
  });
});

describe("what may be done with an order", () => {
  const interview = { id: "i", state: "required", scheduled_at: null, opens_at: null, outcome: null } as const;

  test.each([
    ["draft", null, []],
    ["submitted", null, ["take"]],
    ["in_review", null, ["approve", "supplement", "require_interview", "reject"]],
    ["interview_required", interview, ["drop_interview", "in_person"]],
    ["interview_required", null, ["drop_interview"]],
    ["interviewing", interview, []],
    ["in_person_required", interview, ["in_person_done"]],
    ["approved", null, ["produced"]],
    ["produced", null, ["dispatched"]],
    ["rejected", null, []],
  ] as const)("%s", (state, held, actions) => {
    expect(actionsOf({ state, interview: held })).toEqual(actions);
  });
});

test("a signature is its strokes, and nothing else gets into the picture", () => {
  expect(strokesOf("0,0 10,20 1000,400;5,5")).toEqual(["0,0 10,20 1000,400", "5,5 5,5"]);
  expect(strokesOf('1,2 "><script>;3,4 5,6;;-1,2')).toEqual(["3,4 5,6"]);
  expect(strokesOf("")).toEqual([]);
});

describe("why an interview cannot be decided yet", () => {
  const item = { id: "q1", kind: "question", capture: null, text: { en: "", zh_hans: "", zh_hant: "" }, required: true, done: null } as const;
  const done = { ...item, id: "q2", done: { at: "", officer_name: "", answer: null } };
  const script: Script = { items: [item, done, { ...item, id: "q3", required: false }] };
  const guardian = { party_id: "g", relation: "mother", capture_id: "c", at: "", officer_name: "" } as const;

  test("required items alone are in the way", () => {
    expect(openItems(script).map(({ id }) => id)).toEqual(["q1"]);
    expect(openItems(null)).toEqual([]);
  });

  test.each([
    ["a guardian who is not identified", true, null, null, "identity_confirmed", ["guardian_missing"]],
    ["both", true, null, script, "not_confirmed", ["guardian_missing", "script_open"]],
    ["an identified guardian is none", true, guardian, null, "identity_confirmed", []],
    ["nobody needed", false, null, null, "not_confirmed", []],
    ["in person is always possible", true, null, script, "in_person", []],
  ] as const)("%s", (_, guardian_needed, identified, given, outcome, codes) => {
    const found = obstacles({ guardian_needed, guardian: identified }, given, outcome);
    expect(found.map(({ code }) => code)).toEqual(codes);
  });
});

describe("hints to a party", () => {
  test("what the device tells comes first, and nobody is told to do what they have done", () => {
    expect(urgentHints({ microphone: "muted", camera: "off" })).toEqual(["unmute", "camera_on"]);
    const talking = possibleHints({ microphone: "on", camera: "on" });
    expect(talking).not.toContain("unmute");
    expect(talking).not.toContain("camera_on");
    const muted = possibleHints({ microphone: "muted", camera: "on" });
    expect(muted[0]).toBe("unmute");
    expect(muted).not.toContain("speak_up");
    expect(possibleHints({ microphone: "on", camera: "off" })).toEqual(["camera_on", "speak_up"]);
  });

  test("trouble in words, the connection first", () => {
    const quality = { party_id: "p", round_trip_ms: null, sent: { video: null, audio: null }, received: { video: null, audio: null } };
    expect(troubles("connected", { microphone: "muted", camera: "none" }, { ...quality, level: "poor" })).toEqual(["poor", "muted", "no_camera"]);
    expect(troubles("away", undefined, { ...quality, level: "lost" })).toEqual(["away"]);
    expect(troubles("connected", { microphone: "on", camera: "on" }, { ...quality, level: "fair" })).toEqual([]);
  });
});

describe("the picture of a day", () => {
  const zone = "Europe/Stockholm";
  const at = (id: string, scheduled_at: string, length_min = 20): CalendarDay["interviews"][number] => ({
    interview_id: id,
    order_ref: id,
    document: "passport",
    state: "scheduled",
    state_since: scheduled_at,
    scheduled_at,
    length_min,
    applicant: id,
  });
  const day = (interviews: CalendarDay["interviews"], iso = "2026-11-23"): CalendarDay => ({
    day: iso,
    from: `${iso}T00:00:00Z`,
    to: `${iso}T23:00:00Z`,
    holiday: false,
    slots: [
      { at: `${iso}T08:00:00.000Z`, free: 2 },
      { at: `${iso}T10:20:00.000Z`, free: 0 },
    ],
    interviews,
  });

  test("minutes are the mission's", () => {
    expect(minuteOfDay("2026-11-23T08:30:00Z", zone)).toBe(9 * 60 + 30);
    expect(minuteOfDay("2026-07-23T08:30:00Z", zone)).toBe(10 * 60 + 30);
    expect(minuteOfDay("2026-11-23T23:00:00Z", zone)).toBe(0);
  });

  test("those at the same time stand side by side, and give the place back", () => {
    const placed = place(
      day([
        at("a", "2026-11-23T08:00:00Z", 40),
        at("b", "2026-11-23T08:00:00Z"),
        at("c", "2026-11-23T08:20:00Z"),
        at("d", "2026-11-23T08:40:00Z"),
      ]),
      zone,
    );
    expect(placed.map(({ entry, lane, lanes }) => [entry.interview_id, lane, lanes])).toEqual([
      ["a", 0, 2],
      ["b", 1, 2],
      ["c", 1, 2],
      ["d", 0, 1],
    ]);
  });

  test("whole hours around everything there is", () => {
    expect(hoursOf([day([at("a", "2026-11-23T17:50:00Z")])], zone, 20)).toEqual({ from: 9, to: 20 });
    expect(hoursOf([{ ...day([]), slots: [] }], zone, 20)).toEqual({ from: 9, to: 17 });
  });

  test("places that are free are those to come", () => {
    const [first = 0, second = 0] = day([]).slots.map(({ at }) => Date.parse(at));
    expect(placesOf(day([]), 3, first - 1)).toEqual({ total: 6, free: 2 });
    expect(placesOf(day([]), 3, first).total).toBe(3);
    expect(placesOf(day([]), 3, second)).toEqual({ total: 0, free: 0 });
  });

  test("arrows go up and down a day and to the nearest time of another", () => {
    const days = [
      day([at("a", "2026-11-23T08:00:00Z"), at("b", "2026-11-23T10:00:00Z")]),
      day([], "2026-11-24"),
      day([at("c", "2026-11-25T07:00:00Z"), at("d", "2026-11-25T10:20:00Z")], "2026-11-25"),
    ];
    const go = (from: string | null, key: string): string | null => neighbour(days, from, key, zone);
    expect(go(null, "ArrowDown")).toBe("a");
    expect(go("a", "ArrowDown")).toBe("b");
    expect(go("b", "ArrowDown")).toBe("b");
    expect(go("b", "ArrowRight")).toBe("d");
    expect(go("c", "ArrowLeft")).toBe("a");
    expect(go("a", "ArrowLeft")).toBe("a");
  });
});
