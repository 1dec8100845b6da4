// The README tells the truth where it can be held to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { files, read } from "./tree.mjs";

// A row for each setting of deploy/viva.conf, which a unit test holds to the code's own table.
function configurationTable() {
    const rows = ["| setting | default | meaning |", "|---|---|---|"];
    let group = "";
    let comment = [];
    for (const line of read("deploy/viva.conf").split("\n")) {
        const setting = line.match(/^(\w+) =(?: (.*))?$/);
        if (line.startsWith("[")) group = line.slice(1, -1);
        else if (line.startsWith("# ")) comment.push(line.slice(2));
        else if (setting) rows.push(`| \`${group}.${setting[1]}\` | ${setting[2] ? `\`${setting[2]}\`` : ""} | ${comment.join(" ")} |`);
        if (!line.startsWith("#")) comment = [];
    }
    return rows.join("\n");
}

test("the README's configuration table is deploy/viva.conf", () => {
    const [, table] = read("README.md").match(/((?:\| .*\n)\|---\|---\|---\|\n(?:\| `\w+\.\w+`.*\n)+)/) ?? [];
    assert.equal(table?.trim(), configurationTable(), "the table that belongs there is the one expected");
});

test("what the README links to is there", () => {
    const linked = [...read("README.md").matchAll(/\]\(([^):]+)\)/g)].map(([, target]) => target);
    assert.deepEqual(linked.filter((target) => !files.includes(target)), []);
});

test("the thresholds that the README quotes are those in force", () => {
    const { match, review } = JSON.parse(read("vision/thresholds.json"));
    const [, quoted] = read("README.md").match(/decided `match` \(score from ([\d.]+)\)/) ?? [];
    const [, below] = read("README.md").match(/decided `no_match` \(below ([\d.]+)\)/) ?? [];
    assert.deepEqual([Number(quoted), Number(below)], [match, review]);
});
