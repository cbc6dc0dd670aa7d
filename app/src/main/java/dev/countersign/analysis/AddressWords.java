package dev.countersign.analysis;

import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Addresses among the words of a program: whatever it is for, it may fetch what they name, one of
 * ours is out of reach for every program, and a client of a service that is sent elsewhere uses the
 * network. Programs whose words are text, patterns or another command are left out, and so are
 * words that are a message or a pattern.
 */
final class AddressWords {
    private static final Pattern URL =
            Pattern.compile(
                    "(?:--?[A-Za-z][\\w.-]*=|-[A-Za-z])?((?!file:)[A-Za-z][A-Za-z0-9+.]{1,20}://.+)",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern HOST_AND_PORT =
            Pattern.compile(
                    "(?:--?[A-Za-z][\\w.-]*=)?((?:[\\w.-]+|\\[[0-9A-Fa-f:.]+]):[0-9]+)(?:[/@?#].*)?");

    private static final Pattern PAGE = Pattern.compile("(?i)(https?|wss?|tcp|grpcs?)://\\S+");
    private static final Pattern ADDRESS = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://\\S+");
    private static final Pattern PLACE = Pattern.compile("[A-Za-z0-9.:\\[\\]-]+:[0-9]+(/\\S*)?");
    private static final Pattern NAME = Pattern.compile("-{0,2}[A-Za-z_][A-Za-z0-9_.-]*");

    private static final int LONGEST = 2000;

    private static final Set<String> TEXTS =
            Set.of("text", "pattern", "name", "ref", "script", "exec1", "num", "mode");

    /** Options whose value is text for people. */
    private static final Set<String> MESSAGES =
            Set.of("-m", "--message", "-b", "--body", "-t", "--title", "-n", "--notes");

    /** Options of test runners that choose tests by name. */
    private static final Set<String> PATTERNS =
            Set.of(
                    "--testNamePattern",
                    "--test-name-pattern",
                    "--testPathPattern",
                    "--testPathPatterns",
                    "--grep",
                    "--grep-invert");

    /** Test runners whose {@code -t} does so too. */
    private static final Set<String> RUNNERS = Set.of("jest", "vitest", "bun");

    private final Judge judge;

    AddressWords(Judge judge) {
        this.judge = judge;
    }

    /** Whether a word is an address, even if a part of it is not constant. */
    static boolean isUrl(Argument word) {
        return url(word) != null;
    }

    private static @Nullable String url(Argument word) {
        String text = word.value() == null ? word.written().replace("\"", "") : word.value();
        if (text.length() > LONGEST || text.indexOf("://") < 0 || text.indexOf(' ') >= 0) {
            return null;
        }
        Matcher url = URL.matcher(text);
        return url.matches() ? url.group(1) : null;
    }

    static Network.Target target(Network network, Argument word) {
        return network.target(word.value() == null ? null : url(word));
    }

    /**
     * Adds what a command reaches by its words, where nothing it was judged to do says so.
     *
     * @param before how many operations there were in front of it
     */
    void add(Job job, String name, int before) {
        Tool tool = judge.catalogue.tool(name).orElse(null);
        boolean fetches = tool == null || !takesText(tool, name);
        String kind = tool == null ? "" : tool.kind();
        // The words of git are read with it, but not the variables of its like.
        boolean connects = readsAddresses(kind) || kind.equals("vcs");
        if ((!fetches && !connects) || !anyAddress(job)) {
            return;
        }
        Reading reading = tool == null ? null : Reading.of(tool, job.arguments());
        Set<Argument> patterns = patterns(job.words());
        if (fetches) {
            Set<Argument> texts = texts(reading);
            texts.addAll(patterns);
            fetched(job, tool, texts, before);
        }
        if (connects) {
            connected(job, kind, patterns, before);
        }
    }

    private static boolean anyAddress(Job job) {
        for (Argument word : job.arguments()) {
            if (word.value() == null || word.value().indexOf(':') > 0) {
                return true;
            }
        }
        return !job.invocation().assignments().isEmpty();
    }

    private void fetched(Job job, @Nullable Tool tool, Set<Argument> texts, int before) {
        boolean told = tool != null && tool.base().contains(Deed.NET);
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            if (draft.floor != null) {
                return;
            }
            told |= draft.tags.contains("network") || draft.risk.atLeast(RiskTier.MEDIUM);
        }
        for (Argument word : job.arguments()) {
            if (!texts.contains(word) && reaches(job, word, told)) {
                return;
            }
        }
    }

    /** Ports of databases, which are on this machine unless another word says otherwise. */
    private static final Set<String> PORT_VARIABLES = Set.of("PGPORT", "MYSQL_TCP_PORT");

    private static final Pattern HOST_VARIABLE =
            Pattern.compile("(?i).*(HOST|ADDR|ADDRESS|SERVER|ENDPOINTS?)");

