/** What the address says: a section, or one order or interview by its opaque id. Nothing about a person is in it. */

export const SECTIONS = ["queue", "calendar", "interviews", "checks"] as const;
export type Section = (typeof SECTIONS)[number];

export type Route =
  | { view: Section }
  | { view: "order"; id: string }
  | { view: "interview"; id: string }
  /** Whatever this officer was at last. */
  | { view: "home" };

const ONE = /^#\/(order|interview)\/([\w-]{1,64})$/;

export function routeOf(hash: string): Route {
  const [, view, id] = ONE.exec(hash) ?? [];
  if (id !== undefined) return { view: view === "order" ? "order" : "interview", id };
  const section = SECTIONS.find((one) => hash === `#/${one}`);
  return { view: section ?? "home" };
}

/** The working day begins with the queue. */
export const sectionNamed = (name: string | null): Section => SECTIONS.find((one) => one === name) ?? "queue";

/** The interview in the address. */
export function interviewOf(hash: string): string | null {
  const route = routeOf(hash);
  return route.view === "interview" ? route.id : null;
}

export const sectionPath = (section: Section): string => `#/${section}`;
export const orderPath = (id: string): string => `#/order/${id}`;
export const interviewPath = (id: string): string => `#/interview/${id}`;

/** At once, and not in the browser's own time: the next key may already be meant for the view that this leads to. */
export function go(path: string): void {
  if (location.hash === path) return;
  history.pushState(null, "", path);
  dispatchEvent(new HashChangeEvent("hashchange"));
}
