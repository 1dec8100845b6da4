#!/usr/bin/env python3
"""Makes tests/data/bad/clips and their rows in manifest.csv: python3 tests/data/bad/make_clips.py

Small video files that are broken, hostile, or no videos at all, put together by hand from the formats' own descriptions
(GIF89a, RFC 8794 and 9559 for Matroska, ISO/IEC 14496-12 for MP4, RIFF for AVI). No person is in any of them.
"""

import csv
import pathlib
import random
import shutil
import struct

from make_jpeg import Jpeg

HERE = pathlib.Path(__file__).parent


# ---- GIF ----

def gif_head(width, height):
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x81, 0, 0) + bytes(
        [0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])


def gif_control(delay_cs):
    return b"\x21\xf9\x04\x04" + struct.pack("<H", delay_cs) + b"\x00\x00"


def gif_pixels(indices):
    """Codes of three bits, with a clear code before they would have to grow."""
    bits = count = 0
    data = bytearray()
    codes = []
    for i, index in enumerate(indices):
        codes += [4, index] if i % 2 == 0 else [index]
    for code in codes + [5]:
        bits |= code << count
        count += 3
        while count >= 8:
            data.append(bits & 255)
            bits, count = bits >> 8, count - 8
    data.append(bits & 255)
    blocks = b"".join(bytes([len(data[i:i + 255])]) + data[i:i + 255] for i in range(0, len(data), 255))
    return b"\x02" + blocks + b"\x00"


def gif_frame(width, height, colour, left=0, top=0):
    return b"\x2c" + struct.pack("<HHHHB", left, top, width, height, 0) + gif_pixels([colour] * (width * height))


def gif(frames, delay_cs=10, end=b"\x3b"):
    return gif_head(32, 24) + b"".join(gif_control(delay_cs) + frame for frame in frames) + end


def gifs():
    frame = gif_frame(32, 24, 1)
    yield "cut.gif", "truncated", gif([frame] * 3)[:-60], "ends within its last frame"
    yield "no_trailer.gif", "truncated", gif([frame] * 3, end=b""), "ends without a trailer"
    yield "head.gif", "truncated", b"GIF89a", "six bytes"
    yield "huge.gif", "size", gif_head(65535, 65535) + gif_control(10) + frame + b"\x3b", "says 65535×65535 pixels"
    yield "outside.gif", "decode", gif([gif_frame(8, 8, 1, left=30)]), "a frame beyond the picture"
    yield "codes.gif", "decode", gif([b"\x2c" + struct.pack("<HHHHB", 0, 0, 32, 24, 0) + b"\x02\x03\xff\xff\xff\x00"]), \
        "codes that nothing has made"
    yield "code_size.gif", "decode", gif([b"\x2c" + struct.pack("<HHHHB", 0, 0, 32, 24, 0) + b"\x0c\x00"]), \
        "codes of twelve bits from the beginning"
    yield "block.gif", "decode", gif([frame]) [:-1] + b"\x77", "a block of no known kind"
    yield "no_frames.gif", "no_video", gif([]), "not one frame"
    yield "long.gif", "video_too_long", gif([gif_frame(4, 4, i % 4) for i in range(4)], delay_cs=6000), "three minutes"
    yield "blank.gif", "no_face", gif([gif_frame(32, 24, i % 4) for i in range(24)]), "nobody in it"
    yield "one.gif", "too_short", gif([frame]), "a single frame"


# ---- Matroska ----

def ebml(tag, *content, size=None):
    body = b"".join(content)
    length = len(body) if size is None else size
    return bytes.fromhex(tag) + struct.pack(">Q", 1 << 56 | length) + body


def number(tag, value):
    return ebml(tag, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def matroska_head(kind=b"webm"):
    return ebml("1a45dfa3", ebml("4282", kind), number("4287", 4), number("4285", 2))


def video_track(codec, width=320, height=240):
    return ebml("1654ae6b", ebml("ae", number("d7", 1), number("73c5", 1), number("83", 1), ebml("86", codec),
                                 ebml("e0", number("b0", width), number("ba", height))))


def sound_track():
    return ebml("1654ae6b", ebml("ae", number("d7", 1), number("73c5", 1), number("83", 2), ebml("86", b"A_PCM/INT/LIT"),
                                 ebml("e1", ebml("b5", struct.pack(">d", 8000)), number("9f", 1), number("6264", 16))))


def cluster(time_ms, *frames):
    blocks = (ebml("a3", b"\x81" + struct.pack(">hB", 40 * i, 0x80) + frame) for i, frame in enumerate(frames))
    return ebml("1f43b675", number("e7", time_ms), *blocks)


def matroska(track, *clusters, kind=b"webm"):
    info = ebml("1549a966", number("2ad7b1", 1000000))
    return matroska_head(kind) + ebml("18538067", info, track, *clusters)


def vp8_keyframe(width, height, noise):
    """The head of a key frame (RFC 6386 §9.1), and nonsense."""
    return b"\x10\x02\x00\x9d\x01\x2a" + struct.pack("<HH", width, height) + noise


def jpeg_picture(shade):
    return Jpeg([[[(shade + 2 * x) % 256 for x in range(32)] for _ in range(32)]]).bytes()


def matroskas():
    chance = random.Random(8)
    noise = bytes(chance.randrange(256) for _ in range(400))
    frames = [vp8_keyframe(320, 240, noise)] * 5
    jpegs = [jpeg_picture(40 * i) for i in range(5)]
    whole = matroska(video_track(b"V_MJPEG", 32, 32), cluster(0, *jpegs), kind=b"matroska")
    yield "cut.webm", "truncated", whole[:-200], "ends within a frame"
    yield "head.webm", "truncated", whole[:20], "ends within its head"
    yield "head_alone.webm", "truncated", matroska_head(), "a head and no segment"
    yield "noise.webm", "decode", matroska(video_track(b"V_VP8"), cluster(0, *[noise] * 5)), "VP8 that is noise"
    yield "vp8_huge.webm", "size", matroska(video_track(b"V_VP8"), cluster(0, vp8_keyframe(16383, 16383, noise))), \
        "says 320×240 outside and 16383×16383 inside"
    yield "claims_huge.webm", "size", matroska(video_track(b"V_VP8", 60000, 60000), cluster(0, *frames)), \
        "says 60000×60000"
    yield "no_frames.webm", "no_video", matroska(video_track(b"V_VP8")), "a track without a frame"
    yield "no_tracks.webm", "no_video", matroska(b""), "no track"
    yield "theora.mkv", "no_video", matroska(video_track(b"V_THEORA"), cluster(0, noise), kind=b"matroska"), \
        "a codec that is not taken"
    yield "sound.mkv", "no_video", matroska(sound_track(), cluster(0, noise), kind=b"matroska"), "sound alone"
    yield "long.mkv", "video_too_long", matroska(
        video_track(b"V_MJPEG", 32, 32), cluster(0, jpegs[0]), cluster(90000, jpegs[1]), kind=b"matroska"), \
        "its second frame comes after 90 seconds"
    yield "nested.webm", "no_video", matroska_head() + nested(300), "elements within elements, three hundred deep"


def nested(depth):
    body = b""
    for _ in range(depth):
        body = ebml("18538067", body)
    return body


# ---- MP4 ----

def box(kind, *content, size=None):
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8 if size is None else size) + kind + body


