package dev.countersign.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The POSIX shell program that runs when a session starts: it proves with a canary call that calls
 * reach the server, passes the event on, and says so when either fails. The token goes to curl
 * through its standard input, never through a command line.
 */
final class SessionStartScript {
    private static final String TEXT = load();

    private SessionStartScript() {}

    /**
     * The program.
     *
     * @param hooks address of the hooks, with a slash at its end
     */
    static String text(String hooks) {
        return TEXT.replace("@HOOKS@", hooks.substring(0, hooks.length() - 1))
                .replace("@TOOL@", Canary.TOOL)
                .replace("@CANARY@", Canary.ANSWER);
    }

    private static String load() {
        try (InputStream in = SessionStartScript.class.getResourceAsStream("session-start.sh")) {
            if (in == null) {
                throw new IllegalStateException("session-start.sh is missing (this is a bug)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
