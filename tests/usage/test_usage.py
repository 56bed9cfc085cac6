#!/usr/bin/python3
"""Manual pages, bash completions and the example of the settings say what --help says.

    test_usage.py BINARIES SOURCE

What --help shows is read from the programs; the pages and completions too, and then both are
compared, in both directions. groff, man and shellcheck judge when they are there; bash always.
"""
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BINARIES, SOURCE = sys.argv[1:3]
SMALL = (("tefter-web", 8), ("tefter-notify", 8), ("tefter-importer", 8), ("tefter-printer", 1), ("tefter-paper", 1))
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}


def said(*words, code=0):
    run = subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT, timeout=30, check=False)
    if run.returncode != code:
        raise AssertionError(f"{words}: exit {run.returncode}: {run.stdout}{run.stderr}")
    return run.stdout


@functools.cache
def program(name, *words):
    return said(os.path.join(BINARIES, name), *words)


def options_of(text):
    return set(re.findall(r"(?:^  |, )(--[a-z-]+)", re.sub(r"^   +(--)", r"  \1", text, flags=re.M), re.M))


def tefter_help():
    """{"customer add": its options}, from --help alone."""
    shown = {}
    listing = program("tefter", "--help").split("\nEverywhere")[0]
    for line in re.findall(r"^  (\S.*?)  +\S", listing, re.M):
        text = program("tefter", *line.split(), "--help")
        shown[line] = options_of(text)
    return shown


def tefterd_help():
    shown = {"": options_of(program("tefterd", "serve", "--help"))}
    for name in re.findall(r"^  tefterd ([a-z]\S*) ", program("tefterd", "--help"), re.M):
        shown["" if name == "serve" else name] = options_of(program("tefterd", name, "--help"))
    return shown


def completion_table(name):
    """{command: {option: value}} of the data in a completion; what all take is with each."""
    text = program(name, "--completion")
    table, everywhere = {}, {}
    for row in re.search(r"_table='\n(.*?)\n'", text, re.S).group(1).splitlines():
        command, option, value = row.split("|")
        if command == "*":
            everywhere[option] = value
        else:
            table.setdefault(command, {})[option] = value
    return {command: {**options, **everywhere} for command, options in table.items()}


def manual(name):
    """{command: (options, text)} of a page's commands; what all take is with each."""
    page = program(name, "--man").replace("\\-", "-")
    everywhere = set()
    found = re.search(r"^\.SH OPTIONS OF EVERY COMMAND$(.*?)^\.SH", page, re.M | re.S)
    if found:
        everywhere = set(re.findall(r"--[a-z-]+(?=\\fR)", found.group(1)))
    commands = {}
    for part in re.search(r"^\.SH COMMANDS$(.*?)^\.SH", page, re.M | re.S).group(1).split("\n.SS ")[1:]:
        title = re.match(rf'"{name} ?([a-z -]*?)(?: \\fR.*)?"', part).group(1)
        commands[title] = everywhere | set(re.findall(r"^\.TP\n\\fB(?:-[a-z], )?(--[a-z-]+)\\fR", part, re.M | re.I))
    return commands


