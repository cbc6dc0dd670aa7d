"""Puts faults to the real program; docs/faults.md is its report.

usage: bench/faults [--kills N] [--short] [--only PART]... [--seed N] [--report FILE]
"""
import argparse
import os
import platform
import time

import clock
import disk
import errors
import folder
import kills
import messages
import tamper
from report import Report, main_exit

HEAD = """# Faults

What happens to Countersign when the process, the disk, the clock or a person does what it should not. Made by `bench/faults`, which puts each
fault to the real program and to nothing written for the purpose; `./verify` runs the short form of it. Do not edit: run it again.

`bench/faults%s` on %s, %d processors, %s. Load average when it began: %s."""


def main():
    options = argparse.ArgumentParser(prog="bench/faults", description="Puts faults to the real program.")
    options.add_argument("--kills", type=int, default=200, help="how often the process is killed (200)")
    options.add_argument("--short", action="store_true", help="what ./verify runs: 20 kills, some of the operations")
    options.add_argument("--only", action="append", choices=["kills", "disk", "errors", "clock", "folder", "tamper", "messages"], help="this part only")
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
        "messages": lambda: messages.run(report, given.short, given.kills, given.seed),
    }
    words = (" --short" if given.short else " --kills %d" % given.kills) + "".join(" --only " + name for name in given.only or [])
    head = HEAD % (words, platform.system() + " " + platform.machine(), os.cpu_count(), time.strftime("%B %Y", time.gmtime()),
                   "%.0f" % os.getloadavg()[0])
    for name, part in parts.items():
        if given.only and name not in given.only:
            continue
        try:
            part()
        except Exception as error:
            report.check("the part `%s` runs to its end" % name, False, repr(error))
        if given.report:
            with open(given.report, "w", encoding="utf-8") as file:
                file.write(report.markdown(head))
    main_exit(report)


if __name__ == "__main__":
    main()
