package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Index files that git wrote, and damaged ones. */
final class GitIndexTest {
    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = GitIndexTest.class.getResourceAsStream("index/" + name + ".index")) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }

    @Test
    void everyVersionTellsWhatIsTracked() throws IOException {
        for (String version : List.of("v2", "v3", "v4")) {
            GitIndex index = GitIndex.parse(bytes(version)).orElseThrow();
            assertThat(index.size()).as(version).isEqualTo(version.equals("v3") ? 5 : 4);
            for (String path :
                    List.of(
                            "src",
                            "src/deep",
                            "src/deep/b.js",
                            "build",
                            "SRC/A.js",
                            "\u00e9.txt")) {
                assertThat(index.tracks(path)).as(version + " " + path).isTrue();
            }
            for (String path : List.of("sr", "src/deep/b.j", "src/deeper", "build/other", "a.js")) {
                assertThat(index.tracks(path)).as(version + " " + path).isFalse();
            }
            assertThat(index.tracks("later.txt")).isEqualTo(version.equals("v3"));
        }
    }

    @Test
    void patternsMeetNamesOfOneFolder() throws IOException {
        GitIndex index = GitIndex.parse(bytes("v4")).orElseThrow();
        assertThat(index.tracks("src", "*.js")).isTrue();
        assertThat(index.tracks("src", "de?p")).isTrue();
        assertThat(index.tracks("src", "*.ts")).isFalse();
        assertThat(index.tracks("", "b*")).isTrue();
        assertThat(index.tracks("", "x*")).isFalse();
    }

    @Test
    void aSparseFolderIsTrackedAsAWhole() throws IOException {
        GitIndex index = GitIndex.parse(bytes("sparse")).orElseThrow();
        assertThat(index.tracks("far")).isTrue();
        assertThat(index.tracks("far/deep/b.js")).isTrue();
        assertThat(index.tracks("farther")).isFalse();
    }

    @Test
    void longerHashesAreRead() throws IOException {
        assertThat(GitIndex.parse(bytes("sha256")).orElseThrow().tracks("x")).isTrue();
    }

    @Test
    void anIndexThatHoldsOnlyAPartIsNone() throws IOException {
        assertThat(GitIndex.parse(bytes("split"))).isEmpty();
    }

    @Test
    void whatIsCutOffIsNone() throws IOException {
        for (String version : List.of("v2", "v3", "v4", "sparse", "sha256")) {
            byte[] whole = bytes(version);
            for (int length = 0; length < whole.length; length++) {
                assertThat(GitIndex.parse(Arrays.copyOf(whole, length)))
                        .as(version + " cut at " + length)
                        .isEmpty();
            }
        }
    }

    @Test
    void damageIsNoticed() throws IOException {
        Random random = new Random(7);
        for (String version : List.of("v2", "v3", "v4", "sparse", "sha256")) {
            byte[] whole = bytes(version);
            for (int i = 0; i < 2_000; i++) {
                byte[] damaged = whole.clone();
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
                assertThat(GitIndex.parse(damaged)).as(version + " " + i).isEmpty();
            }
        }
    }

    @Test
    void damageWithoutAHashNeverThrows() throws IOException {
        Random random = new Random(8);
        for (String version : List.of("v2", "v3", "v4", "sparse")) {
            byte[] whole = bytes(version);
            Arrays.fill(whole, whole.length - 20, whole.length, (byte) 0);
            assertThat(GitIndex.parse(whole)).as(version).isPresent();
            for (int i = 0; i < 5_000; i++) {
                byte[] damaged = whole.clone();
                for (int n = random.nextInt(4); n >= 0; n--) {
                    damaged[random.nextInt(damaged.length - 20)] = (byte) random.nextInt(256);
                }
                GitIndex.parse(damaged)
                        .ifPresent(read -> assertThat(read.size()).isLessThanOrEqualTo(10));
            }
        }
    }
}
