package dev.countersign.analysis.code;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Python: {@code python -c}, and what a Python is given on its input. */
final class PythonReader extends Reader {
    private static final Set<String> KEYWORDS =
            words(
                    """
                    False None True and as assert break continue def del elif else except finally for from
                    if import in is lambda not or pass raise return try while with yield
                    """);

    private static final Set<String> PURE =
            words(
                    """
                    abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate
                    filter float format frozenset hash hex id int isinstance iter len list map max min
                    next object oct ord pow print range repr reversed round set slice sorted str sum
                    tuple type zip exit quit
                    ArithmeticError AssertionError Exception IndexError KeyError LookupError OSError
                    FileNotFoundError StopIteration SystemExit TypeError ValueError ZeroDivisionError
                    UnicodeDecodeError NotImplementedError KeyboardInterrupt RuntimeError BaseException
                    """);

    /** Built in, but able to do more than compute, or to reach what can. */
    private static final Set<String> POWERFUL =
            words(
                    """
                    aiter anext breakpoint classmethod compile copyright credits delattr dir eval exec
                    execfile file getattr globals hasattr help input issubclass license locals memoryview
                    open property raw_input reload setattr staticmethod super unichr vars apply intern
                    buffer coerce cmp reduce xrange basestring unicode long
                    """);

    /** Attributes of values that are no modules. */
    private static final Set<String> METHODS =
            words(
                    """
                    add append as_integer_ratio bit_length capitalize casefold center clear close copy
                    count decode difference digest discard elements encode end endswith expandtabs extend
                    find findall finditer fullmatch get group groupdict groups hexdigest imag index insert
                    intersection is_integer isalnum isalpha isascii isdecimal isdigit isdisjoint
                    isidentifier islower isnumeric isprintable isspace issubset issuperset istitle isupper
                    items join keys ljust lower lstrip match most_common partition pattern pop popitem
                    popleft read readline readlines real remove removeprefix removesuffix reverse rfind
                    rindex rjust rotate rpartition rsplit rstrip search setdefault sort span split
                    splitlines start startswith strip sub subn swapcase symmetric_difference title
                    to_bytes translate union update upper values write writelines zfill flush seek tell
                    lineno end_lineno col_offset body names elts bases decorator_list orelse targets asname
                    isoformat strftime date time year month day hour minute second weekday isoweekday
                    total_seconds days seconds timestamp astimezone args msg code hex fieldnames
                    writerow writerows writeheader scheme netloc path query fragment hostname port params
                    name stem suffix suffixes parts parent parents with_suffix with_name exists is_file
                    is_dir is_absolute as_posix relative_to resolve absolute expanduser stat st_size
                    st_mtime st_mode joinpath numerator denominator glob rglob iterdir returncode stdout stderr major minor
                    micro from_bytes fromkeys fromhex maketrans buffer now utcnow today
                    fromtimestamp fromisoformat strptime utc chain from_iterable cwd home
                    """);

