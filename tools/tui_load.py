#!/usr/bin/python3
"""Measures the terminal screen's way, for tools/bench: the real tefterd, `tefter` alone at a terminal of this program's
own, and other terminals that hear of the same, all on this machine and by its one clock. Prints one object of JSON.

    tools/tui_load.py BINARIES [SALES] [TERMINALS]

A sale each 350 ms: from its commit (committed_ms, whole milliseconds) until the bytes came with which the customer's row
shows the new figure. What the bytes make of the screen is python3-pyte's to say.
"""
import json
import os
import pty
import selectors
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

import fcntl
import termios

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "interop"))
import client
import server

ROWS, COLUMNS = 36, 120
EACH_S = 0.35
WARM = 5
LATE_S = 5


class Screen:
    """`tefter` alone, and what stands there."""

    def __init__(self, words):
        import pyte
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", LC_ALL="C.UTF-8")
            os.execv(words[0], words)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def until(self, shown, seconds=LATE_S):
        """When the bytes came with which that stands in some row."""
        end = time.time() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.terminal, selectors.EVENT_READ)
            while time.time() < end:
                if not selector.select(end - time.time()):
                    break
                data = os.read(self.terminal, 1 << 16)
                at = time.time()
                self.stream.feed(data)
                if any(shown in row for row in self.screen.display):
                    return at
        raise AssertionError(f"{shown} is not shown:\n" + "\n".join(self.screen.display))

    def close(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)


def listen(lines):
    """They take what they are told, so that nobody is waited for."""
    def drain():
        with selectors.DefaultSelector() as selector:
            for line in lines:
                selector.register(line.stream, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    try:
                        key.fileobj.recv(1 << 16)
                    except OSError:
                        selector.unregister(key.fileobj)
    threading.Thread(target=drain, daemon=True).start()


def quantile(values, part):
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000, 1)


def measure(binaries, folder, sales, terminals):
    shop = server.Server(binaries, folder)
    code = shop.init()
    shop.start()
    try:
        company = server.Company(shop, code)
        branch = company.branch("TD", "Counter")
        company.clerk("clerk", branch=branch)
        product = company.product("XM40", "Cement", 1000)
        customers = [company.customer(f"Customer {n}", 10 ** 12) for n in range(20)]
        profile = os.path.join(folder, "profile")

        def tefter(*words, given=None):
            subprocess.run([os.path.join(binaries, "tefter"), "--profile", profile, *words], input=given, text=True,
                           check=True, capture_output=True, timeout=60)
        tefter("enrol", shop.address, company.code(branch, "counter")[1])
        tefter("login", "clerk", given=server.PASSWORD + "\n")
        screen = Screen([os.path.join(binaries, "tefter"), "--profile", profile, "--language", "en"])
        lines = []
        while len(lines) < terminals:
            at = company.terminal(branch, f"other {len(lines)}")
            line = client.Connection(at, shop.address)
            line.login("clerk", server.PASSWORD)
            line.ask(subscribe=client.pb.Subscribe(subscription=1, topic=client.pb.TOPIC_CUSTOMERS))
            lines.append(line)
        writer = lines.pop()
        listen(lines)
        screen.until("Customer 7", 30)
        took = []
        balance = 0
        for n in range(WARM + sales):
            begun = time.time()
            pieces = 1 + n % 7
            balance += pieces * 1000
            writer.pushed.clear()
            writer.submit(**server.invoice(customers[7], product, pieces))
            shown = screen.until(f" {balance:,} ")
            committed = None
            while committed is None:
                push = writer.next_push()
                if push.HasField("delta") and push.delta.rows:
                    committed = push.delta.committed_ms / 1000
            if n >= WARM:
                took.append(shown - committed)
            time.sleep(max(0, EACH_S - (time.time() - begun)))
        screen.close()
        return {"sales": sales, "terminals": terminals + 1, "p50_ms": quantile(took, 0.5), "p99_ms": quantile(took, 0.99),
                "most_ms": quantile(took, 1)}
    finally:
        shop.close()


def main():
    binaries = os.path.abspath(sys.argv[1])
    numbers = [int(word) for word in sys.argv[2:]]
    sales, terminals = (numbers + [100, 49][len(numbers):])[:2]
    server.messages()
    folder = tempfile.mkdtemp(prefix="tefter-tui-")
    try:
        print(json.dumps(measure(binaries, folder, sales, terminals)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
