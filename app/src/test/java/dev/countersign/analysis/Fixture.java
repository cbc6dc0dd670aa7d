package dev.countersign.analysis;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The scene of the cases: a workspace {@code /w} of the user {@code u}, nothing on the disk. */
final class Fixture {
    static final Guarded GUARDED =
            new Guarded(
                    List.of("/home/u/.local/share/countersign"),
                    Set.of("127.0.0.1:7373", "gate.example.com:443"),
                    Set.of(4242L));

    private Fixture() {}

    static Context context(String cwd, Shell shell) {
        return new Context(cwd, "/w", "/home/u", shell, "linux", Map.of("HOME", "/home/u"));
    }

    static Context context(String cwd, Shell shell, String workspace) {
        return new Context(cwd, workspace, "/home/u", shell, "linux", Map.of("HOME", "/home/u"));
    }

    static ToolCall command(String command) {
        return command(command, "/w", Shell.BASH);
    }

    static ToolCall command(String command, String cwd, Shell shell) {
        ObjectNode input = JsonNodeFactory.instance.objectNode().put("command", command);
        return call("Bash", input, cwd, shell);
    }

    static ToolCall call(String tool, ObjectNode input, String cwd, Shell shell) {
        return call("claude-code", tool, input, context(cwd, shell));
    }

    static ToolCall call(String client, String tool, ObjectNode input, Context context) {
        return new ToolCall(client, tool, input, context, Subject.local("agent"), "s", "s", null);
    }

    static List<Operation> operations(String command) {
        return operations(command, Facts.NONE);
    }

    static List<Operation> operations(String command, Facts facts) {
        return new Analyzer(facts, GUARDED).analyze(command(command)).operations();
    }

    static String line(Operation operation) {
        return operation.action().wire()
                + " "
                + operation.risk().wire()
                + (operation.opaque() ? " opaque" : "")
                + (operation.floor() == null ? "" : " FLOOR")
                + " "
                + operation.tags()
                + " -- "
                + operation.summary();
    }
}
