package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.agent.ClaudeCodeSettings.Unusable;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our lines in the managed file of Codex. */
final class TomlLinesTest {
    private static Setup.Content.Lines wanted() {
        Setup setup = Clients.named("codex").orElseThrow().setup().orElseThrow();
        Setup.Homes homes =
                new Setup.Homes(
                        Path.of("/home/ana"), Path.of("/p"), "linux", _ -> Optional.empty());
        Sending sending =
                new Sending(
                        Path.of("/etc/countersign/hooks/countersign-hook"),
                        Path.of("/etc/countersign/hooks/codex.curl"),
                        "http://127.0.0.1:7373");
        return (Setup.Content.Lines)
                setup.layout().at(Setup.Level.MANAGED, homes, sending).getFirst().content();
    }

    @Test
    void aFileOfOursPinsWhatAUserCouldSwitchOff() throws Unusable {
        String text = TomlLines.with("", wanted());
        assertThat(text)
                .startsWith(
                        """
                        allow_managed_hooks_only = true # countersign
                        features.hooks = true # countersign
                        [[hooks.PreToolUse]] # countersign
                        """)
                .contains("timeout = 3600 # countersign", "codex PreToolUse exit");
        assertThat(TomlLines.with(text, wanted())).isEqualTo(text);
        assertThat(TomlLines.without(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# mine\nallowed_sandbox_modes = [\"read-only\"]\n",
                "[features]\nweb = true\n\n[rules]\nprefix_rules = []\n",
                "a = 1\n[hooks]\nmanaged_dir = \"/x\"\n[features]\nx = 1\n"
            })
    void everyOtherLineStays(String mine) throws Unusable {
        String text = TomlLines.with(mine, wanted());
        assertThat(text.lines().filter(line -> !line.endsWith("# countersign")))
                .containsExactlyElementsOf(mine.lines().toList());
        if (mine.contains("[features]")) {
            assertThat(text).contains("[features]\nhooks = true # countersign\n");
        }
        int table = text.indexOf("\n[");
        assertThat(text.indexOf("allow_managed_hooks_only"))
                .isLessThan(table < 0 ? 9999 : table + 1);
        assertThat(TomlLines.with(text, wanted())).isEqualTo(text);
        assertThat(TomlLines.without(text)).isEqualTo(mine);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allow_managed_hooks_only = false\n",
                "features.hooks = false\n",
                "[features]\nhooks = false\n"
            })
    void whatIsSetThereAlreadyIsNamed(String mine) {
        assertThatThrownBy(() -> TomlLines.with(mine, wanted()))
                .isInstanceOf(Unusable.class)
                .hasMessageContaining("is set there already");
    }
}
