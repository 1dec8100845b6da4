/** The account holder's pages as a whole: who is signed in, their orders and messages as they change, which page is
 * shown, and the face check or interview that was entered from an order. */
import { batch, effect, signal } from "@preact/signals";
import type { Account, CodeSent, EnterWhat, IdKind, Message } from "../../client/api_account";
import type { Method, Params } from "../../client/api";
import type { Order } from "../../client/api_order";
import { comeBack } from "../../client/come_back";
import { CredentialStore, tabMark } from "../../client/credentials";
import { language } from "../../client/i18n";
import { toProblem, type Problem, type ProblemCode } from "../../client/problem";
import { apiUrl, Rpc, type Caller } from "../../client/rpc";
import { ApplicantSession } from "../session";
import { allRead, keepNew, newestSeq, sorted, withMessages, withOrder } from "./lists";
import { insidePath, routeOf, type Route } from "./route";

const SESSION_GONE: ReadonlySet<ProblemCode> = new Set(["session_expired", "not_signed_in"]);
export const MESSAGES_AT_ONCE = 30;

export class Home {
  readonly rpc: Rpc;
  /** Not known yet whether somebody is signed in. */
  readonly starting = signal(true);
  /** Accounts and orders are kept here; false: a foreign order service has them. */
  readonly book = signal(true);
  readonly account = signal<Account | null>(null);
  /** Without history and materials; null: not loaded yet. */
  readonly orders = signal<Order[] | null>(null);
  /** The newest first; null: not loaded yet. */
  readonly messages = signal<Message[] | null>(null);
  readonly unread = signal(0);
  /** There are older messages than those loaded. */
  readonly older = signal(false);
  readonly route = signal<Route>(routeOf(location.hash));
  /** Of the last thing that was tried. */
  readonly problem = signal<Problem | null>(null);
  readonly replaced = signal(false);
  readonly drainingUntil = signal<string | null>(null);
  /** The face check or interview that was entered from an order. */
  readonly inside = signal<ApplicantSession | null>(null);
  readonly #store = new CredentialStore("holder");
  #entering = false;

  constructor() {
    this.rpc = new Rpc(apiUrl(), (call) => this.#attach(call));
    this.rpc.on("order.changed", ({ order }) => (this.orders.value = withOrder(this.orders.peek() ?? [], order)));
    this.rpc.on("message.added", ({ message, unread }) => {
      batch(() => {
        if (this.messages.peek()) this.messages.value = withMessages(this.messages.peek() ?? [], [message]);
        this.unread.value = unread;
      });
    });
    this.rpc.on("server.draining", ({ until }) => (this.drainingUntil.value = until));
    this.rpc.on("session.replaced", () => {
      this.rpc.close();
      this.replaced.value = true;
    });
    addEventListener("hashchange", () => this.#follow());
    // Messages come in the account's language: it is the page's.
    effect(() => {
      const account = this.account.value;
      if (account && account.language !== language.value) void this.set({ language: language.value });
    });
  }

  start(): void {
    this.rpc.open();
  }

  takeOver(): void {
    this.replaced.value = false;
    this.rpc.reopen();
  }

  go(path: string): void {
    location.hash = path;
  }

  /** For the order pages: as Rpc.call, but a session that has ended leads to the sign-in. */
  async call(method: string, params: object): Promise<unknown> {
    try {
      return await this.rpc.call(method as Method, params as Params<Method>);
    } catch (error) {
      const problem = toProblem(error);
      if (SESSION_GONE.has(problem.code)) this.#signedOut(problem);
      throw problem;
    }
  }

  /** The code that is sent; null: it was not. */
  request(contact: string): Promise<CodeSent | null> {
    return this.#try(() => this.rpc.call("account.request_code", { contact, language: language.peek() }));
  }

  async confirm(contact: string, code: string): Promise<boolean> {
    const session = await this.#try(() => this.rpc.call("account.confirm", { contact, code }));
    if (!session) return false;
    this.#store.save({ token: session.token });
    this.#signedIn(session.account);
    return true;
  }

  async verify(name: string, idKind: IdKind, idNumber: string): Promise<boolean> {
    const params = { name, id_kind: idKind, id_number: idNumber };
    return this.#adopt(await this.#try(() => this.rpc.call("account.verify", params)));
  }

  async set(changes: Params<"account.set">): Promise<boolean> {
    const worked = this.#adopt(await this.#try(() => this.rpc.call("account.set", changes)));
    if (worked && changes.language !== undefined) await this.#loadMessages();
    return worked;
  }

  async signOut(): Promise<void> {
    await this.rpc.call("session.end", {}).catch(() => undefined);
    this.#store.clear();
    this.#signedOut(null);
    this.go("#/");
    this.rpc.reopen();
  }

  async loadOlder(): Promise<void> {
    const before = this.messages.peek()?.slice(-1)[0]?.seq;
    if (before !== undefined) await this.#loadMessages(before);
  }

  /** What was seen is read at the server; here it still looks new until the list is left. */
  async seen(): Promise<void> {
    const seq = newestSeq(this.messages.peek() ?? []);
    if (seq === 0 || this.unread.peek() === 0) return;
    const reply = await this.rpc.call("message.read", { seq }).catch(() => null); // tried again with the next message
    if (reply) this.unread.value = reply.unread;
  }

  leftMessages(): void {
    const messages = this.messages.peek();
    if (messages && this.unread.peek() === 0) this.messages.value = allRead(messages, newestSeq(messages));
  }

  /** Opens the order's face check or interview in this page; throws the Problem when that cannot be. */
  async enter(orderId: string, what: EnterWhat): Promise<void> {
    const { ticket } = (await this.call("order.enter", { order_id: orderId, what })) as { ticket: string };
    this.#open(new ApplicantSession(ticket));
    tabMark.set("inside", `${orderId}/${what}`);
    this.go(insidePath(orderId, what));
  }

  /** Follows the address. */
  #follow(): void {
    if (location.hash.startsWith("#t=")) {
      location.reload();
      return;
    }
    batch(() => {
      this.route.value = routeOf(location.hash);
      this.problem.value = null;
    });
    void this.#followInside();
  }

  /** A reload comes back into what this tab had entered; another tab enters it anew. */
  async #followInside(): Promise<void> {
    const route = this.route.peek();
    if (route.view !== "inside") {
      this.#open(null);
      tabMark.set("inside", "");
      return;
    }
    if (this.inside.peek() || this.#entering || !this.account.peek()) return;
    if (tabMark.get("inside") === `${route.id}/${route.what}`) {
      this.#open(new ApplicantSession(undefined));
      return;
    }
    this.#entering = true;
    await this.#try(() => this.enter(route.id, route.what));
    this.#entering = false;
  }

  #open(session: ApplicantSession | null): void {
    this.inside.peek()?.dispose();
    this.inside.value = session;
    session?.start();
  }

