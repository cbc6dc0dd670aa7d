"""A clock that jumps under the running process."""
import os
import shutil
import threading
import time

from errors import signed
from faulty import CLOCK, Faulty, NotHere
from server import Server

HOUR = 3600
DAY = 24 * HOUR


def covered(server, patience=15):
    """Waits until a checkpoint covers everything."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if signed(server) >= server.records():
            return True
        time.sleep(0.05)
    return False


def held(server):
    """A call that waits for people, in a thread: the list its answer comes into."""
    answer = []
    threading.Thread(target=lambda: answer.append(server.call("ask", 120)), daemon=True).start()
    end = time.monotonic() + 20
    while time.monotonic() < end and not server.rows("SELECT 1 FROM ledger WHERE kind = 'approval' AND call = ?",
                                                     "call-%d" % server.answers._next):
        time.sleep(0.05)
    return answer


def soon(answer, patience=15):
    end = time.monotonic() + patience
    while not answer and time.monotonic() < end:
        time.sleep(0.05)
    return answer[0] if answer else ("none", "still held after %d s" % patience)


def run(report):
    report.section("A clock that jumps", "The time of day is moved under the running process (clock_gettime in the preloaded library).")
    server = Server()
    try:
        os.makedirs(server.data, mode=0o700)
        faulty = Faulty(server.scratch, server.data)
        server.start(extra=faulty.environment)
        server.call("read")
        offset = 0
        for name, seconds in [("3 hours forward", 3 * HOUR), ("5 hours back", -5 * HOUR), ("3 days forward", 3 * DAY), ("4 days back", -4 * DAY)]:
            offset += seconds
            faulty.set(CLOCK, offset * 10**9)
            effects = [server.call("read")[0], server.call("deny")[0]]
            report.check("%s: calls are answered as before, and signed" % name,
                         effects == ["allow", "deny"] and server.ready() == 200 and covered(server), effects)
        times = [row[0] for row in server.rows("SELECT at FROM ledger ORDER BY idx")]
        if len(set(time[:10] for time in times)) < 2:
            report.not_run("the rest of this part", "the library does not reach the clock of the process")
            return
        back = server.rows("SELECT count(*) FROM ledger WHERE kind = 'clock'")[0][0]
        report.check("each jump back is a record of its own", back == 2, "%d records of kind clock" % back)
        steps = sum(later < earlier for earlier, later in zip(times, times[1:]))
        report.check("records say what the clock said; their order is their place", steps >= 2, "%d steps back in %d records"
                     % (steps, len(times)))
        answer = held(server)
        offset -= 2 * DAY
        faulty.set(CLOCK, offset * 10**9)
        time.sleep(1.5)
        report.check("2 days back: a call that waits for people is not allowed by it", not answer or answer[0][0] == "deny",
                     answer[0][1] if answer else "still held")
        offset += 3 * DAY
        faulty.set(CLOCK, offset * 10**9)
        effect, why = soon(answer)
        report.check("3 days forward: its deadline has passed, and it is denied", effect == "deny", why)
        lost, faults = server.lost(), server.verified()
        report.check("nothing lost, both verifiers agree", not lost and not faults, "; ".join(lost[:3]) + faults or
                     "%d records" % server.records())
        server.kill()
        faulty.set(CLOCK, (offset - 5 * DAY) * 10**9)
        server.start(extra=faulty.environment)
        report.check("it starts with a clock 5 days before its last record", server.call("read")[0] == "allow" and covered(server))
    except NotHere as why:
        report.not_run("a clock that jumps", str(why))
    finally:
        server.kill()
        shutil.rmtree(server.scratch, ignore_errors=True)
