"""tools/bench --against COMMIT: is this tree slower than that commit?

The other commit is unpacked into build/against/ID and built there. Each side is run by its own
tools/bench with its own load generator, so that layouts, ledgers and protocols may differ; all that is
asked of the other commit is `tools/bench FIGURE --json --ms N --bin DIR`. A figure is measured in pairs,
one of each side, in the order ABBA: whatever else moves the machine's pace moves both.

The ratio is this tree over the other commit; above 1 this tree is better. It is the Hodges-Lehmann estimate
of the logarithms of the pairs' ratios, and its interval the one of Wilcoxon's signed ranks: exact for few
pairs, and from twelve pairs on one in which something else had the machine moves neither. Speed is never asserted:
the exit code is 0 unless something could not be run.
"""
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

DEFAULT = ["charge.c64", "pay.c64", "read.card.c64", "read.list1000", "push.w500"]
PARTS = {  # what of a figure is compared, where it is not the line of its own name
    "charge.c1": ["charge.c1", "charge.c1.ratio"],
    "push.w500": ["push.w500", "push.w500.ratio"],
    "mem.rows": ["mem.rows.10k", "mem.rows.1m"],
}
MORE_IS_BETTER = {"push.w500.ratio"}  # of figures without processor time; of the others less is better
ALLOWED = 0.95
CONFIDENCE = 0.95
TIME_S = 1800  # of one run; the first makes ledgers


class Trouble(Exception):
    pass


# ---- two trees ----

class Tree:
    def __init__(self, name, root):
        self.name, self.root, self.bin = name, root, os.path.join(root, "build", "release", "bin")

    def run(self, figure, ms, *options):
        """{name: one of its lines}; None: it does not know this figure."""
        said = subprocess.run([sys.executable, os.path.join(self.root, "tools", "bench"), figure, "--json", "--ms",
                               str(ms), *options], capture_output=True, text=True, timeout=TIME_S, check=False)
        if said.returncode != 0:
            if "no such figure" in said.stderr:
                return None
            raise Trouble(f"{self.name}: {said.stderr.strip()[-2000:]}")
        lines = [json.loads(line) for line in said.stdout.splitlines()]
        return {line["name"]: line for line in lines}

    def wire(self):
        """The wire version that its load generator speaks; None: it does not say."""
        tools = os.path.join(self.root, "tools")
        for name in sorted(name for name in os.listdir(tools) if re.fullmatch(r"load\w*\.c", name)):
            with open(os.path.join(tools, name), encoding="utf-8") as file:
                found = re.search(r"hello\.wire = (\d+)", file.read())
            if found:
                return int(found.group(1))
        return None

    def measure(self, figure, ms):
        return self.run(figure, ms, "--bin", self.bin)


def git(root, *words):
    said = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    if said.returncode != 0:
        raise Trouble(said.stderr.decode().strip())
    return said.stdout


def unpack(root, commit, fresh):
    """The tree of a commit; what was built in it stays for the next time."""
    number = git(root, "rev-parse", "--verify", "--short=12", commit + "^{commit}").decode().strip()
    path = os.path.join(root, "build", "against", number)
    if fresh:
        shutil.rmtree(path, ignore_errors=True)
    if not os.path.exists(path):
        unpacking = path + ".unpacking"
        shutil.rmtree(unpacking, ignore_errors=True)
        os.makedirs(unpacking)
        subprocess.run(["tar", "-x", "-C", unpacking], input=git(root, "archive", number), check=True)
        os.rename(unpacking, path)
    return Tree(number[:7], path)


def wires(here, there):
    """What has to be said when the terminals of the two speak otherwise; else ""."""
    ours, theirs = here.wire(), there.wire()
    if ours == theirs:
        return ""
    return (f"note: {here.name} is measured by terminals of wire version {ours or 'unknown'}, {there.name} by those "
            f"of {theirs or 'unknown'}: the ratios are of what server and terminals do together")


# ---- ratios ----

def signed_rank_cut(count):
    """How many of the sorted Walsh averages lie outside the interval on each side; None: too few pairs for it.
    `ways[w]`: in how many of the 2^count choices of signs the positive ranks sum to w."""
    ways = [1]
    for rank in range(1, count + 1):
        longer = ways + [0] * rank
        for total, number in enumerate(ways):
            longer[total + rank] += number
        ways = longer
    tail, cut = 0, 0
    while 2 * (tail + ways[cut]) <= (1 - CONFIDENCE) * 2 ** count:
        tail += ways[cut]
        cut += 1
    return cut - 1 if cut > 0 else None


def estimate(ratios):
    """(ratio, low, high); low and high are None when there are too few pairs to say."""
    logs = [math.log(ratio) for ratio in ratios]
    walsh = sorted((a + b) / 2 for i, a in enumerate(logs) for b in logs[i:])
    cut = signed_rank_cut(len(logs))
    middle = math.exp(statistics.median(walsh))
    if cut is None:
        return middle, None, None
    return middle, math.exp(walsh[cut]), math.exp(walsh[-1 - cut])


def reading(low, high):
    """What may be concluded."""
    if low is None:
        return "too few pairs to tell"
    if high < ALLOWED:
        return "WORSE by more than 5 %"
    if low > 1:
        return "better"
    if low >= ALLOWED:
        return "worse, by less than 5 %" if high < 1 else "the same within 5 %"
    return "too wide to tell: more --pairs" if high >= 1 else "worse; whether by more than 5 % is open: more --pairs"


