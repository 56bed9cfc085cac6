#!/usr/bin/python3
"""tools/lint must be able to fail: each row plants one fault in a small clean tree and wants to
hear of it, at its place, and of nothing else."""
import os
import subprocess
import sys
import tempfile
import unittest

LINT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "lint")

HEADER = "#pragma once\n/* A public header. */\n"
CLEAN = {
    "CMakeLists.txt": "",
    "README.md": "",
    "proto/common.proto": "message Text { optional string value = 1; }\n",
    "shared/base/money.h": HEADER,
    "shared/base/hash.c": "#include <sodium.h>\n",
    "shared/net/tls.h": HEADER,
    "shared/net/tls.c": '#include "net/tls_inside.h"\n#include <openssl/ssl.h>\n',
    "shared/net/tls_inside.h": HEADER,
    "server/store/store.h": HEADER,
    "server/store/store.c": "#include <lmdb.h>\n",
    "server/tx/tx.h": HEADER + '#include "store/store.h"\n',
    "server/domain/domain.h": HEADER + '#include "domain/org/org.h"\n',
    "server/domain/org/org.h": HEADER + '#include "domain/entity/entity.h"\n',
    "server/domain/org/inside.h": HEADER,
    "server/domain/org/branch.c": '#include "domain/org/inside.h"\n/* time( and float are words here */\n'
                                  'static const char *s = "printf(";\n',
    "server/domain/credit/terms.c": '#include "domain/org/org.h"\n',
    "server/ledger/ledger.h": HEADER + '#include "command.pb-c.h"\n',
    "server/ledger/apply.c": '#include "domain/domain.h"\n',
    "client/lib/tefter.h": HEADER,
    "client/lib/client.c": '#include "net/tls.h"\n#include "wire.pb-c.h"\n',
    "tests/base/test_x.c": "int main(void)\n{\n    return 0;\n}\n",
}

