package dev.countersign.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done, as the server is asked about it.
 *
 * @param client what the asking program is called in rules and in the ledger
 * @param tool the tool, such as {@code Bash}, {@code Read}, {@code Write} or one of your own
 * @param input the exact input: texts, numbers, truths, lists and maps of these
 * @param cwd the absolute folder it is done in
 * @param workspace the root of the work around it, or null to have the server find it
 * @param session the run of the program it belongs to, or null
 * @param task the piece of work, or null for the session
 */
public record Call(
        String client,
        String tool,
        Map<String, ?> input,
        String cwd,
        @Nullable String workspace,
        @Nullable String session,
        @Nullable String task) {
    private static final String CLIENT = "program";

    public Call {
        input = Map.copyOf(input);
    }

    /**
     * A shell command.
     *
     * @param command as a shell would read it
     * @param cwd the absolute folder it runs in
     */
    public static Call command(String command, String cwd) {
        return tool("Bash", Map.of("command", command), cwd);
    }

    /** A tool with its input, done in an absolute folder. */
    public static Call tool(String tool, Map<String, ?> input, String cwd) {
        return new Call(CLIENT, tool, input, cwd, null, null, null);
    }

    /** The same by a program of this name. */
    public Call by(String program) {
        return new Call(program, tool, input, cwd, workspace, session, task);
    }

    /** The same with words for the people who may be asked. */
    public Call because(String reason) {
        Map<String, Object> more = new LinkedHashMap<>(input);
        more.put("description", reason);
        return new Call(client, tool, more, cwd, workspace, session, task);
    }

    /** The same as part of a run of the program. */
    public Call inSession(String name) {
        return new Call(client, tool, input, cwd, workspace, name, task);
    }

    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("client", client);
        body.put("tool", tool);
        body.put("input", input);
        body.put("cwd", cwd);
        if (workspace != null) {
            body.put("workspace", workspace);
        }
        if (session != null) {
            body.put("session", session);
        }
        if (task != null) {
            body.put("task", task);
        }
        return body;
    }
}
