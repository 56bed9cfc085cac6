#!/usr/bin/python3
"""`tefter paper` through the real programs: what the ledger has stands on the paper, in the customer's language.

    test_papers.py BINARIES
"""
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unicodedata
import unittest
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "restore"))
import shop

BINARIES = sys.argv.pop(1)
KEEP = os.environ.get("PAPERS_FOLDER") # to be looked at
CUSTOMERS = {
    "en": ("EN", "Fenwick & Sons (Contractors)", "3 Mill Lane, Cork"),
    "vi": ("VI", "Công ty TNHH Xây dựng Phú Mỹ", "42 Lê Văn Việt, TP. Thủ Đức"),
    "zh": ("ZH", "杭州建明装饰工程有限公司", "杭州市余杭区文一西路 42 号"),
    "fa": ("FA", "شرکت سازه آریا", "کرج، میدان سپاه"),
    "el": ("EL", "Κατασκευές Παπαδόπουλος Α.Ε.", "Λεωφ. Κηφισίας 42, Αθήνα"),
}
TITLES = {"en": "INVOICE", "vi": "TOA HÀNG", "zh": "销售单", "el": "ΤΙΜΟΛΟΓΙΟ"}
IN_WORDS = {
    "en": "One hundred and seventy-eight euros",
    "vi": "Một trăm bảy mươi tám euro",
    "zh": "欧元壹佰柒拾捌圆整",
    "el": "Εκατόν εβδομήντα οκτώ ευρώ",
}


def plain(text):
    return re.sub(r"[\s\u2060-\u206f\u200b-\u200f]+", "", unicodedata.normalize("NFC", text))


