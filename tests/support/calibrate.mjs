// Thresholds of face comparison from pairs of pictures: measured by the real program, counted, with intervals.
//
// The rule: few pairs never make a decision easier. The thresholds start at 0.42 (match) and 0.28 (review): the same
// network, asked without the mirrored face, gave 1,743 different pairs at most 0.400 and 148 same pairs at least 0.436.
//   match  = the larger of 0.42 and the highest score of a different pair + 0.02
//   review = the smaller of 0.28 and the lowest score of a same pair − 0.02, but at least 0.20
// Match falls below 0.42, and never below 0.36, only to where the upper limit of the false match rate is still 0.01 %:
// no set of fewer than 36,888 different pairs can show that. The interval takes pairs for independent, which pairs that
// share pictures are not: of few people not even many pairs say much.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const START = { match: 0.42, review: 0.28 };
const MARGIN = 0.02;
const MATCH_FLOOR = 0.36;
const REVIEW_FLOOR = 0.2;
const FALSE_MATCH_MAX = 0.0001;
const CONFIDENCE = 0.95;

// ---- statistics ----

/** Lanczos' approximation, for x ≥ 1. */
function logGamma(x) {
    const c = [76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.001208650973866179, -0.000005395239384953];
    const sum = c.reduce((total, value, i) => total + value / (x + i + 1), 1.000000000190015);
    return (x + 0.5) * Math.log(x + 5.5) - (x + 5.5) + Math.log((2.5066282746310005 * sum) / x);
}

