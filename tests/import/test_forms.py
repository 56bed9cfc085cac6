#!/usr/bin/python3
"""Workbooks and UTF-16 as programs write them and as nobody should: read by the real command line, without a server.

    test_forms.py BINDIR

Needs Python's standard library.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

BIN = sys.argv[1]
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADER = ["Invoice no", "Customer no", "Date", "Amount"]


def cell(place, value):
    if isinstance(value, tuple):  # (type or style, text)
        kind, text = value
        return f'<c r="{place}" {kind}>{text}</c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def sheet(rows, first=1, before=""):
    lines = "".join(f'<row r="{n}">' + "".join(cell(f"{chr(65 + k)}{n}", v) for k, v in enumerate(row) if v is not None)
                    + "</row>" for n, row in enumerate(rows, first))
    return f'<?xml version="1.0"?>{before}<worksheet {MAIN}><sheetData>{lines}</sheetData></worksheet>'


STYLES = (f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="[$-fa-IR,16]dd/mm/yyyy;@"/>'
          '<numFmt numFmtId="165" formatCode="0.00E+00"/><numFmt numFmtId="166" formatCode="#,##0.00&quot; d&quot;"/>'
          '<numFmt numFmtId="167" formatCode="#,##0,"/><numFmt numFmtId="168" formatCode="0.0%;[Red]-0.0%"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/>'
          '<xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="3"/><xf numFmtId="167"/><xf numFmtId="168"/></cellXfs>'
          '</styleSheet>')


class Forms(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-forms-")
        self.addCleanup(shutil.rmtree, self.folder)

    def book(self, sheets, name="a.xlsx", properties="", shared=None, hidden=()):
        path = os.path.join(self.folder, name)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            book.writestr("xl/workbook.xml", f'<workbook {MAIN} xmlns:r="{RELATION}">{properties}<sheets>' + "".join(
                f'<sheet name="{title}" sheetId="{n}" r:id="rId{n}"{" state=" + chr(34) + "hidden" + chr(34) if title in hidden else ""}/>'
                for n, title in enumerate(sheets, 1)) + "</sheets></workbook>")
            book.writestr("xl/_rels/workbook.xml.rels", "<Relationships>" + "".join(
                f'<Relationship Id="rId{n}" Target="/xl/worksheets/sheet{n}.xml"/>' for n in range(1, len(sheets) + 1))
                + "</Relationships>")
            book.writestr("xl/styles.xml", STYLES)
            if shared:
                book.writestr("xl/sharedStrings.xml", f"<sst {MAIN}>{shared}</sst>")
            for n, text in enumerate(sheets.values(), 1):
                book.writestr(f"xl/worksheets/sheet{n}.xml", text)
        return path

    def read(self, path, *words, good=(0,)):
        done = subprocess.run([os.path.join(BIN, "tefter"), "import", "invoices", path, "--dry-run", "--currency", "GBP",
                               *words], capture_output=True, text=True, timeout=120, check=False,
                              env=dict(os.environ, TEFTER_PROFILE=os.path.join(self.folder, "none")))
        self.assertIn(done.returncode, good, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_a_row_of_nothing_under_a_title(self):
        """As spreadsheets write a title and an empty row above a table, in each form of file."""
        rows = [["Offene Posten", "", "", ""], ["", "", "", ""], HEADER, [7, "A", "2021-01-31", 5], ["", "", "", ""],
                [8, "A", "2021-01-31", 6]]
        text = "\r\n".join(";".join(map(str, row)) for row in rows) + "\r\n"
        paths = [self.book({"Bills": sheet(rows)})]
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "windows-1252"):
            paths.append(os.path.join(self.folder, encoding + ".csv"))
            with open(paths[-1], "w", encoding=encoding, newline="") as file:
                file.write(text)
        for path in paths:
            said = self.read(path)
            self.assertIn("header:    line 3", said)
            self.assertIn("documents  2 would be sent, 0 already there, 0 rejected", said)

    def test_what_is_no_table_is_named(self):
        for name, text, why in (("e.xml", '<?xml version="1.0"?>\n<Invoice a="1">"x"</Invoice>\n', "is XML"),
                                ("e.csv", "  <Invoice><ID>1</ID></Invoice>", "is XML"),
                                ("e.xls", '<html><table border="1"></table></html>', "is a page of HTML")):
            for encoding in ("utf-8-sig", "utf-16"):
                path = os.path.join(self.folder, name)
                with open(path, "w", encoding=encoding) as file:
                    file.write(text)
                self.assertIn(why, self.read(path, good=(2,)))

    def test_numbers_and_days_as_spreadsheets_keep_them(self):
        rows = [HEADER, [7, "A", ('s="1"', "<v>44224</v>"), ('s="2"', "<v>1.2345E3</v>")],
                [8, "A", ('s="1"', "<v>44225.75</v>"), ('s="3"', "<v>0.30000000000000004</v>")],
                [9, "A", ('s="1"', "<v>44226</v>"), ('t="str"', "<f>SUM(A1)</f><v>2.50</v>")],
                [10, "A", ('t="d"', "<v>2021-01-31</v>"), 1000]]
        said = self.read(self.book({"Bills": sheet(rows)}))
        self.assertIn("documents  4 would be sent", said)
        self.assertIn("a.xlsx: 4 columns, some guessed", said)
        self.assertIn("total      2,237.30 GBP", said)
        self.assertIn("dates      2021-01-28 to 2021-01-31", said)

    def test_days_since_1904(self):
        rows = [HEADER, [7, "A", ('s="1"', "<v>42762</v>"), 5]]
        said = self.read(self.book({"Bills": sheet(rows)}, properties='<workbookPr date1904="1"/>'))
        self.assertIn("dates      2021-01-28 to 2021-01-28", said)

    def test_rows_that_stand_apart_keep_their_line(self):
        rows = [HEADER, [7, "A", "2021-01-28", 5], [], [None, None, None, None, "a remark"], [8, "A", "2021-01-28", "x"]]
        said = self.read(self.book({"Bills": sheet(rows, first=5)}), "--skip", "0", good=(1,))
        self.assertIn("line 9", said)

    def test_the_sheet_is_said_and_chosen(self):
        one = sheet([HEADER, [7, "A", "2021-01-28", 5]])
        two = sheet([HEADER, [7, "A", "2021-01-28", 6]])
        path = self.book({"Old": two, "Bills": one, "More": two}, hidden=("Old",))
        self.assertIn("sheet Bills of 3: --sheet says another", self.read(path))
        self.assertIn("total      6.00", self.read(path, "--sheet", "more"))
        self.assertIn('no sheet "None"; it has Old, Bills, More', self.read(path, "--sheet", "None", good=(2,)))

    def test_what_is_hidden_is_asked_about(self):
        rows = [HEADER, [7, "A", "2021-01-28", 5], [8, "A", "2021-01-28", 6], [9, "A", "2021-01-28", 7]]
        shown = sheet(rows)
        for hidden in (shown.replace('<row r="3">', '<row r="3" hidden="1">'), shown.replace('<row r="3">', '<row r="3" ht="0">')):
            path = self.book({"Bills": hidden})
            self.assertIn("1 rows (first: 3) are hidden in the workbook", self.read(path, good=(2,)))
            said = self.read(path, "--hidden", "skip")
            self.assertIn("total      12.00", said)
            self.assertIn("hidden, and left out: 1 rows (first: 3)", said)
            said = self.read(path, "--hidden", "read")
            self.assertIn("total      18.00", said)
            self.assertIn("hidden, and read too", said)
        columns = shown.replace("<sheetData>", '<cols><col min="4" max="9" width="9" hidden="1"/></cols><sheetData>')
        path = self.book({"Bills": columns})
        self.assertIn("1 columns (first: D) are hidden", self.read(path, good=(2,)))
        self.assertIn("total      18.00", self.read(path, "--hidden", "read"))
        self.assertIn("no column for price", self.read(path, "--hidden", "skip", good=(2,)))
        book = self.book({"Old": shown, "Bills": shown, "Older": shown}, hidden=("Old", "Older"))
        self.assertIn("hidden sheets, not read: Old, Older", self.read(book))
        self.assertIn("this sheet is hidden", self.read(book, "--sheet", "Old"))
        self.assertIn("shows no sheet: --sheet says which is meant of Old", self.read(
            self.book({"Old": shown}, hidden=("Old",)), good=(2,)))

    def test_formats_that_show_something_else(self):
        rows = [HEADER + ["Discount"], [7, "A", ('s="1"', "<v>44224</v>"), ('s="4"', "<v>1234.56</v>"), ('s="6"', "<v>0.1</v>")],
                [8, "A", ('s="1"', "<v>44224</v>"), ('s="5"', "<v>1000</v>"), ('s="6"', "<v>0.125</v>")]]
        said = self.read(self.book({"Bills": sheet(rows)}), "--map", "price=Amount")
        self.assertIn("2 numbers hold more than they show (first: D2): what they hold is read", said)
        self.assertIn("total      1,986.10 GBP", said)  # 1234.56 less 10 %, and 1000 less 12.5 %

    def test_formulas_and_faults_in_cells(self):
        rows = [HEADER, [7, "A", "2021-01-28", ('s="0"', "<f>2*3</f><v>6</v>")], [8, "A", "2021-01-28", ('s="0"', "<f>2*4</f>")],
                [9, "A", "2021-01-28", ('t="e"', "<f>1/0</f><v>#DIV/0!</v>")], [10, ('t="e"', "<v>#N/A</v>"), "2021-01-28", 5],
                [11, "A", "2021-01-28", 1], [11, "A", "2021-01-28", ('t="e"', "<v>#REF!</v>")],
                [12, "A", "2021-01-28", 2, ('t="e"', "<v>#NAME?</v>")]]
        said = self.read(self.book({"Bills": sheet(rows)}), good=(1,))
        self.assertIn("1 formulas (first: D2): their saved values are read", said)
        self.assertIn("amount: cell D3 is a formula without a saved value: open the workbook and save it", said)
        self.assertIn("amount: cell D4 #DIV/0!", said)
        self.assertIn("customer: cell B5 #N/A", said)
        self.assertIn("total      8.00", said)  # 7 and 12; 11 is not whole, and no field is in column E

    def test_rich_text_and_reading_aids(self):
        shared = ("<si><r><t>Fen</t></r><r><t>wick</t></r></si><si><t>客户</t><rPh sb=\"0\" eb=\"1\"><t>かな</t></rPh></si>")
        rows = [HEADER, [7, ('t="s"', "<v>0</v>"), "2021-01-28", 5], [8, ('t="s"', "<v>1</v>"), "2021-01-28", 5]]
        said = self.read(self.book({"Bills": sheet(rows)}, shared=shared))
        self.assertIn("customer   Customer no          Fenwick", said)
        self.assertIn("customers 2", said)

    def test_what_is_no_real_workbook(self):
        good = sheet([HEADER, [7, "A", "2021-01-28", 5]])
        path = self.book({"Bills": good})
        with open(path, "rb") as file:
            whole = file.read()
        for size in range(0, len(whole), 37):  # cut anywhere: refused in words, whatever is left of it
            with open(os.path.join(self.folder, "cut.xlsx"), "wb") as file:
                file.write(whole[:size])
            said = self.read(os.path.join(self.folder, "cut.xlsx"), good=(2,))
            self.assertIn("tefter import:", said)
        entity = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        said = self.read(self.book({"Bills": sheet([HEADER, ["&b;", "A", "2021-01-28", 5]], before=entity)}), good=(2,))
        self.assertIn("DOCTYPE", said)
        said = self.read(self.book({"Bills": good + " " * 300000000}), good=(2,))
        self.assertIn("unpacks to more than any real one", said)
        wide = "".join(f'<c r="ZZZ{n}"><v>1</v></c>' for n in range(1, 3))
        said = self.read(self.book({"Bills": good.replace("</row>", wide + "</row>", 1)}), good=(2,))
        self.assertIn("more columns than can be held", said)

    def test_utf16_in_each_order_and_cut(self):
        text = "Invoice no\tCustomer no\tDate\tAmount\n7\tΑ\t2021-01-28\t5.00\n"
        for name in ("utf-16", "utf-16-le", "utf-16-be"):
            path = os.path.join(self.folder, name + ".txt")
            with open(path, "wb") as file:
                file.write((b"\xfe\xff" if name == "utf-16-be" else b"") + text.encode(name))
            self.assertIn("total      5.00", self.read(path), name)
        with open(path, "ab") as file:
            file.write(b"\xd8")
        self.assertIn("no whole UTF-16", self.read(path, good=(2,)))

    def test_a_quote_that_swallows_the_file(self):
        path = os.path.join(self.folder, "q.csv")
        for text, why in (('number,customer,date,amount,"note\n1,A,2021-01-28,5.00,"\n', "no rows under its header (line 1)"),
                          ('number,customer,date,amount,"note\n1,A,2021-01-28,5.00,\n', "a quote is opened and never closed"),
                          ("number,customer,date,amount\n", "no rows under its header (line 1)"),
                          ("number,customer,date,amount", "no rows under its header (line 1)")):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.assertIn(why, self.read(path, good=(2,)))
        for text in ('number,customer,date,amount\n"', 'number,customer,date,amount\n"1,A,2021-01-28,5.00',
                     'number,customer,date,amount\n1,A,2021-01-28,"5.00\n2,A,2021-01-28,5.00\n'):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.assertIn("line 2: a quote is opened and never closed", self.read(path, good=(1,)))

    def test_a_workbook_from_a_pipe(self):
        path = self.book({"Bills": sheet([HEADER, [7, "A", "2021-01-28", 5]])})
        with open(path, "rb") as file:
            done = subprocess.run([os.path.join(BIN, "tefter"), "import", "invoices", "-", "--dry-run", "--currency", "GBP"],
                                  stdin=file, capture_output=True, text=True, timeout=120, check=False, cwd=self.folder,
                                  env=dict(os.environ, TEFTER_PROFILE=os.path.join(self.folder, "none")))
        self.assertIn("total      5.00", done.stdout, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
