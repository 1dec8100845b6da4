/** What a page signs in with, kept so that a reload or a closed tab comes back.
 *
 * The tab's own copy wins, so that two tickets can be open in two tabs of one phone; a new tab takes the last one used. */

export interface Credentials {
  /** Applicants: from the link; signs in again when a session has expired. */
  ticket?: string;
  token?: string;
}

/** A browser may refuse storage (private mode, blocked cookies): the page then works until it is closed. */
const memory = new Map<string, string>();

function read(store: "local" | "tab", key: string): string | null {
  try {
    return (store === "local" ? localStorage : sessionStorage).getItem(key);
  } catch {
    return memory.get(key) ?? null;
  }
}

function write(store: "local" | "tab", key: string, value: string): void {
  try {
    (store === "local" ? localStorage : sessionStorage).setItem(key, value);
  } catch {
    memory.set(key, value);
  }
}

function remove(key: string): void {
  memory.delete(key);
  try {
    localStorage.removeItem(key);
    sessionStorage.removeItem(key);
  } catch {
    /* nothing is stored where storage is refused */
  }
}

function parsed(text: string | null): Credentials {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Credentials) : {};
  } catch {
    return {};
  }
}

/** Who signs in, each with credentials of their own. */
export type PageName = "applicant" | "officer" | "holder";

export class CredentialStore {
  readonly #key: string;

  constructor(page: PageName) {
    this.#key = `viva.${page}.credentials`;
  }

  /** Of this tab alone. */
  loadTab(): Credentials {
    return parsed(read("tab", this.#key));
  }

  load(): Credentials {
    return parsed(read("tab", this.#key) ?? read("local", this.#key));
  }

  save(credentials: Credentials): void {
    const text = JSON.stringify(credentials);
    write("tab", this.#key, text);
    write("local", this.#key, text);
  }

  clear(): void {
    remove(this.#key);
  }
}

/** A choice that is remembered on this device. */
export const preference = {
  get: (name: string): string | null => read("local", `viva.${name}`),
  set: (name: string, value: string): void => write("local", `viva.${name}`, value),
};

/** A mark that lasts as long as the tab. */
export const tabMark = {
  get: (name: string): string | null => read("tab", `viva.${name}`),
  set: (name: string, value: string): void => write("tab", `viva.${name}`, value),
};

/** The ticket in a link's fragment, `#t=…`. The fragment never reaches a server's log. */
export function ticketOf(hash: string): string | undefined {
  const ticket = new URLSearchParams(hash.replace(/^#/, "")).get("t");
  return ticket !== null && /^[\w-]{16,256}$/.test(ticket) ? ticket : undefined;
}

/** Takes the ticket from the address bar, so that it stays out of the history and of screenshots. */
export function takeTicket(): string | undefined {
  const ticket = ticketOf(location.hash);
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
  return ticket;
}

/** The secret that a ticket is tied to: 256 random bits, made once and kept. */
export function deviceSecret(): string {
  const kept = read("local", "viva.device");
  if (kept !== null && kept.length >= 43) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const secret = btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  write("local", "viva.device", secret);
  return secret;
}
