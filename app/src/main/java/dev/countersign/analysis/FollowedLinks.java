package dev.countersign.analysis;

import java.util.List;

/** Which programs read what the links below a folder lead to, when they are given the folder. */
final class FollowedLinks {
    private FollowedLinks() {}

    /** Whether a program with these words, its own name aside, follows links on its way down. */
    static boolean by(String name, List<String> words) {
        return switch (name) {
            case "grep", "egrep", "fgrep", "zgrep" -> given(words, 'R', "--dereference-recursive");
            case "rg", "ugrep" -> given(words, 'L', "--follow");
            case "ag", "ack" -> given(words, 'f', "--follow");
            case "tar", "bsdtar" -> given(words, 'h', "--dereference") || bundled(words);
            case "cp" -> given(words, 'L', "--dereference");
            case "rsync" ->
                    given(words, 'L', "--copy-links") || given(words, 'k', "--copy-dirlinks");
            case "zip" -> !given(words, 'y', "--symlinks");
            case "7z", "7za", "7zz" -> words.stream().noneMatch(word -> word.startsWith("-snl"));
            case "diff" -> !words.contains("--no-dereference");
            default -> false;
        };
    }

    private static boolean given(List<String> words, char letter, String option) {
        for (String word : words) {
            boolean cluster = word.length() > 1 && word.startsWith("-") && !word.startsWith("--");
            if ((cluster && word.indexOf(letter) > 0) || word.equals(option)) {
                return true;
            }
        }
        return false;
    }

    /** {@code tar chf x}: the first word is a bundle of letters. */
    private static boolean bundled(List<String> words) {
        return !words.isEmpty()
                && words.getFirst().indexOf('h') >= 0
                && words.getFirst().matches("[a-zA-Z]{1,12}");
    }
}
