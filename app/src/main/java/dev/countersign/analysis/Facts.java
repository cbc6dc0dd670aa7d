package dev.countersign.analysis;

import java.util.Optional;

/**
 * What the analyser may ask about the machine the agent runs on. Answers make a verdict stricter
 * than the written paths alone would; milder only where they prove that nothing is lost (what a
 * repository ignores, a definition whose old text is known). No method throws.
 */
public interface Facts {

    /** What stands at a path. */
    enum Kind {
        FILE,
        DIRECTORY,
        MISSING,
        UNKNOWN
    }

    /** The absolute path with symbolic links followed up to the nearest existing ancestor. */
    String resolve(String absolute);

    Kind kind(String absolute);

    /**
     * The kind as somebody sees it who opens the path: a link that leads nowhere is missing. Where
     * most that is asked for is not there, it is much cheaper than {@link #kind}.
     */
    default Kind opened(String absolute) {
        return kind(absolute);
    }

    /** The text of a small regular file (at most 256 KiB), or empty. */
    Optional<String> text(String absolute);

    /** Names in a directory (at most 10,000), or empty when it cannot be listed. */
    Optional<java.util.List<String>> list(String absolute);

    /** Those of these names that are symbolic links, or empty when it cannot be listed. */
    Optional<java.util.List<String>> links(String absolute);

    /** The index file of a git repository, or empty when it cannot be read or holds only a part. */
    Optional<GitIndex> index(String absolute);

    /** Nothing is known; paths stand for themselves. */
    Facts NONE =
            new Facts() {
                @Override
                public String resolve(String absolute) {
                    return absolute;
                }

                @Override
                public Kind kind(String absolute) {
                    return Kind.UNKNOWN;
                }

                @Override
                public Optional<String> text(String absolute) {
                    return Optional.empty();
                }

                @Override
                public Optional<java.util.List<String>> list(String absolute) {
                    return Optional.empty();
                }

                @Override
                public Optional<java.util.List<String>> links(String absolute) {
                    return Optional.empty();
                }

                @Override
                public Optional<GitIndex> index(String absolute) {
                    return Optional.empty();
                }
            };
}
