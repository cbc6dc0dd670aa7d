package dev.countersign.analysis.code;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** JavaScript as node, bun and deno run it. */
final class JavaScriptReader extends Reader {
    private static final Set<String> KEYWORDS =
            words(
                    """
                    async await break case catch const continue default delete do else false finally for
                    function if in instanceof let new null of return switch throw true try typeof
                    undefined var void while yield NaN Infinity
                    """);

    /** Functions of the language that only compute, also as values. */
    private static final Set<String> PURE =
            words(
                    """
                    Array BigInt Boolean Date Map Number RegExp Set String URL URLSearchParams TextDecoder
                    TextEncoder atob btoa decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite
                    isNaN parseFloat parseInt structuredClone
                    """);

    private static final Set<String> OFFERED =
            words(
                    """
                    console.log console.error console.warn console.info console.debug console.table
                    console.dir JSON.parse JSON.stringify Math.* Object.keys Object.values Object.entries
                    Object.fromEntries Array.from Array.isArray Array.of Number.isInteger Number.isNaN
                    Number.parseInt Number.parseFloat Number.isFinite Number.MAX_SAFE_INTEGER
                    Number.EPSILON String.fromCharCode String.fromCodePoint Date.now Date.parse Date.UTC
                    Intl.NumberFormat Intl.DateTimeFormat Buffer.from Buffer.concat Buffer.byteLength
                    Buffer.alloc Promise.resolve Promise.all performance.now
                    process.version process.versions process.argv process.platform process.arch
                    process.cwd process.exit process.uptime process.hrtime process.memoryUsage
                    process.pid process.execPath process.stdout.write process.stderr.write
                    process.stdout.columns process.stdin.on process.stdin.setEncoding
                    process.stdin.resume process.release.name
                    path.join path.resolve path.basename path.dirname path.extname path.relative
                    path.parse path.normalize path.isAbsolute path.sep
                    os.cpus os.platform os.homedir os.tmpdir os.hostname os.arch os.totalmem os.freemem
                    os.release os.type os.EOL os.uptime os.loadavg util.inspect util.format
                    util.isDeepStrictEqual crypto.randomUUID crypto.randomBytes crypto.createHash
                    crypto.createHmac crypto.randomInt url.parse url.fileURLToPath url.pathToFileURL
                    querystring.parse querystring.stringify fs.existsSync fs.statSync fs.lstatSync
                    fs.accessSync
                    """);

    /** Modules of the runtime; other code cannot take their place. */
    private static final Set<String> MODULES =
            words(
                    """
                    assert child_process crypto fs fs/promises http https os path querystring url util net
                    """);

    /** Names that reach more than the program itself, even where it binds them. */
    private static final Set<String> POWERFUL =
            words(
                    """
                    eval Function globalThis global window self root GLOBAL require module exports process
                    Deno Bun Reflect Proxy WebAssembly Worker fetch XMLHttpRequest WebSocket vm child_process
                    fs cluster worker_threads inspector repl net dgram tls http http2 https v8 dns domain
                    async_hooks trace_events wasi test sea sqlite Object Symbol Error setTimeout setInterval
                    setImmediate queueMicrotask import export this super class arguments with debugger
                    GeneratorFunction AsyncFunction Iterator FinalizationRegistry WeakRef ShadowRealm
                    location document navigator localStorage BroadcastChannel EventSource Atomics
                    SharedArrayBuffer Navigator __dirname __filename
                    """);

    /** Properties through which code can be made from text, or another receiver chosen. */
    private static final Set<String> DENIED =
            words(
                    """
                    constructor __proto__ prototype __defineGetter__ __defineSetter__ __lookupGetter__
                    __lookupSetter__ call apply bind caller callee arguments getOwnPropertyDescriptor
                    getOwnPropertyDescriptors getPrototypeOf setPrototypeOf defineProperty
                    defineProperties mainModule require _load _compile binding _linkedBinding dlopen
                    prepareStackTrace getBuiltinModule execve kill chdir setuid setgid promisify
                    """);

