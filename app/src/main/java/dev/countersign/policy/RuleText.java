package dev.countersign.policy;

import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.List;

/** What a rule says beside its selector, in one line. */
final class RuleText {
    private RuleText() {}

    /**
     * The rule in full, such as {@code ask git_push: main, approvers 2 of role:maintainer}.
     *
     * @param trusted whether the approvers it names count
     */
    static String of(Rule rule, boolean trusted) {
        StringBuilder text = new StringBuilder(rule.text());
        if (rule.name() != null) {
            text.append(" (").append(rule.name()).append(')');
        }
        if (rule.time() != null) {
            text.append(rule.time().outside() ? ", outside " : ", during ")
                    .append(window(rule.time().window()));
        }
        if (rule.until() != null && rule.effect() == Effect.DEFER) {
            text.append(", until ").append(until(rule.until()));
        }
        if (trusted) {
            text.append(people(rule.people()));
        }
        if (rule.expires() != null) {
            text.append(", expires ").append(ExplanationText.time(rule.expires()));
        }
        text.append(ExplanationText.absence(rule));
        if (rule.until() != null && rule.effect() != Effect.DEFER) {
            text.append(" until ").append(until(rule.until()));
        }
        return text.toString();
    }

    private static String until(Rule.Until until) {
        return until.time() + " " + until.zone();
    }

    /** Who must say yes and how many, or empty text; escalations apart. */
    static String people(Rule.People people) {
        if (!people.demands()) {
            return "";
        }
        List<String> approvers =
                people.approvers().isEmpty() ? List.of("driver or owner") : people.approvers();
        return ", approvers "
                + ExplanationText.count(people.quorum())
                + String.join(", ", approvers)
                + (people.notRequester() ? ", not the driver" : "");
    }

    /** A window: its name, and when it is open. */
    static String window(Window window) {
        List<String> parts = new ArrayList<>();
        if (window.days().size() < 7) {
            parts.add(
                    String.join(
                            ", ",
                            window.days().stream()
                                    .sorted()
                                    .map(day -> LowerCase.of(day.name().substring(0, 3)))
                                    .toList()));
        }
        if (!window.from().equals(window.to())) {
            parts.add(window.from() + "–" + window.to());
        }
        window.dates().forEach(dates -> parts.add(dates(dates)));
        window.except().forEach(dates -> parts.add("except " + dates(dates)));
        parts.add(window.zone().getId());
        return window.name() + " (" + String.join(" ", parts) + ")";
    }

    private static String dates(Window.Dates dates) {
        return dates.first().equals(dates.last())
                ? dates.first().toString()
                : dates.first() + ".." + dates.last();
    }
}
