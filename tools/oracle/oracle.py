#!/usr/bin/env python3
"""Differential oracle: which simple commands does a shell command string REALLY execute?

The string is run by a real bash / dash / zsh inside bubblewrap: no network, own pid/ipc/user namespaces, an empty
root that holds only the shells, a few launchers (env, xargs, find, timeout, ...) and text filters (cat, tr, base64,
sed, ...) and, for every other name, a stub that logs its argv and does nothing.  See README.md.
"""
import argparse, hashlib, json, os, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
# Real programs that start other programs: their children are stubs again.
LAUNCHERS = "env nohup timeout nice ionice setsid stdbuf xargs find flock taskset chrt bash dash zsh time script prlimit setpriv runuser".split()
# Real text filters: what they print decides what later commands get (echo ... | base64 -d | sh).
FILTERS = "cat tr rev base64 base32 xxd od sed awk mawk head tail sort uniq cut paste seq tac nl fold printf echo basename dirname expr test [ true false tee perl envsubst".split()
# Only with -m real: they change files, inside the throw-away tree.
MUTATORS = "rm rmdir mv cp ln mkdir touch chmod truncate dd install mkfifo ls readlink realpath mktemp tar gzip gunzip".split()
SHELLS = {"bash": "bash", "sh": "dash", "dash": "dash", "zsh": "zsh"}
ALIAS = {"sh": "dash", "rbash": "bash", "nawk": "mawk", "gawk": None, "egrep": None}

RCFILE = r'''command_not_found_handle() { { set +x; } 2>/dev/null; /.o/missing "$@"; return 127; }
exec 250>>/.o/run/trace
BASH_XTRACEFD=250
PS4=$'\001$SHLVL:'
FUNCNEST=6
set -x
'''
# Batched: no trace, so that nothing but the command itself is run.
BATCHRC = r'''command_not_found_handle() { /.o/missing "$@"; return 127; }
FUNCNEST=20
'''
ZRC = r'''command_not_found_handler() { /.o/missing "$@"; return 127 }
FUNCNEST=20
'''

def which(n):
    for d in ("/usr/bin", "/bin", "/usr/sbin", "/sbin"):
        p = os.path.join(d, n)
        if os.path.isfile(p) and os.access(p, os.X_OK):
            return os.path.realpath(p)
    return None

def libs_of(path):
    out = subprocess.run(["ldd", path], capture_output=True, text=True).stdout
    return set(re.findall(r"(/[^\s()]+\.so[^\s()]*)", out))

def build(mode):
    names = [w for line in open(os.path.join(HERE, "names.txt")) if not line.startswith("#") for w in line.split()]
    src = "".join(open(os.path.join(HERE, f)).read() for f in ("stub.c", "driver.c"))
    key = hashlib.sha256((src + mode + " ".join(names) + open(__file__).read()).encode()).hexdigest()[:16]
    root = os.path.join(tempfile.gettempdir(), "shell-oracle-%d-%s" % (os.getuid(), key))
    if os.path.exists(os.path.join(root, "ok")):
        return root
    tmp = tempfile.mkdtemp(prefix="shell-oracle-build-")
    os.makedirs(tmp + "/usr/bin"); os.makedirs(tmp + "/o/real"); os.makedirs(tmp + "/etc"); os.makedirs(tmp + "/o/z"); os.makedirs(tmp + "/o/run")
    subprocess.run(["cc", "-O1", "-static", "-o", tmp + "/o/stub", os.path.join(HERE, "stub.c")], check=True)
    subprocess.run(["cc", "-O1", "-static", "-o", tmp + "/o/driver", os.path.join(HERE, "driver.c")], check=True)
    os.symlink("stub", tmp + "/o/missing")
    real = LAUNCHERS + FILTERS + (MUTATORS if mode == "real" else [])
    libs, have = set(), []
    for n in real + list(ALIAS):
        p = which(ALIAS.get(n, n) or n)
        if n in ALIAS and ALIAS[n] is None:
            continue
        if p:
            shutil.copy2(p, tmp + "/o/real/" + n); have.append(n); libs |= libs_of(p)
    for l in libs:
        dst = tmp + l
        os.makedirs(os.path.dirname(dst), exist_ok=True)
        shutil.copy2(os.path.realpath(l), dst)
    for n in set(names) | set(have) | {"sh"}:
        os.symlink("/.o/stub", tmp + "/usr/bin/" + n)
    if os.path.isdir("/usr/lib/x86_64-linux-gnu/zsh"):
        shutil.copytree("/usr/lib/x86_64-linux-gnu/zsh", tmp + "/usr/lib/x86_64-linux-gnu/zsh", dirs_exist_ok=True)
    open(tmp + "/o/rc.sh", "w").write(RCFILE)
    open(tmp + "/o/z/.zshenv", "w").write(ZRC)
    open(tmp + "/o/batch.sh", "w").write(BATCHRC)
    open(tmp + "/etc/passwd", "w").write("root:x:0:0:root:/root:/bin/bash\nu:x:1000:1000:u:/home/u:/bin/bash\n")
    open(tmp + "/etc/group", "w").write("root:x:0:\nu:x:1000:\n")
    open(tmp + "/etc/hosts", "w").write("127.0.0.1 localhost\n")
    open(tmp + "/ok", "w").close()
    subprocess.run(["chmod", "-R", "a+rX", tmp], check=False)
    try:
        os.rename(tmp, root)
    except OSError:
        shutil.rmtree(tmp)
    return root

