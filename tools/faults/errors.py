"""Real errors of the operating system at every operation that makes a record durable and signs it."""
import errno
import hashlib
import json
import os
import random
import shutil
import sqlite3
import threading
import time

import disk
from faulty import COUNT, DELAY, FOREVER, HALF, Faulty, NotHere
from server import Server

MODES = [("EIO", errno.EIO), ("ENOSPC", errno.ENOSPC), ("half a write", HALF)]


def signed(server):
    """How many records the checkpoint beside the database covers."""
    try:
        with open(os.path.join(server.data, "checkpoint"), encoding="utf-8") as file:
            return int(file.read().split("\n")[1])
    except (OSError, ValueError, IndexError):
        return -1


def quiet(server, faulty, patience=10):
    """Waits until all is signed and nothing is written any more."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        before = faulty.get(COUNT)
        time.sleep(0.13)
        if faulty.get(COUNT) == before and signed(server) == server.records():
            return True
    return False


def left(server):
    """What the disk holds at this moment, as a loss of the process would leave it: a fault of the chain or None, the calls."""
    copy = os.path.join(server.scratch, "left")
    os.makedirs(copy)
    try:
        for name in ("countersign.db", "countersign.db-wal"):
            if os.path.exists(os.path.join(server.data, name)):
                shutil.copy(os.path.join(server.data, name), copy)
        database = sqlite3.connect(os.path.join(copy, "countersign.db"))
        head, calls, fault = "0" * 64, set(), None
        for place, (index, record, digest, call) in enumerate(
                database.execute("SELECT idx, CAST(record AS BLOB), hash, call FROM ledger ORDER BY idx")):
            value = json.loads(record)
            if index != place or hashlib.sha256(record).digest() != digest or value["previous"] != head:
                fault = fault or "record %d" % place
            head = digest.hex()
            calls.add(call)
        database.close()
        return fault, calls
    finally:
        shutil.rmtree(copy)


def every_operation(report, server, faulty, step):
    for name, error in MODES:
        number, failed, wrong, allowed, denied, past = 1, 0, [], 0, 0, 0
        while past < 2 and number < 400:
            if not quiet(server, faulty):
                wrong.append("operation %d: it is not signed again" % number)
                break
            faulty.fail(number, number + (error == HALF), error)
            call = "call-%d" % (server.answers._next + 1)
            effect, why = server.call("read")
            fault, calls = left(server)
            end = time.monotonic() + 0.4
            while not faulty.get(6) and time.monotonic() < end:
                time.sleep(0.01)
            hit = faulty.heal()
            failed += hit > 0
            past = 0 if hit else past + 1
            allowed += effect == "allow"
            denied += effect == "deny"
            if effect == "allow" and call not in calls:
                wrong.append("operation %d: allowed, and the record is not on the disk" % number)
            if effect not in ("allow", "deny") or fault:
                wrong.append("operation %d: %s %s, chain %s" % (number, effect, why, fault))
            if server.call("read")[0] != "allow":
                wrong.append("operation %d: not allowed when the disk is well again" % number)
            number += step
        report.check("%s at each operation of an append and its checkpoint" % name, not wrong and failed > 0,
                     "; ".join(wrong[:3]) or "%d operations failed, %d calls allowed with their record, %d denied"
                     % (failed, allowed, denied))
    lost, faults = server.lost(), server.verified()
    report.check("after that: nothing lost, both verifiers agree", not lost and not faults,
                 "; ".join(lost[:3]) + faults or "%d records" % server.records())


def dead(report, server, faulty):
    for name, error in [("every operation fails with EIO", errno.EIO), ("every operation fails with EROFS", errno.EROFS)]:
        quiet(server, faulty)
        faulty.fail(1, FOREVER, error)
        disk.fails_safe(report, server, name)
        faulty.heal()
        disk.recovers(report, server, name + ", then none")


def slow(report, server, faulty):
    quiet(server, faulty)
    faulty.set(DELAY, 9_000)
    disk.fails_safe(report, server, "the disk takes 9 s for each flush")
    faulty.set(DELAY, 0)
    disk.recovers(report, server, "the disk is quick again")


def random_moments(report, server, faulty, times, chance):
    wrong, hit = [], 0
    for number in range(times):
        _, error = chance.choice(MODES)
        first = chance.randrange(1, 2_500)
        faulty.fail(first, first + chance.choice([0, 0, 3, 50, 400]), error)
        end = threading.Event()

        def ask():
            with server.caller(20) as caller:
                while not end.is_set():
                    if caller.call("read")[0] == "none":
                        wrong.append("%d: no answer" % number)
                        return

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(0.8)
        end.set()
        for thread in threads:
            thread.join()
        fault, _ = left(server)
        wrong += ["%d: chain %s" % (number, fault)] if fault else []
        hit += faulty.heal() > 0
        if server.becomes_ready() is None or server.call("read")[0] != "allow":
            wrong.append("%d: it did not recover" % number)
        if number % 3 == 2:
            faulty.fail(chance.randrange(1, 40), FOREVER, error)
            server.call("read")
            server.kill()
            faulty.heal()
            server.start(extra=faulty.environment)
        wrong += ["%d: %s" % (number, each) for each in server.lost()]
    faults = server.verified()
    report.check("errors at random operations under load, and kill -9 on a failing disk", not wrong and not faults and hit > 0,
                 "; ".join(wrong[:3]) + faults or "%d rounds, %d with errors, %d answers, %d records"
                 % (times, hit, len(server.answers.told), server.records()))


def run(report, short, seed):
    report.section("Errors of the disk", "A library preloaded into the process fails the Nth write, fsync, ftruncate, rename or unlink on a file of the data "
                   "folder, N from 1 to the last operation of an append and of the checkpoint that follows%s. After each failure the files are copied "
                   "as they are and their chain is read, then the disk is well again. Seed %d." % (", every fourth" if short else "", seed))
    server = Server()
    try:
        os.makedirs(server.data, mode=0o700)
        faulty = Faulty(server.scratch, server.data)
        server.start(extra=faulty.environment)
        server.call("read")
        if faulty.get(COUNT) == 0:
            report.not_run("errors of the disk", "the library does not see what the process writes")
            return
        every_operation(report, server, faulty, 4 if short else 1)
        dead(report, server, faulty)
        slow(report, server, faulty)
        random_moments(report, server, faulty, 3 if short else 60, random.Random(seed))
    except NotHere as why:
        report.not_run("errors of the disk", str(why))
    finally:
        server.kill()
        shutil.rmtree(server.scratch, ignore_errors=True)
