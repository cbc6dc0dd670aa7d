package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Shell texts composed at random: a command in another spelling, behind wrappers, inside other
 * texts. The same seed gives the same texts. In a template {@code {t}} is a text, {@code {q}} a
 * text as one quoted word, {@code {b}} a text as it stands in backticks, {@code {c}} a command of
 * its own and {@code {n}} a number of its own.
 */
final class Variants {
    private static final int DEEPEST = 4;
    private static final int LONGEST = 3000;

    /** Compound commands and lists around a text. */
    private static final List<String> AROUND =
            List.of(
                    "{c}; {t}",
                    "{c} && {t}",
                    "{c} || {t}",
                    "{t}\n{c}",
                    "{t} ; {c}",
                    "true && {t}",
                    "{ {t}\n}",
                    "({t}\n)",
                    "( {c}; {t}\n)",
                    "if {c}; then\n{t}\nfi",
                    "if ! {c}; then :; else\n{t}\nfi",
                    "if {t}\nthen {c}; elif {c}; then {c}; fi",
                    "for i in 1 2; do\n{t}\ndone",
                    "for i; do :; done; {t}",
                    "for ((i=0;i<2;i++)); do\n{t}\ndone",
                    "for ((i=0;i<2;i++)) {\n{t}\n}",
                    "while {c}; do\n{t}\nbreak; done",
                    "until ! {c}; do\n{t}\nbreak\ndone",
                    "case x in\n(x)\n{t}\n;; esac",
                    "case abc in a*)\n{t}\n;;& *c) {c};; esac",
                    "case \"$HOME\" in /home/?) {c} ;& zzz)\n{t}\nesac",
                    "f{n}() {\n{t}\n}; f{n}",
                    "f{n} ()\n{\n{t}\n}\nf{n} x; f{n} y",
                    "function f{n} {\n{t}\n}\nf{n} a b",
                    "function f{n}() if :; then\n{t}\nfi\nf{n}",
                    "f{n}() (\n{t}\n); {c}; f{n}",
                    "f{n}() { local i=1; {c}; }; f{n}; {t}",
                    "! {\n{t}\n}",
                    "! {t}",
                    "time {t}",
                    "time -p {\n{t}\n}",
                    "{\n{t}\n} &\nwait",
                    "{t} & wait",
                    "coproc {\n{t}\n}\nwait",
                    "coproc N{n} (\n{t}\n)\nwait",
                    "[[ -n x && y == y ]] && {\n{t}\n}",
                    "[[ a.txt -nt zzz || ! -e zzz ]] && {t}",
                    "[ -f a.txt ] && {t}",
                    "test -z x || {t}",
                    "(( 1 + 1 )) && {\n{t}\n}",
                    "let i=1+1; {t}",
                    "{\n{t}\n} | cat",
                    "{t} | cat",
                    "cat a.txt | {\n{t}\n}",
                    "{\n{t}\n} |& cat",
                    "{\n{t}\n} > /tmp/o{n} 2>&1",
                    "{\n{t}\n} < a.txt",
                    "{fd{n}}>/tmp/o {c}; {t}",
                    "exec 3>&1; {t}",
                    "printf '1\\n2\\n' | while read -r l; do\n{t}\ndone",
                    "while read -r l; do\n{t}\ndone < names",
                    "while IFS= read -r a b; do\n{t}\ndone <<< 'x y'",
                    "set -e; {t}",
                    "set -euo pipefail\n{t}",
                    "# it's a \" comment $( `\n{t}",
                    "{t} # done",
                    "cat <<'E{n}'\nrm it's prose $(rm y) `rm z`\nE{n}\n{t}",
                    "cat <<E{n} >/tmp/o; {t}\nbody \\$x\nE{n}",
                    "shopt -s extglob\n{t}",
                    "shopt -s extglob\nls !(x) @(a|b).txt +(y) ?(z)*; {t}",
                    "shopt -s extglob\ncase x in @(x|y))\n{t}\n;; !(z)) {c};; esac",
                    "shopt -s extglob; z{n}=${HOME//+([a-z])/-}\n{t}",
                    "[[ x == @(x|y)* && z != !(z) ]] || {c}; {t}",
                    "unset x{n}; {t}",
                    "x{n}=1 y{n}=2; {t}",
                    "arr{n}=(a 'b c' [5]=d); {t}",
                    "export X{n}=1 && {t}");