    /** What modules of the standard library offer without doing anything; `*` stands for all. */
    private static final Set<String> OFFERED =
            words(
                    """
                    json.load json.loads json.dump json.dumps json.JSONDecodeError
                    sys.stdin sys.stdout sys.stderr sys.argv sys.exit sys.version sys.version_info
                    sys.platform sys.executable sys.maxsize sys.byteorder sys.prefix sys.base_prefix
                    sys.getsizeof sys.getrecursionlimit sys.float_info sys.int_info sys.implementation
                    sys.getdefaultencoding
                    math.* cmath.* itertools.* unicodedata.*
                    statistics.mean statistics.median statistics.stdev statistics.pstdev
                    statistics.variance statistics.mode statistics.fmean statistics.quantiles
                    string.ascii_letters string.ascii_lowercase string.ascii_uppercase string.digits
                    string.punctuation string.hexdigits string.whitespace string.printable
                    string.capwords
                    re.compile re.match re.search re.fullmatch re.findall re.finditer re.sub re.subn
                    re.split re.escape re.I re.M re.S re.X re.A re.IGNORECASE re.MULTILINE re.DOTALL
                    re.VERBOSE
                    datetime.datetime datetime.date datetime.time datetime.timedelta datetime.timezone
                    datetime.UTC calendar.month calendar.monthrange calendar.isleap calendar.timegm
                    calendar.month_name calendar.day_name decimal.Decimal fractions.Fraction
                    heapq.nlargest heapq.nsmallest heapq.heappush heapq.heappop heapq.heapify
                    bisect.bisect bisect.bisect_left bisect.bisect_right bisect.insort
                    secrets.token_hex secrets.token_urlsafe secrets.token_bytes secrets.choice
                    secrets.randbelow
                    collections.Counter collections.OrderedDict collections.defaultdict
                    collections.deque collections.ChainMap
                    functools.reduce functools.partial functools.cmp_to_key
                    operator.itemgetter operator.add operator.mul operator.sub operator.xor
                    random.random random.randint random.choice random.choices random.shuffle
                    random.sample random.seed random.uniform random.randrange
                    textwrap.dedent textwrap.indent textwrap.fill textwrap.wrap textwrap.shorten
                    base64.b64encode base64.b64decode base64.urlsafe_b64encode
                    base64.urlsafe_b64decode base64.b32encode base64.b32decode base64.b16encode
                    base64.b16decode base64.b85encode base64.b85decode
                    hashlib.md5 hashlib.sha1 hashlib.sha224 hashlib.sha256 hashlib.sha384
                    hashlib.sha512 hashlib.blake2b hashlib.new hmac.new binascii.hexlify
                    binascii.unhexlify binascii.crc32 zlib.crc32 zlib.compress zlib.decompress
                    struct.pack struct.unpack struct.calcsize uuid.uuid4 uuid.uuid5 uuid.UUID
                    uuid.NAMESPACE_DNS uuid.NAMESPACE_URL
                    time.time time.sleep time.strftime time.gmtime time.localtime time.perf_counter
                    time.monotonic time.mktime time.strptime time.ctime
                    platform.python_version platform.system platform.machine platform.release
                    urllib.parse.quote urllib.parse.unquote urllib.parse.quote_plus
                    urllib.parse.unquote_plus urllib.parse.urlencode urllib.parse.urlparse
                    urllib.parse.urlsplit urllib.parse.urlunparse urllib.parse.urljoin
                    urllib.parse.parse_qs urllib.parse.parse_qsl html.escape html.unescape difflib.unified_diff difflib.ndiff
                    difflib.get_close_matches difflib.SequenceMatcher pprint.pprint pprint.pformat
                    csv.reader csv.writer csv.DictReader csv.DictWriter io.StringIO io.BytesIO
                    copy.copy copy.deepcopy ast.literal_eval ast.parse ast.walk ast.dump ast.unparse
                    ast.get_docstring ast.iter_child_nodes ast.FunctionDef ast.AsyncFunctionDef ast.ClassDef
                    ast.Import ast.ImportFrom ast.Call ast.Name ast.Attribute ast.Assign ast.Constant fnmatch.fnmatch fnmatch.filter
                    tomllib.load tomllib.loads typing.Any typing.List typing.Dict typing.Optional glob.escape glob.has_magic
                    os.getcwd os.getpid os.sep os.linesep os.name os.cpu_count
                    os.path.join os.path.exists os.path.isfile os.path.isdir os.path.islink
                    os.path.basename os.path.dirname os.path.abspath os.path.realpath os.path.relpath
                    os.path.normpath os.path.split os.path.splitext os.path.expanduser os.path.getsize
                    os.path.getmtime os.path.commonprefix os.path.commonpath os.path.isabs os.path.sep
                    os.stat os.access os.R_OK os.W_OK os.X_OK os.uname os.getuid os.getlogin
                    shutil.which shutil.disk_usage pathlib.Path pathlib.PurePath subprocess.PIPE
                    subprocess.DEVNULL subprocess.STDOUT locale.getpreferredencoding
                    """);

    private static final Map<String, String> CALLS =
            table(
                    """
                    open io.open codecs.open = open
                    os.listdir os.scandir os.walk glob.glob glob.iglob = list
                    os.remove os.unlink = run rm -f $0
                    os.rmdir os.removedirs = run rmdir $0
                    shutil.rmtree = run rm -rf $0
                    os.rename os.renames os.replace shutil.move = run mv $0 $1
                    shutil.copy shutil.copy2 shutil.copyfile = run cp $0 $1
                    shutil.copytree = run cp -r $0 $1
                    os.symlink = run ln -s $0 $1
                    os.link = run ln $0 $1
                    os.chmod os.lchmod shutil.copymode = chmod
                    os.chown shutil.chown = run chown nobody $0
                    os.mkdir os.makedirs = run mkdir -p $0
                    os.truncate = run truncate -s 0 $0
                    os.kill = run kill $0
                    os.killpg = run kill $0
                    os.system os.popen commands.getoutput subprocess.getoutput subprocess.getstatusoutput = shell $0
                    subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen = process
                    pty.spawn = argv
                    os.execv os.execve os.execvp os.execvpe os.posix_spawn = exec $1
                    os.execl os.execlp = run $*
                    os.spawnv os.spawnvp = exec $2
                    os.chdir os.fchdir = move
                    urllib.request.urlopen urllib.urlopen urllib2.urlopen = fetch
                    requests.get requests.head httpx.get httpx.head = fetch
                    requests.post requests.put requests.patch requests.delete httpx.post httpx.put httpx.patch httpx.delete = run curl -X POST $0
                    urllib.request.urlretrieve = run curl -o $1 $0
                    socket.create_connection = connect
                    os.getenv os.environ = env
                    runpy.run_path = run python3 $0
                    """);

    /** Methods that do something whatever they are called on. */
    private static final Map<String, String> PATH_CALLS =
            table(
                    """
                    unlink = rm -f
                    rmdir = rmdir
                    rename = mv
                    mkdir = mkdir -p
                    symlink_to = ln -s
                    hardlink_to = ln
                    chmod = chmod 777
                    touch write_text write_bytes = write
                    read_text read_bytes = read
                    """);

