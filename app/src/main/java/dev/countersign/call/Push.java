package dev.countersign.call;

import org.jspecify.annotations.Nullable;

/**
 * One reference that a call would push, as far as it can be known beforehand.
 *
 * @param to the repository, as {@code HOST/PATH} or an absolute path, or null
 * @param ref the whole name of the reference there, or null
 * @param commit the object that it would then name, {@link #NOTHING} where it is deleted, or null
 * @param forced whether what is there may be rewritten or deleted
 */
public record Push(
        @Nullable String to, @Nullable String ref, @Nullable String commit, boolean forced) {
    /** What a reference names that is not there. */
    public static final String NOTHING = "0".repeat(40);

    /** The same as seen from another machine, where a path is that of another repository. */
    public Push elsewhere() {
        return to != null && to.startsWith("/") ? new Push(null, ref, commit, forced) : this;
    }
}
