package dev.countersign.web;

import dev.countersign.decision.WaitingFiles.WaitingFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first page.
 *
 * @param mine what this person may answer, the first to expire first
 * @param others open, but not for them
 * @param done the last that ended
 * @param files policy files that wait to be accepted
 * @param opened what stands beside the list, or null
 * @param picked whether the person chose it
 * @param notice what just happened, or empty
 */
public record Inbox(
        List<RequestView> mine,
        List<RequestView> others,
        List<RequestView> done,
        List<WaitingFile> files,
        @Nullable RequestView opened,
        boolean picked,
        String notice) {}
