package dev.countersign.analysis;

import dev.countersign.call.RiskTier;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Classes SQL statements: one plain query, a change, a loss. */
final class SqlText {
    private static final Set<String> HARMLESS_FUNCTIONS =
            Set.of(
                    "count",
                    "sum",
                    "min",
                    "max",
                    "avg",
                    "coalesce",
                    "lower",
                    "upper",
                    "length",
                    "round",
                    "now",
                    "date",
                    "date_trunc",
                    "extract",
                    "cast",
                    "substr",
                    "substring",
                    "trim",
                    "abs",
                    "nullif",
                    "concat",
                    "version",
                    "current_database",
                    "in",
                    "exists",
                    "and",
                    "or",
                    "where",
                    "on",
                    "as",
                    "values",
                    "over",
                    "row_number",
                    "from",
                    "select",
                    "group_concat",
                    "string_agg",
                    "array_agg",
                    "json_agg",
                    "strftime",
                    "datetime",
                    "ifnull",
                    "pg_size_pretty",
                    "pg_database_size",
                    "pg_total_relation_size",
                    "distinct",
                    "not",
                    "by",
                    "any",
                    "all",
                    "using");

    private SqlText() {}

    static void judge(Judge judge, Job job, String sql) {
        String text = withoutStrings(sql).toLowerCase(Locale.ROOT).strip();
        while (text.endsWith(";")) {
            text = text.substring(0, text.length() - 1).strip();
        }
        boolean prod = prod(job);
        Draft draft;
        if (isPlainQuery(text)) {
            draft = judge.shell(job, RiskTier.LOW, "asks a database");
        } else if (text.startsWith("\\!")
                || text.contains("program")
                || text.startsWith(".shell")
                || text.startsWith(".system")
                || text.contains("load_extension")
                || text.contains("\\!")) {
            draft = judge.opaque(job, "the database client runs other programs");
        } else if (destroys(text)) {
            draft =
                    judge.shell(job, RiskTier.CRITICAL, "deletes data of a database")
                            .tag("destructive");
        } else if (changes(text)) {
            draft = judge.shell(job, RiskTier.HIGH, "changes a database");
        } else {
            draft = judge.opaque(job, "what the SQL text does is not known");
        }
        draft.tag("database");
        if (prod) {
            draft.tag("prod");
            draft.risk = draft.risk.raised();
        }
    }

    private static boolean prod(Job job) {
        for (String word : job.constants()) {
            if (word.length() < 200 && word.indexOf(' ') < 0 && Labels.prod(word)) {
                return true;
            }
        }
        return false;
    }

    static boolean isPlainQuery(String text) {
        boolean asks =
                starts(text, "select", "show", "describe", "desc", "explain", "\\d", "\\l", "\\dt")
                        || text.startsWith(".tables")
                        || text.startsWith(".schema")
                        || text.startsWith("pragma table_info");
        boolean meta = text.startsWith("\\");
        if (!asks || text.indexOf(';') >= 0 || (meta && text.indexOf('\n') >= 0)) {
            return false;
        }
        if (text.contains("\\") && !text.startsWith("\\")) {
            return false;
        }
        if (text.startsWith("\\") && !text.matches("\\\\(d[a-z]*\\+?|l\\+?)( [a-z0-9_.*]+)?")) {
            return false;
        }
        for (String word :
                List.of(
                        " into ",
                        " for update",
                        "analyze",
                        " delete ",
                        " update ",
                        " insert ",
                        " drop ",
                        "outfile",
                        "dumpfile",
                        " for share",
                        "--",
                        "/*")) {
            if ((" " + text + " ").contains(word)) {
                return false;
            }
        }
        return harmlessFunctions(text);
    }

    private static boolean harmlessFunctions(String text) {
        int open = text.indexOf('(');
        while (open >= 0) {
            int end = open;
            while (end > 0 && text.charAt(end - 1) == ' ') {
                end--;
            }
            int from = end;
            while (from > 0
                    && (Character.isLetterOrDigit(text.charAt(from - 1))
                            || text.charAt(from - 1) == '_'
                            || text.charAt(from - 1) == '.')) {
                from--;
            }
            String name = text.substring(from, end);
            if (!name.isEmpty() && !HARMLESS_FUNCTIONS.contains(name)) {
                return false;
            }
            open = text.indexOf('(', open + 1);
        }
        return true;
    }

    private static boolean destroys(String text) {
        return contains(
                        text,
                        "drop ",
                        "truncate",
                        "delete from",
                        "flushall",
                        "flushdb",
                        "dropdatabase")
                || (contains(text, "alter table") && text.contains(" drop"));
    }

    private static boolean changes(String text) {
        return starts(
                        text, "insert", "update", "create", "alter", "grant", "revoke", "merge",
                        "replace", "copy", "begin", "vacuum", "reindex", "comment", "set", "call",
                        "do", "lock", "rename", "with", "use", "import", "load", "attach")
                || contains(text, " insert ", " update ", "create table");
    }

    private static boolean starts(String text, String... words) {
        for (String word : words) {
            if (text.startsWith(word)
                    && (text.length() == word.length()
                            || !Character.isLetterOrDigit(text.charAt(word.length())))) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(String text, String... words) {
        for (String word : words) {
            if (text.contains(word)) {
                return true;
            }
        }
        return false;
    }

    private static String withoutStrings(String sql) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < sql.length(); i++) {
            char c = sql.charAt(i);
            if (c == '\'') {
                int end = sql.indexOf('\'', i + 1);
                if (end < 0) {
                    return sql;
                }
                out.append("''");
                i = end;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
