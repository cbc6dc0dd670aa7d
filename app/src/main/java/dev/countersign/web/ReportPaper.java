package dev.countersign.web;

import dev.countersign.audit.report.Figure;
import dev.countersign.audit.report.Report;
import dev.countersign.audit.report.Report.Row;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws a report for auditors as one page that needs nothing else: no script, no other file, and
 * ready to be printed.
 */
public final class ReportPaper {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int BAR = 400;

    private static String style() {
        try (InputStream in = ReportPaper.class.getResourceAsStream("report.css")) {
            if (in == null) {
                throw new IllegalStateException("report.css is missing (this is a bug)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The page. */
    public String html(Report report) {
        TemplateEngine templates =
                TemplateEngine.createPrecompiled(
                        null,
                        ContentType.Html,
                        ReportPaper.class.getClassLoader(),
                        "dev.countersign.web.pages");
        StringOutput out = new StringOutput();
        templates.render("report.jte", Map.of("report", report, "style", style()), out);
        return out.toString();
    }

    /** A time as people read it, to the minute, without its zone. */
    public static String time(Instant at) {
        return TIME.format(at);
    }

    /** A count with its thousands apart. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** A length of time in hours, or days when it is long. */
    public static String length(Duration length) {
        long hours = length.toHours();
        return hours < 48
                ? Texts.say("report.hours", hours, length.toMinutesPart())
                : Texts.say("report.days", length.toDays(), length.toHoursPart());
    }

    /**
     * A stretch of a bar.
     *
     * @param style class of its colour
     * @param from where it begins, of {@link #bars 400}
     * @param width how long it is
     */
    public record Stretch(String style, double from, double width) {}

    /** A row's figures side by side, as long as the row is large among the rows. */
    public static List<Stretch> bars(List<Row> rows, Row row, List<String> columns) {
        long most = rows.stream().mapToLong(ReportPaper::sum).max().orElse(0);
        List<Stretch> stretches = new ArrayList<>();
        double at = 0;
        for (int i = 0; i < row.figures().size() && most > 0; i++) {
            double width = (double) BAR * row.figures().get(i).count() / most;
            stretches.add(new Stretch(columns.get(i + 1), at, width));
            at += width;
        }
        return stretches;
    }

    private static long sum(Row row) {
        return row.figures().stream().mapToLong(Figure::count).sum();
    }

    /** What stands around each printed sheet. */
    public static String sheet(Report report) {
        String head =
                Texts.say(
                        report.integrity().intact()
                                ? "report.sheet-head"
                                : "report.sheet-head-failed",
                        report.framework().title(),
                        time(report.period().from()),
                        time(report.period().to()));
        return "@page{@top-left{content:"
                + quoted(head)
                + "}@bottom-left{content:"
                + quoted(Texts.say("report.sheet-foot"))
                + "}}";
    }

    /** Only signs that end no text of a style. */
    private static String quoted(String text) {
        return '"' + text.replaceAll("[\"\\\\\\n\\r<>]", " ") + '"';
    }
}
