package dev.countersign.analysis.code;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a program text does.
 *
 * @param effects all that were recognised, in the order of the text
 * @param unread the first part that was not understood, in words; null when all of it was, so that
 *     the effects are everything it does
 * @param moves whether it may change its working directory
 */
public record Program(List<Effect> effects, @Nullable String unread, boolean moves) {
    /** Stands behind a path that is a pattern: one of the files it matches is meant. */
    public static final char FILES = Reader.FILES;

    public Program {
        effects = List.copyOf(effects);
    }

    public boolean complete() {
        return unread == null;
    }
}
