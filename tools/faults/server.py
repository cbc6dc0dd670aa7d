"""A real `countersign serve`, as the faults are put to it, and what it answered."""
import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(HOME, "countersign")


def environment(scratch):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COUNTERSIGN_", "LD_PRELOAD"))}
    kept.update(HOME=scratch, XDG_CONFIG_HOME=os.path.join(scratch, "config"))
    return kept


class Answers:
    """What callers were told, by the client's own id of the call; several threads write it."""

    def __init__(self):
        self.told = {}
        self._lock = threading.Lock()
        self._next = 0

    def name(self):
        with self._lock:
            self._next += 1
            return "call-%d" % self._next

    def add(self, call, effect):
        with self._lock:
            self.told[call] = effect


class Server:
    """One data folder and the process on it. Every answer of every process on the folder is kept."""

    def __init__(self, scratch=None, folder=None):
        self.scratch = scratch or tempfile.mkdtemp(prefix="countersign-faults-")
        self.data = folder or os.path.join(self.scratch, "data")
        self.work = os.path.join(self.scratch, "work")
        os.makedirs(self.work, exist_ok=True)
        self.answers = Answers()
        self.process = self.token = self.address = None

    def start(self, prefix=(), extra=None, patience=180, options=()):
        """Starts it and returns how long that took, in seconds; raises Refused with what it said."""
        began = time.monotonic()
        self.said = os.path.join(self.scratch, "serve.out")
        self.complained = os.path.join(self.scratch, "serve.err")
        with open(self.said, "wb") as out, open(self.complained, "wb") as err:
            self.process = subprocess.Popen(
                [*prefix, PROGRAM, "serve", "--data", self.data, "--listen", "127.0.0.1:0", *options],
                stdout=out, stderr=err, stdin=subprocess.DEVNULL, env={**environment(self.scratch), **(extra or {})})
        while True:
            found = re.search(r"^Countersign answers at http://([^/\s]+)", _text(self.said), re.MULTILINE)
            if found and "Sign in:" in _text(self.said):
                self.address = found.group(1)
                break
            if self.process.poll() is not None:
                raise Refused(self.process.returncode, _text(self.complained) + _text(self.said))
            if time.monotonic() - began > patience:
                self.kill()
                raise Refused(None, "not ready after %d s" % patience)
            time.sleep(0.01)
        took = time.monotonic() - began
        if self.token is None:
            self.token = self.program("tokens", "create", "--kind", "agent", "--name", "faults", "--agent", "faults").strip()
        return took

    def program(self, *arguments, data=None, check=True):
        """Another command of the program; its output."""
        done = subprocess.run([PROGRAM, *arguments, "--data", data or self.data], capture_output=True, text=True,
                              env=environment(self.scratch), stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise Refused(done.returncode, done.stdout + done.stderr)
        return done.stdout if check else (done.returncode, done.stdout + done.stderr)

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)

    def caller(self, timeout=60):
        return Caller(self, timeout)

    def call(self, what="read", timeout=60):
        """One call on a connection of its own: (effect, reason)."""
        with self.caller(timeout) as caller:
            return caller.call(what)

    def ready(self):
        """The status of /health/ready, or 0 where nothing answers."""
        connection = http.client.HTTPConnection(self.address, timeout=20)
        try:
            connection.request("GET", "/health/ready")
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except OSError:
            return 0
        finally:
            connection.close()

    def becomes_ready(self, wanted=200, patience=20):
        """Waits for that status without calling anything else; how long it took, or None."""
        began = time.monotonic()
        while time.monotonic() - began < patience:
            if self.ready() == wanted:
                return time.monotonic() - began
            time.sleep(0.02)
        return None

    def rows(self, sql, *parameters):
        connection = sqlite3.connect("file:%s?mode=ro" % os.path.join(self.data, "countersign.db"), uri=True, timeout=10)
        try:
            return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()

    def lost(self):
        """What is wrong with the ledger, measured by what callers were told; empty where all is well."""
        rows = self.rows("SELECT call, record ->> '$.effect', decision FROM ledger WHERE kind = 'decision' AND call IS NOT NULL")
        kept, wrong = {}, []
        for call, effect, decision in rows:
            kept.setdefault(call, []).append((effect, decision))
        for call, told in self.answers.told.items():
            recorded = [effect for effect, _ in kept.get(call, [])]
            if told in ("allow", "deny") and told not in recorded:
                wrong.append("%s was told %s, recorded %s" % (call, told, recorded))
        # A question and what became of it are two records of one decision.
        decisions = [(decision, effect) for _, effect, decision in rows]
        if len(decisions) != len(set(decisions)):
            wrong.append("%d ids of decisions are there twice" % (len(decisions) - len(set(decisions))))
        return wrong

    def verified(self, data=None, both=True):
        """The verdicts of the two verifiers; "" where both are good."""
        folder, wrong = data or self.data, []
        second = subprocess.run(["python3", os.path.join(HOME, "tools", "verify-ledger"), folder], capture_output=True, text=True)
        if second.returncode:
            wrong.append("verify-ledger: " + second.stdout + second.stderr)
        if both:
            code, said = self.program("audit", "verify", data=folder, check=False)
            if code:
                wrong.append("audit verify: " + said)
        return " ".join(wrong)

    def records(self):
        return self.rows("SELECT count(*) FROM ledger")[0][0]


class Refused(Exception):
    def __init__(self, code, said):
        super().__init__(said)
        self.code, self.said = code, said


class Caller:
    """One client with a connection that stays open."""

    def __init__(self, server, timeout):
        self.server, self.timeout = server, timeout
        self.connection = None

    def __enter__(self):
        self.connection = http.client.HTTPConnection(self.server.address, timeout=self.timeout)
        return self

    def __exit__(self, *_):
        self.connection.close()

    def call(self, what="read"):
        """(effect, reason); ("none", why) where no answer came."""
        server, name = self.server, self.server.answers.name()
        tool, given = {
            "read": ("Read", {"file_path": "%s/%s" % (server.work, name)}),
            "deny": ("Bash", {"command": "rm -rf ~/" + name + " ~"}),
            "ask": ("Bash", {"command": "git push origin " + name}),
        }[what]
        body = json.dumps({"session_id": "faults", "cwd": server.work, "hook_event_name": "PreToolUse",
                           "tool_name": tool, "tool_use_id": name, "tool_input": given})
        try:
            self.connection.request("POST", "/hooks/claude-code/PreToolUse", body,
                                    {"Authorization": "Bearer " + server.token, "Content-Type": "application/json"})
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return "none", repr(error)
        if answer.status != 200:
            return "none", "%d %s" % (answer.status, text[:200])
        said = json.loads(text).get("hookSpecificOutput", {})
        effect, reason = said.get("permissionDecision", "none"), said.get("permissionDecisionReason", "")
        # A deny because nothing can be recorded is by its nature without a record.
        server.answers.add(name, "unrecorded" if effect == "deny" and _unrecorded(reason) else effect)
        return effect, reason


def _unrecorded(reason):
    return "could not judge this" in reason or "this could not be recorded" in reason


def _text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
