"""A disk that is full, read-only, or locked by somebody else, under the real process."""
import os
import resource
import shutil
import sqlite3
import subprocess
import threading
import time

from server import Refused, Server

MOST_SECONDS = 8


def fails_safe(report, server, name):
    """What must hold while nothing can be made durable."""
    began = time.monotonic()
    allow, why = server.call("read")
    took = time.monotonic() - began
    report.check("%s: what would be allowed is denied" % name, allow == "deny" and "could not judge this" in why, why)
    report.check("%s: that took no longer than the deadline" % name, took < MOST_SECONDS, "%.1f s" % took)
    began = time.monotonic()
    deny, reason = server.call("deny")
    took = time.monotonic() - began
    report.check("%s: a deny is answered, with its reason" % name, deny == "deny" and took < MOST_SECONDS
                 and "home folder as a whole" in reason and "could not be recorded" in reason, "%.1f s, `%s`" % (took, reason))
    status = server.ready()
    report.check("%s: /health/ready says so" % name, status == 503, status)


def recovers(report, server, name):
    """What must hold when the disk is well again, and nobody does anything."""
    took = server.becomes_ready()
    report.check("%s: it is ready again by itself, with no call made" % name, took is not None,
                 "%.1f s" % took if took is not None else "not within 20 s")
    allow, why = server.call("read")
    report.check("%s: calls are allowed again" % name, allow == "allow", why)
    lost, faults = server.lost(), server.verified()
    report.check("%s: nothing that was answered is lost, both verifiers agree" % name, not lost and not faults,
                 "; ".join(lost[:3]) + faults or "%d records" % server.records())


def file_size(report):
    server = Server()
    try:
        server.start()
        for _ in range(5):
            server.call("read")
        largest = max(os.path.getsize(os.path.join(server.data, name)) for name in os.listdir(server.data))
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (largest + 20_000, resource.RLIM_INFINITY))
        answers = [server.call("read") for _ in range(60)]
        report.check("RLIMIT_FSIZE: the limit is reached under calls", answers[-1][0] == "deny",
                     "%d of 60 allowed before" % sum(effect == "allow" for effect, _ in answers))
        fails_safe(report, server, "RLIMIT_FSIZE")
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        recovers(report, server, "RLIMIT_FSIZE raised")
        server.kill()
        server.start()
        report.check("RLIMIT_FSIZE: after kill -9 it starts and nothing is lost", not server.lost(), server.lost()[:3] or "")
    finally:
        server.kill()
        shutil.rmtree(server.scratch, ignore_errors=True)


def own_namespace(*command):
    return ["unshare", "--map-root-user", "--user", "--mount", *command]


def can_mount():
    try:
        return subprocess.run(own_namespace("mount", "-t", "tmpfs", "none", "/mnt"), capture_output=True).returncode == 0
    except OSError:
        return False


def file_system(report):
    name = "file system of 16 MiB"
    if not can_mount():
        report.not_run(name, "no user and mount namespaces here (unshare)")
        return
    server = Server()
    try:
        os.makedirs(server.data)
        script = 'mount -t tmpfs -o size=16m,mode=0700 none "$1" && shift && exec "$@"'
        inside = ["sh", "-c", script, "sh", server.data]
        start_inside(server, inside)
        filler = "/proc/%d/root%s/filler" % (server.pid, server.data)
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError:
                pass
        for _ in range(40):
            if server.call("read")[0] == "deny":
                break
        fails_safe(report, server, name)
        os.remove(filler)
        took = server.becomes_ready()
        report.check("%s: it is ready again by itself when space is" % name, took is not None, "%.1f s" % (took or -1))
        report.check("%s: calls are allowed again" % name, server.call("read")[0] == "allow")
        copy = os.path.join(server.scratch, "copy")
        shutil.copytree("/proc/%d/root%s" % (server.pid, server.data), copy)
        server.kill()
        faults = server.verified(copy)
        report.check("%s: what it left is intact" % name, not faults, faults)
        server.data = copy
        server.start()
        report.check("%s: nothing that was answered is lost" % name, not server.lost(), server.lost()[:3] or
                     "%d answers" % len(server.answers.told))
    finally:
        server.kill()
        shutil.rmtree(server.scratch, ignore_errors=True)


def start_inside(server, inside):
    """A server whose data folder exists in its own namespace only: the folder is filled there first."""
    outside = Server(server.scratch, os.path.join(server.scratch, "before"))
    outside.start()
    outside.stop()
    server.token = outside.token
    seed = 'cp -a "$0"/. "$1" && shift && exec "$@"'
    server.start(prefix=own_namespace(*inside, "sh", "-c", seed, outside.data, server.data))


def read_only(report):
    name = "read-only folder"
    if not can_mount():
        report.not_run(name, "no user and mount namespaces here (unshare)")
        return
    server = Server()
    try:
        server.start()
        server.stop()
        script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
        try:
            server.start(prefix=own_namespace("sh", "-c", script, "sh", server.data))
            report.check("%s: it does not start" % name, False, "it did")
        except Refused as refused:
            said = refused.said.strip()
            report.check("%s: it does not start, and says why" % name, refused.code == 1 and "read-only" in said.lower()
                         and "\tat " not in said, said)
        server.start()
        report.check("%s: with the folder writable it starts" % name, server.call("read")[0] == "allow")
    finally:
        server.kill()
        shutil.rmtree(server.scratch, ignore_errors=True)


def locked(report):
    name = "database locked by another process"
    server = Server()
    try:
        server.start()
        server.call("read")
        other = sqlite3.connect(os.path.join(server.data, "countersign.db"), isolation_level=None, timeout=20)
        other.execute("BEGIN EXCLUSIVE")
        fails_safe(report, server, name)
        other.execute("ROLLBACK")
        recovers(report, server, name + ", let go")
        # Held for less than the deadline it costs time and nothing else.
        other.execute("BEGIN EXCLUSIVE")
        result = []
        asking = threading.Thread(target=lambda: result.append(server.call("read")))
        asking.start()
        time.sleep(1)
        other.execute("ROLLBACK")
        asking.join()
        other.close()
        report.check("%s for a second: the call waits and is allowed" % name, result[0][0] == "allow", result[0][1])
    finally:
        server.kill()
        shutil.rmtree(server.scratch, ignore_errors=True)


def run(report):
    report.section("A disk that takes nothing", "The limit of the size of files set on the running process, a file system of 16 MiB filled "
                   "by another program, a folder mounted read-only, the database locked by another program.")
    file_size(report)
    file_system(report)
    read_only(report)
    locked(report)
