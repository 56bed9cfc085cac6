#!/usr/bin/python3
"""What is longer than one answer, against the real server: nothing is cut in silence, and what lies behind
the first page can be named.

    test_edges.py BINARIES
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client
import server

BINARIES = ""
PAGE = 500          # rows of a page, at most
PARTS = 1000        # of one match
LINES = 2000        # of a document
NOTES = 4           # that credit all of them
FRAME = 1024 * 1024
IN_FLIGHT = 200


class Edges(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pb = server.messages()
        cls.folder = tempfile.mkdtemp(prefix="tefter-edges-")
        cls.server = server.Server(BINARIES, cls.folder)
        code = cls.server.init()
        cls.server.start()
        cls.company = server.Company(cls.server, code)
        cls.owner = cls.company.owner
        cls.home = os.path.join(cls.folder, "home")
        told = cls.company.code(1, "counter")[1]
        cls.tefter("enrol", cls.server.address, told)
        cls.tefter("login", server.OWNER[0], "--password-file", "-", given=server.OWNER[1] + "\n")

    @classmethod
    def tearDownClass(cls):
        cls.owner.close()
        code = cls.server.stop()
        cls.server.close()
        if code != 0:
            raise AssertionError(f"tefterd ended with {code}:\n{cls.server.tail()}")
        shutil.rmtree(cls.folder)

    @classmethod
    def tefter(cls, *words, given=None):
        """The real command line; what it says."""
        said = subprocess.run([os.path.join(BINARIES, "tefter"), *words, "--profile", cls.home], input=given,
                              text=True, capture_output=True, timeout=120, check=False)
        if said.returncode != 0:
            raise AssertionError(f"tefter {' '.join(words)}: {said.returncode}\n{said.stdout}{said.stderr}")
        return said.stdout

    @classmethod
    def do_all(cls, commands):
        """Many commands, many on their way at once; what each made."""
        waiting, done = [], []

        def settle():
            for request in waiting:
                reply = cls.owner.reply_to(request)
                if not reply.HasField("done"):
                    raise AssertionError(str(reply))
                done.append(reply.done)
            waiting.clear()
        for kind in commands:
            command = cls.pb.Command(**kind).SerializeToString()
            waiting.append(cls.owner.send_command(command, cls.owner.new_id()))
            if len(waiting) == IN_FLIGHT:
                settle()
        settle()
        return done

    def listed(self, *words):
        return [json.loads(line) for line in self.tefter(*words, "--json").splitlines()]

    def pages(self, name, make, field):
        """All rows of all pages, and how many pages there were."""
        rows, count, page = [], 0, None
        while True:
            wish = make()
            if page is not None:
                wish.page = page
            answer = self.owner.query(**{name: wish})
            self.assertLess(answer.ByteSize(), FRAME)
            rows += getattr(answer, field)
            count += 1
            if not answer.HasField("next"):
                return rows, count
            page = answer.next

    # ---- lists ----

    def grow(self, words, make):
        """Lists around the edge of a page show every row, in words and as JSON."""
        number = len(self.listed(*words))
        for wanted in (PAGE - 1, PAGE, PAGE + 1):
            self.do_all(make(each) for each in range(number, wanted))
            number = wanted
            rows = self.listed(*words)
            self.assertEqual(wanted, len(rows), words)
            table = self.tefter(*words).splitlines()
            self.assertGreaterEqual(len(table), wanted, words)

    def test_groups_behind_the_first_page_are_listed_and_can_be_named(self):
        pb = self.pb
        self.grow(("group", "list"), lambda each: {"add_group": pb.AddGroup(dimension="tier", name=f"g{each}")})
        customer = self.company.customer("Anh")
        code = self.owner.query(customer_card=pb.CustomerCard(customer=customer)).record.code
        self.tefter("group", "join", code, f"g{PAGE}")
        self.assertEqual([f"g{PAGE}"], [group.name for group in self.owner.query(
            customer_card=pb.CustomerCard(customer=customer)).groups])

    def test_staff_behind_the_first_page_is_listed_and_can_be_named(self):
        pb = self.pb
        self.grow(("staff", "list"), lambda each: {"add_staff": pb.AddStaff(login=f"s{each}", role=pb.ROLE_SALES)})
        self.tefter("staff", "block", f"s{PAGE}")
        blocked = [one for one in self.listed("staff", "list") if one.get("blocked")]
        self.assertEqual([f"s{PAGE}"], [one["login"] for one in blocked])

    def test_terminals_behind_the_first_page_are_listed_and_can_be_named(self):
        pb = self.pb
        self.grow(("terminal", "list"), lambda each: {"add_terminal": pb.AddTerminal(branch=1, name=f"t{each}")})
        self.tefter("terminal", "block", f"t{PAGE}")
        blocked = [one for one in self.listed("terminal", "list") if one.get("blocked")]
        self.assertEqual([f"t{PAGE}"], [one["name"] for one in blocked])

    def test_tills_behind_the_first_page_are_listed_and_can_be_named(self):
        pb = self.pb
        self.grow(("till", "list"), lambda each: {"add_till": pb.AddTill(branch=1, name=f"d{each}")})
        customer = self.company.customer("Em")
        code = self.owner.query(customer_card=pb.CustomerCard(customer=customer)).record.code
        self.tefter("pay", code, "1000", "--cash", f"d{PAGE}")
        self.assertEqual(-1000, self.owner.query(customer_card=pb.CustomerCard(customer=customer)).account.balance_minor)

    def test_customers_with_the_longest_texts_come_in_pages_that_fit(self):
        pb, long = self.pb, "ệ" * 66
        made = self.do_all({"open_customer": pb.OpenCustomer(
            name=pb.Text(value=f"{long}{each}"[-66:]), phone=pb.Text(value=f"+84 {900000000 + each}"),
            area=long, nickname=pb.Text(value=long), address=pb.Text(value=long), note=pb.Text(value="n" * 2000))}
            for each in range(PAGE + 1))
        for text in (None, "ệệệ"):
            rows, _ = self.pages("customers", lambda: pb.CustomerList(
                rows=PAGE, **({} if text is None else {"text": text})), "rows")
            told = {row.account.customer for row in rows}
            self.assertEqual(set(), {one.id for one in made} - told)
            self.assertEqual(len(rows), len(told))

    # ---- one document ----

    def money(self, customer, count):
        pb = self.pb
        till = self.company.till(1, "drawer of matches")
        made = self.do_all({"take_payment": pb.TakePayment(
            customer=customer, kind=pb.PAYMENT_CASH, money_account=till, amount_minor=1, backfill=True,
            number=f"{each:040d}")} for each in range(count))
        return [one.id for one in made]

    def match(self, customer, bill, money):
        pb = self.pb
        return self.owner.submit(match_items=pb.MatchItems(
            customer=customer, parts=[pb.MatchPart(debit=bill, credit=one, amount_minor=1) for one in money])).id

    def test_the_longest_document_with_the_most_matches_is_shown_whole(self):
        pb = self.pb
        product = self.owner.submit(add_product=pb.AddProduct(
            code="C" * 40, name="N" * 200, unit="u" * 40, price=10**9, tax_bp=1000, serials=True)).id
        customer = self.company.customer("Large bill")
        self.owner.submit(set_credit_limit=pb.SetCreditLimit(customer=customer, terms=pb.LimitTerms(unlimited=True)))
        bill = self.owner.submit(issue_invoice=pb.IssueInvoice(
            customer=customer, note=pb.Text(value="n" * 2000),
            lines=[pb.InvoiceLine(product=product, quantity=1000, discount_bp=10, serials=[f"{each:040d}"])
                   for each in range(LINES)])).id
        money = self.money(customer, 2 * PARTS)
        self.match(customer, bill, money[:PARTS])
        self.match(customer, bill, money[PARTS:])
        once = self.owner.query(document=pb.DocumentView(document=bill))
        self.assertEqual((2 * PARTS, False), (len(once.touches), once.HasField("next")))
        for act in {touch.match for touch in once.touches}:
            self.owner.submit(undo_match=pb.UndoMatch(customer=customer, match=act, reason=pb.Text(value="x")))
        self.match(customer, bill, money[:PARTS])
        self.match(customer, bill, money[PARTS:])
        for _ in range(NOTES):
            self.owner.submit(issue_credit_note=pb.IssueCreditNote(invoice=bill, reason=pb.Text(value="x"), credit=[
                pb.CreditNoteLine(line=each, quantity=100) for each in range(LINES)]))
        first = self.owner.query(document=pb.DocumentView(document=bill))
        self.assertEqual(LINES, len(first.document.lines))
        touches, pages = self.pages("document", lambda: pb.DocumentView(document=bill), "touches")
        self.assertGreater(pages, 1)
        self.assertGreaterEqual(len(touches), 4 * PARTS)
        self.assertEqual(len(touches), len({(touch.match, touch.other) for touch in touches}))
        self.assertEqual(first.open_minor, touches[-1].left_minor)
        shown = self.listed("document", "show", first.document.number)[0]
        self.assertEqual((LINES, len(touches)), (len(shown["document"]["lines"]), len(shown["touches"])))
        with self.assertRaises(client.Refused) as told:
            self.owner.query(document=pb.DocumentView(document=bill, page=b"forged"))
        self.assertEqual("FIELD_INVALID", told.exception.code)
        beyond = self.owner.query(document=pb.DocumentView(document=bill, page=b"\xff" * 8))
        self.assertEqual((0, False), (len(beyond.touches), beyond.HasField("next")))


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main()