    private static final Set<String> QUIET_NAMES =
            words(
                    "HOME PATH USER PWD SHELL LANG TERM TMPDIR CI EDITOR LOGNAME HOSTNAME VIRTUAL_ENV");

    /** Arguments by name that change nothing about what a call does. */
    private static final Set<String> PLAIN_ARGUMENTS =
            words(
                    """
                    encoding errors newline mode exist_ok parents ignore_errors missing_ok check
                    capture_output text timeout stdout stderr shell universal_newlines follow_symlinks
                    bufsize buffering dirs_exist_ok default recursive include_hidden topdown
                    """);

    /** Tokens of the longest dotted name, and of the longest assignment, that are followed. */
    private static final int LONGEST_NAME = 32;

    private static final int LONGEST_ASSIGNMENT = 200;

    private final Map<String, String> aliases = new HashMap<>();
    private final Set<Integer> imported = new HashSet<>();

    /** Names that are bound more than once, or to what is not one text. */
    private final Set<String> twice = new HashSet<>();

    PythonReader(String text, List<String> arguments) {
        super(new PythonLexer(text), arguments);
        for (int i = 0; i < tokens.size(); i++) {
            if (is(i, "import") && startsStatement(i)) {
                plainImport(i);
            } else if (is(i, "from") && startsStatement(i)) {
                importFrom(i);
            }
        }
        bindings();
        for (int i = 0; i < tokens.size(); i++) {
            calls(i);
        }
        for (int i = 0; i < tokens.size(); i++) {
            check(i);
        }
    }

    // ---- imports and bindings

    private boolean startsStatement(int i) {
        return i == 0
                || isKind(i - 1, Token.Kind.LINE)
                || is(i - 1, ";")
                || is(i - 1, ":")
                || is(i - 1, "else");
    }

    private void alias(String name, String path) {
        String old = aliases.put(name, path);
        if (old != null && !old.equals(path)) {
            unread("`" + name + "` names two things");
        }
    }

    private int dottedEnd(int i) {
        int end = i + 1;
        while (is(end, ".") && isName(end + 1) && end < i + LONGEST_NAME) {
            end += 2;
        }
        return end;
    }

    private String joined(int from, int to) {
        StringBuilder out = new StringBuilder();
        for (int i = from; i < to; i++) {
            out.append(text(i));
        }
        return out.toString();
    }

    private void plainImport(int at) {
        imported.add(at);
        int i = at + 1;
        while (isName(i)) {
            int end = dottedEnd(i);
            String module = joined(i, end);
            module(module);
            mark(i, end);
            if (is(end, "as") && isName(end + 1)) {
                alias(text(end + 1), module);
                mark(end, end + 2);
                end += 2;
            } else {
                alias(text(i), text(i));
            }
            if (!is(end, ",")) {
                return;
            }
            i = end + 1;
        }
        unread("an import");
    }

    private void importFrom(int at) {
        int end = isName(at + 1) ? dottedEnd(at + 1) : at + 1;
        if (end == at + 1 || !is(end, "import")) {
            unread("an import");
            return;
        }
        String module = joined(at + 1, end);
        module(module);
        mark(at, end + 1);
        int i = end + 1;
        boolean brackets = is(i, "(");
        i = brackets ? skipLines(i + 1) : i;
        while (isName(i)) {
            String name = text(i);
            mark(i, i + 1);
            int next = i + 1;
            String local = name;
            if (is(next, "as") && isName(next + 1)) {
                local = text(next + 1);
                mark(next, next + 2);
                next += 2;
            }
            alias(local, module + "." + name);
            next = brackets ? skipLines(next) : next;
            if (!is(next, ",")) {
                return;
            }
            i = brackets ? skipLines(next + 1) : next + 1;
        }
        if (!brackets || !is(i, ")")) {
            unread("an import");
        }
    }

    private void mark(int from, int to) {
        for (int i = from; i < to; i++) {
            imported.add(i);
        }
    }

    private void module(String name) {
        String prefix = name + ".";
        boolean known =
                name.equals("os") || name.equals("subprocess") || name.equals("urllib.request");
        for (String offered : OFFERED) {
            known |= offered.startsWith(prefix);
        }
        if (!known) {
            unread("the module `" + name + "`");
        }
    }

    // ---- names that stand for one of the files a call lists

    /** Names bound to the bare names of files: what `os.listdir` gives, and `os.walk` third. */
    private final Set<String> listedNames = new HashSet<>();

    /** Names bound once, by a loop over what a call lists, and that call. */
    private final Map<String, Range> listed = new HashMap<>();

    /** The names `os.walk` binds to lists of names. */
    private final Set<String> lists = new HashSet<>();

