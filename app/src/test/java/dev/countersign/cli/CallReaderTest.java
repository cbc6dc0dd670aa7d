package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.config.Surroundings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CallReaderTest {
    private static final Surroundings AROUND =
            new Surroundings(
                    Map.of("SECRET", "x"),
                    Path.of("/home/ana"),
                    Path.of("/home/ana/app"),
                    "linux",
                    Clock.systemUTC());

    private static CallReader.Request read(String standard, String line) throws Json.Broken {
        return new CallReader(Json.readObject(standard), AROUND).read(Json.readObject(line));
    }

    @Test
    void aBareCommandIsTheShellToolOfThisCommandLine() throws Json.Broken {
        ToolCall expected =
                new ToolCall(
                        "cli",
                        "Bash",
                        Json.object().put("command", "ls"),
                        new Context(
                                "/home/ana/app",
                                "/home/ana/app",
                                "/home/ana",
                                Shell.BASH,
                                "linux",
                                Map.of()),
                        Subject.local("cli"),
                        null,
                        null,
                        null);
        assertThat(read("{}", "{\"command\":\"ls\"}"))
                .isEqualTo(new CallReader.Request(expected, Optional.empty()));
    }

    @Test
    void everythingThatIsKnownIsTaken() throws Json.Broken {
        String line =
                """
                {"client":"gemini","tool":"run_shell_command","input":{"command":"dir"},
                 "cwd":"C:\\\\w\\\\src","workspace":"C:\\\\w","agent":"m","shell":"pwsh",
                 "platform":"windows","home":"C:\\\\Users\\\\m","environment":{"A":"b"},
                 "session":"s","at":"2026-01-01T00:00:00Z","unknown":true}\
                """;
        ToolCall expected =
                new ToolCall(
                        "gemini",
                        "run_shell_command",
                        Json.object().put("command", "dir"),
                        new Context(
                                "C:\\w\\src",
                                "C:\\w",
                                "C:\\Users\\m",
                                Shell.PWSH,
                                "windows",
                                Map.of("A", "b")),
                        Subject.local("m"),
                        "s",
                        "s",
                        null);
        assertThat(read("{}", line))
                .isEqualTo(
                        new CallReader.Request(
                                expected, Optional.of(Instant.parse("2026-01-01T00:00:00Z"))));
    }

    @Test
    void directoriesOfTheCommandLineAndOfALineAreNotMixed() throws Json.Broken {
        String standard = "{\"cwd\":\"/a/b\",\"workspace\":\"/a\",\"agent\":\"m\"}";
        Context context = read(standard, "{\"command\":\"ls\",\"cwd\":\"/c/d\"}").call().context();
        assertThat(context.cwd()).isEqualTo("/c/d");
        assertThat(context.workspace()).isEqualTo("/c/d");
        assertThat(read(standard, "{\"command\":\"ls\"}").call().context().workspace())
                .isEqualTo("/a");
    }

    @Test
    void relativeDirectoriesCountFromHere() throws Json.Broken {
        Context context =
                read("{\"workspace\":\"../lib\"}", "{\"command\":\"ls\"}").call().context();
        assertThat(context.workspace()).isEqualTo("/home/ana/lib");
        assertThat(context.cwd()).isEqualTo("/home/ana/lib");
    }
}