# planted file, its text, what must be said
PLANTED = [
    ("server/domain/org/company.c", '#include "domain/credit/credit.h"\n', "org may not use credit"),
    ("server/domain/org/company.c", '#include "domain/domain.h"\n', "org may not use domain"),
    ("server/domain/org/branch.c", '#include "ledger/ledger.h"\n', "org may not use ledger"),
    ("server/domain/credit/terms.c", '#include "domain/org/inside.h"\n', "is inside org"),
    ("server/ledger/apply.c", '#include "domain/org/org.h"\n', "ledger may not use org"),
    ("server/ledger/apply.c", '#include "net/loop.h"\n', "ledger may not use net"),
    ("server/ledger/apply.c", "#include <lmdb.h>\n", "only store may include <lmdb.h>"),
    ("server/session/session.c", "#include <uv.h>\n", "only net may include <uv.h>"),
    ("server/session/session.c", "#include <openssl/ssl.h>\n", "only net may include <openssl/ssl.h>"),
    ("shared/net/tls.c", "#include <sodium.h>\n", "only base may include <sodium.h>"),
    ("shared/wire/scan.c", "#include <utf8proc.h>\n", "only base may include <utf8proc.h>"),
    ("client/lib/client.c", '#include "net/tls_inside.h"\n', "is inside net"),
    ("client/lib/client.c", '#include "ledger/ledger.h"\n', "client_lib may not use ledger"),
    ("client/cli/main.c", '#include "server/ledger/ledger.h"\n', "client includes server"),
    ("server/session/session.c", '#include "lib/tefter.h"\n', "session may not use client_lib"),
    ("server/main.c", '#include "../client/lib/tefter.h"\n', "server includes client"),
    ("shared/base/money.c", '#include "wire/frame.h"\n', "base may not use wire"),
    ("server/domain/org/branch.c", "long f(void)\n{\n    return time(0);\n}\n", "time is an argument"),
    ("server/tx/tx.c", "clock_gettime(0, 0);\n", "time is an argument"),
    ("server/ledger/apply.c", "int x = rand();\n", "a replay must come out the same"),
    ("server/domain/org/branch.c", "double rate;\n", "money is integers"),
    ("server/domain/org/branch.c", "float rate;\n", "money is integers"),
    ("server/ledger/apply.c", 'printf("x");\n', "it does not print"),
    ("server/tx/tx.c", "pthread_mutex_t m;\n", "no threads here"),
    ("server/domain/org/branch.c", 'char *x = getenv("X");\n', "no surroundings"),
    ("server/domain/org/branch.c", 'setlocale(0, "");\n', "no surroundings"),
    ("server/ledger/apply.c", 'int f = open("x", 0);\n', "no files or sockets"),
    ("client/lib/client.c", "strcpy(a, b);\n", "strcpy: has no bound"),
    ("shared/base/text.c", "strcat(a, b);\n", "strcat: has no bound"),
    ("tests/base/test_x.c", "sprintf(a, b);\n", "sprintf: has no bound"),
    ("server/session/session.c", "gets(a);\n", "gets: has no bound"),
    ("client/cli/main.c", 'printf("x");\n', "the terminal is not to obey it"),
    ("server/main.c", 'printf("%s", name);\n', "the terminal is not to obey it"),
    ("server/main.c", 'fprintf(stderr, "%s", name);\n', "the terminal is not to obey it"),
    ("server/main.c", "puts(name);\n", "the terminal is not to obey it"),
    ("server/main.c", "perror(name);\n", "the terminal is not to obey it"),
    ("server/main.c", "fputs(name, stdout);\n", "the terminal is not to obey it"),
    ("server/main.c", "fwrite(name, 1, 9, stderr);\n", "the terminal is not to obey it"),
    ("client/cli/main.c", "strtok(a, b);\n", "strtok: has no bound"),
    ("client/cli/main.c", "int n = atoi(a);\n", "atoi: has no bound"),
    ("server/store/store.c", "int f = MDB_NOMETASYNC;\n", "loses or tears data"),
    ("server/store/store.c", "int f = MDB_WRITEMAP;\n", "loses or tears data"),
    ("server/store/store.c", "int f = MDB_MAPASYNC;\n", "loses or tears data"),
    ("server/store/store.c", "int f = MDB_NOLOCK;\n", "loses or tears data"),
    ("server/store/store.c", "int f = MDB_DUPSORT;\n", "loses or tears data"),
    ("server/access/login.c", "void f(struct stream *stream);\n", "access knows nothing of what carries"),
    ("server/access/login.c", "void f(struct session *session);\n", "access knows nothing of what carries"),
    ("shared/base/date.h", "#ifndef DATE_H\n", "the first line is not #pragma once"),
    ("shared/base/date.h", "#pragma once\nint x;\n", "no comment"),
    ("docs/notes.md", "", "the top level is fixed"),
    ("README.md", "See `server/nowhere.c`.\n", "server/nowhere.c is not there"),
    ("proto/README.md", "[the code](../server/nowhere.c)\n", "server/nowhere.c is not there"),
    ("server/ARCHITECTURE.md", "", "leaves out base"),
    ("server/extra/x.c", "", "no module of tools/modules"),
    ("proto/loop.proto", "message A { optional B b = 1; }\nmessage B { repeated A a = 1; }\n",
     "a message holds itself: A > B > A"),
    ("proto/self.proto", "message A { oneof kind { A a = 1; } }\n", "a message holds itself: A > A"),
    ("proto/deep.proto", "message Row { optional R1 r = 1; }\n" + "".join(
        f"message R{n} {{ optional R{n + 1} r = 1; }}\n" for n in range(1, 8))
     + "message R8 { optional bool x = 1; }\n", "Row is 9 deep"),
]


def lint(files, *options):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        run = subprocess.run([LINT, "--root", root, *options], capture_output=True, text=True,
                             check=False)
        return run.returncode, run.stdout + run.stderr


class Lint(unittest.TestCase):
    def test_clean(self):
        code, said = lint(CLEAN, "--no-format")
        self.assertEqual(0, code, said)

    def test_planted(self):
        for path, text, wanted in PLANTED:
            with self.subTest(path=path, wanted=wanted):
                code, said = lint({**CLEAN, path: text}, "--no-format")
                self.assertEqual(1, code, said)
                lines = said.strip().splitlines()[:-1]
                self.assertTrue(any(wanted in line for line in lines), said)
                if "top level" not in wanted:
                    self.assertTrue(all(line.startswith(path + ":") for line in lines), said)

    def test_format(self):
        style = {".clang-format": "BasedOnStyle: LLVM\nIndentWidth: 4\n"}
        code, said = lint({**style, "shared/base/x.c": "int x;\n"})
        self.assertEqual(0, code, said)
        code, said = lint({**style, "shared/base/x.c": "int   x ;\n"})
        self.assertEqual(1, code, said)
        self.assertIn("shared/base/x.c:1: format:", said)


if __name__ == "__main__":
    sys.exit(unittest.main())
