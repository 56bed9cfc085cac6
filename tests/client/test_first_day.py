#!/usr/bin/python3
"""What people meet at a terminal on its first days: a code typed wrong, a server that was moved, a
password that was changed.

    test_first_day.py BINARIES
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))
import server

BINARIES = sys.argv[1]
DONE, REFUSED, USE, NO_SERVER, NOT_ALLOWED, CONFLICT = range(6)
OWNER, PASSWORD = server.OWNER
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Terminal(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-first-day-")
        self.servers = []
        self.server = self.make("one")

    def tearDown(self):
        for one in self.servers:
            one.close()
        shutil.rmtree(self.folder)

    def make(self, name):
        folder = os.path.join(self.folder, name)
        os.mkdir(folder)
        made = server.Server(BINARIES, folder)
        made.code = made.init()
        made.start()
        self.servers.append(made)
        return made

    def tefter(self, *words, code=DONE, given=None, **environment):
        run = subprocess.run([os.path.join(BINARIES, "tefter"), "--wait", "0", *words], input=given, text=True,
                             capture_output=True, timeout=60, check=False,
                             env={**os.environ, "TEFTER_PROFILE": os.path.join(self.folder, "profile"), **environment})
        self.assertEqual(run.returncode, code, f"$ tefter {' '.join(words)}\n{run.stdout}{run.stderr}")
        return run.stdout + run.stderr

    def enrol(self):
        self.tefter("enrol", self.server.address, self.server.code)
        self.tefter("login", OWNER, given=PASSWORD + "\n")

    def config(self):
        return os.path.join(self.folder, "profile", "config")

    # ---- a browser's link ----

    def test_a_browser_gets_a_link_with_its_code(self):
        self.enrol()
        for words in (("add", "HQ", "counter"), ("code", "counter")):
            said = self.tefter("terminal", *words, "--web", "https://tefter.example:8443/")
            link = next(line for line in said.splitlines() if line.startswith("https://"))
            self.assertTrue(link.startswith("https://tefter.example:8443/#enrol="), link)
            self.assertTrue(server.CODE.fullmatch(link.partition("=")[2]), link)
            self.assertNotIn("tefter enrol", said)
            self.assertNotIn("█", said)  # nobody looks at it

    def test_a_link_needs_the_pages_address(self):
        self.enrol()
        for wrong in ("tefter.example", "ftp://tefter.example", "https://", "https://a/#b", "javascript://a b"):
            self.assertIn("--web", self.tefter("terminal", "add", "HQ", "never", "--web", wrong, code=USE))
        self.assertNotIn("never", self.tefter("terminal", "list"))

    def test_who_looks_at_a_screen_can_scan_it(self):
        self.enrol()
        read, write = os.openpty()
        run = subprocess.Popen([os.path.join(BINARIES, "tefter"), "terminal", "code", "1", "--web", "https://a.example"],
                               stdin=write, stdout=write, stderr=subprocess.DEVNULL,
                               env={**os.environ, "TEFTER_PROFILE": os.path.join(self.folder, "profile"),
                                    "LANG": "C.UTF-8"})
        self.assertEqual(DONE, run.wait(60))
        os.close(write)
        said = b""
        try:
            while part := os.read(read, 65536):
                said += part
        except OSError:
            pass  # the other end is closed
        os.close(read)
        drawn = [line for line in said.decode().splitlines() if "█" in line]
        self.assertGreater(len(drawn), 15)
        self.assertEqual(1, len({len(line) for line in drawn}))

    # ---- the code ----

    def with_wrong_letter(self, place):
        code = self.server.code
        at = place + place // 5
        other = ALPHABET[(ALPHABET.index(code[at]) + 1) % 32]
        return code[:at] + other + code[at + 1:]

    def test_a_wrong_letter_of_the_code_is_found(self):
        for place, group in ((0, 1), (7, 2), (15, 4)):
            typed = self.with_wrong_letter(place)
            said = self.tefter("enrol", self.server.address, typed, code=NOT_ALLOWED)
            self.assertIn("The code is wrong", said)
            self.assertIn(f"typing error in group {group} ({typed.split('-')[group - 1]})", said)

    def test_a_wrong_letter_in_its_second_half_is_no_other_server(self):
        typed = self.with_wrong_letter(23)
        said = self.tefter("enrol", self.server.address, typed, code=USE)
        self.assertIn(f"the code has a typing error in group 5 ({typed.split('-')[4]})", said)
        self.assertNotIn("another one", said)
        self.tefter("enrol", self.server.address, self.server.code) # it was not used up

    def test_a_letter_that_is_in_no_code(self):
        typed = "U" + self.server.code[1:]
        self.assertIn("in group 1: U is in no code", self.tefter("enrol", self.server.address, typed, code=USE))

    def test_a_letter_that_was_left_out(self):
        typed = self.server.code[:8] + self.server.code[9:]
        said = self.tefter("enrol", self.server.address, typed, code=USE)
        self.assertIn("41 letters and digits, and a whole one 42: group 2 has 4", said)

    def test_the_code_of_another_company(self):
        other = self.make("other")
        said = self.tefter("enrol", self.server.address, other.code, code=NO_SERVER)
        self.assertIn("this is not the server that made the code", said)

    # ---- the server has moved ----

    def moved(self):
        """The same ledger, served at another port."""
        before = self.server.address
        self.server.stop()
        self.server.start()
        self.assertNotEqual(self.server.address, before)
        return before

    def test_a_server_that_was_moved(self):
        self.enrol()
        with open(self.config(), "a", encoding="utf-8") as file:
            file.write("# counter by the door\nof_a_later_version = kept\n")
        before = self.moved()
        self.tefter("whoami", code=NO_SERVER)
        self.assertIn(before, self.tefter("server"))
        said = self.tefter("server", self.server.address)
        self.assertIn("the same root", said)
        self.assertIn("Hải Long", said)
        self.assertIn(OWNER, self.tefter("whoami")) # and who was logged in still is
        self.assertIn(self.server.address, self.tefter("server"))
        with open(self.config(), encoding="utf-8") as file:
            text = file.read()
        self.assertIn("# counter by the door\nof_a_later_version = kept\n", text)
        self.assertEqual(text.count("server = "), 1)

    def test_another_ledger_is_no_new_address(self):
        self.enrol()
        other = self.make("other")
        said = self.tefter("server", other.address, code=NO_SERVER)
        self.assertIn(f"Nothing was changed: this terminal still goes to {self.server.address}", said)
        self.assertIn(OWNER, self.tefter("whoami"))

    def test_nobody_at_the_new_address(self):
        self.enrol()
        said = self.tefter("server", "127.0.0.1:1", code=NO_SERVER)
        self.assertIn("Nothing was changed", said)
        self.tefter("server", "no address at all:x", code=USE)
        self.assertIn(OWNER, self.tefter("whoami"))

    def test_the_environment_that_wins_is_named(self):
        self.enrol()
        old = self.server.address
        self.moved()
        said = self.tefter("server", self.server.address, TEFTER_SERVER=old)
        self.assertIn(f"TEFTER_SERVER is set here and wins over it: {old}", said)

    def test_a_device_that_is_no_terminal(self):
        self.assertIn("tefter enrol HOST:PORT CODE", self.tefter("server", self.server.address, code=NOT_ALLOWED))

    # ---- a password ----

    def test_a_new_password_of_one_s_own(self):
        self.enrol()
        fresh = "another long enough word"
        said = self.tefter("password", given=f"{PASSWORD}\n{fresh}\n")
        self.assertIn(f"all your logins are over, here too. Log in again: tefter login {OWNER}", said)
        self.tefter("customer", "list", code=NOT_ALLOWED)
        self.tefter("login", OWNER, given=fresh + "\n")
        self.tefter("customer", "list")

    def test_a_pin_ends_no_login(self):
        self.enrol()
        self.assertIn("Logins go on", self.tefter("password", "--pin", given=f"{PASSWORD}\n2468\n"))
        self.tefter("customer", "list")

    def test_a_password_of_somebody_else(self):
        self.enrol()
        self.tefter("staff", "add", "ann", "--role", "sales")
        self.assertIn("The password of ann is set", self.tefter("password", "--of", "ann", given="seven pears and a pot\n"))
        self.tefter("customer", "list") # the owner's own login goes on


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