    /** Binds what a {@code for} binds when it goes over files, and says whether it does. */
    private boolean loop(int at) {
        int in = at + 1;
        while (isName(in) && !is(in, "in") && in < at + 8) {
            in += is(in + 1, ",") ? 2 : 1;
        }
        if (!is(in, "in") || !isName(in + 1)) {
            return false;
        }
        int from = in + 1;
        boolean wrapped =
                (is(from, "sorted") || is(from, "list")) && is(from + 1, "(") && isName(from + 2);
        from = wrapped ? from + 2 : from;
        int called = dottedEnd(from);
        String path = path(from, called);
        int end = is(called, "(") && pair(called) > 0 ? pair(called) + 1 : called;
        boolean method =
                "pathlib.Path".equals(path)
                        && is(end, ".")
                        && LISTING.contains(text(end + 1))
                        && is(end + 2, "(")
                        && pair(end + 2) > 0;
        end = method ? pair(end + 2) + 1 : end;
        boolean stops =
                is(end, ":")
                        || is(end, "]")
                        || is(end, ")")
                        || is(end, "}")
                        || is(end, "if")
                        || (wrapped && is(end, ","));
        boolean single = in == at + 2;
        if (!stops) {
            return false;
        }
        if (single && end == from + 1 && lists.contains(text(from))) {
            bind(at + 1);
            listedNames.add(text(at + 1));
            return true;
        }
        boolean finds = method || "glob.glob".equals(path) || "glob.iglob".equals(path);
        if (single && finds) {
            bind(at + 1);
            listed.put(text(at + 1), new Range(from, end));
            return true;
        }
        if (single && "os.listdir".equals(path)) {
            bind(at + 1);
            listedNames.add(text(at + 1));
            return true;
        }
        if ("os.walk".equals(path) && in == at + 6) {
            bind(at + 1);
            bind(at + 3);
            bind(at + 5);
            if (onlyRead(text(at + 3)) && onlyRead(text(at + 5))) {
                listed.put(text(at + 1), new Range(from, end));
                lists.add(text(at + 3));
                lists.add(text(at + 5));
            } else {
                again(at + 1);
            }
            return true;
        }
        return false;
    }

    /**
     * Whether a list that {@code os.walk} gives is looked at only, or names are taken out of it:
     * what is put into it is gone through as well.
     */
    private boolean onlyRead(String list) {
        int bindings = 0;
        for (int i = 0; i < tokens.size(); i++) {
            if (!is(i, list) || !isName(i)) {
                continue;
            }
            boolean looked =
                    is(i - 1, "in")
                            || (is(i - 1, "(") && LOOKS.contains(text(i - 2)) && is(i + 1, ")"));
            boolean bound = is(i - 1, ",") && (is(i + 1, ",") || is(i + 1, "in"));
            bindings += bound ? 1 : 0;
            boolean filtered =
                    is(i + 1, "[")
                            && is(i + 2, ":")
                            && is(i + 3, "]")
                            && is(i + 4, "=")
                            && is(i + 5, "[")
                            && isName(i + 6)
                            && is(i + 7, "for")
                            && is(i + 8, text(i + 6))
                            && is(i + 9, "in")
                            && is(i + 10, list)
                            && is(i + 11, "if");
            boolean removed = is(i + 1, ".") && is(i + 2, "remove") && is(i + 3, "(");
            if (!looked && !bound && !filtered && !removed) {
                return false;
            }
        }
        return bindings == 1;
    }

    private static final Set<String> LOOKS = Set.of("len", "sorted", "print", "set", "any", "all");
    private static final Set<String> LISTING = Set.of("glob", "rglob", "iterdir");

    /** What a path that lists files lists, or null. */
    private @Nullable String listing(String folder, int method, int depth) {
        List<Range> given = split(method + 1);
        String wanted = given.size() == 1 ? inner(given.getFirst(), depth) : null;
        if (is(method, "iterdir")) {
            return given.isEmpty() ? folder + "/*" + FILES : null;
        }
        boolean stays = wanted != null && !wanted.contains("..") && !wanted.startsWith("/");
        return stays ? folder + (is(method, "rglob") ? "/**/" : "/") + wanted + FILES : null;
    }

    private void bindings() {
        for (int i = 0; i < tokens.size(); i++) {
            if (imported.contains(i)) {
                continue;
            }
            Token token = tokens.get(i);
            if (token.is("for")) {
                if (!loop(i)) {
                    bindUntil(i + 1, "in");
                }
            } else if (token.is("lambda")) {
                bindUntil(i + 1, ":");
            } else if (token.is("as")) {
                if (!isName(i + 1)) {
                    unread("`as`");
                }
                again(i + 1);
            } else if (token.is("def")) {
                bind(i + 1);
                int open = i + 2;
                for (Range part : split(open)) {
                    int name =
                            is(part.from(), "*") || is(part.from(), "**")
                                    ? part.from() + 1
                                    : part.from();
                    again(name);
                }
            } else if (token.is("=") && around(i) < 0) {
                assignment(i);
            } else if (token.is(":=") && isName(i - 1)) {
                again(i - 1);
            } else if (isChanged(i) && isName(i - 1) && !is(i - 2, ".")) {
                again(i - 1);
            }
        }
        constants.putAll(listed);
        constants.keySet().removeAll(twice);
        listedNames.removeAll(twice);
    }

    /**
     * Up to where the statement last looked at for {@code =} goes, and its last such sign so far.
     */
    private int assignedUntil;

    private int lastEquals;

