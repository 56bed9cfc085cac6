"""A tefterd of its own for a test: init, start, stop, kill; and a small company to trade with. Shared
by the tests that drive the real server (stranger, crash, firstminutes)."""
import os
import re
import signal
import subprocess
import tempfile
import time

import client

HERE = os.path.dirname(os.path.abspath(__file__))
PROTO = os.path.join(HERE, "..", "..", "proto")
CODE = re.compile(r"\b(?:[0-9A-Z]{5}-){8}[0-9A-Z]{2}\b")
OWNER = ("owner", "a long enough word")
PASSWORD = "seven pears and a pot"


def messages():
    """Google's Python for proto/, made anew, loaded into client."""
    folder = tempfile.mkdtemp(prefix="tefter-proto-")
    files = sorted(name for name in os.listdir(PROTO) if name.endswith(".proto"))
    subprocess.run(["protoc", "-I", PROTO, "--python_out", folder, *files], check=True,
                   stderr=subprocess.DEVNULL)
    return client.load(folder)


class Server:
    """One ledger's folder and, while it runs, the process that serves it."""

    def __init__(self, binaries, folder, *options):
        self.program = os.path.join(binaries, "tefterd")
        self.folder = folder
        self.ledger = os.path.join(folder, "ledger")
        self.options = options
        self.process = None
        self.log = os.path.join(folder, "tefterd.log")

    @staticmethod
    def map(word):
        """A small map: some sanitizers do not bear a large one."""
        return [] if word in ("status", "clock", "metrics") else ["--map", "1G"]

    def run(self, *words, given=None, timeout=120):
        """One tefterd command to its end."""
        return subprocess.run([self.program, *words, "--ledger", self.ledger, *self.map(words[0])], input=given, text=True,
                              capture_output=True, timeout=timeout, check=False)

    def init(self, company="Hải Long", currency="VND", words=()):
        """Makes the ledger; the first one-time code."""
        said = self.run("init", "--company", company, "--currency", currency, "--admin", OWNER[0],
                        "--password-stdin", *words, given=OWNER[1] + "\n")
        if said.returncode != 0:
            raise RuntimeError(said.stderr)
        return CODE.search(said.stdout + said.stderr).group()

    @property
    def address_file(self):
        return os.path.join(self.ledger, "server.address")

    def start(self, *options, listen="127.0.0.1:0", wait_s=30):
        """Starts it and waits until it listens; the address."""
        if os.path.exists(self.address_file):
            os.unlink(self.address_file)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "--ledger", self.ledger, "--listen", listen, "--map", "1G",
                 *self.options, *options], stdout=log, stderr=log)
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"tefterd ended with {self.process.returncode}:\n{self.tail()}")
            if os.path.exists(self.address_file):
                with open(self.address_file, encoding="ascii") as file:
                    self.address = file.read().strip()
                if self.address:
                    return self.address
            time.sleep(0.005)
        raise RuntimeError("tefterd does not listen:\n" + self.tail())

    def tail(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-15:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, wait_s=30):
        """TERM, as an administrator would; its exit code."""
        if self.process is None or self.process.poll() is not None:
            return self.process and self.process.returncode
        self.process.terminate()
        return self.process.wait(wait_s)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def end_well(self):
        """Stops it; it ends with 0, and verify finds nothing wrong with what it leaves."""
        code = self.stop()
        self.close()
        if code != 0:
            raise AssertionError(f"tefterd ended with {code}:\n{self.tail()}")
        verified = self.run("verify")
        if verified.returncode != 0:
            raise AssertionError(verified.stderr)


class Company:
    """The owner at the head office, and what a practice company needs, all by the stranger's client."""

    def __init__(self, server, code):
        self.server = server
        self.profile = os.path.join(server.folder, "head-office")
        client.enrol(server.address, code, self.profile)
        self.owner = client.Connection(self.profile)
        self.owner.login(*OWNER)

    def branch(self, code, name):
        return self.owner.submit(add_branch=client.pb.AddBranch(code=code, name=name)).id

    def till(self, branch, name="till"):
        return self.owner.submit(add_till=client.pb.AddTill(branch=branch, name=name)).id

    def clerk(self, login, role="ROLE_SALES", branch=None, password=PASSWORD):
        add = client.pb.AddStaff(login=login, role=client.pb.Role.Value(role))
        if branch:
            add.branch = branch
        staff = self.owner.submit(add_staff=add).id
        self.owner.ask(set_password=client.pb.SetPassword(staff=staff, password=password))
        return staff

    def code(self, branch, name):
        """(number, one-time code) of a new terminal."""
        number = self.owner.submit(add_terminal=client.pb.AddTerminal(branch=branch, name=name)).id
        return number, self.owner.ask(make_code=client.pb.MakeCode(terminal=number)).code.code

    def terminal(self, branch, name):
        """An enrolled terminal: its profile's folder."""
        folder = os.path.join(self.server.folder, name.replace(" ", "-"))
        client.enrol(self.server.address, self.code(branch, name)[1], folder)
        return folder

    def customer(self, name, limit_minor=None):
        number = self.owner.submit(open_customer=client.pb.OpenCustomer(
            name=client.pb.Text(value=name), phone=client.pb.Text(value="+84 900 000 000"), area="Thủ Đức")).id
        if limit_minor is not None:
            self.limit(number, limit_minor)
        return number

    def limit(self, customer, limit_minor):
        self.owner.submit(set_credit_limit=client.pb.SetCreditLimit(
            customer=customer, terms=client.pb.LimitTerms(limit_minor=limit_minor)))

    def product(self, code, name, price_minor, tax_bp=0):
        return self.owner.submit(add_product=client.pb.AddProduct(
            code=code, name=name, price=price_minor * 1000, tax_bp=tax_bp)).id


def invoice(customer, product, pieces=1):
    """The keyword of a sale of so many whole pieces."""
    return {"issue_invoice": client.pb.IssueInvoice(customer=customer, lines=[
        client.pb.InvoiceLine(product=product, quantity=pieces * 1000)])}


def payment(customer, till, amount_minor):
    """The keyword of cash for the oldest bills."""
    return {"take_payment": client.pb.TakePayment(
        customer=customer, kind=client.pb.PAYMENT_CASH, money_account=till, amount_minor=amount_minor,
        match=client.pb.MATCH_OLDEST_DUE)}
