#!/usr/bin/python3
"""What people type at a counter, through the real programs: amounts and dates in their way, codes and
numbers in any spelling, what a scanner gives.

    test_counter.py BINARIES
"""
import datetime
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


class Counter:
    currency = "EUR"

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-counter-")
        cls.shop = shop.Shop(BINARIES, cls.folder, f"127.0.0.1:{shop.free_port()}")
        code = cls.shop.server.init(currency=cls.currency)
        cls.shop.server.start(listen=cls.shop.address)
        cls.shop.tefter("office", "enrol", cls.shop.address, code)
        cls.shop.login("office", shop.server.OWNER)

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()
        shutil.rmtree(cls.folder)

    def says(self, *words, code=0):
        said = self.shop.tefter("office", *words, code=code)
        return said.stdout + said.stderr

    def refused(self, *words, code=2):
        return self.says(*words, code=code)


class InEuro(Counter, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tefter = cls.shop.tefter
        tefter("office", "till", "add", "HQ", "Drawer 1")
        tefter("office", "account", "add", "Main", "DE-0001")
        tefter("office", "product", "add", "HAM", "Ham", "--price", "10.00", "--unit", "kg",
               "--barcode", "2112345WWWWWC")
        tefter("office", "product", "add", "BRIE", "Brie", "--price", "20.00", "--unit", "kg",
               "--barcode", "2254321PPPPPC")
        tefter("office", "product", "add", "SOAP", "Soap", "--price", "2", "--barcode", "036000291452")
        tefter("office", "customer", "add", "O’Brien & Söhne", "--code", "OB-1", "--phone", "+49 30 123 4567",
               "--area", "x")
        tefter("office", "customer", "add", "陳記建材", "--code", "CHEN", "--phone", "0912 345 6789", "--area", "x")
        for code in ("OB-1", "CHEN"):
            tefter("office", "customer", "limit", code, "100k", "--policy", "block")

    def test_amounts_are_taken_as_people_type_them(self):
        for typed, shown in (("1.234,50", "1,234.50"), ("1,234.50", "1,234.50"), ("2k", "2,000.00"),
                             ("€ 12,50", "12.50"), ("1 000", "1,000.00"), ("۱۲", "12.00")):
            self.says("customer", "limit", "CHEN", typed)
            self.assertIn(shown, self.says("customer", "show", "CHEN"), typed)
        said = self.refused("customer", "limit", "CHEN", "1.234")
        self.assertIn("This can be 1,234, or 1.234 with more decimals than are possible here: write 1234 for the first.", said)
        said = self.refused("customer", "limit", "CHEN", "1.500k")
        self.assertIn("write 1500k for the first, 1.5k for the other.", said)
        self.says("customer", "limit", "CHEN", "100k")

    def test_what_a_greek_types_is_read_and_shown_so(self):
        self.says("habit", "--language", "el")
        try:
            self.assertIn("1.234,50", self.says("habit"))
            self.says("customer", "limit", "CHEN", "1.234")
            self.assertIn("1.234,00", self.says("customer", "show", "CHEN"))
            self.assertIn("This can be", self.refused("customer", "limit", "CHEN", "1,234"))
            self.assertIn("2027-04-03", self.says("sell", "CHEN", "SOAP=1", "--due", "3/4/2027"))
        finally:
            self.says("habit", "--language", "en")
            self.says("customer", "limit", "CHEN", "100k")
        self.assertIn("2027-04-03 or 2027-03-04", self.refused("sell", "CHEN", "SOAP=1", "--due", "3/4/2027"))

    def test_codes_are_found_in_any_spelling(self):
        for typed in ("ob-1", "OB 1", "ob–1", "ＯＢ－１"):
            self.assertIn("OB-1", self.says("customer", "show", typed), typed)
        self.refused("customer", "add", "Other", "--code", "ob–1", "--phone", "1", "--area", "x", code=5)

    def test_search_finds_phone_quote_and_traditional_characters(self):
        for typed in ("o'brien", "O’BRIEN", "030 1234567", "+49-30-123", "ob-1"):
            self.assertIn("O’Brien", self.says("search", typed), typed)
        for typed in ("陈记", "陳記", "+98-912-345", "0912345"):
            self.assertIn("陳記建材", self.says("search", typed), typed)

    def test_slips_count_in_part_when_the_policy_says_so(self):
        self.says("customer", "add", "Wei", "--code", "WEI", "--phone", "1", "--area", "x", "--no-look")
        self.says("customer", "limit", "WEI", "100")
        self.says("pay", "WEI", "10", "--slip", "main", "--reference", "W-1", "--payer", "Wei", "--unmatched")
        self.assertNotIn("slips counted", self.says("customer", "show", "WEI"))
        try:
            self.assertIn("50 %", self.says("policy", "set", "--slip-weight", "50"))
            self.assertRegex(self.says("policy", "show"), "slips count as owed +50 %")
            self.assertRegex(self.says("customer", "show", "WEI"), "slips counted 5.00 . available 105.00")
            self.assertIn("from 0", self.refused("policy", "set", "--slip-weight", "101", code=2))
        finally:
            self.says("policy", "set", "--clear", "slip-weight")
        self.assertNotIn("slips count", self.says("policy", "show"))

    def test_a_slip_is_found_by_its_number_and_taken_once(self):
        self.says("pay", "CHEN", "5", "--slip", "main", "--reference", "SL-77", "--payer", "Chen", "--unmatched")
        for typed in ("sl-77", "SL 77", "sl–77"):
            said = self.refused("pay", "CHEN", "5", "--slip", "Main", "--reference", typed, "--payer", "Chen", code=5)
            self.assertIn("HQ-R-", said, typed)
            self.assertIn("SL-77", self.says("search", typed), typed)

    def test_a_scale_s_label_is_sold_by_its_weight_or_its_price(self):
        self.assertIn("12.34 €", self.says("sell", "OB-1", "2112345012346"))   # 1.234 kg of ham
        self.assertIn("5.55 €", self.says("sell", "OB-1", "2254321005550"))   # 5.55 of brie
        self.assertIn("2.00 €", self.says("sell", "OB-1", "0036000291452"))   # a UPC, as an EAN
        self.assertIn("13.33 €", self.says("sell", "OB-1", "HAM=1.333"))      # as the scale shows it
        said = self.refused("sell", "OB-1", "2112345012346=2")
        self.assertIn("leave out what is behind", said)
        said = self.refused("sell", "OB-1", "2112345000008")
        self.assertIn("weight is nothing", said)

    def test_a_builder_pays_for_two_sites(self):
        for name in ("BUILD", "NORTH", "SOUTH"):
            self.says("customer", "add", name.title(), "--code", name, "--phone", "1", "--area", "x", "--no-look")
        self.says("customer", "limit", "BUILD", "100", "--policy", "block")
        said = self.says("customer", "payer", "NORTH", "BUILD", "--reason", "gate 2")
        self.assertIn("BUILD pays for NORTH: available 100.00.", said)
        self.says("customer", "payer", "SOUTH", "BUILD")
        self.says("customer", "limit", "SOUTH", "30")
        said = self.says("sell", "SOUTH", "SOAP=5", "--what-if")
        self.assertIn("own limit 30.00 = used 0.00 + available 30.00", said)
        self.assertIn("after it available 20.00", said)
        self.says("sell", "NORTH", "SOAP=35")
        said = self.refused("sell", "SOUTH", "SOAP=16", code=1)
        self.assertIn("Over the limit of BUILD, who pays for them, by 2.00 €: 30.00 is available, this sale is 32.00.", said)
        self.assertIn("Over the customer's own limit by 2.00 €: 30.00 of it is available.", said)
        self.assertIn("have the customer's own limit and the terms of BUILD changed by", said)
        said = self.refused("sell", "NORTH", "SOAP=16", code=1)
        self.assertIn("Pay 2.00 now as BUILD, or take goods up to 30.00, or have the limit of BUILD raised by", said)
        self.says("sell", "SOUTH", "SOAP=5")
        said = self.says("customer", "show", "NORTH")
        self.assertIn("paid by    BUILD", said)
        self.assertIn("limit 100.00 = unpaid bills 80.00 + not cleared 0.00", said)
        self.assertIn("available 20.00", said)
        said = self.says("customer", "show", "BUILD")
        self.assertIn("With their sites together: Owes 80.00 €", said)
        self.assertRegex(said, r"SOUTH +South +1 +x +10\.00 +100\.00 +20\.00")
        self.says("pay", "BUILD", "75")
        said = self.says("customer", "statement", "NORTH")
        self.assertIn("Paid by who pays for them: 70.00", said)
        said = self.says("customer", "statement", "BUILD", "--with-sites", "--together")
        self.assertRegex(said, r"NORTH +invoice +HQ-\d+ +\S+ +70\.00 +0\.00 +70\.00")
        self.assertIn("Together: Owes 5.00 €", said)
        self.assertIn("Paid for those for whom they pay: 75.00", self.says("customer", "statement", "BUILD", "--with-sites"))
        self.assertRegex(self.says("customer", "list", "--payer", "BUILD"), r"(?s)BUILD.*NORTH.*SOUTH")
        said = self.refused("customer", "payer", "BUILD", "CHEN", code=5)
        self.assertIn("The customer pays for others, 2 of them: nobody can pay for them.", said)
        self.says("customer", "lock", "BUILD", "--reason", "cheque came back")
        said = self.refused("sell", "SOUTH", "SOAP=1", code=1)
        self.assertIn("Who pays for the customer, BUILD, is locked: cheque came back. Have BUILD unlocked by", said)
        self.says("customer", "payer", "SOUTH", "--none")
        self.says("sell", "SOUTH", "SOAP=1")
        said = self.says("customer", "add", "East", "--code", "EAST", "--phone", "2", "--area", "x", "--payer", "BUILD",
                         "--no-look")
        self.assertIn("paid by    BUILD, who is locked", self.says("customer", "show", "EAST"))
        self.assertIn("EAST", self.says("customer", "list", "--payer", "BUILD"), said)

    def test_who_joins_a_group_is_told_which_one_they_leave(self):
        for name in ("oak", "elm"):
            self.says("group", "add", "wood", name)
        self.assertNotIn("no longer", self.says("group", "join", "OB-1", "oak"))
        self.assertIn("They are no longer in wood/oak", self.says("group", "join", "OB-1", "elm"))

    def test_a_number_sign_finds_the_record_of_that_number(self):
        self.assertIn("OB-1", self.says("search", "#2") + self.says("search", "#3"))

    def test_the_tail_of_a_number_finds_its_bill(self):
        number = self.says("sell", "OB-1", "SOAP=1").split()[0]
        self.assertIn(number, self.says("search", number.split("-")[-1]))
        self.assertIn(number, self.says("document", "show", number.lower().replace("-", "–")))


    def test_goods_are_sold_in_bags_and_tonnes(self):
        self.says("product", "add", "CEM", "Cement", "--price", "0.40", "--unit", "kg", "--cost", "0.31")
        self.says("product", "unit", "CEM", "bag", "25", "--barcode", "4006381333931")
        self.says("product", "unit", "CEM", "t", "1000", "--price", "390")
        said = self.says("product", "show", "4006381333931")
        for words in ("bag of 25 kg, barcode 4006381333931", "t of 1,000 kg at 390.00", "cost       0.31"):
            self.assertIn(words, said)
        self.assertIn("50.00 €", self.says("sell", "OB-1", "CEM=5 bag"))
        self.assertIn("50.00 €", self.says("sell", "OB-1", "CEM=5bag"))
        self.assertIn("10.00 €", self.says("sell", "OB-1", "4006381333931"))
        self.assertIn("585.00 €", self.says("sell", "OB-1", "CEM=1.5 T"))
        self.assertIn("47.50 €", self.says("sell", "OB-1", "CEM=5 bag-5%"))
        number = self.says("sell", "OB-1", "CEM=5 bag@9").split()[0]
        self.assertIn("line 1: 5 bag of 25, together 125", self.says("document", "show", number))
        said = self.refused("sell", "OB-1", "CEM=5 box", code=1)
        self.assertIn("It is sold in: kg, bag, t.", said)
        self.says("product", "unit", "CEM", "bag", "--retire")
        self.refused("sell", "OB-1", "CEM=5 bag", code=1)
        self.says("product", "unit", "CEM", "bag", "--again")

    def test_a_price_list_is_typed_or_imported_and_counts_from_its_day(self):
        self.says("product", "add", "LIME", "Lime", "--price", "10", "--unit", "kg")
        self.says("product", "unit", "LIME", "sack", "20")
        self.says("group", "add", "tier", "gold")
        self.says("group", "join", "CHEN", "gold")
        self.assertIn("catalogue", self.says("price", "list"))
        self.says("price", "add", "GOLD", "For gold", "--group", "gold", "--branch", "HQ")
        self.says("price", "set", "GOLD", "LIME", "9", "--from-quantity", "2")
        self.says("price", "set", "GOLD", "LIME", "8", "--from", "+30")
        self.assertIn("gold", self.says("price", "list"))
        self.assertRegex(self.says("price", "show", "GOLD"), r"8\.00 +yes")
        self.assertIn("8.00", self.says("product", "show", "LIME"))
        said = self.says("product", "show", "LIME", "--customer", "CHEN", "--quantity", "2")
        self.assertIn("Price that applies: 9.00 a kg, of list GOLD", said)
        said = self.says("sell", "CHEN", "LIME=2", "--what-if")
        self.assertIn("price of line 1: list GOLD", said)
        self.assertIn("18.00 €", said)
        self.assertIn("20.00 €", self.says("sell", "OB-1", "LIME=2", "--what-if"))
        sheet = os.path.join(self.folder, "prices.csv")
        with open(sheet, "w", encoding="utf-8") as out:
            out.write("Price list,Product,Unit,Min qty,Valid from,Price\n"
                      "GOLD,LIME,,2,,8.50\nGOLD,LIME,sack,,,170\nGOLD,NONE,,,,1\n")
        self.assertIn("--update changes it", self.says("import", "prices", sheet, "--yes", "--dry-run", code=5))
        said = self.says("import", "prices", sheet, "--yes", "--update", "--dry-run", code=1)
        self.assertIn("GOLD LIME from 2: price 9.00 -> 8.50\n", said)
        self.assertIn("GOLD LIME sack: price none -> 170.00\n", said)
        self.assertIn("18.00 €", self.says("sell", "CHEN", "LIME=2", "--what-if"))
        self.assertIn("1 sent, 0 already there, 1 rejected, 1 changed", self.says("import", "prices", sheet, "--yes", "--update", code=1))
        said = self.says("import", "prices", sheet, "--yes", "--restart", code=1)
        self.assertIn("0 sent, 2 already there, 1 rejected", said)
        self.assertIn("17.00 €", self.says("sell", "CHEN", "LIME=2", "--what-if"))
        self.assertIn("170.00 €", self.says("sell", "CHEN", "LIME=1 sack", "--what-if"))
        self.says("price", "retire", "GOLD")
        self.assertIn("20.00 €", self.says("sell", "CHEN", "LIME=2", "--what-if"))

    def test_products_come_with_cost_and_packs_from_a_sheet(self):
        sheet = os.path.join(self.folder, "products.csv")
        with open(sheet, "w", encoding="utf-8") as out:
            out.write("SKU,Name,Unit,Price,Cost,Pack,Pack size,Pack barcode\n"
                      "TILE,Tile,piece,2.00,1.10,carton,24,5901234123457\n")
        self.assertIn("1 sent", self.says("import", "products", sheet, "--yes"))
        said = self.says("product", "show", "TILE")
        self.assertIn("carton of 24 piece, barcode 5901234123457", said)
        self.assertIn("1.10", said)
        self.assertIn("1 already there", self.says("import", "products", sheet, "--yes", "--restart"))
    def test_search_reads_an_amount_as_it_is_typed_elsewhere(self):
        number = self.says("sell", "OB-1", "--custom", "rope=1@1234.50").split()[0]
        for typed in ("1234.5", "1,234.50", "1.234,50", "1 234,50", "€ 1.234,50", "۱۲۳۴٫۵۰"):
            self.assertIn(number, self.says("search", typed), typed)
        self.assertRegex(self.says("search", "1234.5"), rf"{number} .*1,234\.50 +1,234\.50 +open")
        self.says("reverse", number, "--reason", "x")
        self.assertRegex(self.says("search", "1234.5"), rf"{number} .*1,234\.50 +0\.00 +reversed")
        number = self.says("sell", "OB-1", "--custom", "rope=1@2345").split()[0]
        for typed in ("2.345", "2345", "2,345"):   # which may be another amount too
            self.assertIn(number, self.says("search", typed), typed)

    def test_a_number_is_found_as_people_say_it(self):
        bill = self.says("sell", "OB-1", "SOAP=1").split()[0]
        receipt = self.says("pay", "CHEN", "1", "--unmatched").split()[0]
        for number in (bill, receipt):
            short = "-".join(part.lstrip("0") for part in number.split("-"))
            for typed in (short, short.lower(), short.replace("-", ""), short.replace("-", "/")):
                self.assertIn(number, self.says("search", typed), typed)
        self.assertIn(receipt, self.says("search", "HQ-" + receipt.split("-")[-1].lstrip("0")))
        self.says("pay", "CHEN", "5", "--slip", "main", "--reference", "É/26.0078", "--payer", "Chen", "--unmatched")
        for typed in ("é-26/0078", "E 26 0078", "26-0078", "260078"):
            self.assertIn("É/26.0078", self.says("search", typed), typed)

    def test_a_short_list_says_what_all_of_it_comes_to(self):
        self.says("customer", "add", "Many", "--code", "MANY", "--phone", "7", "--area", "x")
        self.says("customer", "limit", "MANY", "100k", "--policy", "block")
        numbers = [self.says("sell", "MANY", "SOAP=1").split()[0] for _ in range(3)]
        self.says("reverse", numbers[0], "--reason", "wrong")
        self.says("pay", "MANY", "2")
        asked = ("documents", "--customer", "MANY", "--kind", "invoice")
        self.assertIn("\n2 invoices 4.00, open 2.00; 1 document reversed", self.says(*asked))
        said = self.says(*asked, "--rows", "1")
        self.assertIn("Shown: 1 invoice 2.00, open 2.00", said)
        self.assertIn("In all: 2 invoices 4.00, open 2.00; 1 document reversed", said)
        self.assertNotIn("In all", self.says(*asked, "--rows", "3"))
        for state, shown in (("open", 2), ("closed", 1), ("reversed", 0), ("part", None)):
            said = self.says("customer", "history", "MANY", "--kind", "invoice", "--state", state)
            for number in numbers:
                self.assertEqual(shown is not None and number == numbers[shown], number in said, state)

    def test_who_paid_a_slip_and_into_what_is_listed(self):
        self.says("pay", "CHEN", "5", "--slip", "main", "--reference", "SL-90", "--payer", "Uncle Wu", "--unmatched")
        for list in (("documents", "--paid", "slip"), ("unmatched",)):
            said = self.says(*list)
            self.assertIn("Uncle Wu", said)
            self.assertIn("Main", said)

    def test_the_card_says_who_may_buy_for_how_much_and_what_they_took_today(self):
        self.says("customer", "add", "Site 7", "--code", "SITE", "--phone", "77", "--area", "x")
        self.says("customer", "limit", "SITE", "1000", "--policy", "block")
        self.says("customer", "buyer", "SITE", "Hung", "--identity", "ID 4711", "--cap-day", "10")
        sold = self.says("sell", "SITE", "SOAP=4", "--buyer", "1").split()[0]
        said = self.says("customer", "show", "SITE")
        self.assertRegex(said, r"Hung +ID 4711 +10\.00 +8\.00")
        self.assertIn("Hung", self.says("document", "show", sold))
        self.assertIn("2.00 € is left", self.refused("sell", "SITE", "SOAP=2", "--buyer", "1", code=1))
        self.says("reverse", sold, "--reason", "brought back")
        self.says("sell", "SITE", "SOAP=2", "--buyer", "1")
        self.says("customer", "buyer-revoke", "SITE", "1")
        self.assertIn("may not buy on this account", self.refused("sell", "SITE", "SOAP=1", "--buyer", "1", code=1))

    def test_a_buyer_types_their_pin(self):
        def types(pin, *words, code=0):
            said = self.shop.tefter("office", *words, "--pin-file", "-", given=pin + "\n", code=code)
            return said.stdout + said.stderr

        self.says("customer", "add", "Site 8", "--code", "PINS", "--phone", "78", "--area", "x")
        self.says("customer", "limit", "PINS", "1000", "--policy", "block")
        self.assertIn("4 to 12 digits", types("12a4", "customer", "buyer", "PINS", "Lan", code=2))
        self.assertIn("number 1", types("83920174", "customer", "buyer", "PINS", "Lan"))
        self.assertRegex(self.says("customer", "show", "PINS"), r"Lan .*yes")
        sale = ("sell", "PINS", "SOAP=1", "--buyer", "1")
        self.assertIn("has to type their PIN", self.refused(*sale, code=1))
        self.assertIn("verdict", self.says(*sale, "--what-if", "--json"))
        self.assertIn("with the PIN", self.says(*sale, "--paid", "cash:2", "--what-if"))
        sold = types("83920174", *sale)
        self.assertIn("with PIN", sold)
        self.assertIn("Lan, with PIN", self.says("document", "show", sold.split()[0]))
        self.assertIn("taken with PIN", types("83920174", *sale, "--paid", "cash:2"))
        self.assertIn("2 tries are left", types("83920175", *sale, code=1))
        self.assertIn("taken with PIN", types("83920174", *sale))  # which forgives the wrong one
        for left in ("2 tries are left", "1 try is left", "No try is left: again in 5 minutes"):
            self.assertIn(left, types("0000", *sale, code=1))
        self.assertIn("Too many wrong PINs", types("83920174", *sale, code=1))
        types("2947", "customer", "buyer-pin", "PINS", "1")  # which ends that
        self.assertIn("2 tries are left", types("83920174", *sale, code=1))
        sold = types("2947", *sale).split()[0]
        audit = self.says("audit")
        for event in ("buyer_pin_wrong", "buyer_pin_set", "buyer_pin_locked"):
            self.assertIn(event, audit)
        self.refused("correct", sold, "--line", "1=2", "--reason", "two", code=1)
        self.assertIn("with PIN", types("2947", "correct", sold, "--line", "1=2", "--reason", "two"))
        self.says("customer", "buyer-pin", "PINS", "1", "--no-pin")
        self.assertNotIn("with PIN", self.says(*sale))
        self.assertIn("PIN", self.says("customer", "changes", "PINS"))
        found = subprocess.run(["grep", "-rlaF", "83920174", self.folder], capture_output=True, text=True, check=False)
        self.assertEqual(found.stdout, "")  # no journal, log, outbox or state has it

    def test_lists_are_of_those_who_are_in_all_groups(self):
        for code, groups in (("GA", ("tier/gold",)), ("GB", ("tier/gold", "area/north"))):
            for group in groups:
                self.says("group", "add", *group.split("/"), code=None)
            self.says("customer", "add", code, "--code", code, "--phone", code, "--area", "x",
                      *(word for group in groups for word in ("--group", group)))
            self.says("pay", code, "3")
        for list in (("documents",), ("customer", "list"), ("unmatched",), ("aging", "--by-customer")):
            both = self.says(*list, "--group", "gold")
            self.assertTrue("GA" in both and "GB" in both, both)
            said = self.says(*list, "--group", "gold", "--group", "area/north")
            self.assertTrue("GA" not in said and "GB" in said, said)
        for list in (("alarms",), ("approval", "list")):
            self.says(*list, "--group", "gold", "--group", "north")
        self.refused("documents", "--group", "silver", code=1)

    def test_times_are_those_of_the_branch_and_say_so_once(self):
        self.says("branch", "change", "HQ", "--utc-offset", "+05:30")
        try:
            said = self.says("customer", "changes", "CHEN")
            self.assertEqual(1, said.count("UTC+05:30"), said)
            row = next(line for line in said.splitlines() if "20" == line[:2])
            local = datetime.datetime.strptime(row[:19], "%Y-%m-%d %H:%M:%S")
            there = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(minutes=330)
            self.assertLess(abs(there - local), datetime.timedelta(minutes=15))
            self.assertEqual(1, self.says("status").count("UTC+05:30"))
            self.assertNotIn("UTC+05:30", self.says("--json", "customer", "changes", "CHEN"))
        finally:
            self.says("branch", "change", "HQ", "--utc-offset", "+00:00")


class InRial(Counter, unittest.TestCase):
    currency = "IRR"

    def test_rial_are_whole_and_large(self):
        self.says("customer", "add", "علی", "--code", "ALI", "--phone", "0912", "--area", "x")
        self.says("customer", "limit", "ALI", "۸ میلیارد", "--policy", "block")
        self.assertIn("8,000,000,000", self.says("customer", "show", "ali"))
        self.says("customer", "limit", "ALI", "9000000000000")
        self.says("sell", "ALI", "--custom", "steel=1@900000000000")
        self.assertIn("900,000,000,000", self.says("customer", "show", "ALI"))

    def test_who_counts_in_toman_types_and_sees_toman(self):
        self.says("customer", "add", "رضا", "--code", "REZA", "--phone", "0913", "--area", "x")
        self.says("habit", "--unit", "toman")
        try:
            self.says("customer", "limit", "REZA", "۵۰۰ هزار", "--policy", "block")
            self.assertIn("500,000", self.says("customer", "show", "REZA"))
            said = self.says("sell", "REZA", "--custom", "steel=1@1.5k", code=None)
            self.assertIn("toman", said)
            self.says("customer", "limit", "REZA", "15 rial")
            self.assertIn("1.5", self.says("customer", "show", "REZA"))
        finally:
            self.says("habit", "--unit", "money")
        self.says("customer", "limit", "REZA", "500k toman")
        self.assertIn("5,000,000", self.says("customer", "show", "REZA"))


if __name__ == "__main__":
    unittest.main()