    /** Binds what stands left of {@code =}; one name alone may be a constant. */
    private void assignment(int equals) {
        if (equals < assignedUntil) {
            // One of a chain: its statement was looked at with the one before.
            for (int k = lastEquals + 1; k < equals; k++) {
                assigned(k);
            }
            lastEquals = equals;
            return;
        }
        int start = equals;
        while (start > 0
                && start > equals - LONGEST_ASSIGNMENT
                && !(around(start - 1) < 0
                        && (isKind(start - 1, Token.Kind.LINE)
                                || is(start - 1, ";")
                                || is(start - 1, ":")))) {
            start--;
        }
        int end = equals + 1;
        boolean plain = start == equals - 1 && isName(start);
        while (end < tokens.size()
                && end <= start + LONGEST_ASSIGNMENT
                && !(around(end) < 0 && (isKind(end, Token.Kind.LINE) || is(end, ";")))) {
            plain &= !(around(end) < 0 && (is(end, "=") || is(end, ",")));
            end++;
        }
        if (end - start > LONGEST_ASSIGNMENT) {
            unread("a long assignment");
            end = equals + LONGEST_ASSIGNMENT;
        }
        assignedUntil = end;
        lastEquals = equals;
        if (plain) {
            bind(start);
            constants.putIfAbsent(text(start), new Range(equals + 1, end));
            return;
        }
        for (int k = start; k < equals; k++) {
            assigned(k);
        }
    }

    private void assigned(int k) {
        if (isName(k) && !is(k - 1, ".") && !KEYWORDS.contains(text(k))) {
            again(k);
        }
    }

    private void again(int i) {
        bind(i);
        twice.add(text(i));
    }

    private boolean isChanged(int i) {
        String text = text(i);
        return isKind(i, Token.Kind.SIGN)
                && text.length() > 1
                && text.endsWith("=")
                && !text.equals("==")
                && !text.equals("!=")
                && !text.equals("<=")
                && !text.equals(">=")
                && !text.equals(":=");
    }

    /** Whether a name before {@code =} is an argument by name. */
    private boolean inCall(int i) {
        return is(around(i), "(")
                && (is(i - 1, "(") || is(skipBack(i - 1), ",") || is(skipBack(i - 1), "("));
    }

    private int skipBack(int i) {
        int before = i;
        while (isKind(before, Token.Kind.LINE)) {
            before--;
        }
        return before;
    }

    /** How far the names in front of each stop are bound. */
    private final Map<String, Integer> boundUntil = new HashMap<>();

    private void bindUntil(int from, String stop) {
        if (from < boundUntil.getOrDefault(stop, 0)) {
            return;
        }
        int i = from;
        while (i < tokens.size() && !is(i, stop) && !isKind(i, Token.Kind.LINE)) {
            if (isName(i) && !is(i - 1, ".") && !is(i - 1, "=")) {
                bind(i);
                twice.add(text(i));
            }
            i++;
        }
        boundUntil.put(stop, i);
    }

    private void bind(int i) {
        if (!isName(i)) {
            return;
        }
        String name = text(i);
        if (aliases.containsKey(name)) {
            unread("`" + name + "` names two things");
        }
        if (!bound.add(name)) {
            twice.add(name);
        }
    }

    // ---- constants

    @Override
    boolean joins(int i) {
        return is(i, "+") || is(i, "/");
    }

    @Override
    boolean glued(int i) {
        return isKind(i, Token.Kind.STRING) && isKind(i - 1, Token.Kind.STRING);
    }

    @Override
    int special(int i, int to, StringBuilder out, int depth) {
        if (!isName(i)) {
            return -1;
        }
        if (listedNames.contains(text(i)) && !is(i + 1, ".") && !is(i + 1, "[")) {
            out.append("**").append(FILES);
            return i + 1;
        }
        int end = Math.min(dottedEnd(i), to);
        String path = path(i, end);
        if (path == null) {
            return -1;
        }
        if (path.equals("sys.argv") && is(end, "[") && isKind(end + 1, Token.Kind.NUMBER)) {
            int index = index(text(end + 1));
            if (index < 1 || index > arguments.size() || pair(end) != end + 2) {
                return -1;
            }
            out.append(arguments.get(index - 1));
            return end + 3;
        }
        if (path.equals("os.environ") && is(end, "[") && isKind(end + 1, Token.Kind.STRING)) {
            if (!"HOME".equals(tokens.get(end + 1).value()) || pair(end) != end + 2) {
                return -1;
            }
            out.append(HOME);
            return end + 3;
        }
        if (!is(end, "(") || pair(end) < 0 || pair(end) >= to) {
            return -1;
        }
        String value = called(path, split(end), depth);
        if (value == null) {
            return -1;
        }
        int behind = pair(end) + 1;
        boolean lists =
                path.equals("pathlib.Path")
                        && is(behind, ".")
                        && LISTING.contains(text(behind + 1))
                        && is(behind + 2, "(")
                        && pair(behind + 2) > 0
                        && pair(behind + 2) < to;
        if (lists) {
            String found = listing(value, behind + 1, depth);
            if (found == null) {
                return -1;
            }
            out.append(found);
            return pair(behind + 2) + 1;
        }
        boolean expands =
                path.equals("pathlib.Path") && is(behind, ".") && is(behind + 1, "expanduser");
        out.append(expands ? expanded(value) : value);
        return expands && is(behind + 2, "(") ? behind + 4 : behind;
    }

