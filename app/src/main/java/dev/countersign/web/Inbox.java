package dev.countersign.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first page.
 *
 * @param mine what this person may answer, alike ones together, the first to expire first
 * @param team open and about the work of their teams, but not for them
 * @param others open, and neither
 * @param more whether more wait than are shown
 * @param later calls that wait for their time, the first to become possible first
 * @param done the last that ended within a day
 * @param files policy files that wait to be accepted
 * @param broken policy files that cannot be used, each with its errors
 * @param opened the request that stands beside the list, or null
 * @param group several that are alike and stand there instead, or null
 * @param longer how it may be approved for longer, or null
 * @param evidence what helps to decide about it, or null
 * @param offered the policy file that stands there instead, or null
 * @param waits the call that waits for its time and stands there instead, or null
 * @param picked whether the person chose it
 * @param notice what just happened, or empty
 * @param uses the latest uses of the owner shortcut
 * @param guide what is still to be done at the very beginning, or null
 */
public record Inbox(
        List<GroupView> mine,
        List<RequestView> team,
        List<RequestView> others,
        boolean more,
        List<LaterView> later,
        List<RequestView> done,
        List<FileView> files,
        List<FileView.Broken> broken,
        @Nullable RequestView opened,
        @Nullable GroupView group,
        @Nullable Longer longer,
        @Nullable EvidenceView evidence,
        FileView.@Nullable Offered offered,
        @Nullable LaterView waits,
        boolean picked,
        String notice,
        List<UseView> uses,
        @Nullable Guide guide) {
    /** How many this person may answer. */
    public int count() {
        return mine.stream().mapToInt(group -> group.members().size()).sum();
    }
}
