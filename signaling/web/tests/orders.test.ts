import { describe, expect, test, vi } from "vitest";
import { NEXT_CODES, type Order, type OrderMissing } from "../client/api_order";
import { orders as en } from "../client/messages/en_order";
import { orders as zhHans } from "../client/messages/zh-hans_order";
import { orders as zhHant } from "../client/messages/zh-hant_order";
import { Problem } from "../client/problem";
import { strokesOf } from "../client/strokes";
import { contentRange, offsetIn } from "../client/upload";
import { courseOf } from "../applicant/orders/course";
import { Details, valueOf } from "../applicant/orders/details";
import { conditionChosen, conditionsOf, hasDocument } from "../applicant/orders/kinds";
import { isMissing, missingOf, nextStep } from "../applicant/orders/next";
import { regionName, regionNames } from "../client/regions";
import { encode, extended, moved, pointAt, SIGNATURE_BYTES_MAX, type Stroke } from "../applicant/orders/signature";

const NOTHING: OrderMissing = { fields: [], declaration: false, slots: [] };

const order = (change: Partial<Order> = {}): Order =>
  ({
    id: "o1",
    number: "2026-K7QX-3MPA-9T0B",
    version: 3,
    kind: "passport",
    issue: "renewal",
    condition: "expired",
    state: "draft",
    state_since: "2026-03-04T10:00:00Z",
    created_at: "2026-03-01T10:00:00Z",
    applicant: { name: "李梅", birth_date: null },
    details: { address: "Storgatan 1" },
    missing: NOTHING,
    history: [],
    next: "fill_in",
    ...change,
  }) as unknown as Order;

describe("what is next", () => {
  test.each(NEXT_CODES)("%s has a sentence in every language, and a button where there is something to do", (code) => {
    const { action } = nextStep({ next: code, missing: NOTHING });
    for (const { next } of [en, zhHans, zhHant]) {
      const { text, button } = next[code];
      expect(text).not.toBe("");
      expect(button !== undefined).toBe(action !== null);
    }
  });

  test("a code of a newer server sends nobody anywhere", () => {
    expect(nextStep({ next: "sing_a_song", missing: NOTHING })).toEqual({ code: "wait_review", action: null });
  });

  test("what is asked for is answered before it is sent again", () => {
    expect(nextStep({ next: "supplement", missing: { ...NOTHING, slots: ["page"] } }).action).toEqual({ do: "show", section: "materials" });
    expect(nextStep({ next: "supplement", missing: NOTHING }).action).toEqual({ do: "supplemented" });
  });

  test("an address that is missing as a field and as a picture is missing twice, each in its place", () => {
    expect(missingOf({ missing: { fields: ["phone", "address"], declaration: true, slots: ["address"] } })).toEqual([
      { name: "phone", section: "details" },
      { name: "address", section: "details" },
      { name: "declaration", section: "declaration" },
      { name: "address", section: "materials" },
    ]);
    expect(isMissing({ missing: { ...NOTHING, slots: ["address"] } }, "details", "address")).toBe(false);
  });
});

describe("a signature", () => {
  const line = (points: number): Stroke => Array.from({ length: points }, (_, index) => ({ x: index % 1001, y: (index * 7) % 401 }));

  test("is strokes of points as the server and the officer's page read them", () => {
    const text = encode([line(6), line(5)]);
    expect(text?.split(";").map((stroke) => stroke.split(" ").length)).toEqual([6, 5]);
    expect(strokesOf(text ?? "")).toHaveLength(2);
  });

  test.each([0, 9])("of %i points is none yet", (points) => expect(encode([line(points)])).toBeNull());

  test.each([
    ["one endless stroke", [line(50_000)]],
    ["many strokes", Array.from({ length: 900 }, () => line(30))],
    ["dots only", Array.from({ length: 9_000 }, () => line(1))],
  ])("of %s fits and is no less a signature", (_, strokes) => {
    const text = encode(strokes) ?? "";
    expect(text.length).toBeLessThanOrEqual(SIGNATURE_BYTES_MAX);
    expect(text.split(/[ ;]/).length).toBeGreaterThanOrEqual(10);
  });

  test("keeps to its field, and where a long stroke ends", () => {
    expect(pointAt(-5, 900)).toEqual({ x: 0, y: 400 });
    const text = encode([[...line(40_000), { x: 1000, y: 400 }]]) ?? "";
    expect(text.endsWith(" 1000,400")).toBe(true);
  });

  test("takes no point where the pen has hardly moved", () => {
    const stroke = [{ x: 10, y: 10 }];
    expect(extended(stroke, { x: 12, y: 11 })).toBe(stroke);
    expect(extended(stroke, { x: 15, y: 10 })).toHaveLength(2);
  });

  test("can be drawn by keys", () => {
    const pen = { at: { x: 990, y: 10 }, down: false };
    expect(moved(pen, "ArrowRight", false)?.at).toEqual({ x: 1000, y: 10 });
    expect(moved(pen, "ArrowDown", true)?.at).toEqual({ x: 990, y: 15 });
    expect(moved(pen, " ", false)?.down).toBe(true);
    expect(moved(pen, "Tab", false)).toBeNull();
    expect(moved(pen, "toString", false)).toBeNull();
  });
});

describe("an upload that was broken off", () => {
  test("goes on with the rest", () => expect(contentRange(400, 1000)).toBe("bytes 400-999/1000"));

  test.each([
    ["as far as it came", { offset: 400, length: 1000 }, 400],
    ["of another picture", { offset: 400, length: 2000 }, 0],
    ["whole already", { offset: 1000, length: 1000 }, 0],
    ["negative", { offset: -1, length: 1000 }, 0],
    ["no number", { offset: "400", length: 1000 }, 0],
    ["nothing", null, 0],
  ])("%s", (_, answer, offset) => expect(offsetIn(answer, 1000)).toBe(offset));
});

