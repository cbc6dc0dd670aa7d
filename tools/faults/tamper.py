"""Twelve ways to tamper with a ledger, each by somebody who may write to its folder, and what both verifiers say."""
import base64
import hashlib
import http.client
import importlib.machinery
import importlib.util
import json
import os
import re
import shutil
import sqlite3
import subprocess
import threading
import time

from server import HOME, Server

_loader = importlib.machinery.SourceFileLoader("verify_ledger", os.path.join(HOME, "tools", "verify-ledger"))
_spec = importlib.util.spec_from_loader("verify_ledger", _loader)
verify_ledger = importlib.util.module_from_spec(_spec)
_loader.exec_module(verify_ledger)


class Folder:
    """A data folder as somebody changes it by hand."""

    def __init__(self, path):
        self.path = path
        self.database = sqlite3.connect(os.path.join(path, "countersign.db"), isolation_level=None)
        for (name,) in self.database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self.database.execute("DROP TRIGGER " + name)

    def records(self):
        rows = self.database.execute("SELECT idx, CAST(record AS BLOB) FROM ledger ORDER BY idx").fetchall()
        return [json.loads(record) for _, record in rows]

    def put(self, records, first=0, rehash=True):
        """Writes records from a place on; with rehash each names its place and the one before, as a true ledger does."""
        head = "0" * 64 if first == 0 else self.hash(first - 1)
        self.database.execute("DELETE FROM ledger WHERE idx >= ?", (first,))
        for place, record in enumerate(records, first):
            if rehash:
                record = {**record, "index": place, "previous": head}
            text = verify_ledger.canonical(record).encode("utf-8")
            head = hashlib.sha256(text).hexdigest()
            self.database.execute("INSERT INTO ledger (idx, record, hash) VALUES (?, ?, ?)",
                                  (place, text.decode("utf-8"), bytes.fromhex(head)))

    def hash(self, place):
        return self.database.execute("SELECT hash FROM ledger WHERE idx = ?", (place,)).fetchone()[0].hex()

    def run(self, *statements):
        for statement in statements:
            self.database.execute(statement)

    def remove(self, name):
        os.remove(os.path.join(self.path, name))


def changed(records, place, **members):
    return [{**record, **members} if number == place else record for number, record in enumerate(records)]


class Case:
    def __init__(self, way, how, change, says, checkpoint=False, export=False):
        self.way, self.how, self.change, self.says, self.checkpoint, self.export = way, how, change, says, checkpoint, export