    /** Going somewhere first. */
    private static final List<String> MOVES =
            List.of(
                    "cd src && {t}",
                    "cd src; {t}",
                    "cd /w/src\n{t}",
                    "(cd src && {t}\n); {c}",
                    "pushd src >/dev/null; {t}\npopd",
                    "cd 'sub dir'; {t}",
                    "cd src/..; {t}",
                    "cd nowhere; {t}",
                    "cd nowhere && {c}; {t}",
                    "cd nowhere || {c}; {t}",
                    "cd src; cd -; {t}",
                    "cd; {t}",
                    "cd ~ && {t}",
                    "cd \"$HOME\"; {t}",
                    "d{n}=src; cd \"$d{n}\" && {t}",
                    "cd \"$(pwd)\"; {t}",
                    "cd src 2>/dev/null || exit 1\n{t}",
                    "cd src || exit 1; {t}",
                    "cd src || true; {t}",
                    "if cd src; then {t}\nfi",
                    "cd src & {t}",
                    "cd src | cat; {t}",
                    "set -e; cd nowhere; {t}",
                    "for d in src 'sub dir'; do cd \"$d\"\n{t}\ncd ..; done",
                    "for d in src nowhere; do (cd \"$d\" && {t}\n); done",
                    "g{n}() { cd src; }; g{n}; {t}",
                    "CDPATH=/w; cd src; {t}",
                    "cd -P src; {t}",
                    "cd a.txt; {t}",
                    "cd /; cd w; {t}");

    /** Places whose substitutions run. */
    private static final List<String> INSIDE =
            List.of(
                    "echo \"$(\n{t}\n)\"",
                    "echo $({t}\n)",
                    "echo `{b}`",
                    "echo \"a `{b}` b\"",
                    "cat <(\n{t}\n)",
                    "cat < <({t}\n)",
                    "{c} > >(\n{t}\n); wait",
                    "{c} 2> >({t}\n); wait",
                    ": ${x{n}:-$(\n{t}\n)}",
                    ": \"${x{n}:=$({t}\n)}\"",
                    ": ${HOME:+$({t}\n)}",
                    "x{n}=$(\n{t}\n)",
                    "x{n}=$({t}\n) {c}",
                    "x{n}+=`{b}`",
                    "export x{n}=$({t}\n)",
                    "declare -a x{n}=( $({t}\n) )",
                    "readonly x{n}=\"$({t}\n)\"",
                    "a{n}[0]=$({t}\n)",
                    "a{n}[$({t}\necho 1)]=2",
                    "echo $(( 1 + $({t}\necho 2) ))",
                    "echo $[ $({t}\necho 2) ]",
                    "(( $({t}\necho 1) ))",
                    "cat <<< \"$({t}\n)\"",
                    "cat <<E{n}\na $({t}\n) b\nE{n}",
                    "cat <<-E{n}\n\t`{b}`\n\tE{n}",
                    "cat <<E{n}\n${x{n}:-$({t}\n)}\nE{n}",
                    "[[ x == $({t}\n) ]]",
                    "[[ $({t}\n) =~ x ]]",
                    "[[ 1 -eq $({t}\necho 1) ]]",
                    "case $({t}\n) in x) ;; *) {c};; esac",
                    "case x in $({t}\n)) ;; *) {c};; esac",
                    "for i in $({t}\n); do :; done",
                    "for i in a $({t}\n); do {c}; done",
                    "for ((i=$({t}\necho 0);i<1;i++)); do {c}; done",
                    "{c} > /tmp/$({t}\necho o)",
                    "read -r x{n} < <({t}\n)",
                    "mapfile -t m{n} < <({t}\n)",
                    "exec 7< <({t}\n); wait",
                    "echo ${x{n}/a/$({t}\n)}",
                    "echo \"${HOME#$({t}\n)}\"",
                    "echo ${HOME:$({t}\necho 0):1}",
                    "echo ${HOME//[$({t}\n)]/}",
                    "if [ -n \"$({t}\n)\" ]; then {c}; fi",
                    "while [[ -z $({t}\n) ]]; do break; done",
                    "test \"$({t}\n)\" = x",
                    "echo {a,$({t}\n)}",
                    "A=1 B=$({t}\n) {c}",
                    "env X=\"$({t}\n)\" git x{n}",
                    "git --opt=$({t}\n) x{n}",
                    "git commit -m \"$(cat <<'E{n}'\nit's done; rm -rf / $(no)\nE{n}\n)\"; {t}",
                    "echo $\"$({t}\n)\"",
                    "echo \"${x{n}:-\"$({t}\n)\"}\"",
                    "coproc cat <({t}\n); wait",
                    "return $({t}\n) 2>/dev/null; {c}",
                    "set -- $({t}\n) a; {c} \"$@\"");

