package dev.countersign.analysis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The everyday commands of {@code /everyday}, by class, and the workspace they run in. */
final class Everyday {
    /** The classes, each a file. */
    static final List<String> CLASSES =
            List.of("read", "git", "write", "build", "query", "blind", "fresh", "second", "shapes");

    /** A harmless command and the same shape with one thing changed that is not. */
    record Twins(String kind, String run, String twin) {}

    private Everyday() {}

    static List<Twins> all() {
        List<Twins> all = new ArrayList<>();
        CLASSES.forEach(kind -> all.addAll(of(kind)));
        return all;
    }

    static List<Twins> of(String kind) {
        List<Twins> twins = new ArrayList<>();
        for (Object entry : (List<?>) read(kind).getOrDefault("cases", List.of())) {
            Map<String, Object> one = Flow.map(entry);
            twins.add(
                    new Twins(
                            kind, String.valueOf(one.get("run")), String.valueOf(one.get("twin"))));
        }
        return twins;
    }

    static Disk disk() {
        return new Disk(Flow.map(read("project").getOrDefault("files", Map.of())), Map.of());
    }

    static Map<String, Object> read(String name) {
        try (InputStream in = Everyday.class.getResourceAsStream("/everyday/" + name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("no everyday file `" + name + "`");
            }
            return Flow.map(
                    new Load(LoadSettings.builder().build())
                            .loadFromString(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
