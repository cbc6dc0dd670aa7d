package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.analysis.Facts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts of a real disk. */
final class MachineFactsTest {
    @TempDir Path temp;
    private final MachineFacts facts = new MachineFacts();
    private Path root = Path.of("/");

    @BeforeEach
    void real() throws IOException {
        root = temp.toRealPath();
    }

    private String path(String below) {
        return root + "/" + below;
    }

    @Test
    void linksAreFollowedBeforeDotsGoUp() throws IOException {
        Files.createDirectories(root.resolve("a/b"));
        Files.createSymbolicLink(root.resolve("link"), root.resolve("a/b"));
        assertThat(facts.resolve(path("link/../x"))).isEqualTo(path("a/x"));
        assertThat(facts.resolve(path("link/new/y"))).isEqualTo(path("a/b/new/y"));
    }

    @Test
    void aDanglingLinkLeadsToWhereItPoints() throws IOException {
        Files.createSymbolicLink(root.resolve("one"), Path.of("two"));
        Files.createSymbolicLink(root.resolve("two"), Path.of("gone/far"));
        assertThat(facts.resolve(path("one"))).isEqualTo(path("gone/far"));
        Files.createSymbolicLink(root.resolve("self"), Path.of("self"));
        assertThat(facts.resolve(path("self"))).isEqualTo(path("self"));
    }

    @Test
    void anIndexIsReadAgainWhenItChanged() throws IOException {
        Path index = root.resolve("index");
        write("v2", index);
        var first = facts.index(index.toString());
        assertThat(first).isPresent();
        assertThat(facts.index(index.toString()).orElseThrow()).isSameAs(first.orElseThrow());
        write("v3", index);
        assertThat(facts.index(index.toString()).orElseThrow()).isNotSameAs(first.orElseThrow());
        Files.writeString(index, "no index");
        assertThat(facts.index(index.toString())).isEmpty();
        Files.delete(index);
        assertThat(facts.index(index.toString())).isEmpty();
        assertThat(facts.kind(index.toString())).isEqualTo(Facts.Kind.MISSING);
    }

    /** As git does: a new file takes the place of the old one. */
    private static void write(String version, Path to) throws IOException {
        try (InputStream in = Facts.class.getResourceAsStream("index/" + version + ".index")) {
            assertThat(in).isNotNull();
            Path fresh = to.resolveSibling("index.lock");
            Files.copy(in, fresh);
            Files.setLastModifiedTime(fresh, FileTime.fromMillis(1_000));
            Files.move(fresh, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
