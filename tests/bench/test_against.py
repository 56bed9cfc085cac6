#!/usr/bin/python3
"""tools/bench --against: its arithmetic by tables and by chance, its runs by two trees that only pretend.

    test_against.py TOOLS
"""
import argparse
import contextlib
import io
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOLS = sys.argv.pop(1)
sys.path.insert(0, TOOLS)
import against

# A tree's tools/bench: its figures stand in a file beside it, and it notes each call.
PRETENDER = '''#!/usr/bin/python3
import json, os, sys
here = os.path.dirname(os.path.abspath(__file__))
figures = json.load(open(os.path.join(here, "figures.json")))
with open(os.environ["CALLS"], "a") as calls:
    calls.write(figures["name"] + (" bin" if "--bin" in sys.argv else " build") + "\\n")
if sys.argv[1] not in figures:
    sys.exit("tools/bench: there is no such figure; see tools/bench --list")
if figures[sys.argv[1]] is None:
    sys.exit("tefterd ended")
print(json.dumps({"name": sys.argv[1], "unit": "x/s", "p50_ms": 1, "p99_ms": 2, **figures[sys.argv[1]]}))
'''


class Arithmetic(unittest.TestCase):
    def test_the_interval_is_wilcoxons(self):
        # Critical values of the signed-rank test, two-sided 5 %, as in any table of it.
        table = {5: None, 6: 0, 7: 2, 8: 3, 9: 5, 10: 8, 12: 13, 15: 25, 20: 52, 25: 89}
        for count, critical in table.items():
            self.assertEqual(against.signed_rank_cut(count), critical, count)

    def test_it_holds_the_truth_as_often_as_it_says(self):
        chance, held, rounds = random.Random(4711), 0, 2000
        for _ in range(rounds):
            ratios = [1.1 * math.exp(chance.gauss(0, 0.2)) for _ in range(8)]
            _, low, high = against.estimate(ratios)
            held += low <= 1.1 <= high
        self.assertGreater(held / rounds, 0.945)
        self.assertLess(held / rounds, 0.985)

    def test_one_disturbed_pair_does_not_move_it(self):
        for disturbed in (0.2, 5):
            ratio, low, high = against.estimate([1.01, 0.99, 1.0, 1.02, 0.98, 1.01, 1.0, 1.01, 0.99, 1.02, 0.98, disturbed])
            self.assertAlmostEqual(ratio, 1, delta=0.01)
            self.assertTrue(0.97 < low < 1 < high < 1.03, (low, high))
        self.assertEqual(against.estimate([1, 1, 1])[1:], (None, None))

    def test_what_may_be_concluded(self):
        for low, high, said in ((None, None, "too few"), (0.8, 0.94, "WORSE by more"), (1.01, 1.2, "better"),
                                (0.96, 1.02, "same within"), (0.96, 0.99, "by less than"), (0.9, 1.1, "too wide"),
                                (0.9, 0.99, "is open")):
            self.assertIn(said, against.reading(low, high))

    def test_more_is_better(self):
        self.assertEqual(against.worth({"name": "charge.c64", "per_cpu_s": 5, "value": 7}), 5)
        self.assertEqual(against.worth({"name": "mem.rows.1m", "per_cpu_s": None, "value": 4}), 0.25)
        self.assertEqual(against.worth({"name": "push.w500.ratio", "per_cpu_s": None, "value": 4}), 4)


class Runs(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="tefter-against-")
        self.addCleanup(shutil.rmtree, self.root)
        self.calls = os.environ["CALLS"] = os.path.join(self.root, "calls")
        self.git("init", "--quiet")
        self.write("then", '"charge.c64": {"value": 9, "per_cpu_s": 1000}, "broken": {"value": 1, "per_cpu_s": 1}')
        self.git("add", "tools")
        self.git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "then")
        self.write("now", '"charge.c64": {"value": 9, "per_cpu_s": 2000}, "broken": null, '
                          '"new": {"value": 3, "per_cpu_s": 4}')

    def git(self, *words):
        subprocess.run(["git", *words], cwd=self.root, check=True, capture_output=True)

    def write(self, name, figures):
        os.makedirs(os.path.join(self.root, "tools"), exist_ok=True)
        for file, text in (("bench", PRETENDER), ("figures.json", f'{{"name": "{name}", {figures}}}')):
            with open(os.path.join(self.root, "tools", file), "w", encoding="utf-8") as out:
                out.write(text)

    def run_it(self, *figures, commit="HEAD", **more):
        options = argparse.Namespace(against=commit, fresh=False, pairs=6, ms=1, json=False, record=None)
        vars(options).update(more)
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            bad = against.run(self.root, figures, options, "here")
        return bad, out.getvalue()

    def test_pairs_alternate_and_the_ratio_is_now_over_then(self):
        file = os.path.join(self.root, "results.tsv")
        bad, text = self.run_it("charge.c64", record=file)
        self.assertEqual(bad, 0, text)
        self.assertRegex(text, r"charge.c64 +1,000 → 2,000 per CPU s +2.000 \[2.000, 2.000\] +1,000 → 500 +2 → 2 +better")
        with open(self.calls, encoding="ascii") as calls:
            order = calls.read().split("\n")[:-1]
        self.assertEqual(order[:2], ["now build", "then build"])
        self.assertEqual(order[2:], ["then bin", "now bin", "now bin", "then bin"] * 3)
        with open(file, encoding="utf-8") as lines:
            head, line = [line.rstrip("\n").split("\t") for line in lines]
        self.assertEqual(len(head), len(line))
        self.assertEqual(line[head.index("ratio")], "2")
        self.assertEqual(line[head.index("then_us")], "1000")

    def test_terminals_that_speak_another_wire_version_are_named(self):
        here, there = against.Tree("this tree", self.root), against.Tree("then", tempfile.mkdtemp(dir=self.root))
        os.mkdir(os.path.join(there.root, "tools"))
        self.assertEqual(against.wires(here, there), "")
        with open(os.path.join(self.root, "tools", "load_connection.c"), "w", encoding="ascii") as file:
            file.write("    hello.wire = 2; /* as terminals do */\n")
        said = against.wires(here, there)
        self.assertIn("this tree is measured by terminals of wire version 2, then by those of unknown", said)

    def test_what_cannot_be_run_is_said(self):
        bad, text = self.run_it("broken", "new", "charge.c64")
        self.assertEqual(bad, 1)
        self.assertIn("broken: this tree: tefterd ended", text)
        self.assertRegex(text, r"new +3 x/s: \w+ does not measure it")
        self.assertIn("better", text)
        self.assertEqual(self.run_it("charge.c64", commit="nowhere")[0], 1)


if __name__ == "__main__":
    unittest.main()
