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

/**
 * Templates and named rules by name: those built in, and those of the documents given together. In
 * names {@code -} and {@code _} are the same.
 */
final class Library {
    private static final String BUILT_IN_FILE = "named-rules.yaml";

    private final Map<String, Definition> definitions;

    private Library(Map<String, Definition> definitions) {
        this.definitions = definitions;
    }

    /** Read at first use: most calls need none of them. */
    private static final class BuiltIn {
        static final Library LIBRARY = read();
    }

    static Library builtIn() {
        return BuiltIn.LIBRARY;
    }

    Optional<Definition> find(String name) {
        return Optional.ofNullable(definitions.get(key(name)));
    }

    /** Every definition, in the order they are listed. */
    Collection<Definition> all() {
        return definitions.values();
    }

    /** This library and these; a name that is taken keeps its first meaning. */
    Library with(List<Definition> more) {
        Map<String, Definition> all = new LinkedHashMap<>(definitions);
        more.forEach(definition -> all.putIfAbsent(key(definition.name()), definition));
        return new Library(all);
    }

    /** What might have been meant, for an error. */
    String hint(String name, Definition.Kind... kinds) {
        List<Definition.Kind> wanted = List.of(kinds);
        return Nearest.hint(
                name,
                all().stream()
                        .filter(d -> wanted.contains(d.kind()))
                        .map(Definition::name)
                        .toList());
    }

    private static String key(String name) {
        return name.replace('_', '-');
    }

    private static Library read() {
        try (InputStream in = Library.class.getResourceAsStream(BUILT_IN_FILE)) {
            if (in == null) {
                throw new IllegalStateException(BUILT_IN_FILE + " is missing (this is a bug)");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            TreeReader.Result result = TreeReader.read(BUILT_IN_FILE, text, 262_144);
            if (!(result.tree() instanceof Tree.Entries root)) {
                throw new IllegalStateException(result.problems() + " (this is a bug)");
            }
            Source source = new Source(BUILT_IN_FILE);
            List<Definition> read = new ArrayList<>();
            if (new Keys(root).get("definitions") instanceof Tree.Items items) {
                for (Tree item : items.items()) {
                    new DefinitionReader(source, null)
                            .read((Tree.Entries) item)
                            .ifPresent(read::add);
                }
            }
            if (!source.problems().isEmpty() || read.isEmpty()) {
                throw new IllegalStateException(source.problems() + " (this is a bug)");
            }
            return new Library(new LinkedHashMap<>()).with(read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