    private static final Map<String, String> CALLS =
            table(
                    """
                    fs.readFileSync fs.readFile fs.createReadStream fs.promises.readFile fs/promises.readFile Deno.readTextFileSync Deno.readTextFile Deno.readFile Bun.file = read $0
                    fs.readdirSync fs.readdir fs.promises.readdir fs/promises.readdir Deno.readDir Deno.readDirSync = read $0
                    fs.writeFileSync fs.writeFile fs.appendFileSync fs.appendFile fs.createWriteStream fs.promises.writeFile fs.promises.appendFile fs/promises.writeFile fs/promises.appendFile Deno.writeTextFileSync Deno.writeTextFile Deno.writeFile Bun.write fs.openSync fs.open = write $0
                    fs.unlinkSync fs.unlink fs.promises.unlink fs/promises.unlink = run rm -f $0
                    fs.rmSync fs.rm fs.rmdirSync fs.rmdir fs.promises.rm fs/promises.rm fs.promises.rmdir fs/promises.rmdir Deno.remove Deno.removeSync = run rm -rf $0
                    fs.renameSync fs.rename fs.promises.rename fs/promises.rename Deno.rename Deno.renameSync = run mv $0 $1
                    fs.copyFileSync fs.copyFile fs.promises.copyFile fs/promises.copyFile Deno.copyFile = run cp $0 $1
                    fs.cpSync fs.cp fs.promises.cp fs/promises.cp = run cp -r $0 $1
                    fs.symlinkSync fs.symlink fs.promises.symlink fs/promises.symlink Deno.symlink Deno.symlinkSync = run ln -s $0 $1
                    fs.linkSync fs.link fs.promises.link = run ln $0 $1
                    fs.mkdirSync fs.mkdir fs.promises.mkdir fs/promises.mkdir Deno.mkdir Deno.mkdirSync = run mkdir -p $0
                    fs.chmodSync fs.chmod fs.promises.chmod Deno.chmod = chmod
                    fs.truncateSync fs.truncate fs.promises.truncate = run truncate -s 0 $0
                    child_process.exec child_process.execSync = shell $0
                    child_process.execFile child_process.execFileSync child_process.spawn child_process.spawnSync child_process.fork Bun.spawn Bun.spawnSync Deno.Command = process
                    process.chdir Deno.chdir = move
                    process.kill Deno.kill = run kill $0
                    fetch = fetch
                    http.get https.get http.request https.request = fetch
                    process.env Deno.env Bun.env = env
                    """);

    private static final Set<String> QUIET_NAMES =
            words("HOME PATH USER PWD SHELL LANG TERM TMPDIR CI NODE_ENV EDITOR HOSTNAME");

    private static final Set<String> PLAIN_KEYS =
            words("recursive force encoding stdio timeout maxBuffer windowsHide");

    /** Tokens of the longest value and of the longest dotted name that are followed. */
    private static final int LONGEST = 200;

    /** A dotted name: what it stands for, and the token behind it. */
    private record Path(String name, int end) {}

    private final Map<String, String> aliases = new HashMap<>();
    private final Set<Integer> imported = new HashSet<>();
    private final Set<String> twice = new HashSet<>();

    JavaScriptReader(String text, List<String> arguments) {
        super(new JavaScriptLexer(text), arguments);
        for (String module : MODULES) {
            aliases.put(module, module);
        }
        imports();
        bindings();
        constants.keySet().removeAll(twice);
        for (int i = 0; i < tokens.size(); i++) {
            calls(i);
        }
        for (int i = 0; i < tokens.size(); i++) {
            check(i);
        }
    }

    // ---- imports and bindings

    private @Nullable String module(int i) {
        if (!is(i, "require") || !is(i + 1, "(") || pair(i + 1) != i + 3) {
            return null;
        }
        return isKind(i + 2, Token.Kind.STRING) ? plain(tokens.get(i + 2).value()) : null;
    }

