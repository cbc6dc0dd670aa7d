package dev.countersign;

import dev.countersign.cli.Cli;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.Surroundings;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Starts the command line. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Surroundings around = Surroundings.ofProcess();
        System.exit(new Cli(new Tools(new App(around), terminal(around), around)).run(args));
    }

    /** The launcher says which of the standard streams are a terminal; the JDK cannot. */
    private static Terminal terminal(Surroundings around) {
        Set<String> terminals =
                Set.of(System.getProperty("countersign.terminal", "").split(",", -1));
        boolean colour = terminals.contains("out") && around.variable("NO_COLOR").isEmpty();
        return new Terminal(
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                writer(FileDescriptor.out),
                writer(FileDescriptor.err),
                Terminal.width(
                        around.variable("COLUMNS").orElse(""),
                        System.getProperty("countersign.columns", ""),
                        terminals.contains("out")),
                terminals.contains("out"),
                colour,
                terminals.contains("in") && terminals.contains("out"));
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }
}