describe("the details form", () => {
  const conflict = new Problem("conflict", "another version");
  const refusal = (field: string): Problem => new Problem("invalid_params", "no", { field } as object);

  function form(update: (version: number, values: object) => Promise<Order>): { details: Details; now: () => Order } {
    let now = order();
    const details = new Details({
      order: () => now,
      update,
      reload: () => Promise.resolve(order({ version: 9, applicant: { ...now.applicant, name: "李美" } })),
      taken: (newer) => void (now = newer),
    });
    return { details, now: () => now };
  }

  test("shows what is typed rather than what the server says", () => {
    const { details, now } = form(() => Promise.resolve(order({ version: 4 })));
    expect(details.value(now(), "applicant_name")).toBe("李梅");
    details.enter("applicant_name", "李");
    expect(details.value(now(), "applicant_name")).toBe("李");
    expect(valueOf(now(), "phone")).toBe("");
  });

  test("sends what is typed together, without blanks around it", async () => {
    const update = vi.fn((version: number) => Promise.resolve(order({ version: version + 1 })));
    const { details } = form(update);
    details.enter("phone", " +46 70 ");
    details.enter("region", "SE");
    await details.save();
    expect(update.mock.calls).toEqual([[3, { phone: "+46 70", region: "SE" }]]);
    expect(details.pending.value).toBe(false);
    expect(details.state.value).toBe("saved");
  });

  test("what is typed while it saves is sent after it", async () => {
    const update = vi.fn((version: number) => {
      if (version === 3) details.enter("phone", "12345");
      return Promise.resolve(order({ version: version + 1 }));
    });
    const { details } = form(update);
    details.enter("phone", "1234");
    await details.save();
    expect(update.mock.calls.map(([version]) => version)).toEqual([3, 4]);
    expect(update.mock.calls[1]?.[1 as never]).toEqual({ phone: "12345" });
  });

  test("a change made elsewhere loses nothing of what is typed", async () => {
    const update = vi.fn((version: number) => (version === 3 ? Promise.reject(conflict) : Promise.resolve(order({ version: version + 1 }))));
    const { details } = form(update);
    details.enter("address", "Sveavägen 2");
    await details.save();
    expect(update.mock.calls).toEqual([
      [3, { address: "Sveavägen 2" }],
      [9, { address: "Sveavägen 2" }],
    ]);
    expect(details.changedElsewhere.value).toBe(true);
  });

  test("a refused value stays in its field, and holds up no other", async () => {
    const update = vi.fn((version: number, values: object) =>
      "phone" in values ? Promise.reject(refusal("phone")) : Promise.resolve(order({ version: version + 1 })),
    );
    const { details, now } = form(update);
    details.enter("phone", "none");
    details.enter("region", "SE");
    await details.save();
    expect(update.mock.calls[1]).toEqual([3, { region: "SE" }]);
    expect(details.value(now(), "phone")).toBe("none");
    expect(details.state.value).toBe("failed");
    details.enter("phone", "12345");
    expect(details.refused.value).toEqual({});
  });

  test("without a connection everything typed stays to be sent", async () => {
    const { details } = form(() => Promise.reject(new Problem("offline", "down")));
    details.enter("region", "SE");
    await details.save();
    expect(details.typed.value).toEqual({ region: "SE" });
    expect(details.problem.value?.code).toBe("offline");
  });
});

describe("what can be ordered", () => {
  test("reasons fit the kind of issue (D-8)", () => {
    expect(conditionsOf("passport", "replacement")).toEqual(["lost", "stolen", "damaged"]);
    expect(conditionsOf("emergency_travel_document", null)).toEqual(["passport_lost", "emergency"]);
    expect(conditionChosen("passport", "first", null)).toBe("never_held");
    expect(conditionChosen("passport", "renewal", "lost")).toBeNull();
  });

  test("portrait and page come with a face check where the document is at hand", () => {
    expect(hasDocument({ issue: "renewal", condition: "expired" })).toBe(true);
    expect(hasDocument({ issue: "replacement", condition: "damaged" })).toBe(true);
    expect(hasDocument({ issue: "replacement", condition: "stolen" })).toBe(false);
    expect(hasDocument({ issue: null, condition: "passport_lost" })).toBe(false);
  });

  test("regions have names", () => {
    expect(regionName("SE", "en")).toBe("Sweden");
    expect(regionName("US-NY", "zh-Hans")).toBe("美国 · NY");
    expect(regionNames(["US-NY", "US-NJ"], "en")).toBe("United States · NY, NJ");
  });
});

describe("an order's way", () => {
  const step = (to: string, at: string): object => ({ to, from: null, at });

  test("has one step that is now", () => {
    const course = courseOf(order({ state: "in_review", history: [step("submitted", "2026-03-02T10:00:00Z")] as Order["history"] }));
    expect(course.map(({ look }) => look)).toEqual(["done", "done", "now", "ahead", "ahead", "ahead", "ahead"]);
    expect(course[1]?.at).toBe("2026-03-02T10:00:00Z");
  });

  test("goes by an interview where there is one", () => {
    const course = courseOf(order({ state: "interview_scheduled" }));
    expect(course.find(({ look }) => look === "now")?.state).toBe("interview_scheduled");
    expect(course).toHaveLength(8);
  });

  test("ends where it was rejected or withdrawn", () => {
    const course = courseOf(order({ state: "withdrawn" }));
    expect(course.map(({ state, look }) => [state, look])).toEqual([
      ["draft", "done"],
      ["withdrawn", "stopped"],
    ]);
  });
});
