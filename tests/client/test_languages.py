#!/usr/bin/python3
"""The command line in every language, through the real programs: no English word is left in what people read, outside
of names, codes and what they type; a table holds in 80 columns; what programs read is the same in all of them.

    test_languages.py BINARIES
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "restore"))
import shop

BINARIES = sys.argv.pop(1)
LANGUAGES = ("vi", "zh", "fa", "el")
COLUMNS = 80
LISTS = [line.split() for line in """
customer list
customer history K1
customer limits K1
customer changes K1
customer statement K1
customer notes K1
calls
documents
approval list
till list
till days drawer
money day
money list
unmatched
aging
trial-balance
search K1
board totals
board exposures
board branches
alarms
rights show
product list
price list
price show G
group list
branch list
staff list
terminal list
sales
policy set --limit 100 --what-if
""".strip().split("\n")]
CARDS = [line.split() for line in """
customer show K1
customer bills K1
document show HQ-00001
document show HQ-R-00001
approval show 1
till slip drawer
policy show
product show BREAD
cash policy
recovery
whoami
status
sell S1 BREAD=10 --what-if
customer merge S1 K1 --what-if
watch --for 1
""".strip().split("\n")]
WRONG = [line.split() for line in """
sell K1 BREAD=1
sell S1 BREAD=x
sell S1 NOPE=1
sell S1
foo
customer list --bogus
customer list --rows x
customer list one two
customer show NOBODY
document show NONE
customer lock S1 --until someday
pay S1 1.234
pay S1 1,2,3
""".strip().split("\n")]
# what people call things here; words of the programs that are the same everywhere
NAMES = set("""anh site bread drawer main pos hq owner office late gold tier pcs back call cash nope nobody none bogus foo
    someday today bag two one tefter tefterd utc seq kib mib gib rules version pin hải long ms""".split())

# why a row is rejected stands in the file beside it too, in English
WHY_REJECTED = {"name", "empty"}


def columns(text):
    wide = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
    return wide - sum(unicodedata.combining(each) > 0 or unicodedata.category(each) in ("Mn", "Cf") for each in text)


def words(said):
    """What is no name, number or command of them."""
    plain = re.sub(r"\b[0-9a-f]{64}\b|/\S+|tefterd \S+|tefter [a-z][^;\n]*|--[a-z-]+|'[^']*'|\b[A-Z][A-Z0-9-]+\b(?=[=\[ .,;:\])])", " ", said)
    return {word.lower() for word in re.findall(r"[A-Za-z]{3,}", plain)} - NAMES


class Languages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tefter-languages-")
        cls.shop = shop.Shop(BINARIES, cls.folder, f"127.0.0.1:{shop.free_port()}")
        code = cls.shop.server.init(currency="EUR")
        cls.shop.server.start(listen=cls.shop.address)
        cls.shop.tefter("office", "enrol", cls.shop.address, code)
        cls.shop.login("office", shop.server.OWNER)
        for line in """till add HQ drawer
account add Main DE-0001
device add HQ POS1 --account Main
product add BREAD Bread --price 2.50 --unit pcs
customer add Anh --code K1 --phone 1 --area x
customer add Site --code S1 --phone 9 --area x
customer limit K1 1000 --policy approve
customer limit S1 100
till open drawer 50
sell K1 BREAD=100
pay K1 100
pay K1 20 --transfer Main --reference R1 --unmatched
sell K1 BREAD=900 --ask
group add tier gold --limit 500
price add G Gold --group gold
price set G BREAD 2
customer note K1 late --call reached --again +1
customer lock K1 --reason late""".split("\n"):
            cls.shop.tefter("office", *line.split())

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()
        shutil.rmtree(cls.folder)

    def says(self, language, command, *more):
        said = subprocess.run([os.path.join(BINARIES, "tefter"), "--profile", self.shop.profile("office"), *command, *more],
                              env={**os.environ, "TEFTER_LANGUAGE": language, "COLUMNS": str(COLUMNS), "LC_ALL": "C.UTF-8"},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        self.assertNotIn(said.returncode, (3, 6), said.stderr)
        return said.stdout, said.stderr

    def nothing_is_english(self, command):
        english = words("".join(self.says("en", command)))
        for language in LANGUAGES:
            said = "".join(self.says(language, command))
            self.assertEqual(english & words(said), set(), f"{language}: tefter {' '.join(command)}\n{said}")
            if language != "vi":
                self.assertEqual(words(said), set(), f"{language}: tefter {' '.join(command)}\n{said}")

    def test_lists_are_wholly_in_one_language_and_hold_in_the_terminal(self):
        for command in LISTS:
            self.nothing_is_english(command)
            for language in LANGUAGES:
                for line in self.says(language, command)[0].split("\n"):
                    if "  " in line:  # a row; sentences break where the terminal breaks them
                        self.assertLessEqual(columns(line), COLUMNS, f"{language}: tefter {' '.join(command)}\n{line}")

    def test_cards_and_notes(self):
        for command in CARDS:
            self.nothing_is_english(command)

    def test_wrong_use(self):
        for command in WRONG:
            self.nothing_is_english(command)

    def test_the_summary_of_an_import(self):
        path = os.path.join(self.folder, "people.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("code,name,phone,area\nA1,Anh,1,x\nA2,,2,y\nA3,Site,3,z\n")
        for command in (["import", "customers", path, "--dry-run", "--yes"], ["import", "undo", "nowhere"]):
            english = words(self.says("en", command)[0])
            for language in LANGUAGES:
                said = self.says(language, command)[0]
                self.assertLessEqual(english & words(said), WHY_REJECTED, f"{language}: {said}")

    def test_what_programs_read_is_the_same_in_every_language(self):
        for command in (["customer", "list"], ["documents"], ["group", "list"]):
            english = self.says("en", command, "--json")[0]
            self.assertTrue(english.startswith("{"))
            for language in LANGUAGES:
                self.assertEqual(self.says(language, command, "--json")[0], english)

    def test_the_option_comes_before_the_surroundings(self):
        self.assertIn("χρωστά", self.says("vi", ["approval", "show", "1", "--language", "el"])[0])
        self.assertIn("không có tùy chọn", self.says("el", ["customer", "list", "--bogus", "--language=vi"])[1])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
