"""A JPEG encoder that can also do what nobody should: every part of a file can be left out, doubled or wrong.

Standard Huffman tables (T.81 annex K), any number of components, baseline or progressive, no subsampling unless asked.
"""

import math
import struct

ZIGZAG = [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
          28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61,
          54, 47, 55, 62, 63]
DC_COUNTS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
DC_VALUES = list(range(12))
AC_COUNTS = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D]
AC_VALUES = bytes.fromhex(
    "0102030004110512213141061351610722711432819"
    "1a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a"
    "636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2"
    "c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa")

COSINES = [[math.cos((2 * x + 1) * u * math.pi / 16) * (math.sqrt(0.5) if u == 0 else 1) / 2 for x in range(8)]
           for u in range(8)]


def segment(marker, body=b"", length=None):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2 if length is None else length) + body


def codes(counts, values):
    table, code, at = {}, 0, 0
    for length, count in enumerate(counts, 1):
        for _ in range(count):
            table[values[at]] = (code, length)
            code, at = code + 1, at + 1
        code <<= 1
    return table


DC, AC = codes(DC_COUNTS, DC_VALUES), codes(AC_COUNTS, AC_VALUES)


class Bits:
    def __init__(self):
        self.out, self.value, self.count = bytearray(), 0, 0

    def put(self, value, count):
        self.value, self.count = self.value << count | value, self.count + count
        while self.count >= 8:
            self.count -= 8
            byte = self.value >> self.count & 0xFF
            self.out += b"\xff\x00" if byte == 0xFF else bytes([byte])
        self.value &= (1 << self.count) - 1

    def number(self, value):
        """The size category is coded by the caller; these are the bits that follow it."""
        size = abs(value).bit_length()
        if size:
            self.put(value if value > 0 else value + (1 << size) - 1, size)

    def end(self):
        if self.count:
            self.put((1 << 8 - self.count) - 1, 8 - self.count)
        return bytes(self.out)


def transform(block):
    rows = [[sum(row[x] * COSINES[u][x] for x in range(8)) for u in range(8)] for row in block]
    return [[sum(rows[y][u] * COSINES[v][y] for y in range(8)) for u in range(8)] for v in range(8)]


def blocks(plane, step):
    """Quantised coefficients in zigzag order, block by block; the plane's sides are multiples of 8."""
    for top in range(0, len(plane), 8):
        for left in range(0, len(plane[0]), 8):
            block = [[plane[top + y][left + x] - 128 for x in range(8)] for y in range(8)]
            flat = [value for row in transform(block) for value in row]
            yield [round(flat[at] / step) for at in ZIGZAG]


def put_dc(bits, block, before):
    difference = block[0] - before
    bits.put(*DC[abs(difference).bit_length()])
    bits.number(difference)
    return block[0]


def put_ac(bits, block, first=1, last=63):
    run = 0
    for value in block[first:last + 1]:
        if value == 0:
            run += 1
            continue
        while run > 15:
            bits.put(*AC[0xF0])
            run -= 16
        bits.put(*AC[run << 4 | abs(value).bit_length()])
        bits.number(value)
        run = 0
    if run:
        bits.put(*AC[0])


class Jpeg:
    """One picture as its parts, in order: a list of (name, bytes) that a test case may change before it is joined."""

    def __init__(self, planes, *, width=None, height=None, step=8, app=(), progressive=False, interleaved=True, restart=0,
                 spectral=((1, 5), (6, 63)), sof=None, precision=8, halved=False):
        self.height, self.width = height or len(planes[0]), width or len(planes[0][0])
        self.planes = [list(blocks(plane, step)) for plane in planes]
        self.columns = [len(plane[0]) // 8 for plane in planes]
        self.halved, self.restart = halved, restart
        self.parts = [("SOI", b"\xff\xd8")]
        self.parts += [("APP", part) for part in app]
        self.parts.append(("DQT", segment(0xDB, b"\0" + bytes([step] * 64))))
        self.parts.append(("SOF", self.frame(sof or (0xC2 if progressive else 0xC0), precision)))
        self.parts.append(("DHT", segment(0xC4, b"\x00" + bytes(DC_COUNTS) + bytes(DC_VALUES))
                           + segment(0xC4, b"\x10" + bytes(AC_COUNTS) + AC_VALUES)))
        if restart:
            self.parts.append(("DRI", segment(0xDD, struct.pack(">H", restart))))
        everything = range(len(planes))
        if progressive:
            self.scan(everything, 0, 0)
            for first, last in spectral:
                for component in everything:
                    self.scan([component], first, last)
        elif interleaved:
            self.scan(everything, 0, 63)
        else:
            for component in everything:
                self.scan([component], 0, 63)
        self.parts.append(("EOI", b"\xff\xd9"))

    def sampling(self, component):
        return 0x22 if self.halved and component == 0 else 0x11

    def frame(self, marker, precision):
        body = struct.pack(">BHHB", precision, self.height, self.width, len(self.planes))
        for component in range(len(self.planes)):
            body += bytes([component + 1, self.sampling(component), 0])
        return segment(marker, body)

    def units(self, components):
        """The blocks of a scan in the order in which they are coded, one list for each unit."""
        if not self.halved or len(components) == 1:
            for at in range(len(self.planes[components[0]])):
                yield [(component, self.planes[component][at]) for component in components]
            return
        across = self.columns[1]
        for at in range(len(self.planes[1])):
            row, column = at // across * 2, at % across * 2
            luma = [(row + y) * self.columns[0] + column + x for y in (0, 1) for x in (0, 1)]
            yield [(0, self.planes[0][each]) for each in luma] + [(c, self.planes[c][at]) for c in components if c]

    def scan(self, components, first, last):
        header = bytes([len(components)]) + b"".join(bytes([c + 1, 0]) for c in components) + bytes([first, last, 0])
        data, bits, before = bytearray(), Bits(), {}
        for number, unit in enumerate(self.units(list(components))):
            if self.restart and number and number % self.restart == 0:
                data += bits.end() + bytes([0xFF, 0xD0 + (number // self.restart - 1) % 8])
                bits, before = Bits(), {}
            for component, block in unit:
                if first == 0:
                    before[component] = put_dc(bits, block, before.get(component, 0))
                if last:
                    put_ac(bits, block, max(1, first), last)
        data += bits.end()
        self.parts += [("SOS", segment(0xDA, header)), ("data", bytes(data))]

    def without(self, *names):
        return b"".join(part for name, part in self.parts if name not in names)

    def replaced(self, name, change):
        return b"".join(change(part) if each == name else part for each, part in self.parts)

    def bytes(self):
        return self.without()
