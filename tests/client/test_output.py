#!/usr/bin/python3
"""Standard input, output and error that are closed, full or gone: what is asked is done all the same, said so, and
written to no file that is not theirs.

    test_output.py BINARIES
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "restore"))
import shop

BINARIES = sys.argv.pop(1)
UNWRITTEN = 6


class Output(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-output-")
        self.shop = shop.Shop(BINARIES, self.folder, f"127.0.0.1:{shop.free_port()}")
        code = self.shop.server.init(currency="EUR")
        self.shop.server.start(listen=self.shop.address)
        self.does("enrol", self.shop.address, code)
        self.shop.login("office", shop.server.OWNER)
        self.does("till", "add", "HQ", "drawer")
        self.does("product", "add", "BREAD", "Bread", "--price", "2.50")

    def tearDown(self):
        self.shop.close()
        shutil.rmtree(self.folder)

    def does(self, *words, code=0):
        said = self.shop.tefter("office", *words, code=code)
        return said.stdout + said.stderr

    def in_shell(self, *words, redirected=""):
        command = " ".join([os.path.join(BINARIES, "tefter"), "--profile", self.shop.profile("office"), *words])
        return subprocess.run(["bash", "-o", "pipefail", "-c", command + redirected], capture_output=True, text=True, timeout=60, check=False)

    def bills(self):
        return self.does("documents", "--kind", "invoice").count("HQ-0")

    def test_what_is_closed_aborts_nothing(self):
        for at, closed in enumerate((" >&-", " 2>&-", " <&-", " <&- >&- 2>&-"), 1):
            sold = self.in_shell("sell", "cash", f"BREAD={at}", "--paid", "cash", redirected=closed)
            self.assertEqual(sold.returncode, 0, closed + sold.stderr)
            self.assertEqual(self.bills(), at)

    def test_what_cannot_be_written_is_done_and_said_so(self):
        sold = self.in_shell("sell", "cash", "BREAD=1", "--paid", "cash", redirected=" >/dev/full")
        self.assertEqual(sold.returncode, UNWRITTEN)
        self.assertIn("this is done; its output could not be written: No space left", sold.stderr)
        gone = self.in_shell("sell", "cash", "BREAD=2", "--paid", "cash", redirected=" | true")
        self.assertIn(gone.returncode, (0, UNWRITTEN))  # true may have taken it before it ended
        self.assertEqual(gone.stderr, "")
        self.assertEqual(self.bills(), 2)
        refused = self.in_shell("sell", "nobody", "BREAD=1", redirected=" >/dev/full")
        self.assertEqual(refused.returncode, 1, refused.stderr)

    def test_a_code_that_nobody_reads_is_no_success(self):
        other = os.path.join(self.folder, "other")
        with open("/dev/full", "w", encoding="ascii") as full:
            said = subprocess.run([os.path.join(BINARIES, "tefterd"), "init", "--ledger", other, "--company", "Shop",
                                   "--currency", "EUR", "--admin", "boss", "--map", "1G", "--password-stdin"],
                                  input="who keeps the books here\n", stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
        self.assertEqual(said.returncode, 1, said.stderr)
        self.assertIn("this is done; its output could not be written", said.stderr)

    def test_a_server_without_standard_files_writes_into_none_of_its_own(self):
        self.shop.server.stop()
        ledger = self.shop.server.ledger
        server = subprocess.Popen(["bash", "-c", f"exec {os.path.join(BINARIES, 'tefterd')} --ledger {ledger} --listen "
                                   f"{self.shop.address} <&- >&- 2>&-"])
        try:
            files = f"/proc/{server.pid}/fd"
            self.does("whoami")
            opened = self.opened(files)
            self.assertTrue(any("data.mdb" in name for name in opened), opened)
            self.assertEqual([os.readlink(f"{files}/{n}") for n in range(3)], ["/dev/null"] * 3)
        finally:
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(30), 0)
        self.shop.server.start(listen=self.shop.address)

    @staticmethod
    def opened(files):
        found = []
        for name in os.listdir(files):
            try:
                found.append(os.readlink(os.path.join(files, name)))
            except OSError:
                pass
        return found


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
