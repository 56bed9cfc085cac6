#!/usr/bin/python3
"""tefter-web against those who mean it ill, over real sockets; what stands behind it is a stand-in.

    test_relay.py BINARIES [TEST...]
"""
import gzip
import os
import re
import resource
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from relay import SIGNATURE, Relay, Stand, free_port
from ws import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Ended, WebSocket, ask, connect, frame, to_end, trusting

BINARIES = sys.argv.pop(1)
PROGRAM = os.path.join(BINARIES, "tefter-web")
SANITIZED = "asan" in os.path.realpath(BINARIES) or "tsan" in os.path.realpath(BINARIES)


def own_address():
    """One by which others reach this machine; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.connect(("192.0.2.1", 9))
            found = one.getsockname()[0]
        except OSError:
            return None
    return None if found.startswith("127.") else found


def certify(certificate, key, name, days=90):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(days),
                    "-subj", f"/CN={name}", "-keyout", key, "-out", certificate], check=True, capture_output=True)


class WithRelay(unittest.TestCase):
    options = ()
    descriptors = None
    listen = "127.0.0.1:0"

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-relay-")
        cls.stand = Stand(os.path.join(cls.folder, "web.socket"))
        cls.relay = Relay(PROGRAM, cls.folder, *cls.options, listen=cls.listen, descriptors=cls.descriptors)

    @classmethod
    def tearDownClass(cls):
        said = cls.relay.said()
        code = cls.relay.end()
        cls.stand.close()
        shutil.rmtree(cls.folder)
        if code != 0 or "ERROR" in said or "runtime error" in said:
            raise AssertionError(f"it ended with {code}: {said}")

    def setUp(self):
        self.stand.behave = self.stand.echo
        self.stand.met.clear()

    def socket(self, **how):
        ws = WebSocket(self.relay.port, **how)
        self.addCleanup(ws.stream.close)
        return ws

    def stream(self):
        stream = connect(self.relay.port)
        self.addCleanup(stream.close)
        return stream

    def met(self, count=1):
        until = time.monotonic() + 5
        while len(self.stand.met) < count and time.monotonic() < until:
            time.sleep(0.01)
        return self.stand.met

    def lives(self):
        """Whatever was done to it, the next one is served."""
        self.stand.behave = self.stand.echo
        with WebSocket(self.relay.port) as ws:
            self.assertTrue(ws.good)
            ws.send(b"still here")
            self.assertEqual(ws.bytes(10), b"still here")


class Files(WithRelay):
    def get(self, path="/", **headers):
        return ask(self.stream(), path, self.relay.host, **headers)

    def test_the_page_in_each_form(self):
        plain = self.get()
        packed = self.get(Accept_Encoding="gzip")
        self.assertEqual((plain.status, plain.headers["content-type"]), (200, "text/html; charset=utf-8"))
        self.assertNotIn("content-encoding", plain.headers)
        self.assertEqual(gzip.decompress(packed.body), plain.body)
        self.assertEqual(self.get("/index.html").body, plain.body)
        brotli = self.get(Accept_Encoding="gzip, deflate, br")
        if brotli.headers["content-encoding"] == "br":
            said = subprocess.run(["brotli", "-dc"], input=brotli.body, capture_output=True, check=True)
            self.assertEqual(said.stdout, plain.body)
        self.assertEqual(self.get(Accept_Encoding="deflate, gzip;q=0").headers.get("content-encoding"), None)

    def test_what_is_known_is_not_sent_again(self):
        for forms in ("", "gzip", "br"):
            first = self.get(Accept_Encoding=forms)
            self.assertRegex(first.headers["etag"], r'^"[0-9a-f]{32}(-gzip|-br)?"$')
            for word in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
                again = self.get(Accept_Encoding=forms, If_None_Match=word)
                self.assertEqual((again.status, again.body), (304, b""), word)
                self.assertEqual(again.headers["etag"], first.headers["etag"])
            self.assertEqual(self.get(Accept_Encoding=forms, If_None_Match='"x"').status, 200)
        self.assertEqual(self.get().headers["cache-control"], "no-cache")

    def test_what_a_page_may_do(self):
        headers = self.get().headers
        policy = headers["content-security-policy"]
        for word in ("default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'",
                     f"connect-src 'self' ws://{self.relay.host};", "base-uri 'none'", "form-action 'none'"):
            self.assertIn(word, policy)
        self.assertNotIn("unsafe", policy)
        self.assertNotIn("*", policy)
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertEqual(headers["referrer-policy"], "no-referrer")
        self.assertEqual(headers["cross-origin-opener-policy"], "same-origin")
        self.assertEqual(headers["cross-origin-resource-policy"], "same-origin")
        self.assertIn("camera=(self)", headers["permissions-policy"])
        for name in ("server", "set-cookie", "access-control-allow-origin"):
            self.assertNotIn(name, headers)

    def test_a_connection_goes_on(self):
        stream = self.stream()
        for _ in range(20):
            self.assertEqual(ask(stream, "/", self.relay.host).status, 200)
        head = ask(stream, "/", self.relay.host, method="HEAD")
        self.assertGreater(int(head.headers["content-length"]), 0)
        self.assertEqual(ask(stream, "/none.js", self.relay.host).status, 404)
        self.assertEqual(ask(stream, "/", self.relay.host, Connection="close").headers["connection"], "close")
        self.assertEqual(to_end(stream), b"")

    def test_there_are_no_other_files(self):
        for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/index.html/", "/index.html%00",
                     "/INDEX.HTML", "/.", "/app.js.gz", "/?/../x/..", "/index.html;a"):
            self.assertEqual(self.get(path).status, 200 if path.startswith("/?") else 404, path)

    def test_other_names_are_refused(self):
        for host in ("evil.example", f"evil.example:{self.relay.port}", "127.0.0.1", "127.0.0.1:1", "localhost",
                     f"127.0.0.1.evil.example:{self.relay.port}", "[::1]"):
            stream = self.stream()
            stream.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            said = to_end(stream)
            self.assertTrue(said.startswith(b"HTTP/1.1 421 "), said)
            self.assertNotIn(b"<", said)
        self.assertEqual(ask(self.stream(), "/", f"localhost:{self.relay.port}").status, 200)


class Heads(WithRelay):
    """Each of these is refused, and what stands behind it is no request."""

    def refused(self, bytes_, *statuses):
        stream = self.stream()
        behind = f"GET /smuggled HTTP/1.1\r\nHost: {self.relay.host}\r\n\r\n".encode()
        try:
            stream.sendall(bytes_ + behind)
        except OSError:
            pass
        said = to_end(stream)
        if said:
            self.assertIn(int(said[9:12]), statuses, (bytes_[:80], said))
        self.assertEqual(said.count(b"HTTP/1.1 "), 1 if said else 0, said)
        self.assertNotIn(b" 404 ", said)
        return said

    def test_smuggling(self):
        host = f"Host: {self.relay.host}\r\n"
        get = f"GET / HTTP/1.1\r\n{host}"
        for text, status in (
                (f"{get}Content-Length: 5\r\n\r\nhello", 413), (f"{get}Content-Length : 5\r\n\r\nhello", 400),
                (f"{get}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400), (f"{get}Transfer-Encoding:\r\n chunked\r\n\r\n", 400),
                (f"{get}X: a\r\n b\r\n\r\n", 400), (f"GET / HTTP/1.1\n{host}\r\n", 400), (f"{get}X: a\n\r\n", 400),
                (f"{get}{host}\r\n", 400), (f"GET http://{self.relay.host}/ HTTP/1.1\r\n{host}\r\n", 400),
                (f"POST / HTTP/1.1\r\n{host}Content-Length: 0\r\n\r\n", 405), (f"GET / HTTP/1.0\r\n{host}\r\n", 505),
                (f"{get}Expect: 100-continue\r\n\r\n", 417), ("GET / HTTP/1.1\r\n\r\n", 400), ("\x16\x03\x01", 400),
                (f"{get}X: a\0b\r\n\r\n", 400), (f"GET /{'a' * 2000} HTTP/1.1\r\n{host}\r\n", 414)):
            said = self.refused(text.encode("latin-1"), status)
            self.assertTrue(said, text)
        self.lives()

    def test_what_stands_behind_a_good_one_is_not_read_as_another(self):
        stream = self.stream()
        one = f"GET / HTTP/1.1\r\nHost: {self.relay.host}\r\n\r\n".encode()
        stream.sendall(one + one)
        said = to_end(stream)
        self.assertEqual(said.count(b"HTTP/1.1 200"), 1)
        self.assertIn(b"Connection: close", said)

    def test_floods(self):
        get = f"GET / HTTP/1.1\r\nHost: {self.relay.host}\r\n"
        self.refused((get + "X: y\r\n" * 10000).encode(), 431)
        self.refused((get + "X: " + "y" * (1 << 20)).encode(), 431)
        self.refused(b"G" * (1 << 20), 400, 414)
        self.refused(os.urandom(1 << 16), 400)
        self.lives()

    def test_a_head_that_drips_ends_after_ten_seconds(self):
        stream = self.stream()
        stream.settimeout(20)
        began = time.monotonic()
        drip = iter(f"GET / HTTP/1.1\r\nHost: {self.relay.host}\r\nX: {'y' * 8000}")
        said = b""
        stream.setblocking(False)
        while time.monotonic() < began + 25:
            try:
                stream.send(next(drip).encode())
                more = stream.recv(1000)
                if not more:
                    break
                said += more
            except BlockingIOError:
                pass
            except OSError:
                break
            time.sleep(0.2)
        self.assertTrue(said.startswith(b"HTTP/1.1 408 "), said)
        self.assertTrue(9 < time.monotonic() - began < 20)

    def test_half_requests_hold_nobody_up(self):
        halves = [self.stream() for _ in range(100)]
        for stream in halves:
            stream.sendall(b"GET / HTTP/1.1\r\nHost:")
        began = time.monotonic()
        self.lives()
        self.assertLess(time.monotonic() - began, 5)


class Upgrades(WithRelay):
    def status(self, **how):
        ws = self.socket(**how)
        self.assertFalse(ws.good)
        return ws.answer.status

    def test_who_is_let_in(self):
        self.assertTrue(self.socket().good)
        self.assertTrue(self.socket(host=f"localhost:{self.relay.port}", origin=f"http://localhost:{self.relay.port}").good)
        self.assertTrue(self.socket(Sec_WebSocket_Protocol="chat, tefter.v1").good)
        self.assertEqual(len(self.met(3)), 3)

    def test_who_is_not(self):
        for origin in ("https://evil.example", "null", f"https://127.0.0.1:{self.relay.port}", "http://127.0.0.1",
                       f"http://127.0.0.1:{self.relay.port}.evil.example"):
            self.assertEqual(self.status(origin=origin), 403, origin)
        self.assertEqual(self.status(Origin=None), 403)
        self.assertEqual(self.status(host="evil.example"), 421)
        self.assertEqual(self.status(Sec_WebSocket_Version="8"), 426)
        self.assertEqual(self.status(Sec_WebSocket_Key="AAAA"), 400)
        self.assertEqual(self.status(Sec_WebSocket_Protocol=None), 400)
        self.assertEqual(self.status(Connection="close"), 400)
        self.assertEqual(self.status(Upgrade="h2c"), 400)
        self.assertEqual(self.status(path="/other"), 404)
        self.assertEqual(self.stand.met, [])

    def test_the_address_comes_before_all_else(self):
        ws = self.socket()
        ws.send(SIGNATURE + bytes(40))
        ws.bytes(52)
        met = self.met()[0]
        self.assertEqual(met["head"], SIGNATURE + b"\x21\x11\x00\x0c")
        self.assertEqual(met["rest"], bytes([127, 0, 0, 1] * 2) + struct.pack(">HH", ws.local[1], self.relay.port))
        self.assertEqual(met["bytes"], SIGNATURE + bytes(40))

    def test_a_frame_in_the_packet_of_the_upgrade(self):
        forged = SIGNATURE + b"\x21\x11\x00\x0c" + bytes([10, 0, 0, 1] * 2) + bytes(4)
        self.assertEqual(self.status(behind=frame(BINARY, forged)), 400)
        time.sleep(0.2)
        self.assertEqual(self.stand.met, [])

    def test_the_server_is_away_and_comes_back(self):
        self.stand.close()
        ws = self.socket()
        self.assertEqual((ws.answer.status, ws.answer.headers["retry-after"]), (503, "1"))
        self.assertEqual(ask(self.stream(), "/", self.relay.host).status, 200)
        self.stand.open()
        self.lives()

    def test_the_server_leaves(self):
        self.stand.behave = lambda stream, met: stream.sendall(b"goodbye")
        ws = self.socket()
        self.assertEqual(ws.bytes(7), b"goodbye")
        self.assertEqual(ws.closed(), 1001)
        self.assertEqual(to_end(ws.stream), b"")

    def test_the_browser_leaves(self):
        left = threading.Event()

        def wait(stream, _):
            while stream.recv(100):
                pass
            left.set()

        self.stand.behave = wait
        for leave in (lambda ws: ws.send(struct.pack(">H", 1000), CLOSE), lambda ws: ws.stream.close()):
            left.clear()
            ws = self.socket()
            leave(ws)
            self.assertTrue(left.wait(5))


class Frames(WithRelay):
    def test_bytes_are_bytes_however_they_are_cut(self):
        ws = self.socket()
        sent = os.urandom(300_000)
        at, sizes = 0, [0, 1, 125, 126, 127, 4096, 65535, 65536, 100_000]
        pieces = []
        while at < len(sent):
            size = sizes[len(pieces) % len(sizes)]
            pieces.append(sent[at:at + size])
            at += size
        got = []
        reader = threading.Thread(target=lambda: got.append(ws.bytes(len(sent))))
        reader.start()
        for number, piece in enumerate(pieces):
            if number % 3:
                half = len(piece) // 2
                ws.send(piece[:half], fin=False)
                ws.send(b"are you there", PING)
                ws.send(piece[half:], CONTINUATION)
            else:
                ws.send(piece)
        reader.join(20)
        self.assertTrue(got and got[0] == sent)

    def test_pings_are_answered(self):
        ws = self.socket()
        for data in (b"", b"x" * 125):
            ws.send(data, PING)
            self.assertEqual(ws.receive(), (PONG, data))
        ws.send(b"nobody asked", PONG)
        ws.send(b"a")
        self.assertEqual(ws.bytes(1), b"a")

    def code(self, *frames):
        """What a connection ends with that sends these and reads nothing before."""
        self.stand.behave = self.stand.swallow
        ws = self.socket()
        try:
            for bytes_ in frames:
                ws.stream.sendall(bytes_)
        except OSError:
            pass
        return ws.closed()

    def test_what_ends_it(self):
        for what, code, *frames in (
                ("text", 1003, frame(TEXT, b"hello")), ("text in parts", 1003, frame(TEXT, b"h", fin=False)),
                ("no mask", 1002, frame(BINARY, b"hello", masked=False)), ("a reserved bit", 1002, frame(BINARY, b"x", rsv=4)),
                ("an opcode that is none", 1002, frame(3, b"x")), ("a control one that is none", 1002, frame(11, b"x")),
                ("a part of nothing", 1002, frame(CONTINUATION, b"x")),
                ("a message in a message", 1002, frame(BINARY, b"x", fin=False), frame(BINARY, b"y")),
                ("1 GiB", 1009, frame(BINARY, b"x", length=1 << 30)),
                ("a close of our own codes", 1002, frame(CLOSE, struct.pack(">H", 1006))),
                ("a close that is no text", 1007, frame(CLOSE, struct.pack(">H", 1000) + b"\xff"))):
            with self.subTest(what):
                self.assertEqual(self.code(*frames), code)
        for what, *frames in (
                ("2^63", frame(BINARY, b"x", length=1 << 63)), ("a length in too long a form", frame(BINARY, b"x", length=1)),
                ("a long ping", frame(PING, bytes(126))), ("a ping in parts", frame(PING, b"x", fin=False))):
            self.assertIn(self.code(*frames), (1002, 1005, 1006), what)
        self.lives()

    def test_bombs(self):
        self.assertEqual(self.code(frame(BINARY, b"x", fin=False), *[frame(CONTINUATION, b"x", fin=False)] * 100), 1008)
        self.assertEqual(self.code(b"".join([frame(BINARY)] * 10_000)), 1008)
        self.assertEqual(self.code(b"".join([frame(PONG)] * 10_000)), 1008)
        self.assertIn(self.code(b"".join([frame(PING, b"x" * 100)] * 10_000)), (1006, 1008))
        self.lives()

    def test_nothing_of_a_refused_frame_reaches_the_server(self):
        for bytes_ in (frame(TEXT, b"secret"), frame(BINARY, b"secret", masked=False), frame(3, b"secret")):
            self.stand.met.clear()
            self.code(bytes_ + frame(BINARY, b"behind"))
            self.assertEqual(self.met()[0]["bytes"], b"")


class Slow(WithRelay):
    def test_who_does_not_read_stops_the_server_and_is_cut(self):
        """4 MB/s of news: little of it may wait on the way, and after half a minute they are gone."""
        written = []
        ended = threading.Event()

        def shout(stream, _):
            stream.settimeout(60)
            try:
                while True:
                    written.append(stream.send(bytes(65536)))
            except OSError:
                ended.set()

        self.stand.behave = shout
        ws = self.socket()
        ws.stream.settimeout(60)
        began = time.monotonic()
        time.sleep(2)
        stale = sum(written)
        self.lives()
        # What lies on their own side of the line is theirs: the kernel's buffer of received bytes.
        received = int(subprocess.run(["sysctl", "-n", "net.ipv4.tcp_rmem"], capture_output=True, text=True,
                                      check=False).stdout.split()[2] if shutil.which("sysctl") else 6 << 20)
        print(f"{stale >> 10} KiB were taken for who does not read", file=sys.stderr)
        self.assertLess(stale, received + (1 << 20))
        self.assertTrue(ended.wait(45))
        self.assertAlmostEqual(time.monotonic() - began, 32, delta=8)

    def test_a_server_that_does_not_read_stops_the_browser(self):
        self.stand.behave = lambda stream, met: time.sleep(8)
        ws = self.socket()
        ws.stream.settimeout(3)
        sent = 0
        with self.assertRaises(TimeoutError):
            while sent < 64 << 20:
                ws.stream.sendall(frame(BINARY, bytes(32768)))
                sent += 32768
        before = self.relay.memory()
        self.assertLess(before, 64 << 20)
        self.lives()

    def test_a_silent_connection_ends(self):
        stream = self.stream()
        stream.settimeout(10)
        self.assertEqual(to_end(stream), b"")


class Bounded(WithRelay):
    """Few places: 168, half of them for visits. One address that is not this machine's has 42 of either."""
    descriptors = 400

    def setUp(self):
        super().setUp()
        self.stand.behave = lambda stream, met: stream.recv(1)

    def test_sockets_have_all_places_of_this_machine(self):
        sockets = []
        while len(sockets) < 300:
            try:
                sockets.append(WebSocket(self.relay.port))
            except (Ended, ConnectionResetError, TimeoutError):
                break
        self.assertTrue(150 <= len(sockets) <= 168, len(sockets))
        self.assertTrue(all(ws.good for ws in sockets))
        for ws in sockets:
            ws.stream.close()
        time.sleep(1.5)
        self.lives()

    def test_who_asks_nothing_makes_room(self):
        """However many wait and say nothing, or the half of it, who comes next is served."""
        idle = []
        for number in range(400):
            stream = connect(self.relay.port)
            if number % 2:
                stream.sendall(b"GET / HT")
            idle.append(stream)
            if number % 40 == 39:
                self.lives()
                self.assertEqual(ask(self.stream(), "/", self.relay.host).status, 200)
        for stream in idle:
            stream.close()
        time.sleep(1.5)
        self.lives()


