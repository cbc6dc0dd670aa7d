package dev.countersign.audit;

/**
 * Proof that a record is durable.
 *
 * @param index its place in the ledger, from 0
 * @param hash 64 hexadecimal digits
 */
public record Receipt(long index, String hash) {}
