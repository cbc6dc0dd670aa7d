"""kill -9 at random moments while many callers wait for answers."""
import random
import shutil
import threading
import time

from server import Server

CALLERS = 12
LATEST = 0.4


def load(server, end):
    """Callers that ask until the connection breaks or the end is set; they start at once."""

    def ask():
        with server.caller(10) as caller:
            while not end.is_set():
                for what in ("read", "read", "read", "deny"):
                    if caller.call(what)[0] == "none":
                        return

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    return threads


def run(report, kills, seed):
    report.section("kill -9 under load", "%d times: %d callers over HTTP, the process killed at a random moment of the first "
                   "%.1f s after the first answers, started again on the same folder. Seed %d." % (kills, CALLERS, LATEST, seed))
    chance = random.Random(seed)
    server = Server()
    starts, lost, faults, dead = [], [], [], []
    try:
        starts.append(server.start())
        for number in range(kills):
            end = threading.Event()
            before = len(server.answers.told)
            threads = load(server, end)
            while len(server.answers.told) < before + CALLERS and server.process.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, LATEST))
            dead += ["%d: it ended by itself" % number] if server.process.poll() is not None else []
            server.kill()
            end.set()
            for thread in threads:
                thread.join(15)
            if number % 10 == 0 or number == kills - 1:
                # What a killed process left, before any other process of ours has touched it.
                copy = server.data + ".left"
                shutil.copytree(server.data, copy)
                faults += filter(None, [server.verified(copy, both=False)])
                shutil.rmtree(copy)
            starts.append(server.start())
            lost += ["kill %d: %s" % (number, each) for each in server.lost()]
        faults += filter(None, [server.verified()])
        told = list(server.answers.told.values())
        report.check("every answer of allow and deny has its record, no id is there twice", not lost,
                     "; ".join(lost[:3]) or "%d answers, %d allows" % (len(told), told.count("allow")))
        report.check("there were answers to lose", told.count("allow") > 5 * kills, told.count("allow"))
        report.check("it starts again each time, and ended only by the kill", not dead and len(starts) == kills + 1,
                     "; ".join(dead) or "longest start %.1f s" % max(starts))
        report.check("both verifiers find the chain intact and complete", not faults,
                     "; ".join(faults[:3]) or "%d records" % server.records())
    finally:
        server.kill()
        shutil.rmtree(server.scratch, ignore_errors=True)
