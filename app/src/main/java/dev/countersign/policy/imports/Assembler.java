package dev.countersign.policy.imports;

import dev.countersign.policy.Condition;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Level;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicyProblem;
import dev.countersign.policy.PolicyReader;
import dev.countersign.policy.Rule;
import dev.countersign.policy.Selector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes a sketch down and reads it again as everybody will: examples that do not hold here are
 * taken out, and rules that would be an exception here but lose in the source.
 */
final class Assembler {
    private static final int LONGEST_SOURCE = 120;

    private final Sketch sketch;
    private final PolicyReader.Examples examples;

    /** Line of the document to the rule that starts there, and to the example that stands there. */
    private final TreeMap<Integer, Sketch.Rule> starts = new TreeMap<>();

    private final Map<Integer, Sketch.Example> exampleLines = new TreeMap<>();

    Assembler(Sketch sketch, PolicyReader.Examples examples) {
        this.sketch = sketch;
        this.examples = examples;
    }

    Imported assemble() throws Imports.BadFile {
        while (true) {
            String yaml = write();
            PolicyReader.Result read = load(yaml);
            List<PolicyProblem> errors =
                    read.problems().stream().filter(PolicyProblem::error).toList();
            if (!errors.isEmpty()) {
                errors.forEach(this::takeOut);
                continue;
            }
            for (PolicyProblem warning : read.problems()) {
                Sketch.Example unread = exampleLines.get(warning.line());
                Map.Entry<Integer, Sketch.Rule> rule = starts.floorEntry(warning.line());
                if (unread != null && rule != null) {
                    rule.getValue()
                            .part()
                            .say(
                                    "the example `"
                                            + unread.command()
                                            + "` is kept but was not checked");
                }
            }
            if (!loosers(read.policy().orElseThrow())) {
                if (yaml.length() > PolicyReader.MAX_LENGTH) {
                    throw new Imports.BadFile(
                            sketch.file(),
                            1,
                            1,
                            "the document would have more than "
                                    + PolicyReader.MAX_LENGTH
                                    + " characters; expected fewer rules");
                }
                return new Imported.Document(yaml, lines(), sketch.notes());
            }
        }
    }

    private PolicyReader.Result load(String yaml) {
        return PolicyReader.read(
                "import.yaml", yaml, Level.PROJECT, true, examples, PolicyReader.MAX_LENGTH * 4);
    }

    private String write() {
        starts.clear();
        exampleLines.clear();
        Yaml yaml = new Yaml();
        yaml.line(
                "# From "
                        + Yaml.comment(sketch.file())
                        + " of "
                        + sketch.format().title()
                        + ", by `countersign import`.");
        yaml.line("policy: from-" + sketch.format().word());
        sketch.head().forEach((key, value) -> yaml.line(key + ": " + value));
        if (!sketch.rules().isEmpty()) {
            yaml.line("rules:");
        }
        Sketch.Part last = null;
        for (Sketch.Rule rule : sketch.rules()) {
            if (rule.part() != last) {
                last = rule.part();
                yaml.line("  # line " + last.line());
            }
            starts.put(yaml.next(), rule);
            yaml.line("  - " + rule.effect().wire() + ": " + Yaml.target(rule.target()));
            String reason = rule.reason();
            if (reason != null) {
                yaml.line("    reason: " + Yaml.scalar(reason));
            }
            if (!rule.examples().isEmpty()) {
                yaml.line("    examples:");
                examples(yaml, rule, true);
                examples(yaml, rule, false);
            }
        }
        return yaml.toString();
    }

    private void examples(Yaml yaml, Sketch.Rule rule, boolean match) {
        List<Sketch.Example> some =
                rule.examples().stream().filter(example -> example.match() == match).toList();
        if (some.isEmpty()) {
            return;
        }
        yaml.line(match ? "      match:" : "      not_match:");
        for (Sketch.Example example : some) {
            exampleLines.put(yaml.next(), example);
            yaml.line("        - " + Yaml.scalar(example.command()));
        }
    }

    /** What cannot stand here goes; its part of the source says so. */
    private void takeOut(PolicyProblem problem) {
        Map.Entry<Integer, Sketch.Rule> at = starts.floorEntry(problem.line());
        if (at == null) {
            throw new IllegalStateException(
                    "an imported document does not load: " + problem + " (this is a bug)");
        }
        Sketch.Rule rule = at.getValue();
        Sketch.Example example = exampleLines.get(problem.line());
        if (example != null) {
            rule.examples().remove(example);
            rule.part()
                    .say(
                            example.match()
                                    ? "here it does not match its example `"
                                            + example.command()
                                            + "`, which is left out"
                                    : "here it also matches `"
                                            + example.command()
                                            + "`, which is left out of its counter-examples");
        } else if (sketch.rules().remove(rule)) {
            rule.part().say(problem.message());
        }
    }

