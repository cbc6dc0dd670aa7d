package dev.countersign.analysis.code;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ruby and PHP, as far as one-liners go. */
final class ScriptReader extends Reader {
    private static final Set<String> RUBY =
            words(
                    """
                    puts print p pp if elsif else end do then unless while until case when in and or not
                    nil true false next break return begin rescue ensure gets require END STDIN
                    STDOUT STDERR RUBY_VERSION RUBY_PLATFORM RUBY_ENGINE Integer Float String Array
                    Math JSON Time Date Set Digest SecureRandom File Dir Comparable format sprintf rand
                    sleep exit loop
                    """);

    /** Methods of plain values. */
    private static final Set<String> METHODS =
            words(
                    """
                    upcase downcase capitalize swapcase reverse length size strip lstrip rstrip chomp chop
                    chars bytes lines split join first last take drop each each_with_index map flat_map
                    collect select filter reject find detect sort sort_by max min max_by min_by sum count
                    uniq compact flatten zip group_by partition each_slice each_cons tally to_s to_i to_f
                    to_a to_h to_sym inspect keys values key? has_key? include? start_with? end_with?
                    empty? nil? any? all? none? zero? even? odd? abs round floor ceil times upto downto
                    step succ pred gsub sub tr scan match match? index rindex center ljust rjust hex
                    ord chr push pop shift unshift concat slice dig fetch merge transform_values
                    each_pair delete_if keep_if rotate sample shuffle product combination permutation
                    read readlines each_line gets puts print write pretty_generate parse generate now today
                    iso8601 strftime year month day hour hexdigest uuid random_number urlsafe_base64
                    sqrt sin cos log exist? file? directory? basename dirname extname join pwd getwd
                    between? clamp divmod digits gcd lcm pow utc
                    """);

    private static final Set<String> PHP =
            words(
                    """
                    echo print if else elseif foreach for while as and or xor true false null return
                    isset empty var_dump print_r var_export strlen strtolower strtoupper ucfirst ucwords
                    trim ltrim rtrim explode implode join str_replace str_repeat str_pad strrev substr
                    strpos strrpos str_contains str_starts_with str_ends_with sprintf printf number_format
                    json_encode json_decode count array_keys array_values array_sum array_product
                    array_merge array_slice array_unique array_reverse array_flip array_combine
                    array_fill array_chunk array_column array_diff array_intersect in_array array_search
                    range min max abs floor ceil round sqrt pow intdiv fmod rand mt_rand random_int
                    random_bytes bin2hex hex2bin base64_encode base64_decode md5 sha1 crc32 hash
                    urlencode urldecode rawurlencode rawurldecode htmlspecialchars time date mktime
                    strtotime microtime intval floatval strval boolval is_array is_string is_int
                    is_null is_numeric gettype phpversion php_sapi_name php_uname sys_get_temp_dir
                    getcwd basename dirname pathinfo preg_match preg_match_all preg_quote preg_split
                    file_exists is_file is_dir filesize sort rsort ksort asort arsort nl2br wordwrap
                    PHP_VERSION PHP_EOL PHP_OS PHP_INT_MAX PHP_MAJOR_VERSION M_PI JSON_PRETTY_PRINT
                    array exit break continue
                    """);

    private static final Map<String, String> RUBY_CALLS =
            table(
                    """
                    File.read File.readlines File.foreach File.binread = read $0
                    File.write File.binwrite = write $0
                    File.open File.new = open
                    File.delete File.unlink FileUtils.rm FileUtils.rm_f = run rm -f $*
                    FileUtils.rm_rf FileUtils.rm_r FileUtils.remove_dir FileUtils.remove_entry FileUtils.remove_entry_secure = run rm -rf $*
                    Dir.rmdir Dir.delete Dir.unlink = run rmdir $0
                    Dir.mkdir FileUtils.mkdir FileUtils.mkdir_p = run mkdir -p $0
                    Dir.glob Dir.entries Dir.children = glob
                    Dir.chdir FileUtils.cd = move
                    File.rename FileUtils.mv FileUtils.move = run mv $0 $1
                    FileUtils.cp FileUtils.copy FileUtils.copy_file = run cp $0 $1
                    FileUtils.cp_r = run cp -r $0 $1
                    FileUtils.touch = write $0
                    File.symlink FileUtils.ln_s = run ln -s $0 $1
                    File.link = run ln $0 $1
                    File.chmod = run chmod u+s $1
                    File.truncate = run truncate -s 0 $0
                    system Kernel.system spawn exec Process.spawn Kernel.exec Kernel.spawn = process
                    IO.popen open Kernel.open URI.open = shell $0
                    Process.kill = run kill $1
                    load = run ruby $0
                    """);

    private static final Map<String, String> PHP_CALLS =
            table(
                    """
                    unlink = run rm -f $0
                    rmdir = run rmdir $0
                    mkdir = run mkdir -p $0
                    rename = run mv $0 $1
                    copy = run cp $0 $1
                    symlink = run ln -s $0 $1
                    link = run ln $0 $1
                    chmod = run chmod u+s $0
                    chown = run chown nobody $0
                    touch = write $0
                    file_put_contents = write $0
                    file_get_contents file readfile parse_ini_file = get
                    fopen = open
                    system exec shell_exec passthru popen proc_open = shell $0
                    chdir = move
                    include include_once require require_once = run php $0
                    """);

