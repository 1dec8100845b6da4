#!/usr/bin/env python3
"""Draws the documents of this folder: nobody's, of every format, whole and spoilt. Needs Debian's python3-pil,
fonts-ocr-b, fonts-dejavu-core and fonts-noto-cjk; the pictures are kept, so that no test does."""

import glob
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

FOLDER = Path(__file__).parent
WIDTH = 860  # px of a sheet
SHEETS_MM = {"TD3": (125, 88), "TD1": (85.6, 54), "TD2": (105, 74), "MRV-A": (120, 80), "MRV-B": (105, 74)}


def font(pattern, size):
    found = glob.glob(f"/usr/share/fonts/**/{pattern}", recursive=True)
    return ImageFont.truetype(found[0], int(size))


def sheet(kind, lines, fields):
    """A sheet with a zone of `lines`, and `fields` [(label, text)] above it."""
    random.seed("".join(lines))
    wide, high = SHEETS_MM[kind]
    mm = WIDTH / wide
    image = Image.new("RGB", (WIDTH, int(high * mm)), (222, 226, 232))
    draw = ImageDraw.Draw(image)
    for _ in range(40):  # the paper's pattern
        x, y = random.randint(0, WIDTH), random.randint(0, image.height)
        draw.ellipse([x - 260, y - 130, x + 260, y + 130], outline=(206, 214, 226))
    ink = (26, 26, 34)
    letters, pitch = font("OCRB.otf", 4.2 * mm), 2.54 * mm
    left = (WIDTH - pitch * len(lines[0])) / 2
    for i, line in enumerate(lines):
        base = image.height - (7 + 6.35 * (len(lines) - 1 - i)) * mm
        for column, letter in enumerate(line):
            draw.text((left + pitch * column, base), letter, font=letters, fill=ink, anchor="ls")
    label, text = font("DejaVuSans.ttf", 1.7 * mm), font("NotoSansCJK-Regular.ttc", 2.9 * mm)
    for i, (name, value) in enumerate(fields):
        draw.text((wide * 0.36 * mm, (4 + 6.4 * i) * mm), name, font=label, fill=(70, 90, 140))
        draw.text((wide * 0.36 * mm, (5.4 + 6.4 * i) * mm), value, font=text, fill=ink)
    return image


def on_a_table(image, degrees):
    table = Image.new("RGB", (int(image.width * 1.15), int(image.height * 1.25)), (74, 58, 46))
    table.paste(image, (int(image.width * 0.07), int(image.height * 0.12)))
    return table.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(74, 58, 46))


def text_page():
    page = Image.new("RGB", (700, 900), (250, 250, 248))
    draw, letters = ImageDraw.Draw(page), font("DejaVuSans.ttf", 15)
    words = "the consulate is open on weekdays from nine to noon and closed on holidays of both countries".split()
    random.seed(3)
    for row in range(36):
        draw.text((60, 60 + 22 * row), " ".join(random.choice(words) for _ in range(9)), font=letters, fill=(20, 20, 20))
    return page


def landscape():
    picture = Image.new("RGB", (900, 600), (120, 170, 220))
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 420), (260, 180), (430, 400), (640, 140), (900, 430), (900, 600), (0, 600)], fill=(70, 110, 70))
    return picture.filter(ImageFilter.GaussianBlur(2))


def save(name, image, quality=82):
    image.convert("RGB").save(FOLDER / f"{name}.jpg", quality=quality)


TD3 = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]
FORGED = [TD3[0], "L898902C36UTO7408132F1204159ZE184226B<<<<<10"]
TD1 = ["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"]
TD2 = ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"]
MRV_A = ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"]
MRV_B = ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"]
CHN = ["POCHNOUYANG<<XIAOMEI<<<<<<<<<<<<<<<<<<<<<<<<", "E000000008CHN8501019F2301147<<<<<<<<<<<<<<<0"]
FIELDS = [("Type", "P"), ("Surname", "ERIKSSON"), ("Given names", "ANNA MARIA"), ("Nationality", "UTOPIAN"),
          ("Date of birth", "12 AUG 1974"), ("Sex", "F"), ("Place of birth", "ZENITH"), ("Authority", "PASSPORT OFFICE")]
CHINESE = [("护照 / PASSPORT", "P O"), ("姓名 / Name", "欧阳小梅"), ("", "OUYANG, XIAOMEI"), ("性别 / Sex", "女 / F"),
           ("国籍 / Nationality", "中国 / CHINESE"), ("出生日期 / Date of birth", "01 JAN 1985")]

whole = sheet("TD3", TD3, FIELDS)
save("td3", whole)
save("td3_turned", on_a_table(whole, -90 + 6))
save("td3_upside_down", whole.rotate(180))
save("td3_blurred", whole.filter(ImageFilter.GaussianBlur(3.2)))
save("td3_dark", ImageEnhance.Brightness(whole).enhance(0.12))
save("td3_cut_off", whole.crop((110, 0, whole.width, whole.height)))
save("td3_small", whole.resize((300, 211), Image.Resampling.LANCZOS))
save("td3_forged", sheet("TD3", FORGED, FIELDS))
save("td2", sheet("TD2", TD2, FIELDS[:6]))
save("td1", sheet("TD1", TD1, FIELDS[:2]))
save("mrv_a", sheet("MRV-A", MRV_A, FIELDS[:7]))
save("mrv_b", sheet("MRV-B", MRV_B, FIELDS[:6]))
save("chinese", sheet("TD3", CHN, CHINESE))
save("text_page", text_page(), 60)
save("landscape", landscape(), 60)
