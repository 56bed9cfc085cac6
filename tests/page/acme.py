"""An ACME server for a test: Debian's pebble, with names that lead to this machine; and stand-ins for one that is full,
or says nothing."""
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.request

NEEDED = ("pebble", "pebble-challtestsrv", "dehydrated", "openssl", "curl")


def missing():
    return [name for name in NEEDED if not shutil.which(name)]


def free_ports(count):
    """At once, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def certify(certificate, key, *more, days=3650, names="DNS:localhost,IP:127.0.0.1", before=()):
    subprocess.run([*before, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    str(days), "-subj", "/CN=stand-in", "-addext", f"subjectAltName={names}", "-keyout", key, "-out", certificate,
                    *more], check=True, capture_output=True)


class Pebble:
    def __init__(self, folder):
        self.certificate = os.path.join(folder, "acme.pem")
        key = os.path.join(folder, "acme-key.pem")
        certify(self.certificate, key)
        self.port, manage, self.http, tls, dns, self.names = free_ports(6)
        self.directory = f"https://127.0.0.1:{self.port}/dir"
        config = os.path.join(folder, "pebble.json")
        with open(config, "w", encoding="ascii") as file:
            json.dump({"pebble": {"listenAddress": f"127.0.0.1:{self.port}", "managementListenAddress": f"127.0.0.1:{manage}",
                                  "certificate": self.certificate, "privateKey": key, "httpPort": self.http, "tlsPort": tls,
                                  "ocspResponderURL": "", "externalAccountBindingRequired": False}}, file)
        self.log = open(os.path.join(folder, "pebble.log"), "w", encoding="utf-8")
        self.processes = [
            subprocess.Popen(["pebble-challtestsrv", "-dns01", f"127.0.0.1:{dns}", "-http01", "", "-https01", "", "-tlsalpn01", "",
                              "-management", f"127.0.0.1:{self.names}", "-defaultIPv4", "", "-defaultIPv6", ""],
                             stdout=self.log, stderr=self.log),
            subprocess.Popen(["pebble", "-config", config, "-dnsserver", f"127.0.0.1:{dns}"], stdout=self.log, stderr=self.log,
                             env={**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"})]
        for port in (self.port, self.names):
            self.wait(port)

    @staticmethod
    def wait(port):
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def name(self, host, address):
        data = json.dumps({"host": host, "addresses": [address]}).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.names}/add-a", data) as answer:
            assert answer.status == 200

    def hook(self, path):
        """One that sets the record, as those of dehydrated do."""
        with open(path, "w", encoding="ascii") as file:
            file.write(f"""#!/bin/sh
say() {{ curl -sf -d "$2" "http://127.0.0.1:{self.names}/$1" >/dev/null; }}
case "$1" in
deploy_challenge) say set-txt "{{\\"host\\":\\"_acme-challenge.$2.\\",\\"value\\":\\"$4\\"}}" ;;
clean_challenge) say clear-txt "{{\\"host\\":\\"_acme-challenge.$2.\\"}}" ;;
esac
""")
        os.chmod(path, 0o700)

    def close(self):
        for process in self.processes:
            process.terminate()
            process.wait(20)
        self.log.close()


class Full(http.server.BaseHTTPRequestHandler):
    """An authority that was asked too often."""

    def log_message(self, format, *args): # pylint: disable=redefined-builtin
        pass

    def answer(self, status, body, kind="application/json"):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Replay-Nonce", "bm9uY2U")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do_GET(self):
        here = f"https://{self.headers['Host']}"
        self.answer(200, {"newNonce": here + "/nonce", "newAccount": here + "/account", "newOrder": here + "/order",
                          "revokeCert": here + "/revoke", "keyChange": here + "/key", "meta": {}})

    do_HEAD = do_GET

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(429, {"type": "urn:ietf:params:acme:error:rateLimited",
                          "detail": "too many certificates already issued, retry after 2026-12-01"}, "application/problem+json")


class Other(http.server.BaseHTTPRequestHandler):
    """Somebody else's machine, at which the name points."""

    def log_message(self, format, *args): # pylint: disable=redefined-builtin
        pass

    def do_GET(self):
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()


def serve(handler, address, identity=None):
    server = http.server.ThreadingHTTPServer(address, handler)
    if identity:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*identity)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
