"""Puts faults to the real program; see docs/faults.md, which is its report.

usage: bench/faults [--kills N] [--short] [--only PART] [--seed N] [--report FILE]
"""
import argparse
import os
import time

import clock
import disk
import errors
import folder
import kills
import tamper
from report import Report, main_exit


def main():
    options = argparse.ArgumentParser(prog="bench/faults", description="Puts faults to the real program.")
    options.add_argument("--kills", type=int, default=200, help="how often the process is killed (200)")
    options.add_argument("--short", action="store_true", help="what ./verify runs: 20 kills, every third operation")
    options.add_argument("--only", action="append", help="kills, disk, ...: this part only")
    options.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options.add_argument("--report", help="where to write the page")
    given = options.parse_args()
    report = Report()
    parts = {
        "kills": lambda: kills.run(report, 20 if given.short else given.kills, given.seed),
        "disk": lambda: disk.run(report),
        "errors": lambda: errors.run(report, given.short, given.seed),
        "clock": lambda: clock.run(report),
        "folder": lambda: folder.run(report, given.short),
        "tamper": lambda: tamper.run(report),
    }
    for name, part in parts.items():
        if not given.only or name in given.only:
            part()
    main_exit(report)


if __name__ == "__main__":
    main()
