"""Messages to people while the process is killed, and while the other side is away."""
import http.client
import json
import os
import random
import shutil
import threading
import time
import urllib.request

from receiver import SECRET, Receiver
from server import Server

CALLERS = 8


class Told:
    """A server with a webhook, and the questions that callers were told of."""

    def __init__(self):
        self.server = Server()
        self.receiver = Receiver()
        self.questions = []
        self._lock = threading.Lock()
        self._next = 0
        folder = self.server.scratch
        with open(os.path.join(folder, "hook.secret"), "w") as file:
            file.write(SECRET)
        self.settings = os.path.join(folder, "settings.yaml")
        with open(self.settings, "w") as file:
            file.write("questions_per_minute: 100000\nnotify:\n  allow_private: [127.0.0.1]\n  channels:\n    - {name: ops, kind: webhook, "
                       "url: \"http://127.0.0.1:%d/hook\", secret_file: hook.secret}\n" % self.receiver.http.server_address[1])

    def start(self):
        return self.server.start(options=["--config", self.settings, "--trust-setup"])

    def ask(self):
        """Asks and does not wait: the question's number, or None where no answer came."""
        with self._lock:
            self._next += 1
            command = "git push origin b%d" % self._next
        answer = self.post("/v1/decisions", {"client": "faults", "tool": "Bash", "input": {"command": command}, "cwd": self.server.work,
                                             "workspace": self.server.work})
        number = (answer or {}).get("approval", {}).get("id")
        if number:
            with self._lock:
                self.questions.append(number)
        return number

    def post(self, path, body, token=None):
        request = urllib.request.Request("http://%s%s" % (self.server.address, path), json.dumps(body).encode(),
                                         {"Authorization": "Bearer " + (token or self.server.token), "Content-Type": "application/json"})
        try:
            return json.load(urllib.request.urlopen(request, timeout=10))
        except (OSError, ValueError, http.client.HTTPException):
            return None

    def arrived(self, kind="approval.requested"):
        return [body["data"]["approval"] for _, _, body in list(self.receiver.hooks) if body["type"] == kind]

    def drained(self, wanted, patience):
        """Waits until each of them was told; those that never were."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            missing = set(wanted) - set(self.arrived())
            if not missing:
                break
            time.sleep(0.1)
        return sorted(missing)

    def close(self):
        self.server.kill()
        self.receiver.close()
        shutil.rmtree(self.server.scratch, ignore_errors=True)


def kills(report, times, seed):
    report.section("kill -9 while people are told", "%d times: %d callers ask questions, which a webhook tells; the process is killed at a random "
                   "moment of the first 0.4 s after the first answers. Seed %d." % (times, CALLERS, seed))
    chance = random.Random(seed)
    told = Told()
    try:
        told.start()
        for _ in range(times):
            before, end = len(told.questions), threading.Event()

            def asking():
                while not end.is_set() and told.ask():
                    pass

            threads = [threading.Thread(target=asking, daemon=True) for _ in range(CALLERS)]
            for thread in threads:
                thread.start()
            while len(told.questions) < before + CALLERS and told.server.process.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.4))
            told.server.kill()
            end.set()
            for thread in threads:
                thread.join(15)
            told.start()
        missing = told.drained(told.questions, 120)
        arrived = told.arrived()
        report.check("every question that a caller was told of is told", not missing, ", ".join(missing[:5]) or "%d questions" % len(told.questions))
        report.check("there were questions to lose", len(told.questions) > 5 * times, len(told.questions))
        names = [name for _, name, _ in told.receiver.hooks]
        again = len(names) - len(set(names))
        report.check("what is sent again has the name of before, and is what was under way at a kill", again <= 32 * times and len(arrived) - len(set(arrived)) <= again,
                     "%d of %d twice" % (again, len(names)))
        report.check("every signature is good", not told.receiver.wrong, "; ".join(told.receiver.wrong[:3]))
    finally:
        told.close()


def outage(report, messages, seconds):
    report.section("The other side is away", "A webhook answers 503 for %d s, in which %d questions come; then it answers again. In between the server is "
                   "killed and started once." % (seconds, messages))
    told = Told()
    try:
        told.start()
        with open(os.path.join(told.server.data, "owner.json")) as file:
            owner = json.load(file)["token"]
        person = told.post("/v1/tokens", {"kind": "personal", "name": "faults", "person": "owner@localhost"}, owner)["token"]
        first = told.ask()
        missing = told.drained([first], 30)
        report.check("it works before", not missing, first)
        told.receiver.status = 503
        began = time.monotonic()
        slowest = 0.0
        while len(told.questions) < messages + 1:
            asked = time.monotonic()
            told.ask()
            slowest = max(slowest, time.monotonic() - asked)
        report.check("decisions do not wait for it", slowest < 2, "slowest %.0f ms" % (slowest * 1000))
        told.server.kill()
        told.start()
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        tried = told.receiver.tried
        report.check("nothing arrives, and it is not hammered", len(told.arrived()) == 1 and tried < 60 + 3 * seconds, "%d tries" % tried)
        told.receiver.status = 200
        back = time.monotonic()
        missing = told.drained(told.questions, 120)
        took = time.monotonic() - back
        arrived = told.arrived()
        report.check("everything arrives then", not missing, ", ".join(missing[:5]) or "%d messages within %.1f s" % (len(arrived), took))
        report.check("each once", len(arrived) == len(set(arrived)), "%d twice" % (len(arrived) - len(set(arrived))))
        # Of two answers to each question one counts, and it is told once.
        some = told.questions[:50]
        votes = [told.post("/v1/approvals/%s/votes" % number, {"answer": "approve"}, person) for number in some for _ in range(2)]
        end = time.monotonic() + 60
        while time.monotonic() < end and len(told.arrived("approval.decided")) < len(some):
            time.sleep(0.1)
        time.sleep(1)
        decided = told.arrived("approval.decided")
        report.check("an approval that is given twice counts and is told once", sorted(decided) == sorted(some),
                     "%d told of %d, %d answers taken" % (len(decided), len(some), len([vote for vote in votes if vote])))
    finally:
        told.close()


def run(report, short, times, seed):
    kills(report, 2 if short else times, seed)
    if not short:
        outage(report, 1000, 600)
