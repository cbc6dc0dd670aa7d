package dev.countersign.policy;

import dev.countersign.analysis.Analysis;
import dev.countersign.call.Operation;
import dev.countersign.call.ToolCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an explanation says beside those who took part: which rules were silent and why, which
 * windows and personas there were. Worked out only when somebody asks.
 */
public final class Details {
    private Details() {}

    /** One list for every operation, in the order of the decision's. */
    public static List<List<String>> of(
            PolicySnapshot documents, ToolCall call, Analysis analysis, Instant now) {
        PolicySnapshot snapshot = documents.applyingTo(call);
        Matches matches = new Matches();
        List<List<String>> details = new ArrayList<>();
        for (Operation operation : analysis.operations()) {
            Subjected subjected = Evaluator.subjected(snapshot, call, operation, matches);
            List<String> lines = new ArrayList<>();
            for (RuleSet document : snapshot.ruleSets()) {
                rules(document, subjected, now, lines);
            }
            duties(snapshot, subjected, now, lines);
            personas(snapshot, call, lines);
            details.add(lines);
        }
        return details;
    }

    private static void rules(
            RuleSet document, Subjected subjected, Instant now, List<String> lines) {
        List<Spoken> speaking = new ArrayList<>();
        document.speaking(subjected, now, speaking);
        for (Rule rule : document.policy().rules()) {
            if (!rule.matches(subjected)) {
                continue;
            }
            Rule.Time time = rule.time();
            boolean speaks = speaking.stream().anyMatch(spoken -> spoken.rule().equals(rule));
            if (rule.effect() == Effect.ALLOW && !document.policy().trusted()) {
                lines.add(silent(document, rule, "nobody accepted this document yet"));
            } else if (time != null && !time.speaks(now)) {
                lines.add(silent(document, rule, "it speaks " + window(time, now)));
            } else if (!speaks) {
                lines.add(silent(document, rule, exception(speaking, rule, subjected)));
            } else if (time != null) {
                lines.add(
                        "window: "
                                + rule.text()
                                + " speaks "
                                + window(time, now)
                                + place(document, rule));
            }
        }
    }

    private static String exception(List<Spoken> speaking, Rule rule, Subjected subjected) {
        return speaking.stream()
                .filter(spoken -> RuleSet.excepts(spoken.rule(), rule, subjected))
                .findFirst()
                .map(spoken -> spoken.rule().text() + " (" + spoken.rule().at() + ") is narrower")
                .orElse("a narrower rule speaks in its place");
    }

    private static String window(Rule.Time time, Instant now) {
        Window window = time.window();
        boolean open = window.open(now);
        Optional<Instant> change = open ? window.closing(now) : window.opening(now);
        return (time.outside() ? "outside " : "during ")
                + window.name()
                + ", which is "
                + (open ? "open" : "closed")
                + change.map(at -> " until " + at).orElse("");
    }

    private static String silent(RuleSet document, Rule rule, String why) {
        return "silent: " + rule.text() + ", for " + why + place(document, rule);
    }

    private static String place(RuleSet document, Rule rule) {
        return " [" + document.title() + ": " + rule.title() + ", " + rule.at() + "]";
    }

    private static void duties(
            PolicySnapshot snapshot, Subjected subjected, Instant now, List<String> lines) {
        for (Policy document : snapshot.documents()) {
            for (Duty duty : document.duties()) {
                if (duty.speaks(subjected, now)) {
                    lines.add(
                            "besides: "
                                    + String.join(
                                            "; ", ExplanationText.obligations(duty.obligations()))
                                    + " ["
                                    + document.title()
                                    + ": match "
                                    + duty.selector().text()
                                    + ", "
                                    + duty.at()
                                    + "]");
                }
            }
        }
    }

    private static void personas(PolicySnapshot snapshot, ToolCall call, List<String> lines) {
        for (Policy document : snapshot.documents()) {
            for (Persona persona : document.personas()) {
                if (persona.fits(call.subject())) {
                    lines.add(
                            "persona: "
                                    + persona.name()
                                    + " ["
                                    + document.title()
                                    + ", "
                                    + persona.at()
                                    + "]");
                }
            }
        }
    }
}
