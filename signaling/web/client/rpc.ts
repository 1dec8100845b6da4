/** JSON-RPC 2.0 over one WebSocket that comes back by itself.
 *
 * Every new socket is first handed to `attach` (hello, sign the connection in); calls made meanwhile wait for it. A call
 * that was under way when the socket went down fails with `offline`: only its caller knows whether to repeat it. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { ErrorData, Method, Notification, Notifications, Params, Result } from "./api";
import { backoffMs } from "./backoff";
import { Problem, problemOfReply } from "./problem";

export type RpcStatus = "connecting" | "open" | "lost" | "closed";
export type Caller = <M extends Method>(method: M, params: Params<M>) => Promise<Result<M>>;

interface Pending {
  resolve(result: unknown): void;
  reject(problem: Problem): void;
}

interface Message {
  id?: number | null;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string; data?: ErrorData };
}

const CALL_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 8_000;
/* A dead network closes no socket: ask regularly, and hang up when nothing comes back. */
const HEARTBEAT_MS = 10_000;
const HEARTBEAT_TIMEOUT_MS = 5_000;

type Handler = (params: never) => void;

export class Rpc {
  readonly #status = signal<RpcStatus>("connecting");
  readonly #handlers = new Map<Notification, Set<Handler>>();
  readonly #pending = new Map<number, Pending>();
  #waiting: { go(): void; fail(problem: Problem): void }[] = [];
  #socket: WebSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #attempt = 0;
  #nextId = 1;

  constructor(
    private readonly url: string,
    private readonly attach: (call: Caller) => Promise<void>,
  ) {
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#hurry();
    });
  }

  get status(): ReadonlySignal<RpcStatus> {
    return this.#status;
  }

  open(): void {
    clearTimeout(this.#retry);
    if (this.#socket) return;
    if (this.#status.peek() !== "lost") this.#status.value = "connecting";
    const socket = new WebSocket(this.url, "viva.v1");
    this.#socket = socket;
    const giveUp = setTimeout(() => this.#drop(socket), CONNECT_TIMEOUT_MS);
    socket.onopen = () => {
      clearTimeout(giveUp);
      void this.#begin(socket);
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (typeof event.data === "string") this.#receive(event.data);
    };
    socket.onclose = () => {
      clearTimeout(giveUp);
      this.#drop(socket);
    };
  }

  /** Hangs up and stays so until open(). */
  close(): void {
    clearTimeout(this.#retry);
    this.#status.value = "closed";
    const socket = this.#socket;
    if (socket) this.#drop(socket);
    this.#failWaiting(new Problem("offline", "connection closed by the page"));
  }

  /** Signs the connection in anew with what `attach` finds now. */
  reopen(): void {
    this.close();
    this.#attempt = 0;
    this.#status.value = "connecting";
    this.open();
  }

  async call<M extends Method>(method: M, params: Params<M>, timeoutMs = CALL_TIMEOUT_MS): Promise<Result<M>> {
    await this.#untilOpen(timeoutMs);
    return this.#send(method, params, timeoutMs);
  }

  on<N extends Notification>(name: N, handler: (params: Notifications[N]) => void): () => void {
    const set = this.#handlers.get(name) ?? new Set<Handler>();
    this.#handlers.set(name, set);
    set.add(handler);
    return () => set.delete(handler);
  }

  async #begin(socket: WebSocket): Promise<void> {
    try {
      await this.attach((method, params) => this.#send(method, params, CALL_TIMEOUT_MS));
    } catch {
      this.#drop(socket);
      return;
    }
    if (this.#socket !== socket) return;
    this.#attempt = 0;
    this.#status.value = "open";
    for (const waiting of this.#waiting.splice(0)) waiting.go();
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => this.#beat(socket), HEARTBEAT_MS);
  }

  #beat(socket: WebSocket): void {
    this.#send("server.hello", {}, HEARTBEAT_TIMEOUT_MS).catch((problem: unknown) => {
      if (problem instanceof Problem && problem.code === "timeout") this.#drop(socket);
    });
  }

  #send<M extends Method>(method: M, params: Params<M>, timeoutMs: number): Promise<Result<M>> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      if (!socket || socket.readyState !== WebSocket.OPEN) {
        reject(new Problem("offline", `not connected: ${method}`));
        return;
      }
      const id = this.#nextId++;
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Problem("timeout", `no reply to ${method} within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#pending.set(id, {
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result as Result<M>);
        },
        reject: (problem) => {
          clearTimeout(timer);
          reject(problem);
        },
      });
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as Message;
    if (message.method !== undefined) {
      for (const handler of this.#handlers.get(message.method as Notification) ?? []) handler(message.params as never);
      return;
    }
    const pending = typeof message.id === "number" ? this.#pending.get(message.id) : undefined;
    if (!pending) return;
    this.#pending.delete(message.id as number);
    if (message.error) pending.reject(problemOfReply(message.error));
    else pending.resolve(message.result);
  }

  /** The socket is of no use any more: fail what it carried and plan the next try. */
  #drop(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    clearInterval(this.#heartbeat);
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    for (const pending of this.#pending.values()) pending.reject(new Problem("offline", "the connection went down"));
    this.#pending.clear();
    if (this.#status.peek() === "closed") return;
    this.#status.value = "lost";
    this.#retry = setTimeout(() => this.open(), backoffMs(this.#attempt++, Math.random()));
  }

  #hurry(): void {
    const status = this.#status.peek();
    if (status === "lost" || status === "connecting") this.open();
    else if (status === "open" && this.#socket) this.#beat(this.#socket);
  }

  #untilOpen(timeoutMs: number): Promise<void> {
    if (this.#status.peek() === "open") return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => waiting.fail(new Problem("offline", "no connection to the server")), timeoutMs);
      const waiting = {
        go: () => {
          clearTimeout(timer);
          resolve();
        },
        fail: (problem: Problem) => {
          clearTimeout(timer);
          this.#waiting = this.#waiting.filter((other) => other !== waiting);
          reject(problem);
        },
      };
      this.#waiting.push(waiting);
    });
  }

  #failWaiting(problem: Problem): void {
    for (const waiting of this.#waiting.slice()) waiting.fail(problem);
  }
}

/** The API's address, beside the page. */
export function apiUrl(at: Location = location): string {
  return `${at.protocol === "https:" ? "wss:" : "ws:"}//${at.host}/v1/ws`;
}
