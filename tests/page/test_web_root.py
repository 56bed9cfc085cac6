#!/usr/bin/python3
"""tefterd web-root: a root for the page alone, what it counts for, and how devices are given it.

    test_web_root.py BINARIES [TEST...]
"""
import base64
import hashlib
import html.parser
import os
import plistlib
import re
import shutil
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
from ws import CLOSE, PING, PONG, WebSocket, ask, connect, trusting

BINARIES = sys.argv.pop(1)
NAME, ADDRESS = "shop.lan", "192.168.7.9"
LANGUAGES = ("en", "vi", "zh", "fa", "el")


def openssl(*words, given=None):
    return subprocess.run(["openssl", *words], input=given, capture_output=True, text=True, check=False)


class Html(html.parser.HTMLParser):
    """Every element that is opened is closed, or needs not be."""
    EMPTY = ("meta", "link", "wbr")

    def __init__(self, text):
        super().__init__()
        self.open, self.text, self.tags, self.links = [], "", [], []
        self.feed(text)
        assert self.open == [], self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.open)

    def handle_data(self, data):
        self.text += data


class WithLedger(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-web-root-")
        cls.port = acme.free_ports(1)[0]
        cls.server = server.Server(BINARIES, cls.folder, "--web", f"0.0.0.0:{cls.port}")
        cls.server.init()
        cls.host = f"{NAME}:{cls.port}"
        cls.page, cls.root, cls.issuer, cls.issuer_key = (
            os.path.join(cls.server.ledger, path) for path in
            ("web/page.pem", "web/root.pem", "keys/web-issuer.pem", "keys/web-issuer-key.pem"))

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        shutil.rmtree(cls.folder)

    def web_root(self, *words, code=0):
        said = subprocess.run([self.server.program, "web-root", *words, "--ledger", self.server.ledger], capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(said.returncode, code, said.stdout + said.stderr)
        return said.stdout + said.stderr

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()

    def until(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, self.server.tail())
            time.sleep(0.05)

    def said(self, words):
        return lambda: words in self.read(self.server.log).decode()

    def shown(self):
        with connect(self.port, trusting()) as stream:
            return stream.getpeercert(binary_form=True)

    def get(self, path, **headers):
        with connect(self.port, trusting()) as stream:
            return ask(stream, path, self.host, **headers)


class Counts(WithLedger):
    """For its names, and for nothing else: openssl judges."""

    def verify(self, leaf, *name):
        said = openssl("verify", "-CAfile", self.root, "-untrusted", self.issuer, "-purpose", "sslserver", *name, leaf)
        return said.stdout + said.stderr

    def sign(self, names):
        """What a thief of the issuer's key would make."""
        key, request, leaf, more = (os.path.join(self.folder, "thief." + end) for end in ("key", "csr", "pem", "ext"))
        with open(more, "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-subj", "/O=x", "-out", request)
        made = openssl("x509", "-req", "-in", request, "-CA", self.issuer, "-CAkey", self.issuer_key, "-days", "9", "-extfile", more,
                       "-out", leaf)
        self.assertEqual(made.returncode, 0, made.stderr)
        return leaf

    def refuses(self, *lists):
        for names in lists:
            self.assertRegex(self.verify(self.sign(names)), r"error 4[78] .*(permitted|excluded) subtree violation", names)

    def test_a_name_and_an_address(self):
        said = self.web_root(NAME, "--also", ADDRESS)
        self.assertIn("Each device has to be given the root once", said)
        print_ = hashlib.sha256(base64.b64decode(re.sub(rb"-----.*", b"", self.read(self.root)))).hexdigest().upper()
        self.assertIn(":".join(re.findall("..", print_)), said)
        for name in (("-verify_hostname", NAME), ("-verify_ip", ADDRESS)):
            self.assertIn(": OK", self.verify(self.page, *name))
        self.assertIn("mismatch", self.verify(self.page, "-verify_hostname", "bank.example"))
        self.assertIn(": OK", self.verify(self.sign(f"DNS:{NAME},DNS:till.{NAME}")))
        self.refuses("DNS:bank.example", f"DNS:{NAME},DNS:bank.example", "DNS:lan", "IP:192.168.7.10", "IP:8.8.8.8", "IP:::1")
        # The root's own key is nowhere: only the issuer's, which is bound too.
        root = openssl("x509", "-in", self.root, "-noout", "-pubkey").stdout
        for where, _, names in os.walk(self.server.ledger):
            for name in names:
                path = os.path.join(where, name)
                self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0, path)
                if b"PRIVATE KEY" in self.read(path):
                    self.assertNotEqual(openssl("pkey", "-in", path, "-pubout").stdout, root, path)
        for file in (self.root, self.issuer):
            self.assertRegex(openssl("x509", "-in", file, "-noout", "-text").stdout, r"Name Constraints: critical\n +Permitted:")
        # A terminal's root has nothing to do with it.
        self.assertIn("unable to get", openssl("verify", "-CAfile", os.path.join(self.server.ledger, "keys/root.pem"), "-untrusted",
                                               self.issuer, self.page).stderr)
        days = openssl("x509", "-in", self.page, "-noout", "-checkend", str(398 * 86400))
        self.assertEqual(days.returncode, 1) # phones believe none that lasts longer

    def test_b_the_same_root_again_and_another(self):
        root = self.read(self.root)
        page = self.read(self.page)
        self.assertNotIn("Each device", self.web_root(NAME))
        self.assertEqual(self.read(self.root), root)
        self.assertNotEqual(self.read(self.page), page)
        self.assertIn("--new-root makes another one", self.web_root("other.lan", code=1))
        self.assertIn("is not a host name", self.web_root("shop.lan,IP:8.8.8.8", code=2))
        for name in ("com", "shop", "lan"):
            self.assertIn("is one word", self.web_root(name, "--new-root", code=2))
        for name in ("a..lan", ".lan", "shop.lan.", ""):
            self.assertRegex(self.web_root(name, "--new-root", code=2), "empty part|NAME|name")
        self.assertIn("is one word", self.web_root(NAME, "--also", "com", "--new-root", code=2))
        for name in ("co.uk", "com.vn", "com.cn", "co.ir", "com.gr", "org.uk", "home.arpa", "github.io"):
            self.assertIn("is nobody's own", self.web_root(name, "--new-root", code=2))
        self.assertIn("is nobody's own", self.web_root(NAME, "--also", "co.uk", "--new-root", code=2))
        for name in ("keys/web.lan", "a/b.lan", "shop .lan", "a.-b.lan", "a-.lan", "Shop.lan", "shop_1.lan", "shop.lan:443",
                     "*.shop.lan", "x" * 64 + ".lan"):
            self.assertIn("is not a host name", self.web_root(name, "--new-root", code=2), name)
        for part in ("root", "issuer"):
            text = openssl("x509", "-in", os.path.join(self.server.ledger, "keys", f"web-{part}.pem"), "-noout", "-text").stdout
            self.assertRegex(text, r"Extended Key Usage: critical\s+TLS Web Server Authentication")
            self.assertRegex(text, r"Permitted:(?s:.*)email:invalid\s+URI:invalid")
        self.assertIn("is not due yet", self.web_root("--renew"))
        self.assertIn("Each device", self.web_root("other.lan", "--new-root"))
        self.assertNotEqual(self.read(self.root), root)
        self.refuses(f"DNS:{NAME}", f"IP:{ADDRESS}", "IP:::1")

    def test_c_an_address_alone(self):
        self.web_root(ADDRESS, "--new-root")
        self.assertIn(": OK", self.verify(self.page, "-verify_ip", ADDRESS))
        self.refuses("DNS:bank.example", "DNS:localhost", "IP:10.0.0.1", "IP:fe80::1")
        self.web_root("fd00::7", "--new-root")
        self.assertIn(": OK", self.verify(self.page, "-verify_ip", "fd00::7"))
        self.refuses("DNS:bank.example", f"IP:{ADDRESS}", "IP:fd00::8")

    def test_d_a_backup_may_leave_its_key_out(self):
        for options, wanted in (((), True), (("--without-root-key",), False)):
            place = os.path.join(self.folder, "backups" + "".join(options))
            said = self.server.run("backup", "--to", place, *options)
            self.assertEqual(said.returncode, 0, said.stderr)
            kept = os.path.join(place, *[name for name in os.listdir(place) if not name.startswith(".")], "keys")
            self.assertEqual(("web-issuer-key.pem" in os.listdir(kept), "web-root.pem" in os.listdir(kept)), (wanted, True))
        # Restored, it goes on under the root that devices have.
        restored = os.path.join(self.folder, "restored")
        said = subprocess.run([self.server.program, "restore", "--from", os.path.join(self.folder, "backups"), "--ledger", restored,
                               "--map", "1G"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        said = subprocess.run([self.server.program, "web-root", "fd00::7", "--ledger", restored], capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual((said.returncode, "Each device" in said.stdout), (0, False), said.stderr)
        self.assertEqual(self.read(os.path.join(restored, "web/root.pem")), self.read(self.root))


class Given(WithLedger):
    """To devices, by /trust."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        subprocess.run([cls.server.program, "web-root", NAME, "--also", "127.0.0.1", "--ledger", cls.server.ledger], check=True,
                       capture_output=True)
        cls.server.start()
        cls.relay_there()

    @classmethod
    def relay_there(cls):
        end = time.monotonic() + 30
        while f"page at https://{NAME}:{cls.port}/" not in cls.server.tail():
            if time.monotonic() > end:
                raise AssertionError(cls.server.tail())
            time.sleep(0.05)

    def test_it_is_served_under_its_name_without_more_words(self):
        strict = trusting()
        strict.load_verify_locations(self.root)
        strict.check_hostname, strict.verify_mode = False, 2
        with connect(self.port, strict) as stream:
            answer = ask(stream, "/", self.host)
            self.assertEqual(answer.status, 200)
            self.assertNotIn("strict-transport-security", answer.headers) # a device without the root has to pass over a warning
            self.assertNotIn("strict-transport-security", ask(stream, "/trust", self.host).headers)
            self.assertEqual(ask(stream, "/", "elsewhere.lan").status, 421)

    def test_steps_in_five_languages(self):
        texts = {}
        for language in LANGUAGES:
            answer = self.get(f"/trust/{language}")
            self.assertEqual((answer.status, answer.headers["content-type"]), (200, "text/html; charset=utf-8"))
            page = Html(answer.body.decode())
            texts[language] = page.text
            self.assertEqual(set(page.tags) & {"script", "img", "iframe", "form", "style"}, set())
            self.assertTrue(all(link.startswith("/") for link in page.links), page.links)
            for link in page.links:
                self.assertEqual(self.get(link).status, 200, link)
            self.assertIn(f"https://{self.host}", page.text)
            self.assertIn(":".join(re.findall("..", hashlib.sha256(self.get("/trust/root.crt").body).hexdigest().upper())), page.text)
            self.assertIn("default-src 'none'", answer.headers["content-security-policy"])
            self.assertIn(f'<html lang="{language}"' + (' dir="rtl">' if language == "fa" else ">"), answer.body.decode())
            self.assertGreaterEqual(page.tags.count("li"), 9)
            by_browser = self.get("/trust", Accept_Language=f"xx, {language}-XX;q=0.9, en;q=0.5").body
            self.assertEqual(by_browser, answer.body)
        lines = [set(filter(None, map(str.strip, text.split("\n")))) for text in texts.values()]
        shared = set.intersection(*lines)
        self.assertLessEqual(len(shared), 8, shared) # names of languages, the address, the fingerprint
        self.assertEqual(self.get("/trust", Accept_Language="ja").body, self.get("/trust/en").body)
        for path in ("/trust/ja", "/trust/root", "/trust/root.pem", "/trust/vi/root.crt/and/so/on"):
            answer = self.get(path)
            self.assertEqual(answer.status, 404, path)
            self.assertEqual(answer.body, self.get("/trust/en").body, path) # it says where things are
        self.assertEqual(self.get("/trustworthy").status, 404)

    def test_files_as_devices_take_them(self):
        answer = self.get("/trust/root.crt")
        self.assertEqual(answer.headers["content-type"], "application/x-x509-ca-cert")
        self.assertIn('filename="tefter-root.crt"', answer.headers["content-disposition"])
        der = base64.b64decode(re.sub(rb"-----.*", b"", self.read(self.root)))
        self.assertEqual(answer.body, der)
        answer = self.get("/trust/root.mobileconfig")
        self.assertEqual(answer.headers["content-type"], "application/x-apple-aspen-config")
        profile = plistlib.loads(answer.body)
        self.assertEqual(profile["PayloadType"], "Configuration")
        payload, = profile["PayloadContent"]
        self.assertEqual((payload["PayloadType"], payload["PayloadContent"]), ("com.apple.security.root", der))
        for uuid in (profile["PayloadUUID"], payload["PayloadUUID"]):
            self.assertRegex(uuid, r"^[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$")
        with connect(self.port, trusting()) as stream:
            head = ask(stream, "/trust", self.host, method="HEAD")
            self.assertEqual((head.status, head.body), (200, b""))
            self.assertGreater(int(head.headers["content-length"]), 2000)
            self.assertEqual(ask(stream, "/trust", self.host).status, 200) # the connection goes on

    def test_the_server_renews_it_while_somebody_works(self):
        old, key = (os.path.join(self.folder, name) for name in ("old.pem", "old-key.pem"))
        with WebSocket(self.port, tls=trusting(), host=self.host, origin=f"https://{self.host}") as ws:
            self.assertTrue(ws.good)
            before = self.shown()
            self.assertNotIn("Each device", self.web_root(NAME, "--also", "127.0.0.1"))
            self.until(lambda: self.shown() != before)
            ws.send(b"still here", PING)
            opcode, data = None, None
            while (opcode, data) != (PONG, b"still here"): # the server's challenge came first
                opcode, data = ws.receive()
                self.assertNotEqual(opcode, CLOSE)
        self.assertEqual(self.server.stop(), 0)
        if not shutil.which("faketime"):
            self.skipTest("no faketime here")
        acme.certify(old, key, days=397, names=f"DNS:{NAME}", before=("faketime", "300 days ago"))
        with open(self.page, "wb") as file:
            file.write(self.read(old) + self.read(key))
        self.server.start() # a quarter is left: it is time
        self.until(self.said("event=page_certificate_renewed"))
        self.assertNotIn("stand-in", openssl("x509", "-in", self.page, "-noout", "-subject").stdout)
        self.assertNotIn("CERTIFICATE", self.server.run("status").stdout)
        self.assertRegex(self.server.run("status").stdout, rf"page +20\S+ \(in 396 days\)\n +the certificate for {NAME}, under a root")

    def test_settings_that_name_no_certificate_are_good(self):
        path = os.path.join(self.folder, "tefterd.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'ledger = "{self.server.ledger}"\nweb = "0.0.0.0:{self.port}"\n')
        said = subprocess.run([self.server.program, "check", "-c", path], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIn("with the certificate that is kept in the ledger's folder", said.stdout)
        self.assertNotIn("does not name", said.stdout)

    def test_z_a_root_that_is_not_in_use_is_not_given(self):
        os.rename(self.root, self.root + ".away")
        self.addCleanup(os.rename, self.root + ".away", self.root)
        self.until(lambda: self.get("/trust").status == 404)
        for path in ("/trust", "/trust/root.crt", "/trust/root.mobileconfig"):
            answer = self.get(path)
            self.assertEqual(answer.status, 404, path)
            page = Html(answer.body.decode())
            self.assertIn("There is no root to install", page.text)
            self.assertIn(f"https://{self.host}", page.text)
        texts = {self.get(f"/trust/{language}").body for language in LANGUAGES}
        self.assertEqual(len(texts), len(LANGUAGES))
        self.assertEqual(self.get("/trust/style.css").status, 200)


if __name__ == "__main__":
    unittest.main()
