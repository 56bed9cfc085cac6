#!/usr/bin/python3
"""The state reaches --map: the server goes read only and says so, loses nothing, and a start with a larger map goes on.

    test_full_map.py BINARIES
"""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

BINARIES = ""
PASSWORD = "a long enough word"
CODE = re.compile(r"\b(?:[0-9A-Z]{5}-){8}[0-9A-Z]{2}\b")
INVOICES, LINES = 40000, 4


class FullMap(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-map-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.server = None
        self.password = self.path("password")
        with open(self.password, "w", encoding="ascii") as file:
            file.write(PASSWORD + "\n")
        os.chmod(self.password, 0o600)

    def tearDown(self):
        if self.server and self.server.poll() is None:
            self.server.kill()
            self.server.wait()
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_it(self, name, *words):
        return subprocess.run([os.path.join(BINARIES, name), *words], capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=250,
                              env=dict(os.environ, TEFTER_PROFILE=self.path("office")))

    def good(self, name, *words):
        done = self.run_it(name, *words)
        self.assertEqual(done.returncode, 0, (words, done.stdout, done.stderr, self.log()))
        return done.stdout

    def log(self):
        if not os.path.exists(self.path("log")):
            return ""
        with open(self.path("log"), encoding="utf-8") as file:
            return file.read()

    def start(self, size):
        address = self.path("ledger/server.address")
        if os.path.exists(address):
            os.remove(address)
        with open(self.path("log"), "a", encoding="utf-8") as log:
            self.server = subprocess.Popen(
                [os.path.join(BINARIES, "tefterd"), "--ledger", self.path("ledger"), "--listen", self.address, "--map",
                 size, "--min-free", "0", "--date-frozen"], stdout=log, stderr=log)
        for _ in range(1200):
            if os.path.exists(address) and os.path.getsize(address) > 0:
                return
            self.assertIsNone(self.server.poll(), self.log())
            time.sleep(0.05)
        self.fail("the server does not listen")

    def stop(self, kill=False):
        if kill:
            self.server.kill()
        else:
            self.server.terminate()
        return self.server.wait(60)

    def make(self, size):
        said = self.good("tefterd", "init", "--ledger", self.path("ledger"), "--company", "Test", "--currency", "EUR",
                         "--admin", "owner", "--password-file", self.password, "--listen", self.address)
        self.start(size)
        self.good("tefter", "enrol", self.address, CODE.search(said).group())
        self.good("tefter", "login", "owner", "--password-file", self.password)

    def write_invoices(self):
        path = self.path("invoices.csv")
        with open(path, "w", encoding="ascii") as file:
            file.write("number,customer,date,code,text,qty,price\n")
            for n in range(INVOICES):
                for k in range(LINES):
                    file.write(f"{n},C{n % 500},2011-0{n % 9 + 1}-05,P{k},thing {k} of a long name {n},1,1.{k}5\n")
        return path

    def owed(self):
        return json.loads(self.good("tefter", "--json", "trial-balance").splitlines()[-1])["balances_minor"]

    def test_reaching_it_is_read_only_and_a_larger_one_goes_on(self):
        self.make("64M")
        path = self.write_invoices()
        said = open(self.path("import.log"), "w", encoding="utf-8")
        importing = subprocess.Popen(
            [os.path.join(BINARIES, "tefter"), "import", "invoices", path, "--yes", "--source", "s", "--quiet"],
            stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            env=dict(os.environ, TEFTER_PROFILE=self.path("office")))
        try:
            importing.wait(120)
            for _ in range(400):
                if "--map" in self.log():
                    break
                time.sleep(0.05)
        finally:
            importing.kill()
            importing.wait()
            said.close()
        with open(self.path("import.log"), encoding="utf-8") as file:
            told = file.read()
        self.assertIn("its state has reached --map", told)
        self.assertIn("the state has reached --map", self.log(), told)
        self.assertIsNone(self.server.poll(), "it goes on to show the ledger")
        self.assertIn("--map", self.good("tefter", "status"))
        refused = self.run_it("tefter", "branch", "add", "--code", "B2", "--name", "Second")
        self.assertNotEqual(refused.returncode, 0)
        owed = self.owed()
        self.assertEqual(self.stop(), 0, self.log())

        self.start("64M")  # the same again: it shows what it has
        self.assertEqual(self.owed(), owed)
        self.stop(kill=True)

        self.start("1G")
        self.assertEqual(self.owed(), owed)
        again = self.good("tefter", "import", "invoices", path, "--yes", "--source", "s", "--quiet", "--json")
        self.assertEqual(json.loads(again)["rejected"], 0, again)
        self.assertEqual(self.owed(), INVOICES * sum(105 + 10 * k for k in range(LINES)))
        self.assertEqual(self.stop(), 0)
        self.assertIn("verified", self.good("tefterd", "verify", "--ledger", self.path("ledger"), "--map", "1G"))

        # A journal that does not fit any more: what fits is shown, and nothing is lost.
        small = self.run_it("tefterd", "code", "--ledger", self.path("ledger"), "--terminal", "1", "--map", "64M")
        self.assertEqual(small.returncode, 1)
        self.assertIn("--map", small.stderr)
        shutil.rmtree(self.path("ledger/state"))
        shutil.rmtree(self.path("ledger/checkpoints"))
        os.mkdir(self.path("ledger/checkpoints"))
        self.start("64M")
        self.assertIn("take a larger --map", self.good("tefter", "status"))
        self.stop(kill=True)
        self.start("1G")
        self.assertEqual(self.owed(), INVOICES * sum(105 + 10 * k for k in range(LINES)))
        self.assertEqual(self.stop(), 0)


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main()
