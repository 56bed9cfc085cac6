#!/usr/bin/python3
"""A settings file is looked at before a server is started with it, and a new ledger asks for what it was
not told.

    test_settings_file.py BINARIES
"""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

BINARIES = sys.argv[1]
TEFTERD = os.path.join(BINARIES, "tefterd")
PASSWORD = "seven pears and a pot"
DONE, FAULT, USE = 0, 1, 2


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-check-")
        self.ledger = os.path.join(self.folder, "ledger")
        self.file = os.path.join(self.folder, "tefterd.conf")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def write(self, *lines):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write("\n".join((f'ledger = "{self.ledger}"', *lines)) + "\n")

    def run_it(self, *words, code=DONE, given=None):
        run = subprocess.run([TEFTERD, *words], input=given, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(run.returncode, code, f"$ tefterd {' '.join(words)}\n{run.stdout}{run.stderr}")
        return run.stdout + run.stderr

    def check(self, code=DONE):
        return self.run_it("check", "-c", self.file, code=code)

    def init(self):
        return self.run_it("init", "-c", self.file, "--company", "C", "--currency", "EUR", "--admin", "owner",
                           "--password-stdin", given=PASSWORD + "\n")


class Check(Folder):
    def test_every_fault_is_told_at_once(self):
        self.write("# where we listen", "lisen = \"0.0.0.0:7420\"", "map = \"lots\"", "", "backup_keep = \"none\"")
        said = self.check(USE)
        for line, words in ((3, "there is no setting lisen. Did you mean listen?"), (4, "map cannot be 'lots'"),
                            (6, "backup_keep cannot be 'none': it wants N from 1, as 30.")):
            self.assertIn(f"{self.file}, line {line}: {words}", said)
        self.assertEqual(len(said.splitlines()), 3)

    def test_a_key_that_stands_there_twice_is_not_taken_from_either_line(self):
        self.write('listen = "127.0.0.1:7420"', "", 'listen = "127.0.0.1:7421"', 'lisen = "x"')
        said = self.check(USE)
        self.assertIn("line 4: listen stands in line 2 already; take one of them away", said)
        self.assertIn("line 5: there is no setting lisen", said)
        self.assertEqual(len(said.splitlines()), 2)

    def test_a_line_that_ends_too_early_is_named_as_an_editor_counts(self):
        self.write('listen = "127.0.0.1:7420"', "web =")
        self.assertIn("line 3: this is no line of the form", self.check(USE))

    def test_a_password_file_without_an_end(self):
        said = self.run_it("init", "--ledger", self.ledger, "--company", "C", "--currency", "EUR", "--admin", "owner",
                           "--password-file", "/dev/zero", code=USE)
        self.assertIn("a password has", said)

    def test_what_is_no_ledger_is_not_closed(self):
        os.chmod(self.folder, 0o755)
        run = subprocess.run([TEFTERD, "verify", "--ledger", "."], cwd=self.folder, capture_output=True, text=True,
                             timeout=60, check=False)
        self.assertIn(". is not a ledger", run.stderr)
        self.init_in(self.ledger)
        os.chmod(self.ledger, 0o755)
        run = subprocess.run([TEFTERD, "verify", "--ledger", "."], cwd=self.ledger, capture_output=True, text=True,
                             timeout=60, check=False)
        self.assertIn(f"close it with: chmod 700 {self.ledger}", run.stderr)

    def init_in(self, ledger):
        self.run_it("init", "--ledger", ledger, "--company", "C", "--currency", "EUR", "--admin", "owner",
                    "--password-stdin", given=PASSWORD + "\n")

    def test_what_could_never_work_is_told_too(self):
        self.write('listen = "0.0.0.0"', 'metrics = "0.0.0.0:9464"', 'backup_to_key = "/nowhere/key.pub"')
        said = self.check(USE)
        self.assertIn("line 2: listen: '0.0.0.0' is not an address: write HOST:PORT", said)
        self.assertIn("line 3: metrics: 0.0.0.0:9464 is no address that only this machine reaches", said)
        self.assertIn("line 4: backup_to_key: ", said)
        self.assertIn("/nowhere/key.pub", said)

    def test_a_port_that_is_none(self):
        for listen in ("0.0.0.0:port", "0.0.0.0:99999", ":", "::1:7420", ""):
            self.write(f'listen = "{listen}"')
            self.assertIn("line 2: listen", self.check(USE), listen)

    def test_no_ledger_is_named(self):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write('listen = "127.0.0.1:7420"\n')
        self.assertIn('ledger = "/var/lib/tefter/ledger"', self.check(USE))

    def test_a_ledger_that_is_not_there_yet_is_made_as_it_says(self):
        self.write()
        said = self.check()
        line = re.search(r"Make one: tefterd (init -c \S+)", said).group(1)
        self.run_it(*line.split(), "--company", "C", "--currency", "EUR", "--admin", "owner", "--password-stdin",
                    given=PASSWORD + "\n")
        said = self.check()
        self.assertIn(f"ledger        {self.ledger}\n", said)
        self.assertNotIn("rules version", said)

    def test_a_folder_that_is_no_ledger(self):
        os.mkdir(self.ledger)
        with open(os.path.join(self.ledger, "photos"), "w", encoding="ascii"):
            pass
        self.write()
        self.assertIn("line 1: ledger: ", self.check(USE))

    def test_backups_that_would_not_be_made_stop_nobody_from_selling(self):
        self.write()
        self.init()
        self.assertIn("no backups are made: backup_to names no folder", self.check())
        self.write('backup_to = "/nowhere/at all"')
        self.assertRegex(self.check(), r"note +/nowhere/at all is not there, or .* may not write it: install -d")
        place = os.path.join(self.folder, "backups")
        os.mkdir(place)
        self.write(f'backup_to = "{place}"', 'backup_every = "1h"')
        said = self.check()
        self.assertIn("on the disk of the ledger", said)
        self.assertIn("the company's root key", said) # what a thief of a backup has
        self.assertIn("not encrypted: it holds every name and the root key",
                      self.run_it("backup", "--ledger", self.ledger, "--to", place))
        self.assertIn("backup_every is for a server that runs without the unit", said)

    def test_a_key_for_backups(self):
        self.write()
        self.init()
        words = os.path.join(self.folder, "passphrase")
        with open(words, "w", encoding="ascii") as file:
            file.write(PASSWORD + "\n")
        public = os.path.join(self.folder, "key.pub")
        self.run_it("backup-key", "--key", os.path.join(self.folder, "key"), "--to-key", public, "--passphrase-file", words)
        self.write(f'backup_to = "{self.folder}"', f'backup_to_key = "{public}"')
        said = self.check()
        self.assertIn("encrypted to a key of the owner's", said)
        self.assertNotIn("root key", said)

    def test_who_founds_hears_of_notices_that_could_not_be_sent_first(self):
        self.write('notify_contact = "the owner"')
        self.assertIn("notify_contact: it is no address that push services could write to",
                      self.run_it("found", "-c", self.file, "--web", "127.0.0.1:0", code=USE))
        self.assertFalse(os.path.exists(self.ledger + ".founding"))

    def test_who_serves_the_page_is_told(self):
        self.write()
        self.assertIn("no browser is served: web names no address", self.check())
        self.write("web_socket = true", 'notify_contact = "mailto:owner@example.com"', 'notify_after = "5m"')
        said = self.check()
        self.assertIn("page          by a tefter-web that others start", said)
        self.assertNotIn("no browser is served", said)
        self.assertIn("notices       to browsers, of the branch alone; after 300 s to the next who may decide", said)

    def test_the_command_line_is_helped_too(self):
        self.assertIn("did you mean --listen?", self.run_it("serve", "--lisen", "x", code=USE))
        self.assertIn("tefterd check -c /etc/tefter/tefterd.conf", self.run_it("check", code=USE))


class Asks(Folder):
    """Somebody sits there."""

    def converse(self, words, answers):
        """Types each answer when its question is there; all that was shown."""
        pid, tty = pty.fork()
        if pid == 0:
            os.execv(TEFTERD, [TEFTERD, *words])
        shown = ""
        for question, answer in answers:
            shown += self.until(tty, question)
            time.sleep(0.2) # a hidden one empties what was typed before it
            os.write(tty, (answer + "\n").encode())
        shown += self.until(tty, None)
        return shown, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def until(self, tty, question):
        text = ""
        while question is None or question not in text:
            if not select.select([tty], [], [], 30)[0]:
                raise AssertionError(f"nothing more is asked: {text}")
            try:
                got = os.read(tty, 4096)
            except OSError: # its end
                got = b""
            if not got:
                break
            text += got.decode()
        return text

    def test_for_company_currency_owner_and_its_own_name(self):
        self.write('listen = "0.0.0.0:7420"')
        shown, code = self.converse(["init", "-c", self.file], [
            ("Name of the company:", "Harbour Supplies"), ("currency, three letters", "eur"), ("Login of the owner", "maria"),
            ("Name of this machine", "ledger.example.lan"), ("Password for maria", PASSWORD), ("Again:", PASSWORD)])
        self.assertEqual(code, DONE, shown)
        self.assertIn("The ledger of Harbour Supplies", shown)
        self.assertRegex(shown, r"tefter enrol ledger\.example\.lan:7420 ")
        self.assertNotIn(PASSWORD, shown)

    def test_for_nothing_that_was_said(self):
        self.write('listen = "127.0.0.1:7420"')
        shown, code = self.converse(["init", "-c", self.file, "--company", "C", "--currency", "EUR", "--admin", "owner"],
                                    [("Password for owner", PASSWORD), ("Again:", PASSWORD)])
        self.assertEqual(code, DONE, shown)
        self.assertNotIn("Name of", shown)

    def test_what_is_not_answered_is_missing(self):
        self.write()
        shown, code = self.converse(["init", "-c", self.file], [
            ("Name of the company:", ""), ("currency", "EUR"), ("Login", "maria")])
        self.assertEqual(code, USE, shown)
        self.assertIn("--company is missing", shown)

    def test_a_script_is_told_what_is_missing(self):
        self.write()
        said = self.run_it("init", "-c", self.file, "--currency", "EUR", code=USE, given="")
        self.assertIn("--company is missing", said)


class Roles(unittest.TestCase):
    def test_they_are_those_that_decide(self):
        run = subprocess.run([TEFTERD, "roles"], capture_output=True, text=True, timeout=20, check=True)
        head, *rows = run.stdout.splitlines()
        self.assertEqual(head.split(), ["sales", "controller", "accountant", "manager", "owner"])
        table = {row[:20].strip(): row[20:].split() for row in rows}
        self.assertGreater(len(table), 15)
        self.assertEqual(table["set limit"], ["-", "yes", "-", "yes", "yes"])
        self.assertEqual(table["take money"], ["yes"] * 5)
        for right, may in table.items():
            self.assertEqual(len(may), 5, right)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
