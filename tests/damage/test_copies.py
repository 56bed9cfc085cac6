#!/usr/bin/python3
"""Copies of a ledger in other places, as their owners use them: followed, encrypted, without the root
key, and what is said when one is not what it was. And a disk without any room.

    test_copies.py BINARIES
"""
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
import client
import server

BINARIES = sys.argv.pop(1)
DONE, FAULT, USE, CONFLICT = 0, 1, 2, 5
PASSPHRASE = "a horse that nobody rides"


class Ledger(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-copies-")
        self.server = server.Server(BINARIES, self.folder)
        self.followers = []
        self.company = None
        warnings.simplefilter("ignore", ResourceWarning)  # a connection lives as long as its server

    def tearDown(self):
        for follower in self.followers:
            if follower.poll() is None:
                follower.kill()
            follower.wait()
            follower.stdout.close()
        self.server.close()
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def found(self, customers=3):
        code = self.server.init("Anh")
        self.server.start()
        self.company = server.Company(self.server, code)
        self.token = self.company.owner.login(*server.OWNER).token
        self.product = self.company.product("P", "piece", 100_000)
        self.customers = [self.company.customer(f"Nguyễn {n}", 10 ** 12) for n in range(customers)]

    def sell(self, pieces=1):
        for customer in self.customers:
            self.company.owner.submit(**server.invoice(customer, self.product, pieces))

    def seq(self, connection=None):
        return (connection or self.company.owner).ask(ping=client.pb.Ping()).pong.seq

    def tool(self, *words, wanted=DONE, says="", given=None):
        small = [] if words[0] in ("status", "backup-key") else ["--map", "1G"]
        said = subprocess.run([os.path.join(BINARIES, "tefterd"), *words, *small], input=given,
                              text=True, capture_output=True, timeout=120, check=False)
        if wanted is not None:
            self.assertEqual(said.returncode, wanted, said.stdout + said.stderr)
        self.assertTrue(re.search(says, said.stdout + said.stderr), said.stdout + said.stderr)
        return said

    def of_ledger(self, *words, **how):
        return self.tool(*words, "--ledger", self.server.ledger, **how)

    def names_in(self, folder):
        """What the ledger in a folder shows, when it is served: names and balances."""
        other = server.Server(BINARIES, os.path.dirname(folder))
        other.ledger = folder
        other.start()
        try:
            with client.Connection(self.company.profile, other.address) as owner:
                owner.login(*server.OWNER)
                cards = [owner.query(customer_card=client.pb.CustomerCard(customer=c)) for c in self.customers]
                return [(card.row.name.value, card.account.balance_minor) for card in cards]
        finally:
            other.stop()

    def wait_for(self, condition, what):
        until = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.05)

    @staticmethod
    def spoil(path, at=-100):
        with open(path, "r+b") as file:
            file.seek(at, 2 if at < 0 else 0)
            byte = file.read(1)[0]
            file.seek(-1, 1)
            file.write(bytes([byte ^ 0x10]))


