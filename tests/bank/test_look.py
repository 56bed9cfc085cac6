#!/usr/bin/python3
"""`tefter bank look`: what it shows, its exit codes, and real files of banks against what is known of them.

    test_look.py BINARIES DATA

DATA/truth.json says what others counted in DATA/bank; without it those tests are skipped, and it is said.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from decimal import Decimal

BINARIES, DATA = sys.argv[1:3]
HAVE_DATA = os.path.exists(os.path.join(DATA, "truth.json"))
BANK = os.path.join(DATA, "bank")
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "TEFTER_LANGUAGE": "en"}

MT940 = """:20:S
:25:GR1601101250
:28C:17/1
:60F:C261120EUR100,00
:61:2611201120C12,50NTRFNONREF//B-1
:86:166?00GUTSCHRIFT?20EREF+X-1?21SVWZ+bill 7?32FENWICK
:61:2611201120D2,50NTRFNONREF//B-2
:62F:C261120EUR110,00
-
"""


def look(path, *options, stdin=None):
    return subprocess.run([os.path.join(BINARIES, "tefter"), "bank", "look", path, *options], input=stdin,
                          capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False)


class File:
    """What --json says of a file."""

    def __init__(self, path, *options):
        run = look(path, "--json", *options)
        self.code = run.returncode
        self.lines = [json.loads(line) for line in run.stdout.splitlines()]
        self.statements = [line for line in self.lines if "account" in line and "entry" not in line]
        self.entries = [line for line in self.lines if "entry" in line]
        self.findings = [line for line in self.lines if "finding" in line]

    def money(self, minor, exponent):
        return Decimal(minor).scaleb(-exponent)

    def sums(self, statement=None):
        amounts = [self.money(entry["amount_minor"], entry["exponent"]) for entry in self.entries
                   if statement is None or entry["statement"] == statement]
        return sum(a for a in amounts if a > 0), -sum(a for a in amounts if a < 0)

    def balances(self, name):
        return [self.money(s[name], s["exponent"]) for s in self.statements if name in s]

    def counted(self):
        return sum(s["entries"] for s in self.statements)

    def said(self):
        return [finding["said"] for finding in self.findings]

    def left_out(self):
        return sum(s["left_out"] for s in self.statements)


class Command(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, text, encoding="utf-8"):
        path = os.path.join(self.folder.name, "file")
        with open(path, "w", encoding=encoding, newline="") as file:
            file.write(text)
        return path

    def test_a_statement_is_shown(self):
        run = look(self.file(MT940))
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        for said in ("GR1601101250", "100.00 EUR", "12.50", "-2.50", "110.00 EUR", "bill 7", "FENWICK", "X-1", "2026-11-20"):
            self.assertIn(said, run.stdout)
        self.assertRegex(run.stdout, r"balanced +yes")
        self.assertRegex(run.stdout, r"entries +2\n")

    def test_what_is_odd_is_a_sentence_with_its_line(self):
        run = look(self.file(MT940.replace("110,00", "111,00").replace("D2,50", "D2,5x")))
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, r"off by 1\.\d\d EUR|off by -?\d")
        self.assertIn("! Line 7:", run.stdout)
        self.assertIn("1 left out", run.stdout)

    def test_other_languages_say_it_otherwise(self):
        path = self.file(MT940.replace("110,00", "111,00"))
        said = {language: look(path, "--language", language).stdout for language in ("en", "vi", "zh", "fa", "el")}
        self.assertEqual(len(set(said.values())), 5)
        for text in said.values():
            self.assertIn("1.00 EUR", text)
            self.assertIn("bill 7", text)

    def zip(self, **members):
        path = os.path.join(self.folder.name, "zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, text in members.items():
                file.writestr(name, text)
        return path

    def test_a_zip_is_read_file_by_file(self):
        run = look(self.zip(a=MT940, b=MT940.replace("B-", "C-").replace("R110,00", "R120,00").replace("R100,00", "R110,00"),
                            readme="no bank\n"))
        self.assertEqual(run.stdout.count("Account GR1601101250"), 2)
        self.assertRegex(run.stdout, "! This is no file of a bank .* readme")
        self.assertNotIn("opens", run.stdout)
        self.assertEqual(run.returncode, 1)
        run = look(self.zip(a=MT940, bomb="<OFX>" + " " * (257 << 20)))
        self.assertEqual(run.returncode, 2)
        self.assertIn("BANK_FILE_MAX", run.stderr)
        path = self.zip(a=MT940)
        with open(path, "r+b") as file:
            file.truncate(os.path.getsize(path) - 30)
        self.assertEqual(look(path).returncode, 2)

    def test_what_a_workbook_hides_is_told(self):
        row = '<row r="{0}"{1}><c r="A{0}" t="inlineStr"><is><t>{2}</t></is></c><c r="B{0}" t="inlineStr"><is><t>{3}</t></is></c></row>'
        sheet = "<worksheet><sheetData>" + row.format(1, "", "Date", "Amount") + row.format(2, "", "2026-11-20", "5.00") + \
            row.format(3, ' hidden="1"', "2026-11-21", "7.00") + "</sheetData></worksheet>"
        run = look(self.zip(**{
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="a" r:id="1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="1" Target="s.xml"/></Relationships>',
            "xl/s.xml": sheet}))
        self.assertRegex(run.stdout, "! Of the workbook this is hidden and was not read: .*row")
        self.assertIn("5.00", run.stdout)
        self.assertNotIn("7.00", run.stdout)
        self.assertEqual(run.returncode, 1)

    def test_standard_input_and_json(self):
        run = look("-", "--json", stdin=MT940)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual(run.returncode, 0)
        self.assertEqual(lines[0], {"form": "MT940", "version": "MT940", "statements": 1, "findings": 0})
        self.assertEqual(lines[1]["off_minor"], 0)
        self.assertEqual(lines[2]["amount_minor"], 1250)
        self.assertEqual(lines[2]["end_to_end"], "X-1")

    def test_what_is_no_bank_file_is_wrong_use(self):
        for text, said in (("hello\n", "no file of a bank"), ("", "no statement"),
                           ("Day,How much\n2026-01-02,3.00\n", "Which columns"),
                           ("Date,Amount\n03/04/2026,3.00\n", "--dates")):
            run = look(self.file(text))
            self.assertEqual(run.returncode, 2, text)
            self.assertIn(said, run.stderr)
            self.assertEqual(run.stdout, "")
        self.assertEqual(look("/nonexistent").returncode, 2)
        self.assertEqual(look(self.file(MT940), "--currency", "QQQ").returncode, 2)
        self.assertEqual(look(self.file(MT940), "--decimal", "x").returncode, 2)

    def test_rows_are_as_many_as_are_wanted(self):
        path = self.file(MT940)
        run = look(path, "--rows", "1")
        self.assertIn("which --all shows: 1", run.stderr)
        self.assertNotIn("B-2", run.stdout)
        self.assertIn("B-2", look(path, "--rows", "1", "--all").stdout)

    def test_nothing_of_a_file_obeys_the_terminal(self):
        run = look(self.file(MT940.replace("bill 7", "bill\x1b[31m 7\u202e")))
        self.assertNotIn("\x1b", run.stdout)
        self.assertNotIn("\u202e", run.stdout)


# Files that are wrong, and what of them is left out: (entries left out, what is lost of the sum)
OFX_LOST = {
    "ofxparse/fail_nice/date_missing.ofx": (3, Decimal("320.00")),
    "ofxparse/fail_nice/decimal_error.ofx": (1, Decimal(0)),
    "oca/test_ofx_wrong.ofx": (1, Decimal("-90")),  # amount and day are in a remark
}
# file: options, entries, money in, money out, what must be said
TABLES = {
    "balance.csv": ((), 2, "1533.50", "33.50", None),
    "debit_credit.csv": ((), 1, "0", "33.50", "minus"),
    "debit_credit_amount.csv": ((), 4, "53.50", "1513.50", "balance beside the row"),
    "empty_statement_en.csv": ((), 0, "0", "0", None),
    "empty_statement_en.xlsx": ((), 0, "0", "0", None),
    "meta_data_separated_credit_debit.csv": (("--dates", "dmy"), 4, "1300.00", "230.68", "does not balance"),
    "meta_data_separated_credit_debit.xlsx": (("--dates", "dmy"), 4, "1300.00", "230.68", "does not balance"),
    "multi_currency.csv": ((), 2, "1525.00", "33.50", "not the statement's currency"),
    "original_currency.csv": ((), 1, "1525.00", "0", None),
    "original_currency_empty.csv": ((), 1, "1525.00", "0", "does not say its currency"),
    "original_currency_no_header.csv": (("--columns", "date=1,text=2,currency=3,amount=4"), 1, "1525.00", "0", None),
    "sample_statement_credit_card_inverse_sign_en.csv": ((), 2, "33.50", "1525.00", "not the statement's currency"),
    "sample_statement_en.csv": ((), 2, "1525.00", "33.50", "not the statement's currency"),
    "sample_statement_en.xlsx": ((), 2, "1525.00", "33.50", "not the statement's currency"),
    "sample_statement_en_empty_values.xlsx": ((), 3, "0", "2207.68", None),  # and a row of totals
}


@unittest.skipUnless(HAVE_DATA, f"{DATA}/truth.json is not there: nothing is compared with files of banks")
class Truth(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(os.path.join(DATA, "truth.json"), encoding="utf-8") as file:
            cls.truth = json.load(file)

    def each(self, section):
        for name, facts in self.truth[section].items():
            name = name.removeprefix("open/bank/")
            yield os.path.join(BANK, name), name.split("/", 1)[1], facts

    def compare_camt(self, file, number, statement, known):
        credits, debits = file.sums(number)
        self.assertEqual(statement["id"], known["id"])
        self.assertEqual(statement["account"], known["account"])
        if known["currency"]:
            self.assertEqual(statement["currency"], known["currency"])
        self.assertEqual(statement["entries"], known["entries"])
        if statement["left_out"] > 0: # some of these files have an entry without a date, whose amount is counted there
            self.assertIn("has no date; it was left out", " ".join(file.said()))
            self.assertEqual(statement["left_out"], known["entries"])
        else:
            self.assertEqual((credits, debits), (Decimal(known["credits"]), Decimal(known["debits"])))
        for name in ("opening", "closing"):
            if known[name] is not None and f"{name}_minor" not in statement: # it is in another currency than the account
                self.assertRegex(" ".join(file.said()), "a balance cannot be read: [0-9.]+ SEK")
            elif known[name] is not None:
                self.assertEqual(file.money(statement[f"{name}_minor"], statement["exponent"]), Decimal(known[name]))
        if known["balances"] is not None and "off_minor" in statement:
            self.assertEqual(statement["off_minor"] == 0, known["balances"])

    def test_camt(self):
        seen = 0
        for path, _, facts in self.each("camt"):
            with self.subTest(path):
                known = facts.get("statements")
                if known is None:
                    known = [statement for member in facts["members"].values() for statement in member["statements"]]
                file = File(path)
                self.assertEqual(file.lines[0]["form"], "camt")
                self.assertEqual(len(file.statements), len(known))
                for number, (statement, facts_of) in enumerate(zip(file.statements, known), 1):
                    if facts_of["account"] == "" and statement["account"] != "":
                        facts_of = {**facts_of, "account": statement["account"]}
                    self.compare_camt(file, number, statement, facts_of)
                    seen += 1
        self.assertGreater(seen, 30)

    def test_mt940(self):
        for path, name, facts in self.each("mt940"):
            with self.subTest(path):
                file = File(path)
                if file.code == 2:
                    self.assertEqual((facts["lines_61"], facts["opening"], facts["closing"]), (0, [], []), name)
                    continue
                self.assertEqual(file.lines[0]["form"], "MT940")
                self.assertEqual(file.counted(), facts["lines_61"] + facts["lines_61_not_understood"])
                self.assertEqual(file.left_out(), facts["lines_61_not_understood"])
                self.assertEqual(file.sums(), (Decimal(facts["credits"]), Decimal(facts["debits"])))
                self.assertEqual(file.balances("opening_minor"), [Decimal(each) for each in facts["opening"]])
                self.assertEqual(file.balances("closing_minor"), [Decimal(each) for each in facts["closing"]])
                if facts["balances"] is not None and len(file.statements) == 1:
                    self.assertEqual(file.statements[0]["off_minor"] == 0, facts["balances"])

    def test_ofx(self):
        for path, name, facts in self.each("ofx"):
            with self.subTest(path):
                file = File(path)
                if name.endswith(".qif"):
                    self.assertEqual(file.code, 2)
                    continue
                left_out, lost = OFX_LOST.get(name, (None, None))
                credits, debits = file.sums()
                self.assertEqual(file.lines[0]["form"], "OFX")
                self.assertEqual(file.counted(), facts["transactions"])
                if left_out is None:
                    left_out = sum("cannot be read exactly" in each for each in file.said())
                    lost = Decimal(facts["sum"]) - (credits - debits)
                    self.assertEqual(left_out > 0, lost != 0)
                self.assertEqual(file.left_out(), left_out)
                self.assertEqual(credits - debits + lost, Decimal(facts["sum"]))
                self.assertEqual(file.balances("closing_minor"), [Decimal(each) for each in facts["ledger_balance"]])

    def test_tables(self):
        for path, name, _ in self.each("csv"):
            with self.subTest(path):
                options, entries, money_in, money_out, said = TABLES[os.path.basename(name)]
                file = File(path, *options)
                self.assertEqual(file.lines[0]["form"], "table")
                self.assertEqual(len(file.entries), entries)
                self.assertEqual(file.left_out(), "minus" == said)
                self.assertEqual(file.sums(), (Decimal(money_in), Decimal(money_out)))
                if said is not None:
                    self.assertIn(said, " ".join(file.said()))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