FIXTURE = {
    "w/a.txt": "alpha\n", "w/b.txt": "beta\n", "w/src/main.c": "int main(){}\n", "w/src/util.py": "print(1)\n",
    "w/sub dir/c d.txt": "gamma\n", "w/.env": "SECRET=x\n", "w/Makefile": "all:\n\techo hi\n",
    "w/cmds.sh": "rm -rf from-script\n", "w/names": "rm\n-rf\nfrom-names\n", "w/.git/config": "[core]\n",
    "home/.bashrc": "# rc\n", "home/.ssh/id_rsa": "key\n", "home/notes.txt": "n\n",
}

def snapshot(base):
    d = {}
    for dp, dn, fn in os.walk(base):
        for n in dn + fn:
            p = os.path.join(dp, n)
            r = os.path.relpath(p, base)
            if os.path.islink(p): d[r] = "-> " + os.readlink(p)
            elif os.path.isfile(p):
                try: d[r] = hashlib.sha256(open(p, "rb").read()).hexdigest()[:12]
                except OSError: d[r] = "?"
            else: d[r] = "dir" if os.path.isdir(p) else "special"
    return d

def shellwords(s):
    """Split one xtrace line back into words ('..', $'..', backslash)."""
    out, cur, i, inw = [], "", 0, False
    while i < len(s):
        c = s[i]
        if c in " \t":
            if inw: out.append(cur); cur, inw = "", False
            i += 1; continue
        inw = True
        if c == "'":
            j = s.find("'", i + 1); j = len(s) if j < 0 else j
            cur += s[i + 1:j]; i = j + 1
        elif c == "$" and s[i + 1:i + 2] == "'":
            j, t = i + 2, ""
            while j < len(s) and s[j] != "'":
                if s[j] == "\\": t += s[j:j + 2]; j += 2
                else: t += s[j]; j += 1
            esc = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "E": "\x1b", "e": "\x1b", "f": "\f", "v": "\v"}
            t = re.sub(r"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)", lambda m: esc.get(m[1]) or (chr(int(m[1][1:], 16)) if m[1][0] == "x" and len(m[1]) > 1 else chr(int(m[1], 8)) if m[1][0] in "01234567" else m[1]), t)
            cur += t; i = j + 1
        elif c == '"':
            j = s.find('"', i + 1); j = len(s) if j < 0 else j
            cur += s[i + 1:j]; i = j + 1
        elif c == "\\": cur += s[i + 1:i + 2]; i += 2
        else: cur += c; i += 1
    if inw: out.append(cur)
    return out

def syntax_ok(shell, cmd):
    exe = which(SHELLS[shell])
    r = subprocess.run([exe, "-n", "-c", cmd], capture_output=True, timeout=5, env={"PATH": "/nonexistent"}, stdin=subprocess.DEVNULL)
    return r.returncode == 0, r.stderr.decode("utf-8", "replace").strip()[:300]

