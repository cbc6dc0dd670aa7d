"""Two servers on one data folder, copies of it, and a ledger that is put back and resumed."""
import os
import re
import shutil
import subprocess
import threading

from faulty import FOREVER, HALF, KILL, Faulty, NotHere
from server import Refused, Server

def second(server, folder):
    other = Server(server.scratch, folder)
    try:
        other.start()
        other.kill()
        return None, ""
    except Refused as refused:
        return refused.code, refused.said.strip()


def two(report):
    server = Server()
    try:
        server.start()
        server.call("read")
        code, said = second(server, server.data)
        report.check("a second server on the folder is refused, and told by whom it is held",
                     code == 1 and "in use" in said and str(server.pid) in said, said)
        link = os.path.join(server.scratch, "link")
        os.symlink(server.data, link)
        code, said = second(server, link)
        report.check("also by another path", code == 1 and "in use" in said, said)
        report.check("the first one goes on", server.call("read")[0] == "allow" and server.ready() == 200)
        copy = os.path.join(server.scratch, "copy")
        server.kill()
        shutil.copytree(server.data, copy)
        report.check("what a killed one left: the file `lock` is there", os.path.exists(os.path.join(server.data, "lock")))
        server.start()
        report.check("after kill -9 another one starts", server.call("read")[0] == "allow")
        server.kill()
        with open(os.path.join(server.data, "lock"), "w", encoding="ascii") as file:
            file.write("1\n")
        server.start()
        report.check("an old lock with the number of a living process does not hold it up", server.call("read")[0] == "allow")
        other = Server(server.scratch, copy)
        other.token = server.token
        other.start()
        report.check("a copy of the folder is a ledger of its own", all(other.call("read")[0] == "allow" for _ in range(12)))
        other.stop()
        server.call("read")
        server.stop()
        checkpoint = os.path.join(server.data, "checkpoint")

        def fork(said):
            # On a slow day both have signed as many records.
            return "those that were signed" in said or re.search(r"two ledgers of \d+ records were signed", said)

        code, said = other.program("audit", "verify", "--checkpoint", checkpoint, check=False)
        report.check("with the checkpoint of the first the copy is named for what it is", code == 1 and fork(said), said)
        done = subprocess.run(["python3", os.path.join(os.path.dirname(__file__), "..", "verify-ledger"), copy,
                               "--checkpoint", checkpoint], capture_output=True, text=True)
        report.check("by the second verifier too", done.returncode == 1 and fork(done.stdout), done.stdout)
    finally:
        server.kill()
        shutil.rmtree(server.scratch, ignore_errors=True)


