// Pictures and films of a person for tests of face checks, made at run time: a browser decodes the film that lies beside
// the project, and draws. What it shows is real; what it is asked to say (name, number) is invented.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.mjs";

const film = fileURLToPath(new URL("turning-female.gif", new URL("../../../../shared/data/video/", import.meta.url)));

// Why there is nothing to make films of; undefined where there is.
export const missing = existsSync(film) ? undefined : `${film} is not there`;

// Of the film's 23 frames: where she looks into the camera, and how she turns, there and back.
const FRONT = [19, 20, 8, 9, 18];
const TO_HER_RIGHT = [8, 7, 6, 5, 4, 3, 2, 1, 1, 2, 3, 4, 5, 6, 7, 8]; // the picture's left
const TO_HER_LEFT = [9, 10, 11, 12, 13, 14, 15, 14, 13, 14, 15, 16, 17, 18, 19];

const AHEAD = Array.from({ length: 25 }, (_, i) => FRONT[Math.floor(i / 4) % FRONT.length]);
const AT_REST = AHEAD.slice(0, 12);
const PICTURES_PER_S = 12.5; // each is shown for two or three of the camera's 30 frames

// Invented, and the same for every test.
export const person = {
    name: "Anna Maria Muster",
    surname: "MUSTER",
    given: "ANNA MARIA",
    document_number: "K47T92XE6",
    birth_date: "1988-03-14",
    expiry_date: `${new Date().getUTCFullYear() + 6}-05-20`,
    sex: "F",
};

// ---- the machine readable zone (ICAO 9303-4 §4.2.2) ----

const value = (character) => (character === "<" ? 0 : parseInt(character, 36));
const digit = (text) => String([...text].reduce((sum, character, i) => sum + value(character) * [7, 3, 1][i % 3], 0) % 10);
const short = (date) => date.replaceAll("-", "").slice(2);

export function mrz({ surname, given, document_number, birth_date, expiry_date, sex }) {
    const number = document_number.padEnd(9, "<");
    const [birth, expiry, optional] = [short(birth_date), short(expiry_date), "<".repeat(14)];
    const parts = [number + digit(number), birth + digit(birth), expiry + digit(expiry), `${optional}<`];
    const composite = digit(parts.join(""));
    return [
        `P<UTO${surname}<<${given.replaceAll(" ", "<")}`.padEnd(44, "<"),
        `${parts[0]}UTO${parts[1]}${sex}${parts[2]}${parts[3]}${composite}`,
    ];
}

// ---- in the browser ----

/* global document, createImageBitmap, ImageDecoder, OffscreenCanvas */
async function decode(base64) {
    const data = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const decoder = new ImageDecoder({ data, type: "image/gif" });
    await decoder.tracks.ready;
    window.frames_of_film = [];
    for (let i = 0; i < decoder.tracks.selectedTrack.frameCount; i++) {
        const { image } = await decoder.decode({ frameIndex: i });
        window.frames_of_film.push(await createImageBitmap(image));
        image.close();
    }
    window.to_base64 = async (canvas, quality) => {
        const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality })).arrayBuffer());
        let text = "";
        for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
        return btoa(text);
    };
}

// Pictures of 640×480, 4:3 cut out around her. Light and framing drift, as they do with a hand-held phone: no moment of
// the film comes back as it was.
async function drawFilm({ order, drift }) {
    const [width, height] = [640, 480];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    const jpegs = [];
    for (const [i, frame] of order.entries()) {
        const picture = window.frames_of_film[frame];
        const zoom = (height / picture.height) * (1.25 + (drift ? 0.05 * Math.sin(i / 37) : 0));
        const x = width / 2 - zoom * 232 + (drift ? 9 * Math.sin(i / 23) : 0);
        const y = -0.06 * height + (drift ? 5 * Math.sin(i / 31) : 0);
        context.drawImage(picture, x, y, zoom * picture.width, zoom * picture.height);
        if (drift) {
            context.fillStyle = `rgb(255 255 255 / ${0.1 + 0.1 * Math.sin(i / 60)})`;
            context.fillRect(0, 0, width, height);
        }
        jpegs.push(await window.to_base64(canvas, 0.88));
    }
    return jpegs;
}

async function drawWall({ count }) {
    const canvas = new OffscreenCanvas(640, 480);
    const context = canvas.getContext("2d");
    const jpegs = [];
    for (let i = 0; i < count; i++) {
        for (let y = 0; y < 480; y += 8) {
            for (let x = 0; x < 640; x += 8) {
                const grey = 150 + 24 * Math.random();
                context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
                context.fillRect(x, y, 8, 8);
            }
        }
        jpegs.push(await window.to_base64(canvas, 0.85));
    }
    return jpegs;
}

// Enlarged from a small film, so sharpened first: each pixel moves away from the mean of its four neighbours.
async function drawPortrait({ frame, sharpen }) {
    const [width, height] = [144, 192];
    const small = new OffscreenCanvas(width, height);
    const context = small.getContext("2d");
    context.drawImage(window.frames_of_film[frame], 160, 26, width, height, 0, 0, width, height);
    const from = context.getImageData(0, 0, width, height);
    const to = context.createImageData(width, height);
    const row = 4 * width;
    for (let i = 0; i < from.data.length; i++) {
        const around = [i - 4, i + 4, i - row, i + row].map((at) => from.data[at] ?? from.data[i]);
        const mean = around.reduce((sum, each) => sum + each, 0) / 4;
        to.data[i] = i % 4 === 3 ? 255 : from.data[i] + sharpen * (from.data[i] - mean);
    }
    context.putImageData(to, 0, 0);
    const canvas = new OffscreenCanvas(4 * width, 4 * height);
    canvas.getContext("2d").drawImage(small, 0, 0, 4 * width, 4 * height);
    return window.to_base64(canvas, 0.92);
}

