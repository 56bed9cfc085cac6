"""What tests of the terminal screen begin with: a chain of shops with the real programs, and `tefter` alone in tmux."""
import os
import shutil
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "restore"))
import screen
import shop

BINARIES = os.path.abspath(sys.argv.pop(1))


class Terminals(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-screen-")
        self.screens = []
        self.shop = shop.Shop(BINARIES, self.folder, f"127.0.0.1:{shop.free_port()}")
        self.shop.make()

    def tearDown(self):
        for each in self.screens:
            each.close()
        self.shop.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def does(self, *words):
        return self.shop.tefter("office", *words).stdout

    def opens(self, name="one", person="minh", language="vi", rows=24, columns=80, **environment):
        """`tefter` alone, at a terminal where that person has logged in."""
        self.shop.login(name, (person, shop.PASSWORD))
        words = [os.path.join(BINARIES, "tefter"), "--profile", self.shop.profile(name), "--language", language]
        found = screen.Screen(self.folder, f"{name}-{len(self.screens)}", words, rows, columns, environment)
        self.screens.append(found)
        found.wait(r"[34۳۴] \S+ [34۳۴] (──|--)")
        return found


def main():
    if shutil.which("tmux") is None:
        print("tests/tui: SKIPPED, nothing of the screen was tested: there is no tmux (tools/deps check)")
        sys.exit(0)
    unittest.main(verbosity=2)
