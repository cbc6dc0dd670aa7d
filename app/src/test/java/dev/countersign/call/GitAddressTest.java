package dev.countersign.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The common form of a repository's addresses. */
final class GitAddressTest {
    @ParameterizedTest
    @CsvSource({
        "git@Example.com:org/shop.git, example.com/org/shop",
        "example.com:shop, example.com/shop",
        "git@example.com:/srv/git/shop.git/, example.com/srv/git/shop",
        "ssh://git@example.com:2222/org/shop.git, example.com/org/shop",
        "https://ana:geheim@example.com/org//shop.git, example.com/org/shop",
        "HTTPS://EXAMPLE.com/Org/shop, example.com/Org/shop",
        "http://[::1]:8080/shop.git, [::1]/shop",
        "file:///srv/git/shop.git, /srv/git/shop",
        "/srv/git/shop.git/, /srv/git/shop",
    })
    void isTheSameHoweverItIsReached(String written, String normal) {
        assertThat(GitAddress.normal(written)).contains(normal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "origin",
                "./shop",
                "../shop.git",
                "ext::sh -c x",
                "https://example.com/",
                "https://example.com/a/../b",
                "git@example.com:a/../../b",
                "ftp://example.com/shop",
                "/srv/../shop",
                "/",
                "https://example.com/a b",
            })
    void isNoneWhereItLeadsNowhereInParticular(String written) {
        assertThat(GitAddress.normal(written)).isEmpty();
    }
}
