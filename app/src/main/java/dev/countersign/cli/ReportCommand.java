package dev.countersign.cli;

import dev.countersign.audit.report.AuditReports;
import dev.countersign.audit.report.AuditReports.Form;
import dev.countersign.audit.report.AuditReports.Made;
import dev.countersign.audit.report.Framework;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * Writes a report for auditors. A running server makes it; without one, the data folder is opened,
 * because a report is recorded.
 */
final class ReportCommand implements Command {
    private static final String STANDARD_ADDRESS = "http://127.0.0.1:7373";

    /** A ledger is read whole first, which takes seconds for millions of records. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final Tools tools;

    ReportCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of(
                        "audit report",
                        "Sum up a period for auditors as a page to read and print; the report is"
                                + " recorded.")
                .option("--framework", "NAME", String.join(", ", Framework.names()))
                .option("--from", "DAY", "its first day or time, UTC (default: the first record)")
                .option("--to", "DAY", "its last day, or the time it ends at (default: now)")
                .option("--output", "FILE", "the page, which must not be there yet")
                .option("--address", "URL", "where its links lead, when no server makes it")
                .flag("--json", "the figures as JSON instead of a page")
                .note(
                        "Exits with 1 when the ledger is not what was written; the report is made"
                                + " and says so.");
    }

    @Override
    public int run(Given given) {
        String framework =
                given.value("--framework")
                        .orElseThrow(() ->
                                Failure.usage(
                                        "name a framework with `--framework`: "
                                                + String.join(", ", Framework.names())));
        Form form = given.has("--json") ? Form.JSON : Form.HTML;
        String output = given.value("--output").orElse("");
        if (output.isEmpty() && form == Form.HTML) {
            throw Failure.usage("name a file with `--output`, or take the figures with `--json`");
        }
        Path file = Where.path(output, tools.around());
        if (!output.isEmpty() && Files.exists(file)) {
            throw Failure.usage(
                    "`"
                            + Visible.line(output)
                            + "` is there already; name a new file with `--output`");
        }
        Where where = Where.of(given, tools.around());
        AuditReports.Wanted wanted =
                new AuditReports.Wanted(
                        framework,
                        given.value("--from").orElse(""),
                        given.value("--to").orElse(""),
                        form,
                        null);
        Made made;
        try {
            made =
                    ExportCommand.served(where)
                            ? served(where, wanted)
                            : tools.product()
                                    .report(
                                            where.place(),
                                            wanted,
                                            given.value("--address")
                                                    .or(where::server)
                                                    .orElse(STANDARD_ADDRESS));
            if (output.isEmpty()) {
                tools.terminal().line(made.text().stripTrailing());
            } else {
                write(file, made.text());
            }
        } catch (IOException e) {
            throw Failure.failed("the report broke off: " + e.getMessage());
        }
        if (!output.isEmpty()) {
            tools.terminal()
                    .line(
                            "report in `"
                                    + Visible.line(output)
                                    + "`"
                                    + (form == Form.HTML
                                            ? "; print it from a browser for a PDF"
                                            : ""));
        }
        if (!made.intact()) {
            throw Failure.failed(
                    "the ledger is not what was written: the report says where; see "
                            + Program.command("audit verify"));
        }
        return 0;
    }

    private static Made served(Where where, AuditReports.Wanted wanted) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String path =
                "/v1/audit/report?format="
                        + wanted.form().wire()
                        + "&framework="
                        + ServerClient.part(wanted.framework())
                        + "&from="
                        + ServerClient.part(wanted.from())
                        + "&to="
                        + ServerClient.part(wanted.to());
        String integrity =
                ServerClient.of(where).copy(path, out, PATIENCE).apply(AuditReports.INTEGRITY);
        return new Made(
                wanted.form(), out.toString(StandardCharsets.UTF_8), "intact".equals(integrity));
    }

    /** Whole or not at all; only its owner may read it. */
    private static void write(Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw Failure.usage(
                    "there is no folder `" + Visible.line(String.valueOf(folder)) + "`");
        }
        // A temporary file is its owner's alone.
        Path part = Files.createTempFile(folder, ".countersign-", ".part");
        try {
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
