#!/usr/bin/python3
"""Metrics and slow commands of a real server, by the stranger's client.

    test_metrics.py BINARIES

The text is read by the rules of OpenMetrics 1.0 and nothing is forgiven.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))
import client
import server

BINARIES = ""
COMMANDS = 200
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf'({NAME})(?:\{{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*)\}})? (-?[0-9]+(?:\.[0-9]+)?)$')
SUFFIXES = {"gauge": [""], "counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}


def read(text):
    """{family: (type, {sample line's name and labels: number})}; ValueError says what is wrong."""
    lines = text.split("\n")
    if lines[-2:] != ["# EOF", ""] or lines.count("# EOF") != 1:
        raise ValueError("it does not end with # EOF")
    families, name, facts = {}, None, {}
    for line in lines[:-2]:
        if line.startswith("# "):
            word, of, rest = line[2:].split(" ", 2)
            if word == "TYPE":
                if of in families:
                    raise ValueError(f"{of} comes twice")
                if rest not in SUFFIXES:
                    raise ValueError(f"there is no type {rest}")
                name, facts = of, {"TYPE": rest}
                families[name] = (rest, {})
            elif word not in ("UNIT", "HELP") or of != name or word in facts or families[name][1]:
                raise ValueError(f"out of place: {line}")
            facts[word] = rest
            if word == "UNIT" and not name.endswith("_" + rest):
                raise ValueError(f"{name} does not end with its unit {rest}")
            continue
        match = SAMPLE.fullmatch(line)
        if not match:
            raise ValueError(f"no sample: {line}")
        sample, labels, number = match.groups()
        kind, samples = families[name]
        if sample not in [name + suffix for suffix in SUFFIXES[kind]]:
            raise ValueError(f"{sample} is no sample of the {kind} {name}")
        key = (sample, labels or "")
        if key in samples:
            raise ValueError(f"{key} comes twice")
        samples[key] = float(number) if "." in number else int(number)
        if kind != "gauge" and samples[key] < 0:
            raise ValueError(f"{key} is negative")
    for name, (kind, samples) in families.items():
        if not samples:
            raise ValueError(f"{name} has no sample")
        if kind == "histogram":
            check_histogram(name, samples)
    return families


def check_histogram(name, samples):
    bounds, counts = [], []
    for (sample, labels), number in samples.items():
        if sample == name + "_bucket":
            bounds.append(float(re.fullmatch(r'le="(.+)"', labels).group(1)))
            counts.append(number)
    if bounds != sorted(set(bounds)) or bounds[-1] != float("inf") or counts != sorted(counts):
        raise ValueError(f"the buckets of {name} are not in order")
    if counts[-1] != samples[(name + "_count", "")]:
        raise ValueError(f"the count of {name} is not its last bucket")


class TheReader(unittest.TestCase):
    """It finds faults, or it would prove nothing."""

    def test_faults_are_found(self):
        good = '# TYPE a_s counter\n# UNIT a_s s\n# HELP a_s x\na_s_total{k="v"} 1\n# EOF\n'
        self.assertEqual(read(good)["a_s"][1], {("a_s_total", 'k="v"'): 1})
        for old, new in (("# EOF\n", ""), ("_total", ""), (" 1\n", " -1\n"), (" 1\n", " one\n"), ('k="v"', "k=v"),
                         ("UNIT a_s s", "UNIT a_s m"), ("counter", "info"), ("# HELP a_s x\n", "# HELP b x\n"),
                         (" 1\n", ' 1\na_s_total{k="v"} 1\n')):
            with self.assertRaises((ValueError, KeyError), msg=new):
                read(good.replace(old, new))
        bucket = '# TYPE h histogram\n# HELP h x\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 3\nh_count 3\nh_sum 4\n# EOF\n'
        read(bucket)
        for old, new in (('"1"} 2', '"1"} 4'), ("h_count 3", "h_count 4"), ('"+Inf"', '"9"')):
            with self.assertRaises(ValueError):
                read(bucket.replace(old, new))


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        server.messages()
        cls.folder = tempfile.mkdtemp(prefix="tefter-metrics-")
        cls.server = server.Server(BINARIES, cls.folder)
        cls.code = cls.server.init()
        cls.server.start("--metrics", "127.0.0.1:0", "--slow-ms", "1")
        cls.company = server.Company(cls.server, cls.code)

    @classmethod
    def tearDownClass(cls):
        cls.company.owner.close()
        code = cls.server.stop()
        cls.server.close()
        if code != 0:
            raise AssertionError(f"tefterd ended with {code}:\n{cls.server.tail()}")
        shutil.rmtree(cls.folder)

    def address(self):
        with open(os.path.join(self.server.ledger, "metrics.address"), encoding="ascii") as file:
            host, port = file.read().rsplit(":", 1)
        return host, int(port)

    def over_http(self, request=b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"):
        with socket.create_connection(self.address(), timeout=20) as there:
            there.sendall(request)
            answer = b""
            while more := there.recv(65536):
                answer += more
        head, _, body = answer.partition(b"\r\n\r\n")
        return head.decode("ascii").split("\r\n"), body.decode("utf-8")

    def by_command(self):
        said = subprocess.run([os.path.join(BINARIES, "tefterd"), "metrics", "--ledger", self.server.ledger],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        return said.stdout

    def number(self, families, name, labels=""):
        return next(samples[(name, labels)] for _, samples in families.values() if (name, labels) in samples)

    def pipeline(self, count):
        """Commands sent without waiting: the later ones wait for the earlier ones."""
        owner, pb = self.company.owner, client.pb
        opened = [pb.OpenCustomer(name=pb.Text(value=f"Cô {i}"), phone=pb.Text(value="+84 900 000 000"), area="Thủ Đức")
                  for i in range(count)]
        requests = [owner.send_command(pb.Command(open_customer=one).SerializeToString(), owner.new_id())
                    for one in opened]
        replies = [owner.reply_to(request) for request in requests]
        self.assertEqual({reply.WhichOneof("result") for reply in replies}, {"done"}, replies[0])

    def test_the_answer_is_http_and_openmetrics(self):
        head, body = self.over_http()
        self.assertEqual(head[0], "HTTP/1.1 200 OK")
        self.assertIn("Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8", head)
        self.assertIn(f"Content-Length: {len(body.encode())}", head)
        self.assertIn("Connection: close", head)
        families = read(body)
        self.assertEqual(set(families), set(read(self.by_command())))
        for other in (b"GET / HTTP/1.1\r\n\r\n", b"POST /metrics HTTP/1.1\r\n\r\n"):
            head, body = self.over_http(other)
            self.assertEqual((head[0], body), ("HTTP/1.1 404 Not Found", ""))

    def test_what_happens_is_counted(self):
        before = read(self.by_command())
        self.pipeline(COMMANDS)
        with self.assertRaises(client.Refused):
            self.company.branch("HQ", "there is one")
        time.sleep(0.2)  # a text is used again for a moment
        after = read(self.by_command())

        def grown(name, labels=""):
            return self.number(after, name, labels) - self.number(before, name, labels)

        self.assertEqual(grown("tefter_commands_total", 'result="done"'), COMMANDS)
        self.assertEqual(grown("tefter_commands_total", 'result="refused"'), 1)
        self.assertEqual(grown("tefter_ledger_seq"), COMMANDS + 1)
        self.assertEqual(grown("tefter_command_seconds_count"), COMMANDS + 1)
        self.assertEqual(grown("tefter_command_queue_seconds_count"), COMMANDS + 1)
        groups = grown("tefter_groups_total")
        self.assertTrue(1 < groups <= COMMANDS + 1, groups)
        for name in ("sync", "apply", "prepare", "publish"):
            self.assertEqual(grown(f"tefter_group_{name}_seconds_count"), groups, name)
        self.assertGreaterEqual(grown("tefter_journal_syncs_total"), groups)
        self.assertGreater(grown("tefter_journal_bytes"), COMMANDS * 40)
        self.assertGreaterEqual(grown("tefter_state_commit_seconds_count"), 1)
        self.assertGreater(grown("tefter_command_seconds_sum"), grown("tefter_command_queue_seconds_sum"))
        self.assertGreater(grown("process_cpu_seconds_total"), 0)
        self.assertEqual(self.number(after, "tefter_sessions"), 1)
        self.assertEqual(self.number(after, "tefter_connections"), 1)
        self.assertEqual(self.number(after, "tefter_read_only"), 0)
        self.assertEqual(self.number(after, "tefter_queue_commands"), 0)
        self.assertEqual(self.number(after, "tefter_state_map_bytes"), 1 << 30)
        self.assertGreaterEqual(self.number(after, "tefter_rules_version"), 1)
        self.assertGreater(self.number(after, "tefter_disk_free_bytes"), 0)
        self.assertGreater(self.number(after, "tefter_certificate_expiry_timestamp_seconds"), time.time())
        self.assertLess(abs(self.number(after, "process_start_time_seconds") - time.time()), 600)
        version = subprocess.run([os.path.join(BINARIES, "tefterd"), "--version"], capture_output=True, text=True,
                                 check=True).stdout.split()[1]
        self.assertEqual(self.number(after, "tefter_build_info", f'version="{version}"'), 1)

    def test_a_backup_and_lag_are_seen(self):
        self.assertEqual(self.number(read(self.by_command()), "tefter_last_backup_timestamp_seconds"), 0)
        place = os.path.join(self.folder, "backups")
        said = self.server.run("backup", "--to", place)
        self.assertEqual(said.returncode, 0, said.stderr)
        time.sleep(0.2)
        text = read(self.by_command())
        self.assertLess(abs(self.number(text, "tefter_last_backup_timestamp_seconds") - time.time()), 60)
        before = self.number(text, "tefter_loop_lag_seconds_count")
        self.server.process.send_signal(signal.SIGSTOP)
        time.sleep(1)
        self.server.process.send_signal(signal.SIGCONT)
        until = time.monotonic() + 20
        while self.number(text := read(self.by_command()), "tefter_loop_lag_seconds_sum") < 0.8:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)
        self.assertGreater(self.number(text, "tefter_loop_lag_seconds_count"), before)

    def test_slow_commands_are_told(self):
        slow = []
        for _ in range(20):
            self.pipeline(COMMANDS)
            with open(self.server.log, encoding="utf-8") as file:
                slow = [line for line in file if "event=slow_command" in line]
            if slow:
                break
        line = slow[-1]
        self.assertRegex(line, r"level=warning program=tefterd event=slow_command id=[0-9a-f]{32} "
                               r"kind=[a-z_]+ staff=\d+ terminal=\d+ branch=\d+ ms=[\d.]+")
        parts = dict(pair.split("=", 1) for pair in line.split())
        self.assertGreaterEqual(float(parts["ms"]), 1)
        steps = sum(float(parts[f"{step}_ms"]) for step in
                    ("waited", "prepare", "sync", "apply", "commit", "publish"))
        self.assertAlmostEqual(steps, float(parts["ms"]), places=2)
        self.assertNotIn("Cô", "".join(slow))
        time.sleep(0.2)
        self.assertGreaterEqual(self.number(read(self.by_command()), "tefter_slow_commands_total"), len(slow))


class WithoutMetrics(unittest.TestCase):
    def test_it_is_off_unless_asked_for_and_never_open_to_others(self):
        with tempfile.TemporaryDirectory(prefix="tefter-metrics-") as folder:
            own = server.Server(BINARIES, folder)
            own.init()
            for address in ("0.0.0.0:0", "[::]:0", "localhost:0", "metrics"):
                said = own.run("serve", "--listen", "127.0.0.1:0", "--metrics", address)
                self.assertEqual(said.returncode, 2, said.stderr)
                self.assertIn("only this machine reaches", said.stderr)
            path = os.path.join(folder, "metrics.sock")
            own.start("--metrics", path, "--slow-ms", "0")
            self.assertEqual(os.stat(path).st_mode & 0o077, 0)
            said = subprocess.run([own.program, "metrics", "--ledger", own.ledger], capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertIn("tefter_commands", read(said.stdout))
            own.kill()  # leaves the socket and the address
            said = subprocess.run([own.program, "metrics", "--ledger", own.ledger], capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertEqual((said.returncode, said.stdout), (1, ""))
            own.start("--metrics", path)
            self.assertEqual(own.stop(), 0)
            self.assertFalse(os.path.exists(path))
            own.start()
            said = subprocess.run([own.program, "metrics", "--ledger", own.ledger], capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertEqual(said.returncode, 2)
            self.assertIn("--metrics 127.0.0.1:PORT", said.stderr)
            self.assertEqual(own.stop(), 0)


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main()
