package dev.countersign.audit.census;

import java.util.Optional;

/** What became of a call and by whom, as a chart tells it. */
public enum Answered {
    DEFAULT("allowed by default"),
    RULE("allowed by a rule or grant"),
    PERSON("allowed by a person"),
    ASK("asked"),
    DEFER("put off"),
    DENY("denied"),
    STOP("stopped");

    private final String words;

    Answered(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }

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