class Shared(WithRelay):
    """An address that is not this machine's gets its share and no more."""
    descriptors = 400

    @classmethod
    def setUpClass(cls):
        cls.address = own_address()
        if cls.address is None:
            raise unittest.SkipTest("this machine has no address but its own")
        cls.keys = tempfile.mkdtemp(prefix="tefter-keys-")
        files = [os.path.join(cls.keys, name) for name in ("web.crt", "web.key")]
        certify(*files, "shop.example")
        cls.options = ("--cert", files[0], "--key", files[1], "--origin", "https://shop.example")
        cls.listen = f"{cls.address}:{free_port(cls.address)}"
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.keys)

    def open(self):
        return WebSocket(self.relay.port, tls=trusting(), host="shop.example", origin="https://shop.example",
                         address=self.address)

    def test_a_share_of_the_sockets(self):
        self.stand.behave = lambda stream, met: stream.recv(1)
        sockets = [self.open() for _ in range(42)]
        self.assertTrue(all(ws.good for ws in sockets))
        one = self.open()
        self.assertEqual(one.answer.status, 429)
        one.stream.close()
        sockets.pop().stream.close()
        time.sleep(0.3)
        sockets.append(self.open())
        self.assertTrue(sockets[-1].good)
        for ws in sockets:
            ws.stream.close()

    def test_the_header_names_it(self):
        ws, until = self.open(), time.monotonic() + 5
        while not ws.good and time.monotonic() < until:  # the places of the one before are given back by and by
            ws.stream.close()
            time.sleep(0.1)
            ws = self.open()
        time.sleep(0.2)
        self.assertEqual(self.met()[0]["rest"][:4], socket.inet_aton(self.address))
        ws.stream.close()


