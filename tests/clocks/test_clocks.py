#!/usr/bin/python3
"""Wrong clocks, through the real server under libfaketime: at the start and while it runs, ahead and
behind, by minutes, a day, 45 days, a year; what people are told, and how it is put right.

    test_clocks.py BINARIES
"""
import datetime
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))
import server

BINARIES = ""
DAY, HOUR, MINUTE = 86400, 3600, 60
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
DONE, USE, CONFLICT = 0, 2, 5


def day(offset_s=0, zone_minutes=0):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset_s, minutes=zone_minutes)
    return moment.date().isoformat()


class Clocks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-clocks-")
        self.server = server.Server(BINARIES, self.folder)
        self.rate = os.path.join(self.folder, "clock")
        self.address_known = False
        self.wall(0)
        os.environ["FAKETIME_TIMESTAMP_FILE"] = self.rate

    def tearDown(self):
        if self.server.process is not None and self.server.process.poll() is None:
            self.server.process.kill()
            self.server.process.wait()
        shutil.rmtree(self.folder)

    # ---- a machine whose clock is wrong ----

    def wall(self, seconds):
        """The clock of the server's machine from now on, against the right one."""
        with open(self.rate + ".new", "w", encoding="ascii") as file:
            file.write(f"{seconds:+d}\n")
        os.replace(self.rate + ".new", self.rate)

    def faked(self, function, *words, **more):
        fake = {"LD_PRELOAD": FAKETIME, "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}
        before = {name: os.environ.get(name) for name in fake}
        os.environ.update(fake)
        try:
            return function(*words, **more)
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})

    def found(self, *init):
        said = self.faked(self.server.run, "init", "--company", "Anh", "--currency", "VND", "--admin", "owner",
                          "--password-stdin", "--utc-offset", "+00:00", *init, given="a long enough word\n")
        self.assertEqual(said.returncode, DONE, said.stderr)
        self.code = server.CODE.search(said.stdout).group()

    def start(self, ahead_s=0):
        self.wall(ahead_s)
        more = {"listen": self.server.address} if self.address_known else {}
        self.address_known = True
        return self.faked(self.server.start, **more)

    def stop(self):
        self.server.process.terminate()
        self.assertEqual(self.server.process.wait(20), DONE)

    def tefter(self, *words, code=DONE, given=None):
        said = subprocess.run([os.path.join(BINARIES, "tefter"), "--profile", os.path.join(self.folder, "profile"),
                               *words], input=given, text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(said.returncode, code, f"{words}: {said.stdout}{said.stderr}\n{self.server.tail()}")
        return said.stdout + said.stderr

    def enrol(self):
        self.tefter("enrol", self.server.address, self.code)
        self.login()

    def login(self):
        self.tefter("login", "owner", given="a long enough word\n")

    def accept(self):
        said = self.faked(self.server.run, "clock", "--accept")
        self.assertEqual(said.returncode, DONE, said.stderr)
        self.until(lambda: "clock_accepted" in self.log(), "the clock is not believed")

    def trade_begins(self):
        """A shop with a customer and a bill, served by a clock that is right."""
        self.found()
        self.start()
        self.enrol()
        self.tefter("customer", "add", "Anh", "--phone", "0901", "--area", "Q1", "--code", "A-1")
        self.tefter("product", "add", "P1", "Paint", "--price", "10")
        self.tefter("customer", "limit", "A-1", "1000000")
        self.sell()

    def sell(self):
        return self.tefter("sell", "A-1", "P1=1")

    def branch(self, code="HQ"):
        listed = self.tefter("branch", "list")
        return next(line for line in listed.splitlines() if f" {code} " in line)

    def dated(self, date, code="HQ"):
        self.until(lambda: date in self.branch(code), f"the business date is not {date}")

    def told(self, *words):
        """What people read at any terminal."""
        said = self.tefter("status")
        for word in words:
            self.assertIn(word, said)

    def until(self, condition, what):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.2)
        self.fail(f"{what}\n{self.server.tail()}")

    def log(self):
        with open(self.server.log, encoding="utf-8") as file:
            return file.read()

    # ---- at the start ----

    def test_a_start_with_a_clock_ahead_waits_for_a_person(self):
        self.trade_begins()
        today = day()
        for ahead in (4 * DAY, 45 * DAY, 365 * DAY):
            self.stop()
            self.start(ahead)
            self.told("CLOCK", "ahead of", "tefterd clock --accept")
            self.assertIn("clock_jumped", self.log())
            self.sell()
            self.assertIn(today, self.branch())
        self.stop()
        self.start(0)
        self.assertNotIn("CLOCK", self.tefter("status"))
        self.assertIn(today, self.branch())
        self.sell()

    def test_small_errors_at_the_start_are_none(self):
        self.trade_begins()
        for ahead in (4 * MINUTE, DAY):
            self.stop()
            self.start(ahead)
            self.login()
            self.assertNotIn("CLOCK", self.tefter("status"))
            self.dated(day(ahead))

    def test_a_start_with_a_clock_behind_waits_and_sales_go_on(self):
        self.trade_begins()
        today = day()
        for behind in (HOUR, DAY, 45 * DAY, 365 * DAY):
            self.stop()
            self.start(-behind)
            self.told("CLOCK", "behind")
            self.sell()
            self.assertIn(today, self.branch())

    def test_a_holiday_is_confirmed_in_one_line(self):
        self.trade_begins()
        self.stop()
        self.start(20 * DAY)
        self.assertIn(day(), self.branch())
        self.accept()
        self.login()
        self.dated(day(20 * DAY))
        self.assertNotIn("CLOCK", self.tefter("status"))
        self.sell()

    # ---- while it runs ----

    def test_a_clock_that_jumps_while_it_serves_is_not_believed(self):
        self.trade_begins()
        today = day()
        for jump in (10 * MINUTE, DAY, 45 * DAY, 365 * DAY, -10 * MINUTE, -DAY, -45 * DAY, -365 * DAY):
            self.wall(jump)
            self.until(lambda: "CLOCK" in self.tefter("status"), f"a jump by {jump} s is not told")
            self.sell()
            self.assertIn(today, self.branch())
            self.wall(0)
            self.until(lambda: "CLOCK" not in self.tefter("status"), "the right clock is not believed again")

    # ---- the way back ----

    def test_a_wrong_date_that_was_accepted_goes_back(self):
        self.trade_begins()
        today = day()
        self.stop()
        self.start(365 * DAY)
        self.accept()
        self.login()
        self.dated(day(365 * DAY))
        self.stop()
        self.start(0)
        self.told("CLOCK", "behind")
        self.accept()
        self.login()
        self.until(lambda: "DATE" in self.tefter("status"), "the date ahead is not told")
        self.told("branch turn-back HQ " + today)
        self.tefter("branch", "turn-back", "HQ", today)
        self.assertIn(today, self.branch())
        number = re.search(r"HQ-[0-9]+", self.sell()).group()
        shown = self.tefter("document", "show", number)
        self.assertIn(today, shown)
        self.assertIn("HQ-00001", self.tefter("branch", "turn-back", "HQ", day(-DAY), code=CONFLICT))
        self.until(lambda: "DATE" not in self.tefter("status"), "the date is still told")
        self.stop()
        said = self.server.run("verify")
        self.assertEqual(said.returncode, DONE, said.stdout + said.stderr)

    # ---- devices and certificates ----

    def test_a_ledger_founded_years_ahead_lets_its_device_in(self):
        self.wall(3 * 365 * DAY)
        self.found()
        self.start(3 * 365 * DAY)
        self.enrolled_ahead()
        self.stop()
        self.start(0)
        self.accept()
        self.until(lambda: "certificate_renewed" in self.log(), "the server's certificate is not renewed")
        self.tefter("login", "owner", given="a long enough word\n")
        self.tefter("branch", "turn-back", "HQ", day())

    def enrolled_ahead(self):
        fake = lambda: self.enrol()
        self.faked(fake)

    def test_the_certificate_renews_itself_without_a_restart(self):
        self.trade_begins()
        def ends():
            return re.search(r"certificate +(\S+)", self.server.run("status").stdout).group(1)
        before = ends()
        self.wall(650 * DAY)
        self.until(lambda: "CLOCK" in self.tefter("status"), "the jump is not told")
        self.accept()
        self.until(lambda: "certificate_renewed" in self.log(), "it is not renewed")
        self.assertGreater(ends(), before)

    # ---- zones ----

    def test_a_new_branch_has_its_own_date(self):
        self.trade_begins()
        for code, offset, minutes in (("EA", "+14:00", 840), ("TD", "+7", 420), ("WE", "-12:00", -720)):
            self.tefter("branch", "add", code, "Branch " + code, f"--utc-offset={offset}")
            self.assertIn(day(zone_minutes=minutes), self.branch(code))
        self.assertIn("+14:00", self.branch("EA"))
        self.assertIn("+07:00", self.branch("TD"))
        self.assertIn("-12:00", self.branch("WE"))
        self.tefter("branch", "add", "X", "x", "--utc-offset=+25:00", code=USE)


if __name__ == "__main__":
    if FAKETIME is None:
        print("libfaketime is not installed: wrong clocks are not tried")
        sys.exit(77)
    BINARIES = sys.argv.pop(1)
    unittest.main(verbosity=2)
