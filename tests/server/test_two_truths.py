#!/usr/bin/python3
"""Two truths, and two of one terminal: a copied profile, an old copy of the server, a ledger that was
restored; with the real programs, as people meet them.

    test_two_truths.py BINARIES
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))
import client
import server as kit

BINARIES = ""
DONE, FAULT, NO_SERVER, NOT_ALLOWED = 0, 1, 3, 4
RACE_S = 61  # within a minute two processes of one profile may be a mark apart
TWO_PLACES = "IN USE IN TWO PLACES"


class Shop(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-two-truths-")
        self.servers = []
        self.server = self.serving("first")
        code = self.server.init("Anh")
        self.server.start()
        self.company = kit.Company(self.server, code)
        self.branch = self.company.branch("TD", "Thủ Đức")
        self.company.customer("Nguyễn", 1000000)
        self.enrol("office")
        self.enrol("till")

    def tearDown(self):
        self.company.owner.close()
        for served in self.servers:
            served.close()
        shutil.rmtree(self.folder)

    # ---- what a test does ----

    def serving(self, name):
        place = self.path(name)
        os.makedirs(place, exist_ok=True)
        self.servers.append(kit.Server(BINARIES, place))
        return self.servers[-1]

    def path(self, name):
        return os.path.join(self.folder, name)

    def enrol(self, name):
        self.tefter(name, "enrol", self.server.address, self.company.code(self.branch, name)[1])
        self.login(name)

    def login(self, name, server=None):
        self.tefter(name, *self.at(server), "login", kit.OWNER[0], given=kit.OWNER[1] + "\n")

    @staticmethod
    def at(server):
        return ("--server", server.address) if server else ()

    def tefter(self, profile, *words, code=DONE, given=None, told=(), untold=()):
        said = subprocess.run([os.path.join(BINARIES, "tefter"), "--profile", self.path(profile), *words], input=given,
                              text=True, capture_output=True, timeout=120, check=False)
        return self.judge(said, words, code, told, untold)

    def tefterd(self, server, *words, code=DONE, told=(), untold=()):
        return self.judge(server.run(*words), words, code, told, untold)

    def judge(self, said, words, code, told, untold):
        text = said.stdout + said.stderr
        self.assertEqual(said.returncode, code, f"{words}: {text}\n{self.server.tail()}")
        for word in told:
            self.assertRegex(text, word)
        for word in untold:
            self.assertNotRegex(text, word)
        return text

    def status_says(self, server, *told, untold=()):
        """The file is written every two seconds."""
        for _ in range(50):
            text = self.tefterd(server, "status")
            if all(word in text for word in told):
                break
            time.sleep(0.2)
        for word in told:
            self.assertIn(word, text)
        for word in untold:
            self.assertNotIn(word, text)

    def backup(self):
        self.tefterd(self.server, "backup", "--to", self.path("backups"))
        return self.path("backups")

    def restored(self):
        fresh = self.serving("second")
        self.told_by_restore = self.tefterd(fresh, "restore", "--from", self.path("backups"))
        return fresh

    # ---- one profile, two machines ----

    def test_a_copied_profile_is_told_on_both_sides(self):
        shutil.copytree(self.path("till"), self.path("other-machine"))
        os.unlink(os.path.join(self.path("other-machine"), "mark"))  # copied before it had one
        self.server.kill()
        self.server.start()
        self.tefter("till", *self.at(self.server), "status", untold=[TWO_PLACES, "TERMINAL"])
        time.sleep(RACE_S)
        self.tefter("till", *self.at(self.server), "status", untold=[TWO_PLACES, "TERMINAL"])
        self.tefter("other-machine", *self.at(self.server), "status", told=[TWO_PLACES])
        self.tefter("till", *self.at(self.server), "status", untold=[TWO_PLACES])
        here = self.at(self.server)
        self.tefter("office", *here, "alarms", told=["till", " copied"])
        self.tefter("office", *here, "status", told=["TERMINAL: terminal 3, till: its profile was copied"])
        self.tefter("office", *here, "audit", told=["profile_copied"])
        self.status_says(self.server, "TERMINAL      terminal 3, till: its profile was copied")
        with open(self.server.log, encoding="utf-8") as log:
            self.assertIn("event=profile_copied terminal=3", log.read())
        # sells on; nothing is lost by a suspicion
        self.tefter("other-machine", *here, "product", "add", "P", "piece", "--price", "5", told=[TWO_PLACES])
        # enrolled anew: the copy is shut out, and nothing stands
        owner = client.Connection(self.company.profile, self.server.address)
        owner.login(*kit.OWNER)
        code = owner.ask(make_code=client.pb.MakeCode(terminal=3)).code.code
        owner.close()
        self.tefter("till", "enrol", "--again", self.server.address, code)
        self.login("till", self.server)
        self.tefter("till", "status", untold=[TWO_PLACES, "TERMINAL"])
        self.tefter("other-machine", *here, "status", code=NOT_ALLOWED, told=["not known|does not know"])
        self.tefterd(self.server, "verify")

    # ---- what lies in a profile ----

    def test_nothing_waits_for_what_lies_in_a_profiles_file(self):
        for name in sorted(os.listdir(self.path("till"))):
            if not os.path.isfile(os.path.join(self.path("till"), name)):
                continue
            for make in (os.mkfifo, os.mkdir):
                shutil.rmtree(self.path("odd"), ignore_errors=True)
                shutil.copytree(self.path("till"), self.path("odd"))
                os.unlink(os.path.join(self.path("odd"), name))
                make(os.path.join(self.path("odd"), name))
                said = subprocess.run(
                    [os.path.join(BINARIES, "tefter"), "--profile", self.path("odd"), *self.at(self.server), "status"],
                    capture_output=True, text=True, timeout=60, check=False)
                self.assertIn(said.returncode, (DONE, 2, NO_SERVER, NOT_ALLOWED), (name, said.stderr))
                self.assertNotIn("Sanitizer", said.stderr)

    def test_a_damaged_incarnation_is_not_taken_for_none(self):
        for bytes_there in (b"", b"2-43bb", b"x" * 18, b"\xff" * 30):
            shutil.rmtree(self.path("odd"), ignore_errors=True)
            shutil.copytree(self.path("till"), self.path("odd"))
            with open(os.path.join(self.path("odd"), "incarnation"), "wb") as file:
                file.write(bytes_there)
            self.tefter("odd", *self.at(self.server), "status", code=NO_SERVER, told=["incarnation is damaged"])
        os.unlink(os.path.join(self.path("odd"), "incarnation"))
        self.tefter("odd", *self.at(self.server), "status")

    # ---- two servers ----

    def test_an_old_server_hears_that_a_newer_one_is(self):
        self.backup()
        fresh = self.restored()
        fresh.start()
        self.tefter("till", *self.at(fresh), "ping", "--count", "1")
        self.tefter("till", "ping", "--count", "1", code=NO_SERVER, told=["incarnation 2"])
        self.status_says(self.server, "says that it has met incarnation 2, newer than this server's")
        self.tefter("office", "alarms", told=["till +met newer"])
        self.tefter("office", "status", told=["TERMINAL: terminal 3, till: it says"])
        # whoever has not met it is served on: what one terminal claims stops no shop
        self.tefter("office", "product", "add", "P", "piece", "--price", "5")
        self.status_says(fresh, "RECOVERY      1 is on", untold=["TERMINAL "])
        self.assertEqual(fresh.stop(), DONE)
        self.tefterd(fresh, "status", told=["served        no", "last served", "RECOVERY      1 is on"])

    def test_one_backup_restored_twice_is_told(self):
        self.backup()
        shutil.copytree(self.path("backups"), self.path("backups-elsewhere"))  # nothing there says what is restored here
        fresh = self.restored()
        fresh.start()
        self.tefter("till", *self.at(fresh), "ping", "--count", "1")
        again = self.serving("third")
        self.tefterd(again, "restore", "--from", self.path("backups-elsewhere"))
        again.start()
        self.tefter("till", *self.at(again), "ping", "--count", "1", code=NO_SERVER,
                    told=["another restore of the backup", "--after 2"])
        self.status_says(again, "one backup was restored twice")
        self.tefter("till", *self.at(fresh), "ping", "--count", "1")

    # ---- what a restore brings back to life ----

    def test_what_was_ended_before_a_restore_stays_ended(self):
        code = self.company.code(self.branch, "spare")[1]
        self.backup()
        self.tefter("till", "logout")
        self.tefter("spare", "enrol", self.server.address, code)  # used
        shutil.copytree(self.path("office"), self.path("office-before"))
        self.company.owner.close()
        self.assertEqual(self.server.stop(), DONE)
        fresh = self.restored()
        self.assertIn("Everybody has to log in again", self.told_by_restore)
        self.assertIn("passwords and PINs are those of the backup", self.told_by_restore)
        fresh.start()
        for profile in ("office", "office-before"):
            self.tefter(profile, *self.at(fresh), "customer", "list", code=NOT_ALLOWED, told=["[Nn]obody is logged in"])
        self.tefter("again", "enrol", fresh.address, code, code=NOT_ALLOWED, told=["The code is too old"])
        self.login("office", fresh)
        self.tefter("office", *self.at(fresh), "customer", "list", told=["Nguyễn"])
        self.assertEqual(fresh.stop(), DONE)
        fresh.start()
        self.tefter("office", *self.at(fresh), "customer", "list", told=["Nguyễn"])  # a restart ends no login

    # ---- the audit log goes with the ledger ----

    def audit(self, *parts):
        return self.path(os.path.join(*parts, "audit.log"))

    def lines(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()

    def test_the_audit_log_is_in_a_backup_and_comes_back(self):
        place = self.backup()
        made = os.path.join(place, sorted(name for name in os.listdir(place) if name[0] != ".")[0])
        own, kept = self.lines(self.audit("first", "ledger")), self.lines(os.path.join(made, "audit.log"))
        self.assertEqual(own[:len(kept)], kept)
        self.assertIn("event=login_ok", "\n".join(kept))
        self.tefterd(self.server, "verify", "--backup", made, told=["whole", rf"audit log {len(kept)} lines"])
        fresh = self.restored()
        again = self.lines(self.audit("second", "ledger"))
        self.assertEqual(again[:len(kept)], kept)
        self.assertIn("event=restored", again[len(kept)])
        fresh.start()
        fresh.stop()
        self.tefterd(fresh, "verify", told=["audit log"])

    def test_a_changed_audit_log_in_a_backup_is_named(self):
        place = self.backup()
        made = os.path.join(place, sorted(name for name in os.listdir(place) if name[0] != ".")[0])
        log = os.path.join(made, "audit.log")
        whole = self.lines(log)

        def write(lines):
            with open(log, "w", encoding="utf-8") as file:
                file.write("".join(line + "\n" for line in lines))
        write([line.replace("login_ok", "login_no") for line in whole])
        for words in (("verify", "--backup", made), ("restore", "--from", made)):
            self.tefterd(self.serving("elsewhere"), *words, code=FAULT, told=["audit.log"])
        write(whole[:-1])
        self.tefterd(self.server, "verify", "--backup", made, code=FAULT, told=["audit.log"])
        os.unlink(log)
        self.tefterd(self.server, "verify", "--backup", made, code=FAULT, told=["audit.log is missing"])

    def test_a_backup_of_a_changed_audit_log_is_made_and_is_not_called_verified(self):
        log = self.audit("first", "ledger")
        whole = self.lines(log)
        with open(log, "w", encoding="utf-8") as file:
            file.write("".join(line.replace("login_ok", "login_no") + "\n" for line in whole))
        self.tefterd(self.server, "backup", "--to", self.path("kept"), code=FAULT,
                     told=["verified but for the audit log", "the audit log was changed|audit log was changed"])
        self.assertTrue([name for name in os.listdir(self.path("kept")) if name[0] != "."])

    def test_a_place_that_follows_has_the_audit_log(self):
        place = self.path("place")
        follower = subprocess.Popen([self.server.program, "backup", "--follow", place, "--ledger", self.server.ledger,
                                     "--map", "1G"], stdout=subprocess.PIPE, text=True)
        try:
            self.assertIn("following", follower.stdout.readline())
            self.tefter("till", "logout")
            newest = self.lines(self.audit("first", "ledger"))[-1]
            for _ in range(100):
                if os.path.exists(self.audit("place")) and newest in self.lines(self.audit("place")):
                    break
                time.sleep(0.1)
            self.assertIn(newest, self.lines(self.audit("place")))
            self.status_says(self.server, "follower", " s behind")
        finally:
            follower.terminate()
            self.assertEqual(follower.wait(20), DONE)
            follower.stdout.close()
        self.tefterd(self.server, "verify", "--backup", place, told=["whole", "audit log"])
        whole = self.lines(self.audit("place"))
        with open(self.audit("place"), "w", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in whole[:2] + whole[3:]))
        self.tefterd(self.server, "verify", "--backup", place, code=FAULT, told=["audit.log"])


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    kit.messages()
    unittest.main()
