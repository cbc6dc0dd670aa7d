package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;

/**
 * A command that ends one thing of the server by its name.
 *
 * @param syntax how it is written, with its argument and without {@code --json}
 * @param path where such things are
 * @param said what became of it, of what the server answers
 */
record Removal(Tools tools, Syntax syntax, String path, Function<ObjectNode, String> said)
        implements Command {

    Removal {
        syntax = syntax.flag("--json", "print JSON");
    }

    @Override
    public int run(Given given) {
        ServerClient server = ServerClient.of(Where.of(given, tools.around()));
        ObjectNode gone = server.delete(path + "/" + ServerClient.part(given.argument(0)));
        tools.terminal().line(given.has("--json") ? Json.write(gone) : said.apply(gone));
        return 0;
    }
}