    private static String expanded(String path) {
        return path.equals("~") || path.startsWith("~/") ? HOME + path.substring(1) : path;
    }

    /** What a call that only works on texts gives, or null. */
    private @Nullable String called(String path, List<Range> given, int depth) {
        String first = given.size() == 1 ? inner(given.getFirst(), depth) : null;
        return switch (path) {
            case "os.path.expanduser" -> first == null ? null : expanded(first);
            case "pathlib.Path.home" -> String.valueOf(HOME);
            case "os.getcwd", "pathlib.Path.cwd" -> moves ? null : ".";
            case "pathlib.Path", "str", "os.path.abspath", "os.path.realpath", "os.fspath" -> first;
            case "glob.glob", "glob.iglob" -> {
                boolean plain =
                        !given.isEmpty()
                                && given.stream()
                                        .skip(1)
                                        .allMatch(part -> is(part.from(), "recursive"));
                String wanted = plain ? inner(given.getFirst(), depth) : null;
                yield wanted == null || wanted.contains("..") ? null : wanted + FILES;
            }
            case "os.walk" -> first == null ? null : first + "/**" + FILES;
            case "os.path.join" -> {
                StringBuilder whole = new StringBuilder();
                for (Range part : given) {
                    String value = inner(part, depth);
                    if (value == null) {
                        yield null;
                    }
                    if (!value.isEmpty() && (value.charAt(0) == '/' || value.charAt(0) == HOME)) {
                        whole.setLength(0);
                    } else if (!whole.isEmpty()) {
                        whole.append('/');
                    }
                    whole.append(value);
                }
                yield whole.toString();
            }
            default -> null;
        };
    }

    private static int index(String number) {
        return number.length() == 1 ? number.charAt(0) - '0' : -1;
    }

    /** What a dotted name stands for, modules by their own names; null when it is no such thing. */
    private @Nullable String path(int from, int to) {
        String first = text(from);
        String alias = aliases.get(first);
        String rest = joined(from + 1, to);
        if (alias != null) {
            return alias + rest;
        }
        return first.equals("open") || first.equals("str") ? first + rest : null;
    }

    // ---- effects

    private void calls(int i) {
        if (!isName(i) || imported.contains(i) || full()) {
            return;
        }
        if (is(i - 1, ".")) {
            method(i);
            return;
        }
        int end = dottedEnd(i);
        String path = path(i, end);
        String hidden = hiddenImport(i);
        if (hidden != null) {
            path = hidden;
            end = dottedEnd(pair(i + 1));
        }
        if (path == null) {
            return;
        }
        for (int cut = end; cut > i; cut -= 2) {
            String spec = CALLS.get(path);
            if (spec != null) {
                call(i, cut, path, spec);
                return;
            }
            int dot = path.lastIndexOf('.');
            if (dot < 0) {
                return;
            }
            path = path.substring(0, dot);
        }
    }

    /** {@code __import__('os').system}: not understood, but its effect is seen. */
    private @Nullable String hiddenImport(int i) {
        boolean one =
                is(i, "__import__")
                        && is(i + 1, "(")
                        && isKind(i + 2, Token.Kind.STRING)
                        && pair(i + 1) == i + 3;
        String module = one ? tokens.get(i + 2).value() : null;
        return module == null ? null : module + joined(i + 4, dottedEnd(i + 3));
    }

    private void call(int i, int end, String path, String spec) {
        if (spec.equals("env")) {
            environment(i, end, path);
            return;
        }
        if (!is(end, "(")) {
            apply(
                    spec.startsWith("run") || spec.startsWith("exec") ? "shell $0" : simple(spec),
                    i,
                    List.of(),
                    false);
            return;
        }
        List<Range> given = split(end);
        List<Range> plain = given.stream().filter(part -> !byName(part)).toList();
        boolean clear = given.stream().allMatch(this::clear);
        String[] words = spec.split(" ", -1);
        switch (words[0]) {
            case "open" -> opens(i, plain, named(given, "mode"), clear && plain.size() < 4);
            case "chmod" -> changesMode(i, plain, clear);
            case "process" -> process(i, given, plain, clear);
            case "exec" -> {
                int index = words[1].charAt(1) - '0';
                argv(i, index < plain.size() ? plain.subList(index, index + 1) : List.of());
            }
            case "fetch" ->
                    apply(
                            plain.size() > 1 || given.size() > plain.size()
                                    ? "run curl -X POST $0"
                                    : "run curl $0",
                            i,
                            plain,
                            clear && !path.startsWith("requests") && !path.startsWith("httpx"));
            case "connect" -> connects(i, plain);
            case "list" -> lists(i, path, plain, clear);
            default -> apply(spec, i, plain, clear);
        }
    }

    private static String simple(String spec) {
        return switch (spec) {
            case "move" -> spec;
            case "open", "list" -> "read $0";
            default -> "shell $0";
        };
    }

    private boolean byName(Range part) {
        return isName(part.from()) && is(part.from() + 1, "=");
    }

