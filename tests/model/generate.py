"""Commands at random: mostly what a shop does all day, the rest aimed at one refusal each.

It looks at the model to know what there is (bills that are open, slips that wait), never at the
ledger. Everything comes from one seed.
"""
import json
import random

from model import RIGHT_OF, RIGHTS, RULES, THRESHOLDS

DAY_MS = 86_400_000
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
START = 20000
NEWEST = RULES[-1]
BOUNDS_FROM = 50_000
KEYS = {"code", "customer_code", "product_code", "number", "invoice_number", "bill_number", "reference",
        "barcodes", "serials", "dimension"}
ZONES = (210, 420, -300)  # of the head office and the first two branches
LONG = "x" * 300


CLEARED = ["PAPER_CHARGES", "PAPER_NOTE", "PAPER_SALESPERSON", "PAPER_BUYER", "PAPER_REFERENCE", "PAPER_PAYER"]

class Generator:
    def __init__(self, model, seed, commands, rules=NEWEST, adopts=False):
        """rules: what the ledger is founded with; adopts: newer ones come on the way. With many commands some
        thousand of them go to the bounds of items and bills."""
        self.m = model
        self.r = random.Random(seed)
        self.commands, self.rules, self.adopts = commands, rules, adopts
        self.counter = 0
        self.now = START * DAY_MS + 8 * HOUR_MS
        self.wrong = 0       # the server's clock against the terminals'
        self.sent = []       # (id, who, command) of late
        self.serial = 0
        self.queue = list(self.beginnings())
        self.guests = set()
        self.soon = []  # makers of what follows on a request for approval
        self.filling = self.fill() if commands >= BOUNDS_FROM else iter(())
        self.mix = self.weights()

    # ---- who, when, under which id ----

    def entry(self, command, who=None):
        who = self.someone(command) if who is None else who
        command = self.otherwise(command) if self.r.random() < 0.05 else command
        self.counter += 1
        ident = f"{self.now:012x}{who.get('terminal', 0):08x}{self.counter:012x}"
        return {**who, **self.typed_pin(command), "now_ms": self.now + self.wrong, "id": ident, "command": command}

    def typed_pin(self, command):
        """As who takes the goods types it, mostly; at times it was changed meanwhile."""
        sale = command.get("issue_invoice") or command.get("sell_paid", {}).get("invoice") or \
            command.get("correct_invoice", {}).get("invoice") or {}
        person = self.m.customers.get(sale.get("customer"), {"buyers": {}})["buyers"].get(sale.get("buyer"))
        if not person or not person["pin"] or self.r.random() < 0.15:
            return {}
        return {"buyer_pin": person["pin"] if self.r.random() < 0.8 else 1}

    def otherwise(self, body):
        """Keys as somebody else types them."""
        if isinstance(body, dict):
            return {k: self.typed(v) if k in KEYS else self.otherwise(v) for k, v in body.items()}
        return [self.otherwise(one) for one in body] if isinstance(body, list) else body

    def typed(self, word):
        if isinstance(word, list):
            return [self.typed(one) for one in word]
        if not isinstance(word, str) or word == LONG:
            return word
        how = self.r.choice([str.upper, str.lower, lambda w: w.replace("-", "\u2013").replace(" ", "-"),
                             lambda w: w.translate({0x30 + i: 0x6F0 + i for i in range(10)}),
                             lambda w: w.translate({i: i + 0xFEE0 for i in range(0x21, 0x7F)})])
        return how(word)

    def someone(self, command):
        kind = next(iter(command), None)
        m, r = self.m, self.r
        if m.company is None or kind in ("turn_day", "step_job", "set_secret", "set_enrolment_code",
                                         "enrol_terminal", "renew_terminal", "adopt_rules_version"):
            return self.server() if r.random() < 0.97 else self.person()
        fit = self.fitting(kind, str(command))
        who = self.person(r.choice(fit)) if fit and r.random() < 0.92 else self.person()
        body = command.get("take_payment") or command.get("correct_payment", {}).get("payment", {})
        body = next((command[x] for x in ("refund_money", "put_cash", "open_till", "count_till", "close_till")
                     if x in command), body)
        if "move_money" in command:
            body = {"money_account": command["move_money"]["from"]}
        for part in command.get("sell_paid", {}).get("payments", ()):
            body = part if m.places.get(part.get("money_account"), {}).get("branch") else body
        branch = m.places.get(body.get("money_account"), {}).get("branch")
        if branch and r.random() < 0.93:
            who["branch"] = branch
        approval = m.approvals.get(command.get("issue_invoice", {}).get("approval"))
        if approval and r.random() < 0.9:
            who["branch"] = approval["at"]
        old = m.documents.get(command.get("reverse_document", {}).get("document"))
        if old and old["actor"].get("staff") and m.now - old["recorded"] < 700_000 and r.random() < 0.7:
            who = {**self.person(old["actor"]["staff"]), "branch": old["branch"]}
        return who

    def fitting(self, kind, words):
        """Who may do it: free lines, old dates and reversals want more than the command itself."""
        wants = {RIGHT_OF.get(kind, "NONE")}
        more = {"'text'": "CUSTOM_LINE", "backfill": "BACKFILL", "'date'": "BACKDATE",
                "reverse_": "REVERSE", "correct_": "REVERSE"}
        if self.r.random() < 0.9:
            wants |= {right for word, right in more.items() if word in words}
        return [s for s, w in self.m.staff.items() if wants <= RIGHTS[w["role"]] and not w["blocked"]]

    def person(self, staff=None):
        r = self.r
        who = {"staff": staff or r.choice(list(self.m.staff)), "branch": self.a_branch()}
        home = self.m.staff[who["staff"]].get("branch", 0)
        if home and self.m.epoch >= 5 and r.random() < 0.9:
            who["branch"] = home
        good = [t for t, x in self.m.terminals.items() if not x["blocked"]]
        if good and r.random() < 0.8:
            who["terminal"] = r.choice(good)
        return who

    def server(self):
        return {"branch": self.a_branch()} if self.r.random() < 0.5 else {}

    def a_branch(self):
        return self.r.choice(list(self.m.branches)[:5] or [1])

    def pass_time(self):
        r = self.r
        chance = r.random()
        if chance < 0.01:
            self.now += r.randrange(3_600_000, 60 * 3_600_000)
        elif chance < 0.05:
            self.now += r.randrange(60_000, 3_600_000)
        elif chance < 0.06:
            self.now -= r.randrange(0, 60_000)
        else:
            self.now += r.randrange(0, 5_000)
        if self.m.epoch >= 3:  # older rules lose all ids to a clock that was ahead
            self.spoil_clock()

    def spoil_clock(self):
        """The server's clock is wrong for some commands, at times by a year; a terminal's stays right."""
        r = self.r
        if self.wrong:
            self.wrong *= r.random() > 0.03
        elif r.random() < 0.001:
            away = r.choice([6 * MINUTE_MS, HOUR_MS, DAY_MS, 2 * DAY_MS, 4 * DAY_MS, 45 * DAY_MS, 46 * DAY_MS,
                             100 * DAY_MS, 365 * DAY_MS])
            self.wrong = r.choice([-1, 1, 1]) * away

    def local_day(self, branch, wrong=0):
        return (self.now + wrong + self.m.branches[branch]["utc_offset_minutes"] * MINUTE_MS) // DAY_MS

    # ---- the next one ----

    def next(self):
        r = self.r
        if self.soon and r.random() < 0.9:
            return self.keep(self.entry(self.soon.pop(0)()))
        if self.queue:
            return self.keep(self.entry(self.queue.pop(0), {}))
        self.pass_time()
        if self.adopts and self.m.epoch < NEWEST and self.counter > self.commands * self.m.epoch // NEWEST:
            return self.keep(self.entry({"adopt_rules_version": {"rules_version": self.m.epoch + 1}}, {}))
        if r.random() < 0.5:
            command = next(self.filling, None)
            if command:
                return self.keep(self.entry(command, {"branch": min(
                    (b for b, x in self.m.branches.items() if not x["blocked"]), default=1)}))
        chance = r.random()
        if self.sent and chance < 0.03:
            return self.retry()
        if chance < 0.04:
            return self.stranger()
        if chance < 0.045:
            entry = self.entry(self.sale())
            ahead = r.choice([-46, -45, -44, 1, 2]) * DAY_MS + r.choice([-1, 0, 1, 1000])
            entry["id"] = f"{self.m.now + ahead:012x}" + entry["id"][12:]
            return self.keep(entry)
        makers, weights = self.mix
        return self.keep(self.entry(r.choices(makers, weights)[0]()))

    def keep(self, entry):
        self.sent.append(entry)
        if len(self.sent) > 400:
            self.sent.pop(self.r.randrange(len(self.sent)))
        return entry

    def retry(self):
        """As a terminal that lost the answer, or one that uses an id twice."""
        old = dict(self.r.choice(self.sent))
        old["now_ms"] = self.now + self.wrong
        if self.r.random() < 0.3:
            old["command"] = self.sale()
        return old

    def stranger(self):
        """Who may not act at all, or what is no command."""
        who = self.r.choice([{"staff": 99}, {"terminal": 1}, {"staff": 1, "terminal": 99},
                             {"staff": self.r.choice(list(self.m.staff)), "terminal": 4}, None])
        command = self.sale() if who else self.r.choice([{}, self.sale()])
        return self.keep(self.entry(command, {**who, "branch": 1} if who else self.server()))

    def weights(self):
        table = [
            (self.sale, 36), (self.pay, 27), (self.match, 6), (self.undo, 3), (self.credit_note, 4),
            (self.confirm, 3), (self.reverse, 4), (self.correct_invoice, 4), (self.correct_payment, 3),
            (self.bad_sale, 8), (self.edge_sale, 4), (self.bad_pay, 4), (self.bad_match, 3),
            (self.bad_note, 3), (self.limit, 2), (self.policy, 0.3), (self.ask, 4), (self.decide, 2),
            (self.lock, 0.6), (self.unlock, 1), (self.payer, 1.5), (self.person_allow, 1), (self.person_revoke, 0.6),
            (self.person_pin, 1), (self.note, 1.2), (self.merge, 0.8), (self.pair, 1.5), (self.guest, 0.8), (self.report, 0.4),
            (self.customer_open, 1), (self.customer_change, 1), (self.group, 1), (self.product, 1.5), (self.price_list, 0.4), (self.prices, 1.5),
            (self.place, 1), (self.staffing, 1), (self.thresholds, 0.6), (self.terminal, 2), (self.branching, 1),
            (self.turn_day, 2), (self.turn_back, 0.3), (self.job, 1.5), (self.restored, 0.1), (self.forms, 3),
            (self.sale_paid, 6), (self.rounded_off, 4), (self.cash_policy, 0.5), (self.refund, 4), (self.move, 4), (self.arrive, 2), (self.put_cash, 2), (self.till_day, 4)]
        return [x[0] for x in table], [x[1] for x in table]

    # ---- the beginning ----

    def beginnings(self):
        yield {"add_till": {"branch": 1, "name": "too early"}}
        for wrong in ({"currency": "XXX"}, {"date": 0}, {"rules_version": 8}, {"admin_login": "A b"}):
            yield {"create_company": {"name": "Shop", "currency": "EUR", "admin_login": "boss", "rules_version": 1,
                                     "date": START, **wrong}}
        yield {"create_company": {"name": "Shop", "currency": "EUR", "admin_login": "boss",
                                 "rules_version": self.rules, "date": START}}
        yield {"change_branch": {"branch": 1, "utc_offset_minutes": ZONES[0]}}
        yield {"add_branch": {"code": "TD", "name": "Thu Duc", "utc_offset_minutes": ZONES[1]}}
        yield {"add_branch": {"code": "NY", "name": "New York", "utc_offset_minutes": ZONES[2]}}
        for name, role in (("an", "SALES"), ("binh", "SALES"), ("chi", "CONTROLLER"),
                           ("dung", "ACCOUNTANT"), ("em", "MANAGER"), ("giang", "SALES"),
                           ("hoa", "ACCOUNTANT")):
            yield {"add_staff": {"login": name, "role": "ROLE_" + role}}
        for branch in (1, 2, 3, 1):
            yield {"add_terminal": {"branch": branch, "name": f"till of {branch}"}}
        yield {"change_terminal": {"terminal": 4, "blocked": True}}
        yield {"add_bank_account": {"name": "Bank", "number": "DE 12 345"}}
        yield {"add_bank_account": {"name": "Other bank", "number": "DE 99 888"}}
        for branch in (1, 2, 3):
            yield {"add_till": {"branch": branch, "name": "till"}}
            yield {"add_pos_device": {"branch": branch, "name": "card", "bank_account": 1}}
        for i, (dimension, limit) in enumerate((("tier", 300000), ("tier", 80000), ("area", 200000),
                                                ("area", None), ("controller", None))):
            group = {"dimension": dimension, "name": f"{dimension} {i}"}
            if limit:
                group["limit"] = {"limit_minor": limit}
            yield {"add_group": group}
        for i in range(12):
            product = {"code": f"P{i}", "name": f"thing {i}", "price": (i + 1) * 1_234_567,
                       "tax_bp": (0, 700, 1900)[i % 3]}
            if i in (3, 7):
                product["serials"] = True
            if i == 5:
                del product["price"]
            if i == 6:
                product["barcodes"] = ["8935001"]
            yield {"add_product": product}
        for number, unit in ((1, {"code": "bag", "factor": 25_000, "barcodes": ["U1"]}),
                             (2, {"code": "bag", "factor": 2_500, "price": 5_000_000}),
                             (4, {"code": "box", "factor": 2_000, "barcodes": ["U4"]}),
                             (9, {"code": "pinch", "factor": 7})):
            yield {"change_product": {"product": number, "unit": "kg", "units": [unit]}}
        yield {"change_product": {"product": 2, "cost": 2_000_000}}
        for i in range(28):
            yield {"open_customer": {"name": f"Customer {i}", "phone": f"0{i:09}", "area": "North"}}
            terms = [{"limit_minor": 150_000 + 1000 * i}, {"unlimited": True},
                     {"limit_minor": 90_000, "policy": "EXCESS_WARN"},
                     {"limit_minor": 120_000, "policy": "EXCESS_APPROVE"},
                     {"limit_minor": 400_000, "overdue_days": 20},
                     {"limit_minor": 400_000, "overdue_minor": 500},
                     {"limit_minor": 400_000, "document_max_minor": 30_000},
                     {"unlimited": True, "unpaid_max": 3}][i % 8]
            yield {"set_credit_limit": {"customer": i + 2, "terms": terms}}
        for _ in range(33):
            yield {"authorise_buyer": {"customer": 2, "name": "Driver", "cap_day_minor": 90_000}}
        for terms in ({"cap_sale_minor": 20_000}, {"valid_until": START + 30}, {"cap_day_minor": 50_000}):
            yield {"authorise_buyer": {"customer": 5, "name": "Driver", **terms}}
        yield {"add_product": {"code": "BC", "name": "many", "barcodes": [f"BC{i}" for i in range(60)]}}
        yield {"change_product": {"product": 13, "barcodes": [f"BD{i}" for i in range(5)]}}
        yield {"set_enrolment_code": {"terminal": 1, "code_digest": "ab" * 32, "expires_ms": 2 * self.now}}
        for _ in range(2):
            yield {"enrol_terminal": {"terminal": 1, "code_digest": "ab" * 32, "serial": 1,
                                      "fingerprint": "f1", "not_after_ms": 2 * self.now}}

    # ---- picking ----

    def known(self):
        """Whom everybody trades with: not those who are only passing by."""
        return [n for n in list(self.m.customers)[:40] if n not in self.guests][:36]

    def customer(self):
        return self.r.choice(self.known())

    def a_credit_customer(self):
        return self.r.choice(self.known()[1:])

    def today(self):
        return self.m.branches[self.r.choice([1, 2, 3])]["date"]

    def long_ago(self):
        """About two years back, where dates by hand begin, and long before."""
        return self.today() - self.r.choice([730, 731, 731, 732, 735, 9000])

    def money(self, most=60_000):
        return self.r.choice([self.r.randint(1, 100), self.r.randint(1, most), self.r.randint(1, 5000)])

    def documents(self, *kinds):
        out = []
        for _ in range(8):
            documents = self.m.customers[self.customer()]["documents"]
            if not documents:
                continue
            document = self.r.choice(documents[-30:] if self.r.random() < 0.8 else documents)
            gone = self.m.documents[document]["reversed_by"] and self.r.random() < 0.9
            if self.m.documents[document]["kind"] in kinds and not gone:
                out.append(document)
        return out

    def newest_paper(self, kind):
        return max((x["seq"], d) for d, x in self.m.documents.items() if x["kind"] == "DOCUMENT_" + kind)[1] \
            if any(x["kind"] == "DOCUMENT_" + kind for x in self.m.documents.values()) else 12345

    def document(self, *kinds):
        found = self.documents(*("DOCUMENT_" + k for k in kinds))
        return found[0] if found else 12345

    def maybe(self, chance, **fields):
        return fields if self.r.random() < chance else {}

    def line(self):
        r = self.r
        number = r.randint(1, 12)
        product = self.m.products.get(number, {"code": "P1"})
        one = {"quantity": r.choice([1000, 2000, 5000, 1500, r.randint(1, 20_000)])}
        if r.random() < 0.15:
            one.update(text="odd piece", price=r.randint(0, 9_000_000), tax_bp=r.choice([0, 500, 1900]))
            return one
        one.update(r.choice([{"product": number}, {"product_code": product["code"]}]))
        if "units" in product and r.random() < 0.4:
            unit = r.choice(product["units"])
            if unit["barcodes"] and r.random() < 0.3:
                one = {"quantity": one["quantity"], "product_code": r.choice(unit["barcodes"]),
                       **self.maybe(0.1, unit=r.choice(["kg", "BAG"]))}
            else:
                one["unit"] = r.choice([unit["code"], unit["code"].upper(), "kg"])
        elif r.random() < 0.01:
            one["unit"] = r.choice(["kg", "crate", " "])
        if product.get("serials"):
            pieces = r.randint(1, 3)
            one["quantity"] = pieces * 1000
            one["serials"] = []
            for _ in range(pieces):
                self.serial += 1
                one["serials"].append(f"SN{self.serial if r.random() < 0.8 else r.randint(1, self.serial)}")
        if "price" not in product or r.random() < 0.2:
            one["price"] = r.randint(0, 20_000_000)
        if "price" in product and r.random() < 0.05:  # a little below the list
            one["price"] = product["price"] * (10_000 - r.choice([1, 10, 333, 500, 501])) // 10_000
        if r.random() < 0.03:
            one["tax_bp"] = r.choice([0, 700, 1900])
        chance = r.random()
        if chance < 0.15:
            one["discount_bp"] = r.choice([1, 333, 500, 1000, 10000])
        elif chance < 0.25:
            one["discount_minor"] = r.randint(0, 2000)
        return one

    def lines(self):
        if self.r.random() < 0.03:
            return self.small_lines()
        return [self.line() for _ in range(self.r.choice([1, 1, 1, 2, 3]))]

    def small_lines(self):
        """So little in each that rounding tells."""
        priced = [p for p, x in self.m.products.items() if "price" in x and not x.get("serials")] or [1]
        one = {"product": self.r.choice(priced), "quantity": self.r.choice([1, 1, 2, 4, 15, 149]),
               **self.maybe(0.3, discount_bp=self.r.choice([100, 500])), **self.maybe(0.2, tax_bp=400)}
        return [dict(one) for _ in range(self.r.choice([1, 3, 4, 12, 60]))]

    def invoice(self, customer=None):
        r = self.r
        body = {"customer": customer or self.customer(), "lines": self.lines()}
        if r.random() < 0.1:
            body["charges"] = [{"title": "shipping", "amount_minor": r.randint(1, 3000),
                                **self.maybe(0.5, tax_bp=1900)}]
        if r.random() < 0.04:
            del body["customer"]
        elif r.random() < 0.05:
            body["customer_code"] = self.m.customers[body["customer"]]["code"]
            if r.random() < 0.5:
                del body["customer"]
        body.update(self.maybe(0.05, date=self.today() - r.randint(0, 40)))
        body.update(self.maybe(0.02, date=self.long_ago()))
        body.update(self.maybe(0.1, due=self.today() + r.randint(0, 60)))
        body.update(self.maybe(0.03, note="careful"))
        body.update(self.maybe(0.03, salesperson=r.choice(["an", "an", "giang", "nobody"])))
        body.update(self.maybe(0.03, reference="order 7"))
        body.update(self.maybe(0.05, number=f"M-{r.randint(1, 400)}"))
        body.update(self.maybe(0.01, number=f"HQ-{r.randint(1, 3000):05}"))
        body.update(self.maybe(0.03, currency="EUR"))
        body.update(self.maybe(0.03, backfill=True, source="old", **self.maybe(0.5, opening=r.random() < 0.5)))
        body.update(self.maybe(0.02, backfill=False))
        persons = self.m.customers.get(body.get("customer"), {"buyers": {}})["buyers"]
        live = [n for n, p in persons.items() if not p["revoked"] and p["until"] >= self.today()]
        if live and r.random() < 0.4 or persons and r.random() < 0.02:
            body["buyer"] = r.choice(live or list(persons))
        granted = [a for a, x in list(self.m.approvals.items())[-12:] if x["state"] == "granted" and
                   x["customer"] == body.get("customer") and x["expires"] > self.now]
        if granted and r.random() < 0.6:
            body["approval"] = r.choice(granted)
        return body

    # ---- trading ----

    def sale(self):
        if self.r.random() < 0.1:
            return self.granted_sale()
        return {"issue_invoice": self.invoice()}

    def granted_sale(self):
        """With an approval, of about its amount; it may be decided or spent already."""
        if not self.m.approvals:
            return {"issue_invoice": self.invoice()}
        last = list(self.m.approvals)[-12:]
        granted = [a for a in last if self.m.approvals[a]["state"] == "granted" and
                   self.m.approvals[a]["expires"] > self.now]
        if not granted and self.r.random() < 0.8:
            return {"issue_invoice": self.invoice()}
        number = self.r.choice(granted or last)
        approval = self.m.approvals[number]
        if "parked" in approval and self.r.random() < 0.9:
            return {"issue_invoice": self.parked_sale(number, approval)}
        amount = max(approval["approved"] + self.r.choice([-1, 0, 0, 0, 1]), 1)
        return {"issue_invoice": {"customer": approval["customer"], "approval": number,
                                  "lines": [self.free(amount)]}}

    def parked_sale(self, number, approval):
        """As it was parked, or a part of it, or nearly so."""
        r = self.r
        body = {"customer": approval["customer"], "approval": number, **json.loads(json.dumps(approval["parked"]))}
        lines = body["lines"]
        chance = r.random()
        if chance < 0.5:
            return body
        one = r.choice(lines) if lines else {}
        if chance < 0.6 and len(lines) > 1:
            r.shuffle(lines)
        elif chance < 0.7:
            lines.remove(one) if len(lines) > 1 else body.pop("charges", None)
        elif chance < 0.8 and lines and not one.get("serials"):
            one["quantity"] = max(one["quantity"] * r.randint(1, 10) // 10, 1)
            if "discount_minor" in one:
                one["discount_minor"] = one["discount_minor"] * r.randint(0, 10) // 10
        elif lines:
            one[r.choice(["quantity", "price"])] += r.choice([-1, 1, 1000])
            one["quantity"] = max(one["quantity"], 1)
        if r.random() < 0.15:
            body["customer"] = self.customer()
        if r.random() < 0.05:
            body["charges"] = [{"title": "more", "amount_minor": 5}]
        return body

    @staticmethod
    def free(amount):
        return {"text": "piece", "quantity": 1000, "price": amount * 1000}

    def edge_sale(self):
        """To the very limit, and one more."""
        r, m = self.r, self.m
        number = self.a_credit_customer()
        customer = m.customers[number]
        terms = m.terms_of(customer, m.branches[1]["date"])
        if terms["document_max_minor"] and r.random() < 0.5:
            amount = terms["document_max_minor"]
        else:
            amount = terms["limit"] - m.sums(customer)["exposure"]
        amount += r.choice([-1, 0, 0, 1, 1, 2])
        person = r.choice(list(customer["buyers"]) or [0])
        if person and r.random() < 0.5:
            caps = customer["buyers"][person]
            amount = (caps["sale"] or caps["day"] or 100) + r.choice([-1, 0, 1])
        body = {"customer": number, "lines": [self.free(max(amount, 1))], **self.maybe(0.5, buyer=person)}
        if r.random() < 0.1:
            body["total_minor"] = max(amount, 1) + r.choice([0, 1])
        return {"issue_invoice": body}

    def bad_sale(self):
        r = self.r
        body = self.invoice(self.a_credit_customer())
        one = body["lines"][0]
        wrong = r.randrange(34)
        at_line = [{"quantity": 0}, {"quantity": -1000}, {"quantity": 10**12 + 1}, {"price": -1},
                   {"discount_bp": 10, "discount_minor": 10}, {"discount_bp": 10001},
                   {"discount_minor": -1}, {"tax_bp": 10001}, {"text": LONG}, {"serials": ["a b"]},
                   {"product": 77}, {"product": 5, "product_code": "P6"}, {"product_code": LONG},
                   {"price": 9 * 10**15}, {"discount_minor": 10**9}, {"serials": [LONG]}]
        whole = [{"number": "a b"}, {"source": ""}, {"opening": True}, {"date": 0}, {"date": 70000}, {"note": "n" * 2000},
                 {"currency": "USD"}, {"due": 0}, {"salesperson": "Big"}, {"reference": "two\nlines"},
                 {"lines": []}, {"charges": [{"title": " ", "amount_minor": 5}]},
                 {"charges": [{"title": "x", "amount_minor": 0}]},
                 {"charges": [{"title": "x", "amount_minor": 1, "tax_bp": 20000}]},
                 {"customer": 999}, {"date": self.today() + r.randint(1, 500)}, {"due": 19000},
                 {"total_minor": 1}, {"buyer": 77}, {"approval": 9999}, {"customer_code": LONG},
                 {"customer_code": "C-000003"}, {"backfill": True},
                 {"lines": [{"quantity": 1000}]}, {"lines": [{"product": r.choice(
                     [p for p, x in self.m.products.items() if "price" not in x] or [6]), "quantity": 1000}]},
                 {"charges": [{"title": "x", "amount_minor": 9 * 10**12}]},
                 {"charges": [{"title": "x", "amount_minor": 10**13}]}, {"customer": 0}]
        if wrong < 14:
            one.update(r.choice(at_line))
        elif wrong < 16:
            body["backfill"] = True
            one["quantity"] = -r.randint(1, 9000)
            one.pop("discount_minor", None)
        elif wrong < 18:
            body["lines"] = [{"product": 4, "quantity": 1000, "serials": ["SN1"]},
                             {"product": 4, "quantity": 1000, "serials": [r.choice(["SN1", "NEW"])]}]
        else:
            body.update(r.choice(whole))
        return {"issue_invoice": body}

    def old_number(self):
        """As another program gave it, and now and then as a branch gives them to this or another kind."""
        r = self.r
        return self.maybe(0.5, number=r.choice([f"O-{r.randint(1, 200)}", f"O-{r.randint(1, 200)}",
                                                f"HQ-{r.randint(1, 400):05}", f"HQ-R-{r.randint(1, 400):05}",
                                                f"HQ-CN-{r.randint(1, 90):05}"]))

    def imported(self):
        """An invoice as it was, with a line that came back."""
        return {"issue_invoice": {
            "customer": self.a_credit_customer(), "backfill": True, "source": "old", **self.old_number(),
            **self.maybe(0.4, opening=self.r.random() < 0.5), "date": self.today() - self.r.randint(0, 200), **self.maybe(0.3, due=self.today() - self.r.randint(0, 250)),
            "lines": [self.free(self.r.randint(1000, 50_000)),
                      {"text": "came back", "quantity": -self.r.randint(1, 3000),
                       "price": self.r.randint(1, 999_999)}]}}

    def places(self, kind):
        return [p for p, x in self.m.places.items() if x["kind"] == kind]

    def payment(self, customer=None):
        r, m = self.r, self.m
        number = customer or self.customer()
        bills = m.bills_in_order(*m.payable(m.customers[number]))[:8]
        kind = r.choice(["CASH", "CASH", "POS", "TRANSFER", "SLIP", "SLIP"])
        place = r.choice(self.places({"CASH": "till", "POS": "device"}.get(kind, "account")) or [1])
        amount = self.money()
        if bills and r.random() < 0.75:
            amount = max(1, sum(b["open"] for b in bills[:r.randint(1, 8)]) + r.choice([-1, 0, 0, 0, 1, 500]))
        body = {"customer": number, "kind": "PAYMENT_" + kind, "amount_minor": amount, "money_account": place}
        if kind == "SLIP":
            body.update(reference=f"slip {r.randint(1, 10**6)}", payer="somebody")
        elif kind != "CASH" and r.random() < 0.95:
            body["reference"] = f"e2e {r.randint(1, 10**6)}"
        chance = r.random()
        if chance < 0.5:
            body["match"] = "MATCH_OLDEST_DUE"
        elif bills and chance < 0.75:
            body["bills"] = []
            for bill in r.sample(bills, min(len(bills), r.randint(1, 3))):
                part = r.choice([{"bill": bill["document"]},
                                 {"bill_number": m.documents[bill["document"]]["number"]}])
                body["bills"].append({**part, **self.maybe(
                    0.4, amount_minor=max(1, min(bill["open"], amount) - r.choice([0, 0, 1, 10, -1])))})
        elif chance < 0.8:
            body["match"] = "MATCH_PARTS_ONLY"
        body.update(self.maybe(0.1, round_off=True))
        body.update(self.maybe(0.04, date=self.today() - r.randint(0, 30)))
        body.update(self.maybe(0.02, date=self.long_ago()))
        body.update(self.maybe(0.04, reference=f"ref {r.randint(1, 30)}"))
        body.update(self.maybe(0.03, backfill=True))
        body.update(self.maybe(0.03, number=f"PM-{r.randint(1, 300)}"))
        if r.random() < 0.05:
            del body["customer"]
        return body

    def pay(self):
        body = self.payment()
        # at the branch of the till, mostly: the branch is the entry's, so it is chosen here
        return {"take_payment": body}

    def sale_paid(self):
        """Paid at once: at the cash customer's, or by somebody with a name, whole or not."""
        r = self.r
        invoice = self.invoice(1 if r.random() < 0.6 else None)
        if r.random() < 0.9:
            for line in invoice["lines"]:
                line.pop("serials", None)
        parts = []
        for kind in r.choice([["CASH"], ["CASH"], ["POS"], ["TRANSFER"], ["SLIP"], ["POS", "CASH"], ["POS", "SLIP", "CASH"],
                              ["CASH", "TRANSFER"], ["CASH", "CASH"], ["POS"] * 11, []]):
            place = r.choice(self.places({"CASH": "till", "POS": "device"}.get(kind, "account")) or [1])
            part = {"kind": "PAYMENT_" + kind, "money_account": place}
            if r.random() < (0.35 if len(parts) == 0 else 0.85):
                part["amount_minor"] = r.choice([1, 500, 2000, 10_000, 40_000, 100_000, 100_000, 500_000, 0, 9 * 10**12 + 1]
                                                if r.random() < 0.3 else [500, 5000, 200_000])
            if kind == "SLIP" or r.random() < 0.2:
                part.update(reference=f"ref {r.randint(1, 60)}", payer="somebody")
            elif kind != "CASH" and r.random() < 0.95:
                part["reference"] = f"e2e {r.randint(1, 10**6)}"
            parts.append(part)
        return {"sell_paid": {"invoice": invoice, "payments": parts}}

    def cash_policy(self):
        r = self.r
        return {"set_cash_policy": {**self.maybe(0.5, unit_minor=r.choice([0, 1, 5, 50, 1000, -1])),
                                    **self.maybe(0.5, round_off_minor=r.choice([0, 1, 20, 600, 9 * 10**12 + 1])),
                                    **self.maybe(0.4, round_off_day_minor=r.choice([0, 30, 2000])),
                                    **self.maybe(0.3, refund_alone_minor=r.choice([0, 5000, 50_000])),
                                    **self.maybe(0.3, refund_any=True),
                                    **self.maybe(0.3, own_confirm_minor=r.choice([0, 5000, 100_000, -1])),
                                    **self.maybe(0.1, own_confirm_any=True)}}

    def rounded_off(self):
        """Money a little short of a bill, and then whatever may happen to the one or the other."""
        r, m = self.r, self.m
        off = [(d, e) for d, x in list(m.items.items())[-400:] for e in x["edges"] if e["off"]]
        if off and r.random() < 0.6:
            return self.after_rounded_off(*r.choice(off))
        number = self.a_credit_customer()
        bills = m.bills_in_order(m.customers[number])
        kind, unit = r.choice(["CASH", "CASH", "TRANSFER"]), m.company.get("cash_unit", 0)
        some = r.sample(bills, min(len(bills), r.randint(1, 2)))
        amount = max(1, sum(b["open"] for b in some) - r.choice([0, 1, 2, 17, 20, 300]))
        if kind == "CASH" and unit > 1 and r.random() < 0.7:
            amount = max(unit, amount - amount % unit)
        return {"take_payment": {
            "customer": number, "kind": "PAYMENT_" + kind, "amount_minor": amount, **self.maybe(0.8, round_off=True),
            "money_account": r.choice(self.places("till" if kind == "CASH" else "account") or [1]),
            **({} if kind == "CASH" else {"reference": f"e2e {r.randint(1, 10**6)}"}),
            **({"bills": [{"bill": b["document"]} for b in some]} if some else {"match": "MATCH_OLDEST_DUE"})}}

    def after_rounded_off(self, number, edge):
        r, m = self.r, self.m
        paper, item = m.documents[number], m.items[number]
        if r.random() < 0.35:
            return {"reverse_document": {"document": r.choice([number, number, edge["other"]]), "reason": "back"}}
        if r.random() < 0.25:
            return {"undo_match": {"customer": (edge["other"] if item["debit"] else number) >> 36, "match": edge["match"]}}
        if item["debit"] and r.random() < 0.6:
            share = [{"line": 0, "quantity": paper["lines"][0]["quantity"] // 2 or 1}] if paper["lines"] else []
            return {"issue_credit_note": {"invoice": number, "reason": "broken", **self.maybe(0.4, credit=share)}}
        if item["debit"]:
            value = max(1, paper["total"] + r.choice([-20, -1, 0, 0, 50]))
            return {"correct_invoice": {"document": number, "reason": "price", "invoice": {
                **self.maybe(0.8, customer=number >> 36), "lines": [self.free(value)]}}}
        if r.random() < 0.4:
            value = m.money_of(paper) + r.choice([0, 0, 0, -5, 5, paper.get("discount", 0)])
            return {"correct_payment": {"document": number, "reason": "typed wrong", "payment": {
                "kind": paper["payment_kind"], "amount_minor": max(1, value)}}}
        return {"refund_money": {
            "customer": number >> 36, "kind": "PAYMENT_CASH", "reason": "back", **self.maybe(0.7, credits=[number]),
            "money_account": r.choice(self.places("till") or [1]),
            **self.maybe(0.5, amount_minor=max(1, item["open"] - r.choice([0, 1, 50])))}}

    def refund(self):
        r, m = self.r, self.m
        customer = r.choice([x for x in m.customers if m.customers[x]["credits"]] or [1])
        kind = r.choice(["CASH", "CASH", "TRANSFER", "POS"])
        body = {"customer": customer, "kind": "PAYMENT_" + kind, "reason": "back",
                "money_account": r.choice(self.places("till" if kind == "CASH" else "account") or [1])}
        if customer == 1 or r.random() < 0.3:
            body["credits"] = r.choices(list(m.customers[customer]["credits"]) or [5], k=r.choice([1, 1, 2]))
        body.update(self.maybe(0.4, amount_minor=r.choice([1, 100, 5000, 10**9])))
        body.update(self.maybe(0.05, amount_minor=0))
        body.update(self.maybe(0.05, reason=""))
        body.update(self.maybe(0.05, date=self.today() - r.randint(-1, 3)))
        body.update(self.maybe(0.05, money_account=r.randint(1, 9)))
        if r.random() < 0.03:
            del body["customer"]
        return {"refund_money": body}

    def move(self):
        r, m = self.r, self.m
        start = r.choice(list(m.places) or [1])
        end = r.choice(list(m.places) or [1])
        if m.places.get(start, {}).get("kind") == "device" and r.random() < 0.7:
            end = m.places[start]["bank_account"]
        held = m.holds(start) if start in m.places else 0
        value = r.choice([1, held, held, held + 1, held // 2, 9 * 10**12 + 1, 700])
        return {"move_money": {"from": start, "to": end, "amount_minor": value, **self.maybe(0.25, fee_minor=r.choice([0, 1, max(value // 20, 1), max(value // 19, 1), 900])),
                               **self.maybe(0.3, arrived=True), **self.maybe(0.1, note="to the bank"),
                               **self.maybe(0.05, date=self.today() - r.randint(-1, 3)), **self.maybe(0.1, reference="P-1")}}

    def arrive(self):
        moves = [d for d, x in list(self.m.documents.items())[-300:] if x.get("arrives")]
        return {"confirm_move": self.r.choice([{"move": self.r.choice(moves or [5])}] * 8 + [{}, {"number": "HQ-M-00001"}])}

    def till_day(self):
        """Mostly what comes next in a till's day, so that few stand closed for long."""
        r, m = self.r, self.m
        closed = [p for p in self.places("till") if m.places[p]["days"] and not m.places[p]["open"]]
        number = r.choice(closed or self.places("till") or [2])
        till = m.places.get(number, {"open": None, "counts": ()})
        sum_of = m.holds(number) if number in m.places else 0
        what = r.choice(["open_till", "count_till", "close_till"]) if r.random() < 0.15 else \
            "open_till" if not till["open"] else "close_till" if till["counts"] and r.random() < 0.7 else "count_till"
        body = {"money_account": number if r.random() < 0.97 else r.randint(1, 9)}
        said = max(sum_of + r.choice([0, 0, 0, -5, 7]), 0) if r.random() < 0.97 else -1
        body.update({"open_till": {"float_minor": said}, "count_till": {"counted_minor": said}}.get(what, {}))
        if what == "count_till":
            body.update(self.maybe(0.8, counts=len(till["counts"])))
        else:
            body.update(self.maybe(0.8, reason=r.choice(["miscounted", "wrong change", ""])))
        if what == "close_till" and r.random() < 0.4:
            counted = till["counts"][-1][0] if till["counts"] else 1
            body.update(to_bank_minor=r.choice([counted, counted // 2, counted // 3, 1, counted + 1, 0]),
                        **self.maybe(0.95, bank_account=r.choice(self.places("account") or [1]) if r.random() < 0.9
                                     else r.randint(1, 9)))
        return {what: body}

    def put_cash(self):
        r = self.r
        return {"put_cash": {"money_account": r.choice(self.places("till") + [2]), "amount_minor": r.choice([0, 5, 500, 60_000]),
                             "reason": r.choice(["float", "milk", ""]), **self.maybe(0.4, out=True)}}

    def bad_pay(self):
        r = self.r
        body = self.payment(self.a_credit_customer())
        body.update(r.choice([
            {"amount_minor": 0}, {"amount_minor": -5}, {"amount_minor": 9 * 10**12 + 1}, {"date": 0},
            {"number": "a b"}, {"source": "\u3000"}, {"reference": " "}, {"payer": "p" * 2000},
            {"currency": "USD"}, {"match": "MATCH_OLDEST_DUE", "bills": [{"bill": 1}]},
            {"bills": [{}]}, {"bills": [{"bill": 5, "amount_minor": 0}]}, {"customer": 999},
            {"date": self.today() + 30}, {"money_account": 99}, {"money_account": r.randint(1, 8)},
            {"bills": [{"bill_number": "none"}]}, {"bills": [{"bill": self.document("INVOICE")}]},
            {"bills": [{"bill": self.document("PAYMENT")}]}, {"customer_code": LONG},
            {"kind": "PAYMENT_SLIP", "reference": "slip 1"}]))
        if r.random() < 0.1:
            body.pop("money_account")
        if r.random() < 0.1:
            body.pop("reference", None)
            body["kind"] = "PAYMENT_SLIP"
        return {"take_payment": body}

    def open_items(self):
        """A customer with bills and money, if one is found."""
        for _ in range(12):
            number = self.a_credit_customer()
            customer = self.m.customers[number]
            if self.m.bills_in_order(*self.m.payable(customer)) and customer["credits"]:
                break
        return number, customer

    def match(self):
        r, m = self.r, self.m
        number, customer = self.open_items()
        bills, credits = m.bills_in_order(*m.payable(customer))[:10], m.credits_in_order(customer)[:10]
        body = {"customer": number}
        if not bills or not credits or r.random() < 0.4:
            body["order"] = "MATCH_OLDEST_DUE"
            if credits and r.random() < 0.5:
                body["credits"] = [c["document"] for c in r.sample(credits, min(2, len(credits)))]
            return {"match_items": body}
        body["parts"] = []
        for _ in range(r.randint(1, 3)):
            bill, credit = r.choice(bills), r.choice(credits)
            most = min(bill["open"], credit["open"])
            body["parts"].append({"debit": bill["document"], "credit": credit["document"], **self.maybe(
                0.5, amount_minor=max(1, r.choice([most, most // 2, most + 1])))})
        body.update(self.maybe(0.1, date=self.today() - r.randint(0, 20)))
        return {"match_items": body}

    def bad_match(self):
        r = self.r
        number, _ = self.open_items()
        debit, credit = self.document("INVOICE"), self.document("PAYMENT", "CREDIT_NOTE")
        part = {"debit": debit, "credit": credit}
        body = r.choice([
            {"order": "MATCH_OLDEST_DUE", "parts": [part]}, {"credits": [credit]}, {},
            {"parts": [{**part, "amount_minor": 0}]}, {"parts": [part], "date": 0}, {"parts": [part]},
            {"customer": debit >> 36, "parts": [part]}, {"customer": debit >> 36, "parts": [
                {"debit": debit, "credit": debit}]}, {"customer": credit >> 36, "parts": [
                    {"debit": credit, "credit": credit}]}, {"customer": 999, "parts": [part]},
            {"order": "MATCH_OLDEST_DUE", "credits": [debit]}, {"parts": [part], "date": 60000},
            {"order": "MATCH_OLDEST_DUE", "customer": r.choice([1, number])}])
        return {"match_items": {"customer": number, **body}}

    def undo(self):
        r = self.r
        keys = list(self.m.matches)
        customer, match = r.choice(keys[-60:]) if keys else (2, 1)
        if r.random() < 0.05:
            match += 1
        if r.random() < 0.03:
            customer = r.choice([3, 999])
        return {"undo_match": {"customer": customer, "match": match, **self.maybe(0.2, reason="mistake")}}

    def credit_note(self):
        r, m = self.r, self.m
        chance = r.random()
        if chance < 0.12:
            return self.imported()
        if chance < 0.25:
            body = {"customer": self.customer(), "lines": self.lines()}
            if r.random() < 0.3:
                body["charges"] = [{"title": "fee back", "amount_minor": r.randint(1, 500)}]
            body.update(self.maybe(0.2, backfill=True, source="old", **self.maybe(0.5, opening=r.random() < 0.5)))
            return {"issue_credit_note": body}
        number = self.document("INVOICE")
        body = {"invoice": number}
        invoice = m.documents.get(number)
        if invoice and r.random() < 0.2:
            body = {"invoice_number": invoice["number"]}
        if invoice and invoice["lines"] and r.random() < 0.7:
            body["credit"] = []
            for _ in range(r.randint(1, 2)):
                i = r.randrange(len(invoice["lines"]))
                most = max(invoice["lines"][i]["quantity"], 1)
                body["credit"].append({"line": i, "quantity": r.choice(
                    [1000, r.randint(1, most), max(1, most // 3), most])})
        body.update(self.maybe(0.05, date=self.today() - r.randint(0, 40)))
        body.update(self.maybe(0.05, customer=self.customer()))
        body.update(self.maybe(0.05, number=f"CM-{r.randint(1, 200)}"))
        body.update(self.maybe(0.1, reason="broken"))
        return {"issue_credit_note": body}

    def bad_note(self):
        r = self.r
        number = self.document("INVOICE")
        return {"issue_credit_note": r.choice([
            {"invoice": number, "lines": self.lines()}, {"credit": [{"line": 0, "quantity": 1}]}, {},
            {"invoice": number, "credit": [{"line": 0, "quantity": 0}]},
            {"invoice": number, "credit": [{"line": 9, "quantity": 1}]},
            {"invoice": number, "credit": [{"line": 0, "quantity": 10**9}]},
            {"invoice": self.document("PAYMENT")}, {"invoice_number": "nowhere"},
            {"invoice": number, "customer": r.choice([2, 3, 999])}, {"invoice": number, "date": 19900},
            {"invoice": number, "backfill": True}, {"invoice": number, "currency": "VND"},
            {"lines": [{"text": "a", "quantity": -1000, "price": 9_000_000}], "backfill": True},
            {"invoice": number, "number": f"CM-{r.randint(1, 200)}"}])}

    def confirm(self):
        r, m = self.r, self.m
        for _ in range(10):
            waiting = list(m.customers[self.customer()]["not_final"])
            if waiting:
                break
        payment = r.choice(waiting) if waiting and r.random() < 0.9 else self.document("PAYMENT", "INVOICE")
        body = {"payment": payment, "confirmed": r.random() < 0.8}
        if not body["confirmed"] and r.random() < 0.9:
            body["reason"] = "never came"
        body.update(self.maybe(0.2, date=self.today() - r.choice([0, 1, 5, -1])))
        body.update(self.maybe(0.05, date=self.long_ago()))
        body.update(self.maybe(0.02, date=0))
        return {"confirm_payment": body}

    def reverse(self):
        r = self.r
        document = self.document("INVOICE", "PAYMENT", "CREDIT_NOTE", "REVERSAL")
        body = {"document": document}
        if r.random() < 0.2 and document in self.m.documents:
            body = {"number": self.m.documents[document]["number"]}
        if r.random() < 0.05:
            body = r.choice([{}, {"number": "nothing"}, {"document": 0}])
        old = [d for d, x in self.m.documents.items() if x.get("source") and not x["reversed_by"]]
        if r.random() < 0.15 or old and r.random() < 0.2:
            body = {"document": r.choice(old) if old and r.random() < 0.8 else document, "undo_import": True}
        if "document" in body and r.random() < 0.2:  # at once, by who wrote it
            self.soon += [lambda: {"reverse_document": {"document": self.newest_paper("INVOICE"), **self.maybe(0.3, reason="x")}}]
            return self.sale()
        return {"reverse_document": {**body, **self.maybe(0.85, reason="wrong")}}

    def correct_invoice(self):
        r = self.r
        document = self.document("INVOICE", *(["PAYMENT"] if r.random() < 0.05 else []))
        customer = document >> 36 if r.random() < 0.85 else self.customer()
        body = {"document": document, "invoice": self.invoice(customer or 2),
                **self.maybe(0.85, reason="price")}
        old = self.m.documents.get(document)
        serials = [x for x in old["lines"] if x["serials"]] if old else []
        if serials and r.random() < 0.7:
            body["invoice"]["lines"][0] = {"product": serials[0]["product"],
                                           "quantity": serials[0]["quantity"],
                                           "serials": serials[0]["serials"]}
        if old and old["lines"] and r.random() < 0.5:
            body["invoice"] = self.less_said(body["invoice"], old)
            body.update(self.maybe(0.1, clear=r.sample(CLEARED, r.randint(1, 2))))
        return {"correct_invoice": body}

    def less_said(self, invoice, old):
        """Only some of it: the rest stays as the old bill has it."""
        r = self.r
        said = {k: v for k, v in invoice.items() if r.random() < 0.25 and k != "lines"}
        if r.random() < 0.7:
            said["lines"] = [{"line": i + 1, "quantity": x["quantity"] + r.choice([0, 0, 1000, -1000, 500]),
                              **self.maybe(0.2, price=r.randint(0, 9_000_000)),
                              **self.maybe(0.1, discount_bp=500)} for i, x in enumerate(old["lines"])
                             if r.random() < 0.9]
            said["lines"] += self.lines() if r.random() < 0.2 else []
            for one in said["lines"]:
                if one.get("line") and r.random() < 0.3:
                    was = old["lines"][one.pop("line") - 1]["said"]
                    one.update({k: was[k] for k in ("product", "text") if k in was})
                elif one.get("line") and r.random() < 0.02:
                    one["line"] = r.choice([0, 99])
        return said

    def correct_payment(self):
        r, m = self.r, self.m
        document = self.document("PAYMENT", *(["INVOICE"] if r.random() < 0.05 else []))
        customer = document >> 36 if r.random() < 0.85 else self.customer()
        payment = self.payment(customer or 2)
        old = m.documents.get(document)
        if old and "reference" in old and r.random() < 0.7:
            payment.update(money_account=old["money_account"], kind=old["payment_kind"], reference=old["reference"][2],
                           payer="x")
        if r.random() < 0.5:
            payment.pop("match", None)
            payment.pop("bills", None)
        if r.random() < 0.3:
            payment = {k: v for k, v in payment.items() if k in ("kind", "amount_minor") or r.random() < 0.3}
        if old and "payment_kind" in old and r.random() < 0.4:
            payment.update(kind=old["payment_kind"], amount_minor=max(1, old["total"] + r.choice([0, 0, -5, 700])))
        return {"correct_payment": {"document": document, "payment": payment, **self.maybe(0.85, reason="till"),
                                    **self.maybe(0.05, clear=r.sample(CLEARED, r.randint(1, 2)))}}

    # ---- credit ----

    def terms(self):
        r = self.r
        terms = {}
        if r.random() < 0.85:
            terms.update(r.choice([{"unlimited": True}, {"limit_minor": r.randint(0, 400_000)},
                                   {"limit_minor": 200_000}]))
        terms.update(self.maybe(0.4, policy=r.choice(["EXCESS_BLOCK", "EXCESS_WARN", "EXCESS_APPROVE"])))
        terms.update(self.maybe(0.15, overdue_days=r.choice([0, 10, 30, 60])))
        terms.update(self.maybe(0.15, overdue_minor=r.choice([0, 100, 20_000])))
        terms.update(self.maybe(0.15, document_max_minor=r.choice([0, 20_000, 50_000])))
        terms.update(self.maybe(0.1, unpaid_max=r.choice([0, 1, 3, 8, 20, 1_000_001])))
        if self.m.epoch >= 5 or r.random() < 0.1:
            terms.update(self.maybe(0.2, slip_weight=r.choice([0, 33, 50, 50, 75, 99, 100, 101])))
        terms.update(self.maybe(0.1, valid_from=self.today() - r.choice([5, 0, -2])))
        terms.update(self.maybe(0.15, valid_until=self.today() + r.choice([5, 0, 30])))
        terms.update(self.maybe(0.1, currency="EUR"))
        if r.random() < 0.1:
            terms.update(r.choice([{"limit_minor": -1}, {"limit_minor": 10**13}, {"valid_from": 0},
                                   {"valid_until": 70000}, {"overdue_days": 4000},
                                   {"valid_from": 21000, "valid_until": 20000}, {"overdue_minor": -1},
                                   {"document_max_minor": 10**13}, {"currency": "VND"},
                                   {"unlimited": True, "limit_minor": 4}]))
        return terms

    CLEARABLE = ("TERM_LIMIT", "TERM_POLICY", "TERM_OVERDUE", "TERM_DOCUMENT_MAX", "TERM_UNPAID_MAX", "TERM_SLIP_WEIGHT", "TERM_VALIDITY",
                 "TERM_DAYS",
                 "TERM_CREDIT_NOTE_APPROVE", "TERM_OWN_REVERSAL", "TERM_TITLE")

    def clear(self, chance, most=10):
        """Terms to take away; under older rules seldom, for they refuse it."""
        if self.r.random() > (chance if self.m.epoch >= 4 else 0.01):
            return {}
        return {"clear": self.r.sample(self.CLEARABLE[:most], self.r.choice([1, 1, 2]))}

    def limit(self):
        r = self.r
        number = self.a_credit_customer() if r.random() < 0.95 else 1
        body = {"customer": number, **self.maybe(0.8, terms=self.terms()), **self.clear(0.12, 5),
                **self.maybe(0.3, reason="asked")}
        own = self.m.customers[number]["own"]
        if r.random() < 0.1:
            body["ended"] = r.choice(own)["seq"] if own and r.random() < 0.8 else 3
            if r.random() < 0.8:
                body.pop("terms", None)
                body.pop("clear", None)
        return {"set_credit_limit": body}

    def policy(self):
        body = {"terms": self.terms(), **self.maybe(0.3, own_approval=self.r.choice(
                    ["OWN_NOBODY", "OWN_OWNER", "OWN_ANYBODY"])), **self.maybe(0.3, term_days=self.r.choice([0, 14, 30, 3650, 3651])),
                **self.maybe(0.6, credit_note_approve_minor=self.r.choice([-1, 0, 2000, 30_000])),
                **self.maybe(0.5, own_reversal_minor=self.r.choice([-1, 0, 3000, 50_000])),
                **self.maybe(0.2, title=self.r.choice(["New", " ", "Rules"])), **self.clear(0.3)}
        return {"set_credit_policy": body}

    def ask(self):
        r = self.r
        number = self.customer()
        for _ in range(8):
            terms = self.m.terms_of(self.m.customers[number], self.m.branches[1]["date"])
            if terms["policy"] == "EXCESS_APPROVE":
                break
            number = self.customer()
        self.soon += r.choice([[], [self.decide, self.granted_sale], [self.decide, self.decide, self.granted_sale],
                               [self.decide, self.granted_sale, self.granted_sale], [self.granted_sale, self.decide],
                               [self.decide, lambda: self.meanwhile(number), self.granted_sale, self.granted_sale],
                               [lambda: self.meanwhile(number), self.decide, self.granted_sale]])
        if r.random() < 0.6:
            return self.ask_for_goods(number)
        amount = r.choice([self.money(), self.money(), 500_000, 900_000, 0, 10**13])
        return {"ask_approval": {"customer": number if r.random() < 0.97 else 999, "amount_minor": amount,
                                 **self.maybe(0.3, minutes=r.choice([0, 1, 30, 1440, 1441])),
                                 **self.maybe(0.1, note="please")}}

    def meanwhile(self, number):
        """Between an approval and its sale: something is sold, paid, or another limit set."""
        r = self.r
        return r.choice([
            lambda: {"issue_invoice": {"customer": number, "lines": [self.free(r.choice([1, 500, 40_000]))]}},
            lambda: {"set_credit_limit": {"customer": number, "terms": {
                "limit_minor": r.choice([0, 1000, 100_000]), "policy": r.choice(["EXCESS_APPROVE"] * 3 + ["EXCESS_BLOCK"])}}},
            lambda: {"take_payment": self.payment(number)}])()

    def ask_for_goods(self, number):
        """A sale that is parked; its total is the model's, or nearly."""
        r = self.r
        draft = self.invoice(number)
        for field in ("customer", "approval", "backfill", "source"):
            draft.pop(field, None)
        for one in draft["lines"]:
            if "serials" not in one:
                one["quantity"] *= r.choice([1, 10, 40])
        draft.update(self.maybe(0.03, backfill=True))
        draft.update(self.maybe(0.03, approval=1))
        draft.update(self.maybe(0.1, customer=r.choice([number, number, 3])))
        amount = self.m.total_of(draft) + r.choice([0] * 12 + [1])
        return {"ask_approval": {"customer": number, "amount_minor": max(amount, 1), "draft": draft,
                                 **self.maybe(0.5, minutes=r.choice([1, 30, 1440]))}}

    def decide(self):
        r = self.r
        numbers = list(self.m.approvals)
        waiting = [a for a in numbers[-8:] if self.m.approvals[a]["state"] == "waiting" and
                   (self.m.lives(self.m.approvals[a]) or r.random() < 0.1)]
        number = r.choice(waiting or numbers[-5:]) if numbers and r.random() < 0.97 else 9999
        asked = self.m.approvals.get(number, {"amount": 1})["amount"]
        body = {"approval": number, "approved": r.random() < 0.8,
                **self.maybe(0.4, amount_minor=asked - r.choice([0, 1, 100, -1]))}
        if r.random() < 0.6:
            body["reason"] = "fine"
        return {"decide_approval": body}

    def lock(self):
        return {"lock_customer": {"customer": self.r.choice([self.a_credit_customer()] * 9 + [1, 999]),
                                  **self.maybe(0.5, reason="pays late"),
                                  **self.maybe(0.7, until=self.today() + self.r.choice([0, 1, 3, -1]))}}

    def payer(self):
        """Some few pay for others; a third of the sites has a limit of their own from before."""
        r, m = self.r, self.m
        if m.epoch < 5 and r.random() < 0.8:
            return self.sale()
        site = r.choice([self.a_credit_customer()] * 20 + [1, 999])
        payer = r.choice([2, 5, 6, 9, 13, 20] * 4 + [1, 999, site, self.a_credit_customer()])
        sites = [n for n, c in m.customers.items() if c["payer"]]
        if sites and r.random() < 0.3:
            return {"set_payer": {"customer": r.choice(sites), **self.maybe(0.3, payer=payer)}}
        if sites and r.random() < 0.2:
            number = r.choice(sites)
            return {"set_credit_limit": {"customer": number, "terms": {
                "limit_minor": max(0, m.sums(m.customers[number])["exposure"] + r.choice([0, 100, 5000]))}}}
        if sites and r.random() < 0.1:
            return {"lock_customer": {"customer": m.customers[r.choice(sites)]["payer"], "until": self.today() + 1}}
        code = m.customers[payer]["code"] if payer in m.customers else "nobody"
        who = self.maybe(0.97, payer=payer) if r.random() < 0.9 else {"payer_code": r.choice([code, code.lower(), "K 1"])}
        return {"set_payer": {"customer": site, **who, **self.maybe(0.1, reason="a site")}}

    def merge(self):
        r, m = self.r, self.m
        merged = [n for n, c in m.customers.items() if c.get("merge")]
        if merged and r.random() < 0.5:
            number = r.choice(merged)
            who = {"customer": number} if r.random() < 0.7 else {"customer_code": m.customers[number]["code"]}
            return {"undo_merge": {**who, **self.maybe(0.2, reason="two after all")}}
        gone, into = (r.choice([self.a_credit_customer()] * 12 + [1, 999, *merged]) for _ in range(2))
        body = {"customer": gone} if r.random() < 0.8 else self.maybe(0.8, customer_code="C-000002")
        return {"merge_customers": {**body, **self.maybe(0.97, into=into), **self.maybe(0.2, reason="the same man")}}

    def pair(self):
        """What is done with two records that are one customer: by the one that stays or the other's number."""
        r, m = self.r, self.m
        merged = [n for n, c in m.customers.items() if c.get("merge") and not c["erased"]]
        if not merged:
            gone = self.a_credit_customer()
            return {"merge_customers": {"customer": gone, "into": r.choice([gone, *[self.a_credit_customer()] * 5])}}
        gone = r.choice(merged)
        into = m.customers[gone]["merge"]["into"]
        stays = m.customers[into]
        who = r.choice([gone, into, into])
        bills = m.bills_in_order(stays, m.customers[gone])[:10]
        credits = m.credits_in_order(stays, m.customers[gone])[:10]
        matches = [key for key in m.matches if key[0] in (gone, into)][-20:]
        parts = [{"debit": r.choice(bills)["document"], "credit": r.choice(credits)["document"]}
                 for _ in range(r.randint(1, 2)) if bills and credits]
        pays = {"kind": "PAYMENT_TRANSFER", "money_account": 1, "amount_minor": r.randint(1, 9000),
                "reference": f"M-{self.counter}"}
        return r.choice([
            {"take_payment": {"customer": r.choice([gone, into, into, into]), **pays}},
            {"take_payment": {"customer": into, **pays, "match": "MATCH_OLDEST_DUE"}},
            {"issue_invoice": {"customer": into, "lines": [self.free(r.randint(1, 900))]}},
            {"match_items": {"customer": who, "order": "MATCH_OLDEST_DUE"}},
            {"match_items": {"customer": who, **({"parts": parts} if parts else {"order": "MATCH_OLDEST_DUE"})}},
            {"match_items": {"customer": who, "order": "MATCH_OLDEST_DUE",
                             "credits": [x["document"] for x in r.sample(credits, min(2, len(credits)))]}},
            {"undo_match": {"customer": who, "match": r.choice(matches)[1] if matches else 1}},
            {"refund_money": {"customer": who, "kind": "PAYMENT_TRANSFER", "money_account": 1, "reason": "back",
                              **({"credits": [r.choice(credits)["document"]]} if credits and r.random() < 0.5 else {})}},
            {"issue_credit_note": {"customer": who, "lines": [self.free(r.randint(1, 90))], "reason": "spoilt",
                                   **({"invoice": r.choice(bills)["document"]} if bills and r.random() < 0.5 else {})}},
            {"erase_customer": {"customer": who} if r.random() < 0.5 else {"code": m.customers[who]["code"]}}])

    def guest(self):
        """Somebody who is known for a while, buys, and wants to be forgotten; at times too early, or again."""
        r, m = self.r, self.m
        guests = [m.customer_codes[code] for i in range(1, 41) for code in [f"G{i}"] if code in m.customer_codes]
        self.guests.update(guests)
        here = [n for n in guests if not m.customers[n]["erased"]]
        if len(here) < 2 and len(guests) < 4 + self.counter // 40_000:
            return {"open_customer": {"code": f"G{len(guests) + 1}", "name": "Passing by", "phone": "0907", "area": "x"}}
        number = r.choice(here * 20 + guests[-2:] + [1, 999, self.a_credit_customer()])
        theirs = m.customers.get(number, {"customer": 1, "bills": (), "code": "nobody", "buyers": ()})
        owed = sum(m.items[d]["open"] for d in theirs["bills"])
        pays = {"customer": number, "kind": "PAYMENT_TRANSFER", "money_account": 1, "amount_minor": owed,
                "reference": f"G-{self.counter}", "match": "MATCH_OLDEST_DUE"}
        erases = {"erase_customer": {"customer": number} if r.random() < 0.7 else
                  self.maybe(0.97, code=theirs["code"])}
        return r.choice([
            {"add_note": {"customer": number, "text": "said so"}},
            {"set_credit_limit": {"customer": number, "terms": {"limit_minor": 50_000}}},
            {"authorise_buyer": {"customer": number, "name": "Their brother"}},
            {"set_buyer_pin": {"customer": number, "buyer": r.choice(list(theirs["buyers"]) or [1]), "pin_hash": "0102"}},
            {"join_group": {"customer": number, "group": r.randint(1, 4)}},
            {"change_customer": {"customer": number, "phone": r.choice(["0908", "0909"])}},
            {"issue_invoice": {"customer": number, "lines": [self.free(r.randint(1, 900))]}},
            {"take_payment": pays} if owed else erases,
            {"merge_customers": {"customer": number, "into": r.choice([self.a_credit_customer(), *here])}}
            if r.random() < 0.3 else erases,
            erases])

    def note(self):
        r, m = self.r, self.m
        number = r.choice([2, 3, 3, self.a_credit_customer()] * 6 + [1, 999])
        number = r.choice([number] * 3 + [c["merge"]["into"] for c in m.customers.values() if c.get("merge")])
        notes = [note for one in (m.records(m.customers[number]) if number in m.customers else [])
                 for note in one.get("notes", {})]
        day = self.today() + r.choice([0, 0, 1, 3, 7, -1])
        if notes and r.random() < 0.4:
            return {"change_note": {"customer": number, "note": r.choice(notes + [1]), **r.choice([
                {"done": True}, {"again": day}, {"owner": r.choice([1, 2, 99])}, {"done": True, "again": day}, {}])}}
        kind = r.choice([{}, {}, {"kind": "NOTE_CALL", "result": "CALL_NO_ANSWER"}, {"result": "CALL_REACHED"},
                         {"kind": "NOTE_DIFFICULTY", "help": "HELP_EXTENSION"}, {"help": "HELP_INSTALMENTS"}])
        again = r.choice([{}, {"again": day}, {"again": day, "owner": r.choice([1, 2, 99])}, {"owner": 1}])
        return {"add_note": {"customer": number, "text": r.choice(["said so", "said so", ""]), **kind, **again,
                             **self.maybe(0.3, closes=True)}}

    def unlock(self):
        locked = [n for n, c in self.m.customers.items() if c["locked"]]
        return {"unlock_customer": {"customer": self.r.choice(locked or [2]) if self.r.random() < 0.8
                                    else self.customer()}}

    # ---- customers ----

    def person_allow(self):
        r = self.r
        number = self.r.choice([2, 3, self.a_credit_customer()])
        if r.random() < 0.05:
            number = r.choice([1, 999])
        return {"authorise_buyer": {"customer": number, "name": r.choice(["Driver", "Son", "Driver", ""]),
                                 **self.maybe(0.5, cap_sale_minor=r.choice([20_000, 60_000, 0])),
                                 **self.maybe(0.5, cap_day_minor=r.choice([30_000, 90_000, 10**13])),
                                 **self.maybe(0.4, valid_until=self.today() + r.choice([3, 20, 0, -1]))}}

    def person_revoke(self):
        r = self.r
        number = r.choice([2, 3, self.a_credit_customer()])
        persons = list(self.m.customers[number]["buyers"])
        many = len(persons) > 40
        if many and r.random() < 0.5:
            persons = persons[-40:]
        return {"revoke_buyer": {"customer": number if r.random() < 0.95 else 999,
                                  "buyer": r.choice(persons or [1]) if r.random() < 0.95 else 7777}}

    def person_pin(self):
        r = self.r
        number = r.choice([2, 3, 5, self.a_credit_customer()])
        live = [n for n, p in self.m.customers[number]["buyers"].items() if not p["revoked"]]
        return {"set_buyer_pin": {"customer": number if r.random() < 0.95 else r.choice([1, 999]),
                                  "buyer": r.choice(live or [1]) if r.random() < 0.95 else 7777,
                                  **self.maybe(0.7, pin_hash="ab" * r.choice([30] * 8 + [0, 257]))}}

    def customer_open(self):
        r = self.r
        body = {"name": r.choice(["Lan", "Minh", "Lan", ""]), "phone": "0901", "area": "South",
                **self.maybe(0.3, code=f"K{r.randint(1, 60)}"),
                **self.maybe(0.1, code=f"C-{r.randint(25, 40):06}"),
                **self.maybe(0.2, code=r.choice("K\u039a\u041a") + str(r.randint(1, 60))),
                **self.maybe(0.2, groups=[r.randint(1, 6) for _ in range(r.randint(1, 3))]),
                **self.maybe(0.2, term_days=r.choice([0, 7, 60, 4000])),
                **self.maybe(0.2, language=r.choice(["vi", "de"])),
                **self.maybe(0.2, source="old"), **self.maybe(0.1, nickname="")}
        if r.random() < 0.2:
            body.pop(r.choice(["phone", "area"]))
        if len(self.m.customers) >= 36 and r.random() < 0.9:
            body.update(r.choice([{"code": "CASH"}, {"name": ""}, {"groups": [1] * 16},
                                  {"groups": [1, 2]}, {"code": "a b"},
                                  {"code": r.choice("\u039a\u041a") + str(r.randint(1, 60))}]))
        if self.m.epoch >= 5 or r.random() < 0.1:
            body.update(self.maybe(0.2, payer=r.choice([0, 1, 2, 5, 6, 9, 13, 20, 999])),
                        **self.maybe(0.1, payer_code=self.m.customers[self.a_credit_customer()]["code"]))
        if self.m.epoch >= 6 or r.random() < 0.02:
            body.update(self.maybe(0.05, buyers_only=r.choice([True, False])))
        return {"open_customer": body}

    def customer_change(self):
        r = self.r
        number = r.choice([self.a_credit_customer()] * 12 + [1, 999])
        return {"change_customer": {"customer": number,
                                    **self.maybe(0.5, name=r.choice(["Lan", "Minh", "Ngoc", ""])),
                                    **self.maybe(0.3, phone=r.choice(["0901", "0902"])),
                                    **self.maybe(0.3, area=r.choice(["South", "North", " "])),
                                    **self.maybe(0.3, term_days=r.choice([0, 10, 45, 3651])),
                                    **self.maybe(0.2, nickname=r.choice(["", "Big"])),
                                    **self.maybe(0.1, note="n" * r.choice([3, 2000])),
                                    **self.maybe(0.1 if self.m.epoch >= 6 else 0.01, buyers_only=r.random() < 0.3)}}

    def group(self):
        r = self.r
        groups = list(self.m.groups)
        group = r.choice(groups) if r.random() < 0.95 else 99
        who = {"customer": r.choice([self.a_credit_customer()] * 12 + [1, 999]), "group": group}
        some = {**self.maybe(0.4, term_days=r.choice([5, 20, 9999])), **self.maybe(0.6, limit=self.terms())}
        chance = r.random()
        if chance < 0.35:
            return {"join_group": who}
        if chance < 0.6:
            return {"leave_group": who}
        if chance < 0.8 or len(groups) > 24:
            return {"change_group": {"group": group, **self.maybe(0.2, name=r.choice(["tier 0", "tier 1"])),
                                     **some, **self.maybe(0.1, limit={})}}
        return {"add_group": {"dimension": r.choice(["tier", f"d{r.randint(1, 20)}", "a b"]),
                              "name": r.choice(["tier 0", "one", ""]), **some}}

    # ---- catalogue, places, people, branches ----

    def product(self):
        r, m = self.r, self.m
        chance = r.random()
        number = r.randint(1, 13)
        retired = [p for p, x in m.products.items() if x["retired"]]
        if chance < 0.1:
            return {"change_product": {"product": number, "retired": True}}
        if chance < 0.3:
            return {"change_product": {"product": r.choice(retired or [number]), "retired": False}}
        if chance < 0.75:
            return {"change_product": {"product": number,
                                       **self.maybe(0.5, price=r.choice([-1, 10**13, 2_000_000, 3_333_333])),
                                       **self.maybe(0.3, tax_bp=r.choice([0, 700, 10001])),
                                       **self.maybe(0.2, name=r.choice(["new name", " "])),
                                       **self.maybe(0.2, floor=r.choice([-1, 0, 1_000_000, 2_500_000])),
                                       **self.maybe(0.1, no_floor=True),
                                       **self.maybe(0.15, cost=r.choice([-1, 0, 1_500_000, 3_000_000])),
                                       **self.maybe(0.05, no_cost=True),
                                       **self.maybe(0.3, units=[self.unit() for _ in range(r.choice([1, 1, 2, 5]))]),
                                       **self.maybe(0.05, unit=r.choice(["kg", "bag", "", "piece"])),
                                       **self.maybe(0.3, barcodes=[f"B{r.randint(1, 150)}" for _ in range(
                                           r.choice([1, 2, 20, 64]))])}}
        return {"add_product": {"code": r.choice(["P1", "8935001", "a b", f"N{r.randint(1, 9)}", f"\u039d{r.randint(1, 9)}", ""]),
                                "name": "extra", **self.maybe(0.5, price=5_000_000),
                                **self.maybe(0.2, floor=4_000_000), **self.maybe(0.2, cost=3_000_000),
                                **self.maybe(0.3, units=[self.unit()]),
                                **self.maybe(0.3, barcodes=r.choice([["8935001"], ["X", "X"], ["N1"]]))}}

    def unit(self):
        r = self.r
        return {"code": r.choice(["bag", "box", "BOX", "kg", "a b", f"u{r.randint(1, 20)}"]),
                **self.maybe(0.7, factor=r.choice([0, 500, 1000, 24_000, 25_000, 1_000_000_000, 1_000_000_001])),
                **self.maybe(0.3, price=r.choice([-1, 0, 40_000_000, 10**13])), **self.maybe(0.1, no_price=True),
                **self.maybe(0.3, barcodes=[r.choice(["U1", "B1", "X Y", f"U{r.randint(1, 60)}"])
                                            for _ in range(r.choice([1, 1, 2]))]),
                **self.maybe(0.2, retired=r.random() < 0.4)}

    def report(self):
        r = self.r
        kept = [r.choice([*self.m.reports, 7])]
        if r.random() < 0.2:
            return {"remove_report": {"report": kept[0]}}
        what = {"source": r.choice(["REPORT_DOCUMENTS", "REPORT_LINES", "REPORT_PAYMENTS", "REPORT_CUSTOMERS"]),
                "by": [r.choice(["BY_DAY", "BY_BRANCH", "BY_CUSTOMER", "BY_PRODUCT", "BY_PAYMENT_KIND"])
                       for _ in range(r.choice([0, 1, 1, 2, 4]))],
                **self.maybe(0.3, span="SPAN_MONTH"), **self.maybe(0.2, **{"from": self.today() - 30}),
                **self.maybe(0.2, until=self.today() - r.choice([0, 60])),
                **self.maybe(0.3, columns=["sold"] * r.choice([1, 2, 13])), **self.maybe(0.1, columns=["a b"])}
        return {"save_report": {"name": r.choice(["sales", "sales", ""]), "what": what,
                                **self.maybe(0.4, report=kept[0]), **self.maybe(0.5, shared=r.random() < 0.7)}}

    def price_list(self):
        r = self.r
        some = {**self.maybe(0.5, groups=[r.randint(1, 6) for _ in range(r.choice([1, 1, 2]))]),
                **self.maybe(0.4, branches=[r.randint(1, 4)])}
        if r.random() < 0.4:
            return {"add_price_list": {"code": r.choice([f"L{r.randint(1, 9)}", "l1", "a b"]),
                                       "name": r.choice(["list", "list", ""]), **some}}
        return {"change_price_list": {"list": r.choice([f"L{r.randint(1, 9)}", "l2"]), **some,
                                      **self.maybe(0.3, name=r.choice(["list", "other"])),
                                      **self.maybe(0.1, all_customers=True), **self.maybe(0.1, all_branches=True),
                                      **self.maybe(0.3, retired=r.random() < 0.3)}}

    def price(self):
        r = self.r
        number = r.randint(1, 13)
        its = self.m.products.get(number, {"code": "P1"})
        units = [u["code"] for u in its.get("units", ())]
        return {**r.choice([{"product": number}, {"product_code": its["code"]}, {"product": number},
                            r.choice([{}, {"product": 99}, {"product_code": "U1"}])]),
                **self.maybe(0.4, unit=r.choice(units + ["kg", "crate"] if r.random() < 0.1 or not units else units)),
                **self.maybe(0.3, from_quantity=r.choice([0, 1000, 5000, 50_000, -1 if r.random() < 0.1 else 2000])),
                **self.maybe(0.6, valid_from=r.choice([0 if r.random() < 0.05 else self.today(),
                                                       self.today() + r.randint(-5, 9)])),
                **self.maybe(0.85, price=r.choice([-1 if r.random() < 0.1 else 0, r.randint(1, 20_000_000),
                                                   number * 1_234_567, number * 1_111_111]))}

    def prices(self):
        r = self.r
        named = [x["code"] for x in self.m.price_lists.values()]
        return {"set_prices": {"list": r.choice(named) if named and r.random() < 0.95 else "none",
                               "prices": [self.price() for _ in range(r.choice([0, 1, 2, 5, 9]) if r.random() < 0.5
                                                                      else 3)]}}

    def place(self):
        r = self.r
        retired = [p for p, x in self.m.places.items() if x["retired"]]
        branch = r.choice([1, 2, 3, 99])
        return r.choice([
            {"add_till": {"branch": branch, "name": r.choice(["till", "card", "till 2", ""])}},
            {"add_bank_account": {"name": "Bank", "number": r.choice(["DE12345", "DE 1", "X" * 41])}},
            {"add_pos_device": {"branch": branch, "name": r.choice(["card", "card 2"]),
                                "bank_account": r.choice([1, 2, 3, 99])}},
            {"retire_money_account": {"money_account": r.choice([2, 3, 4, 8, 99]), "retired": True}},
            {"retire_money_account": {"money_account": r.choice(retired or [1]), "retired": False}},
            {"retire_money_account": {"money_account": r.choice(retired or [1]), "retired": False}}])

    def staffing(self):
        r, m = self.r, self.m
        number = r.choice(list(m.staff) + [99])
        blocked = [s for s, w in m.staff.items() if w["blocked"]]
        keep = {2: "SALES", 3: "SALES", 4: "CONTROLLER", 5: "ACCOUNTANT", 6: "MANAGER", 7: "SALES",
                8: "ACCOUNTANT"}
        return r.choice([
            {"change_staff": {"staff": r.choice([number, 7, 8]), "blocked": True}},
            {"change_staff": {"staff": r.choice(blocked or [7]), "blocked": False}},
            {"change_staff": {"staff": r.choice(blocked or [7]), "blocked": False}},
            {"change_staff": {"staff": number, "role": "ROLE_" + keep.get(number, "OWNER")}},
            {"change_staff": {"staff": number, "role": "ROLE_OWNER"}} if r.random() < 0.1 else
            {"change_staff": {"staff": 1, **r.choice([{"role": "ROLE_SALES"}, {"blocked": True},
                                                      {"name": "The boss"}])}},
            {"change_staff": {"staff": number, "branch": r.choice([0, 1, 2, 99])}},
            {"change_staff": {"staff": r.choice([5, 6, 8]), "branch": r.choice([0, 1, 2])}},
            {"add_staff": {"login": r.choice(["an", "A", "", "l" * 41, "..", "-", "an.", "a--n", "b.o-ss", "z_o.e"]), "role": "ROLE_SALES"}},
            {"add_staff": {"login": "zoe", "role": "ROLE_OWNER"}} if r.random() < 0.2 else
            {"add_staff": {"login": "boss", "role": "ROLE_OWNER"}},
            {"set_secret": {"staff": number, **self.maybe(0.7, password_hash="ab" * r.choice([0, 30, 257])),
                            **self.maybe(0.5, pin_hash="cd" * 20), **self.maybe(0.7, by=r.choice([1, 2, 2, 3, 5, 6, number]))}},
            {"sign_out": {"staff": number}}])

    def thresholds(self):
        r = self.r
        most = {"OTHER_TAX": [0, 1, 2], "OWN_NUMBER": [0, 1], "LATER_DUE": [0, 7, 60, 3651],
                "TERM_DAYS": [0, 30, 90], "CUSTOM_AMOUNT": [0, 500, 100_000], "REVERSAL": [0, 5000, 50_000, -1],
                "OPENING_LIMIT": [0, 20_000], "CASH_OUT": [0, 500, 1000], "CASH_IN": [0, 500, 60_500, -1]}
        said = []
        for _ in range(r.choice([1, 1, 2, 4])):
            threshold = r.choice(list(THRESHOLDS))
            one = {"threshold": "THRESHOLD_" + threshold,
                   "role": "ROLE_" + r.choice(["SALES", "SALES", "CONTROLLER", "ACCOUNTANT", "MANAGER", "OWNER"])}
            chance = r.random()
            if chance < 0.5:
                one["most"] = r.choice(most.get(threshold, [0, 100, 333, 2500, 10000, 10001]))
            elif chance < 0.7:
                one["usual"] = True
            said.append({**one, **self.maybe(0.02, usual=True)})
        return {"set_thresholds": {"thresholds": said if r.random() < 0.98 else []}}

    def terminal(self):
        r, m = self.r, self.m
        number = r.choice([1, 2, 3, 4, 99])
        serial = m.terminals.get(number, {}).get("serial", 0) + r.choice([1, 1, 0])
        digest = r.choice(["aa", "bb"]) * 32
        expires = m.now + r.choice([10 * DAY_MS, 900_000, -1])
        paper = {"terminal": number, "serial": serial, "fingerprint": r.choice(["f1", "f1f2", "f3", ""]),
                 "not_after_ms": m.now + 10**10}
        return r.choice([
            {"add_terminal": {"branch": r.choice([1, 99]), "name": r.choice(["", "spare"])}}
            if len(m.terminals) < 8 else {"add_terminal": {"branch": 99, "name": "none"}},
            {"change_terminal": {"terminal": number, **self.maybe(0.5, name=r.choice(["a", "b", ""])),
                                 **self.maybe(0.3, branch=r.choice([1, 2, 99]))}},
            {"change_terminal": {"terminal": r.choice([3, 4]), "blocked": r.random() < 0.5}},
            {"set_enrolment_code": {"terminal": number, "code_digest": r.choice([digest, digest, "ab"]),
                                    "expires_ms": expires, **self.maybe(0.3, by=r.choice([1, 6]))}},
            {"enrol_terminal": {**paper, "code_digest": r.choice([digest] * 9 + ["ab"])}},
            {"enrol_terminal": {**paper, "code_digest": m.terminals.get(number, {}).get(
                "code", (digest, 0))[0], **self.maybe(0.4, key="c0" * r.choice([91] * 5 + [90, 92, 0]))}},
            {"renew_terminal": paper}])

    def branching(self):
        r, m = self.r, self.m
        blocked = [b for b, x in m.branches.items() if x["blocked"]]
        return r.choice([
            {"change_branch": {"branch": r.choice([2, 3]), "blocked": r.random() < 0.3}},
            {"change_branch": {"branch": r.choice(blocked or [1]), "blocked": False}},
            {"change_branch": {"branch": r.choice(blocked or [1]), "blocked": False}},
            {"change_branch": {"branch": r.choice(blocked or [99]), "blocked": False}},
            {"change_branch": {"branch": 2, **r.choice([{"name": ""}, {"utc_offset_minutes": 900},
                                                        {"phone": "1"}, {"phone": ""}])}},
            {"add_branch": {"code": r.choice(["TD", "td", ""]), "name": "again"}},
            {"add_branch": {"code": f"B{r.randint(1, 9)}" if len(m.branches) < 9 else "TD", "name": "another",
                            "utc_offset_minutes": r.choice([840, -720, 0, 210, 345, -300, 841, -721])}}])

    def turn_day(self):
        r = self.r
        behind = [b for b in self.m.branches if self.m.branches[b]["date"] < self.local_day(b)]
        branch = r.choice(behind or [1, 2, 3])
        to = self.local_day(branch, self.wrong if r.random() < 0.1 else 0)
        if r.random() < 0.15:
            date = self.m.branches[branch]["date"]
            return {"turn_day": {"branch": r.choice([branch, 99]), "date": r.choice(
                [date, date - 1, 0, date + 401, date + 1 if date <= to + 5 else date])}}
        return {"turn_day": {"branch": branch, "date": max(to, 1)}}

    def turn_back(self):
        """Of a branch that is ahead of its clock, mostly."""
        r = self.r
        ahead = [b for b in self.m.branches if self.m.branches[b]["date"] > self.local_day(b)]
        branch = r.choice(ahead or [1, 2, 3])
        date = self.m.branches[branch]["date"]
        to = self.local_day(branch) if ahead else date - r.choice([1, 1, 2, 30])
        if r.random() < 0.2:
            return {"turn_back_day": {"branch": r.choice([branch, branch, 99]),
                                      "date": r.choice([date, date - 1, date + 1, 0, 70000])}}
        return {"turn_back_day": {"branch": branch, "date": to, **self.maybe(0.5, leave_papers=True)}}

    def restored(self):
        """The ledger never was."""
        return self.r.choice([{"apply_offers": {}}, {"close_recovery": {}},
                              {"decline_offer": {"seq": 5, "reason": self.r.choice(["", "undone"])}}])

    # ---- to the bounds of an item and a bill ----

    def fill(self):
        m = self.m
        yield {"open_customer": {"code": "MANY", "name": "Many bills", "phone": "1", "area": "x"}}
        customer = m.customer_codes["MANY"]
        yield {"set_credit_limit": {"customer": customer, "terms": {"unlimited": True}}}
        for _ in range(2010):
            yield {"issue_invoice": {"customer": customer, "lines": [self.free(1)]}}
        oldest = {"match_items": {"customer": customer, "order": "MATCH_OLDEST_DUE"}}
        money = {"customer": customer, "kind": "PAYMENT_TRANSFER", "money_account": 1, "amount_minor": 5000}
        yield {"take_payment": money}
        payment = self.newest(customer, 5000)
        for _ in range(4):
            yield oldest
            yield {"match_items": {"customer": customer, "order": "MATCH_OLDEST_DUE", "credits": [payment]}}
            yield self.one_bill_more(customer, payment)
            yield {"undo_match": {"customer": customer, "match": self.newest_match(customer)}}
        yield {"correct_payment": {"document": payment, "payment": money, "reason": "till"}}
        yield oldest
        yield {"take_payment": {**money, "match": "MATCH_OLDEST_DUE"}}
        payment = self.newest(customer, 5000)
        yield {"correct_payment": {"document": payment, "payment": {**money, "amount_minor": 6000}, "reason": "till"}}
        yield {"issue_invoice": {"customer": customer, "lines": [
            {"text": "piece", "quantity": 3_000_000, "price": 10_000}]}}
        bill = self.newest(customer, 30_000)
        for _ in range(505):
            yield {"issue_credit_note": {"invoice": bill, "credit": [{"line": 0, "quantity": 1000}]}}
        for _ in range(1520):
            yield {"take_payment": {**money, "amount_minor": 1, "bills": [{"bill": bill}]}}
        yield {"reverse_document": {"document": self.newest(customer, 1), "reason": "room"}}
        yield {"reverse_document": {"document": self.newest_note(bill), "reason": "room"}}
        yield {"take_payment": {**money, "amount_minor": 1, "bills": [{"bill": bill}]}}
        yield {"take_payment": {**money, "amount_minor": 2, "bills": [{"bill": bill}]}}
        yield {"issue_credit_note": {"invoice": bill, "credit": [{"line": 0, "quantity": 1000}]}}

    def one_bill_more(self, customer, payment):
        bill = max(self.m.customers[customer]["bills"], default=1)
        return {"match_items": {"customer": customer, "parts": [{"debit": bill, "credit": payment}]}}

    def newest_note(self, bill):
        notes = self.m.documents[bill]["notes"] if bill in self.m.documents else ()
        return notes[-1] if notes else bill

    def newest(self, customer, total):
        documents = self.m.documents
        return next((d for d in reversed(self.m.customers[customer]["documents"]) if documents[d]["total"] == total), 1)

    def newest_match(self, customer):
        return max((match for who, match in self.m.matches if who == customer), default=1)

    def job(self):
        jobs = list(self.m.jobs)
        return {"step_job": {"job": self.r.choice(jobs) if jobs and self.r.random() < 0.9 else 1}}

    def too_much_in_between(self):
        """Its total is within the bound; what it is made of is not."""
        most = 9_000_000_000_000
        return {"issue_invoice": {"customer": self.a_credit_customer(), "backfill": True, "lines": [
            self.free(most - 500), self.free(1000),
            {"text": "came back", "quantity": -1000, "price": 300_000, "tax_bp": 10000}]}}

    def forms(self):
        """Whatever was aimed at too seldom."""
        r = self.r
        return r.choice([
            lambda: {"adopt_rules_version": {"rules_version": r.choice([0, 1, self.rules])}},
            lambda: {"create_company": {"name": "Again", "currency": "EUR", "admin_login": "x", "rules_version": 1,
                                       "date": START}},
            self.imported, self.too_much_in_between, self.person_allow, self.edge_sale, self.ask, self.decide])()
