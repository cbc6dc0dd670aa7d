package dev.countersign.web;

import java.util.List;

/**
 * One line of a list of people, teams and their kind.
 *
 * @param href where more is said of it, or empty
 * @param name what it is called
 * @param cells what else is said of it, as many as the list has further heads
 * @param act where the button of the line sends, or empty where it has none
 * @param label what that button says
 * @param off whether it has ended or is switched off
 */
public record EntityRow(
        String href, String name, List<String> cells, String act, String label, boolean off) {}