    private boolean clear(Range part) {
        if (is(part.from(), "*") || is(part.from(), "**")) {
            return false;
        }
        return !byName(part) || PLAIN_ARGUMENTS.contains(text(part.from()));
    }

    private @Nullable Range named(List<Range> given, String name) {
        for (Range part : given) {
            if (byName(part) && text(part.from()).equals(name)) {
                return new Range(part.from() + 2, part.to());
            }
        }
        return null;
    }

    private void opens(int i, List<Range> plain, @Nullable Range named, boolean clear) {
        Range mode = named == null && plain.size() > 1 ? plain.get(1) : named;
        String how = mode == null ? "r" : constant(mode);
        boolean write = how == null || !how.matches("[rbtU]*");
        apply((write ? "write" : "read") + " $0", i, plain, clear && how != null);
    }

    /** The folder whose names a call gives, or the pattern it looks for. */
    private void lists(int i, String path, List<Range> plain, boolean clear) {
        boolean here = plain.isEmpty() && !path.startsWith("glob.") && !path.equals("os.walk");
        if (!here) {
            apply("read $0", i, plain, clear);
        } else if (clear) {
            resolved.add(i);
        }
    }

    private void changesMode(int i, List<Range> plain, boolean clear) {
        String mode = plain.size() > 1 ? text(plain.get(1).from()) : "";
        boolean octal = mode.matches("0o[0-7]+");
        List<Range> file = plain.subList(0, Math.min(1, plain.size()));
        apply("run chmod " + (octal ? mode.substring(2) : "u+s") + " $0", i, file, clear && octal);
    }

    private void connects(int i, List<Range> plain) {
        List<Range> parts = plain.isEmpty() ? List.of() : split(plain.getFirst().from());
        String host = parts.isEmpty() ? null : constant(parts.getFirst());
        String port = parts.size() > 1 ? text(parts.get(1).from()) : "0";
        List<@Nullable String> words = new java.util.ArrayList<>();
        words.add("nc");
        words.add(host);
        words.add(port);
        record(new Effect.Run(words, tokens.get(i).from()));
    }

    private void process(int i, List<Range> given, List<Range> plain, boolean clear) {
        Range shell = named(given, "shell");
        boolean through = shell != null && !is(shell.from(), "False");
        boolean unclear =
                shell != null
                        && through
                        && (shell.to() - shell.from() != 1 || !is(shell.from(), "True"));
        if (unclear) {
            apply("shell $0", i, plain, false);
            return;
        }
        if (through && !plain.isEmpty() && list(plain.getFirst()) != null) {
            apply("argv", i, plain, false);
            return;
        }
        if (named(given, "cwd") != null) {
            moves = true;
        }
        apply(through ? "shell $0" : "argv", i, plain, clear && plain.size() == 1);
    }

    private void environment(int i, int end, String path) {
        String name = null;
        if (is(end, "(") && path.equals("os.getenv")) {
            name = isKind(end + 1, Token.Kind.STRING) ? tokens.get(end + 1).value() : null;
        } else if (is(end, "[") && pair(end) == end + 2) {
            name = isKind(end + 1, Token.Kind.STRING) ? tokens.get(end + 1).value() : null;
        } else if (is(end, ".") && is(end + 1, "get") && is(end + 2, "(")) {
            name = isKind(end + 3, Token.Kind.STRING) ? tokens.get(end + 3).value() : null;
        }
        boolean changed = is(end, "[") && (is(pair(end) + 1, "=") || isChanged(pair(end) + 1));
        if (name != null && QUIET_NAMES.contains(name) && !changed) {
            resolved.add(i);
            return;
        }
        boolean printed = is(i - 1, "(") && is(i - 2, "print") && is(end, ")");
        apply("env", i, List.of(), !changed && (name != null || printed));
    }

    private void method(int i) {
        String spec = PATH_CALLS.get(text(i));
        boolean opens = is(i, "open") && is(i + 1, "(");
        boolean replaces = is(i, "replace") && is(i + 1, "(") && split(i + 1).size() == 1;
        boolean lists = LISTING.contains(text(i)) && is(i + 1, "(");
        if ((spec == null && !opens && !replaces && !lists) || onModule(i)) {
            return;
        }
        int from = start(i - 1);
        String target = from < 0 ? null : path(constant(new Range(from, i - 1)));
        if (lists) {
            // Of a folder that is not known the files it gives are not known either, and ask.
            if (target != null) {
                record(new Effect.Open(false, target, tokens.get(i).from()));
            }
            return;
        }
        List<Range> given = is(i + 1, "(") ? split(i + 1) : List.of();
        boolean clear = is(i + 1, "(") && given.stream().allMatch(this::clear);
        int at = tokens.get(i).from();
        if (opens) {
            String how = given.isEmpty() ? "r" : constant(given.getFirst());
            record(new Effect.Open(how == null || !how.matches("[rbt]*"), target, at));
        } else if ("read".equals(spec) || "write".equals(spec)) {
            record(new Effect.Open("write".equals(spec), target, at));
        } else {
            List<@Nullable String> words =
                    new java.util.ArrayList<>(
                            List.of((replaces ? "mv" : String.valueOf(spec)).split(" ", -1)));
            boolean two = words.getFirst().equals("mv");
            if (words.getFirst().equals("ln")) {
                words.add(given.isEmpty() ? null : path(constant(given.getFirst())));
            }
            words.add(target);
            if (two) {
                words.add(given.isEmpty() ? null : path(constant(given.getFirst())));
            }
            clear &= !words.contains(null) && !is(i, "chmod");
            record(new Effect.Run(words, at));
        }
        if (clear && target != null) {
            resolved.add(i);
        }
    }