    private static @Nullable String plain(@Nullable String module) {
        if (module == null) {
            return null;
        }
        String name = module.startsWith("node:") ? module.substring(5) : module;
        return MODULES.contains(name) ? name : null;
    }

    private void alias(int i, String path) {
        if (!isName(i)) {
            return;
        }
        String old = aliases.put(text(i), path);
        imported.add(i);
        if (old != null && !old.equals(path)) {
            unread("`" + text(i) + "` names two things");
        }
    }

    private void imports() {
        for (int i = 0; i < tokens.size(); i++) {
            int module = is(i, "await") && is(i + 1, "import") ? -1 : i;
            String name = module(module);
            if (name != null && is(i - 1, "=")) {
                int behind = pair(i + 1) + 1;
                boolean whole = !is(behind, ".") && !is(behind, "?.") && !is(behind, "[");
                if (whole && isName(i - 2) && !is(i - 3, ".")) {
                    alias(i - 2, name);
                    imported.add(i);
                } else if (whole && is(i - 2, "}")) {
                    members(pair(i - 2), name, ":");
                    imported.add(i);
                }
            }
            boolean statement =
                    is(i, "import") && (i == 0 || isKind(i - 1, Token.Kind.LINE) || is(i - 1, ";"));
            if (statement && !is(i + 1, "(")) {
                importStatement(i);
            }
        }
    }

    private void members(int open, String module, String as) {
        if (open < 0) {
            return;
        }
        for (Range part : split(open)) {
            int length = part.to() - part.from();
            if (length == 1 && isName(part.from())) {
                alias(part.from(), module + "." + text(part.from()));
            } else if (length == 3 && is(part.from() + 1, as) && isName(part.from() + 2)) {
                alias(part.from() + 2, module + "." + text(part.from()));
                imported.add(part.from());
                imported.add(part.from() + 1);
            } else {
                unread("what is taken from a module");
            }
        }
    }

    private void importStatement(int at) {
        int end = at + 1;
        while (end < tokens.size() && !isKind(end, Token.Kind.STRING) && !is(end, ";")) {
            end++;
        }
        String module = isKind(end, Token.Kind.STRING) ? plain(tokens.get(end).value()) : null;
        if (module == null || !is(end - 1, "from")) {
            unread("an import");
            return;
        }
        if (is(at + 1, "{")) {
            members(at + 1, module, "as");
        } else if (is(at + 1, "*")) {
            alias(at + 3, module);
        } else if (at + 3 == end) {
            alias(at + 1, module);
        } else {
            unread("an import");
        }
        for (int i = at; i <= end; i++) {
            imported.add(i);
        }
    }

