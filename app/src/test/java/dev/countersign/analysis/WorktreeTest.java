package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Shell;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which repository a folder belongs to, and which project that is. */
final class WorktreeTest {
    private static final Map<String, Object> FILES =
            Map.of(
                    "/p/.git/HEAD", "ref: refs/heads/main\n",
                    "/p/.git/worktrees/two/HEAD", "ref: refs/heads/two\n",
                    "/p/.git/worktrees/two/commondir", "../..\n",
                    "/p/.git/worktrees/two/gitdir", "/two/.git\n",
                    "/two/.git", "gitdir: /p/.git/worktrees/two\n",
                    "/two/src/a", "x",
                    "/false/.git", "gitdir: /p/.git/worktrees/two\n",
                    "/p/empty/.git/notes", "x",
                    "/bare.git/HEAD", "ref: refs/heads/main\n",
                    "/bare.git/objects/a", "x");

    private static String project(String workspace) {
        Facts facts = new Disk(FILES, Map.of(), Map.of());
        return new Analyzer(facts, Fixture.GUARDED)
                .project(Fixture.context(workspace, Shell.BASH, workspace));
    }

    @Test
    void allWorkingTreesAreOneProject() {
        assertThat(project("/p")).isEqualTo("/p");
        assertThat(project("/two")).isEqualTo("/p");
    }

    @Test
    void aFolderThatOnlyClaimsToBeAWorkingTreeIsNone() {
        assertThat(project("/false")).isEqualTo("/false");
    }

    @Test
    void aWorkspaceBelowARepositoryStandsForItself() {
        assertThat(project("/p/src")).isEqualTo("/p/src");
        assertThat(project("/elsewhere")).isEqualTo("/elsewhere");
    }

    @Test
    void whatGitPassesByIsPassedBy() {
        Facts facts = new Disk(FILES, Map.of(), Map.of());
        assertThat(Worktree.at(facts, "/p/empty").orElseThrow().root()).isEqualTo("/p");
        assertThat(Worktree.at(facts, "/two/src").orElseThrow().common()).isEqualTo("/p/.git");
        assertThat(Worktree.at(facts, "/nowhere")).isEmpty();
        assertThat(Worktree.at(facts, "/bare.git")).isEmpty();
    }
}
