#!/usr/bin/python3
"""Amounts in words, read back by another program: what is said of a number is that number.

    test_amounts.py SAY_AMOUNTS [SEED]

Readers are of the words alone, and know nothing of how they are written: each has a table of what a
word is worth, and the rule by which people add and multiply them.
"""
import random
import re
import subprocess
import sys

SAY = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 20261201
COUNT = 4000


def small(words, start=0):
    return {word: start + i for i, word in enumerate(words.split())}


# ---- one reader for what is read by adding words up and multiplying them by scales ----

def summed(words, values, scales):
    """12 thousand 5: each scale multiplies what stands before it back to a larger scale."""
    total, part = 0, 0
    for word in words:
        if word in values:
            part += values[word]
        elif word == "hundred":
            part *= 100
        else:
            scale = scales[word]
            total += max(part, 1) * scale if scale != 1 else part
            part = 0
    return total + part


# ---- languages ----

EN = {**small("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
              " seventeen eighteen nineteen"),
      **{word: 10 * (i + 2) for i, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}}
EN_SCALE = {word: 1000 ** (i + 1) for i, word in enumerate("thousand million billion trillion quadrillion quintillion".split())}


def english(text):
    return summed([word for word in re.split("[ -]", text) if word != "and"], EN, EN_SCALE)


VI = {**small("không một hai ba bốn năm sáu bảy tám chín"), "mốt": 1, "tư": 4, "lăm": 5}
VI_SCALE = {"nghìn": 1000, "triệu": 10 ** 6}


def vietnamese(text):
    if "tỷ" in text.split():
        before, _, behind = text.rpartition("tỷ")
        return vietnamese(before.strip()) * 10 ** 9 + (vietnamese(behind.strip()) if behind.strip() else 0)
    total = part = digit = 0
    for word in text.split():
        if word == "trăm":
            part, digit = digit * 100, 0
        elif word == "mươi":
            part, digit = part + digit * 10, 0
        elif word == "mười":
            part += 10
        elif word == "lẻ":
            pass
        elif word in VI_SCALE:
            total, part, digit = total + (part + digit) * VI_SCALE[word], 0, 0
        else:
            digit = VI[word]
    return total + part + digit


ZH = {char: i for i, char in enumerate("零壹贰叁肆伍陆柒捌玖")}


def chinese(text):
    for unit, scale in (("亿", 10 ** 8), ("万", 10 ** 4)):
        if unit in text:
            before, _, behind = text.rpartition(unit)
            return chinese(before) * scale + chinese(behind)
    total = digit = 0
    for char in text:
        if char in "仟佰拾":
            total, digit = total + digit * {"仟": 1000, "佰": 100, "拾": 10}[char], 0
        else:
            digit = ZH[char]
    return total + digit


FA = {**small("صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده"),
      **{word: 10 * (i + 2) for i, word in enumerate("بیست سی چهل پنجاه شصت هفتاد هشتاد نود".split())},
      **{word: 100 * (i + 1) for i, word in enumerate("صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد".split())}}
FA_SCALE = {"هزار": 1000, "میلیون": 10 ** 6}


def persian(text):
    if "میلیارد" in text.split():
        before, _, behind = text.rpartition("میلیارد")
        behind = behind.strip().removeprefix("و ")
        return persian(before.strip()) * 10 ** 9 + (persian(behind) if behind else 0)
    return summed([word for word in text.split() if word != "و"], FA, FA_SCALE)


EL = {**small("μηδέν ένα δύο τρία τέσσερα πέντε έξι επτά οκτώ εννέα δέκα έντεκα δώδεκα δεκατρία δεκατέσσερα δεκαπέντε"
              " δεκαέξι δεκαεπτά δεκαοκτώ δεκαεννέα"),
      "μία": 1, "τρεις": 3, "τέσσερις": 4, "δεκατρείς": 13, "δεκατέσσερις": 14,
      **{word: 10 * (i + 2) for i, word in
         enumerate("είκοσι τριάντα σαράντα πενήντα εξήντα εβδομήντα ογδόντα ενενήντα".split())},
      "εκατό": 100, "εκατόν": 100, "χίλια": 1000, "χίλιες": 1000}
for at, stem in enumerate("διακόσι τριακόσι τετρακόσι πεντακόσι εξακόσι επτακόσι οκτακόσι εννιακόσι".split()):
    EL[stem + "α"] = EL[stem + "ες"] = 100 * (at + 2)
EL_SCALE = {"χιλιάδες": 1000, "δισεκατομμύρι": 10 ** 9, "τρισεκατομμύρι": 10 ** 12}


