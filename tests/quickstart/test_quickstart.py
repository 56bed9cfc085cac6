#!/usr/bin/python3
"""The first minutes of the person who installs Tefter, in one sitting: every step is a line he types,
with its exit code and what he must be told.

    test_quickstart.py BINARIES
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
import server

DONE, REFUSED, USE, NO_SERVER, NOT_ALLOWED, CONFLICT = range(6)
PASSWORD = "seven pears and a pot"
CUSTOMERS = """Code,Name,Phone,Area
A-1,Xây dựng Phú Mỹ,0900 000 001,Thủ Đức
A-2,شرکت سازه آریا,0900 000 002,کرج
A-3,Τεχνική Αιγαίου,0900 000 003,Καλλιθέα
"""


class Sitting:
    def __init__(self, binaries):
        self.binaries = binaries
        self.folder = tempfile.mkdtemp(prefix="tefter-first-")
        self.server = server.Server(binaries, self.folder)
        self.steps = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def judge(self, line, said, code, wanted):
        self.steps += 1
        text = said.stdout + said.stderr
        problem = None
        if said.returncode != code:
            problem = f"exit {said.returncode}, not {code}"
        missing = [word for word in wanted if not re.search(word, text, re.I)]
        if problem or missing:
            raise AssertionError(f"$ {line}\n{text}\n-- {problem or 'not told: ' + ', '.join(missing)}"
                                 f"\n-- the server said:\n{self.server.tail()}")
        return text

    def tefterd(self, *words, code=DONE, given=None, wanted=()):
        said = self.server.run(*words, given=given)
        return self.judge("tefterd " + " ".join(words), said, code, wanted)

    def tefter(self, profile, *words, code=DONE, given=None, wanted=()):
        said = subprocess.run([os.path.join(self.binaries, "tefter"), "--profile", self.path(profile), *words],
                              input=given, text=True, capture_output=True, timeout=60, check=False)
        return self.judge(f"tefter --profile {profile} " + " ".join(words), said, code, wanted)

    def owes(self, profile, customer):
        said = self.tefter(profile, "--json", "customer", "show", customer)
        return int(json.loads(said.splitlines()[0])["account"]["balance_minor"])

    # ---- the steps ----

    def make(self):
        said = self.tefterd("init", "--company", "Hải Long", "--currency", "VND", "--admin", "owner",
                            "--password-stdin", given=PASSWORD + "\n", wanted=["code", "tefter enrol"])
        self.code = server.CODE.search(said).group()
        self.tefterd("init", "--company", "Hải Long", "--currency", "VND", "--admin", "owner",
                     "--password-stdin", given=PASSWORD + "\n", code=USE, wanted=["not empty"])
        self.server.start()

    def start_fails(self, code, wanted):
        said = subprocess.run([self.server.program, "--ledger", self.server.ledger, "--listen", "127.0.0.1:0"],
                              text=True, capture_output=True, timeout=30, check=False)
        self.judge("tefterd --ledger …", said, code, wanted)

    def second_start(self):
        self.start_fails(CONFLICT, [rf"pid {self.server.process.pid}\b"])

    def office(self):
        address = self.server.address
        self.tefter("office", "enrol", address, self.code, wanted=["Hải Long"])
        self.tefter("other", "enrol", address, self.code, code=NOT_ALLOWED, wanted=["used already"])
        self.tefter("other", "enrol", address, "not a code", code=USE)
        self.tefter("office", "customer", "list", code=NOT_ALLOWED, wanted=["log"])
        self.tefter("office", "login", "owner", given="wrong\n", code=NOT_ALLOWED)
        self.tefter("office", "login", "owner", given=PASSWORD + "\n", wanted=["owner"])

    def branch(self):
        self.tefter("office", "branch", "add", "TD", "Thủ Đức")
        self.tefter("office", "branch", "add", "TD", "Thủ Đức", code=CONFLICT)
        self.tefter("office", "till", "add", "TD", "drawer 1")
        self.tefter("office", "staff", "add", "minh", "--role", "sales", "--branch", "TD")
        self.tefter("office", "password", "--of", "minh", given="short\n", code=REFUSED)
        self.tefter("office", "password", "--of", "minh", given=PASSWORD + "\n")
        said = self.tefter("office", "terminal", "add", "TD", "counter 1", wanted=["code"])
        self.tefter("counter", "enrol", self.server.address, server.CODE.search(said).group())
        self.tefter("counter", "login", "minh", given=PASSWORD + "\n")
        self.tefter("counter", "staff", "add", "friend", "--role", "owner", code=NOT_ALLOWED)
        self.tefter("office", "product", "add", "XM40", "Xi măng", "--price", "92000", "--unit", "bao")

    def imports(self):
        sheet = self.write("customers.csv", CUSTOMERS)
        words = ["import", "customers", sheet, "--yes", "--set", "source=old-system"]
        self.tefter("office", *words, "--dry-run", wanted=["3"])
        self.tefter("office", "customer", "show", "A-1", code=REFUSED)
        self.tefter("office", *words, wanted=["3"])
        self.tefter("office", "customer", "show", "A-2", wanted=["شرکت سازه آریا"])
        self.tefter("office", *words, "--restart", wanted=["already|there"])
        listed = self.tefter("office", "--json", "customer", "list")
        self.check(sum('"A-' in line for line in listed.splitlines()) == 3, "an import counted twice")

    def trade(self):
        self.tefter("office", "customer", "limit", "A-1", "1000000")
        self.tefter("counter", "sell", "A-1", "XM40=10", wanted=["TD-"])
        self.tefter("counter", "sell", "A-1", "XM40=10", code=REFUSED, wanted=["limit", "840,000"])
        self.check(self.owes("office", "A-1") == 920000, "he owes another sum")

    def backup(self):
        self.tefterd("status", wanted=["served", "never|none|no "])
        self.tefterd("backup", "--to", self.path("backups"), wanted=["backup"])
        self.tefterd("status", wanted=["backup"])
        self.tefter("office", "status", wanted=["seq"])

    def power_cut(self):
        self.server.kill()
        self.tefter("counter", "--wait", "0", "customer", "show", "A-1", code=NO_SERVER)
        self.tefterd("verify", wanted=["good|balance|ok"])
        self.server.start(listen=self.server.address)
        self.check(self.owes("counter", "A-1") == 920000, "after the kill he owes another sum")

    def block(self):
        self.tefter("office", "terminal", "block", "counter 1")
        self.tefter("counter", "--wait", "0", "customer", "show", "A-1", code=NOT_ALLOWED, wanted=["blocked"])
        self.tefter("office", "terminal", "unblock", "counter 1")
        self.tefter("counter", "customer", "show", "A-1", code=NOT_ALLOWED, wanted=["log in"])
        self.tefter("counter", "login", "minh", given=PASSWORD + "\n")
        self.tefter("counter", "customer", "show", "A-1")

    def restore(self):
        self.tefter("counter", "sell", "A-2", "XM40=1", code=REFUSED)
        self.check(self.server.stop() == 0, "tefterd did not end in order")
        address = self.server.address
        elsewhere = server.Server(self.binaries, self.path("elsewhere"))
        os.mkdir(elsewhere.folder)
        said = elsewhere.run("restore", "--from", self.path("backups"))
        self.judge("tefterd restore", said, DONE, [])
        self.server = elsewhere
        self.tefterd("verify")
        self.server.start(listen=address)
        self.tefter("counter", "customer", "show", "A-1", code=NOT_ALLOWED)  # no login of before counts
        self.tefter("counter", "login", "minh", given=PASSWORD + "\n")
        self.tefter("office", "login", "owner", given=PASSWORD + "\n")
        self.check(self.owes("counter", "A-1") == 920000, "after the restore he owes another sum")
        self.tefter("counter", "sell", "A-1", "XM40=0.5", wanted=["TD-"])
        self.tefterd("status", wanted=["served"])
        self.check(self.server.stop() == 0, "tefterd did not end in order")
        self.tefterd("verify", wanted=["good|balance|ok"])

    def stuck(self):
        """An entry that no program can apply: the books are shown without it, and it is passed over only when a
        person says so."""
        said = subprocess.run([os.path.join(self.binaries, "spoil"), self.server.ledger], text=True,
                              capture_output=True, timeout=30, check=True)
        seq = said.stdout.strip()
        self.server.start(listen=self.server.address)
        self.check(self.owes("counter", "A-1") == 966000, "read only, he owes another sum")
        self.tefter("counter", "sell", "A-1", "XM40=0.5", code=NO_SERVER, wanted=["no changes", "tefterd status"])
        self.tefter("office", "status", wanted=[f"READ ONLY: entry {seq} cannot be applied"])
        self.tefterd("status", wanted=[f"entry {seq} cannot be applied"])
        self.check(self.server.stop() == 0, "tefterd did not end in order")
        self.tefterd("quarantine", seq, "--reason", "a program's fault", wanted=[seq])
        self.server.start(listen=self.server.address)
        self.tefter("counter", "sell", "A-1", "XM40=0.25", wanted=["TD-"])
        self.check(self.server.stop() == 0, "tefterd did not end in order")
        self.tefterd("verify", wanted=["good|balance|ok"])

    def check(self, true, what):
        self.steps += 1
        if not true:
            raise AssertionError(what)

    def run(self):
        for step in (self.make, self.second_start, self.office, self.branch, self.imports, self.trade,
                     self.block, self.backup, self.power_cut, self.restore, self.stuck):
            started = time.monotonic()
            step()
            print(f"{step.__name__:12} {time.monotonic() - started:5.1f} s", flush=True)


def main():
    sitting = Sitting(sys.argv[1])
    try:
        sitting.run()
    finally:
        sitting.server.close()
    shutil.rmtree(sitting.folder)
    print(f"firstminutes: {sitting.steps} steps")


if __name__ == "__main__":
    main()
