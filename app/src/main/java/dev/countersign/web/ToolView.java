package dev.countersign.web;

import org.jspecify.annotations.Nullable;

/**
 * What an MCP server says of a tool.
 *
 * @param state whether it is the first, waits or was accepted
 * @param change from what was accepted last, or the first; null where it does not wait
 */
public record ToolView(
        String server,
        String tool,
        String state,
        String sha256,
        String agent,
        @Nullable LineDiff change) {}
