package dev.countersign.analysis;

import java.util.List;
import java.util.Set;

/** Formatters and linters that write the files they are given, told by how they are called. */
final class Formatters {
    /** Write unless they are told to look only. */
    private static final Set<String> WRITERS =
            Set.of(
                    "black",
                    "isort",
                    "rustfmt",
                    "dprint",
                    "taplo",
                    "pyupgrade",
                    "stylua",
                    "phpcbf",
                    "pint",
                    "rufo",
                    "rector",
                    "swiftformat",
                    "scalafmt",
                    "scalafix",
                    "elm-format");

    /** Write only when told to by one of {@link #LETTERS}, and print otherwise. */
    private static final Set<String> BY_LETTER =
            Set.of(
                    "gofmt",
                    "gofumpt",
                    "goimports",
                    "shfmt",
                    "clang-format",
                    "cmake-format",
                    "ocamlformat",
                    "ormolu",
                    "fourmolu",
                    "autopep8",
                    "yapf",
                    "prettier",
                    "biome",
                    "buf",
                    "misspell",
                    "codespell",
                    "typos",
                    "rubocop",
                    "standardrb",
                    "erb_lint",
                    "slim-lint",
                    "haml-lint",
                    "ktlint",
                    "srb");

    private static final Set<String> LETTERS = Set.of("-w", "-i", "-a", "-A", "-F");

    private static final Set<String> WORDS =
            Set.of(
                    "--write",
                    "--fix",
                    "--apply",
                    "--in-place",
                    "--inplace",
                    "inplace",
                    "--write-changes",
                    "--autocorrect",
                    "--autocorrect-all",
                    "--auto-correct",
                    "--auto-correct-all",
                    "--reformat",
                    "--overwrite");

    /** Sub-commands and scripts that write, of tools that are no {@link #BY_LETTER}. */
    private static final Set<String> VERBS = Set.of("fmt", "format", "fix");

    private static final Set<String> LOOKING =
            Set.of(
                    "--check",
                    "--check-only",
                    "--diff",
                    "--dry-run",
                    "--lint",
                    "--list",
                    "--test",
                    "--verify-no-changes",
                    "-check",
                    "-c",
                    "--output=none");

    private Formatters() {}

    /** Whether a tool with these words writes the files among them. */
    static boolean write(String name, List<String> words) {
        boolean letters = BY_LETTER.contains(name);
        boolean writes = WRITERS.contains(name);
        for (String word : words) {
            if (LOOKING.contains(word)) {
                return false;
            }
            writes |= WORDS.contains(word);
            writes |= letters ? LETTERS.contains(word) : VERBS.contains(word);
        }
        return writes;
    }
}
