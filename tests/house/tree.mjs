// The source tree as git knows it: tracked and new files, without what .gitignore names.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const listed = execFileSync("git", ["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
});
export const files = listed.split("\0").filter((file) => file && existsSync(path.join(root, file)));

export const read = (file) => readFileSync(path.join(root, file), "utf8");

export const cSources = files.filter((file) => /\.(c|h|cpp|hpp)$/.test(file));
