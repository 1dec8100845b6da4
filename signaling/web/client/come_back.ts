/** How whoever signed in before is signed in again on a new connection: after a reload, a lost line, a restart. */
import type { Hello, Result } from "./api";
import { syncClock } from "./clock";
import type { CredentialStore } from "./credentials";
import { toProblem, type Problem } from "./problem";
import type { Caller } from "./rpc";

export interface ComeBack {
  hello: Hello;
  /** Null: nobody is signed in. */
  session: Result<"session.resume"> | null;
  /** Why not, where that is to be told. */
  problem: Problem | null;
}

/** Throws when the line is lost meanwhile: then it is tried again, and what is kept stays. */
export async function comeBack(call: Caller, store: CredentialStore): Promise<ComeBack> {
  const hello = await call("server.hello", {});
  syncClock(hello.now);
  const { token } = store.load();
  if (token === undefined) return { hello, session: null, problem: null };
  try {
    return { hello, session: await call("session.resume", { token }), problem: null };
  } catch (error) {
    const problem = toProblem(error);
    if (problem.code === "offline" || problem.code === "timeout") throw problem;
    store.clear();
    return { hello, session: null, problem: problem.code === "not_signed_in" ? null : problem };
  }
}
