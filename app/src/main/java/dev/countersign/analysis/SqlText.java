package dev.countersign.analysis;

import dev.countersign.analysis.code.Program;
import dev.countersign.analysis.code.SqlScript;
import dev.countersign.call.LowerCase;
import dev.countersign.call.RiskTier;
import java.util.regex.Pattern;

/** Classes SQL statements: one plain query, a change, a loss. */
final class SqlText {
    /** A table of a database or a schema that is called so. */
    private static final Pattern OF_PROD =
            Pattern.compile(
                    "(?i)\\b(?:from|join|into|update|table) {1,3}[\"`\\[]?(?:prod|production)[\"`\\]]?\\.");

    private SqlText() {}

    static void judge(Judge judge, Job job, String sql) {
        judge.call.readsCode(sql.length());
        SqlScript script = SqlScript.read(sql, dialect(job));
        boolean prod = judge.namesProd(job) || OF_PROD.matcher(sql).find();
        String unread = script.unread();
        Draft draft =
                switch (script.worst()) {
                    case ASKS ->
                            unread == null
                                    ? judge.shell(job, RiskTier.LOW, "asks a database")
                                    : judge.opaque(
                                            job,
                                            "tells a database what could not be read completely: "
                                                    + unread);
                    case CHANGES ->
                            judge.shell(job, RiskTier.HIGH, "changes the data of a database");
                    case SHAPES -> judge.shell(job, RiskTier.HIGH, "changes what a database is");
                    case DESTROYS ->
                            judge.shell(job, RiskTier.CRITICAL, "deletes data of a database")
                                    .tag("destructive");
                };
        if (unread != null) {
            draft.opaque();
            String text = LowerCase.of(sql);
            if (destroys(text)) {
                draft.tag("destructive").atLeast(RiskTier.CRITICAL);
            } else if (changes(text)) {
                draft.atLeast(RiskTier.HIGH);
            }
        }
        new CodeEffects(judge).add(job, new Program(script.effects(), unread, false), null);
        draft.tag("database");
        if (prod) {
            draft.tag("prod");
            draft.risk = draft.risk.raised();
        }
    }

    private static SqlScript.Dialect dialect(Job job) {
        String name = Judge.programName(job.words().getFirst().value());
        return switch (String.valueOf(name)) {
            case "psql" -> SqlScript.Dialect.POSTGRES;
            case "mysql", "mariadb" -> SqlScript.Dialect.MYSQL;
            case "sqlite3" -> SqlScript.Dialect.SQLITE;
            case "duckdb" -> SqlScript.Dialect.DUCKDB;
            default -> SqlScript.Dialect.OTHER;
        };
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
}
