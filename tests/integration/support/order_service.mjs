// A sample order service, as a process of its own: keeps every event that it hears of as a line of a file, acknowledges
// it after that, and comes back to where it was after either side died. Arguments: server's URL, token, file.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { Rpc } from "../../e2e/support/rpc.mjs";

const [url, token, file] = process.argv.slice(2);

// A kill in the middle of a write leaves half a line: as if it had not arrived.
export function kept(path) {
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
    return lines.flatMap((line) => {
        try {
            return [JSON.parse(line)];
        } catch {
            return [];
        }
    });
}

async function serve() {
    const rpc = await Rpc.connect(url);
    const closed = once(rpc.socket, "close");
    rpc.socket.on("message", (text) => {
        const { method, params } = JSON.parse(text);
        if (method !== "events.event") return;
        appendFileSync(file, `\n${JSON.stringify(params.event)}`);
        rpc.call("events.acknowledge", { seq: params.event.seq }).catch(() => {});
    });
    const listen = async () => {
        await rpc.call("service.sign_in", { token });
        // Where the file ends, less a little: it hears some twice, and must know them again.
        const cursor = Math.max(0, (kept(file).at(-1)?.seq ?? 0) - 2);
        await rpc.call("events.subscribe", { after: cursor, window: 3 });
    };
    await Promise.race([closed, listen().then(() => closed)]);
}

if (url)
    for (;;) {
        await serve().catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
