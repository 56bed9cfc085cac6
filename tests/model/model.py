"""The ledger once more: plain dictionaries, whole numbers, no line shared with the C.

Written from the schema, the rules and what the headers promise. What a command changes is noted in an
undo log, so a command may go on until it meets a refusal, and then nothing has happened. Sums are
counted anew from the open items each time, never carried along.
"""
import heapq
import re
import unicodedata

MONEY_MAX = 9_000_000_000_000
QUANTITY_MAX = 1_000_000_000_000
DATE_MIN, DATE_MAX = 1, 65535
DAYS_BACK = 731
DAY_MS = 86_400_000
ID_LIFE_MS = 45 * DAY_MS
ID_AHEAD_MS = DAY_MS
JUMP_MS = 5 * 60_000       # a clock that goes back by more was wrong before
GAP_MS = 3 * DAY_MS        # so long a server may be switched off
NAME, CODE, TEXT = 200, 40, 2000
RULES = (1, 2, 3, 4, 5, 6, 7, 8)  # rules versions that it knows
TERM_DAYS_MAX = 3650
TURN_DAYS_MAX = 400
PERSONS_MAX = 32
BARCODES_MAX = 64
GROUPS_MAX = 16
NOTES_AGAIN_MAX = 20       # of one customer, that somebody comes back to
SITES_MAX = 100            # of one payer
SERIALS_MAX = 2000
UNITS_MAX, FACTOR_MAX = 16, 1_000_000_000      # units of a product, beside its own
LISTS_MAX, PRICES_EACH_MAX, PRICES_AT_ONCE_MAX = 64, 64, 500
REPORTS_EACH, REPORTS_MAX = 50, 500
PARTS_MAX = 1000           # pairs that one act names
PARKED_EACH_MAX, PARKED_CUSTOMER_MAX, PARKED_MAX = 20, 40, 1000  # sales that approval is asked for
GOODS_BYTES = 200  # of what is parked, in words
ENTRIES_MAX = 64           # of a customer's own terms
MATCHES_MAX = 2000         # of an item, that stand; under rules 1 with those that were undone
MATCHES_KEPT_MAX = 4000    # of an item, in all
OVERDUE_BILLS_MAX = 2000   # the oldest, which a decision looks at
NOTES_MAX, CREDITED_LINES_MAX = 500, 8000  # on one invoice
ROOM = {"branch": 500, "staff": 10_000, "terminal": 20_000, "group": 10_000, "product": 1_000_000,
        "money_account": 2000}  # what a company may have

ROLES = ["ROLE_SALES", "ROLE_CONTROLLER", "ROLE_ACCOUNTANT", "ROLE_MANAGER", "ROLE_OWNER"]
SALES = {"NONE", "SELL", "TAKE_MONEY", "MATCH", "EDIT_CUSTOMER", "SEE"}
CONTROLLER = SALES | {"REFUND", "LOCK", "SET_LIMIT", "APPROVE", "EDIT_GROUPS", "CREDIT_NOTE", "SEE_ALARMS"}
ACCOUNTANT = {"REFUND", "NONE", "TAKE_MONEY", "MATCH", "CREDIT_NOTE", "REVERSE", "CONFIRM_MONEY", "EDIT_CUSTOMER",
              "EDIT_CATALOGUE", "BACKDATE", "BACKFILL", "SEE", "SEE_TRIAL_BALANCE", "SEE_ALARMS"}
MANAGER = CONTROLLER | ACCOUNTANT | {"EDIT_STAFF", "EDIT_BRANCHES", "EDIT_TERMINALS", "CUSTOM_LINE",
                                  "SEE_AUDIT"}
COST = {"SEE_COST"}
RIGHTS = dict(zip(ROLES, [SALES, CONTROLLER, ACCOUNTANT | COST, MANAGER, MANAGER | COST]))

RIGHT_OF = {
    "create_company": "SERVER", "adopt_rules_version": "SERVER", "turn_day": "SERVER", "step_job": "SERVER",
    "turn_back_day": "EDIT_BRANCHES", "apply_offers": "EDIT_TERMINALS", "decline_offer": "EDIT_TERMINALS",
    "close_recovery": "EDIT_TERMINALS",
    "add_branch": "EDIT_BRANCHES", "change_branch": "EDIT_BRANCHES", "add_staff": "EDIT_STAFF",
    "change_staff": "EDIT_STAFF", "set_secret": "SERVER", "add_terminal": "EDIT_TERMINALS",
    "change_terminal": "EDIT_TERMINALS", "set_enrolment_code": "SERVER", "enrol_terminal": "SERVER",
    "renew_terminal": "SERVER", "sign_out": "EDIT_STAFF", "open_customer": "EDIT_CUSTOMER",
    "change_customer": "EDIT_CUSTOMER", "lock_customer": "LOCK", "unlock_customer": "LOCK",
    "add_group": "EDIT_GROUPS", "change_group": "EDIT_GROUPS", "join_group": "EDIT_GROUPS",
    "leave_group": "EDIT_GROUPS", "authorise_buyer": "EDIT_CUSTOMER", "revoke_buyer": "EDIT_CUSTOMER",
    "set_buyer_pin": "EDIT_CUSTOMER", "add_note": "EDIT_CUSTOMER", "change_note": "EDIT_CUSTOMER",
    "merge_customers": "SET_LIMIT", "undo_merge": "SET_LIMIT", "erase_customer": "EDIT_STAFF",
    "add_product": "EDIT_CATALOGUE", "change_product": "EDIT_CATALOGUE", "add_till": "EDIT_BRANCHES",
    "add_bank_account": "EDIT_BRANCHES", "add_pos_device": "EDIT_BRANCHES",
    "retire_money_account": "EDIT_BRANCHES", "set_credit_limit": "SET_LIMIT",
    "set_credit_policy": "SET_LIMIT", "ask_approval": "SELL", "decide_approval": "APPROVE",
    "set_payer": "SET_LIMIT", "issue_invoice": "SELL", "issue_credit_note": "CREDIT_NOTE", "match_items": "MATCH",
    "undo_match": "MATCH", "take_payment": "TAKE_MONEY", "confirm_payment": "CONFIRM_MONEY",
    "set_thresholds": "EDIT_STAFF", "reverse_document": "NONE", "correct_invoice": "SELL", "correct_payment": "TAKE_MONEY",
    "sell_paid": "SELL", "set_cash_policy": "EDIT_BRANCHES", "refund_money": "REFUND", "move_money": "TAKE_MONEY",
    "confirm_move": "TAKE_MONEY", "put_cash": "TAKE_MONEY", "open_till": "TAKE_MONEY", "count_till": "TAKE_MONEY",
    "close_till": "TAKE_MONEY", "add_price_list": "EDIT_CATALOGUE", "change_price_list": "EDIT_CATALOGUE",
    "set_prices": "EDIT_CATALOGUE", "save_report": "SEE_ALARMS", "remove_report": "SEE_ALARMS",
}
SERIES = {"DOCUMENT_INVOICE": "", "DOCUMENT_CREDIT_NOTE": "CN-", "DOCUMENT_PAYMENT": "R-",
          "DOCUMENT_REVERSAL": "X-", "DOCUMENT_REFUND": "RF-", "DOCUMENT_MONEY_MOVE": "M-"}
# kind of money: the place it lies in, its book, is the place a branch's, is it final
MONEY = {
    "PAYMENT_CASH": ("till", "GL_CASH", True, True),
    "PAYMENT_POS": ("device", "GL_POS_CLEARING", True, True),
    "PAYMENT_TRANSFER": ("account", "GL_BANK", False, True),
    "PAYMENT_SLIP": ("account", "GL_MONEY_ON_ITS_WAY", False, False),
}
BOOKS = ["GL_RECEIVABLE", "GL_SALES", "GL_TAX", "GL_CHARGES", "GL_CASH", "GL_BANK",
         "GL_POS_CLEARING", "GL_MONEY_ON_ITS_WAY", "GL_CASH_ROUNDING", "GL_SETTLEMENT_DISCOUNT",
         "GL_MONEY_IN_TRANSIT", "GL_BANK_FEES", "GL_CASH_IN_OUT", "GL_CASH_DIFFERENCE",
         "GL_OPENING"]
BOOK_OF = {"till": "GL_CASH", "device": "GL_POS_CLEARING", "account": "GL_BANK"}
# up to how much, as a ledger begins with: the right behind it, the highest, and of sales, controller, accountant,
# manager; None: any
ANY = None
THRESHOLDS = {
    "DISCOUNT": ("SELL", 10000, 500, 1000, 0, ANY), "BELOW_LIST": ("SELL", 10000, 0, 500, 0, ANY),
    "BELOW_FLOOR": ("SELL", 10000, 0, 0, 0, ANY), "CUSTOM_AMOUNT": ("SELL", MONEY_MAX, 0, 0, 0, ANY),
    "CUSTOM_SHARE": ("SELL", 10000, 1000, 1000, 0, ANY), "OTHER_TAX": ("SELL", 1, 0, 0, 0, ANY),
    "LATER_DUE": ("SELL", TERM_DAYS_MAX, 0, 30, 0, ANY), "TERM_DAYS": ("EDIT_CUSTOMER", TERM_DAYS_MAX, 0, 90, 0, ANY),
    "OWN_NUMBER": ("TAKE_MONEY", 1, 0, 0, ANY, ANY), "REVERSAL": ("NONE", MONEY_MAX, ANY, ANY, ANY, ANY),
    "OPENING_LIMIT": ("EDIT_CUSTOMER", MONEY_MAX, 0, ANY, ANY, ANY), "BELOW_COST": ("SELL", 1, 0, 0, 0, ANY),
    "CASH_OUT": ("TAKE_MONEY", MONEY_MAX, 0, 0, ANY, ANY), "CASH_IN": ("TAKE_MONEY", MONEY_MAX, 0, 0, ANY, ANY),
    "MOVE_FEE": ("CONFIRM_MONEY", 10000, 0, 0, 500, ANY),
}
ADMINISTRATION = {"EDIT_STAFF", "EDIT_BRANCHES", "EDIT_TERMINALS"}  # done at any branch's devices
CURRENCIES = {"EUR": 2, "VND": 0, "CNY": 2, "IRR": 0}
SPACES = {0x20, 0xA0, 0x1680, 0x202F, 0x205F, 0x3000, 0xFEFF} | set(range(0x2000, 0x200C))
NOTHING = object()
ANY_OWN = "any sum"
UNIT = 1_000_000 * 10_000  # a minor unit, in thousandths of quantity and price, with a rate


class Refused(Exception):
    def __init__(self, code, field=None, **facts):
        super().__init__(code)
        self.refusal = {"code": code}
        if field is not None:
            self.refusal["field"] = field
        self.refusal.update({k: v for k, v in facts.items() if v is not None})


def rounded(number, by):
    """number / by, half away from zero."""
    if by < 0:
        number, by = -number, -by
    whole = (2 * abs(number) + by) // (2 * by)
    return whole if number >= 0 else -whole


def size(text):
    return len(text.encode())


DASHES = set("-\u02d7\u058a\u05be\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d")
QUOTES = set("'`\u00b4\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201a\u201b\u2032\uff07")
ARABIC = {"\u0649": "\u06cc", "\u064a": "\u06cc", "\u0643": "\u06a9", "\u0640": ""}


def folded(word):
    """A key as it is compared since rules version 5; of characters that the commands here use."""
    if not isinstance(word, str):
        return word
    marked = "".join("'" if c in QUOTES else c for c in word)
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", marked).casefold())
    plain = "".join(str(unicodedata.decimal(c, ARABIC.get(c, c))) for c in plain)
    parts = "".join(" " if c in DASHES or c.isspace() else c for c in plain).split()
    return "-".join(parts) or word


LOOKS = dict(zip("\u0131\u0251αβεζηικμνορτυχϳавекмнорстухѕіјһ\u04c0\u04cfԁԛԝ\u0585",
                 "iaabezhikmnoptyxjabekmhopctyxsijhiidqwo"))


def looking(word):
    """The key as it looks: letters that are drawn as a Latin one are that one."""
    return "".join(LOOKS.get(c, c) for c in folded(word))


class Words(dict):
    """What words name; a word is a text, or a tuple with texts in it."""

    def __init__(self):
        super().__init__()
        self.folds = {}

    @staticmethod
    def fold(word):
        return tuple(map(folded, word)) if isinstance(word, tuple) else folded(word)

    def __setitem__(self, word, value):
        super().__setitem__(word, value)
        self.folds.setdefault(self.fold(word), set()).add(word)

    def __delitem__(self, word):
        self.pop(word)

    def pop(self, word):
        self.folds[self.fold(word)].discard(word)
        return super().pop(word)

    def alike(self, word, besides=None):
        """The values of those that fold like it, in the order of their bytes."""
        order = sorted(self.folds.get(self.fold(word), ()), key=lambda w: str(w).encode())
        return [self[w] for w in order if besides is None or self[w] != besides]


def roles_with(right):
    return [role for role in ROLES if right in RIGHTS[role]]


# ---- forms of fields ----

def line(field, text, most=NAME):
    if text is None:
        return
    if all(ord(c) in SPACES for c in text):
        raise Refused("FIELD_MISSING", field)
    if size(text) > most:
        raise Refused("TEXT_INVALID", field, most=most)
    if any(ord(c) < 32 or 127 <= ord(c) < 160 or ord(c) in (0x2028, 0x2029) for c in text):
        raise Refused("TEXT_INVALID", field)


def line_or_none(field, text, most=NAME):
    if text != "":
        line(field, text, most)


def word(field, text, allowed, most=CODE):
    if text is None:
        return
    if text == "":
        raise Refused("FIELD_MISSING", field)
    if size(text) > most:
        raise Refused("TEXT_INVALID", field, most=most)
    if not all(allowed(c) for c in text):
        raise Refused("FIELD_INVALID", field)


def code(field, text):
    word(field, text, lambda c: c in "-_./" or c.isascii() and c.isalnum() or
         ord(c) >= 160 and ord(c) not in SPACES)


def login(field, text):
    word(field, text, lambda c: c in "-_." or c.isascii() and (c.isdigit() or c.islower()))


PLAIN_LOGIN = re.compile("[a-z0-9]+([-_.][a-z0-9]+)*")


def without_marks(login):
    return login.translate({ord(mark): None for mark in "-_."})


def text(field, value):
    if value is not None and size(value) > TEXT:
        raise Refused("TEXT_INVALID", field, most=TEXT)


def filled(field, value):
    text(field, value)
    if value == "":
        raise Refused("FIELD_MISSING", field)


def wanted(field, value):
    if value is None:
        raise Refused("FIELD_MISSING", field)
    filled(field, value)


def amount(field, value):
    if value is not None and value <= 0:
        raise Refused("AMOUNT_NOT_POSITIVE", field)
    amount_or_zero(field, value)


def amount_or_zero(field, value):
    if value is not None and value < 0:
        raise Refused("FIELD_INVALID", field)
    if value is not None and value > MONEY_MAX:
        raise Refused("AMOUNT_TOO_BIG", field, most=MONEY_MAX)


def date_form(field, value):
    if value is not None and not 1 <= value <= DATE_MAX:
        raise Refused("DATE_INVALID", field)


def most_of(field, value, most):
    if value is not None and value > most:
        raise Refused("FIELD_INVALID", field, most=most)


def raw(field, value, most):
    if value is not None and not 1 <= len(value) // 2 <= most:
        raise Refused("FIELD_INVALID", field, most=most)


class Pairs(list):
    """What one act matches, and what a bound kept apart."""

    def __init__(self, follows=False):
        super().__init__()
        self.follows, self.left, self.bound = follows, 0, 0

    def leave(self, amount_minor, bound):
        self.left, self.bound = min(self.left + amount_minor, MONEY_MAX), bound