def greek(text):
    text = re.sub(r"τετράκις εκατομμύρι(ο|α)", "Τ", text)
    text = re.sub(r"πεντάκις εκατομμύρι(ο|α)", "Π", text)
    scales = {"χιλιάδες": 10 ** 3, "Τ": 10 ** 15, "Π": 10 ** 18}
    for stem, scale in (("εκατομμύρι", 10 ** 6), ("δισεκατομμύρι", 10 ** 9), ("τρισεκατομμύρι", 10 ** 12)):
        scales[stem + "ο"] = scales[stem + "α"] = scale
    # of one kind: a feminine numeral stands before thousands alone, a neuter one before all else
    words = text.split()
    for at, word in enumerate(words):
        if word in ("τρεις", "τέσσερις", "μία") or (word.endswith("κόσιες")):
            rest = [later for later in words[at:] if later in scales]
            assert GREEK_SHE or rest[:1] == ["χιλιάδες"], text
        if word in ("τρία", "τέσσερα", "ένα") or word.endswith("κόσια"):
            rest = [later for later in words[at:] if later in scales]
            assert rest[:1] != ["χιλιάδες"], text
    return summed(words, EL, scales)


GREEK_SHE = False

MINUS = {"en": "minus ", "vi": "âm ", "zh": "负", "fa": "منفی ", "el": "μείον "}
READERS = {"en": english, "vi": vietnamese, "fa": persian, "el": greek}
# currency: (decimals, {language: (major units, minor units, between)})
UNITS = {
    "VND": (0, {"en": ("dong",), "vi": ("đồng",), "fa": ("دونگ",), "el": ("ντονγκ",)}),
    "EUR": (2, {"en": ("euros?", "cents?"), "vi": ("euro", "xu"), "fa": ("یورو", "سنت"), "el": ("ευρώ", "λεπτ(?:ό|ά)")}),
    "GBP": (2, {"en": ("pounds?", "penny|pence"), "vi": ("bảng Anh", "xu"), "fa": ("پوند", "پنس"),
                "el": ("λίρ(?:α|ες)", "πέν(?:α|ες)")}),
    "IRT": (1, {"en": ("tomans?", "rials?"), "vi": ("toman", "rial"), "fa": ("تومان", "ریال"), "el": ("τομάν", "ριάλ")}),
}
AND = {"en": " and ", "vi": " và ", "fa": " و ", "el": " και "}


def read(language, code, text):
    global GREEK_SHE
    exponent, units = UNITS[code]
    sign = 1
    if text.startswith(MINUS[language]):
        sign, text = -1, text[len(MINUS[language]):]
    names = units[language]
    GREEK_SHE = language == "el" and code == "GBP"
    number = READERS[language]
    match = re.fullmatch(rf"(.*) (?:{names[0]})", text)
    if match:
        return sign * number(match[1]) * 10 ** exponent
    match = re.fullmatch(rf"(.*) (?:{names[0]}){AND[language]}(.*) (?:{names[1]})", text)
    if match:
        return sign * (number(match[1]) * 10 ** exponent + number(match[2]))
    return sign * number(re.fullmatch(rf"(.*) (?:{names[1]})", text)[1])


ZH_MONEY = {"CNY": ("人民币", "圆"), "EUR": ("欧元", "圆"), "VND": ("越南盾", "盾")}


def read_chinese(code, text):
    before, unit = ZH_MONEY[code]
    assert text.startswith(before), text
    assert "零零" not in text, text
    text, sign = text[len(before):], 1
    if text.startswith("负"):
        text, sign = text[1:], -1
    exponent = 0 if code == "VND" else 2
    assert text.endswith("整") != text.endswith("分"), text
    major, _, minor = text.removesuffix("整").rpartition(unit)
    cents = 0
    for char, weight in (("角", 10), ("分", 1)):
        found = re.search(f"(.){char}", minor)
        if found:
            cents += ZH[found[1]] * weight
    if minor:
        assert re.fullmatch("零?.分|.角(?:.分)?", minor), text
        assert not major or "角" in minor or minor.startswith("零"), text
    return sign * (chinese(major) * 10 ** exponent + cents)


def amounts():
    chance = random.Random(SEED)
    for _ in range(COUNT):
        digits = chance.randint(1, 19)
        text = "".join(chance.choice("0000123456789") for _ in range(digits))
        value = int(text)
        yield (value if chance.random() < 0.9 else -value) if value <= 2 ** 63 - 1 else value % (2 ** 63)
    yield from range(0, 2300)
    for power in range(19):
        yield from (10 ** power, 10 ** power - 1, 10 ** power + 1, -(10 ** power), 5 * 10 ** power if power < 18 else 0)
    yield from (2 ** 63 - 1, -2 ** 63)


def main():
    asked = []
    for value in amounts():
        for language in READERS:
            asked += [(language, value, code, UNITS[code][0]) for code in UNITS]
        asked += [("zh", value, code, 0 if code == "VND" else 2) for code in ZH_MONEY]
    lines = "".join("{} {} {} {}\n".format(*row) for row in asked)
    said = subprocess.run([SAY], input=lines, capture_output=True, text=True, check=True, timeout=100).stdout.splitlines()
    assert len(said) == len(asked)
    wrong = 0
    for (language, value, code, _), words in zip(asked, said):
        got = read_chinese(code, words) if language == "zh" else read(language, code, words)
        if got != value or words != words.strip() or "  " in words:
            print(f"seed {SEED}: {language} {code} {value}: {words!r} reads as {got}")
            wrong += 1
    print(f"{len(asked)} amounts read back, seed {SEED}, {wrong} wrong")
    return 1 if wrong or len(asked) < 100000 else 0


sys.exit(main())
