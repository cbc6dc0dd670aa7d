package dev.countersign.analysis.code;

import dev.countersign.call.LowerCase;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SQL, and what a client is told among it.
 *
 * @param worst the worst of its statements
 * @param effects what the client itself does
 * @param unread the first part that was not understood, or null
 */
public record SqlScript(Kind worst, List<Effect> effects, @Nullable String unread) {
    public SqlScript {
        effects = List.copyOf(effects);
    }

    /** The file SQLite opens by a name, which may be {@code file:PATH?mode=ro}. */
    public static String databaseFile(String name) {
        if (!name.startsWith("file:")) {
            return name;
        }
        String path = name.substring(5).replaceFirst("^//[^/]*", "");
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '?' || c == '#') {
                break;
            }
            int high =
                    c == '%' && i + 2 < path.length()
                            ? Character.digit(path.charAt(i + 1), 16)
                            : -1;
            int low = high < 0 ? -1 : Character.digit(path.charAt(i + 2), 16);
            if (low < 0) {
                file.append(c);
            } else {
                file.append((char) (high * 16 + low));
                i += 2;
            }
        }
        return file.toString();
    }

    /** Whose SQL it is. */
    public enum Dialect {
        POSTGRES,
        MYSQL,
        SQLITE,
        DUCKDB,
        OTHER
    }

    /** What a statement does, in rising order. */
    public enum Kind {
        ASKS,
        CHANGES,
        SHAPES,
        DESTROYS
    }

    public static SqlScript read(String text, Dialect dialect) {
        return new Statements(text, dialect).script();
    }

    private static final class Statements extends Reader {
        private static final Set<String> FUNCTIONS =
                words(
                        """
                        abs age all and any array_agg array_length array_to_string array_to_json as ascii avg
                        between bool_and bool_or by case cast ceil ceiling char_length coalesce
                        concat concat_ws conv convert count cume_dist curdate current_database
                        current_date current_schema current_schemas current_setting current_timestamp
                        current_user database date date_add date_format date_part date_sub date_trunc datediff
                        datetime day dayofweek decode dense_rank desc distinct div else encode end
                        every except exists exp extract filter first_value floor format format_type
                        from from_unixtime gen_random_uuid generate_series greatest group_concat
                        grouping hex hour if ifnull iif in initcap instr intersect interval is isnull join
                        json json_agg json_array json_array_length json_build_object json_each
                        json_extract json_group_array json_group_object json_object json_object_agg
                        json_type json_valid jsonb_agg jsonb_array_elements jsonb_array_length
                        jsonb_build_object jsonb_object_keys julianday lag last_insert_rowid last_value
                        lateral lcase lead least left length like limit list ln localtime log lower lpad
                        ltrim make_interval max md5 median min minute mod mode month not now ntile
                        nullif obj_description offset on or order over partition percentile_cont
                        percentile_disc pg_database_size pg_get_constraintdef pg_get_indexdef pg_get_viewdef
                        pg_relation_size pg_size_pretty pg_table_size pg_total_relation_size position
                        pow power quarter quote radians random rank regexp_matches regexp_replace repeat
                        replace reverse right round row row_number row_to_json rpad rtrim schema second
                        select sign some split_part sqlite_version sqrt std stddev strftime string_agg
                        strpos substr substring substring_index sum then time timediff timestamp
                        timestampdiff to_char to_date to_json to_number to_timestamp total trim trunc
                        typeof ucase unhex union unicode unixepoch unnest upper user using uuid
                        values variance version week when where with within year zeroblob
                        decimal numeric varchar char
                        """);

        /** Words that make more of a question. */
        private static final Set<String> ACTING =
                words(
                        """
                        into outfile dumpfile insert update delete drop truncate alter create grant revoke
                        merge call copy attach install load execute program do lock handler
                        """);

        private static final Set<String> QUIET_PRAGMAS =
                words(
                        """
                        table_info table_xinfo table_list index_list index_info index_xinfo
                        foreign_key_list foreign_key_check database_list integrity_check quick_check
                        compile_options page_count page_size freelist_count function_list collation_list
                        encoding
                        """);

        private static final Set<String> QUIET_DOTS =
                words(
                        """
                        .tables .schema .databases .indexes .indices .headers .header .mode .width
                        .nullvalue .separator .timer .dbinfo .fullschema .dump .show .help .stats .eqp
                        .changes .bail .echo .print .quit .exit .version .timeout .columns .maxrows
                        """);

        private final Dialect dialect;
        private Kind worst = Kind.ASKS;

        Statements(String text, Dialect dialect) {
            super(new SqlLexer(text, dialect), List.of());
            this.dialect = dialect;
            for (int i = 0; i < tokens.size(); i++) {
                boolean named =
                        isName(i + 1)
                                || isKind(i + 1, Token.Kind.STRING)
                                || isKind(i + 1, Token.Kind.REGEX);
                if (is(i, ":") && named && dialect == Dialect.POSTGRES) {
                    unread("a variable of the client");
                }
            }
            int from = 0;
            for (int i = 0; i <= tokens.size(); i++) {
                boolean command = isKind(i, Token.Kind.TEMPLATE);
                if (i == tokens.size() || is(i, ";") || command) {
                    statement(from, i);
                    from = i + 1;
                }
                if (command) {
                    command(
                            tokens.get(i),
                            i == 0 || is(i - 1, ";") || isKind(i - 1, Token.Kind.TEMPLATE));
                }
            }
        }

        SqlScript script() {
            Program program = program();
            return new SqlScript(worst, program.effects(), program.unread());
        }

        private void is(Kind kind) {
            worst = kind.compareTo(worst) > 0 ? kind : worst;
        }

        // ---- what the client is told

        private void command(Token token, boolean first) {
            String line = token.text().strip();
            if (line.equals("\\G")
                    || line.equals("\\g")
                    || line.equals("\\q")
                    || line.equals("\\gx")) {
                return;
            }
            int space = 0;
            while (space < line.length() && line.charAt(space) > ' ') {
                space++;
            }
            String word = line.substring(0, space);
            String rest = line.substring(space).strip();
            if (line.startsWith("\\!")) {
                rest = line.substring(2).strip();
                word = "\\!";
            }
            if (!first) {
                unread("a command of the client behind a statement");
            }
            if (line.startsWith(".")) {
                dot(token, word, rest);
            } else {
                backslash(token, word, rest);
            }
        }

        private void file(Token token, String rest, boolean write) {
            if (rest.startsWith("|")) {
                record(new Effect.Shell(rest.substring(1), token.from()));
            } else if (!rest.isEmpty()) {
                boolean plain = rest.matches("[A-Za-z0-9_./~-]+") && !rest.startsWith("-");
                record(new Effect.Open(write, plain ? rest : null, token.from()));
            }
        }

        private void dot(Token token, String word, String rest) {
            switch (word) {
                case ".shell", ".system" -> {
                    record(new Effect.Shell(rest, token.from()));
                    unread("`" + word + "`");
                }
                case ".output", ".once", ".backup", ".save", ".log", ".clone", ".open" -> {
                    is(Kind.CHANGES);
                    file(token, rest, true);
                    if (rest.startsWith("-") || rest.indexOf(' ') >= 0 || rest.startsWith("|")) {
                        unread("`" + word + "`");
                    }
                }
                case ".import" -> {
                    is(Kind.CHANGES);
                    int space = rest.indexOf(' ');
                    file(
                            token,
                            space < 0 || rest.startsWith("|") ? rest : rest.substring(0, space),
                            false);
                }
                case ".restore" -> {
                    is(Kind.DESTROYS);
                    file(token, rest, false);
                }
                case ".read", ".load" -> {
                    file(token, rest, false);
                    unread("`" + word + "`");
                }
                default -> {
                    if (!QUIET_DOTS.contains(word)) {
                        unread("`" + word + "`");
                    }
                }
            }
        }

        private static final Pattern SHOWS =
                Pattern.compile(
                        "\\\\(d[a-zA-Z]*\\+?|l\\+?|x|timing|conninfo|\\?|h|z|sf|sv|pset|echo|encoding)");

        private void backslash(Token token, String word, String rest) {
            boolean more = token.text().lastIndexOf('\\') > 0 || rest.indexOf('`') >= 0;
            if (dialect == Dialect.POSTGRES && !more && SHOWS.matcher(word).matches()) {
                return;
            }
            unread("`" + word + "`");
            switch (word) {
                case "\\!", "system" -> record(new Effect.Shell(rest, token.from()));
                case "\\o", "\\out", "\\w", "\\write", "\\g", "\\gx", "\\s", "\\T" ->
                        file(token, rest, true);
                case "\\i", "\\ir", "\\include", "\\." -> file(token, rest, false);
                case "\\copy" -> copied(token, rest);
                default -> {}
            }
            int tick = rest.indexOf('`');
            int end = rest.indexOf('`', tick + 1);
            if (tick >= 0 && end > 0) {
                record(new Effect.Shell(rest.substring(tick + 1, end), token.from()));
            }
        }

        private void copied(Token token, String rest) {
            String lower = LowerCase.of(rest);
            boolean from = lower.contains(" from ");
            int program = lower.indexOf(" program ");
            int quote = rest.indexOf('\'');
            int end = rest.indexOf('\'', quote + 1);
            String value = quote >= 0 && end > 0 ? rest.substring(quote + 1, end) : null;
            if (program >= 0) {
                record(new Effect.Shell(value, token.from()));
                return;
            }
            String[] words = rest.split("\\s+", -1);
            for (int i = 0; value == null && i + 1 < words.length; i++) {
                String lowered = LowerCase.of(words[i]);
                value = lowered.equals("to") || lowered.equals("from") ? words[i + 1] : null;
            }
            if (value != null && !LowerCase.of(value).matches("p?std(in|out)")) {
                record(new Effect.Open(!from, value, token.from()));
            }
        }

        // ---- statements

        private void statement(int start, int to) {
            int from = skipLines(start);
            if (from >= to) {
                return;
            }
            String first = text(from);
            switch (first) {
                case "select", "values", "table", "show", "describe", "desc", "(" -> asks(from, to);
                case "with" -> {
                    if (!modifies(from, to)) {
                        asks(from, to);
                    }
                }
                case "explain" -> {
                    int next = from + 1;
                    boolean runs = false;
                    while (is(next, "explain")
                            || is(next, "analyze")
                            || is(next, "verbose")
                            || is(next, "(")
                            || is(next, "query")
                            || is(next, "plan")) {
                        int close = is(next, "(") ? pair(next) : next;
                        runs |= is(next, "(") || is(next, "analyze");
                        next = Math.max(next, close) + 1;
                    }
                    statement(next, to);
                    if (!runs && worst != Kind.ASKS) {
                        unread("`explain`");
                    }
                }
                case "pragma" -> {
                    boolean quiet = QUIET_PRAGMAS.contains(text(from + 1));
                    for (int i = from; i < to; i++) {
                        quiet &= !is(i, "=");
                    }
                    if (!quiet) {
                        is(Kind.CHANGES);
                    }
                }
                case "begin", "commit", "rollback", "start", "end", "savepoint", "release" -> {
                    if (to - from > 4) {
                        unread("`" + first + "`");
                    }
                }
                case "insert", "update", "delete", "merge", "replace", "upsert" -> {
                    is(Kind.CHANGES);
                    modifies(from, to);
                    functions(from + 1, to);
                }
                case "create",
                        "comment",
                        "rename",
                        "refresh",
                        "reindex",
                        "analyze",
                        "vacuum",
                        "cluster",
                        "grant",
                        "revoke",
                        "optimize" -> {
                    is(Kind.SHAPES);
                    if (first.equals("vacuum")) {
                        for (int i = from; i + 1 < to; i++) {
                            if (is(i, "into") && isKind(i + 1, Token.Kind.STRING)) {
                                opened(i + 1, true);
                            }
                        }
                    }
                    modifies(from, to);
                    acts(from + 1, to);
                }
                case "alter" -> {
                    is(Kind.SHAPES);
                    for (int i = from; i < to; i++) {
                        if (is(i, "drop") || is(i, "truncate")) {
                            is(Kind.DESTROYS);
                        }
                    }
                    acts(from + 1, to);
                }
                case "drop", "truncate", "purge" -> is(Kind.DESTROYS);
                case "set",
                        "reset",
                        "lock",
                        "unlock",
                        "use",
                        "discard",
                        "listen",
                        "notify",
                        "unlisten",
                        "fetch",
                        "close",
                        "kill",
                        "flush" -> {
                    is(Kind.CHANGES);
                    functions(from + 1, to);
                }
                case "copy" -> copy(from, to);
                case "attach", "detach" -> {
                    is(Kind.CHANGES);
                    for (int i = from; i < to; i++) {
                        if (isKind(i, Token.Kind.STRING)) {
                            opened(i, true);
                            break;
                        }
                    }
                    if (dialect != Dialect.SQLITE) {
                        unread("`attach`");
                    }
                }
                case "from" -> {
                    if (dialect == Dialect.DUCKDB) {
                        asks(from, to);
                    } else {
                        unread("`from`");
                    }
                }
                case "install", "load", "import", "export" -> {
                    is(Kind.CHANGES);
                    unread("`" + first + "`");
                }
                case "system" -> {
                    Token token = tokens.get(from);
                    if (dialect == Dialect.MYSQL) {
                        record(new Effect.Shell(null, token.from()));
                    }
                    unread("`system`");
                }
                default -> {
                    modifies(from, to);
                    unread("`" + first + "`");
                }
            }
        }

        private void opened(int i, boolean write) {
            String given = tokens.get(i).value();
            String value = given == null || dialect != Dialect.SQLITE ? given : databaseFile(given);
            if (value == null || value.isEmpty() || value.equals(":memory:")) {
                return;
            }
            int at = tokens.get(i).from();
            if (value.matches("[a-z0-9]+://.*")) {
                record(new Effect.Run(List.of("curl", value), at));
            } else {
                record(new Effect.Open(write, path(value), at));
            }
        }

        private void asks(int from, int to) {
            acts(from, to);
            for (int i = from; i < to; i++) {
                boolean changed = ACTING.contains(text(i)) && isName(i) && !is(i - 1, ".");
                boolean statement =
                        is(i, "insert")
                                || is(i, "update")
                                || is(i, "delete")
                                || is(i, "drop")
                                || is(i, "truncate")
                                || is(i, "alter")
                                || is(i, "create");
                if (changed) {
                    is(statement ? Kind.CHANGES : Kind.ASKS);
                    unread("`" + text(i) + "`");
                }
                boolean locks =
                        is(i, "for") && (is(i + 1, "share") || is(i + 1, "no") || is(i + 1, "key"));
                if (locks || is(i, ":=")) {
                    unread("`" + text(i) + "`");
                }
            }
            functions(from, to);
        }

        /** Whether data is changed; without a condition it is lost. */
        private boolean modifies(int from, int to) {
            boolean found = false;
            for (int i = from; i < to; i++) {
                boolean after =
                        is(i - 1, "for")
                                || is(i - 1, "on")
                                || is(i - 1, "do")
                                || is(i - 1, ".")
                                || is(i - 1, "then");
                boolean takes = (is(i, "update") || is(i, "delete")) && !after;
                if (is(i, "insert") || is(i, "merge") || takes) {
                    found = true;
                    is(Kind.CHANGES);
                }
                if (takes && !conditioned(i, to)) {
                    is(Kind.DESTROYS);
                }
                if ((is(i, "drop") || is(i, "truncate")) && !is(i - 1, ".")) {
                    found = true;
                    is(Kind.DESTROYS);
                }
            }
            if (found) {
                acts(from, to);
            }
            return found;
        }

        private boolean conditioned(int i, int to) {
            for (int k = i; k < to && (around(k) == around(i) || around(k) >= i); k++) {
                if (is(k, "where") && around(k) == around(i)) {
                    for (int n = k + 1; n < to; n++) {
                        boolean column =
                                isKind(n, Token.Kind.REGEX)
                                        || (isName(n)
                                                && !is(n, "true")
                                                && !is(n, "not")
                                                && !is(n, "null")
                                                && !is(n, "is"));
                        boolean same = is(n + 1, "=") && text(n).equals(text(n + 2));
                        if (column && same) {
                            n += 2;
                        } else if (column) {
                            return !alwaysTrue(k, to);
                        }
                    }
                    return false;
                }
            }
            return false;
        }

        private boolean alwaysTrue(int from, int to) {
            for (int i = from; i < to; i++) {
                boolean opens = is(i, "or") || is(i, "where");
                boolean literal =
                        isKind(i + 1, Token.Kind.NUMBER)
                                || isKind(i + 1, Token.Kind.STRING)
                                || is(i + 1, "true");
                if (opens && literal) {
                    return true;
                }
            }
            return false;
        }

        /** Parts that reach out of the database, wherever they stand. */
        private void acts(int from, int to) {
            for (int i = from; i < to; i++) {
                if (is(i, "program")
                        || is(i, "outfile")
                        || is(i, "dumpfile")
                        || is(i, "load_extension")) {
                    unread("`" + text(i) + "`");
                    if (isKind(i + 1, Token.Kind.STRING) && is(i, "program")) {
                        record(new Effect.Shell(tokens.get(i + 1).value(), tokens.get(i).from()));
                    }
                }
                if (is(i, "language") && !is(i + 1, "sql")) {
                    unread("a function in another language");
                }
            }
        }

        private void copy(int from, int to) {
            acts(from, to);
            boolean into = false;
            for (int i = from; i < to; i++) {
                if ((is(i, "from") || is(i, "to")) && around(i) < 0) {
                    into = is(i, "from");
                    if (isKind(i + 1, Token.Kind.STRING)) {
                        if (dialect == Dialect.DUCKDB) {
                            opened(i + 1, !into);
                        } else {
                            unread("`copy` with a file of the server");
                        }
                    } else if (!is(i + 1, "stdin") && !is(i + 1, "stdout")) {
                        unread("`copy`");
                    }
                }
            }
            is(into ? Kind.CHANGES : Kind.ASKS);
            if (is(from + 1, "(")) {
                Kind before = worst;
                statement(from + 2, Math.max(from + 2, pair(from + 1)));
                is(before);
            }
        }

        private void functions(int from, int to) {
            for (int i = from; i < to; i++) {
                boolean file =
                        dialect == Dialect.DUCKDB
                                && isKind(i, Token.Kind.STRING)
                                && (is(i - 1, "from") || is(i - 1, "join") || is(i - 1, ","));
                boolean list = is(i - 1, ",") && !is(i - 3, "from");
                if ((file && !list) || namesFile(i)) {
                    opened(i, false);
                }
                if (!is(i, "(") || i == from) {
                    continue;
                }
                boolean quoted = isKind(i - 1, Token.Kind.REGEX);
                boolean target =
                        is(i - 2, "into")
                                || is(i - 2, "table")
                                || (is(i - 2, ".") && is(i - 4, "into"));
                if (target) {
                    continue;
                }
                if (quoted || (isName(i - 1) && !FUNCTIONS.contains(text(i - 1)))) {
                    function(i - 1);
                } else if (isName(i - 1) && is(i - 2, ".") && !is(i - 3, "pg_catalog")) {
                    unread("`" + text(i - 1) + "`");
                }
            }
        }

        /** A name in double quotes that is no table: then DuckDB looks for a file of that name. */
        private boolean namesFile(int i) {
            boolean name =
                    dialect == Dialect.DUCKDB
                            && isKind(i, Token.Kind.REGEX)
                            && (is(i - 1, "from")
                                    || is(i - 1, "join")
                                    || is(i - 1, ",")
                                    || is(i - 1, "describe")
                                    || is(i - 1, "desc")
                                    || is(i - 1, "show")
                                    || is(i - 1, "table")
                                    || is(i - 1, "pivot")
                                    || is(i - 1, "unpivot"));
            return name && String.valueOf(tokens.get(i).value()).matches("(?s).*[/\\\\.*].*");
        }

        private void function(int i) {
            boolean constant = isKind(i + 2, Token.Kind.STRING);
            boolean reads =
                    switch (text(i)) {
                        case "read_csv",
                                "read_csv_auto",
                                "read_json",
                                "read_json_auto",
                                "read_parquet",
                                "parquet_scan",
                                "read_text",
                                "read_blob" ->
                                dialect == Dialect.DUCKDB;
                        case "readfile" -> dialect == Dialect.SQLITE;
                        default -> false;
                    };
            boolean writes = is(i, "writefile") && dialect == Dialect.SQLITE;
            if ((reads || writes) && constant) {
                opened(i + 2, writes);
                if (pair(i + 1) == i + 3 || writes) {
                    return;
                }
            }
            unread("the function `" + text(i) + "`");
        }
    }
}
