package dev.countersign.audit.report;

/**
 * A number of records, and what they are.
 *
 * @param id its name in the report, such as {@code decisions-allow}
 * @param label what it counts, for people
 * @param count how many there are
 * @param query what finds just these
 */
public record Figure(String id, String label, long count, Query query) {}