    /** Ways to run a text. */
    private static final List<String> RUN =
            List.of(
                    "bash -c {q}",
                    "sh -c {q}",
                    "bash -ec {q}",
                    "bash -lc {q}",
                    "bash -o pipefail -c {q}",
                    "bash --norc -c {q} x y",
                    "bash +x -c {q}",
                    "bash -c -- {q}",
                    "/bin/bash -c {q}",
                    "eval {q}",
                    "eval -- {q}",
                    "command eval {q}",
                    "builtin eval {q}",
                    "eval eval {q}",
                    "bash <<< {q}",
                    "bash -s <<< {q}",
                    "sh /dev/stdin <<< {q}",
                    "echo {q} | bash",
                    "echo {q} | cat | bash -s x",
                    "printf '%s\\n' {q} | sh",
                    "printf %s {q} | bash -",
                    "cat <<< {q} | bash",
                    "bash < <(echo {q})",
                    "bash <(echo {q})",
                    "source <(echo {q})",
                    ". /dev/stdin <<< {q}",
                    "trap {q} EXIT",
                    "trap {q} ERR; false",
                    "trap {q} DEBUG; {c}",
                    "trap -- {q} 0",
                    "trap {q} USR1; kill -USR1 $$",
                    "v{n}={q}; eval \"$v{n}\"",
                    "v{n}={q}\nbash -c \"$v{n}\"",
                    "v{n}={q}; echo \"$v{n}\" | bash",
                    "v{n}={q}; bash <<< \"$v{n}\"",
                    "export v{n}={q}; bash -c 'eval \"$v{n}\"'",
                    "v{n}={q} bash -c 'eval \"$v{n}\"'",
                    "printf -v v{n} %s {q}; eval \"$v{n}\"",
                    "read -r v{n} <<< {q}; eval \"$v{n}\"",
                    "set -- {q}; eval \"$1\"",
                    "set -- {q} x; bash -c \"$@\"",
                    "a{n}=({q}); eval \"${a{n}[0]}\"",
                    "declare v{n}={q}; eval \"$v{n}\"",
                    "f{n}() { eval \"$1\"; }; f{n} {q}",
                    "f{n}() { local v=$1; bash -c \"$v\"; }; f{n} {q}",
                    "f{n}() { \"$@\"; }; f{n} bash -c {q}",
                    "for v{n} in {q}; do eval \"$v{n}\"; done",
                    "for v{n} in {q} ls; do bash -c \"$v{n}\"; done",
                    "env bash -c {q}",
                    "env -i bash -c {q}",
                    "env A=1 -u B sh -c {q}",
                    "sudo sh -c {q}",
                    "sudo -u root bash -c {q}",
                    "sudo A=1 bash -c {q}",
                    "nohup bash -c {q}",
                    "timeout 5 bash -c {q}",
                    "nice -n 3 bash -c {q}",
                    "xargs -I% bash -c {q} <<< x",
                    "echo x | xargs -n1 bash -c {q}",
                    "echo {q} | xargs -d '\\n' bash -c",
                    "find . -maxdepth 0 -exec bash -c {q} \\;",
                    "find a.txt -exec sh -c {q} _ {} +",
                    "su -c {q}",
                    "su root -c {q}",
                    "su - root -c {q}",
                    "watch {q}",
                    "watch -n 2 {q}",
                    "parallel {q} ::: x",
                    "parallel -j 2 ::: {q}",
                    "parallel bash -c ::: {q}",
                    "script -qc {q} /dev/null",
                    "flock /tmp/l{n} -c {q}",
                    "flock -n /tmp/l{n} bash -c {q}",
                    "setsid -w bash -c {q}",
                    "stdbuf -oL bash -c {q}",
                    "(exec bash -c {q})",
                    "(exec -a x bash -c {q})",
                    "busybox sh -c {q}",
                    "strace -f -o /dev/null bash -c {q}",
                    "chroot / bash -c {q}",
                    "unshare -r bash -c {q}",
                    "nsenter -t 1 -m bash -c {q}",
                    "ssh -p 22 -o BatchMode=yes host {q}",
                    "ssh -t u@host -- {q}",
                    "ssh host bash -s <<< {q}",
                    "docker exec -it box sh -c {q}",
                    "docker exec -e A=1 -w /srv box bash -c {q}",
                    "podman exec box sh -c {q}",
                    "kubectl exec -i pod -- sh -c {q}",
                    "bwrap --ro-bind / / --dev /dev --proc /proc bash -c {q}",
                    "bwrap --unshare-all --bind /w /w --setenv A 1 --chdir /w -- sh -c {q}",
                    "fd -e txt -x bash -c {q}",
                    "fd . src --exec sh -c {q} {} \\;",
                    "tmux new-session -d -s s{n} {q}",
                    "tmux run-shell {q}",
                    "env HOME=/w/src bash -c {q}",
                    "env -u HOME bash -c {q}",
                    "bash -c 'eval \"$0\"' {q}",
                    "bash -c 'eval \"$1\"' _ {q}",
                    "bash -c '\"$@\"' _ bash -c {q}",
                    "bash -c \"$(echo {q})\"",
                    "eval \"$(printf %s {q})\"",
                    "eval `echo {q}`",
                    "$(echo bash) -c {q}",
                    "eval \"$(cat <<< {q})\"",
                    "bash -c \"$(cat <<'E{n}'\n{t}\nE{n}\n)\"",
                    "bash <<'E{n}'\n{t}\nE{n}",
                    "bash -s a b <<\\E{n}\n{t}\nE{n}",
                    "sudo bash <<\"E{n}\"\n{t}\nE{n}",
                    "cat <<'E{n}' | bash\n{t}\nE{n}",
                    "eval \"$(cat <<'E{n}'\n{t}\nE{n}\n)\"",
                    "shopt -s expand_aliases\nalias z{n}={q}\nz{n}",
                    "mapfile -t m{n} <<< {q}; eval \"${m{n}[*]}\"",
                    "eval \"x{n}=1; \"{q}",
                    "BASH_ENV= bash -c {q}",
                    "env -S 'bash -c' {q}",
                    "echo {q} | tee /dev/null | sh",
                    "echo {q} | base64 | base64 -d | bash",
                    "{c} && bash -c {q} || {c}",
                    "PS4='$(rm x)'; {t}",
                    "declare -i i{n}; {t}",
                    "test -v 'a[$(rm y)]'; {t}",
                    "unset 'a[$(rm y)]'; {t}",
                    "printf -v 'a[$(rm z)]' x; {t}",
                    "x{n}='a[$(rm w)]'; (( x{n} )); {t}",
                    "x{n}='$(rm v)'; : \"${x{n}@P}\"; {t}",
                    "[[ -v a[$(rm u)] ]]; {t}",
                    "read 'a[$(rm s)]' <<< x; {t}");

