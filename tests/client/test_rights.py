#!/usr/bin/python3
"""What a sales clerk may not, at the real programs: each refusal says what was too much and by how much, up to what
they may, and who may; what a manager sets holds at once; who belongs to a branch only looks elsewhere; and the advice
of a refused sale holds.

    test_rights.py BINARIES
"""
import os
import re
import shutil
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "restore"))
import shop

BINARIES = sys.argv.pop(1)
NOT_ALLOWED = 4


class Rights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-rights-")
        cls.shop = shop.Shop(BINARIES, cls.folder, f"127.0.0.1:{shop.free_port()}")
        cls.shop.make()
        for login, role in (("lan", "sales"), ("minh", "manager"), ("ctl", "controller")):
            cls.office("staff", "add", login, "--role", role)
            cls.office("password", "--of", login, given=shop.PASSWORD + "\n")
        cls.office("product", "add", "TEA", "Tea", "--price", "1000", "--tax", "8%", "--floor", "900")
        cls.office("customer", "limit", cls.shop.anh, "unlimited")

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()
        shutil.rmtree(cls.folder)

    @classmethod
    def office(cls, *words, **more):
        return cls.shop.tefter("office", *words, **more)

    def setUp(self):
        self.shop.login("one", ("lan", shop.PASSWORD))  # a sales clerk at the till of TD

    def lan(self, *words, code=0):
        said = self.shop.tefter("one", *words, code=code)
        return said.stdout + said.stderr

    def refused(self, *words):
        return " ".join(self.lan(*words, code=NOT_ALLOWED).split())

    def test_a_whole_discount(self):
        said = self.refused("sell", self.shop.anh, "XM=1-100%")
        self.assertIn("The discount is too big: 100%, which is 95% more than you may give", said)
        self.assertIn("you may give up to 5%", said)
        self.assertIn("Who may: manager or owner.", said)
        self.assertNotIn("accountant", said)
        self.lan("sell", self.shop.anh, "XM=1-5%")

    def test_an_amount_is_seen_as_percent(self):
        said = self.refused("sell", self.shop.anh, "XM=1-80")
        self.assertIn("8%, which is 3% more than you may give", said)
        self.assertIn("Who may: controller, manager or owner.", said)

    def test_what_is_shown_of_custom_lines_is_what_holds(self):
        row = next(x for x in self.lan("rights", "show").splitlines() if "not in the catalogue" in x)
        self.assertEqual(row.split()[-7:], ["to", "10%", "to", "10%", "-", "yes", "yes"])

    def test_a_price_of_one(self):
        said = self.refused("sell", self.shop.anh, "XM=1@1")
        self.assertIn("The price is too low: 99.90% below the one that applies", said)
        self.assertIn("Who may: manager or owner.", said)

    def test_below_the_floor(self):
        self.shop.login("one", ("ctl", shop.PASSWORD))
        said = self.refused("sell", self.shop.anh, "TEA=10@960-9%")
        self.assertIn("less than the product's lowest price", said)
        self.assertIn("Who may: manager or owner.", said)

    def test_due_in_ten_years(self):
        said = self.refused("sell", self.shop.anh, "XM=1", "--due", "+3650")
        self.assertIn("The bill is due too late: 3620 days beyond the customer's term", said)
        self.assertIn("Who may: manager or owner.", said)
        self.lan("sell", self.shop.anh, "XM=1", "--due", "+30")

    def test_a_customers_term(self):
        said = self.refused("customer", "edit", self.shop.anh, "--term-days", "90")
        self.assertIn("The term is too long: 90 days", said)
        self.assertIn("Who may: controller, manager or owner.", said)
        self.lan("customer", "edit", self.shop.anh, "--term-days", "29")
        self.office("customer", "edit", self.shop.anh, "--term-days", "30")

    def test_a_charge_of_five_million(self):
        said = self.refused("sell", self.shop.anh, "XM=10", "--charge", "anything=5000000")
        self.assertIn("Custom lines and charges are too much: 5,000,000", said)
        self.assertIn("you may put up to 1,000", said)
        self.lan("sell", self.shop.anh, "XM=10", "--charge", "shipping=1000")
        self.refused("sell", self.shop.anh, "XM=10", "--custom", "anything=1@1001")

    def test_a_number_of_the_branchs_own_series(self):
        self.assertIn("You may not choose the number yourself", self.refused("sell", self.shop.anh, "XM=1", "--number",
                                                                              "TD-00017"))
        said = self.office("sell", self.shop.anh, "XM=1", "--number", "TD-00017", code=2).stderr
        self.assertIn("belongs to a branch's own series", said)

    def test_a_salesperson_who_does_not_exist(self):
        said = self.lan("sell", self.shop.anh, "XM=1", "--salesperson", "nobody", code=1)
        self.assertIn("Nobody has the login", said)

    def test_what_a_manager_sets_holds_at_once_and_everybody_sees_it(self):
        self.refused("rights", "set", "discount", "sales", "50%")
        self.shop.login("two", ("minh", shop.PASSWORD))
        self.shop.tefter("two", "rights", "set", "discount", "sales", "12.5%")
        self.lan("sell", self.shop.anh, "XM=8-12.5%")
        self.assertIn("12.51%, which is 0.01% more", self.refused("sell", self.shop.anh, "XM=8-12.51%"))
        shown = self.lan("rights", "show")
        self.assertRegex(shown, r"discount on a line +12.50%\* +10% +- +any +any")
        self.assertRegex(shown, r"sell +yes +yes +- +yes +yes")
        self.assertIn("* set by the company", shown)
        said = self.shop.tefter("two", "rights", "set", "discount", "manager", "50%", code=NOT_ALLOWED).stderr
        self.assertIn("Who may: owner.", said)
        self.shop.tefter("two", "rights", "set", "discount", "sales", "usual")
        self.refused("sell", self.shop.anh, "XM=8-12.5%")
        self.assertIn("write", self.shop.tefter("two", "rights", "set", "own-number", "sales", "perhaps",
                                                code=2).stderr.lower())

    def test_whom_a_clerk_adds_has_no_limit_until_a_controller_sets_one(self):
        self.office("policy", "set", "--limit", "50000")
        new = self.shop.done("one", "customer", "add", "New", "--phone", "1", "--area", "Q1", "--no-look")["number"]
        said = self.lan("sell", new, "XM=1", code=1)
        self.assertIn("Over the limit", said)
        self.shop.login("two", ("ctl", shop.PASSWORD))
        self.shop.tefter("two", "customer", "limit", new, "default")
        self.lan("sell", new, "XM=1")
        self.office("policy", "set", "--limit", "0")

    def test_who_belongs_to_a_branch_looks_elsewhere_and_is_told_at_the_login(self):
        self.office("staff", "change", "lan", "--branch", "HQ")
        said = self.shop.tefter("one", "login", "lan", given=shop.PASSWORD + "\n")
        self.assertIn("They write in branch HQ only", said.stdout + said.stderr)
        said = self.refused("sell", self.shop.anh, "XM=1")
        self.assertIn("You write in branch HQ only", said)
        self.assertIn("manager or owner", said)
        self.refused("pay", self.shop.anh, "10", "--cash", "drawer")
        self.lan("customer", "show", self.shop.anh)
        self.office("staff", "change", "lan", "--anywhere")
        self.lan("sell", self.shop.anh, "XM=1")
        said = self.shop.tefter("one", "login", "lan", given=shop.PASSWORD + "\n")
        self.assertNotIn("only", said.stdout + said.stderr)

    def test_who_belongs_to_a_branch_takes_nothing_back_of_another(self):
        bill = self.shop.done("one", "sell", self.shop.anh, "XM=1")["number"]
        self.office("staff", "change", "minh", "--branch", "HQ")
        self.shop.login("office", ("minh", shop.PASSWORD))
        for words in (("reverse", bill, "--reason", "x"), ("credit-note", bill)):
            said = self.office(*words, code=NOT_ALLOWED)
            said = " ".join((said.stdout + said.stderr).split())
            self.assertIn("This paper is of another branch: you take back, correct, credit, confirm and match those of yours (HQ)", said)
            self.assertIn("manager or owner", said)
        self.shop.login("office", shop.server.OWNER)
        self.office("staff", "change", "minh", "--anywhere")
        self.office("reverse", bill, "--reason", "x")

    def test_the_advice_of_a_refused_sale_holds(self):
        eve = self.shop.customer("office", "Eve", 100000)
        self.office("customer", "limit", eve, "--document-max", "3000")
        said = " ".join(self.lan("sell", eve, "XM=200", code=1).split())
        self.assertIn("One invoice of this customer may not be so big: at most 3,000", said)
        self.assertIn("Over the limit by 100,000", said)
        self.assertNotIn("pay", said.lower().split("for all of it")[-1])
        most = int(re.search(r"take goods up to ([0-9,]+)", said, re.I).group(1).replace(",", ""))
        self.assertEqual(most, 3000)
        self.lan("sell", eve, f"XM={most // shop.PRICE}")
        self.office("customer", "limit", eve, "--unpaid-max", "1")
        said = " ".join(self.lan("sell", eve, "XM=1", code=1).split())
        self.assertIn("There are too many unpaid bills: 1, and this would be one more than the 1", said)
        paid = re.search(r"pay the oldest bills, ([0-9,]+)", said, re.I).group(1).replace(",", "")
        self.lan("pay", eve, paid, "--cash", "drawer")
        self.lan("sell", eve, "XM=1")
        self.office("customer", "limit", eve, "--clear", "unpaid-max")
        self.lan("sell", eve, "XM=1")

    def test_more_overdue_than_the_amount_stops_credit(self):
        eve = self.shop.customer("office", "Eva", 100000)
        self.office("customer", "limit", eve, "--overdue-days", "30", "--overdue", "500")
        self.office("sell", eve, "--custom", "old=1@501", "--date", "-5", "--due", "-3", "--backfill")
        said = self.lan("sell", eve, "XM=1", code=1)
        self.assertIn("Too much is overdue: 501", said)
        self.assertIn("1", re.search(r"ay the oldest bills, ([0-9,]+)", said).group(1))
        self.office("pay", eve, "1", "--cash", "safe")
        self.lan("sell", eve, "XM=1")


if __name__ == "__main__":
    unittest.main()
