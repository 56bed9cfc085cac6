#!/usr/bin/python3
"""tefterd --web: the page's process is started, watched over and ended, and a browser trades through it.

    test_page.py BINARIES [TEST...]
"""
import collections
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
import client
import server
from relay import free_port
from ws import BINARY, CLOSE, PING, PONG, Ended, WebSocket, ask, connect, trusting

BINARIES = sys.argv.pop(1)
PASSWORD = "seven pears and a pot"


class Pipe:
    """The frames of a WebSocket as the bytes of a stream."""

    def __init__(self, ws):
        self.ws = ws
        self.here = b""

    def sendall(self, data):
        self.ws.send(data)

    def recv(self, size):
        while not self.here:
            opcode, data = self.ws.receive()
            if opcode == CLOSE:
                raise client.Ended(f"closed with {data}")
            if opcode == PING:
                self.ws.send(data, PONG)
            elif opcode == BINARY:
                self.here = data
        taken, self.here = self.here[:size], self.here[size:]
        return taken

    def close(self):
        self.ws.stream.close()


class Browser(client.Browser):
    """One that comes through the relay."""

    def __init__(self, port, tls=None):  # pylint: disable=super-init-not-called
        self.begin()
        self.origin = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        self.ws = WebSocket(port, tls=tls)
        if not self.ws.good:
            raise client.Ended(f"HTTP {self.ws.answer.status}")
        self.stream = Pipe(self.ws)
        self.challenge = client.pb.ToTerminal.FromString(client.take_frame(self.stream)).challenge

    def greet(self, key, terminal):
        self.hello(key, terminal, origin=self.origin)
        return self


def children(process):
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


class Page(unittest.TestCase):
    tls = False

    @classmethod
    def setUpClass(cls):
        cls.pb = server.messages()
        cls.folder = tempfile.mkdtemp(prefix="tefter-page-")
        cls.port = free_port()
        options = ["--web", f"127.0.0.1:{cls.port}"]
        if cls.tls:
            cls.certificate, cls.key_file = (os.path.join(cls.folder, name) for name in ("web.crt", "web.key"))
            cls.certify()
            options += ["--web-cert", cls.certificate, "--web-key", cls.key_file]
        cls.server = server.Server(BINARIES, cls.folder, *options)
        code = cls.server.init()
        cls.server.start()
        cls.company = server.Company(cls.server, code)
        cls.branch = cls.company.branch("TD", "Thủ Đức")
        cls.company.clerk("minh", branch=cls.branch)
        cls.product = cls.company.product("XM40", "Xi măng 40 kg", 1000)
        cls.customer = cls.company.customer("Anh", 10**12)
        cls.key = client.BrowserKey(os.path.join(cls.folder, "browser.pem"))
        cls.terminal, cls.code = cls.company.code(cls.branch, "counter")

    @classmethod
    def certify(cls):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=page", "-keyout", cls.key_file, "-out", cls.certificate], check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.company.owner.close()
        relays = children(cls.server.process)
        cls.server.end_well()
        left = [pid for pid in relays if os.path.exists(f"/proc/{pid}")]
        shutil.rmtree(cls.folder)
        if left:
            raise AssertionError(f"the page's process outlived its server: {left}")

    def said(self):
        with open(self.server.log, encoding="utf-8") as file:
            return file.read()

    def until(self, what, condition, seconds=15):
        end = time.monotonic() + seconds
        while not (found := condition()):
            self.assertLess(time.monotonic(), end, f"{what}: {self.said()}")
            time.sleep(0.05)
        return found

    def served(self):
        try:
            with connect(self.port, trusting() if self.tls else None) as stream:
                return ask(stream, "/", f"127.0.0.1:{self.port}").status == 200
        except (OSError, Ended):
            return False

    def browser(self):
        browser = Browser(self.port, trusting() if self.tls else None)
        self.addCleanup(browser.close)
        return browser

    def at_work(self):
        """A browser where somebody sells; it is enrolled when it comes for the first time."""
        self.until("the page", self.served)
        if self.code:
            first = self.browser()
            self.assertEqual(first.enrol(self.key, self.code, origin=first.origin).terminal, self.terminal)
            type(self).code = None
        browser = self.browser().greet(self.key, self.terminal)
        browser.login("minh", server.PASSWORD)
        return browser

    def sell(self, browser):
        return browser.submit(**server.invoice(self.customer, self.product))

    def relay(self):
        found = self.until("the relay", lambda: children(self.server.process))
        self.assertEqual(len(found), 1)
        return found[0]


