package dev.countersign.cli;

/** Ends a command with a message for the person; the message is lower case, without full stop. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** What was asked for could not be done: exit code 1. */
    public static Failure failed(String message) {
        return new Failure(1, message);
    }

    /** What was asked for makes no sense, or a policy cannot be read: exit code 2. */
    public static Failure usage(String message) {
        return new Failure(2, message);
    }

    /** The same with another exit code, for commands that document theirs. */
    static Failure withCode(int exitCode, String message) {
        return new Failure(exitCode, message);
    }

    public int exitCode() {
        return exitCode;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
