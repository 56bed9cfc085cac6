#!/usr/bin/python3
"""tefterd as people and service managers use it: words, exit codes, signals, files.

    test_tefterd.py PROGRAM
"""
import os
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


class Tefterd(unittest.TestCase):
    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="tefter-program-")
        self.ledger = os.path.join(self.base, "ledger")
        self.servers = []

    def tearDown(self):
        for server in self.servers:
            if server.poll() is None:
                server.kill()
            server.wait()
            server.stdout.close()
        shutil.rmtree(self.base)

    def run_it(self, *words, typed=None):
        return subprocess.run([PROGRAM, *words], input=typed, capture_output=True, text=True,
                              timeout=60)

    def init(self, *words):
        return self.run_it("init", "--ledger", self.ledger, "--company", "Anh", "--currency", "VND",
                           "--admin", "anh", "--password-stdin", *words, typed="correct horse\n")

    def serve(self, *words, environment=None):
        log = open(os.path.join(self.base, "log"), "a")
        server = subprocess.Popen([PROGRAM, "--ledger", self.ledger, "--listen", "127.0.0.1:0", *words],
                                  stdout=subprocess.PIPE, stderr=log, text=True,
                                  env={**os.environ, **(environment or {})})
        log.close()
        self.servers.append(server)
        self.assertRegex(server.stdout.readline(), r"^listening on 127\.0\.0\.1:\d+$")
        return server

    def log(self):
        with open(os.path.join(self.base, "log")) as file:
            return file.read()

    def wait_for(self, condition, what):
        for _ in range(200):
            if condition():
                return
            time.sleep(0.05)
        self.fail(f"{what}\n{self.log()}")

    # ---- words ----

    def test_help_and_version(self):
        for words in (["--help"], ["init", "--help"], ["quarantine", "--help"], ["backup", "-h"]):
            result = self.run_it(*words)
            self.assertEqual(result.returncode, DONE)
            self.assertIn("--ledger", result.stdout)
        self.assertRegex(self.run_it("--version").stdout, r"^tefterd \d+\.\d+\.\d+(\+g[0-9a-f]{12}(\.dirty)?)?$")
        self.assertRegex(self.run_it("verify", "--version").stdout, r"^tefterd \d")

    def test_wrong_words_are_two_and_say_what_to_do(self):
        for words in (["frobnicate"], ["--colour", "red"], [], ["init"], ["verify"],
                      ["init", "--ledger", self.ledger, "--company", "x", "--currency", "XXX",
                       "--admin", "a"],
                      ["backup", "--ledger", self.ledger], ["status", "--ledger", self.ledger],
                      ["--ledger", self.ledger]):
            result = self.run_it(*words, typed="")
            self.assertEqual(result.returncode, USE, words)
            self.assertRegex(result.stderr, r"^tefterd: ")
            self.assertEqual(result.stdout, "")

    def test_a_password_is_not_weak(self):
        result = self.run_it("init", "--ledger", self.ledger, "--company", "Anh", "--currency", "VND",
                             "--admin", "anh", "--password-stdin", typed="short\n")
        self.assertEqual(result.returncode, USE)
        self.assertFalse(os.path.exists(self.ledger))

    # ---- init ----

    def test_init_makes_a_closed_folder_once(self):
        result = self.init("--admin-name", "Nguyễn Anh")
        self.assertEqual(result.returncode, DONE, result.stderr)
        self.assertRegex(result.stdout, r"(?m)^code [0-9A-Z]{5}(-[0-9A-Z]{2,5})+$")
        self.assertEqual(os.stat(self.ledger).st_mode & 0o777, 0o700)
        for folder, _, files in os.walk(self.ledger):
            for name in files:
                mode = os.stat(os.path.join(folder, name)).st_mode & 0o777
                self.assertEqual(mode & 0o077, 0, name)
        again = self.init()
        self.assertEqual(again.returncode, USE)
        self.assertIn("not empty", again.stderr)
        verify = self.run_it("verify", "--ledger", self.ledger)
        self.assertEqual(verify.returncode, DONE, verify.stderr)
        self.assertRegex(verify.stdout, r"verified seq \d")

    # ---- serving ----

    def test_serve_and_stop(self):
        self.init()
        server = self.serve()
        with open(os.path.join(self.ledger, "server.address")) as file:
            host, port = file.read().strip().rsplit(":", 1)
        socket.create_connection((host, int(port))).close()
        second = self.run_it("--ledger", self.ledger)
        self.assertEqual(second.returncode, CONFLICT)
        self.assertIn(f"already served by pid {server.pid}", second.stderr)
        for words in (["recover", "--admin", "anh"], ["code", "--terminal", "1"],
                      ["quarantine", "1", "--reason", "x"], ["upgrade"]):
            self.assertEqual(self.run_it(*words, "--ledger", self.ledger).returncode, CONFLICT)
        self.assertIn(f"by pid {server.pid}", self.run_it("status", "--ledger", self.ledger).stdout)
        server.send_signal(signal.SIGHUP)
        self.wait_for(lambda: "certificate_reloaded" in self.log(), "no reload")
        server.terminate()
        self.assertEqual(server.wait(20), DONE)
        self.assertFalse(os.path.exists(os.path.join(self.ledger, "server.address")))
        with open(os.path.join(self.ledger, "shutdown-marker")) as file:
            self.assertRegex(file.read(), r"^CLEAN 2 \d+ [0-9a-f]{64} state=[0-9a-f]{64} vault=[0-9a-f]{64}$")

    def test_a_service_manager_hears(self):
        self.init()
        name = os.path.join(self.base, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(name)
            manager.settimeout(20)
            server = self.serve(environment={"NOTIFY_SOCKET": name})
            self.assertEqual(manager.recv(100), b"READY=1")
            server.terminate()
            self.assertEqual(manager.recv(100), b"STOPPING=1")
            self.assertEqual(server.wait(20), DONE)

    def test_killed_and_back(self):
        self.init()
        for options in ([], ["--distrust"], []):
            server = self.serve(*options)
            server.kill()
            server.wait()
        self.assertEqual(self.run_it("verify", "--ledger", self.ledger).returncode, DONE)

    def test_little_room_is_read_only(self):
        self.init()
        self.serve("--min-free", "999999T")
        self.wait_for(lambda: "event=read_only" in self.log(), "not read only")

    # ---- copies ----

    def test_checkpoints_come_by_themselves(self):
        self.init()
        server = self.serve("--checkpoint", "500")
        place = os.path.join(self.ledger, "checkpoints")
        self.wait_for(lambda: any(name.isdigit() for name in os.listdir(place)), "no checkpoint")
        server.terminate()
        self.assertEqual(server.wait(20), DONE)

    def test_backups_by_the_settings(self):
        self.init()
        place = os.path.join(self.base, "backups")
        settings = os.path.join(self.base, "tefterd.conf")
        with open(settings, "w") as file:
            file.write(f'backup_to = "{place}"\nbackup_every = 1h\nbackup_keep = 2\n')
        server = self.serve("-c", settings)
        note = os.path.join(self.ledger, "backup")
        self.wait_for(lambda: os.path.exists(note), "no backup")
        server.terminate()
        self.assertEqual(server.wait(20), DONE)
        fresh = os.path.join(self.base, "fresh")
        result = self.run_it("restore", "--from", place, "--ledger", fresh)
        self.assertEqual(result.returncode, DONE, result.stderr)
        self.assertIn("incarnation 2", result.stdout)
        self.assertEqual(self.run_it("verify", "--ledger", fresh).returncode, DONE)
        self.assertEqual(self.run_it("verify", "--ledger", self.ledger).returncode, DONE)

    def test_getting_in_again(self):
        self.init()
        result = self.run_it("recover", "--admin", "anh", "--ledger", self.ledger, "--password-stdin",
                             typed="another horse\n")
        self.assertEqual(result.returncode, DONE, result.stderr)
        result = self.run_it("recover", "--admin", "nobody", "--ledger", self.ledger,
                             "--password-stdin", typed="another horse\n")
        self.assertEqual(result.returncode, USE)
        result = self.run_it("code", "--terminal", "1", "--ledger", self.ledger)
        self.assertEqual(result.returncode, DONE, result.stderr)
        self.assertRegex(result.stdout, r"(?m)^code ")
        result = self.run_it("code", "--terminal", "99", "--ledger", self.ledger)
        self.assertEqual(result.returncode, USE)
        self.assertIn("newest", self.run_it("upgrade", "--ledger", self.ledger).stdout)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
