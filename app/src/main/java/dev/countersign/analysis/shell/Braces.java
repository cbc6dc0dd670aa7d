package dev.countersign.analysis.shell;

import dev.countersign.analysis.shell.Word.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brace expansion, which comes before every other and works on the text of a word. */
final class Braces {
    static final int MOST = 256;

    /** One unquoted character, or a part that stands as it is. */
    private record Item(char c, @Nullable Part part) {
        boolean is(char wanted) {
            return part == null && c == wanted;
        }
    }

    private boolean tooMany;

    private Braces() {}

    /** Whether there is anything to expand. */
    static boolean in(List<Part> parts) {
        for (Part part : parts) {
            if (part instanceof Part.Literal literal
                    && !literal.quoted()
                    && literal.text().indexOf('{') >= 0) {
                return true;
            }
        }
        return false;
    }

    /** The words a word stands for; null when there are more than {@link #MOST}. */
    static @Nullable List<List<Part>> expand(List<Part> parts) {
        List<Item> items = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Part.Literal literal && !literal.quoted()) {
                for (int i = 0; i < literal.text().length(); i++) {
                    items.add(new Item(literal.text().charAt(i), null));
                }
            } else {
                items.add(new Item('\0', part));
            }
        }
        if (items.size() > 2048) {
            return null;
        }
        Braces braces = new Braces();
        List<List<Item>> words = braces.words(items, 0);
        if (braces.tooMany) {
            return null;
        }
        List<List<Part>> expanded = new ArrayList<>();
        for (List<Item> word : words) {
            expanded.add(parts(word));
        }
        return expanded;
    }

    private static List<Part> parts(List<Item> items) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (Item item : items) {
            if (item.part() == null) {
                literal.append(item.c());
            } else {
                if (literal.length() > 0) {
                    parts.add(new Part.Literal(literal.toString(), false));
                    literal.setLength(0);
                }
                parts.add(item.part());
            }
        }
        if (literal.length() > 0) {
            parts.add(new Part.Literal(literal.toString(), false));
        }
        return parts;
    }

    private List<List<Item>> words(List<Item> items, int depth) {
        if (depth > 40) {
            tooMany = true;
        }
        int[] closing = closing(items);
        for (int open = 0; open < items.size() && !tooMany; open++) {
            int close = closing[open];
            if (close < 0) {
                continue;
            }
            List<Integer> commas = new ArrayList<>();
            for (int i = open + 1; i < close; i++) {
                if (closing[i] > 0) {
                    i = closing[i];
                } else if (items.get(i).is(',')) {
                    commas.add(i);
                }
            }
            List<List<Item>> middles = new ArrayList<>();
            if (commas.isEmpty()) {
                List<List<Item>> range = range(items.subList(open + 1, close));
                if (range == null) {
                    continue;
                }
                middles.addAll(range);
            } else {
                commas.add(close);
                int from = open + 1;
                for (int comma : commas) {
                    middles.addAll(words(items.subList(from, comma), depth + 1));
                    from = comma + 1;
                }
            }
            List<List<Item>> tails = words(items.subList(close + 1, items.size()), depth + 1);
            if ((long) middles.size() * tails.size() > MOST) {
                tooMany = true;
            }
            List<List<Item>> all = new ArrayList<>();
            for (List<Item> middle : middles) {
                for (List<Item> tail : tails) {
                    if (tooMany) {
                        return List.of();
                    }
                    List<Item> word = new ArrayList<>(items.subList(0, open));
                    word.addAll(middle);
                    word.addAll(tail);
                    all.add(word);
                }
            }
            return all;
        }
        return List.of(items);
    }

    /** For each opening brace the place of the one that closes it, otherwise -1. */
    private static int[] closing(List<Item> items) {
        int[] closing = new int[items.size()];
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < closing.length; i++) {
            closing[i] = -1;
            if (items.get(i).is('{')) {
                open.push(i);
            } else if (items.get(i).is('}') && !open.isEmpty()) {
                closing[open.pop()] = i;
            }
        }
        return closing;
    }

    private @Nullable List<List<Item>> range(List<Item> items) {
        StringBuilder text = new StringBuilder();
        for (Item item : items) {
            if (item.part() != null) {
                return null;
            }
            text.append(item.c());
        }
        String[] ends = text.toString().split("\\.\\.", -1);
        if (ends.length < 2 || ends.length > 3) {
            return null;
        }
        boolean numbers = Value.number(ends[0]) && Value.number(ends[1]);
        boolean letters =
                ends[0].length() == 1
                        && ends[1].length() == 1
                        && Character.isLetter(ends[0].charAt(0))
                        && Character.isLetter(ends[1].charAt(0));
        if ((!numbers && !letters) || (ends.length == 3 && !Value.number(ends[2]))) {
            return null;
        }
        long from = numbers ? Long.parseLong(ends[0]) : ends[0].charAt(0);
        long to = numbers ? Long.parseLong(ends[1]) : ends[1].charAt(0);
        long step = ends.length == 3 ? Math.max(1, Math.abs(Long.parseLong(ends[2]))) : 1;
        if (Math.abs(to - from) / step >= MOST) {
            tooMany = true;
            return null;
        }
        int width =
                numbers && (padded(ends[0]) || padded(ends[1]))
                        ? Math.max(ends[0].length(), ends[1].length())
                        : 0;
        List<List<Item>> words = new ArrayList<>();
        for (long at = from; from <= to ? at <= to : at >= to; at += from <= to ? step : -step) {
            String word = numbers ? Long.toString(at) : Character.toString((char) at);
            if (word.length() < width) {
                word = (at < 0 ? "-" : "") + "0".repeat(width - word.length()) + Math.abs(at);
            }
            List<Item> each = new ArrayList<>();
            for (int i = 0; i < word.length(); i++) {
                each.add(new Item(word.charAt(i), null));
            }
            words.add(each);
        }
        return words;
    }

    private static boolean padded(String number) {
        String digits = number.startsWith("-") ? number.substring(1) : number;
        return digits.length() > 1 && digits.startsWith("0");
    }
}
