#!/usr/bin/python3
"""A second client, in a browser's place, against the real server and its relay, over WebSocket: it is written
from proto/README.md and the schema alone. Days at two tills of which it sees every figure: sales up to the
limit and over it, approvals, cut lines, commands that are sent again, and being shut out.

    test_web_client.py BINARIES
"""
import asyncio
import os
import re
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import server
import web_client

import websockets

BINARIES = ""
PRICE = 100_000
LIMIT = 1_000_000
PAGE = re.compile(r"^page at (http://\S+?)/$", re.M)
# At the easternmost clock it is always a later day than at the westernmost.
WESTERNMOST, EASTERNMOST_MINUTES = "-12:00", 14 * 60


def page_of(tefterd, wait_s=60):
    """The origin of a server's page."""
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        with open(tefterd.log, encoding="utf-8", errors="replace") as log:
            found = PAGE.search(log.read())
        if found:
            return found.group(1)
        time.sleep(0.02)
    raise RuntimeError("there is no page:\n" + tefterd.tail())


class World(unittest.IsolatedAsyncioTestCase):
    """One ledger for all tests, each with people, a customer and terminals of its own."""
    init_words = ()
    fresh_number = 0

    @classmethod
    def setUpClass(cls):
        cls.pb = server.messages()
        web_client.load(cls.pb)
        cls.folder = tempfile.mkdtemp(prefix="tefter-web-client-")
        cls.server = server.Server(BINARIES, cls.folder, "--web", "127.0.0.1:0")
        cls.code = cls.server.init(words=cls.init_words)
        cls.server.start()
        cls.origin = page_of(cls.server)
        cls.owner_profile = asyncio.run(web_client.enrolled(cls.origin, cls.code))
        asyncio.run(cls.found())

    @classmethod
    async def found(cls):
        pb = cls.pb
        owner = await web_client.greeted(cls.owner_profile)
        await owner.login(*server.OWNER)
        cls.till = (await owner.do(add_till=pb.AddTill(branch=1, name="till"))).id
        cls.product = (await owner.do(add_product=pb.AddProduct(
            code="XM40", name="Xi măng 40 kg", unit="bao", price=PRICE * 1000, tax_bp=0))).id
        await owner.close()

    @classmethod
    def tearDownClass(cls):
        cls.server.end_well()
        shutil.rmtree(cls.folder)

    @classmethod
    def fresh(cls):
        World.fresh_number += 1
        return World.fresh_number

    async def asyncSetUp(self):
        self.lines = []
        self.owner = await self.greeted(self.owner_profile)
        await self.owner.use_token()

    async def asyncTearDown(self):
        for line in self.lines:
            await line.close()
            self.assertIsNone(line.broken)

    async def greeted(self, profile, cut=0):
        line = web_client.Line(profile, cut)
        self.lines.append(line)
        await line.connect()
        await line.hello()
        return line

    async def connected(self, profile):
        line = web_client.Line(profile)
        self.lines.append(line)
        return await line.connect()

    async def code_of(self, terminal):
        return (await self.owner.ask(make_code=self.pb.MakeCode(terminal=terminal))).code

    async def seller(self, role="ROLE_SALES", cut=0):
        """A line of a new person at a new terminal."""
        pb, name = self.pb, f"lan{self.fresh()}"
        terminal = (await self.owner.do(add_terminal=pb.AddTerminal(branch=1, name=name))).id
        profile = await web_client.enrolled(self.origin, await self.code_of(terminal), cut)
        self.assertEqual(terminal, profile.terminal)
        staff = (await self.owner.do(add_staff=pb.AddStaff(login=name, role=pb.Role.Value(role), branch=1))).id
        await self.owner.ask(set_password=pb.SetPassword(staff=staff, password=server.PASSWORD))
        line = await self.greeted(profile, cut)
        self.assertEqual(staff, (await line.login(name, server.PASSWORD)).staff)
        return line

    async def customer(self, limit=LIMIT, policy="EXCESS_APPROVE"):
        pb = self.pb
        number = (await self.owner.do(open_customer=pb.OpenCustomer(
            name=pb.Text(value=f"An {self.fresh()}"), phone=pb.Text(value="+84 900 000 000"), area="Thủ Đức"))).id
        await self.owner.do(set_credit_limit=pb.SetCreditLimit(customer=number, terms=pb.LimitTerms(
            limit_minor=limit, policy=pb.ExcessPolicy.Value(policy))))
        return number

    def invoice(self, customer, bags, **more):
        line = self.pb.InvoiceLine(product=self.product, quantity=bags * 1000)
        return self.pb.IssueInvoice(customer=customer, lines=[line], **more)

    async def sell(self, line, customer, bags):
        return await line.do(issue_invoice=self.invoice(customer, bags))

    async def account(self, customer):
        return (await self.owner.query(customer_card=self.pb.CustomerCard(customer=customer))).account

    async def refused(self, code, awaited):
        """What it says, when it is refused with that code."""
        with self.assertRaises(web_client.Refused) as told:
            await awaited
        self.assertEqual(code, told.exception.code)
        return told.exception.refusal

    def figures(self, rows):
        """All that rows say, but for the seqs that they were read at, and approvals that are over."""
        said = {}
        for key, (_, row) in rows.items():
            if key[0] == "approval" and row.state not in (self.pb.APPROVAL_WAITING, self.pb.APPROVAL_GRANTED):
                continue
            one = type(row)()
            one.CopyFrom(row)
            if key[0] == "account":
                one.ClearField("seq")
            said[key] = one.SerializeToString(deterministic=True)
        return said

    async def same_as_fresh(self, line, replica):
        """A replica says what a snapshot says that is taken now, and what the ledger answers."""
        number = 1000 + self.fresh()
        fresh = await line.subscribe(replica.topic, number)
        self.assertFalse(fresh.resumed)
        await fresh.until(lambda it: it.exact is not None)
        await replica.until(lambda it: it.exact is not None and it.exact >= fresh.exact)
        self.assertEqual(self.figures(fresh.rows), self.figures(replica.rows))
        await line.ask(unsubscribe=self.pb.Unsubscribe(subscription=number))
        del line.replicas[number]
        return fresh