    private static final Set<String> RUBY_MODULES =
            words("json time date set digest securerandom pp bigdecimal fileutils");

    private final boolean ruby;
    private final Set<String> twice = new HashSet<>();

    ScriptReader(String text, boolean ruby) {
        super(new ScriptLexer(text, ruby), List.of());
        this.ruby = ruby;
        bindings();
        for (int i = 0; i < tokens.size(); i++) {
            check(i);
        }
    }

    private void bindings() {
        for (int i = 0; i < tokens.size(); i++) {
            if (ruby && is(i, "|")) {
                for (int k = i + 1; k < tokens.size() && (isName(k) || is(k, ",")); k++) {
                    bound.add(text(k));
                    twice.add(text(k));
                }
            }
            if (isName(i) && is(i + 1, "=") && !is(i - 1, ".") && !is(i - 1, "->")) {
                if (!bound.add(text(i))) {
                    twice.add(text(i));
                }
            }
        }
    }

    /** The dotted name that ends at a token. */
    private String path(int i) {
        boolean member = ((ruby && is(i - 1, ".")) || is(i - 1, "::")) && isName(i - 2);
        return member ? text(i - 2) + "." + text(i) : text(i);
    }

    private List<Range> given(int i) {
        if (is(i + 1, "(") && pair(i + 1) > 0) {
            return split(i + 1);
        }
        int end = i + 1;
        while (end < tokens.size()
                && !is(end, ";")
                && !is(end, "}")
                && !is(end, ")")
                && !is(end, "]")
                && !is(end, "do")
                && !is(end, "if")
                && !is(end, "unless")
                && !isKind(end, Token.Kind.LINE)) {
            int close = pair(end);
            end = close > end ? close + 1 : end + 1;
        }
        return split(i + 1, end);
    }

    @Override
    boolean joins(int i) {
        return is(i, ruby ? "+" : ".");
    }

    private void check(int i) {
        Token token = tokens.get(i);
        switch (token.kind()) {
            case NAME -> name(i, token);
            case SIGN -> {
                boolean called =
                        is(i, "(")
                                && (is(i - 1, ")")
                                        || is(i - 1, "]")
                                        || is(i - 1, "}")
                                        || (ruby && is(i - 1, "."))
                                        || isKind(i - 1, Token.Kind.STRING)
                                        || isKind(i - 1, Token.Kind.TEMPLATE));
                boolean changed = is(i, "=") && ((ruby && is(i - 2, ".")) || is(i - 2, "->"));
                boolean reference = !ruby && is(i, "&");
                if (called || changed || reference || token.text().equals("?!") || is(i, "<<")) {
                    unread(token);
                }
            }
            case TEMPLATE -> {
                if (token.text().equals("`")) {
                    record(new Effect.Shell(token.value(), token.from()));
                    if (token.value() == null) {
                        unread(token);
                    }
                }
            }
            case NUMBER, STRING, REGEX, LINE -> {}
        }
    }

    private void name(int i, Token token) {
        String path = path(i);
        String spec = (ruby ? RUBY_CALLS : PHP_CALLS).get(path);
        boolean member =
                (ruby && is(i - 1, "."))
                        || is(i - 1, "&.")
                        || is(i - 1, "->")
                        || is(i - 1, "?->")
                        || is(i - 1, "::");
        if (spec != null && (path.indexOf('.') > 0 || !member) && !is(i + 1, "=>")) {
            call(i, spec);
            if (!resolved.contains(i)) {
                unread(token);
            }
            return;
        }
        boolean fine = ruby ? ruby(i, token.text(), member) : php(i, token.text(), member);
        if (!fine) {
            unread(token);
        }
    }

    private void call(int i, String spec) {
        if (full()) {
            return;
        }
        List<Range> given = given(i);
        switch (spec) {
            case "open" -> {
                String mode = given.size() > 1 ? constant(given.get(1)) : "r";
                boolean read = mode != null && mode.matches("r[bt]?");
                List<Range> file = given.isEmpty() ? given : given.subList(0, 1);
                apply(
                        read ? "read $0" : "write $0",
                        i,
                        file,
                        mode != null && given.size() < 3 && isLocal(file));
            }
            case "get" -> gets(i, given);
            case "glob" -> {
                String pattern = given.isEmpty() ? null : constant(given.getFirst());
                record(new Effect.Open(false, pattern == null ? null : ".", tokens.get(i).from()));
                if (pattern != null
                        && !pattern.startsWith("/")
                        && !pattern.startsWith("~")
                        && !pattern.contains("..")) {
                    resolved.add(i);
                }
            }
            case "process" -> process(i, given);
            case "shell $0" -> {
                apply(spec, i, given, given.size() == 1);
                // A file or a pipe, which only its text tells.
                if (!is(i, "system") && ruby) {
                    unread(tokens.get(i));
                }
            }
            default ->
                    apply(
                            spec,
                            i,
                            given,
                            !spec.startsWith("run chmod")
                                    && !spec.startsWith("run kill")
                                    && isLocal(given)
                                    && (!spec.startsWith("write") || given.size() < 3));
        }
    }

