package dev.countersign.gateway;

/** What is done with the lines that two programs send each other. */
interface Relay {

    /** A line of who started us. */
    void fromClient(byte[] line);

    /** A line of the program we started. */
    void fromServer(byte[] line);

    /**
     * A line that is longer than is kept.
     *
     * @param ofClient whose it was
     */
    void tooLong(boolean ofClient);

    /** The program we started has ended, or says no more. */
    void serverGone();
}
