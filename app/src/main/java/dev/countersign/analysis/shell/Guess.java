package dev.countersign.analysis.shell;

/**
 * Where a command is taken to run when that is not certain. What the shell makes of the name of its
 * folder is read once for each, so that {@code "$PWD/x"} is judged wherever {@code ./x} is.
 */
public enum Guess {
    /** Nowhere: the name of a folder that is not certain is not known. */
    NONE,
    /** Where it arrives if every {@code cd} goes well, or where the call began. */
    ARRIVED,
    /** Where it was before the ones that may fail, or where the call began. */
    STAYED
}
