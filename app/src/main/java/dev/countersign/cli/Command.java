package dev.countersign.cli;

/** One command of the command line. */
public interface Command {

    /** How it is written. */
    Syntax syntax();

    /**
     * Runs it.
     *
     * @param given what the person wrote, checked against {@link #syntax()}
     * @return the exit code
     * @throws Failure to end with a message
     * @throws Exception when something broke that the command did not expect
     */
    int run(Given given) throws Exception;
}
