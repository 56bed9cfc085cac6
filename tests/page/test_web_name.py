#!/usr/bin/python3
"""tefterd web-name against a real ACME server: the first certificate, by HTTP and by DNS; its renewal under a server that
runs; what is said when it cannot be had.

    test_web_name.py BINARIES [TEST...]
"""
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
import acme
import server
import unit
from ws import CLOSE, PING, PONG, WebSocket, ask, connect, trusting

BINARIES = sys.argv.pop(1)
NAME = "shop.example.com"
LONG = 400 # a machine that does other things besides is slow with keys


def subject(pem, what="issuer"):
    said = subprocess.run(["openssl", "x509", "-noout", f"-{what}", "-ext", "subjectAltName"], input=pem, capture_output=True,
                          check=True)
    return said.stdout.decode()


class WithLedger(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-web-name-")
        cls.pebble = acme.Pebble(cls.folder)
        cls.pebble.name(NAME, "127.0.0.1")
        cls.server = server.Server(BINARIES, cls.folder)
        cls.server.init()
        cls.page = os.path.join(cls.server.ledger, "web", "page.pem")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.pebble.close()
        shutil.rmtree(cls.folder)

    def command(self, *words):
        return [self.server.program, "web-name", *words, "--ledger", self.server.ledger]

    def web_name(self, *words, timeout=LONG, closed=None):
        env = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"} if closed else None # it asks for calls that the unit has not
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=timeout, check=False, preexec_fn=closed,
                              env=env)

    def by_http(self, *words, directory=None):
        return self.web_name(*words, "--directory", directory or self.pebble.directory, "--ca-file", self.pebble.certificate,
                             "--http", f"127.0.0.1:{self.pebble.http}")

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()


