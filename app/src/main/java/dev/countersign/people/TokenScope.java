package dev.countersign.people;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a token is for; whoever comes with it may do nothing else, whatever they may do. */
public enum TokenScope {
    DECIDE("ask for decisions, also through hooks"),
    REPORT("report what became of calls"),
    READ("look at what its holder may see"),
    ANSWER("vote, release, revoke, stop, resume and accept"),
    MANAGE("change policies, people, tokens and what is kept"),
    /** For gates alone, so that whoever gets at one learns nothing and lets nothing through. */
    GATE("ask whether what is pushed was allowed");

    private final String meaning;

    TokenScope(String meaning) {
        this.meaning = meaning;
    }

    /** As files and the interface write it. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it lets somebody do, as the end of "may …". */
    public String meaning() {
        return meaning;
    }

    public static Optional<TokenScope> of(String wire) {
        return Arrays.stream(values()).filter(scope -> scope.wire().equals(wire)).findFirst();
    }

    /** What a token of that kind is for when nobody says. */
    public static Set<TokenScope> all(Token.Kind kind) {
        return Collections.unmodifiableSet(
                switch (kind) {
                    case AGENT, DEVICE -> EnumSet.of(DECIDE, REPORT, READ);
                    case PERSONAL -> EnumSet.complementOf(EnumSet.of(GATE));
                });
    }

    /** What somebody may say that a token of that kind is for. */
    public static Set<TokenScope> possible(Token.Kind kind) {
        Set<TokenScope> possible = EnumSet.copyOf(all(kind));
        if (kind == Token.Kind.AGENT) {
            possible.add(GATE);
        }
        return Collections.unmodifiableSet(possible);
    }
}