    /** A file or an address, which only its text tells. */
    private void gets(int i, List<Range> given) {
        String file = given.isEmpty() ? null : constant(given.getFirst());
        if (file == null || !file.contains("://")) {
            apply("read $0", i, given, given.size() == 1);
        } else if (file.equals("php://stdin")) {
            resolved.add(i);
        } else {
            apply("run curl $0", i, given, given.size() == 1 && file.startsWith("http"));
        }
    }

    /** Whether no argument is an address that a file function would open. */
    private boolean isLocal(List<Range> given) {
        for (Range part : given) {
            String value = constant(part);
            if (value != null && value.contains("://")) {
                return false;
            }
        }
        return true;
    }

    private void process(int i, List<Range> given) {
        if (given.size() == 1) {
            apply("shell $0", i, given, true);
            return;
        }
        List<@Nullable String> words = new ArrayList<>();
        for (Range part : given) {
            words.add(constant(part));
        }
        if (words.isEmpty()) {
            words.add(null);
        }
        record(new Effect.Run(words, tokens.get(i).from()));
        if (!words.contains(null)) {
            resolved.add(i);
        }
    }

    private boolean ruby(int i, String name, boolean member) {
        boolean symbol = is(i - 1, ":") && tokens.get(i - 1).to() == tokens.get(i).from();
        boolean key = is(i + 1, ":") && tokens.get(i + 1).from() == tokens.get(i).to() && !member;
        if (name.equals("require")) {
            boolean known =
                    isKind(i + 1, Token.Kind.STRING)
                            && RUBY_MODULES.contains(String.valueOf(tokens.get(i + 1).value()));
            return known
                    && (i + 2 >= tokens.size() || is(i + 2, ";") || isKind(i + 2, Token.Kind.LINE));
        }
        if (name.equals("ENV")) {
            boolean home =
                    is(i + 1, "[")
                            && isKind(i + 2, Token.Kind.STRING)
                            && "HOME".equals(tokens.get(i + 2).value());
            if (!home) {
                record(new Effect.Environment(tokens.get(i).from()));
            }
            return is(i + 1, "[") && pair(i + 1) > 0 && !is(pair(i + 1) + 1, "=");
        }
        if (member) {
            return METHODS.contains(name) && !is(i - 1, "::");
        }
        if (name.startsWith("$")) {
            return name.equals("$stdin")
                    || name.equals("$stdout")
                    || name.equals("$stderr")
                    || name.equals("$_")
                    || name.matches("\\$[1-9]");
        }
        if (name.equals("ARGV")) {
            return is(i + 1, "[") && pair(i + 1) > 0 && !is(pair(i + 1) + 1, "=");
        }
        if (CLASSES.contains(name) && is(i + 1, ".")) {
            return resolvedLater(i) || (METHODS.contains(text(i + 2)) && !NO_FILES.contains(name));
        }
        return symbol
                || key
                || (RUBY.contains(name) && !FILES.contains(name))
                || (bound.contains(name) && !POWERFUL.contains(name) && !isCommand(i));
    }

    private static final Set<String> CLASSES =
            Set.of("File", "Dir", "IO", "FileUtils", "Kernel", "Process");
    private static final Set<String> NO_FILES = Set.of("Kernel", "Process", "IO");
    private static final Set<String> FILES = Set.of("File", "Dir");

    /** Whether a name takes arguments, which makes it a method even where a variable has it. */
    private boolean isCommand(int i) {
        boolean word = isName(i + 1) && !RUBY.contains(text(i + 1));
        boolean text = isKind(i + 1, Token.Kind.STRING) || isKind(i + 1, Token.Kind.TEMPLATE);
        return word
                || text
                || isKind(i + 1, Token.Kind.NUMBER)
                || is(i + 1, "(")
                || is(i + 1, ":")
                || is(i + 1, "->");
    }

    private boolean resolvedLater(int i) {
        return RUBY_CALLS.containsKey(text(i) + "." + text(i + 2));
    }

    private static final Set<String> POWERFUL =
            words(
                    """
                    system exec spawn fork eval send public_send __send__ instance_eval class_eval
                    instance_exec method open load require_relative autoload trap at_exit binding
                    test syscall select callcc set_trace_func define_method const_get warn abort raise
                    proc lambda catch throw srand srand putc readline readlines local_variables
                    """);

    private boolean php(int i, String name, boolean member) {
        if (member) {
            return is(i - 1, "->") && !is(i + 1, "(");
        }
        if (name.startsWith("$")) {
            boolean global =
                    name.equals("$GLOBALS") || name.startsWith("$_") || name.equals("$this");
            return !global && name.length() > 1 && !is(i + 1, "(") && !is(i + 1, "::");
        }
        return PHP.contains(name);
    }
}
