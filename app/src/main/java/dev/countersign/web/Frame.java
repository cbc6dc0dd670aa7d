package dev.countersign.web;

import java.util.List;

/**
 * What stands around every page.
 *
 * @param title of the page
 * @param section the rail's entry that is current
 * @param person who is signed in, or empty
 * @param csrf what forms carry
 * @param waiting how many requests this person may answer
 * @param trustSetup whether the server trusts tokens of the owner shortcut
 * @param stops what people stopped
 * @param notices what this person has not said they know of
 * @param live whether the page follows the events
 */
public record Frame(
        String title,
        String section,
        String person,
        String csrf,
        int waiting,
        boolean trustSetup,
        List<StopView> stops,
        List<NoticeView> notices,
        boolean live) {}
