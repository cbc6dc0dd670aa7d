package dev.countersign.analysis.shell;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which folders there are on the disk the text runs on; tests whether one is at a path. */
public interface Folders extends Predicate<String> {

    /** The folders an absolute pattern means, in order; none when that is not known. */
    List<String> matching(String pattern);

    /** The top of the working tree of git around a folder, or null when that is not known. */
    @Nullable String toplevel(String folder);

    /** The absolute name of a folder with links followed. */
    String resolved(String folder);
}
