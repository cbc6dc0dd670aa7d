package dev.countersign.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Templates and named rules by name: those built in, and those of the documents given together. In
 * names {@code -} and {@code _} are the same.
 */
public final class Library {
    private static final String BUILT_IN_FILE = "named-rules.yaml";

    private final Map<String, Definition> definitions;
    private final Set<String> tags;

    private Library(Map<String, Definition> definitions, Set<String> tags) {
        this.definitions = definitions;
        this.tags = Set.copyOf(tags);
    }

    /** The tags that documents elsewhere define. */
    Set<String> tags() {
        return tags;
    }

    /** Read at first use: most calls need none of them. */
    private static final class BuiltIn {
        static final String TEXT = resource();
        static final Library LIBRARY = read(TEXT);

        /** The lines of a definition, without the indentation of the list it stands in. */
        static String text(Definition definition) {
            List<String> lines = TEXT.lines().toList();
            StringBuilder text = new StringBuilder();
            for (int i = definition.tree().line() - 1; i < lines.size(); i++) {
                String line = lines.get(i);
                if (i >= definition.tree().line() && line.startsWith("  - ")) {
                    break;
                }
                text.append(line.length() > 4 ? line.substring(4) : "").append('\n');
            }
            return text.toString().strip();
        }
    }

    /** What is built in, and what these texts define. */
    public static Library of(List<PolicyReader.Text> texts) {
        List<Definition> found = new ArrayList<>();
        Set<String> tags = new TreeSet<>();
        for (PolicyReader.Text text : texts) {
            TreeReader.Result read =
                    TreeReader.read(text.file(), text.text(), PolicyReader.MAX_LENGTH);
            if (read.problems().isEmpty() && read.tree() != null) {
                found.addAll(DocumentReader.definitions(read.tree(), text.file()));
                if (read.tree() instanceof Tree.Entries map
                        && new Keys(map).get("tags") instanceof Tree.Entries named) {
                    named.entries().forEach(entry -> tags.add(entry.key().value()));
                }
            }
        }
        return new Library(builtIn().with(found).definitions, tags);
    }

    /** What ships with the product. */
    public static Library builtIn() {
        return BuiltIn.LIBRARY;
    }

    /**
     * What people see of a definition.
     *
     * @param name what documents call it
     * @param kind {@code template} or {@code named_rule}
     * @param summary one sentence, or empty
     * @param parameters with their usual values, empty text for one that must be given
     * @param text as it is written; empty unless it is built in
     */
    public record Entry(
            String name,
            String kind,
            String summary,
            Map<String, String> parameters,
            String text) {}

    /** Everything defined, in the order it is listed. */
    public List<Entry> entries() {
        return all().stream().map(this::entry).toList();
    }

    /** What is defined under a name. */
    public Optional<Entry> entry(String name) {
        return find(name).map(this::entry);
    }

    private Entry entry(Definition definition) {
        Map<String, String> parameters = new LinkedHashMap<>();
        definition.parameters().forEach((name, value) -> parameters.put(name, shown(value)));
        return new Entry(
                definition.name(),
                definition.kind().key(),
                definition.summary(),
                parameters,
                definition.file() == null ? BuiltIn.text(definition) : "");
    }

    private static String shown(Tree tree) {
        return switch (tree) {
            case Tree.Text text -> text.absent() ? "" : text.value();
            case Tree.Items items ->
                    String.join(", ", items.items().stream().map(Library::shown).toList());
            case Tree.Entries _ -> "…";
        };
    }

    /**
     * Tries the examples of a definition.
     *
     * @return what is not as written; empty when all is well
     */
    public List<PolicyProblem> test(
            String name, Map<String, String> parameters, PolicyReader.Examples examples) {
        Definition definition = find(name).orElseThrow();
        Map<String, Tree> given = new LinkedHashMap<>();
        parameters.forEach((key, value) -> given.put(key, new Tree.Text(value, false, 1, 1)));
        Source source =
                new Source(definition.file() == null ? definition.name() : definition.file());
        UseReader.body(
                definition.with(given),
                source,
                this,
                Nesting.of(definition.name()),
                new RuleReader.Rules(),
                Trial.plain(examples));
        return source.problems();
    }

    /** How many examples a definition has. */
    public int examples(String name) {
        Tree examples = new Keys(find(name).orElseThrow().tree()).get("examples");
        int count = 0;
        if (examples instanceof Tree.Entries map) {
            for (Tree.Entry entry : map.entries()) {
                count += entry.value() instanceof Tree.Items items ? items.items().size() : 1;
            }
        }
        return count;
    }

    Optional<Definition> find(String name) {
        return Optional.ofNullable(definitions.get(Definition.key(name)));
    }

    /** Every definition, in the order they are listed. */
    Collection<Definition> all() {
        return definitions.values();
    }

    /**
     * This library and these. A name that is taken keeps its first meaning; where the meanings
     * differ, {@link PolicyReader} says so of both documents.
     */
    Library with(List<Definition> more) {
        Map<String, Definition> all = new LinkedHashMap<>(definitions);
        more.forEach(definition -> all.putIfAbsent(Definition.key(definition.name()), definition));
        return new Library(all, tags);
    }

    /**
     * What might have been meant, for an error.
     *
     * @param others what else may stand in that place
     */
    String hint(String name, List<String> others, Definition.Kind... kinds) {
        List<Definition.Kind> wanted = List.of(kinds);
        List<String> valid = new ArrayList<>(others);
        all().stream()
                .filter(d -> wanted.contains(d.kind()))
                .map(Definition::name)
                .forEach(valid::add);
        return Nearest.hint(name, valid);
    }

    private static String resource() {
        try (InputStream in = Library.class.getResourceAsStream(BUILT_IN_FILE)) {
            if (in == null) {
                throw new IllegalStateException(BUILT_IN_FILE + " is missing (this is a bug)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Library read(String text) {
        TreeReader.Result result = TreeReader.read(BUILT_IN_FILE, text, 262_144);
        if (!(result.tree() instanceof Tree.Entries root)) {
            throw new IllegalStateException(result.problems() + " (this is a bug)");
        }
        Source source = new Source(BUILT_IN_FILE);
        List<Definition> read = new ArrayList<>();
        if (new Keys(root).get("definitions") instanceof Tree.Items items) {
            for (Tree item : items.items()) {
                new DefinitionReader(source, null).read((Tree.Entries) item).ifPresent(read::add);
            }
        }
        if (!source.problems().isEmpty() || read.isEmpty()) {
            throw new IllegalStateException(source.problems() + " (this is a bug)");
        }
        return new Library(new LinkedHashMap<>(), Set.of()).with(read);
    }
}
