#!/usr/bin/python3
"""Slips on paper through the real programs: a till asks, the server hands the job to the branch's printer, and what comes
out of a printer on port 9100 is compared, dot by dot, with the picture that was drawn.

    test_printing.py BINARIES
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "restore"))
sys.path.insert(0, HERE)
import shop
import sink

BINARIES = sys.argv.pop(1)


class Printing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-printing-")
        cls.shop = shop.Shop(BINARIES, cls.folder, f"127.0.0.1:{shop.free_port()}")
        code = cls.shop.server.init(currency="VND")
        cls.shop.server.start(listen=cls.shop.address)
        tefter = cls.shop.tefter
        tefter("office", "enrol", cls.shop.address, code)
        cls.shop.login("office", shop.server.OWNER)
        tefter("office", "branch", "add", "TD", "Thủ Đức")
        tefter("office", "till", "add", "HQ", "drawer")
        tefter("office", "till", "add", "TD", "td drawer")
        tefter("office", "product", "add", "XM", "Xi măng Hà Tiên", "--price", "89000", "--unit", "bao")
        tefter("office", "customer", "add", "Xây dựng Phú Mỹ", "--code", "PM", "--phone", "0901", "--area", "x")
        tefter("office", "customer", "limit", "PM", "900000000", "--policy", "block")
        cls.enrol("printer", "HQ", "--printer")
        cls.enrol("till-td", "TD")
        cls.shop.login("till-td", shop.server.OWNER)

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()
        shutil.rmtree(cls.folder)

    @classmethod
    def enrol(cls, name, branch, *options):
        said = cls.shop.tefter("office", "terminal", "add", branch, name, *options)
        code = (said.stdout + said.stderr).split("tefter enrol ")[1].split()[1]
        cls.shop.tefter(name, "enrol", cls.shop.address, code)

    def setUp(self):
        self.sink = sink.Sink()
        self.agents = []
        self.pictures = tempfile.mkdtemp(dir=self.folder)

    def tearDown(self):
        for agent in self.agents:
            self.stop(agent)
        self.sink.close()
        self.assertEqual([], self.sink.faults)
        self.until(lambda: "live" not in self.state())

    # ---- what is done ----

    def agent(self, *options, name="printer", wait=True):
        log = open(os.path.join(self.folder, "agent.log"), "ab")
        agent = subprocess.Popen(
            [os.path.join(BINARIES, "tefter"), "printer", "--profile", self.shop.profile(name), "--to",
             f"127.0.0.1:{self.sink.port}", "--pictures", self.pictures, *options],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        self.agents.append(agent)
        if wait:
            self.until(lambda: "live" in self.state())
        return agent

    def state(self):
        """'live ready' of the printer as the office's list of devices has it; '' when none prints."""
        rows = self.shop.json("office", "terminal", "list")
        found = [row for row in rows if row.get("name") == "printer" and "printer_state" in row]
        return "live " + found[0]["printer_state"] if found else ""

    def until(self, holds, seconds=20):
        end = time.monotonic() + seconds
        while not holds():
            self.assertLess(time.monotonic(), end, self.log())
            time.sleep(0.1)

    def log(self):
        with open(os.path.join(self.folder, "agent.log"), errors="replace") as file:
            return file.read()[-3000:]

    @staticmethod
    def stop(agent, how=signal.SIGKILL):
        if agent.poll() is None:
            agent.send_signal(how)
        return agent.wait(timeout=30)

    def sell(self, quantity=1, who="office"):
        return self.shop.done(who, "sell", "PM", f"XM={quantity}")["number"]

    def print(self, number, *options, who="office", code=0):
        said = self.shop.tefter(who, "print", number, *options, code=code)
        return said.stdout + said.stderr

    def later(self, *words, who="office"):
        answer = []

        def work():
            said = self.shop.tefter(who, *words, code=None)
            answer.append((said.returncode, said.stdout + said.stderr))
        thread = threading.Thread(target=work)
        thread.start()
        return thread, answer

    # ---- what comes out ----

    def test_the_paper_is_the_picture(self):
        self.agent("--width", "80", "--drawer", "--language", "vi")
        number = self.sell(120)
        self.assertEqual("Printed.\n", self.print(number, "--drawer"))
        self.assertEqual(1, self.sink.wait_slips(1))
        width, rows = self.sink.slips[0]
        picture = sink.read_png(os.path.join(self.pictures, os.listdir(self.pictures)[0]))
        self.assertEqual(576, width)
        self.assertEqual(picture, (width, rows))
        self.assertGreater(sum(bin(int.from_bytes(row, "big")).count("1") for row in rows), 3000)
        self.assertEqual(0, self.sink.drawers)
        # again: it says COPY, whatever the till asks, and so it does after the agent's restart
        self.assertEqual("Printed, as a copy.\n", self.print(number))
        self.stop(self.agents[-1])
        self.until(lambda: "live" not in self.state())
        self.agent("--width", "58")
        self.assertEqual("Printed, as a copy.\n", self.print(number))
        self.assertEqual(3, self.sink.wait_slips(3))
        self.assertEqual(384, self.sink.slips[2][0])
        self.assertNotEqual(self.sink.slips[0][1], self.sink.slips[1][1])

    def test_the_drawer_opens_for_cash_that_was_just_taken_and_for_nothing_else(self):
        self.agent("--drawer")
        self.print(self.sell(), "--drawer")
        self.assertEqual(1, self.sink.wait_slips(1))
        self.assertEqual(0, self.sink.drawers)  # on credit
        receipt = self.shop.done("office", "pay", "PM", "1000")["number"]
        self.print(receipt, "--drawer")
        self.assertEqual(2, self.sink.wait_slips(2))
        self.assertEqual(1, self.sink.drawers)

    def test_copies(self):
        self.agent("--copies", "2")
        self.print(self.sell())
        self.assertEqual(2, self.sink.wait_slips(2))
        self.assertEqual(self.sink.slips[0], self.sink.slips[1])

    def test_no_paper_and_open_are_told_and_nothing_comes_out(self):
        self.agent()
        number = self.sell()
        self.sink.paper = False
        self.assertIn("no paper", self.print(number, code=1))
        self.sink.open = True
        self.assertIn("cover is open", self.print(number, code=1))
        self.assertEqual([], self.sink.slips)
        self.assertIn("COVER", self.state())
        self.sink.paper, self.sink.open = True, False
        self.assertEqual("Printed.\n", self.print(number))  # what did not come out is no copy

    def test_a_printer_that_is_off(self):
        self.agent()
        self.sink.close()
        self.assertIn("cannot be reached", self.print(self.sell(), code=1))
        self.until(lambda: "NOT_REACHABLE" in self.state())

    def test_a_printer_that_closes_or_hangs_in_the_middle(self):
        self.agent()
        for fault in ("cut_after", "hang_after"):
            setattr(self.sink, fault, 9000)
            number = self.sell(40)
            said = self.print(number, code=1)
            self.assertIn("Nobody knows whether it was printed", said, fault)
            setattr(self.sink, fault, None)
            self.assertEqual("Printed, as a copy.\n", self.print(number), fault)

    def test_one_that_answers_nothing_took_it_and_nobody_says_more(self):
        self.sink.answers = False
        self.agent()
        self.assertEqual("Sent to the printer, which does not say whether it printed.\n", self.print(self.sell()))
        self.assertEqual(1, self.sink.wait_slips(1))

    # ---- ends in between ----

    def test_no_agent_is_told_at_once(self):
        begun = time.monotonic()
        self.assertIn("No printer is connected", self.print(self.sell(), code=1))
        self.assertLess(time.monotonic() - begun, 5)

    def test_an_agent_that_is_killed_prints_once_or_is_not_known(self):
        for slow in (3, 0.05, 0):
            self.sink.slow_s = slow
            self.sink.started.clear()
            agent = self.agent()
            number = self.sell(40)
            before = len(self.sink.slips)
            thread, answer = self.later("print", number)
            self.assertTrue(self.sink.started.wait(20), self.log())
            self.stop(agent)
            thread.join(60)
            code, said = answer[0]
            if code == 0:
                self.assertEqual("Printed.\n", said)
            else:
                self.assertIn("Nobody knows whether it was printed", said)
            self.until(lambda: "live" not in self.state())
            self.sink.slow_s = 0
            self.sink.wait_quiet()
            self.agent()
            time.sleep(1.5)  # nothing comes out by itself
            self.assertLessEqual(len(self.sink.slips) - before, 1)
            self.assertEqual("Printed, as a copy.\n", self.print(number))
            self.stop(self.agents[-1])
            self.until(lambda: "live" not in self.state())

    def test_it_comes_back_after_the_server(self):
        agent = self.agent()
        self.shop.server.stop()
        self.shop.server.start(listen=self.shop.address)
        self.until(lambda: "live" in self.state(), 40)
        self.assertEqual("Printed.\n", self.print(self.sell()))
        self.assertEqual(0, self.stop(agent, signal.SIGTERM))

    # ---- who may what ----

    def test_another_branch(self):
        self.agent()
        here, there = self.sell(), self.sell(who="till-td")
        self.assertIn("written in another branch", self.print(there, code=1))
        self.assertIn("No printer is connected", self.print(here, who="till-td", code=1))
        self.assertEqual([], self.sink.slips)

    def test_a_terminal_that_is_no_printer(self):
        agent = self.agent(name="till-td", wait=False)
        self.assertEqual(4, agent.wait(timeout=30))
        self.assertIn("is no printer", self.log())

    def test_a_printer_that_is_one_no_more_is_turned_away(self):
        agent = self.agent()
        self.shop.tefter("office", "terminal", "change", "printer", "--printer", "false")
        try:
            self.assertEqual(4, agent.wait(timeout=30))
            self.assertIn("No printer is connected", self.print(self.sell(), code=1))
        finally:
            self.shop.tefter("office", "terminal", "change", "printer", "--printer", "true")

    def test_it_sees_nothing_else(self):
        self.agent()
        said = self.shop.tefter("printer", "customer", "list", code=None)
        self.assertEqual(4, said.returncode)
        self.assertIn("Nobody is logged in", said.stderr)

    def test_two_agents_of_one_profile(self):
        self.agent()
        second = self.agent(wait=False)
        self.assertNotEqual(0, second.wait(timeout=30))
        self.assertIn("another tefter printer runs", self.log())

    def test_settings_that_make_no_sense(self):
        program = os.path.join(BINARIES, "tefter")
        for words, why in ((("--to", "host:99999"), "is no printer"), (("--to", "queue:-x"), "is no printer"),
                           (("--to", ""), "is no printer"), ((), "--to"), (("--to", "a", "--width", "70"), "--width"),
                           (("--to", "a", "--copies", "0"), "--copies"), (("--to", "a", "--language", "de"), "languages"),
                           (("--to", "a", "--pictures", "/nowhere"), "--pictures")):
            said = subprocess.run([program, "printer", *words], capture_output=True, text=True, timeout=30, check=False)
            self.assertEqual(2, said.returncode, (words, said.stderr))
            self.assertIn(why, said.stderr)

    def test_a_flood_is_bounded(self):
        self.sink.slow_s = 1
        self.agent()
        number = self.sell()
        jobs = [self.later("print", number) for _ in range(14)]
        for thread, _ in jobs:
            thread.join(90)
        said = [answer[0][1] for _, answer in jobs]
        self.assertTrue(any("too much to do" in each for each in said), said)
        self.assertEqual(1, said.count("Printed.\n"), said)  # of all these, one says no COPY
        self.assertEqual(len(self.sink.slips), sum("Printed" in each for each in said))


if __name__ == "__main__":
    unittest.main()
