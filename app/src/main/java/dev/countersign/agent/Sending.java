package dev.countersign.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sender, a POSIX shell program that posts what a client says to the server and hands the
 * answer back, and the commands that run it. Whatever goes wrong ends in the client's own deny.
 *
 * @param script where the program is
 * @param config the file with the token, in the form of curl's
 * @param server the base of the address, without a slash at its end
 */
public record Sending(Path script, Path config, String server) {
    /** What the program is called; every command of ours names it. */
    public static final String NAME = "countersign-hook";

    /** Before the client stops waiting. */
    private static final int AHEAD = 20;

    private static final Pattern SERVER =
            Pattern.compile("(?:" + NAME + "'? '?|const server = ')(https?://[^' ]+)");
    private static final String TEXT = load(NAME + ".sh");

    public Sending {
        server = ClaudeCodeSettings.base(server);
    }

    /** How the sender refuses when nobody answers. */
    enum Form {
        /** Exit code 2 with the reason on the error output. */
        EXIT,
        /** A JSON object that cancels, with exit code 0. */
        CANCEL,
        /** A JSON object with {@code permissionDecision}, with exit code 0. */
        DECISION,
        /** Not at all: nothing waits for it. */
        QUIET;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The program. */
    public static String text() {
        return TEXT;
    }

    /** What a text is known by: 64 hexadecimal digits. */
    public static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 (this is a bug)", e);
        }
    }

    /** A file shipped beside this class. */
    static String load(String name) {
        try (InputStream in = Sending.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing (this is a bug)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server that a command of ours, somewhere in a text, asks. */
    public static Optional<String> server(String text) {
        Matcher found = SERVER.matcher(text);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    /** What holds the token, for curl. */
    public static String config(String token) {
        return "# The token of a client's hooks, made by `countersign connect`.\n"
                + "header = \"Authorization: Bearer "
                + token
                + "\"\n";
    }

    /** The token in such a file. */
    public static Optional<String> token(String config) {
        Matcher found = Pattern.compile("Authorization: Bearer ([^\"\\s]+)").matcher(config);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    /**
     * The command line of a hook. It also refuses when the sender itself is gone or was killed,
     * which clients would take for no objection.
     *
     * @param seconds how long the client waits
     */
    String command(String client, String event, Form form, int seconds) {
        String run = run(client, event, form, seconds);
        String gone =
                "Countersign could not judge this: its sender did not run; a person can run"
                        + " `countersign connect "
                        + client
                        + "` again. The call was not run; this is not a policy decision.";
        return switch (form) {
            case EXIT -> run + " || { [ $? -eq 2 ] || echo '" + gone + "' >&2; exit 2; }";
            case CANCEL -> run + " || echo '{\"cancel\":true,\"errorMessage\":\"" + gone + "\"}'";
            case DECISION ->
                    run
                            + " || echo '{\"permissionDecision\":\"deny\",\"permissionDecisionReason\":\""
                            + gone
                            + "\"}'";
            case QUIET -> run + " || :";
        };
    }

    /** The words of the same, for whoever starts it without a shell. */
    public List<String> words(String client, String event, int seconds) {
        return List.of(
                "sh",
                script.toString(),
                server,
                client,
                event,
                Form.EXIT.wire(),
                config.toString(),
                Integer.toString(deadline(seconds)));
    }

    private String run(String client, String event, Form form, int seconds) {
        return "sh "
                + quoted(script)
                + " '"
                + server
                + "' "
                + client
                + " "
                + event
                + " "
                + form.wire()
                + " "
                + quoted(config)
                + " "
                + deadline(seconds)
                + " $PPID";
    }

    private static int deadline(int seconds) {
        return seconds > 3 * AHEAD ? seconds - AHEAD : Math.max(1, seconds - 3);
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }

    /** An answer as the sender takes it: its exit code, then what it prints. */
    public static String answer(Client.Exit exit) {
        return "countersign " + exit.code() + "\n" + exit.text();
    }
}
