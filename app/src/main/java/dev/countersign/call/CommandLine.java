package dev.countersign.call;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The simple command an operation stands in, for rules on commands.
 *
 * @param words the program and its arguments, after wrappers were taken off; the program as
 *     written, path included
 * @param wrapper the command that runs this one ({@code sudo}, {@code timeout 5}, {@code bash -c}),
 *     or null
 * @param assignments whether variables are set in front of it
 */
public record CommandLine(
        List<Argument> words, @Nullable CommandLine wrapper, boolean assignments) {
    public CommandLine {
        words = List.copyOf(words);
    }

    /** Not over all words: every operation of a command of thousands of words has this line. */
    @Override
    public int hashCode() {
        return 31 * words.size() + (words.isEmpty() ? 0 : words.getFirst().hashCode());
    }
}
