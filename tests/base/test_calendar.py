#!/usr/bin/python3
"""Cycles and working calendars on every day there is, 1970-01-02 to 2149-06-06, against a model that shares nothing
with them: Python's own calendar, and for Persian years the sky. A Persian year begins on the day whose noon in Tehran
is the first after the equinox of March, which is reckoned here from the sun.

    test_calendar.py DRIVER [--seed N] [--cases N]
"""
import array
import calendar
import datetime
import math
import random
import subprocess
import sys
import unittest

DRIVER = sys.argv.pop(1)
NUMBERS = {"--seed": 7, "--cases": 12}
while len(sys.argv) > 2 and sys.argv[1] in NUMBERS:
    name, number = sys.argv.pop(1), sys.argv.pop(1)
    NUMBERS[name] = int(number)

LAST = 65535
EPOCH = datetime.date(1970, 1, 1)
WEEK, MONTH, JALALI_MONTH, EVERY = 1, 2, 3, 4

# ---- the Persian year, from the sun -----------------------------------------------------------------------------

# Periodic terms of the equinox: amplitude (in 0.00001 day), phase and speed (in degrees), as in J. Meeus,
# Astronomical Algorithms, chapter 27.
TERMS = (
    (485, 324.96, 1934.136), (203, 337.23, 32964.467), (199, 342.08, 20.186), (182, 27.85, 445267.112),
    (156, 73.14, 45036.886), (136, 171.52, 22518.443), (77, 222.54, 65928.934), (74, 296.72, 3034.906),
    (70, 243.58, 9037.513), (58, 119.81, 33718.147), (52, 297.17, 150.678), (50, 21.02, 2281.226),
    (45, 247.54, 29929.562), (44, 325.15, 31555.956), (29, 60.93, 4443.417), (18, 155.12, 67555.328),
    (17, 288.79, 4562.452), (16, 198.04, 62894.029), (14, 199.76, 31436.921), (12, 95.39, 14577.848),
    (12, 287.11, 31931.756), (12, 320.81, 34777.259), (9, 227.73, 1222.114), (8, 15.45, 16859.074))
JULIAN_DAY_OF_EPOCH = 2440587.5
CLOCK_BEHIND = 70 / 86400  # of the earth behind even time: a minute or some more in all of these years
TEHRAN = 3.5 / 24


def equinox(year):
    """Of March, in days since the epoch by the clock of Tehran."""
    y = (year - 2000) / 1000
    mean = 2451623.80984 + 365242.37404 * y + 0.05169 * y ** 2 - 0.00411 * y ** 3 - 0.00057 * y ** 4
    t = (mean - 2451545) / 36525
    w = math.radians(35999.373 * t - 2.47)
    stretch = 1 + 0.0334 * math.cos(w) + 0.0007 * math.cos(2 * w)
    swing = sum(a * math.cos(math.radians(b + c * t)) for a, b, c in TERMS)
    return mean + 0.00001 * swing / stretch - CLOCK_BEHIND - JULIAN_DAY_OF_EPOCH + TEHRAN


def new_year(year):
    return math.ceil(equinox(year) - 0.5)


# ---- the model --------------------------------------------------------------------------------------------------

def gregorian():
    """(day of its month, days of that month) of each day, from 1 on."""
    for day in range(1, LAST + 1):
        date = EPOCH + datetime.timedelta(day)
        yield date.day, calendar.monthrange(date.year, date.month)[1]


def jalali():
    days = {}
    for year in range(1969, 2150):
        begin, end = new_year(year), new_year(year + 1)
        for length in [31] * 6 + [30] * 5 + [end - begin - 336]:
            assert length in (29, 30, 31), year
            days.update((begin + at, (at + 1, length)) for at in range(length))
            begin += length
    return [days[day] for day in range(1, LAST + 1)]


PLACES = {MONTH: list(gregorian()), JALALI_MONTH: jalali()}


def bits(numbers):
    return sum(1 << number for number in set(numbers))


class Cycle:
    def __init__(self, kind, weekdays=(), days=(), every=0, begin=0):
        self.kind, self.weekdays, self.days, self.every, self.begin = kind, set(weekdays), set(days), every, begin

    def line(self):
        return f"cycle {self.kind} {bits(self.weekdays)} {bits(day - 1 for day in self.days)} {self.every} {self.begin}"

    def settles(self):
        """Its days, ascending."""
        if self.kind == EVERY:
            return list(range(self.begin, LAST + 1, self.every))
        if self.kind == WEEK:
            first = (EPOCH + datetime.timedelta(1)).weekday()
            return [day for day in range(1, LAST + 1) if (first + day - 1) % 7 in self.weekdays]
        most = max(self.days)
        return [day for day, (at, length) in enumerate(PLACES[self.kind], 1)
                if at in self.days or (at == length and most > length)]

    def answers(self):
        settles = self.settles()
        following, last, before = array.array("I"), array.array("I"), 0
        for day in settles:
            following.extend([day] * (day - before))
            before = day
        following.extend([0] * (LAST + 2 - before))
        for day, end in zip([0] + settles, settles + [LAST + 2]):
            last.extend([day] * (end - (day if last else 0)))
        return following, last