// A data page of 125 × 88 mm at 10 px/mm, or as a camera sees it, held before a wall.
async function drawPage({ frame, lines, person, held, shift }) {
    const page = new OffscreenCanvas(1250, 880);
    const ink = page.getContext("2d");
    ink.fillStyle = "#f2f4ee";
    ink.fillRect(0, 0, 1250, 880);
    ink.drawImage(window.frames_of_film[frame], 168, 34, 126, 162, 60, 110, 350, 450);
    const text = (label, words, x, y) => {
        ink.fillStyle = "#68717a";
        ink.font = "20px sans-serif";
        ink.fillText(label, x, y);
        ink.fillStyle = "#14181c";
        ink.font = "32px sans-serif";
        ink.fillText(words, x, y + 36);
    };
    ink.fillStyle = "#14181c";
    ink.font = "bold 34px sans-serif";
    ink.fillText("UTOPIA   PASSPORT", 60, 70);
    text("Surname", person.surname, 450, 140);
    text("Given names", person.given, 450, 220);
    text("Nationality", "UTOPIAN", 450, 300);
    text("Date of birth", person.birth_date, 450, 380);
    text("Sex", person.sex, 800, 380);
    text("Date of expiry", person.expiry_date, 450, 460);
    text("Passport no.", person.document_number, 800, 140);
    ink.font = 'bold 42px "DejaVu Sans Mono", "Liberation Mono", "Noto Sans Mono CJK SC", monospace';
    ink.fillStyle = "#000";
    lines.forEach((line, row) => {
        [...line].forEach((character, i) => ink.fillText(character, 64 + i * 25.4, 730 + row * 75));
    });
    if (!held) return window.to_base64(page, 0.92);
    const wall = new OffscreenCanvas(1280, 720);
    const camera = wall.getContext("2d");
    camera.fillStyle = "#4a5058";
    camera.fillRect(0, 0, 1280, 720);
    camera.drawImage(page, 150 + shift, 15 + shift, 980, 690);
    return window.to_base64(wall, 0.95);
}

export class Studio {
    static async open() {
        const studio = new Studio();
        studio.browser = await launch();
        studio.page = await studio.browser.newPage();
        // Browsers decode films for pages of a secure origin only; nothing listens there.
        await studio.page.route("http://127.0.0.1:1/", (route) => route.fulfill({ body: "<p>", contentType: "text/html" }));
        await studio.page.goto("http://127.0.0.1:1/");
        await studio.page.evaluate(decode, readFileSync(film).toString("base64"));
        return studio;
    }

    async portrait(sharpen = 3) {
        return Buffer.from(await this.page.evaluate(drawPortrait, { frame: 19, sharpen }), "base64");
    }

    async dataPage(of = person) {
        return Buffer.from(await this.page.evaluate(drawPage, { frame: 20, lines: mrz(of), person: of }), "base64");
    }

    // Cameras as of makeCamera: she looks ahead, then turns to one side and the other.
    async turning(folder) {
        const turns = [TO_HER_LEFT, AT_REST, TO_HER_RIGHT, AT_REST];
        const order = [...AHEAD, ...turns, ...turns, ...turns, ...turns, ...turns, ...turns].flat();
        return this.#camera(folder, "turning", order, true);
    }

    // Nobody: a wall, as a camera's noise shows it.
    async wall(folder) {
        const jpegs = await this.page.evaluate(drawWall, { count: 12 });
        return write(folder, "wall", jpegs.flatMap((jpeg) => [jpeg, jpeg]));
    }

    // One picture of her and nothing else.
    still(folder) {
        return this.#camera(folder, "still", [19, 19], false);
    }

    async heldPage(folder, of = person) {
        const jpegs = [];
        for (const shift of [0, 1, 2, 1]) {
            jpegs.push(await this.page.evaluate(drawPage, { frame: 20, lines: mrz(of), person: of, held: true, shift }));
        }
        return write(folder, "page", jpegs.flatMap((jpeg) => [jpeg, jpeg, jpeg]));
    }

    async #camera(folder, name, order, drift) {
        const jpegs = await this.page.evaluate(drawFilm, { order, drift });
        // 30 frames/s of the camera: how often each is shown so that PICTURES_PER_S pass.
        let shown = 0;
        const frames = jpegs.flatMap((jpeg, i) => {
            const times = Math.round(((i + 1) * 30) / PICTURES_PER_S) - shown;
            shown += times;
            return Array(times).fill(jpeg);
        });
        return write(folder, name, frames);
    }

    close() {
        return this.browser.close();
    }
}

function write(folder, name, jpegs) {
    const file = path.join(folder, `${name}.mjpeg`);
    writeFileSync(file, Buffer.concat(jpegs.map((jpeg) => Buffer.from(jpeg, "base64"))));
    return { file, first: Buffer.from(jpegs[0], "base64") };
}
