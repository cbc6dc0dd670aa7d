package dev.countersign.analysis;

import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Finds tasks of a project that, by their names, change its database. */
final class Migrations {
    /** A task stands in front: behind it are its own arguments. */
    private static final int WORDS = 4;

    private static final Set<String> PARTS = Set.of("migrate", "migration", "migrations");
    private static final Set<String> FIRST = Set.of("db", "doctrine", "flyway", "liquibase");
    private static final Set<String> DJANGO =
            Set.of("flush", "dbshell", "loaddata", "dumpdata", "sqlflush");

    /** With these a migration is only written or looked at, or its tool is only installed. */
    private static final Set<String> ELSEWHERE =
            Set.of(
                    "install",
                    "i",
                    "ci",
                    "add",
                    "remove",
                    "uninstall",
                    "rm",
                    "make",
                    "create",
                    "generate",
                    "g",
                    "new",
                    "revision",
                    "status",
                    "list",
                    "history",
                    "show",
                    "check",
                    "diff",
                    "validate",
                    "format",
                    "lint",
                    "test");

    private Migrations() {}

    /**
     * Whether a command runs such a task.
     *
     * @param words the constant words, the program first
     * @param client whether a program is a client of databases
     */
    static boolean run(List<String> words, Predicate<String> client) {
        List<String> names = new ArrayList<>(WORDS);
        for (String word : words) {
            if (word.equals("--") || names.size() == WORDS) {
                break;
            }
            if (!word.startsWith("-") && word.length() < 100) {
                names.add(LowerCase.of(word.substring(word.lastIndexOf('/') + 1)));
            }
        }
        boolean found = false;
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (i > 0 && anyPart(name, ELSEWHERE)) {
                return false;
            }
            found |=
                    anyPart(name, PARTS)
                            || (name.indexOf(':') > 0 && FIRST.contains(part(name, 0)))
                            || name.startsWith("flyway")
                            || name.startsWith("liquibase")
                            || (i == 1 && client.test(name))
                            || (i > 0
                                    && names.get(i - 1).equals("manage.py")
                                    && DJANGO.contains(name));
        }
        return found;
    }

    /** Whether a set has one of the parts of a name, which stand between {@code : . _ -}. */
    private static boolean anyPart(String name, Set<String> parts) {
        for (int from = 0; from <= name.length(); from++) {
            String part = part(name, from);
            if (parts.contains(part)) {
                return true;
            }
            from += part.length();
        }
        return false;
    }

    private static String part(String name, int from) {
        int to = from;
        while (to < name.length() && ":._-".indexOf(name.charAt(to)) < 0) {
            to++;
        }
        return name.substring(from, to);
    }
}
