package dev.countersign.ledger;

/**
 * A record in its place in the chain.
 *
 * @param index its place, from 0
 * @param text its canonical JSON, which names the index and the hash of the record before
 * @param hash SHA-256 of the UTF-8 bytes of the text, 64 hexadecimal digits
 */
public record Entry(long index, String text, String hash) {}
