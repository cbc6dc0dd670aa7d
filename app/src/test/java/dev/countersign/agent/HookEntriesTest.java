package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.agent.ClaudeCodeSettings.Unusable;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Our hooks in the machine's settings of Gemini CLI, which its user's settings are laid over. */
final class HookEntriesTest {
    private static Setup.Content.Entries entries(Setup.Level level) {
        Setup setup = new Gemini().setup().orElseThrow();
        Setup.Homes homes =
                new Setup.Homes(Path.of("/h"), Path.of("/p"), "linux", _ -> Optional.empty());
        Sending sending =
                new Sending(Path.of("/s", Sending.NAME), Path.of("/c"), "http://127.0.0.1:7373");
        return (Setup.Content.Entries)
                setup.layout().at(level, homes, sending).getFirst().content();
    }

    @Test
    void theSwitchOfTheMachineIsPinned() throws Unusable {
        Setup.Content.Entries wanted = entries(Setup.Level.MANAGED);
        String fresh = HookEntries.with("", wanted);
        assertThat(fresh).containsIgnoringWhitespaces("\"hooksConfig\": {\"enabled\": true}");
        assertThat(HookEntries.with(fresh, wanted)).isEqualTo(fresh);
        assertThat(HookEntries.problems(fresh, wanted)).isEmpty();
        String theirs = "{\n  // kept\n  \"hooksConfig\": {\"enabled\": false, \"x\": 1}\n}\n";
        assertThat(HookEntries.with(theirs, wanted))
                .contains("// kept", "{\"enabled\": true, \"x\": 1}");
        String without = HookEntries.with("{\"a\": 1}", entries(Setup.Level.USER));
        assertThat(without).doesNotContain("hooksConfig");
        assertThat(HookEntries.problems(without, wanted)).anyMatch(p -> p.contains("not pinned"));
        assertThat(HookEntries.with(without, wanted)).contains("hooksConfig", "\"a\": 1");
    }
}
