#!/usr/bin/python3
"""Imports into a real server by the real command line: what is sent, repeated, cut off, in conflict.

    test_import_server.py BINDIR DATADIR

The files of DATADIR, when they are there, must come out as its truth.json says; else those tests are
skipped. Needs Python's standard library.
"""
import csv
import decimal
import gzip
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

BIN, DATA = sys.argv[1], sys.argv[2]
HAVE_DATA = os.path.exists(os.path.join(DATA, "truth.json"))
PASSWORD = "practice makes perfect"
CODE = re.compile(r"(?:[0-9A-Z]{5}-){8}[0-9A-Z]{2}")
RETAIL = ["--map", "number=InvoiceNo,customer=CustomerID,date=InvoiceDate,code=StockCode,"
          "text=Description,quantity=Quantity,price=UnitPrice,area=Country",
          "--source", "online-retail", "--term-days", "30", "--cash", "--paid", "cash"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Runs a command at a terminal of its own; what it is asked there is answered from standard input.
TYPIST = """
import os, pty, select, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    ready = select.select([terminal, 0], [], [])[0]
    if 0 in ready:
        typed = os.read(0, 100)
        if typed:
            os.write(terminal, typed)
    if terminal in ready:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


class Company:
    """A new ledger, served, with one terminal where the owner is logged in."""

    def __init__(self, currency):
        self.folder = tempfile.mkdtemp(prefix="tefter-import-")
        self.address = f"127.0.0.1:{free_port()}"
        self.server = None
        password = self.path("password")
        with open(password, "w", encoding="utf-8") as file:
            file.write(PASSWORD + "\n")
        os.chmod(password, 0o600)
        said = self.program("tefterd", "init", "--ledger", self.path("ledger"), "--company", "Test",
                            "--currency", currency, "--admin", "owner", "--admin-name", "Owner",
                            "--listen", self.address, "--password-file", password)
        self.start()
        code = CODE.search(said.stdout + said.stderr).group(0)
        self.tefter("enrol", self.address, code)
        self.tefter("login", "owner", "--password-file", password)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def program(self, name, *words, good=(0,), **more):
        done = subprocess.run([os.path.join(BIN, name), *words], capture_output=True, text=True,
                              stdin=more.pop("stdin", subprocess.DEVNULL), timeout=250, check=False,
                              env=dict(os.environ, TEFTER_PROFILE=self.path("office")), **more)
        if done.returncode not in good:
            raise AssertionError(f"{name} {words}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def tefter(self, *words, **more):
        return self.program("tefter", *words, **more)

    def imported(self, *words, good=(0,), **more):
        """The summary of an import."""
        done = self.tefter("import", *words, "--json", "--quiet", good=good, **more)
        return json.loads(done.stdout)

    def start(self):
        log = open(self.path("log"), "a", encoding="utf-8")
        address = self.path("ledger/server.address")
        if os.path.exists(address):
            os.remove(address)
        self.server = subprocess.Popen(
            [os.path.join(BIN, "tefterd"), "--ledger", self.path("ledger"), "--listen",
             self.address], stdout=log, stderr=log)
        log.close()
        for _ in range(400):
            if os.path.exists(address) and os.path.getsize(address) > 0:
                return
            time.sleep(0.05)
        raise AssertionError("the server does not listen")

    def kill(self, number=signal.SIGKILL):
        self.server.send_signal(number)
        self.server.wait()

    def owed(self):
        """What all customers owe, in minor units; the books must balance."""
        books = json.loads(self.tefter("--json", "trial-balance").stdout.splitlines()[-1])
        assert books.get("balanced", True), books
        return books["balances_minor"]

    def books(self):
        """What stands in each account, in minor units."""
        books = json.loads(self.tefter("--json", "trial-balance").stdout.splitlines()[-1])
        return {total["account"]: total["amount_minor"] for total in books["totals"]}

    def aging(self, date, *words):
        return json.loads(self.tefter("--json", "aging", "--as-of", date, *words).stdout)

    def close(self):
        self.kill(signal.SIGTERM)
        shutil.rmtree(self.folder)


class Case(unittest.TestCase):
    currency = "GBP"

    def setUp(self):
        self.company = Company(self.currency)
        self.addCleanup(self.company.close)


LINES = "number,customer,date,code,text,qty,price\n" + "".join(
    f"{prefix}{n},C{n % 7},2011-0{n % 9 + 1}-05,P{k},thing {k},{k - 3 * (prefix == 'K')},1.{k}5\n"
    for n in range(40) for prefix in ("", "K") for k in range(1, 3))


class Small(Case):
    def test_again_changes_nothing(self):
        path = self.company.write("a.csv", LINES)
        first = self.company.imported("invoices", path, "--yes", "--source", "old")
        self.assertEqual((first["sent"], first["rejected"], first["rows"]), (80, 0, 160))
        self.assertEqual((first["customers_made"], first["products_made"]), (7, 2))
        owed = self.company.owed()
        self.assertEqual(owed, round(float(first["total"]) * 100))
        again = self.company.imported("invoices", path, "--yes", "--source", "old")
        self.assertEqual((again["sent"], again["already_there"], again["rejected"]), (0, 80, 0))
        self.assertEqual((again["customers_made"], again["products_made"]), (0, 0))
        self.assertEqual(self.company.owed(), owed)

    def test_global_options_stand_anywhere(self):
        path = self.company.write("a.csv", LINES)
        first = self.company.imported("invoices", path, "--yes", "--source", "old", "--wait", "2")
        self.assertEqual(first["sent"], 80)
        again = self.company.tefter("--wait", "2", "import", "invoices", path, "--yes", "--source", "old", "--restart",
                                    "--json", "--quiet", "--wait=3")
        self.assertEqual(json.loads(again.stdout)["already_there"], 80)
        wrong = self.company.tefter("import", "invoices", path, "--wait", "soon", good=(2,))
        self.assertIn("--wait takes seconds", wrong.stderr)

    def test_conflicts(self):
        path = self.company.write("a.csv", LINES)
        self.company.imported("invoices", path, "--yes", "--source", "old")
        other = self.company.imported("invoices", path, "--yes", "--source", "new", good=(5,))
        self.assertEqual((other["sent"], other["conflicts"]), (0, 80))
        dearer = self.company.write("b.csv", LINES.replace(",1.15\n", ",1.16\n", 1))
        changed = self.company.imported("invoices", dearer, "--yes", "--source", "old", good=(5,))
        self.assertEqual((changed["already_there"], changed["conflicts"]), (79, 1))
        with open(changed["rejects"], encoding="utf-8") as file:
            rejects = file.read()
        self.assertIn("number 0 is in the ledger with", rejects)
        self.assertEqual(rejects.count("\n"), 3)

    def test_no_create(self):
        path = self.company.write("a.csv", LINES)
        none = self.company.imported("invoices", path, "--yes", "--no-create", good=(1,))
        self.assertEqual((none["sent"], none["rejected"]), (0, 80))
        self.company.imported("customers", self.company.write(
            "c.csv", "code,name\n" + "".join(f"C{n},Customer {n}\n" for n in range(7))),
            "--yes", "--source", "old")
        self.company.imported("products", self.company.write("p.csv", "code,name\nP1,one\n"),
                              "--yes")
        some = self.company.imported("invoices", path, "--yes", "--no-create", good=(1,))
        self.assertEqual(some["sent"], 0)  # each has a line with P2
        self.company.imported("products", self.company.write("p.csv", "code,name\nP2,two\n"),
                              "--yes")
        every = self.company.imported("invoices", path, "--yes", "--no-create")
        self.assertEqual(every["sent"], 80)

    def test_lines_say_their_text(self):
        """The product's own name is not repeated; another text stays, whoever made the product."""
        self.company.imported("products", self.company.write("p.csv", "code,name\nP1,the thing\n"),
                              "--yes")
        path = self.company.write("a.csv", "number,date,code,text,qty,price\n"
                                  "1,2011-01-05,P1,the thing,1,1.00\n"
                                  "1,2011-01-05,P1,a thing,1,1.00\n"
                                  "1,2011-01-05,NO CODE,odd,1,1.00\n1,2011-01-05,P9,,1,0.001\n")
        done = self.company.imported("invoices", path, "--yes", "--decimal", ".", "--cash", "--paid", "cash")
        self.assertEqual((done["sent"], done["free_lines"], done["products_made"]), (1, 1, 1))
        shown = json.loads(self.company.tefter("--json", "document", "show", "1").stdout)
        lines = shown["document"]["lines"]
        self.assertEqual([line["text"] for line in lines],
                         ["the thing", "a thing", "NO CODE: odd", "P9"])
        self.assertEqual([line.get("code") for line in lines], ["P1", "P1", None, "P9"])
        self.assertEqual(lines[3]["price"], 100)

    def test_payments(self):
        bills = self.company.write("a.csv", "number,customer,date,amount\n" + "".join(
            f"000{n},C,2011-01-0{n},10.00\n" for n in range(1, 6)))
        self.company.imported("invoices", bills, "--yes", "--term-days", "10")
        paid = self.company.write(
            "p.csv", "number,customer,date,amount,bill,reference,method\n"
            "R1,C,2011-02-01,10.00,0003,,cash\n"    # that bill
            "R2,C,2011-02-02,15.00,,ref-2,bank\n"   # the two oldest
            "R3,C,2011-02-02,15.00,,ref-2,bank\n"   # the same reference once more
            "R4,C,2011-02-02,1.00,9999,,cash\n"     # no such bill
            "R5,nobody,2011-02-02,1.00,,,cash\n")
        done = self.company.imported("payments", paid, "--yes", "--match", "oldest", good=(1,))
        self.assertEqual((done["sent"], done["rejected"]), (2, 3))
        said = self.company.tefter("--json", "customer", "bills", "C").stdout.splitlines()
        open_bills = [(bill["number"], bill["open_minor"]) for bill in map(json.loads, said)
                      if bill.get("open_minor", 0) > 0]
        self.assertEqual(open_bills, [("0002", 500), ("0004", 1000), ("0005", 1000)])
        again = self.company.imported("payments", paid, "--yes", "--match", "oldest", good=(1,))
        self.assertEqual((again["sent"], again["already_there"], again["rejected"]), (0, 2, 3))

    def test_a_bill_of_many_payments(self):
        """A bill that 1,001 payments are matched with is corrected as any other, and the ledger starts again."""
        bills = self.company.write("a.csv", "number,customer,date,amount\nB1,C,2011-01-01,5000.00\n")
        self.company.imported("invoices", bills, "--yes")
        self.company.tefter("customer", "limit", "C", "1m")
        paid = self.company.write("p.csv", "number,customer,date,amount,bill,method\n" + "".join(
            f"R{n},C,2011-02-01,1.00,B1,cash\n" for n in range(1001)))
        self.assertEqual(self.company.imported("payments", paid, "--yes")["sent"], 1001)
        self.company.tefter("correct", "B1", "--custom", "goods=1@4999", "--reason", "x")
        self.assertEqual(self.company.owed(), 499900 - 100100)
        open_bills = [bill for bill in map(json.loads, self.company.tefter(
            "--json", "customer", "bills", "C").stdout.splitlines()) if bill.get("open_minor", 0) > 0]
        self.assertEqual([bill["open_minor"] for bill in open_bills], [499900 - 100100])
        self.company.kill()
        self.company.start()
        self.assertEqual(self.company.owed(), 499900 - 100100)
        self.company.tefter("correct", open_bills[0]["number"], "--custom", "goods=1@10", "--reason", "x")
        self.assertEqual(self.company.owed(), 1000 - 100100)

    def test_paying_more_bills_than_one_payment_holds(self):
        """What is left is said, with why; and what is asked again is refused by the bound that holds."""
        bills = self.company.write("a.csv", "number,customer,date,amount\n" + "".join(
            f"B{n},C,2011-01-01,1.00\n" for n in range(2500)))
        self.company.imported("invoices", bills, "--yes")
        self.company.tefter("till", "add", "HQ", "drawer 1")
        said = self.company.tefter("pay", "C", "2500", "--cash", "drawer 1")
        self.assertIn("500.00", said.stdout + said.stderr)
        self.assertIn("left unmatched", said.stdout + said.stderr)
        self.assertEqual(self.company.owed(), 0)
        said = self.company.tefter("match", "C", good=(1, 2, 3, 4))
        self.assertIn("at most 2000", said.stdout + said.stderr)

    def test_from_a_pipe(self):
        path = self.company.write("a.csv", LINES)
        with open(path, encoding="utf-8") as file:
            done = self.company.imported("invoices", "-", "--yes", stdin=file,
                                         cwd=self.company.folder)
        self.assertEqual(done["sent"], 80)

    def test_nobody_is_asked(self):
        path = self.company.write("a.csv", "number,customer,date,amount\n1,C,3/4/2011,1.500\n")
        said = self.company.tefter("import", "invoices", path, good=(2,))
        self.assertIn("--decimal", said.stderr)
        said = self.company.tefter("import", "invoices", path, "--decimal", ".", good=(2,))
        self.assertIn("--dates", said.stderr)
        said = self.company.tefter("import", "invoices", path, "--decimal", ".", "--dates", "dmy",
                                   good=(2,))
        self.assertIn("--yes", said.stderr)
        self.assertEqual(self.company.owed(), 0)

    def test_without_the_right(self):
        """Who may not import is told so once, not for each document."""
        self.company.tefter("staff", "add", "ann", "--role", "sales")
        self.company.tefter("password", "--of", "ann", "--password-file",
                            self.company.path("password"))
        self.company.tefter("login", "ann", "--password-file", self.company.path("password"))
        path = self.company.write("a.csv", LINES)
        done = self.company.imported("invoices", path, "--yes", "--no-create", good=(4,))
        self.assertEqual((done["sent"], done["rejected"], done["complete"]), (0, 0, False))
        self.assertFalse(os.path.exists(path + ".rejects.csv"))


class WrongMoney(Case):
    """Each is named after what the shopkeeper sees."""

    def refused(self, kind, text, *words, good=(2,)):
        """What it said, and nothing was booked."""
        said = self.company.tefter("import", kind, self.company.write("a.csv", text), *words, good=good)
        self.assertEqual(self.company.owed(), 0)
        return said.stdout + said.stderr

    def test_debts_of_nobody_are_refused(self):
        self.assertIn("no column says who owes it", self.refused(
            "invoices", "number,date,amount\n1,2011-01-05,5.00\n", "--yes"))
        self.assertIn('--map customer="Customer Name"', self.refused(
            "invoices", "number,date,amount,Customer Name\n1,2011-01-05,5.00,Fenwick Tiles\n", "--yes"))

    def test_a_column_that_changes_what_is_owed_is_not_left_out_in_silence(self):
        text = "number,customer,date,amount,Discount amount\n1,A,2011-01-05,5.00,1.00\n"
        self.assertIn("Discount amount", self.refused("invoices", text, "--yes"))
        done = self.company.imported("invoices", self.company.path("a.csv"), "--yes", "--ignore", "Discount amount")
        self.assertEqual(done["sent"], 1)

    def test_a_total_in_each_row_is_asked_about(self):
        text = ("number,customer,date,text,amount\n1,A,2011-01-05,one,5.00\n1,A,2011-01-05,two,5.00\n"
                "2,A,2011-01-05,one,7.00\n")
        self.assertIn("--amounts document or --amounts line", self.refused("invoices", text, "--yes"))
        done = self.company.imported("invoices", self.company.path("a.csv"), "--yes", "--amounts", "document")
        self.assertEqual((done["sent"], done["total"]), (2, "12.00"))
        self.assertEqual(self.company.owed(), 1200)

    def test_the_total_must_agree(self):
        text = "number,customer,date,amount\n1,A,2011-01-05,5.00\n2,A,2011-01-05,x\n"
        said = self.refused("invoices", text, "--yes", "--total", "12.00")
        self.assertIn("--total says 12.00, what is good in the file comes to 5.00, and 1 row is rejected: nothing was sent", said)
        self.assertIn('amount "x"', said)
        self.assertIn("documents  0 sent; 1 is good in the file", said)
        self.assertNotIn("1 sent", said)
        told = json.loads(self.company.tefter("import", "invoices", self.company.path("a.csv"), "--yes", "--total", "12.00",
                                              "--json", "--quiet", good=(2,)).stdout)
        self.assertEqual((told["sent"], told["invoices"], told["complete"]), (0, 0, False))
        good = text.replace("x", "7.00")
        self.assertIn("--total says 12.01", self.refused("invoices", good, "--yes", "--total", "12.01"))
        self.assertEqual(self.company.imported("invoices", self.company.path("a.csv"), "--yes", "--total", "12")["sent"], 2)

    def test_the_total_holds_when_the_server_refuses_rows(self):
        """All of it is asked of the server first: 810.00 of which it takes 100.00 is nothing."""
        self.company.imported("invoices", self.company.write(
            "b.csv", "number,customer,date,amount\nB1,A,2011-01-01,350.00\n"), "--yes")
        text = ("number,customer,date,amount,bill\nR1,A,2011-02-01,100.00,B1\nR2,A,2011-02-01,10.00,none\n"
                "R3,A,2011-02-01,700.00,B1\n")
        path = self.company.write("p.csv", text)
        why = "--total says 810.00, what the server would take of the file comes to 100.00, and 2 rows are rejected: nothing"
        for words in (("--yes",), ("--yes", "--dry-run")):
            said = self.company.tefter("import", "payments", path, "--total", "810", *words, good=(2,))
            self.assertIn(why, said.stderr)
            self.assertIn("there is no bill none in the ledger", said.stdout)
            self.assertEqual(self.company.owed(), 35000)
        self.company.write("p.csv", text.replace("none", "").replace("700.00", "200.00"))
        done = self.company.imported("payments", path, "--yes", "--total", "310")
        self.assertEqual((done["sent"], done["total"]), (3, "310.00"))
        again = self.company.imported("payments", path, "--yes", "--total", "310", "--restart")
        self.assertEqual((again["sent"], again["already_there"]), (0, 3))
        self.assertEqual(self.company.owed(), 4000)

    def test_what_the_server_refuses_after_all_ends_the_import(self):
        """Each payment alone would be taken; the second asks for what the first had. It says what is booked, and how to undo it."""
        self.company.imported("invoices", self.company.write(
            "b.csv", "number,customer,date,amount\nB1,A,2011-01-01,350.00\n"), "--yes")
        path = self.company.write("p.csv", "number,customer,date,amount,bill\n" + "".join(
            f"R{n},A,2011-02-01,300.00,B1\n" for n in range(400)))
        words = ("import", "payments", path, "--yes", "--total", "120000", "--source", "paid")
        said = self.company.tefter(*words, good=(6,))
        self.assertIn("1 is booked, 300.00 GBP of --total 120000. tefter import undo paid takes them back", said.stderr)
        self.assertNotIn("goes on from here", said.stderr)
        self.assertEqual(self.company.owed(), 5000)
        self.assertFalse(os.path.exists(path + ".tefter-import"))
        self.company.tefter("import", "undo", "paid", "--yes")
        self.assertEqual(self.company.owed(), 35000)
        self.company.write("p.csv", "number,customer,date,amount,bill\nR0,A,2011-02-01,300.00,B1\n")
        self.assertEqual(self.company.imported("payments", path, "--yes", "--total", "300", "--source", "paid")["sent"], 1)
        self.assertEqual(self.company.owed(), 5000)

    def test_a_file_that_is_rewritten_while_it_is_asked_about(self):
        """What was read is what is booked: none of the other file, and no mixture."""
        count = 60000  # more than the first piece, which was kept before too
        old = "number,customer,date,amount\n" + "".join(f"{n:06},A,2011-01-05,1.00\n" for n in range(count))
        path = self.company.write("a.csv", old)
        process = subprocess.Popen(
            ["/usr/bin/python3", "-c", TYPIST, os.path.join(BIN, "tefter"), "import", "invoices", path, "--total",
             f"{count}.00", "--quiet"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=dict(os.environ, TEFTER_PROFILE=self.company.path("office")))
        said = ""
        while "Import with these columns" not in said:
            piece = process.stdout.read(1)  # a question has no end of line
            self.assertTrue(piece, said)
            said += piece
        with open(path, "r+", encoding="utf-8") as file:
            file.write(old.replace(",1.00\n", ",9.00\n"))
        process.stdin.write("yes\n")
        process.stdin.flush()
        said += process.communicate(timeout=200)[0]
        self.assertIn("60,000 sent", said)
        self.assertEqual(self.company.owed(), 100 * count)

    def test_money_off_a_line_is_no_percentage(self):
        head = "number;date;customer;code;quantity;price;discount;tax\n"
        done = self.company.imported("invoices", self.company.write(
            "a.csv", head + "LV-1;05.11.2020;D001;OAK22;1;34,20;1,00 £;24%\nLV-2;05.11.2020;D001;OAK22;-1;34,20;-1,00 £;24%\n"),
            "--yes")
        self.assertEqual((done["sent"], done["total"]), (2, "0.00"))
        line = json.loads(self.company.tefter("--json", "document", "show", "LV-1").stdout)["document"]["lines"][0]
        self.assertEqual((line["discount_minor"], line["net_minor"], line["tax_bp"]), (100, 3320, 2400))
        again = self.company.imported("invoices", self.company.path("a.csv"), "--yes", "--restart")
        self.assertEqual(again["already_there"], 2)
        other = self.company.write("b.csv", head + "LV-1;05.11.2020;D001;OAK22;1;33,70;0,50 £;24%\n")
        self.assertIn("the price 34.20", self.company.tefter("import", "invoices", other, "--yes", good=(5,)).stdout)
        for cell, words, why in (
                ("1,00;24%", (), 'column discount "1,00" has no sign: is it 1.00 %, 100.00 % or 1.00 GBP?'),
                ("0;0,24", (), 'column tax "0,24" has no sign: is it 0.24 %, 24.00 % or 0.24 GBP?'),
                ("0;8,21 £", (), "tax is the amount 8.21, and no rate is known for this line of 34.20: say --tax RATE"),
                ("0;8,22 £", ("--tax", "24"), "tax is the amount 8.22, and 24.00 % of 34.20 is 8.21")):
            path = self.company.write("c.csv", head + f"LV-9;05.11.2020;D001;OAK22;1;34,20;{cell}\n")
            for dry in ((), ("--dry-run",)):
                said = self.company.tefter("import", "invoices", path, "--yes", *words, *dry, good=(1, 2))
                self.assertIn(why, said.stdout + said.stderr)
        self.assertEqual(self.company.owed(), 0)
        self.assertEqual(self.company.imported("invoices", path, "--yes", "--tax", "24", good=(1,))["rejected"], 1)
        self.company.write("c.csv", head + "LV-9;05.11.2020;D001;OAK22;1;34,20;0;8,21\n")
        done = self.company.imported("invoices", path, "--yes", "--tax", "24", "--tax-is", "amount")
        self.assertEqual(done["total"], "42.41")

    def test_the_files_own_total_is_compared(self):
        text = "number,customer,date,amount\n1,A,2011-01-02,300.00\n2,A,2011-01-02,50.00\n,Total,,%s\n"
        for words in (("--yes",), ("--yes", "--dry-run")):
            self.assertIn('The file\'s own total ("Total") is 999.00, and its rows come to 350.00',
                          self.refused("invoices", text % "999.00", *words))
        said = self.company.tefter("import", "invoices", self.company.path("a.csv"), "--yes", "--total", "350").stdout
        self.assertIn("the file's own total is 999.00, and its rows come to 350.00", said)
        parts = self.company.write("b.csv", "number,customer,date,amount\n3,B,2011-01-02,1.00\n,Sub total,,1.00\n"
                                   "4,C,2011-01-02,2.00\n,Sub total,,2.00\n,Total,,3.00\n")
        self.assertEqual(self.company.imported("invoices", parts, "--yes")["sent"], 2)
        taxed = self.company.write("c.csv", "number,customer,date,text,quantity,price,amount,tax\n5,C,2011-01-02,x,2,5.00,10.00,20%\n"
                                   ",Total,,,,,10.00,\n")
        self.assertEqual(self.company.imported("invoices", taxed, "--yes")["total"], "12.00")

    def test_sales_of_nobody_are_paid_or_refused(self):
        text = "number,customer,date,amount\n1,,2011-01-05,5.00\n2,cash,2011-01-05,7.00\n3,A,2011-01-05,1.00\n"
        for words in (("--cash",), ("--cash", "--dry-run")):
            self.assertIn("2 sales of 12.00 are without a customer and would stay open as nobody's debt: how were they paid? "
                          "Say --paid cash", self.refused("invoices", text, "--yes", *words))
        path = self.company.path("a.csv")
        said = self.company.tefter("import", "invoices", path, "--yes", "--cash", "--paid", "card", "--source", "old").stdout
        self.assertIn("2 without a customer, on the cash customer, sales paid by card", said)
        self.assertEqual(self.company.owed(), 100)
        self.assertNotIn("CASH", self.company.tefter("calls").stdout)
        again = self.company.imported("invoices", path, "--yes", "--cash", "--paid", "card", "--source", "old", "--restart")
        self.assertEqual((again["sent"], again["already_there"]), (0, 3))
        self.company.tefter("import", "undo", "old", "--yes")
        self.assertEqual(self.company.owed(), 0)
        self.assertIn("customer CASH pays at once", self.refused("balances", "customer,amount\nCASH,5.00\n", "--yes",
                                                               "--as-of", "2011-01-31", good=(1,)))

    def test_columns_that_look_like_money_are_named(self):
        for kind, text, column in (
                ("products", "Code;Désignation;Prix TTC\nA;Vis;1,50\n", "Prix TTC"),
                ("customers", "code,name,Offen am Stichtag\nA,Ann,12.50\n", "Offen am Stichtag"),
                ("invoices", "number,customer,date,amount,Extra\n1,A,2011-01-05,5.00,£1\n", "Extra")):
            path = self.company.write("m.csv", text)
            for words in (("--yes",), ("--yes", "--dry-run")):
                said = self.company.tefter("import", kind, path, *words, good=(2,)).stderr
                self.assertIn(f'these columns look like money and would be left out: {column}.', said)
            self.assertEqual(self.company.imported(kind, path, "--yes", "--ignore", column)["sent"], 1)
        path = self.company.write("p.csv", "Code;Désignation;Prix unitaire HT;IVA\nB;Vis;1,50;20\n")
        self.company.imported("products", path, "--yes")
        shown = json.loads(self.company.tefter("--json", "product", "show", "B").stdout)
        self.assertIn('"price": 150000', json.dumps(shown))
        self.assertIn('"tax_bp": 2000', json.dumps(shown))

    def test_what_is_no_file_of_rows(self):
        said = self.company.tefter("import", "customers", "/dev/zero", good=(2,)).stderr
        self.assertIn("/dev/zero is no file", said)
        with open("/dev/zero", "rb") as zero:
            self.assertIn("is no file", self.company.tefter("import", "customers", "-", good=(2,), stdin=zero).stderr)
        with subprocess.Popen(["cat", "/dev/zero"], stdout=subprocess.PIPE) as endless:
            said = self.company.tefter("import", "customers", "-", good=(2,), stdin=endless.stdout).stderr
            endless.kill()
        self.assertIn("a line of more than 4 MB", said)
        path = self.company.write("e.csv", '\ufeff<?xml version="1.0"?>\n<Invoice id="a">\n<b>1</b></Invoice>\n')
        self.assertIn("is XML", self.company.tefter("import", "invoices", path, good=(2,)).stderr)
        self.company.tefter("price", "add", "GOLD", "Gold")
        path = self.company.write("l.csv", "list,code,price\nGOLD,NONE-1,9.00\n")
        said = self.company.tefter("import", "prices", path, "--yes", good=(1,)).stdout
        self.assertIn("there is no product NONE-1 in the ledger", said)

    def test_tax_of_products_is_asked_about(self):
        self.company.tefter("product", "add", "CEM", "Cement", "--price", "8.50", "--tax", "20%")
        text = "number,customer,date,code,quantity,price\n1,A,2011-01-05,CEM,2,5.00\n1,A,2011-01-05,X,1,1.00\n"
        self.assertIn("1 line is of a product with a tax (CEM: 20.00 %)", self.refused("invoices", text, "--yes"))
        path = self.company.path("a.csv")
        self.assertEqual(self.company.imported("invoices", path, "--yes", "--tax", "product")["total"], "13.00")
        self.assertEqual(self.company.imported("invoices", path, "--yes", "--tax", "none", "--number-prefix", "B")["total"],
                         "11.00")
        self.assertEqual(self.company.owed(), 2400)

    def test_keys_typed_otherwise_are_the_same(self):
        """Code, customer and number of the second file are the ledger's, and so is the product's tax."""
        self.company.tefter("product", "add", "CEM-40", "Cement", "--price", "8.50", "--tax", "20%")
        text = "number,customer,date,code,quantity,price\nold-1,Anna,2011-01-05,%s,2,5.00\n"
        typed = text % "cem\u201340"
        self.assertIn("1 line is of a product with a tax (cem\u201340: 20.00 %)",
                      self.refused("invoices", typed, "--yes"))
        words = ("--yes", "--tax", "product")
        done = self.company.imported("invoices", self.company.write("a.csv", typed), *words)
        self.assertEqual((done["total"], done["products_made"], done["customers_made"]), ("12.00", 0, 1))
        again = self.company.write("b.csv", (text % "CEM-40").replace("old", "OLD").replace("Anna", "ANNA"))
        said = self.company.imported("invoices", again, *words)
        self.assertEqual((said["sent"], said["already_there"]), (0, 1))
        self.assertEqual(self.company.owed(), 1200)

    def test_what_is_there_with_something_else_is_a_conflict(self):
        text = "number,customer,date,due,amount\n1,A,2011-01-05,2011-02-05,5.00\n2,A,2011-01-05,2011-02-05,7.00\n"
        path = self.company.write("a.csv", text)
        self.company.imported("invoices", path, "--yes")
        for other, why in (("1,B,2011-01-05,2011-02-05,5.00", "with customer A, the file has B"),
                           ("1,A,2011-01-06,2011-02-05,5.00", "with date 2011-01-05, the file has 2011-01-06"),
                           ("1,A,2011-01-05,2011-03-05,5.00", "with due date 2011-02-05, the file has 2011-03-05"),
                           ("1,A,2011-01-05,2011-02-05,6.00", "with a total of 5.00")):
            changed = self.company.write("b.csv", text.replace("1,A,2011-01-05,2011-02-05,5.00", other))
            said = self.company.tefter("import", "invoices", changed, "--yes", good=(5,))
            self.assertIn(why, said.stdout)
        self.company.tefter("reverse", "2", "--reason", "never was")
        again = self.company.tefter("import", "invoices", path, "--yes", "--restart", good=(5,))
        self.assertIn("number 2 was reversed in the ledger", again.stdout)
        self.assertIn("1 already there", again.stdout)
        lines = "number,customer,date,text,quantity,price\n9,A,2011-01-05,one,%s\n9,A,2011-01-05,two,%s\n"
        self.company.imported("invoices", self.company.write("c.csv", lines % ("2,3.00", "1,4.00")), "--yes")
        said = self.company.tefter("import", "invoices", self.company.write("c.csv", lines % ("3,2.00", "1,4.00")),
                                   "--yes", "--restart", good=(5,))
        self.assertIn("in line 1 the quantity 2.000, the file has 3.000", said.stdout)

    def test_a_customers_payer_may_come_later_in_the_file(self):
        path = self.company.write("y.csv", "code,name,bill to code\nN1,North,b1\nS,South,B1\nB1,Builder,B1\nX,Ex,nobody\n")
        said = self.company.tefter("import", "customers", path, "--dry-run", good=(1,)).stdout
        self.assertIn("there is no customer nobody to pay for them", said)
        self.assertNotIn("no customer B1", said)
        self.assertNotIn("no customer b1", said)
        done = self.company.imported("customers", path, "--yes", good=(1,))
        self.assertEqual((done["sent"], done["rejected"]), (3, 1))
        for site in ("N1", "S"):
            self.assertIn("B1", self.company.tefter("customer", "show", site).stdout)
        self.company.write("y.csv", "code,name,payer\nB1,Builder,\nC1,Other,\nS,South,C1\n")
        said = self.company.tefter("import", "customers", path, "--yes", good=(5,)).stdout
        self.assertIn("payer B1, the file has C1: --update changes it", said)
        self.assertEqual(self.company.imported("customers", path, "--yes", "--update")["changed"], 1)
        self.assertIn("C1", self.company.tefter("customer", "show", "S").stdout)

    def test_changed_phones_and_prices_are_shown_and_changed(self):
        path = self.company.write("c.csv", "code,name,phone\nA,Ann,111\nB,Bo,222\n")
        self.company.imported("customers", path, "--yes")
        self.company.write("c.csv", "code,name,phone\nA,Ann,333\nB,Bo,222\n")
        said = self.company.tefter("import", "customers", path, "--yes", good=(5,))
        self.assertIn("A is there with phone 111, the file has 333: --update changes it", said.stdout)
        said = self.company.tefter("import", "customers", path, "--update", "--dry-run")
        self.assertIn("A: phone 111 -> 333", said.stderr)
        self.assertNotIn("B:", said.stderr)
        done = self.company.imported("customers", path, "--yes", "--update", "--restart")
        self.assertEqual((done["changed"], done["already_there"]), (1, 1))
        self.assertIn("333", self.company.tefter("customer", "show", "A").stdout)
        path = self.company.write("l.csv", "code,name,credit limit\nA,Ann,\nL,Lee,\"1,500.00\"\n")
        self.company.imported("customers", path, "--yes")
        self.assertIn("1,500.00", self.company.tefter("customer", "show", "L").stdout)
        self.company.write("l.csv", "code,name,credit limit\nL,Lee,2000.00\n")
        said = self.company.tefter("import", "customers", path, "--yes", good=(5,))
        self.assertIn("limit 1500.00, the file has 2000.00", said.stdout)
        self.assertEqual(self.company.imported("customers", path, "--yes", "--update")["changed"], 1)
        self.assertEqual(self.company.imported("customers", path, "--yes")["already_there"], 1)
        self.assertIn("2,000.00", self.company.tefter("customer", "show", "L").stdout)
        path = self.company.write("p.csv", "code,name,price\nX,Nut,1.00\n")
        self.company.imported("products", path, "--yes")
        self.company.write("p.csv", "code,name,price\nX,Nut,1.25\n")
        said = self.company.tefter("import", "products", path, "--yes", good=(5,))
        self.assertIn("price 1.00000, the file has 1.25000", said.stdout)
        said = self.company.tefter("import", "products", path, "--update", "--dry-run")
        self.assertIn("X: price 1.00000 -> 1.25000", said.stderr)
        self.assertEqual(self.company.imported("products", path, "--yes", "--update")["changed"], 1)
        self.assertEqual(self.company.imported("products", path, "--yes")["already_there"], 1)

    def test_prices_of_a_list_are_compared_with_those_of_their_day(self):
        self.company.imported("products", self.company.write("p.csv", "code,name,price\nX,Nut,9.00\n"), "--yes")
        self.company.tefter("price", "add", "GOLD", "Gold")
        text = "list,code,from quantity,valid from,price\nGOLD,X,%s,2031-02-01,%s\n"
        def run(text, *words, good=(0,)):
            return self.company.tefter("import", "prices", self.company.write("l.csv", text), "--yes", *words, good=good)
        self.assertIn("prices     1 sent", run(text % ("", "2.00")).stdout)
        self.assertIn("0 sent, 1 already there", run(text % ("", "2.00")).stdout)
        both = "GOLD X is there with price 2.00, from 2031-02-01, the file has 3.00: --update changes it"
        self.assertIn(both, run(text % ("", "3.00"), "--dry-run", good=(5,)).stdout)
        self.assertIn(both, run(text % ("", "3.00"), good=(5,)).stdout)
        self.assertIn("GOLD X from 5, from 2031-02-01: price none -> 1.50", run(text % ("5", "1.50"), "--dry-run").stderr)
        said = run(text % ("", "3.00"), "--update", "--dry-run")
        self.assertIn("GOLD X, from 2031-02-01: price 2.00 -> 3.00", said.stderr)
        self.assertIn("1 changed", said.stdout)
        self.assertIn("1 changed", run(text % ("", "3.00"), "--update").stdout)
        later = (text % ("", "4.00")).replace("2031-02-01", "2031-03-01")
        self.assertIn("GOLD X, from 2031-03-01: price 3.00 -> 4.00", run(later, "--dry-run").stderr)
        self.assertIn("1 sent", run(later).stdout)  # another day changes no price that is there
        today = "list,code,price\nGOLD,X,%s\n"
        self.assertIn("1 sent", run(today % "5.00").stdout)
        self.assertIn("1 already there", run(today % "5.00").stdout)
        self.assertIn("is there with price 5.00", run(today % "6.00", good=(5,)).stdout)
        self.assertIn("not sold in this unit", run("list,code,unit,price\nGOLD,X,crate,6.00\n", good=(1,)).stdout)

    def test_a_price_of_nothing_is_asked_about(self):
        why = "1 price is 0 (first: Y in line 3), which gives the goods away: is that meant? Say --free"
        path = self.company.write("products.csv", "code,name,price\nX,Nut,9.00\nY,Bolt,0\nZ,Nail,\n")
        self.assertIn(why, self.company.tefter("import", "products", path, "--yes", good=(2,)).stderr)
        self.assertIn(why, self.company.tefter("import", "products", path, "--dry-run", good=(2,)).stderr)
        self.company.tefter("import", "products", path, "--yes", "--free")
        self.assertIn("Bolt", self.company.tefter("product", "show", "Y").stdout)
        self.company.tefter("price", "add", "GOLD", "Gold")
        path = self.company.write("prices.csv", "list,code,price\nGOLD,X,9.00\nGOLD,Y,0.00\n")
        for words in (("--dry-run",), ("--yes",)):
            said = self.company.tefter("import", "prices", path, *words, good=(1,)).stdout
            self.assertIn("line 3: A price of a list must be more than zero", said)

    def test_one_receipt_over_several_bills(self):
        bills = self.company.write("a.csv", "number,customer,date,amount\n" + "".join(
            f"B{n},C,2011-01-0{n},10.00\n" for n in range(1, 5)))
        self.company.imported("invoices", bills, "--yes")
        paid = self.company.write("p.csv", "number,customer,date,amount,bill,method\n"
                                  "R1,C,2011-02-01,10.00,B1,Bank transfer\nR1,C,2011-02-01,4.00,B2,Bank transfer\n"
                                  'R2,C,2011-02-02,12.00,"B2, B3",cash\nR3,C,2011-02-02,1.00,B9,cash\n')
        done = self.company.tefter("import", "payments", paid, "--yes", good=(1,))
        self.assertIn("B9", done.stdout)
        said = self.company.tefter("--json", "customer", "bills", "C").stdout.splitlines()
        self.assertEqual([(bill["number"], bill["open_minor"]) for bill in map(json.loads, said)
                          if bill.get("open_minor", 0) > 0], [("B3", 400), ("B4", 1000)])

    def test_the_dry_run_foretells_the_run(self):
        self.company.imported("invoices", self.company.write(
            "b.csv", "number,customer,date,code,text,quantity,price\n1,A,2011-01-05,P1,one,1,5.00\n"
            "2,A,2011-01-05,P1,one,1,7.00\n"), "--yes")
        path = self.company.write(
            "a.csv", "number,customer,date,code,text,quantity,price\n1,A,2011-01-05,P1,one,1,5.00\n"   # there
            "2,A,2011-01-05,P1,one,1,8.00\n"     # another total
            "3,A,2099-01-05,P1,one,1,5.00\n"     # in the future
            "4,B,2011-01-05,P2,two,1,5.00\n"     # a new customer and product
            "5,B,2011-01-06,P2,two,2,5.00\n6,A,2011-01-06,P1,one,x,1\n")
        figures = ("sent", "already_there", "rejected", "conflicts", "total", "customers_made", "products_made")
        foretold = self.company.imported("invoices", path, "--dry-run", good=(5,))
        self.assertEqual([foretold[name] for name in figures], [2, 1, 3, 1, "15.00", 1, 1])
        self.assertEqual(self.company.owed(), 1200)
        done = self.company.imported("invoices", path, "--yes", good=(5,))
        self.assertEqual([done[name] for name in figures], [foretold[name] for name in figures])
        paid = self.company.write("p.csv", "number,customer,date,amount,bill\nR1,A,2011-02-01,5.00,1\n"
                                  "R2,A,2011-02-01,5.00,99\nR3,Nobody,2011-02-01,5.00,\n")
        foretold = self.company.imported("payments", paid, "--dry-run", good=(1,))
        done = self.company.imported("payments", paid, "--yes", good=(1,))
        self.assertEqual([done[name] for name in figures[:5]], [foretold[name] for name in figures[:5]])

    def test_who_may_not_import_makes_nothing(self):
        self.company.tefter("staff", "add", "ann", "--role", "sales")
        self.company.tefter("password", "--of", "ann", "--password-file", self.company.path("password"))
        self.company.tefter("login", "ann", "--password-file", self.company.path("password"))
        path = self.company.write("a.csv", LINES)
        for words in (("--yes",), ("--dry-run",)):
            said = self.company.tefter("import", "invoices", path, *words, good=(4,))
            self.assertIn("ann may not import invoices: that needs the right to", said.stderr)
        self.company.tefter("customer", "show", "C1", good=(1, 3))
        self.assertEqual(json.loads(self.company.tefter("--json", "product", "list").stdout or "{}").get("products", []), [])

    def test_who_imports_what(self):
        """As the table of the front page has it."""
        files = {
            "customers": "code,name\nK{0},Ann\n", "limits": "code,name,limit\nL{0},Ann,5.00\n",
            "groups": "dimension,name,limit\ntier,G{0},5.00\n", "products": "code,name,price\nP{0},one,1.00\n",
            "payments": "number,customer,date,amount\nR{0},A,2011-01-02,1.00\n",
            "credit-notes": "number,customer,date,code,text,quantity,price\nN{0},A{0},2011-01-02,Q{0},x,1,1.00\n",
            "invoices": "number,customer,date,amount\nB{0},A,2011-01-02,1.00\n",
        }
        may = {"sales": {"customers": True, "limits": False, "products": False},
               "controller": {"limits": True, "groups": True, "credit-notes": False, "invoices": False},
               "accountant": {"groups": False, "products": True, "payments": True, "credit-notes": True, "invoices": False}}
        self.company.imported("invoices", self.company.write("a.csv", "number,customer,date,amount\nB0,A,2011-01-01,9.00\n"
                              "U1,A,2011-01-01,1.00\n"), "--yes", "--source", "first")
        for role, kinds in may.items():
            self.company.tefter("staff", "add", role, "--role", role)
            self.company.tefter("password", "--of", role, "--password-file", self.company.path("password"))
        for role, kinds in may.items():
            self.company.tefter("login", role, "--password-file", self.company.path("password"))
            for kind, good in kinds.items():
                path = self.company.write(f"{role}-{kind}.csv", files[kind].format(role))
                self.company.tefter("import", "customers" if kind == "limits" else kind, path, "--yes", good=(0 if good else 4,))
            self.company.tefter("import", "undo", "first", "--yes", good=(0 if role == "accountant" else 4,))
        self.company.tefter("login", "owner", "--password-file", self.company.path("password"))

    def test_an_import_is_undone_as_one(self):
        bills = self.company.write("a.csv", "number,customer,date,amount\n" + "".join(
            f"B{n},C,2011-01-0{n},10.00\n" for n in range(1, 5)) + "N1,C,2011-01-05,-3.00\n")
        self.company.imported("invoices", bills, "--yes", "--source", "old")
        paid = self.company.write("p.csv", "number,customer,date,amount,bill\nR1,C,2011-02-01,10.00,B1\n")
        self.company.imported("payments", paid, "--yes", "--source", "old")
        other = self.company.write("o.csv", "number,customer,date,amount\nX1,C,2011-01-01,1.00\n")
        self.company.imported("invoices", other, "--yes", "--source", "other")
        said = self.company.tefter("import", "undo", "old", good=(2,))
        self.assertIn("Reverse 4 invoices, 1 credit note and 1 payment of source old", said.stderr)
        self.assertEqual(self.company.owed(), 2800)
        said = self.company.tefter("import", "undo", "old", "--yes")
        self.assertIn("undone     6 documents of source old, 0 reversed before, 0 refused, 0 left", said.stdout)
        self.assertIn("customers and products that the import made stay", said.stdout)
        self.assertEqual(self.company.owed(), 100)
        self.assertIn("6 reversed before", self.company.tefter("import", "undo", "old", "--yes").stdout)
        for day, owed in (("2011-01-04", 100), ("2011-01-20", 100), ("2011-02-15", 100)):
            self.assertEqual(self.company.aging(day)["balance_minor"], owed)  # it was never there
        again = self.company.imported("invoices", bills, "--yes", "--source", "old")
        self.assertEqual((again["sent"], again["conflicts"], again["total"]), (5, 0, "37.00"))
        self.assertEqual(self.company.aging("2011-01-04")["balance_minor"], 4100)
        self.assertIn("no document of source", self.company.tefter("import", "undo", "none", "--yes", good=(2,)).stderr)

    def test_an_undo_that_ended_goes_on(self):
        bills = self.company.write("a.csv", "number,customer,date,amount\n" + "".join(
            f"B{n},C,2011-01-0{n},10.00\n" for n in range(1, 5)))
        self.company.imported("invoices", bills, "--yes", "--source", "old")
        self.company.tefter("credit-note", "B3", "--reason", "broken")
        said = self.company.tefter("import", "undo", "old", "--yes", good=(1,)).stdout
        self.assertIn("undone     3 documents of source old, 0 reversed before, 1 refused, 0 left", said)
        self.assertIn("           B3: It cannot be reversed: something later rests on it", said)
        self.assertIn("tries again what was refused", said)
        self.company.tefter("reverse", re.search(r"first: (\S+)\.", said).group(1), "--reason", "x")
        said = self.company.tefter("import", "undo", "old", "--yes").stdout
        self.assertIn("undone     1 document of source old, 3 reversed before, 0 refused, 0 left", said)
        self.assertEqual(self.company.owed(), 0)

    def test_groups_and_who_is_in_them(self):
        path = self.company.write("g.csv", "Group,Payment terms,Credit limit\nGold,60,5000.00\nSilver,30,\n")
        done = self.company.imported("groups", path, "--yes", "--set", "dimension=tier")
        self.assertEqual((done["sent"], done["rejected"]), (2, 0))
        again = self.company.imported("groups", path, "--yes", "--set", "dimension=tier")
        self.assertEqual((again["sent"], again["already_there"]), (0, 2))
        limits = self.company.write("l.csv", "Dimension,Group,Limit\ntier,gold,5000.00\ntier,Silver,900.00\n")
        said = self.company.tefter("import", "groups", limits, "--yes", good=(5,)).stdout
        self.assertIn("Silver is there with limit none, the file has 900.00: --update changes it", said)
        done = self.company.imported("groups", limits, "--yes", "--update")
        self.assertEqual((done["changed"], done["already_there"]), (1, 1))
        there = {row["name"]: row for row in map(json.loads, self.company.tefter("--json", "group", "list").stdout.splitlines())
                 if "name" in row}
        self.assertEqual((there["Silver"]["term_days"], there["Silver"]["limit"]["limit_minor"]), (30, 90000))
        path = self.company.write("c.csv", "code,name,group\nA,Ann,Gold\nB,Bo,tier: silver\nC,Cy,Bronze\nD,Di,\n")
        done = self.company.imported("customers", path, "--yes", good=(1,))
        self.assertEqual((done["sent"], done["rejected"]), (3, 1))
        with open(path + ".rejects.csv", encoding="utf-8") as file:
            self.assertIn('there is no group ""Bronze"": import the groups first', file.read())
        card = json.loads(self.company.tefter("--json", "customer", "show", "A").stdout)
        self.assertEqual(card["terms"]["limit_minor"], 500000)
        path = self.company.write("d.csv", "code,name,group\nA,Ann,Silver\nD,Di,Gold\n")
        said = self.company.tefter("import", "customers", path, "--yes", good=(5,)).stdout
        self.assertIn("A is there with group Gold, the file has Silver", said)
        done = self.company.imported("customers", path, "--yes", "--update")
        self.assertEqual((done["changed"], done["rejected"]), (2, 0))
        card = json.loads(self.company.tefter("--json", "customer", "show", "A").stdout)
        self.assertEqual(card["terms"]["limit_minor"], 90000)

    def test_an_import_over_limits_is_one_alarm(self):
        self.company.tefter("policy", "set", "--limit", "10")
        path = self.company.write("a.csv", "number,customer,date,amount\n" + "".join(
            f"B{n},C{n % 7},2011-01-{n % 28 + 1:02},20.00\n" for n in range(300)))
        self.company.imported("invoices", path, "--yes")
        rows = [json.loads(line) for line in self.company.tefter("--json", "alarms").stdout.splitlines()]
        self.assertEqual([(row.get("source"), row.get("documents")) for row in rows if "alarm" in row], [("import", 300)])
        self.assertIn("300", self.company.tefter("alarms").stdout)

    def test_numbers_of_other_series_and_codes_that_look_alike(self):
        path = self.company.write("a.csv", "number,customer,date,amount\nHQ-R-00001,ACME,2011-01-01,5.00\n"
                                  "B2,ΑCME,2011-01-01,5.00\nB3,ACME,2011-01-01,5.00\n")
        said = self.company.tefter("import", "invoices", path, "--yes", good=(1,)).stdout
        self.assertIn("A branch gives such numbers to another kind of paper", said)
        self.assertRegex(said, "line 4: This code looks like another, ΑCME")  # whose row came in; line 2's did not, nor its customer
        self.assertEqual(self.company.owed(), 500)

    def test_opening_balances(self):
        path = self.company.write("o.csv", "Customer no,Customer,Balance\nA,Ann,12.50\nB,Bo,-3.00\nC,Cy,0\n")
        done = self.company.imported("balances", path, "--yes", "--as-of", "2011-01-31")
        self.assertEqual((done["sent"], done["nothing_owed"], done["total"]), (2, 1, "9.50"))
        again = self.company.imported("balances", path, "--yes", "--as-of", "31.1.2011", "--restart")
        self.assertEqual((again["sent"], again["already_there"]), (0, 2))
        self.assertEqual(self.company.owed(), 950)
        self.assertEqual(sum(b["amount_minor"] for b in self.company.aging("2011-02-01")["buckets"]), 1250)

    def test_balances_are_no_sales_and_invoices_are(self):
        self.company.imported("balances", self.company.write("o.csv", "Customer no,Balance\nA,12.50\n"), "--yes", "--as-of", "2011-01-31")
        self.company.imported("invoices", self.company.write("i.csv", "number,customer,date,amount\nB1,A,2011-02-01,7.00\n"), "--yes")
        self.company.imported("credit-notes", self.company.write("c.csv", "number,customer,date,amount\nC1,A,2011-02-02,-2.00\n"), "--yes")
        self.assertEqual(self.company.books(), {"GL_RECEIVABLE": 1750, "GL_SALES": -500, "GL_OPENING": -1250})

    def test_two_debts_of_one_customer_are_both_booked(self):
        path = self.company.write("o.csv", "Customer no,Balance\nQ1,100.00\nQ1,100.00\nQ2,10.00\nq2,10.00\nQ1-2,5.00\n")
        words = (path, "--as-of", "2011-01-31", "--total", "225.00")
        said = self.company.tefter("import", "balances", *words, "--yes", good=(2,)).stderr
        self.assertIn("Q1 in lines 2 and 3: 100.00 and 100.00", said)
        self.assertEqual(self.company.owed(), 0)
        words += ("--twice",)
        foretold = self.company.imported("balances", *words, "--dry-run")
        done = self.company.imported("balances", *words, "--yes")
        for said in (foretold, done):
            self.assertEqual((said["sent"], said["already_there"], said["total"]), (5, 0, "225.00"))
        self.assertEqual(self.company.owed(), 22500)
        again = self.company.imported("balances", *words, "--yes", "--restart")
        self.assertEqual((again["sent"], again["already_there"], again["total_there"]), (0, 5, "225.00"))
        self.assertEqual(self.company.owed(), 22500)

    def test_a_total_row_is_nobodys_debt(self):
        path = self.company.write("a.csv", "number,customer,date,text,amount\n1,A,2011-01-02,x,5.00\n"
                                  "2,B,2011-01-03,y,7.00\n,Total,,,12.00\n")
        done = self.company.imported("invoices", path, "--yes", "--total", "12.00")
        self.assertEqual((done["sent"], done["rejected"], done["customers_made"], done["totals_left_out"]), (2, 0, 2, 1))
        path = self.company.write("o.csv", "Customer no,Balance\nA,1.00\nΣΥΝΟΛΟ,1.00\n")
        said = self.company.tefter("import", "balances", path, "--yes", "--as-of", "2011-01-31").stdout
        self.assertIn('1 row sums up others and is left out (line 3: "ΣΥΝΟΛΟ")', said)
        self.assertEqual(self.company.owed(), 1300)

    def test_a_receipt_typed_in_two_ways_is_booked_whole(self):
        self.company.imported("invoices", self.company.write(
            "a.csv", "number,customer,date,amount\nB1,C,2011-01-01,50.00\n"), "--yes")
        path = self.company.write("p.csv", "number,customer,date,amount,method\nPP1,C,2011-02-01,10.00,cash\n"
                                  "P2,C,2011-02-01,5.00,cash\npp1,C,2011-02-01,10.01,cash\n")
        done = self.company.imported("payments", path, "--yes", "--total", "25.01")
        self.assertEqual((done["sent"], done["already_there"], done["total"]), (2, 0, "25.01"))
        self.assertEqual(self.company.owed(), 5000 - 2501)
        again = self.company.imported("payments", path, "--yes", "--restart")
        self.assertEqual((again["sent"], again["already_there"]), (0, 2))


def workbook(path, rows, dates=(), shared=True):
    """An XLSX with one sheet; columns in `dates` are shown as days."""
    strings, cells = [], []
    for number, row in enumerate(rows, 1):
        line = ""
        for at, value in enumerate(row):
            place = f"{chr(65 + at)}{number}"
            if value is None:
                continue
            if isinstance(value, (int, float)):
                style = ' s="1"' if at in dates else ""
                line += f'<c r="{place}"{style}><v>{value!r}</v></c>'
            elif shared:
                strings.append(value)
                line += f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>'
            else:
                line += f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
        cells.append(f'<row r="{number}">{line}</row>')
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", f'<?xml version="1.0"?><workbook {main} xmlns:r="{relation}"><sheets>'
                      '<sheet name="Bills" sheetId="1" r:id="rId1"/></sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/'
                      '2006/relationships"><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>')
        book.writestr("xl/styles.xml", f'<styleSheet {main}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
                      '</styleSheet>')
        book.writestr("xl/sharedStrings.xml", f"<sst {main}>" + "".join(
            f"<si><t>{text}</t></si>" for text in strings) + "</sst>")
        book.writestr("xl/worksheets/sheet1.xml", f'<worksheet {main}><sheetData>{"".join(cells)}</sheetData></worksheet>')


class Forms(Case):
    """Files as shops have them."""

    ROWS = [["Harbour Supplies"], [], ["Invoice no", "Customer no", "Date", "Due date", "Amount"],
            [7, "A", 44224, 44255, 1234.5], [8, "B", 44225, 44256, 0.1 + 0.2], [9, "A", 44226.5, 44257, 1.234]]

    def check(self, *words, good=(1,)):
        done = self.company.imported("invoices", *words, "--yes", good=good)
        self.assertEqual((done["sent"], done["total"]), (2, "1234.80"))
        self.assertEqual(self.company.owed(), 123480)  # 1.234 has more decimals than pence
        shown = json.loads(self.company.tefter("--json", "document", "show", "7").stdout)["document"]
        self.assertEqual((shown["date"], shown["due"]), ("2021-01-28", "2021-02-28"))
        return done

    def test_a_workbook(self):
        for shared in (True, False):
            path = self.company.path(f"{shared}.xlsx")
            workbook(path, self.ROWS, dates=(2, 3), shared=shared)
            if shared:
                self.check(path)
            else:
                done = self.company.imported("invoices", path, "--yes", good=(1,))
                self.assertEqual((done["sent"], done["already_there"]), (0, 2))
        with open(path + ".rejects.csv", encoding="utf-8") as file:
            self.assertIn('"6","amount ""1.2340"": There are more decimals', file.read())

    def test_a_workbook_that_is_no_real_one(self):
        path = self.company.path("bomb.xlsx")
        workbook(self.company.path("plain.xlsx"), self.ROWS)
        with zipfile.ZipFile(self.company.path("plain.xlsx")) as plain, \
                zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            for name in plain.namelist():
                more = b" " * 200000000 if "sheet1" in name else b""
                book.writestr(name, plain.read(name) + more)
        said = self.company.tefter("import", "invoices", path, "--yes", good=(2,))
        self.assertIn("unpacks to more than any real one", said.stderr)
        with open(path, "wb") as file:
            file.write(b"PK\3\4 and nothing else")
        self.assertIn("no whole workbook", self.company.tefter("import", "invoices", path, "--yes", good=(2,)).stderr)

    def test_utf16_and_old_encodings(self):
        text = "Αριθμός;Πελάτης;Ημερομηνία;Ποσό\n7;A;28/1/2021;1.234,50\n8;B;29/1/2021;0,30\n"
        for name in ("utf-16", "utf-16-le", "windows-1253", "utf-8-sig"):
            path = self.company.path(name + ".csv")
            with open(path, "wb") as file:
                file.write(text.encode(name))
            done = self.company.imported("invoices", path, "--yes")
            self.assertEqual((done["sent"] + done["already_there"], done["rejected"]), (2, 0), name)
        self.assertEqual(self.company.owed(), 123480)

    def test_persian(self):
        path = self.company.write("fa.csv", "شماره فاکتور,کد مشتری,تاریخ,مبلغ\n۷,A,۱۳۹۹/۱۱/۰۹,۵۰۰\n")
        self.assertEqual(self.company.imported("invoices", path, "--yes")["sent"], 1)
        self.assertEqual(json.loads(self.company.tefter("--json", "aging", "--as-of", "2021-01-28").stdout)["balance_minor"],
                         50000)


def many(count):
    return "number,customer,date,code,text,qty,price\n" + "".join(
        f"{n},C{n % 500},2011-01-{n % 28 + 1:02},P{n % 90},thing {n % 90},{k},0.{n % 97 + 1:02}\n"
        for n in range(count) for k in range(1, 4))


class Cut(Case):
    COUNT = 8000

    def begin(self, path):
        command = [os.path.join(BIN, "tefter"), "import", "invoices", path, "--yes", "--json",
                   "--quiet"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=dict(os.environ, TEFTER_PROFILE=self.company.path("office")))

    def some_sent(self, least):
        for _ in range(2000):
            status = json.loads(self.company.tefter("--json", "status").stdout)
            if status["seq"] > least:
                return
            time.sleep(0.02)
        self.fail("nothing was sent")

    def total(self):
        return sum(round(k * (n % 97 + 1)) for n in range(self.COUNT) for k in range(1, 4))

    def finish(self, path):
        done = self.company.imported("invoices", path, "--yes")
        self.assertFalse(os.path.exists(path + ".tefter-import"))
        self.assertEqual((done["rejected"], done["conflicts"]), (0, 0))
        self.assertEqual(self.company.owed(), self.total())
        return done

    def test_the_import_is_killed(self):
        path = self.company.write("a.csv", many(self.COUNT))
        for number in (signal.SIGKILL, signal.SIGINT):
            process = self.begin(path)
            seq = json.loads(self.company.tefter("--json", "status").stdout)["seq"]
            self.some_sent(seq + 1500)
            process.send_signal(number)
            said = process.communicate(timeout=60)
            self.assertIn(process.returncode, (-signal.SIGKILL, 130), said)
        self.assertTrue(os.path.exists(path + ".tefter-import"))
        done = self.finish(path)
        self.assertGreater(done["resumed_line"], 1)
        self.assertLess(done["rows"], 3 * self.COUNT)

    def test_what_was_undone_since_is_sent_again(self):
        path = self.company.write("a.csv", many(self.COUNT))
        process = self.begin(path)
        self.some_sent(1500)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertTrue(os.path.exists(path + ".tefter-import"))
        self.company.tefter("import", "undo", "import", "--yes")
        self.assertEqual(self.company.owed(), 0)
        done = self.finish(path)
        self.assertEqual((done["sent"], done["resumed_line"]), (self.COUNT, 0))

    def test_the_server_is_killed(self):
        path = self.company.write("a.csv", many(self.COUNT))
        process = self.begin(path)
        self.some_sent(1500)
        self.company.kill()
        time.sleep(0.5)
        self.company.start()
        self.some_sent(4000)
        self.company.kill(signal.SIGTERM)
        self.company.start()
        said, wrong = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, wrong)
        self.assertEqual(json.loads(said)["sent"], self.COUNT)
        self.assertEqual(self.company.owed(), self.total())


