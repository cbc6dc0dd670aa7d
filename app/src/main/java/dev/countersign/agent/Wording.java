package dev.countersign.agent;

import dev.countersign.policy.Because;
import java.util.stream.Collectors;

/**
 * The words of a refusal. They begin with the decision, because a client may put {@code
 * PreToolUse:Bash hook error:} in front of them in some versions and nothing in others.
 */
final class Wording {
    private static final int LONGEST = 2_000;

    private Wording() {}

    static String refusal(HookAnswer answer) {
        return switch (answer) {
            case HookAnswer.Deny deny -> denied(deny);
            case HookAnswer.Failed failed ->
                    HookAnswer.NOT_JUDGED
                            + sentence(failed.reason())
                            + " The call was not run; this is not a policy decision."
                            + reference(failed.reference());
            case HookAnswer.Stopped stopped ->
                    "Stopped by Countersign: "
                            + sentence(stopped.reason())
                            + " Do not go on with this task."
                            + reference(stopped.reference());
            case HookAnswer.Block block ->
                    "Blocked by Countersign: this settings change would weaken the hooks that"
                            + " guard this session: "
                            + sentence(String.join("; ", block.problems()))
                            + " The running session keeps its settings; a person may change"
                            + " them between sessions.";
            case HookAnswer.Allow _, HookAnswer.Noted _, HookAnswer.Greeting _ ->
                    HookAnswer.NOT_JUDGED
                            + "no decision was made (this is a bug)."
                            + " The call was not run; this is not a policy decision.";
        };
    }

    private static String denied(HookAnswer.Deny deny) {
        StringBuilder text = new StringBuilder("Denied by Countersign: ");
        // What a person says, or changed a call to, is told whole; the rest is bounded before.
        text.append(ended(visible(deny.reason())));
        if (!deny.because().isEmpty()) {
            text.append(deny.because().size() == 1 ? " Rule: " : " Rules: ")
                    .append(
                            sentence(
                                    deny.because().stream()
                                            .map(Wording::rule)
                                            .collect(Collectors.joining("; "))));
        }
        if (!deny.instead().isBlank()) {
            text.append(" Allowed instead: ").append(sentence(deny.instead()));
        }
        return text.append(reference(deny.reference())).toString();
    }

    private static String rule(Because because) {
        String at = because.at() == null ? "" : " (" + because.at() + ")";
        String rule =
                because.rule().equals(because.document())
                        ? "the " + because.document()
                        : because.document() + " `" + because.rule() + "`";
        return rule + at;
    }

    private static String sentence(String text) {
        return ended(clean(text));
    }

    private static String ended(String text) {
        String clean = text.strip();
        if (clean.isEmpty()) {
            return "no reason was given.";
        }
        char last = clean.charAt(clean.length() - 1);
        return last == '.' || last == '!' || last == '?' || last == '…' ? clean : clean + ".";
    }

    /** Bounded and without characters that could disguise what the text says. */
    static String clean(String text) {
        return bounded(visible(text));
    }

    /** Without characters that could disguise what the text says. */
    static String visible(String text) {
        return text.codePoints()
                .map(c -> disguises(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** As long as a reason may be. */
    static String bounded(String text) {
        return bounded(text, LONGEST);
    }

    private static boolean disguises(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL -> c != '\n';
            case Character.FORMAT, Character.SURROGATE -> true;
            default -> false;
        };
    }

    /** A sentence that names the record, or nothing when there is none. */
    static String reference(String id) {
        return id.isEmpty() ? "" : " Reference " + clean(id) + ".";
    }

    /** The text, cut when it is longer and saying so. */
    static String bounded(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
        return text.substring(0, end) + "… (" + text.length() + " characters)";
    }
}
