// JSON-RPC 2.0 over the server's WebSocket, for tests that need a party without a page.
import { once } from "node:events";
import WebSocket from "ws";
import { until } from "./wait.mjs";

export class Rpc {
    // `from`: the local address to connect from. `heard`, when it is set, is called with each notification.
    static async connect(url, { from } = {}) {
        const rpc = new Rpc();
        rpc.notifications = [];
        rpc.waiting = new Map();
        rpc.socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/ws`, "viva.v1", { origin: url, localAddress: from });
        rpc.socket.on("message", (text) => rpc.#receive(JSON.parse(text)));
        await once(rpc.socket, "open");
        return rpc;
    }

    #receive(message) {
        if (message.id === undefined) {
            this.notifications.push(message);
            this.heard?.(message);
            return;
        }
        const { resolve, reject, asked } = this.waiting.get(message.id);
        this.waiting.delete(message.id);
        if (message.error) reject(Object.assign(asked, message.error));
        else resolve(message.result);
    }

    // Resolves with the result; rejects with an Error that has the reply's `code` and `data`.
    call(method, params = {}) {
        const id = ++Rpc.#lastId;
        const asked = new Error(method); // its stack says who asked
        const reply = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject, asked }));
        this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
        return reply;
    }
    static #lastId = 0;

    // The first notification of `method`, earlier or later, that `matches`.
    notified(method, matches = () => true) {
        return until(method, () => this.notifications.find((each) => each.method === method && matches(each.params)));
    }

    close() {
        this.socket.close();
    }
}
