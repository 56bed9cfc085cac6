#!/usr/bin/python3
"""What the terminal screen says and offers: sales that are undone with their money, questions that are read to their end, ways that
lead somewhere, terminals that are too small.

    test_mends.py BINARIES [TEST]
"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import screen

BINARIES = os.path.abspath(sys.argv.pop(1))
PIN = screen.PIN


def flat(at):
    """What is said, whatever row it is on."""
    return " ".join(" ".join(at.frame()).split())


class Mended(screen.Counter):
    # ---- helpers ----

    def until(self, true):
        until = time.monotonic() + screen.WAIT_S
        while not true():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    def says(self, at, words):
        until = time.monotonic() + screen.WAIT_S
        while words not in flat(at):
            self.assertLess(time.monotonic(), until, f"{words!r} is not said:\n{at.text()}")
            time.sleep(0.05)

    def goods(self, at, code, quantity):
        at.type(code)
        at.keys("Enter")
        at.wait(r"\n *\d +\S")
        at.type(str(quantity))
        at.keys("Enter")

    def sells_for_cash(self, at, quantity=5):
        at.keys("g", "s")
        at.wait("Bán tiền mặt")
        self.goods(at, "XM40", quantity)
        at.keys("Enter")
        at.type("500k")
        at.wait("Thu 500.000 tiền mặt|500.000 .*F9")
        at.keys("F9")
        at.wait("✓ TD-00001 445.000 ₫")

    def sells_to(self, at, name):
        at.type("/" + name)
        at.wait("1 của 3")
        at.keys("Enter")
        at.wait("hạn mức")
        at.keys("n")
        at.wait("Bán hàng · ")

    def state(self, number, *words):
        return self.shop.json("office", "document", "show", number, *words)[-1]["state"]

    # ---- keys and words ----

    def test_letters_work_in_both_cases_and_shift_tab_goes_back(self):
        clerk = self.opens(language="en")
        clerk.keys("G", "T")
        clerk.wait(r"Open drawer · T")
        clerk.keys("T")
        clerk.wait("What lies in it, counted")
        clerk.type("100k")
        clerk.keys("F9")
        clerk.wait("✓ drawer is open")
        clerk.keys("T")
        clerk.wait("1 Count")
        clerk.wait(r"500,000 +>")
        clerk.keys("Tab", "Tab")
        clerk.wait(r"100,000 +>")
        clerk.keys("BTab")
        clerk.wait(r"200,000 +>")
        clerk.keys("Escape", "Escape", "P")
        clerk.wait("── Payment")
        clerk.type("5")
        clerk.keys("Tab")
        clerk.type("FT7")
        clerk.keys("BTab")
        clerk.type("0k")
        clerk.wait(r"50,000 ₫")

    def test_the_language_and_the_way_out_are_found(self):
        clerk = self.opens(language="en")
        clerk.keys("?")
        clerk.wait(r"↓ \d+ more below")
        clerk.type("quit")
        clerk.wait(r"Leave Tefter +Ctrl C +everywhere")
        for words in ("language", "Tiếng Việt", "فارسی", "leave"):
            clerk.keys("C-u")
            clerk.type(words)
            clerk.wait(r"\n[> ]?(Another language|Leave Tefter)")
        clerk.keys("C-u")
        clerk.type("vi")
        clerk.wait("Another language")
        clerk.keys("C-u")
        clerk.type("language")
        clerk.gone("Leave Tefter")
        clerk.keys("Enter")
        clerk.wait("── Khách hàng")
        self.says(clerk, "Tiếng Việt. Lần nữa: ngôn ngữ kế tiếp.")
        self.says(clerk, "tefter habit --language vi")

    def test_what_lapsed_does_not_wait(self):
        self.shop.login("two", ("lan", screen.shop.PASSWORD))
        boss = self.opens(person="clerk-one", language="en")
        self.shop.tefter("two", "approval", "ask", self.ming, "5000000", "--minutes", "1")
        boss.keys("g", "a")
        boss.wait("1 waits")
        boss.wait(r"\n.*0:\d\d +王小明建材")
        boss.gone("王小明建材", wait_s=90)
        boss.wait("0 waits")
        boss.wait("Nothing waits")

    # ---- undo ----

    def test_undo_of_a_cash_sale_gives_its_money_back(self):
        clerk = self.opens()
        self.sells_for_cash(clerk)
        clerk.keys("M-u")
        clerk.wait(r"TD-00001.* 1 Khách hàng · 2 .* · 3 ")
        clerk.keys("3")
        self.says(clerk, "TD-00001 đã đảo, bằng")
        self.says(clerk, "Trả lại 445.000 ₫ tiền mặt.")
        self.assertEqual(self.state("TD-00001"), "DOCUMENT_REVERSED")
        self.assertEqual(self.state("TD-R-00001"), "DOCUMENT_REVERSED")

    def test_undo_from_the_paper_of_a_sale_that_was_paid_in_part(self):
        clerk = self.opens()
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 5)
        clerk.wait("Bán nợ 1.340.000 · F9")
        clerk.keys("F3")
        clerk.type("340k")
        clerk.wait("340.000.* 1.000.000.* · F9")
        clerk.keys("F9")
        clerk.wait("✓ TD-00001 1.340.000")
        self.shop.pay("two", self.ming, "1000000", "--bill", "TD-00001")  # that is another time's money
        clerk.keys("Escape", "Escape", "Escape", "g", "t")
        clerk.wait("TD-00001")
        clerk.keys("Home")
        for _ in range(5):
            if any(line.startswith(">") and " TD-00001 " in line for line in clerk.frame()):
                break
            clerk.keys("Down")
        clerk.keys("Enter")
        clerk.wait("TD-R-00001")
        clerk.keys("u")
        clerk.wait("TD-00001.* 1 Khách hàng")
        clerk.keys("1")
        self.says(clerk, "Trả lại 340.000 ₫ tiền mặt.")
        self.assertEqual(self.state("TD-00001"), "DOCUMENT_REVERSED")
        self.assertEqual(self.state("TD-R-00001"), "DOCUMENT_REVERSED")
        self.assertNotEqual(self.state("TD-R-00002"), "DOCUMENT_REVERSED")

    def test_undo_says_that_the_money_stays_and_who_may(self):
        self.does("policy", "set", "--own-reversal", "1000")
        clerk = self.opens()
        self.sells_for_cash(clerk)
        clerk.keys("M-u")
        clerk.wait(r"TD-00001.* 1 Khách hàng")
        clerk.keys("2")
        self.says(clerk, "445.000 ₫ của TD-R-00001 chưa đảo được, vẫn là tiền của khách:")
        self.says(clerk, "Người có quyền hãy đảo cả TD-R-00001, hoặc chi tiền ra.")
        self.assertRegex(flat(clerk), r"▲ TD-00001 đã đảo, bằng \S+\. ")
        self.assertRegex(flat(clerk), "quản lý|kiểm soát|chủ")
        self.assertNotIn("Trả lại", flat(clerk))
        self.assertEqual(self.state("TD-00001"), "DOCUMENT_REVERSED")
        self.assertNotEqual(self.state("TD-R-00001"), "DOCUMENT_REVERSED")

    # ---- questions and ways ----

    def test_a_question_is_read_to_its_end(self):
        clerk = self.opens(columns=50)
        self.sells_for_cash(clerk, 5)
        clerk.keys("M-u")
        self.says(clerk, "Esc")
        for part in ("TD-00001", "1 Khách hàng", "2 ", "3 ", "· Esc"):
            self.assertIn(part, flat(clerk))
        self.assertTrue(all(len(line) <= 50 for line in clerk.frame()))
        clerk.keys("Escape")
        clerk.resize(40, 10)  # also where line 23 is not
        clerk.keys("M-u")
        self.says(clerk, "1 Khách hàng")
        self.says(clerk, "· Esc")

    def test_the_reason_of_a_wall_is_whole(self):
        clerk = self.opens(language="en")
        clerk.type("/王小明")
        clerk.wait("1 of 3")
        clerk.keys("Enter")
        clerk.wait("limit")
        clerk.keys("n")
        clerk.wait("Sale · ")
        self.goods(clerk, "TH16", 20)
        self.says(clerk, "▲ ")
        clerk.wait("\n F8")
        wall = flat(clerk)[flat(clerk).index("▲ "):]
        self.assertNotIn("…", wall[:wall.index(" F3 ")])
        self.assertRegex(wall[:wall.index(" F3 ")], r"2,360,000.*\.$")

    def test_money_asks_first_whose_it_is(self):
        clerk = self.opens()
        clerk.keys("g", "p")
        clerk.wait("── Cho khách hàng nào\\?|── .*khách.*\\?")
        clerk.type("王")
        clerk.wait("1 của 3")
        clerk.keys("Enter")
        clerk.wait("Thu tiền · 王小明建材")
        clerk.keys("Escape")
        clerk.wait("── Khách hàng ─")
        # who asks for nobody is where they were
        clerk.keys("F10")
        clerk.wait("PIN hoặc mật khẩu")
        clerk.type("lan")
        clerk.keys("Enter")
        clerk.type(PIN)
        clerk.keys("Enter")
        clerk.wait("counter one · lan")
        clerk.keys("g", "s")
        clerk.wait("hàng 0 ")
        clerk.keys("Escape", "g", "p")
        clerk.wait("── .*khách.*\\?")
        clerk.keys("Escape")
        clerk.wait("── Khách hàng ─")

    def test_a_part_is_offered_only_where_some_of_it_fits(self):
        clerk = self.opens()
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 10)
        self.goods(clerk, "XM40", 10)
        clerk.wait("\n F4  ")
        self.assertRegex(clerk.frame()[23], r"F4 ")
        clerk.keys("Escape", "Escape", "Escape")
        self.does("product", "add", "BIG", "Máy trộn", "--price", "9000000", "--unit", "cái")
        again = self.opens("two", "clerk-two")
        again.type("/王小明")
        again.wait("1 của 3")
        again.keys("Enter", "n")
        again.wait("Bán hàng · ")
        self.goods(again, "BIG", 1)
        again.wait("\n F6  ")
        again.wait("▲ ")
        self.assertNotRegex(again.text(), r"\n F4  ")
        self.assertNotRegex(again.frame()[23], r"F4 ")

    def test_half_typed_goods_are_neither_sold_nor_lost(self):
        clerk = self.opens()
        clerk.keys("g", "s")
        self.goods(clerk, "XM40", 5)
        clerk.wait("445.000 ₫")
        clerk.type("TH1")
        clerk.wait("445.000 tiền mặt · F9")
        clerk.keys("F9")
        self.says(clerk, "▲ “TH1” chưa vào danh sách hàng")
        self.assertEqual(self.shop.documents(), [])
        clerk.keys("C-u", "F9")
        clerk.wait("✓ TD-00001 445.000")

    def test_a_manager_is_asked_for_what_stands_in_the_cell(self):
        clerk = self.opens()
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 20)
        clerk.wait(r"\n F8  \S")
        clerk.keys("Up")
        clerk.type("30")
        for _ in range(50):  # until it is added up, that is said
            clerk.keys("F8")
            if "Đã xin quản lý" in clerk.text():
                break
        clerk.wait("Đã xin quản lý")
        row = self.shop.json("two", "approval", "list")[-1]
        self.assertEqual(str(row["amount_minor"]), "8040000")

    def test_that_it_waits_is_not_said_any_more_when_it_was_answered(self):
        clerk = self.opens()
        boss = self.opens("two", "clerk-two")
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 20)
        clerk.wait(r"\n F8  \S")
        clerk.keys("F8")
        clerk.wait("Đã xin quản lý")
        clerk.keys("M-t")
        clerk.wait("Chờ quản lý · F9|‖ ")
        clerk.keys("F9")
        clerk.wait("▲ .*quản lý")
        boss.keys("g", "a")
        boss.wait("5.360.000")
        boss.keys("y", "Enter")
        boss.wait("▲ ")
        boss.type("quen")
        boss.keys("Enter")
        boss.wait("Không có gì chờ")
        clerk.wait(r"✓ F9 bán đúng như đã xin")
        clerk.wait(r"✓ clerk-two .*quen · Alt T")
        clerk.gone(r"▲ .*quản lý")
        # sold elsewhere by the same person: there is nothing to be taken up any more
        number = self.shop.json("two", "approval", "list")[-1]["approval"]
        self.shop.tefter("one", "approval", "sell", str(number))
        clerk.gone(r"quen · Alt T")

    # ---- sizes ----

    def test_below_the_least_size_it_says_which_is_needed(self):
        clerk = self.opens()
        for columns, rows in ((20, 5), (39, 24), (80, 9)):
            clerk.resize(columns, rows)
            self.says(clerk, f"Tefter cần 40 × 10; ở đây là {columns} × {rows}.")
            self.assertNotIn("3.000.000", clerk.text())
        clerk.keys("g", "s")  # what nobody sees does not happen
        clerk.resize(80, 24)
        clerk.wait("── Khách hàng ─")


if __name__ == "__main__":
    screen.run(BINARIES)