class Follower(Ledger):
    def follow(self, *words, place="second"):
        follower = subprocess.Popen([os.path.join(BINARIES, "tefterd"), "backup", "--follow", self.path(place),
                                     "--ledger", self.server.ledger, "--map", "1G", *words],
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.followers.append(follower)
        self.said = follower.stdout.readline()
        return follower

    def note(self):
        if not os.path.exists(os.path.join(self.server.ledger, "follower")):
            return 0
        with open(os.path.join(self.server.ledger, "follower"), encoding="utf-8") as file:
            return int(file.read().split()[0])

    def shipped(self):
        seq = self.seq()
        self.wait_for(lambda: self.note() >= seq, "the second place does not catch up")

    def test_a_second_place_has_all_that_was_shipped(self):
        self.found()
        self.sell()
        self.follow()
        self.assertIn("following", self.said)
        self.sell(2)
        self.customers.append(self.company.customer("Lê Văn Sau", 10 ** 12))
        self.sell(3)
        self.shipped()
        status = self.company.owner.ask(server_status=client.pb.ServerStatus()).status
        self.assertGreaterEqual(status.follower_seq, self.seq() - 1)
        self.assertLess(status.follower_lag_ms, 60_000)
        seq = self.seq()
        self.server.kill()
        shutil.rmtree(self.server.ledger)  # the machine is gone
        self.tool("restore", "--from", self.path("second"), "--ledger", self.path("fresh"),
                  says=f"up to seq {seq},")
        self.tool("verify", "--ledger", self.path("fresh"))
        self.assertEqual(self.names_in(self.path("fresh")),
                         [("Nguyễn 0", 600_000), ("Nguyễn 1", 600_000), ("Nguyễn 2", 600_000),
                          ("Lê Văn Sau", 300_000)])

    def test_a_follower_goes_on_where_it_was(self):
        self.found()
        for how in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
            follower = self.follow()
            self.assertIn("following", self.said)
            self.sell()
            self.shipped()
            follower.send_signal(how)
            self.assertEqual(follower.wait(30), DONE if how == signal.SIGTERM else -how)
            self.customers.append(self.company.customer("meanwhile", 10 ** 12))  # nobody follows
        self.follow()
        self.shipped()
        self.tool("verify", "--backup", self.path("second"), says=f"whole up to seq {self.seq()}")

    def test_one_follower_a_place(self):
        self.found()
        self.follow()
        second = self.follow()
        self.assertEqual(second.wait(30), CONFLICT, self.said)

    def test_a_wrong_place_is_refused(self):
        self.found()
        follower = self.follow()
        self.shipped()
        follower.terminate()
        follower.wait(30)
        os.mkdir(self.path("photos"))
        with open(os.path.join(self.path("photos"), "cat.jpg"), "w", encoding="ascii") as file:
            file.write("cat")
        self.of_ledger("backup", "--to", self.path("backups"))
        backup = os.path.join(self.path("backups"), max(os.listdir(self.path("backups"))))
        for place, says in ((self.path("photos"), "is not empty"), (backup, "is a backup, and is not written to")):
            self.of_ledger("backup", "--follow", place, wanted=USE, says=says)
        self.assertEqual(os.listdir(self.path("photos")), ["cat.jpg"])
        self.tool("init", "--ledger", self.path("other"), "--company", "Other", "--currency", "VND", "--admin",
                  "o", "--password-stdin", given="a long enough word\n")
        self.tool("backup", "--follow", self.path("second"), "--ledger", self.path("other"), wanted=USE,
                  says="follows another ledger")
        # A restore of an older backup is another history, whichever of the two has got further.
        self.sell()
        follower = self.follow()
        self.shipped()
        follower.terminate()
        follower.wait(30)
        self.tool("restore", "--from", backup, "--ledger", self.path("restored"))
        self.tool("backup", "--follow", self.path("second"), "--ledger", self.path("restored"), wanted=USE,
                  says="is ahead|another incarnation")

    def test_a_place_that_was_cut_is_not_restored(self):
        self.found()
        self.sell()
        follower = self.follow()
        self.shipped()
        follower.terminate()
        self.assertEqual(follower.wait(30), DONE)
        place = self.path("second")
        shutil.copytree(place, self.path("kept"))
        segment = os.path.join("journal", "0" * 19 + "1.segment")
        ways = {segment: lambda path: os.truncate(path, os.path.getsize(path) // 2),
                os.path.join("journal", "identity"): os.unlink,
                os.path.join("vault", "data.mdb"): lambda path: os.truncate(path, 0),
                os.path.join("keys", "token-key"): self.spoil_first,
                "manifest": self.spoil}
        for part, way in ways.items():
            shutil.rmtree(place)
            shutil.copytree(self.path("kept"), place)
            way(os.path.join(place, part))
            for words in (["verify", "--backup", place],
                          ["restore", "--from", place, "--ledger", self.path("fresh")]):
                self.tool(*words, wanted=FAULT)
                self.assertFalse(os.path.exists(self.path("fresh")), part)

    def spoil_first(self, path):
        self.spoil(path, 3)

    def test_a_follower_killed_at_any_time_leaves_a_place_that_can_be_restored(self):
        self.found()
        chance = random.Random(11)
        place, fresh = self.path("second"), self.path("fresh")
        restored = 0
        for _ in range(12):
            follower = self.follow()
            until = time.monotonic() + chance.uniform(0.01, 0.3)
            while time.monotonic() < until:
                self.sell()
            follower.kill()
            follower.wait(30)
            if not os.path.exists(os.path.join(place, "manifest")):
                continue
            said = self.tool("restore", "--from", place, "--ledger", fresh)
            seq = int(re.search(r"up to seq (\d+),", said.stdout).group(1))
            self.assertGreaterEqual(seq, self.note(), "what it said it had")
            self.tool("verify", "--ledger", fresh)
            shutil.rmtree(fresh)
            restored += 1
        self.assertGreater(restored, 6)
        self.follow()
        self.shipped()
        self.tool("verify", "--backup", place, says=f"whole up to seq {self.seq()}")

    def test_a_place_that_vanishes_and_comes_back_is_caught_up_with(self):
        self.found()
        follower = self.follow()
        self.sell()
        self.shipped()
        os.rename(self.path("second"), self.path("unplugged"))
        self.sell(2)
        try:
            code = follower.wait(5)
        except subprocess.TimeoutExpired:
            code = None
        os.path.exists(self.path("second")) and shutil.rmtree(self.path("second"))
        os.rename(self.path("unplugged"), self.path("second"))
        if code is not None:  # it says why, and ends: whoever runs it starts it again
            self.assertEqual(code, FAULT)
            self.assertIn("second", follower.stdout.read())
            self.follow()
        self.sell(3)
        self.shipped()
        self.tool("verify", "--backup", self.path("second"), says=f"whole up to seq {self.seq()}")

    def test_a_restore_from_a_followed_place_misses_at_most_the_lag(self):
        self.found()
        self.follow()
        self.sell()
        self.shipped()
        follower = self.followers[-1]
        follower.send_signal(signal.SIGSTOP)
        shipped = self.note()
        self.sell(2)
        self.server.kill()
        follower.kill()
        said = self.tool("restore", "--from", self.path("second"), "--ledger", self.path("fresh"))
        self.assertGreaterEqual(int(re.search(r"up to seq (\d+),", said.stdout).group(1)), shipped)
        self.assertEqual(self.names_in(self.path("fresh"))[0], ("Nguyễn 0", 100_000))


class Encrypted(Ledger):
    def setUp(self):
        super().setUp()
        with open(self.path("passphrase"), "w", encoding="ascii") as file:
            file.write(PASSPHRASE + "\n")
        with open(self.path("wrong"), "w", encoding="ascii") as file:
            file.write("another horse\n")

    def key(self, name="key"):
        self.tool("backup-key", "--key", self.path(name), "--to-key", self.path(name + ".pub"),
                  "--passphrase-file", self.path("passphrase"))
        return ["--key", self.path(name), "--passphrase-file", self.path("passphrase")]

    def test_a_thief_of_an_encrypted_backup_reads_nothing(self):
        self.found()
        self.sell()
        key, other = self.key(), self.key("other")
        for _ in range(2):
            self.of_ledger("backup", "--to", self.path("backups"), "--to-key", self.path("key.pub"),
                           says="encrypted")
            time.sleep(1.1)
        self.assertEqual([name for name in os.listdir(self.server.ledger) if "tmp" in name], [])
        newest = os.path.join(self.path("backups"), max(os.listdir(self.path("backups"))))
        for folder, _, names in os.walk(newest):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    bytes_of_it = file.read()
                for secret in ("Nguyễn".encode(), b"PRIVATE KEY", b"owner", b"TFTB"):
                    self.assertNotIn(secret, bytes_of_it, name)
        self.tool("verify", "--backup", newest, says="encrypted")
        self.tool("verify", "--backup", newest, *key, says="and opens")
        fresh = ["restore", "--from", self.path("backups"), "--ledger", self.path("fresh")]
        self.tool(*fresh, wanted=USE, says="--key FILE")
        self.tool(*fresh, *other, wanted=FAULT, says="encrypted to another key")
        self.tool(*fresh, "--key", self.path("key"), "--passphrase-file", self.path("wrong"), wanted=FAULT,
                  says="the passphrase is another")
        self.tool(*fresh, "--key", self.path("key.pub"), "--passphrase-file", self.path("passphrase"), wanted=USE,
                  says="not the secret half")
        self.assertFalse(os.path.exists(self.path("fresh")))
        self.tool(*fresh, *key)
        self.assertEqual(sorted(os.listdir(self.path("fresh"))),
                         sorted(set(os.listdir(self.path("fresh"))) - {"unsealed.tmp"}))
        self.tool("verify", "--ledger", self.path("fresh"))
        self.server.stop()
        self.assertEqual(self.names_in(self.path("fresh")), [(f"Nguyễn {n}", 100_000) for n in range(3)])

    def test_two_parts_exchanged_do_not_open(self):
        self.found()
        key = self.key()
        self.of_ledger("backup", "--to", self.path("backups"), "--to-key", self.path("key.pub"))
        newest = os.path.join(self.path("backups"), max(os.listdir(self.path("backups"))))
        self.spoil(os.path.join(newest, "vault", "data.mdb"))
        self.tool("verify", "--backup", newest, wanted=FAULT, says="vault/data.mdb")
        self.tool("restore", "--from", newest, "--ledger", self.path("fresh"), *key, wanted=FAULT,
                  says="vault/data.mdb")

    def test_the_key_can_be_typed_from_paper(self):
        self.key()
        with open(self.path("key"), encoding="ascii") as file:
            text = file.read()
        with open(self.path("typed"), "w", encoding="ascii") as file:
            file.write(re.search(r"locked .*", text).group().replace(" ", "").replace("locked", "locked ") + "\n")
        self.found()
        self.of_ledger("backup", "--to", self.path("backups"), "--to-key", self.path("key.pub"))
        self.tool("verify", "--backup", self.path("backups"), "--key", self.path("typed"), "--passphrase-file",
                  self.path("passphrase"), says="and opens")
        self.tool("backup-key", "--key", self.path("key"), "--to-key", self.path("x.pub"), "--passphrase-file",
                  self.path("passphrase"), wanted=USE, says="there already")

    def test_the_root_key_stays_at_home(self):
        self.found()
        shutil.copy(os.path.join(self.server.ledger, "keys", "root-key.pem"), self.path("root-key.pem"))
        self.of_ledger("backup", "--to", self.path("backups"), "--without-root-key", says="without the root key")
        newest = os.path.join(self.path("backups"), max(os.listdir(self.path("backups"))))
        self.assertNotIn("root-key.pem", os.listdir(os.path.join(newest, "keys")))
        fresh = ["restore", "--from", newest, "--ledger", self.path("fresh")]
        self.tool(*fresh, wanted=USE, says="--root-key FILE")
        self.assertFalse(os.path.exists(self.path("fresh")))
        self.tool(*fresh, "--root-key", os.path.join(self.server.ledger, "keys", "server-key.pem"), wanted=USE,
                  says="not the key of")
        self.assertFalse(os.path.exists(self.path("fresh")))
        self.tool(*fresh, "--root-key", self.path("root-key.pem"))
        self.server.stop()
        self.assertEqual(len(self.names_in(self.path("fresh"))), 3)


class Words(Ledger):
    def test_a_ledger_without_its_vault_does_not_start_in_silence(self):
        self.found()
        self.of_ledger("backup", "--to", self.path("backups"))
        self.server.stop()
        vault = os.path.join(self.server.ledger, "vault")
        for way in (shutil.rmtree, lambda path: os.truncate(os.path.join(path, "data.mdb"), 0), self.strange):
            kept = self.path("vault")
            shutil.copytree(vault, kept)
            way(vault)
            for words in (["verify"], ["backup", "--to", self.path("more")]):
                self.of_ledger(*words, wanted=FAULT, says="vault|words")
            with self.assertRaisesRegex(RuntimeError, "--accept-lost-words"):
                self.server.start()
            shutil.rmtree(vault, ignore_errors=True)
            shutil.move(kept, vault)
        shutil.rmtree(vault)
        self.server.start("--accept-lost-words")
        self.assertEqual(self.name(), (True, ""))
        self.company.customer("a new one", 10 ** 12)
        self.server.stop()
        self.of_ledger("verify", says="given up")
        self.of_ledger("backup", "--to", self.path("later"))
        self.tool("restore", "--from", self.path("later"), "--ledger", self.path("fresh"))
        self.tool("verify", "--ledger", self.path("fresh"), says="given up")
        self.server.start()  # it was accepted once
        self.assertEqual(self.name(), (True, ""))
        with client.Connection(self.company.profile, self.server.address) as owner:
            owner.use_token(self.token)
            self.assertGreater(owner.ask(server_status=client.pb.ServerStatus()).status.texts_unreadable, 0)
        self.server.stop()
        self.of_ledger("restore", "--vault-only", "--from", self.path("backups"))
        self.of_ledger("verify")
        self.server.start()
        self.assertEqual(self.name(), (False, "Nguyễn 0"))

    def strange(self, vault):
        """The vault of another ledger."""
        shutil.rmtree(self.path("other"), ignore_errors=True)
        self.tool("init", "--ledger", self.path("other"), "--company", "Other", "--currency", "VND", "--admin",
                  "o", "--admin-name", "Other", "--password-stdin", given="a long enough word\n")
        shutil.copy(os.path.join(self.path("other"), "vault", "data.mdb"), os.path.join(vault, "data.mdb"))

    def name(self):
        self.company.owner = client.Connection(self.company.profile, self.server.address)
        self.company.owner.use_token(self.token)
        card = self.company.owner.query(customer_card=client.pb.CustomerCard(customer=self.customers[0]))
        return card.row.name.unreadable, card.row.name.value

    def test_words_of_another_ledger_are_not_taken(self):
        self.found()
        self.server.stop()
        self.tool("init", "--ledger", self.path("other"), "--company", "Other", "--currency", "VND", "--admin",
                  "o", "--password-stdin", given="a long enough word\n")
        self.tool("backup", "--ledger", self.path("other"), "--to", self.path("backups"))
        self.of_ledger("restore", "--vault-only", "--from", self.path("backups"), wanted=USE, says="another ledger")
        self.of_ledger("verify")

    def test_a_backup_with_lost_words_pushes_no_good_one_out(self):
        self.found()
        self.of_ledger("backup", "--to", self.path("backups"), "--keep", "1")
        self.server.stop()
        vault = os.path.join(self.server.ledger, "vault", "data.mdb")
        with open(vault, "rb") as file:
            found = re.finditer("Nguyễn 0".encode(), file.read())
        for words in found:  # pages that are no longer used have them too
            self.spoil(vault, words.start())
        time.sleep(1.1)
        self.of_ledger("backup", "--to", self.path("backups"), "--keep", "1", wanted=FAULT, says="has lost words")
        self.assertEqual(len([name for name in os.listdir(self.path("backups")) if not name.startswith(".")]), 2)


class Restore(Ledger):
    def test_a_backup_without_a_manifest_is_none(self):
        self.found()
        self.of_ledger("backup", "--to", self.path("backups"))
        time.sleep(1.1)
        self.of_ledger("backup", "--to", self.path("backups"))
        newest = os.path.join(self.path("backups"), max(os.listdir(self.path("backups"))))
        os.unlink(os.path.join(newest, "manifest"))
        for place in (newest, self.path("backups")):
            self.tool("restore", "--from", place, "--ledger", self.path("fresh"), wanted=FAULT, says="has no manifest")
            self.assertFalse(os.path.exists(self.path("fresh")))
        shutil.rmtree(newest)
        self.tool("restore", "--from", self.path("backups"), "--ledger", self.path("fresh"))

    def test_a_damaged_part_is_not_handed_on_to_the_next_backup(self):
        self.found()
        self.of_ledger("backup", "--to", self.path("backups"))
        self.server.stop()
        self.of_ledger("backup", "--to", self.path("more"))
        newest = os.path.join(self.path("more"), max(os.listdir(self.path("more"))))
        segment = os.path.join(newest, "journal", "0" * 19 + "1.segment")
        times = os.stat(segment)
        self.spoil(segment, 300)
        os.utime(segment, ns=(times.st_atime_ns, times.st_mtime_ns))
        time.sleep(1.1)
        self.of_ledger("backup", "--to", self.path("more"))
        self.tool("verify", "--backup", self.path("more"))
        self.tool("verify", "--backup", newest, wanted=FAULT, says="segment")


class Spoilt(Ledger):
    """Backups that are not what was written: named, and nothing is made of them."""

    def setUp(self):
        super().setUp()
        self.found()
        self.sell()
        self.of_ledger("backup", "--to", self.path("backups"))
        self.sell(2)
        time.sleep(1.1)
        self.of_ledger("backup", "--to", self.path("backups"))
        self.older, self.newer = [os.path.join(self.path("backups"), name)
                                  for name in sorted(os.listdir(self.path("backups"))) if name[0] != "."]
        self.server.stop()

    def spoilt(self, way):
        """A copy of the newer backup, spoilt in that way."""
        place = self.path("spoilt")
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.newer, place)
        way(place)
        return place

    def refused(self, way, says):
        place = self.spoilt(way)
        self.tool("verify", "--backup", place, wanted=FAULT, says=says)
        self.tool("restore", "--from", place, "--ledger", self.path("fresh"), wanted=FAULT, says=says)
        self.assertFalse(os.path.exists(self.path("fresh")))

    def parts(self):
        return [os.path.relpath(os.path.join(folder, name), self.newer)
                for folder, _, names in os.walk(self.newer) for name in names if name != "manifest"]

    @staticmethod
    def halve(path):
        os.truncate(path, os.path.getsize(path) // 2)

    def test_every_part_cut_emptied_changed_or_gone_is_named(self):
        for part in self.parts():
            for way in (self.halve, lambda path: os.truncate(path, 0), lambda path: self.spoil(path, 0), os.unlink,
                        lambda path: open(path, "ab").write(b"x")):
                self.refused(lambda place, way=way, part=part: way(os.path.join(place, part)), re.escape(part))

    def test_parts_of_another_backup_are_named(self):
        for part in self.parts():
            with open(os.path.join(self.older, part), "rb") as old, open(os.path.join(self.newer, part), "rb") as new:
                same = old.read() == new.read()
            if not same:
                self.refused(lambda place, part=part: shutil.copy(os.path.join(self.older, part),
                                                                  os.path.join(place, part)), re.escape(part))

    def test_a_folder_of_it_that_is_gone_is_named(self):
        for folder in ("journal", "vault", "state", "keys"):
            self.refused(lambda place, folder=folder: shutil.rmtree(os.path.join(place, folder)), folder)

    def test_a_manifest_that_is_none_is_named(self):
        def write(text):
            def way(place):
                with open(os.path.join(place, "manifest"), "wb") as file:
                    file.write(text)
            return way
        with open(os.path.join(self.newer, "manifest"), "rb") as file:
            whole = file.read()
        lines = whole.splitlines(keepends=True)
        for text in (b"", b"\0" * 64, os.urandom(300), b"hello\n", whole[:-1], whole[:len(whole) // 2], whole * 2,
                     b"".join(lines[:-2] + lines[-1:]), b"".join(lines[1:]), whole.replace(b"seq", b"sea", 1)):
            self.refused(write(text), "manifest")
        with open(os.path.join(self.older, "manifest"), "rb") as file:
            older = file.read()
        self.refused(write(older), "manifest|segment|data.mdb|audit.log")

    def test_what_lies_in_a_backup_and_is_no_part_of_it_is_not_taken_along(self):
        def more(place):
            for name in ("keys/token-key.old", "journal/00000000000000009999.segment", "vault/extra", "note.txt"):
                with open(os.path.join(place, name), "w", encoding="ascii") as file:
                    file.write("not of this backup")
        place = self.spoilt(more)
        said = self.tool("verify", "--backup", place, wanted=None)
        self.assertIn(said.returncode, (DONE, FAULT))
        again = self.tool("restore", "--from", place, "--ledger", self.path("fresh"), wanted=said.returncode)
        if said.returncode == FAULT:
            self.assertRegex(again.stderr, "token-key.old|9999.segment|extra|note.txt")
            self.assertFalse(os.path.exists(self.path("fresh")))
        else:
            self.assertEqual([name for _, _, names in os.walk(self.path("fresh")) for name in names
                              if name in ("token-key.old", "extra", "note.txt") or "9999" in name], [])
            self.tool("verify", "--ledger", self.path("fresh"))

    def test_nothing_is_written_over(self):
        photos = self.path("photos")
        os.mkdir(photos)
        with open(os.path.join(photos, "cat.jpg"), "w", encoding="ascii") as file:
            file.write("cat")
        for folder in (photos, self.server.ledger, self.newer, self.path("backups")):
            before = sorted(os.listdir(folder))
            said = self.tool("restore", "--from", self.newer, "--ledger", folder, wanted=None)
            self.assertIn(said.returncode, (FAULT, USE, CONFLICT), folder)
            self.assertIn(folder, said.stderr)
            self.assertEqual(sorted(os.listdir(folder)), before)
        for folder in (self.server.ledger, os.path.join(self.server.ledger, "journal"), self.newer):
            before = sorted(os.listdir(folder))
            said = self.of_ledger("backup", "--to", folder, wanted=None)
            self.assertNotEqual(said.returncode, DONE, folder)
            self.assertEqual(sorted(os.listdir(folder)), before)
        self.of_ledger("verify")

    def test_a_backup_that_finds_no_room_says_so_and_leaves_the_older_ones(self):
        disk = self.path("small")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k,mode=700", "tmpfs", disk], capture_output=True,
                          check=False).returncode != 0:
            self.skipTest("no small disk can be mounted here")
        try:
            kept = 0
            for _ in range(8):
                said = self.of_ledger("backup", "--to", disk, wanted=None)
                if said.returncode != DONE:
                    break
                kept += 1
                time.sleep(1.1)
            self.assertEqual(said.returncode, FAULT, said.stdout)
            self.assertRegex(said.stderr, "(?i)space|room")
            names = [name for name in os.listdir(disk) if "-" in name and not name.startswith(".")]
            if kept > 0:
                self.tool("restore", "--from", disk, "--ledger", self.path("fresh"))
            else:
                self.tool("restore", "--from", disk, "--ledger", self.path("fresh"), wanted=None)
            self.assertEqual(len([n for n in names if os.path.exists(os.path.join(disk, n, "manifest"))]), kept)
        finally:
            subprocess.run(["umount", "-l", disk], check=True)


class FullDisk(Ledger):
    def setUp(self):
        super().setUp()
        self.disk = self.path("disk")
        os.mkdir(self.disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m,mode=700", "tmpfs", self.disk],
                          capture_output=True, check=False).returncode != 0:
            self.tearDown()
            self.skipTest("no small disk can be mounted here")
        self.server.ledger = os.path.join(self.disk, "ledger")
        self.server.options = ("--min-free", "4M")

    def tearDown(self):
        self.server.close()
        if os.path.ismount(self.disk):
            subprocess.run(["umount", "-l", self.disk], check=True)
        super().tearDown()

    def fill(self):
        """To the last byte."""
        with open(os.path.join(self.disk, "ballast"), "ab", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                try:
                    while file.write(b"x" * size) == size:
                        pass
                except OSError:
                    pass

    def address(self):
        """It may have no room for the file that tells it."""
        with open(self.server.log, encoding="utf-8") as file:
            return re.findall(r"listening on (\S+)", file.read())[-1]

    def start(self):
        before = os.path.getsize(self.server.log)
        with open(self.server.log, "ab") as log:
            self.server.process = subprocess.Popen(
                [self.server.program, "--ledger", self.server.ledger, "--listen", "127.0.0.1:0", "--map", "1G",
                 *self.server.options], stdout=log, stderr=log)

        def listening():
            self.assertIsNone(self.server.process.poll(), self.server.tail())
            with open(self.server.log, encoding="utf-8") as file:
                return "listening on " in file.read()[before:]

        self.wait_for(listening, "it does not listen")
        return self.address()

    def connect(self):
        owner = client.Connection(self.company.profile, self.address())
        owner.login(*server.OWNER)
        return owner

    def full_and_back(self, ending):
        self.found()
        self.sell()
        ending()
        self.fill()
        # Twice: what a start leaves behind must not stop the next one.
        for last in (False, True):
            self.start()
            with self.connect() as owner:
                card = owner.query(customer_card=client.pb.CustomerCard(customer=self.customers[0]))
                self.assertEqual((card.row.name.value, card.account.balance_minor), ("Nguyễn 0", 100_000))
                status = owner.ask(server_status=client.pb.ServerStatus()).status
                self.assertTrue(status.read_only)
                self.assertIn("disk", status.read_only_reason)
                with self.assertRaisesRegex(client.Refused, "READ_ONLY"):
                    owner.submit(**server.invoice(self.customers[0], self.product))
            if not last:
                self.assertEqual(self.server.stop(), DONE, self.server.tail())
        process = self.server.process.pid
        self.of_ledger("status", says="served +by")
        os.unlink(os.path.join(self.disk, "ballast"))

        def sells():
            try:
                with self.connect() as owner:
                    owner.submit(**server.invoice(self.customers[0], self.product))
                    return True
            except (OSError, client.Ended, client.Refused):
                return False

        self.wait_for(sells, "it does not go on by itself")
        self.assertEqual(self.server.process.pid, process)
        self.assertEqual(self.server.stop(), DONE, self.server.tail())
        self.of_ledger("verify")

    def test_a_full_disk_serves_reads_after_an_orderly_stop(self):
        self.full_and_back(self.server_stop)

    def test_a_full_disk_serves_reads_after_a_crash(self):
        self.full_and_back(lambda: self.server.kill())

    def server_stop(self):
        self.assertEqual(self.server.stop(), DONE)


if __name__ == "__main__":
    server.messages()
    unittest.main()
