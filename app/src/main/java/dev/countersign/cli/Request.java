package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * A command that asks the server to do one thing.
 *
 * @param syntax how it is written, without {@code --json}
 * @param asked puts it to the server, which answers with what is then
 * @param said tells a person what came of it
 */
record Request(
        Tools tools,
        Syntax syntax,
        BiFunction<ServerClient, Given, ObjectNode> asked,
        BiConsumer<ObjectNode, Terminal> said)
        implements Command {

    Request {
        syntax = syntax.flag("--json", "print JSON");
    }

    @Override
    public int run(Given given) {
        ObjectNode done = asked.apply(ServerClient.of(Where.of(given, tools.around())), given);
        if (given.has("--json")) {
            tools.terminal().line(Json.write(done));
        } else {
            said.accept(done, tools.terminal());
        }
        return 0;
    }

    /** The address of the thing that the command names, below where such things are. */
    static String named(String path, Given given) {
        return path + "/" + ServerClient.part(given.argument(0));
    }
}
