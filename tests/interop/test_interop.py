#!/usr/bin/python3
"""A stranger's client against the real server: what proto/README.md promises.

    test_interop.py BINARIES
"""
import os
import shutil
import socket
import ssl
import struct
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client
import server

BINARIES = ""
PRICE = 1_250_000


class Stranger(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pb = server.messages()
        cls.folder = tempfile.mkdtemp(prefix="tefter-stranger-")
        cls.server = server.Server(BINARIES, cls.folder)
        cls.first_code = cls.server.init()
        cls.server.start()
        cls.company = server.Company(cls.server, cls.first_code)
        cls.branch = cls.company.branch("TD", "Thủ Đức")
        cls.company.clerk("minh", branch=cls.branch)
        cls.till = cls.company.terminal(cls.branch, "till 1")
        cls.drawer = cls.company.till(cls.branch)
        cls.product = cls.company.product("XM40", "Xi măng 40 kg", PRICE)

    @classmethod
    def tearDownClass(cls):
        cls.company.owner.close()
        code = cls.server.stop()
        cls.server.close()
        if code == 0:
            shutil.rmtree(cls.folder)
        else:
            raise AssertionError(f"tefterd ended with {code}:\n{cls.server.tail()}")

    def connect(self):
        connection = client.Connection(self.till)
        self.addCleanup(connection.close)
        return connection

    def clerk(self):
        connection = self.connect()
        connection.login("minh", server.PASSWORD)
        return connection

    def refused(self, code, do, *words, **named):
        with self.assertRaises(client.Refused) as caught:
            do(*words, **named)
        self.assertEqual(code, caught.exception.code)
        return caught.exception.refusal

    # ---- enrolment ----

    def test_a_code_names_its_server(self):
        secret, root = client.read_code(self.first_code)
        self.assertEqual(10, len(secret))
        typed = self.first_code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        self.assertEqual((secret, root), client.read_code(typed))
        pem = client.find_root(self.server.address, root)
        self.assertTrue(client.root_hash(ssl.PEM_cert_to_DER_cert(pem)).startswith(root))
        with self.assertRaises(ssl.SSLError):
            client.find_root(self.server.address, bytes(16))

    def test_a_code_works_once(self):
        number, code = self.company.code(self.branch, "till 9")
        folder = os.path.join(self.folder, "till-9")
        enrolled = client.enrol(self.server.address, code, folder)
        self.assertEqual(number, enrolled.terminal)
        self.refused("CODE_USED", client.enrol, self.server.address, code, folder + "-again")

    def test_a_wrong_secret_is_refused(self):
        _, root = client.read_code(self.first_code)
        raw = int.from_bytes(os.urandom(10) + root, "big") << 2
        code = "".join(client.LETTERS[raw >> 5 * at & 31] for at in range(41, -1, -1))
        self.refused("CODE_WRONG", client.enrol, self.server.address, code,
                     os.path.join(self.folder, "nobody"))

    def test_no_certificate_no_terminal(self):
        root = os.path.join(self.till, "root.pem")
        with self.assertRaises((OSError, client.Ended)):
            stream = client.dial(self.server.address, root, client.ALPN_TERMINAL)
            stream.sendall(client.frame(self.pb.FromTerminal(request=1, hello=self.pb.Hello(wire=1))))
            client.take_frame(stream)

    def test_another_protocol_is_not_spoken(self):
        with self.assertRaises(OSError):
            client.dial(self.server.address, os.path.join(self.till, "root.pem"), "http/1.1")

    def test_renewal(self):
        folder = self.company.terminal(self.branch, "till to renew")
        request = client.signing_request(os.path.join(folder, "fresh-key.pem"))
        # A new certificate is for one that is half over, and the refusal says from when on.
        with client.Connection(folder) as connection:
            self.assertFalse(connection.welcome.renew)
            terminal = connection.welcome.terminal
            with self.assertRaises(client.Refused) as told:
                connection.ask(renew=self.pb.Renew(request=request))
            self.assertEqual("RENEWAL_TOO_EARLY", told.exception.code)
            self.assertGreater(told.exception.refusal.from_ms, connection.welcome.now_ms + 190 * 24 * 3600 * 1000)
        # Enrolled anew, it is another device: the first counts no more.
        again = self.company.owner.ask(make_code=self.pb.MakeCode(terminal=terminal)).code.code
        client.enrol(self.server.address, again, folder + "-again")
        with self.assertRaises((client.Ended, OSError)):
            client.Connection(folder)

    def test_a_blocked_terminal_is_cut(self):
        number, code = self.company.code(self.branch, "till to block")
        folder = os.path.join(self.folder, "till-to-block")
        client.enrol(self.server.address, code, folder)
        connection = client.Connection(folder)
        connection.login("minh", server.PASSWORD)
        connection.stream.settimeout(5)
        block = self.pb.ChangeTerminal(terminal=number, blocked=True)
        self.company.owner.submit(change_terminal=block)
        with self.assertRaisesRegex(client.Ended, "blocked"):
            connection.receive()
        with self.assertRaisesRegex(client.Ended, "blocked"):
            client.Connection(folder)
        block.blocked = False
        self.company.owner.submit(change_terminal=block)
        client.Connection(folder).close()

    # ---- people ----

    def test_greeting(self):
        welcome = self.connect().welcome
        self.assertEqual(("VND", 0, "TD", 2), (welcome.currency, welcome.exponent,
                                               welcome.branch_code, welcome.wire))
        self.assertEqual(16, len(welcome.ledger))

    # ---- versions ----

    def test_terminals_of_the_first_version(self):
        """One that knows no features hears of none: it would not pass over them."""
        with client.Connection(self.till, alpn="tefter/1") as terminal:
            self.assertEqual(1, terminal.welcome.wire)
            self.assertFalse(terminal.welcome.HasField("features"))
            terminal.login("minh", server.PASSWORD)
            terminal.query(company=self.pb.CompanyView())

    def test_features(self):
        """What the server says it reads is what it reads; this suite sends nothing else."""
        till = self.clerk()
        self.assertEqual(2, till.welcome.wire)
        roots = till.features.types
        self.assertEqual({field.number for field in self.pb.FromTerminal.DESCRIPTOR.fields},
                         set(roots[0].numbers))
        for kind, name in ((self.pb.Command, "submit"), (self.pb.Query, "query")):
            place = dict(zip(roots[0].numbers, roots[0].types))[
                self.pb.FromTerminal.DESCRIPTOR.fields_by_name[name].number]
            if name == "submit":
                place = dict(zip(roots[place].numbers, roots[place].types))[2]
            self.assertEqual({field.number for field in kind.DESCRIPTOR.fields}, set(roots[place].numbers))

    def test_what_an_older_server_does_not_read(self):
        till = self.clerk()
        older = self.pb.Features.FromString(till.welcome.features)
        numbers = list(older.types[0].numbers)
        query = older.types[older.types[0].types[numbers.index(17)]]
        at = list(query.numbers).index(self.pb.Query.DESCRIPTOR.fields_by_name["trial_balance"].number)
        del query.numbers[at], query.types[at]
        till.features = client.Features(older.SerializeToString())
        with self.assertRaisesRegex(client.NotKnown, "trial_balance"):
            till.query(trial_balance=self.pb.TrialBalance())
        till.query(company=self.pb.CompanyView())

    def test_a_later_terminal_greets(self):
        """A Hello may say more than the server understands; what comes after it may not."""
        at = [os.path.join(self.till, n) for n in ("root.pem", "certificate.pem", "key.pem")]
        stream = client.dial(self.server.address, at[0], "tefter/2", at[1], at[2])
        self.addCleanup(stream.close)
        hello = self.pb.Hello(wire=2).SerializeToString() + b"\xa2\x06\x03new"
        packed = b"\x08\x01\x52" + bytes([len(hello)]) + hello
        stream.sendall(struct.pack(">I", len(packed)) + packed)
        self.assertTrue(self.pb.ToTerminal.FromString(client.take_frame(stream)).HasField("welcome"))
        ping = b"\x08\x02\x7a\x05\xa2\x06\x02hi"
        stream.sendall(struct.pack(">I", len(ping)) + ping)
        goodbye = self.pb.ToTerminal.FromString(client.take_frame(stream)).goodbye
        self.assertEqual("ping.#100", goodbye.refused.field)

    def test_what_a_later_server_says(self):
        """Rows, refusal codes and fields that this schema does not have."""
        refusal = self.pb.Refusal.FromString(b"\x08\xe7\x07\x12\x07voucher\xa2\x06\x01x")
        self.assertEqual("of a later version", client.Refused(refusal).code)
        self.assertEqual("voucher", refusal.field)
        picture = client.Picture(self.clerk(), 1, self.pb.TOPIC_CUSTOMERS)
        picture.put(self.pb.Row.FromString(b"\xa2\x06\x02\x08\x01"), 1)
        self.assertNotIn(None, [kind for kind, _ in picture.rows])

    def test_login(self):
        terminal = self.connect()
        self.refused("NOT_LOGGED_IN", terminal.query, trial_balance=self.pb.TrialBalance())
        self.refused("LOGIN_WRONG", terminal.login, "minh", "not his password")
        self.refused("LOGIN_WRONG", terminal.login, "nobody", "not his password")
        person = terminal.login("minh", server.PASSWORD)
        self.assertEqual(self.pb.ROLE_SALES, person.role)
        again = self.connect()
        self.assertEqual(person.staff, again.use_token(person.token).staff)

    def test_a_right_is_missing(self):
        refusal = self.refused("RIGHT_MISSING", self.clerk().submit, set_credit_limit=
                               self.pb.SetCreditLimit(customer=1, terms=self.pb.LimitTerms()))
        self.assertEqual(self.pb.RIGHT_SET_LIMIT, refusal.right)
        self.assertIn(self.pb.ROLE_OWNER, refusal.roles)

    # ---- trade ----

    def test_sell_up_to_the_limit_and_not_over(self):
        customer = self.company.customer("Xây dựng Phú Mỹ", 10 * PRICE)
        till = self.clerk()
        done = till.submit(**server.invoice(customer, self.product, 7))
        self.assertEqual(7 * PRICE, done.total_minor)
        self.assertTrue(done.number.startswith("TD-"))
        self.assertEqual(3 * PRICE, done.account.available_minor)
        refusal = self.refused("CREDIT_LIMIT_EXCEEDED", till.submit,
                               **server.invoice(customer, self.product, 4))
        self.assertEqual(PRICE, refusal.over_by_minor)
        self.assertEqual(3 * PRICE, refusal.available_minor)
        self.assertTrue(refusal.ways)
        till.submit(**server.payment(customer, self.drawer, PRICE))
        done = till.submit(**server.invoice(customer, self.product, 4))
        self.assertEqual(0, done.account.available_minor)
        bills = till.query(unpaid_bills=self.pb.UnpaidBills(customer=customer))
        self.assertEqual([6 * PRICE, 4 * PRICE], [bill.open_minor for bill in bills.bills])

    def test_an_id_counts_once(self):
        customer = self.company.customer("Whitfield & Sons", 10 * PRICE)
        till = self.clerk()
        identity = till.new_id()
        first = till.submit(identity, **server.invoice(customer, self.product, 2))
        self.assertEqual(first, till.submit(identity, **server.invoice(customer, self.product, 2)))
        other = self.clerk()
        self.assertEqual(first, other.submit(identity, **server.invoice(customer, self.product, 2)))
        self.refused("COMMAND_ID_REUSED", till.submit, identity,
                     **server.invoice(customer, self.product, 3))
        card = till.query(customer_card=self.pb.CustomerCard(customer=customer))
        self.assertEqual(2 * PRICE, card.account.balance_minor)
        known = till.query(command=self.pb.CommandLookup(id=identity))
        self.assertTrue(known.known)
        self.assertEqual(first, known.reply.done)
        self.assertFalse(till.query(command=self.pb.CommandLookup(id=till.new_id())).known)
        # What came of it is told to the terminal that asked, and not to the owner's either.
        self.refused("COMMAND_ID_FOREIGN", self.company.owner.query, command=self.pb.CommandLookup(id=identity))

    def test_a_refusal_is_remembered_too(self):
        customer = self.company.customer("Old Mill Joinery", PRICE)
        till = self.clerk()
        identity = till.new_id()
        self.refused("CREDIT_LIMIT_EXCEEDED", till.submit, identity,
                     **server.invoice(customer, self.product, 2))
        self.company.limit(customer, 10 * PRICE)
        self.refused("CREDIT_LIMIT_EXCEEDED", till.submit, identity,
                     **server.invoice(customer, self.product, 2))
        till.submit(**server.invoice(customer, self.product, 2))

    def test_ids_of_others_and_of_old(self):
        till = self.clerk()
        customer = self.company.customer("李记五金", 10 * PRICE)
        sale = server.invoice(customer, self.product)
        foreign = till.new_id()[:6] + struct.pack(">I", 999) + bytes(6)
        self.refused("COMMAND_ID_FOREIGN", till.submit, foreign, **sale)
        old = (int(time.time() - 46 * 86400) * 1000).to_bytes(6, "big") + till.new_id()[6:]
        self.refused("COMMAND_ID_TOO_OLD", till.submit, old, **sale)
        self.refused("FIELD_INVALID", till.submit, b"short", **sale)

    def test_many_under_way(self):
        customer = self.company.customer("东湖装饰公司", 1000 * PRICE)
        till = self.clerk()
        packed = self.pb.Command(**server.invoice(customer, self.product)).SerializeToString()
        requests = [till.send_command(packed, till.new_id()) for _ in range(200)]
        numbers = {till.reply_to(request).done.number for request in requests}
        self.assertEqual(200, len(numbers))
        card = till.query(customer_card=self.pb.CustomerCard(customer=customer))
        self.assertEqual(200 * PRICE, card.account.balance_minor)

    def test_books_balance(self):
        books = self.company.owner.query(trial_balance=self.pb.TrialBalance())
        self.assertTrue(books.balanced)
        self.assertEqual(0, books.sum_minor)

    # ---- pushes ----

    def until(self, picture, true, turns=200):
        for _ in range(turns):
            if true():
                return
            picture.turn()
        self.fail("it was never pushed")

    def test_pushes_of_another_connection(self):
        customer = self.company.customer("Τεχνική Αιγαίου", 10 * PRICE)
        watcher = self.clerk()
        picture = client.Picture(watcher, 1, self.pb.TOPIC_CUSTOMERS)
        self.until(picture, lambda: picture.exact)
        self.assertEqual(0, picture.account(customer).balance_minor)
        self.assertEqual("Τεχνική Αιγαίου", picture.customer(customer).name.value)
        self.clerk().submit(**server.invoice(customer, self.product, 3))
        self.until(picture, lambda: picture.account(customer).balance_minor == 3 * PRICE)
        last = picture.account(customer).last
        self.assertEqual(self.pb.INVOICE_ISSUED, last.kind)
        self.assertEqual(3 * PRICE, last.amount_minor)
        self.assertEqual(self.branch, last.actor.branch)
        newcomer = self.company.customer("شرکت سازه آریا")
        self.until(picture, lambda: ("customer", newcomer) in picture.rows)

    def test_only_chosen_customers(self):
        mine = self.company.customer("Fenwick Tiles", 10 * PRICE)
        other = self.company.customer("Northgate Plumbing", 10 * PRICE)
        watcher = self.clerk()
        wish = self.pb.Subscribe(subscription=7, topic=self.pb.TOPIC_CUSTOMERS, customers=[mine])
        watcher.ask(subscribe=wish)
        till = self.clerk()
        till.submit(**server.invoice(other, self.product))
        till.submit(**server.invoice(mine, self.product))
        seen = set()
        while ("delta", mine) not in seen:
            message = watcher.next_push()
            kind = message.WhichOneof("body")
            rows = getattr(message, kind).rows
            seen |= {(kind, row.account.customer) for row in rows if row.HasField("account")}
        self.assertNotIn(other, {customer for _, customer in seen})
        self.refused("ALREADY_SUBSCRIBED", watcher.ask, subscribe=wish)
        watcher.ask(unsubscribe=self.pb.Unsubscribe(subscription=7))

    def test_resume_after_a_lost_connection(self):
        customer = self.company.customer("Χρώματα Ολυμπία", 10 * PRICE)
        watcher = self.clerk()
        picture = client.Picture(watcher, 1, self.pb.TOPIC_CUSTOMERS)
        self.until(picture, lambda: picture.exact)
        watcher.stream.close()
        till = self.clerk()
        till.submit(**server.invoice(customer, self.product, 2))
        till.submit(**server.invoice(customer, self.product, 1))
        back = client.Picture(self.clerk(), 5, self.pb.TOPIC_CUSTOMERS, resume=picture)
        self.assertTrue(back.resumed)
        self.until(back, lambda: back.account(customer).balance_minor == 3 * PRICE)
        self.assertGreater(back.exact, picture.exact)

    def test_a_foreign_resume_gets_pages(self):
        watcher = self.clerk()
        wish = self.pb.Subscribe(subscription=1, topic=self.pb.TOPIC_CUSTOMERS)
        wish.resume.ledger = bytes(16)
        wish.resume.incarnation = watcher.welcome.incarnation
        wish.resume.seq = 1
        self.assertFalse(watcher.ask(subscribe=wish).subscribed.resumed)
        self.assertTrue(watcher.next_push().HasField("snapshot_chunk"))

    def test_a_set_comes_even_when_no_row_changed(self):
        watcher = self.clerk()
        watcher.stream.settimeout(watcher.welcome.heartbeat_ms / 1000 + 5)
        picture = client.Picture(watcher, 1, self.pb.TOPIC_CUSTOMERS)
        self.until(picture, lambda: picture.exact)
        self.company.product("GACH", "Gạch ống", 1200)
        seq = self.clerk().ask(ping=self.pb.Ping()).pong.seq
        self.until(picture, lambda: picture.exact >= seq)

    # ---- what is read strictly ----

    def goodbye_to(self, connection, data):
        connection.stream.sendall(data)
        with self.assertRaises((client.Ended, OSError)) as caught:
            while True:
                connection.receive()
        return str(caught.exception)

    def test_bad_frames_end_the_connection(self):
        pb = self.pb
        ping = pb.FromTerminal(request=1, ping=pb.Ping()).SerializeToString()
        bad = {
            "length zero": struct.pack(">I", 0),
            "too long": struct.pack(">I", 1 << 30),
            "not protobuf": struct.pack(">I", 5) + b"\xff" * 5,
            "unknown field": struct.pack(">I", len(ping) + 3) + ping + b"\x98\x7d\x01",
            "twice": struct.pack(">I", len(ping) + 2) + ping + b"\x08\x02",
            "long varint": struct.pack(">I", len(ping) + 1) + b"\x08\x81\x00" + ping[2:],
            "two bodies": struct.pack(">I", 2 * len(ping) - 2) + ping + b"\x72\x00",
        }
        for what, data in bad.items():
            with self.subTest(what=what):
                self.assertIn("read", self.goodbye_to(self.clerk(), data))

    def test_hello_comes_first_and_once(self):
        pb = self.pb
        again = client.frame(pb.FromTerminal(request=9, hello=pb.Hello(wire=1)))
        self.assertIn("Hello", self.goodbye_to(self.connect(), again))
        with self.assertRaises(client.Ended):
            at = [os.path.join(self.till, n) for n in ("root.pem", "certificate.pem", "key.pem")]
            stream = client.dial(self.server.address, at[0], client.ALPN_TERMINAL, at[1], at[2])
            stream.sendall(client.frame(pb.FromTerminal(request=1, ping=pb.Ping())))
            message = pb.ToTerminal.FromString(client.take_frame(stream))
            self.assertTrue(message.HasField("goodbye"))
            raise client.Ended(message.goodbye.reason)

    def test_a_command_that_cannot_be_read(self):
        till = self.clerk()
        for what, packed in {
                "no kind": b"", "not protobuf": b"\xff\xff",
                "unknown kind": b"\xfa\x7f\x00",
                "bidi text": self.pb.Command(open_customer=self.pb.OpenCustomer(
                    name=self.pb.Text(value="a\u202eb"))).SerializeToString()}.items():
            with self.subTest(what=what):
                reply = till.reply_to(till.send_command(packed, till.new_id()))
                self.assertEqual(0, reply.seq)
                self.assertTrue(reply.HasField("refused"))
        till.ask(ping=self.pb.Ping())

    def test_too_many_lines(self):
        customer = self.company.customer("Long list", 10 * PRICE)
        line = self.pb.InvoiceLine(product=self.product, quantity=1000)
        till = self.clerk()
        reply = till.reply_to(till.send_command(self.pb.Command(issue_invoice=self.pb.IssueInvoice(
            customer=customer, lines=[line] * 2001)).SerializeToString(), till.new_id()))
        self.assertTrue(reply.HasField("refused"))
        self.assertEqual(0, reply.seq)

    def test_byte_by_byte(self):
        till = self.clerk()
        for byte in client.frame(self.pb.FromTerminal(request=77, ping=self.pb.Ping())):
            till.stream.sendall(bytes([byte]))
        till.wait(77)

    def test_a_deadline_that_is_past(self):
        till = self.clerk()
        customer = self.company.customer("Late", 10 * PRICE)
        packed = self.pb.Command(**server.invoice(customer, self.product)).SerializeToString()
        request = till.send(deadline_ms=60000, submit=self.pb.SubmitCommand(
            id=till.new_id(), command=packed))
        self.assertTrue(till.reply_to(request).HasField("done"))

    def test_no_resumption(self):
        root = os.path.join(self.till, "root.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(root)
        context.set_alpn_protocols(list(client.ALPN_TERMINAL))
        context.load_cert_chain(os.path.join(self.till, "certificate.pem"),
                                os.path.join(self.till, "key.pem"))
        host, port = self.server.address.rsplit(":", 1)
        with context.wrap_socket(socket.create_connection((host, int(port)))) as stream:
            stream.sendall(client.frame(self.pb.FromTerminal(request=1, hello=self.pb.Hello(wire=1))))
            client.take_frame(stream)
            self.assertEqual("TLSv1.3", stream.version())
            self.assertFalse(stream.session and stream.session.has_ticket)


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main()