def cases(world):
    """All ways, with what both verifiers must name."""
    place, vote = world.place, world.vote
    signed = r"the first \d+ records are not those that were signed"

    def edit(folder):
        folder.run("UPDATE ledger SET record = replace(record, '\"deny\"', '\"allow\"') WHERE idx = %d" % world.deny)

    def edit_hashed(folder):
        folder.put(changed(folder.records(), world.deny, effect="allow"))

    def drop(folder):
        folder.run("DELETE FROM sealed WHERE idx = %d" % place, "DELETE FROM ledger WHERE idx = %d" % place)

    def drop_hashed(folder):
        records = folder.records()
        del records[place]
        folder.put(records)

    def reorder(folder):
        folder.run("UPDATE ledger SET idx = -5 WHERE idx = %d" % place, "UPDATE ledger SET idx = %d WHERE idx = %d" % (place, place + 1),
                   "UPDATE ledger SET idx = %d WHERE idx = -5" % (place + 1))

    def cut(folder):
        folder.run("DELETE FROM sealed WHERE idx >= %d" % world.early, "DELETE FROM ledger WHERE idx >= %d" % world.early)

    def cut_all(folder):
        cut(folder)
        folder.run("DELETE FROM checkpoint WHERE size > %d" % world.early)
        shutil.copy(world.early_checkpoint, os.path.join(folder.path, "checkpoint"))

    def fork(folder):
        records = folder.records()
        folder.put([{**record, "agent": "another"} for record in records[place:]], place)

    def approver(folder):
        folder.put(changed(folder.records(), vote, person=world.other_person))

    def approver_plain(folder):
        folder.run("UPDATE ledger SET record = replace(record, '%s', '%s') WHERE idx = %d"
                   % (folder.records()[vote]["person"], world.other_person, vote))

    def policy_version(export):
        with open(export, encoding="utf-8") as file:
            text = file.read()
        was = next(re.finditer(r'"disclosure":"([^"]+)"', text)).group(1)
        shown = base64.urlsafe_b64decode(was + "=" * (-len(was) % 4)).decode("utf-8")
        other = re.sub(r"sha256:[0-9a-f]{64}", "sha256:" + "0" * 64, shown)
        now = base64.urlsafe_b64encode(other.encode("utf-8")).decode("ascii").rstrip("=")
        if other == shown:
            raise RuntimeError("no version of a policy in the first disclosure")
        with open(export, "w", encoding="utf-8") as file:
            file.write(text.replace(was, now))

    def policy_sealed(folder):
        record = folder.records()[place]
        folder.put(changed(folder.records(), place, sealed={**record["sealed"], "digest": "A" * 43}))

    def back_date(folder):
        folder.put(changed(folder.records(), place, at="2020-01-01T00:00:00.000000Z"))

    def back_date_plain(folder):
        folder.run("UPDATE ledger SET record = json_set(record, '$.at', '2020-01-01T00:00:00.000000Z') WHERE idx = %d" % place)

    def duplicate(folder):
        folder.run("INSERT INTO ledger (idx, record, hash) SELECT (SELECT max(idx) + 1 FROM ledger), record, hash FROM ledger"
                   " WHERE idx = %d" % place)

    def duplicate_hashed(folder):
        records = folder.records()
        folder.put(records[:place] + [records[place]] + records[place:])

    def splice(folder):
        theirs = Folder(world.foreign)
        rows = theirs.database.execute("SELECT idx, record, hash FROM ledger WHERE idx BETWEEN ? AND ?", (place, place + 2)).fetchall()
        for row in rows:
            folder.database.execute("UPDATE ledger SET record = ?2, hash = ?3 WHERE idx = ?1", row)

    def another_key(folder):
        folder.put(changed(folder.records(), place, agent="another"))
        folder.run("DELETE FROM checkpoint")
        folder.database.close()
        for name in ("ledger.key", "ledger.vkey", "checkpoint"):
            folder.remove(name)
        world.resign(folder.path)

    def checkpoints_of_another_key(folder):
        theirs = sqlite3.connect(os.path.join(world.foreign, "countersign.db"))
        notes = theirs.execute("SELECT size, at, note FROM checkpoint").fetchall()
        folder.run("DELETE FROM checkpoint")
        folder.database.executemany("INSERT INTO checkpoint (size, at, note) VALUES (?, ?, ?)", notes)
        shutil.copy(os.path.join(world.foreign, "checkpoint"), os.path.join(folder.path, "checkpoint"))

    def without(name):
        def remove(folder):
            folder.database.close()
            folder.remove(name)
        return remove

    return [
        Case("edit", "the effect of a record, its hash left", edit, r"record %d was changed" % world.deny),
        Case("edit", "the same, all hashes after it made anew", edit_hashed, signed),
        Case("drop", "a record", drop, r"(record|records are missing from record) %d" % place),
        Case("drop", "the same, closed up and hashed anew", drop_hashed, signed + "|sealed"),
        Case("reorder", "two records change places", reorder, r"(at place|record) %d" % place),
        Case("cut tail", "the records after an earlier checkpoint", cut, r"ends before record %d" % world.early),
        Case("cut tail", "the same, with all later checkpoints", cut_all, r"ends before record %d" % world.early, True),
        Case("fork", "all records from one on written anew", fork, signed),
        Case("swap approver", "of a vote, its hash left", approver_plain, r"record %d was changed" % vote),
        Case("swap approver", "the same, hashed anew", approver, signed),
        Case("change policy version", "of a record in an export", policy_version, r"what is sealed of record \d+ is not what was recorded",
             export=True),
        Case("change policy version", "by another digest of what is sealed, hashed anew", policy_sealed, signed),
        Case("back-date", "a record, its hash left", back_date_plain, r"record %d was changed" % place),
        Case("back-date", "the same, hashed anew", back_date, signed),
        Case("duplicate", "a record, again at the end", duplicate, r"(was written (as record %d|for another one)|at place)" % place),
        Case("duplicate", "a record in the middle, hashed anew", duplicate_hashed, signed + "|sealed"),
        Case("splice", "records of another ledger in the middle", splice, r"record %d " % place),
        Case("re-sign", "rewritten, and all signed with another key", another_key,
             r"not signed with (its key|the key of this ledger)", True),
        Case("re-sign", "the checkpoints of another ledger", checkpoints_of_another_key, r"was not signed with its key"),
        Case("delete a file", "`checkpoint`", without("checkpoint"), r"the checkpoint beside the database is missing"),
        Case("delete a file", "`ledger.vkey`", without("ledger.vkey"), r"the key of the ledger is missing"),
        Case("delete a file", "`countersign.db`", without("countersign.db"), r"holds no data|no ledger in"),
    ]


