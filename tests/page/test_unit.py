#!/usr/bin/python3
"""tefterd and its page's process with the system calls that tefterd.service leaves them: the page closes itself in all the
same, serves, and reads a new certificate.

    test_unit.py BINARIES [TEST...]
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
import acme
import unit
from ws import ask, connect, trusting

BINARIES = sys.argv.pop(1)
TEFTERD = os.path.join(BINARIES, "tefterd")
NAME = "shop.lan"


class Unit(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-unit-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.ledger = os.path.join(self.folder, "ledger")
        self.log = os.path.join(self.folder, "log")
        self.run_("init", "--company", "x", "--currency", "EUR", "--admin", "maria", "--password-stdin", given="seven pears and a pot\n")

    def run_(self, word, *words, given=None, closed=None):
        said = subprocess.run([TEFTERD, word, *words, "--ledger", self.ledger], input=given, capture_output=True, text=True,
                              timeout=120, check=False, preexec_fn=closed)
        self.assertEqual(said.returncode, 0, said.stderr)
        return said.stdout

    def said(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def until(self, words):
        end = time.monotonic() + 60
        while words not in self.said():
            self.assertLess(time.monotonic(), end, self.said())
            time.sleep(0.05)

    def test_the_server_and_its_page(self):
        port = acme.free_ports(1)[0]
        self.run_("web-root", NAME)
        words = [TEFTERD, "--ledger", self.ledger, "--listen", "127.0.0.1:0", "--map", "1G", "--web", f"0.0.0.0:{port}"]
        with open(self.log, "w", encoding="utf-8") as log:
            serves = subprocess.Popen(words, stdout=log, stderr=log, preexec_fn=unit.filter_of("tefterd.service.in"))
        try:
            self.until("event=web_listening")
            self.assertRegex(self.said(), r'sandbox="?seccomp', "it could not close itself in")
            with connect(port, trusting()) as stream:
                self.assertEqual(ask(stream, "/trust", f"{NAME}:{port}").status, 200)
            self.run_("web-root", NAME, closed=unit.filter_of("tefterd-web-name.service.in"))
            self.until("event=certificate_read")
            self.assertNotIn("event=root_not_shown", self.said())
            with connect(port, trusting()) as stream:
                self.assertEqual(ask(stream, "/trust", f"{NAME}:{port}").status, 200)
        finally:
            serves.terminate()
            code = serves.wait(60)
        self.assertEqual(code, 0, self.said())
        self.assertNotIn("level=error", self.said())

    def test_it_is_a_filter(self):
        """What the page closes itself in with is there; what nobody here needs is not."""
        self.assertEqual({"seccomp", "landlock_restrict_self"} - unit.calls("tefterd.service.in"), set())
        self.assertEqual({"mount", "reboot", "ptrace", "chown", "bpf", "kexec_load"} & unit.calls("tefterd.service.in"), set())
        said = subprocess.run(["chown", "0:0", self.folder], capture_output=True, text=True, check=False,
                              preexec_fn=unit.filter_of("tefterd-web-name.service.in"))
        self.assertIn("not permitted", said.stderr)


if __name__ == "__main__":
    if unit.missing():
        print("SKIPPED: no", ", ".join(unit.missing()), "here")
        sys.exit(77)
    unittest.main()