    private void connected(Job job, String kind, Set<Argument> patterns, int before) {
        boolean runs = false;
        boolean network = false;
        boolean quiet = true;
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            if (draft.floor != null) {
                return;
            }
            boolean web = draft.action == Action.WEB_FETCH || draft.action == Action.WEB_SEND;
            runs |= web || draft.action == Action.SHELL_RUN;
            network |= web || draft.tags.contains("network");
            quiet &= !web && !draft.risk.atLeast(RiskTier.HIGH);
        }
        if (!runs) {
            return;
        }
        for (Invocation.Assignment variable : job.invocation().assignments()) {
            String value = variable.value();
            if (value == null) {
                continue;
            }
            String name = variable.name();
            String place = PORT_VARIABLES.contains(name) ? "localhost:" + value : value;
            boolean host = !place.equals(value) || HOST_VARIABLE.matcher(name).matches();
            if (named(job, Argument.of(place), network, host)) {
                return;
            }
        }
        boolean client = quiet && isClient(kind);
        List<Argument> words = readsAddresses(kind) ? job.arguments() : List.of();
        for (int i = 0; i < words.size(); i++) {
            boolean message = i > 0 && MESSAGES.contains(String.valueOf(words.get(i - 1).value()));
            if (!message
                    && !patterns.contains(words.get(i))
                    && named(job, words.get(i), network, client)) {
                return;
            }
        }
    }

    private boolean reaches(Job job, Argument word, boolean told) {
        if (isUrl(word)) {
            Network.Target target = target(judge.call.network, word);
            if (target.own() || (!told && !target.loopback())) {
                judge.net().connection(job, target, false);
                return true;
            }
            return false;
        }
        String value = word.value();
        boolean port = value != null && value.length() < LONGEST && value.indexOf(':') > 0;
        Matcher host = HOST_AND_PORT.matcher(port && value != null ? value : "");
        if (host.matches() && judge.call.network.target(host.group(1)).own()) {
            judge.net().connection(job, judge.call.network.target(host.group(1)), false);
            return true;
        }
        return false;
    }

    /** Words that are text or code, and values of options that change nothing. */
    private static Set<Argument> texts(@Nullable Reading reading) {
        Set<Argument> texts = new HashSet<>();
        if (reading != null) {
            for (Reading.Bound bound : reading.bound) {
                if (TEXTS.contains(bound.role()) || bound.role().startsWith("code:")) {
                    texts.add(bound.word());
                }
            }
        }
        return texts;
    }

    /** Words that choose tests by their name. */
    private static Set<Argument> patterns(List<Argument> words) {
        Set<Argument> patterns = new HashSet<>();
        boolean tests =
                words.stream().anyMatch(word -> RUNNERS.contains(String.valueOf(word.value())));
        for (int i = 0; i < words.size(); i++) {
            String value = words.get(i).value();
            int equals = value == null ? -1 : value.indexOf('=');
            if (value != null && equals > 0 && PATTERNS.contains(value.substring(0, equals))) {
                patterns.add(words.get(i));
            } else if ((PATTERNS.contains(String.valueOf(value)) || (tests && "-t".equals(value)))
                    && i + 1 < words.size()) {
                patterns.add(words.get(i + 1));
            }
        }
        return patterns;
    }

    private static boolean takesText(Tool tool, String name) {
        return switch (tool.kind()) {
            case "builtin", "keyword", "wrapper", "text", "interpreter" -> !name.equals("deno");
            case "vcs" -> name.equals("git");
            case "net", "db", "container" -> true;
            default -> false;
        };
    }

    /** Adds the address a word is, or holds behind {@code NAME=}, if it matters. */
    private boolean named(Job job, Argument word, boolean network, boolean client) {
        String value = word.value();
        if (value == null) {
            boolean own = network && judge.call.network.mentionsOwn(word.written());
            if (own) {
                judge.shell(job, RiskTier.HIGH, "may connect to Countersign")
                        .floor(NetCommands.FLOOR);
            }
            return own;
        }
        if (value.indexOf(':') < 0) {
            return false;
        }
        int equals = value.indexOf('=');
        boolean named = equals > 0 && NAME.matcher(value.substring(0, equals)).matches();
        String text = named ? value.substring(equals + 1) : value;
        boolean url = ADDRESS.matcher(text).matches();
        if (!url && !PLACE.matcher(text).matches()) {
            return false;
        }
        Network.Target target = judge.call.network.target(text);
        boolean elsewhere = client && PAGE.matcher(text).matches() && !target.loopback();
        if (target.own() || elsewhere) {
            judge.net().connection(job, target, false);
            return true;
        }
        return false;
    }

    /** To the others a word is text, or their own reading knows better. */
    private static boolean readsAddresses(String kind) {
        return switch (kind) {
            case "text", "builtin", "keyword", "vcs", "wrapper", "fs", "info", "editor" -> false;
            default -> true;
        };
    }

    private static boolean isClient(String kind) {
        return switch (kind) {
            case "pkg", "cloud", "container", "service" -> true;
            default -> false;
        };
    }
}
