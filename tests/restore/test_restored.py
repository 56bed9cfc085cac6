#!/usr/bin/python3
"""A ledger is lost and restored, and what terminals were told comes back: the real programs, as a shop
uses them. Each test trades after a backup, restores it, and wants the ledger as it was.

    test_restored.py BINARIES [TEST…]
"""
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import shop
from shop import PRICE

BINARIES = sys.argv.pop(1)


def setUpModule():
    """One chain, made once; each test has a copy of all its folders."""
    global FOLDER, ADDRESS
    FOLDER = tempfile.mkdtemp(prefix="tefter-restored-")
    ADDRESS = f"127.0.0.1:{shop.free_port()}"
    chain = shop.Shop(BINARIES, os.path.join(FOLDER, "chain"), ADDRESS)
    os.makedirs(chain.folder)
    try:
        chain.make()
        assert chain.server.stop() == 0
    finally:
        chain.close()


def tearDownModule():
    shutil.rmtree(FOLDER)


class Restored(unittest.TestCase):
    def setUp(self):
        folder = os.path.join(FOLDER, self.id().rsplit(".", 1)[-1])
        shutil.copytree(os.path.join(FOLDER, "chain"), folder)
        self.shop = shop.Shop(BINARIES, folder, ADDRESS)
        self.anh, self.binh = "C-000002", "C-000003"
        self.shop.server.start(listen=ADDRESS)

    def tearDown(self):
        self.shop.close()
        shutil.rmtree(self.shop.folder)

    # ---- the ledger as the office sees it ----

    # When a row changed here; and where a series looks for its next number, past those that are taken.
    VOLATILE = {"seq", "changed_seq", "last", "next_invoice", "next_credit_note", "next_payment",
                "next_reversal"}

    def still(self, value):
        if isinstance(value, dict):
            return {key: self.still(one) for key, one in value.items() if key not in self.VOLATILE}
        return [self.still(one) for one in value] if isinstance(value, list) else value

    def picture(self):
        """All it says of customers, papers, goods, people and places."""
        see = lambda *words: self.still(self.shop.json("office", *words))
        picture = {" ".join(words): see(*words) for words in (
            ("documents",), ("customer", "list"), ("product", "list"), ("group", "list"), ("branch", "list"),
            ("till", "list"), ("approval", "list"), ("policy", "show"), ("trial-balance",), ("unmatched",))}
        for row in picture["customer list"]:
            code = row["who"]["code"]
            for verb in ("show", "history", "limits", "bills"):
                picture[f"{verb} {code}"] = see("customer", verb, code)
        for number in self.numbers():
            picture[number] = see("document", "show", number)
        return picture

    def numbers(self):
        return sorted(row["number"] for row in self.shop.documents())

    def same(self, before):
        now = self.picture()
        self.maxDiff = None
        self.assertEqual(sorted(before), sorted(now))
        for what, said in before.items():
            self.assertEqual(said, now[what], what)

    def all_back(self, view, count):
        self.assertEqual((view["back"], view["refused"], view["differing"], view["waiting"]), (count, 0, 0, 0),
                         self.shop.tefter("office", "recovery").stdout)

    def refusals(self, view):
        """Of what is not back: number of the paper, and why."""
        return {offer.get("number"): offer["refusal"]["code"] for offer in view["offers"] if "refusal" in offer}

    def ends_well(self):
        self.assertEqual(self.shop.server.stop(), 0)
        self.shop.tefterd("verify")

    def comes_back(self, count, *order):
        """All that was done since the backup, when terminals come in that order."""
        before = self.picture()
        self.shop.restore()
        self.shop.come(*order)
        self.all_back(self.shop.settled(count), count)
        self.same(before)
        self.ends_well()

    # ---- what was done after the backup ----

    def raised_and_used(self):
        self.shop.backup()
        self.shop.tefter("one", "customer", "limit", self.anh, str(1000 * PRICE))
        self.shop.sell("two", self.anh, 900)
        self.shop.sell("one", self.anh, 90)

    def test_a_raised_limit_and_the_sale_that_it_allowed_come_back(self):
        self.raised_and_used()
        self.comes_back(3, "office", "one", "two")

    def test_a_sale_comes_back_although_its_raised_limit_comes_later(self):
        self.raised_and_used()
        self.comes_back(3, "two", "one", "office")

    def test_papers_that_were_matched_and_unmatched_are_as_they_were(self):
        bill = self.shop.sell("one", self.anh, 10)
        self.shop.backup()
        other = self.shop.sell("two", self.anh, 5)
        money = self.shop.pay("one", self.anh, 7 * PRICE, "--unmatched")
        self.shop.tefter("two", "match", self.anh, f"{bill}={money}:{3 * PRICE}")
        self.shop.tefter("one", "match", self.anh, f"{other}={money}:{2 * PRICE}")
        undone = self.shop.show(bill)["touches"][0]["match"]
        self.shop.tefter("office", "unmatch", self.anh, str(undone))
        self.shop.tefter("two", "match", self.anh, f"{bill}={money}:{PRICE}")
        self.comes_back(6, "two", "office", "one")

    def test_corrections_reversals_and_credit_notes_come_back(self):
        old = self.shop.sell("one", self.anh, 10)
        self.shop.backup()
        new = self.shop.sell("two", self.anh, 5)
        self.shop.tefter("office", "correct", new, "XM=4@900", "--reason", "one was broken")
        self.shop.tefter("one", "reverse", old, "--reason", "not theirs")
        money = self.shop.pay("two", self.anh, 2 * PRICE)
        self.shop.tefter("two", "correct", money, "--amount", str(PRICE), "--reason", "miscounted")
        third = self.shop.sell("one", self.binh, 3)
        self.shop.tefter("office", "credit-note", third, "1=1", "--reason", "came back")
        self.shop.tefter("one", "reverse", third, "--reason", "all of it", code=None)
        self.comes_back(7, "office", "two", "one")

    def test_an_approval_its_grant_and_the_sale_under_it_come_back(self):
        for customer in (self.anh, self.binh):
            self.shop.tefter("office", "customer", "limit", customer, str(100 * PRICE), "--policy", "approve")
        self.shop.backup()
        granted = self.ask("one", self.anh)
        self.shop.tefter("office", "approval", "grant", granted)
        self.shop.sell("one", self.anh, 150, "--approval", granted)
        refused = self.ask("one", self.binh)
        self.shop.tefter("office", "approval", "refuse", refused, "--reason", "too much")
        self.waiting = self.ask("two", self.binh)
        self.comes_back(6, "two", "one", "office")

    def ask(self, name, customer):
        return str(self.shop.done(name, "sell", customer, "XM=150", "--ask")["id"])

    def test_a_person_who_may_buy_on_an_account_is_back_and_what_they_took(self):
        self.shop.tefter("one", "customer", "buyer", self.anh, "Tài xế", "--cap-day", str(20 * PRICE))
        self.shop.backup()
        self.shop.tefter("two", "customer", "buyer", self.anh, "Con trai")
        self.shop.sell("two", self.anh, 2, "--buyer", "2")
        self.shop.sell("one", self.anh, 3, "--buyer", "1")
        self.shop.tefter("office", "customer", "buyer-revoke", self.anh, "2")
        self.comes_back(4, "one", "two", "office")

    def test_slips_and_references_are_theirs_again_and_nobody_elses(self):
        self.shop.tefter("office", "cash", "policy", "--own-confirm-any")  # one person does all here
        self.shop.backup()
        slip = self.shop.done("one", "pay", self.anh, "5000", "--slip", "Main", "--reference", "SL-77",
                              "--payer", "Anh", "--unmatched")["number"]
        self.shop.tefter("two", "pay", self.anh, "700", "--transfer", "Main", "--reference", "E2E-1")
        self.shop.tefter("office", "confirm", slip)
        other = self.shop.done("two", "pay", self.binh, "900", "--slip", "Main", "--reference", "SL-78",
                               "--payer", "Bình", "--unmatched")["number"]
        self.shop.tefter("office", "confirm", other, "--never-came", "--reason", "not there")
        before = self.picture()
        self.shop.restore()
        self.shop.come("office", "two", "one")
        self.all_back(self.shop.settled(5), 5)
        self.same(before)
        for words in (("--slip", "Main", "--reference", "SL-77", "--payer", "x"),
                      ("--transfer", "Main", "--reference", "E2E-1")):
            self.shop.tefter("two", "pay", self.binh, "5000", *words, code=5)

    def test_groups_their_terms_and_members_come_back(self):
        self.shop.tefter("office", "group", "add", "tier", "gold", "--limit", "5000")
        self.shop.backup()
        self.shop.tefter("one", "group", "add", "area", "north", "--limit", str(700 * PRICE))
        carol = self.shop.customer("one", "Carol", limit=None)
        self.shop.tefter("office", "group", "join", carol, "north")
        self.shop.sell("two", carol, 600)
        self.shop.tefter("two", "group", "change", "gold", "--limit", "6000")
        self.shop.tefter("one", "group", "join", self.anh, "gold")
        self.shop.tefter("two", "group", "leave", self.anh, "gold")
        self.comes_back(7, "two", "one", "office")

    def test_customers_and_products_that_were_made_after_the_backup_keep_their_numbers(self):
        self.shop.backup()
        carol = self.shop.customer("one", "Carol")
        self.shop.tefter("two", "product", "add", "CAT", "Cát", "--price", "250")
        self.shop.tefter("one", "sell", carol, "CAT=4")
        self.shop.tefter("two", "product", "edit", "CAT", "--price", "300")
        self.shop.tefter("one", "sell", carol, "CAT=4")
        self.shop.tefter("office", "customer", "lock", carol, "--reason", "bounced")
        before = self.picture()
        self.shop.restore()
        fresh = self.shop.customer("office", "Fresh")  # before the others are back
        self.assertGreater(int(fresh.split("-")[1]), int(carol.split("-")[1]) + 1000)
        self.shop.come("two", "one")
        self.all_back(self.shop.settled(7), 7)
        self.assertEqual(self.still(self.shop.json("office", "customer", "show", carol)), before[f"show {carol}"])
        self.assertEqual(self.still(self.shop.json("office", "customer", "history", carol)),
                         before[f"history {carol}"])
        self.ends_well()

    def test_a_branch_made_after_the_backup_its_till_people_and_papers_come_back(self):
        self.shop.backup()
        self.shop.tefter("office", "branch", "add", "ND", "Nam Định", "--utc-offset", "+07:00")
        self.shop.tefter("office", "till", "add", "ND", "box")
        self.shop.terminal("three", "ND")
        bill = self.shop.sell("three", self.anh, 3)
        self.shop.tefter("three", "pay", self.anh, "1000", "--cash", "box")
        self.assertTrue(bill.startswith("ND-"))
        before = self.picture()
        self.shop.restore()
        self.shop.come("three", "one", "two", "office")
        self.all_back(self.shop.settled(6), 6)
        self.same(before)
        self.assertNotEqual(self.shop.tefter("three", "sell", self.anh, "XM=1", code=None).returncode, 0)
        self.shop.tefter("office", "password", "--of", "clerk-three", given=shop.PASSWORD + "\n")
        number = [row["terminal"] for row in self.shop.json("office", "terminal", "list")
                  if row["name"] == "counter three"][0]
        said = self.shop.tefter("office", "terminal", "code", str(number))
        code = shop.server.CODE.search(said.stdout + said.stderr).group()
        self.shop.tefter("three", "enrol", "--again", ADDRESS, code)
        self.shop.login("three", ("clerk-three", shop.PASSWORD))
        self.assertTrue(self.shop.sell("three", self.anh, 1).startswith("ND-R1-"))
        self.ends_well()

    def test_what_a_person_of_after_the_backup_did_is_theirs(self):
        self.shop.backup()
        self.shop.staff("late")
        self.shop.tefter("one", "logout")
        self.shop.login("one", ("late", shop.PASSWORD))
        bill = self.shop.sell("one", self.anh, 3)
        self.shop.tefter("office", "staff", "block", "late")
        before = self.picture()
        self.shop.restore()
        self.shop.come("one", "two", "office")
        self.all_back(self.shop.settled(3), 3)
        self.same(before)
        late = [row for row in self.shop.json("office", "staff", "list") if row["login"] == "late"][0]
        self.assertTrue(late["blocked"])
        self.assertEqual(self.shop.show(bill)["document"]["actor"]["staff"], late["staff"])
        self.assertFalse(late["has_password"])  # the server's own doing, on no terminal

    # ---- what does not come back ----

    def test_one_terminal_is_never_back_and_the_recovery_is_closed(self):
        self.shop.backup()
        first = self.shop.sell("one", self.anh, 1)
        lost = self.shop.sell("two", self.anh, 2)
        last = self.shop.sell("one", self.anh, 3)
        self.shop.restore()
        self.shop.come("one", "office")
        view = self.shop.settled(2)
        self.assertEqual((view["back"], view["waiting"]), (1, 1))
        self.assertEqual([row["name"] for row in view["unheard"]], ["counter two"])
        said = self.shop.tefter("office", "recovery", "close", code=1)
        self.assertIn("--unfinished", said.stderr)
        self.assertEqual(self.shop.apply()["back"], 2)
        self.shop.tefter("office", "recovery", "close", "--unfinished")
        new = self.shop.sell("one", self.anh, 4)
        self.assertNotIn(new, (first, lost, last))
        self.assertNotIn("-R1-", new)
        self.assertEqual(self.shop.show(last)["document"]["total_minor"], 3 * PRICE)
        self.shop.come("two")  # after all
        view = self.shop.settled(3)
        self.assertEqual((view["back"], view["waiting"]), (2, 1))
        self.assertEqual(self.shop.apply()["back"], 3)
        self.assertEqual(self.shop.show(lost)["document"]["total_minor"], 2 * PRICE)
        self.assertEqual(self.shop.balances()[self.anh], 10 * PRICE)
        self.ends_well()

    def test_what_is_declined_stays_away_and_what_needs_it_says_so(self):
        self.shop.backup()
        carol = self.shop.customer("one", "Carol")
        bill = self.shop.sell("one", carol, 1)
        paid = self.shop.pay("two", carol, 500)
        wrong = self.shop.sell("two", self.anh, 50)
        self.shop.tefter("two", "reverse", wrong, "--reason", "typo")
        self.shop.restore()
        self.shop.come("two")  # all of it waits for what terminal one did before
        view = self.shop.settled(3)
        sale = [offer["seq"] for offer in view["offers"] if offer.get("number") == wrong][0]
        self.shop.tefter("office", "recovery", "decline", str(sale), "--reason", "never happened")
        self.shop.come("one")
        view = self.shop.settled(6)
        reversal = [offer for offer in view["offers"] if "refusal" in offer]
        self.assertEqual(len(reversal), 1, view["offers"])
        self.assertEqual(view["refused"], 1)
        self.shop.show(wrong, code=1)
        self.assertEqual(self.shop.balances()[carol], 500)
        self.shop.show(bill), self.shop.show(paid)
        text = self.shop.tefter("office", "recovery").stdout
        self.assertIn("never happened", text)
        self.shop.tefter("office", "recovery", "decline", str(reversal[0]["seq"]), "--reason", "its bill is not there")
        self.shop.tefter("office", "recovery", "close")
        self.assertNotEqual(self.shop.sell("two", self.binh, 1), wrong)  # they hold that paper
        self.ends_well()

    def test_what_was_done_for_a_customer_who_is_declined_says_so(self):
        self.shop.backup()
        self.shop.sell("two", self.binh, 1)
        carol = self.shop.customer("one", "Carol", limit=None)
        self.shop.tefter("two", "customer", "limit", carol, "50000")
        bill = self.shop.sell("one", carol, 1)
        self.shop.restore()
        self.shop.come("one")  # waits for the sale before it
        opened = self.shop.settled(2)["offers"][0]["seq"]
        self.shop.tefter("office", "recovery", "decline", str(opened), "--reason", "no such person")
        self.shop.come("two", "office")
        view = self.shop.settled(4)
        self.assertEqual((view["back"], view["declined"], view["refused"]), (1, 1, 2))
        self.shop.show(bill, code=1)
        self.assertIn("no such customer", self.shop.tefter("office", "recovery").stdout)
        self.shop.customer("office", "Another")
        self.assertEqual(self.shop.apply()["refused"], 2)  # it is nobody else's
        self.ends_well()

    def test_a_terminal_that_is_lost_is_blocked_and_nobody_waits_for_it(self):
        self.shop.backup()
        self.shop.sell("one", self.anh, 1)
        lost = self.shop.sell("two", self.anh, 1)
        self.shop.restore()
        self.shop.come("one", "office")
        view = self.shop.settled(1)
        self.assertEqual([row["name"] for row in view["unheard"]], ["counter two"])
        self.shop.tefter("office", "terminal", "block", str(view["unheard"][0]["terminal"]))
        self.assertNotIn("unheard", self.shop.worklist())
        self.shop.tefter("office", "recovery", "close")
        # whoever holds its papers has their numbers alone; and should it be found, they come back
        numbers = [self.shop.sell("one", self.anh, 1) for _ in range(3)]
        self.assertNotIn(lost, numbers)
        self.shop.tefter("office", "terminal", "unblock", str(view["unheard"][0]["terminal"]))
        self.shop.come("two")
        self.shop.tefter("office", "recovery", "apply")
        self.shop.settled(2)
        self.shop.tefter("office", "document", "show", lost)
        self.ends_well()

    def test_after_a_restore_everything_can_be_added_still(self):
        self.shop.backup()
        self.shop.restore()
        self.shop.come("one", "two", "office")
        self.shop.tefter("office", "branch", "add", "ND", "Nam Định")
        self.shop.tefter("office", "till", "add", "ND", "box")
        self.shop.tefter("office", "group", "add", "area", "north")
        self.shop.tefter("office", "product", "add", "CAT", "Cát", "--price", "250")
        self.shop.terminal("three", "ND")
        self.assertTrue(self.shop.sell("three", self.anh, 1).startswith("ND-R1-"))
        self.ends_well()

    # ---- twice ----

    def test_a_second_restore_before_the_first_recovery_ended(self):
        self.shop.backup()
        first = self.shop.sell("one", self.anh, 1)
        second = self.shop.sell("two", self.anh, 2)
        self.shop.restore()
        self.shop.come("one")
        marked = self.shop.sell("one", self.anh, 3)
        self.shop.settled(1)
        self.shop.backup("during")
        later = self.shop.sell("one", self.binh, 4)
        self.shop.restore("during")
        newest = self.shop.sell("one", self.binh, 5)
        self.assertEqual(len({marked, later, newest}), 3)
        self.shop.come("office", "two")
        self.shop.apply()
        for number, pieces in ((first, 1), (second, 2), (marked, 3), (later, 4), (newest, 5)):
            self.assertEqual(self.shop.show(number)["document"]["total_minor"], pieces * PRICE, number)
        self.assertEqual(self.shop.balances()[self.anh], 6 * PRICE)
        self.assertEqual(self.shop.balances()[self.binh], 9 * PRICE)
        self.assertEqual(len(self.numbers()), 5)
        self.shop.tefter("office", "recovery", "close")
        self.ends_well()

    def test_the_same_backup_is_restored_again(self):
        self.shop.backup()
        first = self.shop.sell("one", self.anh, 1)
        second = self.shop.sell("two", self.anh, 2)
        self.shop.restore()
        self.shop.come("one", "office")
        marked = self.shop.sell("one", self.binh, 3)
        self.shop.tefter("office", "recovery", "close", "--unfinished")
        self.shop.restore()
        self.assertTrue(self.shop.worklist()["open"])
        self.shop.come("two", "one", "office")
        self.shop.apply()
        self.assertTrue(self.shop.worklist()["open"], "what was said of another recovery closed this one")
        for number, pieces in ((first, 1), (second, 2), (marked, 3)):
            self.assertEqual(self.shop.show(number)["document"]["total_minor"], pieces * PRICE, number)
        new = self.shop.sell("two", self.binh, 4)
        self.assertNotIn(new, (first, second, marked))
        self.assertEqual(len(self.numbers()), 4)
        self.shop.tefter("office", "recovery", "close")
        self.ends_well()

    def test_two_restores_of_one_backup_give_nobody_anothers_number(self):
        self.shop.backup()
        self.shop.restore()
        carol = self.shop.customer("one", "Carol")
        bill = self.shop.sell("one", carol, 3)
        self.shop.tefter("one", "pay", carol, "1000", "--cash", "drawer", "--bill", bill)
        self.shop.restore()
        dora = self.shop.customer("office", "Dora")
        other = self.shop.sell("office", dora, 5)
        self.shop.come("one", "two", "office")
        view = self.shop.apply()
        self.assertEqual((view["back"], view["refused"], view["differing"]), (4, 0, 0))
        self.assertEqual((self.shop.balances()[carol], self.shop.balances()[dora]), (2 * PRICE, 5 * PRICE))
        self.assertEqual(len({bill, other}), 2)
        self.ends_well()

    def older_after_newer(self, old, newer):
        """Papers of four lives; the terminals have met the newest, and the oldest is restored."""
        old = self.shop.backup(old)
        papers = [self.shop.sell("one", self.anh, 1)]
        self.shop.backup(newer)
        papers.append(self.shop.sell("two", self.anh, 2))
        self.shop.restore(newer)
        self.shop.come("one", "two", "office")
        self.shop.settled(1)
        self.shop.tefter("office", "recovery", "close")
        papers.append(self.shop.sell("one", self.anh, 3))
        self.shop.backup(newer)
        self.shop.restore(newer)
        self.shop.come("one", "two", "office")
        papers.append(self.shop.sell("two", self.anh, 4))
        return old, papers

    def all_there(self, papers):
        self.shop.come("two", "one", "office")
        self.shop.apply()
        for pieces, number in enumerate(papers, 1):
            self.assertEqual(self.shop.show(number)["document"]["total_minor"], pieces * PRICE, number)
        self.assertEqual(self.shop.balances()[self.anh], 10 * PRICE)
        self.assertEqual(len(self.numbers()), len(papers))
        self.ends_well()

    def test_an_older_backup_is_restored_after_a_newer_one(self):
        old, papers = self.older_after_newer("backups", "backups")
        self.shop.restore(old)
        self.all_there(papers)

    def test_an_older_backup_of_another_place_says_what_to_do_and_then_is_taken(self):
        old, papers = self.older_after_newer("stick", "backups")
        self.shop.restore(old)
        said = self.shop.tefter("office", "recovery", code=3)
        self.assertIn("--after 3", said.stderr)
        self.shop.restore(old, "--after", "3")
        self.all_there(papers)


    # ---- all at once, twice, and broken off ----

    def test_two_terminals_matched_one_payment(self):
        bill, other = self.shop.sell("one", self.anh, 3), self.shop.sell("two", self.anh, 4)
        money = self.shop.pay("one", self.anh, 5 * PRICE, "--unmatched")
        self.shop.backup()
        self.shop.tefter("one", "match", self.anh, f"{bill}={money}:3000")
        self.shop.tefter("two", "match", self.anh, f"{other}={money}:2000")
        self.shop.restore()
        self.shop.tefter("office", "match", self.anh, f"{other}={money}:4000")  # not knowing of it
        self.shop.come("two", "one")
        view = self.shop.settled(2)
        self.assertEqual((view["back"], view["refused"]), (0, 2))
        self.assertEqual(sum(int(touch["amount_minor"]) for touch in self.shop.show(money)["touches"]), 4000)
        text = self.shop.tefter("office", "recovery")
        self.assertIn("open", text.stdout)
        self.assertIn("tefter recovery decline", text.stderr)
        undone = self.shop.show(money)["touches"][0]["match"]
        self.shop.tefter("office", "unmatch", self.anh, str(undone))
        self.all_back(self.shop.apply(), 2)
        self.assertEqual(self.shop.show(bill)["open_minor"], 0)
        self.assertEqual(self.shop.show(other)["open_minor"], 2000)
        self.ends_well()

    def busy(self, papers=24):
        """A backup, and much after it on all terminals."""
        self.shop.backup()
        self.shop.tefter("office", "customer", "limit", self.anh, str(1000 * PRICE))
        for number in range(papers // 3):
            self.shop.sell("one", self.anh, 1 + number % 3)
            self.shop.pay("two", self.anh, 500)
            self.shop.sell("office", self.binh, 1)
        return 1 + papers // 3 * 3

    def test_what_is_offered_twice_is_there_once(self):
        count = self.busy(9)
        before = self.picture()
        kept = {name: self.outbox(name) for name in ("one", "two", "office")}
        self.shop.restore()
        for _ in range(3):
            self.shop.come("one", "two", "office")
            for name, outbox in kept.items():  # it forgets that it handed them over
                with open(os.path.join(self.shop.profile(name), "outbox"), "wb") as file:
                    file.write(outbox)
        self.all_back(self.shop.settled(count), count)
        self.same(before)
        self.ends_well()

    def outbox(self, name):
        with open(os.path.join(self.shop.profile(name), "outbox"), "rb") as file:
            return file.read()

    def test_the_office_applies_while_terminals_offer(self):
        count = self.busy()
        before = self.picture()
        self.shop.restore()
        comers = [self.shop.begin(name, "status") for name in ("one", "two")]
        while any(comer.poll() is None for comer in comers):
            self.shop.tefter("office", "recovery", "apply")
        view = self.shop.apply()
        self.assertEqual((view["waiting"], view["refused"], view["differing"]), (0, 0, 0))
        self.all_back(view, count)
        self.same(before)
        self.ends_well()

    def test_the_server_dies_again_and_again_while_terminals_offer(self):
        count = self.busy()
        before = self.picture()
        self.shop.restore()
        chance = random.Random(5)
        for _ in range(8):
            comers = [self.shop.begin(name, "--wait", "1", "status") for name in ("one", "two", "office")]
            time.sleep(chance.uniform(0.02, 0.4))
            self.shop.server.kill()
            for comer in comers:
                comer.wait(60)
            self.shop.server.start(listen=ADDRESS)
        self.shop.come("one", "two", "office")
        self.all_back(self.shop.settled(count), count)
        self.same(before)
        self.ends_well()

    def remove(self, folder):
        """Whatever the one that was killed had begun may still be at its last write."""
        until = time.monotonic() + 10
        while os.path.exists(folder):
            self.assertLess(time.monotonic(), until, folder)
            shutil.rmtree(folder, ignore_errors=True)

    def test_a_restore_that_was_broken_off_is_no_ledger_and_is_begun_anew(self):
        self.busy(3)
        self.shop.lose()
        chance = random.Random(7)
        for round_ in range(10):
            folder = self.shop.path("fresh")
            words = [os.path.join(BINARIES, "tefterd"), "restore", "--from", self.shop.path("backups"),
                     "--ledger", folder, "--map", "1G"]
            restore = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, 0.15))
            restore.kill()
            if restore.wait() == 0:
                continue
            again = subprocess.run(words, text=True, capture_output=True, check=False, timeout=60)
            if again.returncode != 0:  # it says what is in the way, and that is all there is to do
                self.assertIn(folder, again.stderr)
                self.remove(folder)
                again = subprocess.run(words, text=True, capture_output=True, check=False, timeout=60)
            self.assertEqual(again.returncode, 0, again.stderr)
            said = subprocess.run([words[0], "verify", "--ledger", folder, "--map", "1G"], text=True,
                                  capture_output=True, check=False, timeout=60)
            self.assertEqual(said.returncode, 0, said.stderr)
            shutil.rmtree(folder)

    def test_a_full_disk_in_a_recovery_loses_nothing(self):
        count = self.busy(9)
        before = self.picture()
        disk = self.shop.path("life-1")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m,mode=700", "tmpfs", disk],
                          capture_output=True, check=False).returncode != 0:
            self.skipTest("no small disk can be mounted here")
        self.shop.options = ("--min-free", "4M")
        try:
            self.shop.restore()
            self.shop.come("one")
            with open(os.path.join(disk, "ballast"), "wb", buffering=0) as file:
                shop.fill(file)
            self.shop.come("two", "office")
            self.shop.lose()  # if it has not ended by itself
            os.unlink(os.path.join(disk, "ballast"))
            self.shop.server.start(listen=ADDRESS)
            self.shop.come("two", "office")
            self.all_back(self.shop.settled(count), count)
            self.same(before)
            self.ends_well()
        finally:
            self.shop.close()
            subprocess.run(["umount", "-l", disk], check=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