    /** What stands in front of a command. */
    private static final List<String> FRONT =
            List.of(
                    "sudo",
                    "sudo -u root",
                    "sudo -n --",
                    "sudo -E A=1",
                    "doas",
                    "env",
                    "env -i",
                    "env A=1 B='c d'",
                    "env -u HOME --",
                    "/usr/bin/env",
                    "nohup",
                    "nice",
                    "nice -n 5",
                    "nice -10",
                    "ionice -c 3",
                    "timeout 5",
                    "timeout -s KILL 5s",
                    "timeout --signal=9 -k 2 5",
                    "stdbuf -oL",
                    "stdbuf -o 0 -e L",
                    "setsid -w",
                    "flock /tmp/lock",
                    "flock -w 1 /tmp/lock",
                    "xargs",
                    "xargs -n 1",
                    "xargs -0 -P2 -r",
                    "echo k | xargs",
                    "echo k l | xargs -n1 -I{}",
                    "echo k | xargs -t --",
                    "find a.txt -exec",
                    "strace",
                    "strace -f -e trace=file",
                    "busybox",
                    "command",
                    "command -p",
                    "command --",
                    "exec",
                    "exec -a nm",
                    "exec -c",
                    "chroot /",
                    "unshare -r",
                    "nsenter -t 1 -m --",
                    "parallel",
                    "time",
                    "\\time",
                    "A=1 B=2",
                    "<a.txt",
                    "2>/dev/null",
                    ">/tmp/out 2>&1",
                    "taskset 1",
                    "chrt -o 0",
                    "!",
                    "builtin command",
                    "prlimit",
                    "bwrap --dev-bind / /",
                    "bwrap --ro-bind / / --tmpfs /tmp --",
                    "fd . -x",
                    "docker exec box",
                    "kubectl exec pod --",
                    "sudo -k -H -S",
                    "doas -n",
                    "chrt -b 0",
                    "taskset -c 1",
                    "flock -n -x /tmp/lock",
                    "strace -tt -yy",
                    "unshare -f -p --mount-proc");

