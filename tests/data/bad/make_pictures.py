#!/usr/bin/env python3
"""Makes tests/data/bad/pictures and their rows in manifest.csv: python3 tests/data/bad/make_pictures.py

The picture in all of them is the same: four quarters, red, green, blue and yellow from the upper left in reading order.
Those in pictures/right must come out so, however they are stored; the others must be refused, each with its own code.
"""

import csv
import pathlib
import random
import shutil
import struct
import zlib

from make_jpeg import Jpeg, segment

HERE = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 96, 64
RED, GREEN, BLUE, YELLOW = (220, 40, 40), (40, 200, 40), (40, 40, 220), (230, 220, 40)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


# ---- the picture ----

def quarters(width=WIDTH, height=HEIGHT):
    return [[(RED, GREEN, BLUE, YELLOW)[(y >= height // 2) * 2 + (x >= width // 2)] for x in range(width)]
            for y in range(height)]


def stored(orientation):
    """What must be stored for the picture to be seen upright after a turn by Exif's orientation."""
    pixels = quarters(HEIGHT, WIDTH) if orientation >= 5 else quarters()
    shown = quarters()
    if orientation >= 5:
        width, height = HEIGHT, WIDTH
    else:
        width, height = WIDTH, HEIGHT
    for y in range(height):
        for x in range(width):
            u, v = x, y
            if orientation in (2, 3):
                u = width - 1 - x
            if orientation in (3, 4):
                v = height - 1 - y
            if orientation >= 5:  # where the stored pixel is seen: its row is a column there
                u = WIDTH - 1 - y if orientation in (6, 7) else y
                v = HEIGHT - 1 - x if orientation in (7, 8) else x
            pixels[y][x] = shown[v][u]
    return pixels


def plane(pixels, function):
    return [[max(0, min(255, round(function(*pixel)))) for pixel in row] for row in pixels]


def ycc(pixels):
    return [plane(pixels, lambda r, g, b: 0.299 * r + 0.587 * g + 0.114 * b),
            plane(pixels, lambda r, g, b: 128 - 0.168736 * r - 0.331264 * g + 0.5 * b),
            plane(pixels, lambda r, g, b: 128 + 0.5 * r - 0.418688 * g - 0.081312 * b)]


def rgb(pixels):
    return [plane(pixels, lambda *p, i=i: p[i]) for i in range(3)]


def inks(pixels):
    """Cyan, magenta, yellow and a little black, as they are (0: none)."""
    key = 20
    return [plane(pixels, lambda *p, i=i: 255 - min(255, p[i] * 255 / (255 - key))) for i in range(3)] + [
        [[key] * len(row) for row in pixels]]


def inverted(planes):
    return [[[255 - value for value in row] for row in each] for each in planes]


def ycck(planes):
    """The complements of the first three taken for red, green and blue; the fourth stays (T.872, 6.5.3)."""
    pixels = [[tuple(255 - planes[i][y][x] for i in range(3)) for x in range(WIDTH)] for y in range(HEIGHT)]
    return ycc(pixels) + [planes[3]]


def halved(planes):
    small = [[each[2 * y][2 * x] for x in range(len(each[0]) // 2)] for each in planes[1:] for y in range(len(each) // 2)]
    return [planes[0], small[:len(small) // 2], small[len(small) // 2:]]


# ---- parts of files ----

JFIF = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")


def adobe(transform):
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


def tiff(orientation, order="<", offset=8, kind=3, count=1, thumbnail=b""):
    """An Exif block: one directory with the orientation, a second one with the thumbnail."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    value = struct.pack(order + "HH", orientation, 0)
    first = struct.pack(order + "HHHI", 1, 0x0112, kind, count) + value
    after = 8 + len(first) + 4
    if not thumbnail:
        return mark + struct.pack(order + "I", offset) + first + struct.pack(order + "I", 0)
    second = struct.pack(order + "HHHIIHHIIHHIHH", 3, 0x0201, 4, 1, after + 42, 0x0202, 4, 1, len(thumbnail), 0x0112, 3, 1, 8,
                         0)
    return mark + struct.pack(order + "I", offset) + first + struct.pack(order + "I", after) + second + struct.pack(
        order + "I", 0) + thumbnail


def exif(*args, **named):
    return segment(0xE1, b"Exif\0\0" + tiff(*args, **named))


def chunk(name, body, crc=None):
    name = name.encode()
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body) if crc is None else crc)


def ihdr(width=WIDTH, height=HEIGHT, bits=8, colour=2, interlace=0):
    return chunk("IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlace))


def packed(rows):
    return zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)


def png(rows, *, before=b"", after=b"", **header):
    return SIGNATURE + ihdr(**header) + before + chunk("IDAT", packed(rows)) + after + chunk("IEND", b"")


def samples(pixels, function, width=1):
    """Rows of bytes; `function` gives a pixel's samples of `width` bytes each."""
    return [b"".join(value.to_bytes(width, "big") for pixel in row for value in function(*pixel)) for row in pixels]


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def interlaced(pixels, function, width=1):
    rows = []
    for left, top, across, down in PASSES:
        rows += samples([row[left::across] for row in pixels[top::down]], function, width)
    return rows


# ---- the cases: name, code, what is wrong ----

def right_jpegs():
    pixels = quarters()
    yield "baseline", Jpeg(ycc(pixels), app=[JFIF]).bytes(), "an ordinary JPEG"
    yield "no_app", Jpeg(ycc(pixels)).bytes(), "neither JFIF nor Exif"
    yield "subsampled", Jpeg(halved(ycc(pixels)), width=WIDTH, height=HEIGHT, halved=True).bytes(), "colours at half the size"
    yield "odd_size", Jpeg(ycc(quarters(96, 72)), width=95, height=71).bytes(), "blocks that reach over the edge"
    yield "restarts", Jpeg(ycc(pixels), restart=5).bytes(), "restart markers"
    yield "one_scan_each", Jpeg(ycc(pixels), interleaved=False).bytes(), "baseline in three scans"
    yield "progressive", Jpeg(ycc(pixels), progressive=True).bytes(), "progressive"
    yield "extended", Jpeg(ycc(pixels), sof=0xC1).bytes(), "extended sequential, 8 bits"
    yield "rgb", Jpeg(rgb(pixels), app=[adobe(0)]).bytes(), "red, green, blue as they are"
    yield "cmyk_adobe", Jpeg(inverted(inks(pixels)), app=[adobe(0)], step=2).bytes(), "four inks, inverted as Adobe does"
    yield "ycck_adobe", Jpeg(ycck(inverted(inks(pixels))), app=[adobe(2)], step=2).bytes(), "four inks as YCCK"
    yield "cmyk_plain", Jpeg(inks(pixels), step=2).bytes(), "four inks, no word from Adobe"
    yield "no_huffman_tables", Jpeg(ycc(pixels)).without("DHT"), "as motion JPEG leaves them out"
    for orientation in range(1, 9):
        order = "<>"[orientation % 2]
        yield f"exif_{orientation}", Jpeg(ycc(stored(orientation)), app=[exif(orientation, order)]).bytes(), "turned by EXIF"
    yield "exif_nonsense", Jpeg(ycc(pixels), app=[exif(9)]).bytes(), "an orientation that there is not"
    yield "exif_beyond", Jpeg(ycc(pixels), app=[exif(6, offset=0xFFFFFFF0)]).bytes(), "a directory outside its segment"
    yield "exif_wrong_type", Jpeg(ycc(pixels), app=[exif(6, kind=4, count=0xFFFFFFFF)]).bytes(), "an orientation of the wrong kind"
    twice = [exif(1), exif(6)]
    yield "exif_twice", Jpeg(ycc(pixels), app=twice).bytes(), "two Exif blocks that disagree: the first counts"
    thumbnail = Jpeg([[[128] * 16 for _ in range(16)]]).bytes()
    yield "exif_thumbnail", Jpeg(ycc(pixels), app=[exif(1, thumbnail=thumbnail)]).bytes(), "another JPEG inside its Exif"
    yield "zip_behind", Jpeg(ycc(pixels)).bytes() + b"PK\x03\x04" + bytes(40), "an archive behind its end"
    yield "second_behind", Jpeg(ycc(pixels)).bytes() + thumbnail, "a second picture behind its end"
    yield "html_comment", Jpeg(ycc(pixels), app=[segment(0xFE, b"<html><script>alert(1)</script>")]).bytes(), "a page in its comment"
    yield "fill_bytes", Jpeg(ycc(pixels)).replaced("SOF", lambda part: b"\xff\xff\xff" + part), "fill bytes before a marker"


def over_white(colour, alpha=220):
    """What becomes `colour` when it is laid over white."""
    return [round((value - 255 + alpha) * 255 / alpha) for value in colour]


def right_pngs():
    pixels = quarters()
    deep = lambda *p: [value * 257 for value in p]
    yield "rgb8", png(samples(pixels, lambda *p: p)), "an ordinary PNG"
    yield "rgb16", png(samples(pixels, deep, 2), bits=16), "16 bits a channel"
    yield "alpha", png(samples(pixels, lambda *p: [*p, 255]), colour=6), "with alpha, opaque"
    yield "alpha_over_white", png(samples(pixels, lambda *p: [*over_white(p), 220]), colour=6), "with alpha, on white"
    yield "alpha16_interlaced", png(interlaced(pixels, lambda *p: deep(*p, 255), 2), bits=16, colour=6, interlace=1), "all at once"
    yield "interlaced", png(interlaced(pixels, lambda *p: p), interlace=1), "Adam7"
    colours = [RED, GREEN, BLUE, YELLOW]
    palette = chunk("PLTE", bytes(value for colour in colours for value in colour))
    indexed = samples(pixels, lambda *p: [colours.index(p)])
    yield "palette", png(indexed, colour=3, before=palette), "a palette"
    yield "palette_alpha", png(indexed, colour=3, before=palette + chunk("tRNS", bytes([255] * 4))), "a palette with alpha"
    bits = [bytes(sum(row[x + i] << 6 - 2 * i for i in range(4)) for x in range(0, WIDTH, 4)) for row in indexed]
    yield "palette2", png(bits, colour=3, bits=2, before=palette), "four pixels a byte"
    bomb = zlib.compress(bytes(16 << 20), 9)
    yield "profile_bomb", png(samples(pixels, lambda *p: p), before=chunk("iCCP", b"x\0\0" + bomb)), "16 MB of zeros as a profile"
    yield "text_bomb", png(samples(pixels, lambda *p: p), before=chunk("zTXt", b"x\0\0" + bomb)), "16 MB of zeros as a text"
    yield "exif_6", png(samples(stored(6), lambda *p: p), width=HEIGHT, height=WIDTH, after=chunk("eXIf", tiff(6))), "turned by EXIF"
    yield "data_behind", png(samples(pixels, lambda *p: p)) + b"%PDF-1.4", "a document behind its end"


def bad_jpegs():
    good = Jpeg(ycc(quarters()), app=[JFIF])
    whole = good.bytes()
    sos = whole.index(b"\xff\xda")
    data = dict(good.parts)["data"]
    yield "soi_only", "truncated", b"\xff\xd8", "two bytes"
    yield "soi_eoi", "decode", b"\xff\xd8\xff\xd9", "a beginning and an end"
    yield "cut_in_table", "truncated", whole[:60], "cut within a table"
    yield "cut_before_data", "truncated", whole[:sos], "cut before the data"
    yield "cut_half", "truncated", whole[:sos + 14 + len(data) // 2], "cut in the middle of the data"
    yield "no_eoi", "truncated", whole[:-2], "without its end marker"
    yield "cut_half_eoi", "truncated", whole[:sos + 14 + len(data) // 2] + b"\xff\xd9", "half the data, then its end marker"
    progressive = Jpeg(ycc(quarters()), progressive=True)
    yield "cut_progressive", "truncated", progressive.bytes()[:-40], "progressive, cut"
    yield "no_data", "truncated", good.without("data"), "no data at all"

    def sized(width, height):
        return lambda part: part[:5] + struct.pack(">HH", height, width) + part[9:]

    yield "bomb", "size", good.replaced("SOF", sized(65500, 65500)), "4.3 gigapixels in a few bytes"
    yield "bomb_long", "size", good.replaced("SOF", sized(65500, 64)), "few pixels, but a very long side"
    yield "bomb_25", "size", good.replaced("SOF", sized(5001, 5000)), "just over 25 megapixels"
    yield "more_than_data", "truncated", good.replaced("SOF", sized(4096, 4096)), "16 megapixels, data for 6,144"
    yield "tiny", "too_small", Jpeg(ycc(quarters(8, 8)), width=1, height=1).bytes(), "1 × 1"
    yield "narrow", "too_small", Jpeg(ycc(quarters(8, 96)), width=8).bytes(), "8 pixels wide"
    yield "zero_width", "decode", good.replaced("SOF", sized(0, 64)), "no width"
    yield "zero_height", "unsupported", good.replaced("SOF", sized(96, 0)), "height only at its end"
    for name, marker, what in (("lossless", 0xC3, "lossless"), ("hierarchical", 0xC5, "hierarchical"),
                               ("arithmetic", 0xC9, "arithmetic coding"), ("arithmetic_progressive", 0xCA, "the same, progressive"),
                               ("jpeg_ls", 0xF7, "JPEG-LS")):
        yield name, "unsupported", Jpeg(ycc(quarters()), sof=marker).bytes(), what
    yield "twelve_bits", "unsupported", Jpeg(ycc(quarters()), sof=0xC1, precision=12).bytes(), "12 bits a channel"
    yield "two_channels", "unsupported", Jpeg(ycc(quarters())[:2]).bytes(), "two channels"
    yield "five_channels", "unsupported", Jpeg(ycc(quarters()) + ycc(quarters())[:2]).bytes(), "five channels"
    bands = tuple((i, i) for i in range(1, 64))
    yield "many_scans", "unsupported", Jpeg(ycc(quarters()), progressive=True, spectral=bands).bytes(), "190 scans"
    heavy = good.replaced("SOF", sized(5000, 5000))
    scan = dict(good.parts)["SOS"] + data
    yield "heavy_scans", "unsupported", heavy[:-2] + scan * 17 + b"\xff\xd9", "18 scans of 25 megapixels"
    yield "garbage_data", "decode", good.replaced("data", lambda part: b"\xff\x00" * len(part)), "codes that there are not"
    yield "no_quantisation", "decode", good.without("DQT"), "no quantisation table"
    yield "bad_huffman", "decode", good.replaced("DHT", lambda part: part[:5] + b"\xff" * 16 + part[21:]), "an impossible code table"
    yield "overlong_segment", "truncated", b"\xff\xd8" + segment(0xE0, b"JFIF\0", 0xFFFF) + whole[20:], "a segment beyond the end"
    yield "no_length", "decode", b"\xff\xd8" + segment(0xE0, b"JFIF\0", 0) + whole[20:], "a segment without length"
    yield "data_first", "decode", good.without("SOF"), "data before any frame header"
    yield "two_frames", "decode", good.replaced("SOF", lambda part: part + part), "two frame headers"
    yield "no_marker", "decode", good.replaced("SOF", lambda part: b"abc" + part), "bytes where a marker must be"
    yield "second_soi", "decode", good.replaced("SOF", lambda part: b"\xff\xd8" + part), "a beginning inside"
    yield "bad_sampling", "decode", good.replaced("SOF", lambda part: part[:11] + b"\x00" + part[12:]), "a sampling of zero"
    yield "short_frame", "decode", good.replaced("SOF", lambda part: segment(0xC0, part[4:10])), "a frame header without components"
    yield "bad_table_number", "decode", good.replaced("SOS", lambda part: part[:6] + b"\x33" + part[7:]), "a table that there is not"
    yield "bad_component", "decode", good.replaced("SOS", lambda part: part[:5] + b"\x09" + part[6:]), "a component that there is not"


def bad_pngs():
    rows = samples(quarters(), lambda *p: p)
    good = png(rows)
    data = packed(rows)
    end = chunk("IEND", b"")
    yield "signature_only", "truncated", SIGNATURE, "eight bytes"
    yield "signature_cut", "truncated", SIGNATURE[:6], "six bytes"
    yield "cut", "truncated", good[:-30], "cut in its data"
    yield "no_end", "truncated", good[:-12], "without its end"
    yield "short_data", "truncated", SIGNATURE + ihdr() + chunk("IDAT", zlib.compress(b"\0" * 400)) + end, "too little data"
    yield "bad_crc", "decode", SIGNATURE + ihdr() + chunk("IDAT", data, 12345) + end, "data with a wrong checksum"
    yield "bad_header_crc", "decode", good[:29] + b"\0\0\0\0" + good[33:], "a header with a wrong checksum"
    yield "bad_deflate", "decode", SIGNATURE + ihdr() + chunk("IDAT", b"\x78\x9c" + b"\xff" * 200) + end, "data that do not unpack"
    yield "bad_filter", "decode", SIGNATURE + ihdr() + chunk("IDAT", zlib.compress(b"\x09" + bytes(WIDTH * 3) + data)) + end, "a filter that there is not"
    yield "bomb", "size", SIGNATURE + ihdr(65500, 65500) + chunk("IDAT", data) + end, "4.3 gigapixels"
    yield "bomb_most", "size", SIGNATURE + ihdr(0x7FFFFFFF, 0x7FFFFFFF, 16, 6) + chunk("IDAT", data) + end, "as large as PNG can be"
    yield "tiny", "too_small", png([b"\xff\xff\xff"], width=1, height=1), "1 × 1"
    yield "no_size", "decode", SIGNATURE + ihdr(0, 64) + chunk("IDAT", data) + end, "no width"
    yield "bad_depth", "decode", SIGNATURE + ihdr(bits=3) + chunk("IDAT", data) + end, "3 bits a channel"
    yield "bad_colour", "decode", SIGNATURE + ihdr(colour=7) + chunk("IDAT", data) + end, "a colour type that there is not"
    yield "no_palette", "decode", SIGNATURE + ihdr(colour=3) + chunk("IDAT", data) + end, "indexed, without a palette"
    yield "no_data", "decode", SIGNATURE + ihdr() + end, "no data"
    yield "data_first", "decode", SIGNATURE + chunk("IDAT", data) + ihdr() + end, "data before the header"
    yield "impossible_chunk", "decode", SIGNATURE + ihdr() + b"\xff\xff\xff\xffIDAT" + data + end, "a chunk of 4 GiB"


def other_types():
    yield "empty.jpg", "empty", b"", "no bytes"
    yield "one_byte.jpg", "wrong_type", b"\xff", "one byte"
    yield "text.jpg", "wrong_type", b"not a picture at all\n" * 9, "a text"
    yield "pdf.jpg", "wrong_type", b"%PDF-1.7\n1 0 obj <<>> endobj\n" + Jpeg(ycc(quarters())).bytes(), "a PDF with a JPEG in it"
    yield "html.jpg", "wrong_type", b"\xef\xbb\xbf \r\n<!DOCTYPE HTML><html></html>", "an HTML page"
    yield "svg.jpg", "wrong_type", b"<svg xmlns='http://www.w3.org/2000/svg' width='99999'/>", "an SVG drawing"
    yield "gif.jpg", "wrong_type", b"GIF89a" + struct.pack("<HH", 96, 64) + bytes(20), "a GIF"
    yield "webp.png", "wrong_type", b"RIFF\x1a\0\0\0WEBPVP8L" + bytes(20), "WebP"
    yield "heic.jpg", "wrong_type", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(20), "HEIC"
    yield "avif.jpg", "wrong_type", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(20), "AVIF"
    yield "mp4.jpg", "wrong_type", b"\0\0\0\x18ftypisom\0\0\0\0isommp41" + bytes(20), "a video"
    yield "zip.jpg", "wrong_type", b"PK\x03\x04" + bytes(40), "an archive"
    yield "tiff.jpg", "wrong_type", b"II*\0\x08\0\0\0" + bytes(40), "TIFF"
    yield "bmp.png", "wrong_type", b"BM" + bytes(60), "BMP"
    yield "jp2.jpg", "wrong_type", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40), "JPEG 2000"
    yield "jxl.jpg", "wrong_type", b"\xff\x0a" + bytes(40), "JPEG XL"
    yield "elf.png", "wrong_type", b"\x7fELF\x02\x01\x01" + bytes(60), "a program"


def empty_scenes():
    noise = random.Random(7)
    yield "black.jpg", Jpeg([[[0] * 128 for _ in range(128)]]).bytes(), "all black"
    yield "noise.png", png([bytes(noise.randrange(256) for _ in range(96)) for _ in range(96)], width=96, height=96, colour=0), "noise"


def all_pictures():
    for name, content, what in right_jpegs():
        yield f"right/{name}.jpg", "no_face", content, what
    for name, content, what in right_pngs():
        yield f"right/{name}.png", "no_face", content, what
    for name, code, content, what in bad_jpegs():
        yield f"{name}.jpg", code, content, what
    for name, code, content, what in bad_pngs():
        yield f"{name}.png", code, content, what
    yield from other_types()
    for name, content, what in empty_scenes():
        yield name, "no_face", content, what


def main():
    folder, manifest = HERE / "pictures", HERE / "manifest.csv"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "right").mkdir(parents=True)
    rows = []
    for name, code, content, what in all_pictures():
        (folder / name).write_bytes(content)
        rows.append([f"pictures/{name}", "face compare", code, what])
        if code == "no_face":
            rows.append([f"pictures/{name}", "document read", "no_document", what])
    if manifest.exists():
        with manifest.open(newline="", encoding="utf-8") as file:
            rows += [row for row in csv.reader(file) if row and row[0] != "file" and not row[0].startswith("pictures/")]
    with manifest.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "command", "code", "what"])
        writer.writerows(rows)


main()
