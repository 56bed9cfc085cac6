"""A small chain of shops whose ledger is lost and restored: the real programs, several terminals, and a
picture of all that the ledger says, to be compared before and after."""
import json
import os
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
import server

PASSWORD = server.PASSWORD
TERMINALS = ("one", "two")
PRICE = 1000


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def fill(file):
    """A disk, to the last byte."""
    for size in (1 << 20, 4096, 1):
        try:
            while file.write(b"x" * size) == size:
                pass
        except OSError:
            pass


class Shop:
    """A ledger's folder, its server, and the profiles of its terminals, all below one folder."""

    def __init__(self, binaries, folder, address):
        self.binaries = binaries
        self.folder = folder
        self.address = address
        self.server = server.Server(binaries, folder)
        self.lives = 0
        self.options = ()  # of servers to come
        self.people = {}   # who logged in last, by terminal

    def path(self, name):
        return os.path.join(self.folder, name)

    def profile(self, name):
        return self.path("profile-" + name)

    # ---- the programs ----

    def tefter(self, name, *words, given=None, code=0):
        said = subprocess.run(
            [os.path.join(self.binaries, "tefter"), "--profile", self.profile(name), *words],
            input=given, text=True, capture_output=True, timeout=120, check=False)
        if said.returncode == 4 and "Nobody is logged in" in said.stderr and code is not None and words[0] != "login":
            self.login(name, self.person(name))  # after a restore everybody does so again
            return self.tefter(name, *words, given=given, code=code)
        if code is not None and said.returncode != code:
            raise AssertionError(f"tefter --profile {name} {' '.join(words)}: exit {said.returncode}\n"
                                 f"{said.stdout}{said.stderr}\n{self.server.tail()}")
        return said

    def begin(self, name, *words):
        """One that goes on beside others."""
        return subprocess.Popen([os.path.join(self.binaries, "tefter"), "--profile", self.profile(name), *words],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def json(self, name, *words, code=0):
        said = self.tefter(name, "--json", *words, code=code)
        return [json.loads(line) for line in said.stdout.splitlines()]

    def done(self, name, *words):
        """What a command that was done says."""
        reply = self.json(name, *words)[-1]
        if "done" not in reply:
            raise AssertionError(f"tefter {' '.join(words)}: {reply}")
        return reply["done"]

    def tefterd(self, *words, code=0):
        said = self.server.run(*words)
        if said.returncode != code:
            raise AssertionError(f"tefterd {' '.join(words)}: exit {said.returncode}\n{said.stdout}{said.stderr}")
        return said.stdout + said.stderr

    # ---- a chain ----

    def make(self):
        code = self.server.init()
        self.server.start(listen=self.address)
        self.tefter("office", "enrol", self.address, code)
        self.login("office", server.OWNER)
        self.tefter("office", "branch", "add", "TD", "Thủ Đức")
        self.tefter("office", "till", "add", "TD", "drawer")
        self.tefter("office", "till", "add", "HQ", "safe")
        self.tefter("office", "account", "add", "Main", "VN-0001")
        self.tefter("office", "product", "add", "XM", "Xi măng", "--price", str(PRICE))
        for name in TERMINALS:
            self.terminal(name)
        self.anh = self.customer("office", "Anh")
        self.binh = self.customer("office", "Bình")

    def login(self, name, person):
        self.tefter(name, "login", person[0], given=person[1] + "\n")
        self.people[name] = person

    def person(self, name):
        first = server.OWNER if name == "office" else ("clerk-" + name, PASSWORD)
        return self.people.get(name, first)

    def staff(self, login, by="office"):
        """Managers of no branch alone, so that they may do all that is tried here."""
        self.tefter(by, "staff", "add", login, "--role", "manager")
        self.tefter(by, "password", "--of", login, given=PASSWORD + "\n")

    def code(self, name, branch="TD"):
        said = self.tefter("office", "terminal", "add", branch, "counter " + name)
        return server.CODE.search(said.stdout + said.stderr).group()

    def terminal(self, name, branch="TD"):
        self.staff("clerk-" + name)
        self.tefter(name, "enrol", self.address, self.code(name, branch))
        self.login(name, ("clerk-" + name, PASSWORD))

    def customer(self, name, called, limit=100 * PRICE):
        number = self.done(name, "customer", "add", called, "--phone", "0900", "--area", "Thủ Đức",
                           "--no-look")["number"]
        if limit is not None:
            self.tefter(name, "customer", "limit", number, str(limit))
        return number

    def sell(self, name, customer, pieces=1, *words):
        return self.done(name, "sell", customer, f"XM={pieces}", *words)["number"]

    def pay(self, name, customer, amount, *words):
        till = "safe" if name == "office" else "drawer"
        return self.done(name, "pay", customer, str(amount), "--cash", till, *words)["number"]

    # ---- a loss ----

    def backup(self, place="backups"):
        if os.path.exists(self.path(place)):
            time.sleep(1.1)  # a backup is named by its second
        self.tefterd("backup", "--to", self.path(place))
        return self.path(os.path.join(place, max(os.listdir(self.path(place)))))

    def lose(self):
        if self.server.process is not None and self.server.process.poll() is None:
            self.server.kill()

    def restore(self, backup="backups", *words):
        """The server is lost, and that backup is served in its place; what `restore` said."""
        self.lose()
        self.lives += 1
        self.server = server.Server(self.binaries, self.path(f"life-{self.lives}"), *self.options)
        os.makedirs(self.server.folder, exist_ok=True)
        said = self.tefterd("restore", "--from", self.path(backup), *words)
        self.server.start(listen=self.address)
        return said

    def come(self, *names):
        """A terminal connects, whoever is at it, or nobody."""
        for name in names:
            self.tefter(name, "status", code=None)

    # ---- what the office sees ----

    def worklist(self, *words):
        pages = self.json("office", "recovery", *words)
        view = dict(pages[0])
        view["offers"] = [offer for page in pages for offer in page.get("offers", [])]
        return view

    COUNTS = ("waiting", "back", "differing", "refused", "declined", "heard")

    def settled(self, least=0):
        """The worklist, once nothing moves any more."""
        before, since = None, 0
        until = time.monotonic() + 60
        while time.monotonic() < until:
            view = self.worklist()
            state = [int(view.get(key, 0)) for key in self.COUNTS]
            since = since + 1 if state == before else 0
            if since >= 3 and sum(state[:5]) >= least:
                return view
            before = state
            time.sleep(0.05)
        raise AssertionError(f"the worklist does not come to rest: {before}")

    def apply(self):
        self.settled()
        self.tefter("office", "recovery", "apply")
        return self.settled()

    def documents(self):
        return [row for page in self.json("office", "documents") for row in page.get("documents", [page])]

    def show(self, number, code=0):
        said = self.json("office", "document", "show", number, code=code)
        return said[0]

    def balances(self):
        return {row["who"]["code"]: int(row["account"]["balance_minor"])
                for row in self.json("office", "customer", "list")}

    def close(self):
        self.server.close()
