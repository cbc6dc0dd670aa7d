package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SurroundingsTest {
    @Test
    void theHomeFolderIsTheOneShellsSee() {
        assertThat(Surroundings.home(Map.of("HOME", "/home/dev/"), "linux", "/root"))
                .isEqualTo(Path.of("/home/dev"));
        assertThat(Surroundings.home(Map.of(), "linux", "/root")).isEqualTo(Path.of("/root"));
        assertThat(Surroundings.home(Map.of("HOME", "x"), "macos", "/root"))
                .isEqualTo(Path.of("/root"));
        assertThat(Surroundings.home(Map.of("HOME", "/c/me"), "windows", "/root"))
                .isEqualTo(Path.of("/root"));
    }
}
