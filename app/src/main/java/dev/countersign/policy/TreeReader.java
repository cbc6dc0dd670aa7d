package dev.countersign.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML or JSON text into a {@link Tree}, without recursion and within bounds on size, depth
 * and what aliases unfold to.
 */
public final class TreeReader {
    private static final int MAX_DEPTH = 40;
    private static final int MAX_ALIASES = 100;
    private static final int MAX_NODES = 100_000;

    private final String file;
    private final List<PolicyProblem> problems = new ArrayList<>();
    private final Deque<Open> stack = new ArrayDeque<>();
    private final Map<String, Tree> anchors = new HashMap<>();
    private final Map<String, Integer> sizes = new HashMap<>();
    private final Set<String> unfinished = new HashSet<>();
    private @Nullable Tree root;
    private int nodes;
    private int aliases;

    private TreeReader(String file) {
        this.file = file;
    }

    /**
     * What was read.
     *
     * @param tree the document, or null when it is empty or could not be read
     * @param problems empty when all is well
     */
    public record Result(@Nullable Tree tree, List<PolicyProblem> problems) {}

    static Result read(String file, String text, int maxLength) {
        return read(file, text, maxLength, file.endsWith(".json") || file.endsWith(".jsonc"));
    }

    /**
     * Reads JSON, comments and trailing commas allowed, whatever the file is called.
     *
     * @param file its name as the person knows it
     * @param maxLength how long it may be, in characters
     */
    public static Result readJson(String file, String text, int maxLength) {
        return read(file, text, maxLength, true);
    }

    private static Result read(String file, String text, int maxLength, boolean json) {
        TreeReader reader = new TreeReader(file);
        if (text.length() > maxLength) {
            reader.problem(
                    1,
                    1,
                    "the document has "
                            + text.length()
                            + " characters; expected at most "
                            + maxLength);
            return new Result(null, reader.problems);
        }
        try {
            if (json) {
                reader.json(text);
            } else {
                reader.yaml(text);
            }
        } catch (Stopped e) {
            return new Result(null, reader.problems);
        } catch (MarkedYamlEngineException e) {
            reader.marked(e, text);
            return new Result(null, reader.problems);
        } catch (ReaderException e) {
            reader.unprintable(e, text);
            return new Result(null, reader.problems);
        } catch (YamlEngineException e) {
            reader.problem(1, 1, "no YAML: " + lower(String.valueOf(e.getMessage())));
            return new Result(null, reader.problems);
        }
        return new Result(reader.problems.isEmpty() ? reader.root : null, reader.problems);
    }

