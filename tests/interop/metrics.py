"""What a running server says of its own turns, for tests that print or judge them."""
import re

TURN = re.compile(r'tefter_(loop|writer)_longest_turn_seconds\{of="([^"]+)"\} ([0-9.]+)$')


def longest_turns(server):
    """{thread: [(ms, name), …]}, the longest first, of a server.Server that shows metrics."""
    longest = {"loop": [], "writer": []}
    said = server.run("metrics")
    if said.returncode != 0:
        raise RuntimeError(said.stderr)
    for line in said.stdout.splitlines():
        match = TURN.fullmatch(line)
        if match:
            longest[match.group(1)].append((float(match.group(3)) * 1000, match.group(2)))
    return {thread: sorted(turns, reverse=True) for thread, turns in longest.items()}