def worth(line):
    """What is compared: more is better."""
    if line["per_cpu_s"] is not None:
        return line["per_cpu_s"]
    return line["value"] if line["name"] in MORE_IS_BETTER else 1 / line["value"]


# ---- measuring ----

def pairs_of(here, there, figure, options):
    """[(line set of this tree, line set of the other)]"""
    pairs = []
    for turn in range(options.pairs):
        sides = [there, here] if turn % 2 == 0 else [here, there]
        lines = {side: side.measure(figure, options.ms) for side in sides}
        pairs.append((lines[here], lines[there]))
        print(f"{figure}: pair {turn + 1} of {options.pairs}", end="\r", file=sys.stderr, flush=True)
    return pairs


def middle(lines, key):
    values = [line[key] for line in lines if line[key] is not None]
    return statistics.median(values) if values else None


def compare(part, pairs):
    ours = [pair[0][part] for pair in pairs if part in pair[0] and part in pair[1]]
    theirs = [pair[1][part] for pair in pairs if part in pair[0] and part in pair[1]]
    if not ours:
        raise Trouble(f"{part}: not both sides measure it")
    usable = [(a, b) for a, b in zip(ours, theirs) if a["value"] > 0 and b["value"] > 0]
    if len(usable) < len(ours):
        raise Trouble(f"{part}: a run measured nothing")
    ratio, low, high = estimate([worth(a) / worth(b) for a, b in usable])
    timed = middle(ours, "per_cpu_s") is not None
    key = "per_cpu_s" if timed else "value"
    result = {"figure": part, "pairs": len(usable), "ratio": ratio, "low": low, "high": high,
              "then": middle(theirs, key), "now": middle(ours, key),
              "unit": "per CPU s" if timed else ours[0]["unit"],
              "then_us": None, "now_us": None, "then_p99": middle(theirs, "p99_ms"), "now_p99": middle(ours, "p99_ms"),
              "reading": reading(low, high)}
    if timed:
        result["then_us"], result["now_us"] = 1e6 / result["then"], 1e6 / result["now"]
    return result


# ---- telling ----

def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def both(then, now):
    return "-" if then is None or now is None else f"{number(then)} → {number(now)}"


HEAD = (f"{'figure':<16} {'then → now':>20} {'unit':<12} {'ratio':>6} {'95 % interval':<15} {'CPU us each':>16}"
        f" {'p99 ms':>16}  reading")


def tell(one, options):
    if options.json:
        print(json.dumps(one), flush=True)
        return
    interval = "-" if one["low"] is None else f"[{one['low']:.3f}, {one['high']:.3f}]"
    print(f"{one['figure']:<16} {both(one['then'], one['now']):>20} {one['unit'][:12]:<12} {one['ratio']:>6.3f}"
          f" {interval:<15} {both(one['then_us'], one['now_us']):>16} {both(one['then_p99'], one['now_p99']):>16}"
          f"  {one['reading']}", flush=True)


FIELDS = ["figure", "pairs", "ratio", "low", "high", "then_us", "now_us", "then_p99", "now_p99", "load", "reading"]


def record(path, commit, against, results):
    new = not os.path.exists(path)
    with open(path, "a", encoding="utf-8") as file:
        if new:
            file.write("\t".join(["date", "commit", "against", *FIELDS]) + "\n")
        for one in results:
            words = [f"{one[field]:.4g}" if isinstance(one[field], float) else str(one[field] or "-")
                     for field in FIELDS]
            file.write("\t".join([time.strftime("%Y-%m-%d"), commit, against, *words]) + "\n")


def run(root, names, options, header):
    """The number of figures that could not be measured."""
    try:
        here, there = Tree("this tree", root), unpack(root, options.against, options.fresh)
    except (Trouble, OSError, subprocess.CalledProcessError) as trouble:
        print(f"tools/bench: {trouble}", file=sys.stderr)
        return 1
    print(f"{header}; against {there.name}; {options.pairs} pairs of {options.ms} ms",
          file=sys.stderr if options.json else sys.stdout, flush=True)
    if wires(here, there):
        print(wires(here, there), file=sys.stderr if options.json else sys.stdout, flush=True)
    if not options.json:
        print(HEAD, flush=True)
    bad, results = 0, []
    for figure in names:
        try:
            # Builds, makes ledgers, warms up; not counted.
            here.run(figure, 100)
            if there.run(figure, 100) is None:
                for part, line in here.measure(figure, options.ms).items():
                    print(f"{part:<16} {number(line['value']):>20} {line['unit']}: {there.name} does not measure it")
                continue
            pairs = pairs_of(here, there, figure, options)
            for part in PARTS.get(figure, [figure]):
                one = compare(part, pairs)
                one["load"] = round(os.getloadavg()[0], 1)
                results.append(one)
                tell(one, options)
        except (Trouble, subprocess.TimeoutExpired, OSError, ValueError) as trouble:
            print(f"{figure}: {trouble}", file=sys.stderr, flush=True)
            bad += 1
    if options.record and results:
        record(options.record, git(root, "describe", "--always", "--dirty").decode().strip(), there.name, results)
    return bad