class Trades(Page):
    def test_a_browser_enrols_and_sells_through_it(self):
        browser = self.at_work()
        self.sell(browser)
        self.assertIn(f"page at http://127.0.0.1:{self.port}/\n", self.said())

    def test_the_server_knows_whose_address_it_is(self):
        self.until("the page", self.served)
        browser = self.browser()
        host, port = browser.ws.local
        with self.assertRaises(client.Refused):
            browser.hello(self.key, self.terminal, origin="https://evil.example")
        with open(os.path.join(self.server.ledger, "audit.log"), encoding="utf-8") as file:
            self.assertIn(f"{host}:{port}", file.read())

    def test_the_relay_dies_and_is_there_again(self):
        for _ in range(2):
            browser = self.at_work()
            dead = self.relay()
            os.kill(dead, signal.SIGKILL)
            with self.assertRaises((client.Ended, OSError)):
                for _ in range(100):
                    self.sell(browser)
            self.company.owner.query(unpaid_bills=self.pb.UnpaidBills(customer=self.customer))  # tills go on
            self.assertNotEqual(self.until("another", lambda: [pid for pid in children(self.server.process) if pid != dead])[0],
                                dead)
            self.sell(self.at_work())
        self.assertRegex(self.said(), r'event=page_ended how="signal 9" again_in_ms=\d+')

    def test_floods_of_the_page_harm_no_till(self):
        streams = [connect(self.port) for _ in range(200)]
        for stream in streams:
            stream.sendall(b"GET / HTTP/1.1\r\nHost: ")
        began = time.monotonic()
        for _ in range(20):
            self.company.owner.query(unpaid_bills=self.pb.UnpaidBills(customer=self.customer))
        self.assertLess(time.monotonic() - began, 10)
        for stream in streams:
            stream.close()


HALF_OPEN, SLOW = 2000, 200
MEMORY_MOST = 64 << 20  # of the relay beside what it takes at rest
HONEST, DEVICES = 50, 4  # pages behind one address: a device has sixteen connections


def memory(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+) kB", file.read()).group(1)) << 10


