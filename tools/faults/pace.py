"""How long it takes from a request to its message: a hundred questions a second, told in Slack and by mail, and by a webhook."""
import http.client
import json
import os
import shutil
import sys
import threading
import time

from receiver import SECRET, SIGNING, TOKEN, Receiver, question
from server import Server

CALLERS = 16
BOUND = 1.0


def settings(folder, receiver):
    for name, secret in ("hook", SECRET), ("token", TOKEN), ("signing", SIGNING):
        with open(os.path.join(folder, name + ".secret"), "w") as file:
            file.write(secret)
    path = os.path.join(folder, "settings.yaml")
    http_port, smtp_port = receiver.http.server_address[1], receiver.smtp.server_address[1]
    with open(path, "w") as file:
        file.write("""questions_per_minute: 100000
notify:
  allow_private: [127.0.0.1]
  channels:
    - {name: ops, kind: webhook, url: "http://127.0.0.1:%d/hook", secret_file: hook.secret}
    - {name: chat, kind: slack, channel: C0123456789, token_file: token.secret, signing_secret_file: signing.secret, api: "http://127.0.0.1:%d/api/"}
    - {name: mail, kind: email, host: 127.0.0.1, port: %d, security: none, from: countersign@example.com}
""" % (http_port, http_port, smtp_port))
    return path


class Asking:
    """Callers with connections that stay open; each asks at its times and waits for no answer of a person."""

    def __init__(self, server):
        self.server = server
        self.asked = {}
        self.slowest = 0.0

    def ask(self, connection, name):
        body = json.dumps({"client": "pace", "tool": "Bash", "input": {"command": "git push origin " + name}, "cwd": self.server.work,
                           "workspace": self.server.work})
        at = time.monotonic()
        connection.request("POST", "/v1/decisions", body, {"Authorization": "Bearer " + self.server.token, "Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        self.slowest = max(self.slowest, time.monotonic() - at)
        self.asked[answer["approval"]["id"]] = at

    def all(self, count, rate, name):
        began = time.monotonic() + 0.2

        def caller(first):
            connection = http.client.HTTPConnection(self.server.address, timeout=60)
            for i in range(first, count, CALLERS):
                time.sleep(max(0.0, began + i / rate - time.monotonic()))
                self.ask(connection, name + "-%d" % i)
            connection.close()

        threads = [threading.Thread(target=caller, args=(i,), daemon=True) for i in range(CALLERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(self.asked) < count:
            raise SystemExit("%d of %d were not asked about" % (count - len(self.asked), count))
        return count / (time.monotonic() - began)


def arrivals(receiver):
    """The first time that each question was seen, by where."""
    seen = {"webhook": {}, "Slack": {}, "mail": {}}
    for at, _, body in list(receiver.hooks):
        seen["webhook"].setdefault(body["data"]["approval"], at)
    for at, text in list(receiver.posts):
        seen["Slack"].setdefault(question(text), at)
    for at, text in list(receiver.mails):
        seen["mail"].setdefault(question(text.decode(errors="replace")), at)
    return seen


def main(count, rate):
    receiver, server = Receiver(), Server()
    try:
        server.start(options=["--config", settings(server.scratch, receiver), "--trust-setup"])
        asking = Asking(server)
        # A server that has just started compiles what it does most; it is told apart.
        round(receiver, asking, count, rate, "first")
        good = round(receiver, asking, count, rate, "then")
        for each in receiver.wrong[:3]:
            print("wrong: " + each)
        print("resident %s KiB" % resident(server.pid))
        return 0 if good and not receiver.wrong else 1
    finally:
        server.kill()
        receiver.close()
        shutil.rmtree(server.scratch, ignore_errors=True)


def round(receiver, asking, count, rate, name):
    """Asks, waits until all were told, and says how long that took; whether none took a second."""
    asking.asked, asking.slowest = {}, 0.0
    reached = asking.all(count, rate, name)
    wait(receiver, asking.asked)
    print("%s: %d questions at %.0f a second; the slowest answer to a caller took %.0f ms" % (name, count, reached, asking.slowest * 1000))
    good = True
    for where, seen in arrivals(receiver).items():
        missing = [each for each in asking.asked if each not in seen]
        took = sorted(seen[each] - at for each, at in asking.asked.items() if each in seen)
        if missing:
            print("  %-8s %d never arrived" % (where, len(missing)))
        if took:
            print("  %-8s p50 %.0f ms, p99 %.0f ms, most %.0f ms" % (
                where, took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000, took[-1] * 1000))
        good = good and not missing and took[-1] < BOUND
    return good


def wait(receiver, wanted):
    end = time.monotonic() + 60
    while time.monotonic() < end and not all(set(wanted) <= set(seen) for seen in arrivals(receiver).values()):
        time.sleep(0.2)


def resident(pid):
    with open("/proc/%d/status" % pid) as file:
        return next(line.split()[1] for line in file if line.startswith("VmRSS"))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2])))