class Tls(WithRelay):
    @classmethod
    def setUpClass(cls):
        cls.keys = tempfile.mkdtemp(prefix="tefter-keys-")
        cls.certificate, cls.key = os.path.join(cls.keys, "web.crt"), os.path.join(cls.keys, "web.key")
        cls.make("one.example")
        cls.options = ("--cert", cls.certificate, "--key", cls.key)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.keys)

    @classmethod
    def make(cls, name, days=90):
        certify(cls.certificate, cls.key, name, days)

    def shown(self, **how):
        with connect(self.relay.port, trusting(**how)) as stream:
            der = stream.getpeercert(binary_form=True)
            said = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-subject"], input=der, capture_output=True,
                                  check=True).stdout.decode()
            return stream.version(), stream.cipher()[0], said.strip().rpartition(" ")[2]

    def lives(self):
        with WebSocket(self.relay.port, tls=trusting()) as ws:
            self.assertTrue(ws.good)
            ws.send(b"still here")
            self.assertEqual(ws.bytes(10), b"still here")

    def test_versions(self):
        self.assertEqual(self.shown()[0], "TLSv1.3")
        version, cipher, _ = self.shown(most=ssl.TLSVersion.TLSv1_2)
        self.assertEqual(version, "TLSv1.2")
        self.assertRegex(cipher, "GCM|POLY1305")
        old = trusting(least=ssl.TLSVersion.TLSv1, most=ssl.TLSVersion.TLSv1_1)
        old.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises(OSError):
            connect(self.relay.port, old)
        weak = trusting(most=ssl.TLSVersion.TLSv1_2)
        weak.set_ciphers("ECDHE+AESCCM:AES128-SHA:ECDHE-ECDSA-AES128-SHA")
        with self.assertRaises(OSError):
            connect(self.relay.port, weak)

    def handshake(self, cipher):
        one = trusting(most=ssl.TLSVersion.TLSv1_2)
        one.set_ciphers(cipher + ":@SECLEVEL=0")
        with connect(self.relay.port, one) as stream:
            return stream.cipher()[0]

    def suites(self, kind):
        for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"):
            self.assertEqual(self.handshake(f"ECDHE-{kind}-{cipher}"), f"ECDHE-{kind}-{cipher}")
        known = subprocess.run(["openssl", "ciphers", "-s", "-tls1_2", "ALL:@SECLEVEL=0"], capture_output=True, text=True,
                               check=True).stdout.strip().split(":")
        others = [one for one in known if one.startswith((f"ECDHE-{kind}", "AES", "DHE-")) and not
                  (one.startswith("ECDHE-") and re.search("GCM|POLY1305", one))]
        self.assertGreaterEqual(len([one for one in others if one.endswith(("SHA", "SHA256", "SHA384")) and "GCM" not in one]), 8)
        for cipher in others: # those in CBC, and those whose past can be read with the key
            with self.assertRaises(OSError, msg=cipher):
                self.handshake(cipher)

    def test_suites_of_the_older_version(self):
        self.suites("ECDSA")
        kept = {}
        for path in (self.certificate, self.key):
            with open(path, "rb") as file:
                kept[path] = file.read()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", "/CN=rsa.example", "-keyout",
                        self.key, "-out", self.certificate], check=True, capture_output=True)
        read = self.relay.said().count("event=certificate_read")
        self.relay.hup()
        while self.relay.said().count("event=certificate_read") == read:
            time.sleep(0.05)
        self.suites("RSA")
        for path, bytes_ in kept.items():
            with open(path, "wb") as file:
                file.write(bytes_)
        self.relay.hup()
        while self.relay.said().count("event=certificate_read") == read + 1:
            time.sleep(0.05)

    def test_a_page_and_a_socket(self):
        with connect(self.relay.port, trusting()) as stream:
            page = ask(stream, "/", self.relay.host)
        self.assertIn(f"connect-src 'self' wss://{self.relay.host};", page.headers["content-security-policy"])
        self.assertNotIn("strict-transport-security", page.headers) # of a certificate of one's own it is not known who believes it
        ws = self.socket(tls=trusting())
        for turn in range(8):
            sent = os.urandom(100_000 + 33_333 * turn)
            got = ws.both_ways(sent, 20)
            self.assertTrue(got == sent, f"{len(got)} of {len(sent)} bytes came back, turn {turn}")

    def test_no_tls_is_refused(self):
        stream = self.stream()
        stream.sendall(f"GET / HTTP/1.1\r\nHost: {self.relay.host}\r\n\r\n".encode())
        self.assertNotIn(b"HTTP/1.1", to_end(stream))

    def test_a_new_certificate(self):
        ws = self.socket(tls=trusting())
        with open(self.certificate, "w", encoding="utf-8") as file:
            file.write("this is none\n")
        self.relay.hup()
        self.relay.wait_said("event=certificate_kept")
        self.assertEqual(self.shown()[2], "one.example")
        self.assertNotIn("certificate_ends_soon", self.relay.said())
        self.make("two.example", days=9)
        self.relay.hup()
        self.relay.wait_said("event=certificate_read")
        self.relay.wait_said("event=certificate_ends_soon")
        self.assertRegex(self.relay.said(), r"days=[89] ")
        self.assertEqual(self.shown()[2], "two.example")
        ws.send(b"old ones live on")
        self.assertEqual(ws.bytes(16), b"old ones live on")

    @unittest.skipIf(SANITIZED, "sanitizers keep what was freed")
    def test_memory(self):
        """300 browsers that have said and heard something."""
        before = self.relay.memory()
        sockets = []
        for _ in range(300):
            ws = WebSocket(self.relay.port, tls=trusting())
            ws.send(bytes(20_000))
            ws.bytes(20_000)
            sockets.append(ws)
        each = (self.relay.memory() - before) // len(sockets)
        print(f"{each / 1024:.1f} KiB a browser over TLS", file=sys.stderr)
        self.assertLess(each, 48 * 1024)
        for ws in sockets:
            ws.stream.close()


