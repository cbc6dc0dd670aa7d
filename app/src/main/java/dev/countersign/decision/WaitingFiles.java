package dev.countersign.decision;

import dev.countersign.policy.PolicySnapshot;
import java.util.List;
import java.util.Optional;

/** The policy files of repositories that were met and that nobody accepted yet. */
public interface WaitingFiles {

    /**
     * A file whose permissive part does not count so far.
     *
     * @param path absolute
     * @param sha256 of its content, 64 hexadecimal digits
     * @param loosens what it would newly permit, a line each
     */
    record WaitingFile(String path, String sha256, List<String> loosens) {
        public WaitingFile {
            loosens = List.copyOf(loosens);
        }
    }

    /** As they are now, in the order they were met. */
    List<WaitingFile> waiting();

    /**
     * Whether this file has this very content now and waits; looks, also where no call came from so
     * far.
     */
    default boolean waits(String path, String sha256) {
        return waiting().stream().anyMatch(f -> f.path().equals(path) && f.sha256().equals(sha256));
    }

    /**
     * What its acceptance changes.
     *
     * @param workspace whose file it is
     * @param now what is in force there
     * @param then what would be
     */
    record Change(String workspace, PolicySnapshot now, PolicySnapshot then) {}

    /** What the acceptance of such a file changes; empty when it has another content by now. */
    default Optional<Change> change(String path, String sha256) {
        return Optional.empty();
    }

    /** What such a file says; empty when it does not have that very content any more. */
    default Optional<String> content(WaitingFile file) {
        return Optional.empty();
    }

    /**
     * Files that cannot be used as they are now, each with its errors; what was good last stays in
     * force in their place, or nothing is allowed there.
     */
    default List<String> problems() {
        return List.of();
    }

    /**
     * That the files of a workspace cannot be used as they are now.
     *
     * @param why the errors
     * @param lastGood whether what was good last is in force in their place; else nothing is
     *     allowed there
     */
    record Broken(String why, boolean lastGood) {}

    /** Whether this is so now; looks, also where no call came from so far. */
    default Optional<Broken> broken(String workspace) {
        return Optional.empty();
    }

    /** A person accepted a file: what is known is read again at the next call. */
    default void accepted() {}
}
