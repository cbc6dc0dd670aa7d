package dev.countersign.analysis;

import dev.countersign.analysis.shell.Evaluation;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Context;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Programs that talk to the network. */
final class NetCommands {
    private static final Pattern SOCAT_FILE =
            Pattern.compile(
                    "(?i)(?:(?:file|open|gopen|create|creat|pipe|fifo):)?([^,!:]+)(?:[,!].*)?");
    static final String FLOOR = "Countersign's own address is out of reach for agents";

    /** Options of wget that the catalogue need not tell apart. */
    private static final Pattern WGET_OPTION =
            Pattern.compile(
                    "`(-q|-nv|-c|-N|-nc|-4|-6|-S|-k|-np|-nd|-nH|-E|-H|--quiet|--no-verbose|--continue|--no-check-certificate|--show-progress|--no-clobber|--timestamping|--no-parent|--timeout|--tries|--server-response|--content-disposition|-qO-?|-x|-v|-d)`.*");

    private final Judge judge;

    /** The text last asked for its {@code tee}, and what was found. */
    private @Nullable Evaluation teesOf;

    private List<Invocation> tees = List.of();

    /** The same for the commands with a word that fetches from the network. */
    private @Nullable Evaluation fetchersOf;

    private List<Invocation> fetchers = List.of();

    NetCommands(Judge judge) {
        this.judge = judge;
    }

    boolean judge(Job job, String name) {
        switch (judge.catalogue.canonical(name)) {
            case "curl" -> {
                curl(job, name);
                if (name.equals("curlie")) {
                    // It takes the words of HTTPie as well as the options of curl.
                    httpie(job, "http");
                }
            }
            case "wget" -> wget(job, name);
            case "http" -> httpie(job, name);
            case "ping", "dig", "host", "nslookup", "traceroute", "whois" -> lookup(job, name);
            case "getent" -> {
                if (!asksForHost(job)) {
                    return false;
                }
                lookup(job, name);
            }
            case "nc", "telnet", "ftp", "socat" -> raw(job, name);
            case "ssh" -> ssh(job, name);
            case "mosh", "autossh" -> overSsh(job, name);
            case "scp", "rsync", "sftp" -> transfer(job, name);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Whether {@code getent} is asked for more than the files of this machine hold. */
    private static boolean asksForHost(Job job) {
        boolean known = false;
        boolean hosts = false;
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value != null && value.startsWith("-")) {
                continue;
            }
            if (known) {
                return hosts;
            }
            known = true;
            hosts = value == null || value.matches("a?hosts(v[46])?|networks|netgroup");
        }
        return false;
    }

    // ---- how data flows

    static boolean isFetcher(String program) {
        return switch (program) {
            case "curl",
                    "wget",
                    "http",
                    "https",
                    "aria2c",
                    "nc",
                    "ncat",
                    "netcat",
                    "socat",
                    "ssh",
                    "ftp",
                    "lynx",
                    "w3m",
                    "links",
                    "telnet",
                    "gh",
                    "aws",
                    "gsutil",
                    "scp",
                    "fetch",
                    "xh",
                    "openssl",
                    "dig" ->
                    true;
            default -> false;
        };
    }

    private static final int STEPS_A_SOURCE = 8;

    /** The programs whose output reaches the input of a command. */
    Set<String> upstream(Job job) {
        Set<String> programs = new HashSet<>();
        Set<Integer> seen = new HashSet<>();
        List<Integer> open = new ArrayList<>();
        if (job.input() instanceof Invocation.Input.Pipe pipe) {
            open.addAll(pipe.from());
        }
        List<Invocation> all = job.text().invocations();
        if (job.input() instanceof Invocation.Input.Text text && text.value() == null) {
            // A here-document's own commands stand within it, and so does `>(…)` in what writes to
            // it.
            for (int i = 0; i < all.size(); i++) {
                Span source = all.get(i).source();
                boolean within = encloses(text.source(), source);
                boolean around = encloses(source, text.source()) && !source.equals(job.source());
                if (within ? !source.equals(job.invocation().source()) : around) {
                    open.add(i);
                }
            }
        }
        while (!open.isEmpty()) {
            int index = open.removeLast();
            if (index < 0 || index >= all.size() || !seen.add(index)) {
                continue;
            }
            Invocation source = all.get(index);
            judge.call.works(STEPS_A_SOURCE + source.argv().size());
            if (source.input() instanceof Invocation.Input.Pipe pipe) {
                open.addAll(pipe.from());
            }
            if (Judge.isVersionWord(source)) {
                continue;
            }
            for (Argument word : source.argv()) {
                String program = Judge.programName(word.value());
                if (program != null) {
                    programs.add(program);
                } else if (byVariable(job, word.written())) {
                    programs.add("curl");
                }
            }
        }
        return programs;
    }

    private static boolean encloses(Span outer, Span inner) {
        return outer.from() <= inner.from() && inner.to() <= outer.to() && !outer.equals(inner);
    }

    /** Whether a word is what a network program prints, by itself or by a variable. */
    boolean feeds(Job job, Argument word) {
        return feeds(job, word.source()) || byVariable(job, word.written());
    }

