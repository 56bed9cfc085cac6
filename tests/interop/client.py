#!/usr/bin/python3
"""A client of Tefter by a stranger: written from proto/README.md and the schema beside it alone, on
Google's protobuf for Python, Python's ssl and the openssl command. It shares no line with the C.

    import client
    client.load("/where/protoc/put/its/python")
    client.enrol("127.0.0.1:7420", "7ZQ0K-…", "folder")
    with client.Connection("folder") as terminal:
        terminal.login("lan", "a password")
        reply = terminal.submit(open_customer={"name": {"value": "Lan"}})
"""
import collections
import google.protobuf.message
import hashlib
import importlib
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import time

pb = None  # the messages of all files of proto/, under one name: pb.Hello, pb.Command …

ALPN_TERMINAL = ("tefter/2", "tefter/1")
ALPN_ENROL = "tefter-enrol/1"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def load(folder):
    """Takes the modules that `protoc --python_out` wrote into a folder."""
    global pb
    if pb is None:
        sys.path.insert(0, folder)
        pb = type(sys)("pb")
        for name in ("common", "command", "reply", "record", "view", "wire"):
            vars(pb).update((k, v) for k, v in vars(importlib.import_module(name + "_pb2")).items()
                            if not k.startswith("_"))
    return pb


class Refused(Exception):
    """The server said no: `.refusal` is a pb.Refusal."""

    def __init__(self, refusal):
        self.refusal = refusal
        self.code = pb.RefusalCode.Name(refusal.code) if refusal.HasField("code") else "of a later version"
        super().__init__(f"{self.code} {refusal.field}".strip())


class Ended(Exception):
    """The connection is over; the text is the server's Goodbye, when it said one."""


class NotKnown(Exception):
    """The server does not read that yet, so it was not sent; the text is its name."""


# ---- enrolment ----

def read_code(text):
    """(secret of 10 bytes, first 16 bytes of the root's hash) of a code as people type it."""
    text = re.sub(r"[\s-]", "", text).upper().replace("I", "1").replace("L", "1").replace("O", "0")
    if len(text) != 42 or any(letter not in LETTERS for letter in text):
        raise ValueError("this is no code")
    number = 0
    for letter in text:
        number = number << 5 | LETTERS.index(letter)
    if number & 3:
        raise ValueError("this is no code")
    raw = (number >> 2).to_bytes(26, "big")
    return raw[:10], raw[10:]


def root_hash(der):
    return hashlib.blake2b(der, digest_size=32).digest()