def at_once(report, times):
    wrong = []
    for number in range(times):
        first = Server()
        base = first.scratch
        servers = [first, Server(first.scratch, first.data), Server(first.scratch, first.data)]
        ends = []
        for each in servers[1:]:
            each.token = "none"
        first.token = "none"

        def begin(server, place):
            server.scratch = os.path.join(base, str(place))
            os.makedirs(server.scratch)
            try:
                server.start()
                ends.append("started")
            except Refused as refused:
                ends.append("in use" if "in use" in refused.said else refused.said)

        threads = [threading.Thread(target=begin, args=(server, place)) for place, server in enumerate(servers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for server in servers:
            server.kill()
        shutil.rmtree(base, ignore_errors=True)
        if sorted(ends) != ["in use", "in use", "started"]:
            wrong.append("%d: %s" % (number, ends))
    report.check("of three that start at once on an empty folder one does, %d times" % times, not wrong, "; ".join(wrong[:2]))


def put_back(server):
    """A folder whose database was put back behind what was signed; returns where it is."""
    server.start()
    for _ in range(4):
        server.call("read")
    server.stop()
    old = os.path.join(server.scratch, "old.db")
    shutil.copy(os.path.join(server.data, "countersign.db"), old)
    server.start()
    for _ in range(4):
        server.call("read")
    server.stop()
    shutil.copy(old, os.path.join(server.data, "countersign.db"))


def resumed(server):
    return server.rows("SELECT count(*) FROM ledger WHERE kind = 'ledger'")[0][0]


def resume(report, step):
    server = Server()
    try:
        put_back(server)
        code, said = second(server, server.data)
        report.check("a ledger put back is not gone on from, and the way on is said", code == 1 and "audit resume" in said, said)
        before = os.path.join(server.scratch, "before")
        shutil.copytree(server.data, before)
        faulty = Faulty(server.scratch, server.data)
        wrong, silent, refused, number, steps = [], 0, 0, 1, 0
        while number < 2_000:
            shutil.rmtree(server.data)
            shutil.copytree(before, server.data)
            faulty.fail(number, FOREVER, KILL)
            done = subprocess.run(
                [os.path.join(os.path.dirname(__file__), "..", "..", "countersign"), "audit", "resume", "--data", server.data,
                 "--reason", "a test"], capture_output=True, text=True, env={**os.environ, "HOME": server.scratch, **faulty.environment})
            killed = faulty.heal() > 0
            if not killed:
                if done.returncode or not resumed(server):
                    wrong.append("not killed, and yet: " + done.stdout + done.stderr)
                break
            steps += 1
            try:
                server.start()
                server.kill()
                if not resumed(server):
                    silent += 1
                    wrong.append("killed before operation %d: it goes on under a new key, and no record says so" % number)
            except Refused as no:
                refused += 1
                if "audit resume" not in no.said:
                    wrong.append("killed before operation %d: the way on is not said: %s" % (number, no.said))
                else:
                    server.program("audit", "resume", "--reason", "a test")
                    if not resumed(server):
                        wrong.append("killed before operation %d: resumed, and no record says so" % number)
            faults = server.verified(both=False)
            if faults:
                wrong.append("killed before operation %d: %s" % (number, faults))
            number += step
        report.check("`audit resume` killed before an operation: refused as before, or resumed with its record", not wrong and steps > 0,
                     "; ".join(wrong[:3]) or "%d places, refused at %d of them" % (steps, refused))
    except NotHere as why:
        report.not_run("`audit resume` killed at each operation", str(why))
    finally:
        server.kill()
        shutil.rmtree(server.scratch, ignore_errors=True)


def first_start(report, modes):
    """The first start on an empty folder, each operation on the small files cut short: that is where keys are made."""
    server = Server()
    try:
        os.makedirs(server.data, mode=0o700)
        faulty = Faulty(server.scratch, server.data)
        environment = {**faulty.environment, "COUNTERSIGN_FAULTY_SKIP": "countersign.db"}
        for name, error in modes:
            wrong, number, hit = [], 0, True
            while hit and number < 100:
                number += 1
                shutil.rmtree(server.data)
                os.makedirs(server.data, mode=0o700)
                faulty.fail(number, number + 1, error)
                server.token = None
                try:
                    server.start(extra=environment)
                    server.call("read")
                except Refused:
                    pass
                hit = faulty.heal() > 0
                server.kill()
                try:
                    server.token = None
                    server.start()
                    if server.call("read")[0] != "allow":
                        wrong.append("operation %d: not allowed afterwards" % number)
                except Refused as no:
                    wrong.append("operation %d: %s" % (number, no.said.strip()))
                server.kill()
                faults = server.verified()
                if faults:
                    wrong.append("operation %d: %s" % (number, faults))
            report.check("%s at each operation on the small files of the very first start: the next start is well" % name, not wrong
                         and number > 5, "; ".join(wrong[:3]) or "%d operations" % (number - 1))
    except NotHere as why:
        report.not_run("the first start on a bad disk", str(why))
    finally:
        server.kill()
        shutil.rmtree(server.scratch, ignore_errors=True)


def run(report, short):
    report.section("Two servers, copies, and a ledger put back", "Real processes on one folder; a copy of the folder; a database put back behind what "
                   "was signed, and `audit resume` killed before each write, flush, rename and unlink it does%s." % (" (a few of them)" if short else ""))
    two(report)
    at_once(report, 1 if short else 5)
    resume(report, 30 if short else 1)
    if not short:
        first_start(report, [("half a write", HALF), ("kill -9", KILL)])
