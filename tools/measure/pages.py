"""Measures the pages of a running server: OUTPUT-OF-SERVE OWNER-FILE."""
import http.client, json, re, sys, time, urllib.parse
from datetime import datetime, timedelta, timezone

out = open(sys.argv[1]).read()
place = urllib.parse.urlparse(re.search(r"Countersign answers at (\S+)", out).group(1)).netloc
code = re.search(r"/sign-in\?code=(\S+)", out).group(1)
token = json.load(open(sys.argv[2]))["token"]


def ask(connection, method, path, body=None, headers=None):
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    return answer.status, answer.getheader("Set-Cookie"), answer.read().decode()


connection = http.client.HTTPConnection(place)
_, cookie, _ = ask(connection, "POST", "/sign-in/code", "code=" + code, {"Content-Type": "application/x-www-form-urlencoded"})
signed = {"Cookie": cookie.split(";")[0]}
begin = time.time()
while json.loads(ask(connection, "GET", "/health/ready", headers={"Authorization": "Bearer " + token})[2])["ledger"] == "checking":
    time.sleep(1)
print("the server checked the ledger %.0f s after its start" % (time.time() - begin))


def page(path):
    from_ = time.perf_counter()
    status, _, text = ask(connection, "GET", path, headers=signed)
    took = (time.perf_counter() - from_) * 1000
    if status != 200:
        raise SystemExit("%s: %d %s" % (path, status, text[:300]))
    return took, text


def hint(text):
    return " ".join(re.findall(r'class="soft hint">([^<]*)', text))


took, text = page("/activity")
print("first look at /activity: %.0f ms  %s" % (took, hint(text)))
begin = time.time()
while "not counted yet" in text:
    time.sleep(0.2)
    _, text = page("/activity")
print("all counted %.1f s later" % (time.time() - begin))
older = "/activity?before=%d" % (int(re.search(r'data-top="(\d+)"', text).group(1)) // 2)
since = (datetime.now(timezone.utc) - timedelta(days=40)).strftime("%Y-%m-%dT%H:%M:%SZ")
decision = re.search(r'data-index="(\d+)"', page("/activity?effect=deny")[1]).group(1)
paths = ["/", "/activity", older, "/activity?last=24h", "/activity?last=30d&effect=deny", "/activity?agent=agent-7&effect=ask",
         "/activity?effect=defer&risk=high&client=codex", "/activity?person=p3%40example.com&from=" + since,
         "/activity?rule=no-direct-prod&last=7d", "/activity?q=force", "/activity?q=nowhere-to-be-found", "/activity?session=s99",
         "/activity?action=git_push&open=" + decision, "/activity/new?after=0", "/records/" + decision,
         "/records/" + decision + "?verify=yes", "/activity/session?id=s1200"] + sys.argv[3:]
for path in paths:
    times = [page(path)[0] for _ in range(8)][3:]
    times += [page(path)[0] for _ in range(25)]
    times.sort()
    took, text = page(path)
    print("%-62s median %5.1f ms  slowest %6.1f ms  %4d kB  %s" % (path, times[len(times) // 2], times[-1], len(text) // 1024, hint(text)))
