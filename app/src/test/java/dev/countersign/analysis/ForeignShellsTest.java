package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * PowerShell and cmd, beyond single cases: broken text, and text that hides something at its end.
 */
final class ForeignShellsTest {
    private static List<String> commands(String file, Shell shell) throws IOException {
        try (InputStream in =
                ForeignShellsTest.class.getResourceAsStream("/cases/analysis/" + file)) {
            assertThat(in).isNotNull();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Object document = new Load(LoadSettings.builder().build()).loadFromString(text);
            List<String> commands = new ArrayList<>();
            for (Object one : (List<?>) Flow.map(document).getOrDefault("cases", List.of())) {
                if (shell.wire().equals(Flow.map(one).get("shell"))) {
                    commands.add(String.valueOf(Flow.map(one).get("command")));
                }
            }
            assertThat(commands).hasSizeGreaterThan(50);
            return commands;
        }
    }

    private static List<Operation> operations(String command, Shell shell) {
        return new Analyzer(Facts.NONE, Fixture.GUARDED)
                .analyze(Fixture.command(command, "/w", shell))
                .operations();
    }

    private static void isNoBug(String command, Shell shell) {
        assertThat(operations(command, shell))
                .as(command)
                .isNotEmpty()
                .noneMatch(one -> one.summary().contains("this is a bug"));
    }

    @Test
    void brokenTextIsNeverABug() throws IOException {
        Random random = new Random(73);
        for (Shell shell : List.of(Shell.PWSH, Shell.CMD)) {
            String file = shell == Shell.PWSH ? "powershell.yaml" : "cmd.yaml";
            List<String> commands = commands(file, shell);
            for (String command : commands) {
                for (int i = 0; i < command.length(); i++) {
                    isNoBug(command.substring(0, i), shell);
                    isNoBug(command.substring(i), shell);
                }
                String other = commands.get(random.nextInt(commands.size()));
                int at = random.nextInt(command.length() + 1);
                isNoBug(command.substring(0, at) + other + command.substring(at), shell);
            }
        }
    }

    @Test
    void whatComesLaterIsNeverLost() throws IOException {
        for (String command : commands("powershell.yaml", Shell.PWSH)) {
            isSeen(command + "\nRemove-Item -Recurse -Force /etc", Shell.PWSH);
            if (command.indexOf('#') < 0) {
                isSeen(command + "; Remove-Item -Recurse -Force /etc", Shell.PWSH);
            }
        }
        for (String command : commands("cmd.yaml", Shell.CMD)) {
            isSeen(command + " & rd /s /q ..\\..\\etc", Shell.CMD);
        }
    }

    private static void isSeen(String command, Shell shell) {
        assertThat(operations(command, shell))
                .as(command)
                .anyMatch(one -> one.opaque() || one.risk() == RiskTier.CRITICAL);
    }

    @Test
    void longTextIsReadInLinearTime() {
        for (Shell shell : List.of(Shell.PWSH, Shell.CMD)) {
            for (String piece : List.of("a ", "'", "\"", "@'\n", "{", "| ", "; ", "^", "%a", "`")) {
                isNoBug(piece.repeat(4_000), shell);
            }
        }
    }
}
