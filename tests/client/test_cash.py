#!/usr/bin/python3
"""A day at the till with the real programs: what is typed, and what the clerk then sees.

    test_cash.py BINARIES
"""
import fcntl
import concurrent.futures
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "restore"))
import shop

BINARIES = sys.argv.pop(1)
ANN = ("ann", "ann has a long password")


class Cash(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-cash-")
        self.shop = shop.Shop(BINARIES, self.folder, f"127.0.0.1:{shop.free_port()}")
        code = self.shop.server.init(currency="EUR")
        self.shop.server.start(listen=self.shop.address)
        self.does("enrol", self.shop.address, code)
        self.shop.login("office", shop.server.OWNER)
        self.does("till", "add", "HQ", "drawer")
        self.does("account", "add", "Main", "IE12")
        self.does("device", "add", "HQ", "POS 1", "--account", "Main")
        self.does("product", "add", "BREAD", "Bread", "--price", "2.50")
        self.does("product", "add", "ODD", "Odd", "--price", "1.03")
        self.does("customer", "add", "Fenwick", "--code", "FEN", "--phone", "1", "--area", "x")
        self.does("customer", "limit", "FEN", "100")
        self.does("staff", "add", ANN[0], "--role", "sales")
        self.shop.tefter("office", "password", "--of", ANN[0], given=ANN[1] + "\n")

    def tearDown(self):
        self.shop.close()
        shutil.rmtree(self.folder)

    def does(self, *words, code=0):
        said = self.shop.tefter("office", *words, code=code)
        return said.stdout + said.stderr

    def as_ann(self):
        self.shop.login("office", ANN)

    def as_owner(self):
        self.shop.login("office", shop.server.OWNER)

    def in_coins(self):
        self.does("cash", "policy", "--unit", "0.05", "--round-off", "0.50", "--round-off-day", "2")

    def test_all_cash_is_in_coins_and_what_is_advised_can_be_done(self):
        self.in_coins()
        said = self.does("sell", "FEN", "ODD=40", "--paid", "cash:10.01@drawer", code=1)
        self.assertIn("Say 10.00 € or 10.05 €", said)
        self.assertIn("Say 12.30 € or 12.35 €", self.does("till", "out", "drawer", "12.34", "--reason", "x", code=1))
        self.does("sell", "FEN", "ODD=1")
        said = self.does("pay", "FEN", "1.03")
        for words in ("1.05 € taken", "Rounded up 0.02 €", "Owes 0.00 €"):
            self.assertIn(words, said)
        self.does("product", "add", "FREE", "Free", "--price", "0")
        self.assertIn("0.00 €, paid", self.does("sell", "cash", "FREE=1", "--paid", "cash@drawer"))

    def test_what_was_rounded_off_goes_with_the_bill(self):
        self.in_coins()
        bill = self.does("sell", "FEN", "BREAD=16", "ODD=2").split()[0]
        self.assertIn("Rounded off 0.06 €", self.does("pay", "FEN", "42", "--cash", "drawer", "--round-off"))
        self.assertIn("42.00 €, rounded off 0.06 €", self.does("document", "show", "HQ-R-00001"))
        said = self.does("reverse", bill)
        for words in ("What was rounded off goes with it: 0.06 €", "42.00 of it is free now"):
            self.assertIn(words, said)
        self.does("refund", "FEN", "20", "--reason", "x")
        said = self.does("refund", "FEN", "22", "--reason", "x")
        self.assertIn("Owes 0.00 €", said)
        self.does("refund", "FEN", "0.05", "--reason", "x", code=1)

    def test_money_that_is_less_than_the_bill_is_what_is_short(self):
        bill = self.does("sell", "FEN", "BREAD=4").split()[0]
        said = self.does("pay", "FEN", "5", "--bill", f"{bill}=9", code=1)
        self.assertIn("more than is left of the money: 5.00 €", said)

    def test_money_that_is_moved_says_from_where_and_to_where(self):
        self.does("sell", "cash", "BREAD=40")
        said = self.does("money", "move", "drawer", "Main", "50", "--reference", "SLIP-77")
        self.assertIn("moved from drawer to Main", said)
        number = said.split()[0]
        self.assertIn("50.00 € from drawer to Main", self.does("document", "show", number))
        self.assertIn(number, self.does("search", "SLIP-77"))
        self.does("till", "in", "drawer", "20", "--reason", "float")
        said = self.does("documents", "--kind", "money-move")
        self.assertIn("20.00 into tills, 50.00 out of tills", said)
        self.does("till", "add", "HQ", "second")
        self.does("money", "move", "drawer", "second", "3")
        said = self.does("documents", "--kind", "money-move", "--rows", "1")
        self.assertIn("Shown: 1 money move, 0.00 into tills, 0.00 out of tills, 3.00 between tills", said)
        self.assertIn("In all: 3 money moves, 20.00 into tills, 50.00 out of tills, 3.00 between tills", said)
        said = self.does("reverse", number, "--reason", "x")
        self.assertIn("50.00 € went back from Main to drawer", said)
        self.assertNotIn("credit", said)

    def test_money_that_nobody_confirmed_is_called_so_everywhere(self):
        number = self.does("pay", "FEN", "7", "--slip", "Main", "--reference", "S-1", "--payer", "Fay").split()[0]
        for words in (["documents"], ["document", "show", number], ["search", number]):
            self.assertIn("not confirmed", self.does(*words), words)
        self.assertIn("money not confirmed", self.does("trial-balance"))

    def test_who_has_no_limit_has_none_in_any_column(self):
        row = next(line for line in self.does("customer", "list").splitlines() if line.startswith("CASH"))
        self.assertEqual(row.split()[-4:], ["no", "limit", "no", "limit"])

    def test_a_code_that_looks_like_an_option_is_named_behind_two_dashes(self):
        for at, code in enumerate(("--help", "-x", "..")):
            self.does("customer", "add", f"Dash {at}", f"--code={code}", "--phone", str(70 + at), "--area", "x", "--no-look")
            self.assertIn(f"Dash {at}", self.does("customer", "show", "--", code))

    def test_lists_hold_in_a_terminal_that_does_not_say_how_wide_it_is(self):
        self.does("customer", "limit", "FEN", "10", "--policy", "approve")
        self.does("sell", "FEN", "BREAD=1")
        self.does("sell", "FEN", "BREAD=40", "--ask=" + "they fetch it tomorrow " * 8)
        for words in (["approval", "list"], ["documents"], ["customer", "list"]):
            said = self.at_a_terminal(*words)
            self.assertLessEqual(max(len(line) for line in said.splitlines()), 80, said)

    def at_a_terminal(self, *words):
        mine, its = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        run = subprocess.Popen([os.path.join(BINARIES, "tefter"), "--profile", self.shop.profile("office"), *words],
                               stdin=subprocess.DEVNULL, stdout=its, env={**environment, "LC_ALL": "C.UTF-8"})
        os.close(its)
        said = b""
        try:
            while more := os.read(mine, 65536):
                said += more
        except OSError:  # the other end is closed, and all is read
            pass
        os.close(mine)
        self.assertEqual(run.wait(), 0, said)
        return said.decode()

    def test_what_if_asks_what_the_sale_asks(self):
        self.as_ann()
        self.assertIn("paid at once", self.does("sell", "cash", "BREAD=1", "--unpaid", "--what-if", code=1))
        self.assertIn("allowed, paid so", self.does("sell", "cash", "BREAD=1", "--what-if"))

    def caught(self, amount):
        """A payment that is written down, and goes no further."""
        outbox = os.path.join(self.shop.profile("office"), "outbox")
        before = os.path.getsize(outbox)
        process = self.shop.begin("office", "pay", "FEN", amount)
        while process.poll() is None and os.path.getsize(outbox) <= before:
            pass
        process.send_signal(signal.SIGSTOP)
        with open(os.path.join(self.shop.profile("office"), "lock"), "rb") as lock:
            while not self.is_free(lock):  # it would keep everybody else out
                process.send_signal(signal.SIGCONT)
                time.sleep(0.0005)
                process.send_signal(signal.SIGSTOP)
        return process

    @staticmethod
    def is_free(lock):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        fcntl.flock(lock, fcntl.LOCK_UN)
        return True

    def test_what_got_no_answer_is_not_booked_twice(self):
        self.does("sell", "FEN", "BREAD=30")
        for amount in range(1, 40):
            process = self.caught(f"{amount}.10")
            other = self.does("pay", "FEN", "0.01")
            process.kill()
            process.wait()
            said = self.does("pay", "FEN", f"{amount}.10")
            if "another time" in said:
                break
        self.assertNotIn("without an answer", other)  # it was under way still
        self.assertIn(f"take payment, {amount}.10 € of FEN Fenwick): it was done: HQ-R-", said)
        self.assertIn(f"{amount}.10 € taken", said)
        rows = self.does("documents", "--kind", "payment", "--amount", f"{amount}.10")
        self.assertIn("1 payment ", rows)
        self.assertNotIn("without an answer", self.does("pay", "FEN", "0.01"))

    def test_windows_that_sell_the_same_at_once_each_book_their_own(self):
        def sells(_):
            return self.shop.tefter("office", "sell", "FEN", "BREAD=1")
        with concurrent.futures.ThreadPoolExecutor(3) as windows:
            said = [each.stdout + each.stderr for each in windows.map(sells, range(24))]
        self.assertEqual([each for each in said if "another time" in each], [])
        self.assertIn("24 invoices", self.does("documents", "--kind", "invoice", "--customer", "FEN", "--all"))

    def test_the_same_is_booked_again_when_that_is_said(self):
        self.does("sell", "FEN", "BREAD=30")
        for amount in range(1, 40):
            process = self.caught(f"{amount}.10")
            process.kill()
            process.wait()
            said = self.does("pay", "FEN", f"{amount}.10", "--again")
            if "without an answer" in said:
                break
        self.assertNotIn("another time", said)
        self.assertIn("2 payments ", self.does("documents", "--kind", "payment", "--amount", f"{amount}.10"))

    def test_a_clerk_sells_for_cash_in_one_command_and_sees_the_change(self):
        self.as_ann()
        said = self.does("sell", "cash", "BREAD=4", "--paid", "cash:20")
        for words in ("10.00 €, paid", "of 20.00 € handed over", "Change 10.00 €"):
            self.assertIn(words, said)
        self.assertIn("10.00 €, paid", self.does("sell", "cash", "BREAD=4"))
        said = self.does("sell", "cash", "BREAD=4", "--paid", "pos:3#8841", "--paid", "cash:20@drawer")
        self.assertIn("pos 3.00 €", said)
        self.assertIn("Change 13.00 €", said)
        said = self.does("sell", "cash", "BREAD=4", "--unpaid", code=1)
        self.assertIn("10.00 € would stay open", said)
        self.assertIn("--paid cash:AMOUNT", said)
        self.assertIn("4.00 € would stay open", self.does("sell", "cash", "BREAD=4", "--paid", "cash:6", code=1))
        self.assertIn("total 10.00 €", self.does("sell", "cash", "BREAD=4", "--what-if"))

    def test_cash_is_rounded_and_a_little_is_rounded_off(self):
        self.does("cash", "policy", "--unit", "0.05", "--round-off", "0.10")
        self.assertIn("0.05", self.does("cash", "policy"))
        said = self.does("sell", "cash", "ODD=1", "--paid", "cash:5")
        self.assertIn("Rounded up by 0.02 €", said)
        self.assertIn("Change 3.95 €", said)
        said = self.does("sell", "cash", "ODD=1")
        bill, receipt = said.split()[0], next(x for x in said.split() if "-R-" in x)
        self.does("reverse", bill)
        self.assertIn("1.05 € paid out",
                      self.does("refund", "cash", "--of", receipt, "--reason", "brought back"))
        self.does("sell", "FEN", "BREAD=40")
        self.assertIn("short of the bills, by 0.15 €", self.does("pay", "FEN", "99.85", "--round-off", code=1))
        said = self.does("pay", "FEN", "99.92", "--round-off", code=1)
        self.assertIn("cash goes by 0.05 €. Say 99.90 € or 99.95 €", said)
        said = self.does("pay", "FEN", "99.90", "--round-off")
        self.assertIn("99.90 € taken. Rounded off 0.10 €", said)
        self.assertIn("Owes 0.00 €", said)

    def test_money_leaves_the_till_for_the_bank_and_back_to_a_customer(self):
        self.does("pay", "FEN", "80")
        self.assertIn("not so much in it, by the books: in drawer",
                      self.does("money", "move", "drawer", "Main", "500", code=1))
        self.assertIn("in drawer", self.does("till", "out", "drawer", "500", "--reason", "x", code=1))
        said = self.does("money", "move", "drawer", "Main", "30", "--reference", "8841")
        number = said.split()[0]
        self.assertTrue(said.rstrip().endswith(f"when it is there: tefter money arrived {number}"), said)
        said = self.does("money", "move", "drawer", "Main", "1", "--arrived", code=4)
        self.assertIn("You bring this money yourself", said)
        said = self.does("money", "arrived", number, code=4)
        self.assertIn("You booked this money yourself", said)
        self.assertIn("tefter cash policy --own-confirm-any", said)
        self.does("cash", "policy", "--own-confirm-any")
        self.assertIn("confirms of their own any sum", self.does("cash", "policy"))
        said = self.does("money", "move", "drawer", "Main", "1", "--arrived")
        self.assertIn("1.00 € moved from drawer to Main.", said)
        self.assertNotIn("on its way", said)
        self.does("till", "in", "drawer", "1", "--reason", "change")
        self.does("branch", "add", "AL", "Alley")
        self.does("till", "add", "AL", "alley drawer")
        self.assertIn("only there they can say that it arrived",
                      self.does("money", "move", "drawer", "alley drawer", "1", "--arrived", code=2))
        self.assertIn("30.00", self.does("money", "list"))
        self.assertIn("arrived", self.does("money", "arrived", number))
        self.assertIn("50.00 € paid out", self.does("refund", "FEN", "50", "--reason", "paid twice"))
        self.assertIn("30.00", self.does("refund", "FEN", "31", "--transfer", "Main", "--reason", "x", code=1))
        self.does("device", "retire", "POS 1")
        self.does("account", "retire", "Main", code=1)
        self.assertIn("the books balance", self.does("trial-balance"))

    def test_a_tills_day_is_opened_counted_blind_and_closed(self):
        self.as_ann()
        self.assertIn("drawer is open", self.does("till", "open", "drawer", "0"))
        self.does("sell", "cash", "BREAD=4")
        self.does("sell", "cash", "BREAD=2", "--paid", "pos#1")
        self.assertNotIn("10.00", self.does("till", "slip", "drawer").replace("Card", ""))
        self.assertIn("Nobody has counted", self.does("till", "close", "drawer", code=1))
        said = self.does("till", "count", "drawer", "9.50")
        self.assertIn("by the books 10.00 €", said)
        self.assertIn("0.50 € too little", said)
        self.assertTrue(said.rstrip().endswith("Close it: tefter till close drawer"), said)
        self.assertIn("--again", self.does("till", "count", "drawer", "10", code=5))
        self.does("sell", "cash", "BREAD=1")
        self.assertIn("Count it again: tefter till count drawer AMOUNT --again",
                      self.does("till", "close", "drawer", "--reason", "wrong change", code=1))
        self.assertIn("by the books 12.50 €", self.does("till", "count", "drawer", "12", "--again"))
        self.assertIn("There is 0.50 € less in the till than the books say. Count it once more",
                      self.does("till", "close", "drawer", code=2))
        self.assertIn("Too little: 0.50 €", self.does("till", "close", "drawer", "--reason", "wrong change"))
        said = self.does("till", "slip", "drawer")
        for words in ("taken", "by the books", "difference", "wrong change", "Card device POS 1: 1 payment, 5.00"):
            self.assertIn(words, said)
        self.assertIn("not open", self.does("sell", "cash", "BREAD=1", code=1))
        self.assertIn("wrong change", self.does("till", "days", "drawer"))
        for lies in ("11", "13.25"):  # who opens it is not told what should be there
            said = self.does("till", "open", "drawer", lies, code=2)
            self.assertIn("By the books something else should be in the till", said)
            self.assertNotIn("1.", said)
            self.assertIn("--reason TEXT", said)
        said = self.does("till", "out", "drawer", "1", "--reason", "milk", code=1)
        self.assertIn("not open", said)
        said = self.does("till", "open", "drawer", "11", "--reason", "it lacked overnight")
        self.assertIn("1.00 € less than the books said", said)
        said = self.does("till", "slip", "drawer")
        self.assertRegex(said, "opening difference +shown once the till is counted")
        self.assertNotIn("1.00", said.replace("11.00", ""))
        self.assertIn("it lacked overnight", said)
        self.assertIn("it lacked overnight", self.does("till", "days", "drawer"))
        said = self.does("till", "out", "drawer", "1", "--reason", "milk", code=4)
        self.assertIn("takes too much out of tills: 2.50", said)  # what was missing counts
        self.assertIn("Who may: accountant, manager or owner", said)
        self.as_owner()
        self.assertRegex(self.does("till", "slip", "drawer").replace("\u2212", "-"), "opening difference +-1.00")
        said = self.does("trial-balance")
        self.assertIn("cash difference", said)
        self.assertIn("the books balance", said)
        said = self.does("alarms")
        self.assertIn("TILL OFF BY", said)
        self.assertNotIn("CASH OUT", said)

    def test_a_first_float_is_no_difference_and_a_till_is_closed_to_the_bank(self):
        self.as_ann()
        self.assertNotIn("noted as", self.does("till", "open", "drawer", "50"))
        self.does("sell", "cash", "BREAD=4")
        for less in (("-30",), ("--", "-30")):
            said = self.does("till", "count", "drawer", *less, code=2)
            self.assertNotIn("by the books", said)
        self.does("till", "count", "drawer", "60")
        said = self.does("till", "close", "drawer", "--bank", "Main", code=2)
        self.assertIn("--bank goes with --to-bank AMOUNT", said)
        self.assertIn("drawer", self.does("till", "close", "drawer", "--to-bank", "61", "--bank", "Main", code=1))
        said = self.does("till", "close", "drawer", "--to-bank", "10")
        number = re.search(r"On its way to the bank: (HQ-M-\d+); when it is there: tefter money arrived \1", said)[1]
        self.assertIn("10.00", self.does("till", "slip", "drawer").split("to the bank")[1])
        self.assertIn("drawer is open", self.does("till", "open", "drawer", "50"))
        self.as_owner()
        self.does("money", "arrived", number)
        said = self.does("trial-balance")
        self.assertRegex(said, r"opening balances +drawer +HQ +[-\u2212]50\.00")
        self.assertNotIn("cash difference", said)
        self.assertNotIn("drawer", self.does("alarms"))

    def test_a_list_does_not_add_up_cash_before_the_count(self):
        self.as_ann()
        self.does("till", "open", "drawer", "0")
        self.does("sell", "cash", "BREAD=4")
        self.does("sell", "cash", "BREAD=2")
        self.does("sell", "cash", "BREAD=3", "--paid", "pos#1")
        for words in ((), ("--kind", "payment"), ("--kind", "payment", "--paid", "cash"), ("--kind", "invoice"),
                      ("--by", "ann", "--rows", "2")):
            said = self.does("documents", *words)
            self.assertIn("What has cash in it is added up when the till is counted.", said)
            for sum_of in ("15.00", "22.50"):
                self.assertNotIn(sum_of, said)
        self.assertIn("5.00", self.does("documents", "--kind", "payment"))  # one by one they are seen
        self.assertIn("7.50, open", self.does("documents", "--kind", "payment", "--paid", "pos"))
        self.as_owner()
        self.assertIn("22.50, open", self.does("documents", "--kind", "payment"))
        self.as_ann()
        self.does("till", "count", "drawer", "15")
        self.assertIn("15.00, open", self.does("documents", "--kind", "payment", "--paid", "cash"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
