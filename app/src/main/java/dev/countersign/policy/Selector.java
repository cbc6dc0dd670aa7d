package dev.countersign.policy;

import dev.countersign.call.Action;
import java.util.List;

/**
 * What a rule is about: every condition must hold.
 *
 * @param text as a person would write it on one line
 * @param conditions at least one
 */
public record Selector(String text, List<Condition> conditions) {
    public Selector {
        conditions = List.copyOf(conditions);
    }

    boolean covers(Subjected operation) {
        boolean shell = false;
        boolean command = false;
        for (Condition condition : conditions) {
            if (!condition.covers(operation)) {
                return false;
            }
            shell |=
                    switch (condition) {
                        case Condition.Actions actions -> actions.asShell(operation.operation());
                        case Condition.InDomain _ ->
                                operation.operation().action() == Action.SHELL_RUN;
                        case Condition.Command _,
                                Condition.Paths _,
                                Condition.Hosts _,
                                Condition.Field _,
                                Condition.Tool _,
                                Condition.Risk _,
                                Condition.Tag _,
                                Condition.Outside _,
                                Condition.Who _ ->
                                false;
                    };
            command |= condition instanceof Condition.Command;
        }
        // Without a pattern it still has only the reach of a command rule.
        return !shell
                || command
                || (Condition.Command.reach(operation.operation(), null)
                        && Condition.Command.named(operation, null));
    }

    boolean touches(Subjected operation) {
        for (Condition condition : conditions) {
            if (!condition.touches(operation)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether this is an exception to {@code wide}: it selects by the same kinds and by no more
     * operations, and is not the same.
     *
     * @param fixed whether only further conditions count, not narrower ones: rules with a window
     */
    boolean narrows(Selector wide, boolean fixed) {
        return within(wide, fixed) && !wide.written().within(written(), false);
    }

    /**
     * The same without what effects add: a restrictive command also means further arguments, but
     * that alone makes no allow of the same words an exception to it.
     */
    Selector written() {
        return new Selector(
                text,
                conditions.stream()
                        .map(condition ->
                                condition instanceof Condition.Command command
                                        ? command.written()
                                        : condition)
                        .toList());
    }

    /** Whether all this selects is surely selected by {@code wide} as well. */
    boolean within(Selector wide) {
        return within(wide, false);
    }

    private boolean within(Selector wide, boolean fixed) {
        for (Condition outer : wide.conditions) {
            boolean found = false;
            for (Condition inner : conditions) {
                if (fixed ? inner.equals(outer) : inner.within(outer)) {
                    found = true;
                    break;
                }
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    /** Whether it says which file, host or command it means, or which action but to read. */
    boolean names(Action action) {
        for (Condition condition : conditions) {
            boolean names =
                    switch (condition) {
                        case Condition.Command _,
                                Condition.Paths _,
                                Condition.Hosts _,
                                Condition.Field _,
                                Condition.Tool _ ->
                                true;
                        case Condition.Actions actions ->
                                action != Action.FILE_READ
                                        && action != Action.WEB_FETCH
                                        && actions.actions().contains(action)
                                        && action != Action.SHELL_RUN;
                        case Condition.InDomain _,
                                Condition.Risk _,
                                Condition.Tag _,
                                Condition.Outside _,
                                Condition.Who _ ->
                                false;
                    };
            if (names) {
                return true;
            }
        }
        return false;
    }

    boolean blanket() {
        for (Condition condition : conditions) {
            if (!condition.blanket()) {
                return false;
            }
        }
        return true;
    }
}
