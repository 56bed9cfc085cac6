#!/usr/bin/python3
"""Two records of one customer by the command line, through the real programs: one row, one list of papers, money of
both for bills of both; taken apart again; and a person who is erased with both.

    test_merged.py BINARIES
"""
import os
import shutil
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "restore"))
import shop

BINARIES = sys.argv.pop(1)


class Merged(unittest.TestCase):
    """W3 is K01 once more: it has 100 of money and owes 400; K01 owes 300."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-merged-")
        self.shop = shop.Shop(BINARIES, self.folder, f"127.0.0.1:{shop.free_port()}")
        code = self.shop.server.init(currency="EUR")
        self.shop.server.start(listen=self.shop.address)
        self.shop.tefter("office", "enrol", self.shop.address, code)
        self.shop.login("office", shop.server.OWNER)
        self.says("account", "add", "Main", "DE-0001")
        self.says("customer", "add", "Anh twice", "--code", "W3", "--phone", "1", "--area", "x")
        self.says("customer", "add", "Anh", "--code", "K01", "--phone", "2", "--area", "x")
        for code, limit in (("W3", "500"), ("K01", "1000")):
            self.says("customer", "limit", code, limit)
        self.pays("W3", "100", "R1")
        self.says("sell", "W3", "--custom", "goods=1@400")
        self.says("sell", "K01", "--custom", "goods=1@300")

    def tearDown(self):
        self.shop.close()
        shutil.rmtree(self.folder)

    def says(self, *words, code=0):
        said = self.shop.tefter("office", *words, code=code)
        return said.stdout + said.stderr

    def pays(self, customer, amount, reference):
        return self.says("pay", customer, amount, "--transfer", "Main", "--reference", reference)

    def merge(self):
        self.says("customer", "merge", "W3", "K01")

    def numbers(self, *words):
        """Of the papers in a list."""
        return [word for word in self.says(*words).split() if word.startswith("HQ-")]

    def test_one_row_and_one_list_of_papers(self):
        self.assertIn("are one and the same customer", self.says("customer", "merge", "W3", "w3", code=5))
        preview = self.says("customer", "merge", "W3", "K01", "--what-if")
        self.assertIn("what was matched between the two by then stays matched", preview)
        self.merge()
        listed = self.says("customer", "list")
        self.assertIn("600.00", listed)
        self.assertNotIn("W3", listed)
        self.assertNotIn("MERGED", listed)
        found = self.says("customer", "list", "W3")
        self.assertRegex(found, r"W3 .*K01")
        self.assertIn("MERGED INTO", found)
        for code in ("K01", "W3"):
            card = self.says("customer", "show", code)
            self.assertIn("Owes 600.00", card)
            self.assertIn("unpaid bills 700.00", card)
            self.assertEqual(len(self.numbers("customer", "bills", code)), 3, code)
            self.assertEqual(len(self.numbers("customer", "history", code)), 3, code)
            self.assertEqual(len(self.numbers("customer", "statement", code)), 3, code)
        aging = self.says("aging", "--by-customer")
        self.assertNotIn("W3", aging)

    def test_money_of_both_for_bills_of_both(self):
        self.says("sell", "K01", "--custom", "goods=1@50")
        self.merge()
        self.pays("K01", "650", "R2")
        self.assertIn("Owes 0.00", self.says("customer", "show", "K01"))
        self.pays("K01", "70", "R3")
        self.assertIn("70.00", self.says("refund", "W3", "--transfer", "Main", "--reason", "too much"))
        self.says("match", "K01")
        said = self.says("customer", "merge", "W3", "--undo")
        self.assertIn("stays matched", said)
        self.assertIn("Owes 0.00", self.says("customer", "show", "W3"))
        self.assertIn("Owes 0.00", self.says("customer", "show", "K01"))
        self.assertEqual(self.says("customer", "list", "W3").count("MERGED"), 0)

    def test_who_stays_is_erased_with_who_was_merged(self):
        self.merge()
        refused = self.says("customer", "erase", "W3", code=5)
        self.assertIn("merged into another one: K01", refused)
        self.assertIn("600.00", self.says("customer", "erase", "K01", code=1))
        self.pays("K01", "600", "R2")
        self.says("match", "W3")
        self.assertIn("K01 is erased", self.says("customer", "erase", "K01"))
        listed = self.says("customer", "list")
        self.assertNotIn("Anh", listed)
        for words in (("sell", "K01", "--custom", "goods=1@5"), ("customer", "limit", "K01", "5"),
                      ("customer", "unlock", "K01"), ("customer", "merge", "W3", "--undo")):
            refused = self.says(*words, code=1)
            self.assertIn("was erased", refused, words)
            self.assertIn("customer add", refused, words)
            self.assertNotIn("unlock", refused, words)


if __name__ == "__main__":
    unittest.main()
