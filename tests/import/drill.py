#!/usr/bin/python3
"""The import drill: files as shops have them, spoilt as shops spoil them, and what must come of each, foretold by a
model that shares no line with the import. Right, or refused with the reason; never exit 0 with another total.

    drill.py BINDIR DATADIR [--seed N] [--rounds N] [--documents N]

Each round takes invoices (real ones of DATADIR when they are there, else made ones), shuffles rows and columns, names
the columns in one of eight languages, writes dates and amounts in one habit, puts signs of this or another currency
beside some amounts, takes some numbers by other documents first, and writes CSV, UTF-16 or XLSX, with hidden rows and
faults in cells. Then it imports, and holds exit code, counts, every document and the sum against the model.
Needs Python's standard library.
"""
import argparse
import csv
import datetime
import json
import os
import random
import re
import sys
import zipfile

WORDS = {
    "en": ("Invoice No", "Customer ID", "Customer name", "Invoice date", "Due date", "Amount"),
    "vi": ("Số hóa đơn", "Mã khách hàng", "Tên khách hàng", "Ngày hóa đơn", "Hạn thanh toán", "Số tiền"),
    "zh": ("发票号", "客户编号", "客户名称", "开票日期", "到期日", "金额"),
    "fa": ("شماره فاکتور", "کد مشتری", "نام مشتری", "تاریخ فاکتور", "سررسید", "مبلغ"),
    "el": ("Αρ. παραστατικού", "Κωδ. πελάτη", "Επωνυμία Πελάτη", "Ημερομηνία", "Λήξη", "Ποσό"),
    "de": ("Rechnungs-Nr.", "Kunden-Nr.", "Kundenname", "Rechnungsdatum", "Fällig am", "Betrag"),
    "fr": ("N° facture", "Code client", "Nom du client", "Date de facture", "Échéance", "Montant"),
    "es": ("Nº factura", "Código cliente", "Nombre del cliente", "Fecha", "Fecha de vencimiento", "Importe"),
}
DAY = datetime.timedelta(days=1)
EPOCH = datetime.date(1970, 1, 1)


class Bill:
    """One invoice as it is meant: minor units, dates."""

    def __init__(self, number, customer, date, due, minor):
        self.number, self.customer, self.date, self.due, self.minor = number, customer, date, due, minor
        self.fault = False   # what is written of it cannot be read
        self.hidden = False

    def key(self):
        return (self.customer, (self.date - EPOCH).days, (self.due - EPOCH).days, self.minor)


def real_bills(data):
    path = os.path.join(data, "ibm-receivables/WA_Fn-UseC_-Accounts-Receivable.csv")
    if not os.path.exists(path):
        return None

    def day(text):
        month, date, year = map(int, text.split("/"))
        return datetime.date(year, month, date)
    with open(path, encoding="utf-8", newline="") as file:
        return [Bill(row["invoiceNumber"], row["customerID"], day(row["InvoiceDate"]), day(row["DueDate"]),
                     round(float(row["InvoiceAmount"]) * 100)) for row in csv.DictReader(file)]


def made_bills(chance, count):
    bills = []
    for n in range(count):
        date = datetime.date(2011, 1, 1) + chance.randint(0, 700) * DAY
        bills.append(Bill(f"{chance.randint(0, 10**6):07}-{n}", f"{chance.randint(1, 40):04}-QX", date,
                          date + chance.choice([0, 14, 30, 60]) * DAY, chance.choice([1, 99, 100, 123456, 1234500, chance.randint(1, 10**7)])))
    return bills


# ---- how it is written ----

class Habit:
    """Dates and amounts of one file."""

    def __init__(self, chance, language):
        self.comma = language in ("vi", "el", "de", "fr", "es")
        self.group = chance.random() < 0.5
        self.order = chance.choice(["iso", "dots" if self.comma else "iso", "named"])
        self.persian = language == "fa" and chance.random() < 0.7

    def amount(self, minor):
        whole, cents = divmod(minor, 100)
        point, comma = (",", ".") if self.comma else (".", ",")
        text = f"{whole:,}".replace(",", comma if self.group else "") + f"{point}{cents:02}"
        return self.digits(text)

    def date(self, date):
        text = {"iso": date.isoformat(), "dots": f"{date.day}.{date.month}.{date.year}",
                "named": f"{date.day}-{'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split()[date.month - 1]}-{date.year}"}[self.order]
        return self.digits(text) if self.order != "named" else text

    def digits(self, text):
        return text.translate({0x30 + i: 0x6F0 + i for i in range(10)}) if self.persian else text


