// Account holders of the built-in order book, signed in by a code; in a demo without a sender the answer has it.
import { connect } from "./call.mjs";

let people = 0;
// An address that nobody else in this run has.
export const freshContact = () => `holder-${process.pid}-${++people}@example.org`;

// An identity number of its own: a region, a date of birth, a sequence, the check character (GB 11643).
export function identityNumber(sequence = ++people) {
    const digits = `110105${19500101 + (Math.trunc(sequence / 1000) % 28)}${String(sequence % 1000).padStart(3, "0")}`;
    const sum = [...digits].reduce((total, digit, i) => total + Number(digit) * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3][i % 10], 0);
    return digits + "10X98765432"[sum % 11];
}

// A connection with { token, account } of its session.
export async function signInHolder(t, server, { contact = freshContact(), language = "en", verified = false, from } = {}) {
    const rpc = await connect(t, server, { from });
    const { demo_code: code } = await rpc.call("account.request_code", { contact, language });
    Object.assign(rpc, await rpc.call("account.confirm", { contact, code }), { contact });
    if (verified && !rpc.account.verified)
        rpc.account = await rpc.call("account.verify", { name: "张静怡", id_kind: "id_card", id_number: identityNumber() });
    return rpc;
}

// A draft and its end: each tells the holder something. Resolves with the order.
export async function withdrawnOrder(holder, mission_id = "new-york") {
    const order = await holder.call("order.create", { mission_id, kind: "passport" });
    return holder.call("order.withdraw", { order_id: order.id, version: order.version });
}
