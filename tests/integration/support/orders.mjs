// Account holders and their orders, as their pages make them, without a browser.
import { signInHolder as signIn } from "./holder.mjs";

// Details that any mission of the demo takes, of an applicant of their own.
let applicants = 0;
export const details = (more = {}) => ({
    relation: "self",
    issue: "renewal",
    condition: "expired",
    applicant_name: `张静${++applicants}`,
    applicant_name_latin: "Zhang Jing",
    birth_date: "1990-01-02",
    sex: "F",
    document_number: "EA1234567",
    expiry_date: "2020-05-01",
    region: "US-NY",
    address: "12 Example Street, New York",
    phone: "+1 212 555 0100",
    ...more,
});

// First issue: no passport at hand, and so no face check.
export const firstIssue = (more = {}) => {
    const { document_number, expiry_date, ...rest } = details({ issue: "first", condition: "never_held" });
    return { ...rest, ...more };
};

export const signature = "0,0 10,20 30,40 50,60 70,80 90,100 120,140 200,200 300,300 400,350;500,100 1000,400";

// A connection of an account holder's, verified unless it is said.
export const signInHolder = (t, server, { contact, verified = true } = {}) => signIn(t, server, { contact, verified });

export class Order {
    // A draft, filled in and signed.
    static async draft(t, server, { holder, mission_id = "new-york", kind = "passport", fields = details() } = {}) {
        const order = new Order();
        order.server = server;
        order.holder = holder ?? (await signInHolder(t, server));
        order.view = await order.holder.call("order.create", { mission_id, kind });
        await order.call("order.update", fields);
        await order.call("order.declare", { name: "Zhang Wei", signature });
        return order;
    }

    get id() {
        return this.view.id;
    }

    // With the order's id and the version last seen; by somebody else than the holder when `rpc` is given.
    async call(method, params = {}, rpc = this.holder) {
        return (this.view = await rpc.call(method, { order_id: this.id, version: this.view.version, ...params }));
    }

    async refresh(rpc = this.holder) {
        return (this.view = await rpc.call("order.get", { order_id: this.id }));
    }

    // Resolves with {status, body, headers}; `body` parsed where it is JSON.
    async request(method, where, { body, token = this.holder.token, headers = {} } = {}) {
        const response = await fetch(`${this.server.url}/v1/orders/${this.id}/materials/${where}`, {
            method,
            body,
            headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
        });
        const json = response.headers.get("content-type") === "application/json" && method !== "HEAD";
        return { status: response.status, headers: response.headers, body: json ? await response.json() : Buffer.from(await response.arrayBuffer()) };
    }

    put(slot, body, options) {
        return this.request("PUT", slot, { body, headers: { "content-type": "image/jpeg" }, ...options });
    }

    // Bytes `from` to `to` of a picture.
    putPart(slot, picture, from, to, { total = picture.length, ...options } = {}) {
        return this.put(slot, picture.subarray(from, to), { headers: { "content-range": `bytes ${from}-${to - 1}/${total}` }, ...options });
    }

    // Whatever it still needs.
    async putMissing(picture) {
        await this.refresh();
        for (const slot of this.view.materials.filter(({ needed, uploaded_at }) => needed && !uploaded_at).map(({ slot }) => slot)) {
            const { status, body } = await this.put(slot, picture);
            if (status !== 200) throw new Error(`${slot}: ${status} ${JSON.stringify(body)}`);
        }
        return this.refresh();
    }
}
