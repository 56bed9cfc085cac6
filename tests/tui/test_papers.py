#!/usr/bin/python3
"""What the terminal screen does with papers that are written and sales that wait: corrected, given back by lines, gone on with by
another clerk, asked for again; money that waits to be confirmed; cash that is no sale.

    test_papers.py BINARIES [TEST]
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


class Papers(screen.Counter):
    # ---- helpers ----

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

    def card(self, at, name):
        at.type("/" + name)
        at.wait("1 của 3")
        at.keys("Enter")
        at.wait("hạn mức")

    def sells_to(self, at, name):
        self.card(at, name)
        at.keys("n")
        at.wait("Bán hàng · ")

    def sold(self, *goods):
        """A bill that another clerk wrote."""
        return self.shop.done("two", "sell", self.ming, *goods)["number"]

    def paper(self, at, number):
        """From the customer's card, where it is a bill that is not paid yet."""
        self.card(at, "王小明")
        at.wait(number)
        at.keys("Enter")
        at.wait(rf"── \S+ {number} ")

    def asks(self, at, quantity):
        self.sells_to(at, "王小明")
        self.goods(at, "TH16", quantity)
        at.wait(r"\n F8  \S")
        at.keys("F8")
        at.wait("Đã xin quản lý")

    def newest(self):
        return str(max(int(row["approval"]) for row in self.shop.json("office", "approval", "list")))

    def document(self, number):
        return self.shop.json("office", "document", "show", number)[-1]

    # ---- corrections ----

    def test_a_bill_is_corrected_and_what_it_changes_is_seen_before(self):
        self.sold("TH16=5", "XM40=3")
        self.shop.pay("two", self.ming, "500000", "--bill", "TD-00001")
        clerk = self.opens(person="clerk-one")
        self.paper(clerk, "TD-00001")
        clerk.keys("c")
        clerk.wait("── Sửa TD-00001 · 王小明建材 ─")
        clerk.wait("Vì sao sửa\\? · F9")
        clerk.keys("F9")
        clerk.wait("▲ Vì sao sửa")
        clerk.keys("3")
        clerk.wait("Vì sao sửa\\? Sai số tiền hoặc giá")
        clerk.keys("Up", "Up")
        clerk.type("1")
        clerk.keys("Enter", "Up", "Delete")
        clerk.wait(r"\n TD-00001 1.607.000 → 268.000  −1.339.000")
        clerk.wait("232.000 ₫ đã gạch với TD-00001 sẽ thành chưa gạch")
        self.says(clerk, "Sau lần bán: còn được nợ 3.232.000")
        clerk.wait("Sửa TD-00001 thành 268.000 ₫ · F9")
        clerk.keys("F9")
        self.says(clerk, "✓ TD-00002 268.000 ₫")
        self.says(clerk, "thay cho TD-00001 · 232.000 ₫ giờ chưa gạch")
        clerk.wait("── Toa TD-00002 ─")  # back where they were, at the one that took its place
        self.assertEqual(self.document("TD-00001")["state"], "DOCUMENT_REVERSED")
        new = self.document("TD-00002")["document"]
        self.assertEqual((new["total_minor"], len(new["lines"])), (268000, 1))

    def test_a_correction_is_not_undone_but_corrected_again(self):
        self.sold("TH16=5")
        clerk = self.opens(person="clerk-one")
        self.paper(clerk, "TD-00001")
        clerk.keys("c")
        clerk.wait("── Sửa TD-00001")
        clerk.keys("Up", "Up")
        clerk.type("4")
        clerk.keys("Enter", "F9", "2")
        clerk.wait("Vì sao sửa\\? Sai hàng")
        clerk.wait("Sửa TD-00001 thành 1.072.000 ₫ · F9")
        clerk.keys("F9")
        self.says(clerk, "✓ TD-00002 1.072.000 ₫")
        self.says(clerk, "sửa lần nữa")
        self.assertNotIn("Alt U", clerk.text())
        clerk.keys("M-u")
        self.says(clerk, "▲ TD-00002: muốn quay lại thì sửa lần nữa (c)")
        clerk.keys("1")  # no answer to anything
        # whoever takes it back all the same is told that neither stands then
        clerk.wait("── Toa TD-00002 ─")
        clerk.keys("u")
        self.says(clerk, "TD-00002 đã thay cho TD-00001: đảo nó thì cả hai đều mất.")
        clerk.scan("12345678")  # and a code is no answer
        clerk.keys("Escape")
        time.sleep(0.3)
        self.assertNotEqual(self.document("TD-00002")["state"], "DOCUMENT_REVERSED")
        clerk.keys("u")
        self.says(clerk, "cả hai đều mất.")
        clerk.keys("2")
        self.says(clerk, "TD-00002 đã hủy")
        self.assertEqual(self.document("TD-00002")["state"], "DOCUMENT_REVERSED")

    def test_a_new_sale_is_no_part_of_a_correction_that_was_left(self):
        self.sold("TH16=5")
        clerk = self.opens(person="clerk-one")
        self.paper(clerk, "TD-00001")
        clerk.keys("c")
        clerk.wait("── Sửa TD-00001")
        clerk.keys("Escape", "Escape")
        clerk.wait("hạn mức")
        clerk.keys("n")
        clerk.wait("── Bán hàng · 王小明建材 .*‖ 1 · Alt T")
        self.goods(clerk, "XM40", 2)
        clerk.wait("Bán nợ 178.000 · F9")
        clerk.keys("Escape")
        clerk.wait("hạn mức")
        clerk.keys("n")  # nor of another one that is begun
        clerk.wait("── Bán hàng · 王小明建材 .*‖ 2 · Alt T")
        self.assertNotIn("XM40", clerk.text())
        clerk.keys("Escape", "g", "t")
        clerk.wait("‖ 1 toa giữ chờ · Sửa TD-00001 · 王小明建材 +Alt T")
        clerk.keys("M-t")
        clerk.wait("── Sửa TD-00001")

    def test_a_code_gives_no_reason(self):
        self.sold("TH16=5")
        self.shop.pay("two", self.ming, "500000", "--bill", "TD-00001")
        clerk = self.opens(person="clerk-one")
        self.paper(clerk, "TD-00001")
        clerk.keys("c")
        clerk.wait("── Sửa TD-00001")
        clerk.type("4006381333931")  # as slowly as nobody takes for a scanner
        clerk.keys("Enter")
        clerk.wait(r"Xi măng Hà Tiên \S+ +1\b")
        self.assertNotIn("Nhập hai lần", clerk.text())
        clerk.keys("F9")
        clerk.wait("▲ Vì sao sửa")
        clerk.scan("4006381333931")
        clerk.wait(r"Xi măng Hà Tiên \S+ +2\b")
        self.assertIn("3 Sai số tiền", flat(clerk))  # it is still asked
        clerk.keys("Escape", "Escape")
        clerk.wait("hạn mức")
        clerk.keys("h")
        clerk.wait("TD-R-00001")
        clerk.keys("Enter")
        clerk.wait("── Phiếu thu TD-R-00001")
        clerk.keys("c")
        clerk.wait("── Sửa TD-R-00001 · 王小明建材")
        clerk.type("400k")
        clerk.wait("TD-R-00001 500.000 → 400.000  −100.000")
        clerk.keys("Escape", "Escape", "Escape")

    def test_a_correction_is_kept_over_the_end_of_the_program(self):
        self.sold("TH16=5")
        clerk = self.opens(person="clerk-one")
        self.paper(clerk, "TD-00001")
        clerk.keys("c")
        clerk.wait("── Sửa TD-00001")
        clerk.keys("M-r", "2")
        clerk.wait("Vì sao sửa\\? Sai hàng")
        clerk.keys("Up", "Up")
        clerk.type("4")
        clerk.keys("Enter")
        clerk.wait(r"TD-00001 1.340.000 → 1.072.000")
        clerk.keys("C-c", "C-c")
        time.sleep(0.5)
        clerk = self.opens(person="clerk-one")
        clerk.keys("g", "s")
        clerk.wait("── Sửa TD-00001")
        clerk.wait(r"TD-00001 1.340.000 → 1.072.000")
        clerk.wait("Vì sao sửa\\? Sai hàng")
        clerk.wait("Sửa TD-00001 thành 1.072.000 ₫ · F9")
        clerk.keys("F9")
        self.says(clerk, "✓ TD-00002 1.072.000 ₫")
        self.says(clerk, "thay cho TD-00001")

    def test_money_is_corrected(self):
        self.sold("TH16=5")
        self.shop.pay("two", self.ming, "500000", "--bill", "TD-00001")
        clerk = self.opens(person="clerk-one")
        self.card(clerk, "王小明")
        clerk.keys("h")
        clerk.wait("TD-R-00001")
        clerk.keys("Enter")
        clerk.wait("── Phiếu thu TD-R-00001")
        clerk.keys("c")
        clerk.wait("── Sửa TD-R-00001 · 王小明建材")
        clerk.keys("M-r", "5")
        clerk.type("nham so")
        clerk.keys("Enter")
        clerk.type("400000")
        clerk.wait("TD-R-00001 500.000 → 400.000  −100.000")
        clerk.wait("100.000 ₫ đã gạch với TD-R-00001 sẽ thành chưa gạch")
        clerk.wait("Sửa TD-R-00001 thành 400.000 ₫ · F9")
        clerk.keys("F9")
        clerk.wait("── Phiếu thu TD-R-00002")
        self.says(clerk, "✓ TD-R-00002 400.000 ₫ · thay cho TD-R-00001")
        self.assertNotIn("Alt U", clerk.text())
        clerk.keys("M-u")
        self.says(clerk, "▲ TD-R-00002: muốn quay lại thì sửa lần nữa (c)")
        clerk.keys("1")
        self.assertNotEqual(self.document("TD-R-00002")["state"], "DOCUMENT_REVERSED")
        self.assertEqual(self.document("TD-R-00001")["state"], "DOCUMENT_REVERSED")

    def test_goods_come_back_by_lines(self):
        self.sold("TH16=5", "XM40=3")
        clerk = self.opens(person="clerk-one")
        self.paper(clerk, "TD-00001")
        clerk.keys("b")
        clerk.wait("TD-00001 .*──|── .*TD-00001")
        clerk.wait(r"Thép Hòa Phát D16 +5 cây >")
        clerk.scan("4006381333931")  # one of what it is the code of, and no quantity
        clerk.wait(r"Xi măng Hà Tiên PCB40 +3 bao > *1\b")
        clerk.keys("C-u", "Up")
        clerk.type("7")
        clerk.keys("F9")
        clerk.wait("▲ ")
        clerk.keys("C-u")
        clerk.type("2")
        clerk.keys("Enter", "Enter")
        clerk.type("hong")
        clerk.wait("536.000 ₫")
        clerk.keys("F9")
        self.says(clerk, "✓ TD-CN-00001")
        clerk.wait(r"Thép Hòa Phát D16 · .*2.* +5 cây")
        note = self.document("TD-CN-00001")["document"]
        self.assertEqual(note["total_minor"], 536000)

    # ---- what others parked, and what is in the way ----

    def test_what_one_clerk_parked_another_sells(self):
        minh = self.opens()
        self.asks(minh, 20)
        lan = self.opens("two", "lan")
        lan.keys("g", "t")
        lan.wait("‖ 1 toa người khác giữ chờ ở đây +Alt H")
        lan.keys("M-h")
        lan.wait(r"王小明建材 +5.360.000\n +‖ minh giữ chờ")
        lan.wait(r"Thép Hòa Phát D16 +20 cây +5.360.000")
        lan.keys("Enter")
        lan.wait("Bán hàng · 王小明建材")
        lan.wait(r"‖ .*\n +Alt G|‖ ")
        self.shop.tefter("office", "approval", "grant", self.newest(), "--reason", "quen")
        lan.wait(r"✓ F9 bán đúng như đã xin")
        minh.wait(r"✓ owner .*5.360.000: quen · Alt T")
        lan.keys("F9")
        lan.wait("✓ TD-00001 5.360.000 ₫")
        minh.gone("‖ 1 · Alt T")  # it is sold: there is nothing to be taken up

    def test_what_was_refused_to_others_is_told_and_not_gone_on_with(self):
        minh = self.opens()
        self.asks(minh, 20)
        lan = self.opens("two", "lan")
        lan.keys("g", "s")
        lan.wait("hàng 0 ")
        lan.keys("M-h")
        lan.wait("‖ minh giữ chờ")
        self.shop.tefter("office", "approval", "refuse", self.newest(), "--reason", "nợ nhiều")
        lan.wait("✕ minh giữ chờ; owner không duyệt")
        lan.wait("nợ nhiều")
        lan.keys("Enter")
        lan.wait("── 1 toa")

    def test_an_approval_that_was_outgrown_is_asked_for_again(self):
        clerk = self.opens()
        self.asks(clerk, 20)
        self.shop.tefter("office", "approval", "grant", self.newest(), "--reason", "quen")
        self.sold("TH16=9")  # meanwhile
        clerk.keys("M-t")
        clerk.wait(r"✓ F9 bán đúng như đã xin")
        clerk.keys("F9")
        self.says(clerk, "2.360.000 ₫")
        clerk.wait(r"\n ▲ Vượt hạn mức 4.772.000 ₫")
        for way in ("F3", "F4", "F6", "F8"):
            self.assertRegex(clerk.text(), rf"\n {way}  \S")
        self.assertNotIn("…", "\n".join(clerk.frame()[17:]))  # nothing that is said is cut
        self.assertNotIn("tefter ", clerk.text())
        clerk.keys("F8")
        clerk.wait("Đã xin quản lý")
        self.assertEqual(self.newest(), "2")
        other = self.opens("two", "lan")
        other.keys("g", "t")
        other.wait("‖ 1 toa")  # the one that was outgrown is none any more
        clerk.keys("M-t")
        clerk.wait("Alt G")
        self.shop.tefter("office", "approval", "grant", "2", "--reason", "quen")
        clerk.wait(r"✓ F9 bán đúng như đã xin")
        clerk.keys("F9")
        clerk.wait("✓ TD-00002 5.360.000 ₫")

    def test_who_does_not_wait_for_the_answer_goes_on_without_it(self):
        clerk = self.opens()
        self.asks(clerk, 20)
        clerk.keys("M-t")
        clerk.wait(r"\n Alt G \S")
        self.assertNotRegex(clerk.frame()[23], "F3|F5|F7")  # what would change nothing of it
        clerk.keys("M-g")
        clerk.wait(r"\n F4  \S")
        clerk.keys("F4")
        clerk.wait("Bán nợ 2.948.000 · F9")

    def test_an_approval_for_less_says_so(self):
        clerk = self.opens()
        self.asks(clerk, 20)
        self.shop.tefter("office", "approval", "grant", self.newest(), "--up-to", "4000000", "--reason", "quen")
        clerk.wait("✓ owner .*王小明建材 tới 4.000.000: quen")
        clerk.keys("M-t")
        clerk.wait("▲ Chỉ được duyệt tới 4.000.000 ₫")
        clerk.keys("F9")
        clerk.wait(r"▲ [^\n]*4.000.000 ₫, [^\n]*5.360.000")
        clerk.keys("M-g")
        clerk.wait(r"\n F4  \S")

    def test_what_stands_in_the_way_is_said_in_full(self):
        self.does("customer", "limit", self.ming, "9000000")
        self.does("product", "edit", "TH16", "--floor", "250000")
        clerk = self.opens()
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 2)
        clerk.wait("Bán nợ 536.000 · F9")
        clerk.keys("Up", "Tab")
        clerk.type("200k")
        clerk.keys("Enter")
        clerk.wait(r"\n ▲ \S")
        self.assertNotIn("Không thể như thế này", clerk.text())
        clerk.keys("F9")
        clerk.wait(r"\n ▲ [^\n]+(\n[^\n]+)*\n ▲ ")  # the same is said
        self.assertEqual(self.shop.documents(), [])

    # ---- money ----

    def test_a_transfer_that_a_clerk_takes_waits_to_be_confirmed(self):
        self.sold("TH16=5")
        clerk = self.opens()
        self.card(clerk, "王小明")
        clerk.keys("p")
        clerk.wait("── Thu tiền")
        clerk.type("500k")
        clerk.keys("F7", "Enter")
        clerk.type("FT123")
        clerk.wait("Thu 500.000 ₫ · F9")
        clerk.keys("F9")
        self.says(clerk, "✓ TD-R-00001 500.000 ₫")
        self.says(clerk, "chờ xác nhận")
        clerk.keys("Escape")
        clerk.wait("hạn mức")
        clerk.keys("h")
        clerk.wait("TD-R-00001")
        clerk.keys("Enter")
        clerk.wait("── Phiếu thu TD-R-00001")
        clerk.wait(r"\n chờ xác nhận")
        # and one that comes with a sale
        clerk.keys("Escape", "g", "s")
        clerk.wait("hàng 0 ")
        self.goods(clerk, "XM40", 2)
        clerk.keys("F7")
        clerk.type("FT9")
        clerk.wait("Thu 178.000 · F9")
        clerk.keys("F9")
        self.says(clerk, "✓ TD-00002 178.000 ₫")
        self.says(clerk, "chờ xác nhận")

    def test_cash_that_is_no_sale(self):
        boss = self.opens(person="clerk-one")
        boss.keys("g", "t")
        boss.wait("Mở drawer · T")
        boss.keys("M-i")
        boss.wait("▲ drawer")
        boss.keys("M-t")
        boss.wait("Tiền trong đó")
        boss.type("1000k")
        boss.keys("F9")
        boss.wait("── Tiền mặt vào và ra · drawer")
        boss.wait(r"1.000.000 ₫\n")
        boss.keys("Enter")
        boss.type("200k")
        boss.keys("F9")
        boss.wait("▲ ")  # no reason is given yet
        boss.keys("Enter")
        boss.type("tien le")
        boss.wait(r"1.200.000 ₫\n")  # what lies in it after that, to whom it is told
        boss.keys("F9")
        self.says(boss, "(hai trăm nghìn đồng)? Bấm F9 lần nữa để làm.")
        self.assertNotIn("200000", str(self.shop.json("office", "documents")))
        boss.keys("F9")
        boss.wait("✓ TD-M-00002 · đã bỏ 200.000 ₫ vào drawer")
        boss.keys("Down", "Down", "Enter")
        boss.type("300k")
        boss.keys("F9", "F9")
        self.says(boss, "đã chuyển 300.000 ₫ từ drawer tới Main · chờ xác nhận")
        boss.wait(r"900.000 ₫\n")
        # who counts it blind is told nothing, and takes out no more than they may
        clerk = self.opens("two", "lan")
        clerk.keys("g", "t")
        clerk.wait("drawer · T")
        clerk.keys("M-i")
        clerk.wait("── Tiền mặt vào và ra · drawer")
        clerk.keys("Down", "Enter")
        clerk.type("50k")
        clerk.keys("Enter")
        clerk.type("mua nuoc")
        clerk.wait("Lấy 50.000 ₫ ra khỏi drawer · F9")
        self.assertNotIn("900.000", clerk.text())
        clerk.keys("F9", "F9")
        clerk.wait("▲ ")
        self.says(clerk, "50.000 ₫")


if __name__ == "__main__":
    screen.run(BINARIES)
