package dev.countersign.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sender, a POSIX shell program or one of PowerShell that posts what a client says to the
 * server and hands the answer back, and the commands that run it. Whatever goes wrong ends in the
 * client's own deny.
 *
 * @param script where the program is; the end of its name says which of the two it is
 * @param config the file with the token, in the form of curl's
 * @param server the base of the address, without a slash at its end
 */
public record Sending(Path script, Path config, String server) {
    /** What the program is called; every command of ours names it. */
    public static final String NAME = "countersign-hook";

    /** The same for PowerShell. */
    public static final String POWERSHELL = NAME + ".ps1";

    /** The member of a body in which the folder stands that the sender ran in. */
    public static final String STARTED_IN = "countersign_cwd";

    /** Before the client stops waiting. */
    private static final int AHEAD = 20;

    private static final Pattern SERVER =
            Pattern.compile("(?:" + NAME + "(?:\\.ps1)?'? '?|const server = ')(https?://[^' ]+)");
    private static final String TEXT = load(NAME + ".sh");
    private static final String POWERSHELL_TEXT = load(POWERSHELL);

    /** What one of the shells that may read a command of ours would take for something else. */
    private static final Pattern ODD = Pattern.compile("[\"$`%\\p{Cntrl}]");

    public Sending {
        server = ClaudeCodeSettings.base(server);
        if (powershell(script) && ODD.matcher(script + " " + config).find()) {
            throw new IllegalArgumentException(
                    "the folder `"
                            + script.getParent()
                            + "` has a character that no command for PowerShell can hold");
        }
    }

    private static boolean powershell(Path script) {
        return script.toString().endsWith(POWERSHELL);
    }

    /** Whether it is the one of PowerShell. */
    public boolean powershell() {
        return powershell(script);
    }

    /** The program as it is shipped. */
    public String shipped() {
        return powershell() ? POWERSHELL_TEXT : TEXT;
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
        if (powershell()) {
            return powershellCommand(client, event, form, seconds);
        }
        String run = run(client, event, form, seconds);
        String gone = gone("`countersign connect " + client + "`");
        return switch (form) {
            case EXIT -> run + " || { [ $? -eq 2 ] || echo '" + gone + "' >&2; exit 2; }";
            case CANCEL -> run + " || echo '{\"cancel\":true,\"errorMessage\":\"" + gone + "\"}'";
            case DECISION ->
                    run
                            + " || echo"
                            + " '{\"permissionDecision\":\"deny\",\"permissionDecisionReason\":\""
                            + gone
                            + "\"}'";
            case QUIET -> run + " || :";
        };
    }

    private static String gone(String remedy) {
        return "Countersign could not judge this: its sender did not run; a person can run "
                + remedy
                + " again. The call was not run; this is not a policy decision.";
    }

    /**
     * For whichever shell reads it: cmd, PowerShell or a POSIX one; so there is no dollar, backtick
     * or quote within the quotes. The sender ends the process itself, and what comes after it
     * refuses.
     */
    private String powershellCommand(String client, String event, Form form, int seconds) {
        String gone = gone("countersign connect " + client);
        String call = powershellCall(client, event, form, seconds);
        String otherwise =
                form == Form.QUIET
                        ? "exit 0"
                        : "[Console]::Error.WriteLine('" + gone + "'); exit 2";
        String run =
                String.join(" ", powershellProgram())
                        + " -Command \"try { "
                        + call
                        + " } catch { }; "
                        + otherwise
                        + "\"";
        if (!script.getFileSystem().getSeparator().equals("/")) {
            // PowerShell itself is part of Windows, and its old one knows no `||`.
            return run;
        }
        return form == Form.QUIET
                ? run + " || :"
                : run + " || { [ $? -eq 2 ] || echo '" + gone + "' >&2; exit 2; }";
    }

    /** The same as a program of PowerShell, for a client that runs a file of its own. */
    String powershellFile(String client, String event, Form form, int seconds) {
        String otherwise =
                form == Form.CANCEL
                        ? "'{\"cancel\":true,\"errorMessage\":\""
                                + gone("countersign connect " + client)
                                + "\"}'"
                        : "exit 0";
        return "try { "
                + powershellCall(client, event, form, seconds)
                + " } catch { }\n"
                + otherwise
                + "\n";
    }

    private String powershellCall(String client, String event, Form form, int seconds) {
        return "& "
                + powershellQuoted(script.toString())
                + " '"
                + server
                + "' '"
                + client
                + "' '"
                + event
                + "' '"
                + form.wire()
                + "' "
                + powershellQuoted(config.toString())
                + " '"
                + deadline(seconds)
                + "'";
    }

    private static String powershellQuoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /**
     * Windows has the old one always; elsewhere it is the new one. Without a format for its input
     * it reads what is said to the sender, line by line and in the machine's own letters.
     */
    private List<String> powershellProgram() {
        boolean windows = !script.getFileSystem().getSeparator().equals("/");
        return List.of(
                windows ? "powershell" : "pwsh",
                "-NoProfile",
                "-NonInteractive",
                "-InputFormat",
                "None",
                "-ExecutionPolicy",
                "Bypass");
    }

    /** The words of the same, for whoever starts it without a shell. */
    public List<String> words(String client, String event, int seconds) {
        if (powershell()) {
            List<String> words = new ArrayList<>(powershellProgram());
            words.addAll(
                    List.of(
                            "-File",
                            script.toString(),
                            server,
                            client,
                            event,
                            Form.EXIT.wire(),
                            config.toString(),
                            Integer.toString(deadline(seconds))));
            return words;
        }
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
