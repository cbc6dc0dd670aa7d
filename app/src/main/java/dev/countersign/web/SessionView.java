package dev.countersign.web;

/**
 * A browser session as its person sees it.
 *
 * @param current whether it is the one that looks at it
 */
public record SessionView(
        String id, String client, String way, Moment used, Moment created, boolean current) {}