    /**
     * Takes out, or makes stricter, what would loosen here as the narrower rule, but does not count
     * in the source.
     *
     * @return whether anything was changed
     */
    private boolean loosers(Policy policy) {
        List<Sketch.Rule> rules = List.copyOf(sketch.rules());
        Set<Sketch.Rule> out = new HashSet<>();
        boolean tightened = false;
        for (int i = 0; i < rules.size(); i++) {
            Sketch.Rule loose = rules.get(i);
            for (int j = 0; j < rules.size(); j++) {
                Sketch.Rule strict = rules.get(j);
                if (loose.effect().compareTo(strict.effect()) >= 0) {
                    continue;
                }
                boolean exception = policy.rules().get(i).isExceptionTo(policy.rules().get(j));
                boolean counts = loosensInSource(loose, strict);
                if (exception && !counts) {
                    out.add(loose);
                    loose.part().say(loses(strict));
                    break;
                }
                if (exception
                        && loose.effect() != Effect.ALLOW
                        && loose.part().widened()
                        && sketch.format() != Format.CODEFLOW) {
                    // Left out, it would leave its calls to what is looser still.
                    loose.part()
                            .say(
                                    "as an exception to line "
                                            + strict.part().line()
                                            + " ("
                                            + strict.effect().wire()
                                            + ") it would reach further here than there, so it"
                                            + " says the same here");
                    loose.tightened(strict.effect());
                    tightened = true;
                    break;
                }
                if (counts
                        && !exception
                        && sketch.format() != Format.CODEFLOW
                        && within(policy.rules().get(j), policy.rules().get(i))) {
                    loose.part()
                            .say(
                                    "it counts before line "
                                            + strict.part().line()
                                            + " ("
                                            + strict.effect().wire()
                                            + ") there; here the stricter one counts where both"
                                            + " match");
                }
            }
        }
        sketch.rules().removeAll(out);
        return tightened || !out.isEmpty();
    }

    /** Whether one rule means no more than another, whoever they are for. */
    private static boolean within(Rule narrow, Rule wide) {
        Rule one = forAnybody(narrow);
        Rule other = forAnybody(wide);
        return one.selector().conditions().equals(other.selector().conditions())
                || one.isExceptionTo(other);
    }

    private static Rule forAnybody(Rule rule) {
        List<Condition> conditions =
                rule.selector().conditions().stream()
                        .filter(condition -> !(condition instanceof Condition.Who))
                        .toList();
        return new Rule(
                rule.name(),
                rule.effect(),
                new Selector(rule.selector().text(), conditions),
                rule.at(),
                rule.reason(),
                rule.people(),
                rule.expires(),
                rule.unanswered(),
                null,
                null,
                rule.obligations());
    }

    private boolean loosensInSource(Sketch.Rule loose, Sketch.Rule strict) {
        return switch (sketch.format()) {
            case CLAUDE_CODE, CODEX -> false;
            case CODEFLOW -> true;
            case OPENCODE, GEMINI -> loose.rank() > strict.rank();
        };
    }

    private static String loses(Sketch.Rule strict) {
        return "line "
                + strict.part().line()
                + " ("
                + strict.effect().wire()
                + ") counts there before it, and here the narrower one would be an exception";
    }

    private List<Imported.Line> lines() {
        List<Imported.Line> lines = new ArrayList<>();
        for (Sketch.Part part : sketch.parts()) {
            List<Integer> rules = new ArrayList<>();
            starts.forEach((line, rule) -> {
                if (rule.part() == part) {
                    rules.add(line);
                }
            });
            Imported.Outcome outcome =
                    rules.isEmpty() && !part.settled()
                            ? Imported.Outcome.NOT_CARRIED
                            : part.said().isEmpty()
                                    ? Imported.Outcome.CARRIED
                                    : Imported.Outcome.CHANGED;
            String source = part.source().replaceAll("\\p{Cntrl}+", " ").strip();
            lines.add(
                    new Imported.Line(
                            part.line(),
                            part.column(),
                            source.length() > LONGEST_SOURCE
                                    ? source.substring(0, LONGEST_SOURCE) + "…"
                                    : source,
                            outcome,
                            rules,
                            String.join("; ", part.said())));
        }
        lines.sort(
                Comparator.comparingInt(Imported.Line::line)
                        .thenComparingInt(Imported.Line::column));
        return lines;
    }

    /** The effect that a word of some source stands for. */
    static Effect effect(String word) {
        return switch (word) {
            case "allow" -> Effect.ALLOW;
            case "ask", "prompt", "ask_user" -> Effect.ASK;
            default -> Effect.DENY;
        };
    }
}
