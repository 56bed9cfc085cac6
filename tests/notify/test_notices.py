#!/usr/bin/python3
"""Approvals that reach people who look at no page: tefterd and tefter-notify over the real protocol, against a stand-in
of push service and gateway that opens what comes as a browser would.

    test_notices.py BINARIES
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
import client
import server
from sink import Browser, Sink, plain, vapid_good

BINARIES = ""
NEXT_S = 4
SECRET = "tell nobody/+"


def child_of(process):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
            for pid in map(int, file.read().split()):
                try:
                    with open(f"/proc/{pid}/comm", encoding="ascii") as comm:
                        if comm.read().strip() == "tefter-notify":
                            return pid
                except OSError:
                    continue
        time.sleep(0.05)
    raise AssertionError("no tefter-notify runs")


class World(unittest.TestCase):
    options = ()
    most = 100

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-notices-")
        cls.sink = Sink()
        cls.server = server.Server(BINARIES, cls.folder, *cls.settings())
        code = cls.server.init()
        cls.server.start()
        cls.company = server.Company(cls.server, code)
        cls.branch = cls.company.branch("TD", "Thủ Đức")
        cls.customer = cls.company.customer("Minh Long")
        cls.company.owner.submit(set_credit_limit=client.pb.SetCreditLimit(
            customer=cls.customer, terms=client.pb.LimitTerms(limit_minor=1000, policy=client.pb.EXCESS_APPROVE)))
        for login, role, branch in cls.staff():
            cls.company.clerk(login, role, branch and cls.branch)
        cls.numbers = {}
        cls.lines = {login: cls.enter(login) for login, _, _ in cls.staff()}
        cls.lines["owner"] = cls.enter("owner")

    @classmethod
    def staff(cls):
        return (("ann", "ROLE_SALES", True), ("hoa", "ROLE_CONTROLLER", True), ("mai", "ROLE_CONTROLLER", False),
                ("quan", "ROLE_MANAGER", False), ("far", "ROLE_SALES", False))

    @classmethod
    def settings(cls):
        secret = os.path.join(cls.folder, "secret")
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(SECRET + "\n")
        return ["--notify-contact", "mailto:owner@example.com", "--notify-private", "--notify-after", f"{NEXT_S}s",
                "--notify-most", str(cls.most),
                "--notify-url", cls.sink.origin + "/sms?to={to}",
                "--notify-headers", "Content-Type: application/json | Authorization: Bearer {secret}",
                "--notify-body", '{"to":"{to_digits}","text":"{text}"}', "--notify-success", '"ok"',
                "--notify-secret", secret]

    @classmethod
    def tearDownClass(cls):
        for line in cls.lines.values():
            line.close()
        cls.company.owner.close()
        cls.server.end_well()
        cls.sink.close()
        shutil.rmtree(cls.folder)

    @classmethod
    def enter(cls, login):
        """A terminal of their own, with them at it."""
        name = f"of {login}"
        profile = os.path.join(cls.folder, name.replace(" ", "-"))
        if not os.path.exists(profile):
            number, code = cls.company.code(cls.branch, name)
            cls.numbers[login] = number
            client.enrol(cls.server.address, code, profile)
        line = client.Connection(profile, cls.server.address)
        line.login(login, server.OWNER[1] if login == "owner" else server.PASSWORD)
        return line

    # ---- what people do ----

    def settings_of(self, who):
        return self.lines[who].ask(notice_settings=client.pb.NoticeSettings()).notices

    def put(self, who, path=None, browser=None, language="en"):
        browser = browser or Browser(self.folder)
        path = path or f"/{who}"
        self.lines[who].ask(put_push=client.pb.PutPush(endpoint=self.sink.origin + path, point=browser.point,
                                                       auth=browser.auth, language=language))
        return browser

    def ask(self, who="ann", amount=500000):
        return self.lines[who].submit(ask_approval=client.pb.AskApproval(customer=self.customer, amount_minor=amount)).id

    def decide(self, approval, who="quan"):
        return self.lines[who].submit(decide_approval=client.pb.DecideApproval(
            approval=approval, approved=False, reason=client.pb.Text(value="no")))

    def set(self, who, **what):
        return self.lines[who].ask(set_notices=client.pb.SetNotices(language="vi", **what)).notices

    def quiet_for(self, seconds, path):
        before = len(self.sink.of(path))
        time.sleep(seconds)
        self.assertEqual(len(self.sink.of(path)), before)

    def until(self, what, seconds=90):
        end = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), end, "it does not come")
            time.sleep(0.05)

    def settled(self):
        """What was on its way is there: nothing came for a while."""
        seen = -1
        while seen != len(self.sink.requests):
            seen = len(self.sink.requests)
            time.sleep(0.3)

    def refused(self, code, field, who="quan", **body):
        with self.assertRaises(client.Refused) as caught:
            self.lines[who].ask(**body)
        self.assertEqual((caught.exception.code, caught.exception.refusal.field), (code, field))
        return caught.exception.refusal

    def setUp(self):
        """Nobody is told anything, nothing waits, nobody looks."""
        for who in ("hoa", "mai", "quan", "owner"):
            for device in self.settings_of(who).devices:
                self.lines[who].ask(remove_push=client.pb.RemovePush(terminal=device.terminal))
            self.set(who)
            self.lines[who].ask(watching=client.pb.Watching(active=False))
        for row in self.company.owner.query(approvals=client.pb.ApprovalList()).approvals:
            if row.state == client.pb.APPROVAL_WAITING:
                self.decide(row.approval)
        self.settled()
        self.sink.requests.clear()
        self.sink.answers.clear()


class Told(World):
    def test_a_push_comes_and_only_its_browser_can_open_it(self):
        browser = self.put("hoa", language="vi")
        approval = self.ask()
        _, method, _, headers, body = self.sink.wait("/hoa")[0]
        self.assertEqual((method, headers["Content-Encoding"], headers["Urgency"], headers["Topic"]),
                         ("POST", "aes128gcm", "high", f"approval-{approval}"))
        self.assertTrue(800 < int(headers["TTL"]) <= 900, headers["TTL"])
        claims = vapid_good(headers["Authorization"], self.sink.origin)
        self.assertEqual(claims["sub"], "mailto:owner@example.com")
        self.assertIn(b"k=" , headers["Authorization"].encode())
        key = headers["Authorization"].split("k=")[1]
        self.assertEqual(plain(key), self.settings_of("hoa").push_key)
        said = browser.open(body)
        self.assertEqual((said["approval"], said["title"], said["lang"]), (approval, "Hải Long", "vi"))
        self.assertIn("Thủ Đức", said["text"])
        self.assertIn("chờ", said["text"])
        for secret in ("Minh Long", "500", "ann"):
            self.assertNotIn(secret, said["text"])
        with self.assertRaises(AssertionError):
            other = Browser(self.folder)
            other.auth = browser.auth
            other.open(body)
        self.decide(approval)

    def test_the_branch_comes_first_then_ranks_by_role_and_a_decision_stops_it(self):
        for who in ("hoa", "mai", "quan", "owner"):
            self.put(who)
        approval = self.ask()
        first = self.sink.wait("/hoa")[0][0]
        second = self.sink.wait("/mai")[0][0]
        self.assertGreater(second - first, NEXT_S - 0.5)
        self.assertEqual((self.sink.of("/quan"), self.sink.of("/owner")), ([], []))
        self.decide(approval, "mai")
        self.quiet_for(NEXT_S + 2, "/quan")
        self.assertEqual([len(self.sink.of(f"/{who}")) for who in ("hoa", "mai", "quan", "owner")], [1, 1, 0, 0])

    def test_who_looks_is_not_sent_it_and_is_when_they_look_away(self):
        self.put("hoa")
        self.lines["hoa"].ask(watching=client.pb.Watching(active=True))
        approval = self.ask()
        self.quiet_for(3, "/hoa")
        self.lines["hoa"].ask(watching=client.pb.Watching(active=False))
        self.sink.wait("/hoa")
        self.decide(approval)

    def test_who_looks_has_their_time_before_the_next_are_told(self):
        self.put("quan")
        self.lines["hoa"].ask(watching=client.pb.Watching(active=True))  # has no device at all
        begun = time.time()
        approval = self.ask()
        at = self.sink.wait("/quan")[0][0]
        self.assertGreater(at - begun, NEXT_S - 1)
        self.decide(approval)

    def test_a_rank_that_cannot_be_told_costs_no_time(self):
        self.put("owner")
        begun = time.time()
        approval = self.ask()
        self.assertLess(self.sink.wait("/owner")[0][0] - begun, 2 * NEXT_S)  # three ranks before would be three times that
        self.decide(approval)

    def test_both_ends_see_the_outcome(self):
        self.put("hoa")
        for who in ("ann", "mai"):
            self.lines[who].pushed.clear()
            self.lines[who].ask(subscribe=client.pb.Subscribe(subscription=7, topic=client.pb.TOPIC_APPROVALS))
        approval = self.ask()
        self.sink.wait("/hoa")
        self.decide(approval, "hoa")
        for who in ("ann", "mai"):
            decided = False
            while not decided:
                push = self.lines[who].next_push()
                rows = push.delta.rows if push.HasField("delta") else push.snapshot_chunk.rows
                decided = any(row.approval.approval == approval and row.approval.state == client.pb.APPROVAL_REFUSED
                              for row in rows)
            self.lines[who].ask(unsubscribe=client.pb.Unsubscribe(subscription=7))

    def test_all_devices_of_a_person_are_told_and_who_asked_is_not(self):
        second = client.Connection(os.path.join(self.folder, "of-hoa"), self.server.address)
        second.login("quan", server.PASSWORD)  # quan at hoa's terminal: hers goes
        second.close()
        self.lines["hoa"].close()
        self.lines["hoa"] = self.enter("hoa")
        self.put("hoa")
        other = self.enter_also("hoa", "second of hoa")
        browser = Browser(self.folder)
        other.ask(put_push=client.pb.PutPush(endpoint=self.sink.origin + "/hoa2", point=browser.point,
                                             auth=browser.auth, language="en"))
        approval = self.ask()
        self.sink.wait("/hoa")
        self.sink.wait("/hoa2")
        self.decide(approval)
        own = self.ask("hoa")
        self.quiet_for(2, "/hoa")
        self.decide(own)
        other.ask(logout=client.pb.Logout())
        other.close()

    def enter_also(self, login, name):
        profile = os.path.join(self.folder, name.replace(" ", "-"))
        number, code = self.company.code(self.branch, name)
        client.enrol(self.server.address, code, profile)
        line = client.Connection(profile, self.server.address)
        line.login(login, server.PASSWORD)
        line.number = number
        return line

    # ---- what services answer ----

    def test_gone_is_taken_out_and_the_telephone_takes_over(self):
        for status in (404, 410):
            self.put("quan")
            self.set("quan", phone="+84901234567")
            self.sink.answers["/quan"] = [(status, {}, b"")]
            self.sink.answers["/sms"] = [(200, {}, b'{"status":"ok"}')]
            approval = self.ask()
            _, method, path, headers, body = self.sink.wait("/sms")[-1]
            self.assertEqual((method, path, headers["Authorization"], headers["Content-Type"]),
                             ("POST", "/sms?to=%2B84901234567", "Bearer " + SECRET, "application/json"))
            self.assertEqual(list(self.settings_of("quan").devices), [])
            self.assertIn('"to":"84901234567"', body.decode())
            self.assertIn("Thủ Đức", body.decode())
            self.decide(approval)
            self.sink.requests.clear()

    def test_later_is_tried_again_within_bounds(self):
        self.put("quan")
        self.sink.answers["/quan"] = [(429, {"Retry-After": "3"}, b""), (500, {}, b""), (201, {}, b"")]
        approval = self.ask()
        times = [request[0] for request in self.sink.wait("/quan", 3)]
        self.assertGreaterEqual(times[1] - times[0], 2.9)
        self.assertGreaterEqual(times[2] - times[1], 3.5)
        self.decide(approval)
        self.quiet_for(1, "/quan")

    def test_what_was_decided_meanwhile_is_not_tried_again(self):
        self.put("quan")
        self.sink.answers["/quan"] = [(429, {"Retry-After": "3"}, b"")]
        approval = self.ask()
        self.sink.wait("/quan")
        self.decide(approval, "hoa")
        self.quiet_for(5, "/quan")

    def test_too_large_and_refused_go_to_the_telephone_at_once(self):
        self.set("quan", phone="+84901234567")
        for status in (413, 400, 302):
            self.put("quan")
            self.sink.answers["/quan"] = [(status, {"Location": self.sink.origin + "/elsewhere"}, b"")]
            self.sink.answers["/sms"] = [(200, {}, b'"ok"')]
            approval = self.ask()
            self.sink.wait("/sms")
            self.assertEqual(len(self.settings_of("quan").devices), 1)
            self.assertEqual(self.sink.of("/elsewhere"), [])
            self.decide(approval)
            self.sink.requests.clear()

    def test_a_telephone_is_not_sent_twice_what_may_have_come(self):
        self.set("quan", phone="+84901234567")
        self.sink.answers["/sms"] = [(500, {}, b""), (200, {}, b'"ok"')]
        approval = self.ask()
        self.sink.wait("/sms")
        self.quiet_for(3, "/sms")
        self.decide(approval)

    def test_an_answer_that_never_comes_holds_up_nobody(self):
        self.put("quan", "/hang")
        self.sink.answers["/hang"] = ["hang", "hang", "hang"]
        approval = self.ask()
        self.sink.wait("/hang")
        self.put("hoa")
        second = self.ask()
        self.sink.wait("/hoa")
        self.sink.wait("/hang", 3)  # of this one again, after its time, and of the other
        self.decide(approval)
        self.decide(second)

    # ---- ends ----

    def test_a_notifier_that_is_killed_is_there_again_and_nothing_comes_more_than_twice(self):
        self.put("quan")
        self.sink.answers["/quan"] = ["hang"]
        approval = self.ask()
        self.sink.wait("/quan")
        os.kill(child_of(self.server.process), signal.SIGKILL)
        self.sink.wait("/quan", 2)
        self.quiet_for(2, "/quan")
        self.decide(approval)
        self.sink.requests.clear()
        again = self.ask()
        self.sink.wait("/quan")
        self.decide(again)

    def test_a_server_that_is_killed_tells_nobody_twice_and_goes_on_with_the_next(self):
        self.put("hoa")
        self.put("quan")
        approval = self.ask()
        self.sink.wait("/hoa")
        time.sleep(NEXT_S / 2)  # the notifier has said that it was told
        for line in self.lines.values():
            line.close()
        self.company.owner.close()
        self.server.kill()
        self.server.start()
        self.company.owner = client.Connection(self.company.profile, self.server.address)
        self.company.owner.login(*server.OWNER)
        self.sink.wait("/quan")
        self.assertEqual(len(self.sink.of("/hoa")), 1)
        type(self).lines = {login: self.enter(login) for login in self.lines}
        self.assertEqual(len(self.settings_of("hoa").devices), 1)  # the same person logged in there anew
        self.decide(approval)

    # ---- whose it is ----

    def test_a_device_that_logs_out_or_is_blocked_and_a_person_who_is_blocked_are_told_no_more(self):
        self.put("quan")
        self.lines["quan"].ask(logout=client.pb.Logout())
        self.lines["quan"].login("quan", server.PASSWORD)
        self.assertEqual(list(self.settings_of("quan").devices), [])
        self.put("quan")
        self.lines["quan"].login("quan", server.PASSWORD)
        self.assertEqual(len(self.settings_of("quan").devices), 1)  # the same person stays
        self.lines["quan"].login("mai", server.PASSWORD)
        self.lines["quan"].login("quan", server.PASSWORD)
        self.assertEqual(list(self.settings_of("quan").devices), [])
        other = self.enter_also("quan", "lost phone")
        browser = Browser(self.folder)
        other.ask(put_push=client.pb.PutPush(endpoint=self.sink.origin + "/lost", point=browser.point,
                                             auth=browser.auth, language="en"))
        self.assertEqual([device.name for device in self.settings_of("quan").devices], ["lost phone"])
        self.company.owner.submit(change_terminal=client.pb.ChangeTerminal(terminal=other.number, blocked=True))
        self.until(lambda: not self.settings_of("quan").devices)
        other.close()
        far = self.company.clerk("gone", "ROLE_MANAGER")
        line = self.enter_also("gone", "of gone")
        line.ask(put_push=client.pb.PutPush(endpoint=self.sink.origin + "/gone", point=browser.point,
                                            auth=browser.auth, language="en"))
        self.company.owner.submit(change_staff=client.pb.ChangeStaff(staff=far, blocked=True))
        time.sleep(1)
        approval = self.ask()
        self.quiet_for(3, "/gone")
        self.decide(approval)
        line.close()

    def test_eight_devices_a_person(self):
        browser = Browser(self.folder)
        lines = []
        for n in range(9):
            line = self.enter_also("mai", f"device {n} of mai")
            lines.append(line)
            put = client.pb.PutPush(endpoint=f"{self.sink.origin}/m{n}", point=browser.point, auth=browser.auth,
                                    language="en")
            if n < 8:
                line.ask(put_push=put)
                continue
            with self.assertRaises(client.Refused) as caught:
                line.ask(put_push=put)
            refusal = caught.exception.refusal
            self.assertEqual((caught.exception.code, refusal.field, refusal.most), ("TOO_MANY", "device", 8))
        for line in lines:
            line.ask(logout=client.pb.Logout())
            line.close()

    def test_hours_of_rest(self):
        now = int(time.time() // 60 + self.lines["hoa"].welcome.utc_offset_minutes) % 1440
        self.put("quan")
        said = self.set("quan", quiet_from=(now - 30) % 1440, quiet_until=(now + 30) % 1440)
        self.assertEqual((said.quiet_from, said.quiet_until), ((now - 30) % 1440, (now + 30) % 1440))
        approval = self.ask()
        self.quiet_for(3, "/quan")
        self.decide(approval)
        self.set("quan", quiet_from=(now + 30) % 1440, quiet_until=(now - 30) % 1440)
        approval = self.ask()
        self.sink.wait("/quan")
        self.decide(approval)

    def test_a_test_says_what_came_of_it(self):
        browser = self.put("quan")
        self.set("quan", phone="+84901234567")
        self.sink.answers["/sms"] = [(200, {}, b"no")]
        said = self.lines["quan"].ask(test_notice=client.pb.TestNotice()).notice_tested
        self.assertEqual([(one.HasField("terminal"), one.result, one.status) for one in said.results],
                         [(True, client.pb.NOTICE_SENT, 201), (False, client.pb.NOTICE_REFUSED, 200)])
        self.assertEqual(browser.open(self.sink.of("/quan")[0][4])["approval"], 0)
        self.assertGreater(self.refused("BUSY", "", test_notice=client.pb.TestNotice()).retry_ms, 0)

    def test_bad_input_is_refused_by_name(self):
        browser = Browser(self.folder)

        def put(**changed):
            return client.pb.PutPush(**{"endpoint": "https://push.example/1", "point": browser.point,
                                        "auth": browser.auth, "language": "en", **changed})
        for endpoint in ("", "push.example", "ftp://push.example/", "https://", "https:///x", "https://a b/",
                         "https://u@h/", 'https://h/"', "https://h/" + "x" * 1000):
            self.refused("FIELD_INVALID", "endpoint", put_push=put(endpoint=endpoint))
        self.refused("FIELD_INVALID", "point", put_push=put(point=browser.point[:-1]))
        self.refused("FIELD_INVALID", "point", put_push=put(point=b"\4" + bytes(64)))
        self.refused("FIELD_INVALID", "auth", put_push=put(auth=b"short"))
        for language in ("<b>", "en-us", "zz", ""):
            self.refused("FIELD_INVALID", "language", put_push=put(language=language))
            self.refused("FIELD_INVALID", "language", set_notices=client.pb.SetNotices(language=language))
        for phone in ("0901234567", "+84", "+84 90 123", "+8490123456789012", "+84901234567;x"):
            self.refused("FIELD_INVALID", "phone", set_notices=client.pb.SetNotices(language="en", phone=phone))
        self.refused("FIELD_INVALID", "quiet_until", set_notices=client.pb.SetNotices(language="en", quiet_from=1))
        self.refused("FIELD_INVALID", "quiet_from",
                     set_notices=client.pb.SetNotices(language="en", quiet_from=1440, quiet_until=1))
        for body in ({"put_push": put()}, {"test_notice": client.pb.TestNotice()},
                     {"set_notices": client.pb.SetNotices(language="en")}):
            with self.assertRaises(client.Refused) as caught:
                self.lines["ann"].ask(**body)
            self.assertEqual(caught.exception.code, "RIGHT_MISSING")

    def test_secrets_are_in_one_file_and_nowhere_else(self):
        browser = self.put("quan", "/a-path-that-nobody-else-has")
        self.set("quan", phone="+84900000777")
        approval = self.ask()
        self.sink.wait("/a-path-that-nobody-else-has")
        self.decide(approval)
        path = os.path.join(self.server.ledger, "contacts")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        for words in (b"a-path-that-nobody-else-has", b"84900000777", browser.auth, SECRET.encode()):
            holding = []
            for where, _, names in os.walk(self.server.ledger):
                for name in names:
                    if name.endswith(".socket"):
                        continue
                    with open(os.path.join(where, name), "rb") as file:
                        if words in file.read():
                            holding.append(name)
            self.assertEqual([name for name in holding if name != "contacts"], [])
            with open(self.server.log, "rb") as log:
                self.assertNotIn(words, log.read())
        backup = os.path.join(self.folder, "backups")
        self.assertEqual(self.server.run("backup", "--to", backup).returncode, 0)
        for _, _, names in os.walk(backup):
            self.assertNotIn("contacts", names)

    def test_nobody_else_may_be_the_notifier(self):
        import socket
        with socket.socket(socket.AF_UNIX) as other:
            other.settimeout(5)
            other.connect(os.path.join(self.server.ledger, "notify.socket"))
            self.assertEqual(other.recv(100), b"")


class Many(World):
    """Of many that wait, people are told in few messages."""
    most = 3

    def counts(self, path, text):
        """Of how many each message tells."""
        said = [re.search(r"(\d+) (?:sales|toa)", text(request[4])) for request in self.sink.of(path)]
        return [int(one.group(1)) if one else 1 for one in said]

    def told(self, browser):
        return {"/quan": self.counts("/quan", lambda body: browser.open(body)["text"]),
                "/sms": self.counts("/sms", bytes.decode)}

    def test_many_go_into_one_and_nobody_is_told_of_one_twice(self):
        browser = self.put("quan")
        self.set("mai", phone="+84901234567")
        self.sink.answers["/sms"] = [(200, {}, b'"ok"')] * 100
        approvals = [self.ask(who) for who in ("ann", "far", "hoa") for _ in range(13)]  # 40 a customer
        self.assertEqual(len(set(approvals)), 39)
        time.sleep(6 * NEXT_S)  # every rank has had its time, and those that begin anew
        before = self.told(browser)
        for counts in before.values():
            self.assertTrue(1 <= len(counts) <= self.most and sum(counts) <= 39 and max(counts) > 1, before)
        self.server.kill()
        self.server.start()
        for who in list(self.lines):
            self.lines[who].close()
            self.lines[who] = self.enter(who)
        self.company.owner.close()
        self.company.owner = self.lines["owner"]
        self.until(lambda: all(sum(counts) >= 39 for counts in self.told(browser).values()))
        self.settled()
        after = self.told(browser)
        for path, counts in after.items():  # who was not told of all is told of the rest; of none twice
            self.assertEqual(sum(counts), 39, after)
            self.assertLessEqual(len(counts), 2 * self.most, after)
        for approval in approvals:
            self.decide(approval)


class Detailed(World):
    @classmethod
    def settings(cls):
        return [*super().settings(), "--notify-details"]

    def test_customer_amount_and_who_asks_are_named_when_the_owner_wants_it(self):
        browser = self.put("quan")
        approval = self.ask(amount=1234567)
        said = browser.open(self.sink.wait("/quan")[0][4])
        for words in ("Minh Long", "1,234,567", "VND", "ann", "Thủ Đức"):
            self.assertIn(words, said["text"])
        self.decide(approval)


class Guarded(World):
    """As it is in a shop: push services are public ones, and there is no gateway."""

    @classmethod
    def settings(cls):
        return ["--notify-contact", "mailto:owner@example.com"]

    def test_addresses_of_this_network_are_not_called(self):
        browser = Browser(self.folder)
        self.refused("FIELD_INVALID", "endpoint", put_push=client.pb.PutPush(
            endpoint=self.sink.origin + "/x", point=browser.point, auth=browser.auth, language="en"))
        port = self.sink.origin.rpartition(":")[2]
        for endpoint in ("https://127.0.0.1/x", "https://localhost/x", f"https://127.0.0.1:{port}/x", "https://[::1]/x",
                         "https://169.254.169.254/latest/meta-data", "https://0x7f000001/x", "https://2130706433/x"):
            self.lines["quan"].ask(put_push=client.pb.PutPush(endpoint=endpoint, point=browser.point,
                                                              auth=browser.auth, language="en"))
            line = client.Connection(os.path.join(self.folder, "of-quan"), self.server.address)
            line.login("quan", server.PASSWORD)
            said = line.ask(test_notice=client.pb.TestNotice()).notice_tested
            self.assertEqual([one.result for one in said.results], [client.pb.NOTICE_BLOCKED], endpoint)
            line.close()
            self.lines["quan"].close()
            self.lines["quan"] = self.enter("quan")
        self.assertEqual(self.sink.requests, [])

    def test_no_gateway_no_number(self):
        self.refused("NOTICES_OFF", "phone", set_notices=client.pb.SetNotices(language="en", phone="+84901234567"))


class Off(World):
    @classmethod
    def settings(cls):
        return []

    def test_a_server_without_them_says_so(self):
        said = self.settings_of("quan")
        self.assertEqual((said.push, said.phone, said.HasField("push_key")), (False, False, False))
        browser = Browser(self.folder)
        self.refused("NOTICES_OFF", "push", put_push=client.pb.PutPush(
            endpoint="https://push.example/1", point=browser.point, auth=browser.auth, language="en"))
        self.refused("NOTICES_OFF", "", test_notice=client.pb.TestNotice())
        self.assertFalse(os.path.exists(os.path.join(self.server.ledger, "notify.socket")))


class Settings(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-notices-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.sink = Sink()
        self.addCleanup(self.sink.close)
        self.file = os.path.join(self.folder, "tefterd.conf")
        self.secret = os.path.join(self.folder, "secret")
        with open(self.secret, "w", encoding="ascii") as file:
            file.write(SECRET)
        os.chmod(self.secret, 0o600)

    def run_it(self, *words, **keys):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(f'ledger = "{self.folder}/ledger"\n')
            file.writelines(f"{key} = '{value}'\n" for key, value in keys.items())
        return subprocess.run([os.path.join(BINARIES, "tefterd"), *words, "-c", self.file], capture_output=True,
                              text=True, check=False, timeout=60)

    def gateway(self, **changed):
        return {"notify_url": self.sink.origin + "/sms", "notify_body": "to={to}&text={text}",
                "notify_headers": "Content-Type: application/x-www-form-urlencoded", **changed}

    def test_one_message_as_it_would_be_sent(self):
        said = self.run_it("notify", "--phone", "+84901234567", **self.gateway())
        self.assertEqual((said.returncode, said.stdout), (0, "The gateway took it (HTTP 201).\n"), said.stderr)
        body = self.sink.of("/sms")[0][4].decode()
        self.assertTrue(body.startswith("to=%2B84901234567&text=Tefter%3A%20A%20test"), body)

    def test_what_went_wrong_is_told(self):
        self.sink.answers["/sms"] = [(401, {}, b"who are you")]
        said = self.run_it("notify", "--phone", "+84901234567", **self.gateway())
        self.assertEqual(said.returncode, 1)
        self.assertIn("did not take it", said.stderr)
        self.assertIn("HTTP 401", said.stderr)
        self.assertEqual(self.run_it("notify", "--phone", "0901", **self.gateway()).returncode, 2)
        self.assertIn("no gateway is set", self.run_it("notify", "--phone", "+84901234567").stderr)

    def test_check_names_the_line_and_what_to_do(self):
        for key, value, words in (
                ("notify_contact", "owner@example.com", "mailto:"),
                ("notify_url", "gateway.example/x", "https://HOST/"),
                ("notify_method", "BREW", "POST, PUT or GET"),
                ("notify_headers", "Content-Type application/json", "Name: value"),
                ("notify_body", "to={phone}&text={text}", "there is no {phone}"),
                ("notify_body", "text={text}", "{to} stands neither"),
                ("notify_body", "to={to}&text={text}&key={secret}", "no file holds it"),
                ("notify_after", "0s", "from 1"),
                ("notify_secret", "/nowhere/at-all", "cannot read")):
            said = self.run_it("check", **self.gateway(**{key: value}))
            self.assertEqual(said.returncode, 2, (key, value, said.stdout))
            self.assertIn(words, said.stderr)
            self.assertIn("tefterd.conf", said.stderr)
        os.chmod(self.secret, 0o644)
        said = self.run_it("check", **self.gateway(notify_secret=self.secret))
        self.assertIn(f"chmod 600 {self.secret}", said.stderr)
        os.chmod(self.secret, 0o600)
        said = self.run_it("check", **self.gateway(notify_secret=self.secret, notify_contact="mailto:a@b.example"))
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIn("notices       to browsers, to telephones, of the branch alone", said.stdout)
        self.assertIn("without TLS", said.stdout)


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    server.messages()
    unittest.main()
