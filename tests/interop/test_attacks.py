#!/usr/bin/python3
"""What somebody with a login of their own would try, against the real server: to credit more than they
may, to take back money alone, to see what is another terminal's, to fill the memory or the places of all.
After each of it the others are served, and `tefterd verify` is content.

    test_attacks.py BINARIES
"""
import os
import shutil
import socket
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client
import server

BINARIES = ""
ALONE = 100  # what an accountant credits, and who took money takes back, alone
PARKED = 20  # approvals that one person may ask for, with a sale or without
OF_CUSTOMER = 40  # and that wait for one customer
LONG = 600   # about as many lines as fit
LINES = 2000
ASKED = 620  # more approvals than a page of a list holds: of 31 clerks


class Attacks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pb = server.messages()
        cls.folder = tempfile.mkdtemp(prefix="tefter-attacks-")
        cls.server = server.Server(BINARIES, cls.folder)
        code = cls.server.init()
        cls.server.start()
        cls.company = server.Company(cls.server, code)
        cls.owner = cls.company.owner
        cls.branch = cls.company.branch("TD", "Thủ Đức")
        cls.office = cls.company.terminal(1, "office")
        cls.till = cls.company.terminal(cls.branch, "till")
        cls.drawer = cls.company.till(cls.branch)
        cls.safe = cls.company.till(1)
        cls.bank = cls.owner.submit(add_bank_account=cls.pb.AddBankAccount(name="bank", number="1")).id
        cls.product = cls.company.product("XM40", "Xi măng 40 kg", 1)
        cls.company.clerk("minh")
        cls.company.clerk("yen", role="ROLE_ACCOUNTANT")
        cls.company.clerk("hoa", role="ROLE_MANAGER")
        cls.owner.submit(set_credit_policy=cls.pb.SetCreditPolicy(
            terms=cls.pb.LimitTerms(limit_minor=0), credit_note_approve_minor=ALONE, own_reversal_minor=ALONE))

    @classmethod
    def tearDownClass(cls):
        cls.company.owner.close()
        cls.server.end_well()
        shutil.rmtree(cls.folder)

    def at(self, folder, login):
        connection = client.Connection(folder)
        self.addCleanup(connection.close)
        connection.login(login, server.PASSWORD)
        return connection

    def restart(self):
        self.owner.close()
        self.server.stop()
        self.server.start(listen=self.server.address)
        type(self).owner = self.company.owner = client.Connection(self.company.profile)
        self.owner.login(*server.OWNER)

    def refused(self, do, *words, **named):
        with self.assertRaises(client.Refused) as told:
            do(*words, **named)
        return told.exception.refusal

    def bill(self, customer, amount=1000):
        """The id of a bill, sold by the owner."""
        return self.owner.submit(**server.invoice(customer, self.product, amount)).id

    def balance(self, customer):
        return self.owner.query(customer_card=self.pb.CustomerCard(customer=customer)).account.balance_minor

    # ---- an accountant credits more than they may alone ----

    def note(self, invoice=None, amount=0, **more):
        """A credit note over so much of a bill of one line."""
        if invoice is not None:
            more.update(invoice=invoice, credit=[self.pb.CreditNoteLine(line=0, quantity=amount * 1000)])
        return {"issue_credit_note": self.pb.IssueCreditNote(**more)}

    def credited_out(self):
        """(customer, two bills of theirs) of whom yen has credited all that she may today."""
        customer = self.company.customer("Anh", 10**9)
        bills = [self.bill(customer) for _ in range(2)]
        yen = self.at(self.office, "yen")
        yen.submit(**self.note(bills[0], ALONE - 1))
        yen.submit(**self.note(bills[1], 1))
        return yen, customer, bills

    def test_an_accountant_who_has_credited_all_they_may_finds_no_other_way(self):
        pb = self.pb
        yen, customer, bills = self.credited_out()
        goods = [pb.InvoiceLine(product=self.product, quantity=1000)]
        code = self.owner.query(customer_card=pb.CustomerCard(customer=customer)).row.code
        number = self.owner.query(document=pb.DocumentView(document=bills[0])).document.number
        tries = {
            "the same bill": self.note(bills[0], 1),
            "another bill": self.note(bills[1], 1),
            "a bill by its number": self.note(invoice_number=number, credit=[pb.CreditNoteLine(line=0, quantity=1000)]),
            "all that is left of it": self.note(invoice=None, invoice_number=number),
            "goods without a bill": self.note(customer=customer, lines=goods),
            "goods, the customer by code": self.note(customer_code=code, lines=goods),
            "a charge beside goods": self.note(customer=customer, lines=goods, charges=[pb.Charge(title="x", amount_minor=1)]),
            "what happened already": self.note(bills[0], 1, backfill=True),
            "as an import": self.note(customer=customer, lines=goods, source="old", number="K1"),
            "dated yesterday": self.note(customer=customer, lines=goods, date=yen.welcome.date - 1),
        }
        elsewhere = self.at(self.till, "yen")
        for what, kind in tries.items():
            for where in (yen, elsewhere):
                with self.subTest(what=what, where="here" if where is yen else "at another branch"):
                    told = self.refused(where.submit, **kind)
                    self.assertIn(pb.RefusalCode.Name(told.code), ("RIGHT_MISSING",))
                    self.assertEqual(0, told.available_minor)
        self.assertEqual(2000 - ALONE, self.balance(customer))
        self.at(self.office, "hoa").submit(**self.note(bills[0], 500))  # who may, may

    def test_credit_notes_all_at_once_are_counted_in_turn(self):
        customer = self.company.customer("Binh", 10**9)
        bills = [self.bill(customer) for _ in range(10)]
        both = [self.at(self.office, "yen"), self.at(self.till, "yen")]
        sent = []
        for i, bill in enumerate(bills):
            command = self.pb.Command(**self.note(bill, ALONE - 40)).SerializeToString()
            sent.append((both[i % 2], both[i % 2].send_command(command, both[i % 2].new_id())))
        done = [where.reply_to(request).HasField("done") for where, request in sent]
        self.assertEqual(1, done.count(True))
        self.assertEqual(10 * 1000 - (ALONE - 40), self.balance(customer))

    def test_a_note_taken_back_gives_back_what_it_was_and_no_more(self):
        pb = self.pb
        yen, customer, bills = self.credited_out()
        for _ in range(3):
            self.refused(yen.submit, **self.note(bills[0], 1))
            notes = [row.document for row in self.owner.query(documents=pb.DocumentList(customer=customer)).rows
                     if row.kind == pb.DOCUMENT_CREDIT_NOTE and row.state != pb.DOCUMENT_REVERSED]
            for note in notes:
                yen.submit(reverse_document=pb.ReverseDocument(document=note, reason=pb.Text(value="again")))
            self.assertEqual(2000, self.balance(customer))
            self.refused(yen.submit, **self.note(bills[1], ALONE + 1))
            yen.submit(**self.note(bills[1], ALONE))
        self.assertEqual(2000 - ALONE, self.balance(customer))

    # ---- who took money takes it back ----

    def cash(self, who, customer, amount):
        return who.submit(**server.payment(customer, self.drawer, amount)).id

    def test_money_is_taken_back_alone_up_to_the_threshold_whatever_it_is_called(self):
        pb = self.pb
        customer, other = self.company.customer("Cuc", 10**9), self.company.customer("Dao", 10**9)
        self.bill(customer)
        minh = self.at(self.till, "minh")
        paid = [self.cash(minh, customer, ALONE) for _ in range(3)]
        why = pb.Text(value="by mistake")
        self.assertEqual("FIELD_MISSING", pb.RefusalCode.Name(self.refused(
            minh.submit, reverse_document=pb.ReverseDocument(document=paid[0])).code))
        minh.submit(reverse_document=pb.ReverseDocument(document=paid[0], reason=why))
        slip = minh.submit(take_payment=pb.TakePayment(
            customer=customer, kind=pb.PAYMENT_SLIP, money_account=self.bank, amount_minor=50, reference="S1",
            payer=pb.Text(value="Cuc"))).id
        small = pb.TakePayment(customer=customer, kind=pb.PAYMENT_CASH, money_account=self.drawer, amount_minor=1)
        moved = pb.TakePayment(customer=other, kind=pb.PAYMENT_CASH, money_account=self.drawer, amount_minor=ALONE)
        tries = {
            "reversed": dict(reverse_document=pb.ReverseDocument(document=paid[1], reason=why)),
            "corrected to almost nothing": dict(correct_payment=pb.CorrectPayment(document=paid[1], payment=small, reason=why)),
            "moved to somebody else": dict(correct_payment=pb.CorrectPayment(document=paid[2], payment=moved, reason=why)),
        }
        for where in (minh, self.at(self.till, "minh")):
            for what, kind in tries.items():
                with self.subTest(what=what):
                    told = self.refused(where.submit, **kind)
                    self.assertEqual("SECOND_PERSON_NEEDED", pb.RefusalCode.Name(told.code))
                    self.assertIn(pb.ROLE_MANAGER, told.roles)
            self.refused(where.submit, confirm_payment=pb.ConfirmPayment(payment=slip, confirmed=False, reason=why))
        sent = [minh.send_command(pb.Command(**tries["reversed"]).SerializeToString(), minh.new_id()) for _ in range(20)]
        self.assertFalse(any(minh.reply_to(request).HasField("done") for request in sent))
        self.assertEqual(1000 - 2 * ALONE, self.balance(customer) + (50 if self.balance(customer) < 800 else 0))
        self.at(self.office, "hoa").submit(**tries["reversed"])

    # ---- what is another's ----

    def test_what_came_of_a_command_is_told_to_its_own_terminal_only(self):
        customer = self.company.customer("Em", 10**9)
        minh = self.at(self.till, "minh")
        ids = [minh.new_id() for _ in range(3)]
        minh.submit(ids[0], **server.invoice(customer, self.product))
        self.refused(minh.submit, ids[1], **server.invoice(customer, self.product, 10**10))
        for who in (self.at(self.office, "minh"), self.at(self.office, "hoa"), self.owner):
            for identity in (*ids, ids[0][:6] + b"\0\0\0\0" + ids[0][10:], ids[0][:6] + b"\xff\xff\xff\xff" + ids[0][10:]):
                told = self.refused(who.query, command=self.pb.CommandLookup(id=identity))
                self.assertEqual("COMMAND_ID_FOREIGN", self.pb.RefusalCode.Name(told.code))
        self.assertTrue(minh.query(command=self.pb.CommandLookup(id=ids[0])).known)

    def test_a_dozen_right_logins_of_one_name_at_once_all_get_in(self):
        failed = []

        def enter():
            try:
                with client.Connection(self.till) as till:
                    till.login("minh", server.PASSWORD)
            except (OSError, client.Ended, client.Refused) as wrong:
                failed.append(wrong)

        crowd = [threading.Thread(target=enter) for _ in range(12)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        self.assertEqual([], failed)

    # ---- the memory of all ----

    def draft(self, customer, lines):
        line = self.pb.InvoiceLine(product=self.product, quantity=1000, text="a text that is somewhat long" * 3)
        return self.pb.IssueInvoice(customer=customer, lines=[line] * lines)

    def asking(self, name):
        """A customer whose sales want an approval."""
        customer = self.company.customer(name)
        self.owner.submit(set_credit_limit=self.pb.SetCreditLimit(customer=customer, terms=self.pb.LimitTerms(
            limit_minor=1, policy=self.pb.EXCESS_APPROVE)))
        return customer

    def approvals_are_there(self, least):
        """By the list, page by page, and by a subscription."""
        pb = self.pb
        with client.Connection(self.office) as hoa:
            hoa.login("hoa", server.PASSWORD)
            seen, page = set(), None
            while True:
                answer = hoa.query(approvals=pb.ApprovalList(waiting_only=True, page=page))
                seen |= {one.approval for one in answer.approvals}
                page = answer.next
                if not page:
                    break
            self.assertGreaterEqual(len(seen), least)
            hoa.ask(subscribe=pb.Subscribe(subscription=1, topic=pb.TOPIC_APPROVALS))
            pushed, last = set(), False
            while not last:
                chunk = hoa.next_push().snapshot_chunk
                pushed |= {row.approval.approval for row in chunk.rows if row.HasField("approval")}
                last = chunk.last
            self.assertEqual(seen, pushed)

    def test_parked_sales_of_many_lines_cost_nobody_else_anything(self):
        customer = self.asking("Phuong")
        minh = self.at(self.till, "minh")
        def ask(lines):
            return dict(ask_approval=self.pb.AskApproval(
                customer=customer, amount_minor=lines, minutes=1440, draft=self.draft(customer, lines)))
        self.assertEqual(self.pb.FIELD_INVALID, self.refused(minh.submit, **ask(LINES)).code)
        for _ in range(PARKED):
            last = minh.submit(**ask(LONG)).id
        self.assertEqual(self.pb.TOO_MANY, self.refused(minh.submit, **ask(1 + LONG)).code)
        self.assertEqual(LONG, len(minh.query(approval=self.pb.ApprovalView(approval=last)).lines))
        for _ in range(2):
            self.approvals_are_there(PARKED)
            self.bill(self.company.customer("Giang", 10**9))
            self.restart()

    def clerk(self, login):
        number = self.owner.submit(add_staff=self.pb.AddStaff(login=login, role=self.pb.ROLE_SALES)).id
        self.owner.ask(set_password=self.pb.SetPassword(staff=number, password=server.PASSWORD))
        connection = client.Connection(self.till)
        connection.login(login, server.PASSWORD)
        return connection

    def bare(self, customer):
        """Without a sale: it takes a place as one with a sale does."""
        return self.pb.Command(ask_approval=self.pb.AskApproval(customer=customer, amount_minor=10**6, minutes=1440))

    def test_all_approvals_are_listed_and_pushed_however_many(self):
        for i in range(ASKED // PARKED):
            ask = self.bare(self.asking(f"Hai {i}")).SerializeToString()
            with self.clerk(f"asker{i}") as clerk:
                sent = [clerk.send_command(ask, clerk.new_id()) for _ in range(PARKED + 1)]
                done = [clerk.reply_to(request) for request in sent]
                self.assertTrue(all(reply.HasField("done") for reply in done[:PARKED]))
                self.assertEqual((self.pb.TOO_MANY, "draft", PARKED),
                                 (done[-1].refused.code, done[-1].refused.field, done[-1].refused.most))
        self.approvals_are_there(ASKED)

    def test_one_customer_has_so_many_whoever_asks(self):
        customer = self.asking("Ngoc")
        ask = self.bare(customer).SerializeToString()
        for i in range(OF_CUSTOMER // PARKED):
            with self.clerk(f"crowd{i}") as clerk:
                sent = [clerk.send_command(ask, clerk.new_id()) for _ in range(PARKED)]
                self.assertTrue(all(clerk.reply_to(request).HasField("done") for request in sent))
        with self.clerk("latecomer") as clerk:
            refused = clerk.reply_to(clerk.send_command(ask, clerk.new_id())).refused
            self.assertEqual((self.pb.TOO_MANY, "customer", OF_CUSTOMER), (refused.code, refused.field, refused.most))
            other = self.bare(self.asking("Ngan")).SerializeToString()
            self.assertTrue(clerk.reply_to(clerk.send_command(other, clerk.new_id())).HasField("done"))

    def test_refused_requests_in_a_row_leave_the_others_alone(self):
        customer = self.company.customer("Khanh", 1)
        minh, hoa = self.at(self.till, "minh"), self.at(self.office, "hoa")
        big = self.pb.Command(issue_invoice=self.draft(customer, LINES)).SerializeToString()
        wrong = self.pb.Command(match_items=self.pb.MatchItems(customer=customer, parts=[
            self.pb.MatchPart(debit=i + 1, credit=i + 2) for i in range(1000)])).SerializeToString()
        foreign = self.pb.Command(reverse_document=self.pb.ReverseDocument(
            document=1, reason=self.pb.Text(value="x" * 1999))).SerializeToString()
        unseen = self.pb.Command(open_customer=self.pb.OpenCustomer(
            name=self.pb.Text(value="x" * 1900 + "\u200b"))).SerializeToString()
        for command in (big, wrong, foreign, unseen):
            sent = [minh.send_command(command, minh.new_id()) for _ in range(60)]
            hoa.submit(**server.invoice(self.company.customer("Lan", 10**9), self.product))
            self.assertFalse(any(minh.reply_to(request).HasField("done") for request in sent))

    # ---- bounds of matching ----

    def all_done(self, commands):
        """One after the other, none waiting for its reply; what they made."""
        made = []
        for begin in range(0, len(commands), 100):
            sent = [self.owner.send_command(self.pb.Command(**kind).SerializeToString(), self.owner.new_id())
                    for kind in commands[begin:begin + 100]]
            for request in sent:
                reply = self.owner.reply_to(request)
                self.assertTrue(reply.HasField("done"), reply)
                made.append(reply.done.id)
        return made

    def test_matches_that_were_undone_leave_their_places(self):
        pb = self.pb
        customer = self.company.customer("My", 10**9)
        bills = self.all_done([server.invoice(customer, self.product)] * 2000)
        money = self.owner.submit(take_payment=pb.TakePayment(
            customer=customer, kind=pb.PAYMENT_CASH, money_account=self.safe, amount_minor=3500)).id
        self.all_done([dict(match_items=pb.MatchItems(customer=customer, parts=[
            pb.MatchPart(debit=bill, credit=money) for bill in half])) for half in (bills[:1000], bills[1000:])])
        touches = self.owner.query(document=pb.DocumentView(document=money)).touches
        self.assertEqual(2000, len(touches))
        self.owner.submit(undo_match=pb.UndoMatch(customer=customer, match=touches[0].match, reason=pb.Text(value="x")))
        oldest = dict(match_items=pb.MatchItems(customer=customer, order=pb.MATCH_OLDEST_DUE))
        self.assertEqual(2500, self.owner.query(document=pb.DocumentView(document=money)).open_minor)
        self.owner.submit(**oldest)
        self.assertEqual(1500, self.owner.query(document=pb.DocumentView(document=money)).open_minor)
        # Full again: what is open on both sides is said to be kept apart by the bound.
        self.all_done([server.invoice(customer, self.product)] * 2)
        told = self.refused(self.owner.submit, **oldest)
        self.assertEqual(("TOO_MANY", 2000), (pb.RefusalCode.Name(told.code), told.most))
        self.assertEqual(2002 - 3500, self.balance(customer))

    # ---- past every end ----

    def test_commands_past_their_ends_are_refused_by_name(self):
        pb, why, most = self.pb, self.pb.Text(value="x"), 2**63 - 1
        customer = self.company.customer("Nam", 10**12)
        bills = self.all_done([server.invoice(customer, self.product, 3)] * 1000)
        money = self.owner.submit(take_payment=pb.TakePayment(
            customer=customer, kind=pb.PAYMENT_CASH, money_account=self.safe, amount_minor=3000)).id
        hoa = self.at(self.office, "hoa")

        def parts(*pairs, amount=None):
            return dict(match_items=pb.MatchItems(customer=customer, parts=[
                pb.MatchPart(debit=debit, credit=credit, amount_minor=amount) for debit, credit in pairs]))

        def pay(amount, **more):
            return pb.TakePayment(customer=customer, kind=pb.PAYMENT_CASH, money_account=self.safe, amount_minor=amount, **more)

        def sale(**line):
            return dict(issue_invoice=pb.IssueInvoice(customer=customer, lines=[pb.InvoiceLine(product=self.product, **line)]))

        tries = [
            ("AMOUNT_NOT_POSITIVE", parts(*[(bills[0], money)] * 1000, amount=0)),
            ("AMOUNT_NOT_POSITIVE", parts((bills[0], money), amount=-most)),
            ("MATCH_TOO_MUCH", parts(*[(bills[0], money)] * 1000, amount=1)),
            ("AMOUNT_TOO_BIG", parts((bills[0], money), amount=most)),
            ("FIELD_INVALID", parts((bills[0], bills[1]))),
            ("FIELD_INVALID", parts((money, money))),
            ("UNREADABLE", parts(*[(bills[0], money)] * 1001)),
            ("MATCH_TOO_MUCH", dict(take_payment=pay(5, bills=[pb.BillAmount(bill=bills[5], amount_minor=1)] * 1000))),
            ("AMOUNT_TOO_BIG", dict(take_payment=pay(most))),
            ("AMOUNT_NOT_POSITIVE", dict(take_payment=pay(-most))),
            ("AMOUNT_TOO_BIG", sale(quantity=most, price=most)),
            ("QUANTITY_NOT_POSITIVE", sale(quantity=-most)),
            ("NOT_FOUND", dict(correct_invoice=pb.CorrectInvoice(
                document=bills[0], reason=why, invoice=pb.IssueInvoice(lines=[
                    pb.InvoiceLine(line=2**32 - 1, quantity=1000)])))),
            ("RIGHT_MISSING", dict(step_job=pb.StepJob(job=1))),
            ("RIGHT_MISSING", dict(turn_day=pb.TurnDay(branch=1, date=60000))),
            ("RIGHT_MISSING", dict(set_secret=pb.SetSecret(staff=1, password_hash=b"x"))),
        ]
        for code, kind in tries:
            with self.subTest(code=code, kind=next(iter(kind))):
                self.assertEqual(code, pb.RefusalCode.Name(self.refused(hoa.submit, **kind).code))
        hoa.submit(**parts(*[(bill, money) for bill in bills]))
        hoa.submit(correct_payment=pb.CorrectPayment(document=money, reason=why, payment=pay(7)))
        self.assertEqual(3000 - 7, self.balance(customer))

    def test_questions_past_their_ends_are_answered_or_refused(self):
        pb = self.pb
        customer = self.company.customer("Oanh", 10**9)
        lists = {"documents": pb.DocumentList, "approvals": pb.ApprovalList, "customers": pb.CustomerList,
                 "history": pb.CustomerHistory, "customer_changes": pb.CustomerChanges, "limits": pb.LimitHistory,
                 "unmatched_money": pb.UnmatchedMoney, "match_suggestions": pb.MatchSuggestions,
                 "products": pb.ProductList, "alarms": pb.AlarmList}
        for name, kind in lists.items():
            for token in (b"\xff" * 8, b"\0" * 16, b"\xff" * 64, b"\x80" * 24, b"\0" * 7):
                asked = kind(page=token)
                if name in ("history", "customer_changes", "limits"):
                    asked.customer = customer
                try:
                    self.owner.query(**{name: asked})
                except client.Refused as told:
                    self.assertEqual(("FIELD_INVALID", "page"), (told.code, told.refusal.field), name)
        for amount in (2**63 - 1, -2**63):
            for name, asked in {
                    "what_if": pb.WhatIf(customer=customer, amount_minor=amount),
                    "preview_match": pb.PreviewMatch(with_minor=amount, match=pb.MatchItems(
                        customer=customer, order=pb.MATCH_OLDEST_DUE))}.items():
                told = self.refused(self.owner.query, **{name: asked})
                self.assertIn(pb.RefusalCode.Name(told.code), ("AMOUNT_TOO_BIG", "AMOUNT_NOT_POSITIVE", "FIELD_INVALID"))
            self.owner.query(documents=pb.DocumentList(customer=customer, amount_minor=amount))
        self.bill(customer)


class Places(unittest.TestCase):
    def test_one_machine_is_one_address_however_it_is_called(self):
        server.messages()
        folder = tempfile.mkdtemp(prefix="tefter-places-")
        self.addCleanup(shutil.rmtree, folder)
        served = server.Server(BINARIES, folder, "--unproven-per-address", "8")
        self.addCleanup(served.close)
        served.init()
        try:
            served.start(listen="[::]:0")
        except RuntimeError as none:
            self.skipTest(f"no IPv6 here: {none}")
        port = int(served.address.rsplit(":", 1)[1])
        silent = []
        for host in ("127.0.0.1", "::1", "127.0.0.2", "::ffff:127.0.0.1", "127.255.255.254") * 6:
            silent.append(socket.create_connection((host, port), timeout=10))
            self.addCleanup(silent[-1].close)
        gone = 0
        for stream in silent[:-8]:
            try:
                gone += stream.recv(1) == b""
            except ConnectionResetError:
                gone += 1
        self.assertEqual(len(silent) - 8, gone)
        self.assertEqual(0, served.stop())


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main()