def png(width, height):
    """A grey picture."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\x60" * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


@unittest.skipUnless(shutil.which("pdftotext"), "pdftotext is not here")
class Papers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-papers-")
        cls.shop = shop.Shop(BINARIES, cls.folder, f"127.0.0.1:{shop.free_port()}")
        code = cls.shop.server.init(currency="EUR")
        cls.shop.server.start(listen=cls.shop.address)
        tefter = cls.shop.tefter
        tefter("office", "enrol", cls.shop.address, code)
        cls.shop.login("office", shop.server.OWNER)
        tefter("office", "till", "add", "HQ", "drawer")
        tefter("office", "account", "add", "Main", "GR16 0110 1250 0000 0001 2300 695", "--bank", "Εθνική Τράπεζα")
        tefter("office", "product", "add", "XM", "Xi măng Hà Tiên", "--price", "89", "--unit", "bao")
        for language, (number, name, address) in CUSTOMERS.items():
            tefter("office", "customer", "add", name, "--code", number, "--phone", "0901 22 33", "--area", "x", "--address",
                   address, "--language=" + language, "--no-look")
            tefter("office", "customer", "limit", number, "100000")

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()
        shutil.rmtree(cls.folder)

    # ---- what is done ----

    def sell(self, customer, quantity=2):
        return self.shop.done("office", "sell", customer, f"XM={quantity}")["number"]

    def path(self, name):
        path = os.path.join(self.folder, name)
        if os.path.exists(path):
            os.unlink(path)
        return path

    def paper(self, name, *words, code=0):
        """(its words, what the program said)"""
        path = self.path(name)
        said = self.shop.tefter("office", "paper", *words, "--out", path, code=code)
        if code != 0:
            self.assertFalse(os.path.exists(path))
            return "", said.stdout + said.stderr
        if KEEP:
            shutil.copy(path, KEEP)
        text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True, timeout=60)
        return plain(text.stdout), said.stdout + said.stderr

    def bytes_of(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def has(self, text, *words):
        for word in words:
            self.assertIn(plain(word), text)

    # ---- bills ----

    def test_an_invoice_in_the_language_of_each_customer(self):
        for language, (customer, name, address) in CUSTOMERS.items():
            number = self.sell(customer)
            text, said = self.paper(f"invoice-{language}.pdf", number)
            self.assertIn("1 page", said)
            if language == "fa": # what a reader of PDF makes of right to left has no order
                continue
            self.has(text, TITLES[language], name, address, number, "Xi măng Hà Tiên", "XM", IN_WORDS[language],
                     "GR16 0110 1250 0000 0001 2300 695", "Εθνική Τράπεζα")
            self.assertNotIn("COPY", text)

    @unittest.skipUnless(shutil.which("zbarimg"), "zbarimg is not here")
    def test_a_bank_s_app_reads_what_is_to_be_paid(self):
        number = self.sell("EL", 3)
        self.shop.done("office", "pay", "EL", "17", "--cash", "drawer", "--bill", number)
        path = self.path("epc.png")
        self.shop.tefter("office", "paper", number, "--kind", "invoice", "--out", path)
        said = subprocess.run(["zbarimg", "--quiet", "--raw", "-Sbinary", path], capture_output=True, text=True, check=False).stdout
        lines = said.rstrip("\n").split("\n")
        self.assertEqual(lines, ["BCD", "002", "1", "SCT", "", "Hải Long", "GR1601101250000000012300695", "EUR250.00", "", "",
                                 number])

    def test_another_language_is_said(self):
        number = self.sell("ZH")
        text, said = self.paper("said.pdf", number, "--language", "el")
        self.has(text, "ΤΙΜΟΛΟΓΙΟ", CUSTOMERS["zh"][1])
        self.assertIn("1 σελίδα", said)

    def test_what_was_paid_is_taken_off(self):
        number = self.sell("EN")
        receipt = self.shop.done("office", "pay", "EN", "100", "--cash", "drawer", "--bill", number)["number"]
        text, _ = self.paper("paid.pdf", number, "--kind", "invoice")
        self.has(text, "Total178.00", "Paid−100.00", "Left to pay78.00")
        text, _ = self.paper("receipt.pdf", receipt, "--kind", "payment", "--copy")
        self.has(text, "RECEIPT", "COPY", f"for {number}", "100.00", "One hundred euros", "Cash")

    def test_money_that_is_not_matched(self):
        receipt = self.shop.done("office", "pay", "EL", "40", "--cash", "drawer", "--unmatched")["number"]
        text, _ = self.paper("unmatched.pdf", receipt, "--kind", "payment")
        self.has(text, "ΑΠΟΔΕΙΞΗ ΕΙΣΠΡΑΞΗΣ", "Για κανένα παραστατικό ακόμη", "Σαράντα ευρώ")

    def test_a_credit_note(self):
        number = self.sell("VI")
        note = self.shop.done("office", "credit-note", number, "1=1", "--reason", "hư hỏng")["number"]
        text, _ = self.paper("credit.pdf", note, "--kind", "credit-note")
        self.has(text, "PHIẾU GIẢM TRỪ", f"cho {number}", "Tám mươi chín euro", "Lý do: hư hỏng")

    def test_a_reversed_invoice_says_so(self):
        number = self.sell("EN")
        self.shop.done("office", "reverse", number, "--reason", "wrong")
        text, _ = self.paper("reversed.pdf", number, "--kind", "invoice")
        self.has(text, "REVERSED")

    def test_the_same_paper_twice_is_the_same_bytes(self):
        number = self.sell("FA")
        self.paper("first.pdf", number)
        self.paper("second.pdf", number)
        with open(self.folder + "/first.pdf", "rb") as first, open(self.folder + "/second.pdf", "rb") as second:
            self.assertEqual(first.read(), second.read())

    def test_pictures_of_the_shop_and_notes(self):
        number = self.sell("EN")
        for name in ("logo.png", "seal.png"):
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(png(120, 60))
        text, _ = self.paper("pictures.pdf", number, "--logo", self.folder + "/logo.png", "--seal", self.folder + "/seal.png",
                             "--note", "Thank you.", "--note", "Come again.", "--qr", "https://example.org/pay?1")
        self.has(text, "Thank you.", "Come again.")
        said = subprocess.run(["pdfimages", "-list", self.folder + "/pictures.pdf"], capture_output=True, text=True, check=True)
        self.assertGreaterEqual(len(said.stdout.splitlines()) - 2, 1)
        _, said = self.paper("none.pdf", number, "--logo", self.folder + "/first.pdf", code=2)
        self.assertIn("cannot read", said)

    def test_a_sale_to_nobody_by_name(self):
        number = self.shop.json("office", "sell", "cash", "XM=3", "--paid", "cash")[-1]["number"]
        text, _ = self.paper("cash.pdf", number, "--language", "en")
        self.has(text, "SALES RECEIPT", "267.00", "Two hundred and sixty-seven euros")
        self.assertNotIn("CASH", text)
        self.assertNotIn(plain("Goods taken by"), text)

    def test_money_paid_out(self):
        self.shop.tefter("office", "customer", "add", "Back & Co", "--code", "RF", "--phone", "1", "--area", "x", "--no-look")
        self.shop.done("office", "pay", "RF", "60", "--cash", "drawer", "--unmatched")
        number = self.shop.done("office", "refund", "RF", "20", "--cash", "drawer", "--reason", "more than was due")["number"]
        text, _ = self.paper("refund.pdf", number, "--language", "en")
        self.has(text, "PAID OUT", "Twenty euros", "Reason: more than was due")

    # ---- statements ----

    def test_a_statement_adds_up(self):
        self.shop.tefter("office", "customer", "add", "Statement & Co", "--code", "ST", "--phone", "1", "--area", "x",
                         "--language=en", "--no-look")
        self.shop.tefter("office", "customer", "limit", "ST", "100000")
        for quantity in (1, 2, 3):
            self.sell("ST", quantity)
        self.shop.done("office", "pay", "ST", "200", "--cash", "drawer")
        text, _ = self.paper("statement.pdf", "--statement", "ST")
        self.has(text, "STATEMENT", "Statement & Co", "You owe", "334.00", "Opening balance0.00",
                 "Sums, and closing balance534.00200.00334.00", "Three hundred and thirty-four euros", "This is no tax invoice.",
                 "Reference: ST")
        text, _ = self.paper("confirmation.pdf", "--confirmation", "ST")
        self.has(text, "CONFIRMATION OF BALANCE", "Your answer", "The balance above is right.", "334.00")
        # the same by the other way
        path = self.path("again.pdf")
        self.shop.tefter("office", "customer", "statement", "ST", "--pdf", path)
        again = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
        self.has(plain(again), "Sums, and closing balance534.00200.00334.00")

    def test_a_span_of_days(self):
        self.sell("EL")
        text, _ = self.paper("span.pdf", "--statement", "EL", "--from", "+1", "--language", "en")
        self.assertNotIn(plain("Invoice HQ"), text)
        self.has(text, "Opening balance")
        self.assertNotIn(plain("Opening balance0.00"), text)
        text, _ = self.paper("before.pdf", "--statement", "EL", "--to", "-1", "--language", "en")
        self.has(text, "Opening balance0.00", "Sums, and closing balance0.000.000.00")
        _, said = self.paper("none.pdf", "--statement", "EL", "--from", "2", "--to", "1", code=2)
        self.assertIn("--from is after --to", said)

    def test_a_customer_with_nothing(self):
        self.shop.tefter("office", "customer", "add", "Nothing Yet", "--code", "NO", "--phone", "1", "--area", "x",
                         "--language=en", "--no-look")
        text, _ = self.paper("nothing.pdf", "--statement", "NO")
        self.has(text, "Nothing Yet", "Opening balance0.00", "Zero euros")
        text, _ = self.paper("nothing-to-confirm.pdf", "--confirmation", "NO")
        self.has(text, "No unpaid bill.")

    def test_statements_in_every_language(self):
        for language, (customer, name, _) in CUSTOMERS.items():
            self.sell(customer, 3)
            for kind in ("statement", "confirmation"):
                text, said = self.paper(f"{kind}-{language}.pdf", "--" + kind, customer)
                self.assertNotIn("font", said)
                if language != "fa":
                    self.has(text, name)

    # ---- pictures, and what is asked wrongly ----

    def test_a_statement_of_the_ledger(self):
        number = self.sell("EL")
        made = self.shop.done("office", "statement", "make", "EL", "--until", "today")["number"]
        later = self.sell("EL", 1)
        text, _ = self.paper("told.pdf", made, "--language=en")
        self.has(text, "STATEMENT", made, number, "Reference: ", "You owe")
        self.assertNotIn(plain(later), text)
        reference = re.search(r"Reference:([0-9A-Z]{8})", text).group(1)
        self.assertRegex(reference, r"^0000")
        self.paper("told-again.pdf", made, "--language=en")
        self.assertEqual(self.bytes_of("told.pdf"), self.bytes_of("told-again.pdf"))
        _, said = self.paper("none.pdf", "ST-99", code=1)
        self.assertIn("there is no such statement", said)
        for language in ("en", "vi", "zh", "fa", "el"):
            self.paper(f"told-{language}.pdf", made, f"--language={language}")

    def test_a_picture(self):
        number = self.sell("FA")
        path = self.path("bill.png")
        said = self.shop.json("office", "paper", number, "--out", path, "--qr", "https://example.org/q")
        self.assertEqual(said, [{"file": path, "pages": 1, "missing": 0}])
        if shutil.which("zbarimg"):
            read = subprocess.run(["zbarimg", "--quiet", "--raw", path], capture_output=True, text=True, check=False)
            self.assertEqual(read.stdout.strip(), "https://example.org/q")

    def test_a_letter_without_a_font_is_told(self):
        if subprocess.run(["fc-list", ":charset=1f9f1"], capture_output=True, check=False).stdout:
            self.skipTest("a font here has even that")
        self.shop.tefter("office", "customer", "add", "Odd \U0001F9F1", "--code", "ODD", "--phone", "1", "--area", "x", "--no-look")
        _, said = self.paper("odd.pdf", "--statement", "ODD")
        self.assertIn("No font here has 1 character of it", said)
        self.assertIn("Odd", said)

    def test_what_is_asked_wrongly(self):
        number = self.sell("EN")
        path = self.path("there.pdf")
        with open(path, "w", encoding="ascii") as file:
            file.write("mine")
        said = self.shop.tefter("office", "paper", number, "--out", path, code=5)
        self.assertIn("is there already", said.stderr)
        with open(path, encoding="ascii") as file:
            self.assertEqual(file.read(), "mine")
        for words, code, wanted in (
                ((number, "--statement", "EN"), 2, "say one"),
                ((), 2, "say one"),
                ((number, "--from", "today"), 2, "--from and --to"),
                (("HQ-NONE",), None, "HQ-NONE"),
                (("--statement", "NOBODY"), None, "NOBODY")):
            said = self.shop.tefter("office", "paper", *words, "--out", self.path("wrong.pdf"), code=code)
            self.assertNotEqual(said.returncode, 0)
            self.assertIn(wanted, said.stderr)
            self.assertFalse(os.path.exists(self.folder + "/wrong.pdf"))
        said = self.shop.tefter("office", "paper", number, "--out", self.folder + "/x.doc", code=2)
        self.assertIn(".pdf or .png", said.stderr)
        said = self.shop.tefter("office", "paper", number, "--out", "/nowhere/x.pdf", code=6)
        self.assertIn("cannot write /nowhere/x.pdf", said.stderr)
        said = self.shop.tefter("office", "paper", number, code=2)
        self.assertIn("--out", said.stderr)
        said = self.shop.tefter("office", "customer", "statement", "EN", "--with-sites", "--pdf", "x.pdf", code=2)
        self.assertIn("--pdf is of one customer", said.stderr)

    def test_a_reversal_has_no_paper(self):
        number = self.sell("EN")
        reversal = self.shop.done("office", "reverse", number, "--reason", "wrong")["reversal_number"]
        _, said = self.paper("reversal.pdf", reversal, code=2)
        self.assertIn("there is no paper of it", said)


@unittest.skipUnless(shutil.which("pdftotext"), "pdftotext is not here")
class Practice(unittest.TestCase):
    def test_every_paper_says_so(self):
        with tempfile.TemporaryDirectory(prefix="tefter-papers-") as folder:
            practice = shop.Shop(BINARIES, folder, f"127.0.0.1:{shop.free_port()}")
            code = practice.server.init(currency="EUR", words=("--practice",))
            practice.server.start(listen=practice.address)
            try:
                practice.tefter("office", "enrol", practice.address, code)
                practice.login("office", shop.server.OWNER)
                practice.tefter("office", "customer", "add", "Fenwick", "--code", "F", "--phone", "1", "--area", "x", "--no-look")
                for kind in ("--statement", "--confirmation"):
                    path = os.path.join(folder, kind + ".pdf")
                    practice.tefter("office", "paper", kind, "F", "--out", path)
                    text = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True).stdout
                    self.assertIn("PRACTICE", plain(text))
            finally:
                practice.close()


if __name__ == "__main__":
    unittest.main()
