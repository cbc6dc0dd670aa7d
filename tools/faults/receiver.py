"""Receivers of messages on the loopback: webhooks whose signatures are checked, Slack's interface, and mail."""
import base64
import hashlib
import hmac
import http.server
import json
import re
import socketserver
import threading
import time

SECRET = "whsec_" + base64.b64encode(b"a secret of the faults, for nothing else").decode()
TOKEN = "xoxb-1-faults"
SIGNING = "the signing secret of the faults"


class Receiver:
    """What arrived, in the order in which it did; `status` is what a sender is answered."""

    def __init__(self):
        self.status = 200
        self.tried = 0
        self.wrong = []
        self.hooks = []
        self.posts = []
        self.mails = []
        self._lock = threading.Lock()
        outer = self

        class Http(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer = outer.status, b"{}"
                with outer._lock:
                    outer.tried += 1
                    if status == 200:
                        answer = outer.slack(self, body) if self.path.startswith("/api/") else outer.hook(self, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        class Smtp(socketserver.StreamRequestHandler):
            def handle(self):
                self.say("220 receiver")
                for line in iter(self.rfile.readline, b""):
                    word = line.split()[0].upper() if line.strip() else b""
                    if word == b"DATA":
                        self.say("354 go on")
                        lines = list(iter(self.rfile.readline, b".\r\n"))
                        with outer._lock:
                            outer.mails.append((time.monotonic(), b"".join(lines)))
                    elif word == b"QUIT":
                        self.say("221 bye")
                        return
                    self.say("250 receiver" if word != b"AUTH" else "502 no")

            def say(self, words):
                self.wfile.write(words.encode() + b"\r\n")

        self.http = _listening(_Threads(("127.0.0.1", 0), Http))
        self.smtp = _listening(_Connections(("127.0.0.1", 0), Smtp))

    def hook(self, request, body):
        """A webhook as Standard Webhooks 1.0 says."""
        name, at = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
        key = base64.b64decode(SECRET[len("whsec_"):])
        wanted = "v1," + base64.b64encode(hmac.new(key, ("%s.%s." % (name, at)).encode() + body, hashlib.sha256).digest()).decode()
        if wanted not in request.headers.get("webhook-signature", "").split(" "):
            self.wrong.append("a signature that is none: " + name)
        self.hooks.append((time.monotonic(), name, json.loads(body)))
        return b""

    def slack(self, request, body):
        if request.headers.get("Authorization") != "Bearer " + TOKEN:
            self.wrong.append("another token")
        message = json.loads(body)
        if request.path.endswith("chat.postMessage"):
            self.posts.append((time.monotonic(), json.dumps(message)))
        return json.dumps({"ok": True, "channel": message.get("channel"), "ts": "%d.000100" % (len(self.posts) + 1)}).encode()

    def close(self):
        for server in self.http, self.smtp:
            server.shutdown()
            server.server_close()


class _Threads(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1000


class _Connections(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 1000


def _listening(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def question(text):
    """The number of the question that a text names."""
    found = re.search(r"APR-\d+", text)
    return found.group() if found else ""
