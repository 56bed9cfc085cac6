#!/usr/bin/python3
"""What people see is what is there: names that nobody sees are refused with their place, names as shops
have them are taken, and nothing from a file, an argument or a name steers the terminal of whoever runs
the server.

    test_names.py BINARIES
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client
import server

BINARIES = ""

# As they stand in the books of shops; the last ones have what a careless check would take from them.
NAMES = [
    "Anh Tuấn", "Nguye\u0302\u0303n Thi\u0323 Ngo\u0323c", "Cửa hàng Đồng Tháp (chi nhánh 2)",
    "王小明", "上海永辉超市有限公司·浦东店", "𠮷野家", "Ανδρέας Παπαδόπουλος", "Whitfield & Sons, Ltd.", "O’Brien – №7",
    "رضا محمدی", "کتاب\u200cفروشی نور", "خانهٔ\u200cما", "نیم\u200cفاصله\u200cها", "مُحَمَّد", "ശ്രീ ന്\u200d",
    "ශ්\u200dරී ලංකා", "👩🏽\u200d🌾 Farm", "❤\ufe0f",
]

# What is wrong, and with which character.
UNSEEN = [
    ("\u200b", "TEXT_UNSEEN", 1), ("An\u200bBinh", "TEXT_UNSEEN", 3), ("An\u200cBinh", "TEXT_UNSEEN", 3),
    ("می\u200c", "TEXT_UNSEEN", 3), ("in\u202evoice", "TEXT_UNSEEN", 3), ("\u2066An\u2069", "TEXT_UNSEEN", 1),
    ("رضا\u200f", "TEXT_UNSEEN", 4), ("\ufeffAn", "TEXT_UNSEEN", 1), ("A\u00adn", "TEXT_UNSEEN", 2),
    ("A\u034fn", "TEXT_UNSEEN", 2), ("\u3164", "TEXT_UNSEEN", 1), ("An\uffa0", "TEXT_UNSEEN", 3),
    ("\ufe0f", "TEXT_UNSEEN", 1), ("A\ufe0f", "TEXT_UNSEEN", 2), ("葛\U000e0100", "TEXT_UNSEEN", 2),
    ("\U000e0041", "TEXT_UNSEEN", 1), ("A\ufff9n", "TEXT_UNSEEN", 2), ("\ue000", "TEXT_UNSEEN", 1),
    ("A\u0378", "TEXT_UNSEEN", 2), ("\x1b[2J", "TEXT_UNSEEN", 1), ("A\u009b2J", "TEXT_UNSEEN", 2),
    ("A\u2028B", "TEXT_UNSEEN", 2), (" ", "TEXT_BLANK", 1), ("\u00a0\u3000", "TEXT_BLANK", 1),
    ("\u2800", "TEXT_UNSEEN", 1), (" An", "TEXT_EDGE", 1), ("An\u00a0", "TEXT_EDGE", 3),
    ("\u0301", "TEXT_MARK", 1), ("\u0301\u0302", "TEXT_MARK", 1), ("An \u064e", "TEXT_MARK", 4),
    ("Z" + "\u0300\u0301" * 8, "TEXT_MARK", 10), ("An\nBinh", "TEXT_BREAK", 3), ("An\tBinh", "TEXT_BREAK", 3),
]

EVIL = "a\x1b]0;owned\a\x1b[2J\u202e\u200b\u009b1m\nown line"


def hidden(text):
    """The characters in it that steer a terminal or that nobody sees; a line feed is what programs write."""
    return sorted({f"U+{ord(c):04X}" for c in text
                   if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")})


class Names(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pb = server.messages()
        cls.folder = tempfile.mkdtemp(prefix="tefter-names-")
        cls.server = server.Server(BINARIES, cls.folder)
        code = cls.server.init()
        cls.server.start()
        cls.company = server.Company(cls.server, code)
        cls.owner = cls.company.owner
        cls.product = cls.company.product("XM40", "Xi măng 40 kg", 1000)
        cls.customer = cls.company.customer("Anh", 10**12)
        cls.drawer = cls.company.till(1)
        cls.office = os.path.join(cls.folder, "office")
        cls.tefter("enrol", cls.server.address, cls.company.code(1, "office")[1])
        cls.tefter("login", "owner", typed=server.OWNER[1] + "\n")

    @classmethod
    def tearDownClass(cls):
        cls.company.owner.close()
        cls.server.end_well()
        shutil.rmtree(cls.folder)

    @classmethod
    def tefter(cls, *words, wanted=0, typed=None):
        run = subprocess.run([os.path.join(BINARIES, "tefter"), *words], capture_output=True, text=True, timeout=60,
                             input=typed, check=False, env={**os.environ, "TEFTER_PROFILE": cls.office})
        if run.returncode != wanted:
            raise AssertionError(f"tefter {words}: {run.returncode}\n{run.stdout}{run.stderr}")
        return run.stdout + run.stderr

    def refused(self, **kind):
        with self.assertRaises(client.Refused) as told:
            self.owner.submit(**kind)
        return told.exception.refusal

    def seq(self):
        return self.owner.ask(ping=self.pb.Ping()).pong.seq

    def open(self, name, **more):
        pb = self.pb
        return {"open_customer": pb.OpenCustomer(name=pb.Text(value=name), phone=pb.Text(value="1"), area="x", **more)}

    # ---- at the door ----

    def test_names_as_shops_have_them_are_taken_and_shown_as_they_are(self):
        for name in NAMES:
            with self.subTest(name=name):
                number = self.owner.submit(**self.open(name)).id
                card = self.owner.query(customer_card=self.pb.CustomerCard(customer=number))
                self.assertEqual(name, card.record.name.value)
                self.assertIn(name, self.tefter("customer", "show", card.row.code))
        self.tefter("customer", "add", "کتاب\u200cفروشی", "--phone", "1", "--area", "قم", "--no-look")

    def test_a_name_that_nobody_sees_is_refused_with_its_place(self):
        before = self.seq()
        for name, code, at in UNSEEN:
            with self.subTest(name=ascii(name)):
                told = self.refused(**self.open(name))
                self.assertEqual((code, "name", at), (self.pb.RefusalCode.Name(told.code), told.field, told.at))
                if code in ("TEXT_UNSEEN", "TEXT_MARK"):
                    self.assertEqual(ord(name[at - 1]), told.point)
        self.assertEqual(before, self.seq())  # nothing was journalled

    def test_every_text_that_is_entered_is_looked_at(self):
        pb, bad = self.pb, "A\u200bB"
        text = pb.Text(value=bad)
        line = pb.InvoiceLine(product=self.product, quantity=1000)
        who, money = self.customer, dict(kind=pb.PAYMENT_CASH, money_account=self.drawer, amount_minor=1)
        cases = {
            "phone": dict(change_customer=pb.ChangeCustomer(customer=who, phone=text)),
            "area": dict(change_customer=pb.ChangeCustomer(customer=who, area=bad)),
            "nickname": dict(change_customer=pb.ChangeCustomer(customer=who, nickname=text)),
            "tax_code": dict(change_customer=pb.ChangeCustomer(customer=who, tax_code=text)),
            "address": dict(change_customer=pb.ChangeCustomer(customer=who, address=text)),
            "note": dict(change_customer=pb.ChangeCustomer(customer=who, note=text)),
            "code": self.open("An", code=bad),
            "source": self.open("An", source=bad),
            "reason": dict(lock_customer=pb.LockCustomer(customer=who, reason=text)),
            "identity": dict(authorise_buyer=pb.AuthoriseBuyer(customer=who, name=pb.Text(value="x"), identity=text)),
            "dimension": dict(add_group=pb.AddGroup(dimension=bad, name="x")),
            "name": dict(add_group=pb.AddGroup(dimension="area", name=bad)),
            "unit": dict(add_product=pb.AddProduct(code="x", name="x", unit=bad)),
            "barcodes[1]": dict(add_product=pb.AddProduct(code="x", name="x", barcodes=["1", bad])),
            "number": dict(add_bank_account=pb.AddBankAccount(name="x", number=bad)),
            "login": dict(add_staff=pb.AddStaff(login=bad, role=pb.ROLE_SALES)),
            "title": dict(set_credit_policy=pb.SetCreditPolicy(terms=pb.LimitTerms(), title=bad)),
            "lines[1].text": dict(issue_invoice=pb.IssueInvoice(customer=who, lines=[
                line, pb.InvoiceLine(text=bad, quantity=1000, price=1)])),
            "lines[0].serials[0]": dict(issue_invoice=pb.IssueInvoice(customer=who, lines=[
                pb.InvoiceLine(product=self.product, quantity=1000, serials=[bad])])),
            "charges[0].title": dict(issue_invoice=pb.IssueInvoice(customer=who, lines=[line], charges=[
                pb.Charge(title=bad, amount_minor=1)])),
            "reference": dict(take_payment=pb.TakePayment(customer=who, reference=bad, **money)),
            "payer": dict(take_payment=pb.TakePayment(customer=who, payer=text, **money)),
            "invoice.lines[0].text": dict(correct_invoice=pb.CorrectInvoice(document=1, invoice=pb.IssueInvoice(
                lines=[pb.InvoiceLine(text=bad, quantity=1000)]))),
            "draft.note": dict(ask_approval=pb.AskApproval(customer=who, amount_minor=1, draft=pb.IssueInvoice(
                customer=who, lines=[line], note=text))),
        }
        before = self.seq()
        for field, kind in cases.items():
            with self.subTest(field=field):
                told = self.refused(**kind)
                self.assertEqual(("TEXT_UNSEEN", field, 2, 0x200B),
                                 (self.pb.RefusalCode.Name(told.code), told.field, told.at, told.point))
        self.assertEqual(before, self.seq())

    def test_keys_have_no_joiners_and_notes_may_have_lines(self):
        pb = self.pb
        for key in ("می\u200cخ", "❤\ufe0f", "A\u200d"):
            self.assertEqual("code", self.refused(**self.open("An", code=key)).field)
        self.owner.submit(**self.open("An", code="قم-۱۲"))
        self.owner.submit(change_customer=pb.ChangeCustomer(customer=self.customer, note=pb.Text(value="one\n\ttwo\n")))

    def test_what_names_something_that_is_there_may_be_older_than_the_rule(self):
        pb, old = self.pb, "می\u200cخ"
        goods = [pb.InvoiceLine(product=self.product, quantity=1000)]
        for code, kind in {
                "NOT_FOUND": pb.IssueInvoice(customer_code=old, lines=goods),
                "NOT_IN_CATALOGUE": pb.IssueInvoice(customer=self.customer, lines=[
                    pb.InvoiceLine(product_code=old, quantity=1000)]),
                "TEXT_UNSEEN": pb.IssueInvoice(customer_code="A\u202eB", lines=goods)}.items():
            self.assertEqual(code, self.pb.RefusalCode.Name(self.refused(issue_invoice=kind).code))

    def test_what_is_looked_for_may_be_anything(self):
        for text in ("An ", "\u200bAn", " ", "\u0301"):
            self.owner.query(search=self.pb.Search(text=text))

    # ---- on the command line ----

    def test_the_command_line_says_what_is_wrong_and_where(self):
        for name, place, what in (("An\u200bBinh", "character 3", "U+200B (space without width)"),
                                  ("in\u202evoice", "character 3", "U+202E (direction control)"),
                                  ("A\x1b[2J", "character 2", "U+001B (control character)"),
                                  ("\U000e0041", "character 1", "U+E0041 (tag)"),
                                  ("\u0301", "character 1", "U+0301")):
            with self.subTest(name=ascii(name)):
                said = self.tefter("customer", "add", name, "--phone", "1", "--area", "x", "--no-look", wanted=2)
                self.assertIn(place, said)
                self.assertIn(what, said)
                self.assertRegex(said, r"name|\\[xuU]")  # the field, or the text with what is in it
                self.assertEqual([], hidden(said))
        self.assertIn("nothing in it but blanks",
                      self.tefter("customer", "add", "\u3000", "--phone", "1", "--area", "x", "--no-look", wanted=2))

    def test_an_import_rejects_the_row_and_says_why(self):
        path = os.path.join(self.folder, "customers.csv")
        rows = [("N1", "An"), ("N2", "A\u200bn"), ("N3", "\u0301"), ("N4", "کتاب\u200cفروشی"), ("N\u200b5", "An"),
                ("N6", "An\u00a0"), ("N7", "in\u202evoice"), ("N8", "\u3164")]
        with open(path, "w", encoding="utf-8") as file:
            file.write("customer,name,phone,area\n" + "".join(f"{code},{name},1,x\n" for code, name in rows))
        said = self.tefter("import", "customers", path, "--yes", "--json", "--quiet", wanted=1)
        summary = json.loads(said.splitlines()[0])
        self.assertEqual((3, 5), (summary["sent"], summary["rejected"]))
        with open(summary["rejects"], encoding="utf-8") as file:
            rejects = file.read()
        for what in ("U+200B", "U+0301", "U+202E", "U+3164", "which nobody sees"):
            self.assertIn(what, rejects)
        self.assertEqual([], hidden(said))


class Terminal(unittest.TestCase):
    """Whoever runs tefterd at a terminal."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-terminal-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.program = os.path.join(BINARIES, "tefterd")
        self.ledger = os.path.join(self.folder, EVIL)

    def run_it(self, *words):
        """What it says, which steers nothing."""
        run = subprocess.run([self.program, *words], input=b"correct horse battery\n", capture_output=True, timeout=120,
                             check=False)
        said = (run.stdout + run.stderr).decode("utf-8", "strict")
        self.assertEqual([], hidden(said), f"{words}: {said}")
        self.assertNotIn("\nown line", said)  # no line of its own
        return run.returncode, said

    def init(self, ledger, *words):
        return self.run_it("init", "--ledger", ledger, "--company", "Hải Long", "--currency", "VND", "--admin", "owner",
                           "--password-stdin", "--map", "64M", *words)

    def test_a_folder_with_such_a_name_is_worked_in(self):
        code, said = self.init(self.ledger)
        self.assertEqual(0, code, said)
        self.assertIn("\\x1b", said)
        step = next(line for line in said.splitlines() if line.startswith("  tefterd "))
        shown = subprocess.run(["bash", "-c", step.replace("tefterd", "printf %s\\\\n", 1)], capture_output=True, check=True,
                               env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout.decode()
        self.assertIn(self.ledger, shown)  # what is told to be typed next means this folder
        place = os.path.join(self.folder, "backup" + EVIL)
        other = os.path.join(self.folder, "back" + EVIL)
        for words in (["status"], ["verify"], ["clock"], ["backup", "--to", place], ["upgrade"], ["metrics"],
                      ["code", "--terminal", "1"], ["quarantine", "99", "--reason", "x"],
                      ["recover", "--admin", "owner", "--password-stdin"]):
            with self.subTest(words=words):
                self.assertIn(self.run_it(*words, "--ledger", self.ledger)[0], (0, 1, 2))
        backup = os.path.join(place, next(name for name in os.listdir(place) if name[0] != "."))
        code, said = self.run_it("restore", "--from", backup, "--ledger", other)
        self.assertEqual(0, code, said)
        with open(os.path.join(self.ledger, "audit.log"), "ab") as file:
            file.write(b"x\x1b[2J=1\n\xff\x9b\n")
        self.run_it("verify", "--ledger", self.ledger)
        self.run_it("status", "--ledger", self.ledger)

    def test_words_that_are_wrong_are_told_and_not_obeyed(self):
        ledger = os.path.join(self.folder, "ledger")
        self.init(ledger)
        for words in ([EVIL], ["--" + EVIL], ["--ledger", self.ledger], ["status", "--ledger", self.ledger],
                      ["quarantine", EVIL, "--reason", "x", "--ledger", ledger],
                      ["quarantine", "1", "--reason", EVIL, "--ledger", ledger],
                      ["--ledger", ledger, "--listen", EVIL], ["--ledger", ledger, "--metrics", EVIL],
                      ["--ledger", ledger, "--map", EVIL], ["backup", "--to", EVIL + "/x/y", "--ledger", ledger],
                      ["restore", "--from", self.ledger, "--ledger", ledger + "2"],
                      ["verify", "--backup", self.ledger], ["recover", "--admin", EVIL, "--password-stdin", "--ledger", ledger],
                      ["code", "--terminal", EVIL, "--ledger", ledger], ["backup-key", "--out", self.ledger + "/x"],
                      ["--ledger", ledger, "--log-level", EVIL], ["-c", self.ledger]):
            with self.subTest(words=[ascii(word) for word in words]):
                code, said = self.run_it(*words)
                self.assertNotEqual(0, code)
                self.assertTrue(said)

    def test_a_company_that_nobody_sees_is_not_founded(self):
        for option, text in (("--company", EVIL), ("--company", "\u200b"), ("--company", "\u3164"), ("--company", "\u0301"),
                             ("--admin-name", "A\u202eB"), ("--company", " "), ("--company", "Hải\u00ad")):
            with self.subTest(option=option, text=ascii(text)):
                code, said = self.init(os.path.join(self.folder, "other"), option, text)
                self.assertEqual(2, code)
                self.assertIn(option, said)

    def test_a_file_of_settings_is_quoted_and_not_obeyed(self):
        ledger = os.path.join(self.folder, "ledger")
        self.init(ledger)
        path = os.path.join(self.folder, "tefterd" + EVIL + ".conf")
        for text in (f'ledger = "{ledger}"\nlisten = "{EVIL}"\n', f'{EVIL} = 1\n', f'ledger = "{ledger}"\nmap = "{EVIL}"\n',
                     f'ledger = "{ledger}"\nsize{EVIL} = "1"\n', f'ledger = "{EVIL}\n', f'include("{EVIL}")\n',
                     f'ledger = "{ledger}"\nlog = "{EVIL}"\n'):
            with self.subTest(text=ascii(text)):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                code, said = self.run_it("-c", path)
                self.assertNotEqual(0, code)
                self.assertIn("tefterd: ", said)
        with open(path, "wb") as file:
            file.write(b'\xff\x9b\x1b[2J = "\xfe"\n')
        self.run_it("-c", path)


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main()
