package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Roles of values of which most are harmless and some are not: the setting that names a library,
 * the remote that is described in the word itself, the property that shows an environment. Each
 * role has a pattern for whole values that do no harm; what does not fit is judged as the role
 * says.
 */
final class ValueRoles {
    /** Values that do no harm, by role. */
    private static final Map<String, Pattern> HARMLESS =
            Map.ofEntries(
                    // A word that a tool joins with others and parses must be no more than a name.
                    harmless("plain", "[A-Za-z0-9_-]+"),
                    // librdkafka and the Java clients load what these name, or run it.
                    harmless(
                            "setting",
                            "(?i)(?!.*(cmd|librar|location|path|class|jaas|engine|plugin|file)).*"),
                    // rclone describes a remote in the word: `:sftp,ssh=PROGRAM:`,
                    // `x,ssh=PROGRAM:`.
                    harmless("remote", "[A-Za-z0-9_][A-Za-z0-9_ .@+-]*:.*"),
                    harmless(
                            "jdbc",
                            "(?i)(?!.*(init|factory|class|deserialize|local.?infile|logger|"
                                    + "interceptor|plugin)).*"),
                    harmless("name-or-config", ".*\\.(json|jsonc|ya?ml|toml)|[^.]*|.*rc"),
                    harmless("wg", "(?!private-key$|preshared-keys$|dump$).*"),
                    harmless("property", "(?!.*(Environment|Exec)).*"),
                    harmless("passphrase", "stdin|fd:[0-9]+|pass:.*"),
                    harmless(
                            "setting-name",
                            "(?i)(?!.*(auth|token|pass|secret|key|cert|index-url|//)).*"),
                    harmless("flake", "(\\./?|/nix/store/)[^#:?]*"),
                    harmless(
                            "registry",
                            "(@[a-z0-9~._-]+/)?[A-Za-z0-9~._-]+(@[A-Za-z0-9~^<>=*._-]+)?"),
                    harmless("dwarf", "(?!.*(E|use-debuginfod)).*"),
                    harmless("attribute", "(?!.*quarantine).*"),
                    harmless(
                            "image",
                            "docker://((docker|quay|ghcr|gcr|registry\\.k8s)\\.io/|mcr\\.microsoft\\.com/)?"
                                    + "[a-z0-9_-]+(/[a-z0-9_-][a-z0-9._-]*)*(:[\\w.-]+)?"),
                    harmless("input", "[^/@:]*|[^./@:]*/[^@:]*|\\.{1,2}/[^@:]*|\\.git#.*"),
                    harmless("page-list", "(?!.*\\.(txt|lst|list)$).*"));

    /** Roles whose harmless values are paths that are read. */
    private static final Set<String> PATHS =
            Set.of("name-or-config", "flake", "input", "page-list");

    /** Words that say where an image lies instead of fetching it. */
    private static final Pattern STORED =
            Pattern.compile(
                    "(dir|file|oci|oci-dir|oci-archive|docker-archive|singularity|sbom):([^/].*|/[^/].*)");

    private final Judge judge;

    ValueRoles(Judge judge) {
        this.judge = judge;
    }

    private static Map.Entry<String, Pattern> harmless(String role, String pattern) {
        return Map.entry(role, Pattern.compile(pattern, Pattern.DOTALL));
    }

    /** Whether a value that does no harm is no path either. */
    static boolean isText(String role) {
        return knows(role) && !PATHS.contains(role);
    }

    static boolean knows(String role) {
        return HARMLESS.containsKey(role);
    }

    /** Adds what a word of such a role does beside being a word. */
    void judge(Job job, String role, Argument word) {
        String value = word.value();
        Pattern fits = HARMLESS.get(role);
        if (fits == null) {
            return;
        }
        if (value == null) {
            judge.opaque(job, "`" + Judge.cut(word.written()) + "` is not constant");
            return;
        }
        if (value.length() < 1000 && fits.matcher(value).matches()) {
            if (PATHS.contains(role)) {
                judge.file(job, Places.Touch.READ, word, false);
            }
            return;
        }
        String shown = "`" + Judge.cut(value) + "`";
        switch (role) {
            case "wg", "property", "setting-name" ->
                    judge.secret(job, shown + " shows credentials", value);
            case "passphrase" -> passphrase(job, word, value);
            case "remote" -> {
                if (value.indexOf(':') < 0) {
                    judge.file(job, Places.Touch.READ, word, false);
                } else {
                    medium(job, shown + " describes a remote, and may name a program");
                }
            }
            case "image" -> image(job, word, value);
            case "input" -> {
                if (isLocal(job, word)) {
                    judge.file(job, Places.Touch.READ, word, false);
                } else {
                    network(job, shown);
                }
            }
            case "flake", "registry", "dwarf" -> network(job, shown);
            case "page-list" -> judge.role(job, "list", word);
            case "attribute", "plain" ->
                    judge.shell(job, RiskTier.HIGH, shown + " changes the machine");
            case "name-or-config" -> judge.role(job, "codefile", word);
            default -> medium(job, shown + " may name a program or a library that is run");
        }
    }

    private void medium(Job job, String summary) {
        judge.shell(job, RiskTier.MEDIUM, summary);
    }

    private void network(Job job, String shown) {
        judge.shell(job, RiskTier.HIGH, shown + " may be fetched from the network").tag("network");
    }

    /** {@code file:PATH} and {@code env:NAME}, where openssl finds a password. */
    private void passphrase(Job job, Argument word, String value) {
        if (value.startsWith("file:")) {
            judge.file(job, Places.Touch.READ, tail(word, value, "file:".length()), false);
        } else {
            judge.secret(job, "a password is read", value);
        }
    }

    /** An image that is stored here, or fetched. */
    private void image(Job job, Argument word, String value) {
        if (isLocal(job, word)) {
            judge.file(job, Places.Touch.READ, word, false);
        } else if (STORED.matcher(value).matches()) {
            Argument path = tail(word, value, value.indexOf(':') + 1);
            judge.file(job, Places.Touch.READ, path, false);
        } else {
            network(job, "`" + Judge.cut(value) + "`");
        }
    }

    /** Whether a word is a path: as it is written, or because a file has that name. */
    private boolean isLocal(Job job, Argument word) {
        String value = String.valueOf(word.value());
        if (value.startsWith(".") || value.startsWith("/") || value.startsWith("~")) {
            return true;
        }
        @Nullable String written = judge.call.paths.place(word, job.directory()).written();
        return written != null
                && switch (judge.call.facts.kind(written)) {
                    case UNKNOWN, MISSING -> false;
                    default -> true;
                };
    }

    private static Argument tail(Argument word, String value, int from) {
        return new Argument(value.substring(from), word.written(), word.glob(), word.source());
    }
}
