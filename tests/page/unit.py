"""The calls that a unit of server/system leaves its service, for a process of a test: as systemd reads its SystemCallFilter
lines, by libseccomp. Where systemd itself runs there is more (file systems, users); this is what a program meets first."""
import ctypes
import ctypes.util
import os
import re
import shutil
import subprocess

SYSTEM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "server", "system")
PR_SET_NO_NEW_PRIVS, ALLOW, ERRNO, EPERM, UNKNOWN = 38, 0x7fff0000, 0x00050000, 1, -1


def missing():
    """What this test wants and is not here."""
    return [name for name, there in (("systemd-analyze", shutil.which("systemd-analyze")),
                                     ("libseccomp", ctypes.util.find_library("seccomp"))) if not there]


def members(group):
    said = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True).stdout
    found = set()
    for line in said.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            found |= members(word)
        elif word and not word.startswith("#"):
            found.add(word)
    return found


def calls(unit):
    with open(os.path.join(SYSTEM, unit), encoding="utf-8") as file:
        lines = re.findall(r"(?m)^SystemCallFilter=(~?)(.*)$", file.read())
    assert lines and lines[0][0] == "", lines # it begins with what is allowed
    left = members("@default") # systemd adds them to every such list
    for less, words in lines:
        named = set().union(*(members(word) if word.startswith("@") else {word} for word in words.split()))
        left = left - named if less else left | named
    return left


def filter_of(unit):
    """To be called in the child, before it becomes the program."""
    library = ctypes.CDLL(ctypes.util.find_library("seccomp"), use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    rules = library.seccomp_init(ctypes.c_uint32(ERRNO | EPERM))
    added = 0
    for name in sorted(calls(unit)):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number != UNKNOWN and library.seccomp_rule_add(rules, ALLOW, number, 0) == 0:
            added += 1
    assert added > 200, added
    libc = ctypes.CDLL(None)

    def close_in():
        if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or library.seccomp_load(rules) != 0:
            os._exit(99)
    return close_in
