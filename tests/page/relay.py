"""tefter-web for a test, and a stand-in for the server behind it."""
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


class Stand:
    """A local socket where each connection is written down: the head that the relay writes first, then what
    came. It answers with the same bytes, or as a test says."""

    def __init__(self, path):
        self.path = path
        self.met = []
        self.behave = self.echo
        self.listener = None
        self.open()

    def open(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(1000)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(self.path)

    def accept(self, listener):
        while True:
            try:
                stream, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(stream,), daemon=True).start()

    def serve(self, stream):
        with stream:
            try:
                head = stream.recv(16, socket.MSG_WAITALL)
                rest = stream.recv(struct.unpack(">H", head[14:16])[0], socket.MSG_WAITALL)
                self.met.append({"head": head, "rest": rest, "bytes": b""})
                self.behave(stream, self.met[-1])
            except (OSError, struct.error):
                pass

    @staticmethod
    def echo(stream, met):
        while data := stream.recv(65536):
            met["bytes"] += data
            stream.sendall(data)

    @staticmethod
    def swallow(stream, met):
        while data := stream.recv(65536):
            met["bytes"] += data


def free_port(address="127.0.0.1"):
    with socket.socket() as one:
        one.bind((address, 0))
        return one.getsockname()[1]


class Relay:
    def __init__(self, program, folder, *options, listen="127.0.0.1:0", descriptors=None, parent=None):
        self.socket = os.path.join(folder, "web.socket")
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")

        def bound():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        words = [program, "--listen", listen, "--socket", self.socket, *options]
        if parent:
            words = [*parent, *words]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=self.log, text=True, preexec_fn=bound)
        line = self.process.stdout.readline()
        found = re.match(r"page at (https?://\S+)/\n", line)
        if not found:
            raise RuntimeError(f"{line!r} {self.said()}")
        self.origin = found.group(1)
        port = self.origin.rpartition(":")[2]
        self.port = int(port if port.isdigit() else listen.rpartition(":")[2])
        self.host = f"127.0.0.1:{self.port}"

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def wait_said(self, words, seconds=10):
        until = time.monotonic() + seconds
        while words not in self.said():
            if time.monotonic() > until:
                raise AssertionError(f"{words!r} was not said: {self.said()}")
            time.sleep(0.05)

    def memory(self):
        """Resident bytes."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    def hup(self):
        self.process.send_signal(signal.SIGHUP)

    def end(self):
        """Its exit code, after TERM."""
        self.process.terminate()
        code = self.process.wait(10)
        self.process.stdout.close()
        self.log.close()
        return code
