#!/usr/bin/python3
"""Files that somebody gives to the server, over the real protocol: pieces, steps, whose papers they become, and what
no file may do to whoever serves it.

    test_imports.py BINARIES
"""
import csv as tables
import hashlib
import io
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client
import server

BINARIES = ""
PIECE = 64 * 1024
STEP_S = 240
HEADS = "Code,Name,Phone,Balance\n"


def rows(count, prefix, seed=3):
    dice = random.Random(seed)
    return [(f"{prefix}{at:04}", f"Customer {at}", f"0903{at:06}", 1000 * dice.randrange(1, 900000)) for at in range(count)]


def csv(lines):
    return (HEADS + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in lines)).encode()


def workbook(sheet, shared=None):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
                      '<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>')
        made.writestr("xl/_rels/workbook.xml.rels",
                      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                      f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        with made.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for piece in sheet:
                part.write(piece)
        if shared is not None:
            made.writestr("xl/sharedStrings.xml", shared)
    return out.getvalue()


class Imports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pb = server.messages()
        cls.folder = tempfile.mkdtemp(prefix="tefter-imports-")
        cls.server = server.Server(BINARIES, cls.folder, "--web-socket")
        code = cls.server.init()
        cls.server.start()
        cls.company = server.Company(cls.server, code)
        cls.owner = cls.company.owner
        cls.branch = cls.company.branch("TD", "Thủ Đức")

    @classmethod
    def tearDownClass(cls):
        cls.company.owner.close()
        cls.server.end_well()
        shutil.rmtree(cls.folder)

    # what a page does

    def open(self, name, data):
        """As long as the one before is being ended, the server is busy."""
        until = time.monotonic() + 30
        while True:
            try:
                return self.owner.ask(import_open=self.pb.ImportOpen(
                    name=name, size=len(data), digest=hashlib.sha256(data).digest())).import_state
            except client.Refused as refused:
                if "BUSY" not in str(refused) or time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def give(self, name, data, upto=None):
        state = self.open(name, data)
        while state.received < len(data) and (upto is None or state.received < upto):
            piece = data[state.received:state.received + PIECE]
            said = self.pb.ImportPiece(offset=state.received, data=piece)
            setattr(said, "import", getattr(state, "import"))
            state = self.owner.ask(import_piece=said).import_state
        return state

    def look_at(self, number=None):
        look = self.pb.ImportLook()
        if number is not None:
            setattr(look, "import", number)
        return self.owner.ask(import_look=look).import_state

    def step(self, number, action, wait=True, **said):
        what = self.pb.ImportDo(action=getattr(self.pb, action), **said)
        setattr(what, "import", number)
        state = self.owner.ask(import_do=what).import_state
        until = time.monotonic() + STEP_S
        while wait and (state.HasField("working") or state.waits_for):
            self.assertLess(time.monotonic(), until, "the step does not end")
            time.sleep(0.05)
            state = self.look_at(number)
            if state.waits_for:
                state = self.owner.ask(import_do=what).import_state
        return state, self.pb.ImportReport.FromString(state.report)

    def whole(self, name, data, action="IMPORT_TRY", **settings):
        """Given, looked at, and a step done with what was guessed: (number, state, report)."""
        number = getattr(self.give(name, data), "import")
        state, report = self.step(number, "IMPORT_LOOK")
        if not report.HasField("looked") or action == "IMPORT_LOOK":
            return number, state, report
        columns = [self.pb.ImportColumn(field=column.field) if column.field else self.pb.ImportColumn()
                   for column in report.looked.columns]
        said = [self.pb.ImportSetting(name=name.replace("_", "-"), value=value) for name, value in settings.items()]
        self.said = dict(kind=report.looked.kind, columns=columns, settings=said)
        state, report = self.step(number, action, **self.said)
        return number, state, report

    def alive(self):
        self.assertTrue(self.owner.query(documents=self.pb.DocumentList(rows=1)) is not None)

    def papers(self, source):
        found, page = [], None
        while True:
            asked = self.pb.DocumentList(source=source, rows=500)
            if page:
                asked.page = page
            answer = self.owner.query(documents=asked)
            found += answer.rows
            page = answer.next if answer.HasField("next") else None
            if not page:
                return found

    # what must come of it

    def test_a_file_is_booked_as_the_asker_and_taken_back(self):
        lines = rows(300, "P")
        total = sum(line[3] for line in lines)
        number, _, report = self.whole("owed.csv", csv(lines))
        self.assertEqual(report.looked.kind if report.HasField("looked") else self.said["kind"],
                         self.pb.KIND_CUSTOMERS_AND_BALANCES)
        self.assertEqual((report.failure, report.result.rows, report.result.rejected_rows, report.result.clear_minor),
                         ("", 300, 0, total))
        self.assertEqual(len(self.papers("owed.csv")), 0, "a dry run has booked")
        _, report = self.step(number, "IMPORT_BOOK", **self.said)
        self.assertEqual((report.failure, report.result.sent, report.result.ledger_minor), ("", 300, total))
        papers = self.papers("owed.csv")
        self.assertEqual((len(papers), sum(paper.total_minor for paper in papers)), (300, total))
        made = self.owner.query(document=self.pb.DocumentView(document=papers[0].document))
        self.assertIn("staff: 1\n", str(made), "the paper does not say who asked for it")
        # once more changes nothing
        _, report = self.step(number, "IMPORT_BOOK", **self.said)
        self.assertEqual((report.result.sent, report.result.there), (0, 300))
        _, report = self.step(number, "IMPORT_UNDO", **self.said)
        self.assertEqual((report.undone.documents, report.undone.done, report.undone.refused), (300, 300, 0))
        self.step(number, "IMPORT_FORGET")
        self.assertEqual(self.look_at(number).name, "")

    def sessions(self):
        return self.owner.ask(server_status=self.pb.ServerStatus()).status.sessions

    def importers(self):
        found = []
        for each in os.listdir("/proc"):
            try:
                with open(f"/proc/{each}/stat", encoding="latin-1") as file:
                    stat = file.read()
            except OSError:
                continue
            name, rest = stat[stat.index("(") + 1:].rsplit(")", 1)
            if name.startswith("tefter-import") and int(rest.split()[1]) == self.server.process.pid and rest.split()[0] != "Z":
                found.append(int(each))
        return found

    def becomes(self, what, wanted):
        until = time.monotonic() + 10
        while what() != wanted:
            self.assertLess(time.monotonic(), until, f"{what()} and not {wanted}")
            time.sleep(0.02)

    def test_nothing_stays_lent(self):
        """Not when it is done, and not when it is killed in the middle: its connection goes with it."""
        before = self.sessions()
        number, _, _ = self.whole("lent.csv", csv(rows(200, "L")))
        self.becomes(self.sessions, before)
        self.becomes(self.importers, [])
        for _ in range(3):
            number = getattr(self.give("killed.csv", csv(rows(4000, "K"))), "import")
            self.step(number, "IMPORT_LOOK")
            self.step(number, "IMPORT_TRY", wait=False, **self.said)
            until = time.monotonic() + 10
            while self.sessions() == before and time.monotonic() < until:
                pass
            self.assertEqual(self.sessions(), before + 1)
            for pid in self.importers():
                os.kill(pid, signal.SIGKILL)
            self.becomes(self.sessions, before)
            self.becomes(self.importers, [])
            self.becomes(lambda which=number: self.look_at(which).killed, True)
            self.step(number, "IMPORT_FORGET")
        self.alive()

    def test_a_cut_upload_goes_on_and_a_wrong_piece_is_refused(self):
        data = csv(rows(9000, "R"))
        self.assertGreater(len(data), 4 * PIECE)
        state = self.give("long.csv", data, upto=2 * PIECE)
        number = getattr(state, "import")
        again = self.open("long.csv", data)
        self.assertEqual((getattr(again, "import"), again.received), (number, 2 * PIECE))
        for offset, size in ((5 * PIECE, 10), (2 * PIECE, PIECE + 1), (len(data) - 1, 2)):
            piece = self.pb.ImportPiece(offset=offset, data=b"x" * size)
            setattr(piece, "import", number)
            with self.assertRaises(client.Refused) as caught:
                self.owner.ask(import_piece=piece)
            self.assertEqual(caught.exception.code, "FIELD_INVALID")
        with self.assertRaises(client.Refused) as caught:
            self.step(number, "IMPORT_LOOK", wait=False)
        self.assertEqual(caught.exception.code, "FIELD_MISSING")
        state = self.give("long.csv", data)
        self.assertEqual(state.received, len(data))
        with self.assertRaises(client.Refused):
            self.owner.ask(import_open=self.pb.ImportOpen(name="huge.csv", size=65 * 1024 * 1024, digest=b"x" * 32))

    def test_a_file_that_changed_on_its_way_is_refused(self):
        data = csv(rows(2000, "D"))
        self.assertGreater(len(data), PIECE)
        state = self.give("changed.csv", data, upto=PIECE)
        number = getattr(state, "import")
        piece = self.pb.ImportPiece(offset=PIECE, data=data[PIECE:-3] + b"99\n")
        setattr(piece, "import", number)
        with self.assertRaises(client.Refused) as caught:
            self.owner.ask(import_piece=piece)
        self.assertEqual((caught.exception.code, caught.exception.refusal.field), ("FIELD_INVALID", "digest"))
        with self.assertRaises(client.Refused) as caught:
            self.step(number, "IMPORT_LOOK", wait=False)
        self.assertEqual(caught.exception.code, "NOT_FOUND")
        self.assertEqual(self.give("changed.csv", data).received, len(data))

    def test_a_cell_is_mended_and_the_rest_is_told(self):
        data = (HEADS + "M1,One,1,5000\nM2,Two,2,x\nM3,Three,3,7000\nTotal,,,12000\n").encode()
        number, state, report = self.whole("mend.csv", data)
        self.assertEqual((report.result.rejected_rows, report.result.clear_minor, report.result.totals), (1, 12000, 1))
        need = report.result.needs[0]
        self.assertEqual((need.line, need.field, need.text, need.label), (3, "amount", "x", "Two"))
        rejected = self.pb.ImportRejects(offset=0)
        setattr(rejected, "import", number)
        told = self.owner.ask(import_rejects=rejected).import_rejected
        self.assertIn(b"M2", told.data)
        edit = self.pb.ImportEdit(line=3, column=need.column, text="6000")
        _, report = self.step(number, "IMPORT_TRY", edits=[edit], **self.said)
        self.assertEqual((report.result.rejected_rows, report.result.clear_minor), (0, 18000))

    def there(self, *codes):
        """Those of these customers that the ledger has."""
        found = []
        for code in codes:
            try:
                self.owner.query(customer_card=self.pb.CustomerCard(code=code))
                found.append(code)
            except client.Refused:
                pass
        return found

    def test_a_row_comes_in_whole_or_not_at_all(self):
        # the debt cannot be read, or the ledger refuses it: a day that is not yet
        data = b"Code,Name,Phone,Date,Balance\nWH1,One,1,2020-01-05,5000\nWH2,Two,2,2020-01-05,x\nWH3,Three,3,2093-01-05,7000\n"
        for action in ("IMPORT_TRY", "IMPORT_BOOK"):
            _, _, report = self.whole("whole.csv", data, action=action)
            result = report.result
            self.assertEqual((result.sent, result.customers_made, result.rejected_rows, result.clear_minor,
                              result.need_minor, result.need_unread), (1, 1, 2, 5000, 7000, 1), report)
            self.assertEqual(sorted(need.line for need in result.needs), [3, 4])
        self.assertEqual(self.there("WH1", "WH2", "WH3"), ["WH1"])
        # customers that come to be by their debts alone
        data = b"Customer no,Date,Balance\nWI1,2020-01-05,5000\nWI2,2093-01-05,7000\nWI1,2020-01-06,6000\nWI2,2093-01-05,8000\n"
        number = getattr(self.give("alone.csv", data), "import")
        columns = [self.pb.ImportColumn(field=field) for field in ("customer", "date", "amount")]
        _, report = self.step(number, "IMPORT_BOOK", kind=self.pb.KIND_BALANCES, columns=columns)
        self.assertEqual((report.result.sent, report.result.rejected_rows, report.result.customers_made), (2, 2, 1), report)
        self.assertEqual(self.there("WI1", "WI2"), ["WI1"])

    def test_several_old_bills_of_one_customer(self):
        data = ("Mã KH,Tên khách hàng,Điện thoại,Số hóa đơn,Ngày hóa đơn,Ghi chú,Còn nợ\n"
                "SB1,Hoàng Gia,0903111222,HD1,2020-01-05,xi măng,5000\nSB1,Hoàng Gia,,HD2,2020-02-05,cát,6000\n"
                "SB2,Bình Triệu,,HD3,2020-02-06,,7000\nSB2,Bình Triệu,0903111333,HD4,2020-02-07,,8000\n").encode()
        for action in ("IMPORT_TRY", "IMPORT_BOOK"):
            _, _, report = self.whole("bills.csv", data, action=action)
            result = report.result
            self.assertEqual((result.sent, result.customers_made, result.rejected_rows, result.clear_minor),
                             (4, 2, 0, 26000), report)
        self.assertEqual(sorted(paper.number for paper in self.papers("bills.csv")), ["HD1", "HD2", "HD3", "HD4"])
        card = self.owner.query(customer_card=self.pb.CustomerCard(code="SB2"))
        self.assertEqual(card.record.phone.value, "0903111333")
        # without numbers of their own
        data = "Tên khách hàng,Còn nợ\nSC Một,5000\nSC Một,6000\nSC Hai,5000\n".encode()
        _, _, report = self.whole("names.csv", data)
        self.assertEqual((report.result.sent, report.result.rejected_rows, report.result.clear_minor), (3, 0, 16000), report)

    def test_a_total_row_is_compared_and_not_booked(self):
        body = "{0}1,One,1,5000\n{0}2,Two,2,7000\n"
        for at, (row, minor) in enumerate((
                ("Total,,,12000", 12000), (",Tổng cộng:,,12000", 12000), (",合计,,13000", 13000), (",جمع کل,,12000", 12000),
                ("Σύνολο,,,11000", 11000), (",Cộng,,12000", 12000))):
            with self.subTest(row):
                _, _, report = self.whole(f"total{at}.csv", (HEADS + body.format(f"T{at}") + row + "\n").encode())
                result = report.result
                self.assertEqual((result.totals, result.totals_minor, result.clear_minor, result.rejected_rows,
                                  result.customers_made), (1, minor, 12000, 0, 2), report)
        # its word stands in a column that is not used; parts of it are summed up, too
        data = ("STT,Code,Name,Balance\n1,TX1,One,5000\nTổng,,,5000\n2,TX2,Two,7000\nTổng,,,7000\n").encode()
        _, _, report = self.whole("stt.csv", data)
        self.assertEqual((report.result.totals, report.result.totals_minor, report.result.rejected_rows), (2, 12000, 0), report)

    def test_who_may_be_there_twice_is_named_before_booking(self):
        self.whole("old.csv", "Code,Name,Phone\nDB1,Nguyễn Văn An,0903555001\n".encode(), action="IMPORT_BOOK")
        data = (HEADS + "DX1,NGUYEN VAN AN,,1000\nDX2,Trần Bình,0903555002,2000\nDX3,Tran Binh 2,+84 903 555 002,3000\n"
                "DX4,Lê Chi,0903555003,4000\n").encode()
        number, _, report = self.whole("twice.csv", data)
        told = {double.line: double for double in report.result.doubles}
        self.assertEqual(sorted(told), [2, 4], report)
        self.assertEqual((told[2].other, told[2].other_code, told[2].by_phone, told[2].HasField("other_line")),
                         ("Nguyễn Văn An", "DB1", False, False))
        self.assertEqual((told[4].other_line, told[4].other_code, told[4].by_phone), (3, "DX2", True))
        edits = [edit for double in told.values() for edit in double.same]
        _, report = self.step(number, "IMPORT_TRY", edits=edits, **self.said)
        # they are one, who then stands there twice with what they owe: two debts, or one?
        self.assertEqual([(double.line, double.other_line, double.other_code) for double in report.result.doubles],
                         [(4, 3, "DX2")], report)
        self.assertEqual((report.result.rejected_rows, report.result.customers_made), (0, 2), report)
        _, report = self.step(number, "IMPORT_BOOK", edits=edits, **self.said)
        self.assertEqual((report.result.sent, report.result.rejected_rows, report.result.clear_minor), (4, 0, 10000), report)
        self.assertEqual(self.there("DX1", "DX2", "DX3", "DX4"), ["DX2", "DX4"])

    def test_letters_signs_and_headings_are_found(self):
        greek = ("ΟΙΚΟΔΟΜΙΚΑ ΥΛΙΚΑ Α.Ε.;Θεσσαλονίκη;\n\nΥπόλοιπα πελατών;30/11/2020;\n\n"
                 "Κωδικός πελάτη;Επωνυμία;Υπόλοιπο\nGR1;Παπαδόπουλος;12,50\nGR2;Γεωργίου;7,25\n").encode("cp1253")
        plain = "Code;Name;Balance\nWE1;Müller & Söhne;12,50\nWE2;Société Générale;7,25\n".encode("cp1252")
        viet = b"Code;Name;Balance\nVI1;S\xe3\xect th\xe9p Ph\xfa M\xf5;12,50\nVI2;Nguy\xea\xden V\xe3n B\xeanh \xd0\xf4\xec;7,25\n"
        for name, data, encoding, line, label in (("g.csv", greek, "windows-1253", 5, "Παπαδόπουλος"),
                                                  ("w.csv", plain, "windows-1252", 1, "Müller & Söhne"),
                                                  ("v.csv", viet, "windows-1258", 1, None)):
            with self.subTest(name):
                _, _, report = self.whole(name, data, action="IMPORT_LOOK")
                looked = report.looked
                self.assertEqual((looked.encoding, looked.delimiter, looked.header_line), (encoding, "semicolon", line), report)
                if label:
                    self.assertEqual(looked.rows[0].cells[1].text, label)
        # and can be said
        number, _, report = self.whole("g2.csv", greek, action="IMPORT_LOOK")
        say = [self.pb.ImportSetting(name="skip", value="0"), self.pb.ImportSetting(name="delimiter", value="comma")]
        _, report = self.step(number, "IMPORT_LOOK", settings=say)
        self.assertEqual((report.looked.header_line, report.looked.delimiter), (1, "comma"), report)

    def test_rows_without_a_day_get_one_and_open_days_stay_as_they_stand(self):
        data = b"Code,Name,Date,Balance\nDY1,One,1/9/20,5000\nDY2,Two,,6000\n"
        number, _, report = self.whole("days.csv", data, action="IMPORT_LOOK")
        self.assertEqual(report.question.asked, self.pb.ASKED_DATES)
        cell = report.looked.rows[0].cells[2]
        self.assertEqual((cell.text, cell.read, cell.HasField("date")), ("1/9/20", "?", False), report)
        _, _, report = self.whole("days.csv", data, dates="dmy")
        self.assertEqual((report.result.rejected_rows, report.result.reasons[0].field), (1, "date"), report)
        _, _, report = self.whole("days.csv", data, action="IMPORT_BOOK", dates="dmy", as_of="2020-10-31")
        self.assertEqual((report.result.sent, report.result.rejected_rows), (2, 0), report)
        self.assertEqual((report.result.first_date, report.result.last_date), (18506, 18566), report)
        # bills without a column for it
        data = b"Invoice no,Customer no,Amount\nDZ1,DZ,5000\n"
        number = getattr(self.give("undated.csv", data), "import")
        columns = [self.pb.ImportColumn(field=field) for field in ("number", "customer", "amount")]
        _, report = self.step(number, "IMPORT_TRY", kind=self.pb.KIND_INVOICES, columns=columns,
                              settings=[self.pb.ImportSetting(name="as-of", value="2020-10-31")])
        self.assertEqual((report.failure, report.result.sent), ("", 1), report)

    def test_rows_of_another_branch_are_not_booked_here(self):
        here = self.owner.query(branches=self.pb.BranchList()).branches[0]
        data = (f"Code,Name,Chi nhánh,Balance\nBR1,One,{here.code},5000\nBR2,Two,Thủ Đức,6000\nBR3,Three,{here.name},7000\n"
                "BR4,Four,Nowhere,8000\n").encode()
        _, _, report = self.whole("branches.csv", data, action="IMPORT_BOOK")
        self.assertEqual((report.result.sent, report.result.rejected_rows, report.result.need_minor), (2, 2, 14000), report)
        self.assertEqual([need.field for need in report.result.needs], ["branch", "branch"])
        self.assertEqual(self.there("BR1", "BR2", "BR3", "BR4"), ["BR1", "BR3"])

    def test_the_table_of_rejected_rows_runs_nothing(self):
        data = ('Code,Name,Phone,Balance\nRJ1,"=HYPERLINK(""http://x"")",+84 903 555 777,x\nRJ2,@SUM(A1),-2+3,y\n'
                'RJ3,A\u202eB\x1b[31m,-5,z\nRJ4,Four,1,-12345x\n').encode()
        number, _, report = self.whole("run.csv", data)
        rejected = self.pb.ImportRejects(offset=0)
        setattr(rejected, "import", number)
        told = self.owner.ask(import_rejects=rejected).import_rejected.data.decode()
        table = list(tables.reader(io.StringIO(told)))
        self.assertEqual([row[3:] for row in table[1:]],
                         [["'=HYPERLINK(\"http://x\")", "+84 903 555 777", "x"], ["'@SUM(A1)", "'-2+3", "y"],
                          ["AB [31m", "-5", "z"], ["Four", "1", "'-12345x"]], told)
        mended = told.replace('"x"', '"-50"').replace('"y"', '"60"').replace('"z"', '"70"').replace("'-12345x", "-12345")
        _, _, report = self.whole("run.csv.rejects.csv", mended.encode())
        self.assertEqual((report.result.rejected_rows, report.result.clear_minor), (0, -12345 + 80), report)

    def test_no_file_does_harm(self):
        blank = b'<row><c><v>1</v></c></row>' * 4096
        head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        laughs = '<!DOCTYPE a [<!ENTITY a "' + "x" * 1000 + '">' + "".join(
            f'<!ENTITY {chr(98 + at)} "{("&" + chr(97 + at) + ";") * 50}">' for at in range(8)) + ']>'
        bombs = {
            "bomb.xlsx": workbook(iter([head] + [blank] * 12000)),
            "laughs.xlsx": workbook(iter([laughs.encode() + head + b"<row><c t='str'><v>&i;</v></c></row>"])),
            "wide.csv": b",".join([b"Code"] * 1000000) + b"\n" + b",".join([b"1"] * 1000000) + b"\n",
            "line.csv": b"x" * (8 << 20),
            "quote.csv": b'Code,Name,Balance\n"' + b"a,b\n" * 500000,
            "noise.csv": random.Random(1).randbytes(1 << 20),
            "noise.xlsx": b"PK\x03\x04" + random.Random(2).randbytes(1 << 18),
            "zeros.csv": bytes(1 << 20),
        }
        for name, data in bombs.items():
            with self.subTest(name):
                _, state, report = self.whole(name, data)
                told = report.failure or (report.HasField("question") and "asked") or (
                    state.HasField("ended") and "ended") or (report.result.rejected_rows > 0 and "rejected")
                self.assertTrue(told, f"nothing was said of {name}: {report}")
                self.alive()
        lines = rows(20, "G")
        _, _, report = self.whole("good.csv", csv(lines))
        self.assertEqual(report.result.clear_minor, sum(line[3] for line in lines), "a good file after the bad ones")

    def test_nobody_imports_more_than_they_may(self):
        self.company.clerk("minh", branch=self.branch)
        clerk = client.Connection(self.company.terminal(self.branch, "counter"))
        clerk.login("minh", server.PASSWORD)
        mine, self.__class__.owner = self.owner, clerk
        try:
            number, _, report = self.whole("theirs.csv", csv(rows(3, "N")), action="IMPORT_BOOK")
            self.assertIn("may not import", report.failure)
        finally:
            self.__class__.owner = mine
            clerk.close()
        self.assertEqual(len(self.papers("theirs.csv")), 0)
        look = self.pb.ImportPiece(offset=0, data=b"x")
        setattr(look, "import", number)
        with self.assertRaises(client.Refused) as caught:
            self.owner.ask(import_piece=look)
        self.assertEqual(caught.exception.code, "NOT_FOUND")


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main()
