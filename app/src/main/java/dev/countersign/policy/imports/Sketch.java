package dev.countersign.policy.imports;

import dev.countersign.policy.Effect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A document while it is made: what stands above its rules, the rules, and where each is from. */
final class Sketch {
    /** More rules than this are not looked through for exceptions in reasonable time. */
    private static final int MOST_RULES = 1_000;

    private final Format format;
    private final String file;
    private final Map<String, String> head = new LinkedHashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Sketch(Format format, String file) {
        this.format = format;
        this.file = file;
    }

    Format format() {
        return format;
    }

    String file() {
        return file;
    }

    /** Values for {@code profile} and the like, as they are written in YAML. */
    Map<String, String> head() {
        return head;
    }

    List<Part> parts() {
        return parts;
    }

    List<Rule> rules() {
        return rules;
    }

    List<String> notes() {
        return notes;
    }

    /** Notes that a part of the source was seen; what becomes of it is said on the part. */
    Part part(int line, int column, String source) {
        Part part = new Part(line, column, source);
        parts.add(part);
        return part;
    }

    /** Adds a rule that stands for a part. */
    Rule rule(Part part, Effect effect, Target target) throws Imports.BadFile {
        if (rules.size() == MOST_RULES) {
            throw new Imports.BadFile(
                    file,
                    part.line,
                    part.column,
                    "more than " + MOST_RULES + " rules; expected fewer, or several files");
        }
        Rule rule = new Rule(part, effect, target);
        rules.add(rule);
        return rule;
    }

    /** One part of the source: a line of a list, a rule, a key. */
    static final class Part {
        private final int line;
        private final int column;
        private final String source;
        private final List<String> said = new ArrayList<>();
        private boolean settled;
        private boolean widened;

        private Part(int line, int column, String source) {
            this.line = line;
            this.column = column;
            this.source = source;
        }

        int line() {
            return line;
        }

        int column() {
            return column;
        }

        String source() {
            return source;
        }

        /** Says what changes, or why it is not carried over. */
        Part say(String text) {
            if (!said.contains(text)) {
                said.add(text);
            }
            return this;
        }

        /** Says by what its restrictive rules catch more here than there. */
        Part widen(String text) {
            widened = true;
            return say(text);
        }

        boolean widened() {
            return widened;
        }

        List<String> said() {
            return said;
        }

        /** It counts without a rule: by what stands above the rules, or by what always holds. */
        Part settle() {
            settled = true;
            return this;
        }

        boolean settled() {
            return settled;
        }
    }

    /**
     * What a rule is about: selector keys with their patterns; an action without a pattern has
     * none.
     */
    record Target(Map<String, List<String>> keys) {
        static Target of(String key, String... patterns) {
            return of(key, List.of(patterns));
        }

        static Target of(String key, List<String> patterns) {
            Map<String, List<String>> keys = new LinkedHashMap<>();
            keys.put(key, List.copyOf(patterns));
            return new Target(keys);
        }

        /** The same up to risk medium: what is broad must not reach further. */
        Target atMostMedium() {
            return and("risk", "medium");
        }

        Target and(String key, String pattern) {
            Map<String, List<String>> more = new LinkedHashMap<>(keys);
            more.put(key, List.of(pattern));
            return new Target(more);
        }
    }

    /** A rule to be. */
    static final class Rule {
        private final Part part;
        private Effect effect;
        private final Target target;
        private final List<Example> examples = new ArrayList<>();
        private @Nullable String reason;
        private long rank;

        private Rule(Part part, Effect effect, Target target) {
            this.part = part;
            this.effect = effect;
            this.target = target;
        }

        Part part() {
            return part;
        }

        Effect effect() {
            return effect;
        }

        /** Makes it say what is stricter. */
        void tightened(Effect stricter) {
            effect = stricter;
        }

        Target target() {
            return target;
        }

        @Nullable String reason() {
            return reason;
        }

        void because(@Nullable String text) {
            reason = text;
        }

        List<Example> examples() {
            return examples;
        }

        /** Which of two rules counts in the source: the one with the higher rank. */
        long rank() {
            return rank;
        }

        void ranked(long value) {
            rank = value;
        }
    }

    /** What a rule must match, or must not. */
    record Example(String command, boolean match) {}
}