class Crowds(Page):
    """Somebody means the page ill: a till goes on, honest pages come in, and memory stays bounded."""

    def setUp(self):
        most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if most[0] < HALF_OPEN + SLOW + 500:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(most[1], 2 * (HALF_OPEN + SLOW)), most[1]))
        self.until("the page", self.served)
        self.streams = []
        self.addCleanup(lambda: [stream.close() for stream in self.streams])

    def slowest_sale(self, count=20):
        slowest = 0
        with client.Connection(self.company.profile) as till:
            till.login(*server.OWNER)
            for _ in range(count):
                began = time.monotonic()
                till.submit(**server.invoice(self.customer, self.product))
                slowest = max(slowest, time.monotonic() - began)
        return slowest

    def open(self, says):
        """A place of the relay may be had only now and then: who is turned away has tried."""
        try:
            stream = socket.socket()
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            stream.settimeout(5)
            stream.connect(("127.0.0.1", self.port))
            stream.sendall(says)
            self.streams.append(stream)
        except OSError:
            stream.close()

    def largest(self):
        """The largest file that the page is made of."""
        with connect(self.port) as stream:
            names = re.findall(rb'"([^"/:]+\.(?:js|css))"', ask(stream, "/", f"127.0.0.1:{self.port}").body)
        self.assertTrue(names)
        sizes = {}
        for name in names:
            with connect(self.port) as stream:
                sizes[name] = len(ask(stream, f"/{name.decode()}", f"127.0.0.1:{self.port}").body)
        return "/" + max(sizes, key=sizes.get).decode()

    def test_half_open_upgrades_and_slow_readers_leave_a_till_alone(self):
        half = (f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ").encode()
        slow = f"GET {self.largest()} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()
        idle, relay = self.slowest_sale(), self.relay()
        rest = memory(relay)
        for i in range(HALF_OPEN):
            self.open(half)
            if i * SLOW // HALF_OPEN != (i + 1) * SLOW // HALF_OPEN:
                self.open(slow)
        crowded, most = self.slowest_sale(), memory(relay)
        print(f"the slowest of 20 sales: {idle * 1000:.0f} ms alone, {crowded * 1000:.0f} ms beside {len(self.streams)} "
              f"connections; the page's memory {rest >> 20} to {most >> 20} MiB", file=sys.stderr)
        self.assertGreater(len(self.streams), HALF_OPEN // 2)
        self.assertLess(crowded, idle + 1)
        self.assertLess(most - rest, MEMORY_MOST)
        self.until("the page beside them", self.served)
        self.assertEqual(relay, self.relay())

    def test_honest_pages_come_in_beside_one_that_hammers_at_the_same_address(self):
        keys = []
        for i in range(DEVICES):
            key = client.BrowserKey(os.path.join(self.folder, f"honest{i}.pem"))
            terminal, code = self.company.code(self.branch, f"honest {i}")
            first = self.browser()
            self.assertEqual(first.enrol(key, code, origin=first.origin).terminal, terminal)
            keys.append((key, terminal))
        stop = threading.Event()
        tried = []

        def hammers():
            """Sockets that show nothing, as fast as they are to be had; they are kept until they are cut."""
            kept = collections.deque()
            while not stop.is_set():
                try:
                    kept.append(WebSocket(self.port))
                except (OSError, Ended):
                    time.sleep(0.01)
                tried.append(None)
                if len(kept) > 400:
                    kept.popleft().stream.close()
            for ws in kept:
                ws.stream.close()

        threads = [threading.Thread(target=hammers, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        inside, waits = [], []
        try:
            for i in range(HONEST):
                began = time.monotonic()
                inside.append(self.comes_in(*keys[i % DEVICES], began + 60))
                waits.append(time.monotonic() - began)
                for browser in inside:
                    browser.ask(ping=self.pb.Ping())
            sold = self.slowest_sale(5)
        finally:
            stop.set()
            for thread in threads:
                thread.join(30)
        print(f"{HONEST} pages came in beside {len(tried)} tries: p50 {sorted(waits)[HONEST // 2]:.2f} s, the slowest {max(waits):.2f} s; "
              f"a sale at a till took {sold * 1000:.0f} ms", file=sys.stderr)
        for browser in inside:
            browser.ask(ping=self.pb.Ping())
            browser.close()

    def comes_in(self, key, terminal, until):
        """As the page does it: who is turned away tries again, a little later."""
        while True:
            try:
                return Browser(self.port).greet(key, terminal)
            except (client.Ended, client.Refused, OSError, Ended) as away:
                self.assertLess(time.monotonic(), until, f"an honest page was kept out: {away}")
                time.sleep(0.2)


class Ends(Page):
    def test_the_server_says_goodbye_through_it(self):
        browser = self.at_work()
        relay = self.relay()
        self.assertEqual(self.server.stop(), 0)
        with self.assertRaises(client.Ended) as ended:
            while True:
                browser.receive()
        self.assertNotIn("closed with", str(ended.exception))  # it was told so in a frame
        self.assertEqual(browser.ws.closed(), 1001)
        self.assertFalse(os.path.exists(f"/proc/{relay}"))
        self.start_again()

    def test_the_server_dies(self):
        browser = self.at_work()
        relay = self.relay()
        self.server.kill()
        with self.assertRaises((client.Ended, OSError)) as ended:
            browser.receive()
        self.assertIn(str(ended.exception), ("closed with 1001", "closed with 1006"))
        self.until("its end", lambda: not os.path.exists(f"/proc/{relay}"))
        self.start_again()

    def start_again(self):
        self.server.start()
        self.sell(self.at_work())

    @classmethod
    def tearDownClass(cls):
        cls.server.end_well()
        shutil.rmtree(cls.folder)


class Secure(Page):
    tls = True

    def test_a_browser_trades_and_hup_is_passed_on(self):
        browser = self.at_work()
        self.certify()
        self.server.process.send_signal(signal.SIGHUP)
        self.until("the new certificate", lambda: "program=tefter-web event=certificate_read" in self.said())
        self.sell(browser)
        self.sell(self.at_work())
        self.assertIn(f"page at https://127.0.0.1:{self.port}/\n", self.said())


class Settings(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-page-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = server.Server(BINARIES, self.folder)
        self.server.init()

    def start(self, *words):
        return subprocess.run([self.server.program, "--ledger", self.server.ledger, "--listen", "127.0.0.1:0", *words],
                              capture_output=True, text=True, timeout=20, check=False)

    def test_what_could_never_work_is_said_at_once(self):
        for words, reason in ((("--web", "0.0.0.0:8080"), "without a certificate"), (("--web", "8080"), "is not an address"),
                              (("--web", "127.0.0.1:8080", "--web-cert", "x"), "come together"),
                              (("--web", "127.0.0.1:8080", "--web-origin", "http://shop.example"), "only on the machine itself"),
                              (("--web", "0.0.0.0:8443", "--web-cert", "x", "--web-key", "y"), "by which name")):
            said = self.start(*words)
            self.assertEqual(said.returncode, 2, said.stderr)
            self.assertIn(reason, said.stderr)

    def check(self, *lines):
        path = os.path.join(self.folder, "tefterd.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join((f'ledger = "{self.server.ledger}"', *lines)) + "\n")
        said = subprocess.run([self.server.program, "check", "-c", path], capture_output=True, text=True, timeout=20, check=False)
        return said.returncode, said.stdout + said.stderr

    def test_a_settings_file_is_looked_at(self):
        code, said = self.check('web = "127.0.0.1:8080"')
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"page +127\.0\.0\.1:8080, for browsers of this machine")
        for lines, line, reason in ((('web = "0.0.0.0:8080"',), 2, "web: without a certificate"),
                                    (('web = "127.0.0.1:1"', 'web_key = "/nowhere"'), 3, "web_key: web_cert and web_key"),
                                    (('web = "127.0.0.1:1"', 'web_key = "/nowhere"', 'web_cert = "/nowhere"'), 4, "web_cert: "),
                                    (('web_origin = "http://shop.example"',), 2, "web_origin: ")):
            code, said = self.check(*lines)
            self.assertEqual(code, 2, said)
            self.assertRegex(said, f"line {line}: {re.escape(reason)}")

    def test_a_certificate_that_browsers_will_not_believe_is_told(self):
        files = [os.path.join(self.folder, name) for name in ("web.crt", "web.key")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9",
                        "-subj", "/CN=page", "-addext", "subjectAltName=DNS:shop.example,IP:192.0.2.7", "-keyout", files[1],
                        "-out", files[0]], check=True, capture_output=True)
        code, said = self.check('web = "0.0.0.0:8443"', f'web_cert = "{files[0]}"', f'web_key = "{files[1]}"',
                                'web_origin = "https://shop.example:8443 https://192.0.2.7 https://other.example"')
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"page +0\.0\.0\.0:8443, with a certificate")
        self.assertIn("does not name https://other.example:", said)
        self.assertEqual(said.count("does not name"), 1)
        self.assertRegex(said, r"is good\.(?s:.*)the certificate of the page ends in [89] days")
        with open(files[1], "w", encoding="ascii") as file:
            file.write("none\n")
        code, said = self.check('web = "0.0.0.0:8443"', f'web_cert = "{files[0]}"', f'web_key = "{files[1]}"',
                                'web_origin = "https://shop.example:8443"')
        self.assertEqual(code, 2, said)
        self.assertIn("the web certificate and its key do not fit", said)

    def test_a_port_that_is_taken_is_tried_again_and_the_ledger_goes_on(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.server.start("--web", f"127.0.0.1:{port}")
            until = time.monotonic() + 10
            while self.server.tail().count("event=page_ended") < 2:
                self.assertLess(time.monotonic(), until, self.server.tail())
                time.sleep(0.05)
            self.assertIn("tefter-web: cannot listen", self.server.tail())
            self.assertIsNone(self.server.process.poll())
        until = time.monotonic() + 10
        while "page at" not in self.server.tail():
            self.assertLess(time.monotonic(), until, self.server.tail())
            time.sleep(0.05)
        self.server.end_well()


if __name__ == "__main__":
    unittest.main()
