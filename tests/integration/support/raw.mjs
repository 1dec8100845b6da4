// Sockets without manners: what a client sends that no client library would.
import { once } from "node:events";
import net from "node:net";
import WebSocket from "ws";

// A WebSocket whose texts are whatever one likes.
export class RawSocket {
    static async open(t, url, { path = "/v1/ws", protocol = "viva.v1", ...options } = {}) {
        const raw = new RawSocket();
        raw.received = [];
        raw.waiting = [];
        raw.socket = new WebSocket(url.replace(/^http/, "ws") + path, protocol, { origin: url, ...options });
        raw.socket.on("error", () => {});
        raw.closed = once(raw.socket, "close").then(([code]) => code);
        raw.socket.on("message", (text) => {
            const message = JSON.parse(text);
            if (raw.waiting.length > 0) raw.waiting.shift()(message);
            else raw.received.push(message);
        });
        t.after(() => raw.socket.terminate());
        await Promise.race([once(raw.socket, "open"), raw.closed.then(() => Promise.reject(new Error("not opened")))]);
        return raw;
    }

    next() {
        if (this.received.length > 0) return Promise.resolve(this.received.shift());
        return new Promise((resolve) => this.waiting.push(resolve));
    }

    ask(text) {
        this.socket.send(text);
        return this.next();
    }
}

// Bytes over TCP; resolves with all that came back when the server closes, or after `quietMs` of silence.
export function exchange(server, bytes, { quietMs = 1500 } = {}) {
    const { hostname, port } = new URL(server.url);
    return new Promise((resolve) => {
        let reply = "";
        const socket = net.connect(Number(port), hostname, () => socket.write(bytes));
        const done = () => {
            socket.destroy();
            resolve(reply);
        };
        socket.setTimeout(quietMs, done);
        socket.on("data", (data) => (reply += data));
        socket.on("close", done).on("error", done);
    });
}

export const statusOf = (reply) => Number(/^HTTP\/1\.[01] (\d{3})/.exec(reply)?.[1]);