WORDS = {  # headers of the real invoices in five languages, by their own
    "vi": {"invoiceNumber": "Số hóa đơn", "customerID": "Mã khách hàng", "InvoiceDate": "Ngày hóa đơn",
           "DueDate": "Hạn thanh toán", "InvoiceAmount": "Số tiền"},
    "zh": {"invoiceNumber": "发票号", "customerID": "客户编号", "InvoiceDate": "开票日期", "DueDate": "到期日",
           "InvoiceAmount": "金额"},
    "fa": {"invoiceNumber": "شماره فاکتور", "customerID": "کد مشتری", "InvoiceDate": "تاریخ", "DueDate": "سررسید",
           "InvoiceAmount": "مبلغ"},
    "el": {"invoiceNumber": "Αρ. παραστατικού", "customerID": "Κωδικός πελάτη", "InvoiceDate": "Ημερομηνία",
           "DueDate": "Λήξη", "InvoiceAmount": "Ποσό"},
    "de": {"invoiceNumber": "Rechnungs-Nr.", "customerID": "Kunden-Nr.", "InvoiceDate": "Rechnungsdatum",
           "DueDate": "Fällig am", "InvoiceAmount": "Betrag"},
}


@unittest.skipUnless(HAVE_DATA, "no data beside the source tree")
class Drill(Case):
    """Real files as they are spoilt in shops: right, or refused with the reason; never 0 with another total."""

    def rows(self, name):
        opened = gzip.open if name.endswith(".gz") else open
        with opened(os.path.join(DATA, name), "rt", encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def table(self, rows, name="drill.csv", **style):
        with open(self.company.path(name), "w", encoding="utf-8", newline="") as file:
            csv.writer(file, **style).writerows(rows)
        return self.company.path(name)

    def test_columns_in_five_languages(self):
        header, *rows = self.rows("ibm-receivables/WA_Fn-UseC_-Accounts-Receivable.csv")
        with open(os.path.join(DATA, "truth.json"), encoding="utf-8") as file:
            truth = json.load(file)["ibm"]
        chance = random.Random(7)
        for language, words in WORDS.items():
            chance.shuffle(rows)
            order = list(range(len(header)))
            chance.shuffle(order)
            path = self.table([[words.get(header[k], header[k]) for k in order]] + [[row[k] for k in order] for row in rows],
                              language + ".csv", delimiter=chance.choice(",;\t"))
            done = self.company.imported("invoices", path, "--yes", "--total", truth["total"])
            self.assertEqual((done["sent"] + done["already_there"], done["rejected"]), (truth["rows"], 0), language)
        self.assertEqual(self.company.owed(), round(float(truth["total"]) * 100))

    def test_rows_in_any_order(self):
        """The first two thousand documents of the year, as the figures of the file itself say."""
        header, *rows = self.rows("online-retail/online-retail-2010-2011.csv.gz")
        wanted = set()
        for row in rows:
            if len(wanted) == 2000:
                break
            wanted.add(row[0])
        rows = [row for row in rows if row[0] in wanted]
        random.Random(5).shuffle(rows)
        documents = {}
        for row in rows:
            line = (decimal.Decimal(row[3]) * decimal.Decimal(row[5])).quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_UP)
            documents[row[0], row[6]] = documents.get((row[0], row[6]), 0) + line
        truth = sum(documents.values())
        paid = sum(total for (_, customer), total in documents.items() if customer == "" and total > 0)
        done = self.company.imported("invoices", self.table([header] + rows), *RETAIL)
        self.assertEqual((done["sent"], done["total"]), (len(wanted), str(truth)))
        self.assertGreater(paid, 0)
        self.assertEqual(self.company.owed(), round((truth - paid) * 100))

    def test_one_currency_sign_changed_and_half_the_numbers_taken(self):
        header, *rows = self.rows("ibm-receivables/WA_Fn-UseC_-Accounts-Receivable.csv")
        rows, amount = rows[:400], header.index("InvoiceAmount")
        for row in rows:
            row[amount] = "£" + row[amount]
        self.company.imported("invoices", self.table([header] + rows[::2]), "--yes")
        owed = self.company.owed()
        rows[1][amount] = rows[1][amount].replace("£", "$")
        said = self.company.tefter("import", "invoices", self.table([header] + rows), "--yes", "--total", "1000",
                                   "--restart", good=(2,))
        self.assertIn("another currency", said.stdout)
        self.assertEqual(self.company.owed(), owed)
        done = self.company.imported("invoices", self.table([header] + rows), "--yes", "--restart", good=(1,))
        self.assertEqual((done["sent"], done["already_there"], done["rejected"]), (199, 200, 1))
        for row in rows[::2]:
            row[amount] = "£1.00"
        done = self.company.imported("invoices", self.table([header] + rows), "--yes", "--restart", good=(5,))
        self.assertEqual((done["sent"], done["already_there"], done["conflicts"]), (0, 199, 200))


