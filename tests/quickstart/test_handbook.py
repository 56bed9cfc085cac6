#!/usr/bin/python3
"""Every line of the shop's handbook, typed word by word, in its order, by the person it is for.

    test_handbook.py BINARIES SOURCE

A block ```maria is typed at maria's device, ```ann-later when the others have done their part, ```server at
the server's keyboard. What the handbook shows below a line must be shown; "…" is anything, and a line that
begins with "refused" must be refused. CODE is a code made for that device; the machine's own paths and
services are put in their place here (PLACES).
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

BINARIES, SOURCE = sys.argv[1:3]
HANDBOOK = os.path.join(SOURCE, "client", "HANDBOOK.md")
PASSWORD = "seven pears and a pot"
CODE = re.compile(r"\b(?:[0-9A-Z]{5}-){8}[0-9A-Z]{2}\b")
SETTINGS = "/etc/tefter/tefterd.conf"
ORDER = ("server", "maria", "ann", "carl", "alice", "ann-later", "carl-later", "alice-later")


def blocks():
    """[(who, [(line, what is shown below it), …]), …] in the order of the page."""
    with open(HANDBOOK, encoding="utf-8") as file:
        text = file.read()
    found = []
    for who, body in re.findall(r"^```(\S+)\n(.*?)^```$", text, re.M | re.S):
        typed = []
        for line in body.splitlines():
            if line.startswith("$ "):
                typed.append((line[2:], []))
            else:
                typed[-1][1].append(line)
        found.append((who, typed))
    return found


def pattern(shown):
    """Lines with … for anything, or for any lines."""
    parts = []
    for line in shown:
        parts.append(r"(?:.*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n")
    return "".join(parts) + r"(?:.*\n)*?\Z"


class Handbook(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-handbook-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.settings = os.path.join(self.folder, "tefterd.conf")
        self.backups = os.path.join(self.folder, "backups")
        ledger = os.path.join(self.folder, "ledger")
        with open(self.settings, "w", encoding="utf-8") as file:
            file.write(f'ledger = "{ledger}"\nlisten = "{self.address}"\nbackup_to = "{self.backups}"\nmap = "1G"\n')
        self.server = None
        self.codes = {}

    def tearDown(self):
        if self.server:
            self.server.terminate()
            self.server.wait(30)
            self.server.stdout.close()
        shutil.rmtree(self.folder)

    def places(self, line):
        for there, here in ((SETTINGS, self.settings), ("/srv/tefter-backups", self.backups),
                            ("ledger.example.lan:7420", self.address), ("runuser -u tefter -- ", ""),
                            ("-o tefter -g tefter ", "")):
            line = line.replace(there, here)
        return line

    def serve(self):
        self.server = subprocess.Popen([os.path.join(BINARIES, "tefterd"), "-c", self.settings], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        self.assertIn("listening on", self.server.stdout.readline())

    def code_of(self, person):
        """Of the first device init's, of the others what `terminal add` printed, else a code of one more device."""
        if person not in self.codes:
            said = self.type("maria", f"tefter terminal add WH 'for {person}'", [])
            self.codes[person] = CODE.search(said).group()
        return self.codes[person]

    def type(self, who, line, shown):
        person = who.split("-")[0]
        refused = bool(shown) and shown[0].startswith("refused")
        if line == "systemctl enable --now tefterd":
            self.serve()
            return ""
        typed = self.places(line)
        if " CODE" in typed:
            typed = typed.replace(" CODE", " " + self.code_of(person))
        if "tefterd init" in typed:
            typed += " --password-stdin"
        run = subprocess.run(["bash", "-c", typed], input=PASSWORD + "\n", capture_output=True, text=True, timeout=60,
                             check=False, env={**os.environ, "PATH": BINARIES + ":" + os.environ["PATH"], "LC_ALL": "C.UTF-8",
                                               "TEFTER_PROFILE": os.path.join(self.folder, person)})
        text = run.stdout + run.stderr
        if refused:
            self.assertEqual(run.returncode, 1, f"$ {line}\n{text}")
            return text
        self.assertEqual(run.returncode, 0, f"$ {line}\n{text}")
        if shown:
            told = text.replace(self.settings, SETTINGS)
            self.assertRegex(told, re.compile(r"\A" + pattern(shown)), f"$ {line}")
        if "init" in line:
            self.codes["maria"] = CODE.search(text).group()
        if "terminal add" in line and "counter 1" in line:
            self.codes["ann"] = CODE.search(text).group()
        return text

    def test_every_line(self):
        lines = 0
        found = blocks()
        self.assertEqual({who for who, _ in found} - {"root"}, set(ORDER))
        for wanted in ORDER:
            for who, typed in found:
                for line, shown in typed if who == wanted else ():
                    self.type(who, line, shown)
                    lines += 1
        self.assertGreater(lines, 40)

    def test_what_the_table_names_is_there(self):
        with open(HANDBOOK, encoding="utf-8") as file:
            named = set(re.findall(r"`tefter ([a-z][a-z-]*(?: [a-z][a-z-]*)?)", file.read()))
        self.assertGreater(len(named), 8)
        for words in named:
            run = subprocess.run([os.path.join(BINARIES, "tefter"), *words.split(), "--help"], capture_output=True, text=True,
                                 timeout=20, check=False)
            self.assertEqual(run.returncode, 0, words + run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
