package dev.countersign.cli;

import dev.countersign.config.Surroundings;

/**
 * What every command is given.
 *
 * @param product the rest of the program
 * @param terminal where it reads and writes
 * @param around the process it runs in
 */
public record Tools(Product product, Terminal terminal, Surroundings around) {}
