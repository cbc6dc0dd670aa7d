package dev.countersign.audit;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Groups of short texts, and which groups have one that occurs in a longer text: found in one pass,
 * however many there are. The texts are ASCII, of two characters and more.
 */
final class Words {
    private static final int ASCII = 128;

    private record Word(String text, int group) {}

    /** By their first two characters. */
    private final Word[][] byStart = new Word[ASCII * ASCII][];

    /** With the texts of each group. */
    Words(List<List<String>> groups) {
        for (int group = 0; group < groups.size(); group++) {
            for (String text : groups.get(group)) {
                if (text.length() < 2 || !text.chars().allMatch(c -> c < ASCII)) {
                    throw new IllegalArgumentException("`" + text + "` is too short or no ASCII");
                }
                int start = start(text.charAt(0), text.charAt(1));
                List<Word> words = new ArrayList<>();
                if (byStart[start] != null) {
                    words.addAll(List.of(byStart[start]));
                }
                words.add(new Word(text, group));
                byStart[start] = words.toArray(Word[]::new);
            }
        }
    }

    private static int start(char first, char second) {
        return first * ASCII + second;
    }

    /** The groups of which the text holds something. */
    BitSet in(String text) {
        BitSet found = new BitSet();
        char first = ASCII;
        for (int i = 0; i < text.length(); i++) {
            char second = text.charAt(i);
            if (first < ASCII && second < ASCII) {
                Word[] words = byStart[start(first, second)];
                if (words != null) {
                    mark(words, text, i - 1, found);
                }
            }
            first = second;
        }
        return found;
    }

    private static void mark(Word[] words, String text, int at, BitSet found) {
        for (Word word : words) {
            if (text.startsWith(word.text, at)) {
                found.set(word.group);
            }
        }
    }
}
