"""A receipt printer on a TCP port: takes ESC/POS apart into pictures, answers what it is asked, and can be out of paper,
open, slow, silent or gone in the middle."""
import socket
import struct
import threading
import time
import zlib


class Broken(Exception):
    pass


class Sink:
    def __init__(self):
        self.paper = True
        self.open = False
        self.answers = True
        self.cut_after = None      # bytes of a slip, then the line is closed
        self.hang_after = None     # bytes of a slip, then nothing is read or answered
        self.slow_s = 0            # before a slip is done
        self.slips = []            # (width, rows as bytes), each up to a cut
        self.drawers = 0
        self.cuts = 0
        self.faults = []
        self.started = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.closed = False
        self.lines = []            # threads; one may still print when its agent is gone
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        if self.closed:
            return
        self.closed = True
        self.listener.shutdown(socket.SHUT_RDWR)  # a thread waits in accept
        self.listener.close()

    def accept(self):
        while not self.closed:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            self.lines.append(threading.Thread(target=self.serve, args=(line,), daemon=True))
            self.lines[-1].start()

    def wait_quiet(self, seconds=20):
        """Until nothing comes out any more of what was sent by agents that are gone."""
        until = time.monotonic() + seconds
        for line in self.lines:
            line.join(max(0, until - time.monotonic()))

    def serve(self, line):
        try:
            Line(self, line).run()
        except (OSError, EOFError):
            pass
        except Broken as broken:
            self.faults.append(str(broken))
        finally:
            line.close()

    def wait_slips(self, count, seconds=20):
        until = time.monotonic() + seconds
        while len(self.slips) < count and time.monotonic() < until:
            time.sleep(0.02)
        return len(self.slips)


class Line:
    def __init__(self, sink, line):
        self.sink, self.line = sink, line
        self.read = 0
        self.width, self.rows = None, []

    def take(self, size):
        data = b""
        while len(data) < size:
            if self.read > 16:
                self.sink.started.set()
                if self.sink.cut_after is not None and self.read >= self.sink.cut_after:
                    raise EOFError
                if self.sink.hang_after is not None and self.read >= self.sink.hang_after:
                    time.sleep(60)
                    raise EOFError
            part = self.line.recv(min(size - len(data), 512))
            if not part:
                raise EOFError
            self.read += len(part)
            data += part
        return data

    def answer(self, byte):
        if self.sink.answers:
            self.line.sendall(bytes([byte]))

    def status(self, n):
        sink = self.sink
        if n == 2:
            self.answer(0x12 | (0x04 if sink.open else 0) | (0 if sink.paper else 0x20))
        elif n == 4:
            self.answer(0x12 | (0 if sink.paper else 0x60))
        elif n == 1:
            self.answer(0x12)
        else:
            raise Broken(f"DLE EOT {n}")

    def run(self):
        while True:
            head = self.take(1)
            if head == b"\x10":
                if self.take(1) != b"\x04":
                    raise Broken("DLE and no EOT")
                self.status(self.take(1)[0])
            elif head == b"\x1b":
                self.escape(self.take(1))
            elif head == b"\x1d":
                self.group(self.take(1))
            else:
                raise Broken(f"{head!r} is no command")

    def escape(self, what):
        if what == b"@":
            self.width, self.rows = None, []
        elif what == b"p":
            if self.take(3) != bytes([0, 25, 250]):
                raise Broken("the drawer's pulse")
            self.sink.drawers += 1
        elif what == b"d":
            self.take(1)
        else:
            raise Broken(f"ESC {what!r}")

    def group(self, what):
        if what == b"v":
            zero, mode, wide, high = struct.unpack("<BBHH", self.take(6))
            if zero != 0x30 or mode != 0 or not 0 < high <= 128 or (self.width not in (None, wide * 8)):
                raise Broken(f"GS v 0 of {wide} x {high}")
            self.width = wide * 8
            for _ in range(high):
                self.rows.append(self.take(wide))
        elif what == b"V":
            if self.take(2) != bytes([66, 0]):
                raise Broken("GS V")
            time.sleep(self.sink.slow_s)
            self.sink.slips.append((self.width, self.rows))
            self.sink.cuts += 1
            self.width, self.rows = None, []
        elif what == b"r":
            self.take(1)
            self.answer(0 if self.sink.paper else 0x0c)
        else:
            raise Broken(f"GS {what!r}")


def read_png(path):
    """(width, rows of bits) of a PNG of black and white, 8 bits a channel."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert depth == 8 and colour in (0, 2), (depth, colour)
        elif kind == b"IDAT":
            packed += body
        at += size + 12
    step = 3 if colour == 2 else 1
    raw, rows, before = zlib.decompress(packed), [], bytearray(width * step)
    at = 0
    for _ in range(height):
        kind, row = raw[at], bytearray(raw[at + 1:at + 1 + width * step])
        at += 1 + width * step
        for i in range(len(row)):
            left = row[i - step] if i >= step else 0
            up = before[i]
            corner = before[i - step] if i >= step else 0
            if kind == 1:
                row[i] = (row[i] + left) & 255
            elif kind == 2:
                row[i] = (row[i] + up) & 255
            elif kind == 3:
                row[i] = (row[i] + (left + up) // 2) & 255
            elif kind == 4:
                near = min((abs(up - corner), 0, left), (abs(left - corner), 1, up),
                           (abs(left + up - 2 * corner), 2, corner))
                row[i] = (row[i] + near[2]) & 255
        before = row
        bits = bytearray((width + 7) // 8)
        for x in range(width):
            if row[x * step] < 128:
                bits[x // 8] |= 0x80 >> (x % 8)
        rows.append(bytes(bits))
    return width, rows