def openssl(*words, given=b""):
    return subprocess.run(["openssl", *words], input=given, check=True, timeout=20,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def shown_chain(address):
    """The certificates, as PEM, that a server shows, believed or not."""
    said = openssl("s_client", "-connect", address, "-alpn", ALPN_ENROL, "-showcerts", "-tls1_3")
    return re.findall(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", said.decode(), re.S)


def find_root(address, wanted):
    """The root whose hash begins with `wanted`; nothing secret has been told so far."""
    for pem in shown_chain(address):
        if root_hash(ssl.PEM_cert_to_DER_cert(pem)).startswith(wanted):
            return pem + "\n"
    raise ssl.SSLError("the server is not the one that this code is for")


def signing_request(key):
    """Makes a key, into that file, and the PEM that asks for a certificate of it."""
    return openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                   "-subj", "/CN=stranger", "-keyout", key).decode()


def enrol(address, code, folder, root=None):
    """Makes `folder` a terminal: key.pem, certificate.pem, root.pem, address. Gives the Enrolled."""
    _, wanted = read_code(code)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    at = {name: os.path.join(folder, name) for name in ("key.pem", "certificate.pem", "root.pem", "address")}
    write(at["root.pem"], root or find_root(address, wanted))
    request = signing_request(at["key.pem"])
    stream = dial(address, at["root.pem"], ALPN_ENROL)
    try:
        stream.sendall(frame(pb.FromTerminal(request=1, enrol=pb.Enrol(
            code=code, request=request, program="stranger"))))
        answer = pb.ToTerminal.FromString(take_frame(stream))
    finally:
        stream.close()
    if answer.HasField("refused"):
        raise Refused(answer.refused)
    assert answer.enrolled.root_hash.startswith(wanted)
    write(at["certificate.pem"], answer.enrolled.certificate)
    write(at["address"], address)
    return answer.enrolled


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


# ---- bytes ----

def frame(message):
    body = message.SerializeToString()
    return struct.pack(">I", len(body)) + body


def take(stream, size):
    parts = bytearray()
    while len(parts) < size:
        part = stream.recv(size - len(parts))
        if not part:
            raise Ended("the server closed the connection")
        parts += part
    return bytes(parts)


def take_frame(stream):
    return take(stream, struct.unpack(">I", take(stream, 4))[0])


def dial(address, root, alpn, certificate=None, key=None):
    """TLS 1.3 to a server whose certificate leads to that root; its name does not matter."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(root)
    names = [alpn] if isinstance(alpn, str) else list(alpn)
    context.set_alpn_protocols(names)
    if certificate:
        context.load_cert_chain(certificate, key)
    host, port = address.rsplit(":", 1)
    plain = socket.create_connection((host.strip("[]"), int(port)), timeout=15)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = context.wrap_socket(plain)
    if stream.selected_alpn_protocol() not in names:
        raise ssl.SSLError("the server does not speak " + " or ".join(names))
    return stream


# ---- what the server reads ----

class Features:
    """Welcome.features: what may be sent. A server that tells none reads at least wire version 1, which
    is all that this client was written for: then everything passes."""

    def __init__(self, packed):
        self.types = pb.Features.FromString(packed).types

    def missing(self, message, place=0):
        """The name of the first thing in a message that the server does not read; None."""
        if not self.types:
            return None
        mine = dict(zip(self.types[place].numbers, self.types[place].types))
        for field, value in message.ListFields():
            if field.number not in mine:
                return field.name
            for one in value if field.label == field.LABEL_REPEATED else [value]:
                name = self.missing_in(message, field, one, mine[field.number])
                if name:
                    return name
        return None

    def missing_in(self, message, field, value, place):
        if field.type == field.TYPE_MESSAGE:
            return self.missing(value, place)
        if field.type == field.TYPE_ENUM:
            known = value in self.types[place].numbers
            return None if known else field.enum_type.values_by_number[value].name
        packed = {("FromTerminal", "query"): pb.Query, ("SubmitCommand", "command"): pb.Command}
        inner = packed.get((message.DESCRIPTOR.name, field.name))
        try:
            return self.missing(inner.FromString(value), place) if inner else None
        except google.protobuf.message.DecodeError:
            return None  # a test of what cannot be read at all


# ---- a connection ----

class Connection:
    """One connection of an enrolled terminal. Everything waits; what is pushed is kept in `pushed`
    (Page and Delta, as ToTerminal) until somebody looks."""

    counter = int.from_bytes(os.urandom(3), "big")

    def __init__(self, folder, address=None, alpn=ALPN_TERMINAL):
        self.begin()
        at = [os.path.join(folder, name) for name in ("root.pem", "certificate.pem", "key.pem")]
        self.stream = dial(address or read(os.path.join(folder, "address")), at[0], alpn, at[1], at[2])
        wire = int(self.stream.selected_alpn_protocol().rpartition("/")[2])
        self.welcome = self.ask(hello=pb.Hello(wire=wire, program="stranger")).welcome
        self.features = Features(self.welcome.features)

    def begin(self):
        self.pushed = collections.deque()
        self.answers = {}
        self.request = 0
        self.features = Features(b"")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.stream.close()

    def send(self, deadline_ms=None, **body):
        """Sends one request; its number."""
        self.request += 1
        message = pb.FromTerminal(request=self.request, **body)
        if deadline_ms is not None:
            message.deadline_ms = deadline_ms
        missing = self.features.missing(message)
        if missing:
            raise NotKnown(missing)
        self.stream.sendall(frame(message))
        return self.request

    def receive(self):
        """One frame, to where it belongs."""
        message = pb.ToTerminal.FromString(take_frame(self.stream))
        if message.HasField("goodbye"):
            raise Ended(message.goodbye.reason)
        if message.HasField("request"):
            self.answers[message.request] = message
        else:
            self.pushed.append(message)

    def wait(self, request):
        """The answer to a request; a refusal is raised."""
        while request not in self.answers:
            self.receive()
        message = self.answers.pop(request)
        if message.HasField("refused"):
            raise Refused(message.refused)
        return message

    def ask(self, **body):
        return self.wait(self.send(**body))

    # what people do

    def login(self, name, password):
        return self.ask(login=pb.Login(login=name, password=password)).logged_in

    def use_token(self, token):
        return self.ask(use_token=pb.UseToken(token=token)).logged_in

    def new_id(self):
        """16 bytes: milliseconds since 1970 (6), terminal (4), counter (6), big-endian."""
        Connection.counter += 1
        return (int(time.time() * 1000).to_bytes(6, "big") + self.welcome.terminal.to_bytes(4, "big")
                + Connection.counter.to_bytes(6, "big"))

    def send_command(self, command, identity):
        return self.send(submit=pb.SubmitCommand(id=identity, command=command))

    def reply_to(self, request):
        """The Reply, done or refused; a refusal of the session is raised."""
        return pb.Reply.FromString(self.wait(request).reply)

    def submit(self, identity=None, **kind):
        """Does one command: the Done. A refusal is raised."""
        command = pb.Command(**kind).SerializeToString()
        reply = self.reply_to(self.send_command(command, identity or self.new_id()))
        if reply.HasField("refused"):
            raise Refused(reply.refused)
        return reply.done

    def query(self, **kind):
        packed = self.ask(query=pb.Query(**kind).SerializeToString())
        answer = pb.Answer.FromString(packed.answer)
        if answer.HasField("refused"):
            raise Refused(answer.refused)
        return getattr(answer, answer.WhichOneof("kind"))

    def next_push(self):
        while not self.pushed:
            self.receive()
        return self.pushed.popleft()


# ---- a browser ----

PROXY_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
ORIGIN = "http://127.0.0.1:7421"


def proxy_head(address="192.0.2.7", port=40000):
    """What a relay writes in front: whose bytes follow. address None: its own."""
    if address is None:
        return PROXY_SIGNATURE + b"\x20\x00\x00\x00"
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    there = socket.inet_pton(family, address)
    rest = there + bytes(len(there)) + struct.pack(">HH", port, 443)
    return PROXY_SIGNATURE + bytes([0x21, 0x21 if family == socket.AF_INET6 else 0x11]) + struct.pack(
        ">H", len(rest)) + rest


def signed_text(head, challenge, *parts):
    """The bytes that a browser signs: proto/README.md, "Browsers"."""
    text = head.encode() + b"\0"
    for part in (challenge.nonce, challenge.ledger, *parts):
        part = part.encode() if isinstance(part, str) else part
        text += struct.pack(">I", len(part)) + part
    return text


class BrowserKey:
    """A key as WebCrypto makes it: `public` is its SubjectPublicKeyInfo, sign gives r and s."""

    def __init__(self, path, curve="P-256"):
        self.path = path
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve, "-out", path)
        self.public = openssl("pkey", "-in", path, "-pubout", "-outform", "DER")

    def sign(self, text):
        der = openssl("dgst", "-sha256", "-sign", self.path, given=text)
        numbers, at = [], 2
        for _ in range(2):  # SEQUENCE { INTEGER r, INTEGER s }, each shorter than 128 bytes
            size = der[at + 1]
            numbers.append(int.from_bytes(der[at + 2:at + 2 + size], "big"))
            at += 2 + size
        return b"".join(number.to_bytes(32, "big") for number in numbers)


class Browser(Connection):
    """A connection as a relay brings it: LEDGER/web.socket, its header, then frames. Ends at the
    challenge; `enrol` or `hello` goes on."""

    def __init__(self, path, head=None):
        self.begin()
        self.stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.stream.settimeout(15)
        self.stream.connect(path)
        self.stream.sendall(proxy_head() if head is None else head)
        first = pb.ToTerminal.FromString(take_frame(self.stream))
        if first.HasField("goodbye"):
            raise Ended(first.goodbye.reason)
        self.challenge = first.challenge

    def enrol(self, key, code, origin=ORIGIN):
        """Makes that key a terminal: the BrowserEnrolled. The connection ends after it."""
        text = signed_text("tefter browser enrol 1", self.challenge, origin, key.public, code)
        return self.ask(enrol_browser=pb.EnrolBrowser(code=code, key=key.public, signature=key.sign(text),
                                                      origin=origin, program="stranger")).browser_enrolled

    def proof(self, key, terminal, origin=ORIGIN):
        text = signed_text("tefter browser hello 1", self.challenge, origin)
        return pb.BrowserProof(terminal=terminal, signature=key.sign(text), origin=origin)

    def hello(self, key, terminal, origin=ORIGIN, proof=None):
        """Shows the key: this is that terminal. The Welcome."""
        proof = proof or self.proof(key, terminal, origin)
        self.welcome = self.ask(hello=pb.Hello(wire=2, program="stranger", browser=proof)).welcome
        self.features = Features(self.welcome.features)
        return self.welcome


class Picture:
    """A live picture of one subscription: rows by what they are of, each with its newest seq."""

    def __init__(self, connection, number, topic, resume=None):
        self.connection = connection
        self.number = number
        self.rows = {}
        self.exact = 0
        self.last_page = None
        wish = pb.Subscribe(subscription=number, topic=topic)
        if resume is not None:
            self.rows = resume.rows
            wish.resume.ledger = connection.welcome.ledger
            wish.resume.incarnation = connection.welcome.incarnation
            wish.resume.seq = resume.exact
        answer = connection.ask(subscribe=wish).subscribed
        self.resumed = answer.resumed
        self.prev = answer.seq
        if answer.resumed:
            self.prev = self.last_page = resume.exact
        else:
            self.rows = {}

    def put(self, row, seq):
        kind = row.WhichOneof("kind")
        if kind is None:  # a later server's
            return
        value = getattr(row, kind)
        key = (kind, value.approval if kind == "approval" else value.customer)
        seq = value.seq or seq
        if key not in self.rows or self.rows[key][0] <= seq:
            self.rows[key] = (seq, value)

    def take(self, message):
        """Takes one pushed frame; the Delta when it was one."""
        if message.HasField("subscribed"):  # unasked: we were too slow, it comes anew
            self.prev, self.last_page, self.rows = message.subscribed.seq, None, {}
            return None
        if message.HasField("snapshot_chunk"):
            for row in message.snapshot_chunk.rows:
                self.put(row, message.snapshot_chunk.seq)
            if message.snapshot_chunk.last:
                self.last_page = message.snapshot_chunk.seq
            return None
        feed = message.delta
        if feed.prev != self.prev:
            raise AssertionError(f"a gap: a set from {feed.prev} after one up to {self.prev}")
        if feed.this < feed.prev:
            raise AssertionError(f"a set goes back: {feed.prev} to {feed.this}")
        for row in feed.rows:
            self.put(row, feed.this)
        self.prev = feed.this
        if self.last_page is not None and feed.this >= self.last_page:
            self.exact = feed.this
        return feed

    def turn(self):
        """Waits for the next frame of this subscription."""
        return self.take(self.connection.next_push())

    def account(self, customer):
        return self.rows[("account", customer)][1]

    def customer(self, customer):
        return self.rows[("customer", customer)][1]
