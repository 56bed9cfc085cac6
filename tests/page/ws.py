"""A WebSocket of the plainest kind, and heads of HTTP, for tests that mean a relay ill: nothing here
mends or hides what comes."""
import base64
import time
import select
import contextlib
import hashlib
import os
import socket
import ssl
import struct

PROTOCOL = "tefter.v1"
BINARY, TEXT, CONTINUATION, CLOSE, PING, PONG = 2, 1, 0, 8, 9, 10


class Ended(Exception):
    """The other end has closed, or said nothing in time."""


def connect(port, tls=None, host="127.0.0.1", timeout=10):
    stream = socket.create_connection((host, port), timeout=timeout)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream if tls is None else tls.wrap_socket(stream, server_hostname="shop.example")


def trusting(least=None, most=None):
    """Any certificate will do."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname = False
    tls.verify_mode = ssl.CERT_NONE
    if least:
        tls.minimum_version = least
    if most:
        tls.maximum_version = most
    return tls


def to_end(stream, limit=1 << 20):
    """All that comes until the other end closes."""
    bytes_ = b""
    try:
        while len(bytes_) < limit:
            more = stream.recv(65536)
            if not more:
                return bytes_
            bytes_ += more
    except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
        return bytes_
    except TimeoutError as silence:
        raise Ended(f"still open after {bytes_[:200]!r}") from silence
    return bytes_


class Answer:
    def __init__(self, head, body=b""):
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            self.headers[name.lower()] = value
        self.body = body


def read_head(stream):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        more = stream.recv(1)
        if not more:
            raise Ended(f"closed after {head!r}")
        head += more
    return head[:-4]


def take(stream, size):
    bytes_ = b""
    while len(bytes_) < size:
        more = stream.recv(size - len(bytes_))
        if not more:
            raise Ended(f"closed after {len(bytes_)} of {size}")
        bytes_ += more
    return bytes_


def ask(stream, path, host, method="GET", **headers):
    """One request on a connection that may go on."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    stream.sendall(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n".encode())
    answer = Answer(read_head(stream))
    size = int(answer.headers.get("content-length", 0))
    if method == "GET" and answer.status != 304:
        answer.body = take(stream, size)
    return answer


def frame(opcode, data=b"", fin=True, masked=True, rsv=0, length=None):
    """length: what its head says, in the longest form, whatever is in it."""
    first = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    mask = os.urandom(4) if masked else b""
    bit = 0x80 if masked else 0
    if length is not None:
        head = bytes([bit | 127]) + struct.pack(">Q", length)
    elif len(data) < 126:
        head = bytes([bit | len(data)])
    elif len(data) < 65536:
        head = bytes([bit | 126]) + struct.pack(">H", len(data))
    else:
        head = bytes([bit | 127]) + struct.pack(">Q", len(data))
    if masked:
        key = int.from_bytes((mask * (len(data) // 4 + 1))[:len(data)], "big")
        data = (int.from_bytes(data, "big") ^ key).to_bytes(len(data), "big")
    return first + head + mask + data


class WebSocket:
    def __init__(self, port, origin=None, tls=None, host=None, behind=b"", path="/", address="127.0.0.1",
                 timeout=10, **others):
        scheme = "https" if tls else "http"
        self.stream = connect(port, tls, address, timeout)
        self.local = self.stream.getsockname()
        key = base64.b64encode(os.urandom(16)).decode()
        headers = {"Host": host or f"127.0.0.1:{port}", "Origin": origin or f"{scheme}://127.0.0.1:{port}",
                   "Connection": "keep-alive, Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": key, "Sec-WebSocket-Protocol": PROTOCOL}
        headers.update({name.replace("_", "-"): value for name, value in others.items()})
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
        self.stream.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode() + behind)
        self.answer = Answer(read_head(self.stream))
        wanted = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        self.good = self.answer.status == 101 and self.answer.headers.get("sec-websocket-accept") == wanted.decode() and \
            self.answer.headers.get("sec-websocket-protocol") == PROTOCOL

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()

    def send(self, data, opcode=BINARY, **how):
        self.stream.sendall(frame(opcode, data, **how))

    def receive(self):
        """(opcode, data) of the next frame; a close is (CLOSE, code), an end without one (CLOSE, 1006)."""
        try:
            first, second = take(self.stream, 2)
        except (Ended, ConnectionResetError, ssl.SSLError):
            return CLOSE, 1006
        if second & 0x80:
            raise AssertionError("a server's frame is not masked")
        size = second & 127
        if size == 126:
            size, = struct.unpack(">H", take(self.stream, 2))
        elif size == 127:
            size, = struct.unpack(">Q", take(self.stream, 8))
        data = take(self.stream, size)
        if first & 15 == CLOSE:
            return CLOSE, struct.unpack(">H", data[:2])[0] if data else 1005
        return first & 15, data

    def bytes(self, size):
        """So many bytes out of frames; pings on the way are answered."""
        got = b""
        while len(got) < size:
            opcode, data = self.receive()
            if opcode == PING:
                self.send(data, PONG)
            elif opcode == BINARY:
                got += data
            elif opcode == CLOSE:
                raise Ended(f"closed with {data} after {len(got)} of {size}")
        return got

    def both_ways(self, data, within_s=60):
        """Sends a frame and reads what comes back meanwhile, in one thread: OpenSSL wants one at a time."""
        out, raw, got = memoryview(frame(BINARY, data)), bytearray(), b""
        until = time.monotonic() + within_s
        self.stream.setblocking(False)
        while len(got) < len(data) and time.monotonic() < until:
            moved = False
            with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                if len(out) > 0:
                    out, moved = out[self.stream.send(out[:16384]):], True
            with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                raw += self.stream.recv(65536)
                moved = True
            while (whole := self.payload(raw)) is not None:
                got += whole
            if not moved:
                select.select([self.stream], [self.stream] if len(out) > 0 else [], [], 0.1)
        return got

    @staticmethod
    def payload(raw):
        """Of the frame that is whole at the beginning, which is taken off; else None."""
        long = {126: 2, 127: 8}.get(raw[1], 0) if len(raw) > 1 else 0
        if len(raw) < 2 + long:
            return None
        size = int.from_bytes(raw[2:2 + long], "big") if long else raw[1]
        if len(raw) < 2 + long + size:
            return None
        data = bytes(raw[2 + long:2 + long + size]) if raw[0] & 15 == BINARY else b""
        del raw[:2 + long + size]
        return data

    def closed(self):
        """The code it ends with."""
        while True:
            opcode, data = self.receive()
            if opcode == CLOSE:
                return data
