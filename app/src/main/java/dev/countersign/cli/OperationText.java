package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analysis;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Span;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.DecisionJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What a call consists of, before any policy spoke: as JSON, and for people the text with its parts
 * numbered and what each part does below it.
 */
final class OperationText {
    private static final int WIDEST = 100;
    private static final int INDENT = 6;
    private static final int LONGEST_WRAPPER = 40;
    private static final int ACTION = 16;
    private static final int RISK = 10;

    private final Terminal terminal;
    private final int width;
    private final Analysis analysis;
    private final List<Span> parts;

    private OperationText(Terminal terminal, Analysis analysis) {
        this.terminal = terminal;
        this.width = Math.clamp(terminal.width(), 40, WIDEST);
        this.analysis = analysis;
        this.parts =
                analysis.operations().stream()
                        .map(Operation::source)
                        .distinct()
                        .sorted(Comparator.comparingInt(Span::from).thenComparingInt(Span::to))
                        .toList();
    }

    static ObjectNode json(Operation operation) {
        ObjectNode json = DecisionJson.operation(operation);
        if (operation.floor() != null) {
            json.put("floor", operation.floor());
        }
        return json;
    }

    /** Lines for a person. */
    static List<String> lines(ToolCall call, Analysis analysis, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        if (!call.tool().equals(CallReader.SHELL_TOOL)) {
            String client = call.client().equals(CallReader.CLIENT) ? "" : " of " + call.client();
            lines.add(
                    terminal.paint(
                            Terminal.Ink.SOFT, Visible.line("tool " + call.tool() + client)));
        }
        lines.addAll(new OperationText(terminal, analysis).lines());
        return lines;
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.addAll(
                new MarkedText(analysis.source(), width, terminal::paint)
                        .lines(parts.stream().map(this::mark).toList()));
        for (int i = 0; i < parts.size(); i++) {
            part(lines, i + 1, parts.get(i));
        }
        lines.add("");
        lines.add(verdict());
        return lines;
    }

    private List<Operation> of(Span part) {
        return analysis.operations().stream().filter(one -> one.source().equals(part)).toList();
    }

    private MarkedText.Mark mark(Span part) {
        List<Operation> operations = of(part);
        RiskTier risk =
                operations.stream().map(Operation::risk).reduce(RiskTier.NONE, RiskTier::max);
        boolean loud =
                risk.atLeast(RiskTier.MEDIUM)
                        || operations.stream().anyMatch(one -> one.opaque() || one.floor() != null);
        return new MarkedText.Mark(
                parts.indexOf(part) + 1, part, loud, Terminal.Ink.ofRisk(risk.wire()));
    }

    private void part(List<String> lines, int number, Span part) {
        String heading = null;
        String through = "";
        Set<String> said = new HashSet<>();
        for (Operation operation : of(part)) {
            String text = headingOf(operation, part);
            String wrappers = wrappers(operation.command());
            boolean first = heading == null;
            if (first || !text.equals(heading) || !wrappers.equals(through)) {
                said.clear();
                lines.add("");
                lines.add(heading(first ? String.valueOf(number) : "", text));
                if (!wrappers.isEmpty() && !wrappers.equals(through)) {
                    detail(lines, INDENT, "run by " + wrappers);
                }
            }
            heading = text;
            through = wrappers;
            if (said.add(operation.action() + " " + operation.summary())) {
                operation(lines, operation);
            }
        }
    }

    /** The command as it runs; the text itself where the operation stands in a part of it. */
    private String headingOf(Operation operation, Span part) {
        CommandLine line = operation.command();
        boolean own = operation.origin() != Operation.Origin.ASSIGNMENT;
        String command = own && line != null && !line.words().isEmpty() ? words(line) : null;
        boolean inner =
                parts.stream()
                        .anyMatch(other ->
                                !other.equals(part)
                                        && other.from() <= part.from()
                                        && other.to() >= part.to()
                                        && of(other).stream()
                                                .anyMatch(one ->
                                                        Objects.equals(one.command(), line)));
        return command == null || inner ? excerpt(part) : command;
    }

    /** A part of the text, blanks made one. */
    private String excerpt(Span part) {
        String text = analysis.source().substring(part.from(), part.to());
        return text.strip().replaceAll("\\s+", " ");
    }

    private String heading(String label, String text) {
        return " ".repeat(Math.max(0, INDENT - 2 - label.length()))
                + terminal.paint(Terminal.Ink.ACCENT, label)
                + "  "
                + terminal.paint(
                        Terminal.Ink.STRONG, Table.cut(Visible.line(text), width - INDENT));
    }

