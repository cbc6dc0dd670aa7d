package dev.countersign.web;

import java.util.List;

/**
 * What leads from nothing to the first call that a person answers.
 *
 * @param steps in their order
 * @param request the first call that was held, or empty
 */
public record Guide(List<Step> steps, String request) {
    public Guide {
        steps = List.copyOf(steps);
    }

    /**
     * A step.
     *
     * @param command what to type, or empty
     * @param done what shows that it is done, or empty while it is not
     */
    public record Step(String title, String words, String command, String done) {}

    /** The first step that is not done; as many as there are when all are. */
    public int at() {
        int at = 0;
        while (at < steps.size() && !steps.get(at).done().isEmpty()) {
            at++;
        }
        return at;
    }
}
