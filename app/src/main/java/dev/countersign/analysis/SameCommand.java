package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Other names of the same sub-command, as the catalogue has them: {@code npm i} is {@code npm
 * install}, {@code docker container run} is {@code docker run}.
 */
public final class SameCommand {
    private static final int LONGEST = 2;

    private SameCommand() {}

    /** Found once, when a rule first asks. */
    private static final class Differing {
        static final Set<String> PROGRAMS =
                Catalogue.shipped().names().stream()
                        .filter(name ->
                                Catalogue.shipped().mentions(name, "aliases:")
                                        || Catalogue.shipped().mentions(name, "spellings:"))
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether sub-commands of a program may go by other names; told without reading all of it. */
    public static boolean mayDiffer(String program) {
        return Differing.PROGRAMS.contains(program);
    }

    /** The program whose sub-commands these are: {@code pip} for {@code pip3}. */
    public static String program(String program) {
        int end = program.length();
        while (end > 1 && "0123456789.".indexOf(program.charAt(end - 1)) >= 0) {
            end--;
        }
        String bare = program.substring(0, end);
        return bare.equals("pip") ? bare : program;
    }

    /**
     * The words behind a program with the name of its sub-command as the catalogue has it.
     *
     * @param words those that are no options, the sub-command first
     */
    public static List<String> plain(String program, List<String> words) {
        Tool tool = Catalogue.shipped().tool(program).orElse(null);
        if (tool == null) {
            return words;
        }
        List<String> plain = named(tool, words);
        for (int length = Math.min(LONGEST, plain.size()); length >= 0; length--) {
            String first = String.join(" ", plain.subList(0, length));
            String other = length == 0 && !plain.isEmpty() ? null : tool.spellings().get(first);
            if (other != null) {
                List<String> rest = new ArrayList<>();
                if (!other.isEmpty()) {
                    rest.addAll(List.of(other.split(" ", -1)));
                }
                rest.addAll(plain.subList(length, plain.size()));
                return named(tool, rest);
            }
        }
        return plain;
    }

    /**
     * Those of the words behind a program that every other spelling of the command has too: no
     * other name stands for them.
     *
     * @param words those that are no options, the sub-command first
     */
    public static List<String> kept(String program, List<String> words) {
        Tool tool = mayDiffer(program) ? Catalogue.shipped().tool(program).orElse(null) : null;
        if (tool == null) {
            return words;
        }
        List<String> kept = new ArrayList<>(plain(program, words));
        kept.retainAll(words);
        kept.removeIf(word -> standsForAnother(tool, word));
        return kept;
    }

    private static boolean standsForAnother(Tool top, String word) {
        for (String plain : top.spellings().values()) {
            if ((" " + plain + " ").contains(" " + word + " ")) {
                return true;
            }
        }
        for (Tool sub : top.subs().values()) {
            if (sub.names().containsValue(word)) {
                return true;
            }
        }
        return top.names().containsValue(word);
    }

    /** Each sub-command by its first name. */
    private static List<String> named(Tool top, List<String> words) {
        List<String> named = new ArrayList<>(words);
        Tool tool = top;
        for (int i = 0; i < words.size() && i < LONGEST; i++) {
            Map<String, String> names = tool.names();
            named.set(i, names.getOrDefault(words.get(i), words.get(i)));
            Tool sub = tool.subs().get(words.get(i));
            if (sub == null) {
                break;
            }
            tool = sub;
        }
        return named;
    }
}
