"""A client in a browser's place, by another stranger: over WebSocket, with a key of its own, written from
proto/README.md and the schema beside it alone, on Google's protobuf, python3-cryptography and
python3-websockets. It shares no line with the C, nor with the page.

    web_client.load(messages)                                # what client.load gives
    profile = await web_client.enrolled("https://tefter.example:8443", "7ZQ0K-…")
    line = await web_client.greeted(profile)
    await line.login("lan", "a password")
    replica = await line.subscribe(pb.TOPIC_CUSTOMERS, 1)

A Profile is what a browser keeps between connections, a Line is one connection, a Replica the rows of one
subscription; they run on one event loop. A peer that does what the page forbids has Broken the line: it is
closed, and nothing of that frame is believed.
"""

import asyncio
import itertools
import struct
import time

import websockets
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

import client

pb = None  # the messages of all files of proto/, under one name

# Most bytes of a message from the server, and to it before and after login.
MOST_FROM_SERVER = 1048576
MOST_BEFORE_LOGIN = 4096
MOST_AFTER_LOGIN = 262144
# No amount is beyond half an int64.
MOST_AMOUNT = 2**62
# Nothing that a test asks takes longer, on a machine that has much else to do.
PATIENCE = 60.0

# The kind of answer that each request wants; `refused` may stand for each of them but the last two.
ANSWERS = {
    "hello": "welcome",
    "enrol_browser": "browser_enrolled",
    "login": "logged_in",
    "use_token": "logged_in",
    "switch_staff": "logged_in",
    "logout": "accepted",
    "ping": "pong",
    "subscribe": "subscribed",
    "unsubscribe": "accepted",
    "set_password": "accepted",
    "make_code": "code",
    "server_status": "status",
    "watching": "accepted",
    "submit": "reply",
    "query": "answer",
}
# What each row is of.
ROW_KEYS = {
    "account": "customer",
    "customer": "customer",
    "approval": "approval",
    "alarm": "alarm",
    "totals": "branch",
    "decision": "decision",
}


def load(messages):
    global pb
    pb = messages


class Broken(Exception):
    """The peer did what the page forbids."""


class Refused(Exception):
    """A refusal, with its facts."""

    def __init__(self, refusal):
        self.refusal = refusal
        self.code = pb.RefusalCode.Name(refusal.code) if refusal.HasField("code") else "of a later version"
        super().__init__(f"{self.code} {refusal.field}".strip())


class Ended(Exception):
    """The connection ended before the answer came. `goodbye` says why, if the server said it."""

    def __init__(self, goodbye):
        super().__init__(str(goodbye))
        self.goodbye = goodbye


def read(message, packed):
    """Unpacks what a server said. What is `required` is there, but for values of enums that this schema does not
    have: those the library keeps apart, and it is no error. No amount is beyond half an int64."""
    try:
        message.MergeFromString(packed)
    except Exception as error:
        raise Broken(f"no {message.DESCRIPTOR.name}: {error}") from error
    look(message)
    return message


def look(message):
    for field in message.DESCRIPTOR.fields:
        if field.label == field.LABEL_REQUIRED and not message.HasField(field.name):
            if field.type != field.TYPE_ENUM or not any(
                unknown.field_number == field.number for unknown in message.UnknownFields()
            ):
                raise Broken(f"{message.DESCRIPTOR.name} without {field.name}")
    for field, value in message.ListFields():
        values = value if field.label == field.LABEL_REPEATED else [value]
        for one in values:
            if field.type == field.TYPE_MESSAGE:
                look(one)
            elif field.name.endswith("_minor") and not -MOST_AMOUNT < one < MOST_AMOUNT:
                raise Broken(f"{message.DESCRIPTOR.name}.{field.name} is {one}")