class Ledger:
    def __init__(self):
        self.seq = 0
        self.now = 0
        self.ids_from = self.ids_forgotten = 0
        self.company = None
        self.epoch = self.founded = 0
        self.branches, self.staff, self.terminals = {}, {}, {}
        self.customers, self.groups, self.products, self.places = {}, {}, {}, {}
        self.approvals, self.jobs, self.alarms = {}, {}, {}
        self.thresholds = {}        # (threshold, role) -> most, that were set
        self.parked = {}            # (who asked, approval) -> lines and charges
        self.price_lists = {}
        self.reports = {}           # the seq that saved it first -> whose, shared; in the order they came
        self.prices = {}            # (list, product) -> ((unit, from quantity, day), price), ...
        self.logins, self.branch_codes, self.customer_codes, self.sources = Words(), Words(), Words(), {}
        self.group_names, self.product_codes = Words(), Words()
        self.documents, self.items = {}, {}
        self.numbers = {kind: Words() for kind in SERIES}
        self.ordinals, self.references, self.serials = {}, Words(), Words()
        self.day_sums = {}          # what is counted, of whom -> (date, amount)
        self.matches = {}           # (customer, match) -> {"pairs", "undone"}
        self.books = {}             # (account, sub, branch) -> amount
        self.ids, self.id_heap = {}, []
        self.log = []
        self.actor = {}
        self.told = []              # customers whose account changed, in order
        self.touched, self.saved = set(), []  # customers whose items this command matched; what it saved itself

    # ---- changing with a way back ----

    def put(self, where, key, value):
        self.log.append((where, key, where.get(key, NOTHING)))
        where[key] = value

    def drop(self, where, key):
        if key in where:
            self.log.append((where, key, where.pop(key)))

    def roll_back(self):
        while self.log:
            where, key, before = self.log.pop()
            if before is NOTHING:
                del where[key]
            else:
                where[key] = before

    def number(self, what):
        value = self.company[what]
        self.put(self.company, what, value + 1)
        return value

    # ---- one command ----

    def apply(self, entry):
        """entry: staff, terminal, branch, now_ms, id, command. The reply as the ledger's JSON."""
        self.seq += 1
        before, ids_from = self.now, self.ids_from
        self.now = entry["now_ms"] if self.epoch >= 3 else max(self.now, entry["now_ms"])
        self.ids_from = self.first_id(self.now - before, self.ids_from)
        answer = self.answer(entry)
        if self.epoch < 3:
            self.ids_from = ids_from
        return answer

    def first_id(self, passed, ids_from):
        """Ids that were made before this are too old: they live for 45 days of the time that passes from command to
        command, and what jumps beyond three days counts as three. What a holiday left behind is caught up a quarter
        faster. A clock put right brings back the ids of the right time, as far as none has been forgotten."""
        wanted = self.now - ID_LIFE_MS
        if self.epoch < 3 or ids_from == 0:
            return wanted
        if passed < -JUMP_MS:
            return min(ids_from, max(wanted, self.ids_forgotten + 1))
        counted = min(max(passed, 0), GAP_MS)
        return max(ids_from, min(wanted, ids_from + counted + counted // 4))

    def answer(self, entry):
        command, ident = entry["command"], entry["id"]
        known = self.ids.get(ident)
        if known is not None:
            if known[0] == command:
                return known[1]
            return self.reply(refused={"code": "COMMAND_ID_REUSED", "field": "id"})
        made = int(ident[:12], 16)
        if made < self.ids_from:
            answer = self.reply(refused={"code": "COMMAND_ID_TOO_OLD", "field": "id"})
        elif made > self.now + ID_AHEAD_MS:
            answer = self.reply(refused={"code": "FIELD_INVALID", "field": "id"})
        else:
            answer = self.run(entry, command)
            self.ids[ident] = (command, answer)
            heapq.heappush(self.id_heap, ident)
        for _ in range(4):
            if self.id_heap and int(self.id_heap[0][:12], 16) < self.ids_from:
                gone = heapq.heappop(self.id_heap)
                self.ids_forgotten = max(self.ids_forgotten, int(gone[:12], 16))
                del self.ids[gone]
        return answer

    def reply(self, **result):
        return {"seq": self.seq, **result}

    def run(self, entry, command):
        self.actor = {k: entry[k] for k in ("staff", "terminal", "branch") if entry.get(k)}
        self.typed_pin = entry.get("buyer_pin", 0)
        self.home = None
        self.log, self.told, self.touched, self.saved = [], [], set(), []
        try:
            if not command:
                raise Refused("UNREADABLE", "command")
            (kind, body), = command.items()
            if self.company is None:
                if kind != "create_company":
                    raise Refused("NOT_FOUND", "company")
                if body["rules_version"] not in RULES:
                    raise Refused("FIELD_INVALID", "rules_version")
            else:
                self.needs(RIGHT_OF[kind])
                self.at_home(RIGHT_OF[kind])
            done = getattr(self, "do_" + kind)(body)
            self.change_others()
        except Refused as refused:
            self.roll_back()
            return self.reply(refused=refused.refusal)
        if self.told:
            done["account"] = self.row(self.leads_to(self.customers[self.told[0]])["customer"])
        return self.reply(done=done)

    # ---- who acts ----

    def is_server(self):
        return not self.actor.get("staff") and not self.actor.get("terminal")

    def needs(self, right):
        if self.is_server():
            return
        who = self.staff.get(self.actor.get("staff"))
        if who is None:
            raise Refused("NOT_LOGGED_IN")
        if who["blocked"]:
            raise Refused("STAFF_BLOCKED")
        if self.actor.get("terminal"):
            terminal = self.terminals.get(self.actor["terminal"])
            if terminal is None:
                raise Refused("TERMINAL_UNKNOWN")
            if terminal["blocked"]:
                raise Refused("TERMINAL_BLOCKED")
        if right not in RIGHTS[who["role"]]:
            self.right_missing(right, roles_with(right))

    @staticmethod
    def right_missing(right, roles, code="RIGHT_MISSING", field=None, **facts):
        raise Refused(code, field, right="RIGHT_" + right, roles=roles or None, **facts)

    def may(self, right):
        try:
            self.needs(right)
            return True
        except Refused:
            return False

    def needs_owner(self):
        if self.is_server():
            return
        who = self.staff.get(self.actor.get("staff"))
        if who is None or who["role"] != "ROLE_OWNER":
            self.right_missing("EDIT_STAFF", ["ROLE_OWNER"])

    def at_home(self, right):
        who = self.staff.get(self.actor.get("staff"))
        if self.epoch < 5 or who is None or right in ADMINISTRATION:
            return
        home = who.get("branch", 0)
        if home and home != self.branch()["branch"]:
            raise Refused("STAFF_OF_OTHER_BRANCH", branch=self.branches[home]["code"], roles=roles_with("EDIT_STAFF"))

    def office(self, by=None):
        """The branch that somebody looks after since rules 6, 0: all. An owner looks after all of it."""
        who = self.staff.get(by or self.actor.get("staff"))
        return 0 if self.epoch < 6 or who is None or who["role"] == "ROLE_OWNER" else who.get("branch", 0)

    def bound(self, field, office):
        raise Refused("BOUND_TO_BRANCH", field, branch=self.branches[office]["code"], roles=roles_with("EDIT_STAFF"))

    def of_office(self, field, branch, office=None):
        office = self.office() if office is None else office
        if office not in (0, branch):
            self.bound(field, office)

    def of_home(self, field, branch):
        """The same since rules 7: of a customer whom that branch opened, 0 of what is the company's."""
        if self.epoch >= 7:
            self.of_office(field, branch)

    def of_office_touch(self, by, who):
        if by and by != who["staff"]:
            self.of_office("staff", who.get("branch", 0), self.office(by))

    def own_paper(self, field, document):
        who = self.staff.get(self.actor.get("staff"))
        if self.epoch < 5 or who is None:
            return
        if who.get("branch", 0) not in (0, document["branch"]):
            raise Refused("STAFF_OF_OTHER_BRANCH", field, branch=self.branches[who["branch"]]["code"],
                          roles=roles_with("EDIT_STAFF"))

    def own_papers(self, pairs):
        """Money of their own branch may pay any bill; all else is of their own."""
        for debit, credit in pairs:
            self.own_paper("document", self.documents[credit])
            if self.documents[credit]["kind"] != "DOCUMENT_PAYMENT":
                self.own_paper("document", self.documents[debit])

    # ---- up to how much ----

    def most_for(self, threshold, role):
        if role == "ROLE_OWNER":
            return ANY
        return self.thresholds.get((threshold, role), THRESHOLDS[threshold][2 + ROLES.index(role)])

    def asks(self):
        """Of whom a threshold is asked: their role, or None."""
        return None if self.epoch < 5 or self.is_server() else self.staff[self.actor["staff"]]["role"]

    def within(self, threshold, field, wanted):
        role = self.asks()
        most = self.most_for(threshold, role) if role else ANY
        if most is not ANY and wanted > most:
            self.too_much(threshold, field, wanted, most)

    def too_much(self, threshold, field, wanted, most, may=None):
        may = may or (lambda role: self.most_for(threshold, role))
        roles = [r for r in roles_with(THRESHOLDS[threshold][0]) if may(r) is ANY or may(r) >= wanted]
        raise Refused("MORE_THAN_YOU_MAY", field, threshold="THRESHOLD_" + threshold, wanted=wanted, most=most,
                      roles=roles or None)

    def do_set_thresholds(self, c):
        if self.epoch < 5:
            raise Refused("RULES_TOO_OLD", "thresholds")
        said = c.get("thresholds", [])
        if not said:
            raise Refused("FIELD_MISSING", "thresholds")
        if len(said) > 128:
            raise Refused("TOO_MANY", "thresholds", most=128)
        for i, one in enumerate(said):
            most = THRESHOLDS[one["threshold"][len("THRESHOLD_"):]][1]
            if one["role"] == "ROLE_OWNER":
                raise Refused("FIELD_INVALID", f"thresholds[{i}].owner")
            if not 0 <= one.get("most", 0) <= most:
                raise Refused("FIELD_INVALID", f"thresholds[{i}].most", most=most)
            if "most" in one and one.get("usual"):
                raise Refused("FIELD_INVALID", f"thresholds[{i}].usual")
            if one["role"] == "ROLE_MANAGER":
                self.needs_owner()
        self.of_office("thresholds", 0)
        changed = False
        for one in said:
            key = (one["threshold"][len("THRESHOLD_"):], one["role"])
            if one.get("usual"):
                changed |= key in self.thresholds
                self.drop(self.thresholds, key)
            elif self.thresholds.get(key, NOTHING) != one.get("most", ANY):
                self.put(self.thresholds, key, one.get("most", ANY))
                changed = True
        self.nothing(changed)
        self.put(self.company, "thresholds_version", self.company.get("thresholds_version", 0) + 1)
        return {"id": self.company["thresholds_version"]}

    def room(self, kind):
        if self.epoch >= 3 and self.company[kind] > ROOM[kind]:
            raise Refused("TOO_MANY", kind, most=ROOM[kind])

    def too_early(self, field, first):
        if self.epoch < 3:
            raise Refused("DATE_INVALID", field)
        raise Refused("DATE_TOO_EARLY", field, date=first)

    def may_touch(self, who):
        if who["role"] == "ROLE_OWNER" and self.actor.get("staff") != who["staff"]:
            self.needs_owner()

    def branch_here(self):
        return self.branches[self.actor.get("branch", 1)]

    def branch(self):
        """Where the command's papers are: a correction's, since rules 5, are the old one's branch's."""
        return self.branches[self.home] if self.home else self.branch_here()

    def today(self):
        return self.branch()["date"]

    # ---- looking up ----

    @staticmethod
    def found(where, key, field):
        if key not in where:
            raise Refused("NOT_FOUND", field)
        return where[key]

    def taken(self, words, word, besides=None):
        """What has the word, or since version 5 one that folds like it."""
        if self.epoch < 5:
            return words[word] if word in words and words[word] != besides else None
        return next(iter(words.alike(word, besides)), None)

    def looks_apart(self, words, number_of, word):
        """Nothing else looks like it; number_of: the codes of records by number."""
        if self.epoch < 5 or word is None:
            return
        look = looking(word)
        alike = sorted(n for n, its in number_of if looking(its) == look and look != folded(its))
        alike = alike or words.alike(look)
        if alike:
            raise Refused("LOOKS_LIKE", "code", existing=alike[0], existing_number=dict(number_of)[alike[0]])

    def named(self, words, word):
        """What is meant by the word: it, or since version 5 the only one that folds like it."""
        alike = words.alike(word) if self.epoch >= 5 else []
        return words.get(word, alike[0] if len(alike) == 1 else None)

    def same(self, a, b):
        return folded(a) == folded(b) if self.epoch >= 5 else a == b

    def free(self, where, key, field):
        existing = where.get(key) if not isinstance(where, Words) else self.taken(where, key)
        if key is not None and existing:
            raise Refused("ALREADY_EXISTS", field, existing=existing)

    def there(self, number):
        customer = self.found(self.customers, number, "customer")
        if number == 1:
            raise Refused("FIELD_INVALID", "customer")
        if customer["erased"]:
            raise Refused("CUSTOMER_ERASED", "customer")
        return customer

    def named_customer(self, number):
        customer = self.there(number)
        self.stands(customer, "customer")
        return customer

    def logged(self, *customers):
        """An entry in the log of changes of each."""
        for customer in customers:
            self.put(customer, "entries", customer["entries"] + 1)

    def stands(self, customer, field):
        """May they do business?"""
        if customer["erased"] and self.epoch >= 7:
            raise Refused("CUSTOMER_ERASED", field)
        merge = customer.get("merge")
        if merge:
            raise Refused("CUSTOMER_MERGED", field, existing=merge["into"],
                          existing_number=self.customers[merge["into"]]["code"])

    def resolve(self, body):
        """By number or code; the cash customer without either."""
        number, its_code = body.get("customer", 0), body.get("customer_code")
        if not number and its_code is None:
            return None
        if not number:
            number = self.named(self.customer_codes, its_code)
        customer = self.found(self.customers, number, "customer")
        if its_code is not None and not self.same(customer["code"], its_code):
            raise Refused("NOT_FOUND", "customer")
        leads_on = not body.get("customer", 0) and customer.get("merge")
        return self.customers[customer["merge"]["into"]] if leads_on else customer

    def records(self, customer):
        """Their own, and those that were merged into it: one customer."""
        return [customer, *(self.customers[n] for n in customer["sites"] if self.customers[n].get("merge"))]

    def records_of(self, customer):
        """What is matched and paid out together."""
        return self.records(customer) if self.epoch >= 7 else [customer]

    def leads_to(self, customer):
        return self.customers[customer["merge"]["into"]] if customer.get("merge") else customer

    def together(self, customers):
        sums = [self.sums(one) for one in customers]
        return {figure: sum(one[figure] for one in sums) for figure in sums[0]}

    def record_of(self, body, key, field):
        """The record itself, wherever its code leads."""
        number, its_code = body.get(key, 0), body.get(key + "_code")
        if not number and its_code is None:
            raise Refused("FIELD_MISSING", field)
        if not number:
            number = self.named(self.customer_codes, its_code)
        customer = self.found(self.customers, number, field)
        if its_code is not None and not self.same(customer["code"], its_code):
            raise Refused("NOT_FOUND", field)
        return customer

    def currency(self, field, value):
        if value is not None and value != self.company["currency"]:
            raise Refused("WRONG_CURRENCY", field)

    def move(self, record, command, *fields):
        """Sets what is given; an empty text takes a field away. Did anything change?"""
        changed = False
        for field in fields:
            given = command.get(field)
            if given is None or given == record.get(field) or given == "" and field not in record:
                continue
            changed = True
            if given == "":
                self.drop(record, field)
            else:
                self.put(record, field, given)
        return changed

    @staticmethod
    def nothing(changed, field=None):
        if not changed:
            raise Refused("NOTHING_TO_CHANGE", field)

    # ---- company, branches ----

    def branch_code(self, field, value):
        if not re.fullmatch(r"[A-Z0-9]{1,8}", value, re.ASCII):
            raise Refused("FIELD_INVALID", field)

    def do_create_company(self, c):
        line("name", c["name"])
        if c["currency"] not in CURRENCIES:
            raise Refused("FIELD_INVALID", "currency")
        login("admin_login", c["admin_login"])
        if c["rules_version"] >= 6 and not PLAIN_LOGIN.fullmatch(c["admin_login"]):
            raise Refused("FIELD_INVALID", "admin_login")
        text("admin_name", c.get("admin_name"))
        if "head_office" in c:
            self.branch_code("head_office", c["head_office"])
        date_form("date", c["date"])
        if self.company is not None:
            raise Refused("ALREADY_EXISTS", "company")
        its_code = c.get("head_office", "HQ")
        self.company = {"currency": c["currency"], "version": 1, "term_days": 30, "branch": 1, "staff": 1,
                        "terminal": 1, "customer": 1, "group": 1, "product": 1, "money_account": 1,
                        "approval": 1, "job": 1,
                        "policy": {"limit_minor": 0, "policy": "EXCESS_BLOCK",
                                   "currency": c["currency"]}}
        self.epoch = self.founded = c["rules_version"]
        self.new_branch(its_code, its_code, c["date"])
        self.put(self.staff, self.number("staff"),
                 {"staff": 1, "login": c["admin_login"], "role": "ROLE_OWNER", "blocked": False})
        self.put(self.logins, c["admin_login"], 1)
        self.new_customer("CASH", {}, 1)  # a name is there, and empty
        return {"id": 1, "number": its_code}

    def new_branch(self, its_code, name, date):
        number = self.number("branch")
        self.put(self.branches, number, {
            "branch": number, "code": its_code, "name": name, "date": date, "blocked": False,
            "utc_offset_minutes": 0, **{kind: 1 for kind in SERIES}})
        self.put(self.branch_codes, its_code, number)
        return self.branches[number]

    def do_adopt_rules_version(self, c):
        if c["rules_version"] <= self.epoch or c["rules_version"] not in RULES:
            raise Refused("FIELD_INVALID", "rules_version")
        self.epoch = c["rules_version"]
        return {"id": c["rules_version"]}

    def branch_forms(self, c):
        line("name", c.get("name"))
        if not -720 <= c.get("utc_offset_minutes", 0) <= 840:
            raise Refused("FIELD_INVALID", "utc_offset_minutes")
        line_or_none("phone", c.get("phone"))
        line_or_none("address", c.get("address"))

    def do_add_branch(self, c):
        self.branch_code("code", c["code"])
        self.branch_forms(c)
        self.of_office("branch", 0)
        self.free(self.branch_codes, c["code"], "code")
        self.room("branch")
        branch = self.new_branch(c["code"], c["name"], self.first_date(c.get("utc_offset_minutes", 0)))
        self.move(branch, c, "utc_offset_minutes", "phone", "address")
        return {"id": branch["branch"], "number": branch["code"]}

    def do_change_branch(self, c):
        self.branch_forms(c)
        branch = self.found(self.branches, c["branch"], "branch")
        self.of_office("branch", c["branch"])
        self.nothing(self.move(branch, c, "name", "blocked", "utc_offset_minutes", "phone", "address"))
        return {"id": c["branch"]}

    def first_date(self, minutes):
        """The head office's day as its own zone has it; its clock may be out of step with its date."""
        head = self.branches[1]
        if self.epoch < 3:
            return head["date"]

        def day(offset):
            return (self.now + offset * 60_000) // DAY_MS

        date = head["date"] + day(minutes) - day(head["utc_offset_minutes"])
        return min(max(date, 1), DATE_MAX)

    def move_date(self, branch, date):
        if branch["branch"] == 1 and self.epoch >= 3:
            self.new_job("day", branch["date"])
        self.put(branch, "date", date)
        return {"id": branch["branch"]}

    def do_turn_back_day(self, c):
        date_form("date", c["date"])
        branch = self.found(self.branches, c["branch"], "branch")
        self.of_office("branch", c["branch"])
        if c["date"] >= branch["date"]:
            raise Refused("DATE_IN_FUTURE" if c["date"] > branch["date"] else "NOTHING_TO_CHANGE", "date")
        later = [d for d in self.documents.values() if d["branch"] == c["branch"] and d["date"] > c["date"]]
        of_all = sum(d["date"] > c["date"] for d in self.documents.values())
        by_clock = (self.now // 60_000 + branch["utc_offset_minutes"]) // 1440
        if c.get("leave_papers") and self.epoch >= 5 and c["date"] >= by_clock and len(later) <= 20 and of_all < 1000:
            return self.move_date(branch, c["date"])
        if later:
            first = min(later, key=lambda d: d["date"])  # of one day the first that was written
            raise Refused("DATED_LATER", "date", existing=first["document"], existing_number=first["number"],
                          date=first["date"])
        matched = branch.get("matched")
        if matched and matched[0] > c["date"]:
            raise Refused("DATED_LATER", "date", existing=matched[1],
                          existing_number=self.documents[matched[1]]["number"], date=matched[0])
        return self.move_date(branch, c["date"])

    def note_match(self, date, document):
        branch = self.branch()
        if self.epoch >= 4 and date > branch.get("matched", (0, 0))[0]:
            self.put(branch, "matched", (date, document))

    def do_turn_day(self, c):
        date_form("date", c["date"])
        branch = self.found(self.branches, c["branch"], "branch")
        days = c["date"] - branch["date"]
        if days <= 0:
            raise Refused("DATE_INVALID" if days else "NOTHING_TO_CHANGE", "date")
        if days > TURN_DAYS_MAX:
            raise Refused("DATE_IN_FUTURE", "date")
        return self.move_date(branch, c["date"])

    # ---- after a restore: there was none ----

    def no_recovery(self, _):
        raise Refused("NO_RECOVERY")

    do_apply_offers = do_close_recovery = no_recovery

    def do_decline_offer(self, c):
        wanted("reason", c["reason"])
        raise Refused("NOT_FOUND", "seq")

    # ---- staff ----

    def do_add_staff(self, c):
        login("login", c["login"])
        if self.epoch >= 6 and not PLAIN_LOGIN.fullmatch(c["login"]):
            raise Refused("FIELD_INVALID", "login")
        text("name", c.get("name"))
        if c.get("branch"):
            self.found(self.branches, c["branch"], "branch")
            self.of_office("branch", c["branch"])
        if c["role"] == "ROLE_OWNER":
            self.needs_owner()
        self.free(self.logins, c["login"], "login")
        same = sorted(its for its in self.logins if without_marks(its) == without_marks(c["login"]))
        if self.epoch >= 6 and same:
            raise Refused("LOOKS_LIKE", "login", existing=self.logins[same[0]], existing_number=same[0])
        self.room("staff")
        number = self.number("staff")
        self.put(self.staff, number, {"staff": number, "login": c["login"], "role": c["role"],
                                      "blocked": False, "branch": c.get("branch") or self.office()})
        self.made_now(self.staff[number], "role", self.actor.get("staff"))
        self.move(self.staff[number], c, "name")
        self.put(self.logins, c["login"], number)
        return {"id": number}

    def do_change_staff(self, c):
        text("name", c.get("name"))
        who = self.found(self.staff, c["staff"], "staff")
        if c.get("branch"):
            self.found(self.branches, c["branch"], "branch")
        office = self.office()
        if office:
            self.of_office("staff", who.get("branch", 0))
            if "branch" in c:
                self.of_office("branch", c["branch"])
            if c["staff"] == self.actor["staff"] and c.get("role", who["role"]) != who["role"]:
                self.bound("role", office)
        if "ROLE_OWNER" in (who["role"], c.get("role")):
            self.needs_owner()
        counted = who["role"] == "ROLE_OWNER" and not who["blocked"]
        if "branch" not in who:
            self.put(who, "branch", 0)
        role = who["role"]
        self.nothing(self.move(who, c, "name", "role", "branch", "blocked"))
        if who["role"] != role:
            self.made_now(who, "role", self.actor.get("staff"))
        if counted and not any(w["role"] == "ROLE_OWNER" and not w["blocked"]
                               for w in self.staff.values()):
            raise Refused("FIELD_INVALID", "blocked" if who["role"] == "ROLE_OWNER" else "role")
        return {"id": c["staff"]}

    def made_now(self, who, what, by):
        """Of whom they have their role, or their password or PIN (rules 7)."""
        if self.epoch >= 7 and by and by != who["staff"]:
            self.put(who, what + "_of", (by, self.now))

    def made_by(self, number, maker, between=3):
        of = [x[0] for x in (self.staff[number].get("secret_of"), self.staff[number].get("role_of"))
              if x and x[1] > self.now - 30 * 86_400_000]
        return maker in of or between > 0 and any(self.made_by(x, maker, between - 1) for x in of if x in self.staff)

    def is_made_by(self, maker):
        me = self.actor.get("staff")
        return self.epoch >= 7 and maker in self.staff and self.staff[maker]["role"] != "ROLE_OWNER" and \
            me in self.staff and me != maker and self.made_by(me, maker)

    def alarm_maker(self, of, paper):
        """The second person was made by the first."""
        if self.is_made_by(of["actor"].get("staff")):
            joined = self.alarms.get(self.seq, {"document": paper["document"], "number": paper["number"],
                                                "kind": paper["kind"]})
            self.put(self.alarms, self.seq, {**joined, "alarm": self.seq, "at_ms": self.now, "actor": dict(self.actor),
                                             "maker": of["actor"]["staff"]})

    def do_set_secret(self, c):
        if "password_hash" not in c and "pin_hash" not in c:
            raise Refused("FIELD_MISSING", "password_hash")
        raw("password_hash", c.get("password_hash"), 256)
        raw("pin_hash", c.get("pin_hash"), 256)
        who = self.found(self.staff, c["staff"], "staff")
        self.of_office_touch(c.get("by", 0), who)
        self.may_touch(who)
        replaces = "password_hash" in c and who.get("password") or "pin_hash" in c and who.get("pin")
        if self.epoch >= 6 and replaces and c.get("by", 0) not in (0, c["staff"]):
            self.put(self.alarms, self.seq, {
                "alarm": self.seq, "at_ms": self.now, "actor": {**self.actor, "staff": c["by"]}, "staff": c["staff"]})
        for field, given in (("password", "password_hash"), ("pin", "pin_hash")):
            if given in c:
                self.put(who, field, True)
        self.made_now(who, "secret", c.get("by"))
        return {"id": c["staff"]}

    def do_sign_out(self, c):
        who = self.found(self.staff, c["staff"], "staff")
        self.of_office_touch(self.actor.get("staff"), who)
        self.may_touch(who)
        return {"id": c["staff"]}

    # ---- terminals ----

    def do_add_terminal(self, c):
        line("name", c["name"])
        self.found(self.branches, c["branch"], "branch")
        self.of_office("branch", c["branch"])
        self.room("terminal")
        number = self.number("terminal")
        self.put(self.terminals, number, {"branch": c["branch"], "name": c["name"], "blocked": False,
                                          "serial": 0})
        return {"id": number}

    def do_change_terminal(self, c):
        line("name", c.get("name"))
        terminal = self.found(self.terminals, c["terminal"], "terminal")
        if "branch" in c:
            self.found(self.branches, c["branch"], "branch")
        self.of_office("terminal", terminal["branch"])
        if "branch" in c:
            self.of_office("branch", c["branch"])
        self.nothing(self.move(terminal, c, "name", "branch", "blocked"))
        return {"id": c["terminal"]}

    @staticmethod
    def digest(c):
        if len(c["code_digest"]) != 64:
            raise Refused("FIELD_INVALID", "code_digest", most=32)

    def do_set_enrolment_code(self, c):
        self.digest(c)
        terminal = self.found(self.terminals, c["terminal"], "terminal")
        if c.get("by"):
            self.of_office("terminal", terminal["branch"], self.office(c["by"]))
        self.put(terminal, "code", (c["code_digest"], c["expires_ms"]))
        self.put(terminal, "used", False)
        return {"id": c["terminal"]}

    def certificate(self, terminal, c):
        if terminal["blocked"]:
            raise Refused("TERMINAL_BLOCKED", "terminal")
        if c["serial"] <= terminal["serial"]:
            raise Refused("FIELD_INVALID", "serial")
        self.put(terminal, "serial", c["serial"])

    def do_enrol_terminal(self, c):
        self.digest(c)
        raw("fingerprint", c["fingerprint"], 64)
        if len(c.get("key", "00" * 91)) != 2 * 91:
            raise Refused("FIELD_INVALID", "key", most=91)
        terminal = self.found(self.terminals, c["terminal"], "terminal")
        digest, expires = terminal.get("code", (None, 0))
        if digest != c["code_digest"]:
            raise Refused("CODE_WRONG", "code_digest")
        if terminal["used"]:
            raise Refused("CODE_USED", "code_digest")
        if expires < self.now:
            raise Refused("CODE_EXPIRED", "code_digest")
        self.certificate(terminal, c)
        self.put(terminal, "browser", "key" in c)
        self.put(terminal, "used", True)
        return {"id": c["terminal"]}

    def do_renew_terminal(self, c):
        raw("fingerprint", c["fingerprint"], 64)
        terminal = self.found(self.terminals, c["terminal"], "terminal")
        if not terminal["serial"] or terminal.get("browser"):
            raise Refused("TERMINAL_UNKNOWN", "terminal")
        self.certificate(terminal, c)
        return {"id": c["terminal"]}

    # ---- customers ----

    def new_customer(self, its_code, name, branch):
        number = self.number("customer")
        customer = {"customer": number, "code": its_code, "name": name, "branch": branch, "groups": (),
                    "locked": False, "erased": False, "buyers": {}, "next_buyer": 1, "own": (),
                    "entries": 0, "limits": 0,
                    "balance": 0, "moved": 0, "payer": None, "sites": (), "documents": (), "bills": {}, "credits": {}, "not_final": {},
                    "last": None}
        self.put(self.customers, number, customer)
        self.put(self.customer_codes, its_code, number)
        self.told.append(number)
        return customer

    @staticmethod
    def language(value):
        if value not in (None, "en", "vi", "zh", "fa", "el"):
            raise Refused("FIELD_INVALID", "language")

    def do_open_customer(self, c):
        imported = "source" in c
        code("code", c.get("code"))
        if imported and "code" not in c:
            raise Refused("FIELD_MISSING", "code")
        wanted("name", c["name"])
        if imported:
            text("phone", c.get("phone"))
            line_or_none("area", c.get("area"))
        else:
            wanted("phone", c.get("phone"))
            if "area" not in c:
                raise Refused("FIELD_MISSING", "area")
            line("area", c["area"])
        for field in ("nickname", "tax_code", "address"):
            text(field, c.get(field))
        groups = c.get("groups", [])
        if len(groups) > GROUPS_MAX:
            raise Refused("TOO_MANY", "groups", most=GROUPS_MAX)
        most_of("term_days", c.get("term_days"), TERM_DAYS_MAX)
        self.language(c.get("language"))
        line("source", c.get("source"), CODE)
        text("note", c.get("note"))
        self.buyers_only_form(c)
        dimensions = set()
        for i, group in enumerate(groups):
            dimension = self.found(self.groups, group, f"groups[{i}]")["dimension"]
            if any(self.same(dimension, other) for other in dimensions):
                raise Refused("FIELD_INVALID", f"groups[{i}]")
            dimensions.add(dimension)
        if groups and self.price_lists:
            self.needs("EDIT_GROUPS")
        of_groups = self.term_days({"groups": groups})
        if of_groups > self.company["term_days"] and "term_days" not in c:
            self.within("TERM_DAYS", "groups", of_groups)
        self.longer_term("term_days", of_groups, c.get("term_days", 0))
        if imported:
            self.free(self.sources, (c["source"], c["code"]), "source")
        self.free(self.customer_codes, c.get("code"), "code")
        self.looks_apart(self.customer_codes, [(n, x["code"]) for n, x in self.customers.items()], c.get("code"))
        payer = self.first_payer(c)
        number, its_code = self.company["customer"], c.get("code")
        if its_code is None:
            its_code, again = f"C-{number:06}", 2
            while self.taken(self.customer_codes, its_code):
                its_code, again = f"C-{number:06}-{again}", again + 1
        customer = self.new_customer(its_code, c["name"], self.branch()["branch"])
        self.put(customer, "groups", tuple(groups))
        self.move(customer, c, "phone", "area", "nickname", "tax_code", "address", "term_days",
                  "language", "source", "note")
        self.put(customer, "buyers_only", c.get("buyers_only", False))
        self.logged(customer)
        role = self.asks()
        at_first = self.most_for("OPENING_LIMIT", role) if role else ANY
        if at_first is not ANY:
            self.put(customer, "at_first", at_first)
        if imported:
            self.put(self.sources, (c["source"], c["code"]), number)
        if payer:
            self.join_payer(customer, payer)
            self.changed(customer, "PAYER_CHANGED")
        return {"id": number, "number": its_code}

    def longer_term(self, field, before, after):
        if after > before:
            self.within("TERM_DAYS", field, after)

    def do_change_customer(self, c):
        filled("name", c.get("name"))
        filled("phone", c.get("phone"))
        line("area", c.get("area"))
        for field in ("nickname", "tax_code", "address"):
            text(field, c.get(field))
        most_of("term_days", c.get("term_days"), TERM_DAYS_MAX)
        self.language(c.get("language"))
        text("note", c.get("note"))
        self.clear_form(c, {}, ("TERM_DAYS",))
        self.buyers_only_form(c)
        if "term_days" in c and c.get("clear"):
            raise Refused("FIELD_INVALID", "clear")
        customer = self.named_customer(c["customer"])
        if any(f in c for f in ("term_days", "no_debt_on_slips", "buyers_only")) or c.get("clear"):
            self.of_home("customer", customer["branch"])
        if "term_days" in c or c.get("clear"):
            after = {k: v for k, v in customer.items() if k != "term_days"}
            if "term_days" in c:
                after["term_days"] = c["term_days"]
            self.longer_term("term_days", self.term_days(customer), self.term_days(after))
        changed = self.move(customer, c, "name", "phone", "area", "nickname", "tax_code", "address",
                            "term_days", "language", "note")
        changed |= self.take_away(customer, c.get("clear", ()), ("TERM_DAYS", "term_days"))
        if c.get("buyers_only", customer.get("buyers_only", False)) != customer.get("buyers_only", False):
            self.put(customer, "buyers_only", c["buyers_only"])
            changed = True
        self.nothing(changed)
        self.logged(customer)
        return {"id": c["customer"]}

    def buyers_only_form(self, c):
        if "buyers_only" in c and self.epoch < 6:
            raise Refused("RULES_TOO_OLD", "buyers_only")

    def locked(self, customer, day):
        return customer["locked"] and day <= customer.get("until", DATE_MAX)

    def do_lock_customer(self, c):
        text("reason", c.get("reason"))
        date_form("until", c.get("until"))
        customer = self.named_customer(c["customer"])
        self.of_home("customer", customer["branch"])
        if c.get("until", DATE_MAX) < self.today():
            self.too_early("until", self.today())
        if self.locked(customer, self.today()):
            raise Refused("LOCK_STATE", "locked")
        self.put(customer, "locked", True)
        self.put(customer, "until", c.get("until", DATE_MAX))
        self.put(customer, "reason", c.get("reason") or None)
        self.logged(customer)
        self.told.append(c["customer"])
        return {"id": c["customer"]}

    def do_unlock_customer(self, c):
        text("reason", c.get("reason"))
        customer = self.named_customer(c["customer"])
        self.of_home("customer", customer["branch"])
        if not self.locked(customer, self.today()):
            raise Refused("LOCK_STATE", "not_locked")
        self.put(customer, "locked", False)
        self.logged(customer)
        self.told.append(c["customer"])
        return {"id": c["customer"]}

    # ---- who pays for them ----

    def do_set_payer(self, c):
        if self.epoch < 5:
            raise Refused("RULES_TOO_OLD", "set_payer")
        text("reason", c.get("reason"))
        site = self.found(self.customers, c["customer"], "customer")
        self.stands(site, "customer")
        payer = self.named_payer(c)
        self.of_home("customer", site["branch"])
        if payer:
            self.of_home("payer", payer["branch"])
        if site["customer"] == 1:
            raise Refused("FIELD_INVALID", "customer")
        self.pays_for(payer, site)
        if site["payer"]:
            old = self.customers[site["payer"]]
            self.put(old, "sites", tuple(n for n in old["sites"] if n != site["customer"]))
        self.put(site, "payer", None)
        if payer:
            self.join_payer(site, payer)
        self.logged(site)
        self.changed(site, "PAYER_CHANGED")
        row = self.row(payer["customer"], self.today()) if payer else None
        if row and not row["unlimited"] and row["available_minor"] < 0:
            self.put(self.alarms, self.seq, {
                "alarm": self.seq, "customer": payer["customer"], "site": site["customer"],
                "over_by_minor": -row["available_minor"], "at_ms": self.now, "actor": dict(self.actor)})
        return {"id": c["customer"]}

    def named_payer(self, c):
        if "payer" not in c and "payer_code" not in c:
            return None
        number = c["payer"] if "payer" in c else self.named(self.customer_codes, c["payer_code"])
        payer = self.found(self.customers, number, "payer")
        if "payer_code" in c and not self.same(payer["code"], c["payer_code"]):
            raise Refused("NOT_FOUND", "payer")
        leads_on = not c.get("payer", 0) and payer.get("merge")
        return self.customers[payer["merge"]["into"]] if leads_on else payer

    def pays_for(self, payer, site=None):
        """May they? Without a site: for one who is being opened."""
        site = site or {"customer": None, "payer": None, "sites": ()}
        if payer and payer["customer"] in (1, site["customer"]):
            raise Refused("FIELD_INVALID", "payer")
        if site["payer"] == (payer and payer["customer"]):
            raise Refused("NOTHING_TO_CHANGE", "payer")
        if payer and payer["erased"] and self.epoch >= 7:
            raise Refused("CUSTOMER_ERASED", "payer")
        if payer and site["sites"]:
            merged = self.records(site)[1:]
            raise Refused("PAYER_HAS_SITES", "customer", most=len(site["sites"]), **({
                "existing": merged[0]["customer"], "existing_number": merged[0]["code"]} if merged else {}))
        if payer and payer["payer"]:
            into = payer.get("merge") and self.leads_to(payer)
            raise Refused("PAYER_HAS_PAYER", "payer", payer_code=self.customers[payer["payer"]]["code"], **(
                {"existing": into["customer"], "existing_number": into["code"]} if into else {}))
        if payer and len(payer["sites"]) >= SITES_MAX:
            raise Refused("TOO_MANY", "payer", most=SITES_MAX)

    # ---- two records of one customer ----

    def merging(self, c):
        """Both, and whether the one is the other's site already."""
        if self.epoch < 5:
            raise Refused("RULES_TOO_OLD", "merge_customers")
        gone, into = self.record_of(c, "customer", "customer"), self.record_of(c, "into", "into")
        self.stands(gone, "customer")
        self.stands(into, "into")
        self.of_home("customer", gone["branch"])
        self.of_home("into", into["branch"])
        if self.epoch >= 7 and gone is into:
            raise Refused("SAME_CUSTOMER", "into")
        was_site = gone["payer"] == into["customer"]
        if not was_site:
            if gone["payer"]:
                raise Refused("PAYER_HAS_PAYER", "customer", payer_code=self.customers[gone["payer"]]["code"])
            if gone["customer"] == 1:
                raise Refused("FIELD_INVALID", "customer")
            try:
                self.pays_for(into, gone)
            except Refused as refused:
                if refused.refusal.get("field") == "payer":
                    refused.refusal["field"] = "into"
                raise
        come = [p for p in gone["buyers"].values() if not p["revoked"] and self.today() <= p["until"]]
        if len(come) + sum(not p["revoked"] for p in into["buyers"].values()) > PERSONS_MAX:
            raise Refused("TOO_MANY", "buyers", most=PERSONS_MAX)
        return gone, into, was_site, come

    def do_merge_customers(self, c):
        text("reason", c.get("reason"))
        gone, into, was_site, come = self.merging(c)
        merge = {"into": into["customer"], "moved": gone["moved"], "was_site": was_site, "buyers": [],
                 "at_first": gone.get("at_first", NOTHING)}
        if not was_site:
            self.join_payer(gone, into)
            self.logged(gone)
            self.changed(gone, "CUSTOMER_MERGED_EVENT")
        self.logged(gone, into)
        for person in come:
            number = into["next_buyer"]
            self.put(into, "next_buyer", number + 1)
            if len(into["buyers"]) >= 2 * PERSONS_MAX:
                self.drop(into["buyers"], min(n for n, p in into["buyers"].items() if p["revoked"]))
            self.put(into["buyers"], number, dict(person))
            merge["buyers"].append(number)
        self.put(gone, "merge", merge)
        self.told += [gone["customer"], into["customer"]]
        row = self.row(into["customer"], self.today())
        if not row["unlimited"] and row["available_minor"] < 0:
            self.put(self.alarms, self.seq, {
                "alarm": self.seq, "customer": into["customer"], "site": gone["customer"],
                "over_by_minor": -row["available_minor"], "at_ms": self.now, "actor": dict(self.actor)})
        return {"id": into["customer"], "number": into["code"]}

    def do_undo_merge(self, c):
        text("reason", c.get("reason"))
        gone = self.record_of(c, "customer", "customer")
        if gone["erased"] and self.epoch >= 7:
            raise Refused("CUSTOMER_ERASED", "customer")
        merge = gone.get("merge")
        if not merge:
            raise Refused("NOTHING_TO_CHANGE", "customer")
        into = self.customers[merge["into"]]
        self.of_home("customer", gone["branch"])
        self.of_home("into", into["branch"])
        paid = merge["moved"] - gone["moved"]
        if paid and self.epoch < 7:
            raise Refused("MERGE_IN_USE", "customer", existing=into["customer"], existing_number=into["code"],
                          over_by_minor=abs(paid))
        for number in merge["buyers"]:
            person = into["buyers"].get(number)
            if person and not person["revoked"]:
                self.put(person, "revoked", True)
                self.put(person, "pin", 0)
        if merge["at_first"] is not NOTHING:
            self.put(gone, "at_first", merge["at_first"])
        self.put(gone, "merge", None)
        if not merge["was_site"]:
            self.put(into, "sites", tuple(n for n in into["sites"] if n != gone["customer"]))
            self.put(gone, "payer", None)
            self.logged(gone)
            self.changed(gone, "CUSTOMER_UNMERGED")
        self.logged(gone, into)
        self.told += [gone["customer"], into["customer"]]
        return {"id": gone["customer"], "number": gone["code"]}

    # ---- a person is erased ----

    def do_erase_customer(self, c):
        who = {"customer": c.get("customer", 0), **({"customer_code": c["code"]} if "code" in c else {})}
        customer = self.record_of(who, "customer", "customer") if self.epoch >= 7 else self.resolve(who)
        if customer is None:
            raise Refused("FIELD_MISSING", "customer")
        self.of_office("customer", customer["branch"] if self.epoch >= 7 else 0)
        if customer["customer"] == 1:
            raise Refused("FIELD_INVALID", "customer")
        if customer["erased"]:
            raise Refused("CUSTOMER_ERASED", "customer")
        if self.epoch >= 7:
            self.stands(customer, "customer")
        records = self.records_of(customer)
        others = len(customer["sites"]) + 1 - len(records)
        if others:
            raise Refused("PAYER_HAS_SITES", "customer", most=others)
        for one in records[1:]:
            self.of_office("customer", one["branch"])
        papers, balance = sum(len(one["bills"]) + len(one["credits"]) for one in records), sum(one["balance"] for one in records)
        if balance or papers:
            raise Refused("CUSTOMER_OPEN", "customer", available_minor=balance, most=papers)
        for one in records:
            self.erase_one(one)
        return {"id": customer["customer"]}

    def erase_one(self, customer):
        self.logged(customer)
        for field, value in (("locked", True), ("until", DATE_MAX), ("reason", None), ("erased", True), ("buyers", {})):
            self.put(customer, field, value)
        for field in ("phone", "nickname", "tax_code", "address", "note"):
            self.drop(customer, field)
        if self.epoch >= 7:
            if customer["own"]:
                self.put(customer, "limits", customer["limits"] + 1)
            self.put(customer, "own", ())
            self.put(customer, "groups", ())
            self.put(customer, "at_first", 0)
            self.drop(customer, "area")
        job = self.new_job("words", customer["customer"])
        self.put(self.jobs[job], "looked", None)
        self.told.append(customer["customer"])

    def erase_words(self, number, job):
        """50 rows a step, of what has words, one kind behind the other: the customer's, then all approvals and
        alarms. What comes to a kind that it is past has none."""
        customer = self.customers[job["of"]]
        kinds = [customer["entries"], len(customer.get("notes", {})), customer["limits"], len(customer["documents"]),
                 len(self.approvals), len(self.alarms)]
        first, looked = job["looked"] or (0, 0)
        left = 50
        for kind in range(first, len(kinds)):
            before = looked if kind == first else 0
            now = min(left, kinds[kind] - before)
            left -= now
            if now:
                self.put(job, "looked", (kind, before + now))
            if before + now < kinds[kind]:
                return {"id": number}
        self.drop(self.jobs, number)
        return {"id": number}

    # ---- notes ----

    def notes_again(self, customer):
        return {seq: note for seq, note in customer.get("notes", {}).items() if note["again"] and not note["done"]}

    def comes_back_who(self, owner):
        who = self.staff.get(owner)
        if who is None or who["blocked"]:
            raise Refused("NOT_FOUND", "owner")

    def do_add_note(self, c):
        kind = c.get("kind", "NOTE_REMARK")
        wanted("text", c["text"])
        date_form("again", c.get("again"))
        if "owner" in c and "again" not in c:
            raise Refused("FIELD_MISSING", "again")
        if "result" in c and kind != "NOTE_CALL":
            raise Refused("FIELD_INVALID", "result")
        if "help" in c and kind != "NOTE_DIFFICULTY":
            raise Refused("FIELD_INVALID", "help")
        customer = self.named_customer(c["customer"])
        today = self.today()
        if c.get("again", DATE_MAX) < today:
            self.too_early("again", today)
        if "owner" in c:
            self.comes_back_who(c["owner"])
        again = self.notes_again(customer)
        due = [seq for seq, note in again.items() if note["again"] <= today] if c.get("closes") else []
        others = [note for one in self.records_of(customer)[1:] for note in self.notes_again(one).values()
                  if c.get("closes") and note["again"] <= today]
        if "again" in c and len(again) - len(due) >= NOTES_AGAIN_MAX:
            raise Refused("TOO_MANY", "again", most=NOTES_AGAIN_MAX)
        for seq in due:
            self.put(again[seq], "done", True)
        for note in others:
            self.put(note, "done", True)
        if "notes" not in customer:
            self.put(customer, "notes", {})
        self.put(customer["notes"], self.seq, {
            "again": c.get("again"), "owner": c.get("owner", self.actor.get("staff")) if "again" in c else None,
            "done": False})
        return {"id": self.seq}

    def do_change_note(self, c):
        date_form("again", c.get("again"))
        if c.get("done") and ("again" in c or "owner" in c):
            raise Refused("FIELD_INVALID", "done")
        named = self.there(c["customer"])
        customer = next((one for one in self.records_of(named) if c["note"] in one.get("notes", {})), named)
        note = self.found(customer.get("notes", {}), c["note"], "note")
        if c.get("again", DATE_MAX) < self.today():
            self.too_early("again", self.today())
        if "owner" in c:
            self.comes_back_who(c["owner"])
        comes_back = note["again"] and not note["done"]
        if c.get("done"):
            if not comes_back:
                raise Refused("NOTHING_TO_CHANGE", "done")
            self.put(note, "done", True)
            return {"id": c["note"]}
        if "again" not in c and not comes_back:
            raise Refused("FIELD_MISSING", "again")
        same_day = "again" not in c or (comes_back and c["again"] == note["again"])
        same_owner = "owner" not in c or (comes_back and c["owner"] == note["owner"])
        self.nothing(not (same_day and same_owner))
        if not comes_back and len(self.notes_again(customer)) >= NOTES_AGAIN_MAX:
            raise Refused("TOO_MANY", "again", most=NOTES_AGAIN_MAX)
        self.put(note, "owner", c.get("owner", note["owner"] or self.actor.get("staff")))
        self.put(note, "again", c.get("again", note["again"]))
        self.put(note, "done", False)
        return {"id": c["note"]}

    def join_payer(self, site, payer):
        self.put(payer, "sites", tuple(sorted((*payer["sites"], site["customer"]))))
        self.drop(site, "at_first")
        self.put(site, "payer", payer["customer"])

    def first_payer(self, c):
        if "payer" not in c and "payer_code" not in c:
            return None
        if self.epoch < 5:
            raise Refused("RULES_TOO_OLD", "payer")
        self.needs("SET_LIMIT")
        payer = self.named_payer(c)
        if payer:
            self.of_home("payer", payer["branch"])
        self.pays_for(payer)
        return payer

    def family(self, customer):
        """Who pays, and all for whom they do; of who has neither, they alone."""
        payer = self.customers[customer["payer"] or customer["customer"]]
        return [payer, *(self.customers[n] for n in payer["sites"])]

    def standing(self, customer):
        """What a limit is held against."""
        sums = [self.sums(one) for one in self.family(customer)]
        return {figure: sum(one[figure] for one in sums) for figure in sums[0]}

    @staticmethod
    def slips_count_less(terms):
        return terms["slip_weight"] is not None and terms["slip_weight"] < 100

    def slips_free(self, sums, terms):
        """What slips that nobody has confirmed free all the same."""
        if not self.slips_count_less(terms):
            return 0
        return (sums["waiting"] + sums["uncleared"]) * (100 - terms["slip_weight"]) // 100

    def weighed(self, sums, terms):
        return {**sums, "exposure": sums["exposure"] - self.slips_free(sums, terms)}

    def freed_facts(self, sums, terms):
        return {"slip_weight": terms["slip_weight"], "freed_minor": self.slips_free(sums, terms)} \
            if self.slips_count_less(terms) else {}

    def site_limit(self, customer, today):
        """Of who has a payer, the limit that is their own: one wall more."""
        if not customer["payer"]:
            return None
        named = [entry["terms"] for entry in customer["own"] if
                 entry["terms"].get("valid_from", 0) <= today <= entry["terms"].get("valid_until", DATE_MAX) and
                 self.names_limit(entry["terms"])]
        return None if not named or named[0].get("unlimited") else named[0]["limit_minor"]

    def change_others(self):
        """Those whose bills a payer's money met have changed by what the command did first with somebody else, or
        last."""
        mine = {number for number, _ in self.saved}
        for number in self.touched - mine:
            self.put(self.customers[number], "last", self.saved[0 if len(mine) > 1 else -1][1])

    # ---- groups ----

    def terms_form(self, field, terms):
        if terms is None:
            return
        if "limit_minor" in terms:
            if terms.get("unlimited"):
                raise Refused("FIELD_INVALID", field + ".limit_minor")
            amount_or_zero(field + ".limit_minor", terms["limit_minor"])
        date_form(field + ".valid_from", terms.get("valid_from"))
        date_form(field + ".valid_until", terms.get("valid_until"))
        if terms.get("valid_from", 0) > terms.get("valid_until", DATE_MAX):
            self.too_early(field + ".valid_until", terms["valid_from"])
        most_of(field + ".overdue_days", terms.get("overdue_days"), TERM_DAYS_MAX)
        amount_or_zero(field + ".overdue_minor", terms.get("overdue_minor"))
        amount_or_zero(field + ".document_max_minor", terms.get("document_max_minor"))
        most_of(field + ".unpaid_max", terms.get("unpaid_max"), 1_000_000)
        if "slip_weight" in terms and self.epoch < 5:
            raise Refused("RULES_TOO_OLD", field + ".slip_weight")
        most_of(field + ".slip_weight", terms.get("slip_weight"), 100)
        self.currency(field + ".currency", terms.get("currency"))

    # What is said stays until it is said otherwise or cleared (rules 4).
    TERM_FIELDS = {"TERM_LIMIT": ("unlimited", "limit_minor"), "TERM_POLICY": ("policy",),
                   "TERM_OVERDUE": ("overdue_days", "overdue_minor"),
                   "TERM_DOCUMENT_MAX": ("document_max_minor",), "TERM_UNPAID_MAX": ("unpaid_max",),
                   "TERM_SLIP_WEIGHT": ("slip_weight",), "TERM_VALIDITY": ("valid_from", "valid_until")}
    SAYS = ("limit_minor", "policy", "overdue_days", "overdue_minor", "document_max_minor", "unpaid_max", "slip_weight")

    @staticmethod
    def names_limit(terms):
        return bool(terms.get("unlimited")) or "limit_minor" in terms

    def says(self, terms):
        return bool(terms) and (self.names_limit(terms) or any(f in terms for f in self.SAYS))

    def clear_form(self, c, said, allowed, beside=()):
        """beside: fields of the command itself that may be said, with the term that clears each."""
        clear = c.get("clear", ())
        if clear and self.epoch < 4:
            raise Refused("FIELD_INVALID", "clear")
        for term in clear:
            fields = self.TERM_FIELDS.get(term, ())
            both = self.names_limit(said) if term == "TERM_LIMIT" else any(f in said for f in fields)
            if term not in allowed or both:
                raise Refused("FIELD_INVALID", "clear")
        if any(field in c and term in clear for term, field in beside):
            raise Refused("FIELD_INVALID", "clear")

    def without(self, terms, clear):
        gone = {f for term in clear for f in self.TERM_FIELDS.get(term, ())}
        return {f: v for f, v in terms.items() if f not in gone}

    def joined(self, before, said, clear):
        terms = self.without(before or {}, clear)
        if self.names_limit(said):
            terms = self.without(terms, ("TERM_LIMIT",))
        return {**terms, **{f: v for f, v in said.items() if f != "unlimited" or v}}

    def take_away(self, record, clear, *pairs):
        """The record's own fields that are cleared. Did anything change?"""
        gone = [field for term, field in pairs if term in clear and record.get(field) is not None]
        for field in gone:
            self.drop(record, field)
        return bool(gone)

    def do_add_group(self, c):
        self.of_home("group", 0)
        if "limit" in c or "term_days" in c:
            self.of_office("group", 0)
        code("dimension", c["dimension"])
        line("name", c["name"])
        most_of("term_days", c.get("term_days"), TERM_DAYS_MAX)
        self.terms_form("limit", c.get("limit"))
        self.longer_term("term_days", self.company["term_days"], c.get("term_days", 0))
        key = (c["dimension"], c["name"])
        self.free(self.group_names, key, "name")
        self.room("group")
        number = self.number("group")
        self.put(self.groups, number, {"dimension": c["dimension"], "name": c["name"],
                                       "limit": c.get("limit") or None})
        self.move(self.groups[number], c, "term_days")
        self.put(self.group_names, key, number)
        return {"id": number}

    def do_change_group(self, c):
        self.of_office("group", 0)
        line("name", c.get("name"))
        most_of("term_days", c.get("term_days"), TERM_DAYS_MAX)
        self.terms_form("limit", c.get("limit"))
        self.clear_form(c, c.get("limit", {}), ("TERM_LIMIT", "TERM_POLICY", "TERM_OVERDUE", "TERM_DOCUMENT_MAX",
                                                "TERM_UNPAID_MAX", "TERM_SLIP_WEIGHT", "TERM_VALIDITY",
                                                "TERM_DAYS"), (("TERM_DAYS", "term_days"),))
        group = self.found(self.groups, c["group"], "group")
        before = (group["dimension"], group["name"])
        term = group.get("term_days", self.company["term_days"])
        changed = self.move(group, c, "name", "term_days")
        changed |= self.take_away(group, c.get("clear", ()), ("TERM_DAYS", "term_days"))
        limit = group["limit"]
        if self.epoch >= 4:
            limit = self.joined(limit, c.get("limit", {}), c.get("clear", ())) or None
        elif "limit" in c:
            limit = c["limit"] or None
        if limit != group["limit"]:
            self.put(group, "limit", limit)
            changed = True
        self.nothing(changed)
        self.terms_form("limit", limit)
        self.longer_term("term_days", term, group.get("term_days", self.company["term_days"]))
        key = (group["dimension"], group["name"])
        named = self.group_names.get(key) or self.taken(self.group_names, key) or c["group"]
        if named != c["group"]:
            raise Refused("ALREADY_EXISTS", "name", existing=named)
        self.drop(self.group_names, before)
        self.put(self.group_names, key, c["group"])
        return {"id": c["group"], "job": self.job("group", c["group"])}

    def do_join_group(self, c):
        customer = self.named_customer(c["customer"])
        self.of_home("customer", customer["branch"])
        group = self.found(self.groups, c["group"], "group")
        self.nothing(c["group"] not in customer["groups"])
        others = tuple(g for g in customer["groups"]
                       if not self.same(self.groups[g]["dimension"], group["dimension"]))
        if len(others) >= GROUPS_MAX:
            raise Refused("TOO_MANY", "group", most=GROUPS_MAX)
        self.longer_term("group", self.term_days(customer), self.term_days({**customer, "groups": others + (c["group"],)}))
        self.put(customer, "groups", others + (c["group"],))
        self.logged(customer)
        self.told.append(c["customer"])
        return {"id": c["customer"]}

    def do_leave_group(self, c):
        customer = self.named_customer(c["customer"])
        self.of_home("customer", customer["branch"])
        self.found(self.groups, c["group"], "group")
        self.nothing(c["group"] in customer["groups"])
        left = tuple(g for g in customer["groups"] if g != c["group"])
        self.longer_term("group", self.term_days(customer), self.term_days({**customer, "groups": left}))
        self.put(customer, "groups", left)
        self.logged(customer)
        self.told.append(c["customer"])
        return {"id": c["customer"]}

    # ---- persons ----

    def do_authorise_buyer(self, c):
        wanted("name", c["name"])
        text("phone", c.get("phone"))
        text("identity", c.get("identity"))
        amount("cap_sale_minor", c.get("cap_sale_minor"))
        amount("cap_day_minor", c.get("cap_day_minor"))
        date_form("valid_until", c.get("valid_until"))
        customer = self.named_customer(c["customer"])
        if c.get("valid_until", DATE_MAX) < self.today():
            self.too_early("valid_until", self.today())
        live = [p for p in customer["buyers"].values() if not p["revoked"]]
        if len(live) >= PERSONS_MAX:
            raise Refused("TOO_MANY", "buyers", most=PERSONS_MAX)
        number = customer["next_buyer"]
        self.put(customer, "next_buyer", number + 1)
        if len(customer["buyers"]) >= 2 * PERSONS_MAX:
            self.drop(customer["buyers"], min(n for n, p in customer["buyers"].items()
                                               if p["revoked"]))
        self.put(customer["buyers"], number, {
            "revoked": False, "sale": c.get("cap_sale_minor"), "day": c.get("cap_day_minor"),
            "until": c.get("valid_until", DATE_MAX), "spent_on": 0, "spent": 0, "pin": 0})
        self.logged(customer)
        self.told.append(c["customer"])
        return {"id": number}

    def do_revoke_buyer(self, c):
        customer = self.named_customer(c["customer"])
        person = self.found(customer["buyers"], c["buyer"], "buyer")
        self.nothing(not person["revoked"])
        self.put(person, "revoked", True)
        self.put(person, "pin", 0)
        self.logged(customer)
        self.told.append(c["customer"])
        return {"id": c["buyer"]}

    def do_set_buyer_pin(self, c):
        if self.epoch < 5:
            raise Refused("RULES_TOO_OLD", "set_buyer_pin")
        raw("pin_hash", c.get("pin_hash"), 256)
        customer = self.named_customer(c["customer"])
        person = customer["buyers"].get(c["buyer"])
        if person is None or person["revoked"]:
            raise Refused("NOT_FOUND", "buyer")
        self.nothing("pin_hash" in c or person["pin"])
        self.put(person, "pin", self.seq if "pin_hash" in c else 0)
        self.logged(customer)
        self.told.append(c["customer"])
        return {"id": c["buyer"]}

    def check_pin(self, customer, number):
        """True: it was typed."""
        wanted = customer["buyers"][number]["pin"]
        if wanted and wanted != self.typed_pin:
            raise Refused("PIN_WRONG" if self.typed_pin else "PIN_NEEDED", "buyer")
        return bool(wanted)

    def check_person(self, customer, number, total, before=None, asks=False):
        """before: what the bill that this corrects had them take, be it nothing. It counts no second time. Who asks takes
        nothing yet."""
        if before is not None and total <= before:
            return
        before = before or 0
        person, today = customer["buyers"].get(number), self.today()
        if person is None or person["revoked"] or today > person["until"]:
            raise Refused("BUYER_NOT_AUTHORISED", "buyer")
        spent = person["spent"] if today <= person["spent_on"] else 0
        passed = [(max(cap - used, 0), used + more - cap)
                  for cap, used, more in ((person["sale"], 0, total), (person["day"], spent, total - before))
                  if cap is not None and used + more > cap]
        if passed:
            left, over = min(passed, key=lambda one: one[0])
            raise Refused("BUYER_CAP_EXCEEDED", "buyer", over_by_minor=over, available_minor=left)
        if asks:
            return
        self.put(person, "spent", min(spent + total - before, MONEY_MAX))
        self.put(person, "spent_on", max(today, person["spent_on"]))

    # ---- catalogue, places ----

    def product_forms(self, c, own_code):
        line_or_none("unit", c.get("unit"), CODE)
        amount_or_zero("price", c.get("price"))
        most_of("tax_bp", c.get("tax_bp"), 10000)
        for field in ("brand", "colour", "model"):
            line_or_none(field, c.get(field))
        barcodes = c.get("barcodes", [])
        if len(barcodes) > BARCODES_MAX:
            raise Refused("TOO_MANY", "barcodes", most=BARCODES_MAX)
        for i, barcode in enumerate(barcodes):
            code(f"barcodes[{i}]", barcode)
            if any(other is not None and self.same(barcode, other) for other in barcodes[:i] + [own_code]):
                raise Refused("FIELD_INVALID", f"barcodes[{i}]")

    def others_barcode(self, product, barcodes):
        for i, barcode in enumerate(barcodes):
            owner = self.taken(self.product_codes, barcode)
            if owner not in (None, product):
                raise Refused("ALREADY_EXISTS", f"barcodes[{i}]", existing=owner)

    def floor_form(self, c):
        if "floor" in c and self.epoch < 5:
            raise Refused("RULES_TOO_OLD", "floor")
        amount_or_zero("floor", c.get("floor"))

    # ---- units, costs ----

    def since_prices(self, field):
        if self.epoch < 5:
            raise Refused("RULES_TOO_OLD", field)

    def cost_form(self, c):
        if "cost" not in c and not c.get("no_cost"):
            return
        self.since_prices("cost")
        if "cost" in c and c.get("no_cost"):
            raise Refused("FIELD_INVALID", "no_cost")
        amount_or_zero("cost", c.get("cost"))
        self.needs("SEE_COST")

    def unit_forms(self, c):
        units = c.get("units", [])
        if units:
            self.since_prices("units")
        for i, unit in enumerate(units):
            at = f"units[{i}]."
            code(at + "code", unit["code"])
            if any(self.same(unit["code"], other["code"]) for other in units[:i]):
                raise Refused("FIELD_INVALID", at + "code")
            if "factor" in unit and not 0 < unit["factor"] <= FACTOR_MAX:
                raise Refused("FIELD_INVALID", at + "factor")
            if "price" in unit and unit.get("no_price"):
                raise Refused("FIELD_INVALID", at + "no_price")
            amount_or_zero(at + "price", unit.get("price"))
            before = [b for other in units[:i] for b in other.get("barcodes", ())]
            for k, barcode in enumerate(unit.get("barcodes", ())):
                code(f"{at}barcodes[{k}]", barcode)
                if any(self.same(barcode, other) for other in before + unit["barcodes"][:k]):
                    raise Refused("FIELD_INVALID", f"{at}barcodes[{k}]")

    def unit_coded(self, product, barcode):
        return next((u for u in product.get("units", ()) if any(self.same(barcode, b) for b in u["barcodes"])), None)

    def unit_called(self, product, name):
        return next((u for u in product.get("units", ()) if self.same(u["code"], name)), None)

    def is_own_unit(self, product, name):
        return "unit" in product and self.same(product["unit"], name)

    def merge_units(self, product, number, c):
        """Said of units; gives back whether anything changed, and barcodes that are new."""
        changed, fresh = False, []
        for i, said in enumerate(c.get("units", [])):
            at = f"units[{i}]."
            if self.is_own_unit(product, said["code"]):
                raise Refused("FIELD_INVALID", at + "code")
            was = self.unit_called(product, said["code"])
            if was is None and "factor" not in said:
                raise Refused("FIELD_MISSING", at + "factor")
            unit = dict(was or {"code": said["code"], "barcodes": (), "retired": False})
            mine = []
            for k, barcode in enumerate(said.get("barcodes", ())):
                owner = self.taken(self.product_codes, barcode)
                if owner not in (None, number):
                    raise Refused("ALREADY_EXISTS", f"{at}barcodes[{k}]", existing=owner)
                has = self.unit_coded(product, barcode)
                if any(self.same(barcode, b) for b in (product["code"],) + product["barcodes"]) or \
                        has is not None and has is not was:
                    raise Refused("FIELD_INVALID", f"{at}barcodes[{k}]")
                if has is None:
                    mine.append(barcode)
            unit["barcodes"] += tuple(mine)
            if len(unit["barcodes"]) > BARCODES_MAX:
                raise Refused("TOO_MANY", f"{at}barcodes", most=BARCODES_MAX)
            unit.update({k: said[k] for k in ("factor", "price", "retired") if k in said})
            if said.get("no_price"):
                unit.pop("price", None)
            changed |= unit != was
            fresh += mine
            units = product.get("units", ())
            self.put(product, "units", tuple(unit if u is was else u for u in units) + (() if was else (unit,)))
        if len(product.get("units", ())) > UNITS_MAX:
            raise Refused("TOO_MANY", "units", most=UNITS_MAX)
        return changed, fresh

    # ---- price lists ----

    def list_called(self, name):
        return next((x for x in self.price_lists.values() if self.same(x["code"], name)), None)

    def list_places(self, c):
        for field, where in (("groups", self.groups), ("branches", self.branches)):
            for i, number in enumerate(c.get(field, ())):
                self.found(where, number, f"{field}[{i}]")
                if number in c[field][:i]:
                    raise Refused("FIELD_INVALID", f"{field}[{i}]")

    def of_its_branches(self, branches):
        """A list of one branch alone is that branch's."""
        self.of_office("branches", branches[0] if len(branches) == 1 else 0)

    # ---- reports that people keep ----

    BYS = {"REPORT_DOCUMENTS": "DAY MONTH BRANCH STAFF CUSTOMER KIND DOCUMENT PAYMENT_KIND",
           "REPORT_PAYMENTS": "DAY MONTH BRANCH STAFF CUSTOMER KIND DOCUMENT PAYMENT_KIND",
           "REPORT_LINES": "DAY MONTH BRANCH STAFF CUSTOMER KIND DOCUMENT PRODUCT",
           "REPORT_CUSTOMERS": "BRANCH CUSTOMER"}

    def definition(self, what):
        bys = what.get("by", [])
        if len(bys) > 3:
            raise Refused("TOO_MANY", "what.by", most=3)
        left = ["BY_" + by for by in self.BYS[what["source"]].split()]
        for i, by in enumerate(bys):
            if by not in left:
                raise Refused("FIELD_INVALID", f"what.by[{i}]")
            left.remove(by)
        if len(what.get("columns", [])) > 12:
            raise Refused("TOO_MANY", "what.columns", most=12)
        for column in what.get("columns", []):
            code("what.columns", column)
        date_form("what.from", what.get("from"))
        date_form("what.until", what.get("until"))
        if what.get("until", DATE_MAX) < what.get("from", 0):
            self.too_early("what.until", what["from"])
        if "span" in what and ("from" in what or "until" in what):
            raise Refused("FIELD_INVALID", "what.span")

    def seen_report(self, number):
        its = self.reports.get(number)
        if its is None or not (its["shared"] or its["staff"] == self.actor.get("staff", 0)):
            raise Refused("NOT_FOUND", "report")
        return its

    def do_save_report(self, c):
        line("name", c["name"])
        self.definition(c["what"])
        me, number = self.actor.get("staff", 0), c.get("report")
        if number is not None:
            if self.seen_report(number)["staff"] != me:
                raise Refused("FIELD_INVALID", "report")
        elif sum(its["staff"] == me for its in self.reports.values()) >= REPORTS_EACH:
            raise Refused("TOO_MANY", "staff", most=REPORTS_EACH)
        elif len(self.reports) >= REPORTS_MAX:
            raise Refused("TOO_MANY", "report", most=REPORTS_MAX)
        number = number or self.seq
        self.put(self.reports, number, {"staff": me, "shared": c.get("shared", False)})
        return {"id": number}

    def do_remove_report(self, c):
        whose = self.seen_report(c["report"])["staff"]
        if whose != self.actor.get("staff", 0):
            self.needs("EDIT_STAFF")
            self.of_home("report", self.staff.get(whose, {}).get("branch", 0))
        self.drop(self.reports, c["report"])
        return {"id": c["report"]}

    # ---- changes of price lists ----

    def do_add_price_list(self, c):
        self.since_prices("code")
        code("code", c["code"])
        line("name", c["name"])
        self.list_places(c)
        self.of_its_branches(c.get("branches", ()))
        existing = self.list_called(c["code"])
        if existing:
            raise Refused("ALREADY_EXISTS", "code", existing=existing["list"])
        number = len(self.price_lists) + 1
        if number > LISTS_MAX:
            raise Refused("TOO_MANY", "price_lists", most=LISTS_MAX)
        self.put(self.price_lists, number, {
            "list": number, "code": c["code"], "name": c["name"], "groups": tuple(c.get("groups", ())),
            "branches": tuple(c.get("branches", ())), "retired": False})
        return {"id": number, "number": c["code"]}

    def do_change_price_list(self, c):
        self.since_prices("list")
        line("name", c.get("name"))
        for field, none in (("groups", "all_customers"), ("branches", "all_branches")):
            if c.get(field) and c.get(none):
                raise Refused("FIELD_INVALID", none)
        self.list_places(c)
        its = self.list_called(c["list"])
        if its is None:
            raise Refused("NOT_FOUND", "list")
        self.of_its_branches(its["branches"])
        after = {**its, **{k: c[k] for k in ("name", "retired") if k in c}}
        for field, none in (("groups", "all_customers"), ("branches", "all_branches")):
            if c.get(field) or c.get(none):
                after[field] = tuple(c.get(field, ()))
        self.nothing(after != its)
        self.of_its_branches(after["branches"])
        self.put(self.price_lists, its["list"], after)
        return {"id": its["list"], "number": its["code"]}

    def do_set_prices(self, c):
        self.since_prices("prices")
        entries = c.get("prices", [])
        if not entries:
            raise Refused("FIELD_MISSING", "prices")
        for i, one in enumerate(entries):
            at = f"prices[{i}]."
            if "product" not in one and "product_code" not in one:
                raise Refused("FIELD_MISSING", at + "product")
            if one.get("from_quantity", 0) < 0:
                raise Refused("FIELD_INVALID", at + "from_quantity")
            if one.get("from_quantity", 0) > QUANTITY_MAX:
                raise Refused("AMOUNT_TOO_BIG", at + "from_quantity")
            date_form(at + "valid_from", one.get("valid_from"))
            amount(at + "price", one.get("price"))
        its = self.list_called(c["list"])
        if its is None:
            raise Refused("NOT_FOUND", "list")
        self.of_its_branches(its["branches"])
        changed, said = False, set()
        for i, one in enumerate(entries):
            changed |= self.set_price(its["list"], one, i, said)
        self.nothing(changed)
        return {"id": its["list"], "number": its["code"]}

    def set_price(self, number, one, i, said):
        product = one["product"] if "product" in one else self.named(self.product_codes, one["product_code"])
        if product not in self.products:
            raise Refused("NOT_IN_CATALOGUE", f"prices[{i}].product")
        its, unit, name = self.products[product], None, one.get("unit")
        if name is None and "product" not in one:
            unit = self.unit_coded(its, one["product_code"])
        elif name is not None and not self.is_own_unit(its, name):
            unit = self.unit_called(its, name)
            if unit is None:
                raise self.unit_refusal("UNIT_UNKNOWN", f"prices[{i}].unit", its)
        key = (unit["code"] if unit else "", one.get("from_quantity", 0), one.get("valid_from", self.today()))
        prices = dict(self.prices.get((number, product), ()))
        if (product, key) in said and key in prices and self.epoch >= 6:
            raise Refused("FIELD_INVALID", f"prices[{i}]")
        said.add((product, key))
        if key in prices and prices[key] == one.get("price"):
            return False
        if key not in prices and len(prices) >= PRICES_EACH_MAX:
            prices = {k: v for k, v in prices.items()
                      if not any(k[:2] == o[:2] and k[2] < o[2] <= self.today() for o in prices)}
        if key not in prices and len(prices) >= PRICES_EACH_MAX:
            raise Refused("TOO_MANY", f"prices[{i}]", most=PRICES_EACH_MAX)
        prices[key] = one.get("price")
        self.put(self.prices, (number, product), tuple(prices.items()))
        return True

    @staticmethod
    def unit_refusal(code, field, product):
        units = [product["unit"]] if "unit" in product else []
        if code == "UNIT_UNKNOWN":
            units += [u["code"] for u in product.get("units", ()) if not u["retired"]]
        return Refused(code, field, units=", ".join(units) or None)

    def lists_for(self, customer, date):
        """Those that may have a price for them here, the nearest first."""
        def near(its):
            return (2 if its["groups"] else 0) + (1 if its["branches"] else 0)

        here = self.branch()["branch"]
        mine = [x for x in self.price_lists.values() if not x["retired"] and
                (not x["groups"] or set(x["groups"]) & set(customer["groups"])) and
                (not x["branches"] or here in x["branches"])]
        return sorted(mine, key=lambda x: (-near(x), x["list"])), date

    def price_of(self, lists, number, unit, quantity):
        """And, where it is rounded, the price of the product's own unit it is from. None: it has none."""
        def by_factor(price, by):
            return rounded(price * by, 1000), price if price * by % 1000 else None

        product, (nearest, date) = self.products[number], lists
        factor = unit["factor"] if unit else 1000
        for its in nearest:
            prices = dict(self.prices.get((its["list"], number), ()))
            tries = [(unit["code"], abs(quantity), 1000)] if unit else []
            if not unit or quantity * factor % 1000 == 0:
                tries.append(("", abs(quantity) * factor // 1000, factor))
            for name, much, by in tries:
                newest = {}
                for (its_unit, least, day), price in sorted(prices.items()):
                    if its_unit == name and least <= much and day <= date:
                        newest[least] = price
                found = [(least, price) for least, price in newest.items() if price is not None]
                if found:
                    return by_factor(max(found)[1], by)
        if unit and "price" in unit:
            return unit["price"], None
        return by_factor(product["price"], factor) if "price" in product else (None, None)

    def do_add_product(self, c):
        self.of_home("product", 0)
        code("code", c["code"])
        line("name", c["name"])
        self.product_forms(c, c["code"])
        self.floor_form(c)
        self.cost_form(c)
        self.unit_forms(c)
        self.free(self.product_codes, c["code"], "code")
        self.looks_apart(self.product_codes, [(n, x["code"]) for n, x in self.products.items()], c["code"])
        self.others_barcode(0, c.get("barcodes", []))
        self.room("product")
        number = self.number("product")
        product = {"code": c["code"], "name": c["name"], "serials": c.get("serials", False),
                   "retired": False, "barcodes": tuple(c.get("barcodes", ()))}
        self.put(self.products, number, product)
        self.move(product, c, "unit", "price", "tax_bp", "brand", "colour", "model", "floor", "cost")
        _, of_units = self.merge_units(product, number, c)
        for its in (c["code"],) + product["barcodes"] + tuple(of_units):
            self.put(self.product_codes, its, number)
        return {"id": number, "number": c["code"]}

    def do_change_product(self, c):
        self.of_office("product", 0)
        line("name", c.get("name"))
        self.product_forms(c, None)
        self.floor_form(c)
        if "floor" in c and c.get("no_floor"):
            raise Refused("FIELD_INVALID", "no_floor")
        self.cost_form(c)
        self.unit_forms(c)
        product = self.found(self.products, c["product"], "product")
        given = c.get("barcodes", [])
        fresh = tuple(b for b in given
                      if not any(self.same(b, own) for own in (product["code"],) + product["barcodes"]))
        changed = self.move(product, c, "name", "unit", "price", "tax_bp", "brand", "colour", "model",
                            "floor", "cost", "retired")
        if c.get("no_floor") and "floor" in product:
            self.drop(product, "floor")
            changed = True
        if c.get("no_cost") and "cost" in product:
            self.drop(product, "cost")
            changed = True
        before = product["barcodes"]
        self.put(product, "barcodes", before + fresh)  # a unit has none of them
        other, of_units = self.merge_units(product, c["product"], c)
        self.put(product, "barcodes", before)
        self.nothing(changed or other or fresh)
        if len(product["barcodes"]) + len(fresh) > BARCODES_MAX:
            raise Refused("TOO_MANY", "barcodes", most=BARCODES_MAX)
        self.others_barcode(c["product"], given)
        if "unit" in product and self.unit_called(product, product["unit"]):
            raise Refused("FIELD_INVALID", "unit")
        for i, barcode in enumerate(given):
            if self.unit_coded(product, barcode):
                raise Refused("FIELD_INVALID", f"barcodes[{i}]")
        self.put(product, "barcodes", product["barcodes"] + fresh)
        for barcode in fresh + tuple(of_units):
            self.put(self.product_codes, barcode, c["product"])
        return {"id": c["product"]}

    def new_place(self, kind, c, same, field):
        for number, place in self.places.items():
            if same(place):
                raise Refused("ALREADY_EXISTS", field, existing=number)
        self.room("money_account")
        number = self.number("money_account")
        self.put(self.places, number, {"kind": kind, "branch": c.get("branch"), "name": c["name"],
                                       "number": c.get("number"), "bank_account": c.get("bank_account"),
                                       "retired": False, "days": 0, "open": None, "counts": ()})
        return {"id": number}

    def do_add_till(self, c):
        line("name", c["name"])
        self.found(self.branches, c["branch"], "branch")
        self.of_office("branch", c["branch"])
        return self.new_place("till", c, lambda p: p["kind"] != "account" and
                              p["branch"] == c["branch"] and self.same(p["name"], c["name"]), "name")

    def do_add_bank_account(self, c):
        line("name", c["name"])
        line("number", c["number"], CODE)
        line_or_none("bank", c.get("bank"))
        self.of_office("bank_account", 0)
        bare = c["number"].replace(" ", "")
        return self.new_place("account", c, lambda p: p["kind"] == "account" and
                              (p["number"].replace(" ", "") == bare or self.same(p["number"], c["number"])),
                              "number")

    def do_add_pos_device(self, c):
        line("name", c["name"])
        self.found(self.branches, c["branch"], "branch")
        self.of_office("branch", c["branch"])
        account = self.found(self.places, c["bank_account"], "bank_account")
        if account["kind"] != "account":
            raise Refused("NOT_FOUND", "bank_account")
        if account["retired"]:
            raise Refused("RETIRED", "bank_account")
        return self.new_place("device", c, lambda p: p["kind"] != "account" and
                              p["branch"] == c["branch"] and self.same(p["name"], c["name"]), "name")

    def do_retire_money_account(self, c):
        place = self.found(self.places, c["money_account"], "money_account")
        self.of_office("money_account", place.get("branch") or 0)
        self.nothing(self.move(place, c, "retired"))
        if c["retired"] and self.epoch >= 5:
            if place["open"]:
                raise Refused("TILL_OPEN", "money_account")
            left = self.holds(c["money_account"]) or self.in_book("GL_MONEY_IN_TRANSIT", c["money_account"]) + \
                self.in_book("GL_MONEY_ON_ITS_WAY", c["money_account"])
            if left:
                raise Refused("MONEY_LEFT", "money_account", available_minor=left)
        return {"id": c["money_account"]}

    # ---- what lies where ----

    def in_book(self, account, sub):
        return sum(v for (book, of, _), v in self.books.items() if (book, of) == (account, sub))

    def holds(self, number):
        return self.in_book(BOOK_OF[self.places[number]["kind"]], number)

    def elsewhere(self, place, field):
        raise Refused("TILL_OTHER_BRANCH", field, branch=self.branches[place["branch"]]["code"] if self.epoch >= 7 else None)

    def used_place(self, number, field, own=True):
        place = self.found(self.places, number, field)
        if place["retired"]:
            raise Refused("RETIRED", field)
        if own and place.get("branch") and place["branch"] != self.branch()["branch"]:
            self.elsewhere(place, field)
        return place

    def is_open(self, place, field):
        if place["days"] and not place["open"]:
            raise Refused("TILL_CLOSED", field)

    def blind(self, number):
        """Who may not see what a till holds is not told by a refusal either, since rules 6."""
        till = self.places[number]
        if self.epoch < 6 or till["kind"] != "till":
            return False
        mine = self.staff.get(self.actor.get("staff"), {}).get("branch", 0)
        return not self.may("SEE_TRIAL_BALANCE") or mine not in (0, till["branch"])

    def alarm_short(self, paper, again=None):
        """More was taken from a till than it held, by who may not see it: those who see are told, once a command."""
        for book, sub, _ in paper["postings"]:
            if book != "GL_CASH" or not sub:
                continue
            out = sum(v for x in (paper, again) if x for b, s, v in x["postings"] if (b, s) == (book, sub))
            left = self.holds(sub)
            if left < 0 and out < 0 and self.blind(sub):
                self.put(self.alarms, self.seq, {
                    **self.alarms.get(self.seq, {
                        "document": paper["document"], "number": paper["number"], "kind": paper["kind"]}),
                    "alarm": self.seq, "at_ms": self.now, "actor": dict(self.actor), "short_minor": -left})
                return

    def gives(self, number, value, field):
        if self.blind(number):
            return
        if self.places[number]["kind"] != "account" and self.holds(number) < value:
            raise Refused("MONEY_NOT_THERE", field, existing_number=self.places[number]["name"])

    def moved(self, c, number, value, postings, branches, date, **facts):
        customer = self.customers[1]
        document = self.begin("DOCUMENT_MONEY_MOVE", customer, date)
        document.update(total=value, money_account=number, **facts)
        self.post(document, 0, postings, branches)
        self.changed(customer, "MONEY_MOVED", document["number"], 0)
        done = {"id": document["document"], "number": document["number"], "total_minor": value}
        return {**done, "on_its_way": True} if facts.get("arrives") else done

    def do_move_money(self, c):
        amount("amount_minor", c["amount_minor"])
        amount_or_zero("fee_minor", c.get("fee_minor"))
        fee = c.get("fee_minor", 0)
        if fee >= c["amount_minor"]:
            raise Refused("FIELD_INVALID", "fee_minor")
        date_form("date", c.get("date"))
        line("reference", c.get("reference"), CODE)
        text("note", c.get("note"))
        date, here = self.date_of(c, False), self.branch()["branch"]
        start = self.used_place(c["from"], "from", False)
        if start["kind"] == "till":
            self.used_place(c["from"], "from")
        end = self.used_place(c["to"], "to", False)
        if c["from"] == c["to"] or start["kind"] == "device" and c["to"] != start["bank_account"] or \
                start["kind"] != "device" and end["kind"] == "device":
            raise Refused("FIELD_INVALID", "to")
        if start["kind"] == "till" and fee:
            raise Refused("FIELD_INVALID", "fee_minor")
        to_bank = (start["kind"], end["kind"]) == ("till", "account")
        on_its_way = to_bank and not c.get("arrived") or end["kind"] == "till" and end["branch"] != here
        if c.get("arrived") and on_its_way and end["kind"] == "till":
            raise Refused("FIELD_INVALID", "arrived")
        if start["kind"] != "till" or to_bank and c.get("arrived"):
            self.needs("CONFIRM_MONEY")
        if start["kind"] == "device":
            self.own_paper("from", start)
        if fee:
            self.within("MOVE_FEE", "fee_minor", -(-fee * 10000 // c["amount_minor"]))
        if start["kind"] == "till" and to_bank and c.get("arrived"):
            self.confirms_own(self.actor.get("staff"), c["amount_minor"], "arrived")
        self.is_open(start, "from")
        if not on_its_way:
            self.is_open(end, "to")
        if "till" in (start["kind"], end["kind"]):
            self.all_coins("fee_minor" if fee else "amount_minor", c["amount_minor"] - fee)
        self.gives(c["from"], c["amount_minor"], "from")
        leaves = start.get("branch") or here
        there = BOOK_OF[end["kind"]]
        postings = [(BOOK_OF[start["kind"]], c["from"], -c["amount_minor"]),
                    ("GL_MONEY_IN_TRANSIT" if on_its_way else there, c["to"], c["amount_minor"] - fee),
                    ("GL_BANK_FEES", c["from"], fee)]
        done = self.moved(c, c["from"], c["amount_minor"], postings, (leaves, end.get("branch") or leaves, leaves), date,
                          arrives=there if on_its_way else None, to_account=c["to"], confirmed=False)
        self.alarm_short(self.documents[done["id"]])
        return done

    @staticmethod
    def is_put_in(paper):
        """Cash that somebody put into a till, or its first float."""
        sums = {book: value for book, _, value in paper["postings"]} if paper["kind"] == "DOCUMENT_MONEY_MOVE" else {}
        return ("GL_CASH_IN_OUT" in sums or "GL_OPENING" in sums) and sums["GL_CASH"] > 0

    def way_back(self, move):
        """The ways of a move are open the other way round."""
        if "GL_CASH_DIFFERENCE" in [posting[0] for posting in move["postings"]]:
            raise Refused("NOT_REVERSIBLE", "document")
        put_in = self.is_put_in(move)
        ends = [(move["money_account"], move["total"] if put_in else 0)]
        if move.get("to_account") and (not move.get("arrives") or move["confirmed"]):
            ends.append((move["to_account"], move["postings"][1][2]))
        for number, value in ends:
            place = self.places[number]
            if place["retired"]:
                raise Refused("RETIRED", "document")
            if place["kind"] == "till" and place["branch"] != self.branch()["branch"]:
                self.needs("REVERSE")
            self.is_open(place, "document")
            if value or self.epoch < 8:  # what gets some back is not asked what it holds
                self.gives(number, value, "document")
            if number == move["money_account"] and put_in and self.epoch >= 8:
                self.within("CASH_OUT", "document", self.day_sum(("CASH_OUT", self.actor.get("staff"))) + value)

    def alarm_of_cash(self, paper, taken):
        alone = self.company.get("refund_alone")
        if alone is not None and taken > alone:
            self.put(self.alarms, self.seq, {
                "alarm": self.seq, "document": paper["document"], "number": paper["number"], "kind": paper["kind"],
                "cash_minor": taken - alone, "at_ms": self.now, "actor": dict(self.actor)})

    def do_put_cash(self, c):
        wanted("reason", c.get("reason"))
        amount("amount_minor", c["amount_minor"])
        till = self.used_place(c["money_account"], "money_account")
        if till["kind"] != "till":
            raise Refused("FIELD_INVALID", "money_account")
        self.is_open(till, "money_account")
        value = c["amount_minor"]
        self.all_coins("amount_minor", value)
        what, me = "CASH_OUT" if c.get("out") else "CASH_IN", self.actor.get("staff")
        self.within(what, "amount_minor", self.day_sum((what, me)) + value)
        if c.get("out"):
            self.gives(c["money_account"], value, "money_account")
        if self.epoch >= 5:
            self.add_to_day((what, me), value)
        signed = -value if c.get("out") else value
        done = self.moved(c, c["money_account"], value, [("GL_CASH", c["money_account"], signed),
                          ("GL_CASH_IN_OUT", c["money_account"], -signed)], till["branch"], self.today())
        if self.epoch >= 5 and c.get("out"):
            self.alarm_of_cash(self.documents[done["id"]], self.day_sum((what, me)))
        self.alarm_short(self.documents[done["id"]])
        return done

    def confirms_own(self, booked_by, value, field):
        """Of their own money one person confirms so much in a day: nothing, unless the owner says so."""
        me = self.actor.get("staff")
        if self.epoch < 5 or not booked_by or booked_by != me or self.company.get("own_confirm") is ANY_OWN:
            return
        left = self.company.get("own_confirm", 0) - self.day_sum(("confirmed", me))
        if value > left:
            raise Refused("SECOND_PERSON_NEEDED", field, most=max(left, 0), roles=roles_with("CONFIRM_MONEY"))
        self.add_to_day(("confirmed", me), value)

    def do_confirm_move(self, c):
        if "move" not in c and "number" not in c:
            raise Refused("FIELD_MISSING", "move")
        number = c.get("move") or self.named(self.numbers["DOCUMENT_MONEY_MOVE"], c.get("number", "")) or 0
        move = self.found(self.documents, number, "move")
        if not move.get("arrives") or move["confirmed"] or move["reversed_by"]:
            raise Refused("NOT_CONFIRMABLE", "move")
        end = self.places[move["to_account"]]
        if end["kind"] == "account":
            self.needs("CONFIRM_MONEY")
            self.own_paper("move", move)
        elif end["branch"] != self.branch()["branch"]:
            self.elsewhere(end, "move")
        self.is_open(end, "move")
        at = next(i for i, x in enumerate(move["postings"]) if x[0] == "GL_MONEY_IN_TRANSIT")
        value = move["postings"][at][2]
        self.confirms_own(move["actor"].get("staff"), value, "move")
        self.put(move, "confirmed", True)
        self.book([("GL_MONEY_IN_TRANSIT", move["to_account"], -value), (move["arrives"], move["to_account"], value)],
                  move["branches"][at])
        self.alarm_maker(move, move)
        return {"id": number, "number": move["number"], "total_minor": value}

    def a_till(self, c):
        till = self.used_place(c["money_account"], "money_account")
        if till["kind"] != "till":
            raise Refused("FIELD_INVALID", "money_account")
        return till

    def an_open_till(self, c):
        till = self.a_till(c)
        if not till["open"]:
            raise Refused("TILL_CLOSED", "money_account")
        return till

    def first_float(self, c, till, by):
        """It was there before these books."""
        place = c["money_account"]
        done = self.moved(c, place, by, [("GL_CASH", place, by), ("GL_OPENING", place, -by)], till["branch"], self.today())
        return {"number": done["number"]}

    def differs(self, c, till, by, field):
        """What is not in the books is booked, with a reason. Who opens is not told how much it is."""
        if not by:
            return {}
        try:
            wanted(field, c.get("reason"))
        except Refused as refused:
            if field == "reason":
                refused.refusal.update(over_by_minor=max(by, 0), available_minor=max(-by, 0))
            raise
        place = c["money_account"]
        done = self.moved(c, place, abs(by), [("GL_CASH", place, by), ("GL_CASH_DIFFERENCE", place, -by)], till["branch"],
                          self.today())
        self.see_difference(by, done, field == "opening_reason")
        return {"number": done["number"]}

    def see_difference(self, by, done, opening):
        """A shortage counts as cash taken out. What is beyond the threshold for it others see, and who opens short."""
        me, role, alone = self.actor.get("staff"), self.asks(), self.company.get("refund_alone")
        bounds = [self.most_for("CASH_OUT", role) if role else ANY, ANY if alone is None else alone]
        most = min((x for x in bounds if x is not ANY), default=None)
        if self.epoch < 5:
            return
        if by < 0:
            self.add_to_day(("CASH_OUT", me), -by)
        taken = self.day_sum(("CASH_OUT", me)) if by < 0 else by
        beyond = taken - most if most is not None and taken > most else 0
        if not beyond and opening and self.epoch >= 7:
            beyond = -by
        if beyond > 0:
            self.put(self.alarms, self.seq, {
                "alarm": self.seq, "document": done["id"], "number": done["number"], "kind": "DOCUMENT_MONEY_MOVE",
                "cash_minor": beyond, "difference_minor": by, "at_ms": self.now, "actor": dict(self.actor)})

    def do_open_till(self, c):
        amount_or_zero("float_minor", c["float_minor"])
        text("reason", c.get("reason"))
        till = self.a_till(c)
        if till["open"]:
            raise Refused("TILL_OPEN", "money_account", date=till["open"])
        self.all_coins("float_minor", c["float_minor"])
        by = c["float_minor"] - self.holds(c["money_account"])
        if self.epoch >= 7 and not till["days"] and (by == c["float_minor"] or by > 0 and self.epoch >= 8):
            done, by = self.first_float(c, till, by) if by else {}, 0
        else:
            done = self.differs(c, till, by, "opening_reason")
        self.put(till, "days", till["days"] + 1)
        self.put(till, "open", self.today())
        self.put(till, "counts", ())
        return {"id": c["money_account"], "difference_minor": by, **done}

    def do_count_till(self, c):
        amount_or_zero("counted_minor", c["counted_minor"])
        till = self.an_open_till(c)
        self.all_coins("counted_minor", c["counted_minor"])
        if c.get("counts", 0) != len(till["counts"]):
            raise Refused("TILL_COUNTED", "money_account", most=len(till["counts"]))
        if len(till["counts"]) >= 20:
            raise Refused("TOO_MANY", "counts", most=20)
        count = c["counted_minor"], self.holds(c["money_account"])
        self.put(till, "counts", till["counts"] + (count,))
        return {"id": c["money_account"], "total_minor": count[0], "expected_minor": count[1],
                "difference_minor": count[0] - count[1]}

    def close_with_bank(self, c, till, counted):
        """Of what was counted, what is on its way to the bank."""
        if "to_bank_minor" not in c:
            return {}
        place, value, bank = c["money_account"], c["to_bank_minor"], c["bank_account"]
        if self.used_place(bank, "bank_account", False)["kind"] != "account":
            raise Refused("FIELD_INVALID", "bank_account")
        if value > counted:
            raise Refused("MONEY_NOT_THERE", "to_bank_minor", existing_number=till["name"])
        done = self.moved(c, place, value, [("GL_CASH", place, -value), ("GL_MONEY_IN_TRANSIT", bank, value)],
                          (till["branch"], till["branch"]), self.today(), arrives="GL_BANK", to_account=bank, confirmed=False)
        return {"banked_number": done["number"]}

    def do_close_till(self, c):
        text("reason", c.get("reason"))
        if "to_bank_minor" in c:
            if self.epoch < 7:
                raise Refused("RULES_TOO_OLD", "to_bank_minor")
            amount("to_bank_minor", c["to_bank_minor"])
            if "bank_account" not in c:
                raise Refused("FIELD_MISSING", "bank_account")
        till = self.an_open_till(c)
        if not till["counts"]:
            raise Refused("TILL_NOT_COUNTED", "money_account")
        counted, expected = till["counts"][-1]
        if expected != self.holds(c["money_account"]):
            raise Refused("TILL_NOT_COUNTED", "counts")
        done = self.differs(c, till, counted - expected, "reason")
        done.update(self.close_with_bank(c, till, counted))
        self.put(till, "open", None)
        return {"id": c["money_account"], "total_minor": counted, "expected_minor": expected,
                "difference_minor": counted - expected, **done}

    def do_refund_money(self, c):
        wanted("reason", c.get("reason"))
        amount("amount_minor", c.get("amount_minor"))
        text("payee", c.get("payee"))
        line("reference", c.get("reference"), CODE)
        date_form("date", c.get("date"))
        customer = self.resolve(c)
        if customer is None:
            raise Refused("FIELD_MISSING", "customer")
        date = self.date_of(c, False)
        if c["kind"] not in ("PAYMENT_CASH", "PAYMENT_TRANSFER"):
            raise Refused("FIELD_INVALID", "kind")
        place = self.used_place(c["money_account"], "money_account")
        if place["kind"] != MONEY[c["kind"]][0]:
            raise Refused("FIELD_INVALID", "money_account")
        self.is_open(place, "money_account")
        nobody, said, credits = customer["customer"] == 1, c.get("credits", []), []
        if nobody and not said:
            raise Refused("FIELD_MISSING", "credits")
        customer = self.leads_to(customer) if self.epoch >= 7 else customer
        for i, one in enumerate(said):
            credit = self.item_of(customer, one, False, f"credits[{i}]")
            if credit in credits or not credit["final"]:
                raise Refused("FIELD_INVALID", f"credits[{i}]")
            credits.append(credit)
        sums = self.together(self.records_of(customer))
        free = sums["unmatched"] if nobody else min(sums["unmatched"], -sums["exposure"])
        free = min(free, -self.standing(customer)["exposure"]) if len(self.family(customer)) > 1 else free
        free = max(min(free, sum(x["open"] for x in credits)) if said else free, 0)
        papers = [(x, self.documents[x["document"]]) for x in credits]
        all_of_it = papers and free == sum(x["open"] for x in credits) and \
            all(self.given_whole(paper, x["open"]) for x, paper in papers) and \
            c.get("amount_minor") == sum(self.money_of(paper) for _, paper in papers)
        value = free if all_of_it else c.get("amount_minor", free)
        if not 0 < value <= free:
            raise Refused("REFUND_TOO_MUCH", "amount_minor", available_minor=free)
        document = self.begin("DOCUMENT_REFUND", customer, date)
        document.update(total=value, payment_kind=c["kind"], money_account=c["money_account"], due=date)
        document["balance"] = value
        item, pairs = self.add_item(document, True), Pairs()
        for credit in credits or self.credits_in_order(*self.records_of(customer)):
            if item["open"] and credit["open"] and (credits or credit["final"]):
                full = self.pair_full(pairs, item, credit)
                if full and credits:
                    raise Refused("TOO_MANY", "credits", most=full)
                if full:
                    pairs.leave(min(item["open"], credit["open"]), full)
                else:
                    self.make_pair(pairs, item, credit, min(item["open"], credit["open"]), date)
        if item["open"]:
            raise Refused("TOO_MANY", "credits", most=pairs.bound)
        for _, credit, _ in pairs:
            self.own_paper("credits", self.documents[credit["document"]])
        if c["kind"] == "PAYMENT_CASH" and value < free:
            self.all_coins("amount_minor", value)
        money, discount = self.money_given(c["kind"], pairs)
        if self.epoch >= 5:
            self.refund_alone(customer, value, pairs)
        self.gives(c["money_account"], money, "money_account")
        rounding = value - money - discount
        facts = {k: v for k, v in (("rounding", rounding), ("discount", discount)) if v}
        document.update(facts)
        self.post(document, value, [("GL_RECEIVABLE", customer["customer"], value),
                                    (BOOK_OF[place["kind"]], c["money_account"], -money),
                                    ("GL_CASH_ROUNDING", 0, -rounding), ("GL_SETTLEMENT_DISCOUNT", 0, -discount)],
                  document["branch"])
        if self.epoch < 5:
            self.refund_alone(customer, value, pairs)
        self.keep_match(customer, pairs)
        self.changed(customer, "MONEY_REFUNDED", document["number"], value)
        self.alarm_short(document)
        return {"id": document["document"], "number": document["number"], "total_minor": value, "match": self.seq,
                "matched_minor": sum(v for _, _, v in pairs), **{k + "_minor": v for k, v in facts.items()}}

    @staticmethod
    def given_whole(paper, value):
        return paper["kind"] == "DOCUMENT_PAYMENT" and paper["total"] == value

    def money_given(self, kind, pairs):
        """What is paid out: of whole payments what was taken, of the rest in cash by the unit; and the discount."""
        money, rest, discount = 0, 0, 0
        for _, credit, value in pairs if self.epoch >= 7 else ():
            paper = self.documents[credit["document"]]
            off = paper.get("discount", 0) - self.off_of(credit) - credit["open"] if paper["kind"] == "DOCUMENT_PAYMENT" and paper.get("discount") else 0
            off = max(min(off, value), 0)
            discount += off
            money += value - off - (paper.get("rounding", 0) if self.given_whole(paper, value) else 0)
        if self.epoch >= 7:
            return self.in_coins(money, self.company.get("cash_unit", 0)) if kind == "PAYMENT_CASH" else money, discount
        for _, credit, value in pairs:
            paper = self.documents[credit["document"]]
            whole = self.given_whole(paper, value)
            part = self.money_of(paper) if whole else value
            discount += paper.get("discount", 0) if whole else 0
            if whole and (kind != "PAYMENT_CASH" or paper["payment_kind"] == "PAYMENT_CASH"):
                money += part
            else:
                rest += part
        return money + (self.to_unit(rest, self.company.get("cash_unit", 0)) if kind == "PAYMENT_CASH" else rest), discount

    def refund_alone(self, customer, value, pairs):
        """More than one person may pay out in a day takes who may approve, and has set none of it free."""
        limit, me = self.company.get("refund_alone"), self.actor.get("staff")
        if limit is None or self.may("APPROVE") and not (me and self.had_a_hand(customer, pairs, me)):
            return
        keys = [("refunded", me)]
        nobody = customer["customer"] == 1
        if self.epoch >= 5:
            keys.append(("paid out", customer["customer"]))
        paid_out = 0 if nobody or self.epoch < 5 else \
            sum(self.day_sum(("paid out", one["customer"])) for one in self.records_of(customer))
        left = limit - max(self.day_sum(keys[0]), paid_out)
        if value > left:
            raise Refused("SECOND_PERSON_NEEDED", "amount_minor", most=max(left, 0), roles=roles_with("APPROVE"))
        for key in keys:
            self.add_to_day(key, value)

    def had_a_hand(self, customer, pairs, me):
        def mine(document):
            return self.documents[document]["actor"].get("staff") == me

        for _, credit, _ in pairs:
            if mine(credit["document"]):
                return True
            apart = [e for e in credit["edges"] if e["undone"] is not None]
            for edge in apart:  # the match is the one side's or the other's
                sides = {credit["document"] >> 36, self.documents[edge["other"]]["customer"]}
                if any(self.matches.get((side, edge["match"]), {}).get("undone_by") == me for side in sides):
                    return True
            others = [self.documents[e["other"]] for e in apart]
            if self.epoch >= 5 and any(x["reversed_by"] and mine(x["reversed_by"]) or any(map(mine, x["notes"]))
                                       for x in others):
                return True
        if self.epoch < 5 or customer["customer"] == 1:
            return False
        return any(self.documents[n]["balance"] < 0 and mine(n) and
                   self.documents[n]["recorded"] >= self.now - 30 * 86_400_000
                   for one in self.records_of(customer) for n in sorted(one["documents"])[-1000:])

    # ---- terms ----

    def terms_of(self, customer, today):
        """Field by field: own, else the groups' (strictest limit, first of the rest), else all's."""
        def in_force(terms):
            return terms is not None and \
                terms.get("valid_from", 0) <= today <= terms.get("valid_until", DATE_MAX)

        def limit(terms):
            if terms.get("unlimited"):
                return float("inf")
            return terms.get("limit_minor")

        customer = self.customers[customer["payer"] or customer["customer"]]
        own = [(entry["terms"], "LIMIT_OF_CUSTOMER", None) for entry in customer["own"]]
        groups = [(self.groups[g]["limit"], "LIMIT_OF_GROUP", g) for g in customer["groups"]]
        company = [(self.company["policy"], "LIMIT_OF_COMPANY", None)]
        levels = [[x for x in level if in_force(x[0])] for level in (own, groups, company)]
        named = {"limit": 0, "source": "LIMIT_OF_COMPANY", "group": None}
        for level in levels:
            limits = [x for x in level if limit(x[0]) is not None]
            if limits:
                terms, source, group = limits[0] if level is levels[0] else min(limits, key=lambda x: limit(x[0]))
                named = {"limit": limit(terms), "source": source, "group": group}
                break
        if customer.get("at_first", float("inf")) < named["limit"]:
            named = {"limit": customer["at_first"], "source": "LIMIT_OF_CUSTOMER", "group": None}
        if customer["customer"] == 1:
            named["limit"] = float("inf")
        for field in ("policy", "overdue_days", "overdue_minor", "document_max_minor", "unpaid_max", "slip_weight"):
            given = [x[0][field] for level in levels for x in level if field in x[0]]
            named[field] = given[0] if given else None
        named["unlimited"] = named["limit"] == float("inf")
        named["limit"] = 0 if named["unlimited"] else named["limit"]
        return named

    def term_days(self, customer):
        if "term_days" in customer:
            return customer["term_days"]
        for group in customer["groups"]:
            if "term_days" in self.groups[group]:
                return self.groups[group]["term_days"]
        return self.company["term_days"]

    def its_limit(self, number):
        """Whose limit is set; under older rules also that of who was erased, which nobody sells to."""
        customer = self.found(self.customers, number, "customer")
        if number == 1:
            raise Refused("FIELD_INVALID", "customer")
        self.stands(customer, "customer")
        return customer

    def do_set_credit_limit(self, c):
        said, clear, today = c.get("terms"), c.get("clear", ()), self.today()
        self.terms_form("terms", said)
        self.clear_form(c, said or {}, ("TERM_LIMIT", "TERM_POLICY", "TERM_OVERDUE", "TERM_DOCUMENT_MAX", "TERM_UNPAID_MAX",
                                        "TERM_SLIP_WEIGHT"))
        text("reason", c.get("reason"))
        customer = self.its_limit(c["customer"])
        self.of_home("customer", customer["branch"])
        if "ended" in c:
            if said is not None or clear or self.epoch < 4:
                raise Refused("FIELD_INVALID", "ended")
        elif self.epoch >= 4:
            if said is not None and not self.says(said) and not clear:
                raise Refused("FIELD_MISSING", "terms.limit_minor")
            if self.says(said) and said.get("valid_until", DATE_MAX) < today:
                self.too_early("terms.valid_until", today)
        self.put(customer, "own", self.schedule(customer["own"], c, today, "at_first" in customer))
        all_away = "ended" not in c and said is None and not clear
        if all_away or self.names_limit(said or {}) or "TERM_LIMIT" in clear:
            self.drop(customer, "at_first")
        self.put(customer, "limits", customer["limits"] + 1)
        self.changed(customer, "LIMIT_CHANGED")
        return {"id": c["customer"]}

    def schedule(self, entries, c, today, at_first):
        """The entries that are there after the command, the one that began last first."""
        said, clear = c.get("terms"), c.get("clear", ())
        if "ended" in c:
            left = tuple(e for e in entries if e["seq"] != c["ended"])
            if len(left) == len(entries):
                raise Refused("NOT_FOUND", "ended")
            return left
        if said is None and not clear:
            self.nothing(entries or at_first, "terms")
            return ()
        if self.epoch < 4:
            return ({"terms": said, "began": said.get("valid_from", 0), "seq": self.seq},)
        left = [{**e, "terms": self.without(e["terms"], clear)} for e in entries]
        if self.says(said):
            new = {"terms": said, "began": max(said.get("valid_from", 0), today), "seq": self.seq}
            left = [self.shadowed(e, new, today) for e in left] + [new]
        left = [e for e in left if self.says(e["terms"])]
        if len(left) > ENTRIES_MAX:
            left = [e for e in left if e["terms"].get("valid_until", DATE_MAX) >= today]
        if len(left) > ENTRIES_MAX:
            raise Refused("TOO_MANY", "terms", most=ENTRIES_MAX)
        return tuple(sorted(left, key=lambda e: (-e["began"], -e["seq"])))

    def shadowed(self, entry, new, today):
        """Without what the new one says for all the days that are left of it."""
        ends = new["terms"].get("valid_until", DATE_MAX) >= entry["terms"].get("valid_until", DATE_MAX)
        before = new["began"] == today if entry["began"] <= today else new["began"] == entry["began"]
        if not ends or not before:
            return entry
        gone = [f for f in new["terms"] if f not in ("valid_from", "valid_until", "unlimited", "limit_minor")]
        terms = {f: v for f, v in entry["terms"].items() if f not in gone}
        return {**entry, "terms": self.without(terms, ("TERM_LIMIT",)) if self.names_limit(new["terms"]) else terms}

    def do_set_credit_policy(self, c):
        clear, terms = c.get("clear", ()), c["terms"]
        self.of_office("policy", 0)
        self.terms_form("terms", terms)
        own = (("TERM_DAYS", "term_days"), ("TERM_CREDIT_NOTE_APPROVE", "credit_note_approve_minor"),
               ("TERM_OWN_REVERSAL", "own_reversal_minor"), ("TERM_TITLE", "title"))
        says = any(field in c for _, field in own) or "own_approval" in c
        self.clear_form(c, terms, ("TERM_POLICY", "TERM_OVERDUE", "TERM_DOCUMENT_MAX", "TERM_UNPAID_MAX", "TERM_SLIP_WEIGHT", "TERM_VALIDITY",
                                   *(term for term, _ in own)), own)
        if self.epoch >= 4:
            self.nothing(terms or clear or says, "terms")
            terms = self.joined(self.company["policy"], terms, clear)
            self.terms_form("terms", terms)
        if not self.names_limit(terms):
            raise Refused("FIELD_MISSING", "terms.limit_minor")
        most_of("term_days", c.get("term_days"), TERM_DAYS_MAX)
        self.longer_term("term_days", self.company["term_days"], c.get("term_days", 0))
        if c.get("credit_note_approve_minor", 0) < 0:
            raise Refused("FIELD_INVALID", "credit_note_approve_minor")
        if c.get("own_reversal_minor", 0) < 0:
            raise Refused("FIELD_INVALID", "own_reversal_minor")
        if "own_approval" in c and self.epoch < 5:
            raise Refused("FIELD_INVALID", "own_approval")
        frees = "credit_note_approve_minor" in c or "own_reversal_minor" in c or \
            {"TERM_CREDIT_NOTE_APPROVE", "TERM_OWN_REVERSAL"} & set(clear)
        if "own_approval" in c or frees and self.epoch >= 5:
            self.needs("EDIT_STAFF")
        if self.epoch >= 5:
            ways = ["OWN_NOBODY", "OWN_OWNER", "OWN_ANYBODY"]
            less = "own_approval" in c and \
                ways.index(c["own_approval"]) > ways.index(self.company.get("own_approval") or "OWN_NOBODY")
            for term, field, slot in (("TERM_CREDIT_NOTE_APPROVE", "credit_note_approve_minor", "approve_over"),
                                      ("TERM_OWN_REVERSAL", "own_reversal_minor", "alone_back")):
                was = self.company.get(slot)
                less = less or was is not None and (term in clear or c.get(field, 0) > was)
            if less:
                self.needs_owner()
        line("title", c.get("title"))
        self.put(self.company, "policy", terms)
        self.put(self.company, "version", self.company["version"] + 1)
        for term, field, slot in (("TERM_CREDIT_NOTE_APPROVE", "credit_note_approve_minor", "approve_over"),
                                  ("TERM_OWN_REVERSAL", "own_reversal_minor", "alone_back")):
            if field in c or self.epoch < 4 or term in clear:
                self.put(self.company, slot, c.get(field))
        self.move(self.company, c, "term_days", "own_approval")
        if "TERM_DAYS" in clear:
            self.put(self.company, "term_days", 0)
        return {"id": self.company["version"], "job": self.job("policy", None)}

    def job(self, kind, of):
        """One that waits for its first step does the work of another; a day's has its own day."""
        for number, job in self.jobs.items() if self.epoch >= 3 else ():
            if (job["kind"], job["of"], job["cursor"]) == (kind, of, 0):
                return number
        return self.new_job(kind, of)

    def new_job(self, kind, of):
        number = self.number("job")
        self.put(self.jobs, number, {"kind": kind, "of": of, "cursor": 0})
        return number

    def do_step_job(self, c):
        job = self.found(self.jobs, c["job"], "job")
        if job["kind"] == "words":
            return self.erase_words(c["job"], job)
        wanted_ones = [n for n in sorted(self.customers) if n > job["cursor"] and
                       (job["kind"] != "group" or job["of"] in self.customers[n]["groups"])]
        self.told.extend(n for n in wanted_ones[:200] if job["kind"] != "day" or self.reads_otherwise(n, job["of"]))
        if len(wanted_ones) < 200:
            self.drop(self.jobs, c["job"])
        else:
            self.put(job, "cursor", wanted_ones[199])
        return {"id": c["job"]}

    def reads_otherwise(self, number, date, buyers=True):
        """Does something of the customer end or begin between that day and the head office's? A payer's buyers are
        in no row of a site."""
        customer, today = self.customers[number], self.branches[1]["date"]
        if customer["payer"] and self.reads_otherwise(customer["payer"], date, False):
            return True
        terms = [*(entry["terms"] for entry in customer["own"]), *(self.groups[g]["limit"] for g in customer["groups"]), self.company["policy"]]
        last_days = [x.get("valid_until") for x in terms if x]
        last_days += [x["valid_from"] - 1 for x in terms if x and "valid_from" in x]
        last_days += [customer.get("until")] if customer["locked"] else []
        last_days += [p["until"] for p in customer["buyers"].values()] if buyers else []
        last_days += [self.items[d]["due"] for d in customer["bills"]] if buyers else []  # overdue from the next day on
        return any(min(date, today) <= last < max(date, today) for last in last_days if last is not None)

    # ---- the account ----

    def sums(self, customer):
        items = self.items
        bills = sum(items[d]["open"] for d in customer["bills"])
        final = waiting = 0
        for d in customer["credits"]:
            if items[d]["final"]:
                final += items[d]["open"]
            else:
                waiting += items[d]["open"]
        uncleared = sum(items[d]["amount"] - items[d]["open"] for d in customer["not_final"])
        return {"bills": bills, "unmatched": final, "waiting": waiting, "uncleared": uncleared,
                "exposure": bills + uncleared - final}

    def changed(self, customer, kind, number=None, amount_minor=None):
        last = {"seq": self.seq, "kind": kind, "actor": dict(self.actor), "at_ms": self.now}
        if number is not None:
            last["number"] = number
        if amount_minor is not None:
            last["amount_minor"] = amount_minor
        self.put(customer, "last", last)
        self.saved.append((customer["customer"], last))
        self.told.append(customer["customer"])

    def row(self, number, today=None):
        """As terminals hold it: of the head office's day, whoever changed it. Of all records that are
        one customer, in the row of the one that stays."""
        customer, today = self.customers[number], today or self.branches[1]["date"]
        if customer.get("merge"):
            return {"customer": number, "payer": customer["payer"], "balance_minor": 0, "used_minor": 0,
                    "unlimited": False, "limit_minor": 0, "available_minor": 0, "bills_minor": 0,
                    "uncleared_minor": 0, "unmatched_minor": 0, "open_bills": 0, "buyers": 0,
                    "locked": self.locked(customer, today), "seq": self.seq}
        row, records = self.record_row(number, today), self.records(customer)
        if len(records) == 1:
            return row
        sums = self.together(records)
        row.update(balance_minor=sum(one["balance"] for one in records), bills_minor=sums["bills"],
                   uncleared_minor=sums["uncleared"], unmatched_minor=sums["unmatched"],
                   open_bills=sum(len(one["bills"]) for one in records))
        late = [i for i in self.bills_in_order(*records) if i["due"] < today]
        if late:
            row["overdue_minor"], row["oldest_due"] = sum(i["open"] for i in late), late[0]["due"]
        last = max((one["last"] for one in records if one["last"]), key=lambda x: x["seq"], default=None)
        if last:
            row["last"] = last
        if row["family"]["sites"] == 0:
            del row["family"]
        return row

    def record_row(self, number, today):
        customer = self.customers[number]
        sums, terms, all_of_them = self.sums(customer), self.terms_of(customer, today), self.standing(customer)
        freed, its_freed = self.slips_free(all_of_them, terms), self.slips_free(sums, terms)
        row = {"customer": number, "balance_minor": customer["balance"],
               "used_minor": all_of_them["exposure"] - freed, "unlimited": terms["unlimited"],
               "limit_minor": terms["limit"],
               "available_minor": 0 if terms["unlimited"] else terms["limit"] - all_of_them["exposure"] + freed,
               "locked": self.locked(customer, today), "bills_minor": sums["bills"],
               "uncleared_minor": sums["uncleared"], "unmatched_minor": sums["unmatched"],
               "open_bills": len(customer["bills"]),
               "buyers": sum(not p["revoked"] and today <= p["until"]
                              for p in customer["buyers"].values()),
               "seq": self.seq}
        if self.slips_count_less(terms):
            row["freed_minor"] = freed
        if customer["last"] and number != 1:  # not of the cash customer
            row["last"] = customer["last"]
        late = [i for i in self.bills_in_order(customer) if i["due"] < today]
        if late:
            row["overdue_minor"], row["oldest_due"] = sum(i["open"] for i in late), late[0]["due"]
        family = self.family(customer)
        if len(family) > 1:
            row["family"] = {"balance_minor": sum(one["balance"] for one in family),
                             "bills_minor": all_of_them["bills"], "uncleared_minor": all_of_them["uncleared"],
                             "unmatched_minor": all_of_them["unmatched"],
                             "open_bills": sum(len(one["bills"]) for one in family),
                             "sites": len(family) - (1 if customer["payer"] else len(self.records(customer)))}
        if customer["payer"]:
            row["payer"], row["payer_locked"] = customer["payer"], self.locked(family[0], today)
        its_own = self.site_limit(customer, today)
        if its_own is not None:
            used = sums["exposure"] - its_freed
            left = its_own - used
            row["site_limit_minor"] = its_own
            if terms["unlimited"] or left < row["available_minor"]:
                row.update(site_binds=True, unlimited=False, limit_minor=its_own, used_minor=used,
                           available_minor=left,
                           **({"freed_minor": its_freed} if "freed_minor" in row else {}))
        return row

    def add_item(self, document, debit, final=True):
        customer = self.customers[document["customer"]]
        item = {"document": document["document"], "debit": debit, "amount": document["total"], "open": 0,
                "due": document.get("due", document["date"]), "date": document["date"],
                "final": final, "edges": (), "seq": self.seq, "reversed": None}
        self.put(self.items, item["document"], item)
        if not final:
            self.put(customer["not_final"], item["document"], True)
        self.set_open(item, document["total"])
        return item

    def set_open(self, item, value):
        customer = self.customers[item["document"] >> 36]
        side = customer["bills" if item["debit"] else "credits"]
        self.put(item, "open", value)
        if value > 0:
            self.put(side, item["document"], True)
        else:
            self.drop(side, item["document"])

    def undone_until(self, item):
        """What was undone is free from that day on."""
        undone = [e["undone"][1] for e in item["edges"] if e["undone"]] if self.epoch >= 4 else []
        return max(undone, default=0)

    def pair(self, debit, credit, value, date, off=False):
        day = max(date, debit["date"], credit["date"], self.undone_until(debit), self.undone_until(credit))
        for item, other in ((debit, credit), (credit, debit)):
            edge = {"match": self.seq, "other": other["document"], "amount": value, "date": day,
                    "undone": None, "off": off and self.epoch >= 7}
            self.put(item, "edges", item["edges"] + (edge,))
            self.set_open(item, item["open"] - value)
            self.move_balance(item, other, -value)

    def unpair(self, item, edge, date):
        other = self.items[edge["other"]]
        twin = next(e for e in other["edges"] if e["match"] == edge["match"] and
                    e["other"] == item["document"] and e["undone"] is None)
        for one, its in ((item, edge), (other, twin)):
            self.put(its, "undone", (self.seq, max(date, its["date"])))
            self.set_open(one, one["open"] + its["amount"])
        self.move_balance(item, other, edge["amount"])
        self.move_balance(other, item, edge["amount"])

    def move_balance(self, item, other, value):
        """Of the balance, when the other side of a match is another customer's."""
        customer = self.customers[item["document"] >> 36]
        self.touched.add(customer["customer"])
        if other["document"] >> 36 != customer["customer"]:
            value = value if item["debit"] else -value
            self.put(customer, "balance", customer["balance"] + value)
            self.put(customer, "moved", customer["moved"] + value)

    def bills_in_order(self, *customers):
        return sorted((self.items[d] for customer in customers for d in customer["bills"]),
                      key=lambda i: (i["due"], i["document"]))

    def payable(self, customer):
        """Whose bills the customer's money may pay."""
        return [customer] if customer["payer"] else self.family(customer)

    def credits_in_order(self, *customers):
        return sorted((self.items[d] for customer in customers for d in customer["credits"]),
                      key=lambda i: (i["date"], i["document"]))

    # ---- the decision ----

    def decide(self, customer, total, approval=0, happened=False, replaces=None, document=None, paid=False):
        """total: what is added. replaces: of a correction the old bill, which is out of the account."""
        today = self.today()
        terms = self.terms_of(customer, today)
        sums = self.weighed(self.standing(customer), terms)
        for figure in ("bills", "exposure"):
            sums[figure] += replaces or 0
        decision = {"policy_version": self.company["version"], "limit_source": terms["source"],
                    "unlimited": terms["unlimited"], "limit_minor": terms["limit"],
                    "bills_minor": sums["bills"], "uncleared_minor": sums["uncleared"],
                    "unmatched_minor": sums["unmatched"], "exposure_minor": sums["exposure"],
                    "amount_minor": total, "over_by_minor": 0, "currency": self.company["currency"],
                    **self.freed_facts(sums, terms)}
        if terms["group"]:
            decision["limit_group"] = terms["group"]
        if replaces is not None:
            decision["replaces_minor"] = replaces
        self.of_site(customer, total, decision, today)
        free = terms["limit"] - sums["exposure"]
        if not terms["unlimited"]:
            decision["over_by_minor"] = max(total - free, 0)
        walls, late = self.walls(customer, total, terms, decision, today) if total > 0 else ([], 0)
        if walls:
            decision["walls"] = walls
        locks = [one for one in (customer, self.family(customer)[0]) if self.locked(one, today)]
        if locks and not happened and not paid and (replaces is None or total > 0):
            roles, mine = roles_with("LOCK"), locks[0] is customer
            code, facts = "CUSTOMER_LOCKED" if mine else "PAYER_LOCKED", {"reason": locks[0]["reason"], "roles": roles}
            decision["verdict"] = "VERDICT_BLOCKED"
            payer_code = decision.get("payer_code")
            if not walls or terms["policy"] == "EXCESS_WARN" or self.would_serve(customer, total, approval, decision, document):
                way = {"kind": "WAY_UNLOCK", "roles": roles, **({} if mine else {"customer_code": payer_code})}
                both = mine and customer["payer"] and len(locks) > 1
                raise Refused(code, "customer", **facts, payer_code=payer_code, ways=None if both else [way])
            raise Refused(code, "customer", **facts, **self.explained(decision, terms, free))
        if approval:
            self.check_approval(customer, total, approval, decision, document)
        if approval and walls and self.epoch >= 7 and not happened:
            if terms["policy"] == "EXCESS_APPROVE":
                self.check_seen(approval, decision, terms, free)
            elif terms["policy"] == "EXCESS_BLOCK":
                approval = 0
        decision["verdict"] = self.verdict(walls, terms, approval, happened)
        if decision["verdict"] == "VERDICT_APPROVED" or approval and self.epoch >= 5:
            decision["approval"] = approval
        if decision["verdict"] in ("VERDICT_NEEDS_APPROVAL", "VERDICT_BLOCKED"):
            self.refuse_credit(decision, terms, sums, free, late)
        return decision

    def would_serve(self, customer, total, approval, decision, document):
        """An approval would lead past the walls."""
        if self.epoch < 7 or not approval:
            return False
        try:
            self.check_approval(customer, total, approval, dict(decision), document)
        except Refused:
            return False
        return True

    def of_site(self, customer, total, decision, today):
        """Of who has a payer: whose figures they are, and what the customer's own limit says."""
        limit = self.site_limit(customer, today)
        exposure = self.weighed(self.sums(customer), self.terms_of(customer, today))["exposure"]
        exposure += decision.get("replaces_minor", 0)
        if customer["payer"]:
            decision.update(payer=customer["payer"], payer_code=self.customers[customer["payer"]]["code"])
        if limit is not None:
            decision.update(site_limit_minor=limit, site_exposure_minor=exposure,
                            site_over_by_minor=max(exposure + total - limit, 0))

    def walls(self, customer, total, terms, decision, today):
        """What the sale runs into, and how much of the oldest bills is paid before that is passed."""
        walls, pay = [], 0
        if terms["document_max_minor"] and total + decision.get("replaces_minor", 0) > terms["document_max_minor"]:
            walls.append("DOCUMENT_TOO_BIG_FOR_CUSTOMER")
        days, most = terms["overdue_days"], terms["overdue_minor"]
        bills = self.bills_in_order(*self.family(customer))

        def later_than(days):
            return [i for i in bills[:OVERDUE_BILLS_MAX] if today - i["due"] > days]

        if days is not None or most is not None:
            apart = self.epoch >= 5 and days is not None and most is not None
            late = later_than(0 if apart else days or 0)
            overdue, old = sum(i["open"] for i in late), 0
            if overdue:
                decision["overdue_minor"] = overdue
                decision["oldest_overdue_days"] = today - min(i["due"] for i in late)
                if apart:
                    old = sum(i["open"] for i in later_than(days))
                    decision["too_old_minor"] = old
            if old:
                walls.append("OVERDUE_TOO_OLD")
            if overdue > (most or 0):
                walls.append("OVERDUE_TOO_OLD" if days is not None and not apart else "OVERDUE_TOO_MUCH")
            pay = max(old, overdue - (most or 0), 0)
        if decision["over_by_minor"]:
            walls.append("CREDIT_LIMIT_EXCEEDED")
        if terms["unpaid_max"] and "replaces_minor" not in decision:
            decision["unpaid_bills"], decision["unpaid_max"] = len(bills), terms["unpaid_max"]
            if len(bills) >= terms["unpaid_max"]:
                walls.append("UNPAID_TOO_MANY")
                pay = max(pay, sum(i["open"] for i in bills[:len(bills) + 1 - terms["unpaid_max"]]))
        if decision.get("site_over_by_minor"):
            walls.append("SITE_LIMIT_EXCEEDED")
        return walls, pay

    @staticmethod
    def explained(decision, terms, free):
        too_big = "DOCUMENT_TOO_BIG_FOR_CUSTOMER" in decision["walls"]
        return {"decision": decision, "over_by_minor": decision["over_by_minor"] or None,
                "available_minor": None if terms["unlimited"] else free,
                "payer_code": decision.get("payer_code"),
                "days": decision.get("oldest_overdue_days"),
                "most": terms["document_max_minor"] if too_big else None}

    @staticmethod
    def part(walls, terms, free, most, decision):
        """What of a sale passes every wall; of a correction, the new total: what it was passes always."""
        replaces = decision.get("replaces_minor", 0)
        if set(walls) - {"CREDIT_LIMIT_EXCEEDED", "SITE_LIMIT_EXCEEDED", "DOCUMENT_TOO_BIG_FOR_CUSTOMER"}:
            return replaces
        if "site_limit_minor" in decision:
            most = min(most, decision["site_limit_minor"] - decision["site_exposure_minor"])
        if not terms["unlimited"]:
            most = min(most, free)
        if terms["document_max_minor"]:
            most = min(most, terms["document_max_minor"] - replaces)
        return max(most, 0) + replaces

    def explain_cap(self, customer, total, refusal):
        """Who takes the goods may not take so much: the walls behind it, and what passes both."""
        today = self.today()
        terms = self.terms_of(customer, today)
        sums = self.weighed(self.standing(customer), terms)
        free = terms["limit"] - sums["exposure"]
        decision = {"over_by_minor": 0 if terms["unlimited"] else max(total - free, 0)}
        self.of_site(customer, total, decision, today)
        walls, _ = self.walls(customer, total, terms, decision, today) if total > 0 else ([], 0)
        warns = terms["policy"] == "EXCESS_WARN"
        left = refusal.get("available_minor", 0)
        part = left if warns else self.part(walls, terms, free, left, decision)
        if walls and not warns:
            refusal["decision"] = {
                "policy_version": self.company["version"], "limit_source": terms["source"],
                **({"limit_group": terms["group"]} if terms["group"] else {}),
                "unlimited": terms["unlimited"], "limit_minor": terms["limit"], "bills_minor": sums["bills"],
                "uncleared_minor": sums["uncleared"], "unmatched_minor": sums["unmatched"],
                "exposure_minor": sums["exposure"], "amount_minor": total, "currency": self.company["currency"],
                "walls": walls, "verdict": "VERDICT_BLOCKED", **self.freed_facts(sums, terms), **decision}
        if part > 0 and not any(self.locked(one, today) for one in (customer, self.family(customer)[0])):
            refusal["ways"] = [{"kind": "WAY_PART_NOW", "amount_minor": part}]

    def check_approval(self, customer, total, number, decision, document):
        approval = self.found(self.approvals, number, "approval")
        if self.epoch >= 5:
            self.serves(customer, number)
            self.check_goods(approval, number, document)
            self.check_granted(approval, number, total, decision)
        elif approval["state"] != "granted" or not self.lives(approval) or \
                approval["customer"] != customer["customer"] or total > approval["approved"]:
            raise Refused("APPROVAL_NOT_OPEN", "approval")

    # ---- what an approval is for, since version 5 ----

    def login_of(self, number):
        return self.staff[number]["login"] if number in self.staff else None

    def expect(self, approval, number, wanted):
        """In that state, or what became of it."""
        def refuse(its_code, **facts):
            raise Refused(its_code, "approval", approval=number, **facts)

        state = approval["state"]
        if state in ("waiting", "granted") and not self.lives(approval):
            refuse("APPROVAL_LAPSED", from_ms=approval["expires"])
        if state == wanted:
            return
        if state == "waiting":
            refuse("APPROVAL_UNDECIDED", from_ms=approval["expires"])
        by = self.login_of(approval.get("decided_by"))
        if state == "granted":
            refuse("APPROVAL_NOT_OPEN", by=by, available_minor=approval["approved"])
        if state == "refused":
            refuse("APPROVAL_DENIED", by=by, reason=approval.get("reason"))
        refuse("APPROVAL_USED_ALREADY", existing=approval.get("document"), existing_number=approval.get("number"),
               by=approval.get("used_by"))

    def serves(self, customer, number):
        approval = self.found(self.approvals, number, "approval")
        self.expect(approval, number, "granted")
        if approval["customer"] != customer["customer"]:
            raise Refused("APPROVAL_OTHER_CUSTOMER", "approval", approval=number)
        if approval["at"] != self.branch()["branch"]:
            raise Refused("APPROVAL_OTHER_BRANCH", "approval", approval=number,
                          branch=self.branches[approval["at"]]["code"])

    def check_goods(self, approval, number, document):
        if approval.get("goods") is None:
            return
        parked = self.parked.get((approval["by"], number))
        if parked is None or not (self.covers(parked["lines"], document["lines"]) and
                                  self.covers(parked["charges"], document["charges"])):
            raise Refused("APPROVAL_OTHER_GOODS", "approval", approval=number, goods=approval["goods"])

    @staticmethod
    def covers(parked, sold):
        """Each that is sold is one of the parked ones, or a part of one; none of them twice."""
        def whole(its, mine):
            return its == mine

        def part(its, mine):
            if any(mine[k] != its[k] for k in ("product", "text", "unit", "price", "base_price", "factor", "tax_bp")) or \
                    mine["quantity"] > its["quantity"] or not set(mine["serials"]) <= set(its["serials"]):
                return False
            if mine["percent"] != its["percent"]:
                return mine["discount"] == 0
            most = its["discount"]
            if not its["percent"] and its["quantity"]:
                most = rounded(most * mine["quantity"], its["quantity"])
            return mine["discount"] <= most

        used, taken = set(), set()
        for like in (whole, part):  # the one in the same place, else the first
            for i, one in enumerate(sold):
                places = [i, *range(len(parked))] if i < len(parked) else range(len(parked))
                place = next((p for p in places if p not in used and like(parked[p]["is"], one["is"])), None)
                if i not in taken and place is not None:
                    used.add(place)
                    taken.add(i)
        return len(taken) == len(sold)

    def check_granted(self, approval, number, total, decision):
        granted = approval["approved"]
        if total <= granted:
            return
        pays = "over" in approval and total <= approval["amount"] and \
            set(decision.get("walls", ())) <= {"CREDIT_LIMIT_EXCEEDED"}
        pay = decision["over_by_minor"] - approval["over"] if pays else 0
        if pays and pay <= 0:
            return
        ways = [{"kind": "WAY_PAY_NOW", "amount_minor": self.coins_up(pay)}] if pays else []
        decision["verdict"] = "VERDICT_NEEDS_APPROVAL"
        raise Refused("APPROVAL_FOR_LESS", "approval", approval=number, decision=decision, over_by_minor=total - granted,
                      available_minor=granted, by=self.login_of(approval.get("decided_by")),
                      reason=approval.get("reason"), goods=approval.get("goods"),
                      ways=ways + [{"kind": "WAY_PART_NOW", "amount_minor": granted}])

    def check_seen(self, number, decision, terms, free):
        """No other wall, and no more of one, than when it was asked for (rules 7)."""
        approval = self.approvals[number]
        seen, less = approval["decision"], approval["amount"] - approval["approved"]
        over = approval.get("over", max(seen["over_by_minor"] - less, 0))

        def more(*figures):
            return any(decision.get(figure, 0) > seen.get(figure, 0) for figure in figures)

        walls = decision["walls"]
        grown = set(walls) - set(seen["walls"]) or \
            decision["over_by_minor"] > over or \
            decision.get("site_over_by_minor", 0) > max(seen.get("site_over_by_minor", 0) - less, 0) or \
            any(wall.startswith("OVERDUE") for wall in walls) and more("overdue_minor", "too_old_minor") or \
            "UNPAID_TOO_MANY" in walls and more("unpaid_bills")
        if not grown:
            return
        pay = decision["over_by_minor"] - over
        ways = [{"kind": "WAY_PAY_NOW", "amount_minor": self.coins_up(pay)}] if walls == ["CREDIT_LIMIT_EXCEEDED"] and pay > 0 else []
        decision["verdict"] = "VERDICT_NEEDS_APPROVAL"
        raise Refused("APPROVAL_OUTGROWN", "approval", approval=number, decision=decision, most=over or None,
                      over_by_minor=decision["over_by_minor"] or None,
                      available_minor=None if terms["unlimited"] else free,
                      by=self.login_of(approval.get("decided_by")), goods=approval.get("goods"),
                      ways=ways + [{"kind": "WAY_ASK_APPROVAL", "roles": roles_with("APPROVE")}])

    def four_eyes(self, approval, number):
        me = self.actor.get("staff")
        if me is None or me != approval["by"]:
            return
        who = self.company.get("own_approval", "OWN_NOBODY")
        if who == "OWN_ANYBODY" or who == "OWN_OWNER" and self.staff[me]["role"] == "ROLE_OWNER":
            return
        raise Refused("OWN_APPROVAL", "approval", approval=number, roles=roles_with("APPROVE"))

    def make_room(self, customer):
        """What has lapsed gives its place to who asks, and when there are too many to all."""
        me = self.actor.get("staff", 0)

        def over(key):
            approval = self.approvals[key[1]]
            return approval["state"] not in ("waiting", "granted") or not self.lives(approval)

        mine = [key for key in self.parked if key[0] == me]
        gone = [key for key in mine if over(key)]
        if len(mine) - len(gone) >= PARKED_EACH_MAX:
            raise Refused("TOO_MANY", "draft", most=PARKED_EACH_MAX)
        if self.epoch >= 6:
            theirs = [key for key in self.parked if self.approvals[key[1]]["customer"] == customer and not over(key)]
            if len(theirs) >= PARKED_CUSTOMER_MAX:
                raise Refused("TOO_MANY", "customer", most=PARKED_CUSTOMER_MAX)
        if not gone and len(self.parked) >= PARKED_MAX:
            gone = sorted(key for key in self.parked if over(key))[:64]
            if not gone:
                raise Refused("TOO_MANY", "draft", most=PARKED_MAX)
        for key in gone:
            self.drop(self.parked, key)

    def goods_in_words(self, document):
        def count(quantity):
            return f"{quantity // 1000}.{quantity % 1000:03}".rstrip("0").rstrip(".")

        def of_line(x):
            return " ".join(filter(None, [count(x["quantity"]), x["is"]["unit"], "×", x["name"]]))

        words = "; ".join([of_line(x) for x in document["lines"]] +
                          [x["is"]["text"] for x in document["charges"]])
        most = GOODS_BYTES - size("…")
        if size(words) <= most:
            return words
        while size(words) > most:
            words = words[:-1]
        return words + "…"

    def lives(self, approval):
        """One asked for after now was so by a clock that was ahead: it does not wait for that day."""
        ahead = self.epoch >= 3 and approval["asked"] > self.now + JUMP_MS
        return approval["expires"] > self.now and not ahead

    @staticmethod
    def verdict(walls, terms, approval, happened):
        if not walls:
            return "VERDICT_ALLOWED"
        if happened:
            return "VERDICT_POSTED"
        if approval:
            return "VERDICT_APPROVED"
        return {"EXCESS_WARN": "VERDICT_WARNED", "EXCESS_APPROVE": "VERDICT_NEEDS_APPROVAL"}.get(
            terms["policy"], "VERDICT_BLOCKED")

    def refuse_credit(self, decision, terms, sums, free, late):
        """Each way out leads past every wall."""
        walls, ways = decision["walls"], []
        asks = decision["verdict"] == "VERDICT_NEEDS_APPROVAL"
        of_limits = set(walls) <= {"CREDIT_LIMIT_EXCEEDED", "SITE_LIMIT_EXCEEDED"}
        of_limit, at_site = walls == ["CREDIT_LIMIT_EXCEEDED"], "SITE_LIMIT_EXCEEDED" in walls
        payer = {} if at_site or "payer_code" not in decision else {"customer_code": decision["payer_code"]}
        awaited = sums["waiting"] + sums["uncleared"]
        over = max(decision["over_by_minor"], decision.get("site_over_by_minor", 0))
        part = self.part(walls, terms, free, decision["amount_minor"], decision)
        late = 0 if of_limits else late
        if "DOCUMENT_TOO_BIG_FOR_CUSTOMER" not in walls and \
                (of_limits or "replaces_minor" not in decision and not at_site):
            ways.append({"kind": "WAY_PAY_NOW" if of_limits else "WAY_PAY_OVERDUE",
                         "amount_minor": self.coins_up(max(late, over)), **payer})
        if part > 0:
            ways.append({"kind": "WAY_PART_NOW", "amount_minor": part})
        if of_limit and awaited - decision.get("freed_minor", 0) >= decision["over_by_minor"]:
            ways.append({"kind": "WAY_CONFIRM_MONEY", "roles": roles_with("CONFIRM_MONEY"), "amount_minor": awaited})
        one_limit = of_limits and len(walls) == 1
        ways.append({"kind": "WAY_RAISE_LIMIT" if one_limit else "WAY_CHANGE_TERMS", "roles": roles_with("SET_LIMIT"),
                     **payer})
        if asks:
            ways.append({"kind": "WAY_ASK_APPROVAL", "roles": roles_with("APPROVE")})
        facts = self.explained(decision, terms, free)
        if not asks and walls[0] == "SITE_LIMIT_EXCEEDED":
            facts["over_by_minor"] = decision["site_over_by_minor"]
            facts["available_minor"] = decision["site_limit_minor"] - decision["site_exposure_minor"]
        raise Refused("APPROVAL_NEEDED" if asks else walls[0], "customer", ways=ways, **facts)

    def do_ask_approval(self, c):
        amount("amount_minor", c["amount_minor"])
        minutes = c.get("minutes", 15)
        if not 1 <= minutes <= 1440:
            raise Refused("FIELD_INVALID", "minutes")
        text("note", c.get("note"))
        customer = self.found(self.customers, c["customer"], "customer")
        self.stands(customer, "customer")
        document = None
        try:
            if "draft" in c and self.epoch >= 5:
                decision = self.plan_draft(c)
            else:
                decision = self.decide(customer, c["amount_minor"])
        except Refused as refused:
            if refused.refusal["code"] != "APPROVAL_NEEDED":
                raise
            decision, document = refused.refusal["decision"], getattr(refused, "document", None)
        else:
            if self.epoch < 5:
                raise Refused("NOTHING_TO_CHANGE", "amount_minor")
            raise Refused("WITHIN_LIMIT", "policy" if decision["verdict"] == "VERDICT_WARNED" else "amount_minor",
                          decision=decision)
        if document is not None:
            if document["total"] != c["amount_minor"]:
                raise Refused("FIELD_INVALID", "draft.total_minor")
        if document is not None or self.epoch >= 6:
            self.make_room(c["customer"])
        number = self.number("approval")
        approval = {
            "customer": c["customer"], "amount": c["amount_minor"], "state": "waiting", "asked": self.now,
            "expires": self.now + minutes * 60000, "approved": 0, "by": self.actor.get("staff", 0),
            "at": self.branch()["branch"], "decision": decision}
        if document is not None:
            approval["goods"] = self.goods_in_words(document)
            approval["parked"] = self.priced(document)
            self.put(self.parked, (approval["by"], number),
                     {"lines": document["lines"], "charges": document["charges"],
                      **({"due": c["draft"]["due"]} if "due" in c["draft"] else {})})
        elif self.epoch >= 6:
            self.put(self.parked, (approval["by"], number), None)
        self.put(self.approvals, number, approval)
        return {"id": number, "decision": decision}

    @staticmethod
    def priced(document):
        """The lines as a till sends them to sell what is parked."""
        lines = []
        for one in document["lines"]:
            its = one["is"]
            line = {"quantity": its["quantity"], "price": its["price"], "tax_bp": its["tax_bp"]}
            line.update({"text": its["text"]} if its["product"] is None else {"product": its["product"]})
            if its["unit"]:
                line["unit"] = its["unit"]
            if its["percent"] or its["discount"]:
                line["discount_bp" if its["percent"] else "discount_minor"] = its["discount"]
            if one["serials"]:
                line["serials"] = list(one["serials"])
            lines.append(line)
        charges = [{"title": x["is"]["text"], "amount_minor": x["amount"], "tax_bp": x["is"]["tax_bp"]}
                   for x in document["charges"]]
        return {"lines": lines, "charges": charges} if charges else {"lines": lines}

    def total_of(self, draft):
        """What it would come to; 1 when it is wrong."""
        document = {"customer": 1}
        customer = self.customers.get(draft.get("customer"), self.customers[1])
        try:
            self.fill(draft, document, True, self.lists_for(customer, self.today()))
            self.total(document)
        except Refused:
            return 1
        return document["total"]

    def plan_draft(self, c):
        """The decision; a refusal for credit knows the document that it refuses."""
        draft = c["draft"]
        if "approval" in draft:
            raise Refused("FIELD_INVALID", "draft.approval")
        if draft.get("backfill"):
            raise Refused("FIELD_INVALID", "draft.backfill")
        if draft.get("customer", c["customer"]) != c["customer"]:
            raise Refused("FIELD_INVALID", "draft.customer")
        return self.plan({**draft, "customer": c["customer"]}, draft=True)[2]

    def do_decide_approval(self, c):
        amount("amount_minor", c.get("amount_minor"))
        text("reason", c.get("reason"))
        if not c["approved"] and "reason" not in c:
            raise Refused("FIELD_MISSING", "reason")
        approval = self.found(self.approvals, c["approval"], "approval")
        if self.epoch >= 5:
            self.expect(approval, c["approval"], "waiting")
            if self.epoch >= 6:
                self.own_paper("approval", {"branch": approval["at"]})
            if c["approved"]:
                self.four_eyes(approval, c["approval"])
                if self.company.get("own_approval") == "OWN_OWNER" and self.is_made_by(approval["by"]):
                    raise Refused("OWN_APPROVAL", "approval", approval=c["approval"], roles=roles_with("APPROVE"))
        elif approval["state"] != "waiting" or not self.lives(approval):
            raise Refused("APPROVAL_NOT_OPEN", "approval")
        if c.get("amount_minor", 0) > approval["amount"]:
            raise Refused("FIELD_INVALID", "amount_minor")
        granted = c.get("amount_minor", approval["amount"])
        self.put(approval, "state", "granted" if c["approved"] else "refused")
        self.put(approval, "approved", granted)
        self.put(approval, "decided_by", self.actor.get("staff"))
        self.put(approval, "reason", c.get("reason"))
        if not c["approved"]:
            self.drop(self.parked, (approval["by"], c["approval"]))
        elif granted < approval["amount"] and self.epoch >= 5:
            customer = self.customers[approval["customer"]]
            terms = self.terms_of(customer, self.today())
            free = terms["limit"] - self.weighed(self.standing(customer), terms)["exposure"]
            over = 0 if terms["unlimited"] else max(granted - free, 0)
            if self.epoch >= 7:
                over = max(approval["decision"]["over_by_minor"] - approval["amount"] + granted, 0)
            self.put(approval, "over", over)
        if c["approved"] and self.is_made_by(approval["by"]):
            self.put(self.alarms, self.seq, {
                "alarm": self.seq, "at_ms": self.now, "actor": dict(self.actor), "customer": approval["customer"],
                "approval": c["approval"], "maker": approval["by"]})
        return {"id": c["approval"]}

    def spend(self, number, document):
        approval = self.approvals[number]
        self.put(approval, "state", "spent")
        self.put(approval, "document", document["document"])
        if self.epoch >= 5:
            self.put(approval, "number", document["number"])
            self.put(approval, "used_by", self.login_of(self.actor.get("staff")))
            self.drop(self.parked, (approval["by"], number))

    # ---- documents ----

    def date_of(self, c, happened):
        date = c.get("date", self.today())
        if date > self.today():
            raise Refused("DATE_IN_FUTURE", "date")
        if date < self.today() and not happened and not self.may("BACKDATE"):
            self.right_missing("BACKDATE", roles_with("BACKDATE"), "DATE_BEFORE_TODAY", "date")
        if not happened:
            self.by_hand(date, DATE_MAX)
        return date

    def by_hand(self, date, free):
        """What is written by hand is dated two years back at most, or as the paper that it is about."""
        first = min(max(self.today() - DAYS_BACK, DATE_MIN), free)
        if date < first and self.epoch >= 7:
            self.too_early("date", first)

    def begin(self, kind, customer, date, number=None):
        taken, branch = self.numbers[kind], self.branch()
        existing = self.taken(taken, number) if number is not None else None
        if existing:
            raise Refused("NUMBER_TAKEN", "number", existing=existing,
                          existing_number=self.documents[existing]["number"])
        while number is None or number in taken:
            number = f"{branch['code']}-{SERIES[kind]}{branch[kind]:05}"
            self.put(branch, kind, branch[kind] + 1)
        day = (customer["customer"], date)
        ordinal = self.ordinals.get(day, 0)
        self.put(self.ordinals, day, ordinal + 1)
        document = {"document": customer["customer"] << 36 | date << 20 | ordinal, "kind": kind,
                    "number": number, "customer": customer["customer"], "branch": branch["branch"],
                    "date": date, "seq": self.seq, "recorded": self.now, "actor": dict(self.actor),
                    "reversed_by": None, "notes": (), "lines": [], "charges": []}
        self.put(self.documents, document["document"], document)
        self.put(taken, number, document["document"])
        return document

    def post(self, document, balance, postings, branch):
        """postings: (account, sub, amount), debit positive."""
        customer = self.customers[document["customer"]]
        document["balance"] = balance
        document["postings"] = [(b, s, v) for b, s, v in postings if v]
        assert sum(v for _, _, v in postings) == 0
        if isinstance(branch, tuple):  # a branch of each posting
            document["branches"] = branch = tuple(b for b, (_, _, v) in zip(branch, postings) if v)
            for posting, one in zip(document["postings"], branch):
                self.book([posting], one)
        else:
            self.book(document["postings"], branch)
        self.put(customer, "balance", customer["balance"] + document["balance"])
        self.put(customer, "documents", customer["documents"] + (document["document"],))

    def book(self, postings, branch):
        for account, sub, value in postings:
            key = (account, 0 if account == "GL_RECEIVABLE" else sub, branch)
            self.put(self.books, key, self.books.get(key, 0) + value)

    def header(self, c, note):
        code("number", c.get("number"))
        code("source", c.get("source"))
        date_form("date", c.get("date"))
        text(note, c.get(note))
        self.currency("currency", c.get("currency"))

    def line_forms(self, c, happened):
        serials = 0
        for i, one in enumerate(c.get("lines", [])):
            at, quantity = f"lines[{i}].", one["quantity"]
            if "unit" in one:
                self.since_prices(at + "unit")
                line(at + "unit", one["unit"], CODE)
            if "line" in one:
                raise Refused("FIELD_INVALID", at + "line")
            if quantity == 0 or quantity < 0 and not happened:
                raise Refused("QUANTITY_NOT_POSITIVE", at + "quantity")
            if abs(quantity) > QUANTITY_MAX:
                raise Refused("AMOUNT_TOO_BIG", at + "quantity")
            if one.get("price", 0) < 0:
                raise Refused("FIELD_INVALID", at + "price")
            if "discount_bp" in one and "discount_minor" in one:
                raise Refused("FIELD_INVALID", at + "discount_minor")
            if one.get("discount_bp", 0) > 10000:
                raise Refused("DISCOUNT_TOO_BIG", at + "discount_bp")
            if one.get("discount_minor", 0) < 0:
                raise Refused("FIELD_INVALID", at + "discount_minor")
            if one.get("tax_bp", 0) > 10000:
                raise Refused("FIELD_INVALID", at + "tax_bp")
            if size(one.get("text", "")) > NAME:
                raise Refused("TEXT_INVALID", at + "text")
            for s, serial in enumerate(one.get("serials", [])):
                code(f"{at}serials[{s}]", serial)
                serials += 1
        if serials > SERIALS_MAX:
            raise Refused("TOO_MANY", "lines", most=SERIALS_MAX)
        for i, charge in enumerate(c.get("charges", [])):
            line(f"charges[{i}].title", charge["title"])
            amount(f"charges[{i}].amount_minor", charge["amount_minor"])
            if charge.get("tax_bp", 0) > 10000:
                raise Refused("FIELD_INVALID", f"charges[{i}].tax_bp")

    @staticmethod
    def line_before(was, product, its_text):
        """The line of a corrected bill that this one may go on from."""
        return next((x for x in was["lines"] if x["product"] == product and
                     (product or x["said"].get("text") == its_text)), None) if was else None

    def product_of(self, at, one, happened, was=None, by_threshold=False, as_parked=False):
        if "product" in one:
            product = one["product"]
        elif "product_code" in one:
            product = self.named(self.product_codes, one["product_code"])
        else:
            if not one.get("text"):
                raise Refused("FIELD_MISSING", at + "product")
            if not happened and not by_threshold and not as_parked and not self.line_before(was, None, one["text"]):
                self.needs("CUSTOM_LINE")
            return None
        if product not in self.products:
            raise Refused("NOT_IN_CATALOGUE", at + "product")
        if self.products[product]["retired"] and not happened and not as_parked and \
                not self.line_before(was, product, None):
            raise Refused("RETIRED", at + "product")
        return product

    @staticmethod
    def line_before_in(was, product, unit):
        """The same, in this unit."""
        return next((x for x in was["lines"] if x["product"] == product and
                     x["sold_in"] == (unit["code"] if unit else None)), None) if was else None

    def unit_of(self, at, one, number, happened, was, as_parked):
        """What a line is sold in (None: the product's own unit), and its factor."""
        product, unit = self.products[number], None
        if "unit" not in one:
            unit = self.unit_coded(product, one["product_code"]) if "product" not in one else None
        elif not self.is_own_unit(product, one["unit"]):
            unit = self.unit_called(product, one["unit"])
            if unit is None:
                raise self.unit_refusal("UNIT_UNKNOWN", at + "unit", product)
        before = self.line_before_in(was, number, unit)
        if unit and unit["retired"] and not happened and not as_parked and not before:
            raise Refused("RETIRED", at + "unit")
        if unit is None:
            return None, 1000
        factor = before["factor"] if before else unit["factor"]
        if one["quantity"] * factor % 1000:
            raise self.unit_refusal("UNIT_NOT_EXACT", at + "quantity", product)
        if abs(one["quantity"] * factor // 1000) > QUANTITY_MAX:
            raise Refused("AMOUNT_TOO_BIG", at + "quantity")
        return unit, factor

    def check_serials(self, at, one, product, pieces, lines, corrects, was):
        before = self.line_before(was, product, None)
        if before and not one.get("serials") and not before["serials"] and before["quantity"] == one["quantity"]:
            return  # it never had any
        if len(one.get("serials", [])) * 1000 != pieces:
            raise Refused("FIELD_MISSING", at + "serials")
        here = [s for other in lines if other["product"] == product for s in other["serials"]]
        for i, serial in enumerate(one["serials"]):
            sold = self.serials.get((product, serial))
            if sold in (None, corrects):
                sold = self.taken(self.serials, (product, serial), corrects)
            if sold or any(self.same(serial, other) for other in here):
                raise Refused("ALREADY_EXISTS", f"{at}serials[{i}]", existing=sold,
                              existing_number=self.documents[sold]["number"] if sold else None)
            here.append(serial)

    def fill(self, c, document, happened, lists, corrects=None, was=None, by_threshold=False, as_parked=False):
        lines = []
        for i, one in enumerate(c.get("lines", [])):
            at = f"lines[{i}]."
            number = self.product_of(at, one, happened, was, by_threshold, as_parked)
            product = self.products.get(number, {})
            unit, factor = self.unit_of(at, one, number, happened, was, as_parked) if number else (None, 1000)
            base = one["quantity"] * factor // 1000
            price, base_price = self.price_of(lists, number, unit, one["quantity"]) if number else (None, None)
            if "price" in one:
                price, base_price = one["price"], one.get("base_price")
            if price is None:
                raise Refused("PRICE_MISSING", at + "price")
            if product.get("serials") and not happened:
                self.check_serials(at, one, number, base, lines, corrects, was)
            if "base_price" in one and (not unit or price != rounded(base_price * factor, 1000)):
                raise Refused("FIELD_INVALID", at + "base_price")
            parts = one["quantity"] * price if base_price is None else base * base_price
            gross = rounded(parts, 1_000_000)
            if abs(gross) > MONEY_MAX:
                raise Refused("AMOUNT_TOO_BIG", at + "price")
            discount = rounded(gross * one.get("discount_bp", 0), 10000)
            if "discount_minor" in one:
                discount = one["discount_minor"] * (-1 if gross < 0 else 1)
            if abs(discount) > abs(gross):
                raise Refused("DISCOUNT_TOO_BIG", at + "discount_minor")
            net = gross - discount
            tax_bp = one.get("tax_bp", product.get("tax_bp", 0))
            tax = rounded(net * tax_bp, 10000)
            lines.append({"product": number, "serials": one.get("serials", []),
                          "quantity": one["quantity"], "net": net, "tax": tax, "price": price, "gross": gross, "parts": parts, "base_price": base_price,
                          "discount": discount, "discount_bp": one.get("discount_bp"),
                          "tax_bp": tax_bp, "sold_in": unit["code"] if unit else None, "factor": factor,
                          "base": base,
                          "unit": unit["code"] if unit else product.get("unit") if number else one.get("unit"),
                          "said": self.said_of(one, number, product, price, base_price, discount, unit),
                          "name": one.get("text", product.get("name", "")),
                          "is": self.goods(
                              {**one, "unit": unit["code"] if unit else "" if number else one.get("unit", "")},
                              number, price, base_price, tax_bp, factor)})
        document["lines"] = lines
        document["charges"] = [{"amount": x["amount_minor"],
                                "tax": rounded(x["amount_minor"] * x.get("tax_bp", 0), 10000),
                                "is": self.charge_goods(x)}
                               for x in c.get("charges", [])]

    @staticmethod
    def said_of(one, number, product, price, base_price, discount, unit):
        """What a correction that says less takes from this line."""
        said = {"price": price, "tax_bp": one.get("tax_bp", product.get("tax_bp", 0))}
        if base_price is not None:
            said["base_price"] = base_price
        if number:
            said["product"] = number
        if unit or not number and "unit" in one:
            said["unit"] = unit["code"] if unit else one["unit"]
        if "text" in one or number:
            said["text"] = one.get("text", product.get("name"))
        if "discount_bp" in one:
            said["discount_bp"] = one["discount_bp"]
        elif discount:
            said["discount_minor"] = abs(discount)
        return said

    def keep_line(self, was, one):
        said = dict(was["said"])
        if "unit" in one and (was["unit"] is None or not self.same(was["unit"], one["unit"])):
            said.pop("price")  # it was of the other unit
            said.pop("base_price", None)
        if "price" in one:
            said.pop("base_price", None)
        if "product_code" in one:
            said.pop("product", None)
        if "discount_bp" in one or "discount_minor" in one:
            said.pop("discount_bp", None)
            said.pop("discount_minor", None)
        if not one.get("serials") and was["serials"] and len(was["serials"]) * 1000 == one["quantity"]:
            said["serials"] = was["serials"]
        one = {k: v for k, v in one.items() if k != "line" and (k != "serials" or v)}
        return {**said, **one}

    def keep_lines(self, was, lines):
        taken, kept = set(), {}
        for i, one in enumerate(lines):
            if "line" in one:
                if not 1 <= one["line"] <= len(was["lines"]):
                    raise Refused("NOT_FOUND", f"lines[{i}].line")
                taken.add(one["line"] - 1)
                kept[i] = self.keep_line(was["lines"][one["line"] - 1], one)
        for i, one in enumerate(lines):
            if i in kept:
                continue
            kept[i] = one
            number = one.get("product")
            if number is None and "product_code" in one:
                number = self.named(self.product_codes, one["product_code"])
                if number is None:
                    continue
                unit = self.unit_coded(self.products[number], one["product_code"])
                if unit and "unit" not in one:
                    one = kept[i] = {**one, "unit": unit["code"]}
            same = [j for j, x in enumerate(was["lines"]) if x["product"] == number and
                    ("unit" not in one or x["unit"] is not None and self.same(x["unit"], one["unit"])) and
                    (number or "text" in one and x["said"].get("text") == one["text"])]
            if same:
                of = next((j for j in same if j not in taken), same[0])
                taken.add(of)
                kept[i] = self.keep_line(was["lines"][of], one)
        return [kept[i] for i in range(len(lines))]

    def keep_invoice(self, c, was, clear):
        """What a correction does not say stays (rules 5)."""
        fields = {"PAPER_NOTE": "note", "PAPER_SALESPERSON": "salesperson", "PAPER_BUYER": "buyer",
                  "PAPER_REFERENCE": "reference", "PAPER_CHARGES": "charges"}
        if any(field not in fields or c.get(fields[field]) for field in clear):
            raise Refused("FIELD_INVALID", "clear")
        kept, said = dict(c), was["said"]
        if "customer" not in c and "customer_code" not in c:
            kept["customer"] = was["customer"]
        kept.setdefault("date", was["date"])
        kept.setdefault("due", was["due"])
        for field, name in fields.items():
            if field not in clear and not kept.get(name) and said.get(name):
                kept[name] = said[name]
        if kept.get("buyer") and "buyer" not in c:
            try:
                theirs = self.resolve(kept)["customer"] == was["customer"]
            except Refused:
                theirs = False
            if not theirs:
                del kept["buyer"]
        if c.get("lines"):
            kept["lines"] = self.keep_lines(was, c["lines"])
        else:
            kept["lines"] = [self.keep_line(x, {"quantity": x["quantity"]}) for x in was["lines"]]
        return kept

    def keep_payment(self, c, was, clear):
        fields = {"PAPER_NOTE": "note", "PAPER_REFERENCE": "reference", "PAPER_PAYER": "payer"}
        if any(field not in fields or fields[field] in c for field in clear):
            raise Refused("FIELD_INVALID", "clear")
        kept, said = dict(c), was["said"]
        if "customer" not in c and "customer_code" not in c:
            kept["customer"] = was["customer"]
        kept.setdefault("date", was["date"])
        same = c["kind"] == was["payment_kind"]
        for field, name in fields.items():
            if field not in clear and name in said and (same or name != "reference"):
                kept.setdefault(name, said[name])
        if same and "money_account" in said:
            kept.setdefault("money_account", said["money_account"])
        return kept

    # ---- what a sale asks of thresholds ----

    def own_number(self, kind, number, happened):
        if number is None or self.epoch < 5:
            return
        if not happened:
            self.within("OWN_NUMBER", "number", 1)
        its_code, _, rest = folded(number).partition("-")
        as_written = happened and folded(number).upper() == number
        counted = re.fullmatch(r"(cn-|r-|x-|rf-|m-)?[0-9]{5,9}", rest)
        if its_code not in map(folded, self.branch_codes) or not counted:
            return
        if not as_written:
            raise Refused("FIELD_INVALID", "number")
        if SERIES[kind] != (counted[1] or "").upper():
            raise Refused("NUMBER_OF_OTHER_SERIES", "number")

    @staticmethod
    def custom(document):
        return sum(x["net"] or (x["price"] > 0 and x["quantity"] > 0) for x in document["lines"]
                   if x["product"] is None) + \
            sum(x["amount"] for x in document["charges"])

    def check_sale(self, c, document, customer, happened, corrects, parked, lists):
        if self.epoch < 5 or happened:
            return
        old = self.documents[corrects] if corrects else {"lines": [], "charges": [], "due": 0, "salesperson": None}
        if "salesperson" in c and c["salesperson"] != old["salesperson"]:
            who = self.staff[self.found(self.logins, c["salesperson"], "salesperson")]
            if who["blocked"]:
                raise Refused("STAFF_BLOCKED", "salesperson")
        by_terms = document["date"] + self.term_days(customer)
        if document["due"] > max(by_terms, old["due"], self.draft_of(c).get("due", 0)):
            self.within("LATER_DUE", "due", document["due"] - by_terms)
        if parked:
            return
        left = [x["quantity"] for x in old["lines"]]
        for i, one in enumerate(document["lines"]):
            if one["product"] is None:
                continue
            try:
                self.check_line(one, f"lines[{i}].", lists)
            except Refused:
                if not self.stood(one, old["lines"], left, lists, bool(corrects) and old["customer"] != document["customer"]):
                    raise
        self.check_lost(document["lines"], old["lines"], lists)
        self.check_custom(c, document, old if corrects else None)

    def lapsed(self, one, was, lists, other_customer):
        """The kept price is below the one that applies now, for it was another customer's or of more."""
        unit = self.unit_called(self.products[one["product"]], one["sold_in"]) if one["sold_in"] else None
        now, of_base = self.price_of(lists, one["product"], unit, one["quantity"])
        least, asked = now or 0, one["price"]
        if of_base is not None or one["base_price"] is not None:
            listed = one["quantity"] * least if of_base is None else one["base"] * of_base
            least, asked = rounded(listed, 1_000_000), rounded(one["parts"], 1_000_000)
        if asked >= least:
            return False
        then = self.price_of(lists, one["product"], unit, was["quantity"])[0]
        return other_customer or one["quantity"] < was["quantity"] and then is not None and then < now

    def stood(self, one, old, left, lists, other_customer):
        """An old line that was at least as good, of which there is enough left, stands for it."""
        for i, was in enumerate(old):
            both = one["discount_bp"] is not None and was["discount_bp"] is not None
            no_more = one["discount_bp"] <= was["discount_bp"] if both else \
                one["discount"] * was["gross"] <= was["discount"] * one["gross"]
            if one["product"] == was["product"] and one["price"] >= was["price"] and \
                    (one["base_price"] or 0) >= (was["base_price"] or 0) and \
                    (one["sold_in"] and one["factor"]) == (was["sold_in"] and was["factor"]) and \
                    one["tax_bp"] == was["tax_bp"] and no_more and left[i] >= one["quantity"] and \
                    not self.lapsed(one, was, lists, other_customer):
                left[i] -= one["quantity"]
                return True
        return False

    def share(self, threshold, field, part, whole):
        role = self.asks()
        most = self.most_for(threshold, role) if role else ANY
        if part <= 0 or most is ANY or most >= 10000 or part <= rounded(whole * most, 10000):
            return
        wanted = -(-part * 10000 // whole) if whole > 0 else 0
        if wanted > most:
            self.too_much(threshold, field, wanted, most)

    def check_line(self, one, at, lists):
        product = self.products[one["product"]]
        unit = self.unit_called(product, one["sold_in"]) if one["sold_in"] else None
        applies, of_base = self.price_of(lists, one["product"], unit, one["quantity"])
        listed = one["quantity"] * (applies or 0) if of_base is None else one["base"] * of_base
        if one["discount_bp"] is not None:
            self.within("DISCOUNT", at + "discount_bp", one["discount_bp"])
        else:
            self.share("DISCOUNT", at + "discount_minor", one["discount"], one["gross"])
        if applies is not None:
            least, asked = applies, one["price"]
            if of_base is not None or one["base_price"] is not None:
                least, asked = rounded(listed, 1_000_000), rounded(one["parts"], 1_000_000)
            if asked < least:
                self.within("BELOW_LIST", at + "price", -(-(least - asked) * 10000 // least))
        if "floor" in product:
            least = rounded(one["base"] * product["floor"], 1_000_000)
            if least <= MONEY_MAX:
                self.share("BELOW_FLOOR", at + "price", least - one["net"], least)
        cost = rounded(one["base"] * product.get("cost", 0), 1_000_000)
        if "cost" in product and cost <= MONEY_MAX and one["net"] < cost:
            self.within("BELOW_COST", at + "price", 1)
        if one["tax_bp"] != product.get("tax_bp", 0):
            self.within("OTHER_TAX", at + "tax_bp", 1)
        if one["net"] == 0 and max(listed, one["parts"], product.get("price", 0)) > 0:
            self.within("DISCOUNT", at + "quantity", 10000)

    def worth(self, lines, left, lists):
        """What the goods come to unrounded, at list prices and with what may be off; and what they were sold for."""
        parts, whole, sold = 0, 0, 0
        for one in lines:
            if one["product"] is None or one["quantity"] < 0:
                continue
            product = self.products[one["product"]]
            unit = self.unit_called(product, one["sold_in"]) if one["sold_in"] else None
            applies, of_base = self.price_of(lists, one["product"], unit, one["quantity"])
            value = max(one["parts"], one["quantity"] * (applies or 0) if of_base is None else one["base"] * of_base)
            if applies is None:
                value = max(value, one["base"] * product.get("floor", 0))
            value *= 10000 + one["tax_bp"]
            whole += value
            parts += value // 10000 * left
            sold += one["net"] + one["tax"]
        return whole, parts - sold * UNIT, sold * UNIT

    def check_lost(self, lines, old, lists):
        """Many small lines lose no more by rounding than five units, a hundredth, or what the old bill lost."""
        role = self.asks()
        most, below = (self.most_for(x, role) if role else ANY for x in ("DISCOUNT", "BELOW_LIST"))
        if len(lines) <= 3 or ANY in (most, below) or max(most, below) >= 10000:
            return
        left = (10000 - most) * (10000 - below) // 10000
        whole, lost, sold = self.worth(lines, left, lists)
        if left and lost > max(whole // 10000 * 100, 5 * UNIT, self.worth(old, left, lists)[1]):
            by = whole // 10000
            self.too_much("DISCOUNT", "lines", max(-(-(whole - sold) // by), most + 1), most)

    def check_custom(self, c, document, old):
        role, custom = self.asks(), self.custom(document)
        goods = sum(x["net"] for x in document["lines"] if x["product"] is not None)

        def may(role):
            amount, share = self.most_for("CUSTOM_AMOUNT", role), self.most_for("CUSTOM_SHARE", role)
            return ANY if ANY in (amount, share) else max(amount, rounded(goods * share, 10000))

        if role is None or custom <= 0 or old and custom <= self.custom(old) or may(role) is ANY or custom <= may(role):
            return
        first = next((i for i, x in enumerate(document["lines"]) if x["product"] is None), None)
        self.too_much("CUSTOM_AMOUNT", "charges[0]" if first is None else f"lines[{first}]", custom, may(role), may)

    @staticmethod
    def goods(one, number, price, base_price, tax_bp, factor=None):
        """A line as far as an approval is for it."""
        return {"product": number, "text": one.get("text", "") if number is None else "", "quantity": one["quantity"],
                "price": price, "base_price": base_price, "factor": factor, "percent": "discount_bp" in one, "tax_bp": tax_bp, "unit": one.get("unit", ""),
                "discount": one.get("discount_bp", one.get("discount_minor", 0)),
                "serials": sorted(map(folded, one.get("serials", ())))}

    @staticmethod
    def charge_goods(charge):
        return {"product": None, "text": charge["title"], "unit": "", "quantity": 0, "price": charge["amount_minor"], "base_price": None, "factor": None,
                "percent": False, "discount": 0, "tax_bp": charge.get("tax_bp", 0), "serials": []}

    def draft_of(self, c):
        """What is parked with the approval that it names."""
        approval = self.approvals.get(c.get("approval"))
        return (self.parked.get((approval["by"], c["approval"])) or {}) if approval and self.epoch >= 5 else {}

    def as_parked(self, c):
        """Are its lines parked ones with the prices of then? What was allowed then is so now."""
        parked = self.draft_of(c)
        if not parked or any("price" not in x or "product_code" in x for x in c.get("lines", [])):
            return False
        return self.covers([{"is": {**x["is"], "factor": None}} for x in parked["lines"]], [
            {"is": self.goods(x, x.get("product"), x["price"], x.get("base_price"), x.get("tax_bp", 0))}
            for x in c.get("lines", [])])

    def opening_said(self, c, paid=False):
        """Only an import says what was owed before these books."""
        if self.epoch >= 7 and c.get("opening") and (paid or not c.get("backfill") or "source" not in c):
            raise Refused("FIELD_INVALID", "opening")

    def opens(self, c, document, of, paid=False):
        """Was it owed before these books? What corrects or credits a bill is as the bill."""
        if self.epoch < 7:
            return False
        if of:
            return of.get("opening", False)
        no_goods = all(x["product"] is None for x in document["lines"])
        return bool(c.get("backfill") and "source" in c and not paid and c.get("opening", no_goods))

    def total(self, document):
        net = sum(x["net"] for x in document["lines"])
        charges = sum(x["amount"] for x in document["charges"])
        tax = sum(x["tax"] for x in document["lines"] + document["charges"])
        total = net + charges + tax
        sums = (total, net, charges, tax, net + charges) if self.epoch >= 3 else (total,)
        if any(abs(x) > MONEY_MAX for x in sums):
            raise Refused("AMOUNT_TOO_BIG", "lines")
        if total < 0:
            raise Refused("TOTAL_NEGATIVE", "lines")
        document["total"] = total
        if document.get("opening"):
            return [("GL_RECEIVABLE", document["customer"], total), ("GL_OPENING", 0, -total)]
        return [("GL_RECEIVABLE", document["customer"], total), ("GL_SALES", 0, -net),
                ("GL_TAX", 0, -tax), ("GL_CHARGES", 0, -charges)]

    def alarm(self, document, over_by, source=None):
        """A limit was passed all the same: kept, for people to see. Of an import and a day there is one."""
        of_import = {"source": source, "documents": 1} if source and self.epoch >= 5 else {}
        for one in sorted(self.alarms, reverse=True)[:32] if of_import else ():
            row = self.alarms[one]
            if row.get("source") == source and row["kind"] == document["kind"] and \
                    row["actor"].get("staff") == self.actor.get("staff") and self.now - row["at_ms"] < 86_400_000:
                self.put(self.alarms, one, {**row, "documents": row["documents"] + 1,
                                            "over_by_minor": max(over_by, row["over_by_minor"])})
                return
        if self.epoch >= 3:
            self.put(self.alarms, self.seq, {
                "alarm": self.seq, "customer": document["customer"], "document": document["document"],
                "number": document["number"], "kind": document["kind"], "over_by_minor": over_by, "at_ms": self.now,
                "actor": dict(self.actor), **of_import})

    def alarm_no_more(self, document):
        """The newest of its import that has some left counts one less."""
        for one in sorted(self.alarms, reverse=True)[:1000]:
            row = self.alarms[one]
            if row.get("source") == document["source"] and row["kind"] == document["kind"] and \
                    row.get("undone", 0) < row["documents"]:
                self.put(self.alarms, one, {**row, "undone": row.get("undone", 0) + 1})
                return

    def alarm_of_reversal(self, reversal, of):
        """Money that had made room was taken back."""
        row = self.record_row(reversal["customer"], self.today())
        if reversal["balance"] > 0 and not row["unlimited"] and row["available_minor"] < 0:
            self.alarm(reversal, -row["available_minor"], of.get("source"))

    @staticmethod
    def over(decision):
        """By how much the limit is passed that stops most: the payer's, or the site's own."""
        return max(decision["over_by_minor"], decision.get("site_over_by_minor", 0))

    def warnings(self, document, decision, happened, left=0, its_own=False):
        told = []
        if decision and "walls" in decision:
            told.append({"kind": "WARNING_OVER_LIMIT"})
            if self.over(decision):
                told[0]["amount_minor"] = self.over(decision)
        if document["date"] < self.today() and not happened and not its_own:
            told.append({"kind": "WARNING_BACKDATED"})
        if left:
            told.append(self.left_over(left))
        return {"warnings": told} if told else {}

    def open_branch(self):
        if self.branch()["blocked"]:
            raise Refused("BRANCH_BLOCKED")

    # ---- what is paid at once ----

    def check_paid(self, customer, left_open):
        """A bill of the cash customer that would stay open (rules 5)."""
        if self.epoch >= 5 and customer == 1 and left_open > 0 and not self.may("APPROVE"):
            raise Refused("CASH_SALE_UNPAID", "customer", over_by_minor=left_open, roles=roles_with("APPROVE"))

    @staticmethod
    def in_coins(value, unit):
        return (2 * value + unit) // (2 * unit) * unit if unit > 1 else value

    @staticmethod
    def to_unit(value, unit):
        return Ledger.in_coins(value, unit) or value

    def no_coins(self, field, value):
        unit = self.company.get("cash_unit", 0)
        if unit > 1 and value % unit:
            near = {"available_minor": value - value % unit, "over_by_minor": unit}
            above = {"above_minor": value - value % unit + unit} if self.epoch >= 7 else {}
            raise Refused("NOT_IN_COINS", field, most=unit, **(near if value > unit else {}), **above)

    def coins_up(self, value, kind="PAYMENT_CASH"):
        """What is to be paid can be paid in cash."""
        unit = self.company.get("cash_unit", 0)
        return -(-value // unit) * unit if unit > 1 and self.epoch >= 7 and kind == "PAYMENT_CASH" else value

    def all_coins(self, field, value):
        if self.epoch >= 7:
            self.no_coins(field, value)

    def split(self, total, parts, happened, unsure=False):
        """What each part holds: [money], what cash was rounded by, the change, and what is owed."""
        said = [p.get("amount_minor") for p in parts]
        cash = next((i for i, p in enumerate(parts) if p["kind"] == "PAYMENT_CASH"), None)
        rest = next((i for i, v in enumerate(said) if v is None), None)
        tendered = said[cash] or 0 if cash is not None else 0
        left = total - sum(v for i, v in enumerate(said) if v and i != cash)
        unit, newer = self.company.get("cash_unit", 0), self.epoch >= 7

        def waiting(said):
            return sum(v for v, p in zip(said, parts)
                       if p["kind"] == "PAYMENT_SLIP" or unsure and self.unsure(p["kind"], False))

        coins = newer and not happened and unit > 1 and cash is not None
        if newer and left == 0 and (total == 0 or tendered == 0):
            said = [0 if i in (cash, rest) else v for i, v in enumerate(said)]
            return said, 0, tendered, waiting(said)
        if left < 0 or left == 0 and cash is not None:
            raise Refused("PAID_TOO_MUCH", "payments", over_by_minor=-left if left < 0 else tendered)
        by, change = 0, 0
        if coins and tendered % unit:
            if tendered != left or rest is not None and rest != cash:
                self.no_coins(f"payments[{cash}].amount_minor", tendered)
            tendered = self.in_coins(left, unit)
        if rest is not None and rest != cash:
            said[rest] = left - tendered
            if said[rest] < 0 or said[rest] == 0 and not newer:
                raise Refused("PAID_TOO_MUCH", "payments", over_by_minor=-said[rest])
            left = tendered
        elif cash is not None:
            due = self.in_coins(left, unit) if coins else self.to_unit(left, unit)
            tendered = due if rest == cash else tendered
            if tendered >= due:
                said[cash], by = due, left - due
            else:
                said[cash] = min(tendered, left)
            change = tendered - said[cash]
        return said, by, change, total - sum(said) - by + waiting(said)

    def do_sell_paid(self, c):
        self.needs("TAKE_MONEY")
        parts = c.get("payments", [])
        if not parts:
            raise Refused("FIELD_MISSING", "payments")
        if len(parts) > 10:
            raise Refused("TOO_MANY", "payments", most=10)
        for i, part in enumerate(parts):
            for other in parts[:i]:
                if part["kind"] == other["kind"] == "PAYMENT_CASH":
                    raise Refused("FIELD_INVALID", f"payments[{i}].kind")
                if "amount_minor" not in part and "amount_minor" not in other:
                    raise Refused("FIELD_MISSING", f"payments[{i}].amount_minor")
                bank = {part["kind"], other["kind"]} <= {"PAYMENT_SLIP", "PAYMENT_TRANSFER"} and \
                    part.get("money_account") == other.get("money_account") and self.epoch >= 7
                if (bank or part["kind"] == other["kind"]) and \
                        self.same(part.get("reference", 1), other.get("reference", 2)):
                    raise Refused("NUMBER_TAKEN", f"payments[{i}].reference")
            amount(f"payments[{i}].amount_minor", part.get("amount_minor"))
        done, bill, item = self.invoice(c["invoice"], paid=parts)
        last = self.told.pop(), self.customers[bill["customer"]]["last"]
        said, by, change, _ = self.split(bill["total"], parts, c["invoice"].get("backfill", False))
        pairs, taken = Pairs(), []
        for i, part in enumerate(parts):
            cash = part["kind"] == "PAYMENT_CASH"
            if said[i] + (by if cash else 0) == 0:
                continue
            body = {"customer": bill["customer"], **part, "amount_minor": said[i],
                    **{k: c["invoice"][k] for k in ("date", "source", "backfill") if k in c["invoice"]}}
            try:
                _, document, money, _ = self.payment(body, rounding=by if cash else 0)
                self.match_pair(pairs, item, money, None, "amount_minor", bill["date"])
            except Refused as refused:
                if "field" in refused.refusal:
                    refused.refusal["field"] = f"payments[{i}]." + refused.refusal["field"]
                raise
            taken.append({"kind": part["kind"], "payment": document["document"], "number": document["number"],
                          "amount_minor": said[i], **({"on_its_way": True} if document.get("waits") else {})})
        self.keep_match(self.customers[bill["customer"]], pairs)
        self.told.append(last[0])
        self.put(self.customers[bill["customer"]], "last", last[1])
        matched = sum(v for _, _, v in pairs)
        return {**done, **({"match": self.seq} if pairs else {}), "matched_minor": matched, "paid_minor": matched - by,
                "change_minor": change, **({"payments": taken} if taken else {}), **({"rounding_minor": by} if by else {})}

    def do_set_cash_policy(self, c):
        slots = (("unit_minor", "cash_unit"), ("round_off_minor", "round_off"), ("round_off_day_minor", "round_off_day"),
                 ("refund_alone_minor", "refund_alone"))
        for field, _ in slots:
            amount_or_zero(field, c.get(field))
        if c.get("refund_any") and "refund_alone_minor" in c:
            raise Refused("FIELD_INVALID", "refund_any")
        alone = self.company.get("refund_alone")
        if self.epoch >= 5 and alone is not None and (c.get("refund_any") or c.get("refund_alone_minor", 0) > alone):
            self.needs_owner()
        own = ANY_OWN if c.get("own_confirm_any") else c.get("own_confirm_minor")
        if own is not None:
            if self.epoch < 5:
                raise Refused("RULES_TOO_OLD", "own_confirm_minor")
            amount_or_zero("own_confirm_minor", c.get("own_confirm_minor"))
            if own is ANY_OWN and "own_confirm_minor" in c:
                raise Refused("FIELD_INVALID", "own_confirm_any")
            self.needs_owner()
        self.of_office("policy", 0)
        owns = own is not None and own != self.company.get("own_confirm", 0)
        ends = c.get("refund_any") and self.company.get("refund_alone") is not None
        self.nothing(owns or ends or any(field in c and c[field] != self.company.get(slot) for field, slot in slots))
        if ends:
            self.put(self.company, "refund_alone", None)
        if owns:
            self.put(self.company, "own_confirm", own)
        for field, slot in slots:
            if field in c:
                self.put(self.company, slot, c[field])
        return {"id": 0}

    # ---- invoices ----

    def plan(self, c, corrects=None, draft=False, paid=None):
        happened = c.get("backfill", False)
        was = self.documents[corrects] if corrects and self.epoch >= 5 else None
        self.header(c, "note")
        date_form("due", c.get("due"))
        login("salesperson", c.get("salesperson"))
        line("reference", c.get("reference"), CODE)
        if not c.get("lines") and not c.get("charges"):
            raise Refused("FIELD_MISSING", "lines")
        self.line_forms(c, happened or was and was["said"]["happened"])
        self.opening_said(c, paid is not None)
        if happened:
            self.needs("BACKFILL")
        self.own_number("DOCUMENT_INVOICE", c.get("number"), happened)
        customer = self.resolve(c) or self.customers[1]
        if not corrects:
            self.stands(customer, "customer")
        if not was:
            self.open_branch()
        if "approval" in c and self.epoch >= 5:
            self.serves(customer, c["approval"])
        date = self.date_of(c, happened or was and c.get("date") == was["date"])
        its_own = was and date == was["date"]
        if c.get("due", DATE_MAX) < date and not (happened and self.epoch >= 3) and \
                not (its_own and c["due"] == was["due"]):
            self.too_early("due", date)
        if draft:
            document = {**self.draft(c, customer), "date": date}
        else:
            document = self.begin("DOCUMENT_INVOICE", customer, date, c.get("number"))
            document["source"] = c.get("source")
            document["happened"] = happened
        document["due"] = c.get("due", min(date + self.term_days(customer), DATE_MAX))
        document["said"] = {"happened": happened, **{k: c[k] for k in ("note", "salesperson", "buyer", "reference")
                                                     if k in c}, "charges": c.get("charges", [])}
        parked = self.as_parked(c)
        lists = self.lists_for(customer, date)
        self.fill(c, document, happened, lists, corrects, was, self.epoch >= 5, parked)
        document["salesperson"] = c.get("salesperson")
        self.check_sale(c, document, customer, happened, corrects, parked, lists)
        document["opening"] = self.opens(c, document, was, paid is not None)
        postings = self.total(document)
        total = document["total"]
        if c.get("total_minor", total) != total:
            raise Refused("FIELD_INVALID", "total_minor")
        net = was["total"] if was and was["customer"] == customer["customer"] else None
        if was and total > (net or 0):
            self.open_branch()
        owed = self.split(total, paid, happened, customer["customer"] != 1 and not happened)[3] if paid else total
        if not (happened or "approval" in c or corrects or draft):
            self.check_paid(customer["customer"], owed)
        if "buyer" not in c and customer.get("buyers_only") and not happened and \
                not (was and "buyer" not in was["said"]):
            raise Refused("BUYER_NEEDED", "buyer")
        if "buyer" in c:
            same = net is not None and was["said"].get("buyer") == c["buyer"]
            try:
                self.check_person(customer, c["buyer"], total, net if same else None, draft)
            except Refused as refused:
                if refused.refusal["code"] == "BUYER_CAP_EXCEEDED" and net is None:
                    self.explain_cap(customer, owed, refused.refusal)
                self.tell_paid(refused.refusal, total - owed)
                raise
        keeps_pin = "buyer" in c and same and total <= net
        if net is not None and was.get("approved"):
            document["approved"] = self.covers(was["lines"], document["lines"]) and \
                self.covers(was["charges"], document["charges"])
            net = net if document["approved"] else None
        try:
            decision = self.decide(customer, owed - (net or 0), c.get("approval", 0), happened, net, document,
                                   owed == 0 and total > 0)
        except Refused as refused:
            refused.document = document
            self.tell_paid(refused.refusal, total - owed)
            raise
        if draft:
            self.check_paid(customer["customer"], owed)
        elif "buyer" in c and not c.get("backfill"):
            document["with_pin"] = was.get("with_pin") if keeps_pin else self.check_pin(customer, c["buyer"])
        return document, customer, decision, postings, its_own

    def tell_paid(self, refusal, paid):
        """The decision is on what stays open; a part of the sale is that, and what is paid."""
        if paid <= 0 or "decision" not in refusal:
            return
        refusal["paid_minor"] = paid
        for way in refusal.get("ways", []):
            if way["kind"] == "WAY_PART_NOW":
                way["amount_minor"] += paid

    def draft(self, c, customer):
        """It takes no number."""
        taken = self.taken(self.numbers["DOCUMENT_INVOICE"], c["number"]) if "number" in c else None
        if taken:
            raise Refused("NUMBER_TAKEN", "number", existing=taken, existing_number=self.documents[taken]["number"])
        return {"customer": customer["customer"]}

    def invoice(self, c, corrects=None, paid=None):
        happened = c.get("backfill", False)
        document, customer, decision, postings, its_own = self.plan(c, corrects, paid=paid)
        total = document["total"]
        if "approval" in decision:
            self.spend(c["approval"], document)
        if decision["verdict"] == "VERDICT_POSTED":
            self.alarm(document, self.over(decision), document.get("source"))
            document["posted"] = True
        if decision["verdict"] == "VERDICT_APPROVED":
            document["approved"] = True
        self.post(document, total, postings, document["branch"])
        for one in document["lines"]:
            for serial in one["serials"]:
                self.put(self.serials, (one["product"], serial), document["document"])
        item = self.add_item(document, True) if total > 0 else None
        self.changed(customer, "INVOICE_ISSUED", document["number"], total)
        done = {"id": document["document"], "number": document["number"], "total_minor": total,
                "due": document["due"], "decision": decision, **({"with_pin": True} if document.get("with_pin") else {}),
                **self.warnings(document, decision, happened, its_own=its_own)}
        return done, document, item

    def do_issue_invoice(self, c):
        return self.invoice(c)[0]

    # ---- credit notes ----

    def credited_invoice(self, c):
        if "invoice" not in c and "invoice_number" not in c:
            return None
        number = c.get("invoice")
        if number is None:
            number = self.named(self.numbers["DOCUMENT_INVOICE"], c["invoice_number"])
        invoice = self.found(self.documents, number, "invoice")
        if invoice["kind"] != "DOCUMENT_INVOICE":
            raise Refused("NOT_FOUND", "invoice")
        self.not_reversed(invoice, "invoice")
        return invoice

    def note_forms(self, c, happened):
        self.header(c, "reason")
        of_invoice = "invoice" in c or "invoice_number" in c
        content = c.get("lines") or c.get("charges")
        if of_invoice and content:
            raise Refused("FIELD_INVALID", "lines")
        if not of_invoice and c.get("credit"):
            raise Refused("FIELD_MISSING", "invoice")
        if not of_invoice and not content:
            raise Refused("FIELD_MISSING", "lines")
        for i, part in enumerate(c.get("credit", [])):
            if part["quantity"] <= 0:
                raise Refused("QUANTITY_NOT_POSITIVE", f"credit[{i}].quantity")
        self.line_forms(c, happened)
        self.opening_said(c)
        if happened:
            self.needs("BACKFILL")

    def credit(self, c, invoice, note):
        """What goes back of the invoice: shares of what is left of each line, so that they add up."""
        notes = [self.documents[n] for n in invoice["notes"]] + [note]

        def give_back(i, quantity):
            sold = invoice["lines"][i]
            back = [x for n in notes for x in n["lines"] if x["of"] == i]
            left = {k: sold[k] - sum(x[k] for x in back) for k in ("quantity", "net", "tax")}
            note["lines"].append({"of": i, "quantity": quantity, "product": None, "serials": [],
                                  "net": rounded(left["net"] * quantity, left["quantity"]),
                                  "tax": rounded(left["tax"] * quantity, left["quantity"])})

        def left_of(i):
            return invoice["lines"][i]["quantity"] - sum(x["quantity"] for n in notes
                                                         for x in n["lines"] if x["of"] == i)

        if c.get("credit"):
            for i, part in enumerate(c["credit"]):
                if part["line"] >= len(invoice["lines"]):
                    raise Refused("NOT_FOUND", f"credit[{i}].line")
                if part["quantity"] > left_of(part["line"]):
                    raise Refused("MORE_THAN_SOLD", f"credit[{i}].quantity", most=left_of(part["line"]))
                if part["quantity"] * invoice["lines"][part["line"]]["factor"] % 1000:
                    raise Refused("UNIT_NOT_EXACT", f"credit[{i}].quantity")
                give_back(part["line"], part["quantity"])
            return
        for i in range(len(invoice["lines"])):
            if left_of(i):
                give_back(i, left_of(i))
        if not any(n["charges"] for n in notes):
            note["charges"] = invoice["charges"]
        if not note["lines"] and not note["charges"]:
            raise Refused("MORE_THAN_SOLD", "invoice")

    def do_issue_credit_note(self, c):
        happened = c.get("backfill", False)
        self.note_forms(c, happened)
        self.own_number("DOCUMENT_CREDIT_NOTE", c.get("number"), happened)
        invoice = self.credited_invoice(c)
        if invoice:
            self.own_paper("invoice", invoice)
        customer = self.resolve(c)
        if invoice:
            of = self.customers[invoice["customer"]]
            alike = customer is of or self.epoch >= 7 and customer and self.leads_to(customer) is self.leads_to(of)
            if customer and not alike:
                raise Refused("MATCH_OTHER_CUSTOMER", "invoice")
            customer = of
        customer = customer or self.customers[1]
        if not invoice and self.epoch >= 7:
            self.stands(customer, "customer")
        self.open_branch()
        date = self.date_of(c, happened)
        if invoice and date < invoice["date"]:
            self.too_early("date", invoice["date"])
        note = self.begin("DOCUMENT_CREDIT_NOTE", customer, date, c.get("number"))
        note["source"], note["happened"] = c.get("source"), happened
        if invoice:
            note["about"] = invoice["document"]
            self.credit(c, invoice, note)
            self.check_notes(invoice, note)
        else:
            self.fill(c, note, happened, self.lists_for(customer, date))
        note["opening"] = self.opens(c, note, invoice)
        postings = self.total(note)
        self.approve_note(note, invoice, happened)
        off = self.off_credited(note, invoice)
        more = [("GL_RECEIVABLE", note["customer"], off), ("GL_SETTLEMENT_DISCOUNT", 0, -off)]
        self.post(note, off - note["total"], [(b, s, -v) for b, s, v in postings] + more, note["branch"])
        item, left = self.add_item(note, False) if note["total"] > off else None, 0
        if off:
            note["discount"] = off
        if off and item:
            self.put(item, "amount", note["total"] - off)
            self.set_open(item, note["total"] - off)
        if invoice:
            self.put(invoice, "credited", invoice.get("credited", 0) + note["total"])
            self.put(invoice, "notes", invoice["notes"] + (note["document"],))
            bill = self.items.get(invoice["document"])
            if bill and item and bill["open"] > 0:
                both = min(bill["open"], item["open"])
                if self.full(bill):
                    left = both
                else:
                    self.pair(bill, item, both, date)
        self.changed(customer, "CREDIT_NOTE_ISSUED", note["number"], note["balance"])
        return {"id": note["document"], "number": note["number"], "total_minor": note["total"],
                **self.warnings(note, None, happened, left), **({"discount_minor": off} if off else {})}

    def off_credited(self, note, invoice):
        """What was rounded off of a bill is credited last, and by giving nothing."""
        bill = self.items.get(invoice["document"]) if invoice else None
        off = self.off_of(bill) if bill else 0
        before, paid = (invoice.get("credited", 0), invoice["total"] - off) if off else (0, 0)
        return max(before + note["total"] - paid, 0) - max(before - paid, 0) if off else 0

    def check_notes(self, invoice, note):
        if self.epoch < 3:
            return
        if len(invoice["notes"]) >= NOTES_MAX:
            raise Refused("TOO_MANY", "invoice", most=NOTES_MAX)
        if len(note["lines"]) + sum(len(self.documents[n]["lines"]) for n in invoice["notes"]) > CREDITED_LINES_MAX:
            raise Refused("TOO_MANY", "credit", most=CREDITED_LINES_MAX)

    def approve_note(self, note, invoice, happened):
        limit = self.company.get("approve_over")
        if limit is None:
            return
        if self.epoch < 3:
            if not happened and note["total"] > limit:
                self.needs("APPROVE")
            return
        if self.may("APPROVE"):
            return
        key = ("credited", note["customer"])
        before = max(self.day_sum(key), invoice.get("alone", 0) if invoice else 0)
        left = max(limit - before, 0)
        if note["total"] > left:
            self.right_missing("APPROVE", roles_with("APPROVE"), available_minor=left)
        self.put(note, "counted", self.today())
        self.add_to_day(key, note["total"])
        if invoice:
            self.put(invoice, "alone", invoice.get("alone", 0) + note["total"])

    # ---- what adds up within a day ----

    def day_sum(self, key):
        date, total = self.day_sums.get(key, (0, 0))
        return total if date >= self.today() else 0

    def add_to_day(self, key, value):
        date, total = self.day_sums.get(key, (0, 0))
        self.put(self.day_sums, key, (date, total + value) if date >= self.today() else (self.today(), value))

    def take_from_day(self, key, day, value):
        date, total = self.day_sums.get(key, (0, 0))
        if date and date <= day:
            self.put(self.day_sums, key, (date, total - value))

    # ---- matching ----

    def item_of(self, customer, document, debit, field):
        sites = customer["sites"] if debit else [one["customer"] for one in self.records_of(customer)]
        if document >> 36 != customer["customer"] and document >> 36 not in sites:
            raise Refused("MATCH_OTHER_CUSTOMER" if document in self.documents else "NOT_FOUND", field)
        item = self.found(self.items, document, field)
        if item["debit"] != debit:
            raise Refused("FIELD_INVALID", field)
        return item

    def full(self, item):
        """The bound that keeps it from one more match, or 0."""
        if len(item["edges"]) < MATCHES_MAX:
            return 0
        if self.epoch < 2 or sum(e["undone"] is None for e in item["edges"]) >= MATCHES_MAX:
            return MATCHES_MAX
        return 0 if len(item["edges"]) < MATCHES_KEPT_MAX else MATCHES_KEPT_MAX

    def pair_full(self, pairs, debit, credit):
        most = MATCHES_MAX if self.epoch >= 3 or pairs.follows else PARTS_MAX
        return most if len(pairs) >= most else self.full(debit) or self.full(credit)

    def match_pair(self, pairs, debit, credit, value, field, date):
        most = min(debit["open"], credit["open"])
        if most == 0 or (value or 0) > most:
            if self.epoch >= 7 and most < (value or most) <= debit["open"]:
                field = field[:field.rindex(".")] + ".money" if "." in field else field
            raise Refused("MATCH_TOO_MUCH", field, available_minor=most)
        full = self.pair_full(pairs, debit, credit)
        if full:
            raise Refused("TOO_MANY", field, most=full)
        self.make_pair(pairs, debit, credit, value or most, date)

    def make_pair(self, pairs, debit, credit, value, date, off=False):
        pairs.append((debit, credit, value))
        self.pair(debit, credit, value, date, off)

    @staticmethod
    def off_of(item):
        """What stands of what a bill was rounded off by, or a payment rounded off."""
        return sum(e["amount"] for e in item["edges"] if e["off"] and e["undone"] is None)

    def match_oldest(self, pairs, customer, credit, date):
        """What a bound keeps apart stays open, and is counted."""
        bound = 0
        for bill in self.bills_in_order(*self.payable(customer)):
            if credit["open"] == 0:
                break
            full = self.pair_full(pairs, bill, credit)
            bound = full or bound
            if not full:
                self.make_pair(pairs, bill, credit, min(bill["open"], credit["open"]), date)
        if bound:
            pairs.leave(min(credit["open"], self.open_bills(customer)), bound)

    def open_bills(self, customer):
        return sum(self.sums(one)["bills"] for one in self.payable(customer))

    @staticmethod
    def left_over(left):
        return {"kind": "WARNING_LEFT_UNMATCHED", "amount_minor": left}

    def told_left(self, pairs):
        return {"warnings": [self.left_over(pairs.left)]} if pairs.left else {}

    def keep_match(self, customer, pairs):
        """Of the records that are one customer with the one whose money it is."""
        records = [one["customer"] for one in self.records_of(customer)]
        self.last_pairs = [(d["document"], c["document"], v) for d, c, v in pairs]
        for owner in records:
            kept = [(d["document"], c["document"], v) for d, c, v in pairs
                    if owner == (c["document"] >> 36 if c["document"] >> 36 in records else records[0])]
            if kept:
                self.put(self.matches, (owner, self.seq), {"pairs": kept, "undone": False})

    def do_match_items(self, c):
        oldest = c.get("order") == "MATCH_OLDEST_DUE"
        parts, credits = c.get("parts", []), c.get("credits", [])
        if oldest and parts:
            raise Refused("FIELD_INVALID", "parts")
        if not oldest and credits:
            raise Refused("FIELD_INVALID", "credits")
        if not oldest and not parts:
            raise Refused("FIELD_MISSING", "parts")
        for i, part in enumerate(parts):
            amount(f"parts[{i}].amount_minor", part.get("amount_minor"))
        date_form("date", c.get("date"))
        customer = self.matched(c["customer"])
        date, pairs = self.date_of(c, False), Pairs()
        for i, part in enumerate(parts):
            debit = self.item_of(customer, part["debit"], True, f"parts[{i}].debit")
            credit = self.item_of(customer, part["credit"], False, f"parts[{i}].credit")
            self.match_pair(pairs, debit, credit, part.get("amount_minor"), f"parts[{i}].amount_minor",
                            date)
        for i, document in enumerate(credits):
            self.match_oldest(pairs, customer,
                              self.item_of(customer, document, False, f"credits[{i}]"), date)
        if oldest and not credits:
            for credit in self.credits_in_order(*self.records_of(customer)):
                self.match_oldest(pairs, customer, credit, date)
            sums = self.together(self.records_of(customer))
            pairs.left = min(sums["unmatched"] + sums["waiting"], self.open_bills(customer))
        if not pairs:
            if pairs.left and self.epoch >= 3:
                raise Refused("TOO_MANY", most=pairs.bound)
            raise Refused("MATCH_NOTHING")
        self.own_papers([(d["document"], x["document"]) for d, x, _ in pairs])
        self.keep_match(customer, pairs)
        self.note_match(date, pairs[0][0]["document"])
        self.changed(customer, "ITEMS_MATCHED")
        return {"match": self.seq, "matched_minor": sum(v for _, _, v in pairs), **self.told_left(pairs)}

    def matched(self, number):
        """Of one who was merged it is whom they were merged into."""
        customer = self.found(self.customers, number, "customer")
        return self.leads_to(customer) if self.epoch >= 7 else customer

    def do_undo_match(self, c):
        text("reason", c.get("reason"))
        customer = self.matched(c["customer"])
        matches = [self.matches[one["customer"], c["match"]] for one in self.records_of(customer)
                   if (one["customer"], c["match"]) in self.matches]
        if not matches:
            raise Refused("NOT_FOUND", "match")
        for match in matches:
            self.own_papers([pair[:2] for pair in match["pairs"]])
        undone = 0
        standing = [match for match in matches if not match["undone"]]
        for debit, credit, value in [pair for match in standing for pair in match["pairs"]]:
            bill = self.items[debit]
            edge = next((e for e in bill["edges"] if e["match"] == c["match"] and
                         e["other"] == credit and e["undone"] is None), None)
            if edge and not edge["off"]:
                undone += value
                self.unpair(bill, edge, self.today())
        if undone == 0:
            raise Refused("MATCH_UNDONE", "match")
        self.check_paid(customer["customer"], undone)
        for match in standing:
            self.put(match, "undone", True)
            if self.epoch >= 6:
                self.put(match, "undone_by", self.actor.get("staff"))
        self.note_match(self.today(), matches[0]["pairs"][0][0])
        self.changed(customer, "MATCH_UNDONE_EVENT")
        return {"match": c["match"], "matched_minor": -undone}

    # ---- payments ----

    def payment_forms(self, c, happened, rounding=0):
        if c["amount_minor"] or rounding <= 0:
            amount("amount_minor", c["amount_minor"])
        date_form("date", c.get("date"))
        code("number", c.get("number"))
        code("source", c.get("source"))
        line("reference", c.get("reference"), CODE)
        text("payer", c.get("payer"))
        text("note", c.get("note"))
        self.currency("currency", c.get("currency"))
        if c["kind"] == "PAYMENT_SLIP" and not happened:
            for field in ("reference", "payer"):
                if field not in c:
                    raise Refused("FIELD_MISSING", field)
        if c.get("round_off") and not MONEY[c["kind"]][3]:
            raise Refused("FIELD_INVALID", "round_off")
        if c.get("match") == "MATCH_OLDEST_DUE" and c.get("bills"):
            raise Refused("FIELD_INVALID", "bills")
        for i, bill in enumerate(c.get("bills", [])):
            if "bill" not in bill and "bill_number" not in bill:
                raise Refused("FIELD_MISSING", f"bills[{i}].bill")
            amount(f"bills[{i}].amount_minor", bill.get("amount_minor"))
        if happened:
            self.needs("BACKFILL")

    def check_place(self, c, happened, was):
        if "money_account" not in c:
            if not happened and not (was and "money_account" not in was["said"]):
                raise Refused("FIELD_MISSING", "money_account")
            return
        kind, _, of_branch, _ = MONEY[c["kind"]]
        place = self.found(self.places, c["money_account"], "money_account")
        if place["kind"] != kind:
            raise Refused("FIELD_INVALID", "money_account")
        if happened or was and was["said"].get("money_account") == c["money_account"]:
            return
        if place["retired"]:
            raise Refused("RETIRED", "money_account")
        if of_branch and place["branch"] != self.branch()["branch"]:
            self.elsewhere(place, "money_account")
        self.is_open(place, "money_account")

    def payment(self, c, corrects=None, rounding=0):
        happened = c.get("backfill", False)
        self.payment_forms(c, happened, rounding)
        self.own_number("DOCUMENT_PAYMENT", c.get("number"), happened)
        customer = self.resolve(c) or self.customers[1]
        if not corrects:
            self.stands(customer, "customer")
        was = self.documents[corrects] if corrects and self.epoch >= 5 else None
        date = self.date_of(c, happened or was and c.get("date") == was["date"])
        self.check_place(c, happened, was)
        place, reference = c.get("money_account", 0), (c.get("money_account", 0), c["kind"], c.get("reference"))
        once = self.epoch >= 5 and c["kind"] != "PAYMENT_SLIP" and "reference" in c
        taken = None
        had_none = was and was["payment_kind"] == c["kind"] and "reference" not in was["said"]
        if "reference" not in c and c["kind"] != "PAYMENT_CASH" and not happened and not had_none and self.epoch >= 5:
            raise Refused("FIELD_MISSING", "reference")
        if once:  # a provider's, at whatever place
            alike = [key for key in self.references if key[1] == c["kind"] and self.same(key[2], c["reference"])]
            taken = next((self.references[key] for key in sorted(alike, key=lambda k: (k[2].encode(), k[0]))
                          if self.references[key] != corrects), None)
        elif "reference" in c:
            taken = self.taken(self.references, reference, corrects)
        other = {"PAYMENT_SLIP": "PAYMENT_TRANSFER", "PAYMENT_TRANSFER": "PAYMENT_SLIP"}.get(c["kind"])
        if not taken and other and "reference" in c and self.epoch >= 7:  # one bank account books it once
            taken = self.taken(self.references, (place, other, c["reference"]), corrects)
        if taken:
            raise Refused("NUMBER_TAKEN", "reference", existing=taken,
                          existing_number=self.documents[taken]["number"])
        document = self.begin("DOCUMENT_PAYMENT", customer, date, c.get("number"))
        document["source"], document["happened"] = c.get("source"), happened
        _, book, _, final = MONEY[c["kind"]]
        if self.unsure(c["kind"], happened):
            book, final, document["waits"] = "GL_MONEY_ON_ITS_WAY", False, True
        document["said"] = {k: c[k] for k in ("money_account", "reference", "payer", "note") if k in c}
        discount = 0
        says = c.get("round_off") or "match" in c or c.get("bills")
        if was and not says and (was["customer"], was["payment_kind"], self.money_of(was)) == \
                (customer["customer"], c["kind"], c["amount_minor"]):
            rounding, discount = was.get("rounding", 0), was.get("discount", 0)
            discount -= self.off_of(self.items[was["document"]]) if was["document"] in self.items else 0
        total = c["amount_minor"] + rounding + discount
        document.update(total=total, payment_kind=c["kind"], money_account=place, confirmed=False)
        document.update({k: v for k, v in (("rounding", rounding), ("discount", discount)) if v})
        postings = [(book, place, c["amount_minor"]), ("GL_RECEIVABLE", customer["customer"], -total),
                    ("GL_CASH_ROUNDING", 0, rounding), ("GL_SETTLEMENT_DISCOUNT", 0, discount)]
        self.post(document, -total, postings, document["branch"])
        if "reference" in c:
            document["reference"] = reference
            self.put(self.references, reference, document["document"])
        item, pairs = self.add_item(document, False, final), Pairs()
        for i, bill in enumerate(c.get("bills", [])):
            number = bill.get("bill")
            if number is None:
                number = self.named(self.numbers["DOCUMENT_INVOICE"], bill["bill_number"]) or 0
            debit = self.item_of(customer, number, True, f"bills[{i}].bill")
            self.match_pair(pairs, debit, item, bill.get("amount_minor"), f"bills[{i}].amount_minor",
                            date)
        if c.get("match") == "MATCH_OLDEST_DUE":
            self.match_oldest(pairs, customer, item, date)
        if c.get("round_off"):
            self.round_off(c, document, item, pairs, date)
        unit = self.company.get("cash_unit", 0)
        same = was and was["payment_kind"] == "PAYMENT_CASH" and self.money_of(was) == c["amount_minor"]
        if self.epoch >= 7 and c["kind"] == "PAYMENT_CASH" and not happened and not same and unit > 1 and c["amount_minor"] % unit:
            whole = pairs and item["open"] == 0 and not any(d["open"] for d, _, _ in pairs)
            if not whole or document.get("rounding") or document.get("discount"):
                self.no_coins("amount_minor", c["amount_minor"])
            self.round_bills(document, self.in_coins(c["amount_minor"], unit) - c["amount_minor"], place)
        return customer, document, item, pairs

    def round_bills(self, document, more, place):
        """Whole bills are settled by what there are coins for."""
        document["rounding"] = -more
        document["postings"] = [(b, s, v + more if b == "GL_CASH" else v) for b, s, v in document["postings"]]
        document["postings"] = [(b, s, v) for b, s, v in document["postings"] if v] + [("GL_CASH_ROUNDING", 0, -more)]
        self.book([("GL_CASH", place, more), ("GL_CASH_ROUNDING", 0, -more)], document["branch"])
        key = ("GL_CASH", place, document["branch"])
        new = any(where is self.books and at == key and before is NOTHING for where, at, before in self.log)
        if new and self.books[key] == 0:  # all of it was rounded off: nothing came into that till
            self.drop(self.books, key)

    def unsure(self, kind, happened):
        """A transfer that somebody enters who may not confirm money waits as a slip does (rules 7)."""
        role = None if self.is_server() else self.staff[self.actor["staff"]]["role"]
        return kind == "PAYMENT_TRANSFER" and self.epoch >= 7 and not happened and role is not None and \
            "CONFIRM_MONEY" not in RIGHTS[role]

    @staticmethod
    def money_of(payment):
        return payment["total"] - payment.get("rounding", 0) - payment.get("discount", 0)

    def round_off(self, c, document, item, pairs, date):
        """The bills it was matched with are settled: cash by the unit, else by what the person may."""
        bills = list({d["document"]: d for d, _, _ in pairs}.values())
        rest, over = sum(b["open"] for b in bills), item["open"]
        if not pairs or (rest > 0) == (over > 0):
            return
        unit = self.company.get("cash_unit", 0)
        by_unit = c["kind"] == "PAYMENT_CASH" and unit > 1 and c["amount_minor"] % unit == 0 and \
            2 * max(rest, over) <= unit
        if rest == 0 and not by_unit:
            return
        most = self.company.get("round_off", 0)
        if self.company.get("round_off_day") is not None:
            most = min(most, max(self.company["round_off_day"] - self.day_sum(("rounded", self.actor.get("staff"))), 0))
        if not by_unit and rest > most:
            day = {"day_minor": self.company["round_off_day"]} if most < self.company.get("round_off", 0) and self.epoch >= 7 else {}
            more = self.coins_up(c["amount_minor"] + rest - most, c["kind"]) - c["amount_minor"]
            raise Refused("ROUNDING_TOO_MUCH", "round_off", most=most, over_by_minor=more, available_minor=rest, **day)
        change, customer = rest or -over, self.customers[document["customer"]]
        word, book = ("rounding", "GL_CASH_ROUNDING") if by_unit else ("discount", "GL_SETTLEMENT_DISCOUNT")
        document[word] = change
        document["total"] += change
        document["balance"] -= change
        more = [("GL_RECEIVABLE", customer["customer"], -change), (book, 0, change)]
        document["postings"] = [(b, s, v - change if b == "GL_RECEIVABLE" else v) for b, s, v in document["postings"]]
        document["postings"].append((book, 0, change))
        self.book(more, document["branch"])
        self.put(customer, "balance", customer["balance"] - change)
        self.put(item, "amount", item["amount"] + change)
        self.set_open(item, item["open"] + change)
        pairs.follows = True
        for bill in bills:
            if bill["open"] > 0:
                full = self.pair_full(pairs, bill, item)
                if full:
                    pairs.leave(bill["open"], full)
                else:
                    self.make_pair(pairs, bill, item, bill["open"], date, word == "discount")
        if word == "discount":
            self.add_to_day(("rounded", self.actor.get("staff")), change)

    def paid(self, customer, document, pairs):
        self.keep_match(customer, pairs)
        self.changed(customer, "PAYMENT_TAKEN", document["number"], -document["total"])
        done = {"id": document["document"], "number": document["number"],
                "total_minor": document["total"], "matched_minor": sum(v for _, _, v in pairs)}
        if pairs:
            done["match"] = self.seq
        for word in ("rounding", "discount"):
            if document.get(word):
                done[word + "_minor"] = document[word]
        if document.get("waits"):
            done["on_its_way"] = True
        return {**done, **self.told_left(pairs)}

    def do_take_payment(self, c):
        customer, document, _, pairs = self.payment(c)
        unit = self.company.get("cash_unit", 0)
        beyond = c["amount_minor"] % unit if unit > 1 else 0
        if c["kind"] == "PAYMENT_CASH" and not c.get("backfill") and beyond and 5 <= self.epoch < 7:
            near = {"available_minor": c["amount_minor"] - beyond, "over_by_minor": unit}
            raise Refused("NOT_IN_COINS", "amount_minor", most=unit, **(near if c["amount_minor"] > unit else {}))
        return self.paid(customer, document, pairs)

    # ---- what happens to a document later ----

    def not_reversed(self, document, field):
        if document["reversed_by"]:
            by = self.documents[document["reversed_by"]]
            instead = document.get("corrected_by")
            raise Refused("ALREADY_REVERSED", field, existing=document["reversed_by"],
                          existing_number=by["number"], date=by["date"],
                          by=self.staff.get(by["actor"].get("staff"), {}).get("login"),
                          replaced_by=self.documents[instead]["number"] if instead else None)

    def check_reverse(self, c, document, back=None):
        self.own_paper("document", document)
        own = document["actor"].get("staff") and \
            document["actor"].get("staff") == self.actor.get("staff")
        here = self.branch_here()
        open_day = (document["date"], document["branch"]) == (here["date"], here["branch"])
        if self.epoch >= 5 and document.get("confirmed") and document.get("arrives") == "GL_BANK":
            open_day = False
        money = self.epoch >= 3 and document["kind"] == "DOCUMENT_PAYMENT"
        if not (own and open_day):
            self.needs("REVERSE")
        if not (own and open_day) or own and money or document["kind"] in ("DOCUMENT_REFUND", "DOCUMENT_MONEY_MOVE"):
            if "reason" not in c or self.epoch >= 3 and c["reason"] == "":
                raise Refused("FIELD_MISSING", "reason")
        if document["kind"] == "DOCUMENT_REVERSAL":
            raise Refused("NOT_REVERSIBLE", "document")
        self.not_reversed(document, "document")
        if document["notes"]:
            raise Refused("NOT_REVERSIBLE", "credit_notes", existing=document["notes"][-1],
                          existing_number=self.documents[document["notes"][-1]]["number"])
        if document["kind"] == "DOCUMENT_MONEY_MOVE":
            self.way_back(document)
        elif document.get("discount") and document["document"] in self.items:
            self.not_credited(self.items[document["document"]])
        self.check_alone(document, back)

    def not_credited(self, item):
        """What a credit note has taken back of what was rounded off is not taken back again."""
        for edge in item["edges"]:
            notes = self.documents[edge["other"]]["notes"] if edge["off"] and edge["undone"] is None else ()
            if any(self.documents[n].get("discount") for n in notes):
                raise Refused("NOT_REVERSIBLE", "credit_notes", existing=notes[-1],
                              existing_number=self.documents[notes[-1]]["number"])

    def till_gives_back(self, gone, again, before=True):
        """before: neither is booked yet."""
        number = gone.get("money_account") or gone.get("said", {}).get("money_account")
        if self.epoch < 5 or number is None:
            return
        out = sum(sign * v for paper, sign in ((gone, 1), (again, -1)) if paper
                  for book, sub, v in paper["postings"] if (book, sub) == ("GL_CASH", number))
        if out:
            self.is_open(self.places[number], "document")
        if out > 0:
            self.gives(number, out if before else 0, "document")

    def approve_reversal(self, document):
        """A bill that is reversed by right counts with the credit notes of its customer's day (rules 4)."""
        own = document["actor"].get("staff") and document["actor"].get("staff") == self.actor.get("staff")
        here = self.branch_here()
        open_day = (document["date"], document["branch"]) == (here["date"], here["branch"])
        limit = self.company.get("approve_over")
        if self.epoch >= 7:
            return False
        if limit is None or self.epoch < 4 or document["kind"] != "DOCUMENT_INVOICE" or own and open_day \
                or self.may("APPROVE"):
            return False
        left = limit - self.day_sum(("credited", document["customer"]))
        if document["total"] > left:
            self.right_missing("APPROVE", roles_with("APPROVE"), available_minor=max(left, 0))
        return True

    def takes_away(self, c, document, less, corrects):
        """Who may not approve takes back no more of bills than they credit: of the customer's day, and of their own
        (rules 7). An own bill of the last ten minutes, on which nothing rests, is counted apart."""
        limit, me = self.company.get("approve_over"), self.actor.get("staff", 0)
        if self.epoch < 7 or limit is None or document["kind"] != "DOCUMENT_INVOICE" or less <= 0 or self.may("APPROVE"):
            return None
        day = (document["date"], document["branch"])
        here = self.branch_here()
        own = document["actor"].get("staff") and document["actor"].get("staff") == me
        item = self.items.get(document["document"])
        fast = own and day == (here["date"], here["branch"]) and not corrects and not document.get("corrects") and \
            not document.get("happened") and 0 <= self.now - document["recorded"] <= 600_000 and \
            all(self.documents[e["other"]]["seq"] == document["seq"]
                for e in (item["edges"] if item else ()) if e["undone"] is None)
        if not fast:
            if not c.get("reason"):
                raise Refused("FIELD_MISSING", "reason")
            left = limit - max(self.day_sum(("credited", document["customer"])), self.day_sum(("away", me)))
            if less > left:
                self.right_missing("APPROVE", roles_with("APPROVE"), available_minor=max(left, 0))
        return "fast" if fast else "bounded"

    def count_away(self, how, document, less):
        me = self.actor.get("staff", 0)
        if how == "fast":
            self.add_to_day(("fast", me), less)
        elif how == "bounded":
            self.add_to_day(("away", me), less)
            self.add_to_day(("credited", document["customer"]), less)

    def alarm_joined(self, paper, **facts):
        """More about what a command's alarm tells, or one of its own."""
        self.put(self.alarms, self.seq, {
            **self.alarms.get(self.seq, {"document": paper["document"], "number": paper["number"], "kind": paper["kind"]}),
            "alarm": self.seq, "at_ms": self.now, "actor": dict(self.actor), "customer": paper["customer"], **facts})

    def alarm_fast(self, how, reversal):
        beyond = self.day_sum(("fast", self.actor.get("staff", 0))) - self.company["approve_over"] if how == "fast" else 0
        if beyond > 0:
            self.alarm_joined(reversal, undone_minor=beyond)

    def alarm_own_back(self, document, reversal, back=None):
        back = document["total"] if back is None else back
        if self.epoch >= 7 and self.company.get("alone_back") is None and self.is_own_money(document) and back:
            self.alarm_joined(reversal, own_back_minor=back)

    def alarm_of_maker(self, document, reversal):
        if self.company.get("alone_back") is not None and document["kind"] == "DOCUMENT_PAYMENT":
            self.alarm_maker(document, reversal)

    def is_own_money(self, document):
        return self.epoch >= 3 and document["kind"] == "DOCUMENT_PAYMENT" and document["actor"].get("staff") and \
            document["actor"].get("staff") == self.actor.get("staff")

    def check_alone(self, document, back=None):
        """back: how much of it is taken back; None: all."""
        back = document["total"] if back is None else back
        limit = self.company.get("alone_back")
        if limit is None or not self.is_own_money(document):
            return
        left = limit - self.day_sum(("back", self.actor["staff"]))
        if back and back > left:
            raise Refused("SECOND_PERSON_NEEDED", "document", most=max(left, 0), roles=roles_with("REVERSE"))

    def reverse(self, document, back=None, undo=False):
        """The opposite document; matches undone, everything free again. (its facts, edges it undid)"""
        customer, item = self.customers[document["customer"]], self.items.get(document["document"])
        if undo:
            counted = [e["undone"][1] for e in item["edges"] if e["undone"] and e["undone"][1] > e["date"]] if item else []
            counted += [e["date"] for e in item["edges"] if e["off"] and not e["undone"]] if item else []
            date = max(document["date"], max(counted, default=0))
            self.drop(self.numbers[document["kind"]], document["number"])
        else:
            date = max(self.today(), document["date"], self.undone_until(item) if item else 0)
            if item and self.epoch >= 8:  # what was rounded off of it stays
                date = max([date] + [e["date"] for e in item["edges"] if e["off"] and not e["undone"]])
        reversal = self.begin("DOCUMENT_REVERSAL", customer, date)
        reversal["total"] = document["total"]
        arrived = document.get("confirmed")
        now = {"GL_MONEY_ON_ITS_WAY": "GL_BANK", "GL_MONEY_IN_TRANSIT": document.get("arrives")} if arrived else {}
        self.post(reversal, -document["balance"], [(now.get(b, b), s, -v) for b, s, v in document["postings"]],
                  document.get("branches") or document["branch"])
        self.put(document, "reversed_by", reversal["document"])
        undone = []
        if item:
            stands = [e for e in item["edges"] if e["undone"] is None]
            undone = [e for e in stands if not (e["off"] and self.items[e["other"]]["reversed"])]
            for edge in undone:
                self.unpair(item, edge, date)
            self.set_open(item, 0)
            self.put(item, "reversed", (self.seq, date))
            self.less_back(reversal, sum(e["amount"] for e in stands) - sum(e["amount"] for e in undone), item,
                           document["branch"])
            self.drop(customer["not_final"], item["document"])
        if document["kind"] == "DOCUMENT_CREDIT_NOTE" and "about" in document:
            invoice = self.documents[document["about"]]
            self.put(invoice, "notes", tuple(n for n in invoice["notes"] if n != document["document"]))
            self.put(invoice, "credited", invoice["credited"] - document["total"])
            if document.get("counted"):
                self.put(invoice, "alone", invoice.get("alone", 0) - document["total"])
        if document.get("counted"):
            self.take_from_day(("credited", document["customer"]), document["counted"], document["total"])
        if self.company.get("alone_back") is not None and self.is_own_money(document):
            self.add_to_day(("back", self.actor["staff"]), document["total"] if back is None else back)
        if "reference" in document:
            self.drop(self.references, document["reference"])
        if self.is_put_in(document) and self.epoch >= 8:  # it is taken out
            me = self.actor.get("staff")
            self.add_to_day(("CASH_OUT", me), document["total"])
            self.alarm_of_cash(reversal, self.day_sum(("CASH_OUT", me)))
        for one in document["lines"]:
            for serial in one["serials"]:
                if self.serials.get((one["product"], serial)) == document["document"]:
                    self.drop(self.serials, (one["product"], serial))
        self.changed(customer, "DOCUMENT_REVERSED_EVENT", document["number"], reversal["balance"])
        facts = {"reversal": reversal["document"], "reversal_number": reversal["number"]}
        return {**facts, **({"discount_minor": reversal["discount"]} if "discount" in reversal else {})}, undone

    def less_back(self, reversal, value, item, branch):
        """What was rounded off of a bill went with it: so much less is taken back."""
        if not value:
            return
        change, customer = value if item["debit"] else -value, self.customers[reversal["customer"]]
        reversal["discount"] = value
        reversal["balance"] += change
        more = [("GL_RECEIVABLE", customer["customer"], change), ("GL_SETTLEMENT_DISCOUNT", 0, -change)]
        reversal["postings"] += more
        self.book(more, branch)
        self.put(customer, "balance", customer["balance"] + change)

    def off_goes(self, document, facts, edges):
        """What was rounded off of a bill that is reversed goes too: it is no credit. (facts, edges that are undone)"""
        item, reversal = self.items.get(document["document"]), self.documents[facts["reversal"]]
        mine = [e for e in edges if e["off"]] if item and item["debit"] else []
        if not mine:
            return facts, edges
        for edge in mine:
            other = self.items[edge["other"]]
            twin = next(e for e in other["edges"] if e["off"] and e["undone"] and e["undone"][0] == self.seq and
                        (e["match"], e["other"], e["amount"]) == (edge["match"], item["document"], edge["amount"]))
            self.put(edge, "undone", None)
            self.put(twin, "undone", None)
            self.set_open(other, other["open"] - edge["amount"])
            self.move_balance(item, other, -edge["amount"])
            self.move_balance(other, item, -edge["amount"])
        self.less_back(reversal, sum(e["amount"] for e in mine), item, self.documents[mine[-1]["other"]]["branch"])
        for _, last in self.saved:
            if (last["kind"], last.get("number")) == ("DOCUMENT_REVERSED_EVENT", document["number"]):
                last["amount_minor"] = reversal["balance"]
        return {**facts, "discount_minor": reversal["discount"]}, [e for e in edges if not e["off"]]

    def freed(self, edges, item):
        """Where a match was undone that the new item has not: at most 20 by name, and all in sum."""
        undone = {}
        for edge in edges:
            undone[edge["other"]] = undone.get(edge["other"], 0) + edge["amount"]
        for edge in item["edges"] if item else ():
            if edge["other"] in undone:
                undone[edge["other"]] -= edge["amount"]
        left = {other: value for other, value in undone.items() if value > 0}
        if not left:
            return {}
        told = [{"document": other, "number": self.documents[other]["number"],
                 "kind": self.documents[other]["kind"], "amount_minor": value,
                 "open_minor": self.items[other]["open"]} for other, value in list(left.items())[:20]]
        return {"freed": told, "freed_minor": sum(left.values()), "freed_count": len(left)}

    def reversed_alone(self, document, undo=False, how=None):
        facts, edges = self.off_goes(document, *self.reverse(document, undo=undo))
        if undo and self.epoch >= 6 and document.get("posted"):
            self.alarm_no_more(document)
        self.home = None
        self.alarm_of_reversal(self.documents[facts["reversal"]], document)
        self.alarm_fast(how, self.documents[facts["reversal"]])
        if not undo:
            self.alarm_own_back(document, self.documents[facts["reversal"]])
            self.alarm_of_maker(document, self.documents[facts["reversal"]])
        if not undo:
            self.alarm_short(self.documents[facts["reversal"]])
        return {"id": document["document"], "number": document["number"], **facts, **self.freed(edges, None)}

    def reversed_at(self, document):
        """A reversal is a paper of the old one's branch since rules 7."""
        if self.epoch >= 7:
            self.home = document["branch"]

    def find(self, number):
        return self.found(self.documents, number, "document")

    def do_reverse_document(self, c):
        text("reason", c.get("reason"))
        if "document" not in c and "number" not in c:
            raise Refused("FIELD_MISSING", "document")
        number = c.get("document")
        if number is None:
            number = next(filter(None, (self.named(of, c["number"]) for of in self.numbers.values())), None)
        document = self.find(number)
        self.reversed_at(document)
        if c.get("undo_import"):
            if self.epoch < 5:
                raise Refused("RULES_TOO_OLD", "undo_import")
            if not document.get("source") or not document.get("happened"):
                raise Refused("NOT_IMPORTED", "document")
            self.needs("BACKFILL")
        self.check_reverse(c, document)
        item = self.items.get(document["document"])
        if item and not item["debit"]:
            gone = sum(e["amount"] for e in item["edges"] if e["off"] and e["undone"] is None and
                       self.documents[e["other"]]["reversed_by"])
            try:
                self.check_paid(document["customer"], item["amount"] - item["open"] - gone)
            except Refused:
                papers = [self.documents[e["other"]] for e in item["edges"] if e["undone"] is None]
                refund = next((d for d in papers if d["kind"] == "DOCUMENT_REFUND"), None)
                if self.epoch < 7 or not refund:
                    raise
                raise Refused("NOT_REVERSIBLE", "refund", existing=refund["document"],
                              existing_number=refund["number"]) from None
        counts = self.approve_reversal(document)
        how = self.takes_away(c, document, document["total"], False)
        self.within("REVERSAL", "document", document["total"])
        if not c.get("undo_import"):
            self.till_gives_back(document, None)
        if counts:
            self.add_to_day(("credited", document["customer"]), document["total"])
        self.count_away(how, document, document["total"])
        if self.epoch >= 5 and not document.get("corrects"):
            self.free_cap(document)
        return self.reversed_alone(document, c.get("undo_import", False), how)

    def free_cap(self, sale):
        number = sale.get("said", {}).get("buyer")
        person = self.customers[sale["customer"]]["buyers"].get(number)
        if person and person["spent_on"] == sale["date"]:
            self.put(person, "spent", max(person["spent"] - sale["total"], 0))

    def do_confirm_payment(self, c):
        text("reason", c.get("reason"))
        date_form("date", c.get("date"))
        if not c["confirmed"] and "reason" not in c:
            raise Refused("FIELD_MISSING", "reason")
        slip = self.find(c["payment"])
        if (slip.get("payment_kind") != "PAYMENT_SLIP" and not slip.get("waits")) or slip["reversed_by"] or slip["confirmed"]:
            raise Refused("NOT_CONFIRMABLE", "payment")
        self.own_paper("payment", slip)
        self.reversed_at(slip)
        if c["confirmed"]:
            self.confirms_own(slip["actor"].get("staff"), slip["total"], "payment")
        if c.get("date", 0) > self.today():
            raise Refused("DATE_IN_FUTURE", "date")
        self.by_hand(c.get("date", self.today()), slip["date"])
        done = {"id": c["payment"], "number": slip["number"]}
        if not c["confirmed"]:
            self.check_alone(slip)
            return self.reversed_alone(slip)
        customer = self.customers[slip["customer"]]
        self.put(slip, "confirmed", True)
        self.put(self.items[c["payment"]], "final", True)
        self.drop(customer["not_final"], c["payment"])
        self.book([("GL_MONEY_ON_ITS_WAY", slip["money_account"], -self.money_of(slip)),
                   ("GL_BANK", slip["money_account"], self.money_of(slip))], slip["branch"])
        self.changed(customer, "PAYMENT_CONFIRMED", slip["number"])
        self.alarm_maker(slip, slip)
        return done

    def find_original(self, c, kind):
        text("reason", c.get("reason"))
        document = self.find(c["document"])
        if document["kind"] != kind:
            raise Refused("NOT_REVERSIBLE", "document")
        if self.epoch >= 5:
            self.home = document["branch"]
        return document

    def keep(self, keep, body, old, clear):
        if self.epoch >= 5:
            return keep(body, old, clear)
        if clear:
            raise Refused("FIELD_INVALID", "clear")
        return body

    def follow(self, edges, item, pairs, date, off=True):
        """The matches of the old one, again with the new one, as far as it goes."""
        pairs.follows = True
        for edge in edges:
            other = self.items[edge["other"]]
            value = min(edge["amount"], item["open"])
            if value == 0 or other["open"] == 0:
                continue
            debit, credit = (item, other) if item["debit"] else (other, item)
            value = min(value, other["open"])
            full = self.pair_full(pairs, debit, credit)
            if full:
                pairs.leave(value, full)
            else:
                self.make_pair(pairs, debit, credit, value, date, off and edge["off"])

    def takes_back(self, old, document):
        again = document["total"] if document["customer"] == old["customer"] else 0
        self.within("REVERSAL", "document", old["total"] - again)

    def do_correct_invoice(self, c):
        old = self.find_original(c, "DOCUMENT_INVOICE")
        self.check_reverse(c, old)
        reversal, edges = self.reverse(old)
        body = self.keep(self.keep_invoice, c["invoice"], old, c.get("clear", []))
        done, document, item = self.invoice(body, old["document"])
        self.put(old, "corrected_by", document["document"])
        less = old["total"] - (document["total"] if document["customer"] == old["customer"] else 0)
        self.count_away(self.takes_away(c, old, less, True), old, less)
        self.takes_back(old, document)
        pairs = Pairs()
        if document["customer"] != old["customer"] or document["total"] < old["total"]:
            reversal, edges = self.off_goes(old, reversal, edges)
        if item and document["customer"] == old["customer"]:
            self.follow(edges, item, pairs, self.today())
        else:
            item = None
        if item and not c["invoice"].get("backfill"):
            self.check_paid(document["customer"], item["open"])
        self.keep_match(self.customers[document["customer"]], pairs)
        if pairs.left:
            done["warnings"] = done.get("warnings", []) + [self.left_over(pairs.left)]
        return {**done, **reversal, **self.freed(edges, item)}

    def do_correct_payment(self, c):
        old = self.find_original(c, "DOCUMENT_PAYMENT")
        body = self.keep(self.keep_payment, c["payment"], old, c.get("clear", []))
        back = None
        if self.epoch >= 5 and body["amount_minor"] > 0 and "customer_code" not in body and \
                (body.get("customer"), body["kind"], body.get("money_account")) == \
                (old["customer"], old["payment_kind"], old["said"].get("money_account")):
            back = max(self.money_of(old) - body["amount_minor"], 0)
        self.check_reverse(c, old, back)
        was_final = self.items[old["document"]]["final"]
        reversal, edges = self.reverse(old, back)
        customer, document, item, pairs = self.payment(body, old["document"])
        self.put(old, "corrected_by", document["document"])
        self.takes_back(old, document)
        leaves = self.epoch >= 5 and old["payment_kind"] == "PAYMENT_CASH" != document["payment_kind"] and \
            old["said"].get("money_account") is not None
        what = ("CASH_OUT", self.actor.get("staff"))
        if leaves:
            self.within("CASH_OUT", "document", self.day_sum(what) + self.money_of(old))
        self.till_gives_back(old, document, False)
        same = document["customer"] == old["customer"]
        if same and "match" not in body and not body.get("bills"):
            self.follow(edges, item, pairs, document["date"], bool(document.get("discount")))
        waits = self.epoch >= 5 and was_final and not item["final"]
        waiting = sum(v for _, _, v in pairs) if waits and same and not document.get("waits") else 0
        self.check_paid(old["customer"], sum(self.items[e["other"]]["open"] for e in edges) + waiting)
        done = self.paid(customer, document, pairs)
        if leaves:
            self.add_to_day(what, self.money_of(old))
            self.alarm_of_cash(self.documents[reversal["reversal"]], self.day_sum(what))
        if self.epoch < 5 or not same or waits or document["total"] < old["total"]:
            self.home = None
            self.alarm_of_reversal(self.documents[reversal["reversal"]], old)
        self.alarm_own_back(old, self.documents[reversal["reversal"]], back)
        self.alarm_of_maker(old, self.documents[reversal["reversal"]])
        self.alarm_short(self.documents[reversal["reversal"]], document)
        return {**reversal, **done, **self.freed(edges, item if same else None)}

    # ---- views ----

    def as_head_office(self):
        self.actor, self.home = {"branch": 1}, None  # the server itself

    def view_trial_balance(self):
        totals = []
        for (account, sub, branch), value in sorted(self.books.items(),
                                                    key=lambda x: (BOOKS.index(x[0][0]), x[0][1:])):
            total = {"account": account, "branch": branch, "amount_minor": value}
            totals.append({**total, "sub": sub} if sub else total)
        answer = {"sum_minor": 0, "balanced": True,
                  "balances_minor": sum(c["balance"] for c in self.customers.values())}
        if totals:
            answer["totals"] = totals
        return answer

    def payments_of(self, item):
        return sum(e["undone"] is None for e in item["edges"])

    def view_unpaid_bills(self, number):
        self.as_head_office()
        records, today = self.records(self.customers[number]), self.today()
        sums = self.together(records)

        def shown(item):
            return {"document": item["document"], "number": self.documents[item["document"]]["number"],
                    "date": item["date"], "due": item["due"], "total_minor": item["amount"],
                    "open_minor": item["open"], "days_late": today - item["due"],
                    "payments": self.payments_of(item)}

        answer = {"customer": number, "bills_minor": sums["bills"],
                  "credits_minor": sums["unmatched"] + sums["waiting"]}
        bills = [shown(i) for i in self.bills_in_order(*records)]
        credits = [shown(i) for i in self.credits_in_order(*records)]
        if bills:
            answer["bills"] = bills
        if credits:
            answer["credits"] = credits
        return answer

    def state(self, document):
        item = self.items.get(document["document"])
        if document["reversed_by"]:
            return "DOCUMENT_REVERSED"
        if item is None or item["open"] == 0:
            return "DOCUMENT_CLOSED"
        return "DOCUMENT_OPEN" if item["open"] == item["amount"] else "DOCUMENT_PART"

    def view_history(self, number, rows):
        """Oldest first."""
        answer, running = [], 0
        records = self.records(self.customers[number])
        papers = sorted((d for one in records for d in one["documents"]),
                        key=lambda d: (self.documents[d]["date"], self.documents[d]["seq"], d >> 36, d % 2**36))
        for d in papers[:rows]:
            document, item = self.documents[d], self.items.get(d)
            running += document["balance"]
            row = {"document": d, "kind": document["kind"], "number": document["number"],
                   "date": document["date"], "recorded_ms": document["recorded"],
                   "amount_minor": document["balance"], "total_minor": document["total"],
                   "state": self.state(document), "running_minor": running,
                   "actor": document["actor"]}
            if "due" in document:
                row["due"] = document["due"]
            if item:
                row["matched_minor"] = 0 if item["reversed"] else item["amount"] - item["open"]
                row["open_minor"] = item["open"]
                row["payments"] = self.payments_of(item)
            answer.append(row)
        return answer, running + sum(one["moved"] for one in records)

    def view_aging(self, as_of, customers=None, known=None, bounds=(30, 60, 90, 120)):
        known = float("inf") if known is None else known
        count = len(bounds) + 2
        sums, items, credits, rows = [0] * count, [0] * count, 0, []
        wanted_ones = customers if customers is not None else \
            [n for n in sorted(self.customers) if not self.customers[n].get("merge")]
        for number in wanted_ones:
            own, its_credits, balance = [0] * count, 0, 0
            shown = self.leads_to(self.customers[number])
            for d in [d for one in self.records(self.customers[number]) for d in one["documents"]]:
                document, item = self.documents[d], self.items.get(d)
                if document["date"] <= as_of and document["seq"] <= known:
                    balance += document["balance"]
                opened = self.open_then(item, as_of, known) if item else 0
                balance += self.moved_then(item, as_of, known) if item else 0
                if opened and item["debit"]:
                    late = as_of - item["due"]
                    bucket = 0 if late <= 0 else 1 + sum(late > bound for bound in bounds)
                    own[bucket] += opened
                    items[bucket] += 1
                elif opened:
                    its_credits += opened
            if self.founded >= 4 and self.founded != 7:  # others count some matches twice, or not, on a day between
                assert sum(own) - its_credits == balance and min(own) >= 0 and its_credits >= 0, (number, as_of)
            balance = sum(own) - its_credits
            sums = [a + b for a, b in zip(sums, own)]
            credits += its_credits
            if balance or its_credits:
                rows.append({"customer": shown["customer"], "code": shown["code"],
                             "name": shown["name"], "buckets_minor": own,
                             "unmatched_minor": its_credits, "balance_minor": balance})
        ends = [0, *bounds, None]
        starts = [-2**31, 1, *(b + 1 for b in bounds)]
        buckets = [{"from_days": s, "to_days": e, "amount_minor": v, "items": n}
                   if e is not None else {"from_days": s, "amount_minor": v, "items": n}
                   for s, e, v, n in zip(starts, ends, sums, items)]
        answer = {"as_of": as_of, "buckets": buckets, "unmatched_minor": credits,
                  "balance_minor": sum(sums) - credits, "customers": len(wanted_ones)}
        return {**answer, "rows": rows} if rows else answer

    @staticmethod
    def edges_then(item, as_of, known, gone=False):
        def by_then(what):
            return what is not None and what[0] <= known and what[1] <= as_of

        if item["date"] > as_of or item["seq"] > known:
            return None
        edges = [e for e in item["edges"] if by_then((e["match"], e["date"])) and not by_then(e["undone"])]
        if by_then(item["reversed"]):  # what was rounded off of it stays
            return [e for e in edges if e["off"]] if gone else None
        return edges

    def open_then(self, item, as_of, known):
        edges = self.edges_then(item, as_of, known)
        return 0 if edges is None else item["amount"] - sum(e["amount"] for e in edges)

    def moved_then(self, item, as_of, known):
        """By matches with another customer's item."""
        edges = self.edges_then(item, as_of, known, gone=True) or []
        moved = sum(e["amount"] for e in edges if e["other"] >> 36 != item["document"] >> 36)
        return -moved if item["debit"] else moved

    def view_what_if(self, number, amount_minor):
        """(decision, refusal) that a sale of so much would get; no decision for who is locked."""
        self.as_head_office()
        try:
            if self.epoch >= 7:
                self.stands(self.customers[number], "customer")
            return self.decide(self.customers[number], amount_minor), None
        except Refused as refused:
            return refused.refusal.get("decision"), refused.refusal

    def view_preview_match(self, command):
        """What MatchItems would do, by doing it and taking it back."""
        self.as_head_office()
        self.log, answer = [], {"matched_minor": 0, "rest_minor": 0}
        try:
            answer["matched_minor"] = self.do_match_items(command)["matched_minor"]
            records = self.records_of(self.matched(command["customer"]))
            left = [pair for one in records for pair in
                    self.matches.get((one["customer"], self.seq), {"pairs": ()})["pairs"]]
            pairs = []  # as they were said; another record may have matches of the command before
            for pair in self.last_pairs:
                if pair in left:
                    left.remove(pair)
                    pairs.append(pair)
            answer["parts"] = [{
                "debit": debit, "credit": credit, "amount_minor": value,
                "left_minor": self.items[debit]["open"], "number": self.documents[debit]["number"],
                "due": self.items[debit]["due"]} for debit, credit, value in pairs]
            sums = self.together(records)
            answer["rest_minor"] = sums["unmatched"] + sums["waiting"]
        except Refused as refused:
            answer["refusal"] = refused.refusal
        self.roll_back()
        return answer

    def view_alarms(self, number=None):
        """The newest first."""
        rows = []
        for alarm in sorted(self.alarms, reverse=True):
            row = dict(self.alarms[alarm])
            customer, staff = self.customers.get(row.get("customer")), self.staff.get(row["actor"].get("staff"))
            if customer:
                row.update(customer_code=customer["code"], customer_name=customer["name"])
            if "staff" in row:
                row["staff_login"] = self.staff[row["staff"]]["login"]
            if "maker" in row:
                row["maker_login"] = self.staff[row["maker"]]["login"]
            if "site" in row:
                row["site_code"] = self.customers[row["site"]]["code"]
            if staff:
                row["login"] = staff["login"]
            if number in (None, row.get("customer")):
                rows.append(row)
        return rows

    def view_command(self, ident):
        return {"known": True, "reply": self.ids[ident][1]} if ident in self.ids else {"known": False}

    def view_account(self, number):
        """The card's figures, seen from the head office."""
        self.as_head_office()
        customer, today = self.customers[number], self.today()
        row = self.row(number)
        return row, row.get("overdue_minor", 0)
