#!/usr/bin/python3
"""What tefterd says to type next is typed, as it stands, and works.

    test_next_steps.py BINARIES
"""
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import unittest

BINARIES = sys.argv[1]
PASSWORD = "seven pears and a pot"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Steps(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tefter next ") # a blank needs quotes
        self.ledger = os.path.join(self.folder.name, "the ledger")
        self.server = None

    def tearDown(self):
        self.stop()
        self.folder.cleanup()

    def run_line(self, line, wanted=0, **more):
        run = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False, env={
            **os.environ, "PATH": BINARIES + ":" + os.environ["PATH"],
            "TEFTER_PROFILE": os.path.join(self.folder.name, "profile")}, **more)
        self.assertEqual(run.returncode, wanted, f"$ {line}\n{run.stdout}{run.stderr}")
        return run.stdout + run.stderr

    def init(self, *words):
        return self.run_line(shlex.join(["tefterd", "init", "--ledger", self.ledger, "--company", "C", "--currency",
                                         "EUR", "--admin", "owner", "--password-stdin", *words]), input=PASSWORD + "\n")

    def line_of(self, text, beginning):
        return re.search(rf"(?m)^  ({re.escape(beginning)}.*)$", text).group(1)

    def start(self, line):
        words = shlex.split(line)
        self.server = subprocess.Popen([os.path.join(BINARIES, words[0]), *words[1:]], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        return re.match(r"listening on (.*)\n", self.server.stdout.readline()).group(1)

    def stop(self):
        if self.server:
            self.server.terminate()
            self.server.wait(30)
            self.server.stdout.close()
        self.server = None

    def enrol(self, text):
        line = self.line_of(text, "tefter enrol ")
        self.run_line(line)
        self.run_line("tefter login owner", input=PASSWORD + "\n")
        return line

    def test_a_port_of_this_machine(self):
        port = free_port()
        text = self.init("--listen", f"127.0.0.1:{port}")
        self.assertIn(f"--listen 0.0.0.0:{port}", text) # and how others reach it
        self.assertEqual(self.start(self.line_of(text, "tefterd ")), f"127.0.0.1:{port}")
        self.assertIn(f" 127.0.0.1:{port} ", self.enrol(text))
        # The next terminal is told the same address, in a line of its own.
        said = self.run_line("tefter terminal add HQ counter")
        self.run_line("TEFTER_PROFILE=$TEFTER_PROFILE-2 " + self.line_of(said, "tefter enrol "))
        self.stop()
        said = self.run_line(shlex.join(["tefterd", "code", "--ledger", self.ledger, "--terminal", "2", "--listen",
                                         f"127.0.0.1:{port}"]))
        self.start(self.line_of(text, "tefterd "))
        self.run_line("TEFTER_PROFILE=$TEFTER_PROFILE-3 " + self.line_of(said, "tefter enrol "))

    def test_every_address_is_told_by_name(self):
        port = free_port()
        text = self.init("--listen", f"0.0.0.0:{port}", "--host", "localhost")
        self.assertNotIn("tefter enrol 0.0.0.0", text)
        self.start(self.line_of(text, "tefterd "))
        self.assertIn(f" localhost:{port} ", self.enrol(text))

    def test_without_a_name_it_is_the_machine_s(self):
        text = self.init("--listen", "[::]:7000")
        self.assertIn(f" {socket.gethostname()}:7000 ", self.line_of(text, "tefter enrol "))

    def test_settings_and_an_open_port(self):
        config = os.path.join(self.folder.name, "tefterd.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'ledger = "{self.ledger}"\nlisten = "127.0.0.1:0"\n')
        text = self.run_line(shlex.join(["tefterd", "init", "-c", config, "--company", "C", "--currency", "EUR",
                                         "--admin", "owner", "--password-stdin"]), input=PASSWORD + "\n")
        address = self.start(self.line_of(text, "tefterd "))
        self.assertIn("listening on", text)
        line = self.line_of(text, "tefter enrol ").replace("127.0.0.1:PORT", address)
        self.run_line(line)

    def test_a_command_waits_for_a_server_that_restarts(self):
        text = self.init("--listen", f"127.0.0.1:{free_port()}")
        self.start(self.line_of(text, "tefterd "))
        self.enrol(text)
        self.stop()
        add = "tefter till add HQ"
        self.assertIn("Nothing was booked.", self.run_line(f"{add} one --wait 0", wanted=3))
        environment = {**os.environ, "TEFTER_PROFILE": os.path.join(self.folder.name, "profile")}
        words = [os.path.join(BINARIES, "tefter"), *add.split()[1:]]
        with subprocess.Popen([*words, "two"], stderr=subprocess.PIPE, text=True, env=environment) as usual:
            self.assertIn("waiting for it, at most 15 s", usual.stderr.readline()) # as --help says
            usual.kill()
        with subprocess.Popen([*words, "three", "--wait", "120"], stderr=subprocess.PIPE, text=True,
                              env=environment) as waiting:
            self.assertIn("waiting for it", waiting.stderr.readline())
            self.start(self.line_of(text, "tefterd "))
            self.assertEqual(waiting.wait(150), 0)
        self.assertIn("three", self.run_line("tefter till list"))

    def test_what_is_refused_is_told_in_the_words_of_the_counter(self):
        text = self.init("--listen", f"127.0.0.1:{free_port()}")
        self.start(self.line_of(text, "tefterd "))
        self.enrol(text)
        for line in ("customer add Adam --code ADAM --phone 1 --area x", "product add GRAVEL Gravel --price 10",
                     "customer limit ADAM 1000 --policy approve --document-max 500", "sell ADAM GRAVEL=2",
                     "reverse HQ-00001 --reason wrong", "sell ADAM GRAVEL=60 --ask"):
            self.run_line("tefter " + line)
        for line, code, told in (
                ("sell ADAM GRAVL=2", 1, '"GRAVL": Not in the catalogue'),
                ("sell ADAM GRAVEL=2.500", 2, "This can be 2,500 or 2.500: write 2500 for the first"),
                ("sell ADAM GRAVEL=60", 1, "may not be so big: at most 500.00 €, this sale is 600.00. It needs"),
                ("sell ADAM GRAVEL=60 --approval 1", 5, "Approval 1 still waits for its answer"),
                ("approval ask ADAM 10", 1, "no approval is needed"),
                ("reverse HQ-00001 --reason wrong", 5, "by HQ-X-00001"),
                ("staff block owner", 2, "The last owner cannot be blocked"),
                ("staff add Paul --role sales", 2, "A login has small letters"),
                ("branch add t-d Town", 2, "capital letters"),
                ("branch add td Town", 0, "Branch TD is number 2"),
                ("reverse HQ-00001", 5, "reversed already, by HQ-X-00001"),
                ("approval list", 0, "ADAM Adam"),
                ("documents", 0, "ADAM      Adam"),
                ("pay ADAM 5 --transfer none", 1, "There is no till, account or device"),
        ):
            self.assertIn(told, self.run_line("tefter " + line, wanted=code), line)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
