#!/usr/bin/python3
"""Files and folders that are not what tefterd thinks: taken, unreadable, somebody else's, half done.

    test_wrong_files.py PROGRAM

Whatever it meets: an exit code of its own, one sentence that names the file, and nothing destroyed.
"""
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""
DONE, FAULT, USE, CONFLICT = 0, 1, 2, 5
FILES = ["audit.log", "shutdown-marker", "lock", "faulted", "backup", "server.address", "metrics.address", "format",
         "keys/root.pem", "keys/root-key.pem", "keys/server.pem", "keys/server-key.pem", "keys/token-key"]


class WrongFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = tempfile.mkdtemp(prefix="tefter-wrong-")
        cls.good = os.path.join(cls.made, "ledger")
        said = cls.init_at(cls.good)
        assert said.returncode == DONE, said.stderr

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.made)

    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="tefter-wrong-")
        os.chmod(self.base, 0o755)
        self.ledger = os.path.join(self.base, "ledger")
        shutil.copytree(self.good, self.ledger)

    def tearDown(self):
        shutil.rmtree(self.base)

    @staticmethod
    def run_it(*words, typed=None, user=None, **more):
        return subprocess.run([PROGRAM, *words], input=typed, capture_output=True, text=True, timeout=60, user=user,
                              **more)

    @classmethod
    def init_at(cls, folder, *words):
        return cls.run_it("init", "--ledger", folder, "--company", "Anh", "--currency", "VND", "--admin", "anh",
                          "--password-stdin", "--map", "1G", *words, typed="correct horse\n")

    def serve(self, *words, user=None):
        """Serves until it listens, then stops it: (exit code, what it said)."""
        log = os.path.join(self.base, "log")
        with open(log, "w") as out:
            server = subprocess.Popen([PROGRAM, "--ledger", self.ledger, "--listen", "127.0.0.1:0", "--map", "1G",
                                       *words], stdout=out, stderr=out, user=user)
        until = time.monotonic() + 60
        while server.poll() is None and time.monotonic() < until:
            with open(log) as file:
                if "listening on" in file.read():
                    server.terminate()
                    break
            time.sleep(0.02)
        code = server.wait(60)
        with open(log) as file:
            said = file.read()
        self.assertNotIn("Sanitizer", said)
        return code, said

    def path(self, name):
        return os.path.join(self.ledger, name)

    def put_in_place(self, name, what):
        path = self.path(name)
        if os.path.exists(path):
            os.unlink(path)
        if what == "folder":
            os.mkdir(path)
            with open(os.path.join(path, "something"), "w"):
                pass
        else:
            os.symlink(os.path.join(self.base, "nowhere", "at", "all"), path)

    # ---- what lies where a file should be ----

    def every_file(self):
        for folder, _, names in os.walk(self.good):
            for name in names:
                yield os.path.relpath(os.path.join(folder, name), self.good)
        yield from ("faulted", "backup", "follower", "follower.new", "audit.log.1", "ended-logins.new",
                    "shutdown-marker.new", "state.new", "checkpoints/00000000000000000004")

    def put_special(self, path, what):
        if os.path.isfile(path):
            os.unlink(path)
        if what == "pipe":
            os.mkfifo(path)
        elif what == "socket":
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(path)
        elif what == "link to a device":
            os.symlink("/dev/zero", path)
        else:
            self.put_in_place(os.path.relpath(path, self.ledger), what)

    def ends_and_names(self, words, name, what, server=False):
        """In time, with a code of its own; one that went wrong says which file it was."""
        if server:
            code, said = self.serve()
        else:
            ended = self.run_it(*words)
            code, said = ended.returncode, ended.stdout + ended.stderr
        self.assertIn(code, (DONE, FAULT, USE, CONFLICT), (words, name, what, said))
        if code != DONE:
            self.assertRegex(said, re.escape(os.path.basename(name)) + "|" + re.escape(os.path.dirname(name) or "-"),
                             (words, name, what))

    def test_a_vault_that_was_cut_anywhere_is_served_by_nobody(self):
        self.assertEqual(self.serve()[0], DONE)
        shutil.copytree(self.ledger, os.path.join(self.base, "whole"))
        size = os.path.getsize(self.path("vault/data.mdb"))
        for left in list(range(4096, size, 4096)) + [size - 1]:
            shutil.rmtree(self.ledger)
            shutil.copytree(os.path.join(self.base, "whole"), self.ledger)
            os.truncate(self.path("vault/data.mdb"), left)
            code, said = self.serve()
            self.assertEqual(code, FAULT, (left, said))
            self.assertIn("restore --vault-only", said, left)
            self.assertEqual(self.run_it("verify", "--ledger", self.ledger, "--map", "1G").returncode, FAULT, left)

    def test_no_tool_waits_for_what_lies_in_a_files_place(self):
        places = os.path.join(self.base, "backups")
        tools = (["status", "--ledger", self.ledger], ["verify", "--ledger", self.ledger, "--map", "1G"],
                 ["backup", "--ledger", self.ledger, "--to", places, "--map", "1G"], ["serve"])
        for at, name in enumerate(self.every_file()):
            for kind, what in enumerate(("pipe", "socket", "link to a device", "folder", "dangling link")):
                shutil.rmtree(self.ledger)
                shutil.copytree(self.good, self.ledger)
                self.put_special(self.path(name), what)
                for words in tools if what == "pipe" else [tools[(at + kind) % len(tools)]]:
                    self.ends_and_names(words, name, what, server=words == ["serve"])
                    shutil.rmtree(places, ignore_errors=True)

    def test_no_restore_waits_for_what_lies_in_a_parts_place(self):
        places = os.path.join(self.base, "backups")
        self.assertEqual(self.run_it("backup", "--ledger", self.ledger, "--to", places, "--map", "1G").returncode, DONE)
        backup = [os.path.join(places, name) for name in os.listdir(places) if not name.startswith(".")][0]
        kept = os.path.join(self.base, "kept")
        shutil.copytree(backup, kept)
        parts = [os.path.relpath(os.path.join(folder, name), kept) for folder, _, names in os.walk(kept) for name in names]
        for name in parts:
            for what in ("pipe", "socket", "link to a device"):
                shutil.rmtree(backup)
                shutil.copytree(kept, backup)
                self.put_special(os.path.join(backup, name), what)
                for words in (["verify", "--backup", backup, "--map", "1G"],
                              ["restore", "--from", backup, "--ledger", os.path.join(self.base, "fresh"), "--map", "1G"]):
                    said = self.run_it(*words)
                    self.assertIn(said.returncode, (FAULT, USE), (words, name, what, said.stdout))
                    self.assertIn(os.path.basename(name), said.stderr, (words, what))

    def test_settings_that_are_a_pipe_are_named(self):
        path = os.path.join(self.base, "tefterd.conf")
        os.mkfifo(path)
        said = self.run_it("status", "-c", path, "--ledger", self.ledger)
        self.assertNotEqual(said.returncode, DONE)
        self.assertIn(path, said.stderr)

    def test_what_cannot_be_read_is_named(self):
        if os.geteuid() != 0:
            self.skipTest("it wants root")
        uid = pwd.getpwnam("nobody").pw_uid
        for folder, _, files in os.walk(self.ledger):
            for name in [folder] + [os.path.join(folder, name) for name in files]:
                os.chown(name, uid, -1)
        if "denied" in self.serve(user=uid)[1]:
            self.skipTest("the program lies where nobody can start it")
        for name in list(self.every_file()):
            if not os.path.exists(self.path(name)):
                continue
            mode = os.stat(self.path(name)).st_mode
            os.chmod(self.path(name), 0)
            for words in (["status", "--ledger", self.ledger], ["verify", "--ledger", self.ledger, "--map", "1G"]):
                said = self.run_it(*words, user=uid)
                self.assertIn(said.returncode, (DONE, FAULT, USE, CONFLICT), (words, name, said.stderr))
            code, said = self.serve(user=uid)
            self.assertIn(code, (DONE, FAULT, USE), said)
            if os.path.exists(self.path(name)):
                os.chmod(self.path(name), mode)

    def test_every_file_may_be_something_else(self):
        """It starts all the same, or says which file it is: it never dies of it."""
        for name in FILES:
            for what in ("folder", "dangling link"):
                with self.subTest(name=name, what=what):
                    shutil.rmtree(self.ledger)
                    shutil.copytree(self.good, self.ledger)
                    self.put_in_place(name, what)
                    code, said = self.serve()
                    self.assertIn(code, (DONE, FAULT, USE), said)
                    if code != DONE:
                        self.assertIn(os.path.basename(name), said)
                        self.assertEqual(said.count("tefterd: "), 1, said)

    def test_an_audit_log_that_cannot_be_opened_is_one_sentence(self):
        self.put_in_place("audit.log", "folder")
        code, said = self.serve()
        self.assertEqual(code, FAULT, said)
        self.assertIn("cannot open the audit log " + self.path("audit.log"), said)

    def test_a_metrics_path_that_is_taken_keeps_its_file(self):
        key = self.path("keys/root-key.pem")
        with open(key) as file:
            before = file.read()
        for path in (key, self.path("format"), self.base):
            code, said = self.serve("--metrics", path)
            self.assertEqual(code, USE, said)
            self.assertIn(path + " is there and is no socket", said)
        with open(key) as file:
            self.assertEqual(file.read(), before)
        code, said = self.serve("--metrics", os.path.join(self.base, "m.sock"))
        self.assertEqual(code, DONE, said)
        self.assertFalse(os.path.exists(os.path.join(self.base, "m.sock")))

    # ---- keys ----

    def test_a_key_that_is_not_the_certificates_is_named(self):
        other = os.path.join(self.base, "other")
        self.assertEqual(self.init_at(other).returncode, DONE)
        with open(self.path("keys/root-key.pem")) as file:
            whole = file.read()
        for name in ("root-key.pem", "server-key.pem", "root.pem", "server.pem"):
            with open(os.path.join(other, "keys", name)) as file:
                others = file.read()
            with open(self.path("keys/" + name)) as file:
                own = file.read()
            for damaged in ("", others, own[:len(own) // 2], whole.replace("PRIVATE", "PUBLIC")):
                with open(self.path("keys/" + name), "w") as file:
                    file.write(damaged)
                code, said = self.serve()
                self.assertEqual(code, FAULT, (name, damaged, said))
                self.assertIn(name, said)
                code = self.run_it("code", "--ledger", self.ledger, "--terminal", "1", "--map", "1G")
                self.assertEqual(code.returncode, FAULT)
                self.assertIn(name, code.stderr)
            with open(self.path("keys/" + name), "w") as file:
                file.write(own)
        self.assertEqual(self.serve()[0], DONE)

    # ---- whose they are ----

    def everything_of(self, uid):
        for folder, _, files in os.walk(self.ledger):
            for name in [folder] + [os.path.join(folder, name) for name in files]:
                self.assertEqual(os.stat(name).st_uid, uid, name)

    def test_what_root_does_leaves_nothing_of_roots(self):
        if os.geteuid() != 0:
            self.skipTest("it wants root")
        uid = pwd.getpwnam("nobody").pw_uid
        place = os.path.join(self.base, "backups")
        os.mkdir(place)
        os.chmod(place, 0o777)
        for folder, _, files in os.walk(self.ledger):
            for name in [folder] + [os.path.join(folder, name) for name in files]:
                os.chown(name, uid, -1)
        served = self.serve(user=uid)
        if "denied" in served[1]:
            self.skipTest("the program lies where nobody can start it")
        self.assertEqual(served[0], DONE, served[1])
        ledger = ["--ledger", self.ledger, "--map", "1G"]
        for words, typed in ((["code", "--terminal", "1", *ledger], None), (["upgrade", *ledger], None),
                             (["recover", "--admin", "anh", "--password-stdin", *ledger], "another horse\n"),
                             (["backup", "--to", place, *ledger], None), (["verify", *ledger], None),
                             (["status", "--ledger", self.ledger], None),
                             (["quarantine", "999", "--reason", "x", *ledger], None)):
            said = self.run_it(*words, typed=typed)
            self.assertEqual(said.returncode, USE if words[0] == "quarantine" else DONE, (words, said.stderr))
            self.everything_of(uid)
            if said.returncode != DONE:
                self.assertIn("it acted as user nobody", said.stderr)
        self.assertEqual(self.serve()[0], DONE)
        self.everything_of(uid)
        self.assertEqual(self.serve(user=uid)[0], DONE)

    def test_who_may_not_look_in_is_told_so(self):
        if os.geteuid() != 0:
            self.skipTest("it wants root")
        uid = pwd.getpwnam("nobody").pw_uid
        said = self.run_it("status", "--ledger", self.ledger, user=uid)
        self.assertNotEqual(said.returncode, DONE)
        self.assertIn("ermission denied", said.stderr)
        self.assertNotIn("init", said.stderr)

    # ---- backups ----

    def test_a_backup_into_the_ledger_itself_is_refused(self):
        link = os.path.join(self.base, "link")
        os.symlink(self.ledger, link)
        before = sorted(os.listdir(self.ledger))
        for place in (self.ledger, self.path("new"), self.path("keys"), self.path("a/b/c"), os.path.join(link, "x"),
                      self.ledger + "/../ledger/y"):
            said = self.run_it("backup", "--ledger", self.ledger, "--to", place, "--map", "1G")
            self.assertEqual(said.returncode, USE, said.stderr)
            self.assertIn("the ledger's own folder", said.stderr)
        self.assertEqual(sorted(set(os.listdir(self.ledger)) - {"audit.log"}), sorted(set(before) - {"audit.log"}))

    def test_of_two_backups_at_once_the_first_succeeds(self):
        place = os.path.join(self.base, "backups")
        os.mkdir(place)
        words = [PROGRAM, "backup", "--ledger", self.ledger, "--to", place, "--map", "1G"]
        both = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
        said = [one.communicate(timeout=60) for one in both]
        codes = [one.returncode for one in both]
        self.assertIn(DONE, codes, said)
        for code, (_, error) in zip(codes, said):
            if code != DONE:
                self.assertEqual(code, CONFLICT, error)
                self.assertRegex(error, "another backup .* is running|a backup of this second")
        restored = os.path.join(self.base, "restored")
        self.assertEqual(self.run_it("restore", "--ledger", restored, "--from", place, "--map", "1G").returncode, DONE)

    # ---- half done ----

    def test_an_init_that_fails_leaves_nothing(self):
        fresh = os.path.join(self.base, "fresh")
        said = self.init_at(fresh, "--host", "no name at all")
        self.assertNotEqual(said.returncode, DONE)
        self.assertFalse(os.path.exists(fresh))
        os.mkdir(fresh)
        self.assertNotEqual(self.init_at(fresh, "--host", "no name at all").returncode, DONE)
        self.assertEqual(os.listdir(fresh), [])
        self.assertEqual(self.init_at(fresh).returncode, DONE)

    def test_a_restore_that_fails_leaves_nothing(self):
        place = os.path.join(self.base, "backups")
        said = self.run_it("backup", "--ledger", self.ledger, "--to", place, "--map", "1G")
        self.assertEqual(said.returncode, DONE, said.stderr)
        backup = os.path.join(place, [name for name in os.listdir(place) if not name.startswith(".")][0])
        segment = os.path.join(backup, "journal", sorted(os.listdir(os.path.join(backup, "journal")))[-1])
        with open(segment, "r+b") as file:
            file.seek(os.path.getsize(segment) // 3)
            file.write(b"\xff" * 64)
        restored = os.path.join(self.base, "restored")
        said = self.run_it("restore", "--ledger", restored, "--from", place, "--map", "1G")
        self.assertNotEqual(said.returncode, DONE)
        self.assertFalse(os.path.exists(restored))

    def test_an_interrupted_init_is_recognised(self):
        os.unlink(self.path("format"))
        for said in (self.init_at(self.ledger), self.run_it("status", "--ledger", self.ledger)):
            self.assertEqual(said.returncode, USE)
            self.assertIn("interrupted init", said.stderr)

    def test_a_verify_elsewhere_needs_no_room_in_the_ledger(self):
        work = os.path.join(self.base, "work")
        os.mkdir(work)
        said = self.run_it("verify", "--ledger", self.ledger, "--work", work, "--map", "1G")
        self.assertEqual(said.returncode, DONE, said.stderr)
        self.assertEqual(os.listdir(work), [])
        said = self.run_it("verify", "--ledger", self.ledger, "--work", os.path.join(work, "not", "there"), "--map", "1G")
        self.assertEqual(said.returncode, FAULT)
        self.assertIn(work, said.stderr)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    unittest.main()
