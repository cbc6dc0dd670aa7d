package dev.countersign.cli;

/**
 * How this program is called where it was started: every command we print begins with it, so that
 * it can be typed as it stands.
 */
final class Program {
    /** What the launcher said; the bare name when nobody did. */
    private static final String NAME = name(System.getProperty("countersign.program", ""));

    private Program() {}

    /** The whole command line of a command of ours. */
    static String command(String rest) {
        return NAME + " " + rest;
    }

    /** The name in the form a shell takes: quoted where it has to be. */
    static String name(String given) {
        if (given.isEmpty() || !Visible.line(given).equals(given)) {
            return "countersign";
        }
        return given.matches("[A-Za-z0-9/._@%+=:,-]+")
                ? given
                : "'" + given.replace("'", "'\\''") + "'";
    }
}
