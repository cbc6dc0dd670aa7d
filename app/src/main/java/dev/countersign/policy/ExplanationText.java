package dev.countersign.policy;

import dev.countersign.call.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A decision in plain words: the same text for terminal, agent and page. */
public final class ExplanationText {
    private ExplanationText() {}

    /** First line {@code EFFECT reason}, then what forced it, one operation after the other. */
    public static String of(Decision decision) {
        return of(decision, List.of());
    }

    /**
     * The same with all that took part, what forced the effect marked with a star.
     *
     * @param details for every operation what else there is to say of it
     */
    public static String whole(Decision decision, List<List<String>> details) {
        return of(decision, details);
    }

    private static String of(Decision decision, List<List<String>> details) {
        StringBuilder text = new StringBuilder();
        text.append(decision.effect().wire().toUpperCase(Locale.ROOT))
                .append("  ")
                .append(clean(decision.reason()))
                .append('\n');
        Explanation explanation = decision.explanation();
        for (int i = 0; i < explanation.operations().size(); i++) {
            Judged judged = explanation.operations().get(i);
            operation(text, judged);
            if (i < details.size()) {
                because(text, judged.forcing(), "  * ");
                because(
                        text,
                        judged.because().subList(judged.forcing().size(), judged.because().size()),
                        "    ");
                details.get(i)
                        .forEach(line -> text.append("    ").append(clean(line)).append('\n'));
            } else {
                because(text, judged.forcing(), "    ");
            }
        }
        if (!explanation.instead().isEmpty()) {
            text.append("instead: ").append(clean(explanation.instead())).append('\n');
        }
        obligations(explanation.obligations())
                .forEach(line -> text.append(clean(line)).append('\n'));
        if (decision instanceof Decision.Ask ask) {
            approvers(ask.requirements())
                    .forEach(line -> text.append("can approve: ").append(line).append('\n'));
            text.append(unanswered(ask.unanswered()));
        }
        if (decision instanceof Decision.Defer defer) {
            text.append("decided again at: ").append(defer.until()).append('\n');
        }
        return text.toString();
    }

    private static void operation(StringBuilder text, Judged judged) {
        Operation op = judged.operation();
        text.append("  ")
                .append(judged.effect().wire())
                .append("  ")
                .append(op.action().wire())
                .append("  ")
                .append(clean(op.summary()))
                .append('\n');
        text.append("    risk ").append(op.risk().wire());
        if (!op.tags().isEmpty()) {
            text.append(", tagged ").append(String.join(", ", op.tags()));
        }
        if (op.opaque()) {
            text.append(", not fully understood");
        }
        text.append('\n');
    }

    private static void because(StringBuilder text, List<Because> all, String margin) {
        for (Because because : all) {
            text.append(margin)
                    .append(because.effect().wire())
                    .append(": ")
                    .append(clean(because.text()));
            String at = because.at();
            if (at != null) {
                text.append(" [")
                        .append(clean(because.document()))
                        .append(": ")
                        .append(clean(because.rule()))
                        .append(", ")
                        .append(clean(at))
                        .append(']');
            }
            text.append('\n');
        }
    }

    /** What is done besides, a line each; empty when nothing is. */
    static List<String> obligations(Obligations obligations) {
        List<String> lines = new ArrayList<>();
        if (obligations.full()) {
            lines.add("recorded whole: input and output");
        }
        if (!obligations.told().isEmpty()) {
            lines.add("told: " + String.join(", ", obligations.told()));
        }
        if (!obligations.redact().isEmpty()) {
            lines.add("left out of the record: " + String.join(", ", obligations.redact()));
        }
        return lines;
    }

    /** One line for each requirement: all of them must be met. */
    public static List<String> approvers(List<Requirement> requirements) {
        if (requirements.isEmpty()) {
            return List.of("the person who drives the agent, or an owner");
        }
        return requirements.stream().map(ExplanationText::requirement).toList();
    }

    private static String requirement(Requirement requirement) {
        String people =
                requirement.approvers().isEmpty()
                        ? "the person who drives the agent, or an owner"
                        : String.join(", ", requirement.approvers());
        String driver = requirement.notRequester() ? ", not the person who drives the agent" : "";
        String first =
                requirement.approvers().isEmpty()
                        ? requirement.notRequester() ? "an owner" : people
                        : count(requirement.quorum()) + people;
        return clean(
                first
                        + escalations(requirement.escalations())
                        + driver
                        + " ("
                        + requirement.from()
                        + ")");
    }

    static String count(Requirement.Quorum quorum) {
        return switch (quorum) {
            case Requirement.Quorum.Any _ -> "one of ";
            case Requirement.Quorum.All _ -> "all of ";
            case Requirement.Quorum.AtLeast(int least) -> least + " of ";
        };
    }

    /** Who may answer instead after a time, such as {@code , after 10 min one of role:owner}. */
    static String escalations(List<Escalation> steps) {
        StringBuilder text = new StringBuilder();
        for (Escalation step : steps) {
            text.append(", after ").append(time(step.after())).append(" also ").append(who(step));
        }
        return text.toString();
    }

    /** What a rule says about nobody answering, or empty text. */
    static String absence(Rule rule) {
        return escalations(rule.people().escalations())
                + (rule.unanswered() == Unanswered.Then.EXPIRE
                        ? ""
                        : ", unanswered: " + rule.unanswered().wire());
    }

    /** The people of a step, such as {@code one of role:owner}. */
    public static String who(Escalation step) {
        return clean(count(step.quorum()) + String.join(", ", step.approvers()));
    }

    /** A length of time in its largest whole unit. */
    public static String time(Duration time) {
        long seconds = time.toSeconds();
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + " d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + " h";
        }
        return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
    }

    private static String unanswered(Unanswered unanswered) {
        return switch (unanswered.then()) {
            case EXPIRE -> "";
            case WAIT -> "when nobody answers: it stays open\n";
            case DEFER ->
                    "when nobody answers: it waits until "
                            + unanswered.again().stream()
                                    .map(until -> until.time() + " " + until.zone())
                                    .collect(Collectors.joining(" and "))
                            + " and is asked about once more\n";
        };
    }

    /** What comes from a call or a document stays on its line and cannot steer a terminal. */
    private static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> {
                    int type = Character.getType(c);
                    if (type == Character.CONTROL
                            || type == Character.FORMAT
                            || type == Character.LINE_SEPARATOR
                            || type == Character.PARAGRAPH_SEPARATOR
                            || type == Character.SURROGATE) {
                        clean.append("\\u%04x".formatted(c));
                    } else {
                        clean.appendCodePoint(c);
                    }
                });
        return clean.toString();
    }
}