def sandbox(root, writable, rc, more=()):
    """The words in front of what runs in the sandbox."""
    a = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--uid", "1000", "--gid", "1000", *more,
         "--ro-bind", root + "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/bin", "/sbin"]
    for d in ("lib", "lib64"):
        if os.path.isdir(root + "/" + d): a += ["--ro-bind", root + "/" + d, "/" + d]
    a += ["--ro-bind", root + "/o", "/.o", "--ro-bind", root + "/etc", "/etc", "--dev", "/dev", "--proc", "/proc",
          *writable, "--remount-ro", "/", "--chdir", "/w"]
    for k, v in dict(PATH="/usr/bin", HOME="/home/u", USER="u", LOGNAME="u", LANG="C.UTF-8", TERM="dumb",
                     BASH_ENV=rc, ZDOTDIR="/.o/z", SHELL="/bin/bash").items():
        a += ["--setenv", k, v]
    if os.getuid() == 0: a = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + a
    return a

def batch(root, jobs, rcs=(0, 1)):
    """Runs many jobs in one sandbox; yields (job, log, timed_out). A sandbox that dies is an error."""
    a = sandbox(root, ["--tmpfs", "/.o/run", "--tmpfs", "/w", "--tmpfs", "/home/u", "--tmpfs", "/tmp"], "/.o/batch.sh", ["--as-pid-1"])
    p = subprocess.Popen(a + ["/.o/driver"] + [str(r) for r in rcs], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, cwd="/", env={"PATH": "/usr/bin:/bin"})
    try:
        for job in jobs:
            text = job["command"].encode("utf-8", "surrogatepass").replace(b"\0", b"")
            p.stdin.write(b"%s %d\n" % (SHELLS[job.get("shell", "bash")].encode(), len(text)) + text)
            p.stdin.flush()
            log, cut, status = [], False, []
            for _ in rcs:
                line = p.stdout.readline()
                if not line: raise EOFError
                run = json.loads(line.decode("latin-1"))
                log += run["log"]; cut |= run["timed_out"]; status.append(run["status"])
            yield job, log, cut, status
    except (EOFError, BrokenPipeError):
        sys.exit("oracle: the sandbox ended early: " + p.stderr.read().decode("utf-8", "replace").strip())
    finally:
        p.stdin.close(); p.wait()

def batches(lines, width):
    """Answers JSON lines in any order, with `width` sandboxes side by side."""
    import threading
    root, lock, failed = build("stub"), threading.Lock(), []
    jobs = iter([json.loads(l) for l in lines if l.strip()])
    def taken():
        while True:
            with lock:
                job = next(jobs, None)
            if job is None: return
            yield job
    def work():
        try:
            for job, log, cut, status in batch(root, taken()):
                seen = {"exec": [], "missing": []}
                for e in log:
                    v = {"argv": e["argv"], "exe": e.get("exe", ""), "cwd": e["cwd"]}
                    if v not in seen[e["k"]]: seen[e["k"]].append(v)
                with lock:
                    print(json.dumps({"id": job.get("id"), "executed": seen["exec"], "missing": seen["missing"],
                                      "timed_out": cut, "status": status}))
        except SystemExit as e:
            failed.append(str(e))
    threads = [threading.Thread(target=work) for _ in range(width)]
    for t in threads: t.start()
    for t in threads: t.join()
    if failed: sys.exit(failed[0])

