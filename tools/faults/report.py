"""What the faults did: `ok` and `not ok` lines as they come, and a page of Markdown at the end."""
import re
import sys


class Report:
    def __init__(self):
        self.bad = 0
        self.sections = []

    def section(self, title, method):
        self.sections.append((title, method, []))
        print("# " + title, flush=True)

    def check(self, what, good, found=""):
        """One thing that must hold; `found` is a figure where it does, what was wrong where it does not."""
        self.bad += not good
        note = " (%s)" % found if found != "" and good else ": %s" % found if found != "" else ""
        print(("ok " if good else "not ok ") + what + note.replace("\n", " "), flush=True)
        self.sections[-1][2].append((what, "yes" if good else "**no**", _cell(found)))
        return good

    def not_run(self, what, why):
        print("not run %s: %s" % (what, why), flush=True)
        self.sections[-1][2].append((what, "not run", _cell(why)))

    def markdown(self, head):
        out = [head]
        for title, method, rows in self.sections:
            out.append("\n## %s\n\n%s\n\n| what must hold | held | found |\n|---|---|---|" % (title, method))
            out.extend("| %s | %s | %s |" % row for row in rows)
        return "\n".join(out) + "\n"


def _cell(found):
    """A figure or a text, in one line, without what is of this one run: paths, references and times of day."""
    text = re.sub(r"`?/tmp/[^\s`]*`?", "`…`", re.sub(r"\s+", " ", str(found))).strip().replace("|", "\\|")
    text = re.sub(r" Reference [0-9A-Z]{26}\.", "", text)
    return text if len(text) <= 400 else text[:399] + "…"


def main_exit(report):
    sys.stdout.flush()
    sys.exit(1 if report.bad else 0)
