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
    MANAGE("change policies, people, tokens and what is kept");

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

    /** What a token of that kind is for when nobody says; also the most it can be for. */
    public static Set<TokenScope> all(Token.Kind kind) {
        return Collections.unmodifiableSet(
                switch (kind) {
                    case AGENT, DEVICE -> EnumSet.of(DECIDE, REPORT, READ);
                    case PERSONAL -> EnumSet.allOf(TokenScope.class);
                });
    }
}
