#!/usr/bin/python3
"""What an installation holds, and what a built program says of itself.

    test_install.py CMAKE BUILD SOURCE VERSION
"""
import glob
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

CMAKE, BUILD, SOURCE, VERSION = sys.argv[1:5]
FILES = {
    "bin/tefter": 0o755,
    "bin/tefter-printer": 0o755,
    "bin/tefter-paper": 0o755,
    "sbin/tefterd": 0o755,
    "sbin/tefter-web": 0o755,
    "sbin/tefter-notify": 0o755,
    "sbin/tefter-importer": 0o755,
    "share/man/man1/tefter.1": 0o644,
    "share/man/man8/tefterd.8": 0o644,
    "share/man/man8/tefter-web.8": 0o644,
    "share/man/man8/tefter-notify.8": 0o644,
    "share/man/man8/tefter-importer.8": 0o644,
    "share/man/man1/tefter-printer.1": 0o644,
    "share/man/man1/tefter-paper.1": 0o644,
    "share/bash-completion/completions/tefter": 0o644,
    "share/bash-completion/completions/tefterd": 0o644,
    "share/bash-completion/completions/tefter-web": 0o644,
    "share/bash-completion/completions/tefter-notify": 0o644,
    "share/bash-completion/completions/tefter-importer": 0o644,
    "share/bash-completion/completions/tefter-printer": 0o644,
    "share/bash-completion/completions/tefter-paper": 0o644,
    "share/doc/tefter/examples/tefterd.conf": 0o644,
    "share/doc/tefter/HANDBOOK.md": 0o644,
    "share/doc/tefter/examples/tefter-printer.service": 0o644,
    "share/doc/tefter/OPERATING.md": 0o644,
    "lib/systemd/system/tefterd.service": 0o644,
    "lib/systemd/system/tefterd-backup.service": 0o644,
    "lib/systemd/system/tefterd-backup.timer": 0o644,
    "lib/systemd/system/tefterd-web-name.service": 0o644,
    "lib/systemd/system/tefterd-web-name.timer": 0o644,
    "lib/sysusers.d/tefter.conf": 0o644,
    "lib/tmpfiles.d/tefter.conf": 0o644,
}


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=150, check=False, **more)


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-install-")
        done = run(CMAKE, "--install", BUILD, "--prefix", "/usr", env={**os.environ, "DESTDIR": cls.folder})
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        cls.usr = os.path.join(cls.folder, "usr")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def read(self, name):
        with open(os.path.join(self.usr, name), encoding="utf-8") as file:
            return file.read()

    def test_these_files_and_no_others(self):
        found = {}
        for where, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(where, name)
                found[os.path.relpath(path, self.usr)] = stat.S_IMODE(os.stat(path).st_mode)
        self.assertEqual(found, FILES)

    def test_no_path_of_the_build(self):
        for name in FILES:
            with open(os.path.join(self.usr, name), "rb") as file:
                text = file.read()
            for path in (SOURCE, BUILD, os.path.expanduser("~/"), self.folder):
                self.assertNotIn(path.encode(), text, name)

    def test_pages_are_those_of_the_programs(self):
        for page in [name for name in FILES if name.startswith("share/man/")]:
            program, section = os.path.basename(page).split(".")
            path = os.path.join(self.usr, "bin" if section == "1" else "sbin", program)
            self.assertEqual(self.read(page), run(path, "--man").stdout, page)
        self.assertIn("complete -F _tefter tefter", self.read("share/bash-completion/completions/tefter"))

    def test_the_unit_is_understood(self):
        unit = self.read("lib/systemd/system/tefterd.service")
        self.assertNotIn("@SBIN@", unit)
        self.assertRegex(unit, r"(?m)^ExecStart=/\S*/tefterd ")
        # What it may do is kept small; whoever takes a line away says so here.
        for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "StateDirectory=tefter", "CapabilityBoundingSet=",
                     "MemoryDenyWriteExecute=yes", "SystemCallFilter=@system-service", "KillMode=mixed"):
            self.assertIn("\n" + line + "\n", unit)
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze here")
        # Judged where its program is, under a name of its own.
        with tempfile.TemporaryDirectory() as folder:
            for name in ("tefterd.service", "tefterd-backup.service", "tefterd-backup.timer", "tefterd-web-name.service",
                         "tefterd-web-name.timer"):
                path = os.path.join(folder, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(re.sub(r"(?m)^(Exec\w+)=/\S*/tefterd ", rf"\1={self.usr}/sbin/tefterd ",
                                      self.read("lib/systemd/system/" + name)))
            for name in ("tefterd.service", "tefterd-backup.timer", "tefterd-web-name.timer"):
                judged = run("systemd-analyze", "verify", "--man=no", os.path.join(folder, name))
                ours = [line for line in judged.stderr.splitlines() if "tefterd" in line]
                self.assertEqual((judged.returncode, ours), (0, []))
            for name in ("tefterd.service", "tefterd-backup.service", "tefterd-web-name.service"):
                rated = run("systemd-analyze", "security", "--offline=yes", "--threshold=20", os.path.join(folder, name))
                self.assertEqual(rated.returncode, 0, rated.stdout + rated.stderr)

    def test_a_backup_waits_for_a_folder(self):
        unit = self.read("lib/systemd/system/tefterd-backup.service")
        line = re.search(r"(?m)^ExecCondition=(.*)$", unit).group(1)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "tefterd.conf")
            command = line.replace("/etc/tefter/tefterd.conf", path)
            example = self.read("share/doc/tefter/examples/tefterd.conf")
            for text, wanted in ((example, 1), (example.replace("#backup_to = ", "backup_to = "), 0),
                                 (example.replace("#backup_to_key = ", "backup_to_key = "), 1), (' backup_to="/b"\n', 0)):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                self.assertEqual(run("sh", "-c", command).returncode, wanted, text)


