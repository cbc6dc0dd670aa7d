package dev.countersign.people;

import java.time.Duration;

/**
 * How long tokens last.
 *
 * @param usual when nobody says
 * @param most at most
 */
public record TokenLife(Duration usual, Duration most) {}