def write_xlsx(path, rows, hidden, faults):
    """Numbers and days as cells of their own; rows of `hidden` are not shown; faults: (row, column) of an error."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = ""
        for at, value in enumerate(row):
            place = f"{chr(65 + at)}{number}"
            if (number, at) in faults:
                cells += f'<c r="{place}" t="e"><v>#N/A</v></c>'
            elif isinstance(value, datetime.date):
                cells += f'<c r="{place}" s="1"><v>{(value - EPOCH).days + 25569}</v></c>'
            elif isinstance(value, float):
                cells += f'<c r="{place}"><v>{value!r}</v></c>'
            else:
                text = value.replace("&", "&amp;").replace("<", "&lt;")
                cells += f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
        lines.append(f'<row r="{number}"{" hidden=" + chr(34) + "1" + chr(34) if number in hidden else ""}>{cells}</row>')
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", f'<workbook {main} xmlns:r="{relation}"><sheets><sheet name="Bills" sheetId="1" '
                      'r:id="rId1"/></sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="rId1" '
                      'Target="worksheets/sheet1.xml"/></Relationships>')
        book.writestr("xl/styles.xml", f'<styleSheet {main}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>')
        book.writestr("xl/worksheets/sheet1.xml", f'<worksheet {main}><sheetData>{"".join(lines)}</sheetData></worksheet>')


class Round:
    def __init__(self, company, bills, chance, name):
        self.company, self.bills, self.chance, self.name = company, bills, chance, name
        self.language = chance.choice(sorted(WORDS))
        self.habit = Habit(chance, self.language)
        self.form = chance.choice(["csv", "utf-16", "xlsx"])
        self.source = f"drill-{name}"
        self.there = {}      # number -> what stands in the ledger of this source
        self.foreign = set()  # numbers that others have
        self.said = ""

    def take_numbers(self):
        """Half of the numbers are there already: the same bill, another one of the same source, or somebody else's."""
        same, other, foreign = [], [], []
        for bill in self.bills:
            kind = self.chance.random()
            (same if kind < 0.2 else other if kind < 0.35 else foreign if kind < 0.5 else []).append(bill)
        for kind, chosen, source in (("same", same, self.source), ("other", other, self.source), ("foreign", foreign, "elsewhere")):
            rows = [["number", "customer", "date", "due", "amount"]]
            for bill in chosen:
                minor = bill.minor + (7 if kind != "same" else 0)
                rows.append([bill.number, bill.customer, bill.date.isoformat(), bill.due.isoformat(), f"{minor / 100:.2f}"])
                if kind == "foreign":
                    self.foreign.add(bill.number)
                else:
                    self.there[bill.number] = (*bill.key()[:3], minor)
            if len(rows) > 1:
                path = self.company.path(f"{kind}.csv")
                with open(path, "w", encoding="utf-8", newline="") as file:
                    csv.writer(file).writerows(rows)
                self.company.imported("invoices", path, "--yes", "--source", source, "--restart")

    def written(self, bill):
        """A row of the file; now and then it cannot be read."""
        chance = self.chance
        cells = [bill.number, bill.customer, f"Shop {bill.customer}, Ltd", bill.date, bill.due, bill.minor / 100]
        if self.form == "xlsx":
            return cells
        amount = self.habit.amount(bill.minor)
        kind = chance.random()
        if kind < 0.2:
            amount = chance.choice(["£", "£ ", "GBP "]) + amount
        elif kind < 0.23:
            amount, bill.fault = chance.choice(["$", "€", "USD "]) + amount, True
        elif kind < 0.25:
            amount, bill.fault = amount + chance.choice(["x", "?"]), True
        return cells[:3] + [self.habit.date(bill.date), self.habit.date(bill.due), amount]

    def write(self):
        chance = self.chance
        order = list(range(6))
        chance.shuffle(order)
        chance.shuffle(self.bills)
        rows = [[WORDS[self.language][k] for k in order]]
        hidden, faults = set(), set()
        for at, bill in enumerate(self.bills, 2):
            row = self.written(bill)
            rows.append([row[k] for k in order])
            if self.form == "xlsx" and chance.random() < 0.03:
                bill.hidden = True
                hidden.add(at)
            elif self.form == "xlsx" and chance.random() < 0.03:
                bill.fault = True
                faults.add((at, order.index(chance.choice([1, 3, 5]))))
        path = self.company.path(f"{self.name}.{self.form}")
        if self.form == "xlsx":
            write_xlsx(path, rows, hidden, faults)
        else:
            with open(path, "w", encoding="utf-8" if self.form == "csv" else "utf-16", newline="") as file:
                csv.writer(file, delimiter=chance.choice(";\t")).writerows(rows)
        return path, bool(hidden)

    def foretell(self, read_hidden):
        """(sent, there, conflicts, rejected rows) and the bills that will be new."""
        counts, new = [0, 0, 0, 0], []
        for bill in self.bills:
            if bill.hidden and not read_hidden:
                continue
            if bill.fault:
                counts[3] += 1
            elif bill.number in self.foreign:
                counts[2] += 1
                counts[3] += 1
            elif bill.number in self.there:
                same = self.there[bill.number] == bill.key()
                counts[1] += same
                counts[2] += not same
                counts[3] += not same
            else:
                counts[0] += 1
                new.append(bill)
        return counts, new

    def booked(self):
        """What stands in the ledger of this source."""
        said = self.company.tefter("--json", "documents", "--source", self.source, "--all").stdout
        return [row for row in map(json.loads, said.splitlines()) if "number" in row]

    def run(self):
        self.take_numbers()
        path, has_hidden = self.write()
        before = self.company.owed()
        words = ["invoices", path, "--yes", "--source", self.source]
        total = ["--total", f"{sum(b.minor for b in self.bills) / 100:.2f}"]
        if has_hidden:
            said = self.company.tefter("import", *words, good=(2,)).stderr
            self.expect("are hidden in the workbook" in said, "hidden rows were read unseen: " + said)
            words += ["--hidden", self.chance.choice(["read", "skip"])]
        (sent, there, conflicts, rejected), new = self.foretell("read" in words)
        self.said = f"{sent} new, {there} there, {conflicts} in conflict, {rejected} rejected"
        foretold = self.company.imported(*words, "--dry-run", good=(0, 1, 5))
        if rejected > 0:  # by the file, or by the server alone
            self.company.tefter("import", *words, *total, good=(2,))
            self.company.tefter("import", *words, *total, "--dry-run", good=(2,))
            self.expect(self.company.owed() == before, "something was booked though --total does not agree")
        done = self.company.tefter("import", *words, "--json", "--quiet", good=(0, 1, 5))
        code = 5 if conflicts else 1 if rejected else 0
        summary = json.loads(done.stdout)
        said = [summary[k] for k in ("sent", "already_there", "conflicts", "rejected_rows")]
        self.expect(said == [sent, there, conflicts, rejected], f"{said}, foretold {[sent, there, conflicts, rejected]}")
        self.expect([foretold[k] for k in ("sent", "already_there", "conflicts", "rejected_rows")] == said, "the dry run says otherwise")
        self.expect(done.returncode == code, f"exit {done.returncode}, not {code}")
        self.expect(self.company.owed() == before + sum(b.minor for b in new), "another sum is booked")
        stand = {row["number"]: row["total_minor"] for row in self.booked()}
        wanted = {**{number: key[3] for number, key in self.there.items()}, **{b.number: b.minor for b in new}}
        self.expect(stand == wanted, f"other documents stand: {set(stand.items()) ^ set(wanted.items())}")
        for bill in self.chance.sample(new, min(2, len(new))):
            shown = json.loads(self.company.tefter("--json", "document", "show", bill.number).stdout)
            document = shown["document"]
            self.expect((document["date"], document["due"]) == (bill.date.isoformat(), bill.due.isoformat()),
                        f"{bill.number} is dated {document['date']}, due {document['due']}")
        if rejected:
            with open(path + ".rejects.csv", encoding="utf-8") as file:
                lines = list(csv.reader(file))[1:]
            self.expect(len(lines) == rejected and all(re.search(r"\w", line[1]) for line in lines), "rejects without a reason")

    def expect(self, good, why):
        if not good:
            raise AssertionError(f"round {self.name} ({self.language}, {self.form}, {self.habit.__dict__}): {why}")


def main():
    parser = argparse.ArgumentParser(description="import drill")
    parser.add_argument("bin")
    parser.add_argument("data")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--documents", type=int, default=300)
    args = parser.parse_args()
    sys.argv = [sys.argv[0], args.bin, args.data]
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    sys.dont_write_bytecode = True
    from test_import_server import Company
    real = real_bills(args.data)
    print("the drill:", f"seed {args.seed}, {args.rounds} rounds,", "real invoices" if real else "made invoices, for there are no data")
    company = Company("GBP")
    try:
        for number in range(args.rounds):
            chance = random.Random(args.seed * 1000 + number)
            count = args.documents // 2 + chance.randint(0, args.documents // 2)
            bills = chance.sample(real, count) if real else made_bills(chance, count)
            for bill in bills:
                bill.fault = bill.hidden = False
                bill.number = f"{number}-" + bill.number.split("-", 1)[-1] if real else f"{number}-{bill.number}"
            one = Round(company, bills, chance, str(number))
            one.run()
            print(f"round {number}: {one.language}, {one.form}, {len(bills)} documents: {one.said}")
    finally:
        company.close()


if __name__ == "__main__":
    main()
