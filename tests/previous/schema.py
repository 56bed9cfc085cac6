#!/usr/bin/python3
"""Does the schema still speak with the version before? By numbers: names may change, they are not on
the wire.

    schema.py [--against COMMIT]

Everything that travels or is journalled is compared, from its roots down: no field, member of a oneof
or enum value is gone, none has another type, label or oneof, and no message has a new required field.
Prints what is new, and what a terminal would not be understood with by the older server.
"""
import argparse
import os
import sys

import history

ROOTS = ["FromTerminal", "ToTerminal", "Command", "Reply", "Query", "Answer", "Row", "Features", "Entry"]
REQUIRED, REPEATED = 2, 3
ENUM, MESSAGE = 14, 11


class Comparison:
    """Pairs of types, old and new, that stand in the same place."""

    def __init__(self, old, new):
        self.old, self.new = old, new
        self.faults, self.added = [], []
        self.seen = set()

    def roots(self):
        for root in ROOTS:
            name = ".tefter." + root
            if name not in self.new:
                self.faults.append(f"{root}: this root has another name; say so in ROOTS")
            elif name in self.old:
                self.message(name, name, root)

    def pair(self, old, new):
        fresh = (old, new) not in self.seen
        self.seen.add((old, new))
        return fresh

    def enum(self, old, new, where):
        if not self.pair(old, new):
            return
        before = {value.number: value.name for value in self.old[old].value}
        now = {value.number: value.name for value in self.new[new].value}
        self.faults += [f"{where}: {before[number]} = {number} is gone" for number in before.keys() - now.keys()]
        self.added += [f"{where}: {now[number]} = {number}" for number in sorted(now.keys() - before.keys())]

    def message(self, old, new, where):
        if not self.pair(old, new):
            return
        before = {field.number: field for field in self.old[old].field}
        now = {field.number: field for field in self.new[new].field}
        for number in sorted(before.keys() | now.keys()):
            if number not in now:
                self.faults.append(f"{where}: {before[number].name} = {number} is gone")
            elif number not in before:
                self.fresh(now[number], where)
            else:
                self.field(before[number], now[number], f"{where}.{now[number].name}")

    def fresh(self, field, where):
        self.added.append(f"{where}.{field.name} = {field.number}")
        if field.label == REQUIRED:
            self.faults.append(f"{where}.{field.name}: a new field may not be required")

    def field(self, old, new, where):
        told = {"type": (old.type, new.type), "label": (old.label, new.label),
                "packing": (old.options.packed, new.options.packed),
                "oneof": (old.HasField("oneof_index"), new.HasField("oneof_index"))}
        changed = [what for what, (before, now) in told.items() if before != now]
        if changed:
            self.faults.append(f"{where}: another {', '.join(changed)}")
        elif new.type == MESSAGE:
            self.message(old.type_name, new.type_name, where)
        elif new.type == ENUM:
            self.enum(old.type_name, new.type_name, where)


def compare(old, new):
    comparison = Comparison(old, new)
    comparison.roots()
    return comparison


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--against", metavar="COMMIT")
    name = history.commit(parser.parse_args().against)
    old = history.schema(os.path.join(history.source(name, "proto"), "proto"))
    comparison = compare(old, history.schema(os.path.join(history.ROOT, "proto")))
    for line in comparison.added:
        print("new since", name[:12] + ":", line)
    for line in comparison.faults:
        print("schema:", line)
    if comparison.faults:
        sys.exit(1)
    print(f"schema: {len(comparison.seen)} types speak with {name[:12]}, {len(comparison.added)} additions")


if __name__ == "__main__":
    main()