class World:
    """A true ledger with decisions, an approval and a policy in it, and another one beside it."""

    def __init__(self):
        self.server = Server()
        self.true = self.server.data
        self._fill(self.server)
        self.elsewhere = os.path.join(self.server.scratch, "elsewhere")
        shutil.copy(os.path.join(self.true, "checkpoint"), self.elsewhere)
        other = Server(os.path.join(self.server.scratch, "foreign"))
        self._fill(other)
        self.foreign = other.data
        rows = [json.loads(row[0]) for row in self.server.rows("SELECT record FROM ledger ORDER BY idx")]
        self.vote = next(row["index"] for row in rows if row["kind"] == "vote")
        self.other_person = "person:" + "a" * 24
        self.deny = next(row["index"] for row in rows if row.get("effect") == "deny")
        reads = [row["index"] for row in rows if row.get("tool") == "Read" and "sealed" in row and row["index"] > self.deny]
        self.place = reads[1]

    def _fill(self, server):
        os.makedirs(server.scratch, exist_ok=True)
        server.start(options=("--trust-setup",))
        # Before any call: below a connected client the owner's shortcut is refused.
        person = server.program("tokens", "create", "--kind", "personal", "--name", "p", "--person", "owner@localhost").strip()
        file = os.path.join(server.scratch, "policy.yaml")
        with open(file, "w", encoding="utf-8") as out:
            out.write("policy: company\nlevel: tenant\nrules:\n  - deny: {shell_run: \"rm -rf *\"}\n    reason: One by one.\n")
        server.program("policy", "put", "--level", "tenant", file)
        for what in ("read", "read", "deny", "read", "read", "read", "read"):
            server.call(what)
        threading.Thread(target=lambda: server.call("ask"), daemon=True).start()
        while not server.rows("SELECT 1 FROM approval"):
            time.sleep(0.05)
        connection = http.client.HTTPConnection(server.address, timeout=30)
        connection.request("POST", "/v1/approvals/APR-1/votes", json.dumps({"answer": "approve", "scope": "once"}),
                           {"Authorization": "Bearer " + person, "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError("the vote was not taken: %d %s" % (answer.status, text))
        server.stop()
        if server is self.server:
            self.early_checkpoint = os.path.join(server.scratch, "early")
            shutil.copy(os.path.join(server.data, "checkpoint"), self.early_checkpoint)
            self.early = int(open(self.early_checkpoint, encoding="utf-8").read().split("\n")[1])
        server.start()
        for _ in range(4):
            server.call("read")
        if server is self.server:
            connection = http.client.HTTPConnection(server.address, timeout=30)
            connection.request("GET", "/v1/audit/export?format=json&kind=decision", headers={"Authorization": "Bearer " + person})
            answer = connection.getresponse()
            self.export = os.path.join(server.scratch, "export.jsonl")
            with open(self.export, "wb") as file:
                file.write(answer.read())
            if answer.status != 200:
                raise RuntimeError("no export: %d" % answer.status)
        server.stop()

    def resign(self, folder):
        server = Server(self.server.scratch, folder)
        server.token = self.server.token
        server.start()
        server.stop()

    def verdicts(self, folder, checkpoint):
        more = ["--checkpoint", self.elsewhere] if checkpoint else []
        if os.path.isfile(folder):
            code, said = self.server.program("audit", "verify", folder, data=self.true, check=False)
        else:
            code, said = self.server.program("audit", "verify", *more, data=folder, check=False)
        second = subprocess.run(["python3", os.path.join(HOME, "tools", "verify-ledger"), folder, *more], capture_output=True, text=True)
        return (code, said), (second.returncode, second.stdout + second.stderr)


def verdict(said):
    """The line of a verdict that names something, short."""
    for line in said.splitlines():
        if re.match(r"BROKEN|CUT", line) or not re.match(r"INTACT|COMPLETE|records|head|root|signed", line):
            return re.sub(r"/\S*/", "…/", re.sub(r"\s+", " ", re.sub(r"[0-9a-f]{64}", "…", line))).strip()
    return said.strip()


def run(report):
    world = World()
    try:
        (first, said), (second, also) = world.verdicts(world.true, True)
        report.section("Twelve ways to tamper", "By hand in a folder of %d records. \"Hashed anew\": whoever did it made the chain agree again. Where it says "
                       "*with a checkpoint*, the verifier was given one that had been kept elsewhere: who may write to the whole folder can put "
                       "back an older state of all of it, or sign anew, and only that shows it. The second verifier is `tools/verify-ledger`."
                       % world.server.rows("SELECT count(*) FROM ledger")[0][0])
        report.check("untouched: both find it intact and complete", first == 0 and second == 0, "" if first == 0 == second else said + also)
        for case in cases(world):
            folder = os.path.join(world.server.scratch, "case")
            if case.export:
                folder = os.path.join(world.server.scratch, "case.jsonl")
                shutil.copy(world.export, folder)
                case.change(folder)
            else:
                shutil.rmtree(folder, ignore_errors=True)
                shutil.copytree(world.true, folder)
                case.change(Folder(folder))
            (first, said), (second, also) = world.verdicts(folder, case.checkpoint)
            good = all(code in (1, 2) and re.search(case.says, text) for code, text in ((first, said), (second, also)))
            report.check("%s: %s%s" % (case.way, case.how, ", *with a checkpoint*" if case.checkpoint else ""), good,
                         "%s — second verifier: %s" % (verdict(said), verdict(also)))
    finally:
        world.server.kill()
        shutil.rmtree(world.server.scratch, ignore_errors=True)
