"""Measures the pages of a running server: OUTPUT-OF-SERVE OWNER-FILE [PATH…].

What the machine does beside it makes the times longer, and not the processor time of the server, which is printed, too."""
import http.client, json, os, re, sys, time, urllib.parse
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


def server():
    """Where Linux says how long the server has worked; empty elsewhere."""
    try:
        port = ":%04X" % int(place.rsplit(":", 1)[1])
        inodes = {line.split()[9] for name in ("tcp", "tcp6") for line in open("/proc/net/" + name).readlines()[1:]
                  if line.split()[1].endswith(port) and line.split()[3] == "0A"}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                held = {os.readlink("/proc/%s/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%s/fd" % pid)}
            except OSError:
                continue
            if any("socket:[%s]" % inode in held for inode in inodes):
                return "/proc/%s/stat" % pid
    except OSError:
        pass
    return ""


stat = server()


def processor():
    return sum(map(int, open(stat).read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK") if stat else 0


for path in paths:
    before = processor()
    times = [page(path)[0] for _ in range(8)][3:]
    times += [page(path)[0] for _ in range(25)]
    work = (processor() - before) * 1000 / 33
    times.sort()
    took, text = page(path)
    print("%-62s median %5.1f ms  slowest %6.1f ms  processor %5.1f ms  %4d kB  %s"
          % (path, times[len(times) // 2], times[-1], work, len(text) // 1024, hint(text)))
