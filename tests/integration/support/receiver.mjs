// Receives webhooks, as a process of its own: keeps what is signed rightly as a line of a file, and refuses the rest.
// Arguments: port, secret in hex, file.
import { createHmac, timingSafeEqual } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";

const [port, secret, file] = process.argv.slice(2);

function signed({ "viva-timestamp": timestamp, "viva-signature": signature }, body) {
    const expected = `v1=${createHmac("sha256", Buffer.from(secret, "hex")).update(`${timestamp}.${body}`).digest("hex")}`;
    const fresh = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
    return fresh && signature?.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
}

createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
        const body = Buffer.concat(parts).toString();
        const good = signed(request.headers, body);
        if (good) appendFileSync(file, `\n${body}`);
        response.writeHead(good ? 204 : 401).end();
    });
}).listen(Number(port), "127.0.0.1");