    private boolean onModule(int i) {
        int first = i;
        while (is(first - 1, ".") && isName(first - 2) && first > i - LONGEST_NAME) {
            first -= 2;
        }
        String path = first == i || is(first - 1, ".") ? null : path(first, i + 1);
        return path != null && CALLS.containsKey(path);
    }

    /** Where the value before the dot at {@code dot} begins, or -1. */
    private int start(int dot) {
        int i = dot - 1;
        boolean more = true;
        while (more) {
            more = false;
            if (is(i, ")") || is(i, "]")) {
                i = pair(i);
                if (i < 0) {
                    return -1;
                }
                if (isName(i - 1) && !KEYWORDS.contains(text(i - 1))) {
                    i--;
                }
            }
            if (is(i - 1, ".") && i > 1) {
                i -= 2;
                more = true;
            }
        }
        return i;
    }

    // ---- what is understood

    private void check(int i) {
        Token token = tokens.get(i);
        if (imported.contains(i)) {
            return;
        }
        switch (token.kind()) {
            case NAME -> checkName(i, token);
            case SIGN -> {
                boolean matrix = token.text().startsWith("@");
                boolean written = token.from() < token.to();
                boolean called = written && is(i, "(") && (is(i - 1, ")") || is(i - 1, "]"));
                if (matrix || token.text().equals("?!") || called) {
                    unread(token);
                }
            }
            case REGEX -> unread(token);
            case NUMBER, STRING, TEMPLATE, LINE -> {}
        }
    }

    private void checkName(int i, Token token) {
        String name = token.text();
        if (is(i - 1, ".")) {
            if (!isOnAlias(i)) {
                attribute(i, name);
            }
            return;
        }
        if (KEYWORDS.contains(name)) {
            return;
        }
        boolean argument = is(i + 1, "=") && inCall(i);
        if (argument) {
            return;
        }
        int end = dottedEnd(i);
        String path = path(i, end);
        if (path != null && !name.equals("str")) {
            if (!resolved.contains(i) && !offered(i, end, path)) {
                unread("`" + path + "`");
            }
            return;
        }
        boolean fine =
                PURE.contains(name)
                        || name.equals("__name__")
                        || (bound.contains(name)
                                && !POWERFUL.contains(name)
                                && !name.startsWith("__"));
        if (!fine) {
            unread("`" + name + "`");
        }
    }

    private boolean isOnAlias(int i) {
        int first = i;
        while (is(first - 1, ".") && isName(first - 2) && first > i - LONGEST_NAME) {
            first -= 2;
        }
        return first < i && !is(first - 1, ".") && path(first, i) != null && !is(first, "str");
    }

    /** Whether a module offers a name, and all that is asked of what it gives only computes. */
    private boolean offered(int i, int end, String path) {
        if (is(end, "=") || isChanged(end)) {
            return false;
        }
        if (path.equals("sys.path")) {
            return is(i - 1, "(") && is(i - 2, "print") && is(end, ")");
        }
        String whole = path;
        int rest = end;
        while (!whole.isEmpty()) {
            int dot = whole.lastIndexOf('.');
            String module = dot < 0 ? "" : whole.substring(0, dot);
            if (OFFERED.contains(whole) || (OFFERED.contains(module + ".*") && dot > 0)) {
                for (int k = rest; k < end; k += 2) {
                    if (!METHODS.contains(text(k + 1)) && !resolved.contains(k + 1)) {
                        return false;
                    }
                }
                return !whole.contains("._") && !OFFERED.contains(whole + ".*");
            }
            rest -= 2;
            whole = module;
            if (rest <= i) {
                return false;
            }
        }
        return false;
    }

    private void attribute(int i, String name) {
        boolean changed = is(i + 1, "=") || isChanged(i + 1);
        boolean harmless =
                METHODS.contains(name) || resolved.contains(i) || name.equals("__name__");
        if (name.equals("format")) {
            Token before = tokens.get(i - 2);
            harmless =
                    before.kind() == Token.Kind.STRING
                            && !before.text().contains("__")
                            && !isKind(i - 3, Token.Kind.STRING)
                            && !isKind(i - 3, Token.Kind.TEMPLATE)
                            && !is(i - 3, ")");
        } else if (name.equals("copy")) {
            harmless = is(i + 1, "(") && is(i + 2, ")");
        } else if (name.equals("replace")) {
            harmless = resolved.contains(i) || (is(i + 1, "(") && split(i + 1).size() > 1);
        }
        if (changed || !harmless) {
            unread("`." + name + "`");
        }
    }
}