    /** Whether what stands in a here-document or a here-string comes from the network. */
    boolean feedsText(Job job) {
        if (!(job.input() instanceof Invocation.Input.Text)) {
            return false;
        }
        for (Invocation other : job.beside().invocations()) {
            for (Invocation.Assignment assignment : other.assignments()) {
                if (assignment.value() == null && feeds(job, assignment.source())) {
                    return true;
                }
            }
            if (readsNetwork(job, other)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a program that puts what it reads among the words of another reads the network. */
    boolean feedsWords(Job job) {
        List<Argument> outer = job.invocation().argv();
        String name = outer.isEmpty() ? null : Judge.programName(outer.getFirst().value());
        boolean hands = "xargs".equals(name) || "parallel".equals(name);
        return hands
                && upstream(job.with(job.invocation().input())).stream()
                        .anyMatch(NetCommands::isFetcher);
    }

    private static final int MOST_NAMES = 8;

    /**
     * The first names of variables a word expands: {@code $x}, <code>${x</code>, <code>${!x</code>.
     */
    private static Set<String> variables(String written) {
        Set<String> names = new HashSet<>();
        int at = written.indexOf('$');
        while (at >= 0 && names.size() < MOST_NAMES) {
            int from = at + 1;
            from += written.startsWith("{", from) ? 1 : 0;
            from += written.startsWith("!", from) ? 1 : 0;
            int to = from;
            while (to < written.length() && isName(written.charAt(to), to > from)) {
                to++;
            }
            if (to > from) {
                names.add(written.substring(from, to));
            }
            at = written.indexOf('$', Math.max(to, at + 1));
        }
        return names;
    }

    private static boolean isName(char c, boolean behindFirst) {
        return c == '_'
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (behindFirst && c >= '0' && c <= '9');
    }

    private boolean byVariable(Job job, String written) {
        if (written.indexOf('$') < 0) {
            return false;
        }
        Set<String> names = variables(written);
        if (names.isEmpty()) {
            return false;
        }
        List<Invocation> all = job.beside().invocations();
        judge.call.works(STEPS_A_SOURCE * all.size());
        for (Invocation other : all) {
            for (Invocation.Assignment assignment : other.assignments()) {
                if (assignment.value() == null
                        && names.contains(assignment.name())
                        && feeds(job, assignment.source())) {
                    return true;
                }
            }
            // In this order: few commands read into variables, and any may have many words.
            if (readsNetwork(job, other) && setsOne(other, names)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a builtin that reads into variables sets one of these. */
    private static boolean setsOne(Invocation command, Set<String> names) {
        if (names.contains("REPLY") || names.contains("MAPFILE")) {
            return true;
        }
        for (Argument word : command.argv()) {
            String value = word.value();
            if (value != null && names.contains(value)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a command is {@code read} or the like, and what it reads is from the network. */
    private boolean readsNetwork(Job job, Invocation command) {
        String name =
                command.argv().isEmpty()
                        ? null
                        : Judge.programName(command.argv().getFirst().value());
        if (name == null || !Set.of("read", "mapfile", "readarray").contains(name)) {
            return false;
        }
        return switch (command.input()) {
            case Invocation.Input.Pipe pipe -> pipedFromNetwork(job, pipe);
            case Invocation.Input.Text text -> text.value() == null && feeds(job, text.source());
            case Invocation.Input.File file -> feeds(job, file.target().source());
            case Invocation.Input.Inherited _ -> false;
        };
    }

    private boolean pipedFromNetwork(Job job, Invocation.Input.Pipe pipe) {
        List<Invocation> all = job.beside().invocations();
        Set<Integer> seen = new HashSet<>();
        List<Integer> open = new ArrayList<>(pipe.from());
        while (!open.isEmpty()) {
            int index = open.removeLast();
            if (index < 0 || index >= all.size() || !seen.add(index)) {
                continue;
            }
            if (fetches(all.get(index))) {
                return true;
            }
            if (all.get(index).input() instanceof Invocation.Input.Pipe more) {
                open.addAll(more.from());
            }
        }
        return false;
    }

    /** Whether a network program stands within a stretch of the text, as in {@code $(curl …)}. */
    @SuppressWarnings("ReferenceEquality") // only whether it is the text last asked for
    private boolean feeds(Job job, Span span) {
        if (fetchersOf != job.beside()) {
            fetchersOf = job.beside();
            fetchers = fetchersOf.invocations().stream().filter(NetCommands::fetches).toList();
        }
        for (Invocation other : fetchers) {
            if (other.source().from() >= span.from() && other.source().to() <= span.to()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a word is made of what a command prints of a file: {@code $(cat src/a.ts)}. */
    boolean quotesFile(Job job, Argument word) {
        if (!carries(word)) {
            return false;
        }
        Span span = word.source();
        for (Invocation other : job.beside().invocations()) {
            boolean within =
                    other.source().from() >= span.from()
                            && other.source().to() <= span.to()
                            && other.source().to() - other.source().from()
                                    < span.to() - span.from();
            if (within && namesFile(other)) {
                return true;
            }
        }
        return false;
    }

    /** Whether what a file holds comes to a command by a variable or as words from its input. */
    boolean isGivenFile(Job job) {
        List<Invocation> others = job.beside().invocations();
        if (job.invocation().held().contains(Invocation.PRINTED)) {
            for (Invocation other : others) {
                if (!other.equals(job.invocation()) && namesFile(other)) {
                    return true;
                }
            }
        }
        boolean wrapped = job.line().wrapper() != null;
        if (wrapped
                && job.invocation().input() instanceof Invocation.Input.Pipe(List<Integer> from)) {
            List<Invocation> text = job.beside().invocations();
            for (int i : from) {
                if (i < text.size() && namesFile(text.get(i))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Programs that print what is in the files of a folder. */
    private static final Set<String> OPENS_FOLDERS =
            Set.of(
                    "tar", "bsdtar", "gtar", "zip", "7z", "7za", "grep", "egrep", "fgrep", "rg",
                    "ag");

    private boolean namesFile(Invocation command) {
        for (Invocation.Redirection redirection : command.redirections()) {
            if (redirection.direction() == Invocation.Direction.READ) {
                return true;
            }
        }
        List<Argument> words = command.argv();
        for (Argument word : words.subList(Math.min(1, words.size()), words.size())) {
            String written = judge.call.paths.place(word, command.directory()).written();
            Facts.Kind kind = written == null ? Facts.Kind.MISSING : judge.call.facts.kind(written);
            boolean folder =
                    kind == Facts.Kind.DIRECTORY
                            && OPENS_FOLDERS.contains(
                                    String.valueOf(Judge.programName(words.getFirst().value())));
            if (kind == Facts.Kind.FILE || kind == Facts.Kind.UNKNOWN || folder) {
                return true;
            }
        }
        return false;
    }

    private static boolean fetches(Invocation command) {
        for (Argument word : command.argv()) {
            String program = Judge.programName(word.value());
            if (program != null && isFetcher(program)) {
                return true;
            }
        }
        return false;
    }

    // ---- adding operations

    /** A connection to a host, of no program that is known to fetch pages. */
    void connection(Job job, Network.Target target, boolean sends) {
        RiskTier risk = target.loopback() ? RiskTier.MEDIUM : RiskTier.HIGH;
        Draft draft =
                judge.add(
                        job,
                        sends ? Action.WEB_SEND : Action.SHELL_RUN,
                        new Resource.Web(target.url(), target.host()),
                        risk,
                        "connects to " + shown(target));
        finish(draft, target, job);
    }

    private static String shown(Network.Target target) {
        return target.host() == null ? "a host that is not known" : "`" + target.host() + "`";
    }

    private void finish(Draft draft, Network.Target target, Job job) {
        draft.tag("network");
        if (target.own()) {
            draft.floor(FLOOR);
        }
        if (target.host() == null) {
            draft.opaque();
        }
        if (Labels.prod(target.host())) {
            draft.tag("prod");
            draft.risk = draft.risk.raised();
        }
        draft.sends = !target.loopback();
        draft.loopback = target.loopback();
        draft.sendsUnknown = judge.hasUnknown(job);
    }

    private Draft web(Job job, Network.Target target, boolean body, String method) {
        boolean send = body || !(method.equals("GET") || method.equals("HEAD"));
        RiskTier risk =
                target.loopback()
                        ? send || !target.page() ? RiskTier.MEDIUM : RiskTier.LOW
                        : (send ? Action.WEB_SEND : Action.WEB_FETCH).risk();
        Draft draft =
                judge.add(
                        job,
                        send ? Action.WEB_SEND : Action.WEB_FETCH,
                        new Resource.Web(target.url(), target.host()),
                        risk,
                        (send ? "sends data to " : "fetches from ") + shown(target));
        finish(draft, target, job);
        return draft;
    }

    /** Whether an address is made of what a command prints, which then leaves with the request. */
    private static boolean carries(Argument url) {
        return url.value() == null
                && (url.written().contains("$(") || url.written().indexOf('`') >= 0);
    }

    private void note(Job job, Argument file) {
        judge.call.brings(judge.call.paths.place(file, job.directory()), false);
    }

    @SuppressWarnings("ReferenceEquality") // only whether it is the text last asked for
    private void saveOutput(Job job) {
        for (Invocation.Redirection redirection : job.invocation().redirections()) {
            if (redirection.direction() != Invocation.Direction.READ) {
                note(job, redirection.target());
            }
        }
        Evaluation text = job.text();
        if (teesOf != text) {
            teesOf = text;
            tees = text.invocations().stream().filter(NetCommands::isTee).toList();
        }
        for (Invocation other : tees) {
            other.argv().subList(1, other.argv().size()).forEach(word -> note(job, word));
        }
    }

    private static boolean isTee(Invocation other) {
        return !other.argv().isEmpty()
                && "tee".equals(Judge.programName(other.argv().getFirst().value()))
                && other.input() instanceof Invocation.Input.Pipe;
    }

    // ---- curl, wget, httpie

    private void curl(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        if (Judge.isVersionQuestion(job)) {
            judge.fact(job, "asks `curl` for its version");
            return;
        }
        judge.unproven(job, name, reading);
        boolean body = false;
        for (Reading.Given given : reading.given) {
            switch (given.name()) {
                case "-d",
                        "--data",
                        "--data-ascii",
                        "--data-binary",
                        "--json",
                        "--data-urlencode",
                        "--data-raw",
                        "-F",
                        "--form",
                        "-T",
                        "--upload-file",
                        "-Q",
                        "--quote",
                        "--postquote",
                        "--prequote",
                        "--form-string" ->
                        body = true;
                default -> {}
            }
        }
        // After `--next` options start anew: what one part says does not hold for the other.
        boolean parts = reading.has("--next", "-:");
        boolean get = reading.has("-G", "--get") && !parts;
        boolean head = reading.has("-I", "--head") && !parts;
        boolean follows = reading.has("-L", "--location", "--location-trusted", "--proto-default");
        Argument methodWord = reading.value("-X", "--request");
        String given = methodWord == null ? null : methodWord.value();
        String method = given == null ? "GET" : given.toUpperCase(Locale.ROOT);
        for (Argument word : reading.values("-X", "--request")) {
            if (parts && !"GET".equalsIgnoreCase(word.value())) {
                body = true;
            }
        }
        files(job, reading, body);
        List<Argument> urls = new ArrayList<>(reading.positionals);
        urls.addAll(reading.values("--url"));
        if (urls.isEmpty()) {
            judge.opaque(job, "`curl` names no address; a configuration may");
        }
        for (Argument url : urls) {
            String value = url.value();
            if (value != null && value.regionMatches(true, 0, "file:", 0, 5)) {
                String path = value.substring(5).replaceFirst("^//[^/]*", "");
                boolean plain = path.chars().noneMatch(c -> "%[]{}".indexOf(c) >= 0);
                judge.file(
                        job,
                        reading.has("-T", "--upload-file") ? Places.Touch.WRITE : Places.Touch.READ,
                        plain ? Argument.of(path) : new Argument(null, value, false, url.source()),
                        false);
                continue;
            }
            boolean sends = (body && !get) || (methodWord != null && given == null) || carries(url);
            Draft draft = web(job, judge.call.network.target(value), sends, head ? "HEAD" : method);
            if (follows) {
                draft.atLeast(RiskTier.MEDIUM);
            }
            if (body && get) {
                judge.call.drafts.getLast().sendsUnknown = true;
            }
        }
        if (reading.has(
                "--resolve",
                "--connect-to",
                "-x",
                "--proxy",
                "--preproxy",
                "--socks5",
                "--socks5-hostname",
                "--socks4",
                "--doh-url",
                "--interface")) {
            for (Reading.Bound bound : reading.bound) {
                if (bound.role().equals("host")) {
                    hostOption(job, bound.word());
                }
            }
        }
        if (reading.has("--unix-socket", "--abstract-unix-socket")) {
            judge.shell(job, RiskTier.HIGH, "talks to a service of this machine through a socket");
        }
        if (reading.has("-K", "--config")) {
            Draft draft = judge.opaque(job, "`curl` takes options from a file");
            String text = judge.code().constantInput(job);
            if (text != null && judge.call.network.mentionsOwn(text)) {
                draft.floor(FLOOR);
            }
        }
        if (reading.has("--engine")) {
            judge.opaque(job, "`curl` loads a library");
        }
        if (reading.has("-J", "--remote-header-name")) {
            judge.opaque(job, "the server names the file that is written");
        }
        saveOutput(job);
    }

    /** Of {@code --resolve} and {@code --connect-to}, whose parts stand between colons. */
    private static boolean namesLoopback(String value) {
        for (String part : value.split("[:,]", -1)) {
            if (!part.isEmpty() && Network.isLoopback(LowerCase.of(part))) {
                return true;
            }
        }
        return value.contains("::1");
    }

    private void hostOption(Job job, Argument word) {
        String value = word.value();
        boolean own =
                value == null
                        || judge.call.network.mentionsOwn(value)
                        || judge.call.network.target(value).own()
                        || (namesLoopback(value)
                                && job.constants().stream()
                                        .anyMatch(judge.call.network::namesOwnPort));
        Draft draft =
                judge.shell(job, RiskTier.HIGH, "reaches another host than the address says")
                        .tag("network");
        draft.sends = true;
        if (own && value != null) {
            draft.floor(FLOOR);
        }
    }

    private void files(Job job, Reading reading, boolean body) {
        String directory = job.directory();
        Argument into = reading.value("--output-dir");
        if (into != null) {
            directory = judge.moved(directory, into);
        }
        Job there = job.in(directory);
        for (Reading.Bound bound : reading.bound) {
            String option = bound.option();
            switch (bound.role()) {
                case "read" -> {
                    String value = bound.word().value();
                    boolean upload = "-T".equals(option) || "--upload-file".equals(option);
                    if (upload && value != null && CurlGlob.isPattern(value)) {
                        uploads(job, bound.word(), value);
                    } else if (!"-".equals(value) && !".".equals(value)) {
                        judge.file(job, Places.Touch.READ, bound.word(), false);
                    }
                }
                case "write" -> {
                    if (!"-".equals(bound.word().value())) {
                        boolean output =
                                option != null
                                        && (option.equals("-o")
                                                || option.equals("--output")
                                                || option.equals("-O")
                                                || option.equals("--output-document"));
                        judge.file(output ? there : job, Places.Touch.WRITE, bound.word(), false);
                        if (output && String.valueOf(bound.word().value()).matches(".*#[0-9].*")) {
                            judge.opaque(
                                    job, "the name it writes to is put together from the address");
                        }
                        if (output) {
                            note(there, bound.word());
                        }
                    }
                }
                case "text-or-read" -> {
                    String value = bound.word().value();
                    if (value != null && value.indexOf('=') < 0 && !value.isEmpty()) {
                        judge.file(job, Places.Touch.READ, bound.word(), false);
                    }
                }
                default -> {}
            }
        }
        if (reading.has("-O", "--remote-name", "--remote-name-all")
                && reading.tool.options().containsKey("--remote-name")) {
            reading.positionals.forEach(url -> fromUrl(there, url));
            reading.values("--url").forEach(url -> fromUrl(there, url));
        }
        if (reading.has("-J", "--remote-header-name")
                && reading.tool.options().containsKey("--remote-name")) {
            judge.opaque(job, "the server says which file it writes");
        }
        Argument form = reading.value("-w", "--write-out");
        if (form != null && String.valueOf(form.value()).contains("%output{")) {
            judge.opaque(job, "`--write-out` writes files");
            Matcher files = OUTPUT.matcher(String.valueOf(form.value()));
            for (int i = 0; i < 20 && files.find(); i++) {
                judge.output(there, Argument.of(files.group(1)));
            }
        }
        if (body) {
            for (Reading.Bound bound : reading.bound) {
                if (bound.role().equals("text") && bound.word().value() == null) {
                    return;
                }
            }
        }
    }

    /** {@code -T '{a,b}'} sends one file after the other. */
    private void uploads(Job job, Argument word, String pattern) {
        judge.file(job, Places.Touch.READ, word, false);
        List<String> files = CurlGlob.expand(pattern);
        if (files == null) {
            judge.opaque(job, "which files `curl` sends is not known");
            return;
        }
        for (String file : files) {
            Argument one = new Argument(file, word.written(), false, word.source());
            judge.file(job, Places.Touch.READ, one, false);
        }
    }

    private void fromUrl(Job job, Argument url) {
        String value = url.value();
        if (value == null) {
            judge.file(job, Places.Touch.WRITE, Argument.of("."), true);
            return;
        }
        String path = value.replaceFirst("^[a-zA-Z]+://", "").replaceFirst("[?#].*$", "");
        int slash = path.lastIndexOf('/');
        String name =
                slash < 0 || slash == path.length() - 1 ? "index.html" : path.substring(slash + 1);
        Argument file = Argument.of(name);
        judge.file(job, Places.Touch.WRITE, file, false);
        note(job, file);
    }

    private void wget(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        if (Judge.isVersionQuestion(job)) {
            judge.fact(job, "asks `wget` for its version");
            return;
        }
        for (String problem : reading.unlisted) {
            boolean fine = WGET_OPTION.matcher(problem).matches();
            if (!fine) {
                judge.shell(job, RiskTier.MEDIUM, "runs `wget`: " + problem);
                break;
            }
        }
        if (!reading.unknown.isEmpty()) {
            judge.unproven(job, name, reading);
        }
        boolean body = reading.has("--post-file", "--body-file", "--post-data", "--body-data");
        Argument methodWord = reading.value("--method");
        String method =
                methodWord == null || methodWord.value() == null
                        ? "GET"
                        : methodWord.value().toUpperCase(Locale.ROOT);
        files(job, reading, body);
        String directory = job.directory();
        Argument into = reading.value("-P", "--directory-prefix");
        if (into != null) {
            directory = judge.moved(directory, into);
        }
        boolean output = reading.value("-O", "--output-document") != null;
        boolean spider = reading.has("--spider");
        Argument hops = reading.value("--max-redirect");
        boolean stays = hops != null && "0".equals(hops.value());
        for (Argument url : reading.positionals) {
            Draft draft =
                    web(job, judge.call.network.target(url.value()), body || carries(url), method);
            if (!stays) {
                draft.atLeast(RiskTier.MEDIUM);
            }
            if (reading.has("-H", "--span-hosts")) {
                draft.atLeast(RiskTier.HIGH);
            }
            if (!output && !spider) {
                fromUrl(job.in(directory), url);
            }
        }
        if (reading.positionals.isEmpty() || reading.has("-i", "--input-file")) {
            judge.opaque(job, "`wget` names no address; a file may");
        }
        if (reading.has("-e", "--execute", "--use-askpass", "--config")) {
            judge.opaque(job, "`wget` takes settings that can run programs");
        }
        saveOutput(job);
    }

    private void httpie(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        judge.unproven(job, name, reading);
        List<Argument> words = new ArrayList<>(reading.positionals);
        String method = "GET";
        if (!words.isEmpty() && String.valueOf(words.getFirst().value()).matches("[A-Z]+")) {
            method = String.valueOf(words.removeFirst().value());
        }
        boolean body = false;
        Argument url = words.isEmpty() ? null : words.removeFirst();
        for (Argument word : words) {
            String value = word.value();
            if (value == null
                    || (value.indexOf('=') > 0 && !value.contains("=="))
                    || value.indexOf('@') >= 0) {
                body = true;
                int at = value == null ? -1 : value.indexOf('@');
                if (value != null && at >= 0) {
                    judge.file(job, Places.Touch.READ, Argument.of(value.substring(at + 1)), false);
                }
            }
        }
        body |=
                job.input() instanceof Invocation.Input.Pipe
                        || job.input() instanceof Invocation.Input.File;
        String value = url == null ? null : url.value();
        if (value != null && value.startsWith("://")) {
            value = value.substring(3);
        } else if (value != null && value.startsWith(":")) {
            value = "localhost" + value;
        }
        body |= url != null && carries(url);
        Draft draft = web(job, judge.call.network.target(value), body, method);
        if (reading.has("-F", "--follow")) {
            draft.atLeast(RiskTier.MEDIUM);
        }
        for (Argument session : reading.values("--session", "--session-read-only")) {
            String place = session.value();
            if (place == null || place.indexOf('/') >= 0) {
                judge.file(job, Places.Touch.WRITE, session, false);
            } else {
                judge.shell(job, RiskTier.HIGH, "keeps a session in the user's settings")
                        .tag("escape");
            }
        }
        judge.roles(job, reading, job.directory());
        saveOutput(job);
    }

    private void lookup(Job job, String name) {
        if (Judge.isVersionQuestion(job)) {
            judge.fact(job, "asks `" + name + "` for its version");
            return;
        }
        boolean loopback = false;
        boolean any = false;
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value != null && !value.startsWith("-")) {
                any = true;
                loopback |= Network.isLoopback(LowerCase.of(value));
            }
        }
        RiskTier risk = any && loopback && name.equals("ping") ? RiskTier.LOW : RiskTier.HIGH;
        Draft draft = judge.shell(job, risk, "looks up or reaches a host").tag("network");
        draft.sends = true;
        draft.sendsUnknown = judge.hasUnknown(job);
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        for (Reading.Bound word : Reading.of(tool, job.arguments()).bound) {
            if (word.role().equals("read")) {
                judge.file(job, Places.Touch.READ, word.word(), false);
                draft.sendsUnknown = true;
            }
        }
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value != null && value.indexOf('.') > 0 && Labels.prod(value)) {
                draft.tag("prod");
            }
        }
    }

    private void raw(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        List<String> words = job.constants();
        boolean knocks = name.equals("nc") && knocksHere(reading);
        Draft draft =
                judge.shell(
                                job,
                                knocks ? RiskTier.LOW : RiskTier.HIGH,
                                "opens a connection with `" + name + "`")
                        .tag("network");
        draft.sends = !knocks;
        draft.loopback = knocks;
        draft.sendsUnknown = judge.hasUnknown(job);
        String all = String.join(" ", words);
        boolean local = false;
        boolean port = false;
        for (String word : words) {
            local |= Network.isLoopback(LowerCase.of(word));
            port |= judge.call.network.isOwnPort(word);
            if (judge.call.network.mentionsOwn(word) || judge.call.network.target(word).own()) {
                draft.floor(FLOOR);
            }
        }
        if (local && port) {
            draft.floor(FLOOR);
        }
        if (reading.has("-e", "--exec", "--sh-exec", "-c", "--lua-exec")) {
            draft.atLeast(RiskTier.CRITICAL).opaque();
            draft.summary = "gives a program of this machine to the network";
        }
        String upper = all.toUpperCase(Locale.ROOT);
        if (name.equals("socat")) {
            reading.positionals.forEach(word -> socatFile(job, word));
        }
        if (name.equals("socat")
                && (upper.contains("EXEC:")
                        || upper.contains("SYSTEM:")
                        || upper.contains("SHELL:"))) {
            draft.atLeast(RiskTier.CRITICAL).opaque();
            draft.summary = "gives a program of this machine to the network";
        }
        if (name.equals("ftp")) {
            commands(job);
        }
        saveOutput(job);
    }

    /** What a client that moves files is told by its input, as far as that is constant. */
    private void commands(Job job) {
        if (job.input() instanceof Invocation.Input.Text text && text.value() != null) {
            judge.handed().inText(job, text.value());
            text.value()
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith("!"))
                    .forEach(line -> judge.nested(line.substring(1), job));
        }
    }

    /** The file an address of {@code socat} names, which may be read and written. */
    private void socatFile(Job job, Argument word) {
        String value = word.value();
        Matcher file = value == null ? null : SOCAT_FILE.matcher(value);
        if (file != null
                && file.matches()
                && !"-".equals(value)
                && !"stdio".equalsIgnoreCase(value)) {
            Argument path = Argument.of(file.group(1));
            judge.file(job, Places.Touch.READ, path, false);
            judge.file(job, Places.Touch.WRITE, path, false);
        }
    }

    /** Whether {@code nc -z} only looks if a port of this machine is open, and sends nothing. */
    private static boolean knocksHere(Reading reading) {
        if (!reading.has("-z") || reading.positionals.isEmpty() || !reading.unknown.isEmpty()) {
            return false;
        }
        for (Reading.Given option : reading.given) {
            switch (option.name()) {
                case "-z", "-v", "-w", "-n", "-4", "-6" -> {}
                default -> {
                    return false;
                }
            }
        }
        String host = reading.positionals.getFirst().value();
        return host != null && Network.isLoopback(LowerCase.of(host));
    }

    // ---- other machines

    private void ssh(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        if (!reading.deeds().contains(Deed.NET)) {
            judge.fact(job, "asks `ssh` about itself");
            if (reading.has("-F")) {
                judge.opaque(job, "`Match exec` in a configuration of `ssh` runs a program here");
            }
            return;
        }
        optionFiles(job, reading);
        List<Argument> words = reading.positionals;
        String host = words.isEmpty() ? null : words.getFirst().value();
        Draft draft = judge.shell(job, RiskTier.HIGH, "works on another machine").tag("network");
        draft.sends = true;
        draft.sendsUnknown = judge.hasUnknown(job);
        if (host != null && Labels.prod(host)) {
            draft.tag("prod");
            draft.risk = draft.risk.raised();
        }
        for (Argument option : reading.values("-o", "-F")) {
            String value = option.value();
            boolean runs = value == null || LowerCase.of(value).matches("(?s).*(command|exec).*");
            if (runs) {
                judge.opaque(job, "an option of `ssh` runs a program here");
                commandOf(job, value);
            }
        }
        for (Argument option : reading.values("-o")) {
            String value = option.value();
            if (value != null
                    && LowerCase.of(value).strip().matches("(local|remote|dynamic)forward\\b.*")
                    && judge.call.network.namesOwnPort(value)) {
                draft.floor(FLOOR);
            }
        }
        Argument port = reading.value("-p");
        if (host != null
                && port != null
                && port.value() != null
                && judge.call
                        .network
                        .of(null, host.substring(host.lastIndexOf('@') + 1), port.value())
                        .own()) {
            draft.floor(FLOOR);
        }
        for (Argument forward : reading.values("-L", "-R", "-D", "-W", "-w")) {
            String value = forward.value();
            if (value != null
                    && (judge.call.network.mentionsOwn(value) || value.contains(":7373"))) {
                draft.floor(FLOOR);
            }
        }
        remote(draft, words.subList(Math.min(1, words.size()), words.size()), job);
    }

    private static final Pattern SSH_COMMAND =
            Pattern.compile(
                    "(?is)\\s*(?:[a-z]*command|ssh_command|match\\s+exec)\\s*[=\\s]\\s*\"?(.+?)\"?\\s*");

    /** The program an option such as {@code ProxyCommand=…} names, at its worst. */
    private void commandOf(Job job, @Nullable String option) {
        Matcher command = SSH_COMMAND.matcher(String.valueOf(option));
        if (command.matches()) {
            judge.worst(() -> judge.nested(command.group(1), job));
        }
    }

    /** {@code mosh} and {@code autossh}, which start {@code ssh} and hand on what it shall run. */
    private void overSsh(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        judge.unproven(job, name, reading);
        Draft draft = judge.shell(job, RiskTier.HIGH, "works on another machine").tag("network");
        draft.sends = true;
        draft.sendsUnknown = judge.hasUnknown(job);
        for (Reading.Bound bound : reading.bound) {
            if (bound.role().equals("script")) {
                judge.script(job, bound.word());
            }
        }
        List<Argument> words = reading.positionals;
        remote(draft, words.subList(Math.min(1, words.size()), words.size()), job);
    }

    /** The files that options name. */
    private void optionFiles(Job job, Reading reading) {
        for (Reading.Bound bound : reading.bound) {
            boolean write = bound.role().equals("write");
            boolean read = bound.role().equals("read") && !"-i".equals(bound.option());
            if (bound.option() != null && (write || read) && !"-".equals(bound.word().value())) {
                if (write) {
                    judge.output(job, bound.word());
                } else {
                    judge.file(job, Places.Touch.READ, bound.word(), false);
                }
            }
        }
    }

    /** What runs elsewhere makes an operation worse, but its files are not of this machine. */
    void remote(Draft draft, List<Argument> words, Job job) {
        StringBuilder text = new StringBuilder();
        for (Argument word : words) {
            String value = word.value();
            if (value == null) {
                draft.opaque();
                return;
            }
            text.append(value).append(' ');
        }
        if (text.toString().isBlank()) {
            return;
        }
        Context context = job.context();
        Context elsewhere =
                new Context(
                        "/nowhere/else",
                        "/nowhere/else",
                        context.home(),
                        context.shell(),
                        "linux",
                        java.util.Map.of());
        Call other = judge.call.elsewhere(elsewhere);
        other.mayRead(text.length());
        judge.call.reads(text.length());
        new Judge(other).text(text.toString(), elsewhere, job.depth() + 4);
        for (Operation operation : other.operations()) {
            if (Judge.BEYOND.equals(operation.floor())) {
                draft.floor(Judge.BEYOND);
            }
            draft.atLeast(operation.risk());
            draft.opaque |= operation.opaque();
            for (String tag : operation.tags()) {
                if (!tag.equals("escape")) {
                    draft.tag(tag);
                }
            }
            pushes(draft, operation, job);
        }
    }

    /** A push is one wherever it starts, so that rules on pushes and branches see it. */
    private void pushes(Draft outer, Operation operation, Job job) {
        CommandLine line = operation.command();
        if (!PUSHES.contains(operation.action()) || line == null) {
            return;
        }
        Draft draft =
                new Draft(
                        operation.action(),
                        operation.resource(),
                        operation.risk(),
                        operation.summary() + ", from another machine",
                        new CommandLine(line.words(), job.line(), line.assignments()),
                        outer.source);
        draft.tags.addAll(operation.tags());
        draft.opaque = operation.opaque();
        draft.number = outer.number;
        judge.call.add(draft);
    }

    private static final Set<Action> PUSHES =
            EnumSet.of(Action.GIT_PUSH, Action.GIT_FORCE_PUSH, Action.GIT_CREATE_PR);

    private static final Set<String> SERVES = Set.of("--server", "--sender");

    private static final Pattern OUTPUT = Pattern.compile("%output\\{(?:>>)?([^}]*)\\}");

    private void transfer(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        boolean plainRsync = name.equals("rsync");
        if (!plainRsync) {
            judge.unproven(job, name, reading);
        } else if (!reading.unknown.isEmpty()) {
            judge.unproven(job, name, reading);
        }
        if (reading.has("-S", "-D", "-e", "--rsh", "--rsync-path", "-b")) {
            for (Argument script : reading.values("-S", "-D", "-e", "--rsh", "--rsync-path")) {
                judge.script(job, script);
            }
        }
        for (Argument option : reading.values("-o")) {
            String value = option.value();
            if (value == null || LowerCase.of(value).contains("command")) {
                judge.opaque(job, "an option of `" + name + "` runs a program here");
                commandOf(job, value);
            }
        }
        for (Argument option : reading.values("-M", "--remote-option")) {
            judge.opaque(job, "`" + Judge.cut(option.written()) + "` is for the other side");
            String value = String.valueOf(option.value());
            judge.output(job, Argument.of(value.substring(value.indexOf('=') + 1)));
        }
        Argument modes = reading.value("--chmod");
        if (modes != null && FileCommands.anySetsId(modes.value())) {
            judge.shell(job, RiskTier.CRITICAL, "makes a program run with other rights")
                    .tag("escape");
        }
        if (plainRsync) {
            optionFiles(job, reading);
        }
        if (plainRsync && job.constants().stream().anyMatch(SERVES::contains)) {
            judge.opaque(job, "obeys what the other side of `rsync` says");
        }
        if (reading.has("--daemon")) {
            judge.shell(job, RiskTier.HIGH, "serves files to other machines, as a file tells it")
                    .tag("network");
        }
        List<Argument> words = reading.positionals;
        if (name.equals("sftp")) {
            judge.shell(job, RiskTier.HIGH, "exchanges files with another machine")
                            .tag("network")
                            .sends =
                    true;
            commands(job);
            return;
        }
        boolean remoteTarget = !words.isEmpty() && isRemote(words.getLast().value());
        for (int i = 0; i < words.size(); i++) {
            boolean last = i == words.size() - 1 && words.size() > 1;
            Argument word = words.get(i);
            if (isRemote(word.value())) {
                Draft draft =
                        judge.add(
                                job,
                                last ? Action.WEB_SEND : Action.SHELL_RUN,
                                new Resource.Web(null, host(word.value())),
                                RiskTier.HIGH,
                                last
                                        ? "sends files to another machine"
                                        : "fetches files from another machine");
                draft.tag("network");
                draft.sends = last;
                draft.sendsUnknown = last;
                if (Labels.prod(host(word.value()))) {
                    draft.tag("prod");
                    draft.risk = draft.risk.raised();
                }
            } else {
                judge.file(job, last ? Places.Touch.WRITE : Places.Touch.READ, word, true);
            }
        }
        if (plainRsync && words.size() > 1 && !remoteTarget && !reading.has("-n", "--dry-run")) {
            backups(job, words, reading.value("--suffix"));
            brought(job, words);
        }
        boolean deletes =
                reading.has(
                        "--delete",
                        "--del",
                        "--delete-before",
                        "--delete-during",
                        "--delete-after",
                        "--delete-excluded",
                        "--delete-delay");
        if (deletes && !words.isEmpty() && !reading.has("-n", "--dry-run")) {
            if (remoteTarget) {
                judge.shell(job, RiskTier.CRITICAL, "deletes files on another machine")
                        .tag("destructive", "network");
            } else {
                judge.file(job, Places.Touch.DELETE, words.getLast(), true);
            }
        }
        if (reading.has("--remove-source-files", "--remove-sent-files")) {
            for (int i = 0; i < words.size() - 1; i++) {
                if (!isRemote(words.get(i).value())) {
                    judge.file(job, Places.Touch.DELETE, words.get(i), true);
                }
            }
        }
        if (words.size() > 1 && !remoteTarget) {
            for (Argument source : words.subList(0, words.size() - 1)) {
                if (!isRemote(source.value())) {
                    judge.copies().copied(job, source, words.getLast(), true);
                }
            }
        }
    }

    /** Backups of what is written over, at the target itself or by the names of the sources. */
    private void backups(Job job, List<Argument> words, @Nullable Argument suffix) {
        Argument target = words.getLast();
        judge.backup(job, target, suffix);
        for (Argument source : suffix == null ? List.<Argument>of() : words) {
            String from = source.value();
            if (from != null && target.value() != null) {
                String into = target.value() + "/" + Paths.name(from);
                judge.backup(
                        job,
                        new Argument(into, target.written(), source.glob(), target.source()),
                        suffix);
            }
        }
    }

    /** What a copy of folders puts below its target under the names it finds. */
    private void brought(Job job, List<Argument> words) {
        Argument target = words.getLast();
        for (Argument source : words.subList(0, words.size() - 1)) {
            String from = source.value();
            if (from == null || target.value() == null || isRemote(from)) {
                continue;
            }
            Paths.Place place = judge.call.paths.place(source, job.directory());
            if (judge.call.places.holdsProtected(place)) {
                judge.opaque(
                        job,
                        "`" + Judge.cut(source.written()) + "` brings hook or policy files along");
            }
            if (!from.endsWith("/")) {
                String into = target.value() + "/" + Paths.name(from);
                Argument made =
                        new Argument(into, target.written(), source.glob(), target.source());
                Paths.Place to = judge.call.paths.place(made, job.directory());
                if (judge.call.places.guards(to) != null) {
                    judge.file(job, Places.Touch.WRITE, made, true);
                }
            }
        }
    }

    /** {@code host:path}, as scp and rsync take it. */
    static boolean isRemote(@Nullable String value) {
        if (value == null) {
            return false;
        }
        if (value.startsWith("rsync://") || value.startsWith("scp://")) {
            return true;
        }
        int colon = value.indexOf(':');
        int slash = value.indexOf('/');
        return colon > 0 && (slash < 0 || colon < slash);
    }

    private static @Nullable String host(@Nullable String value) {
        if (value == null) {
            return null;
        }
        String rest = value.replaceFirst("^[a-z]+://", "");
        int end = rest.indexOf(value.contains("://") ? '/' : ':');
        String authority = end < 0 ? rest : rest.substring(0, end);
        return LowerCase.of(authority.substring(authority.indexOf('@') + 1));
    }

    void hostPath(Job job, Argument word, Places.Touch touch) {
        if (isRemote(word.value())) {
            judge.shell(job, RiskTier.HIGH, "exchanges files with another machine")
                            .tag("network")
                            .sends =
                    true;
        } else {
            judge.file(job, touch, word, false);
        }
    }
}