    private void json(String text) {
        try (JsonParser parser = Json.FACTORY.createParser(text)) {
            while (parser.nextToken() != null) {
                JsonLocation at = parser.currentTokenLocation();
                int line = at.getLineNr();
                int column = at.getColumnNr();
                JsonToken token = parser.currentToken();
                if (stack.isEmpty() && root != null) {
                    throw stop(line, column, "more follows after the end of the document");
                }
                if (token.isStructStart()) {
                    open(token == JsonToken.START_OBJECT, line, column, null);
                } else if (token.isStructEnd()) {
                    close();
                } else {
                    boolean quoted =
                            token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME;
                    scalar(new Tree.Text(parser.getText(), !quoted, line, column), null);
                }
            }
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw stop(
                    at == null ? 1 : Math.max(1, at.getLineNr()),
                    at == null ? 1 : Math.max(1, at.getColumnNr()),
                    "no JSON: " + lower(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void yaml(String text) {
        LoadSettings settings = LoadSettings.builder().setLabel(file).build();
        int documents = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            int line = event.getStartMark().map(Mark::getLine).orElse(0) + 1;
            int column = event.getStartMark().map(Mark::getColumn).orElse(0) + 1;
            switch (event.getEventId()) {
                case DocumentStart -> {
                    if (++documents > 1) {
                        throw stop(
                                line,
                                column,
                                "a second document starts; expected one document in a file");
                    }
                }
                case MappingStart, SequenceStart -> {
                    CollectionStartEvent start = (CollectionStartEvent) event;
                    untagged(start.getTag(), line, column);
                    open(event.getEventId() == Event.ID.MappingStart, line, column, anchor(start));
                }
                case MappingEnd, SequenceEnd -> close();
                case Scalar -> {
                    ScalarEvent scalar = (ScalarEvent) event;
                    untagged(scalar.getTag(), line, column);
                    scalar(
                            new Tree.Text(scalar.getValue(), scalar.isPlain(), line, column),
                            anchor(scalar));
                }
                case Alias -> alias(((AliasEvent) event).getAlias(), line, column);
                case Comment, DocumentEnd, StreamStart, StreamEnd -> {}
            }
        }
    }

    private static @Nullable String anchor(NodeEvent event) {
        return event.getAnchor().map(Anchor::getValue).orElse(null);
    }

    private void untagged(Optional<String> tag, int line, int column) {
        if (tag.isPresent()) {
            throw stop(
                    line,
                    column,
                    "the tag `" + Nearest.shorten(tag.get()) + "` is not supported; leave it out");
        }
    }

    private void open(boolean map, int line, int column, @Nullable String anchor) {
        if (stack.size() >= MAX_DEPTH) {
            throw stop(line, column, "nested deeper than " + MAX_DEPTH + " levels");
        }
        if (anchor != null) {
            unfinished.add(anchor);
        }
        stack.push(new Open(map, line, column, anchor, nodes));
        count(1, line, column);
    }

    private void close() {
        Open open = stack.pop();
        Tree tree =
                open.map
                        ? new Tree.Entries(List.copyOf(open.entries), open.line, open.column)
                        : new Tree.Items(List.copyOf(open.items), open.line, open.column);
        if (open.anchor != null) {
            unfinished.remove(open.anchor);
            anchors.put(open.anchor, tree);
            sizes.put(open.anchor, nodes - open.before);
        }
        add(tree);
    }

    private void scalar(Tree.Text text, @Nullable String anchor) {
        count(1, text.line(), text.column());
        if (anchor != null) {
            anchors.put(anchor, text);
            sizes.put(anchor, 1);
        }
        add(text);
    }

    private void alias(Anchor alias, int line, int column) {
        String name = alias.getValue();
        if (unfinished.contains(name)) {
            throw stop(line, column, "`*" + name + "` stands inside what it points to");
        }
        Tree tree = anchors.get(name);
        if (tree == null) {
            throw stop(
                    line,
                    column,
                    "`*"
                            + name
                            + "` points to nothing"
                            + Nearest.hint(name, anchors.keySet())
                            + "; quote a text that starts with `*`");
        }
        if (++aliases > MAX_ALIASES) {
            throw stop(line, column, "more than " + MAX_ALIASES + " aliases");
        }
        count(sizes.getOrDefault(name, 1), line, column);
        add(tree);
    }

    private void count(int more, int line, int column) {
        nodes += more;
        if (nodes > MAX_NODES) {
            throw stop(
                    line,
                    column,
                    "the document unfolds to more than "
                            + MAX_NODES
                            + " values; expected fewer"
                            + " aliases");
        }
    }

    private void add(Tree tree) {
        Open open = stack.peek();
        if (open == null) {
            root = tree;
        } else if (!open.map) {
            open.items.add(tree);
        } else if (open.key == null) {
            if (!(tree instanceof Tree.Text key)) {
                throw stop(
                        tree.line(),
                        tree.column(),
                        "a key is " + tree.kind() + "; expected a word");
            }
            open.key = key;
            if (!open.seen.add(key.value())) {
                problem(
                        key.line(),
                        key.column(),
                        "the key `" + Nearest.shorten(key.value()) + "` stands here twice");
            }
        } else {
            open.entries.add(new Tree.Entry(open.key, tree));
            open.key = null;
        }
    }

    private void marked(MarkedYamlEngineException e, String text) {
        Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
        int line = mark == null ? 1 : mark.getLine() + 1;
        int column = mark == null ? 1 : mark.getColumn() + 1;
        List<String> lines = text.lines().skip(line - 1L).limit(1).toList();
        String at = lines.isEmpty() ? "" : lines.getFirst();
        if (column <= at.length() && at.charAt(column - 1) == '\t') {
            problem(
                    line,
                    column,
                    "a tab stands here; expected spaces, YAML indents with them only");
        } else {
            problem(line, column, "no YAML: " + lower(String.valueOf(e.getProblem())));
        }
    }

    private void unprintable(ReaderException e, String text) {
        int line = 1;
        int column = 1;
        int end = Math.min(e.getPosition(), text.codePointCount(0, text.length()));
        int stop = text.offsetByCodePoints(0, Math.max(0, end));
        for (int i = 0; i < stop; i++) {
            column++;
            if (text.charAt(i) == '\n') {
                line++;
                column = 1;
            }
        }
        problem(line, column, "the character U+%04X is not allowed".formatted(e.getCodePoint()));
    }

    private static String lower(String message) {
        String line = message.lines().findFirst().orElse("").strip();
        line = line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
        return line.isEmpty()
                ? "unreadable"
                : Character.toLowerCase(line.charAt(0)) + line.substring(1);
    }

    private void problem(int line, int column, String message) {
        problems.add(new PolicyProblem(file, line, column, message, true));
    }

    private Stopped stop(int line, int column, String message) {
        problem(line, column, message);
        return new Stopped();
    }

    /** Apart, so that reading YAML does not load it. */
    private static final class Json {
        private static final JsonFactory FACTORY =
                JsonFactory.builder()
                        .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                        .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        .maxNestingDepth(MAX_DEPTH + 1)
                                        .build())
                        .build();
    }

    /** Reading goes no further; the problem is noted. */
    private static final class Stopped extends RuntimeException {
        private Stopped() {
            super(null, null, false, false);
        }
    }

    private static final class Open {
        private final boolean map;
        private final int line;
        private final int column;
        private final @Nullable String anchor;
        private final int before;
        private final List<Tree> items = new ArrayList<>();
        private final List<Tree.Entry> entries = new ArrayList<>();
        private final Set<String> seen = new HashSet<>();
        private Tree.@Nullable Text key;

        private Open(boolean map, int line, int column, @Nullable String anchor, int before) {
            this.map = map;
            this.line = line;
            this.column = column;
            this.anchor = anchor;
            this.before = before;
        }
    }
}