    private static final List<List<String>> COMMANDS =
            List.of(
                    List.of("rm"),
                    List.of("rm"),
                    List.of("rm", "-rf"),
                    List.of("git", "push", "origin"),
                    List.of("git", "commit", "-m"),
                    List.of("git", "log", "--oneline"),
                    List.of("curl", "-s"),
                    List.of("mv", "-f", "x"),
                    List.of("cp", "-r"),
                    List.of("kubectl", "get", "pods"),
                    List.of("npm", "run"),
                    List.of("docker", "inspect"),
                    List.of("chmod", "644"),
                    List.of("mkdir", "-p"),
                    List.of("gh", "pr", "view"),
                    List.of("make"),
                    List.of("python3"),
                    List.of("node"),
                    List.of("ssh"),
                    List.of("touch"),
                    List.of("zzz"),
                    List.of("zzz"),
                    List.of("cargo", "test"),
                    List.of("ls", "-l"));

    /** Programs that need but a name. */
    private static final List<String> ALONE = List.of("rm", "touch", "zzz", "mkdir", "ls", "make");

    private static final List<String> WORDS =
            List.of(
                    "x", "a b", "y.txt", "main", "src", "/tmp/q", "k=v", "{}", "a;b", "$(no)",
                    "it's", "*", "~", "#", "\\", "--", "|", "=", "!");
    private static final String NOISE = "\\\"'$`(){}[]<>|&;#!*?~=+-%,:@^ \n\t";

    private final Random random;
    private final List<String> seeds;
    private int number;

    /**
     * Texts of their own.
     *
     * @param seed what all choices come from
     * @param seeds texts to start from now and then
     */
    Variants(long seed, List<String> seeds) {
        this.random = new Random(seed);
        this.seeds = List.copyOf(seeds);
    }

    String next() {
        number = 0;
        while (true) {
            String text = start();
            for (int depth = random.nextInt(DEEPEST); depth > 0; depth--) {
                text = around(text);
            }
            if (random.nextInt(12) == 0) {
                text = continued(text);
            }
            if (random.nextInt(12) == 0) {
                text = disturbed(text);
            }
            if (text.length() <= LONGEST && text.indexOf('\0') < 0) {
                return text;
            }
        }
    }

