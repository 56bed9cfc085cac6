#!/usr/bin/env python3
"""Writes client/web/lib/messages.ts from the schema: types for people, a table for the codec.

    proto/typescript.py            writes it
    proto/typescript.py --check    says whether it is as it would be written; exit code 1: it is not

The table is one text, a line each: of a message its name, then its fields as NUMBER NAME KIND, KIND being one
letter (below), for a message or an enum with the number of its line, `*` behind it when it is repeated and `!`
when it is required. An enum's line holds its name alone: its values are numbers, as on the wire.
"""
import os
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "client", "web", "lib", "messages.ts")
FILES = ["common.proto", "record.proto", "reply.proto", "command.proto", "view.proto", "wire.proto"]
FIRST = ["FromTerminal", "ToTerminal", "Command", "Query", "Reply", "Answer", "Features", "Receipt",
         "ImportReport"]
# No screen sends or asks these yet, and each costs the first load of every phone.
NO_SCREEN = {"set_cycle", "set_workdays", "make_statement", "statement", "statements", "statement_days",
             "cycle", "stated_until"}
Field = descriptor_pb2.FieldDescriptorProto
LETTERS = {Field.TYPE_UINT32: "u", Field.TYPE_UINT64: "U", Field.TYPE_INT32: "i", Field.TYPE_INT64: "I",
           Field.TYPE_SINT32: "z", Field.TYPE_SINT64: "Z", Field.TYPE_FIXED32: "f", Field.TYPE_FIXED64: "F",
           Field.TYPE_BOOL: "b", Field.TYPE_STRING: "s", Field.TYPE_BYTES: "y", Field.TYPE_ENUM: "e",
           Field.TYPE_MESSAGE: "m"}
TYPES = {"u": "number", "U": "bigint", "i": "number", "I": "bigint", "z": "number", "Z": "bigint", "f": "number",
         "F": "bigint", "b": "boolean", "s": "string", "y": "Uint8Array"}


def schema():
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["protoc", "-I", HERE, "--descriptor_set_out", file.name, "--include_imports", *FILES],
                       check=True)
        found = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    messages, enums = [], []
    for proto in found.file:
        assert not any(message.nested_type or message.enum_type for message in proto.message_type)
        messages += proto.message_type
        enums += proto.enum_type
    return reached(messages, enums)


def reached(messages, enums):
    """What a terminal can meet; records that only the server stores are not in it."""
    for message in messages:
        kept = [field for field in message.field if field.name not in NO_SCREEN]
        del message.field[:]
        message.field.extend(kept)
    by_name = {message.name: message for message in messages}
    met, names = set(), list(FIRST)
    while names:
        name = names.pop()
        if name not in met:
            met.add(name)
            fields = by_name[name].field if name in by_name else []
            names += [field.type_name.rsplit(".", 1)[-1] for field in fields if field.type_name]
    return [m for m in messages if m.name in met], [e for e in enums if e.name in met]


def written():
    messages, enums = schema()
    place = {message.name: at for at, message in enumerate([*messages, *enums])}
    text = ["// Written by proto/typescript.py from the schema. Not to be edited.", ""]
    table = []
    for enum in enums:
        text.append(f"export const enum {enum.name} {{")
        text += [f"  {value.name} = {value.number}," for value in enum.value]
        text.append("}")
    for message in messages:
        row = [message.name]
        text.append(f"export interface {message.name} {{")
        for field in message.field:
            letter = LETTERS[field.type]
            other = field.type_name.rsplit(".", 1)[-1]
            kind, of_type = (letter + str(place[other]), other) if letter in "em" else (letter, TYPES[letter])
            if field.label == Field.LABEL_REPEATED:
                text.append(f"  {field.name}: {of_type}[];")
                kind += "*"
            elif field.label == Field.LABEL_REQUIRED:
                text.append(f"  {field.name}: {of_type};")
                kind += "!"
            else:
                text.append(f"  {field.name}?: {of_type};")
            row.append(f"{field.number} {field.name} {kind}")
        text.append("}")
        table.append(",".join(row))
    table += [enum.name for enum in enums]
    text += ["", "export interface Messages {"]
    text += [f"  {message.name}: {message.name};" for message in messages]
    text += ["}", "", "export const TABLE = `" + "\n".join(table) + "`;", ""]
    return "\n".join(text)


def main():
    new = written()
    if "--check" not in sys.argv[1:]:
        with open(OUT, "w", encoding="utf-8") as file:
            file.write(new)
        return 0
    with open(OUT, encoding="utf-8") as file:
        if file.read() == new:
            return 0
    print("client/web/lib/messages.ts is not what the schema says: run proto/typescript.py", file=sys.stderr)
    return 1


sys.exit(main())
