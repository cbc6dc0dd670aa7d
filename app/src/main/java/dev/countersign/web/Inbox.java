package dev.countersign.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first page.
 *
 * @param mine what this person may answer, alike ones together, the first to expire first
 * @param others open, but not for them
 * @param more whether more wait than are shown
 * @param later calls that wait for their time, the first to become possible first
 * @param done the last that ended
 * @param files policy files that wait to be accepted
 * @param broken policy files that cannot be used, each with its errors
 * @param opened the request that stands beside the list, or null
 * @param group several that are alike and stand there instead, or null
 * @param longer how it may be approved for longer, or null
 * @param offered the policy file that stands there instead, or null
 * @param waits the call that waits for its time and stands there instead, or null
 * @param picked whether the person chose it
 * @param notice what just happened, or empty
 * @param uses the latest uses of the owner shortcut
 */
public record Inbox(
        List<GroupView> mine,
        List<RequestView> others,
        boolean more,
        List<LaterView> later,
        List<RequestView> done,
        List<FileView> files,
        List<FileView.Broken> broken,
        @Nullable RequestView opened,
        @Nullable GroupView group,
        @Nullable Longer longer,
        FileView.@Nullable Offered offered,
        @Nullable LaterView waits,
        boolean picked,
        String notice,
        List<UseView> uses) {
    /** How many this person may answer. */
    public int count() {
        return mine.stream().mapToInt(group -> group.members().size()).sum();
    }
}