class Words(unittest.TestCase):
    def compare(self, name, shown):
        self.assertGreater(len(shown), 8)
        table = {command: {option for option in options if option.startswith("--")}
                 for command, options in completion_table(name).items()}
        self.maxDiff = None
        self.assertEqual(table, shown)
        self.assertEqual(manual(name), shown)

    def test_tefter(self):
        shown = tefter_help()
        self.assertIn("--limit", shown["group add"])
        self.assertIn("--term-days", shown["import"])
        self.compare("tefter", shown)

    def test_tefterd(self):
        shown = tefterd_help()
        self.assertIn("--listen", shown[""])
        self.compare("tefterd", shown)

    def test_found_takes_what_serve_takes(self):
        shown = tefterd_help()
        # Of a ledger that is there already; the link to a founding; who serves the page.
        self.assertEqual(shown[""] - shown["found"], {"--distrust", "--accept-lost-words", "--date-frozen", "--found-link",
                                                      "--web-socket"})

    def test_programs_that_others_start(self):
        for name, section in SMALL:
            shown = options_of(program(name, "--help"))
            page = program(name, "--man").replace("\\-", "-")
            self.assertGreater(len(shown), 2, name)
            self.assertEqual(set(completion_table(name)[""]) & shown, shown, name)
            self.assertEqual({option for option in completion_table(name)[""] if option.startswith("--")}, shown, name)
            self.assertEqual(set(re.findall(r"^\.TP\n\\fB(--[a-z-]+)\\fR", page, re.M)), shown, name)
            self.assertRegex(page, rf'(?m)^\.TH {name.upper()} {section} ')
            self.assertRegex(program(name, "--version"), rf"^{name} \d+\.\d+\.\d+")

    def test_every_option_says_something(self):
        for name, shown in (("tefter", tefter_help()), ("tefterd", tefterd_help())):
            page = program(name, "--man")
            silent = re.findall(r"^\.TP\n(.*)\n(?:\.|$)", page, re.M)
            self.assertEqual(silent, [], name)
            for command in shown:
                text = program(name, *(command.split() or ["serve"]), "--help")
                self.assertEqual(re.findall(r"^  -.*--\S+(?: [A-Z+:]+)?\s*$", text, re.M), [], f"{name} {command}")

    def test_no_line_of_help_is_longer_than_a_terminal(self):
        for command in ("", *tefter_help()):
            for words in {tuple(command.split()), tuple(command.split()[:1])}:
                text = program("tefter", *words, "--help")
                self.assertEqual([line for line in text.splitlines() if len(line) > 80], [], words)

    def test_words_that_an_enum_may_be_are_listed(self):
        table = completion_table("tefter")
        for command, options in table.items():
            text = program("tefter", *command.split(), "--help")
            for option in re.findall(r"^  (--[a-z-]+) WORD", text, re.M):
                self.assertRegex(options[option], "^=[a-z]", f"{command} {option}")
        self.assertEqual(table["customer limit"]["--policy"], "=block warn approve")


class Pages(unittest.TestCase):
    def test_pages_render_without_a_warning(self):
        for name, section in (("tefter", 1), ("tefterd", 8), *SMALL):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, f"{name}.{section}")
                with open(path, "w", encoding="ascii") as file: # roff of any age reads ASCII
                    file.write(program(name, "--man"))
                if shutil.which("groff"):
                    run = subprocess.run(["groff", "-man", "-Tutf8", "-z", "-ww", path], capture_output=True,
                                         text=True, check=False)
                    self.assertEqual((run.returncode, run.stderr), (0, ""))
                if shutil.which("man"):
                    run = subprocess.run(["man", "--warnings=w", "-l", path], capture_output=True, text=True,
                                         env={**ENVIRONMENT, "MANWIDTH": "100"}, check=False)
                    self.assertEqual((run.returncode, run.stderr), (0, ""))
                    self.assertIn({"tefterd": "--ledger", "tefter": "customer add"}.get(name, "--help"), run.stdout)


