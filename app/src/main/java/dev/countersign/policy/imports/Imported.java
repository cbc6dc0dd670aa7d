package dev.countersign.policy.imports;

import dev.countersign.policy.PolicyProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What became of a file of another program. */
public sealed interface Imported {

    /**
     * A document of ours.
     *
     * @param yaml the document; it loads without errors
     * @param lines what became of every part of the source, in its order
     * @param notes what holds for all of them
     */
    record Document(String yaml, List<Line> lines, List<String> notes) implements Imported {
        public Document {
            lines = List.copyOf(lines);
            notes = List.copyOf(notes);
        }

        /**
         * The lines, the notes and how many of each, as people read them.
         *
         * @param file the source as the person knows it
         */
        public List<String> report(String file) {
            List<String> report = new ArrayList<>();
            lines.forEach(line -> report.add(file + ":" + line));
            notes.forEach(note -> report.add("note: " + note));
            report.add(
                    count(Outcome.CARRIED)
                            + " carried, "
                            + count(Outcome.CHANGED)
                            + " changed, "
                            + count(Outcome.NOT_CARRIED)
                            + " not carried");
            return report;
        }

        /** How many parts came out so. */
        public long count(Outcome outcome) {
            return lines.stream().filter(line -> line.outcome() == outcome).count();
        }
    }

    /** The file cannot be read; nothing was made of it. */
    record Unreadable(List<PolicyProblem> problems) implements Imported {
        public Unreadable {
            problems = List.copyOf(problems);
        }
    }

    /** What became of one part of the source. */
    enum Outcome {
        CARRIED,
        CHANGED,
        NOT_CARRIED;

        /** As it is written in JSON. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** As people read it. */
        public String title() {
            return wire().replace('_', ' ');
        }
    }

    /**
     * One part of the source.
     *
     * @param line where it stands, from 1
     * @param column from 1
     * @param source the part as written, shortened
     * @param outcome what became of it
     * @param rules lines of the document that came of it
     * @param text what changes or why not, or empty
     */
    record Line(
            int line,
            int column,
            String source,
            Outcome outcome,
            List<Integer> rules,
            String text) {
        public Line {
            rules = List.copyOf(rules);
        }

        @Override
        public String toString() {
            String made =
                    rules.isEmpty()
                            ? ""
                            : (rules.size() == 1 ? " → line " : " → lines ")
                                    + String.join(
                                            ", ", rules.stream().map(String::valueOf).toList());
            return line
                    + ":"
                    + column
                    + ": "
                    + outcome.title()
                    + "  "
                    + source
                    + made
                    + (text.isEmpty() ? "" : ": " + text);
        }
    }
}
