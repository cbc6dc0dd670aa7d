package dev.countersign.cli;

import dev.countersign.audit.export.AuditExports;
import dev.countersign.audit.export.ExportFormat;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes records to a file that proves itself. A running server does it; without one, the data
 * folder is opened, because an export is recorded.
 */
final class ExportCommand implements Command {
    private final Tools tools;

    ExportCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Audit.withFilters(
                        Syntax.of(
                                        "audit export",
                                        "Write records to a file that verifies on its own; the"
                                                + " export is recorded.")
                                .option("--format", "FORMAT", "json, csv or ocsf (default: json)")
                                .option("--out", "FILE", "the file, which must not be there yet"))
                .note("Check it anywhere: " + Program.command("audit verify FILE"));
    }

    @Override
    public int run(Given given) {
        String wire = given.value("--format").orElse("json");
        ExportFormat format =
                ExportFormat.of(wire)
                        .orElseThrow(() ->
                                Failure.usage(
                                        "unknown format `"
                                                + Visible.line(wire)
                                                + "`"
                                                + Closest.hint(
                                                        wire,
                                                        Arrays.stream(ExportFormat.values())
                                                                .map(ExportFormat::wire)
                                                                .toList())
                                                + "; expected json, csv or ocsf"));
        String out =
                given.value("--out").orElseThrow(() -> Failure.usage("name a file with `--out`"));
        Path file = Where.path(out, tools.around());
        if (Files.exists(file)) {
            throw Failure.usage(
                    "`" + Visible.line(out) + "` is there already; name a new file with `--out`");
        }
        Map<String, String> filters = Audit.filters(given);
        Where where = Where.of(given, tools.around());
        try {
            write(where, format, filters, file);
        } catch (IOException e) {
            throw Failure.failed("the export broke off: " + e.getMessage());
        }
        Product.Verdict verdict =
                tools.product().verifyExport(file, Optional.empty(), Optional.empty(), List.of());
        if (!verdict.intact() || !verdict.complete()) {
            throw Failure.failed(
                    "the export does not verify: "
                            + (verdict.intact() ? verdict.completeness() : verdict.integrity()));
        }
        tools.terminal()
                .line(verdict.records() + " records in `" + Visible.line(out) + "`, verified");
        if (!verdict.elsewhere().isEmpty()) {
            tools.terminal().line(Visible.line(verdict.elsewhere()));
        }
        return 0;
    }

    /** Whether a server is named, or runs on the data folder. */
    static boolean served(Where where) {
        return where.namedServer().isPresent()
                || ServerClient.running(where.data()).isPresent()
                || (where.namedData().isEmpty() && where.server().isPresent());
    }

    /** Under another name until it is whole; only its owner may read it. */
    private void write(Where where, ExportFormat format, Map<String, String> filters, Path file)
            throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw Failure.usage(
                    "there is no folder `" + Visible.line(String.valueOf(folder)) + "`");
        }
        // A temporary file is its owner's alone.
        Path part = Files.createTempFile(folder, ".countersign-", ".part");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
                if (served(where)) {
                    String path = "/v1/audit/export?format=" + format.wire();
                    ServerClient.of(where).copy(path + Audit.query(filters), out);
                } else {
                    tools.product()
                            .export(
                                    where.place(),
                                    new AuditExports.Wanted(format, filters, null),
                                    out);
                }
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