/** The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz' method. */
function fraction(x, a, b) {
    const nonzero = (value) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
    let c = 1;
    let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
    let product = d;
    for (let m = 1; m <= 500; m++) {
        const terms = [
            (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
            (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
        ];
        let factor = 1;
        for (const term of terms) {
            d = 1 / nonzero(1 + term * d);
            c = nonzero(1 + term / c);
            factor = c * d;
            product *= factor;
        }
        if (Math.abs(factor - 1) < 1e-12) break;
    }
    return product;
}

/** I_x(a, b). */
function incompleteBeta(x, a, b) {
    if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
    const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
    return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

/** P(X ≤ k) of n tries with probability p. */
const binomialCdf = (k, n, p) => (k >= n ? 1 : incompleteBeta(1 - p, n - k, k + 1));

/** The p at which the falling function `f` crosses `target`. */
function bisect(f, target) {
    let low = 0;
    let high = 1;
    for (let i = 0; i < 60; i++) {
        const middle = (low + high) / 2;
        if (f(middle) > target) low = middle;
        else high = middle;
    }
    return (low + high) / 2;
}

/** Clopper and Pearson's exact interval of `errors` out of `n`. */
export function interval(errors, n) {
    if (n === 0) return { value: 0, low: 0, high: 1 };
    const tail = (1 - CONFIDENCE) / 2;
    return {
        value: errors / n,
        low: errors === 0 ? 0 : bisect((p) => binomialCdf(errors - 1, n, p), 1 - tail),
        high: errors === n ? 1 : bisect((p) => binomialCdf(errors, n, p), tail),
    };
}

export function rates(scores, threshold) {
    const falseMatches = scores.different.filter((score) => score >= threshold).length;
    const falseNonMatches = scores.same.filter((score) => score < threshold).length;
    return {
        falseMatch: interval(falseMatches, scores.different.length),
        falseNonMatch: interval(falseNonMatches, scores.same.length),
    };
}

export function thresholdsOf(scores) {
    const highest = scores.different.reduce((a, b) => Math.max(a, b), -1);
    const lowest = scores.same.reduce((a, b) => Math.min(a, b), 1);
    let match = Math.max(START.match, highest + MARGIN);
    for (let lower = MATCH_FLOOR; lower < START.match; lower += 0.005) {
        if (rates(scores, lower).falseMatch.high <= FALSE_MATCH_MAX) {
            match = lower;
            break;
        }
    }
    const review = Math.max(REVIEW_FLOOR, Math.min(START.review, lowest - MARGIN));
    return { match: round(match), review: round(review) };
}

const round = (value) => Math.round(value * 10000) / 10000;
const rounded = (rate) => Object.fromEntries(Object.entries(rate).map(([key, value]) => [key, round(value)]));

// ---- measuring ----

function columnsOf(csv) {
    const [head, ...rows] = readFileSync(csv, "utf8").replace(/^\uFEFF/, "").trim().split(/\r?\n/);
    const names = head.split(",").map((name) => name.trim());
    for (const name of ["a", "b", "same"]) {
        if (!names.includes(name)) throw new Error(`${csv}: there is no column "${name}"; it needs a, b and same`);
    }
    return rows.map((row, number) => {
        const pair = Object.fromEntries(row.split(",").map((value, i) => [names[i], value.trim()]));
        if (pair.same !== "0" && pair.same !== "1") throw new Error(`${csv}: line ${number + 2}: same must be 0 or 1`);
        return pair;
    });
}

function measure(folder, program) {
    const csv = path.join(folder, "pairs.csv");
    const rows = columnsOf(csv);
    const ran = spawnSync(program, ["face", "compare", "--pairs", csv, "--models", path.join(root, "vision")], {
        encoding: "utf8",
        maxBuffer: 1 << 30,
        stdio: ["ignore", "pipe", "inherit"],
    });
    if (ran.status !== 0) throw new Error(`${program} face compare --pairs ended with ${ran.status ?? ran.error}`);
    const answers = ran.stdout.trim().split("\n").map((line) => JSON.parse(line));
    if (answers.length !== rows.length) throw new Error(`${answers.length} answers to ${rows.length} pairs`);
    const scores = { same: [], different: [], unusable: 0 };
    const pictures = new Set();
    rows.forEach((row, i) => {
        pictures.add(row.a).add(row.b);
        if (answers[i].error) scores.unusable += 1;
        else (row.same === "1" ? scores.same : scores.different).push(answers[i].score);
    });
    return { scores, pictures: pictures.size };
}

// ---- telling ----

const percent = (rate) =>
    `${(rate.value * 100).toFixed(2)} % (${(rate.low * 100).toFixed(2)} to ${(rate.high * 100).toFixed(2)})`;

function print(measured, thresholds) {
    const { same, different, unusable } = measured.scores;
    console.log(`${same.length} same and ${different.length} different pairs of ${measured.pictures} pictures`);
    console.log(`${unusable} pairs could not be compared`);
    console.log("\nthreshold  false match                  false non-match        (95 % intervals, Clopper-Pearson)");
    for (let step = 0; step <= 30; step++) {
        const threshold = step / 50;
        const { falseMatch, falseNonMatch } = rates(measured.scores, threshold);
        console.log(`${threshold.toFixed(2).padEnd(9)}  ${percent(falseMatch).padEnd(27)}  ${percent(falseNonMatch)}`);
    }
    console.log(`\nmatch from ${thresholds.match}, review from ${thresholds.review}`);
}

function document(measured, thresholds, source) {
    const manifest = JSON.parse(readFileSync(path.join(root, "vision/models.json"), "utf8"));
    const network = manifest.networks.find(({ name }) => name === "face_feature");
    const atMatch = rates(measured.scores, thresholds.match);
    const atReview = rates(measured.scores, thresholds.review);
    return {
        network: { name: network.name, sha256: network.sha256 },
        ...thresholds,
        confidence: CONFIDENCE,
        pairs: {
            same: measured.scores.same.length,
            different: measured.scores.different.length,
            unusable: measured.scores.unusable,
        },
        pictures: measured.pictures,
        false_match_rate: rounded(atMatch.falseMatch),
        false_non_match_rate: rounded(atMatch.falseNonMatch),
        review_false_match_rate: rounded(atReview.falseMatch),
        review_false_non_match_rate: rounded(atReview.falseNonMatch),
        source,
    };
}

function main() {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: {
            help: { type: "boolean" },
            "dry-run": { type: "boolean" },
            source: { type: "string", default: "pairs.csv of an unnamed folder" },
            program: { type: "string", default: path.join(root, "build/release/viva") },
            out: { type: "string", default: path.join(root, "vision/thresholds.json") },
        },
    });
    if (values.help || positionals.length !== 1) {
        console.error("usage: tests/calibrate FOLDER [--dry-run] [--source TEXT] [--program VIVA] [--out FILE]");
        process.exit(values.help ? 0 : 2);
    }
    const measured = measure(positionals[0], values.program);
    const thresholds = thresholdsOf(measured.scores);
    print(measured, thresholds);
    if (!values["dry-run"]) {
        writeFileSync(values.out, `${JSON.stringify(document(measured, thresholds, values.source), null, 2)}\n`);
        console.log(`written to ${path.relative(process.cwd(), values.out)}`);
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