class Names(WithLedger):
    def obtained(self, said, name):
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        self.assertIn(f"A certificate for {name} is kept in", said.stdout)
        pem = self.read(self.page)
        self.assertIn("Pebble", subject(pem))
        self.assertIn(f"DNS:{name}", subject(pem))
        self.assertEqual((pem.count(b"PRIVATE KEY-----"), pem.count(b"BEGIN CERTIFICATE") > 1), (2, True))
        self.closed_to_others()

    def closed_to_others(self):
        """And no key lies about besides the one that is shown and the account's."""
        keys = []
        for where, folders, names in os.walk(self.server.ledger):
            for one in (*folders, *names):
                path = os.path.join(where, one)
                facts = os.lstat(path)
                self.assertEqual(stat.S_IMODE(facts.st_mode) & 0o077, 0, path)
                if stat.S_ISREG(facts.st_mode) and b"PRIVATE KEY" in self.read(path):
                    keys.append(os.path.relpath(path, self.server.ledger))
        outside = [path for path in keys if not path.startswith(("keys/", "acme/accounts/"))]
        self.assertEqual(outside, ["web/page.pem"])

    @staticmethod
    def issuer_of(stream):
        der = stream.getpeercert(binary_form=True)
        return subject(subprocess.run(["openssl", "x509", "-inform", "der"], input=der, capture_output=True, check=True).stdout)

    def shown(self, port):
        with connect(port, trusting()) as stream:
            return self.issuer_of(stream)

    def test_1_by_http_and_served_and_renewed(self):
        self.pebble.name("pos.example.com", "127.0.0.1")
        self.obtained(self.by_http(NAME, "--also", "pos.example.com"), NAME)
        self.assertIn("DNS:pos.example.com", subject(self.read(self.page)))
        self.assertIn("is not due yet", self.web_name("--renew").stdout)
        self.renewed_under_a_server()

    def make_old(self):
        """As it will be in eighty days: ten of ninety are left."""
        files = [os.path.join(self.folder, name) for name in ("old.pem", "old-key.pem")]
        acme.certify(*files, days=90, names=f"DNS:{NAME}", before=("faketime", "80 days ago"))
        with open(self.page + ".new", "wb") as file:
            file.write(self.read(files[0]) + self.read(files[1]))
        os.chmod(self.page + ".new", 0o600)
        os.rename(self.page + ".new", self.page)

    def renewed_under_a_server(self):
        port = acme.free_ports(1)[0]
        self.make_old()
        self.server.start("--web", f"0.0.0.0:{port}", "--metrics", "127.0.0.1:0") # without a word of a certificate or a name
        self.addCleanup(self.server.close)
        self.until_said(f"page at https://{NAME}:{port}/")
        self.assertIn("stand-in", self.shown(port))
        with connect(port, trusting()) as stream: # a name that browsers believe: nobody is let pass over a warning of it
            for path, status in (("/", 200), ("/none.js", 404), ("/trust", 404), ("/trust/root.crt", 404)):
                answer = ask(stream, path, f"{NAME}:{port}")
                self.assertEqual((answer.status, answer.headers["strict-transport-security"]), (status, "max-age=2592000"), path)
        self.assertIn("the certificate of the page ends soon and was not renewed", self.server.run("status").stdout)
        self.assertIn("tefter_page_certificate_expiry_timestamp_seconds", self.server.run("metrics").stdout)
        asks = subprocess.Popen(self.command("--renew"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        sockets = []
        while "event=certificate_read" not in self.read(self.server.log).decode(): # nobody keeps one for long who does not say who they are
            self.assertIn(asks.poll(), (None, 0))
            sockets.append(WebSocket(port, tls=trusting(), host=f"{NAME}:{port}", origin=f"https://{NAME}:{port}"))
            self.addCleanup(sockets[-1].stream.close)
            self.assertTrue(sockets[-1].good, sockets[-1].answer.status)
            time.sleep(1)
        first = sockets[0].stream.getpeercert(binary_form=True)
        before = [ws for ws in sockets if ws.stream.getpeercert(binary_form=True) == first][-1]
        before.send(b"still here", PING)
        opcode, data = None, None
        while (opcode, data) != (PONG, b"still here"): # the server's challenge came first
            opcode, data = before.receive()
            self.assertNotEqual(opcode, CLOSE)
        out, err = asks.communicate(timeout=LONG)
        self.obtained(subprocess.CompletedProcess((), asks.returncode, out, err), NAME)
        self.assertIn("Pebble", self.shown(port))
        self.assertEqual(self.server.stop(), 0)

    def until_said(self, words, seconds=30):
        until = time.monotonic() + seconds
        while words not in self.read(self.server.log).decode():
            self.assertLess(time.monotonic(), until, self.read(self.server.log).decode())
            time.sleep(0.05)

    def test_2_by_dns(self):
        hook = os.path.join(self.folder, "hook")
        self.pebble.hook(hook)
        # With the calls that the timer's unit leaves it: shell, curl and openssl do with them.
        closed = None if unit.missing() else unit.filter_of("tefterd-web-name.service.in")
        self.obtained(self.web_name("dns.example.com", "--directory", self.pebble.directory, "--ca-file", self.pebble.certificate,
                                    "--dns-hook", hook, closed=closed), "dns.example.com")
        before = self.read(self.page)
        with open(hook, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\n[ \"$1\" != deploy_challenge ]\n")
        said = self.web_name("dns.example.com", "--directory", self.pebble.directory, "--ca-file", self.pebble.certificate,
                             "--dns-hook", hook)
        self.refused(said, "the hook failed")
        self.assertEqual(self.read(self.page), before) # what there was goes on
        self.assertIn("the hook failed", self.server.run("status").stdout)
        os.chmod(hook, 0o600)
        self.refused(self.web_name("dns.example.com", "--dns-hook", hook), "cannot be run", code=2)

    def refused(self, said, *reasons, code=1):
        self.assertEqual(said.returncode, code, said.stdout + said.stderr)
        self.assertEqual(said.stderr.count("\n"), 1, said.stderr)
        for reason in reasons:
            self.assertIn(reason, said.stderr)

    def test_3_a_name_that_leads_elsewhere(self):
        self.pebble.name("closed.example.com", "127.0.0.2")
        self.refused(self.by_http("closed.example.com"), "does not reach port 80 of closed.example.com")
        self.pebble.name("other.example.com", "127.0.0.3")
        other = acme.serve(acme.Other, ("127.0.0.3", self.pebble.http))
        self.addCleanup(other.server_close)
        self.addCleanup(other.shutdown)
        self.refused(self.by_http("other.example.com"), "another machine answers as other.example.com")

    def test_4_an_authority_that_cannot_be_asked(self):
        nobody = acme.free_ports(1)[0]
        self.refused(self.by_http(NAME, directory=f"https://127.0.0.1:{nobody}/dir"), "cannot be reached: is there internet")
        self.refused(self.web_name(NAME, "--directory", self.pebble.directory, "--http", f"127.0.0.1:{self.pebble.http}"),
                     "does not believe: --ca-file")
        self.refused(self.by_http(NAME, directory=f"https://127.0.0.1:{self.pebble.port}/nothing"), "what answers is no ACME server")
        full = acme.serve(acme.Full, ("127.0.0.1", 0), (self.pebble.certificate, os.path.join(self.folder, "acme-key.pem")))
        self.addCleanup(full.server_close)
        self.addCleanup(full.shutdown)
        self.refused(self.by_http(NAME, directory=f"https://127.0.0.1:{full.server_port}/dir"), "asked too often for " + NAME,
                     "it said: too many certificates already issued, retry after 2026-12-01")


class Words(WithLedger):
    """What needs nobody to answer."""

    def wrong(self, *words, reason, code=2):
        said = self.web_name(*words, timeout=60)
        self.assertEqual(said.returncode, code, said.stdout + said.stderr)
        self.assertIn(reason, said.stderr)

    def test_words(self):
        for name in ("192.0.2.7", "::1", "shop", "shop.lan", "till.local", "shop.internal"):
            self.wrong(name, reason="no public authority certifies")
        for name in ("https://shop.example.com", "Shop.example.com", "shop.example.com:443", "*.example.com", "a b.example.com",
                     "-x.example.com/", "x" * 300 + ".example.com", "shop.example.com\nevil"):
            self.wrong("--also", name, "good.example.com", reason="")
        self.wrong(reason="NAME is missing")
        self.wrong(NAME, "--directory", "http://127.0.0.1/dir", reason="begins with https://")
        self.wrong(NAME, "--staging", "--directory", "https://x/dir", reason="two ACME servers")
        self.wrong(NAME, "--dns-hook", "/bin/true", "--http", "127.0.0.1:1", reason="leave out --http")
        self.wrong(NAME, "--http", "8080", reason="is not an address")
        self.wrong(NAME, "--email", "maria", reason="wants an address")
        self.wrong("--renew", NAME, reason="leave out the rest")
        quoted = os.path.join(self.folder, "it's a hook")
        os.symlink("/bin/true", quoted)
        self.wrong(NAME, "--dns-hook", quoted, reason="leave out quotes")
        self.assertIn("Nothing is to be renewed", self.web_name("--renew").stdout)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.wrong(NAME, "--http", f"127.0.0.1:{taken.getsockname()[1]}", reason="The authority asks port 80", code=1)

    def ask(self, port, text):
        with socket.create_connection(("127.0.0.1", port), 10) as stream:
            stream.sendall(text)
            said = b""
            while more := stream.recv(4096):
                said += more
            return said

    def test_what_answers_meanwhile(self):
        """The authority says nothing, so that there is time."""
        mute = socket.socket()
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        self.addCleanup(mute.close)
        port = acme.free_ports(1)[0]
        words = self.command(NAME, "--directory", f"https://127.0.0.1:{mute.getsockname()[1]}/dir", "--http", f"127.0.0.1:{port}")
        asks = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        client, _ = mute.accept() # it runs
        self.addCleanup(client.close)
        tokens = os.path.join(self.server.ledger, "acme", "challenges")
        with open(os.path.join(tokens, "aToken_-1"), "w", encoding="ascii") as file:
            file.write("aToken_-1.print")
        os.symlink(os.path.join(self.server.ledger, "keys", "root-key.pem"), os.path.join(tokens, "link"))
        head = b" HTTP/1.1\r\nHost: shop.example.com\r\n\r\n"
        said = self.ask(port, b"GET /.well-known/acme-challenge/aToken_-1" + head)
        self.assertTrue(said.startswith(b"HTTP/1.1 200 ") and said.endswith(b"\r\n\r\naToken_-1.print"), said)
        for path in (b"/", b"/.well-known/acme-challenge/", b"/.well-known/acme-challenge/link", b"/.well-known/acme-challenge/none",
                     b"/.well-known/acme-challenge/../config", b"/.well-known/acme-challenge/%2e%2e/config",
                     b"/.well-known/acme-challenge/" + b"a" * 200):
            said = self.ask(port, b"GET " + path + head)
            self.assertTrue(said.startswith(b"HTTP/1.1 404 ") and said.endswith(b"\r\n\r\n"), (path, said))
        self.assertTrue(self.ask(port, b"POST /.well-known/acme-challenge/aToken_-1" + head).startswith(b"HTTP/1.1 405 "))
        self.assertTrue(self.ask(port, b"\x16\x03\x01\x02\x00\x01" * 40).startswith(b"HTTP/1.1 400 "))
        crowd = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(100)]
        for one in crowd:
            one.close()
        until, said = time.monotonic() + 10, b""
        while b"200 OK" not in said: # a crowd that has gone is seen to be gone, and there is room again
            self.assertLess(time.monotonic(), until, said)
            try:
                said = self.ask(port, b"HEAD /.well-known/acme-challenge/aToken_-1" + head)
            except ConnectionResetError:
                time.sleep(0.05)
        again = self.web_name(NAME, "--http", "127.0.0.1:0", timeout=60)
        self.assertEqual((again.returncode, "asked for already" in again.stderr), (5, True), again.stderr)
        asks.send_signal(signal.SIGTERM)
        self.assertIn("it was stopped", asks.communicate(timeout=60)[1])
        self.assertEqual(asks.returncode, 1)
        self.assertFalse(os.path.exists(self.page))


if __name__ == "__main__":
    if acme.missing():
        print("SKIPPED: no", ", ".join(acme.missing()), "here: apt install pebble dehydrated curl openssl")
        sys.exit(77)
    unittest.main()