def mp4s():
    kind = box(b"ftyp", b"isom\x00\x00\x02\x00isomavc1")
    header = box(b"mvhd", bytes(12) + struct.pack(">II", 1000, 1000) + bytes(80))
    data = box(b"mdat", bytes(500))
    yield "cut.mp4", "truncated", kind + box(b"moov", header) + data[:100], "ends within its data"
    yield "no_index.mp4", "truncated", kind + data, "data, and no index of them"
    yield "huge_box.mp4", "truncated", kind + box(b"moov", header, size=1) + struct.pack(">Q", 1 << 60), \
        "a box of an exabyte"
    yield "small_box.mp4", "decode", kind + box(b"moov", header, size=4), "a box smaller than its head"
    yield "no_tracks.mp4", "no_video", kind + box(b"moov", header) + data, "an index of nothing"
    deep = header
    for _ in range(400):
        deep = box(b"moov", deep)
    yield "nested.mp4", "no_video", kind + deep, "boxes within boxes, four hundred deep"
    yield "picture.heic", "wrong_type", box(b"ftyp", b"heic\x00\x00\x00\x00mif1heic") + data, "an HEIF picture"


# ---- AVI, JPEG, and what is no video ----

def others():
    jpegs = [jpeg_picture(40 * i) for i in range(4)]
    film = b"".join(jpegs)
    yield "cut.avi", "truncated", b"RIFF" + struct.pack("<I", 5000) + b"AVI LIST" + bytes(60), "ends within its head"
    yield "empty.avi", "no_video", b"RIFF" + struct.pack("<I", 16) + b"AVI LIST" + struct.pack("<I", 4) + b"hdrl", \
        "no stream"
    yield "cut.mjpeg", "truncated", film[:-40], "ends within its last frame"
    size = film.index(b"\xff\xc0") + 5
    yield "huge.mjpeg", "size", film[:size] + struct.pack(">HH", 65500, 65500) + film[size + 4:], \
        "says 65500×65500 pixels"
    arithmetic = film.replace(b"\xff\xc0", b"\xff\xc9")
    yield "arithmetic.mjpeg", "unsupported", arithmetic, "arithmetic coding"
    yield "one.jpg", "too_short", jpegs[0], "a single picture"
    yield "empty.webm", "empty", b"", "no bytes"
    yield "page.webm", "wrong_type", b"<!doctype html><title>404</title>", "a web page"
    yield "document.mp4", "wrong_type", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF"
    yield "archive.mp4", "wrong_type", b"PK\x03\x04" + bytes(40), "a ZIP archive"
    yield "picture.png", "wrong_type", b"\x89PNG\r\n\x1a\n" + bytes(40), "a PNG picture"
    yield "sound.wav", "wrong_type", b"RIFF" + struct.pack("<I", 40) + b"WAVEfmt " + bytes(28), "sound"
    yield "sound.ogg", "wrong_type", b"OggS" + bytes(40), "an Ogg file"
    yield "transport.ts", "wrong_type", (b"\x47" + bytes(187)) * 4, "an MPEG transport stream"
    chance = random.Random(9)
    yield "noise.bin", "wrong_type", b"\x80" + bytes(chance.randrange(256) for _ in range(500)), "noise"


def main():
    folder, manifest = HERE / "clips", HERE / "manifest.csv"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    rows = []
    for clips in (gifs, matroskas, mp4s, others):
        for name, code, content, what in clips():
            (folder / name).write_bytes(content)
            rows.append([f"clips/{name}", "liveness check", code, what])
    with manifest.open(newline="", encoding="utf-8") as file:
        kept = [row for row in csv.reader(file) if row and row[0] != "file" and not row[0].startswith("clips/")]
    with manifest.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "command", "code", "what"])
        writer.writerows(kept + rows)


main()
