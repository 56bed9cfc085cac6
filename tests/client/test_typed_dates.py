#!/usr/bin/python3
"""Dates and time zones as people type them, at the real programs: each that cannot be is refused with
what is wrong and which form is right, and nothing is booked.

    test_typed_dates.py BINARIES
"""
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
FORM = "2026-11-23"
NO_DATES = ("31.13.2026", "12/2026", "20261231", "2026-11", "someday", "",
            "2026-00-10", "2026-13-01", "1969-12-31", "2149-06-07", "9999-12-31", "-99999", "+99999")
NO_DAYS = {"2026-02-31": "has 28", "2028-02-30": "has 29", "2026-04-31": "has 30", "2026-12-32": "has 31",
           "2026-02-00": "has 28"}


class TypedDates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-dates-")
        cls.shop = shop.Shop(BINARIES, cls.folder, f"127.0.0.1:{shop.free_port()}")
        code = cls.shop.server.init()
        cls.shop.server.start(listen=cls.shop.address)
        cls.shop.tefter("office", "enrol", cls.shop.address, code)
        cls.shop.login("office", shop.server.OWNER)
        cls.shop.tefter("office", "till", "add", "HQ", "safe")
        cls.shop.tefter("office", "account", "add", "Main", "VN-0001")
        cls.shop.tefter("office", "product", "add", "XM", "Xi măng", "--price", "1000")
        cls.shop.tefter("office", "cash", "policy", "--own-confirm-any")
        cls.anh = cls.shop.customer("office", "Anh")
        cls.bill = cls.shop.sell("office", cls.anh)
        cls.slip = cls.shop.done("office", "pay", cls.anh, "50", "--slip", "Main", "--reference", "S-1", "--payer",
                                 "Anh", "--unmatched")["number"]
        said = cls.shop.tefter("office", "whoami").stdout
        cls.today = said.split("business date ")[1].split(",")[0]

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()
        shutil.rmtree(cls.folder)

    def fields(self):
        """Every command with a date, but for the date."""
        return ((("sell", self.anh, "XM=1"), "--date"), (("sell", self.anh, "XM=1"), "--due"),
                (("pay", self.anh, "10"), "--date"), (("match", self.anh), "--date"),
                (("confirm", self.slip), "--date"), (("credit-note", self.bill), "--date"),
                (("correct", self.bill, "--reason", "x"), "--date"),
                (("correct", self.bill, "--reason", "x"), "--due"),
                (("customer", "lock", self.anh, "--reason", "x"), "--until"),
                (("customer", "limit", self.anh, "10"), "--from"),
                (("customer", "limit", self.anh, "10"), "--until"),
                (("customer", "buyer", self.anh, "X"), "--until"), (("documents",), "--from"),
                (("aging",), "--as-of"), (("branch", "turn-back", "HQ"), None))

    def refused(self, words, *says, code=2):
        said = self.shop.tefter("office", *words, code=code)
        for words_of_it in says:
            self.assertIn(words_of_it, said.stderr, words)
        self.assertEqual(said.stdout, "", words)

    def with_date(self, words, option, date):
        return (*words, *([option] if option else []), date)

    def test_what_is_no_date_is_refused_with_the_right_form_in_every_command(self):
        before = self.shop.documents()
        for words, option in self.fields():
            for date in NO_DATES if words[0] == "sell" else NO_DATES[:3]:
                if not option and date[:1] in ("-", "+"):
                    continue
                self.refused(self.with_date(words, option, date), f'"{date}"', FORM)
        self.assertEqual(self.shop.documents(), before)

    def test_a_day_that_its_month_does_not_have_is_named(self):
        for words, option in self.fields():
            for date, says in NO_DAYS.items() if words[0] == "sell" else (("2026-02-31", "has 28"),):
                self.refused(self.with_date(words, option, date), f'"{date}"', says)

    def test_a_day_that_is_too_early_is_refused_with_the_first_that_is_possible(self):
        for words, option in ((("sell", self.anh, "XM=1"), "--due"), (("credit-note", self.bill), "--date"),
                              (("customer", "lock", self.anh, "--reason", "x"), "--until"),
                              (("customer", "limit", self.anh, "10"), "--until"),
                              (("customer", "buyer", self.anh, "X"), "--until")):
            for date in ("-1", "-600"):
                self.refused((*words, option, date), "too early", self.today)
        self.refused(("credit-note", self.bill, "--date", "2000-01-01"), "too early")  # by hand: two years back at most
        self.assertEqual(self.shop.json("office", "customer", "show", self.anh)[0]["account"]["limit_minor"], 100000)

    def test_a_day_that_is_too_late_is_refused(self):
        for words in (("sell", self.anh, "XM=1"), ("pay", self.anh, "10"), ("confirm", self.slip),
                      ("credit-note", self.bill), ("correct", self.bill, "--reason", "x")):
            for date in ("+1", "2099-12-31"):
                self.refused((*words, "--date", date), "future", code=1)
        self.refused(("branch", "turn-back", "HQ", "2099-12-31"), "future", code=1)

    def test_a_branch_is_where_its_time_zone_says_and_every_place_shows_it_alike(self):
        for code, typed, shown in (("A", "+07:00", "+07:00"), ("B", "+7", "+07:00"), ("C", "-03:30", "-03:30"),
                                   ("D", "+05:45", "+05:45")):
            said = self.shop.tefter("office", "branch", "add", code, "there", "--utc-offset", typed)
            self.assertIn(f"UTC{shown}", said.stdout + said.stderr)
            rows = [line.split() for line in self.shop.tefter("office", "branch", "list").stdout.splitlines()]
            self.assertEqual([row[4] for row in rows if row[1] == code], [shown])
        for typed in ("7", "420", "07:00", "+15:00", "-12:30", "+5:30", "UTC", ""):
            self.refused(("branch", "add", "E", "there", "--utc-offset", typed), f'"{typed}"', "+07:00")
        self.shop.tefter("office", "branch", "change", "HQ", "--utc-offset", "+09:00")
        said = self.shop.tefter("office", "branch", "add", "F", "like the head office")
        self.assertIn("UTC+09:00", said.stdout + said.stderr)
        self.assertIn("UTC+09:00", self.shop.tefter("office", "whoami").stdout)
        self.shop.tefter("office", "branch", "change", "HQ", "--utc-offset", "+00:00")

    def test_a_ledger_is_made_with_a_zone_or_not_at_all(self):
        for typed, code in (("+07:00", 0), ("+7", 0), ("7", 2), ("420", 2), ("+15:00", 2), ("", 2)):
            folder = os.path.join(self.folder, "made")
            said = subprocess.run([os.path.join(BINARIES, "tefterd"), "init", "--ledger", folder, "--company", "X",
                                   "--currency", "VND", "--admin", "o", "--password-stdin", "--map", "1G",
                                   "--utc-offset", typed], input="a long enough word\n", text=True,
                                  capture_output=True, timeout=60, check=False)
            self.assertEqual(said.returncode, code, said.stderr)
            self.assertIn("UTC+07:00" if code == 0 else "+HH:MM", said.stdout + said.stderr)
            self.assertEqual(os.path.exists(folder), code == 0)
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
