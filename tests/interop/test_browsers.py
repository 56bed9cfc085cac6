#!/usr/bin/python3
"""Browsers against the real server, over the socket of their relay: how one becomes a terminal and shows its
key, and everything that is refused. What a relay would write, this test writes.

    test_browsers.py BINARIES

A whole enrolment and greeting, as short as it gets, is `test_a_browser_becomes_a_terminal_and_sells`.
"""
import os
import shutil
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client
import server

BINARIES = ""
PER_TERMINAL = 16
HELLO_S = 10
OTHER_PAGE = "https://tefter.example:8443"


class World(unittest.TestCase):
    """A server that serves browsers, and a company."""
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.pb = server.messages()
        cls.folder = tempfile.mkdtemp(prefix="tefter-browsers-")
        cls.server = server.Server(BINARIES, cls.folder, "--web-socket", *cls.options)
        code = cls.server.init()
        cls.server.start()
        cls.socket = os.path.join(cls.server.ledger, "web.socket")
        cls.company = server.Company(cls.server, code)
        cls.owner = cls.company.owner
        cls.branch = cls.company.branch("TD", "Thủ Đức")
        cls.company.clerk("minh", branch=cls.branch)
        cls.product = cls.company.product("XM40", "Xi măng 40 kg", 1000)
        cls.customer = cls.company.customer("Anh", 10**12)
        cls.count = 0

    @classmethod
    def tearDownClass(cls):
        cls.company.owner.close()
        cls.server.end_well()
        shutil.rmtree(cls.folder)

    @classmethod
    def fresh(cls):
        """A number for whatever must be nobody else's."""
        World.count = getattr(World, "count", 0) + 1
        return World.count

    def address(self):
        return f"198.51.{self.fresh() % 250}.{self.fresh() % 250}"

    def key(self, curve="P-256"):
        return client.BrowserKey(os.path.join(self.folder, f"key-{self.fresh()}.pem"), curve)

    def browser(self, address=None, head=None):
        browser = client.Browser(self.socket, head or client.proxy_head(address or self.address()))
        self.addCleanup(browser.close)
        return browser

    def enrolled(self):
        """(key, number) of a new terminal that is a browser."""
        number, code = self.company.code(self.branch, f"browser {self.fresh()}")
        key = self.key()
        self.assertEqual(number, self.browser().enrol(key, code).terminal)
        return key, number

    def greeted(self, key, number, address=None):
        browser = self.browser(address)
        browser.hello(key, number)
        return browser

    def ends(self, browser, reason=""):
        """Goodbye, then nothing more; the reason."""
        with self.assertRaises(client.Ended) as told:
            browser.receive()
        self.assertIn(reason, str(told.exception))
        self.assertEqual(b"", browser.stream.recv(1))
        return str(told.exception)

    def refused(self, code, browser, do, *words, **named):
        """Refused with that code, then the connection ends."""
        with self.assertRaises(client.Refused) as told:
            do(*words, **named)
        self.assertEqual(code, told.exception.code)
        self.ends(browser)
        return told.exception.refusal

    def sells(self, connection):
        connection.login("minh", server.PASSWORD)
        return connection.submit(**server.invoice(self.customer, self.product)).id

    def audited(self, event):
        """The newest line of the audit log about it."""
        for _ in range(50):
            lines = self.owner.ask(audit_list=self.pb.AuditList(rows=200)).audit.lines
            found = [line for line in lines if line.event == event]
            if found:
                return found[0]
            time.sleep(0.1)
        self.fail(f"the audit log has no {event}")


