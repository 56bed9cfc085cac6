#!/usr/bin/python3
"""Matching in the terminal with the real programs, in tmux: money that waits goes to the bills that it is for, and what is
shown before is what the ledger says afterwards.

    test_matching.py BINARIES [TEST]
"""
import contextlib
import os
import re
import socket
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import screen

BINARIES = os.path.abspath(sys.argv.pop(1))

AMOUNT = r"[\d,]+"


def minor(text):
    return int(text.replace(",", ""))


class Line:
    """A line to the server on which what the server says can be held back."""

    def __init__(self, server):
        host, port = server.rsplit(":", 1)
        self.server = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.open = threading.Event()
        self.open.set()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.server)
                threading.Thread(target=self.carry, args=(near, far, False), daemon=True).start()
                threading.Thread(target=self.carry, args=(far, near, True), daemon=True).start()

    def carry(self, source, sink, held):
        with contextlib.suppress(OSError), source, sink:
            while data := source.recv(65536):
                if held:
                    self.open.wait()
                sink.sendall(data)

    @contextlib.contextmanager
    def held(self):
        self.open.clear()
        try:
            yield
        finally:
            self.open.set()

    def close(self):
        self.listener.close()


class Matching(screen.Case):
    """Three bills of one customer, and money of theirs that nobody has matched."""

    def setUp(self):
        super().setUp()
        self.ming = self.shop.customer("office", "王小明建材", 3000000)
        self.bills = [self.shop.sell("two", self.ming, pieces) for pieces in (300, 400, 500)]

    def unmatched(self, amount, customer=None):
        return self.shop.pay("two", customer or self.ming, amount, "--unmatched")

    def left(self):
        """What is open of their bills and of their money, as the ledger says it."""
        rows = self.shop.json("office", "customer", "bills", self.ming) + self.shop.json("office", "unmatched")
        return {row["number"]: int(row["open_minor"]) for row in rows if row.get("code", self.ming) == self.ming}

    def begins(self, name="one", person="clerk-one", language="en", **more):
        """At the list of money not yet matched."""
        found = self.opens(name, person, language, **more)
        found.keys("g", "m")
        return found

    def shown(self, at):
        """{number: (ticked, open, matched, left after)} of the rows of their money and their bills."""
        rows = re.findall(rf"^[> ]?\[(.)\] (\S+) .*? ({AMOUNT}) +({AMOUNT}|–) +(?:✓ )?({AMOUNT})$", at.text(), re.M)
        return {number: (tick == "x", minor(left), 0 if gets == "–" else minor(gets), minor(after))
                for tick, number, left, gets, after in rows}

    def test_two_receipts_go_to_three_bills_as_it_was_shown(self):
        first, second = self.unmatched(350000), self.unmatched(450000)
        one, two, three = self.bills
        clerk = self.begins()
        clerk.wait(r"── Matching · Not matched 800,000 ₫ ─+ 2 payments · oldest \d+ s ──")
        clerk.wait(rf"> +\d+ s 王小明建材 +Cash +350,000 no bill stands out")
        clerk.keys("Enter")
        clerk.wait(rf"\[x\] {first} +\d+ s +350,000")
        self.assertIn("Tick a bill first: Space, or o for the oldest", clerk.text())
        clerk.keys("F9")
        clerk.wait("▲ Tick a bill first")
        clerk.keys("Up", "Space")  # the other money of theirs
        clerk.wait(r"to match 800,000 ₫")
        clerk.keys("Down", "Space", "Down")
        clerk.wait(rf"\[x\] {one} .* 300,000 +300,000 +✓ 0")
        clerk.type("250k")
        clerk.keys("Enter", "Space")
        clerk.wait(r"After this · Left of the money 800,000 → 0")
        clerk.wait(r"Match 800,000 ₫ to 3 bills · F9")
        shown = self.shown(clerk)
        self.assertEqual(shown, {
            first: (True, 350000, 350000, 0), second: (True, 450000, 450000, 0), one: (True, 300000, 300000, 0),
            two: (True, 400000, 250000, 150000), three: (True, 500000, 250000, 250000)})
        before = self.left()
        self.assertEqual({number: row[1] for number, row in shown.items()}, before)
        clerk.keys("F9")
        clerk.wait(rf"✓ matched 800,000 ₫ [\d:]+ · Alt U Undo match \d+ · {first}, {second}")
        clerk.wait("All money is matched.")
        self.assertEqual(self.left(), {number: row[3] for number, row in shown.items() if row[3] > 0})
        pairs = self.shop.json("office", "document", "show", first)[-1]
        self.assertEqual(sum(int(touch["amount_minor"]) for touch in pairs["touches"]), 350000)

        clerk.keys("M-u")
        clerk.wait(r"✓ Match \d+ is undone: 800,000 ₫ is not matched again\.")
        clerk.wait(r"Not matched 800,000 ₫")
        self.assertEqual(self.left(), before)
        clerk.keys("M-u")
        clerk.wait("Nothing was matched here yet")
        self.assertEqual(self.left(), before)

    def test_a_suggestion_is_taken_with_one_key(self):
        money = self.unmatched(400000)
        clerk = self.begins()
        clerk.wait(rf"> +\d+ s 王小明建材 +Cash +400,000 amount of {self.bills[1]}")
        clerk.wait(rf"Why these: amount of {self.bills[1]}")
        clerk.wait(r"Match 400,000 ₫ to 1 bill · F9")
        clerk.keys("F9")
        clerk.wait(rf"✓ matched 400,000 ₫ .* · {money} → {self.bills[1]}")
        self.assertEqual(self.left(), {self.bills[0]: 300000, self.bills[2]: 500000})

    def test_more_than_there_is_cannot_be_written(self):
        self.unmatched(350000)
        clerk = self.begins()
        clerk.wait("350,000")
        clerk.keys("Enter")
        clerk.wait(rf"\[ \] {self.bills[0]}")
        before = self.left()
        clerk.keys("Down")
        clerk.type("360k")  # the bill has so much, the money has not
        clerk.wait(r"▲ That is more than is left of the money: 350,000 ₫")
        clerk.keys("Escape", "Up")
        clerk.wait(r"Tick a bill first")
        clerk.type("310k")  # the money has so much, the bill has not
        clerk.wait(r"▲ That is more than is open: 300,000 ₫ is open")
        clerk.keys("F9")
        clerk.wait(r"\n ▲ That is more than is (?:open|left of the money)[^▲]*\n F9")
        clerk.keys("Escape")  # as it was: not ticked
        clerk.wait(r"Tick a bill first")
        clerk.type("12x")
        clerk.keys("Enter")
        clerk.wait(r"\n ▲ .*\n F9")
        self.assertIn("12x", clerk.text())
        clerk.keys("C-u")
        clerk.type("50000")
        clerk.keys("Enter")
        clerk.wait(r"Left of the money 350,000 → 300,000")
        clerk.keys("F9")
        clerk.wait(r"✓ matched 50,000 ₫")
        clerk.wait(r"to match 300,000 ₫")  # what is left of it stays open
        self.assertEqual(self.left()[self.bills[0]], before[self.bills[0]] - 50000)

    def test_o_takes_the_oldest_until_the_money_is_spent(self):
        self.unmatched(650000)
        clerk = self.begins()
        clerk.wait("650,000")
        clerk.keys("o")
        clerk.wait(r"Match 650,000 ₫ to 2 bills · F9")
        clerk.wait(rf"\[x\] {self.bills[1]} .* 400,000 +350,000 +50,000")
        clerk.keys("F9")
        clerk.wait("✓ matched 650,000 ₫")
        self.assertEqual(self.left(), {self.bills[1]: 50000, self.bills[2]: 500000})

    # ---- others ----

    def test_somebody_else_is_first(self):
        money = self.unmatched(400000)
        clerk = self.begins()
        boss = self.begins("two", "clerk-two")
        for each in (clerk, boss):
            each.wait(r"Match 400,000 ₫ to 1 bill · F9")
        clerk.keys("Enter", "Space")
        clerk.wait(r"Match 400,000 ₫ to 2 bills · F9")
        boss.keys("F9")
        boss.wait(rf"✓ matched .* · {money} → ")
        after = self.left()
        clerk.wait(r"▲ clerk-two matched money of this customer \d+ s ago\.\s+Your ticks are kept below\.")
        clerk.wait(r"▲ That is more than is (?:open|left of the money)")
        self.assertNotIn(self.bills[1], self.shown(clerk))  # it is paid
        self.assertTrue(any(row[0] for row in self.shown(clerk).values()))
        clerk.keys("F9")
        clerk.wait(r"\n ▲ That is more than is (?:open|left of the money)[^▲]*\n F9")
        self.assertEqual(self.left(), after)
        boss.keys("u")
        boss.wait("is undone")
        clerk.wait(r"▲ clerk-two undid a match of this customer \d+ s ago\.\s+Your ticks are kept below\.")

    def test_a_match_on_old_figures_is_refused_and_the_ticks_are_kept(self):
        money = self.unmatched(400000)
        line = Line(self.shop.address)
        self.addCleanup(line.close)
        clerk = self.begins(TEFTER_SERVER=line.address)
        clerk.wait(r"Match 400,000 ₫ to 1 bill · F9")
        with line.held():  # nothing of what happens now comes here
            self.shop.tefter("two", "match", self.ming, f"{self.bills[0]}={money}:300000")
            clerk.keys("F9")
            clerk.wait(r"Sending … · F9")
        clerk.wait(r"▲ That is more than is left of the money: 100,000 ₫[^▲]*\n F9")
        clerk.wait(r"▲ clerk-two matched money of this customer \d+ s ago\.\s+Your ticks are kept below\.")
        clerk.wait(r"to match 100,000 ₫")
        clerk.wait(rf"\[x\] {self.bills[1]} .* 400,000 +100,000 +300,000")
        self.assertEqual(self.left(), {self.bills[1]: 400000, self.bills[2]: 500000, money: 100000})
        clerk.keys("F9")
        clerk.wait(rf"✓ matched 100,000 ₫ .* · {money} → {self.bills[1]}")

    # ---- nothing to do, no line ----

    def test_nothing_to_match_says_so(self):
        clerk = self.begins()
        clerk.wait("All money is matched.")
        clerk.keys("F9")
        clerk.wait("▲ All money is matched.")
        self.unmatched(70000, self.shop.anh)  # somebody who owes nothing
        clerk.wait(r"> +\d+ s Anh +Cash +70,000 no bill stands out")
        clerk.wait("No unpaid bills. The money stays in their favour, not yet matched.")
        clerk.keys("F9")
        clerk.wait("▲ Tick a bill first")

    def test_without_a_line_nothing_is_written_and_the_ticks_stay(self):
        self.unmatched(400000)
        clerk = self.begins()
        clerk.wait(r"Match 400,000 ₫ to 1 bill · F9")
        clerk.keys("Enter")
        clerk.wait(rf"\[x\] {self.bills[1]}")
        before = self.left()
        self.shop.server.kill()
        clerk.wait("○ NOT CONNECTED")
        clerk.wait(r"Matching needs the line. Your ticks are kept. · F9")
        clerk.keys("F9")
        clerk.wait(r"▲ Matching needs the line. Your ticks are kept.")
        self.assertIn(f"[x] {self.bills[1]}", clerk.text())
        self.shop.server.start(listen=self.shop.address)
        clerk.wait("● Live")
        clerk.wait(r"Match 400,000 ₫ to 1 bill · F9")
        self.assertEqual(self.left(), before)  # nothing was sent by itself

    # ---- whose money ----

    def test_money_of_one_customer_and_what_has_to_be_looked_at_first(self):
        self.shop.sell("two", self.shop.anh, 60)
        self.unmatched(70000, self.shop.anh)  # their only bill: somebody looks at it
        self.unmatched(400000)
        clerk = self.begins()
        clerk.wait(r"(?s)To look at · 1\n> +\d+ s Anh .* 70,000 their only bill.*\n Suggested · 1 · counts once taken\n +\d+ s 王小明")
        clerk.keys("n")
        clerk.wait(r"> +\d+ s 王小明")
        clerk.wait(rf"Why these: amount of {self.bills[1]}")
        clerk.keys("b")
        clerk.wait(r"> +\d+ s Anh")
        clerk.wait("Left of the money 70,000 → 10,000")
        clerk.keys("Escape")
        clerk.wait("── Customers")
        clerk.type("/Anh")
        clerk.wait("1 of 3")
        clerk.keys("Enter", "m")
        clerk.wait(r"── Matching · Anh · \S+ ─+ 1 payment · oldest")
        self.assertNotIn("王小明", clerk.text())
        clerk.keys("a")
        clerk.wait(r"2 payments")

    # ---- the terminal itself ----

    def test_any_size_no_colour_no_utf8(self):
        self.unmatched(400000)
        plain = self.begins(LC_ALL="C", LANG="C", NO_COLOR="1", TERM="vt100")
        plain.wait(r"Match 400,000 d to 1 bill - F9")
        self.assertTrue(plain.text().isascii(), plain.text())
        self.assertRegex(plain.text(), rf"\[x\] {self.bills[1]} .* 400,000 +400,000 +v 0")
        self.assertNotRegex(plain.painted(), r"\x1b\[(3[1-7]|9[0-7])m")
        for columns, rows in ((120, 36), (60, 20), (50, 16), (44, 10), (80, 24)):
            for keys in ("Enter", "Escape"):
                plain.resize(columns, rows)
                plain.wait(r"400,000")
                self.assertTrue(all(len(line) <= columns for line in plain.frame()))
                plain.keys(keys)
        plain.wait(r"Match 400,000 d to 1 bill - F9")

    def test_persian_is_mirrored(self):
        self.unmatched(400000)
        clerk = self.begins(language="fa")
        clerk.wait(rf"۴۰۰٬۰۰۰ +۴۰۰٬۰۰۰ .*{self.bills[1]} \[x\]")
        row = next(line for line in clerk.frame() if self.bills[1] in line and "[x]" in line)
        self.assertRegex(row, rf"۰ ✓ +۴۰۰٬۰۰۰ +۴۰۰٬۰۰۰ .*{self.bills[1]} \[x\]$|✓ ۰ +۴۰۰٬۰۰۰ +۴۰۰٬۰۰۰ .*{self.bills[1]} \[x\]$")
        clerk.keys("F9")
        clerk.wait("✓")
        self.assertNotIn(self.bills[1], self.left())


if __name__ == "__main__":
    screen.run(BINARIES)
