"""`python -m exercises.figures [CODE ...] [--look PNG] [--check]`: draws what changed, or the figures named."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # two workers with threads of their own fight for the cores
    os.environ.setdefault(_name, "1")

from exercises.figures import build  # noqa: E402 (numpy reads the environment when it is imported)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m exercises.figures", description=__doc__)
    parser.add_argument("codes", nargs="*", help="exercises to draw; none = all whose pose file or engine changed")
    parser.add_argument("--look", type=Path, metavar="PNG", help="then picture them in one PNG, light above dark")
    parser.add_argument("--width", type=int, default=560, help="width of one panel in that PNG")
    parser.add_argument("--check", action="store_true", help="only measure contacts, draw nothing")
    parser.add_argument("--jobs", type=int, default=int(os.environ.get("JOBS") or os.cpu_count() or 1))
    parser.add_argument("--sheets", action="store_true", help="also renew the contact sheets in docs/figures")
    args = parser.parse_args()
    return build.run(args)


if __name__ == "__main__":
    sys.exit(main())