class Passed(Cycle):
    """A wrong one: a day that a month has not is passed over."""

    def settles(self):
        return [day for day, (at, _) in enumerate(PLACES[self.kind], 1) if at in self.days]


class Workdays:
    def __init__(self, weekend, holidays):
        self.weekend, self.holidays = set(weekend), sorted(holidays)

    def line(self):
        return " ".join(["workdays", str(bits(self.weekend)), *map(str, self.holidays)])

    def answers(self):
        closed, first = set(self.holidays), EPOCH.weekday()
        following, before, found = array.array("I", range(LAST + 2)), array.array("I", range(LAST + 2)), None
        for day in range(1, LAST + 1):
            if (first + day) % 7 not in self.weekend and day not in closed:
                found = day
            before[day] = day if found is None else found
        found = None
        for day in range(LAST, 0, -1):
            if before[day] == day and (first + day) % 7 not in self.weekend and day not in closed:
                found = day
            following[day] = day if found is None else found
        return following, before


# ---- the test ---------------------------------------------------------------------------------------------------

class Calendar(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print("seed", NUMBERS["--seed"], flush=True)
        cls.chance = random.Random(NUMBERS["--seed"])
        cls.driver = subprocess.Popen([DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    @classmethod
    def tearDownClass(cls):
        cls.driver.stdin.close()
        cls.driver.stdout.close()
        assert cls.driver.wait(timeout=10) == 0

    def told(self, line):
        self.driver.stdin.write(line.encode() + b"\n")
        self.driver.stdin.flush()
        answers = array.array("I", self.driver.stdout.read(8 * (LAST + 2)))
        return answers[:LAST + 2], answers[LAST + 2:]

    def agree(self, case):
        for what, told, expected in zip(("forward", "back"), self.told(case.line()), case.answers()):
            self.assertEqual(len(told), len(expected))
            if told != expected:
                day = next(day for day in range(LAST + 2) if told[day] != expected[day])
                self.fail(f"{case.line()}: {what} from {EPOCH + datetime.timedelta(day)} ({day}) is {told[day]}, "
                          f"not {expected[day]}")

    def some(self, numbers, least=1):
        return self.chance.sample(numbers, self.chance.randint(least, len(numbers)))

    def test_no_equinox_is_so_near_to_noon_that_the_sky_leaves_it_open(self):
        for year in range(1969, 2151):
            self.assertGreater(abs(equinox(year) % 1 - 0.5) * 1440, 3, year)

    def test_weeks(self):
        for weekday in range(7):
            self.agree(Cycle(WEEK, weekdays=[weekday]))
        for _ in range(NUMBERS["--cases"]):
            self.agree(Cycle(WEEK, weekdays=self.some(range(7))))

    def test_months(self):
        for kind in (MONTH, JALALI_MONTH):
            for day in range(1, 32):
                self.agree(Cycle(kind, days=[day]))
            for _ in range(NUMBERS["--cases"]):
                self.agree(Cycle(kind, days=self.some(range(1, 32))[:self.chance.randint(1, 6)]))

    def test_every_so_many_days(self):
        for every, begin in ((1, 1), (1, LAST), (366, 1), (366, LAST), (14, 20787)):
            self.agree(Cycle(EVERY, every=every, begin=begin))
        for _ in range(NUMBERS["--cases"]):
            self.agree(Cycle(EVERY, every=self.chance.randint(1, 366), begin=self.chance.randint(1, LAST)))

    def test_working_days(self):
        days = range(1, LAST + 1)
        for weekend in ([], [5, 6], [4], [3, 4], range(7)):
            self.agree(Workdays(weekend, self.chance.sample(days, 1500)))
        for _ in range(NUMBERS["--cases"]):
            begin = self.chance.choice((1, LAST - 400, self.chance.randint(1, LAST - 400)))
            near = range(begin, begin + 400)
            self.agree(Workdays(self.some(range(7), 0), self.some(near, 0)))

    def test_a_wrong_model_is_found_out(self):
        for kind in (MONTH, JALALI_MONTH):
            with self.assertRaises(AssertionError):
                self.agree(Passed(kind, days=[31]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
