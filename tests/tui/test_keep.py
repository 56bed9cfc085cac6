#!/usr/bin/python3
"""What is half done in the terminal screen outlives the program: kill -9, files that are damaged, newer or somebody else's, a full
disk; and a terminal whose server is not there.

    test_keep.py BINARIES [TEST]
"""
import hashlib
import os
import random
import signal
import stat
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import screen

BINARIES = os.path.abspath(sys.argv.pop(1))
PIN = screen.PIN


HEAD = 36  # magic, version, staff, ledger, size
DAY_MS = 24 * 3600 * 1000


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def fields(data):
    """Of a message: (number, value), values numbers or bytes."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        tag = number()
        value = number()
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        yield tag >> 3, value


def message(given):
    out = b""
    for number, value in given:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            out += varint(number << 3 | 2) + varint(len(value)) + value
    return out


def file_with(good, body):
    """That file with another body, and its check."""
    data = good[:HEAD - 4] + len(body).to_bytes(4, "big") + body
    return data + hashlib.blake2b(data, digest_size=32).digest()[:8]


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

    def test_what_was_booked_before_the_end_is_told_after_it(self):
        clerk = self.opens(person="minh")
        clerk.keys("g", "s")
        clerk.wait("Bán tiền mặt")
        self.goods(clerk, "XM40", 2)
        clerk.wait("Thu 178.000 tiền mặt · F9")
        clerk.keys("F9")
        clerk.wait("✓ TD-00001 178.000 ₫")
        self.kill(clerk)  # whoever sold it may have seen nothing of that
        clerk = self.again()
        clerk.wait(r"✓ TD-00001, 178.000 ₫, đã ghi sổ lúc \S+, trước khi")
        self.assertEqual(len([each for each in self.shop.documents() if each["number"] == "TD-00001"]), 1)
        clerk.keys("M-u")
        clerk.wait(r"TD-00001.* 1 Khách hàng")
        clerk.keys("3")
        clerk.wait("TD-00001 đã đảo, bằng")
        self.kill(clerk)
        clerk = self.again()  # what is reversed is not offered
        time.sleep(1)
        self.assertNotIn("TD-00001,", clerk.text())

    def test_goods_and_no_quantity_are_typed_into_what_was_kept(self):
        clerk = self.opens(person="minh")
        clerk.keys("g", "s")
        clerk.wait("Bán tiền mặt")
        clerk.type("XM40")
        clerk.keys("Enter")
        clerk.wait(r"Xi măng .* 1 +89.000")
        time.sleep(0.8)
        self.kill(clerk)
        clerk = self.again()
        clerk.wait("1 toa giữ lại")
        clerk.keys("g", "s")
        clerk.wait("Bán tiền mặt")
        clerk.type("2*TH16")
        clerk.keys("Enter")
        clerk.wait(r"Xi măng .* 1 bao +89.000")
        clerk.wait(r"Thép .* 2 cây +268.000")
        clerk.type("3*XM40")  # how many is said already
        clerk.keys("Enter")
        clerk.wait(r"Xi măng .* 4 bao +89.000")
        clerk.type("TH16")
        clerk.keys("Enter")
        clerk.wait(r"Thép .* 3 +268.000")
        clerk.type("XM40")  # letters in a quantity are the next goods
        clerk.keys("Enter")
        clerk.wait(r"Thép .* 3 cây +268.000")
        clerk.wait(r"Xi măng .* 5 +89.000")
        clerk.type("4006381333931")  # and so is a code, however slowly it comes
        clerk.keys("Enter")
        clerk.wait(r"Xi măng .* 6 +89.000")
        clerk.type("7 bao")  # its unit is behind the number
        clerk.keys("Enter")
        clerk.wait(r"Xi măng .* 7 bao +89.000")

    def test_more_than_one_is_kept_in_persian_words(self):
        clerk = self.opens(person="minh")
        self.half_done(clerk)
        time.sleep(0.8)
        self.kill(clerk)
        clerk = self.again(language="fa", wait=False)
        clerk.wait("g s")
        self.assertNotIn("sales", clerk.text())

    def test_kill_and_all_lines_are_there_and_are_booked_once(self):
        clerk = self.opens(person="minh")
        self.half_done(clerk)
        kept = self.file_of("minh")
        self.until(lambda: os.path.exists(kept))
        time.sleep(0.8)
        self.assertEqual(stat.S_IMODE(os.stat(kept).st_mode), 0o600)
        self.kill(clerk)
        self.does("product", "edit", "XM40", "--price", "90000")  # prices are those of now

        clerk = self.again()
        clerk.wait(r"2 toa giữ lại từ trước · g s")
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
        time.sleep(0.8)
        with open(kept, "rb") as opened:
            before = opened.read()
        clerk.keys("Up")
        clerk.type("8")  # that came to the outbox alone
        clerk.keys("Enter")
        clerk.wait("712.000")
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
        time.sleep(0.8)
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
        clerk.wait("1 toa giữ lại từ trước")
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
        time.sleep(0.8)
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

    def test_what_is_old_is_let_go_and_what_makes_no_sense_breaks_nothing(self):
        clerk = self.opens(person="minh")
        self.half_done(clerk)
        kept = self.file_of("minh")
        self.until(lambda: os.path.exists(kept))
        time.sleep(0.8)
        self.kill(clerk)
        with open(kept, "rb") as opened:
            good = opened.read()
        body = good[HEAD:-8]
        self.assertEqual(file_with(good, body), good)

        def aged(days):
            for number, value in fields(body):
                if number == 4 and value.find("Thép".encode()) >= 0:  # the parked one
                    value = message((at, time_ms - days * DAY_MS if at in (19, 21) else time_ms)
                                    for at, time_ms in fields(value))
                yield number, value

        for days, words in ((13, "2 toa giữ lại"), (15, "1 toa giữ lại")):
            with open(kept, "wb") as opened:
                opened.write(file_with(good, message(aged(days))))
            clerk = self.again()
            clerk.wait(words)
            self.kill(clerk)
        chance = random.Random(7)
        for _ in range(12):
            broken = bytearray(body)
            for _ in range(chance.randint(1, 40)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            with open(kept, "wb") as opened:
                opened.write(file_with(good, bytes(broken)))
            clerk = self.again()
            clerk.keys("g", "s")
            clerk.wait("── Bán ")
            clerk.keys("M-t", "M-t", "Up", "Up", "Down", "Escape")
            clerk.keys("Escape", "g", "p")
            clerk.wait("khách|Thu tiền")
            self.kill(clerk)

    def test_a_sale_that_was_asked_for_is_sold_as_it_was_approved_meanwhile(self):
        clerk = self.opens(person="minh")
        clerk.type("/王小明")
        clerk.wait("1 của 3")
        clerk.keys("Enter")
        clerk.wait("hạn mức")
        clerk.keys("n")
        clerk.wait("Bán hàng · ")
        self.goods(clerk, "TH16", 20)
        clerk.wait(r"\n F8  \S")
        clerk.keys("F8")
        clerk.wait("Đã xin quản lý")
        kept = self.file_of("minh")
        self.until(lambda: os.path.exists(kept))
        time.sleep(0.8)
        self.kill(clerk)
        number = self.shop.json("two", "approval", "list")[-1]["approval"]
        self.shop.tefter("two", "approval", "grant", str(number), "--reason", "quen")
        clerk = self.again()
        clerk.wait("✓ clerk-two .*王小明建材.*5.360.000: quen · Alt T")
        clerk.keys("g", "s", "M-t")
        clerk.wait(r"✓ F9 bán đúng như đã xin")
        clerk.keys("F9")
        clerk.wait(r"✓ TD-00001 5.360.000 ₫")
        self.until(lambda: not os.path.exists(kept))

    def test_a_sale_that_was_kept_without_a_line_and_is_refused_comes_back(self):
        clerk = self.opens(person="minh")
        clerk.keys("g", "s")
        self.goods(clerk, "XM40", 5)
        clerk.wait("445.000 tiền mặt · F9")
        self.shop.server.kill()
        clerk.wait("MẤT KẾT NỐI")
        clerk.keys("F9")
        clerk.wait("Đã giữ ở đây, sẽ tự gửi")
        self.kill(clerk)
        self.shop.server.start(listen=self.shop.address)
        self.does("product", "edit", "XM40", "--price", "90000")
        clerk = self.again()
        clerk.wait(r"▲ [^▲]* · g s")
        self.assertEqual(self.shop.documents(), [])
        clerk.keys("g", "s", "M-t")
        clerk.wait(r"5 bao +90.000 +450.000")
        clerk.keys("F9")
        clerk.wait("✓ TD-00001 450.000")

    def test_so_does_one_that_is_refused_while_the_program_runs(self):
        clerk = self.opens(person="minh")
        clerk.keys("g", "s")
        self.goods(clerk, "XM40", 5)
        clerk.wait("445.000 tiền mặt · F9")
        self.does("product", "edit", "XM40", "--price", "90000")
        self.shop.server.kill()
        clerk.wait("MẤT KẾT NỐI")
        clerk.keys("F9")
        clerk.wait("Đã giữ ở đây, sẽ tự gửi")
        self.shop.server.start(listen=self.shop.address)
        clerk.wait(r"▲ [^▲]* · g s")
        clerk.keys("M-t")
        clerk.wait(r"5 bao +90.000 +450.000")

    def test_what_is_half_done_is_their_own(self):
        clerk = self.opens(person="minh")
        self.half_done(clerk)
        minh, lan = self.file_of("minh"), self.file_of("lan")
        self.until(lambda: os.path.exists(minh))
        time.sleep(0.8)
        self.kill(clerk)
        clerk = self.opens(person="lan")
        self.assertNotIn("giữ lại từ trước", clerk.text())
        clerk.keys("g", "s")
        clerk.wait("hàng 0 ")
        self.assertNotIn("Alt T", clerk.frame()[1])
        self.person(clerk, "minh")
        clerk.wait("2 toa giữ lại từ trước")
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
        clerk.wait("1 toa giữ lại từ trước")
        clerk.keys("g", "s")
        clerk.wait(r"Thép Hòa Phát D16 +1 cây")

    # ---- an undo of which only a part was done ----

    def state(self, number):
        return self.shop.json("office", "document", "show", number)[-1]["state"]

    def undoes_and_dies(self, at):
        """A cash sale is taken back; the program ends when its bill is on the way and its money is not yet."""
        at.keys("g", "s")
        self.goods(at, "XM40", 5)
        at.keys("Enter")
        at.type("500k")
        at.wait("500.000 .*F9")
        at.keys("F9")
        at.wait("✓ TD-00001 445.000 ₫")
        at.keys("M-u")
        at.wait(r"TD-00001.* 1 Khách hàng")
        time.sleep(0.5)  # what came with it is looked up
        kept = self.file_of("minh")
        self.until(lambda: not os.path.exists(kept))
        self.shop.server.process.send_signal(signal.SIGSTOP)
        at.keys("3")
        self.until(lambda: os.path.exists(kept))
        self.kill(at)
        self.shop.server.process.send_signal(signal.SIGCONT)
        return kept

    def test_money_whose_bill_is_taken_back_already_follows_it(self):
        kept = self.undoes_and_dies(self.opens(person="minh"))
        clerk = self.again()
        clerk.wait(r"▲ TD-00001 đã đảo, nhưng 445.000 ₫ .*Alt U")
        self.assertEqual(self.state("TD-00001"), "DOCUMENT_REVERSED")
        self.assertNotEqual(self.state("TD-R-00001"), "DOCUMENT_REVERSED")
        self.kill(clerk)  # it is there as often as that
        clerk = self.again()
        clerk.wait(r"▲ TD-00001 đã đảo, nhưng 445.000 ₫ .*Alt U")
        clerk.keys("M-u")
        clerk.wait(r"✓ TD-00001 đã đảo, bằng TD-\S+\. Trả lại 445.000 ₫ tiền mặt\.")
        self.assertEqual(self.state("TD-R-00001"), "DOCUMENT_REVERSED")
        self.until(lambda: not os.path.exists(kept))
        self.kill(clerk)
        clerk = self.again()
        time.sleep(0.5)
        self.assertNotIn("Alt U", clerk.text())

    def test_money_that_somebody_gave_back_meanwhile_is_not_asked_for(self):
        kept = self.undoes_and_dies(self.opens(person="minh"))
        clerk = self.again()
        clerk.wait(r"▲ TD-00001 đã đảo, nhưng 445.000 ₫ .*Alt U")
        self.kill(clerk)
        self.shop.tefter("two", "reverse", "TD-R-00001", "--reason", "trả rồi")
        clerk = self.again()
        self.until(lambda: not os.path.exists(kept))
        self.assertNotIn("Alt U", clerk.text())

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