def one(root, cmd, shell, rc, timeout, mode, stdin):
    t = tempfile.mkdtemp(prefix="shell-oracle-run-")
    try:
        for p, c in FIXTURE.items():
            q = os.path.join(t, p); os.makedirs(os.path.dirname(q), exist_ok=True); open(q, "w").write(c)
        os.makedirs(t + "/tmp"); os.symlink("/etc/passwd", t + "/w/link-out")
        os.makedirs(t + "/run")
        for f in ("log", "trace"): open(t + "/run/" + f, "w").close()
        open(t + "/run/rc", "w").write(str(rc))
        subprocess.run(["chmod", "-R", "a+rwX", t])
        before = {k: snapshot(t + "/" + k) for k in ("w", "home", "tmp")}
        a = sandbox(root, ["--bind", t + "/run", "/.o/run", "--bind", t + "/w", "/w", "--bind", t + "/home", "/home/u",
                           "--bind", t + "/tmp", "/tmp"], "/.o/rc.sh")
        a += ["/.o/real/bash", "--norc", "--noprofile", "-p", "-c", 'ulimit -u 150; ulimit -f 2048; ulimit -t 3; ulimit -v 2000000; unset SHLVL; exec -a "$0" "/.o/real/$0" -c "$1"', SHELLS[shell], cmd]
        to = False
        p = subprocess.Popen(a, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/", env={"PATH": "/usr/bin:/bin"})
        try: out, err = p.communicate(stdin, timeout)
        except subprocess.TimeoutExpired:
            to = True; p.kill(); out, err = p.communicate()
        log = [json.loads(l) for l in open(t + "/run/log", errors="replace") if l.startswith("{")]
        raw = open(t + "/run/trace", "rb").read().decode("utf-8", "replace")
        traced = []
        for l in re.split("\n(?=\x01)", raw.rstrip("\n")):
            m = re.match("\x01+(\\d+):(.*)", l, re.S)
            w = shellwords(m[2]) if m else []
            if w and not w[0].startswith("/.o/") and w != ["set", "+x"]:
                traced.append({"argv": w, "level": int(m[1])})
        files = []
        for k, pre in (("w", "/w/"), ("home", "/home/u/"), ("tmp", "/tmp/")):
            after = snapshot(t + "/" + k)
            for f in sorted(set(before[k]) | set(after)):
                b, c = before[k].get(f), after.get(f)
                if b != c: files.append({"path": pre + f, "change": "created" if b is None else "deleted" if c is None else "modified"})
        return dict(rc=p.returncode, timed_out=to, log=log, traced=traced, files=files, stdout=out.decode("utf-8", "replace")[:2000], stderr=err.decode("utf-8", "replace")[:2000])
    finally:
        shutil.rmtree(t, ignore_errors=True)

def observe(cmd, shell="bash", timeout=3.0, mode="stub", stdin=b"", rcs=(0, 1)):
    root = build(mode)
    ok, msg = syntax_ok(shell, cmd)
    res = {"command": cmd, "shell": shell, "syntax_ok": ok}
    if not ok: res["syntax_error"] = msg
    ex, mi, tr, fi, denied, to = [], [], [], [], [], False
    for rc in rcs:
        r = one(root, cmd, shell, rc, timeout, mode, stdin)
        for e in r["log"]:
            tgt = ex if e["k"] == "exec" else mi
            v = {"argv": e["argv"], "exe": e.get("exe", ""), "cwd": e["cwd"]}
            if v not in tgt: tgt.append(v)
        for w in r["traced"]:
            if w not in tr: tr.append(w)
        for f in r["files"]:
            if f not in fi: fi.append(f)
        for m in re.findall(r": ([^:\n]+): (?:Read-only file system|Permission denied)", r["stderr"]):
            if m not in denied: denied.append(m)
        for m in re.findall(r"cannot create ([^:\n]+): ", r["stderr"]):
            if m not in denied: denied.append(m)
        to |= r["timed_out"]
        res.setdefault("runs", []).append({"stub_rc": rc, "rc": r["rc"], "stdout": r["stdout"][:400], "stderr": r["stderr"][:400]})
    res.update(executed=ex, missing=mi, traced=tr, files_changed=fi, writes_refused=denied, timed_out=to)
    return res

def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("-s", "--shell", default="bash", choices=sorted(SHELLS))
    ap.add_argument("-t", "--timeout", type=float, default=3.0)
    ap.add_argument("-m", "--mode", default="stub", choices=["stub", "real"], help="real: rm, mv, cp, ... act on the throw-away tree")
    ap.add_argument("-l", "--lines", action="store_true", help="read JSON lines {command: ...} (or bare strings) on stdin, write one JSON line each")
    ap.add_argument("-B", "--batched", type=int, default=0, metavar="N", help="as -l, but many commands to a sandbox and N sandboxes side by side; only what was executed is reported, in any order")
    ap.add_argument("-b", "--brief", action="store_true", help="print only the executed argvs, one JSON array per line")
    ap.add_argument("command", nargs="?")
    o = ap.parse_args()
    def show(r):
        if o.brief:
            for e in r["executed"] + r["missing"]: print(json.dumps(e["argv"]))
        else: print(json.dumps(r) if o.lines else json.dumps(r, indent=1))
        sys.stdout.flush()
    if o.batched:
        batches(sys.stdin, o.batched)
    elif o.lines:
        for line in sys.stdin:
            if not line.strip(): continue
            j = json.loads(line); j = {"command": j} if isinstance(j, str) else j
            r = observe(j["command"], j.get("shell", o.shell), o.timeout, o.mode)
            if "id" in j: r["id"] = j["id"]
            show(r)
    else:
        show(observe(o.command, o.shell, o.timeout, o.mode))

if __name__ == "__main__":
    main()
