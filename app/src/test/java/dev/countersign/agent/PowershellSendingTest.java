package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The sender for PowerShell, as far as a machine without PowerShell can tell: what its text holds,
 * and what shells make of the commands that run it. {@code tools/verify.d/50-powershell} runs it
 * where PowerShell is.
 */
final class PowershellSendingTest {
    private static final String URL = "http://127.0.0.1:7373";
    private static final String TEXT = sending().shipped();

    private static Sending sending() {
        return new Sending(
                Path.of("/home/o'neil/hooks/countersign-hook.ps1"),
                Path.of("/home/o'neil/hooks/codex.curl"),
                URL);
    }

    private static List<String> found(String pattern) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(TEXT)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    /** Windows PowerShell reads a file without a mark in the code page of the machine. */
    @Test
    void itIsAsciiAndClosesWhatItOpens() {
        assertThat(TEXT).matches("[\\x20-\\x7e\\n]+");
        String code = TEXT.replaceAll("(?m)^ *#.*$", "").replaceAll("'[^']*'", "''");
        for (String pair : List.of("{}", "()", "[]")) {
            assertThat(code.chars().filter(c -> c == pair.charAt(0)).count())
                    .as(pair)
                    .isEqualTo(code.chars().filter(c -> c == pair.charAt(1)).count());
        }
    }

    /** The one that is part of Windows is 5.1. */
    @Test
    void itHasNothingThatTheOldOneLacks() {
        String code = TEXT.replaceAll("(?m)^ *#.*$", "").replaceAll("'[^']*'", "''");
        assertThat(code)
                .doesNotContain("&&", "||", "??", "?.", " ? ", "-SkipHttp", "-AsByteStream");
        assertThat(code).doesNotContain("$Event", "$Input", "$Host ", "$Args", "$PID ");
    }

    /** Who comes back without the process having ended is refused, so there is one way out. */
    @Test
    void everyWayOutIsTheSame() {
        assertThat(found("(?i)^[^#\\n]*\\b(exit|return|throw|break|continue)\\b(?!\\()"))
                .allSatisfy(line -> assertThat(line).contains("[Environment]::Exit"));
        assertThat(found("Environment]::Exit")).hasSize(1);
        assertThat(found("Leave 0")).hasSize(5);
        assertThat(TEXT.strip()).endsWith("Refuse 'its sender failed'\n}\nLeave 2");
        assertThat(found("(?i)catch \\{ *}"))
                .as("of the token, of old protocols, and while refusing")
                .hasSize(3);
        assertThat(TEXT).contains("$ErrorActionPreference = 'Stop'");
    }

    /** Nothing is waited for without the time that is left. */
    @Test
    void everyWaitHasTheDeadline() {
        assertThat(found("\\.Wait\\([^\\n]*"))
                .hasSize(3)
                .allSatisfy(wait -> assertThat(wait).startsWith(".Wait((Remaining))"));
        assertThat(TEXT).doesNotContain(".ReadToEnd(", ".GetResponse(", "Invoke-WebRequest");
        assertThat(TEXT).contains("$http.Timeout", "AllowAutoRedirect = $false");
    }

    /** It says what the other one says. */
    @Test
    void theWordsAreThoseOfTheOtherSender() {
        String other = new Sending(Path.of("/h/countersign-hook"), Path.of("/c"), URL).shipped();
        for (String words :
                List.of(
                        "Countersign could not judge this: ",
                        "The call was not run; this is not a policy decision.",
                        "the file with its token cannot be read; run: countersign connect ",
                        "a person can start it with: countersign serve",
                        "the server refuses the token of this wiring; run: countersign connect ",
                        "the server answered with status ",
                        "its answer could not be handed over",
                        "is none of ours",
                        "X-Countersign-Sender",
                        "X-Countersign-Cwd",
                        "/hooks/")) {
            assertThat(TEXT).contains(words);
            assertThat(other).contains(words);
        }
    }

    /** cmd, PowerShell and a POSIX shell each take something within double quotes for their own. */
    @ParameterizedTest
    @EnumSource(
            value = Sending.Form.class,
            names = {"EXIT", "DECISION", "QUIET"})
    void whateverShellReadsTheCommandReadsTheSame(Sending.Form form) {
        String command = sending().command("codex", "PreToolUse", form, 3_600);
        assertThat(Sending.server(command)).hasValue(URL);
        assertThat(command)
                .startsWith("pwsh -NoProfile -NonInteractive -InputFormat None ")
                .doesNotContain("csa_");
        String quoted = command.substring(command.indexOf('"') + 1, command.lastIndexOf('"'));
        assertThat(quoted).doesNotContainPattern("[\"$`%!\\\\]");
        assertThat(quoted).contains("'/home/o''neil/hooks/countersign-hook.ps1'", "'3580'");
        assertThat(quoted)
                .endsWith(form == Sending.Form.QUIET ? "; exit 0" : "; exit 2")
                .contains("} catch { }; ");
    }

    @Test
    void aClientsOwnFileCancels() {
        assertThat(sending().powershellFile("cline", "PreToolUse", Sending.Form.CANCEL, 120))
                .startsWith("try { & '/home/o''neil/")
                .contains(" 'cancel' ")
                .contains("\n'{\"cancel\":true,\"errorMessage\":\"Countersign could not judge");
    }

    @Test
    void aFolderThatAShellWouldReadIsRefused() {
        for (String folder : List.of("/home/$x", "/home/%x%", "/home/`x`", "/home/x\"y")) {
            assertThatThrownBy(() ->
                            new Sending(Path.of(folder, Sending.POWERSHELL), Path.of("/c"), URL))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no command for PowerShell");
        }
    }

    @Test
    void clientsThatSayWhichShellGetTheirs() {
        Setup.Homes homes =
                new Setup.Homes(
                        Path.of("/h"), Path.of("/p"), "linux", _ -> java.util.Optional.empty());
        assertThat(layout("copilot", homes)).contains("\"powershell\" : \"pwsh");
        assertThat(layout("windsurf", homes)).containsIgnoringWhitespaces("\"powershell\":\"pwsh");
        assertThat(
                        Clients.named("cline")
                                .flatMap(Client::setup)
                                .orElseThrow()
                                .layout()
                                .at(Setup.Level.USER, homes, sending())
                                .getFirst()
                                .file())
                .hasFileName("PreToolUse.ps1");
    }

    private static String layout(String client, Setup.Homes homes) {
        Setup.Part part =
                Clients.named(client)
                        .flatMap(Client::setup)
                        .orElseThrow()
                        .layout()
                        .at(Setup.Level.USER, homes, sending())
                        .getFirst();
        return switch (part.content()) {
            case Setup.Content.Whole whole -> whole.text();
            case Setup.Content.Entries entries -> entries.hooks().toString();
            case Setup.Content.Lines lines -> lines.end();
        };
    }
}