# What is typed (the last word is being typed) | what must be offered | what must not
CASES = [
    (["tefter", ""], {"customer", "sell", "pay", "call"}, {"add", "--json"}),
    (["tefter", "cus"], {"customer"}, {"pay"}),
    (["tefter", "customer", ""], {"add", "list", "limit"}, {"customer", "sell"}),
    (["tefter", "customer", "li"], {"list", "limit", "limits"}, {"add"}),
    (["tefter", "customer", "add", "--te"], {"--term-days"}, {"--phone"}),
    (["tefter", "customer", "add", "--"], {"--phone", "--json", "--profile"}, {"--sort", "--rows"}),
    (["tefter", "customer", "list", "--"], {"--sort", "--rows", "--all"}, {"--phone"}),
    (["tefter", "customer", "list", "--sort", ""], {"code", "balance", "available"}, {"--all"}),
    (["tefter", "customer", "list", "--sort", "=", "b"], {"balance"}, {"code"}),
    (["tefter", "customer", "list", "--sort", "="], {"balance", "code"}, set()),
    (["tefter", "--json", "customer", "l"], {"list"}, {"add"}),
    (["tefter", "--wait", "3", "customer", "limit", "C-1", "5m", "--policy", ""], {"block", "warn", "approve"}, {"list"}),
    (["tefter", "staff", "add", "ann", "--role", "s"], {"sales"}, {"owner"}),
    (["tefter", "import", ""], {"customers", "payments"}, {"aFile"}),
    (["tefter", "import", "customers", "aF"], {"aFile"}, {"aFolder", "customers"} - {"aFolder"}),
    (["tefter", "import", "customers", "aFile", "--dates", ""], {"ymd", "dmy", "mdy"}, set()),
    (["tefter", "login", "ann", "--password-file", "aF"], {"aFile"}, set()),
    (["tefter", "login", ""], set(), {"add", "login"}),
    (["tefterd", ""], {"init", "backup", "status"}, {"serve-state", "verify-state"}),
    (["tefterd", "--l"], {"--ledger", "--listen"}, {"--company"}),
    (["tefterd", "--ledger", "aF"], {"aFolder"}, {"aFile"}),
    (["tefterd", "init", "--co"], {"--company", "--config"}, {"--every"}),
    (["tefterd", "backup", "--ledger", "aFolder", "--t"], {"--to"}, {"--company"}),
]
ASK = """
source "$1"
COMP_WORDS=("${@:2}")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
"_$2"
printf '%s\\n' "${COMPREPLY[@]}"
"""


class Completion(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        os.mkdir(os.path.join(self.folder.name, "aFolder"))
        with open(os.path.join(self.folder.name, "aFile"), "w", encoding="ascii"):
            pass
        for name in ("tefter", "tefterd"):
            with open(os.path.join(self.folder.name, name), "w", encoding="utf-8") as file:
                file.write(program(name, "--completion"))

    def tearDown(self):
        self.folder.cleanup()

    def test_bash_completes(self):
        for words, offered, kept in CASES:
            run = subprocess.run(["bash", "--norc", "-uc", ASK, "ask", words[0], *words], capture_output=True,
                                 text=True, cwd=self.folder.name, timeout=20, check=False)
            self.assertEqual((run.returncode, run.stderr), (0, ""), words)
            replies = set(run.stdout.split("\n")) - {""}
            self.assertLessEqual(offered, replies, words)
            self.assertEqual(kept & replies, set(), words)

    def test_shellcheck(self):
        for name in ("tefter", "tefterd"):
            path = os.path.join(self.folder.name, name)
            said("bash", "-n", path)
            if shutil.which("shellcheck"):
                said("shellcheck", "-s", "bash", path)


class Example(unittest.TestCase):
    def test_every_key_of_the_source_is_there(self):
        with open(os.path.join(SOURCE, "server", "settings", "settings.c"), encoding="utf-8") as file:
            rows = re.search(r"option_row rows\[\] = \{(.*?)\n\};", file.read(), re.S).group(1)
        keys = {key for key in re.findall(r'AT\(\w+\),\s*(?:NULL|"[^"]*"),\s*"(\w+)"', rows)}
        example = program("tefterd", "--example")
        self.assertGreater(len(keys), 8)
        self.assertEqual(set(re.findall(r"^#?(\w+) = ", example, re.M)), keys)

    def test_it_is_read_and_nothing_else_is(self):
        example = program("tefterd", "--example")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "tefterd.conf")
            for text, wanted in ((example, "is no ledger|cannot"),
                                 (re.sub(r"^#(\w+ = )", r"\1", example, flags=re.M), "is no ledger|cannot"),
                                 (example + "\nlisen = \"x\"\n", "no setting lisen. Did you mean listen"),
                                 (example + "\nmap = \"x\"\n", "map cannot be 'x'")):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text.replace("/var/lib/tefter", folder))
                run = subprocess.run([os.path.join(BINARIES, "tefterd"), "-c", path], capture_output=True,
                                     text=True, timeout=20, check=False)
                self.assertNotEqual(run.returncode, 0)
                self.assertRegex(run.stderr, wanted)
                self.assertEqual("settings" in run.stderr or path in run.stderr, "cannot be" in wanted or "setting" in wanted,
                                 run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
