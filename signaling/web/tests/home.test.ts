import { describe, expect, test } from "vitest";
import type { Message } from "../client/api_account";
import type { Order } from "../client/api_order";
import { codeDigits, isContact, isIdNumber } from "../applicant/home/forms";
import { allRead, keepNew, needsHolder, sorted, withMessages, withOrder } from "../applicant/home/lists";
import { insidePath, isTicketPage, orderPath, pagePath, PAGES, routeOf } from "../applicant/home/route";

describe("the address", () => {
  test.each(PAGES)("%s comes back from its path", (view) => expect(routeOf(pagePath(view))).toEqual({ view }));
  test("an order, and what was entered from it", () => {
    expect(routeOf(orderPath("o-1"))).toEqual({ view: "order", id: "o-1" });
    expect(routeOf(insidePath("o-1", "guardian"))).toEqual({ view: "inside", id: "o-1", what: "guardian" });
  });
  test.each(["", "#/", "#/orders/", "#/orders/a b", "#/orders/x/other", "#/elsewhere"])("%s is the list", (hash) => {
    expect(routeOf(hash)).toEqual({ view: "orders" });
  });

  const nobody = { tabTicket: false, ticket: false, holder: false };
  test.each([
    ["a link", "#t=abcdefghijklmnop", { ...nobody, holder: true }, true],
    ["a cut link", "#t=abc", nobody, true],
    ["a link's page reloaded", "", { tabTicket: true, ticket: true, holder: true }, true],
    ["a closed link's page", "", { ...nobody, ticket: true }, true],
    ["a holder who had a link once", "", { ...nobody, ticket: true, holder: true }, false],
    ["a stranger", "", nobody, false],
    ["an order in the tab of a link", "#/orders/x", { tabTicket: true, ticket: true, holder: false }, false],
  ])("%s", (_, hash, known, expected) => expect(isTicketPage(hash, known)).toBe(expected));
});

const order = (id: string, state: string, since: string, version = 1): Order =>
  ({ id, state, state_since: since, version, next: "submit" }) as Order;
const ids = (orders: Order[]): string => orders.map(({ id }) => id).join("");

describe("orders", () => {
  const a = order("a", "completed", "2026-11-27T10:00:00Z");
  const b = order("b", "draft", "2026-11-20T10:00:00Z");
  const c = order("c", "in_review", "2026-11-25T10:00:00Z", 4);
  test("what is over comes last", () => expect(ids(sorted([a, b, c]))).toBe("cba"));
  test("what waits for the holder comes first", () => expect(ids(sorted([{ ...c, next: "wait_review" }, b, a]))).toBe("bca"));
  test("a change moves its order", () => expect(ids(withOrder([c, b, a], order("b", "submitted", "2026-11-26T10:00:00Z", 2)))).toBe("bca"));
  test("a new one is added", () => expect(ids(withOrder([c], b))).toBe("cb"));
  test("an older version that comes late changes nothing", () => {
    expect(withOrder([c], order("c", "submitted", "2026-11-24T10:00:00Z", 3))[0]?.state).toBe("in_review");
  });
  test("a step of a newer server needs the holder's eye", () => expect(needsHolder({ next: "pay" })).toBe(true));
  test("waiting does not", () => expect(needsHolder({ next: "wait_review" })).toBe(false));
});

describe("messages", () => {
  const message = (seq: number, read = false): Message => ({ seq, read }) as Message;
  test("each once, the newest first", () => {
    expect(withMessages([message(5), message(3)], [message(3, true), message(6), message(1)])).toEqual([
      message(6),
      message(5),
      message(3, true),
      message(1),
    ]);
  });
  test("what was just seen still looks new in another language", () => {
    expect(keepNew([message(6), message(5, true)], [message(6, true), message(5, true)])).toEqual([message(6), message(5, true)]);
  });
  test("one that came meanwhile stays new", () => {
    expect(allRead([message(6), message(5)], 5).map(({ read }) => read)).toEqual([false, true]);
  });
});

describe("what is typed", () => {
  test.each(["a@example.org", " A.b+c@ex-ample.co.uk ", "13800138000", "+46 70-123 45 67", "+8613800138000"])("%s is a contact", (text) => {
    expect(isContact(text)).toBe(true);
  });
  test.each(["", "a@b", "a b@example.org", "0701234567", "+0123456789", "138001380001", "12345"])("%s is none", (text) => {
    expect(isContact(text)).toBe(false);
  });
  test.each([
    ["123456", "123456"],
    ["12 34-56", "123456"],
    ["１２３４５６", "123456"],
    ["Code: 1234567", "123456"],
  ])("the digits of %s", (typed, digits) => expect(codeDigits(typed)).toBe(digits));

  test.each(["11010519491231002X", "11010519491231002x", "440524188001010014", "1101 0519 4912 3100 2X"])("%s is an ID number", (number) => {
    expect(isIdNumber("id_card", number)).toBe(true);
  });
  test.each([
    ["another check character", "110105194912310021"],
    ["two digits exchanged", "11010519491213002X"],
    ["a day that is none", "110105194902310028"],
    ["too short", "11010519491231002"],
    ["a region that begins with 0", "010105194912310023"],
  ])("%s is not", (_, number) => expect(isIdNumber("id_card", number)).toBe(false));
  test.each(["E12345678", "ej1234567", "G12345678", "P01234567"])("%s is a passport number", (number) => {
    expect(isIdNumber("passport", number)).toBe(true);
  });
  test.each(["X12345678", "E1234567", "E123456789", "E1234S678"])("%s is not", (number) => {
    expect(isIdNumber("passport", number)).toBe(false);
  });
});