class Browsers(World):
    # ---- as it should be ----

    def test_a_browser_becomes_a_terminal_and_sells(self):
        number, code = self.company.code(self.branch, "counter")
        key = self.key()
        browser = self.browser()
        self.assertEqual(32, len(browser.challenge.nonce))
        enrolled = browser.enrol(key, code)
        self.assertEqual((number, "counter", "Hải Long", self.branch, "TD", browser.challenge.ledger),
                         (enrolled.terminal, enrolled.name, enrolled.company, enrolled.branch, enrolled.branch_code,
                          enrolled.ledger))
        self.ends(browser, "is a terminal now")
        browser = self.browser()
        welcome = browser.hello(key, number)
        self.assertEqual((number, "counter", "TD", 2), (welcome.terminal, welcome.terminal_name, welcome.branch_code,
                                                         welcome.wire))
        self.assertEqual(browser.challenge.ledger, welcome.ledger)
        self.assertFalse(welcome.renew)
        self.assertTrue(self.sells(browser))
        logged_in = browser.login("minh", server.PASSWORD)
        again = self.greeted(key, number)
        self.assertEqual("minh", again.use_token(logged_in.token).login)

    def test_subscriptions_come_as_to_any_terminal(self):
        browser = self.greeted(*self.enrolled())
        browser.login("minh", server.PASSWORD)
        picture = client.Picture(browser, 1, self.pb.TOPIC_CUSTOMERS)
        self.owner.submit(**server.invoice(self.customer, self.product))
        before = self.owner.ask(ping=self.pb.Ping()).pong.seq
        while picture.exact < before:
            picture.turn()
        self.assertEqual(self.owner.query(customer_card=self.pb.CustomerCard(customer=self.customer))
                         .account.balance_minor, picture.account(self.customer).balance_minor)

    def test_the_list_says_which_terminal_is_a_browser_and_when_it_was_heard(self):
        key, number = self.enrolled()

        def row():
            rows = self.owner.query(terminals=self.pb.TerminalList(branch=self.branch)).terminals
            return next(one for one in rows if one.terminal == number)

        self.assertTrue(row().browser and row().enrolled)
        self.assertFalse(row().connected or row().HasField("not_after_ms") or row().HasField("seen_ms"))
        browser = self.greeted(key, number)
        self.assertTrue(row().connected)
        browser.close()
        for _ in range(50):
            if not row().connected:
                break
            time.sleep(0.1)
        self.assertFalse(row().connected)
        self.assertLess(abs(row().seen_ms / 1000 - time.time()), 60)
        self.assertFalse(self.owner.query(terminals=self.pb.TerminalList(branch=1)).terminals[0].browser)

    def test_a_person_waits_at_a_page_and_logs_out_again(self):
        browser = self.greeted(*self.enrolled())
        browser.login("minh", server.PASSWORD)
        browser.ask(logout=self.pb.Logout())
        self.assertTrue(browser.ask(ping=self.pb.Ping()).pong.seq)
        with self.assertRaises(client.Refused):
            browser.submit(**server.invoice(self.customer, self.product))

    # ---- proofs ----

    def test_another_key_is_no_proof(self):
        _, number = self.enrolled()
        browser = self.browser()
        self.refused("PROOF_WRONG", browser, browser.hello, self.key(), number)
        line = self.audited("proof_wrong")
        self.assertEqual((number, "relay"), (line.terminal, line.carrier))
        self.assertTrue(line.address.startswith("198.51."), line.address)

    def test_a_proof_counts_for_its_own_connection(self):
        key, number = self.enrolled()
        first, second = self.browser(), self.browser()
        self.assertNotEqual(first.challenge.nonce, second.challenge.nonce)
        proof = first.proof(key, number)
        self.refused("PROOF_WRONG", second, second.hello, key, number, proof=proof)
        first.hello(key, number, proof=proof)
        third = self.browser()
        self.refused("PROOF_WRONG", third, third.hello, key, number, proof=proof)

    def test_a_proof_is_asked_for_once(self):
        key, number = self.enrolled()
        browser = self.browser()
        right = self.pb.Hello(wire=2, browser=browser.proof(key, number))
        wrong = self.pb.Hello(wire=2, browser=browser.proof(self.key(), number))
        browser.stream.sendall(client.frame(self.pb.FromTerminal(request=1, hello=wrong)) +
                               client.frame(self.pb.FromTerminal(request=2, hello=right)))
        browser.receive()
        self.assertEqual(self.pb.PROOF_WRONG, browser.answers[1].refused.code)
        self.ends(browser)
        browser = self.greeted(key, number)
        browser.send(hello=right)
        self.ends(browser, "Hello was said already")

    def test_a_hello_has_a_proof(self):
        browser = self.browser()
        self.refused("PROOF_WRONG", browser, browser.ask, hello=self.pb.Hello(wire=2))

    def test_a_proof_is_for_its_terminal(self):
        (key, number), (other, another) = self.enrolled(), self.enrolled()
        browser = self.browser()
        self.refused("PROOF_WRONG", browser, browser.hello, key, another)
        browser = self.browser()
        self.refused("PROOF_WRONG", browser, browser.hello, other, number)

    def test_nobody_shows_a_key_for_a_terminal_without_one(self):
        key = self.key()
        number, _ = self.company.code(self.branch, "never enrolled")
        for terminal in (0, 1, number, 19_999, 2**32 - 1):  # 1 has a certificate
            browser = self.browser()
            self.refused("TERMINAL_UNKNOWN", browser, browser.hello, key, terminal)

    def test_an_origin_is_one_of_ours_and_the_signed_one(self):
        key, number = self.enrolled()
        for origin in ("https://tefter.example", "http://127.0.0.1.evil.example", "http://localhost:1:2", "null", "",
                       "http://localhost:", "http://localhost/", "http://evil.example:7421", "HTTP://LOCALHOST",
                       "http://localhost http://localhost", "https://localhost"):
            browser = self.browser()
            self.refused("ORIGIN_NOT_OURS", browser, browser.hello, key, number, origin)
        browser = self.browser()
        proof = browser.proof(key, number, "http://localhost:7421")
        proof.origin = client.ORIGIN
        self.refused("PROOF_WRONG", browser, browser.hello, key, number, proof=proof)
        for origin in ("http://localhost:7421", "http://localhost", "http://[::1]:8080", "http://127.0.0.1"):
            self.browser().hello(key, number, origin)
        self.assertTrue(self.audited("origin_wrong").address)

    def test_what_is_signed_is_what_is_written(self):
        key, number = self.enrolled()
        ours = client.ORIGIN.encode()

        def signed(text, size=64):
            browser = self.browser()
            proof = self.pb.BrowserProof(terminal=number, origin=client.ORIGIN,
                                         signature=key.sign(text(browser.challenge))[:size])
            self.refused("PROOF_WRONG", browser, browser.hello, key, number, proof=proof)

        signed(lambda c: client.signed_text("tefter browser enrol 1", c, ours))
        signed(lambda c: client.signed_text("tefter browser hello 2", c, ours))
        signed(lambda c: client.signed_text("tefter browser hello 1", c))
        signed(lambda c: client.signed_text("tefter browser hello 1", c, ours, b""))
        signed(lambda c: client.signed_text("tefter browser hello 1", self.pb.Challenge(
            nonce=c.nonce, ledger=bytes(16)), ours))
        signed(lambda c: b"tefter browser hello 1\0" + c.nonce + c.ledger + ours)
        signed(lambda c: client.signed_text("tefter browser hello 1", c, ours), 63)

    def test_wrong_proofs_slow_their_address_down_and_right_ones_are_never_slowed(self):
        key, number = self.enrolled()
        wrong, address = self.key(), self.address()
        codes = []
        for _ in range(30):
            browser = self.browser(address)
            with self.assertRaises(client.Refused) as told:
                browser.hello(wrong, number)
            codes.append(told.exception.code)
            if codes[-1] == "LOGIN_THROTTLED":
                self.assertGreater(told.exception.refusal.retry_ms, 0)
                break
        self.assertEqual("LOGIN_THROTTLED", codes[-1])
        self.assertEqual("PROOF_WRONG", codes[0])
        self.greeted(key, number, address)
        browser = self.browser()  # another address is not slowed down
        self.refused("PROOF_WRONG", browser, browser.hello, wrong, number)
        self.assertEqual("relay", self.audited("code_throttled").carrier)

    # ---- enrolment ----

    def test_a_code_enrols_one_browser_once(self):
        number, code = self.company.code(self.branch, "once")
        key = self.key()
        self.browser().enrol(key, code.lower().replace("-", " "))
        browser = self.browser()
        refusal = self.refused("CODE_USED", browser, browser.enrol, self.key(), code)
        self.assertEqual("code", refusal.field)
        browser = self.browser()
        self.refused("CODE_WRONG", browser, browser.enrol, self.key(), "nonsense")
        self.greeted(key, number)

    def test_what_fails_leaves_the_code_as_it_was(self):
        number, code = self.company.code(self.branch, "stubborn")
        key = self.key()
        browser = self.browser()
        refusal = self.refused("FIELD_INVALID", browser, browser.ask, enrol_browser=self.pb.EnrolBrowser(
            code=code, key=self.key("P-384").public, signature=bytes(64), origin=client.ORIGIN))
        self.assertEqual("key", refusal.field)
        browser = self.browser()
        self.refused("ORIGIN_NOT_OURS", browser, browser.enrol, key, code, OTHER_PAGE)
        for spoilt in ("code", "key", "nonce", "hello"):
            browser = self.browser()
            challenge = browser.challenge if spoilt != "nonce" else self.browser().challenge
            text = client.signed_text("tefter browser " + ("hello 1" if spoilt == "hello" else "enrol 1"), challenge,
                                      client.ORIGIN, self.key().public if spoilt == "key" else key.public,
                                      "another" if spoilt == "code" else code)
            self.refused("PROOF_WRONG", browser, browser.ask, enrol_browser=self.pb.EnrolBrowser(
                code=code, key=key.public, signature=key.sign(text), origin=client.ORIGIN))
        self.assertEqual(number, self.browser().enrol(key, code).terminal)

    def test_an_owner_adds_a_browser_from_a_browser(self):
        first = self.greeted(*self.enrolled())
        first.login(*server.OWNER)
        number = first.submit(add_terminal=self.pb.AddTerminal(branch=self.branch, name="second")).id
        code = first.ask(make_code=self.pb.MakeCode(terminal=number)).code.code
        key = self.key()
        self.browser().enrol(key, code)
        self.assertEqual("second", self.greeted(key, number).welcome.terminal_name)

    def test_a_browser_has_nothing_to_renew(self):
        browser = self.greeted(*self.enrolled())
        with self.assertRaises(client.Refused) as told:
            browser.ask(renew=self.pb.Renew(request=client.signing_request(os.path.join(self.folder, "renewed.pem"))))
        self.assertEqual("FIELD_INVALID", told.exception.code)

    # ---- the newest enrolment counts ----

    def code_of(self, number):
        return self.owner.ask(make_code=self.pb.MakeCode(terminal=number)).code.code

    def test_another_browser_takes_its_place(self):
        key, number = self.enrolled()
        there = self.greeted(key, number)
        newer = self.key()
        self.browser().enrol(newer, self.code_of(number))
        self.ends(there, "not known")
        browser = self.browser()
        self.refused("PROOF_WRONG", browser, browser.hello, key, number)
        self.greeted(newer, number)

    def test_a_device_with_a_certificate_takes_the_place_of_a_browser_and_gives_it_back(self):
        key, number = self.enrolled()
        there = self.greeted(key, number)
        till = os.path.join(self.folder, f"till-{number}")
        client.enrol(self.server.address, self.code_of(number), till)
        self.ends(there, "not known")
        browser = self.browser()
        self.refused("TERMINAL_UNKNOWN", browser, browser.hello, key, number)
        newer = self.key()
        with client.Connection(till) as there:
            self.browser().enrol(newer, self.code_of(number))
            with self.assertRaises(client.Ended):
                there.receive()
        with self.assertRaises(client.Ended):
            client.Connection(till)
        self.greeted(newer, number)

    # ---- cut ----

    def test_a_blocked_browser_is_cut_within_a_second(self):
        key, number = self.enrolled()
        there, idle = self.greeted(key, number), self.greeted(key, number)
        there.login("minh", server.PASSWORD)
        begun = time.monotonic()
        self.owner.submit(change_terminal=self.pb.ChangeTerminal(terminal=number, blocked=True))
        self.ends(there, "blocked")
        self.ends(idle, "blocked")
        self.assertLess(time.monotonic() - begun, 1)
        browser = self.browser()
        self.refused("TERMINAL_BLOCKED", browser, browser.hello, key, number)
        code = self.code_of(number)
        browser = self.browser()
        self.refused("TERMINAL_BLOCKED", browser, browser.enrol, self.key(), code)
        self.owner.submit(change_terminal=self.pb.ChangeTerminal(terminal=number, blocked=False))
        self.greeted(key, number)

    def test_a_person_who_is_blocked_is_put_out(self):
        staff = self.company.clerk(f"short{self.fresh()}")
        login = f"short{World.count}"
        browser = self.greeted(*self.enrolled())
        browser.login(login, server.PASSWORD)
        self.owner.submit(change_staff=self.pb.ChangeStaff(staff=staff, blocked=True))
        self.ends(browser, "blocked")

    def test_a_token_is_of_its_device(self):
        there, other = self.greeted(*self.enrolled()), self.greeted(*self.enrolled())
        token = there.login("minh", server.PASSWORD).token
        with self.assertRaises(client.Refused) as told:
            other.use_token(token)
        self.assertEqual("LOGIN_WRONG", told.exception.code)
        with client.Connection(self.company.terminal(self.branch, f"till {self.fresh()}")) as till:
            with self.assertRaises(client.Refused):
                till.use_token(token)

    def test_a_terminal_has_sixteen_connections(self):
        key, number = self.enrolled()
        there = [self.greeted(key, number) for _ in range(PER_TERMINAL)]
        browser = self.browser()
        with self.assertRaises(client.Ended) as told:
            browser.hello(key, number)
        self.assertIn("too many", str(told.exception))
        there[0].close()
        time.sleep(0.2)
        self.greeted(key, number)

    # ---- frames before the proof ----

    def test_nothing_is_read_before_the_proof(self):
        pb = self.pb
        for body in ({"login": pb.Login(login="owner", password="x")}, {"ping": pb.Ping()}, {"query": b""},
                     {"use_token": pb.UseToken(token=b"x")}, {"submit": pb.SubmitCommand(id=bytes(16), command=b"")},
                     {"enrol": pb.Enrol(code="x", request="y")}, {"server_status": pb.ServerStatus()},
                     {"subscribe": pb.Subscribe(subscription=1, topic=pb.TOPIC_CUSTOMERS)},
                     {"offers_done": pb.OffersDone()}, {"logout": pb.Logout()}, {"renew": pb.Renew(request="x")}):
            browser = self.browser()
            browser.send(**body)
            self.ends(browser, "Hello comes first")

    def test_large_and_broken_frames_end_it(self):
        for body in (struct.pack(">I", 4097), struct.pack(">I", 0), struct.pack(">I", 0xffffffff),
                     struct.pack(">I", 3) + b"\xff\xff\xff"):
            browser = self.browser()
            browser.stream.sendall(body)
            self.ends(browser, "cannot be read")

    def test_a_later_browser_may_say_more(self):
        key, number = self.enrolled()
        browser = self.browser()
        hello = self.pb.Hello(wire=2, browser=browser.proof(key, number)).SerializeToString() + b"\xb2\x3e\x01x"
        self.assertLess(len(hello), 128)
        body = b"\x08\x01\x52" + bytes([len(hello)]) + hello
        browser.stream.sendall(struct.pack(">I", len(body)) + body)
        browser.receive()
        self.assertEqual(number, browser.answers[1].welcome.terminal)

    # ---- the relay's header ----

    def turned_away(self, head):
        """The connection ends, and not a byte was told."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
            stream.settimeout(15)
            stream.connect(self.socket)
            try:
                stream.sendall(head)
                self.assertEqual(b"", stream.recv(1))
            except (BrokenPipeError, ConnectionResetError):
                pass

    def test_nothing_but_a_header_of_the_relay_comes_first(self):
        v4 = client.proxy_head()
        hello = client.frame(self.pb.FromTerminal(request=1, hello=self.pb.Hello(wire=2)))
        for head in (b"PROXY TCP4 192.0.2.7 192.0.2.1 40000 443\r\n", hello, b"GET / HTTP/1.1\r\n\r\n", b"\0" * 100,
                     v4[:12] + b"\x11" + v4[13:], v4[:12] + b"\x22" + v4[13:], v4[:13] + b"\x00" + v4[14:],
                     v4[:13] + b"\x12" + v4[14:], v4[:13] + b"\x31" + v4[14:15] + b"\xd8" + bytes(216),
                     v4[:14] + b"\x00\x0b" + bytes(11), v4[:13] + b"\x21\x00\x0c" + bytes(12),
                     v4[:14] + b"\xff\xff", b"\r\n\r\n\0\r\nQUIX\n"):
            self.turned_away(head)

    def test_a_header_comes_in_any_pieces_and_with_more_behind_it(self):
        key, number = self.enrolled()
        extra = client.proxy_head()
        extra = extra[:14] + struct.pack(">H", 520) + extra[16:] + bytes(508)  # with what nobody reads
        for head in (client.proxy_head("2001:db8::7"), client.proxy_head(None), extra):
            stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            stream.settimeout(15)
            stream.connect(self.socket)
            for at in range(len(head)):
                stream.sendall(head[at:at + 1])
            browser = client.Browser.__new__(client.Browser)
            browser.begin()
            browser.stream = stream
            browser.challenge = self.pb.ToTerminal.FromString(client.take_frame(stream)).challenge
            self.assertEqual(number, browser.hello(key, number).terminal)
            browser.close()
        browser = self.browser(head=client.proxy_head() + client.frame(self.pb.FromTerminal(
            request=7, hello=self.pb.Hello(wire=2))))
        browser.receive()
        self.assertEqual(self.pb.PROOF_WRONG, browser.answers[7].refused.code)

    def test_who_does_not_answer_is_cut_after_ten_seconds(self):
        silent, half, header = self.browser(), self.browser(), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        half.stream.sendall(b"\0\0")
        header.connect(self.socket)
        header.settimeout(20)
        header.sendall(client.proxy_head()[:20])
        begun = time.monotonic()
        silent.stream.settimeout(60)
        self.ends(silent, "the challenge was not answered")
        self.assertGreater(time.monotonic() - begun, HELLO_S - 1)
        self.ends(half)
        self.assertEqual(b"", header.recv(1))
        header.close()

    # ---- the socket ----

    def test_the_socket_is_the_servers_own(self):
        made = os.lstat(self.socket)
        self.assertTrue(stat.S_ISSOCK(made.st_mode))
        self.assertEqual(0o600, stat.S_IMODE(made.st_mode))
        self.assertEqual(os.geteuid(), made.st_uid)

    @unittest.skipIf(os.geteuid() != 0, "only root can be somebody else")
    def test_another_user_is_not_the_relay(self):
        script = ("import os, socket, sys\nos.setgid(65534)\nos.setuid(65534)\n"
                  "s = socket.socket(socket.AF_UNIX)\ns.settimeout(10)\ns.connect(sys.argv[1])\n"
                  "try:\n    s.sendall(bytes.fromhex(sys.argv[2]))\n    print(len(s.recv(1)))\n"
                  "except (BrokenPipeError, ConnectionResetError):\n    print(0)\n")
        opened = {path: os.stat(path).st_mode for path in (self.folder, self.server.ledger, self.socket)}
        try:
            for path in opened:  # not even one who can reach it
                os.chmod(path, 0o777)
            said = subprocess.run([sys.executable, "-c", script, self.socket, client.proxy_head().hex()],
                                  capture_output=True, text=True, timeout=20, check=False, cwd="/")
            self.assertEqual("0\n", said.stdout, said.stderr)
        finally:
            for path, mode in opened.items():
                os.chmod(path, stat.S_IMODE(mode))


class Places(World):
    """Few places, so that they can be filled."""
    options = ("--web-connections", "60", "--sessions-per-terminal", "200", "--sessions-per-address", "40",
               "--unproven-per-address", "10", "--web-origin", OTHER_PAGE + " https://other.example",
               "--web-origin", "https://third.example")

    def greeted(self, key, number, address=None):
        browser = self.browser(address)
        browser.hello(key, number, OTHER_PAGE)
        return browser

    def enrolled(self):
        number, code = self.company.code(self.branch, f"browser {self.fresh()}")
        key = self.key()
        self.browser().enrol(key, code, OTHER_PAGE)
        return key, number

    def left(self, browser):
        """Closed by the server?"""
        try:
            browser.stream.settimeout(0.2)
            return browser.stream.recv(1) == b""
        except socket.timeout:
            return False
        except ConnectionResetError:
            return True

    def test_origins_are_those_that_are_set(self):
        key, number = self.enrolled()
        for origin in (OTHER_PAGE, "https://other.example", "https://third.example"):
            self.browser().hello(key, number, origin)
        for origin in (client.ORIGIN, "http://localhost", "https://other.exampl", "https://other.example:443"):
            browser = self.browser()
            self.refused("ORIGIN_NOT_OURS", browser, browser.hello, key, number, origin)

    def test_an_address_that_shows_nothing_keeps_nobody_out(self):
        key, number = self.enrolled()
        address = self.address()
        silent = [self.browser(address) for _ in range(30)]
        self.greeted(key, number, address).close()
        self.greeted(key, number).close()
        held = [browser for browser in silent if not self.left(browser)]
        self.assertLessEqual(len(held), 10)
        self.assertNotIn(silent[0], held)  # the first gave way

    def test_many_addresses_that_show_nothing_keep_nobody_out(self):
        key, number = self.enrolled()
        silent = [self.browser() for _ in range(80)]
        self.greeted(key, number)
        self.assertTrue(self.left(silent[0]))
        with client.Connection(self.company.terminal(self.branch, f"till {self.fresh()}")) as till:
            self.assertTrue(self.sells(till))

    def test_browsers_fill_their_own_places_and_a_till_sells(self):
        key, number = self.enrolled()
        address = self.address()
        there = []
        with self.assertRaises((client.Ended, ConnectionError)):
            for _ in range(60):
                there.append(self.greeted(key, number, address))
        self.assertEqual(40, len(there))  # of one address
        with self.assertRaises((client.Ended, ConnectionError)):
            for _ in range(60):
                there.append(self.greeted(key, number))
        self.assertIn(len(there), range(55, 61))  # and of all; some that were here before are still going
        with client.Connection(self.company.terminal(self.branch, f"till {self.fresh()}")) as till:
            self.assertTrue(self.sells(till))
        self.assertTrue(there[0].ask(ping=self.pb.Ping()).pong.seq)
        there[0].close()
        time.sleep(0.3)
        self.greeted(key, number)

    def test_long_questions_of_browsers_do_not_stop_those_of_tills(self):
        key, number = self.enrolled()
        asking = [self.greeted(key, number) for _ in range(20)]
        ask = self.pb.Query(aging=self.pb.Aging()).SerializeToString()
        for browser in asking:
            browser.login("owner", server.OWNER[1])
        stop = threading.Event()

        def press(browser):
            while not stop.is_set():
                try:
                    browser.ask(query=ask)
                except (client.Refused, client.Ended, OSError):
                    return

        threads = [threading.Thread(target=press, args=(browser,)) for browser in asking]
        for thread in threads:
            thread.start()
        try:
            for _ in range(50):
                self.assertTrue(self.owner.query(aging=self.pb.Aging()))
        finally:
            stop.set()
            for thread in threads:
                thread.join()


class Folder(unittest.TestCase):
    """What lies where the socket is to be."""

    def setUp(self):
        self.pb = server.messages()
        self.folder = tempfile.mkdtemp(prefix="tefter-browsers-")
        self.server = server.Server(BINARIES, self.folder)
        self.server.init()
        self.socket = os.path.join(self.server.ledger, "web.socket")

    def tearDown(self):
        self.server.close()
        shutil.rmtree(self.folder)

    def test_without_a_word_no_browser_is_served(self):
        self.server.start()
        self.assertFalse(os.path.lexists(self.socket))

    def test_the_socket_of_a_server_that_was_killed_is_taken_over_and_a_clean_end_takes_it_away(self):
        self.server.start("--web-socket")
        self.server.kill()
        self.assertTrue(os.path.lexists(self.socket))
        self.server.start("--web-socket")
        self.assertTrue(client.Browser(self.socket).challenge.nonce)
        self.assertEqual(0, self.server.stop())
        self.assertFalse(os.path.lexists(self.socket))

    def test_what_is_no_socket_of_ours_is_left_alone(self):
        other = os.path.join(self.folder, "precious")
        with open(other, "w", encoding="ascii") as file:
            file.write("words")
        for place in (lambda: os.symlink(other, self.socket), lambda: shutil.copy(other, self.socket)):
            place()
            with self.assertRaises(RuntimeError) as told:
                self.server.start("--web-socket")
            self.assertIn("web.socket", str(told.exception))
            with open(self.socket, encoding="ascii") as file:
                self.assertEqual("words", file.read())
            os.unlink(self.socket)

    def test_a_goodbye_is_told_when_the_server_stops(self):
        self.server.start("--web-socket")
        browser = client.Browser(self.socket)
        self.server.process.terminate()
        with self.assertRaises(client.Ended) as told:
            browser.receive()
        self.assertIn("stops", str(told.exception))
        self.assertEqual(0, self.server.process.wait(20))

    def test_origins_are_looked_at(self):
        for wrong in ("tefter.example", "https://", "https://a/", "https://a?b", "ftp://a", " ", "https://A"):
            said = subprocess.run([self.server.program, "--ledger", self.server.ledger, "--web-origin", wrong],
                                  capture_output=True, text=True, timeout=20, check=False)
            self.assertEqual(2, said.returncode, wrong)
            self.assertIn("--web-origin", said.stderr)


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main(verbosity=1)
