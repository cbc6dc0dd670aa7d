package dev.countersign.policy;

import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import org.jspecify.annotations.Nullable;

/**
 * A rule that speaks, with the document it stands in. There is one for each rule of a snapshot, and
 * it remembers its words: writing them anew was most of what a decision allocated.
 */
final class Spoken {
    private final RuleSet document;
    private final Rule rule;

    // Both are immutable, so it does no harm when two threads make them at once.
    private @Nullable Because because;
    private @Nullable String place;

    Spoken(RuleSet document, Rule rule) {
        this.document = document;
        this.rule = rule;
    }

    RuleSet document() {
        return document;
    }

    Rule rule() {
        return rule;
    }

    /** Whether it turns a base of ask into allow here. */
    boolean lifts(Subjected subjected) {
        return rule.effect() == Effect.ALLOW
                && !subjected.operation().opaque()
                && subjected.risk() != RiskTier.CRITICAL
                && (!subjected.risk().atLeast(RiskTier.HIGH) || !rule.selector().blanket());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Spoken spoken
                && document.equals(spoken.document)
                && rule.equals(spoken.rule);
    }

    @Override
    public int hashCode() {
        return rule.at().hashCode();
    }

    /** {@code level/name file:line:column}. */
    String place() {
        String known = place;
        if (known == null) {
            known = document.title() + " " + rule.at();
            place = known;
        }
        return known;
    }

    /** Whether these are its words. */
    boolean said(Because words) {
        return words.document().equals(document.title()) && rule.at().toString().equals(words.at());
    }

    Because because(Subjected subjected) {
        Because plain = because;
        if (plain == null) {
            plain =
                    new Because(
                            document.title(),
                            rule.title(),
                            rule.at().toString(),
                            rule.effect(),
                            text());
            because = plain;
        }
        if (rule.effect() != Effect.ALLOW) {
            String unknown = unknown(subjected);
            return unknown == null
                    ? plain
                    : new Because(
                            plain.document(),
                            plain.rule(),
                            plain.at(),
                            plain.effect(),
                            plain.text() + " (" + unknown + " is not known)");
        }
        if (lifts(subjected)) {
            return plain;
        }
        String but =
                subjected.operation().opaque()
                        ? ", but lifts nothing that cannot be resolved"
                        : subjected.risk() == RiskTier.CRITICAL
                                ? ", but no rule lifts what is critical"
                                : ", but so broad a rule reaches risk medium at most";
        return new Because(
                plain.document(), plain.rule(), plain.at(), plain.effect(), plain.text() + but);
    }

    /** Which part it asks about cannot be known of this operation, so that it may be meant. */
    private @Nullable String unknown(Subjected subjected) {
        for (Condition condition : rule.selector().conditions()) {
            if (condition instanceof Condition.Field field && !field.covers(subjected)) {
                for (Resource.Field part : subjected.operation().resource().fields()) {
                    if (part.value() == null && part.name().equals(field.name())) {
                        return "the " + field.name();
                    }
                }
            }
        }
        return null;
    }

    private String text() {
        String reason = rule.reason();
        if (reason != null) {
            String text = reason.strip();
            return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        }
        String verb =
                switch (rule.effect()) {
                    case ALLOW -> "allows";
                    case ASK -> "asks before";
                    case DEFER -> "defers";
                    case DENY -> "denies";
                };
        return document.title() + " " + verb + " " + rule.selector().text();
    }
}
