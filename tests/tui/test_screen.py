#!/usr/bin/python3
"""The terminal screen with the real programs, in tmux: a clerk's day, a line that is cut, other people, other terminals.

    test_screen.py BINARIES [TEST]
"""
import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import screen

BINARIES = os.path.abspath(sys.argv.pop(1))
PIN = screen.PIN


class Terminal(screen.Counter):
    def goods(self, at, code, quantity=None):
        at.type(code)
        at.keys("Enter")
        at.wait(r"\n 2 +\S")
        if quantity is not None:
            at.type(str(quantity))
        at.keys("Enter")

    def sells_to(self, at, name):
        at.type("/" + name)
        at.wait("1 của 3")
        at.keys("Enter")
        at.wait("hạn mức")
        at.keys("n")
        at.wait("Bán hàng · ")

    # ---- a clerk's day, in Vietnamese, 80 by 24 ----

    def test_a_day_of_a_clerk(self):
        clerk = self.opens()
        clerk.wait("3 của 3")  # the customer of cash sales is known, and not among them
        lines = clerk.frame()
        self.assertRegex(lines[0], r"^ Tefter  TD · counter one · minh +● Trực tiếp  đúng đến [\d.]+  \d\d:\d\d:\d\d$")
        self.assertRegex(lines[1], r"^── Khách hàng ─+ 3 của 3 ──$")
        self.assertRegex(lines[23], r"^ n bán  p .*\? tìm$")

        # for cash, scanned, with change
        clerk.keys("g", "s")
        clerk.wait("Bán tiền mặt")
        clerk.scan("3*4006381333931")
        clerk.wait(r"Xi măng .* 3 bao +89.000 +267.000")
        clerk.keys("Enter")
        clerk.type("300k")
        clerk.wait(r"tiền thối 33.000 ₫")
        clerk.wait(r"Thu 300.000 tiền mặt, thối lại 33.000 · F9|300.000 .*33.000.* · F9")
        clerk.keys("F9")
        clerk.wait(r"✓ TD-00001 267.000 ₫ .* tiền thối 33.000 ₫ · Alt U hủy · Ctrl P in")

        # on credit, within the limit
        clerk.keys("Escape")
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "thep", 5)
        clerk.wait(r"Lần bán này 1.340.000 → Sau lần bán: còn được nợ 1.660.000")
        clerk.wait(r"Bán nợ 1.340.000 · F9")
        clerk.keys("F9")
        clerk.wait(r"✓ TD-00002 1.340.000 ₫")

        # over it: part now, the rest is parked
        clerk.keys("Escape", "Escape", "Escape")
        clerk.wait("── Khách hàng")
        clerk.keys("Escape")
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 10)
        clerk.wait(r"▲ Vượt hạn mức 1.020.000 ₫")
        frame = clerk.text()
        for way in ("F3", "F4", "F6", "F8"):
            self.assertRegex(frame, rf"\n {way}  \S")
        self.assertIn("Chọn một cách ở trên · F9", frame)
        clerk.keys("F9")
        clerk.wait("▲ Chọn một cách ở trên")
        clerk.keys("F4")
        clerk.wait(r"6 cây +268.000 +1.608.000")
        clerk.wait(r"Bán nợ 1.608.000 · F9")
        clerk.keys("F9")
        clerk.wait(r"✓ TD-00003 1.608.000 ₫")

        # money: the preview is what is written
        clerk.keys("Escape", "Escape", "Escape", "Escape")
        clerk.wait("── Khách hàng")
        clerk.type("/王")
        clerk.wait("1 của 3")
        clerk.keys("Enter", "p")
        clerk.wait("── Thu tiền")
        clerk.type("1tr5")
        clerk.wait(r"= 1.500.000 ₫")
        clerk.wait("một triệu năm trăm nghìn đồng")
        clerk.wait(r"\[x\] TD-00002 .* 1.340.000 +1.340.000 +0")
        clerk.wait(r"\[x\] TD-00003 .* 1.608.000 +160.000 +1.448.000")
        clerk.wait(r"Sau đó: còn nợ 1.448.000 ₫, tiền chưa gạch 0")
        clerk.keys("F9")
        clerk.wait(r"✓ TD-R-00002 1.500.000 ₫ .* đã gạch 1.500.000")
        row = self.shop.json("office", "customer", "show", self.ming)[-1]
        self.assertIn("1448000", str(row))

        # and taken back, with what was wrong
        clerk.keys("M-u")
        clerk.wait("TD-R-00002.* 1 Khách hàng · 2 .* · 3 ")
        clerk.keys("3")
        clerk.wait(r"✓ TD-R-00002 đã đảo, bằng \S+")

    def test_over_the_limit_is_asked_for_and_approved_from_another_terminal(self):
        clerk = self.opens()
        boss = self.opens("two", "clerk-two")
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 20)
        clerk.wait(r"\n F8  Hỏi quản lý|\n F8  \S")
        clerk.keys("F8")
        clerk.wait("Đã xin quản lý")
        boss.keys("g", "a")
        boss.wait(r"1[45]:\d\d +王小明建材 +5.360.000 +▲ 2.360.000 +minh")
        boss.wait(r"Thép Hòa Phát D16 +20 cây +5.360.000")
        boss.keys("y", "Enter")
        boss.wait("▲ Lý do|▲ .*lý do|▲ ")
        boss.type("quen lâu năm")
        boss.keys("Enter")
        boss.wait("Không có gì chờ")
        clerk.wait(r"✓ clerk-two .*王小明建材.*5.360.000: quen lâu năm · Alt T")
        clerk.keys("M-t")
        clerk.wait(r"✓ F9 bán đúng như đã xin")
        clerk.keys("F9")
        clerk.wait(r"✓ TD-00001 5.360.000 ₫")

    def test_who_decides_at_the_same_terminal_is_heard_there(self):
        self.does("staff", "add", "carl", "--role", "controller")
        self.shop.tefter("office", "password", "--of", "carl", given=screen.shop.PASSWORD + "\n")
        self.shop.tefter("office", "password", "--pin", "--of", "carl", given=PIN + "\n")
        clerk = self.opens()
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 20)
        clerk.wait(r"\n F8  \S")
        clerk.keys("F8")
        clerk.wait("Đã xin quản lý")
        self.person(clerk, "carl")
        clerk.keys("g", "a")
        clerk.wait(r"王小明建材 +5.360.000")
        clerk.keys("y", "Enter")
        clerk.wait("▲ ")
        clerk.type("quen")
        clerk.keys("Enter")
        clerk.wait("Không có gì chờ")
        self.person(clerk, "minh")
        clerk.keys("M-t")
        clerk.wait(r"✓ F9 bán đúng như đã xin")
        clerk.keys("F9")
        clerk.wait(r"✓ TD-00001 5.360.000 ₫")

    def test_a_login_that_takes_its_time_is_waited_for(self):
        self.does("staff", "add", "carl", "--role", "controller")
        self.shop.tefter("office", "password", "--of", "carl", given=screen.shop.PASSWORD + "\n")
        self.shop.tefter("office", "password", "--pin", "--of", "carl", given=PIN + "\n")
        clerk = self.opens()
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 20)
        clerk.wait(r"\n F8  \S")
        clerk.keys("F8")
        clerk.wait("Đã xin quản lý")
        server = self.shop.server.process
        clerk.keys("F10")
        clerk.wait("PIN hoặc mật khẩu")
        clerk.type("carl")
        clerk.keys("Enter")
        clerk.type(PIN)
        server.send_signal(signal.SIGSTOP)
        clerk.keys("Enter")
        time.sleep(1)  # the clock on the screen goes on meanwhile
        server.send_signal(signal.SIGCONT)
        clerk.wait("counter one · carl")
        self.assertNotIn("▲", clerk.text())
        clerk.keys("g", "a")
        clerk.wait(r"王小明建材 +5.360.000")
        # and what is decided meanwhile is heard, by who they are now
        self.shop.tefter("office", "approval", "grant", "1", "--reason", "quen")
        clerk.wait("Không có gì chờ")

    def test_another_person_sees_what_waits_at_every_branch(self):
        self.does("staff", "add", "carl", "--role", "controller")
        self.shop.tefter("office", "password", "--of", "carl", given=screen.shop.PASSWORD + "\n")
        self.shop.tefter("office", "password", "--pin", "--of", "carl", given=PIN + "\n")
        clerk = self.opens()
        self.shop.tefter("office", "sell", self.ming, "TH16=15", "--ask")  # at another branch
        clerk.keys("g", "a")
        clerk.wait("Không có gì chờ")
        self.person(clerk, "carl")
        clerk.keys("g", "a")
        clerk.wait(r"王小明建材 +4.020.000")
        self.person(clerk, "minh")
        clerk.wait("Không có gì chờ")

    def person(self, at, login):
        at.keys("F10")
        at.wait("chờ ")
        at.type(login)
        at.keys("Enter")
        at.type(PIN)
        at.keys("Enter")
        at.wait(rf"counter one · {login}")

    def test_money_that_comes_meanwhile_frees_the_sale(self):
        clerk = self.opens()
        self.shop.sell("two", self.ming, 2900)
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 5)
        clerk.wait("▲ Vượt hạn mức")
        self.shop.pay("two", self.ming, "2900000")
        clerk.gone("▲ Vượt hạn mức")
        clerk.wait(r"Bán nợ 1.340.000 · F9")

    def test_what_stands_in_the_cell_is_what_is_sold(self):
        clerk = self.opens()
        clerk.keys("g", "s")
        for none in ("0*XM40", "-1*XM40"):
            clerk.type(none)
            clerk.keys("Enter")
            clerk.wait("▲ .*" + re.escape(none))
            self.assertIn("hàng 0 ", clerk.text())
            clerk.keys("C-u")
        self.goods(clerk, "XM40", 5)
        clerk.wait("445.000")
        clerk.keys("Up", "C-u", "F9")
        clerk.wait("▲ ")
        clerk.type("2")
        for _ in range(50):  # while it is added up F9 says so
            clerk.keys("F9")
            if "✓" in clerk.text():
                break
        clerk.wait(r"✓ TD-00001 178.000 ₫")

    def test_another_person_by_pin_finds_their_own_half_typed_work(self):
        clerk = self.opens()
        clerk.keys("g", "s")
        self.goods(clerk, "XM40", 7)
        clerk.wait("623.000")
        clerk.keys("F10")
        clerk.wait("chờ minh")
        clerk.type("lan")
        clerk.keys("Enter")
        clerk.type("000000")
        clerk.keys("Enter")
        clerk.wait("▲ ")
        self.assertNotIn("000000", clerk.text())
        clerk.keys("Up")
        clerk.keys("Down")
        clerk.type(PIN)
        clerk.keys("Enter")
        clerk.wait(r"counter one · lan")
        clerk.keys("g", "s")
        clerk.wait("hàng 0 ")
        clerk.keys("F10")
        clerk.type("minh")
        clerk.keys("Enter")
        clerk.type(PIN)
        clerk.keys("Enter")
        clerk.wait(r"counter one · minh")
        clerk.wait(r"7 bao +89.000 +623.000")

    def test_without_a_line_money_is_taken_kept_and_counts_once(self):
        clerk = self.opens()
        clerk.keys("g", "s")
        clerk.wait("Bán tiền mặt")
        clerk.scan("4006381333931")
        clerk.wait("1 bao")
        self.shop.server.kill()
        clerk.wait(r"○ MẤT KẾT NỐI  \d+ giây")
        self.assertRegex(clerk.text(), r"Mất kết nối \d+ giây. Số liệu lúc \d\d:\d\d:\d\d")
        clerk.wait("1 bao")  # the form is there still
        clerk.keys("F9")
        clerk.wait("Đã giữ ở đây, sẽ tự gửi")
        clerk.wait("hàng 0 ")  # the next one can begin
        clerk.scan("2*4006381333931")
        clerk.wait("2 bao")
        clerk.keys("F9")
        clerk.wait("hàng 0 ")
        clerk.wait(r"giữ ở đây 2, sẽ tự gửi")
        self.shop.server.start(listen=self.shop.address)
        clerk.wait("● Trực tiếp")
        clerk.wait(r"đã vào sổ: TD-00002")
        numbers = sorted(row["number"] for row in self.shop.documents() if "-R-" not in row["number"])
        self.assertEqual(numbers, ["TD-00001", "TD-00002"])

    # ---- other terminals ----

    def test_a_push_changes_the_row_in_place(self):
        clerk = self.opens()
        clerk.keys("Down")
        row = next(at for at, line in enumerate(clerk.frame()) if line.startswith(">"))
        name = clerk.frame()[row].split()[1]
        self.shop.sell("two", self.ming, 700)
        clerk.wait(r"▎\S+ 王小明建材 +700.000 ")
        self.assertEqual(clerk.frame()[row].split()[1], name)
        clerk.wait(r"\d dòng đổi chỗ, v sắp lại")
        clerk.keys("v")
        clerk.gone("đổi chỗ")
        self.assertIn("王小明", clerk.frame()[3])
        self.assertEqual(next(line for line in clerk.frame() if line.startswith(">")).split()[1], name)

    def test_no_colour_no_utf8_nothing_lost(self):
        plain = self.opens(LC_ALL="C", LANG="C", NO_COLOR="1", TERM="vt100", language="en")
        self.assertTrue(plain.text().isascii(), plain.text())
        self.assertRegex(plain.frame()[0], r"^ Tefter  TD - counter one - minh +\* Live  exact at")
        self.shop.sell("two", self.anh_over(), 1)
        plain.wait(r"\|C-000002 Anh .* \^ over by 899,000")
        self.assertNotRegex(plain.painted(), r"\x1b\[(3[1-7]|9[0-7])m")
        colours = self.opens("two", "clerk-two", "en")
        self.assertRegex(colours.painted(), r"\x1b\[(?:1;)?31m")

    def anh_over(self):
        """A limit that is passed already."""
        self.does("customer", "limit", self.shop.anh, "100000", "--policy", "warn")
        self.does("product", "edit", "XM", "--price", "999000")
        return self.shop.anh

    def test_it_has_any_size_and_another_at_any_time(self):
        clerk = self.opens(rows=36, columns=120)
        self.assertIn("Đang diễn ra", clerk.text())
        self.assertRegex(clerk.text(), r"│ ?\S")
        for columns, rows in ((80, 24), (50, 16), (120, 36), (44, 10), (80, 24)):
            clerk.resize(columns, rows)
            clerk.wait(r"王小明.* 3.000.000")
            self.assertTrue(all(len(line) <= columns for line in clerk.frame()))

    def test_nothing_in_a_name_reaches_the_terminal_unescaped(self):
        self.shop.tefter("office", "customer", "edit", self.ming, "--name", "a\u202eb", code=2)
        clerk = self.opens()
        self.assertNotIn("\u202e", clerk.text())

    def test_persian_is_mirrored_and_joined(self):
        self.shop.customer("office", "شرکت سازه آریا", 5000000)
        clerk = self.opens(language="fa")
        clerk.wait("ﺎﯾﺭﺁ ﻩﺯﺎﺳ ﺖﮐﺮﺷ")
        self.assertRegex(clerk.frame()[0], r"^ ۱?[۰-۹]{1,2}:[۰-۹]{2}:[۰-۹]{2} .* ● +Tefter  TD · counter one · minh$")
        rows = [line for line in clerk.frame() if "۰۰۰" in line]
        self.assertEqual(len(rows), 4)
        for row in rows:  # the first column is the one at the right
            self.assertRegex(row, r"\S +.* C-00000\d[<▎]?$")

    # ---- other goods, other people ----

    def test_who_takes_the_goods_types_their_pin(self):
        self.shop.tefter("office", "customer", "buyer", self.ming, "Trương Văn Sáu", "--pin-file", "-", given="594817\n")
        clerk = self.opens()
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 2)
        clerk.keys("F2")
        clerk.wait(r"\n F2 Người lấy hàng: Trương Văn Sáu · nhập PIN của họ ở cuối")
        clerk.wait(r"Bán nợ 536.000 · F9")
        clerk.keys("F9")
        clerk.wait("\n Mã PIN của người lấy hàng")
        clerk.keys("Enter")
        clerk.wait("▲ Nhập mã PIN")
        clerk.type("111222")
        clerk.wait(r"\*{6}")
        clerk.keys("Enter")
        clerk.wait("▲ Mã PIN không đúng")
        clerk.wait("\n Mã PIN của người lấy hàng *\n")
        self.assertEqual(self.shop.documents(), [])
        clerk.type("594817")
        self.assertNotIn("594817", clerk.text())
        clerk.keys("Enter")
        clerk.wait(r"✓ TD-00001 536.000 ₫")
        self.assertTrue(self.shop.json("office", "document", "show", "TD-00001")[-1]["document"]["with_pin"])
        # what is kept in the profile to be sent again has no PIN
        for folder, _, files in os.walk(self.shop.profile("one")):
            for file in files:
                with open(os.path.join(folder, file), "rb") as opened:
                    self.assertNotIn(b"594817", opened.read(), file)

    def test_goods_in_another_unit_are_those_of_the_command(self):
        self.does("customer", "limit", self.ming, "30000000")
        self.does("product", "unit", "TH16", "thùng", "10", "--barcode", "4006381333948")
        clerk = self.opens()
        self.sells_to(clerk, "王小明")
        clerk.type("TH16")
        clerk.keys("Enter")
        clerk.wait(r"Đơn vị: cây · thùng")
        clerk.type("5 hộp")
        clerk.keys("Enter")
        clerk.wait(r"▲ .*hộp.* cây · thùng")
        clerk.keys("C-u")
        clerk.type("5 thung")
        clerk.keys("Enter")
        clerk.wait(r"5 thùng +2.680.000 +13.400.000")
        clerk.type("1 thung")  # of the goods that came last
        clerk.keys("Enter")
        clerk.wait(r"1 thùng +2.680.000 +2.680.000")
        clerk.scan("4006381333948")
        clerk.wait(r"2 thùng +2.680.000 +5.360.000")
        clerk.keys("Up")
        clerk.type("1 cây")
        clerk.keys("Enter")
        clerk.wait(r"1 cây +268.000 +268.000")
        clerk.keys("Up")
        clerk.type("1thùng")
        clerk.keys("Enter")
        clerk.wait(r"Bán nợ 2.680.000 · F9")
        clerk.keys("F9")
        clerk.wait("✓ TD-00001")
        self.same_as_by_command("TH16=1 thùng")

    def test_goods_that_are_not_in_the_catalogue(self):
        clerk = self.opens()
        clerk.keys("g", "s")
        clerk.type("công chở")
        clerk.keys("M-i")
        clerk.wait("▲ vai trò của bạn không|▲ không .*vai trò|▲ .*vai trò")
        clerk = self.opens("two", "clerk-two")
        self.sells_to(clerk, "王小明")
        clerk.keys("M-i")
        clerk.wait("▲ Gõ tên hàng, rồi Alt I")
        clerk.type("công chở")
        clerk.keys("Enter")
        clerk.wait("▲ .*công chở.* · Alt I Hàng ngoài danh mục")
        clerk.keys("M-i")
        clerk.wait(r"\n 1 +công chở +1")
        clerk.type("2")
        clerk.keys("Enter")
        clerk.wait("Nhập giá trước · F9")
        clerk.keys("F9")
        clerk.wait("▲ Chưa có giá")
        clerk.type("50k")
        clerk.keys("Enter")
        clerk.wait(r"công chở +2 +50.000 +100.000")
        clerk.wait(r"Bán nợ 100.000 · F9")
        clerk.keys("F9")
        clerk.wait("✓ TD-00001")
        self.same_as_by_command("--custom", "công chở=2@50k", at="two", person="clerk-two")

    # ---- the same sale ----

    def same_as_by_command(self, *words, at="one", person="minh"):
        self.shop.login(at, (person, screen.shop.PASSWORD))
        self.shop.tefter(at, "sell", self.ming, *words)
        mine, other = (self.shop.json(at, "document", "show", number)[-1] for number in ("TD-00001", "TD-00002"))
        self.assertEqual(told(mine), told(other))

    def test_the_same_sale_here_and_by_command_is_the_same_document(self):
        clerk = self.opens()
        self.sells_to(clerk, "王小明")
        self.goods(clerk, "TH16", 3)
        clerk.wait("804.000 · F9")
        clerk.keys("F9")
        clerk.wait("✓ TD-00001")
        self.same_as_by_command("TH16=3")


def told(document):
    """What is another in each document by itself is left out."""
    text = str(document)
    for known in (r"TD-0000\d", r"'(document|seq|recorded_ms|running_minor|exposure_minor|bills_minor|id|balance_minor|hash)': '?[\w-]+'?"):
        text = re.sub(known, "", text)
    return text


if __name__ == "__main__":
    screen.run(BINARIES)