class Shop(World):
    # ---- who may come ----

    async def test_a_code_is_read_as_people_type_it_and_enrols_once(self):
        pb = self.pb
        terminal = (await self.owner.do(add_terminal=pb.AddTerminal(branch=1, name="typed"))).id
        code = await self.code_of(terminal)
        typed = " " + code.lower().replace("-", " ").replace("1", "l").replace("0", "o") + " "
        profile = await web_client.enrolled(self.origin, typed)
        self.assertEqual(terminal, profile.terminal)
        line = await self.greeted(profile)
        self.assertEqual((2, terminal, 1, "typed"), (
            line.welcome.wire, line.welcome.terminal, line.welcome.branch, line.welcome.terminal_name))
        self.assertEqual(profile.ledger, line.welcome.ledger)
        again = await self.connected(web_client.Profile(self.origin))
        await self.refused("CODE_USED", again.enrol(code))
        self.assertIsNotNone(await again.until_ended())
        self.assertFalse(line.ended.is_set())

    async def test_a_proof_is_for_its_own_challenge(self):
        first = await self.connected(self.owner_profile)
        second = await self.connected(self.owner_profile)
        self.assertNotEqual(first.challenge.nonce, second.challenge.nonce)
        await self.refused("PROOF_WRONG", second.hello(first.challenge))
        self.assertIsNotNone(await second.until_ended())
        await first.hello()
        self.assertEqual(self.owner_profile.terminal, first.welcome.terminal)

    async def test_nothing_is_done_without_a_login(self):
        line = await self.greeted(self.owner_profile)
        await line.ask(ping=self.pb.Ping())
        customer = await self.customer()
        reply = await line.submit(issue_invoice=self.invoice(customer, 1))
        self.assertEqual((0, self.pb.NOT_LOGGED_IN), (reply.seq, reply.refused.code))
        await self.refused("NOT_LOGGED_IN", line.query(company=self.pb.CompanyView()))
        await self.refused("NOT_LOGGED_IN", line.subscribe(self.pb.TOPIC_CUSTOMERS, 1))
        self.assertEqual(0, (await self.account(customer)).balance_minor)

    async def test_another_page_is_turned_away_before_anything_is_said(self):
        address = self.origin.replace("http", "ws", 1) + "/"
        for status, origin, protocols in (403, "https://elsewhere.example", ["tefter.v1"]), (400, self.origin, None):
            with self.subTest(status=status):
                with self.assertRaises(websockets.InvalidStatusCode) as told:
                    await websockets.connect(address, origin=origin, subprotocols=protocols)
                self.assertEqual(status, told.exception.status_code)

    async def test_a_text_message_closes(self):
        line = await self.greeted(self.owner_profile)
        await line.socket.send("hello")
        await line.until_ended()
        self.assertEqual(1003, line.socket.close_code)

    # ---- bytes ----

    async def test_where_messages_begin_and_end_means_nothing(self):
        line = await self.seller(cut=1)
        asked = [line.frame(ping=self.pb.Ping()) for _ in range(20)]
        line.cut = 0
        await line.send_bytes(b"".join(frame for frame, _ in asked))
        for _, answer in asked:
            self.assertGreater(line.told(await asyncio.wait_for(answer, web_client.PATIENCE)).seq, 0)

    # ---- a day at the counter ----

    async def test_two_tills_see_the_same_day(self):
        pb = self.pb
        lan = await self.seller(cut=5)
        customer = await self.customer()
        replicas = [await line.subscribe(pb.TOPIC_CUSTOMERS, 1) for line in (lan, self.owner)]
        for replica in replicas:
            self.assertFalse(replica.resumed)
            await replica.until(lambda it: it.exact is not None)
            self.assertEqual(LIMIT, replica.row("account", customer).available_minor)

        bill = await self.sell(lan, customer, 6)
        self.assertEqual(6 * PRICE, bill.total_minor)
        self.assertEqual(pb.VERDICT_ALLOWED, bill.decision.verdict)
        self.assertEqual((6 * PRICE, LIMIT - 6 * PRICE), (bill.account.balance_minor, bill.account.available_minor))

        cash = await lan.do(sell_paid=pb.SellPaid(invoice=pb.IssueInvoice(lines=self.invoice(None, 2).lines), payments=[
            pb.PaidPart(kind=pb.PAYMENT_CASH, amount_minor=2 * PRICE + 50_000, money_account=self.till)]))
        self.assertEqual((2 * PRICE, 50_000, 0), (cash.paid_minor, cash.change_minor, cash.account.balance_minor))
        self.assertEqual([2 * PRICE], [part.amount_minor for part in cash.payments])

        money = await lan.do(take_payment=pb.TakePayment(
            customer=customer, kind=pb.PAYMENT_CASH, amount_minor=2 * PRICE, money_account=self.till))
        self.assertEqual((4 * PRICE, 2 * PRICE), (money.account.balance_minor, money.account.unmatched_minor))
        match = await lan.do(match_items=pb.MatchItems(
            customer=customer, parts=[pb.MatchPart(debit=bill.id, credit=money.id)]))
        self.assertEqual(2 * PRICE, match.matched_minor)
        self.assertEqual((4 * PRICE, 0), (match.account.bills_minor, match.account.unmatched_minor))
        await self.refused("MATCH_TOO_MUCH", lan.do(match_items=pb.MatchItems(
            customer=customer, parts=[pb.MatchPart(debit=bill.id, credit=money.id)])))

        document = await self.owner.query(document=pb.DocumentView(document=bill.id))
        self.assertEqual((pb.DOCUMENT_PART, 4 * PRICE), (document.state, document.open_minor))
        self.assertEqual([(money.id, 2 * PRICE)], [(touch.other, touch.amount_minor) for touch in document.touches])
        for replica in replicas:
            await replica.until(lambda it: it.row("account", customer).balance_minor == 4 * PRICE
                                and it.row("account", customer).unmatched_minor == 0)
            await self.same_as_fresh(replica.line, replica)

    # ---- over the limit ----

    async def test_over_the_limit_a_second_person_decides(self):
        pb = self.pb
        lan, customer = await self.seller(), await self.customer()
        asked = await self.owner.subscribe(pb.TOPIC_APPROVALS, 1)
        told = await lan.subscribe(pb.TOPIC_APPROVALS, 1)
        await self.sell(lan, customer, 4)

        sale = self.invoice(customer, 7)
        refusal = await self.refused("APPROVAL_NEEDED", lan.do(issue_invoice=sale))
        self.assertEqual((1 * PRICE, 6 * PRICE), (refusal.over_by_minor, refusal.available_minor))
        self.assertEqual([pb.CREDIT_LIMIT_EXCEEDED], list(refusal.decision.walls))
        ways = {way.kind: way for way in refusal.ways}
        self.assertEqual(1 * PRICE, ways[pb.WAY_PAY_NOW].amount_minor)
        self.assertEqual(6 * PRICE, ways[pb.WAY_PART_NOW].amount_minor)
        self.assertIn(pb.ROLE_OWNER, ways[pb.WAY_ASK_APPROVAL].roles)

        total = (await lan.query(what_if=pb.WhatIf(customer=customer, amount_minor=0, draft=sale))).total_minor
        self.assertEqual(7 * PRICE, total)
        parked = await lan.do(ask_approval=pb.AskApproval(
            customer=customer, amount_minor=total, draft=sale, note=pb.Text(value="the site waits")))
        await asked.until(lambda it: ("approval", parked.id) in it.rows)
        row = asked.row("approval", parked.id)
        self.assertEqual((pb.APPROVAL_WAITING, total, 1 * PRICE, "the site waits", 1),
                         (row.state, row.amount_minor, row.over_by_minor, row.note.value, row.lines))

        decide = pb.DecideApproval(approval=parked.id, approved=True)
        await self.refused("RIGHT_MISSING", lan.do(decide_approval=decide))
        early = self.invoice(customer, 7, approval=parked.id)
        await self.refused("APPROVAL_UNDECIDED", lan.do(issue_invoice=early))
        await self.owner.do(decide_approval=decide)
        await told.until(lambda it: it.row("approval", parked.id).state == pb.APPROVAL_GRANTED)

        draft = (await lan.query(approval=pb.ApprovalView(approval=parked.id))).draft
        self.assertEqual(parked.id, draft.approval)
        sold = await lan.do(issue_invoice=draft)
        self.assertEqual((pb.VERDICT_APPROVED, parked.id), (sold.decision.verdict, sold.decision.approval))
        self.assertEqual((11 * PRICE, -1 * PRICE), (sold.account.balance_minor, sold.account.available_minor))
        used = await self.refused("APPROVAL_USED_ALREADY", lan.do(issue_invoice=draft))
        self.assertEqual((sold.id, sold.number), (used.existing, used.existing_number))
        await asked.until(lambda it: it.row("approval", parked.id).document == sold.id)
        self.assertEqual(pb.APPROVAL_SPENT, asked.row("approval", parked.id).state)
        another = await lan.do(ask_approval=pb.AskApproval(
            customer=customer, amount_minor=PRICE, draft=self.invoice(customer, 1)))
        for replica in (asked, told):
            await replica.until(lambda it: ("approval", another.id) in it.rows)
            fresh = await self.same_as_fresh(replica.line, replica)
            self.assertIn(("approval", another.id), fresh.rows)
            self.assertNotIn(("approval", parked.id), fresh.rows)

    async def test_what_is_denied_is_not_sold(self):
        pb = self.pb
        lan, customer = await self.seller(), await self.customer()
        sale = self.invoice(customer, 11)
        parked = await lan.do(ask_approval=pb.AskApproval(customer=customer, amount_minor=11 * PRICE, draft=sale))
        await self.owner.do(decide_approval=pb.DecideApproval(
            approval=parked.id, approved=False, reason=pb.Text(value="too much")))
        sale.approval = parked.id
        refusal = await self.refused("APPROVAL_DENIED", lan.do(issue_invoice=sale))
        self.assertEqual((server.OWNER[0], "too much"), (refusal.by, refusal.reason.value))
        self.assertEqual(0, (await self.account(customer)).balance_minor)

    async def test_where_the_company_blocks_there_is_no_asking(self):
        lan, customer = await self.seller(), await self.customer(policy="EXCESS_BLOCK")
        refusal = await self.refused("CREDIT_LIMIT_EXCEEDED", self.sell(lan, customer, 11))
        self.assertEqual(1 * PRICE, refusal.over_by_minor)
        self.assertNotIn(self.pb.WAY_ASK_APPROVAL, [way.kind for way in refusal.ways])
        self.assertEqual(10 * PRICE, (await self.sell(lan, customer, 10)).account.balance_minor)

    async def test_where_the_company_warns_it_is_sold(self):
        lan, customer = await self.seller(), await self.customer(policy="EXCESS_WARN")
        sold = await self.sell(lan, customer, 11)
        self.assertEqual(self.pb.VERDICT_WARNED, sold.decision.verdict)
        self.assertEqual([(self.pb.WARNING_OVER_LIMIT, 1 * PRICE)],
                         [(warning.kind, warning.amount_minor) for warning in sold.warnings])
        self.assertEqual(11 * PRICE, (await self.account(customer)).balance_minor)

    # ---- once ----

    async def test_a_command_counts_once_however_often_it_is_sent(self):
        pb = self.pb
        lan, customer = await self.seller(), await self.customer()
        id, packed = lan.profile.new_id(), pb.Command(issue_invoice=self.invoice(customer, 1)).SerializeToString()
        replies = [await lan.submit_packed(id, packed) for _ in range(2)]
        elsewhere = await self.greeted(lan.profile)
        await elsewhere.use_token()
        replies.append(await elsewhere.submit_packed(id, packed))
        self.assertTrue(all(reply == replies[0] for reply in replies))
        self.assertEqual(1 * PRICE, (await self.account(customer)).balance_minor)
        found = await lan.query(command=pb.CommandLookup(id=id))
        self.assertEqual((True, replies[0].done.id), (found.known, found.reply.done.id))

        other = await lan.submit_packed(id, pb.Command(issue_invoice=self.invoice(customer, 2)).SerializeToString())
        self.assertEqual(pb.COMMAND_ID_REUSED, other.refused.code)
        foreign = await self.owner.submit_packed(id, packed)
        self.assertEqual(pb.COMMAND_ID_FOREIGN, foreign.refused.code)
        await self.refused("COMMAND_ID_FOREIGN", self.owner.query(command=pb.CommandLookup(id=id)))
        self.assertEqual(1 * PRICE, (await self.account(customer)).balance_minor)

    async def test_a_reply_that_is_lost_is_asked_for_again(self):
        pb = self.pb
        lan, customer = await self.seller(), await self.customer()
        for _ in range(8):
            before = (await self.account(customer)).balance_minor
            id, packed = lan.profile.new_id(), pb.Command(issue_invoice=self.invoice(customer, 1)).SerializeToString()
            frame, _ = lan.frame(submit=pb.SubmitCommand(id=id, command=packed))
            await lan.send_bytes(frame)
            lan.abort()
            await lan.until_ended()
            lan = await self.greeted(lan.profile)
            await lan.use_token()
            reply = await lan.submit_packed(id, packed)
            self.assertEqual(PRICE, reply.done.total_minor)
            self.assertEqual(before + PRICE, (await self.account(customer)).balance_minor)

    # ---- a line that is cut ----

    async def test_a_cut_line_goes_on_where_it_was(self):
        pb = self.pb
        lan, customer = await self.seller(), await self.customer(limit=10**9)
        replica = await lan.subscribe(pb.TOPIC_CUSTOMERS, 7)
        await replica.until(lambda it: it.exact is not None)
        pages = replica.pages
        for turn in range(3):
            lan.abort()
            await lan.until_ended()
            was, sets = replica.exact, replica.sets
            for _ in range(turn):
                await self.sell(self.owner, customer, 1)
            lan = await self.greeted(lan.profile)
            await lan.use_token()
            await lan.subscribe(pb.TOPIC_CUSTOMERS, before=replica)
            self.assertTrue(replica.resumed)
            self.assertEqual(pages, replica.pages)
            now = (await self.owner.ask(ping=pb.Ping())).seq
            self.assertEqual(was + turn, now)
            await replica.until(lambda it: it.sets > sets and it.exact >= now)
            await self.same_as_fresh(lan, replica)
        self.assertEqual(3 * PRICE, replica.row("account", customer).balance_minor)

    async def test_who_says_that_they_stood_elsewhere_gets_pages(self):
        pb = self.pb
        customer = await self.customer()
        replica = await self.owner.subscribe(pb.TOPIC_CUSTOMERS, 1)
        await replica.until(lambda it: it.exact is not None)
        await self.owner.ask(unsubscribe=pb.Unsubscribe(subscription=1))
        for spoil in ("ledger", "incarnation_nonce", "seq"):
            with self.subTest(spoil=spoil):
                setattr(replica, "exact" if spoil == "seq" else spoil,
                        replica.exact + 10**6 if spoil == "seq" else b"\1" * len(getattr(replica, spoil)))
                await self.owner.subscribe(pb.TOPIC_CUSTOMERS, before=replica)
                self.assertFalse(replica.resumed)
                await replica.until(lambda it: it.exact is not None)
                self.assertEqual(LIMIT, replica.row("account", customer).limit_minor)
                await self.owner.ask(unsubscribe=pb.Unsubscribe(subscription=1))

    async def test_a_number_is_given_once(self):
        pb = self.pb
        await self.owner.subscribe(pb.TOPIC_APPROVALS, 1)
        again = pb.Subscribe(subscription=1, topic=pb.TOPIC_APPROVALS)
        await self.refused("ALREADY_SUBSCRIBED", self.owner.ask(subscribe=again))
        await self.owner.ask(unsubscribe=pb.Unsubscribe(subscription=1))
        await self.owner.ask(subscribe=again)
        for number in range(2, 17):
            await self.owner.subscribe(pb.TOPIC_APPROVALS, number)
        await self.refused("TOO_MANY", self.owner.subscribe(pb.TOPIC_APPROVALS, 17))

    # ---- shut out ----

    async def test_a_terminal_that_is_blocked_hears_it_and_does_not_come_back(self):
        pb = self.pb
        lan, customer = await self.seller(), await self.customer()
        await self.owner.do(change_terminal=pb.ChangeTerminal(terminal=lan.profile.terminal, blocked=True))
        goodbye = await lan.until_ended()
        self.assertEqual(pb.TERMINAL_BLOCKED, goodbye.refused.code)
        with self.assertRaises(web_client.Ended):
            await self.sell(lan, customer, 1)
        again = await self.connected(lan.profile)
        await self.refused("TERMINAL_BLOCKED", again.hello())
        self.assertIsNotNone(await again.until_ended())

        await self.owner.do(change_terminal=pb.ChangeTerminal(terminal=lan.profile.terminal, blocked=False))
        back = await self.greeted(lan.profile)
        await self.refused("LOGIN_WRONG", back.use_token())
        self.assertEqual(0, (await self.account(customer)).balance_minor)

    async def test_a_person_who_is_blocked_is_out(self):
        pb = self.pb
        lan = await self.seller()
        name = lan.logged_in.login
        await self.owner.do(change_staff=pb.ChangeStaff(staff=lan.logged_in.staff, blocked=True))
        goodbye = await lan.until_ended()
        self.assertEqual(pb.STAFF_BLOCKED, goodbye.refused.code)
        back = await self.greeted(lan.profile)
        await self.refused("STAFF_BLOCKED", back.login(name, server.PASSWORD))

    async def test_another_browser_in_its_place_shuts_it_out(self):
        lan = await self.seller()
        newer = await web_client.enrolled(self.origin, await self.code_of(lan.profile.terminal))
        self.assertIsNotNone(await lan.until_ended())
        again = await self.connected(lan.profile)
        await self.refused("PROOF_WRONG", again.hello())
        self.assertEqual(lan.profile.terminal, (await self.greeted(newer)).welcome.terminal)


class Midnight(World):
    init_words = ("--utc-offset", WESTERNMOST)

    async def test_a_row_that_a_day_changed_is_not_put_back_by_an_older_page(self):
        """A lock lapses with its day: the row says so, and nobody changed it. Who comes then is given pages that
        were read for another one before, behind the set that tells it."""
        pb = self.pb
        customer = await self.customer()
        await self.owner.do(lock_customer=pb.LockCustomer(customer=customer, until=self.owner.welcome.date))
        before = await self.owner.subscribe(pb.TOPIC_CUSTOMERS, 1)
        await before.until(lambda it: it.exact is not None)
        self.assertTrue(before.row("customer", customer).locked)
        await self.owner.do(change_branch=pb.ChangeBranch(branch=1, utc_offset_minutes=EASTERNMOST_MINUTES))
        await before.until(lambda it: not it.row("customer", customer).locked)

        after = await self.owner.subscribe(pb.TOPIC_CUSTOMERS, 2)
        await after.until(lambda it: it.exact is not None)
        self.assertFalse(after.row("customer", customer).locked)
        self.assertFalse((await self.account(customer)).locked)
        self.assertEqual(self.figures(before.rows), self.figures(after.rows))


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main(verbosity=1)