class Profile:
    """What a browser keeps: its key, which terminal it is, and the newest incarnation that it has met."""

    def __init__(self, origin):
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.terminal = None
        self.ledger = None
        self.incarnation = None
        self.incarnation_nonce = None
        self.token = None
        self.counter = itertools.count(1)

    def public_key(self):
        return self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, words, challenge, *more):
        parts = [challenge.nonce, challenge.ledger, self.origin.encode("ascii"), *more]
        text = words + b"\0" + b"".join(struct.pack(">I", len(part)) + part for part in parts)
        r, s = decode_dss_signature(self.key.sign(text, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def new_id(self):
        """Of a command: milliseconds since 1970 (6), terminal (4), counter (6)."""
        return (
            int(time.time() * 1000).to_bytes(6, "big")
            + self.terminal.to_bytes(4, "big")
            + next(self.counter).to_bytes(6, "big")
        )


class Replica:
    """The rows of a subscription, as the last whole set left them."""

    def __init__(self, line, number, topic, customers=()):
        self.line = line
        self.number = number
        self.topic = topic
        self.customers = customers
        self.rows = {}
        self.exact = None  # the seq at which the replica is exact; None as long as pages come
        self.next_prev = None
        self.last_page = None
        self.pages = 0
        self.sets = 0
        self.resumed = None
        self.ledger = self.incarnation = self.incarnation_nonce = None
        self.changed = asyncio.Event()

    def resume(self):
        """Where it stands, for another connection."""
        if self.exact is None:
            return None
        return pb.Resume(
            ledger=self.ledger,
            incarnation=self.incarnation,
            incarnation_nonce=self.incarnation_nonce,
            seq=self.exact,
        )

    def subscribed(self, said):
        self.resumed = said.resumed
        self.ledger = said.ledger
        self.incarnation = said.incarnation
        self.incarnation_nonce = said.incarnation_nonce
        self.next_prev = said.seq
        if not said.resumed:
            self.rows = {}
            self.exact = None
            self.last_page = None
            self.pages = 0
        elif self.exact != said.seq:
            raise Broken(f"resumed at {said.seq}, and asked for {self.exact}")

    def page(self, said):
        if self.next_prev is None or self.exact is not None or self.last_page is not None:
            raise Broken("a page of no snapshot")
        self.pages += 1
        self.keep(said.rows, said.seq)
        if said.last:
            self.last_page = said.seq
        self.changed.set()

    def feed(self, said):
        if said.prev != self.next_prev or said.this < said.prev:
            raise Broken(f"a gap: a set from {said.prev}, and the one before ended at {self.next_prev}")
        self.sets += 1
        self.next_prev = said.this
        self.keep(said.rows, said.this)
        if self.exact is not None or (self.last_page is not None and said.this >= self.last_page):
            self.exact = said.this
        self.changed.set()

    def keep(self, rows, seq):
        for row in rows:
            kind = row.WhichOneof("kind")
            if kind is None:
                continue  # of a newer server
            one = getattr(row, kind)
            own = one.seq if "seq" in one.DESCRIPTOR.fields_by_name and one.HasField("seq") else seq
            key = (kind, getattr(one, ROW_KEYS[kind]))
            if key not in self.rows or (own, seq) >= self.rows[key][0]:
                self.rows[key] = ((own, seq), one)

    def row(self, kind, number):
        return self.rows[kind, number][1]

    async def until(self, is_so, seconds=PATIENCE):
        """Waits until `is_so` of this replica."""

        async def wait():
            while not is_so(self):
                self.changed.clear()
                await self.line.alive(self.changed.wait())

        await asyncio.wait_for(wait(), seconds)


class Line:
    """One connection. `cut` bytes at a time go out in a message, however frames lie in it; 0: a frame is one."""

    def __init__(self, profile, cut=0):
        self.profile = profile
        self.cut = cut
        self.socket = None
        self.requests = itertools.count(1)
        self.waiting = {}
        self.answered = set()
        self.replicas = {}
        self.welcome = None
        self.logged_in = None
        self.challenge = None
        self.goodbye = None
        self.broken = None
        self.ended = asyncio.Event()
        self.most = MOST_BEFORE_LOGIN
        self.features = client.Features(b"")
        self.began = asyncio.Event()

    # ---- the connection ----

    async def connect(self):
        """Up to the server's challenge."""
        address = self.profile.origin.replace("http", "ws", 1) + "/"
        self.socket = await websockets.connect(
            address,
            origin=self.profile.origin,
            subprotocols=["tefter.v1"],
            compression=None,
            max_size=None,
            ping_interval=None,
            open_timeout=PATIENCE,
        )
        if self.socket.subprotocol != "tefter.v1":
            raise Broken("another subprotocol")
        self.task = asyncio.ensure_future(self.listen())
        await asyncio.wait_for(self.alive(self.began.wait()), PATIENCE)
        return self

    async def listen(self):
        """Reads frames, whatever messages they come in."""
        held = b""
        try:
            async for message in self.socket:
                if isinstance(message, str):
                    raise Broken("a text message")
                held += message
                while len(held) >= 4:
                    (length,) = struct.unpack(">I", held[:4])
                    if not 0 < length <= MOST_FROM_SERVER:
                        raise Broken(f"a frame of {length} bytes")
                    if len(held) < 4 + length:
                        break
                    frame, held = held[4 : 4 + length], held[4 + length :]
                    self.take(read(pb.ToTerminal(), frame))
        except websockets.ConnectionClosed:
            pass
        except Broken as broken:
            self.broken = broken
            self.socket.transport.abort()
        finally:
            self.ended.set()
            for _, answer in self.waiting.values():
                if not answer.done():
                    answer.set_exception(self.broken or Ended(self.goodbye))
                    answer.exception()  # nobody may wait for it any more

    def take(self, said):
        kind = said.WhichOneof("body")
        if self.challenge is None:
            if kind != "challenge" or said.request:
                raise Broken(f"{kind} in place of a challenge")
            self.challenge = said.challenge
            self.began.set()
        elif said.request:
            if said.request not in self.waiting:
                raise Broken(f"an answer to request {said.request}")
            wanted, answer = self.waiting.pop(said.request)
            if kind == wanted or (kind == "refused" and wanted not in ("reply", "answer")):
                # In this place and not where the answer is waited for: pages and sets come right behind it.
                if kind == "subscribed":
                    self.replicas[said.subscribed.subscription].subscribed(said.subscribed)
                if not answer.done():
                    answer.set_result(said)
            else:
                raise Broken(f"{kind} in answer to what wants {wanted}")
        elif kind == "goodbye":
            self.goodbye = said.goodbye
        elif kind in ("snapshot_chunk", "delta", "subscribed"):
            one = getattr(said, kind)
            replica = self.replicas.get(one.subscription)
            if replica is not None:
                {"snapshot_chunk": replica.page, "delta": replica.feed, "subscribed": replica.subscribed}[kind](one)
        # All else is of a newer server.

    async def alive(self, waits):
        """What `waits` comes to, or Ended when the connection does first."""
        waits = asyncio.ensure_future(waits)
        ends = asyncio.ensure_future(self.ended.wait())
        try:
            await asyncio.wait({waits, ends}, return_when=asyncio.FIRST_COMPLETED)
            if waits.done():
                return waits.result()
            raise self.broken or Ended(self.goodbye)
        finally:
            ends.cancel()
            waits.cancel()

    def abort(self):
        """The line is cut: nothing is said any more."""
        self.socket.transport.abort()

    async def close(self):
        await self.socket.close()
        await self.ended.wait()

    async def until_ended(self):
        await asyncio.wait_for(self.ended.wait(), PATIENCE)
        return self.goodbye

    async def send_bytes(self, some):
        step = self.cut or len(some)
        for at in range(0, len(some), step):
            await self.socket.send(some[at : at + step])

    def frame(self, **body):
        """One request as it goes over the line, and the future of its answer."""
        (kind,) = body
        message = pb.FromTerminal(request=next(self.requests), **body)
        missing = self.features.missing(message)
        if missing:
            raise client.NotKnown(missing)
        packed = message.SerializeToString()
        if len(packed) > self.most:
            raise ValueError(f"{len(packed)} bytes, and the server takes {self.most}")
        answer = asyncio.get_running_loop().create_future()
        self.waiting[message.request] = (ANSWERS[kind], answer)
        return struct.pack(">I", len(packed)) + packed, answer

    async def ask(self, **body):
        """Asks one thing, and returns its answer."""
        frame, answer = self.frame(**body)
        return await self.send(frame, answer)

    async def send(self, frame, answer):
        try:
            await self.send_bytes(frame)
        except websockets.ConnectionClosed:
            await self.ended.wait()
        if self.ended.is_set() and not answer.done():
            raise self.broken or Ended(self.goodbye)
        return self.told(await asyncio.wait_for(answer, PATIENCE))

    @staticmethod
    def told(said):
        """What an answer says; a refusal is raised."""
        kind = said.WhichOneof("body")
        if kind == "refused":
            raise Refused(said.refused)
        return getattr(said, kind)

    # ---- who it is ----

    async def enrol(self, code):
        """Becomes a terminal by a one-time code. The connection ends after it."""
        key = self.profile.public_key()
        signature = self.profile.sign(b"tefter browser enrol 1", self.challenge, key, code.encode())
        done = await self.ask(
            enrol_browser=pb.EnrolBrowser(
                code=code, key=key, signature=signature, origin=self.profile.origin, program="web_client.py"
            )
        )
        await self.until_ended()
        self.profile.terminal = done.terminal
        self.profile.ledger = done.ledger
        return done

    async def hello(self, challenge=None):
        profile = self.profile
        if profile.ledger is not None and profile.ledger != self.challenge.ledger:
            raise Broken("another ledger")
        if profile.incarnation is not None and self.challenge.incarnation < profile.incarnation:
            raise Broken("an incarnation before the one that was met")
        hello = pb.Hello(
            wire=2,
            program="web_client.py",
            browser=pb.BrowserProof(
                terminal=profile.terminal,
                signature=profile.sign(b"tefter browser hello 1", challenge or self.challenge),
                origin=profile.origin,
            ),
        )
        if profile.incarnation is not None:
            hello.met = profile.incarnation
            hello.met_nonce = profile.incarnation_nonce
        self.welcome = await self.ask(hello=hello)
        self.features = client.Features(self.welcome.features)
        profile.incarnation = self.welcome.incarnation
        profile.incarnation_nonce = self.welcome.incarnation_nonce
        return self.welcome

    async def login(self, login, password):
        return self.came_in(await self.ask(login=pb.Login(login=login, password=password)))

    async def use_token(self):
        return self.came_in(await self.ask(use_token=pb.UseToken(token=self.profile.token)))

    def came_in(self, logged_in):
        self.logged_in = logged_in
        self.profile.token = logged_in.token
        self.most = MOST_AFTER_LOGIN
        return logged_in

    # ---- what is done and asked ----

    async def submit(self, id=None, **kind):
        """One command; its Reply, refused or done."""
        packed = pb.Command(**kind).SerializeToString()
        return await self.submit_packed(id or self.profile.new_id(), packed)

    async def submit_packed(self, id, packed):
        return read(pb.Reply(), await self.ask(submit=pb.SubmitCommand(id=id, command=packed)))

    async def do(self, **kind):
        """One command that must be done; Refused when it is not."""
        said = await self.submit(**kind)
        if said.HasField("refused"):
            raise Refused(said.refused)
        if not said.HasField("done"):
            raise Broken("a reply that says nothing")
        return said.done

    async def query(self, **kind):
        """The answer of that kind, and the seq that it speaks of."""
        answer = read(pb.Answer(), await self.ask(query=pb.Query(**kind).SerializeToString()))
        came = answer.WhichOneof("kind")
        if came == "refused":
            raise Refused(answer.refused)
        if came not in kind:
            raise Broken(f"{came} in answer to {list(kind)}")
        return getattr(answer, came)

    async def subscribe(self, topic, number=None, before=None):
        """A replica of that topic; `before` is one of a connection that is gone, which goes on from where it was."""
        if before is not None:
            replica = before
            replica.line = self
        else:
            replica = Replica(self, number, topic)
        self.replicas[replica.number] = replica
        request = pb.Subscribe(subscription=replica.number, topic=replica.topic, customers=replica.customers)
        resume = replica.resume()
        if resume is not None:
            request.resume.CopyFrom(resume)
        await self.ask(subscribe=request)
        return replica


async def enrolled(origin, code, cut=0):
    """A profile that is a terminal by this code."""
    profile = Profile(origin)
    line = await Line(profile, cut).connect()
    await line.enrol(code)
    return profile


async def greeted(profile, cut=0):
    """A connection that was welcomed."""
    line = await Line(profile, cut).connect()
    await line.hello()
    return line