  async #attach(call: Caller): Promise<void> {
    const { hello, session, problem } = await comeBack(call, this.#store);
    this.book.value = hello.book;
    if (!hello.draining) this.drainingUntil.value = null;
    if (session?.account && hello.book) this.#signedIn(session.account);
    else this.#signedOut(problem);
  }

  #signedIn(account: Account): void {
    batch(() => {
      this.account.value = account;
      this.starting.value = false;
      this.problem.value = null;
    });
    void this.#loadOrders();
    void this.#loadMessages();
    void this.#followInside();
  }

  #signedOut(problem: Problem | null): void {
    this.#open(null);
    batch(() => {
      this.account.value = null;
      this.orders.value = null;
      this.messages.value = null;
      this.unread.value = 0;
      this.starting.value = false;
      this.problem.value = problem;
    });
  }

  #adopt(account: Account | null): boolean {
    if (account) this.account.value = account;
    return account !== null;
  }

  async #loadOrders(): Promise<void> {
    const reply = await this.#try(() => this.rpc.call("order.list", {}));
    if (reply) this.orders.value = sorted(reply.orders);
  }

  /** The newest ones, which replace what was known, or those before a message. */
  async #loadMessages(before?: number): Promise<void> {
    const params = { limit: MESSAGES_AT_ONCE, ...(before === undefined ? {} : { before }) };
    const reply = await this.#try(() => this.rpc.call("message.list", params));
    if (!reply) return;
    const known = this.messages.peek() ?? [];
    const looking = this.route.peek().view === "messages";
    batch(() => {
      this.messages.value =
        before === undefined ? (looking ? keepNew(known, reply.messages) : reply.messages) : withMessages(known, reply.messages);
      this.unread.value = reply.unread;
      this.older.value = reply.messages.length === MESSAGES_AT_ONCE;
    });
  }

  /** Null, and the problem told, when it did not work. */
  async #try<R>(action: () => Promise<R>): Promise<R | null> {
    this.problem.value = null;
    try {
      return await action();
    } catch (error) {
      const problem = toProblem(error);
      if (SESSION_GONE.has(problem.code)) this.#signedOut(problem);
      else this.problem.value = problem;
      return null;
    }
  }
}