@unittest.skipUnless(HAVE_DATA, "no data beside the source tree")
class Real(Case):
    def test_online_retail(self):
        with open(os.path.join(DATA, "truth.json"), encoding="utf-8") as file:
            truth = json.load(file)["online_retail"]
        path = self.company.path("retail.csv")
        source = os.path.join(DATA, "online-retail/online-retail-2010-2011.csv.gz")
        with gzip.open(source) as packed, open(path, "wb") as plain:
            shutil.copyfileobj(packed, plain)
        done = self.company.imported("invoices", path, *RETAIL)
        print(f"online retail: {done['sent']} documents in {done['ms']} ms, "
              f"{done['sent'] * 1000 // done['ms']} documents/s", file=sys.stderr)
        self.assertEqual(done["sent"], truth["documents"])
        self.assertEqual(done["exact"], truth["net_total_exact"])
        self.assertEqual(done["total"], truth["net_total_lines_rounded_half_up_to_cents"])
        # sales without a customer were paid when they were made; what came back of them stands as credit
        cash = json.loads(self.company.tefter("--json", "customer", "show", "cash").stdout)["account"]["balance_minor"]
        self.assertLessEqual(cash, 0)
        self.check_ageing(truth["ageing"])
        self.check_customers(truth["top_customers"])

    def check_ageing(self, truth):
        """Of customers with a name; the cash customer's bills are left out, as in the truth."""
        every = self.company.aging(truth["as_of"])["buckets"]
        cash = self.company.aging(truth["as_of"], "--customer", "cash")["buckets"]
        left = [(a["items"] - b["items"], a["amount_minor"] - b["amount_minor"])
                for a, b in zip(every, cash)]
        left[4:] = [tuple(map(sum, zip(*left[4:])))]
        for (items, amount), name in zip(left, ("not_due", "1-30", "31-60", "61-90", "91+")):
            self.assertEqual(items, truth["buckets"][name]["count"], name)
            self.assertAlmostEqual(amount / 100, float(truth["buckets"][name]["sum"]), 2, name)

    def check_customers(self, truth):
        for code, total in truth[:5]:
            card = json.loads(self.company.tefter("--json", "customer", "show", code).stdout)
            self.assertEqual(card["account"]["balance_minor"], round(float(total) * 100))

    def test_ibm(self):
        with open(os.path.join(DATA, "truth.json"), encoding="utf-8") as file:
            truth = json.load(file)["ibm"]
        path = self.company.path("ibm.csv")
        shutil.copyfile(os.path.join(
            DATA, "ibm-receivables/WA_Fn-UseC_-Accounts-Receivable.csv"), path)
        bills = self.company.imported(
            "invoices", path, "--source", "ibm", "--map", "number=invoiceNumber,"
            "customer=customerID,date=InvoiceDate,due=DueDate,amount=InvoiceAmount", "--yes")
        self.assertEqual((bills["sent"], bills["total"]), (truth["rows"], truth["total"]))
        self.assertEqual(bills["customers_made"], truth["customers"])
        paid = self.company.imported(
            "payments", path, "--source", "ibm", "--map", "number=invoiceNumber,"
            "bill=invoiceNumber,customer=customerID,date=SettledDate,amount=InvoiceAmount", "--yes")
        self.assertEqual((paid["sent"], paid["total"]), (truth["rows"], truth["total"]))
        self.assertEqual(self.company.owed(), 0)
        for day, was in truth["open_at"].items():
            buckets = self.company.aging(day)["buckets"]
            self.assertEqual(sum(b["items"] for b in buckets), was["count"])
            self.assertEqual(sum(b["items"] for b in buckets[1:]), was["overdue_count"])
            self.assertEqual(sum(b["amount_minor"] for b in buckets),
                             round(float(was["sum"]) * 100))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
