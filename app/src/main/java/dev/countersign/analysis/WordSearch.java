package dev.countersign.analysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Whether any of many words stands in a text, found in one pass over it however many words there
 * are: the automaton of Aho and Corasick, <i>Efficient String Matching</i>, CACM 18 (1975).
 *
 * <p>Words are of printable ASCII; whatever else stands in a text ends every word.
 */
final class WordSearch {
    /** The printable ASCII characters, and one column for everything else. */
    private static final int LETTERS = 0x7f - ' ' + 1;

    private static final int OTHER = LETTERS - 1;

    /** The state after a letter, for each state and letter; {@link #FOUND} where a word ends. */
    private final int[] next;

    private static final int FOUND = -1;

    /**
     * @param words none empty, in the case they are looked for
     * @throws IllegalArgumentException for a word that is not of printable ASCII
     */
    WordSearch(Collection<String> words) {
        List<int[]> states = new ArrayList<>();
        states.add(new int[LETTERS]);
        for (String word : words) {
            add(states, word);
        }
        int[] failure = new int[states.size()];
        Deque<Integer> open = new ArrayDeque<>();
        open.add(0);
        while (!open.isEmpty()) {
            int state = open.remove();
            int[] row = states.get(state);
            int[] shorter = states.get(failure[state]);
            for (int letter = 0; letter < LETTERS; letter++) {
                int to = row[letter];
                if (to > 0) {
                    failure[to] = state == 0 ? 0 : shorter[letter];
                    if (failure[to] == FOUND) {
                        row[letter] = FOUND;
                    } else {
                        open.add(to);
                    }
                } else if (to == 0) {
                    row[letter] = state == 0 ? 0 : shorter[letter];
                }
            }
        }
        next = new int[states.size() * LETTERS];
        for (int state = 0; state < states.size(); state++) {
            System.arraycopy(states.get(state), 0, next, state * LETTERS, LETTERS);
        }
    }

    private static void add(List<int[]> states, String word) {
        if (word.isEmpty()) {
            throw new IllegalArgumentException("a word to look for is empty");
        }
        int state = 0;
        for (int i = 0; i < word.length(); i++) {
            int letter = letter(word.charAt(i));
            if (letter == OTHER) {
                throw new IllegalArgumentException("not of printable ASCII: " + word);
            }
            int to = states.get(state)[letter];
            if (to == FOUND) {
                // A shorter word is found before this one ends.
                return;
            }
            if (i == word.length() - 1) {
                states.get(state)[letter] = FOUND;
            } else if (to == 0) {
                to = states.size();
                states.add(new int[LETTERS]);
                states.get(state)[letter] = to;
            }
            state = to;
        }
    }

    static WordSearch of(String... words) {
        return new WordSearch(Arrays.asList(words));
    }

    boolean findsIn(String text) {
        int state = 0;
        for (int i = 0; i < text.length(); i++) {
            state = next[state * LETTERS + letter(text.charAt(i))];
            if (state == FOUND) {
                return true;
            }
        }
        return false;
    }

    private static int letter(char c) {
        return c >= ' ' && c < 0x7f ? c - ' ' : OTHER;
    }
}
