// A mail server that keeps what it is sent (RFC 5321), for one test.
import { once } from "node:events";
import { createServer } from "node:net";
import { until } from "../../e2e/support/wait.mjs";

// The subject and text of a mail, decoded.
function read(source) {
    const [head, ...rest] = source.split("\r\n\r\n");
    const headers = Object.fromEntries(
        head
            .replace(/\r\n[ \t]+/g, " ")
            .split("\r\n")
            .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
    );
    const words = [...headers.subject.matchAll(/=\?UTF-8\?B\?([^?]*)\?=/g)].map((word) => Buffer.from(word[1], "base64"));
    return { source, headers, subject: Buffer.concat(words).toString(), text: Buffer.from(rest.join(""), "base64").toString() };
}

export class MailServer {
    // `answers`: {VERB: line} instead of what it says itself; may change while it runs.
    static async start(t, { port = 0, password = null, answers = {} } = {}) {
        const server = new MailServer();
        Object.assign(server, { mails: [], password, answers, connections: 0 });
        server.sockets = new Set();
        server.listener = createServer((socket) => server.#serve(socket)).listen(port, "127.0.0.1");
        await once(server.listener, "listening");
        server.port = server.listener.address().port;
        server.url = `smtp://127.0.0.1:${server.port}`;
        t.after(() => server.stop());
        return server;
    }

    #serve(socket) {
        this.connections++;
        this.sockets.add(socket);
        socket.on("close", () => this.sockets.delete(socket)).on("error", () => {});
        const say = (line) => socket.write(`${line}\r\n`);
        let rest = "";
        let mail = null;
        let data = null;
        let asked = false; // for the password
        say("220 test");
        socket.on("data", (bytes) => {
            rest += bytes;
            for (let end; (end = rest.indexOf("\r\n")) >= 0; ) {
                const line = rest.slice(0, end);
                rest = rest.slice(end + 2);
                if (data !== null) {
                    if (line !== ".") {
                        data.push(line.replace(/^\./, ""));
                        continue;
                    }
                    this.mails.push({ ...mail, ...read(data.join("\r\n")) });
                    data = null;
                    say("250 kept");
                    continue;
                }
                const verb = asked ? "AUTH" : line.split(" ")[0].toUpperCase();
                if (line.toUpperCase() === "AUTH PLAIN") {
                    asked = true;
                    say("334 ");
                    continue;
                }
                if (verb === "MAIL") mail = { from: line, to: [] };
                if (verb === "RCPT") mail.to.push(line.match(/<(.*)>/)[1]);
                const good = verb === "AUTH" && Buffer.from(line.split(" ").at(-1), "base64").toString().split("\0")[2] === this.password;
                asked = false;
                const own = { EHLO: `250-test\r\n250 ${this.password ? "AUTH PLAIN" : "8BITMIME"}`, DATA: "354 go on", QUIT: "221 bye", AUTH: good ? "235 in" : "535 no" };
                const answer = this.answers[verb] ?? own[verb] ?? "250 fine";
                say(answer);
                if (verb === "DATA" && answer.startsWith("354")) data = [];
                if (verb === "QUIT") socket.end();
            }
        });
    }

    // The mail number `index`, once it is there.
    arrived(index = 0) {
        return until(`mail ${index}`, () => this.mails[index]);
    }

    async stop() {
        if (!this.listener.listening) return;
        for (const socket of this.sockets) socket.destroy();
        this.listener.close();
        await once(this.listener, "close");
    }
}
