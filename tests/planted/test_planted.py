#!/usr/bin/python3
"""A program that ends in the middle of its work: what it did is on record, it does not end of it again,
and a person finds a way on. Through the real server with assertions planted in it (plant.c).

    test_planted.py BINARIES PLANTED
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
import client
import server as kit

BINARIES = PLANTED = ""
DONE, FAULT, NO_SERVER, CONFLICT = 0, 1, 3, 5
DAYS_LOOKED_AT_S = 10


class Planted(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-planted-")
        self.served = self.serving(self.folder)
        self.company = kit.Company(*self.begin())
        self.token = self.company.owner.login(*kit.OWNER).token
        self.branch = self.company.branch("TD", "Thủ Đức")
        self.company.customer("Xây dựng Phú Mỹ", 1000000)

    def tearDown(self):
        self.company.owner.close()
        self.served.close()
        os.environ.pop("TEFTER_PLANT", None)
        os.environ.pop("TEFTER_PLANT_WAIT", None)
        shutil.rmtree(self.folder)

    # ---- what a test does ----

    def serving(self, folder):
        served = kit.Server(BINARIES, folder)
        served.program = PLANTED
        return served

    def begin(self):
        code = self.served.init()
        self.served.start()
        return self.served, code

    def restart(self, program=None):
        self.company.owner.close()
        self.served.stop()
        self.served.program = program or PLANTED
        self.served.start()
        client.write(os.path.join(self.company.profile, "address"), self.served.address)
        self.company.owner = client.Connection(self.company.profile)
        self.company.owner.use_token(self.token)

    def tefterd(self, *words, code=DONE, told=()):
        said = self.served.run(*words)
        text = said.stdout + said.stderr
        self.assertEqual(said.returncode, code, text)
        for word in told:
            self.assertRegex(text, word)
        return text

    def counter(self):
        """A terminal with an outbox: the command line."""
        code = self.company.code(self.branch, "counter")[1]
        self.tefter("enrol", self.served.address, code)
        self.tefter("login", kit.OWNER[0], given=kit.OWNER[1] + "\n")

    def tefter(self, *words, code=DONE, given=None, told=(), untold=()):
        said = subprocess.run([os.path.join(BINARIES, "tefter"), "--profile", os.path.join(self.folder, "counter"), *words],
                              input=given, text=True, capture_output=True, timeout=120, check=False)
        text = said.stdout + said.stderr
        self.assertEqual(said.returncode, code, text + self.served.tail())
        for word in told:
            self.assertRegex(text, word)
        for word in untold:
            self.assertNotRegex(text, word)
        return text

    def ends(self, wanted=None):
        """The server ends by itself."""
        code = self.served.process.wait(60)
        self.assertNotEqual(code, 0)
        if wanted is not None:
            self.assertEqual(code, wanted, self.served.tail())

    def add(self, code, identity=None):
        return self.company.owner.submit(identity, add_product=client.pb.AddProduct(
            code=code, name="Xi măng", price=92000000, tax_bp=0)).id

    def stopped_by(self, ask):
        with self.assertRaises((client.Ended, OSError, EOFError)):
            ask()
        self.ends()

    def refused(self, code, ask):
        with self.assertRaises(client.Refused) as refused:
            ask()
        self.assertEqual(refused.exception.code, code)
        return refused.exception.refusal

    def named(self):
        """The seq that status names."""
        return re.search(r"FAULT +entry (\d+) cannot be applied", self.tefterd("status")).group(1)

    def products(self):
        return {row.code for row in self.company.owner.query(products=client.pb.ProductList()).products}

    def log(self):
        with open(self.served.log, encoding="utf-8") as file:
            return file.read()

    def nothing_is_left_behind(self):
        self.assertEqual([name for name in os.listdir(self.served.ledger) if name.startswith("verify-")], [])

    def is_shown_and_named(self, seq, where):
        """Read only: reads go on, and everybody who is asked says why."""
        self.assertIn("XM40", self.products())
        self.refused("READ_ONLY", lambda: self.add("LATER"))
        answer = self.company.owner.ask(server_status=client.pb.ServerStatus()).status
        self.assertTrue(answer.read_only)
        self.assertRegex(answer.read_only_reason, f"entry {seq} cannot be applied: .*{where}")
        self.assertRegex(answer.read_only_reason, f"tefterd quarantine {seq}")
        self.assertRegex(self.log(), f"event=read_only .*entry {seq} cannot be applied")
        self.tefterd("status", told=[f"FAULT +entry {seq} cannot be applied: .*{where}"])
        self.tefterd("verify", code=FAULT, told=[f"entry {seq} cannot be applied", "well up to the batch before",
                                                 r"verified seq \d"])
        self.nothing_is_left_behind()

    # ---- an entry that ends the program ----

    def one_that_ends_it(self, plant, where):
        self.counter()
        self.add("XM40")
        self.tefter("--wait", "2", "product", "add", plant, "Cát", "--price", "5000", code=NO_SERVER,
                    told=["not known yet"])
        self.ends()
        seq = self.named()
        self.restart()
        self.is_shown_and_named(seq, where)
        self.restart()
        self.is_shown_and_named(seq, where)
        return seq

    def set_aside(self, seq):
        self.assertEqual(self.served.stop(), 0)
        self.tefterd("quarantine", seq, "--reason", "a fault of the program", told=[seq])
        self.assertNotRegex(self.tefterd("status"), "FAULT")
        self.restart()
        add = ("--server", self.served.address, "product", "add")
        self.tefter(*add, "LATER", "Gạch", "--price", "900", told=["(add product)", "set aside", "not tried again"])
        self.tefter(*add, "LATER", "Gạch", "--price", "900", code=CONFLICT, untold=["set aside"])
        self.assertEqual(self.products(), {"XM40", "LATER"})
        self.tefterd("verify")
        self.restart()
        self.assertEqual(self.products(), {"XM40", "LATER"})
        self.nothing_is_left_behind()

    def test_an_assertion(self):
        self.set_aside(self.one_that_ends_it("PLANT-NEED", r"plant\.c:\d+: "))

    def test_a_wild_pointer(self):
        self.set_aside(self.one_that_ends_it("PLANT-SEGV", "signal SEGV"))

    def test_a_stack_without_end(self):
        self.set_aside(self.one_that_ends_it("PLANT-STACK", "signal SEGV"))

    def test_another_program_tries_it_again(self):
        self.one_that_ends_it("PLANT-NEED", r"plant\.c:\d+: ")
        self.restart(os.path.join(BINARIES, "tefterd"))
        self.tefter("--server", self.served.address, "product", "add", "LATER", "Gạch", "--price", "900",
                    told=["(add product)", "it was done"])
        self.assertEqual(self.products(), {"XM40", "PLANT-NEED", "LATER"})
        self.assertNotRegex(self.tefterd("status"), "FAULT")
        self.tefterd("verify")

    def test_its_id_is_answered_for_good(self):
        self.add("XM40")
        identity = self.company.owner.new_id()
        self.stopped_by(lambda: self.add("PLANT-NEED", identity))
        seq = self.named()
        self.tefterd("quarantine", seq, "--reason", "a fault of the program")
        for _ in range(2):
            self.restart()
            self.refused("QUARANTINED", lambda: self.add("PLANT-NEED", identity))
            self.refused("COMMAND_ID_REUSED", lambda: self.add("OTHER", identity))
            known = self.company.owner.query(command=client.pb.CommandLookup(id=identity))
            self.assertTrue(known.known)
            self.assertEqual(known.reply.seq, int(seq))
            self.assertEqual(known.reply.refused.code, client.pb.QUARANTINED)
        self.served.stop()
        self.served.start("--distrust")
        self.assertEqual(self.served.stop(), 0)
        self.restart()
        self.refused("QUARANTINED", lambda: self.add("PLANT-NEED", identity))

    def test_a_backup_of_it_behaves_the_same(self):
        self.add("XM40")
        self.stopped_by(lambda: self.add("PLANT-NEED"))
        seq = self.named()
        self.restart()
        self.tefterd("backup", "--to", os.path.join(self.folder, "backups"))
        self.served.stop()
        self.tefterd("backup", "--to", os.path.join(self.folder, "more"))
        os.mkdir(os.path.join(self.folder, "elsewhere"))
        for place in ("backups", "more"):
            elsewhere = self.serving(os.path.join(self.folder, "elsewhere"))
            said = elsewhere.run("restore", "--from", os.path.join(self.folder, place))
            self.assertEqual(said.returncode, DONE, said.stderr)
            self.assertEqual(elsewhere.run("verify").returncode, FAULT)
            with self.assertRaises(RuntimeError):
                elsewhere.start()
            elsewhere.start()
            said = elsewhere.run("status")
            self.assertRegex(said.stdout, f"entry {seq} cannot be applied")
            self.assertEqual(elsewhere.stop(), 0)
            self.assertEqual(elsewhere.run("quarantine", seq, "--reason", "as there").returncode, DONE)
            elsewhere.start()
            self.assertEqual(elsewhere.stop(), 0)
            self.assertEqual(elsewhere.run("verify").returncode, DONE)
            shutil.rmtree(elsewhere.ledger)

    def test_what_was_applied_cannot_be_set_aside(self):
        """Not even where the state is made anew and knows less than the journal."""
        for number in range(3):
            self.add(f"XM4{number}")
        self.served.kill()
        os.unlink(os.path.join(self.served.ledger, "shutdown-marker"))
        shutil.rmtree(os.path.join(self.served.ledger, "checkpoints"))
        os.mkdir(os.path.join(self.served.ledger, "checkpoints"), 0o700)
        self.tefterd("quarantine", "5", "--reason", "a wish", code=2, told=["entry 5 was applied"])
        self.restart()
        self.assertEqual(len(self.products()), 3)

    def test_a_fault_that_is_returned(self):
        self.add("XM40")
        self.stopped_by(lambda: self.add("PLANT-FAULT"))
        seq = self.named()
        self.restart()
        self.is_shown_and_named(seq, "no right Plant")
        self.restart(os.path.join(BINARIES, "tefterd"))
        self.assertEqual(self.products(), {"XM40", "PLANT-FAULT"})
        self.assertNotRegex(self.tefterd("status"), "FAULT")

    # ---- kill -9 ----

    def waits(self, program=None):
        """Killed in the middle of a healthy entry, by whoever."""
        os.environ["TEFTER_PLANT_WAIT"] = os.path.join(self.folder, "wait")
        with open(os.environ["TEFTER_PLANT_WAIT"], "w", encoding="ascii"):
            pass
        self.restart(program)

    def killed_in_it(self):
        threading.Thread(target=self.sent_in_vain, daemon=True).start()
        self.until_applying()
        self.served.kill()

    def sent_in_vain(self):
        try:
            self.add("PLANT-WAIT")
        except (client.Ended, OSError, EOFError):
            pass

    def until_applying(self, again=False):
        """Until an entry is being applied; again: by a start that has seen the end before."""
        for _ in range(600):
            with open(os.path.join(self.served.ledger, "inflight"), "rb") as file:
                page = file.read(4096)
            if page[8:16] != bytes(8) and (not again or page[256 + 12] == 1):
                return
            time.sleep(0.05)
        self.fail("nothing is applied")

    def test_a_kill_is_no_verdict(self):
        self.waits()
        self.killed_in_it()
        self.tefterd("status", told=["in the middle of entry", "tries it again"])
        os.unlink(os.environ["TEFTER_PLANT_WAIT"])
        self.restart()
        self.assertEqual(self.products(), {"PLANT-WAIT"})
        self.add("LATER")
        self.assertNotRegex(self.tefterd("status"), "FAULT")

    def test_a_second_kill_at_the_same_entry_is(self):
        self.add("XM40")
        self.waits()
        self.killed_in_it()
        with open(self.served.log, "ab") as log:
            self.served.process = subprocess.Popen(
                [PLANTED, "--ledger", self.served.ledger, "--listen", "127.0.0.1:0", "--map", "1G"], stdout=log, stderr=log)
        self.until_applying(again=True)
        self.served.kill()
        self.served.start()
        self.named()
        self.tefterd("status", told=[r"in the middle of it \(2 times\)"])
        os.unlink(os.environ["TEFTER_PLANT_WAIT"])
        self.restart()
        self.refused("READ_ONLY", lambda: self.add("LATER"))
        self.tefterd("verify")  # it goes well here
        self.served.stop()
        self.served.start("--distrust")
        self.restart()
        self.assertEqual(self.products(), {"XM40", "PLANT-WAIT"})

    # ---- what is asked ----

    def asked_again(self, ask, what):
        """It ends the server once; then it is refused by name, and all else goes on."""
        self.stopped_by(ask)
        self.tefterd("status", told=[f"FAULT +{what} is left out"])
        for _ in range(2):
            self.restart()
            self.assertRegex(self.log(), f'event=not_done_again what="{what}" where=.*plant')
            self.refused("QUERY_DISABLED", ask)
            self.add(f"LATER-{time.time_ns()}")
        self.tefterd("verify")

    def test_a_short_query(self):
        ask = lambda: self.company.owner.query(product_card=client.pb.ProductCard(code="PLANT-CARD"))
        self.asked_again(ask, "query product_card")
        self.products()
        self.restart(os.path.join(BINARIES, "tefterd"))
        self.refused("NOT_FOUND", ask)

    def test_a_long_query(self):
        self.asked_again(lambda: self.company.owner.query(products=client.pb.ProductList(text="PLANT-LIST")),
                         "query products")

    def test_two_queries(self):
        self.asked_again(lambda: self.company.owner.query(product_card=client.pb.ProductCard(code="PLANT-CARD")),
                         "query product_card")
        self.asked_again(lambda: self.company.owner.query(products=client.pb.ProductList(text="PLANT-LIST")),
                         "query products")
        self.tefterd("status", told=["query product_card is left out", "query products is left out"])

    def test_a_subscription(self):
        os.environ["TEFTER_PLANT"] = "approvals"
        self.restart()
        number = iter(range(1, 10))

        def subscribe():
            self.company.owner.ask(subscribe=client.pb.Subscribe(subscription=next(number),
                                                                 topic=client.pb.TOPIC_APPROVALS))
            self.company.owner.next_push()
        self.asked_again(subscribe, "subscription TOPIC_APPROVALS")

    # ---- what the server does by itself ----

    def test_a_job_that_was_set_aside_is_not_begun_again(self):
        os.environ["TEFTER_PLANT"] = "job"
        self.restart()
        self.add("XM40")
        try:
            self.company.owner.submit(set_credit_policy=client.pb.SetCreditPolicy(
                terms=client.pb.LimitTerms(limit_minor=5), term_days=7))
        except (client.Ended, OSError, EOFError):
            pass
        self.ends()
        seq = self.named()
        self.restart()
        self.is_shown_and_named(seq, r"plant\.c:\d+: ")
        self.served.stop()
        self.tefterd("quarantine", seq, "--reason", "a fault of the program")
        self.restart()
        self.add("LATER")
        self.tefterd("status", told=[r"FAULT +job \d+ is left out"])
        self.restart(os.path.join(BINARIES, "tefterd"))
        self.add("LAST")
        self.assertNotRegex(self.tefterd("status"), "FAULT")
        self.tefterd("verify")

    # ---- what comes back after a restore ----

    def counter_at(self, server, *words, **more):
        return self.tefter("--server", server.address, *words, **more)

    def test_what_ends_it_as_it_comes_back_is_set_aside_and_the_next_comes_back(self):
        self.restart(os.path.join(BINARIES, "tefterd"))  # which takes all of it
        self.counter()
        self.tefterd("backup", "--to", os.path.join(self.folder, "backups"))
        for product in ("FIRST", "PLANT-NEED", "AFTER"):
            self.tefter("product", "add", product, "Cát", "--price", "5000", told=[f"Product {product} is number"])
        self.company.owner.close()
        self.served.stop()
        os.mkdir(os.path.join(self.folder, "restored"))
        self.served = self.serving(os.path.join(self.folder, "restored"))
        self.tefterd("restore", "--from", os.path.join(self.folder, "backups"))
        self.served.start()
        subprocess.run([os.path.join(BINARIES, "tefter"), "--profile", os.path.join(self.folder, "counter"), "--server",
                        self.served.address, "--wait", "2", "login", kit.OWNER[0]], input=kit.OWNER[1] + "\n", text=True,
                       capture_output=True, timeout=120, check=False)  # it ends somewhere in this
        self.ends()
        seq = self.named()
        self.served.start()
        self.counter_at(self.served, "login", kit.OWNER[0], given=kit.OWNER[1] + "\n")
        self.counter_at(self.served, "product", "list", told=["FIRST"], untold=["AFTER"])
        self.counter_at(self.served, "status", told=[f"READ ONLY: .*entry {seq} cannot be applied"])
        self.served.stop()
        self.tefterd("quarantine", seq, "--reason", "a fault of the program")
        self.served.start()
        self.counter_at(self.served, "recovery", "apply")
        for _ in range(100):
            products = self.counter_at(self.served, "product", "list")
            if "AFTER" in products:
                break
            time.sleep(0.1)
        self.assertRegex(products, "FIRST")
        self.assertRegex(products, "AFTER")
        self.assertNotRegex(products, "PLANT-NEED")
        self.counter_at(self.served, "recovery", told=["PLANT-NEED|add product", "set aside|passed over|quarantine"])
        self.tefterd("status", told=[r"FAULT +what a terminal brought back of seq \d+ is left out"])
        self.assertEqual(self.served.stop(), 0)
        self.served.program = os.path.join(BINARIES, "tefterd")  # a newer one can
        self.served.start()
        self.counter_at(self.served, "recovery", "apply")
        for _ in range(100):
            products = self.counter_at(self.served, "product", "list")
            if "PLANT-NEED" in products:
                break
            time.sleep(0.1)
        self.assertRegex(products, "PLANT-NEED")
        self.tefterd("verify")

    def test_a_days_turn_that_was_set_aside_is_not_begun_again(self):
        self.add("XM40")
        self.company.owner.close()
        self.served.stop()
        os.environ["TEFTER_PLANT"] = "day"
        seqs = []
        while self.ends_by_a_turn():
            seqs.append(self.named())
            self.restart()
            self.is_shown_and_named(seqs[-1], r"plant\.c:\d+: ")
            self.served.stop()
            self.tefterd("quarantine", seqs[-1], "--reason", "a fault of the program")
        self.assertEqual(len(seqs), 2)  # each branch has a day of its own
        self.restart()
        self.add("LATER")
        self.tefterd("status", told=[r"FAULT +day \d+ of branch 1 is left out", r"FAULT +day \d+ of branch 2 is left out"])
        del os.environ["TEFTER_PLANT"]
        self.restart()
        self.tefterd("verify")

    def ends_by_a_turn(self):
        """false: the branches' days were looked at, and it goes on."""
        try:
            self.served.start()
            self.served.process.wait(2 * DAYS_LOOKED_AT_S)
        except subprocess.TimeoutExpired:
            return False
        except RuntimeError:
            pass  # it ended before it listened
        return True


if __name__ == "__main__":
    BINARIES, PLANTED = sys.argv.pop(1), sys.argv.pop(1)
    kit.messages()
    unittest.main()
