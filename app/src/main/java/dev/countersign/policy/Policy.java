package dev.countersign.policy;

/**
 * One document.
 *
 * @param name as in {@code policy:}
 * @param trusted whether a person accepted it; an untrusted one only restricts
 */
public record Policy(String name, boolean trusted) {}
