package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.agent.ClaudeCodeSettings.Entries;
import dev.countersign.agent.SettingsFiles.Change;
import dev.countersign.agent.SettingsFiles.Edit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SettingsFilesTest {
    private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");
    private static final Entries ENTRIES = new Entries("http://127.0.0.1:7373", true, "cs_secret");
    private static final Edit ADD = text -> ClaudeCodeSettings.with(text, ENTRIES);
    private static final Edit REMOVE = ClaudeCodeSettings::without;

    @TempDir private Path folder;

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }

    @Test
    void aSecondRunChangesNothingAndMakesNoSecondBackup() throws Exception {
        Path file = Files.writeString(folder.resolve("settings.json"), "{\"model\": \"opus\"}");

        Change first = SettingsFiles.edit(file, true, NOW, ADD);
        String after = Files.readString(file);
        Change second = SettingsFiles.edit(file, true, NOW.plusSeconds(9), ADD);

        assertThat(first.changed()).isTrue();
        assertThat(first.backup()).hasContent("{\"model\": \"opus\"}");
        assertThat(second.changed()).isFalse();
        assertThat(Files.readString(file)).isEqualTo(after);
        assertThat(names())
                .containsExactly(
                        "settings.json", "settings.json.countersign-backup-20261121T040000000Z");
    }

    @Test
    void whatHoldsATokenIsForItsOwnerOnlyAndOtherPermissionsStay() throws Exception {
        Path shared = Files.writeString(folder.resolve("a.json"), "{}");
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rw-rw-r--"));

        SettingsFiles.edit(shared, false, NOW, text -> text.replace("{}", "{ }"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)))
                .isEqualTo("rw-rw-r--");
        SettingsFiles.edit(shared, true, NOW, ADD);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)))
                .isEqualTo("rw-------");
    }

    @Test
    void anUntouchedFileComesBackByteForByteWithItsPermissions() throws Exception {
        Path file = folder.resolve("settings.json");
        Files.writeString(file, "{\r\n\t\"a\" : 1 }");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        SettingsFiles.edit(file, true, NOW, ADD);

        Change change = SettingsFiles.restore(file, NOW, ADD, REMOVE);

        assertThat(change.changed()).isTrue();
        assertThat(file).hasContent("{\r\n\t\"a\" : 1 }");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        assertThat(names()).containsExactly("settings.json");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.countersign.agent.ClaudeCodeSettingsTest#settings")
    void everyKindOfTextComesBackByteForByte(String name, String before) throws Exception {
        for (String text : List.of(before, before.strip(), "", "\n", "{\n}\n", "{ }")) {
            Path file = Files.writeString(folder.resolve("settings.json"), text);
            SettingsFiles.edit(file, true, NOW, ADD);
            assertThat(Files.readString(file)).isNotEqualTo(text);

            SettingsFiles.restore(file, NOW, ADD, REMOVE);

            assertThat(Files.readString(file)).isEqualTo(text);
            assertThat(names()).containsExactly("settings.json");
        }
    }

    @Test
    void aFileThatWasNotThereGoesAway() throws Exception {
        Path file = folder.resolve("deep/er/settings.json");
        SettingsFiles.edit(file, true, NOW, ADD);

        assertThat(SettingsFiles.restore(file, NOW, ADD, REMOVE).changed()).isTrue();
        assertThat(file).doesNotExist();
    }

    @Test
    void whatSomebodyAddedSinceIsKept() throws Exception {
        Path file = Files.writeString(folder.resolve("settings.json"), "{\n  \"a\": 1\n}\n");
        SettingsFiles.edit(file, true, NOW, ADD);
        Files.writeString(file, Files.readString(file).replace("\"a\": 1", "\"a\": 2"));

        SettingsFiles.restore(file, NOW.plusSeconds(1), ADD, REMOVE);

        assertThat(file).hasContent("{\n  \"a\": 2\n}\n");
    }

    @Test
    void takingOutWhatIsNotThereChangesNothing() throws Exception {
        Path file = Files.writeString(folder.resolve("settings.json"), "{\"a\": 1}");

        assertThat(SettingsFiles.restore(file, NOW, ADD, REMOVE).changed()).isFalse();
        assertThat(SettingsFiles.restore(folder.resolve("none"), NOW, ADD, REMOVE).changed())
                .isFalse();
        assertThat(names()).containsExactly("settings.json");
    }

    @Test
    void aLinkedFileStaysLinked() throws Exception {
        Path real = Files.writeString(folder.resolve("dotfiles.json"), "{}");
        Path link = Files.createSymbolicLink(folder.resolve("settings.json"), real);

        SettingsFiles.edit(link, true, NOW, ADD);

        assertThat(link).isSymbolicLink();
        assertThat(Files.readString(real)).contains("cs_secret");
    }

    @Test
    void aFileThatCannotBeReadIsLeftAlone() throws Exception {
        Path binary = Files.write(folder.resolve("b.json"), new byte[] {'{', (byte) 0xff, '}'});

        assertThatThrownBy(() -> SettingsFiles.edit(binary, true, NOW, ADD))
                .isInstanceOf(IOException.class)
                .hasMessage("it is not UTF-8 text");
        assertThat(Files.readAllBytes(binary)).containsExactly('{', 0xff, '}');
    }
}
