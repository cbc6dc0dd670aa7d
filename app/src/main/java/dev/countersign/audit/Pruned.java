package dev.countersign.audit;

import dev.countersign.ledger.Anchor;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was taken out of a ledger, and where it is.
 *
 * @param anchor what proves the rest
 * @param archives the files that hold it, oldest first
 */
public record Pruned(Anchor anchor, List<Segment> archives) {
    public static final Pruned NOTHING = new Pruned(Anchor.NONE, List.of());

    /** So many are named to a person. */
    private static final int NAMED = 12;

    public Pruned {
        archives = List.copyOf(archives);
    }

    /** The index of the first record that is there. */
    public long first() {
        return anchor.size();
    }

    /** The files that hold what was taken out from this record on. */
    public List<Segment> from(long index) {
        return archives.stream().filter(each -> each.size() > index).toList();
    }

    /** Where the records before some one are: {@code records 0 to 99 are in `a`, `b`}. */
    public String where(long before) {
        List<Segment> wanted = archives.stream().filter(each -> each.first() < before).toList();
        String names =
                wanted.stream()
                        .limit(NAMED)
                        .map(each -> "`" + each.name() + "`")
                        .collect(Collectors.joining(", "));
        int more = wanted.size() - NAMED;
        return "records 0 to "
                + (before - 1)
                + " were archived in "
                + names
                + (more > 0 ? " and " + more + " more" : "")
                + " and taken out";
    }
}
