package dev.countersign.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is kept of the defaults in force is all that has their version. */
final class BuiltInTest {
    @Test
    void everyTableThatIsHashedIsKept() throws IOException {
        Path root = Path.of("src/main/resources/dev/countersign");
        List<String> files;
        try (Stream<Path> all =
                Stream.of("analysis", "call", "policy")
                        .map(root::resolve)
                        .flatMap(BuiltInTest::in)) {
            files =
                    all.map(file -> root.relativize(file).toString().replace('\\', '/'))
                            .filter(name -> name.endsWith(".yaml") || name.endsWith(".csv"))
                            .sorted()
                            .toList();
        }
        assertThat(BuiltIn.FILES).isEqualTo(files);
        BuiltIn own = BuiltIn.own();
        assertThat(own.tables().keySet()).containsExactlyInAnyOrderElementsOf(files);
        assertThat(own.version()).matches("defaults [0-9]+");
    }

    private static Stream<Path> in(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList().stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