    /** What runs it, the outermost first; empty when nothing does. */
    private static String wrappers(@Nullable CommandLine line) {
        List<String> wrappers = new ArrayList<>();
        CommandLine wrapper = line == null ? null : line.wrapper();
        while (wrapper != null) {
            wrappers.addFirst("`" + Table.cut(words(wrapper), LONGEST_WRAPPER) + "`");
            wrapper = wrapper.wrapper();
        }
        return String.join(", then ", wrappers);
    }

    private static String words(CommandLine line) {
        StringJoiner words = new StringJoiner(" ");
        for (Argument word : line.words()) {
            words.add(shown(word));
        }
        return words.toString().replaceAll("\\s+", " ");
    }

    private static String shown(Argument word) {
        String value = word.value();
        String written = word.written();
        boolean plain =
                value != null
                        && !value.isEmpty()
                        && value.chars().noneMatch(c -> " \t\n\"'`$&|;<>()".indexOf(c) >= 0);
        return value != null && plain ? value : written.isEmpty() ? "''" : written;
    }

    private void operation(List<String> lines, Operation operation) {
        String action = operation.action().wire();
        String risk = operation.risk().wire();
        int column = INDENT + ACTION + RISK;
        List<String> text = Text.wrap(Visible.line(operation.summary()), width - column);
        lines.add(
                " ".repeat(INDENT)
                        + action
                        + " ".repeat(ACTION - action.length())
                        + terminal.paint(Terminal.Ink.ofRisk(risk), risk)
                        + " ".repeat(RISK - risk.length())
                        + text.getFirst());
        text.stream().skip(1).forEach(more -> lines.add(" ".repeat(column) + more));
        detail(lines, column, resource(operation));
        if (!operation.tags().isEmpty()) {
            detail(lines, column, "tags " + String.join(", ", operation.tags()));
        }
        if (operation.opaque()) {
            loud(lines, column, "opaque, so a person is asked");
        }
        String floor = operation.floor();
        if (floor != null) {
            loud(lines, column, "floor: " + floor);
        }
    }

    private void detail(List<String> lines, int column, String text) {
        if (text.isEmpty()) {
            return;
        }
        for (String line : Text.wrap(Visible.line(text), width - column)) {
            String fitting = Table.cut(line, width - column);
            lines.add(" ".repeat(column) + terminal.paint(Terminal.Ink.SOFT, fitting));
        }
    }

    private void loud(List<String> lines, int column, String text) {
        for (String line : Text.wrap(Visible.line(text), width - column)) {
            lines.add(" ".repeat(column) + terminal.paint(Terminal.Ink.DENY, line));
        }
    }

    /** What it acts on, where the summary does not say it in full. */
    private static String resource(Operation operation) {
        return switch (operation.resource()) {
            case Resource.Path path -> {
                String written = path.written();
                String resolved = path.resolved();
                if (written == null) {
                    yield "path not known";
                }
                String reach =
                        !path.whole()
                                ? ""
                                : patterns(operation) ? " where the pattern matches" : " and below";
                yield "path "
                        + written
                        + reach
                        + (resolved == null || resolved.equals(written)
                                ? ""
                                : ", which is " + resolved)
                        + (path.from() == null ? "" : ", from " + path.from().written());
            }
            case Resource.Repository repository -> {
                StringJoiner parts = new StringJoiner(", ");
                if (repository.remote() != null) {
                    parts.add("remote " + repository.remote());
                }
                if (repository.branch() != null) {
                    parts.add("branch " + repository.branch());
                }
                yield parts.toString();
            }
            case Resource.Web web ->
                    web.url() == null
                            ? web.host() == null ? "" : "host " + web.host()
                            : "address " + web.url();
            case Resource.Tool tool ->
                    (tool.server() == null ? "" : "server " + tool.server() + ", ")
                            + "tool "
                            + tool.tool();
            case Resource.Program program ->
                    program.name() == null || operation.command() != null
                            ? ""
                            : "program " + program.name();
            case Resource.Named _ -> "";
        };
    }

    private static boolean patterns(Operation operation) {
        CommandLine line = operation.command();
        return line != null && line.words().stream().anyMatch(Argument::glob);
    }

    private String verdict() {
        String risk = analysis.risk().wire();
        int count = analysis.operations().size();
        StringBuilder text = new StringBuilder();
        text.append(count == 1 ? "1 operation" : count + " operations").append(", risk ");
        text.append(terminal.paint(Terminal.Ink.ofRisk(risk), risk));
        long opaque = analysis.operations().stream().filter(Operation::opaque).count();
        if (opaque > 0) {
            text.append(", ").append(opaque).append(" opaque");
        }
        long floor = analysis.operations().stream().filter(one -> one.floor() != null).count();
        if (floor > 0) {
            text.append(", ").append(floor).append(" that no policy can allow");
        }
        return text.toString();
    }
}