    private void bindings() {
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is("=>")) {
                group(i - 1);
            } else if (token.is("const") || token.is("let") || token.is("var")) {
                if (isName(i + 1)) {
                    if (!is(i + 2, "=")) {
                        again(i + 1);
                    }
                } else {
                    group(pair(i + 1));
                }
            } else if ((token.is("of") || token.is("in")) && isName(i - 1) && is(i - 2, "(")) {
                // The head of a loop gives a name from elsewhere another value each time.
                again(i - 1);
            } else if ((token.is("of") || token.is("in")) && (is(i - 1, "]") || is(i - 1, "}"))) {
                group(i - 1);
            } else if (token.is("function")) {
                int name = is(i + 1, "*") ? i + 2 : i + 1;
                if (isName(name)) {
                    again(name);
                    name++;
                }
                group(pair(name));
            } else if (token.is("catch")) {
                group(pair(i + 1));
            } else if (token.is("=") && isName(i - 1) && !is(i - 2, ".") && !is(i - 2, "?.")) {
                assignment(i);
            } else if (token.is("=") && (is(i - 1, "}") || is(i - 1, "]"))) {
                int open = pair(i - 1);
                if (is(open, "{") || !isName(open - 1)) {
                    group(i - 1);
                }
            } else if (token.sign()
                    && token.text().length() > 1
                    && (token.text().endsWith("=") || token.is("++") || token.is("--"))
                    && !token.text().startsWith("=")
                    && !token.text().startsWith("!")
                    && isName(i - 1)) {
                again(i - 1);
            }
        }
    }

    /** Tokens looked at for the ends of values in all. */
    private static final int MOST_SCANNED = 100_000;

    private int scanned;

    /**
     * Tokens that end no value of a bracket.
     *
     * @param to the first behind them, which ends one or was not looked at
     */
    private record Stretch(int to, boolean ends) {}

    /** By bracket, where the value ends that was looked at last. */
    private final Map<Integer, Stretch> stretches = new HashMap<>();

    private void assignment(int equals) {
        int end = scanned > MOST_SCANNED ? tokens.size() : equals + 1;
        boolean ends = false;
        Stretch known = stretches.get(around(equals));
        if (known != null && known.to > end) {
            // The value of `a` in `a = b = c` ends where that of `b` does.
            end = known.to;
            ends = known.ends;
        }
        while (end < tokens.size() && !ends && end < equals + LONGEST) {
            boolean line =
                    isKind(end, Token.Kind.LINE) && (isName(end + 1) || end + 1 == tokens.size());
            ends =
                    (around(end) == around(equals) && (line || is(end, ";") || is(end, ",")))
                            || (pair(end) == around(equals) && pair(end) >= 0);
            end += ends ? 0 : 1;
        }
        stretches.put(around(equals), new Stretch(end, ends));
        scanned += end - equals;
        if (scanned > MOST_SCANNED) {
            unread("many long assignments");
        }
        if (imported.contains(equals - 1)) {
            bound.add(text(equals - 1));
            return;
        }
        bind(equals - 1);
        if (!ends && (end < tokens.size() || scanned > MOST_SCANNED)) {
            twice.add(text(equals - 1));
        }
        constants.putIfAbsent(text(equals - 1), new Range(equals + 1, end));
    }

    /** All names in a bracket, given its last token; or the one name. */
    private void group(int last) {
        int open = pair(last);
        if (open > last) {
            group(open);
            return;
        }
        if (open < 0) {
            if (isName(last)) {
                again(last);
            }
            return;
        }
        for (int k = open + 1; k < last; k++) {
            if (isName(k) && !is(k - 1, ".") && !imported.contains(k)) {
                again(k);
            }
        }
    }

    private void again(int i) {
        bind(i);
        twice.add(text(i));
    }

    private void bind(int i) {
        if (!isName(i) || KEYWORDS.contains(text(i)) || imported.contains(i)) {
            return;
        }
        String name = text(i);
        String alias = aliases.get(name);
        if (alias != null) {
            if (alias.equals(name) && !POWERFUL.contains(name)) {
                aliases.remove(name);
            } else {
                unread("`" + name + "` names two things");
            }
        }
        if (!bound.add(name)) {
            twice.add(name);
        }
    }

    // ---- names and constants

    /** The dotted name that begins at a token, modules by their own names; null when it is none. */
    private @Nullable Path path(int i) {
        String module = module(i);
        String base;
        int end;
        if (module != null) {
            base = module;
            end = i + 4;
        } else if (isName(i)) {
            base = aliases.getOrDefault(text(i), text(i));
            end = i + 1;
        } else {
            return null;
        }
        StringBuilder name = new StringBuilder(base);
        boolean more = true;
        while (more && end < i + LONGEST) {
            more = false;
            if ((is(end, ".") || is(end, "?.")) && isName(end + 1)) {
                name.append('.').append(text(end + 1));
                end += 2;
                more = true;
            } else if (is(end, "[") && isKind(end + 1, Token.Kind.STRING) && pair(end) == end + 2) {
                name.append('.').append(tokens.get(end + 1).value());
                end += 3;
                more = true;
            }
        }
        return new Path(name.toString(), end);
    }

    @Override
    int special(int i, int to, StringBuilder out, int depth) {
        if (isKind(i, Token.Kind.NUMBER) && is(i, "0") && to == i + 1) {
            return -1;
        }
        if (is(i, "__dirname")) {
            out.append('.');
            return i + 1;
        }
        Path path = path(i);
        if (path == null) {
            return -1;
        }
        int end = path.end();
        switch (path.name()) {
            case "process.env.HOME" -> {
                out.append(HOME);
                return end;
            }
            case "process.argv" -> {
                boolean one = is(end, "[") && pair(end) == end + 2 && text(end + 1).length() == 1;
                int index = one ? text(end + 1).charAt(0) - '0' : 0;
                if (index < 1 || index > arguments.size()) {
                    return -1;
                }
                out.append(arguments.get(index - 1));
                return end + 3;
            }
            default -> {}
        }
        if (!is(end, "(") || pair(end) < 0 || pair(end) >= to) {
            return -1;
        }
        switch (path.name()) {
            case "os.homedir" -> out.append(HOME);
            case "process.cwd" -> {
                if (moves) {
                    return -1;
                }
                out.append('.');
            }
            case "path.join", "path.resolve" -> {
                boolean resolves = path.name().equals("path.resolve");
                StringBuilder whole = new StringBuilder();
                for (Range part : split(end)) {
                    String value = inner(part, depth);
                    if (value == null) {
                        return -1;
                    }
                    boolean absolute =
                            !value.isEmpty() && (value.charAt(0) == '/' || value.charAt(0) == HOME);
                    if (absolute && resolves) {
                        whole.setLength(0);
                    } else if (!whole.isEmpty()) {
                        whole.append('/');
                    }
                    whole.append(value);
                }
                out.append(whole);
            }
            default -> {
                return -1;
            }
        }
        return pair(end) + 1;
    }

    // ---- effects

    private void calls(int i) {
        if (!isName(i) || imported.contains(i) || is(i - 1, ".") || is(i - 1, "?.") || full()) {
            return;
        }
        if (is(i, "require") && is(i + 1, "(") && module(i) == null) {
            loads(i);
            return;
        }
        Path path = path(i);
        if (path == null) {
            return;
        }
        String name = path.name();
        int end = path.end();
        while (!CALLS.containsKey(name)) {
            int dot = name.lastIndexOf('.');
            if (dot < 0 || end <= i + 1) {
                return;
            }
            name = name.substring(0, dot);
            end -= is(end - 1, "]") ? 3 : 2;
        }
        call(i, name, end, CALLS.getOrDefault(name, ""));
    }

    private void loads(int i) {
        boolean one = isKind(i + 2, Token.Kind.STRING) && pair(i + 1) == i + 3;
        String file = one ? tokens.get(i + 2).value() : null;
        if (file == null || !(file.startsWith(".") || file.startsWith("/"))) {
            return;
        }
        record(new Effect.Load(file, ".json", tokens.get(i).from()));
        if (file.endsWith(".json")) {
            resolved.add(i);
        }
    }

    private void call(int i, String name, int end, String spec) {
        if (spec.equals("env")) {
            environment(i, name, end);
            return;
        }
        if (!is(end, "(")) {
            apply(
                    switch (spec) {
                        case "move" -> spec;
                        case "process", "fetch", "chmod" -> "shell $0";
                        default -> spec.startsWith("run") ? "shell $0" : spec;
                    },
                    i,
                    List.of(),
                    false);
            return;
        }
        List<Range> given = split(end);
        switch (spec) {
            case "fetch" -> {
                boolean get =
                        given.size() == 1
                                || (given.size() > 1
                                        && name.endsWith("get")
                                        && isFunction(given.get(1)));
                apply(get ? "run curl $0" : "run curl -X POST $0", i, first(given, 1), get);
            }
            case "chmod" -> {
                String mode = given.size() > 1 ? text(given.get(1).from()) : "";
                boolean octal = mode.matches("0o[0-7]+");
                String word = octal ? mode.substring(2) : "u+s";
                apply("run chmod " + word + " $0", i, first(given, 1), octal);
            }
            case "process" -> process(i, given);
            default -> {
                String[] words = spec.split(" ", -1);
                int wanted = 0;
                for (String word : words) {
                    wanted =
                            word.startsWith("$")
                                    ? Math.max(wanted, word.charAt(1) - '0' + 1)
                                    : wanted;
                }
                boolean data = words[0].equals("write");
                boolean clear = isPlain(given, data ? 2 : wanted, words[0].equals("shell"));
                if (name.startsWith("fs.open")) {
                    clear = false;
                }
                boolean input =
                        words[0].equals("read") && !given.isEmpty() && isInput(given.getFirst());
                if (input) {
                    resolved.add(i);
                    return;
                }
                apply(spec, i, first(given, wanted), clear);
            }
        }
    }

    private boolean isInput(Range part) {
        return part.to() == part.from() + 1
                && isKind(part.from(), Token.Kind.NUMBER)
                && text(part.from()).equals("0");
    }

    private static List<Range> first(List<Range> given, int count) {
        return given.subList(0, Math.min(count, given.size()));
    }

    /** Whether the arguments behind the first ones change nothing about what a call does. */
    private boolean isPlain(List<Range> given, int from, boolean process) {
        for (int k = 0; k < given.size(); k++) {
            Range part = given.get(k);
            if (is(part.from(), "...")) {
                return false;
            }
            if (k < from) {
                continue;
            }
            boolean text =
                    !process
                            && part.to() == part.from() + 1
                            && isKind(part.from(), Token.Kind.STRING);
            if (!text && !isFunction(part) && !isPlainObject(part)) {
                return false;
            }
        }
        return true;
    }

    private boolean isFunction(Range part) {
        for (int k = part.from(); k < part.to(); k++) {
            if (is(k, "=>") && around(k) == around(part.from())) {
                return true;
            }
        }
        return is(part.from(), "function");
    }

    private boolean isPlainObject(Range part) {
        if (!is(part.from(), "{") || pair(part.from()) != part.to() - 1) {
            return false;
        }
        for (Range entry : split(part.from())) {
            boolean plain =
                    isName(entry.from())
                            && PLAIN_KEYS.contains(text(entry.from()))
                            && is(entry.from() + 1, ":");
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    private void process(int i, List<Range> given) {
        if (given.isEmpty()) {
            argv(i, given);
            return;
        }
        List<@Nullable String> listed = list(given.getFirst());
        boolean two = listed == null && given.size() > 1 && is(given.get(1).from(), "[");
        boolean spread = false;
        for (int k = given.getFirst().from(); two && k < given.get(1).to(); k++) {
            spread |= is(k, "...");
        }
        boolean known = argv(i, given) && !spread;
        if (known && isPlain(given, two ? 2 : 1, true)) {
            resolved.add(i);
        }
    }

    private void environment(int i, String name, int end) {
        boolean one = is(end, ".") && isName(end + 1);
        boolean changed = is(end + 2, "=");
        if (one && QUIET_NAMES.contains(text(end + 1)) && !changed && name.equals("process.env")) {
            resolved.add(i);
            return;
        }
        boolean printed = is(i - 1, "(") && is(i - 2, "log") && is(end, ")");
        boolean alone = i == 0 && end == tokens.size();
        apply("env", i, List.of(), !changed && (one || printed || alone));
    }

    // ---- what is understood

    private void check(int i) {
        Token token = tokens.get(i);
        if (imported.contains(i)) {
            return;
        }
        switch (token.kind()) {
            case NAME -> checkName(i, token);
            case STRING -> {
                boolean key = is(i + 1, ":") || is(i - 1, "[");
                if (key && (token.value() == null || DENIED.contains(token.value()))) {
                    unread(token);
                }
            }
            case SIGN -> {
                if (token.is("[")) {
                    checkIndex(i);
                } else if (token.text().equals("?!")) {
                    unread(token);
                }
            }
            case NUMBER, TEMPLATE, REGEX, LINE -> {}
        }
    }

    private void checkName(int i, Token token) {
        String name = token.text();
        if (DENIED.contains(name) && !name.equals("require")) {
            unread(token);
            return;
        }
        if (is(i - 1, ".") || is(i - 1, "?.")) {
            return;
        }
        if (KEYWORDS.contains(name)) {
            return;
        }
        boolean key =
                is(i + 1, ":")
                        && is(around(i), "{")
                        && (is(i - 1, "{") || is(skipBack(i - 1), ",") || is(skipBack(i - 1), "{"));
        if (key) {
            return;
        }
        Path path = path(i);
        if (path == null || resolved.contains(i)) {
            return;
        }
        if (isOffered(path, i)) {
            return;
        }
        boolean fine =
                (PURE.contains(name) && !is(i + 1, ".") && !is(i + 1, "[") && !is(i + 1, "="))
                        || (bound.contains(name)
                                && !POWERFUL.contains(name)
                                && !aliases.containsKey(name)
                                && !PURE.contains(name));
        if (!fine) {
            unread("`" + path.name() + "`");
        }
    }

    private int skipBack(int i) {
        int before = i;
        while (isKind(before, Token.Kind.LINE)) {
            before--;
        }
        return before;
    }

    private boolean isOffered(Path path, int i) {
        String name = path.name();
        int end = path.end();
        if (is(end, "=")
                || (end < tokens.size()
                        && text(end).length() == 2
                        && text(end).endsWith("=")
                        && !is(end, "==")
                        && !is(end, "!=")
                        && !is(end, "<=")
                        && !is(end, ">="))) {
            return false;
        }
        if (bound.contains(text(i)) && !aliases.containsKey(text(i))) {
            return false;
        }
        while (!name.isEmpty()) {
            int dot = name.lastIndexOf('.');
            String parent = dot < 0 ? "" : name.substring(0, dot);
            if (OFFERED.contains(name) || (dot > 0 && OFFERED.contains(parent + ".*"))) {
                return true;
            }
            name = parent;
        }
        return false;
    }

    /** A computed property is a number, a text, or only shown. */
    private void checkIndex(int i) {
        int close = pair(i);
        Token before = i > 0 ? tokens.get(i - 1) : null;
        boolean computedKey =
                close > 0
                        && is(close + 1, ":")
                        && is(around(i), "{")
                        && (is(skipBack(i - 1), "{") || is(skipBack(i - 1), ","));
        if (computedKey) {
            unread("a computed key");
            return;
        }
        boolean index =
                before != null
                        && (before.is(")")
                                || before.is("]")
                                || before.is("}")
                                || before.is("?.")
                                || (before.name() && !KEYWORDS.contains(before.text()))
                                || (!before.sign()
                                        && !before.name()
                                        && before.kind() != Token.Kind.LINE));
        if (before != null && before.kind() == Token.Kind.LINE) {
            int last = skipBack(i - 1);
            index =
                    last >= 0
                            && !is(last, ";")
                            && !is(last, "{")
                            && !is(last, ",")
                            && !is(last, "(")
                            && !is(last, "[");
        }
        if (!index) {
            return;
        }
        if (close == i + 2 && !isName(i + 1)) {
            return;
        }
        boolean numeric = false;
        boolean plain = close > 0;
        for (int k = i + 1; k < close; k++) {
            numeric |= is(k, "-") || is(k, "*") || is(k, "%");
            plain &=
                    isName(k)
                            || isKind(k, Token.Kind.NUMBER)
                            || is(k, ".")
                            || is(k, "-")
                            || is(k, "*")
                            || is(k, "%");
        }
        if (plain && numeric) {
            return;
        }
        int call = around(i);
        boolean shown =
                call >= 0
                        && (tokens.get(call).from() == tokens.get(call).to()
                                || (is(call - 1, "log") && is(call - 3, "console")));
        boolean last = close > 0 && (is(close + 1, ")") || is(close + 1, ","));
        boolean name = close == i + 2 && isName(i + 1);
        if (!(shown && last && name)) {
            unread("a computed property");
        }
    }
}
