/** What the applicant does next, and where on the order's page that is. Pure. */
import { NEXT_CODES, type NextCode, type Order, type OrderField, type OrderSlot } from "../../client/api_order";

/** The parts of the page that something can be done in. */
export const SECTIONS = ["details", "declaration", "materials", "submit"] as const;
export type Section = (typeof SECTIONS)[number];

export type NextAction =
  | { do: "show"; section: Section | "mailing" }
  | { do: "enter"; what: "facecheck" | "interview" }
  | { do: "supplemented" }
  | { do: "complete" }
  | { do: "new" };

export interface NextStep {
  code: NextCode;
  /** Null: there is nothing to do but wait. */
  action: NextAction | null;
}

const ACTIONS: Record<NextCode, NextAction | null> = {
  fill_in: { do: "show", section: "details" },
  sign: { do: "show", section: "declaration" },
  upload: { do: "show", section: "materials" },
  submit: { do: "show", section: "submit" },
  face_check: { do: "enter", what: "facecheck" },
  wait_review: null,
  supplement: { do: "supplemented" },
  book: { do: "enter", what: "interview" },
  join_later: { do: "enter", what: "interview" },
  join: { do: "enter", what: "interview" },
  come_in_person: null,
  send_passport: { do: "show", section: "mailing" },
  wait_made: null,
  wait_dispatch: null,
  receive: { do: "complete" },
  done: null,
  rejected: { do: "new" },
  withdrawn: { do: "new" },
};

const isNext = (code: string): code is NextCode => NEXT_CODES.some((known) => known === code);

/** A code of a newer server is as good as waiting: the page must not send anybody anywhere then. */
export function nextStep(order: Pick<Order, "next" | "missing">): NextStep {
  const code = isNext(order.next) ? order.next : "wait_review";
  const first = missingOf(order)[0];
  // What is asked for is answered first, and sent again when all of it is there.
  if (code === "supplement" && first !== undefined) return { code, action: { do: "show", section: first.section } };
  return { code, action: ACTIONS[code] };
}

type Missing = Pick<Order, "missing">;

export interface MissingItem {
  name: OrderField | OrderSlot | "declaration";
  section: Section;
}

/** What `missing` names, with where it is entered. */
export function missingOf({ missing }: Missing): MissingItem[] {
  return [
    ...missing.fields.map((name): MissingItem => ({ name, section: "details" })),
    ...(missing.declaration ? [{ name: "declaration", section: "declaration" } as const] : []),
    ...missing.slots.map((name): MissingItem => ({ name, section: "materials" })),
  ];
}

export const isMissing = (order: Missing, section: Section, name: string): boolean =>
  missingOf(order).some((item) => item.section === section && item.name === name);

/** How much of each section is still open. */
export const openIn = (section: Section, order: Missing): number => missingOf(order).filter((item) => item.section === section).length;
