package dev.countersign.cli;

import java.util.List;

/** Runs the program's usual paths once, so that the ahead-of-time cache holds their classes. */
final class Train implements Command {
    private static final List<String> COMMANDS =
            List.of("ls -la | grep x > out", "rm -rf ~", "git push origin main");

    private final Tools tools;

    Train(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("train", "Prepare a fast start.").unlisted();
    }

    @Override
    public int run(Given given) {
        Cli cli = new Cli(tools);
        for (String command : COMMANDS) {
            cli.run("check", "--command", command);
            cli.run("check", "--json", "--command", command);
            cli.run("analyze", "--command", command);
        }
        return 0;
    }
}
