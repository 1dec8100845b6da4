/** What the address says: a page of the account holder's, or one order by its opaque id. Nothing about a person is in it. */
import type { EnterWhat } from "../../client/api_account";

export const PAGES = ["orders", "new", "messages", "account"] as const;
export type Page = (typeof PAGES)[number];

export type Route =
  | { view: Page }
  | { view: "order"; id: string }
  /** In the order's face check or interview. */
  | { view: "inside"; id: string; what: EnterWhat };

const ONE = /^#\/orders\/([\w-]{1,64})(?:\/(facecheck|interview|guardian))?$/;

export function routeOf(hash: string): Route {
  const [, id, what] = ONE.exec(hash) ?? [];
  if (id !== undefined) return what === undefined ? { view: "order", id } : { view: "inside", id, what: what as EnterWhat };
  return { view: PAGES.find((page) => hash === `#/${page}`) ?? "orders" };
}

export const pagePath = (page: Page): string => (page === "orders" ? "#/" : `#/${page}`);
export const orderPath = (id: string): string => `#/orders/${id}`;
export const insidePath = (id: string, what: EnterWhat): string => `#/orders/${id}/${what}`;

export interface Known {
  /** Of the link that this tab was opened with. */
  tabTicket: boolean;
  /** Of a link that was opened on this device at some time. */
  ticket: boolean;
  /** An account is signed in on this device. */
  holder: boolean;
}

/** Whether the page is a link's, or the account holder's. A link's fragment is taken out of the address, so that a reload
 * comes without it. */
export function isTicketPage(hash: string, known: Known): boolean {
  if (hash.startsWith("#/")) return false;
  if (hash !== "" && hash !== "#") return true;
  return known.tabTicket || (known.ticket && !known.holder);
}
