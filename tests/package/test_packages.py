#!/usr/bin/python3
"""What the packages of Debian 12 hold, and what their scripts may do.

    test_packages.py CPACK BUILD SOURCE VERSION
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

CPACK, BUILD, SOURCE, VERSION = sys.argv[1:5]
SKIPPED = 77  # what ctest takes for "skipped"
SYSTEM = os.path.join(SOURCE, "server", "system")
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=360, check=False, **more)


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-packages-")
        done = run(CPACK, "--config", os.path.join(BUILD, "CPackConfig.cmake"), "-B", cls.folder)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def package(self, name):
        found, = glob.glob(os.path.join(self.folder, f"{name}_{VERSION}_*.deb"))
        return found

    def fields(self, name):
        said = run("dpkg-deb", "-f", self.package(name)).stdout
        return dict(re.findall(r"(?m)^([A-Z][\w-]*): (.*)$", said))

    def files(self, name):
        listing = run("dpkg-deb", "-c", self.package(name)).stdout
        return {path: (mode, owner) for mode, owner, path in
                re.findall(r"(?m)^(-\S+) (\S+) +\d+ \S+ \S+ \.(/.*)$", listing)}

    def test_the_server_s(self):
        files = self.files("tefter-server")
        self.assertEqual(set(files), {
            "/etc/tefter/tefterd.conf", "/usr/sbin/tefterd", "/usr/share/man/man8/tefterd.8",
            "/usr/sbin/tefter-web", "/usr/share/man/man8/tefter-web.8", "/usr/share/bash-completion/completions/tefter-web",
            "/usr/sbin/tefter-notify", "/usr/share/man/man8/tefter-notify.8",
            "/usr/share/bash-completion/completions/tefter-notify",
            "/usr/sbin/tefter-importer", "/usr/share/man/man8/tefter-importer.8",
            "/usr/share/bash-completion/completions/tefter-importer",
            "/usr/share/bash-completion/completions/tefterd", "/usr/share/doc/tefter/examples/tefterd.conf",
            "/usr/share/doc/tefter/OPERATING.md", "/usr/share/doc/tefter-server/copyright",
            "/usr/lib/systemd/system/tefterd.service", "/usr/lib/systemd/system/tefterd-backup.service",
            "/usr/lib/systemd/system/tefterd-backup.timer", "/usr/lib/systemd/system/tefterd-web-name.service",
            "/usr/lib/systemd/system/tefterd-web-name.timer", "/usr/lib/sysusers.d/tefter.conf",
            "/usr/lib/tmpfiles.d/tefter.conf"})
        self.assertEqual(files["/usr/sbin/tefterd"], ("-rwxr-xr-x", "root/root"))
        self.assertEqual(files["/etc/tefter/tefterd.conf"], ("-rw-r--r--", "root/root"))
        fields = self.fields("tefter-server")
        for library in ("libc6", "liblmdb0", "libssl3", "libuv1", "libprotobuf-c1", "libsodium23", "libwslay1", "libseccomp2"):
            self.assertRegex(fields["Depends"], rf"\b{library}\b")
        self.assertRegex(fields["Depends"], r"systemd \| systemd-standalone-sysusers")

    def test_a_terminal_s(self):
        files = self.files("tefter")
        self.assertIn("/usr/bin/tefter", files)
        self.assertIn("/usr/bin/tefter-printer", files)
        self.assertIn("/usr/bin/tefter-paper", files)
        self.assertEqual([path for path in files if "tefterd" in path or path.startswith(("/etc", "/usr/sbin"))], [])
        self.assertNotIn("lmdb", self.fields("tefter")["Depends"])
        self.assertEqual(set(files) & set(self.files("tefter-server")), set()) # both on one machine

    def test_settings_are_the_shop_s_own(self):
        with tempfile.TemporaryDirectory() as folder:
            run("dpkg-deb", "-e", self.package("tefter-server"), folder)
            self.assertEqual(set(os.listdir(folder)) & set(SCRIPTS), set(SCRIPTS))
            with open(os.path.join(folder, "conffiles"), encoding="ascii") as file:
                self.assertEqual(file.read(), "/etc/tefter/tefterd.conf\n")

    def test_the_settings_that_come_with_it_are_good(self):
        with tempfile.TemporaryDirectory() as folder:
            run("dpkg-deb", "-x", self.package("tefter-server"), folder)
            path = os.path.join(folder, "etc/tefter/tefterd.conf")
            said = run(os.path.join(folder, "usr/sbin/tefterd"), "check", "-c", path)
            self.assertEqual(said.returncode, 0, said.stderr)
            self.assertIn("/var/lib/tefter/ledger", said.stdout)


class Scripts(unittest.TestCase):
    def text(self, name):
        with open(os.path.join(SYSTEM, name), encoding="ascii") as file:
            return file.read()

    def test_they_are_shell(self):
        for name in SCRIPTS:
            path = os.path.join(SYSTEM, name)
            self.assertEqual(run("sh", "-n", path).returncode, 0, name)
            if shutil.which("shellcheck"):
                checked = run("shellcheck", path)
                self.assertEqual(checked.returncode, 0, checked.stdout)

    def test_none_removes_a_ledger_or_its_user(self):
        for name in SCRIPTS:
            for line in self.text(name).splitlines():
                if not line.lstrip().startswith(("#", "echo")):
                    self.assertNotRegex(line, r"\brm\b(?! -f /run/)|deluser|userdel|find .*-delete", name)

    def test_a_removal_and_a_purge_say_where_the_ledger_is(self):
        for word, wanted in (("remove", "ledger is kept"),):
            said = run("sh", os.path.join(SYSTEM, "postrm"), word)
            self.assertEqual(said.returncode, 0, said.stderr)
            self.assertIn(wanted, said.stdout)


if __name__ == "__main__":
    if not shutil.which("dpkg-deb") or not shutil.which("dpkg-shlibdeps"):
        print("skipped: there is no dpkg-deb or dpkg-shlibdeps here (Debian's dpkg-dev)")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
