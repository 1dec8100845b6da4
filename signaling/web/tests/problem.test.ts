import { describe, expect, test } from "vitest";
import header from "../../rpc.h?raw";
import { ERROR_CODES } from "../client/api";
import { en } from "../client/messages/en";
import { zhHans } from "../client/messages/zh-hans";
import { zhHant } from "../client/messages/zh-hant";
import { isProblemCode, PROBLEM_CODES, problemOfReply, toProblem } from "../client/problem";

/** `enum rpc_error` as the API spells it: RPC_ERROR_TICKET_USED → ticket_used. */
function serverCodes(): string[] {
  const special: Record<string, string> = { parse: "parse_error", internal: "internal_error" };
  const body = /enum rpc_error \{([^}]*)\}/.exec(header)?.[1] ?? "";
  return [...body.matchAll(/RPC_ERROR_(\w+)/g)].map(([, name]) => {
    const lower = (name ?? "").toLowerCase();
    return special[lower] ?? lower;
  });
}

describe("problems", () => {
  test("every code of the server is known to the pages, and no other", () => {
    expect(serverCodes().length).toBeGreaterThan(20);
    expect([...ERROR_CODES].sort()).toEqual(serverCodes().sort());
  });

  test.each([
    ["en", en],
    ["zh-Hans", zhHans],
    ["zh-Hant", zhHant],
  ])("every problem says what happened and what to do next, in %s", (_, messages) => {
    for (const code of PROBLEM_CODES) {
      expect(messages.problems[code].what, code).toMatch(/\S/);
      expect(messages.problems[code].next, code).toMatch(/\S/);
    }
  });

  test.each([
    [{ code: -32000, message: "", data: { code: "ticket_used" } }, "ticket_used"],
    [{ code: -32602, message: "" }, "invalid_params"],
    [{ code: -32602, message: "", data: { code: "invalid_params" } }, "invalid_params"],
    [{ code: -32000, message: "", data: { code: "of_a_newer_server" } }, "unexpected"],
    [{ code: -32000, message: "", data: { code: "__proto__" } }, "unexpected"],
    [{ code: 12345, message: "" }, "unexpected"],
  ] as const)("reply %o is %s", (reply, code) => {
    expect(problemOfReply(reply).code).toBe(code);
  });

  test("data of the reply is kept", () => {
    const problem = problemOfReply({ code: -32000, message: "", data: { code: "not_open", opens_at: "2026-11-21T09:20:00.000Z" } });
    expect(problem.data.opens_at).toBe("2026-11-21T09:20:00.000Z");
  });

  test("whatever is thrown becomes a problem", () => {
    expect(toProblem(new TypeError("x")).code).toBe("unexpected");
    expect(toProblem("x").code).toBe("unexpected");
    expect(isProblemCode(undefined)).toBe(false);
  });
});
