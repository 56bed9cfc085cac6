#!/usr/bin/python3
"""Putting papers right, looking at them and listing them, as people type it at the real programs.

    test_corrections.py BINARIES
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "restore"))
import shop

BINARIES = sys.argv.pop(1)
FSI = "\u2068"


class Papers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-corrections-")
        cls.shop = shop.Shop(BINARIES, cls.folder, f"127.0.0.1:{shop.free_port()}")
        cls.shop.make()
        cls.tefter("product", "add", "CEM", "Cement", "--price", "100", "--tax", "20%")
        cls.tefter("product", "add", "DRILL", "Drill", "--price", "500", "--serials")
        cls.shop.staff("seller")
        cls.tefter("staff", "change", "seller", "--role", "sales")

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()
        shutil.rmtree(cls.folder)

    @classmethod
    def tefter(cls, *words, at="office", code=0):
        return cls.shop.tefter(at, *words, code=code)

    def customer(self, name, limit=100_000):
        return self.shop.customer("office", name, limit)

    def says(self, wanted, *words, at="office", code=0):
        said = self.tefter(*words, at=at, code=code)
        for part in wanted:
            self.assertIn(part, said.stdout + said.stderr, words)
        return said.stdout + said.stderr

    def sell(self, customer, *words, at="office"):
        return self.shop.done(at, "sell", customer, *words)["number"]

    def document(self, number):
        return self.shop.json("office", "document", "show", number)[0]

    def correct(self, number, *words, at="office"):
        return self.shop.done(at, "correct", number, *words, "--reason", "typed wrong")["number"]

    # ---- corrections ----

    def test_correct_lowers_the_debt_of_a_locked_customer_over_their_limit(self):
        anh = self.customer("Locked")
        bill = self.sell(anh, "XM=50")
        self.tefter("customer", "limit", anh, "1000")
        self.tefter("customer", "lock", anh, "--reason", "cheque")
        fresh = self.correct(bill, "--line", "1=40")
        self.assertEqual(self.document(fresh)["document"]["total_minor"], 40_000)
        self.says(["locked"], "correct", fresh, "--line", "1=41", "--reason", "x", code=1)
        self.tefter("customer", "unlock", anh)
        self.says(["Over the limit by 40,000 ₫: nothing is available, the correction adds 1,000.",
                   "correct it to at most 40,000"], "correct", fresh, "--line", "1=41", "--reason", "x", code=1)

    def test_correct_without_a_price_keeps_the_bills_and_not_todays(self):
        anh = self.customer("Prices")
        bill = self.sell(anh, "CEM=5-10%", "XM=1@900-50", "--charge", "shipping=70", "--reference", "PO-1",
                         "--note", "gate 2", "--salesperson", "seller", "--due", "+40")
        due = self.document(bill)["document"]["due"]
        self.tefter("product", "edit", "CEM", "--price", "777", "--tax", "1%")
        for words in (["--line", "1=4"], ["CEM=4", "XM=1"], ["--line", "1=4", "--line", "2=1"]):
            bill = self.correct(bill, *words)
            paper = self.document(bill)["document"]
            cement, board = paper["lines"]
            self.assertEqual((cement["price"], cement["discount_bp"], cement["tax_bp"], cement["net_minor"]),
                             (100_000, 1000, 2000, 360), words)
            self.assertEqual((board["price"], board["discount_minor"]), (900_000, 50), words)
            self.assertEqual((paper["charges"][0]["title"], paper["reference"], paper["note"], paper["salesperson"],
                              paper["due"]), ("shipping", "PO-1", "gate 2", "seller", due), words)
        self.tefter("product", "edit", "CEM", "--price", "100", "--tax", "20%")

    def test_one_line_is_edited_taken_out_or_added(self):
        anh = self.customer("Lines")
        bill = self.sell(anh, "CEM=5", "XM=2")
        bill = self.correct(bill, "--line", "1=@80", "--line", "2=-10%")
        lines = self.document(bill)["document"]["lines"]
        self.assertEqual([(x["quantity"], x["price"], x["net_minor"]) for x in lines],
                         [(5000, 80_000, 400), (2000, 1_000_000, 1800)])
        bill = self.correct(bill, "--line", "1=0", "--add", "CEM=1@50-5")
        lines = self.document(bill)["document"]["lines"]
        self.assertEqual([x["net_minor"] for x in lines], [1800, 45])
        self.says(["has 2 lines"], "correct", bill, "--line", "3=1", "--reason", "x", code=2)
        self.says(["not both"], "correct", bill, "XM=1", "--line", "1=1", "--reason", "x", code=2)
        bill = self.correct(bill, "--clear", "note")
        self.says(["say one of both"], "correct", bill, "--clear", "note", "--note", "x", "--reason", "x", code=2)

    def test_the_owner_at_the_head_office_corrects_a_branchs_papers_in_the_branchs_series(self):
        anh = self.customer("Branch")
        bill = self.sell(anh, "XM=3", at="one")
        receipt = self.shop.pay("one", anh, 500, "--bill", bill)
        self.assertTrue(bill.startswith("TD-") and receipt.startswith("TD-R-"))
        fresh = self.correct(receipt, "--amount", "600")
        self.assertTrue(fresh.startswith("TD-R-"), fresh)
        self.assertNotIn("reversed_by", self.document(fresh))
        self.assertTrue(self.correct(bill, "--line", "1=2").startswith("TD-0"))
        self.says(["drawer"], "document", "show", fresh)

    def test_what_became_of_the_money_is_told(self):
        anh = self.customer("Money")
        bill = self.sell(anh, "XM=3")
        receipt = self.shop.pay("office", anh, 3000)
        self.says([f"Not matched any more: 1,000 of {receipt}; 1,000 of it is free now, with {anh} Money."],
                  "correct", bill, "--line", "1=2", "--reason", "count")
        bill = self.document(receipt)["touches"][-1]["other_number"]
        self.says([f"Open again: 2,000 of bill {bill}; 2,000 of it is unpaid now."],
                  "reverse", receipt, "--reason", "bounced")
        self.says(["reversed already, by HQ-X-", " on 20", " by owner."], "reverse", receipt, "--reason", "x", code=5)

    def test_own_bill_of_today_needs_no_reason_and_somebody_elses_needs_the_right(self):
        anh = self.customer("Own")
        self.shop.login("two", ("seller", shop.PASSWORD))
        bill = self.sell(anh, "XM=3", at="two")
        fresh = self.shop.done("two", "correct", bill, "--line", "1=2")["number"]
        other = self.sell(anh, "XM=3", at="one")
        self.says(["Not allowed"], "correct", other, "--line", "1=2", "--reason", "x", at="two", code=4)
        self.says(["The reason is missing: say it with --reason."], "correct", fresh, "--line", "1=1", code=2)
        self.shop.login("two", ("clerk-two", shop.PASSWORD))

    # ---- serial numbers ----

    def test_serial_goods_are_sold_with_their_numbers(self):
        anh = self.customer("Serials")
        bill = self.sell(anh, "DRILL", "--serials", "DRILL=A1,A2")
        self.assertEqual(self.document(bill)["document"]["lines"][0]["quantity"], 2000)
        other = self.sell(anh, "DRILL=1", "XM=1", "DRILL=1", "--serials", "drill=B1", "--serials", "DRILL=B2")
        self.assertEqual([x.get("serials") for x in self.document(other)["document"]["lines"]], [["B1"], None, ["B2"]])
        self.says(["Each piece needs its serial number", "--serials"], "sell", anh, "DRILL=2", code=2)
        self.says([f"sold already, with {bill}"], "sell", anh, "DRILL", "--serials", "DRILL=A2", code=5)
        self.says(["no line sells CEM"], "sell", anh, "DRILL", "--serials", "CEM=1", code=2)
        self.says(["serial numbers of line 1: A1, A2"], "document", "show", bill)
        fresh = self.correct(bill, "--line", "1=1", "--serials", "1=A2")
        self.assertEqual(self.document(fresh)["document"]["lines"][0]["serials"], ["A2"])
        self.sell(anh, "DRILL", "--serials", "DRILL=A1")

    # ---- one document ----

    def test_document_show_names_people_rates_and_papers(self):
        anh = self.customer("Shown", limit=100)
        self.tefter("customer", "limit", anh, "100", "--policy", "approve")
        buyer = str(self.shop.done("office", "customer", "buyer", anh, "Driver Minh")["id"])
        asked = self.shop.done("one", "approval", "ask", anh, "1200")["id"]
        self.tefter("approval", "grant", str(asked))
        bill = self.sell(anh, "CEM=10-10%", "--buyer", buyer, "--approval", str(asked), "--charge", "shipping=12+8%",
                         at="one")
        self.says(["taken by   Driver Minh", f"approved   owner (approval {asked})", "100 (10%)", "180 (20%)", "1 (8%)",
                   "by clerk-one"], "document", "show", bill)
        slip = self.shop.done("office", "pay", anh, "50", "--slip", "Main", "--reference", "SL-9", "--payer",
                              "Hoa")["number"]
        self.says(["payer      Hoa", "reference  SL-9", "matched in 1 part"], "document", "show", slip)
        match = self.document(slip)["touches"][0]["match"]
        self.tefter("unmatch", anh, str(match))
        said = self.says(["matched in 0 parts", "1 match that was undone: --undone shows it."], "document", "show", slip)
        self.assertNotIn("Matched with", said)
        self.says(["Matched with", bill], "document", "show", slip, "--undone")
        fresh = self.correct(bill, "--line", "1=9")
        self.says([f"its place took {fresh} of ", "reversed by TD-X-", ", by owner: typed wrong"], "document", "show",
                  bill)
        self.says([f"takes the place of {bill} of "], "document", "show", fresh)
        note = self.shop.done("office", "credit-note", fresh, "1=1")["number"]
        self.says([f"credited with {note} of "], "document", "show", fresh)
        self.says([f"credits {fresh} of "], "document", "show", note)
        self.says([f"Reverse that first: {note}"], "reverse", fresh, "--reason", "x", code=1)

    def test_what_is_there_already_is_named_as_people_call_it(self):
        anh = self.customer("There")
        self.tefter("product", "add", "NAIL", "Nails", "--price", "5", "--barcode", "4711")
        self.says(["see NAIL"], "product", "add", "NAIL2", "Nails", "--barcode", "4711", code=5)
        self.says([f"see {anh} There"], "customer", "add", "Else", "--code", anh, "--phone", "1", "--area", "x",
                  "--no-look", code=5)
        self.says(["see seller"], "staff", "add", "seller", "--role", "sales", code=5)
        self.says(["see safe"], "till", "add", "HQ", "safe", code=5)
        bill = self.sell(anh, "XM=1")
        self.tefter("reverse", bill, "--reason", "x")
        said = self.says(["reversed already, by HQ-X-", "by owner"], "credit-note", bill, code=5)
        self.assertNotIn("#", said)

    # ---- lists ----

    def test_documents_are_newest_first_with_names_totals_and_what_was_cut(self):
        anh, binh = self.customer("Listed One"), self.customer("Listed Two")
        bills = [self.sell(who, f"XM={i + 1}") for i, who in enumerate((anh, binh, anh, binh))]
        self.shop.pay("office", binh, 2000)
        rows = self.shop.json("office", "documents", "--rows", "4")
        self.assertEqual([r["number"] for r in rows[1:]], bills[:0:-1])
        self.assertEqual([r["name"] for r in rows], ["Listed Two", "Listed Two", "Listed One", "Listed Two"])
        said = self.says(["3 invoices 9,000, open 7,000; 1 payment 2,000, open 0", "4 rows shown; there are more: --all"],
                         "documents", "--rows", "4")
        self.assertLess(said.index(bills[3]), said.index(bills[2]))
        self.says(["1 row shown;"], "documents", "--rows", "1")
        oldest = [r["number"] for r in self.shop.json("office", "documents", "--all", "--oldest")]
        newest = [r["number"] for r in self.shop.json("office", "documents", "--all")]
        self.assertEqual(oldest, newest[::-1])
        mine = [r["number"] for r in self.shop.json("office", "documents", "--customer", anh)]
        self.assertEqual(mine, [bills[2], bills[0]])
        self.says([bills[3], "Listed Two"], "search", bills[3])

    def test_documents_by_state_kind_person_group_amount_and_day(self):
        anh, binh = self.customer("Filter One"), self.customer("Filter Two")
        group = self.shop.done("office", "group", "add", "tier", "filtered")["id"]
        self.tefter("group", "join", anh, "filtered")
        a = self.sell(anh, "XM=1", "--salesperson", "seller")
        b = self.sell(anh, "XM=2", at="one")
        c = self.sell(binh, "XM=3")
        paid = self.shop.pay("office", anh, 1500)

        def found(*words):
            return [r["number"] for r in self.shop.json("office", "documents", "--all", *words)]

        self.assertTrue(group)
        self.assertEqual(found("--group", "filtered"), [paid, b, a])
        self.assertEqual(found("--group", "filtered", "--state", "part"), [b])
        self.assertEqual(found("--group", "filtered", "--state", "closed", "--kind", "invoice"), [a])
        self.assertEqual(found("--group", "filtered", "--by", "clerk-one"), [b])
        self.assertEqual(found("--group", "filtered", "--salesperson", "seller"), [a])
        self.assertEqual(found("--group", "filtered", "--paid", "cash"), [paid])
        self.assertEqual(found("--group", "filtered", "--min", "1500", "--max", "1999"), [paid])
        self.assertIn(c, found("--min", "3000", "--max", "3000", "--state", "open"))
        self.assertEqual(found("--group", "filtered", "--from", "+1"), [])
        self.assertEqual(found("--group", "filtered", "--to", "-1"), [])
        self.tefter("reverse", b, "--reason", "x")
        self.assertEqual(found("--group", "filtered", "--state", "reversed"), [b])
        self.says(["1 document reversed, which is not counted"], "documents", "--customer", anh)

    def test_aging_heads_say_from_which_date(self):
        self.says(["Days since the document's date", "OF THE DAY"], "aging", "--by-document-date")
        self.says(["Days since the due date", "NOT DUE"], "aging")

    # ---- tables ----

    def test_tables_hold_in_eighty_columns_in_any_script(self):
        for name in ("کتابفروشی مهر و برادران در خیابان آزادی", "北京市朝阳区建筑材料贸易有限责任公司",
                     "A name that is longer than any table has room for it"):
            self.sell(self.customer(name, 10**9), "XM=12345", "--salesperson", "seller")
        for words in (("documents",), ("aging", "--by-customer"), ("customer", "list"), ("unmatched",)):
            said = subprocess.run([os.path.join(BINARIES, "tefter"), "--profile", self.shop.profile("office"), *words],
                                  env={**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8"}, capture_output=True,
                                  text=True, timeout=60, check=True).stdout
            for line in said.splitlines():
                if ";" not in line:
                    self.assertLessEqual(self.columns(line), 80, (words, line))
            self.assertNotIn("COLUMNS", said)
        wide = self.tefter("documents", "--rows", "3").stdout
        self.assertIn("A name that is longer than any table has room for it", wide)

    @staticmethod
    def columns(line):
        import unicodedata
        return sum(0 if unicodedata.combining(c) or unicodedata.category(c) == "Cf" else
                   2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)

    def test_names_that_run_from_right_to_left_are_isolated_on_a_terminal(self):
        import pty
        name = "کتابفروشی"
        self.sell(self.customer(name), "XM=1")
        main, end = pty.openpty()
        run = subprocess.Popen([os.path.join(BINARIES, "tefter"), "--profile", self.shop.profile("office"), "documents",
                                "--rows", "1"], stdout=end, stderr=subprocess.DEVNULL,
                               env={**os.environ, "LC_ALL": "C.UTF-8"})
        os.close(end)
        said = b""
        try:
            while True:
                more = os.read(main, 4096)
                if not more:
                    break
                said += more
        except OSError:
            pass
        run.wait(timeout=60)
        self.assertIn(FSI + name, said.decode())

    # ---- for programs ----

    def test_json_has_days_names_and_failures_that_a_script_can_live_with(self):
        anh = self.customer("Script")
        bill = self.sell(anh, "XM=1")
        paper = self.document(bill)["document"]
        self.assertRegex(paper["date"], r"^20\d\d-\d\d-\d\d$")
        self.assertRegex(paper["due"], r"^20\d\d-\d\d-\d\d$")
        cash = self.shop.json("office", "customer", "show", "#1")[0]
        self.assertNotIn("name", cash["row"])
        for words, word, code in ((["nonsense"], "USE", 2), (["customer", "nonsense"], "USE", 2),
                                  (["documents", "--nonsense"], "USE", 2), (["sell", anh, "XM=x"], "USE", 2),
                                  (["sell", "nobody", "XM=1"], "REFUSED", 1)):
            said = self.tefter("--json", *words, code=code)
            last = json.loads(said.stdout.splitlines()[-1])
            self.assertEqual((last["code"], last["exit_code"]), (word, code), words)
            self.assertTrue(last["failure"])
        refused = self.tefter("--json", "sell", anh, "XM=9999", code=1)
        first = json.loads(refused.stdout.splitlines()[0])
        self.assertEqual(first["refused"]["code"], "CREDIT_LIMIT_EXCEEDED")
        # and what it gives it also takes
        rows = self.tefter("call", "documents", json.dumps({"customer": int(paper["customer"]), "from": paper["date"]}))
        self.assertIn(bill, rows.stdout)

    # ---- watch ----

    def test_watch_tells_each_event_once_with_its_own_fact(self):
        anh = self.customer("Watched")
        watch = subprocess.Popen([os.path.join(BINARIES, "tefter"), "--profile", self.shop.profile("office"), "watch",
                                  "--customer", anh, "--for", "40", "--sets", "6"], stdout=subprocess.PIPE, text=True)
        watch.stdout.readline()  # it is live
        bill = self.sell(anh, "XM=3", at="one")
        receipt = self.shop.pay("office", anh, 500)
        self.tefter("customer", "lock", anh, "--reason", "cheque")
        self.tefter("customer", "unlock", anh)
        self.tefter("customer", "limit", anh, "70000")
        self.tefter("customer", "edit", anh, "--phone", "0911")
        said = watch.communicate(timeout=60)[0]
        lines = [line for line in said.splitlines() if "Watched" in line]
        self.assertEqual(len(lines), 6, said)
        self.assertIn(f"invoice issued {bill} +3,000 by clerk-one at TD", lines[0])
        self.assertIn(f"payment taken {receipt} -500 by owner at HQ", lines[1])
        self.assertIn("locked: cheque", lines[2])
        self.assertIn("no longer locked", lines[3])
        self.assertIn("limit 100,000 → 70,000", lines[4])
        self.assertIn("their record is changed", lines[5])
        self.assertEqual(said.count(receipt), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
