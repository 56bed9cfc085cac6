#!/usr/bin/python3
"""The sample sheets, read by other programs: the words of a PDF by pdftotext, the QR code of a picture by zbarimg.

    test_sheets.py DRAW_SHEETS
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import unittest

DRAW = sys.argv.pop(1)
PAYLOAD = ("00020101021138540010A00000072701240006970407011003865776720208QRIBFTTA5303704540710000005802VN6216"
           "0812henry an cut6304A322")
TITLES = {
    "statement": {"en": "STATEMENT", "vi": "BẢNG ĐỐI CHIẾU CÔNG NỢ", "zh": "对账单", "el": "ΚΑΡΤΕΛΑ ΠΕΛΑΤΗ"},
    "invoice": {"en": "INVOICE", "vi": "TOA HÀNG", "zh": "销售单", "el": "ΤΙΜΟΛΟΓΙΟ"},
    "receipt": {"en": "RECEIPT", "vi": "PHIẾU THU", "zh": "收款单", "el": "ΑΠΟΔΕΙΞΗ ΕΙΣΠΡΑΞΗΣ"},
    "credit": {"en": "CREDIT NOTE", "vi": "PHIẾU GIẢM TRỪ", "zh": "退货折让单", "el": "ΠΙΣΤΩΤΙΚΟ"},
    "confirmation": {"en": "CONFIRMATION OF BALANCE", "vi": "BIÊN BẢN XÁC NHẬN CÔNG NỢ", "zh": "余额确认函",
                     "el": "ΕΠΙΒΕΒΑΙΩΣΗ ΥΠΟΛΟΙΠΟΥ"},
}
WORDS = {
    "en": ["Harbour Building Supplies Ltd", "Fenwick & Sons (Contractors)"],
    "vi": ["Công ty TNHH Vật liệu Hải Long", "Công ty TNHH Xây dựng Phú Mỹ"],
    "zh": ["杭州海隆建材有限公司", "杭州建明装饰工程有限公司"],
    "el": ["Οικοδομικά Υλικά Αρτέμης & Υιοί Ο.Ε.", "Κατασκευές Παπαδόπουλος Α.Ε."],
}


def plain(text):
    """Without the blanks that a PDF's reader guesses, and the signs that nobody sees."""
    return re.sub(r"[\s\u2060-\u206f\u200b-\u200f]+", "", unicodedata.normalize("NFC", text))


class Sheets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-sheets-")
        subprocess.run([DRAW, cls.folder], check=True, timeout=120)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def read(self, name):
        return subprocess.run(["pdftotext", "-layout", os.path.join(self.folder, name), "-"], capture_output=True,
                              text=True, check=True, timeout=60).stdout

    @unittest.skipUnless(shutil.which("pdftotext"), "pdftotext is not here")
    def test_words_are_found_in_the_pdf(self):
        for kind, titles in TITLES.items():
            for language, title in titles.items():
                text = plain(self.read(f"{kind}-{language}.pdf"))
                for words in [title, *WORDS[language]]:
                    self.assertIn(plain(words), text, f"{kind} {language}")

    @unittest.skipUnless(shutil.which("pdftotext"), "pdftotext is not here")
    def test_figures_are_found_in_the_pdf(self):
        # of right to left a reader of PDF keeps no order but that of digits
        self.assertIn("123,640.00", self.read("invoice-en.pdf"))
        self.assertIn("123.640,00", self.read("invoice-el.pdf"))
        self.assertIn("1.236.400.000", plain(self.read("invoice-vi.pdf")))
        self.assertIn("۱۲٬۳۶۴٬۰۰۰٬۰۰۰", plain(self.read("invoice-fa.pdf")))

    @unittest.skipUnless(shutil.which("pdfinfo"), "pdfinfo is not here")
    def test_what_a_pdf_says_of_itself(self):
        said = subprocess.run(["pdfinfo", "-isodates", os.path.join(self.folder, "invoice-vi.pdf")], capture_output=True,
                              text=True, check=True, timeout=60).stdout
        facts = dict(re.findall(r"^(\w[^:]*): +(.*)$", said, re.M))
        self.assertEqual(facts["Title"], "TOA HÀNG")
        self.assertEqual(facts["Author"], "Công ty TNHH Vật liệu Hải Long")
        self.assertEqual(facts["CreationDate"][:10], "2026-11-23") # the paper's, not today
        self.assertIn("(A4)", facts["Page size"])

    @unittest.skipUnless(shutil.which("pdffonts"), "pdffonts is not here")
    def test_fonts_are_in_the_pdf(self):
        for name in sorted(os.listdir(self.folder)):
            if not name.endswith(".pdf"):
                continue
            said = subprocess.run(["pdffonts", os.path.join(self.folder, name)], capture_output=True, text=True, check=True,
                                  timeout=60).stdout
            for line in said.splitlines()[2:]:
                self.assertRegex(line, r"\byes +(yes|no) +yes\b", f"{name}: {line}")

    @unittest.skipUnless(shutil.which("zbarimg"), "zbarimg is not here")
    def test_a_camera_reads_the_code(self):
        for language in ("en", "vi", "zh", "fa", "el"):
            said = subprocess.run(["zbarimg", "--quiet", "--raw", os.path.join(self.folder, f"statement-{language}.png")],
                                  capture_output=True, text=True, check=False, timeout=60).stdout
            self.assertEqual(said.strip(), PAYLOAD, language)

    @unittest.skipUnless(shutil.which("zbarimg") and shutil.which("pdftoppm"), "zbarimg or pdftoppm is not here")
    def test_a_camera_reads_the_code_of_the_pdf(self):
        path = os.path.join(self.folder, "looked")
        subprocess.run(["pdftoppm", "-r", "130", "-png", "-singlefile", os.path.join(self.folder, "statement-fa.pdf"), path],
                       check=True, timeout=60)
        said = subprocess.run(["zbarimg", "--quiet", "--raw", path + ".png"], capture_output=True, text=True, check=False,
                              timeout=60).stdout
        os.unlink(path + ".png")
        self.assertEqual(said.strip(), PAYLOAD)


if __name__ == "__main__":
    unittest.main()
