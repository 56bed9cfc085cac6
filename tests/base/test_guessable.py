#!/usr/bin/python3
"""The page says while it is typed what the server refuses: the lists of common PINs and passwords are the same in
shared/base/guessable.c and client/web/kit/guessable.ts."""
import os
import re
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def source(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def words(text, begin, end):
    return sorted(word for part in re.findall(r'"([^"]*)"', text.split(begin, 1)[1].split(end, 1)[0])
                  for word in part.split())


class Guessable(unittest.TestCase):
    def test_the_page_has_the_servers_lists(self):
        server, page = source("shared", "base", "guessable.c"), source("client", "web", "kit", "guessable.ts")
        for ours, theirs in (("common_pins[] = {", "COMMON_PINS = ["), ("common_passwords[] = {", "COMMON_PASSWORDS ="),
                             ("common_words[] = {", "COMMON_WORDS =")):
            listed = words(server, ours, "};")
            self.assertGreater(len(listed), 3)
            self.assertEqual(listed, words(page, theirs, ";"))

    def test_marks_behind_a_word_are_the_same(self):
        tail = re.search(r'tail\[\] = "([^"]*)"', source("shared", "base", "guessable.c")).group(1)
        there = re.search(r"\[0-9(.*?)\]\+\$", source("client", "web", "kit", "guessable.ts")).group(1)
        self.assertEqual(sorted(tail), sorted("0123456789" + there.replace("\\", "")))

    def test_signs_for_letters_are_the_same(self):
        server, page = source("shared", "base", "guessable.c"), source("client", "web", "kit", "guessable.ts")
        signs, letters = (re.search(name + r'\[\] = "([^"]*)"', server).group(1) for name in ("signs", "letters"))
        there = dict(re.findall(r'"?([^\s"{,]+?)"?: "(\w)"', page.split("LETTERS:", 1)[1].split("= {", 1)[1].split("}", 1)[0]))
        self.assertEqual(dict(zip(signs, letters)), there)


if __name__ == "__main__":
    unittest.main()
