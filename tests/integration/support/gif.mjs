// The frames of an animated GIF (GIF89a) as raw RGB. GStreamer's reader starts anew at a GIF's end, for ever.
import { readFileSync } from "node:fs";

function decompress(data, codeBits, count) {
    const clear = 1 << codeBits;
    const indices = new Uint8Array(count);
    let size = codeBits + 1;
    let table, previous;
    const reset = () => {
        table = Array.from({ length: clear + 2 }, (_, i) => [i]);
        size = codeBits + 1;
        previous = null;
    };
    reset();
    for (let at = 0, bits = 0, bitCount = 0, i = 0; at < count; ) {
        while (bitCount < size) {
            bits |= data[i++] << bitCount;
            bitCount += 8;
        }
        const code = bits & ((1 << size) - 1);
        bits >>>= size;
        bitCount -= size;
        if (code === clear) {
            reset();
            continue;
        }
        if (code === clear + 1) break;
        const string = table[code] ?? [...previous, previous[0]];
        indices.set(string, at);
        at += string.length;
        if (previous && table.length < 4096) table.push([...previous, string[0]]);
        if (table.length === 1 << size && size < 12) size++;
        previous = string;
    }
    return indices;
}

// { width, height, frames: [Buffer of RGB…] }; frames that stay, and transparency, as the films of ../shared/data have it.
export function readGif(path) {
    const bytes = readFileSync(path);
    const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
    const table = (flags, at) => (flags & 0x80 ? bytes.subarray(at, at + 3 * (2 << (flags & 7))) : Buffer.alloc(0));
    const canvas = Buffer.alloc(width * height * 3);
    const frames = [];
    const global = table(bytes[10], 13);
    let at = 13 + global.length;
    let transparent = -1;
    const blocks = () => {
        const parts = [];
        for (; bytes[at] !== 0; at += bytes[at] + 1) parts.push(bytes.subarray(at + 1, at + 1 + bytes[at]));
        at++;
        return Buffer.concat(parts);
    };
    for (; bytes[at] !== 0x3b; ) {
        if (bytes[at] === 0x21) {
            const label = bytes[at + 1];
            at += 2;
            const data = blocks();
            if (label === 0xf9) transparent = data[0] & 1 ? data[3] : -1;
            continue;
        }
        const [left, top, w, h] = [1, 3, 5, 7].map((offset) => bytes.readUInt16LE(at + offset));
        const local = table(bytes[at + 9], at + 10);
        at += 10 + local.length;
        const colours = local.length > 0 ? local : global;
        const codeBits = bytes[at++];
        decompress(blocks(), codeBits, w * h).forEach((index, i) => {
            if (index === transparent) return;
            const to = ((top + Math.floor(i / w)) * width + left + (i % w)) * 3;
            colours.copy(canvas, to, index * 3, index * 3 + 3);
        });
        frames.push(Buffer.from(canvas));
    }
    return { width, height, frames };
}

export function mirror({ width, height, frames }) {
    const turn = (frame) => {
        const out = Buffer.alloc(frame.length);
        for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++)
                frame.copy(out, (y * width + x) * 3, (y * width + width - 1 - x) * 3, (y * width + width - x) * 3);
        return out;
    };
    return { width, height, frames: frames.map(turn) };
}
