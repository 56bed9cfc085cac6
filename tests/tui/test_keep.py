#!/usr/bin/python3
"""What is half done in the terminal screen outlives the program: kill -9, files that are damaged, newer or somebody else's, a full
disk; and a terminal whose server is not there.

    test_keep.py BINARIES [TEST]
"""
import hashlib
import os
import signal
import stat
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import screen

BINARIES = os.path.abspath(sys.argv.pop(1))
PIN = screen.PIN


class Kept(screen.Counter):
    # ---- helpers ----

    def again(self, name="one", language="vi", rows=24, columns=80, wait=True):
        """The program once more at the same terminal; nobody logs in anew."""
        words = ["env", "--ignore-signal=XFSZ", os.path.join(self.binaries, "tefter"), "--profile", self.shop.profile(name),
                 "--language", language]
        found = screen.Screen(self.folder, f"{name}-{len(self.screens)}", words, rows, columns)
        self.screens.append(found)
        if wait:
            found.wait(r"[34] (của|of) [34] ──")
        return found

    def pid(self, at):
        return int(at.tmux("display-message", "-p", "#{pane_pid}"))

    def kill(self, at):
        os.kill(self.pid(at), signal.SIGKILL)
        self.over(at)

    def over(self, at):
        self.until(lambda: at.tmux("display-message", "-p", "#{pane_dead}").strip() == "1")

    def goods(self, at, code, quantity):
        at.type(code)
        at.keys("Enter")
        at.wait(r"\n *\d +\S")
        at.type(str(quantity))
        at.keys("Enter")

    def person(self, at, login):
        at.keys("F10")
        at.wait("PIN hoặc mật khẩu")
        at.type(login)
        at.keys("Enter")
        at.type(PIN)
        at.keys("Enter")
        at.wait(rf"counter one · {login}")

    def file_of(self, login, name="one"):
        number = next(row["staff"] for row in self.shop.json("office", "staff", "list") if row.get("login") == login)
        return os.path.join(self.shop.profile(name), f"kept-{number}")

    def until(self, true):
        until = time.monotonic() + screen.WAIT_S
        while not true():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    def half_done(self, at):
        """Two sales: one parked for a customer, one for cash with its money half typed."""
        at.type("/王小明")
        at.wait("1 của 3")
        at.keys("Enter")
        at.wait("hạn mức")
        at.keys("n")
        at.wait("Bán hàng · ")
        self.goods(at, "TH16", 2)
        self.goods(at, "XM40", 3)
        at.wait(r"803.000")
        at.keys("F6")
        at.wait("hàng 0 ")
        self.goods(at, "XM40", 7)
        at.wait("623.000")
        at.keys("Enter")
        at.type("700")

    # ---- it is there again ----

    def test_kill_and_all_lines_are_there_and_are_booked_once(self):
        clerk = self.opens(person="minh")
        self.half_done(clerk)
        kept = self.file_of("minh")
        self.until(lambda: os.path.exists(kept))
        time.sleep(0.3)
        self.assertEqual(stat.S_IMODE(os.stat(kept).st_mode), 0o600)
        self.kill(clerk)
        self.does("product", "edit", "XM40", "--price", "90000")  # prices are those of now

        clerk = self.again()
        clerk.wait(r"2 lần bán giữ lại từ trước · g s")
        clerk.keys("g", "s")
        clerk.wait(r"7 bao +90.000 +630.000")
        self.assertRegex(clerk.text(), r"\b700\b")
        self.assertRegex(clerk.frame()[1], "‖ 1 · Alt T")
        clerk.type("k")
        clerk.wait(r"tiền thối 70.000")
        clerk.keys("F9")
        clerk.wait(r"✓ TD-00001 630.000 ₫ .* tiền thối 70.000")
        clerk.keys("M-t")
        clerk.wait(r"Bán hàng · 王小明建材")
        clerk.wait(r"Thép Hòa Phát D16 +2 cây +268.000 +536.000")
        clerk.wait(r"Xi măng .* +3 bao +90.000 +270.000")
        clerk.wait(r"Bán nợ 806.000 · F9")
        clerk.keys("F9")
        clerk.wait(r"✓ TD-00002 806.000 ₫")
        # sold is not kept any more
        self.until(lambda: not os.path.exists(kept))
        self.kill(clerk)
        clerk = self.again()
        self.assertNotIn("giữ lại từ trước", clerk.text())
        bills = [row["number"] for row in self.shop.documents() if "-R-" not in row["number"]]
        self.assertEqual(sorted(bills), ["TD-00001", "TD-00002"])

    def test_what_was_sold_as_the_program_died_is_not_there_to_be_sold_twice(self):
        clerk = self.opens(person="minh")
        clerk.keys("g", "s")
        self.goods(clerk, "XM40", 7)
        clerk.wait("623.000")
        kept = self.file_of("minh")
        self.until(lambda: os.path.exists(kept))
        time.sleep(0.3)
        with open(kept, "rb") as opened:
            before = opened.read()
        clerk.keys("F9")
        clerk.wait("✓ TD-00001")
        self.until(lambda: not os.path.exists(kept))
        self.kill(clerk)
        with open(kept, "wb") as opened:  # as if it had died between the outbox and this file
            opened.write(before)
        clerk = self.again()
        clerk.keys("g", "s")
        clerk.wait("hàng 0 ")
        self.until(lambda: not os.path.exists(kept))

    def test_forms_of_money_and_of_calls_are_kept_too(self):
        clerk = self.opens(person="minh")
        clerk.type("/王")
        clerk.wait("1 của 3")
        clerk.keys("Enter", "p")
        clerk.wait("── Thu tiền")
        clerk.type("250k")
        clerk.wait("= 250.000 ₫")
        kept = self.file_of("minh")
        self.until(lambda: os.path.exists(kept))
        time.sleep(0.3)
        self.kill(clerk)
        clerk = self.again()
        clerk.wait("giữ lại từ trước")
        clerk.keys("g", "p")
        clerk.wait(r"Thu tiền · 王小明建材")
        clerk.wait("= 250.000 ₫")
        clerk.wait(r"Thu 250.000 ₫ · F9")
        clerk.keys("F9")
        clerk.wait("✓ TD-R-00001 250.000")
        self.until(lambda: not os.path.exists(kept))

    def test_leaving_loses_nothing_and_says_nothing_of_it(self):
        clerk = self.opens(person="minh")
        clerk.keys("g", "s")
        self.goods(clerk, "XM40", 5)
        clerk.wait("445.000")
        clerk.keys("C-c")
        clerk.wait("Bấm Ctrl C lần nữa")
        self.assertNotIn("thoát là mất", clerk.text())
        clerk.keys("C-c")
        self.over(clerk)
        clerk = self.again()
        clerk.wait("1 lần bán giữ lại từ trước")
        clerk.keys("g", "s")
        clerk.wait(r"5 bao +89.000 +445.000")
        # thrown away it does not come back
        clerk.keys("M-d")
        clerk.wait("▲ .*Alt D")
        clerk.keys("M-d")
        clerk.wait("hàng 0 ")
        kept = self.file_of("minh")
        self.until(lambda: not os.path.exists(kept))

    # ---- files ----

    def test_damaged_newer_and_other_files_are_put_aside(self):
        clerk = self.opens(person="minh")
        clerk.keys("g", "s")
        self.goods(clerk, "XM40", 5)
        clerk.wait("445.000")
        kept = self.file_of("minh")
        self.until(lambda: os.path.exists(kept))
        time.sleep(0.3)
        self.kill(clerk)
        with open(kept, "rb") as opened:
            good = opened.read()
        newer = good[:8] + (9).to_bytes(4, "big") + good[12:]
        turned = bytearray(good)
        turned[len(good) // 2] ^= 1
        for bad, words in ((good[:-9], "không đọc được"), (bytes(turned), "không đọc được"), (b"", "không đọc được"),
                           (b"\xff" * 200, "không đọc được"), (newer, "bản Tefter mới hơn")):
            with open(kept, "wb") as opened:
                opened.write(bad)
            clerk = self.again()
            clerk.wait("▲ [^▲]*" + words)
            self.assertIn(os.path.basename(kept) + ".aside", clerk.text().replace("\n ", ""))
            with open(kept + ".aside", "rb") as opened:
                self.assertEqual(opened.read(), bad)
            clerk.keys("g", "s")
            clerk.wait("hàng 0 ")
            self.goods(clerk, "XM40", 1)  # and it goes on
            clerk.wait("89.000")
            self.until(lambda: os.path.exists(kept))
            self.kill(clerk)
            os.unlink(kept)

    def test_what_is_half_done_is_their_own(self):
        clerk = self.opens(person="minh")
        self.half_done(clerk)
        minh, lan = self.file_of("minh"), self.file_of("lan")
        self.until(lambda: os.path.exists(minh))
        time.sleep(0.3)
        self.kill(clerk)
        clerk = self.opens(person="lan")
        self.assertNotIn("giữ lại từ trước", clerk.text())
        clerk.keys("g", "s")
        clerk.wait("hàng 0 ")
        self.assertNotIn("Alt T", clerk.frame()[1])
        self.person(clerk, "minh")
        clerk.wait("2 lần bán giữ lại từ trước")
        self.kill(clerk)
        os.rename(minh, lan)
        clerk = self.opens(person="lan")
        clerk.wait(r"▲ .*không phải của bạn")
        clerk.keys("g", "s")
        clerk.wait("hàng 0 ")
        self.assertTrue(os.path.exists(lan + ".aside"))
        for folder, _, files in os.walk(self.shop.profile("one")):
            for file in files:
                with open(os.path.join(folder, file), "rb") as opened:
                    self.assertNotIn(PIN.encode(), opened.read(), file)

    def test_a_second_one_at_the_same_terminal_takes_nothing_up(self):
        clerk = self.opens(person="minh")
        clerk.keys("g", "s")
        self.goods(clerk, "XM40", 5)
        clerk.wait("445.000")
        kept = self.file_of("minh")
        self.until(lambda: os.path.exists(kept))
        other = self.again()
        other.wait("▲ Tefter đang mở hai nơi")
        other.keys("g", "s")
        other.wait("hàng 0 ")
        self.goods(other, "XM40", 1)
        other.wait("89.000")
        other.keys("C-c")
        other.wait("thoát là mất: 1")
        self.kill(other)
        self.kill(clerk)
        clerk = self.again()
        clerk.keys("g", "s")
        clerk.wait(r"5 bao +89.000 +445.000")

    def test_a_disk_that_is_full_is_told_and_holds_up_nothing(self):
        self.shop.login("one", ("minh", screen.shop.PASSWORD))
        clerk = self.again()
        clerk.keys("g", "s")
        self.goods(clerk, "XM40", 5)
        kept = self.file_of("minh")
        self.until(lambda: os.path.exists(kept))
        screen.subprocess.run(["prlimit", "--pid", str(self.pid(clerk)), "--fsize=0:unlimited"], check=True)
        self.goods(clerk, "TH16", 1)
        clerk.wait("▲ Máy này không giữ được")
        self.goods(clerk, "XM40", 2)
        clerk.wait("7 bao +89.000 +623.000|2 bao|7 bao")
        clerk.keys("C-c")
        clerk.wait("thoát là mất: 1")
        clerk.keys("Escape")
        screen.subprocess.run(["prlimit", "--pid", str(self.pid(clerk)), "--fsize=unlimited:unlimited"], check=True)
        time.sleep(6)  # it is tried again
        self.kill(clerk)
        clerk = self.again()
        clerk.wait("1 lần bán giữ lại từ trước")
        clerk.keys("g", "s")
        clerk.wait(r"Thép Hòa Phát D16 +1 cây")

    # ---- a server that is not there ----

    def test_without_a_server_it_says_so_at_once_and_goes_on(self):
        self.shop.login("one", ("minh", screen.shop.PASSWORD))
        self.shop.server.kill()
        clerk = self.again(wait=False)
        clerk.wait("Đang kết nối với " + screen.re.escape(self.shop.address), 3)
        clerk.wait("Ctrl C")
        clerk.keys("C-c")
        self.over(clerk)
        clerk = self.again(wait=False)
        clerk.wait("Đang kết nối với", 3)
        self.shop.server.start(listen=self.shop.address)
        clerk.wait(r"3 của 3 ──")


if __name__ == "__main__":
    screen.run(BINARIES)
