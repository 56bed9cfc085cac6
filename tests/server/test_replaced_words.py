#!/usr/bin/python3
"""The search index of a running server holds nothing of a name and a number that were replaced: their folded
forms are nowhere in its memory. (What the row cache gives up is looked for in tests/push, what the vault erases
in tests/vault. What was sent to a terminal may lie in freed memory until that is used again.)

    test_replaced_words.py BINARIES
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

BINARIES = sys.argv.pop(1)
PASSWORD = "seven pears and a pot"
NAME, NEW_NAME = "Zephyrine Quandtmeier", "Oliver Smith"
PHONE, NEW_PHONE = "+84 777 314 159", "+84 222 000 111"
OLD, NEW = ["zephyrine", "777314159"], ["oliver", "222000111"]  # as they are folded to be found


def memory_of(process):
    """What a dump would hold, without the ledger's own files."""
    with open(f"/proc/{process}/maps", encoding="ascii") as maps, open(f"/proc/{process}/mem", "rb", 0) as memory:
        for line in maps:
            first, last, rights, file = re.match(r"(\w+)-(\w+) (\S+) \S+ \S+ \d+ *(.*)", line).groups()
            if "w" not in rights or file.startswith("/") or file in ("[vvar]", "[vsyscall]"):
                continue
            at, end = int(first, 16), int(last, 16)
            memory.seek(at)
            while at < end:
                piece = memory.read(min(end - at, 16 << 20))
                if not piece:
                    break
                at += len(piece)
                yield piece


def found(process, words):
    return sorted({word for piece in memory_of(process) for word in words if word.encode() in piece})


class ReplacedWords(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tefter-words-")
        self.ledger = os.path.join(self.folder.name, "ledger")
        said = self.run_program("tefterd", "init", "--ledger", self.ledger, "--company", "C", "--currency", "VND",
                                "--admin", "owner", "--password-stdin")
        code = re.search(r"\b(?:[0-9A-Z]{5}-){8}[0-9A-Z]{2}\b", said).group()
        self.server = subprocess.Popen(
            [os.path.join(BINARIES, "tefterd"), "--ledger", self.ledger, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.stop)
        address = re.match(r"listening on (.*)\n", self.server.stdout.readline()).group(1)
        self.run_program("tefter", "enrol", address, code)
        self.run_program("tefter", "login", "owner")

    def stop(self):
        self.server.terminate()
        self.server.wait(60)
        self.server.stdout.close()
        self.folder.cleanup()

    def run_program(self, *words):
        said = subprocess.run([os.path.join(BINARIES, words[0]), *words[1:]], capture_output=True, text=True, timeout=60,
                              input=PASSWORD + "\n", check=False,
                              env={**os.environ, "TEFTER_PROFILE": os.path.join(self.folder.name, "profile")})
        self.assertEqual(said.returncode, 0, f"{words}\n{said.stdout}{said.stderr}")
        return said.stdout

    def use(self, name):
        """All the ways by which a terminal meets a name."""
        self.assertIn(name, self.run_program("tefter", "customer", "list"))
        self.assertIn(name, self.run_program("tefter", "customer", "show", "K1"))
        self.assertIn(name, self.run_program("tefter", "search", "K1"))
        self.run_program("tefter", "customer", "lock", "K1", "--reason", "they moved")
        self.run_program("tefter", "customer", "unlock", "K1")
        self.run_program("tefter", "watch", "--for", "1")

    def test_a_name_that_was_replaced(self):
        self.run_program("tefter", "customer", "add", NAME, "--code", "K1", "--phone", PHONE, "--area", "Docks")
        for i in range(2, 30):
            self.run_program("tefter", "customer", "add", f"Customer {i}", "--code", f"K{i}",
                             "--phone", f"0900 000 {i:03}", "--area", "Docks")
        self.use(NAME)
        self.assertEqual(found(self.server.pid, OLD), sorted(OLD))
        self.run_program("tefter", "customer", "edit", "K1", "--name", NEW_NAME, "--phone", NEW_PHONE)
        self.use(NEW_NAME)
        self.assertEqual(found(self.server.pid, NEW), sorted(NEW))
        self.assertEqual(found(self.server.pid, OLD), [])


if __name__ == "__main__":
    unittest.main()
