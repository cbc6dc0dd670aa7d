package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Addresses among the words of a program: whatever it is for, it may fetch what they name. Programs
 * whose words are text, patterns or another command are left out.
 */
final class AddressWords {
    private static final Pattern URL =
            Pattern.compile(
                    "(?:--?[A-Za-z][\\w.-]*=|-[A-Za-z])?((?!file:)[A-Za-z][A-Za-z0-9+.]{1,20}://.+)",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern HOST_AND_PORT =
            Pattern.compile(
                    "(?:--?[A-Za-z][\\w.-]*=)?((?:[\\w.-]+|\\[[0-9A-Fa-f:.]+]):[0-9]+)(?:[/@?#].*)?");

    private static final int LONGEST = 2000;

    private static final Set<String> TEXTS =
            Set.of("text", "pattern", "name", "ref", "script", "exec1", "num", "mode");

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

    /** Adds what a command reaches by its words, where nothing it was judged to do says so. */
    void add(Job job, String name, int before) {
        Tool tool = judge.catalogue.tool(name).orElse(null);
        if (tool != null && takesText(tool, name)) {
            return;
        }
        boolean any = false;
        for (Argument word : job.arguments()) {
            any |= word.value() == null ? isUrl(word) : word.value().indexOf(':') > 0;
        }
        if (!any) {
            return;
        }
        boolean told = tool != null && tool.base().contains(Deed.NET);
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            if (draft.floor != null) {
                return;
            }
            told |= draft.tags.contains("network") || draft.risk.atLeast(RiskTier.MEDIUM);
        }
        Set<Argument> texts = texts(tool, job.arguments());
        for (Argument word : job.arguments()) {
            if (!texts.contains(word) && reaches(job, word, told)) {
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

    /** Words that are a message, a pattern or code, and values of options that change nothing. */
    private static Set<Argument> texts(@Nullable Tool tool, List<Argument> words) {
        Set<Argument> texts = new HashSet<>();
        if (tool != null) {
            for (Reading.Bound bound : Reading.of(tool, words).bound) {
                if (TEXTS.contains(bound.role()) || bound.role().startsWith("code:")) {
                    texts.add(bound.word());
                }
            }
        }
        return texts;
    }

    private static boolean takesText(Tool tool, String name) {
        return switch (tool.kind()) {
            case "builtin", "keyword", "wrapper", "text", "interpreter" -> !name.equals("deno");
            case "vcs" -> name.equals("git");
            case "net", "db", "container" -> true;
            default -> false;
        };
    }
}
