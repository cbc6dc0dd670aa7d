package dev.countersign.web;

import org.jspecify.annotations.Nullable;

/**
 * A vote of several and what became of it.
 *
 * @param why it does not count, as a sentence; empty when it does
 * @param open whether this person may still answer it
 * @param request as it stands, or null when there is none
 */
public record BatchLine(
        String id, boolean counted, String why, boolean open, @Nullable RequestView request) {}
