package dev.countersign.audit.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where archives may be that somebody elsewhere names. */
@SuppressWarnings("NullAway.Init")
final class ArchivePlacesTest {
    private static final String NAME = "countersign-2026-01-0-4.jsonl";

    private @TempDir Path folder;
    private Path root;
    private Path outside;

    @BeforeEach
    void prepare() throws Exception {
        root = Files.createDirectory(folder.resolve("archives"));
        outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(root.resolve(NAME), "ours");
        Files.writeString(outside.resolve(NAME), "not ours");
    }

    private Optional<Path> found(Path... named) throws Refused {
        return ArchivePlaces.within(List.of(root), List.of(named)).find(NAME);
    }

    private void isElsewhere(Path named) {
        assertThatThrownBy(() -> found(named))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("is not among the archives");
    }

    @Test
    void aFolderAFileOrNothingIsNamed() throws Exception {
        assertThat(found()).contains(root.resolve(NAME));
        assertThat(found(root)).contains(root.resolve(NAME));
        assertThat(found(root.resolve(NAME))).contains(root.resolve(NAME));
        Path deeper = Files.createDirectories(root.resolve("2026"));
        assertThat(found(deeper)).isEmpty();
        assertThat(found(root.resolve("none"))).isEmpty();
        assertThat(ArchivePlaces.within(List.of(folder.resolve("no")), List.of()).find(NAME))
                .isEmpty();
    }

    @Test
    void whatLiesElsewhereIsNotLookedAt() {
        isElsewhere(outside);
        isElsewhere(outside.resolve("none"));
        isElsewhere(root.resolve("..").resolve("outside"));
        isElsewhere(folder.resolve("archives-too"));
    }

    @Test
    void noLinkLeadsOut() throws Exception {
        Files.createSymbolicLink(root.resolve("away"), outside);
        isElsewhere(root.resolve("away"));
        isElsewhere(root.resolve("away").resolve(NAME));
        Files.delete(root.resolve(NAME));
        Files.createSymbolicLink(root.resolve(NAME), outside.resolve(NAME));
        assertThat(found()).isEmpty();
        assertThat(found(root)).isEmpty();
        isElsewhere(root.resolve(NAME));
    }

    /** A folder may be made a link to elsewhere after it was looked at. */
    @Test
    void aLinkThatIsMadeMeanwhileLeadsNowhereEither() throws Exception {
        Path inner = Files.createDirectory(root.resolve("inner"));
        ArchivePlaces places = ArchivePlaces.within(List.of(root), List.of(inner));
        Files.delete(inner);
        Files.createSymbolicLink(inner, outside);
        assertThat(places.find(NAME)).isEmpty();
    }

    /** The operator's own: where the folder itself is a link, it is theirs. */
    @Test
    void theServersFolderMayBeALink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), root);
        ArchivePlaces places = ArchivePlaces.within(List.of(link), List.of(link));
        assertThat(places.find(NAME)).isPresent();
        assertThat(ArchivePlaces.anywhere(List.of(outside)).find(NAME)).isPresent();
    }
}
