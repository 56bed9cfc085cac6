"""A stand-in of a push service and of a telephone's gateway, and a browser that opens what comes.

Its Browser makes a subscription as PushManager does and opens messages as RFC 8291 says, by the `openssl` command and
hashlib alone: it shares no line with what is tested.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import subprocess
import tempfile
import threading
import time


def openssl(*words, given=None):
    return subprocess.run(["openssl", *words], input=given, capture_output=True, check=True).stdout


def plain(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hkdf(salt, key, info, size):
    first = hmac.new(salt, key, hashlib.sha256).digest()
    return hmac.new(first, info + b"\1", hashlib.sha256).digest()[:size]


INFO = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


class Browser:
    """A subscription, and who can open what is sent to it."""

    def __init__(self, folder):
        self.path = tempfile.mktemp(dir=folder, suffix=".pem")
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.path)
        self.point = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")[len(INFO):]
        self.auth = os.urandom(16)

    def open(self, sealed):
        salt, size, length = sealed[:16], int.from_bytes(sealed[16:20], "big"), sealed[20]
        other, rest = sealed[21:21 + length], sealed[21 + length:]
        assert size == 4096 and length == 65 and len(sealed) <= 4096
        peer = self.path + ".peer"
        with open(peer, "wb") as file:
            file.write(INFO + other)
        shared = openssl("pkeyutl", "-derive", "-inkey", self.path, "-peerkey", peer, "-peerform", "DER")
        mixed = hkdf(self.auth, shared, b"WebPush: info\0" + self.point + other, 32)
        key = hkdf(salt, mixed, b"Content-Encoding: aes128gcm\0", 16)
        nonce = hkdf(salt, mixed, b"Content-Encoding: nonce\0", 12)
        text = gcm_open(key, nonce, rest)
        assert text.endswith(b"\2")
        return json.loads(text[:-1])


# AES-128-GCM: the openssl command has no GCM, so the counter blocks are made by its ECB, and the tag is checked by
# GHASH in a few lines.

def gcm_open(key, nonce, rest):
    body, tag = rest[:-16], rest[-16:]
    count = (len(body) + 15) // 16
    blocks = bytes(16) + b"".join(nonce + n.to_bytes(4, "big") for n in range(1, count + 2))
    made = openssl("enc", "-aes-128-ecb", "-K", key.hex(), "-nopad", given=blocks)
    h, first, stream = made[:16], made[16:32], made[32:]
    seen = 0
    padded = body + bytes(-len(body) % 16) + (0).to_bytes(8, "big") + (len(body) * 8).to_bytes(8, "big")
    for at in range(0, len(padded), 16):
        seen = times(seen ^ int.from_bytes(padded[at:at + 16], "big"), int.from_bytes(h, "big"))
    assert (seen ^ int.from_bytes(first, "big")).to_bytes(16, "big") == tag, "it was changed on the way"
    return bytes(a ^ b for a, b in zip(body, stream))


def times(a, b):
    product = 0
    for bit in range(127, -1, -1):
        if a >> bit & 1:
            product ^= b
        b = b >> 1 ^ (0xe1 << 120 if b & 1 else 0)
    return product


def vapid_good(header, origin):
    """Is the token's signature that of the key beside it, and meant for this origin? The claims."""
    parts = dict(part.strip().split("=", 1) for part in header.split(" ", 1)[1].split(","))
    head, claims, signature = parts["t"].split(".")
    key, flat = plain(parts["k"]), plain(signature)
    numbers = []
    for part in (flat[:32], flat[32:]):
        part = part.lstrip(b"\0")
        part = b"\0" + part if part[0] & 128 else part
        numbers.append(b"\2" + bytes([len(part)]) + part)
    der = b"\x30" + bytes([len(b"".join(numbers))]) + b"".join(numbers)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("key", INFO + key), ("signature", der)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        openssl("pkey", "-pubin", "-inform", "DER", "-in", os.path.join(folder, "key"), "-out",
                os.path.join(folder, "pem"))
        said = openssl("dgst", "-sha256", "-verify", os.path.join(folder, "pem"), "-signature",
                       os.path.join(folder, "signature"), given=f"{head}.{claims}".encode())
    assert b"Verified OK" in said
    assert json.loads(plain(head))["alg"] == "ES256"
    claims = json.loads(plain(claims))
    assert claims["aud"] == origin and time.time() < claims["exp"] <= time.time() + 24 * 3600
    return claims


class Sink:
    """Listens on loopback. `answers`: of a path what is answered, in turn: (status, headers, body) or "hang"."""

    def __init__(self):
        self.requests, self.answers = [], {}
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def take(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                sink.requests.append((time.time(), self.command, self.path, dict(self.headers), body))
                planned = sink.answers.get(self.path.split("?")[0], [])
                answer = planned.pop(0) if planned else (201, {}, b"")
                if answer == "hang":
                    sink.stop.wait(30)
                    return
                status, headers, text = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_POST = do_GET = do_PUT = take

            def log_message(self, *_):
                pass

        self.stop = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def of(self, path):
        return [request for request in self.requests if request[2].split("?")[0] == path]

    def wait(self, path, count=1, seconds=90):
        until = time.monotonic() + seconds
        while len(self.of(path)) < count and time.monotonic() < until:
            time.sleep(0.02)
        found = self.of(path)
        assert len(found) >= count, f"{path} was asked {len(found)} times, not {count}"
        return found

    def close(self):
        self.stop.set()
        self.server.shutdown()
        self.server.server_close()