    private <T> T one(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private String start() {
        return random.nextInt(6) == 0 ? one(seeds) : command();
    }

    private String around(String text) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> filled(one(AROUND), text);
            case 3 -> filled(one(MOVES), text);
            case 4, 5, 6 -> filled(one(INSIDE), text);
            default -> filled(one(RUN), text);
        };
    }

    private String filled(String template, String text) {
        int mine = number++;
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < template.length()) {
            boolean slot =
                    template.charAt(i) == '{'
                            && i + 2 < template.length()
                            && template.charAt(i + 2) == '}'
                            && "tqbcn".indexOf(template.charAt(i + 1)) >= 0;
            if (!slot) {
                out.append(template.charAt(i++));
                continue;
            }
            switch (template.charAt(i + 1)) {
                case 't' -> out.append(text);
                case 'q' -> out.append(quoted(text));
                case 'b' ->
                        out.append(
                                text.replace("\\", "\\\\").replace("`", "\\`").replace("$", "\\$"));
                case 'c' -> out.append(plain());
                default -> out.append(mine);
            }
            i += 3;
        }
        return out.toString();
    }

    // ---- commands

    private String plain() {
        return String.join(" ", one(COMMANDS)) + " m" + number++;
    }

    private List<String> words() {
        List<String> words = new ArrayList<>(one(COMMANDS));
        for (int left = Math.max(0, random.nextInt(4) - 1); left > 0; left--) {
            words.add(one(WORDS));
        }
        words.add("n" + number++);
        return words;
    }

    private String command() {
        StringBuilder front = new StringBuilder();
        boolean finds = false;
        boolean many = false;
        while (random.nextInt(3) == 0) {
            String wrapper = one(FRONT);
            if (finds || many) {
                break;
            }
            finds = wrapper.startsWith("find");
            many = wrapper.equals("parallel");
            front.append(wrapper).append(' ');
        }
        StringBuilder setup = new StringBuilder();
        String text = spelled(setup);
        if (finds) {
            text += random.nextBoolean() ? " {} \\;" : " ';'";
        } else if (many) {
            text += " ::: u v";
        }
        return setup + front.toString() + text;
    }

    /**
     * A command whose words are spelled in many ways; what must come before goes to {@code setup}.
     */
    private String spelled(StringBuilder setup) {
        List<String> words = words();
        int n = number++;
        String joined = String.join(" ", words.stream().map(this::quoted).toList());
        return switch (random.nextInt(26)) {
            case 0 -> {
                setup.append("set -- ").append(joined).append("; ");
                yield random.nextBoolean() ? "\"$@\"" : "\"$1\" \"${@:2}\"";
            }
            case 1 -> {
                setup.append("w").append(n).append("=(").append(joined).append("); ");
                yield "\"${w" + n + "[@]}\"";
            }
            case 2 -> {
                setup.append("f").append(n).append("() { \"$@\"; }; f").append(n).append(' ');
                yield joined;
            }
            case 3 -> {
                yield "{" + one(ALONE) + ",n" + n + "}";
            }
            case 4 -> {
                setup.append("IFS=,; i").append(n).append('=').append(one(ALONE)).append(",n");
                setup.append(n).append("; ");
                yield "$i" + n;
            }
            case 5 -> {
                yield one(ALONE) + "${IFS}n" + n;
            }
            case 6 -> {
                yield one(ALONE) + "$IFS-f${IFS:0:1}n" + n;
            }
            case 7 -> {
                setup.append("shopt -s expand_aliases\nalias q").append(n).append("='");
                setup.append(one(ALONE)).append("'\n");
                yield "q" + n + " n" + n;
            }
            case 8 -> {
                setup.append("read -r p").append(n).append(" q").append(n).append(" <<< '");
                setup.append(one(ALONE)).append(" n").append(n).append("'; ");
                yield "$p" + n + " $q" + n;
            }
            case 9 -> {
                yield "$(echo " + one(ALONE) + " n" + n + ")";
            }
            case 10 -> {
                yield "`printf " + one(ALONE) + "` n" + n;
            }
            case 11 -> {
                yield "/usr/bin/" + one(ALONE) + " n" + n;
            }
            case 12 -> {
                yield "/???/bin/" + one(ALONE) + " n" + n;
            }
            case 13 -> {
                setup.append("k").append(n).append("=v").append(n).append("; v").append(n);
                setup.append('=').append(one(ALONE)).append("; ");
                yield "${!k" + n + "} n" + n;
            }
            default -> {
                StringBuilder out = new StringBuilder();
                for (String word : words) {
                    out.append(out.isEmpty() ? "" : " ").append(word(word, setup));
                }
                yield out.toString();
            }
        };
    }

    private String word(String word, StringBuilder setup) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> safe(word) ? word : quoted(word);
            case 3, 4 -> quoted(word);
            case 5 -> {
                String cut = word.substring(0, word.length() / 2);
                yield quoted(cut)
                        + (random.nextBoolean() ? "\\\n" : "''")
                        + quoted(word.substring(word.length() / 2));
            }
            default -> variable(word, setup);
        };
    }

    private String variable(String word, StringBuilder setup) {
        String name = "v" + number++;
        String value = quoted(word);
        switch (random.nextInt(14)) {
            case 0 -> setup.append(name).append('=').append(value).append("; ");
            case 1 -> setup.append(name).append('=').append(value).append('\n');
            case 2 -> setup.append(name).append('=').append(value).append(" && ");
            case 3 -> setup.append("export ").append(name).append('=').append(value).append("; ");
            case 4 -> setup.append("declare ").append(name).append('=').append(value).append("; ");
            case 5 ->
                    setup.append("printf -v ")
                            .append(name)
                            .append(" %s ")
                            .append(value)
                            .append("; ");
            case 6 -> setup.append(name).append("=$(printf '%s' ").append(value).append("); ");
            case 7 -> setup.append(": \"${").append(name).append(":=").append(word).append("}\"; ");
            case 8 ->
                    setup.append("for ")
                            .append(name)
                            .append(" in ")
                            .append(value)
                            .append("; do :; done; ");
            case 9 ->
                    setup.append("read -r ")
                            .append(name)
                            .append(" <<< ")
                            .append(value)
                            .append("; ");
            case 10 ->
                    setup.append(name)
                            .append("=; ")
                            .append(name)
                            .append("+=")
                            .append(value)
                            .append("; ");
            case 11 ->
                    setup.append("if true; then ")
                            .append(name)
                            .append('=')
                            .append(value)
                            .append("; fi; ");
            case 12 ->
                    setup.append(name)
                            .append('=')
                            .append(value)
                            .append("; readonly ")
                            .append(name)
                            .append("; ");
            default ->
                    setup.append("typeset ")
                            .append(name)
                            .append("; ")
                            .append(name)
                            .append('=')
                            .append(value)
                            .append("; ");
        }
        return switch (random.nextInt(12)) {
            case 0, 1 -> "$" + name;
            case 2, 3, 4 -> "\"$" + name + "\"";
            case 5 -> "${" + name + "}";
            case 6 -> "\"${" + name + ":-zz}\"";
            case 7 -> "\"${" + name + ":0}\"";
            case 8 -> "\"${" + name + "%zz}\"";
            case 9 -> "\"${" + name + "/zz/}\"";
            case 10 -> "\"${" + name + "^^}\"";
            default -> "\"${" + name + "#}\"";
        };
    }

    private static boolean safe(String word) {
        return word.matches("[A-Za-z0-9_./=-]+");
    }

    // ---- spelling

    /** The text as one word, quoted in one of many ways. */
    private String quoted(String text) {
        return switch (random.nextInt(6)) {
            case 0 -> safe(text) ? text : single(text);
            case 1, 2 -> single(text);
            case 3 -> doubled(text);
            case 4 -> ansi(text);
            default -> {
                if (text.length() < 2) {
                    yield escaped(text);
                }
                int at = 1 + random.nextInt(text.length() - 1);
                String one = text.substring(0, at);
                String other = text.substring(at);
                yield switch (random.nextInt(4)) {
                    case 0 -> single(one) + doubled(other);
                    case 1 -> doubled(one) + ansi(other);
                    case 2 -> escaped(one) + single(other);
                    default -> ansi(one) + escaped(other);
                };
            }
        };
    }

    private static String single(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String doubled(String text) {
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("$", "\\$")
                        .replace("`", "\\`")
                + "\"";
    }

    private String ansi(String text) {
        StringBuilder out = new StringBuilder("$'");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int how = c < 128 ? random.nextInt(30) : 9;
            if (how == 0) {
                out.append(String.format("\\x%02x", (int) c));
            } else if (how == 1) {
                out.append(String.format("\\%03o", (int) c));
            } else if (how == 2) {
                out.append(String.format("\\u%04x", (int) c));
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\'' || c == '\\') {
                out.append('\\').append(c);
            } else {
                out.append(c);
            }
        }
        return out.append('\'').toString();
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                out.append("'\n'");
            } else {
                if (!safe(Character.toString(c)) && c < 128) {
                    out.append('\\');
                }
                out.append(c);
            }
        }
        return text.isEmpty() ? "''" : out.toString();
    }

    /** Line continuations in the midst of it. */
    private String continued(String text) {
        StringBuilder out = new StringBuilder(text);
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            out.insert(random.nextInt(out.length() + 1), "\\\n");
        }
        return out.toString();
    }

    /** The text with a few characters changed; bash may refuse it. */
    private String disturbed(String text) {
        StringBuilder out = new StringBuilder(text);
        for (int left = 1 + random.nextInt(2); left > 0 && !out.isEmpty(); left--) {
            int at = random.nextInt(out.length());
            char noise = NOISE.charAt(random.nextInt(NOISE.length()));
            switch (random.nextInt(3)) {
                case 0 -> out.deleteCharAt(at);
                case 1 -> out.insert(at, noise);
                default -> out.setCharAt(at, noise);
            }
        }
        return out.toString();
    }
}
