"""A terminal for tests of the screen: tmux with a socket of its own, keys in, frames out as text."""
import os
import re
import subprocess
import time

WAIT_S = 30


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
