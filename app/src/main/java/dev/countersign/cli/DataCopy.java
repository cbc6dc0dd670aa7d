package dev.countersign.cli;

import dev.countersign.config.DataFolder;
import dev.countersign.config.DataPlace;
import dev.countersign.config.DatabaseUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Moves the data from one database to another. */
final class DataCopy implements Command {
    /** What every folder has whose ledger was ever signed. */
    private static final String KEY = "ledger.key";

    private final Tools tools;

    DataCopy(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of(
                        "data copy",
                        "Copy everything to another database, and verify the ledger on both"
                                + " sides. No server may run on either.")
                .option("--from", "URL|FOLDER", "what is copied")
                .option("--to", "URL|FOLDER", "where to; nothing may be there yet")
                .note(
                        "A URL is `postgresql://user@host/database`, its password in"
                                + " PGPASSWORD; the keys of its ledger lie in the data folder,"
                                + " `--data`. Another folder gets a copy of them.");
    }

    @Override
    public int run(Given given) {
        Where where = Where.of(given, tools.around());
        if (where.namedServer().isPresent() || where.namedDatabase().isPresent()) {
            throw Failure.usage("say with `--from` and `--to` what is copied where");
        }
        String from = side(given, "--from");
        String to = side(given, "--to");
        Terminal terminal = tools.terminal();
        String done =
                tools.product()
                        .copy(
                                place(from, to, where),
                                place(to, from, where),
                                line -> {
                                    terminal.line(line);
                                    terminal.out().flush();
                                });
        terminal.line("Copied: " + done + ".");
        return 0;
    }

    private static String side(Given given, String option) {
        return given.value(option)
                .orElseThrow(
                        () -> Failure.usage("`" + option + "` is missing: a data folder or a URL"));
    }

    private static boolean url(String text) {
        return text.contains("://");
    }

    /** The keys of a database on a server lie in a folder too: the named one, or the other side. */
    private DataPlace place(String text, String other, Where where) {
        if (!url(text)) {
            return new DataPlace(Where.path(text, tools.around()), Optional.empty());
        }
        Path keys =
                where.namedData()
                        .or(() ->
                                Optional.of(other)
                                        .filter(side -> !url(side))
                                        .map(side -> Where.path(side, tools.around()))
                                        .filter(folder -> Files.exists(folder.resolve(KEY))))
                        .orElseGet(() -> DataFolder.standard(tools.around()));
        return new DataPlace(keys, Optional.of(DatabaseUrl.of(text).withPassword(tools.around())));
    }
}
