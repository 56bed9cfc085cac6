"""A terminal for tests of the screen: tmux with a socket of its own, keys in, frames out as text; and the shop that all of them
are of."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "restore"))
import shop

WAIT_S = 30
PIN = "482615"


class Screen:
    """One `tefter` in a terminal of its own."""

    def __init__(self, folder, name, words, rows=24, columns=80, environment=None):
        self.socket = os.path.join(folder, f"tmux-{name}")
        self.typed = 0
        given = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **(environment or {})}
        line = ["env", "-u", "NO_COLOR", "-u", "TEFTER_LANGUAGE", *(f"{key}={value}" for key, value in given.items()), *words]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), *line)
        self.tmux("set-option", "-g", "remain-on-exit", "on")
        self.tmux("set-option", "-sg", "escape-time", "0")

    def tmux(self, *words, check=True):
        return subprocess.run(["tmux", "-u", "-S", self.socket, *words], capture_output=True, text=True, check=check,
                              env={**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}, timeout=WAIT_S).stdout

    def frame(self):
        """The rows as they stand there, without what is blank behind them."""
        return self.tmux("capture-pane", "-p").split("\n")

    def text(self):
        return "\n".join(self.frame())

    def painted(self):
        """With the colours and attributes that the terminal was told."""
        return self.tmux("capture-pane", "-p", "-e")

    def keys(self, *names):
        """Named keys, each by itself: Enter, F9, M-t, Escape."""
        for name in names:
            self.tmux("send-keys", name)
            time.sleep(0.06)

    def type(self, text):
        """Letters, as slowly as a person."""
        for letter in text:
            self.tmux("send-keys", "-l", letter)
            time.sleep(0.045)

    def scan(self, code):
        """All at once and Enter behind it."""
        self.tmux("send-keys", "-l", code, ";", "send-keys", "Enter")

    def wait(self, pattern, wait_s=WAIT_S):
        """Until the frame has it; the match."""
        until = time.monotonic() + wait_s
        while True:
            text = self.text()
            found = re.search(pattern, text)
            if found:
                return found
            if time.monotonic() > until:
                raise AssertionError(f"{pattern!r} does not come:\n{text}")
            time.sleep(0.05)

    def gone(self, pattern, wait_s=WAIT_S):
        until = time.monotonic() + wait_s
        while re.search(pattern, self.text()):
            if time.monotonic() > until:
                raise AssertionError(f"{pattern!r} stays:\n{self.text()}")
            time.sleep(0.05)

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def close(self):
        self.tmux("kill-server", check=False)


class Case(unittest.TestCase):
    """A shop of its own for each test, and `tefter` alone at its terminals."""

    binaries = ""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-screen-")
        self.screens = []
        self.shop = shop.Shop(self.binaries, self.folder, f"127.0.0.1:{shop.free_port()}")
        self.shop.make()

    def tearDown(self):
        for each in self.screens:
            each.close()
        self.shop.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def does(self, *words):
        return self.shop.tefter("office", *words).stdout

    def opens(self, name="one", person="minh", language="vi", rows=24, columns=80, **environment):
        """`tefter` alone, at a terminal where that person has logged in."""
        self.shop.login(name, (person, shop.PASSWORD))
        words = [os.path.join(self.binaries, "tefter"), "--profile", self.shop.profile(name), "--language", language]
        found = Screen(self.folder, f"{name}-{len(self.screens)}", words, rows, columns, environment)
        self.screens.append(found)
        found.wait(r"[34۳۴]( \S+ |的| \()[34۳۴]\)? (──|--)")
        return found


class Counter(Case):
    """With goods, a customer over whose limit somebody else decides, and two clerks who have PINs."""

    def setUp(self):
        super().setUp()
        self.does("product", "add", "TH16", "Thép Hòa Phát D16", "--price", "268000", "--unit", "cây")
        self.does("product", "add", "XM40", "Xi măng Hà Tiên PCB40", "--price", "89000", "--unit", "bao",
                  "--barcode", "4006381333931")
        self.ming = self.shop.customer("office", "王小明建材", 3000000)
        self.does("customer", "limit", self.ming, "--policy", "approve")
        for login in ("minh", "lan"):
            self.does("staff", "add", login, "--role", "sales", "--branch", "TD")
            self.shop.tefter("office", "password", "--of", login, given=shop.PASSWORD + "\n")
            self.shop.tefter("office", "password", "--pin", "--of", login, given=PIN + "\n")


def run(binaries):
    """What a file of tests ends with."""
    if shutil.which("tmux") is None:
        print("tests/tui: SKIPPED, nothing of the screen was tested: there is no tmux (tools/deps check)")
        sys.exit(0)
    Case.binaries = binaries
    unittest.main(verbosity=2)
