package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkspacesTest {
    @TempDir private Path home;

    private String of(Path cwd) {
        return Workspaces.below(home.toString()).apply(cwd.toString());
    }

    @Test
    void theNearestRepositoryAboveIsTheWorkspace() throws IOException {
        Path deep = Files.createDirectories(home.resolve("work/app/src/main"));
        Files.createDirectories(home.resolve("work/app/.git"));

        assertThat(of(deep)).isEqualTo(home.resolve("work/app").toString());
    }

    @Test
    void aWorktreeHasAFileInsteadOfAFolder() throws IOException {
        Path tree = Files.createDirectories(home.resolve("tree"));
        Files.writeString(tree.resolve(".git"), "gitdir: elsewhere");

        assertThat(of(tree)).isEqualTo(tree.toString());
    }

    @Test
    void aHomeFolderUnderVersionControlIsNoWorkspace() throws IOException {
        Files.createDirectories(home.resolve(".git"));
        Path plain = Files.createDirectories(home.resolve("notes"));

        assertThat(of(plain)).isEqualTo(plain.toString());
    }

    @Test
    void whatIsNoPathHereStandsForItself() {
        assertThat(Workspaces.below("/home/dev").apply("/a\0b")).isEqualTo("/a\0b");
    }
}
