// A client made of openrpc.json and openapi.yaml alone, in another language, goes through whole orders.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serverFor } from "./support/call.mjs";
import { drawnJpeg } from "./support/facecheck.mjs";
import { account } from "./support/service.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

test("a client made of the API's documents walks orders from registration to their ends", async (t) => {
    const server = await serverFor(t);
    const { login, password } = server.people().login;
    const { token } = account(server, "orders", { scopes: ["events"] });
    const picture = path.join(server.folder, "picture.jpg");
    writeFileSync(picture, drawnJpeg(900, 600));
    const words = [here("journey.py"), here("../../signaling/api"), server.url, login, password, token, picture];
    const { stdout } = await promisify(execFile)("/usr/bin/python3", words);
    for (const line of stdout.trim().split("\n")) t.diagnostic(line);
});