class Process(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-relay-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.stand = Stand(os.path.join(self.folder, "web.socket"))
        self.addCleanup(self.stand.close)

    def run_it(self, *words):
        said = subprocess.run([PROGRAM, "--socket", self.stand.path, *words], capture_output=True, text=True, timeout=20,
                              check=False)
        return said.returncode, said.stderr

    def test_what_is_not_served(self):
        for words, reason in ((("--listen", "0.0.0.0:0"), "without a certificate the page may be served on this machine alone"),
                              (("--listen", "127.0.0.1:0", "--origin", "http://shop.example"), "browsers make a device's key only"),
                              (("--listen", "127.0.0.1:0", "--cert", "/nowhere"), "a certificate and its key come together"),
                              (("--listen", "127.0.0.1:0", "--cert", "/nowhere", "--key", "/nowhere"), "cannot read /nowhere"),
                              (("--listen", "nowhere"), "is not an address")):
            code, said = self.run_it(*words)
            self.assertIn(code, (1, 2), said)
            self.assertIn(reason, said)

    def test_it_says_goodbye(self):
        relay = Relay(PROGRAM, self.folder)
        sockets = [WebSocket(relay.port) for _ in range(20)]
        began = time.monotonic()
        relay.process.terminate()
        self.assertEqual([ws.closed() for ws in sockets], [1001] * 20)
        self.assertEqual(relay.end(), 0)
        self.assertLess(time.monotonic() - began, 3)

    @unittest.skipIf(SANITIZED, "a sanitizer's calls are none that the filter knows")
    def test_it_is_closed_in(self):
        relay = Relay(PROGRAM, self.folder)
        with open(f"/proc/{relay.process.pid}/status", encoding="utf-8") as file:
            status = file.read()
        self.assertRegex(status, r"Seccomp:\s2\n")
        self.assertRegex(status, r"NoNewPrivs:\s1\n")
        relay.wait_said("sandbox=")
        self.assertIn("seccomp", relay.said())
        self.assertEqual(relay.end(), 0)

    def test_it_ends_with_who_started_it(self):
        program = ("import subprocess, sys, time, os\n"
                   "child = subprocess.Popen(sys.argv[1:] + ['--parent', str(os.getpid())])\n"
                   "time.sleep(100)")
        relay = Relay(PROGRAM, self.folder, parent=[sys.executable, "-c", program])
        ws = WebSocket(relay.port)
        relay.process.kill()
        self.assertEqual(ws.closed(), 1001)
        relay.process.wait()
        relay.process.stdout.close()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    unittest.main()
