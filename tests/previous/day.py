#!/usr/bin/python3
"""A shopkeeper's day with one version of the programs at the server and the other at the counter, both
ways round. The daily work must be done; what the server is too old for must be said.

    day.py BINARIES [--against COMMIT]

The office has the server's version, the counter the other one. Every figure is read by a third party:
the client of tests/interop. Needs the history with that commit; builds it in build/previous.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import history
import schema

sys.path.insert(0, os.path.join(history.HERE, "..", "interop"))
import client
import server

DONE, REFUSED, USE, NO_SERVER, NOT_ALLOWED, CONFLICT = range(6)
PASSWORD = server.PASSWORD

# Words of the command line, where a version has another than this script.
WORDS = {
    "previous": {"trial-balance": "books", "--custom": "--free", "--salesperson": "--marketer", "buyer": "person",
                 "--buyer": "--person", "--backfill": "--already-happened"},
    "new": {},
}

CUSTOMERS = """Code,Name,Phone,Area
A-1,Xây dựng Phú Mỹ,0900 000 001,Thủ Đức
A-2,شرکت سازه آریا,0900 000 002,کرج
A-3,Τεχνική Αιγαίου,0900 000 003,Καλλιθέα
"""
INVOICES = """InvoiceNo,CustomerID,InvoiceDate,StockCode,Quantity,UnitPrice
OLD-1,A-3,2026-01-10,XM40,2,90000
OLD-2,A-3,2026-01-12,XM40,1,90000
"""


class Place:
    """One terminal: a version of the command line and a profile."""

    def __init__(self, day, side, name):
        self.day, self.side, self.name = day, side, name
        self.program = os.path.join(day.binaries[side], "tefter")
        self.profile = os.path.join(day.folder, name)

    def line(self, *words):
        return [self.program, "--profile", self.profile,
                *(WORDS[self.side].get(word, word) for word in words)]

    def does(self, *words, code=DONE, given=None, told=()):
        said = subprocess.run(self.line(*words), input=given, text=True, capture_output=True, timeout=90,
                              check=False)
        text = said.stdout + said.stderr
        missing = [word for word in told if not re.search(word, text, re.I)]
        self.day.steps += 1
        if said.returncode != code or missing:
            raise AssertionError(
                f"{self.name} ({self.side}) $ tefter {' '.join(words)}\n{text}\n"
                f"-- exit {said.returncode}, not {code}; not told: {missing}\n{self.day.server.tail()}")
        return text

    def number(self, *words):
        """Does it; the number of the paper that was written."""
        found = re.search(r"\b[A-Z]{2}(?:-[A-Z]+)*-\d{5}\b", self.does(*words))
        if found is None:
            raise AssertionError(f"no number: tefter {' '.join(words)}")
        return found.group()


class Watch:
    """`tefter watch --json` in its own process: everything it has heard so far."""

    def __init__(self, place):
        self.process = subprocess.Popen(place.line("--json", "watch"), text=True, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        self.heard = []
        self.news = threading.Condition()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            with self.news:
                self.heard.append(line)
                self.news.notify()

    def wait(self, what, is_it, since=0, seconds=20):
        """Waits for a line; its place."""
        until = time.monotonic() + seconds
        with self.news:
            while True:
                for at in range(since, len(self.heard)):
                    if is_it(json.loads(self.heard[at])):
                        return at
                if not self.news.wait(max(0.0, until - time.monotonic())):
                    raise AssertionError(f"{what} was not heard:\n" + "".join(self.heard[-10:]))

    def figure(self, customer, owes, since=0):
        """A row of this customer, as a change and not as a part of the first picture."""
        return self.wait(f"customer {customer} owing {owes}", lambda told: told.get("account", {}).get(
            "customer") == customer and told["account"].get("balance_minor") == owes, since)

    def live(self, since=0):
        return self.wait("live", lambda told: told.get("line") == "live", since)

    def lines(self):
        return [json.loads(line)["line"] for line in self.heard if '"line"' in line[:9]]

    def close(self):
        self.process.terminate()
        self.process.wait(20)


class Day:
    def __init__(self, binaries, serving, visiting):
        self.binaries = binaries
        self.serving, self.visiting = serving, visiting
        self.steps = 0
        self.folder = tempfile.mkdtemp(prefix="tefter-previous-")
        self.server = server.Server(binaries[serving], self.folder)
        self.office = Place(self, serving, "office")
        self.counter = Place(self, visiting, "counter")

    def check(self, is_so, what):
        self.steps += 1
        if not is_so:
            raise AssertionError(f"{what}\n{self.server.tail()}")

    def owes(self, code, owed):
        card = self.stranger.query(customer_card=client.pb.CustomerCard(code=code))
        self.check(card.account.balance_minor == owed,
                   f"{code} owes {card.account.balance_minor}, not {owed}")

    # ---- the day ----

    def open_shop(self):
        """The company is made; both versions enrol and log in, and so does a stranger."""
        code = self.server.init()
        self.server.start()
        self.office.does("enrol", self.server.address, code)
        self.office.does("login", server.OWNER[0], given=server.OWNER[1] + "\n")
        self.office.does("branch", "add", "TD", "Thủ Đức")
        self.office.does("till", "add", "TD", "drawer 1")
        self.office.does("staff", "add", "minh", "--role", "sales", "--branch", "TD")
        self.office.does("password", "--of", "minh", given=PASSWORD + "\n")
        for place, login, password in ((self.counter, "minh", PASSWORD), (None, *server.OWNER)):
            told = self.office.does("terminal", "add", "TD", place.name if place else "stranger")
            code = server.CODE.search(told).group()
            if place:
                place.does("enrol", self.server.address, code, told=["Hải Long"])
                place.does("login", login, given="not it\n", code=NOT_ALLOWED, told=["wrong"])
                place.does("login", login, given=password + "\n", told=[login])
                place.does("whoami", told=["minh", "TD"])
            else:
                folder = os.path.join(self.folder, "stranger")
                client.enrol(self.server.address, code, folder)
                self.stranger = client.Connection(folder)
                self.stranger.login(login, password)

    def stock(self):
        """Products and customers: typed at the office, imported by the other version."""
        self.office.does("product", "add", "XM40", "Xi măng", "--price", "92000", "--unit", "bao")
        owner = Place(self, self.visiting, "office")  # the office's profile, by the other program
        for kind, sheet, rows in (("customers", CUSTOMERS, 3), ("invoices", INVOICES, 2)):
            path = os.path.join(self.folder, kind + ".csv")
            with open(path, "w", encoding="utf-8") as file:
                file.write(sheet)
            words = ["import", kind, path, "--yes", "--source", "old-system"]
            owner.does(*words, told=[str(rows)])
            owner.does(*words, "--restart", told=["already|there"])
        self.owes("A-3", 270_000)
        self.counter.does("customer", "list", told=["A-1", "A-2", "A-3"])
        owner.does("customer", "limit", "A-1", "2000000")

    def trade(self):
        """The counter asks first, sells, is refused over the limit, takes money, puts a price right."""
        counter = self.counter
        counter.does("sell", "A-1", "XM40=10", "--what-if", told=["920,000"])
        self.owes("A-1", 0)
        bill = counter.number("sell", "A-1", "XM40=10")
        self.owes("A-1", 920_000)
        counter.does("sell", "A-1", "XM40=20", code=REFUSED, told=["limit", "760,000"])
        counter.does("pay", "A-1", "500k", told=["500,000"])
        self.owes("A-1", 420_000)
        counter.does("customer", "show", "A-1", told=["A-1", "Xây dựng Phú Mỹ", "420,000"])
        counter.does("customer", "history", "A-1", told=[bill])
        counter.does("document", "show", bill, told=["920,000", "500,000"])
        counter.does("search", "Phú Mỹ", told=["A-1"])
        self.office.does("credit-note", bill, "1=1", "--reason", "a torn sack")
        self.owes("A-1", 328_000)
        wrong = counter.number("sell", "A-1", "XM40=1")
        counter.does("reverse", wrong, "--reason", "the wrong customer")
        self.owes("A-1", 328_000)
        Place(self, self.visiting, "office").does("credit-note", bill, "1=1", "--reason", "one more")
        self.owes("A-1", 236_000)

    def approval(self):
        """Over the limit the counter asks, the office grants, the counter sells."""
        self.office.does("policy", "set", "--limit", "0", "--policy", "approve")
        asked = self.counter.does("sell", "A-2", "XM40=2", "--ask")
        number = re.search(r"pproval #?(\d+)", asked)
        self.check(number is not None, f"no approval: {asked}")
        self.office.does("approval", "list", told=["184,000"])
        self.office.does("approval", "grant", number.group(1))
        self.counter.does("sell", "A-2", "XM40=2", "--approval", number.group(1))
        self.owes("A-2", 184_000)

    def live(self):
        """Each hears the other's sales; the server is killed and comes back, and the picture goes on."""
        one = self.stranger.query(customer_card=client.pb.CustomerCard(code="A-1")).row.customer
        watches = [Watch(self.counter), Watch(self.office)]
        try:
            for watch in watches:
                watch.live()
            self.office.does("sell", "A-1", "XM40=1")
            marks = [watch.figure(one, 328_000) for watch in watches]
            self.counter.does("sell", "A-1", "XM40=1")
            marks = [watch.figure(one, 420_000, mark) for watch, mark in zip(watches, marks)]
            self.server.kill()
            self.server.start(listen=self.server.address)
            marks = [watch.live(mark) for watch, mark in zip(watches, marks)]
            self.counter.does("pay", "A-1", "20k")
            marks = [watch.figure(one, 400_000, mark) for watch, mark in zip(watches, marks)]
            for watch in watches:
                self.check("fetching all figures again" not in watch.lines(), "the picture was not resumed")
        finally:
            for watch in watches:
                watch.close()
        self.stranger.close()
        self.stranger = client.Connection(os.path.join(self.folder, "stranger"))
        self.stranger.login(*server.OWNER)
        self.owes("A-1", 400_000)

    def what_is_not_there(self, beyond):
        """Each command and query that only the newer program has: told, with the line intact."""
        if self.visiting != "new":
            return
        for name in beyond:
            self.counter.does("call", name, "{}", code=NO_SERVER, told=["older than this program"])
        self.counter.does("ping")

    def close_shop(self):
        """The books, by the other version; the server ends in order and its ledger is sound."""
        Place(self, self.visiting, "office").does("trial-balance", told=["balance"])
        Place(self, self.visiting, "office").does("aging", told=["A-3|854,000"])
        self.counter.does("logout")
        self.stranger.close()
        self.check(self.server.stop() == 0, "tefterd did not end in order")
        said = self.server.run("verify")
        self.check(said.returncode == 0, said.stdout + said.stderr)

    def run(self, beyond):
        try:
            self.open_shop()
            self.stock()
            self.trade()
            self.approval()
            self.live()
            self.what_is_not_there(beyond)
            self.close_shop()
        finally:
            self.server.close()
        shutil.rmtree(self.folder)
        print(f"{self.serving} server, {self.visiting} counter: {self.steps} steps", flush=True)


def beyond_previous(name):
    """The commands and queries that the commit before does not have, by the name `call` knows."""
    now = history.schema(os.path.join(history.ROOT, "proto"))
    before = history.schema(os.path.join(history.source(name, "proto"), "proto"))
    added = []
    for root in (".tefter.Command", ".tefter.Query"):
        known = {field.number for field in before[root].field}
        added += [field for field in now[root].field if field.number not in known]
    for field in added:
        if any(part.label == schema.REQUIRED for part in now[field.type_name].field):
            print(f"not tried: {field.name} has required fields")
    return [field.type_name.rpartition(".")[2] for field in added
            if not any(part.label == schema.REQUIRED for part in now[field.type_name].field)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries", metavar="BINARIES")
    parser.add_argument("--against", metavar="COMMIT")
    options = parser.parse_args()
    name = history.commit(options.against)
    beyond = beyond_previous(name)
    print(f"{len(beyond)} commands and queries that {name[:12]} does not have: {' '.join(beyond) or '-'}",
          flush=True)
    binaries = {"new": options.binaries, "previous": history.programs(name)}
    server.messages()
    Day(binaries, "new", "previous").run(beyond)
    Day(binaries, "previous", "new").run(beyond)


if __name__ == "__main__":
    main()
