#!/usr/bin/python3
"""My day, a till from opening to closing, and the call list, with the real programs, in tmux.

    test_day.py BINARIES [TEST]
"""
import datetime
import glob
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import screen

BINARIES = os.path.abspath(sys.argv.pop(1))
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
DAY_S = 86400


def day_at(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).date().isoformat()


def body(at):
    """What the screen itself shows: line 23 tells what was done just now."""
    return "\n".join(at.frame()[2:22])


class Day(screen.Counter):
    # ---- what the ledger says ----

    def days(self, name="office", till="drawer"):
        """A till's days, newest first."""
        return self.shop.json(name, "till", "days", till)

    def last_day(self):
        return self.days()[0]

    def calls(self, *words):
        return self.shop.json("office", "calls", *words)

    def codes(self, *words):
        return [row["who"]["code"] for row in self.calls(*words)]

    # ---- at the terminal ----

    def my_day(self, at):
        at.keys("Escape", "Escape", "Escape", "g", "t")
        return at.wait(r"── My day · \w+ · drawer ─+ \d{4}-\d\d-\d\d ──")

    def opens_till(self, at, amount):
        self.my_day(at)
        at.wait(r"Open drawer · T")
        at.keys("t")
        at.wait(r"Till · drawer")
        at.type(amount)
        at.keys("F9")

    def cash_sale(self, at, pieces):
        at.keys("g", "s")
        at.wait("Cash sale")
        at.scan(f"{pieces}*4006381333931")
        at.wait(rf"{pieces} bao")
        at.wait(r"Take .* cash · F9")
        at.keys("F9")
        at.wait(r"✓ TD-\d+")
        at.keys("Escape")

    def fixes(self, at, counted):
        """F9 twice: the sum that was counted is asked about, and nothing of the books is told."""
        at.keys("F9")
        at.wait(rf"\S Counted {counted} \S+ F9 once more fixes it\.")
        self.reads()
        at.keys("F9")

    def reads(self):
        """Nobody answers a question as it appears: what is typed then was typed before it."""
        time.sleep(0.25)

    def counts(self, at, pieces):
        """As often each, from the largest down."""
        for count in pieces:
            at.type(str(count))
            at.keys("Enter")

    # ---- a till's day ----

    def test_a_till_is_opened_counted_blind_and_closed_with_a_difference(self):
        clerk = self.opens(language="en")
        self.my_day(clerk)
        clerk.wait(r"Sold by me today, 0 sales +0 ₫ +│ Money I took")
        clerk.wait("Nothing yet today.")
        clerk.wait(r"Open drawer · T")

        # with its float, which a new till says itself why it is there
        clerk.keys("t")
        clerk.wait("What lies in it, counted")
        clerk.keys("F9")
        clerk.wait("▲ How much lies in it?")
        self.assertEqual(self.days(), [])
        clerk.type("500k")
        clerk.wait(r"= 500,000 ₫")
        clerk.wait("five hundred thousand")
        clerk.wait(r"Open drawer with 500,000 ₫ · F9")
        clerk.keys("F9")
        clerk.wait(r"✓ drawer is open with 500,000 ₫")
        clerk.wait(r"── My day")
        clerk.wait(r"Count and close drawer · T")
        self.assertEqual(int(self.last_day()["float_minor"]), 500000)

        # goods for cash, and money that a customer brings
        self.cash_sale(clerk, 3)
        self.shop.sell("two", self.ming, 400)
        clerk.keys("g", "c")
        clerk.type("/王")
        clerk.wait("1 of 3")
        clerk.keys("Enter", "p")
        clerk.wait("── Payment")
        clerk.type("100k")
        clerk.wait(r"Take 100,000 ₫ · F9")
        clerk.keys("F9")
        clerk.wait(r"✓ TD-R-\d+ 100,000 ₫")

        # what cash comes to is nowhere: not as a sum, and not to be added up from its receipts
        self.my_day(clerk)
        clerk.wait(r"Sold by me today, 1 sale +│ Money I took\n +shown after the count │")
        clerk.wait(r"Cash 2 +shown after the count")
        clerk.wait(r"Without cash 0 +0\n")
        clerk.wait(r"TD-R-\d+ +Cash +王小明建材 +cash\n")
        self.assertNotRegex(body(clerk), r"[38]67,000|100,000")

        # counted blind: by note, from the largest down
        clerk.keys("t")
        clerk.wait(r"1 Count  the expected sum is not here yet, nor was it sent")
        clerk.wait(r"Opened by minh · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
        self.counts(clerk, (1, 1, 1, 0, 2, 0, 1, 1))
        clerk.wait(r"\n +500,000 +1 +500,000\b")
        clerk.wait(r"Counted +847,000 ₫")
        clerk.wait(r"Counted 847,000, show the difference · F9")
        self.assertNotRegex(body(clerk), "867,000|short|Short")
        self.assertNotIn("867", self.shop.tefter("one", "till", "slip", "drawer").stdout)

        # what is typed waits for them
        clerk.keys("Escape")
        clerk.wait("── My day")
        clerk.keys("t")
        clerk.wait(r"Counted +847,000 ₫")
        self.assertNotIn("counts", self.last_day())

        # then the difference, and how what was expected adds up
        clerk.keys("F9")
        clerk.wait(r"▲ Counted 847,000 ₫. F9 once more fixes it\.")
        self.reads()
        clerk.keys("Up", "F9")  # it is looked over first
        clerk.wait(r"▲ Counted 847,000 ₫. F9 once more fixes it\.")
        self.assertNotIn("867,000", body(clerk))
        self.assertNotIn("counts", self.last_day())
        self.reads()
        clerk.keys("F9")
        clerk.wait(r"2 Difference  the count is fixed")
        clerk.wait(r"Short by +20,000 ₫")
        clerk.wait(r"Counted 847,000 − expected 867,000")
        clerk.wait(r"Float at opening +500,000\n")
        clerk.wait(r"\+ Taken in cash, 2 receipts +367,000\n")
        clerk.wait(r"Expected in the drawer +867,000\n")
        self.assertEqual(int(self.last_day()["counts"][0]["counted_minor"]), 847000)

        # and no close without a reason
        clerk.wait(r"A reason is needed · F9")
        self.reads()
        clerk.keys("F9")
        clerk.wait("▲ A reason is needed")
        self.assertNotIn("closed_date", self.last_day())
        clerk.keys("1")
        clerk.wait(r"1 \[x\] Wrong change")
        clerk.wait(r"Close drawer, short by 20,000 ₫ · F9")
        clerk.keys("F9")
        clerk.wait(r"✓ drawer is closed, short by 20,000 ₫")
        clerk.wait(r"Cash 2 +367,000\n")
        clerk.wait(r"Till was short +−20,000\n")
        clerk.wait(r"Open drawer · T")
        closed = self.last_day()
        self.assertEqual(int(closed["difference_minor"]), -20000)
        self.assertEqual(closed["reason"], "Wrong change")
        self.assertEqual(len(closed["counts"]), 1)

    def test_what_lies_in_it_is_asked_again_when_it_is_not_what_was_left(self):
        clerk = self.opens(language="en")
        self.opens_till(clerk, "500k")
        clerk.wait(r"✓ drawer is open with 500,000 ₫")
        self.shop.tefter("one", "till", "count", "drawer", "500000")
        self.shop.tefter("one", "till", "close", "drawer")
        self.opens_till(clerk, "450k")
        clerk.wait("It was closed last after 1. count.")
        clerk.wait("Reason, when it is not what was left in it")
        self.assertNotIn("500,000", body(clerk))  # what was left is not told: nothing is counted yet
        # all of it, on as many rows as it takes
        clerk.wait(r"▲ By the books something else should be in the till\. Count it once more; if\n"
                   r" that is right, say why\. By how much it is off is told when it is open\.\n")
        self.assertEqual(len(self.days()), 1)
        self.reads()
        clerk.type("change for the market")
        clerk.keys("Enter")
        clerk.wait(r"✓ drawer is open with 450,000 ₫, 50,000 ₫ less than by the books")
        self.assertEqual(self.last_day()["opening_reason"], "change for the market")
        clerk.keys("t")
        clerk.wait(r"▲ At opening it did not hold what the\n")
        alarm = self.shop.json("office", "alarms")[0]  # a reason is not all: others see it
        self.assertEqual((int(alarm["difference_minor"]), alarm["login"]), (-50000, "minh"))

    def test_keys_that_were_typed_before_a_question_do_not_answer_it(self):
        clerk = self.opens(language="en")
        self.opens_till(clerk, "500k")
        clerk.wait(r"✓ drawer is open with 500,000 ₫")
        self.my_day(clerk)
        clerk.keys("t")
        clerk.wait("1 Count")
        self.counts(clerk, (0, 2))
        clerk.tmux("send-keys", "F9", "F9", "F9")  # whoever types so fast has read no sum
        clerk.wait(r"▲ Counted 400,000 ₫. F9 once more fixes it\.")
        self.assertNotIn("counts", self.last_day())
        self.reads()
        clerk.tmux("send-keys", "F9", "1", "F9", "2", "Enter", "F9")
        clerk.wait(r"Short by +100,000 ₫")
        clerk.wait(r"1 \[ \] Wrong change")
        clerk.wait(r"2 \[ \] Entry missing")
        self.assertNotIn("closed_date", self.last_day())
        self.reads()
        clerk.keys("1", "F9")
        clerk.wait(r"✓ drawer is closed, short by 100,000 ₫")
        self.my_day(clerk)
        clerk.keys("t")
        clerk.wait("What lies in it, counted")
        clerk.type("450k")
        clerk.tmux("send-keys", "Enter", "x", "y", "Enter", "z", "F9")
        clerk.wait("Reason, when it is not what was left in it")
        clerk.wait(r"told when it is open\.\n")
        self.assertNotRegex(body(clerk), "x|y?z")
        self.assertEqual(len(self.days()), 1)

    def test_pieces_below_nothing_are_refused_with_words(self):
        clerk = self.opens(language="en")
        self.opens_till(clerk, "500k")
        clerk.wait(r"✓ drawer is open with 500,000 ₫")
        self.my_day(clerk)
        clerk.keys("t")
        clerk.wait("1 Count")
        clerk.type("-30")
        clerk.wait(r"500,000 >?-30 +\?\n?")
        clerk.wait(r"Counted +0 ₫")
        clerk.keys("Enter")
        clerk.wait("▲ -30 is no number of pieces.")
        clerk.wait(r"How many pieces\? · F9")
        clerk.keys("F9")
        clerk.wait("▲ -30 is no number of pieces.")
        self.assertNotIn("counts", self.last_day())
        clerk.keys("BSpace", "BSpace", "BSpace")
        clerk.type("1")
        clerk.keys("Up")
        clerk.type("-5")  # what lies in it besides
        clerk.keys("F9")
        clerk.wait("▲ No till holds less than nothing.")
        self.assertNotIn("counts", self.last_day())

    def test_what_was_counted_goes_on_at_its_difference_and_to_the_bank(self):
        self.does("account", "add", "Vietcombank", "0071")
        clerk = self.opens(language="en")
        self.opens_till(clerk, "500k")
        clerk.wait(r"✓ drawer is open with 500,000 ₫")
        self.cash_sale(clerk, 3)
        self.my_day(clerk)
        clerk.keys("t")
        clerk.wait("1 Count")
        self.counts(clerk, (1, 1, 0, 1, 0, 1))
        self.fixes(clerk, "760,000")
        clerk.wait(r"Short by +7,000 ₫")
        clerk.wait("To the bank now · Main")
        # the terminal dies; the count was sent
        os.kill(int(clerk.tmux("display-message", "-p", "#{pane_pid}")), 9)
        again = self.opens(language="en")
        self.my_day(again)
        again.keys("t")
        again.wait(r"Short by +7,000 ₫")
        again.wait(r"Counted 760,000 − expected 767,000")
        self.reads()
        again.keys("1", "F6")
        again.wait(r"260,000 +500,000 stays in it")
        again.keys("F8")
        again.wait("To the bank now · Vietcombank")
        again.type("900000")
        again.wait(r"How much goes to the bank\? · F9")
        again.keys("F6")
        again.wait(r"260,000 +500,000 stays in it")
        again.keys("F9")
        again.wait(r"✓ drawer is closed, short by 7,000 ₫\. On its way to the bank: TD-M-\d+")
        self.assertEqual(int(self.last_day()["banked_minor"]), 260000)
        accounts = {each["name"]: each for each in self.shop.json("office", "money", "list")}
        self.assertEqual(int(accounts["drawer"]["holds_minor"]), 500000)
        self.assertEqual(int(accounts["Vietcombank"]["coming_minor"]), 260000)

    def test_cash_for_a_till_that_nobody_opened_is_said_before_and_leads_there_and_back(self):
        clerk = self.opens(language="en")
        clerk.keys("p")
        clerk.wait(r"▲ drawer is not open: nobody will count what goes into it now. Alt T")
        clerk.keys("M-t")
        clerk.wait("What lies in it, counted")
        clerk.type("0")
        clerk.wait(r"Open drawer with 0 ₫ · F9")
        clerk.keys("F9")
        clerk.wait("✓ drawer is open with 0 ₫")
        clerk.wait("── Payment · ")
        self.assertNotIn("is not open", clerk.text())
        self.assertEqual(int(self.last_day()["float_minor"]), 0)

    def test_somebody_elses_till_a_second_count_and_money_meanwhile(self):
        self.shop.login("one", ("minh", screen.shop.PASSWORD))
        self.shop.tefter("one", "till", "open", "drawer", "100000", "--reason", "change")
        other = self.opens("two", "lan", "en")
        self.my_day(other)
        other.keys("t")
        other.wait("Opened by minh")
        self.counts(other, (0, 0, 1))
        other.wait(r"Counted +100,000 ₫")

        # somebody counted it before: said, and both stay on record
        self.shop.tefter("one", "till", "count", "drawer", "90000")
        other.wait("It was counted 1 time before; that")
        self.fixes(other, "100,000")
        other.wait(r"Nothing is missing +0 ₫")
        self.reads()
        self.assertEqual([int(each["counted_minor"]) for each in self.last_day()["counts"]], [90000, 100000])

        # money goes through it after the count: it is counted once more, as blindly
        self.shop.tefter("one", "sell", "cash", "XM40=1", "--paid", "cash")
        other.keys("F9")
        other.wait(r"▲ .*count")
        self.assertNotIn("closed_date", self.last_day())
        other.keys("F4")
        other.wait("1 Count")
        self.assertNotIn("189,000", body(other))
        other.keys("Up")  # from the first to the last: what lies in it besides
        other.type("89k")
        other.wait(r"Counted +189,000 ₫")
        self.fixes(other, "189,000")
        other.wait(r"Nothing is missing +0 ₫")
        self.reads()
        other.keys("F9")
        other.wait("✓ drawer is closed; nothing was missing")
        self.assertEqual(len(self.last_day()["counts"]), 3)

    def test_without_a_line_a_count_waits_in_its_fields(self):
        clerk = self.opens(language="en")
        self.opens_till(clerk, "100k")
        clerk.wait("✓ drawer is open")
        clerk.keys("t")
        clerk.wait("1 Count")
        self.counts(clerk, (0, 0, 1))
        self.shop.server.kill()
        clerk.wait(r"○ NOT CONNECTED")
        clerk.wait(r"The till is counted when the line is back. · F9")
        clerk.keys("F9")
        clerk.wait("▲ The till is counted when the line is back.")
        clerk.wait(r"Counted +100,000 ₫")
        self.assertNotIn("kept here", clerk.text())  # a count is of its moment: none is sent later
        self.shop.server.start(listen=self.shop.address)
        clerk.wait("● Live")
        clerk.wait(r"Counted 100,000, show the difference · F9")
        self.fixes(clerk, "100,000")
        clerk.wait(r"Nothing is missing +0 ₫")
        self.assertEqual(len(self.last_day()["counts"]), 1)

    # ---- the day's papers ----

    def test_a_paper_of_the_day_is_opened_printed_and_reversed(self):
        clerk = self.opens(language="en")
        self.cash_sale(clerk, 2)
        self.shop.login("one", ("minh", screen.shop.PASSWORD))
        self.shop.tefter("one", "sell", self.ming, "TH16=2")
        self.my_day(clerk)
        clerk.wait(r"Sold by me today, 2 sales +714,000 ₫")
        clerk.wait(r"not paid yet +536,000 ")
        rows = [line for line in body(clerk).split("\n") if re.search(r" TD-(R-)?\d{5} ", line)]
        self.assertRegex(rows[0], r" TD-00002 +Bill +王小明建材 +\+536,000$")  # newest first
        self.assertEqual(len(rows), 3)
        clerk.keys("Enter")
        clerk.wait(r"── Bill TD-00002 ─")
        clerk.wait(r"王小明建材 +536,000 ₫")
        clerk.wait(r"Thép Hòa Phát D16 +2 cây +268,000 +536,000")
        clerk.wait(r"Left to pay +536,000")
        clerk.keys("C-p")
        clerk.wait(r"▲ .*[Pp]rint")
        clerk.keys("u")
        clerk.wait(r"What was wrong with TD-00002\?")
        clerk.keys("2")
        clerk.wait(r"✓ TD-00002 is reversed, by \S+")
        clerk.wait(r"Reversed by TD-\S+")
        clerk.keys("u")
        clerk.wait("▲ It does not stand any more.")
        clerk.keys("Escape")
        clerk.wait(r"Sold by me today, 1 sale +178,000 ₫")
        clerk.wait(r"TD-00002 +Bill · reversed +王小明建材 +\+536,000")
        clerk.wait(r"Reversal +王小明建材 +−536,000")

    def test_a_parked_sale_is_told_and_taken_up(self):
        clerk = self.opens(language="en")
        clerk.keys("g", "s")
        clerk.wait("Cash sale")
        clerk.scan("5*4006381333931")
        clerk.wait("5 bao")
        clerk.keys("F6")
        self.my_day(clerk)
        clerk.wait(r"‖ 1 parked sale · may stay over night · No customer +Alt T")
        clerk.keys("M-t")
        clerk.wait(r"5 bao +89,000 +445,000")

    # ---- other terminals ----

    def test_the_till_has_any_size_and_loses_nothing_without_colour_or_utf8(self):
        self.shop.login("two", ("lan", screen.shop.PASSWORD))
        self.shop.tefter("two", "till", "open", "drawer", "100000", "--reason", "change")
        plain = self.opens(language="en", LC_ALL="C", LANG="C", NO_COLOR="1", TERM="vt100")
        plain.keys("g", "t")
        plain.wait(r"-- My day - minh - drawer -")
        plain.wait(r"Count and close drawer - T")
        plain.keys("t")
        plain.wait("1 Count")
        self.assertTrue(plain.text().isascii(), plain.text())
        self.counts(plain, (1,))
        for columns, rows in ((80, 24), (60, 18), (44, 12), (120, 36), (80, 24)):
            plain.resize(columns, rows)
            plain.wait(r"Counted +500,000 d")
            plain.wait(r"F9\n")
            self.assertTrue(all(len(line) <= columns for line in plain.frame()))
        self.fixes(plain, "500,000")
        plain.wait(r"Over by +400,000 d")
        self.assertNotRegex(plain.painted(), r"\x1b\[(3[1-7]|9[0-7])m")
        for columns, rows in ((44, 12), (60, 18), (80, 24)):
            plain.resize(columns, rows)
            plain.wait(r"Over by +400,000 d")
            plain.wait(r"3 \[ \] Not known")
        self.reads()
        plain.keys("4")
        plain.type("found it under the drawer")
        plain.keys("F9")
        plain.wait(r"v drawer is closed, over by 400,000 d")
        self.assertEqual(self.last_day()["reason"], "found it under the drawer")

    def test_the_till_in_persian_is_mirrored(self):
        self.shop.login("two", ("lan", screen.shop.PASSWORD))
        self.shop.tefter("two", "till", "open", "drawer", "100000", "--reason", "change")
        clerk = self.opens(language="fa")
        clerk.keys("g", "t")
        clerk.wait(r"T · ")
        clerk.keys("t")
        row = clerk.wait(r"\n(.*۵۰۰٬۰۰۰.*)\n")[1]
        self.assertGreater(row.index("۵۰۰٬۰۰۰"), 60)  # the first column is the one at the right
        clerk.type("۲")
        clerk.wait(r"۱٬۰۰۰٬۰۰۰ +۲<? +۵۰۰٬۰۰۰")

    # ---- whom to call ----

    def owing(self):
        """Two who are overdue: much for few days, little for many."""
        def old(customer, pieces, late):
            self.does("sell", customer, f"XM={pieces}", "--date", day_at(-late - 30), "--due", day_at(-late), "--backfill")
        old(self.ming, 900, 5)
        old(self.shop.anh, 90, 40)
        self.assertEqual(self.codes(), [self.ming, self.shop.anh])

    def test_an_overdue_customer_is_called_and_comes_back_on_the_day_that_was_agreed(self):
        self.owing()
        boss = self.opens("two", "clerk-two", "en")
        boss.keys("g", "w")
        boss.wait(r"── Call list ─+ 2 customers overdue 990,000 ₫ ──")
        boss.wait(r"\[Now 2\]  Mine   All 2 ")
        boss.wait(r"王小明建材 +0900 +900,000 +5 d now")
        boss.wait(r"Anh +0900 +90,000 +40 d now")
        boss.wait(r"── 王小明建材 · \S+ · .* 0900 ──")
        boss.wait(r"Overdue 900,000 ₫ · 5 d late +Owes 900,000 ₫")

        # nothing is kept that does not say whether they were reached, and what was said
        boss.keys("o")
        boss.wait("── This call|Were they reached")
        boss.keys("F9")
        boss.wait("▲ Say whether they were reached")
        boss.keys("1", "F9")
        boss.wait("▲ Write what was said")
        boss.keys("Enter")
        boss.type("pays half of it on Friday")
        boss.keys("Enter")
        boss.type("+1")
        boss.wait(rf"= {day_at(1)}")
        boss.wait(r"Who comes back to it +‹ clerk-two ›")
        boss.wait(r"Log the call, then Anh · F9")
        self.assertEqual(len(self.codes()), 2)
        boss.keys("F9")
        boss.wait(rf"✓ 王小明建材: reached · again on {day_at(1)}")

        # they left the list of today; the next one is called
        boss.wait(r"── Anh · \S+ · .* 0900 ──")
        boss.keys("Escape")
        boss.wait(r"\[Now 1\]  Mine   All 2 ")
        self.assertNotIn("王小明", body(boss))
        self.assertEqual(self.codes(), [self.shop.anh])
        note = self.shop.json("office", "customer", "notes", self.ming)[0]
        self.assertEqual((note["text"], note["kind"], note["result"], note["again"]),
                         ("pays half of it on Friday", "NOTE_CALL", "CALL_REACHED", day_at(1)))
        boss.keys("Tab")  # mine
        boss.wait(rf"\[Mine\].*\n.*\n Overdue × age 1\n 王小明建材 .* {day_at(1)}")
        boss.keys("Tab")  # all
        boss.wait(r"\[All 2\]")
        boss.wait("王小明建材")

        # on that day they are back, and first
        if FAKETIME is None:
            self.skipTest("libfaketime is not installed: no day goes by")
        boss.keys("Tab")
        self.a_day_goes_by()
        boss.wait("Password")  # a login does not last over night
        boss.type("clerk-two")
        boss.keys("Enter")
        boss.type(screen.shop.PASSWORD)
        boss.keys("Enter")
        boss.wait(rf"Again today 1\n 王小明建材 .* today", 60)
        boss.keys("Home")
        boss.wait(r"pays half of it on Friday")
        self.assertEqual(self.codes(), [self.ming, self.shop.anh])

        # and nobody has to come back to it any more
        boss.keys("d")
        boss.wait("✓ Done")
        boss.gone("Again today")
        self.assertIn("done_ms", self.shop.json("office", "customer", "notes", self.ming)[0])

    def a_day_goes_by(self):
        self.shop.server.stop()
        fake = {"LD_PRELOAD": FAKETIME, "FAKETIME": f"+{DAY_S}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        os.environ.update(fake)
        try:
            self.shop.server.start(listen=self.shop.address)
        finally:
            for name in fake:
                del os.environ[name]

    def test_what_is_half_typed_stays_with_whom_it_is_about(self):
        self.owing()
        self.does("customer", "note", self.shop.binh, "asks for a copy of the bill", "--again", day_at(0))
        boss = self.opens("two", "clerk-two", "en")
        boss.keys("g", "w")
        boss.wait(r"Again today 1\n Bình +0900 +0 +– today\n Overdue × age 2\n 王小明建材")
        boss.wait("asks for a copy of the bill")
        boss.keys("o", "2", "Enter")
        boss.type("rang twice")
        boss.keys("Escape", "Down", "o")
        boss.wait(r"── 王小明建材 ·")
        self.assertNotIn("rang twice", boss.text())
        boss.keys("Escape", "Up", "o")
        boss.wait("rang twice")
        boss.wait(r"\[2 No answer\]")
        # without a line it is not kept, and not lost
        self.shop.server.kill()
        boss.wait("○ NOT CONNECTED")
        boss.keys("F9")
        boss.wait("▲ This needs the line to the server.")
        boss.wait("rang twice")
        self.shop.server.start(listen=self.shop.address)
        boss.wait("● Live")
        boss.keys("F9")
        boss.wait("✓ Bình: no answer")
        self.assertEqual(self.shop.json("office", "customer", "notes", self.shop.binh)[0]["text"], "rang twice")
        boss.wait(r"── 王小明建材 ·")
        # what was to come back until today is done with it
        self.assertEqual(self.codes(), [self.ming, self.shop.anh])
        boss.gone(r"\n Bình")

    def test_figures_change_in_place_and_money_is_taken_from_the_list(self):
        self.owing()
        boss = self.opens("two", "clerk-two", "en")
        boss.keys("g", "w")
        boss.wait(r"王小明建材 +0900 +900,000")
        # little is left of the first one: they stay where they stand until the list is sorted anew
        self.shop.pay("office", self.ming, 899000)
        boss.wait(r"王小明建材 +0900 +1,000")
        self.assertEqual(self.codes(), [self.shop.anh, self.ming])
        rows = [line for line in boss.frame() if " 0900 " in line and "──" not in line]
        self.assertIn("王小明", rows[0])
        boss.keys("v")
        boss.wait(r"Overdue × age 2\n Anh .*\n 王小明建材")
        boss.keys("Home", "p")
        boss.wait(r"── Payment · Anh ·")
        boss.type("90k")
        boss.wait(r"Take 90,000 ₫ · F9")
        boss.keys("F9")
        boss.wait(r"✓ TD-R-")
        boss.keys("Escape")
        boss.wait("── Call list")
        boss.wait(r"\[Now 1\]")
        boss.gone(r"\n Anh ")

    def test_the_list_is_for_who_sees_alarms_and_has_any_size(self):
        self.owing()
        clerk = self.opens(language="en")
        clerk.keys("g", "w")
        clerk.wait("▲ not with your role")
        clerk.wait("── Customers")
        boss = self.opens("two", "clerk-two", "en", LC_ALL="C", LANG="C", NO_COLOR="1")
        boss.keys("g", "w")
        boss.wait(r"Anh +0900 +90,000")
        self.assertTrue(boss.text().isascii(), boss.text())
        for columns, rows in ((120, 36), (60, 18), (44, 12), (80, 24)):
            boss.resize(columns, rows)
            boss.wait(r"Anh +0900 +90,000")
            self.assertTrue(all(len(line) <= columns for line in boss.frame()))
        boss.keys("o")
        for columns, rows in ((44, 12), (120, 36), (80, 24)):
            boss.resize(columns, rows)
            boss.wait(r"1 Reached")
            boss.wait(r"F9\n")

    def test_the_list_in_persian_is_mirrored_but_no_phone_number(self):
        self.owing()
        self.does("customer", "edit", self.shop.anh, "--phone", "0903 112 233")
        boss = self.opens("two", "clerk-two", "fa")
        boss.keys("g", "w")
        boss.wait(r"۹۰٬۰۰۰ +0903 112 233 +Anh\n")
        boss.wait(r"── 0900 ─+ 王小明建材 · ")
        boss.keys("Down", "Enter")
        boss.wait(r"0903 112 233 ")


if __name__ == "__main__":
    screen.run(BINARIES)