class Built(unittest.TestCase):
    def test_no_path_of_the_machine_in_a_program(self):
        programs = [path for path in glob.glob(os.path.join(BUILD, "bin", "tefter*")) if os.access(path, os.X_OK)]
        self.assertGreaterEqual(len(programs), 2)
        for path in programs:
            with open(path, "rb") as file:
                text = file.read()
            self.assertNotIn(SOURCE.encode(), text, path)
            self.assertNotIn(BUILD.encode(), text, path)

    def test_both_say_one_version(self):
        said = {run(os.path.join(BUILD, "bin", name), "--version").stdout.removeprefix(name + " ")
                for name in ("tefter", "tefterd")}
        self.assertEqual(len(said), 1, said)
        self.assertRegex(said.pop(), rf"^{re.escape(VERSION)}(\+g[0-9a-f]{{12}}(\.dirty)?)?\n$")

    def version_of(self, folder, git):
        out = os.path.join(folder, "version.c")
        done = run(CMAKE, f"-DOUT={out}", "-DVERSION=7.8.9", f"-DSOURCE={folder}", f"-DGIT={git}", "-P",
                   os.path.join(SOURCE, "shared", "base", "version.cmake"))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(out, encoding="ascii") as file:
            return re.search(r'version_text\[\] = "(.*)"', file.read()).group(1)

    def test_a_checkout_says_its_commit_anything_else_does_not(self):
        git = shutil.which("git") or ""
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.version_of(folder, git), "7.8.9")
            if not git:
                self.skipTest("no git here")
            named = ("-c", "user.name=n", "-c", "user.email=e@example.com")
            with open(os.path.join(folder, "a"), "w", encoding="ascii") as file:
                file.write("1")
            for words in (("init", "-q"), ("add", "a"), (*named, "commit", "-qm", "one")):
                self.assertEqual(run(git, "-C", folder, *words).returncode, 0)
            head = run(git, "-C", folder, "rev-parse", "--short=12", "HEAD").stdout.strip()
            self.assertEqual(self.version_of(folder, git), f"7.8.9+g{head}")
            with open(os.path.join(folder, "a"), "w", encoding="ascii") as file:
                file.write("2")
            self.assertEqual(self.version_of(folder, git), f"7.8.9+g{head}.dirty")
            self.assertEqual(self.version_of(folder, ""), "7.8.9")
            below = os.path.join(folder, "below") # unpacked inside somebody else's checkout
            os.mkdir(below)
            self.assertEqual(self.version_of(below, git), "7.8.9")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
