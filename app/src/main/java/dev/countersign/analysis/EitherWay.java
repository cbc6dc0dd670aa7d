package dev.countersign.analysis;

import dev.countersign.call.Argument;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Options that take the next word on one system and are flags on another: {@code -S} is the suffix
 * of backups to the {@code cp} of GNU and keeps no holes in that of macOS. A command with one is
 * judged both ways, and the worse counts.
 */
final class EitherWay {
    private EitherWay() {}

    /**
     * The words without those flags, so that what stands behind them is read for itself.
     *
     * @param words the program and what it is given
     * @return null when there is none with a word behind it
     */
    static @Nullable List<Argument> withoutFlags(Tool tool, List<Argument> words) {
        if (tool.either().isEmpty()) {
            return null;
        }
        List<Argument> left = null;
        for (int i = 1; i < words.size(); i++) {
            String text = words.get(i).value();
            if ("--".equals(text)) {
                if (left != null) {
                    left.addAll(words.subList(i, words.size()));
                }
                break;
            }
            String rest = text == null ? null : without(tool, text);
            if (rest == null) {
                if (left != null) {
                    left.add(words.get(i));
                }
                continue;
            }
            if (left == null) {
                left = new ArrayList<>(words.subList(0, i));
            }
            if (rest.length() > 1) {
                Argument word = words.get(i);
                left.add(new Argument(rest, word.written(), word.glob(), word.source()));
            }
        }
        return left;
    }

    /** An option or a bundle without the letters that may be flags, or null when it has none. */
    private static @Nullable String without(Tool tool, String text) {
        if (text.length() < 2 || text.charAt(0) != '-') {
            return null;
        }
        if (tool.either().contains(text)) {
            return "-";
        }
        StringBuilder rest = new StringBuilder("-");
        boolean found = false;
        for (int k = 1; text.charAt(1) != '-' && k < text.length(); k++) {
            String letter = "-" + text.charAt(k);
            if (tool.either().contains(letter)) {
                found = true;
                continue;
            }
            rest.append(text.charAt(k));
            Tool.Option option = tool.options().get(letter);
            if (option == null) {
                option = tool.valued(letter);
            }
            if (option == null && found) {
                // What is no bundle is the value.
                return null;
            }
            if (option != null && option.role() != null) {
                rest.append(text, k + 1, text.length());
                break;
            }
        }
        return found ? rest.toString() : null;
    }
}
