#!/usr/bin/python3
"""A sale over the limit at the counter: parked, seen by who decides, decided, sold; every line is typed.

    test_approvals.py BINARIES
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
import server

BINARIES = ""
DONE, REFUSED, USE, NO_SERVER, NOT_ALLOWED, CONFLICT = range(6)
PASSWORD = "seven pears and a pot"
ROUNDS = 8


class Approvals(unittest.TestCase):
    """maria owns it, hoa controls at the office; ann and bob sell at West Harbour, cho in town."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-approvals-")
        cls.server = server.Server(BINARIES, cls.folder)
        said = cls.server.run("init", "--company", "Harbour", "--currency", "EUR", "--admin", "maria",
                              "--password-stdin", given=PASSWORD + "\n")
        cls.server.start()
        cls.enter("maria", said.stdout + said.stderr)
        for code, name in (("WH", "West Harbour"), ("TD", "Town")):
            cls.typed("maria", "branch", "add", code, name)
            cls.typed("maria", "till", "add", code, "drawer")
        for who, role, branch in (("hoa", "controller", "HQ"), ("ann", "sales", "WH"), ("bob", "sales", "WH"),
                                  ("cho", "sales", "TD")):
            cls.typed("maria", "staff", "add", who, "--role", role)
            cls.typed("maria", "password", "--of", who, given=PASSWORD + "\n")
            cls.enter(who, cls.typed("maria", "terminal", "add", branch, f"of {who}"))
        cls.typed("maria", "product", "add", "CEM40", "Cement, 40 kg", "--price", "8.50", "--unit", "bag")
        cls.typed("maria", "product", "add", "OAK22", "Oak board 22 mm", "--price", "34.20", "--unit", "m")
        cls.customers = 0

    @classmethod
    def tearDownClass(cls):
        cls.server.end_well()
        shutil.rmtree(cls.folder)

    @classmethod
    def enter(cls, who, code):
        cls.typed(who, "enrol", cls.server.address, server.CODE.search(code).group())
        cls.typed(who, "login", who, given=PASSWORD + "\n")

    @classmethod
    def line(cls, who, *words):
        return [os.path.join(BINARIES, "tefter"), "--profile", os.path.join(cls.folder, who), *words]

    @classmethod
    def typed(cls, who, *words, code=DONE, given=None, told=()):
        said = subprocess.run(cls.line(who, *words), input=given, text=True, capture_output=True, timeout=60,
                              check=False)
        text = said.stdout + said.stderr
        missing = [word for word in told if word not in text]
        assert said.returncode == code and not missing, (
            f"{who} $ tefter {' '.join(words)}\n{text}\nexit {said.returncode}, not {code}; not told: {missing}")
        return text

    def setUp(self):
        """A customer of 1,000.00 whose sales beyond want an approval."""
        type(self).customers += 1
        self.who = f"F{self.customers}"
        self.typed("maria", "customer", "add", f"Fenwick {self.customers}", "--code", self.who, "--phone",
                   f"020 {self.customers:07}", "--area", "x", "--no-look")
        self.typed("maria", "customer", "limit", self.who, "1000", "--policy", "approve")

    def parked(self, *lines, at="ann"):
        """Its number."""
        said = self.typed(at, "sell", self.who, *(lines or ("CEM40=200",)), "--ask=pays on Friday")
        return re.search(r"Approval (\d+) is asked for", said).group(1)

    # ---- the way of a sale ----

    def test_the_refused_sale_says_how_to_park_it_and_one_press_completes_it(self):
        self.typed("ann", "sell", self.who, "CEM40=200", "OAK22=2-5%", code=REFUSED,
                   told=["Over the limit by 764.98 €", "ask controller, manager or owner", "--ask"])
        number = self.parked("CEM40=200", "OAK22=2-5%")
        self.typed("ann", "approval", "sell", number, code=CONFLICT,
                   told=[f"Approval {number} still waits for its answer"])
        self.typed("maria", "product", "edit", "CEM40", "--price", "9")
        self.typed("hoa", "approval", "grant", number)
        said = self.typed("bob", "approval", "sell", number, told=["WH-", "1,764.98 €", "it was approved"])
        self.typed("maria", "product", "edit", "CEM40", "--price", "8.50")
        paper = re.search(r"WH-\d{5}", said).group()
        self.typed("ann", "approval", "sell", number, code=CONFLICT,
                   told=[f"Approval {number} was used already: it became {paper}, sold by bob."])
        self.typed("hoa", "approval", "show", number, told=[f"became     {paper}, sold by bob"])

    def test_who_decides_sees_names_goods_and_figures(self):
        self.typed("ann", "sell", self.who, "CEM40=10")
        number = self.parked("CEM40=200")
        listed = self.typed("hoa", "approval", "list", "--waiting",
                            told=[f"{self.who} Fenwick", "200 × Cement, 40 kg", "1,700.00", "85.00", "915.00", "785.00",
                                  "ann", "WH", "pays on Friday"])
        self.assertNotIn("#", listed)
        self.typed("hoa", "approval", "show", number,
                   told=[f"{self.who} Fenwick", "by ann at WH", "1,700.00 €, over the limit by 785.00",
                         "owed 85.00, available 915.00", "CEM40", "8.50", f"approval grant {number}"])
        self.typed("ann", "pay", self.who, "85")
        self.typed("hoa", "approval", "show", number, told=["owed 85.00", "owes 0.00, available 1,000.00"])

    def test_watching_says_who_wants_what_and_what_became_of_it(self):
        with subprocess.Popen(self.line("hoa", "watch", "--approvals", "--sets", "4", "--for", "60"), text=True,
                              stdout=subprocess.PIPE) as watch:
            while "Live" not in watch.stdout.readline():
                pass
            number = self.parked()
            self.typed("hoa", "approval", "grant", number, "--up-to", "1600", "--reason", "no more")
            self.typed("ann", "pay", self.who, "100")
            self.typed("bob", "approval", "sell", number)
            other = self.parked()
            told = watch.communicate(timeout=60)[0]
        for words in (f"approval {number} waiting", f"{self.who} Fenwick", "1,700.00, over by 700.00",
                      "200 × Cement, 40 kg", "asked by ann at WH: pays on Friday",
                      f"approval {number} granted, up to 1,600.00 only by hoa: no more",
                      f"approval {number} spent", "by bob", "it became WH-", f"approval {other} waiting"):
            self.assertIn(words, told)

    # ---- what does not serve ----

    def test_other_goods_branch_customer_and_amount_are_told_apart(self):
        number = self.parked("CEM40=200")
        self.typed("hoa", "approval", "grant", number)
        for line in (("CEM40=201",), ("OAK22=49",), ("CEM40=200", "OAK22=1"), ("CEM40=200@8.60",), ("CEM40=200-1%",)):
            self.typed("ann", "sell", self.who, *line, "--approval", number, code=CONFLICT,
                       told=[f"Approval {number} is for other goods: 200 × Cement, 40 kg",
                             f"tefter approval sell {number}"])
        self.typed("cho", "approval", "sell", number, code=CONFLICT, told=["at another branch, WH"])
        self.typed("cho", "sell", self.who, "CEM40=200", "--approval", number, code=CONFLICT, told=["another branch"])
        was, number_of_was = self.who, number
        self.setUp()
        self.typed("ann", "sell", self.who, "CEM40=200", "--approval", number_of_was, code=CONFLICT,
                   told=["is for another customer", f"tefter approval show {number_of_was}"])
        self.typed("ann", "sell", was, "CEM40=200", "--approval", number_of_was, told=["1,700.00"])  # typed anew
        self.typed("ann", "sell", self.who, "CEM40=1", "--approval", "99999", code=REFUSED, told=["Not found"])

    def test_refused_says_by_whom_and_why(self):
        number = self.parked()
        self.typed("hoa", "approval", "refuse", number, "--reason", "the cheque bounced")
        for words in (("approval", "sell", number), ("sell", self.who, "CEM40=200", "--approval", number)):
            self.typed("ann", *words, code=CONFLICT,
                       told=[f"Approval {number} was refused by hoa: the cheque bounced."])

    def test_less_is_granted_pay_first_or_take_a_part(self):
        number = self.parked("CEM40=100", "OAK22=30")  # 850.00 + 1,026.00
        self.typed("hoa", "approval", "grant", number, "--up-to", "1500", "--reason", "a part only")
        self.typed("ann", "approval", "list", told=["1,876.00", "1,500.00"])
        said = self.typed("ann", "approval", "sell", number, code=CONFLICT,
                          told=["up to 1,500.00 €, this sale is 1,876.00", "hoa says: a part only",
                                "Pay 376.00 now, or take goods up to 1,500.00", "This part fits:"])
        part = re.search(r"This part fits: tefter (approval sell .*)", said).group(1).split()
        self.assertEqual(["approval", "sell", number, "1", "2=19"], part)
        self.typed("ann", "approval", "sell", number, "3", code=USE, told=["from 1 to 2"])
        self.typed("ann", "approval", "sell", number, "1=101", code=CONFLICT, told=["other goods"])
        self.typed("ann", *part, "--what-if", told=["total 1,499.80 €", "approved"])
        other = self.parked("CEM40=100", "OAK22=30", at="bob")
        self.typed("ann", *part, told=["1,499.80 €"])  # a hint holds
        self.typed("hoa", "approval", "grant", other, "--up-to", "1000")
        said = self.typed("bob", "approval", "sell", other, code=CONFLICT)
        pay = re.search(r"Pay ([\d,.]+) now", said).group(1)
        self.typed("bob", "pay", self.who, pay)
        self.typed("bob", "approval", "sell", other, told=["1,876.00 €"])  # so does the other

    def test_a_part_says_what_is_left_and_how_to_ask_for_it(self):
        number = self.parked("CEM40=200", "OAK22=10")  # 1,700.00 + 342.00
        self.typed("hoa", "approval", "grant", number)
        said = self.typed("ann", "approval", "sell", number, "1=150",
                          told=["50 × Cement, 40 kg, 10 × Oak board 22 mm", f"Approval {number} is used"])
        rest = re.search(r"ask anew: tefter (sell .*)", said).group(1).split()
        self.assertEqual(["sell", self.who, "CEM40=50", "OAK22=10", "--ask"], rest)
        said = self.typed("ann", *rest, told=["is asked for"])  # a hint holds
        number = re.search(r"Approval (\d+) is asked for", said).group(1)
        self.typed("hoa", "approval", "grant", number)
        self.assertNotIn("Left of", self.typed("ann", "approval", "sell", number))

    def test_what_is_left_at_a_price_of_its_own_is_named_without_a_line_that_would_not_hold(self):
        number = self.parked("CEM40=200@9")
        self.typed("hoa", "approval", "grant", number)
        self.typed("ann", "approval", "sell", number, "1=150",
                   told=["Left of what was parked: 50 × Cement, 40 kg.", f"tefter sell {self.who} LINE… --ask"])

    def test_all_lines_named_one_by_one_leave_nothing(self):
        number = self.parked("CEM40=200", "OAK22=10")
        self.typed("hoa", "approval", "grant", number)
        self.assertNotIn("Left of", self.typed("ann", "approval", "sell", number, "1", "2"))

    # ---- paid in part ----

    def test_what_is_paid_at_once_is_not_parked_nor_guessed_at(self):
        for paid in ("cash:700", "cash"):
            self.typed("ann", "sell", self.who, "CEM40=200", "--paid", paid, "--ask", code=USE,
                       told=["a parked sale takes no money", "without --paid", "tefter pay"])
        self.assertNotIn(self.who, self.typed("hoa", "approval", "list"))

    def test_what_if_judges_a_sale_with_what_is_paid(self):
        sale = ("sell", self.who, "CEM40=200", "--what-if", "--paid")
        self.typed("ann", *sale, "cash:700", told=["total 1,700.00 €", "the unpaid rest 1,000.00", "allowed, paid so"])
        self.assertNotIn("rest", self.typed("ann", *sale, "cash", told=["allowed, paid so"]))
        self.typed("ann", *sale, "cash:400", code=REFUSED, told=["the unpaid rest 1,300.00", "Over the limit by 300.00"])
        self.typed("ann", "sell", self.who, "CEM40=200", "--paid", "cash:700", told=["1,700.00 €"])

    def test_a_sale_paid_in_part_and_over_the_limit_says_its_total_and_how_to_park_it(self):
        said = self.typed("ann", "sell", self.who, "CEM40=200", "--paid", "cash:400", code=REFUSED,
                          told=["Over the limit by 300.00", "The whole sale is 1,700.00 €",
                                "1,000.00 is available, the unpaid rest of this sale is 1,300.00",
                                "take goods up to 1,400.00", "1,300.00 € would stay open", "--ask", "tefter pay"])
        self.assertIn("Take more with it", said)
        self.typed("ann", "pay", self.who, "400")
        number = self.parked("CEM40=200")  # as it is advised
        self.typed("hoa", "approval", "grant", number)
        self.typed("ann", "approval", "sell", number, told=["1,700.00 €"])
        self.typed("ann", "customer", "show", self.who, told=["1,300.00"])

    def test_the_total_is_told_of_a_sale_that_no_approval_helps_and_there_is_no_way_to_park_it(self):
        self.typed("maria", "customer", "limit", self.who, "1000", "--policy", "block")
        said = self.typed("ann", "sell", self.who, "CEM40=200", "--paid", "cash:400", code=REFUSED,
                          told=["The whole sale is 1,700.00 €", "1,300.00 € would stay open"])
        self.assertNotIn("--ask", said)

    # ---- what is not parked, who may not grant ----

    def test_what_needs_no_approval_or_is_helped_by_none_is_said_at_once(self):
        self.typed("ann", "sell", self.who, "CEM40=1", "--ask", code=REFUSED,
                   told=["within the limit: 1,000.00 is available, this sale is 8.50", "no approval is needed, sell it"])
        self.typed("ann", "approval", "ask", self.who, "10", code=REFUSED, told=["no approval is needed, sell it"])
        self.typed("maria", "customer", "limit", self.who, "--policy", "warn")
        self.typed("ann", "sell", self.who, "CEM40=200", "--ask", code=REFUSED, told=["only warns", "sell it"])
        self.typed("maria", "customer", "limit", self.who, "--policy", "block")
        self.typed("ann", "sell", self.who, "CEM40=200", "--ask", code=REFUSED, told=["Over the limit by 700.00"])
        self.typed("maria", "customer", "lock", self.who, "--reason", "moved away")
        self.typed("ann", "sell", self.who, "CEM40=200", "--ask", code=REFUSED, told=["is locked: moved away"])
        self.typed("hoa", "approval", "list", "--waiting", "--quiet")
        self.assertNotIn(self.who, self.typed("hoa", "approval", "list"))

    def test_who_asked_does_not_grant_it_until_the_company_says_so(self):
        self.typed("maria", "policy", "show", told=["own approvals by       nobody"])
        number = self.parked(at="hoa")
        self.typed("hoa", "approval", "grant", number, code=NOT_ALLOWED,
                   told=["somebody else has to grant it", "controller, manager or owner"])
        self.typed("hoa", "policy", "set", "--own-approval", "anybody", code=NOT_ALLOWED)
        self.typed("maria", "policy", "set", "--own-approval", "anybody", told=["own approvals by"])
        self.typed("hoa", "approval", "grant", number)
        self.typed("maria", "policy", "set", "--own-approval", "nobody")

    # ---- at the same time ----

    def at_once(self, *lines):
        """(exit code, what was said) of each."""
        runs = [subprocess.Popen(self.line(*words), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                for words in lines]
        said = [run.communicate(timeout=60)[0] for run in runs]
        return [(run.returncode, text) for run, text in zip(runs, said)]

    def test_of_two_who_decide_at_once_one_wins_and_the_other_hears_who(self):
        for _ in range(ROUNDS):
            number = self.parked()
            told = self.at_once(("hoa", "approval", "grant", number), ("maria", "approval", "refuse", number, "--reason", "no"))
            self.assertEqual([DONE, CONFLICT], sorted(code for code, _ in told), told)
            granted = told[0][0] == DONE
            late = told[1 if granted else 0][1]
            self.assertIn(f"was granted already by hoa" if granted else "was refused by maria: no", late)

    def test_of_two_tills_that_complete_one_grant_one_sells_and_the_other_hears_the_invoice(self):
        for _ in range(ROUNDS):
            number = self.parked()
            self.typed("hoa", "approval", "grant", number)
            told = self.at_once(("ann", "approval", "sell", number), ("bob", "approval", "sell", number))
            self.assertEqual([DONE, CONFLICT], sorted(code for code, _ in told), told)
            sold, late = sorted(told)
            paper = re.search(r"WH-\d{5}", sold[1]).group()
            self.assertIn(f"it became {paper}", late[1])
        self.typed("ann", "customer", "show", self.who, told=[f"{1700 * ROUNDS:,}.00"])


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main()
