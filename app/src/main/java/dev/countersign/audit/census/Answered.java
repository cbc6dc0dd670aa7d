package dev.countersign.audit.census;

import java.util.Optional;

/** What became of a call and by whom, as a chart tells it. */
public enum Answered {
    DEFAULT,
    RULE,
    PERSON,
    ASK,
    DEFER,
    DENY,
    STOP;

    /** Of records that are no answer to a call: nothing. */
    static Optional<Answered> of(Form form) {
        return switch (form.effect()) {
            case "allow" ->
                    Optional.of(
                            switch (form.decider()) {
                                case "default-policy" -> DEFAULT;
                                case "person" -> PERSON;
                                default -> RULE;
                            });
            case "ask" -> Optional.of(ASK);
            case "defer" -> Optional.of(DEFER);
            case "deny" -> Optional.of(form.decider().equals("stop") ? STOP : DENY);
            default -> Optional.empty();
        };
    }
}
