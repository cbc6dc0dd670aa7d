package dev.countersign.policy.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns what other programs write about commands into command patterns of ours. */
final class CommandText {
    private static final String OPERATORS = "|&;\n";
    private static final String REDIRECTIONS = "<>";
    private static final String EXPANSIONS = "$`(){}\\";

    private final boolean permissive;
    private final boolean questionIsWild;
    private final Sketch.Part part;

    /**
     * For one rule.
     *
     * @param permissive whether the rule allows: then nothing may become wider
     * @param questionIsWild whether a question mark stands for any character there too
     * @param part what is said of the rule
     */
    CommandText(boolean permissive, boolean questionIsWild, Sketch.Part part) {
        this.permissive = permissive;
        this.questionIsWild = questionIsWild;
        this.part = part;
    }

    /** A word as written and whether quotes stood around it. */
    private record Word(String text, boolean quoted) {
        boolean holds(String characters) {
            return text.chars().anyMatch(c -> characters.indexOf(c) >= 0);
        }
    }

    /**
     * A text in which {@code *} is any text, spaces included, and a final {@code *} may be nothing.
     *
     * @return none when it cannot be said here; the part says why
     */
    List<String> glob(String source) {
        String text = source.strip();
        if (text.isEmpty() || text.equals("*")) {
            return List.of("*");
        }
        Optional<List<Word>> split = split(text);
        if (split.isEmpty()) {
            return refused("a quote in it does not end");
        }
        List<Word> words = new ArrayList<>(split.get());
        for (Word word : words) {
            if (!word.quoted && word.holds(OPERATORS)) {
                return refused(
                        "it joins commands; here each command of a chain is judged by itself");
            }
            if (permissive && word.text.contains("?") && !questionIsWild) {
                return refused("`?` stands for any character here");
            }
        }
        if (words.getFirst().text.matches("[A-Za-z_][A-Za-z_0-9]*=.*")) {
            if (permissive) {
                return refused("an allow covers no assignment in front of a command here");
            }
            part.widen("the assignment in front is left out, so the command is caught without it");
            words.removeFirst();
        }
        if (!plain(words) || words.isEmpty()) {
            return words.isEmpty() ? refused("no command is left of it") : List.of();
        }
        return permissive ? permissive(words) : restrictive(words);
    }

    /** Takes shell syntax out of a restrictive pattern; none of it may stand in a permissive. */
    private boolean plain(List<Word> words) {
        for (int i = 0; i < words.size(); i++) {
            Word word = words.get(i);
            if (word.quoted || !word.holds(REDIRECTIONS + EXPANSIONS)) {
                continue;
            }
            if (permissive || i == 0) {
                refused("more than words stands in it, and an allow covers words only here", i);
                return false;
            }
            if (word.holds(REDIRECTIONS)) {
                words.subList(i, words.size()).clear();
                words.add(new Word("*", false));
                part.widen("the redirection is left out, so the command is caught without it too");
                return true;
            }
            words.set(i, new Word("*", false));
            part.widen("`" + word.text + "` is read as any words");
        }
        return true;
    }

    private List<String> permissive(List<Word> words) {
        Word last = words.getLast();
        List<String> out = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            Word word = words.get(i);
            boolean end = i == words.size() - 1;
            if (word.text.contains("*") && !end) {
                part.say("a `*` in the middle stands for one word, or a part of one, here");
            } else if (end
                    && word.text.contains("*")
                    && word.text.indexOf('*') < word.text.length() - 1) {
                part.say("a `*` in the middle of a word stays in it here");
            }
            // Alone and in quotes it is one word, and no more.
            out.add(word.quoted && word.text.equals("*") ? "**" : quoted(word.text));
        }
        if (!last.quoted && last.text.length() > 1 && last.text.endsWith("*")) {
            out.add("*");
        }
        return List.of(String.join(" ", out));
    }

    private List<String> restrictive(List<Word> words) {
        Word first = words.getFirst();
        if (words.size() == 1 && first.text.startsWith("*") && first.text.endsWith("*")) {
            // Any command with that somewhere: as its program or in one of its words.
            return List.of(first.text + " *", "* * " + first.text + " *");
        }
        if (first.text.length() > 1 && first.text.startsWith("*")) {
            return refused("it starts in the middle of a word, which cannot be said here");
        }
        List<String> out = new ArrayList<>();
        boolean open = false;
        for (int i = 0; i < words.size(); i++) {
            String text = words.get(i).text;
            boolean end = i == words.size() - 1;
            int star = text.indexOf('*');
            if (text.equals("*")) {
                open = end;
                if (!end) {
                    out.add("*");
                    if (i == 0) {
                        out.add("*");
                    }
                }
                continue;
            }
            if (star < 0) {
                out.add(quoted(text));
                continue;
            }
            boolean tail = end && star == text.length() - 1;
            if (!tail) {
                part.widen(
                        "`*` may stand for several words there, so everything that starts like `"
                                + String.join(" ", out)
                                + (out.isEmpty() ? "" : " ")
                                + text.substring(0, star + 1)
                                + "` is caught");
            }
            if (!text.startsWith("-") || tail) {
                out.add(quoted(text.substring(0, star + 1)));
            }
            open = true;
            break;
        }
        if (open) {
            out.add("*");
        } else {
            part.widen("the same with further arguments is caught too");
        }
        return List.of(String.join(" ", out));
    }

    /**
     * Words taken as they are, with any further arguments.
     *
     * @return empty when that cannot be said here; the part says why
     */
    Optional<String> prefix(List<String> words) {
        List<String> out = new ArrayList<>();
        for (String word : words) {
            if (word.contains("*") || word.contains("?")) {
                if (permissive) {
                    refused("`*` and `?` stand for other characters here");
                    return Optional.empty();
                }
                part.widen("`*` and `?` stand for other characters here, so more is caught");
            }
            if (word.indexOf('\'') >= 0 && word.indexOf('"') >= 0) {
                if (permissive) {
                    refused("a word with both kinds of quotes cannot be written here");
                    return Optional.empty();
                }
                part.widen("the quotes in a word are read as any characters");
            }
            out.add(quoted(word));
        }
        out.add("*");
        return Optional.of(String.join(" ", out));
    }

    private List<String> refused(String why) {
        part.say(why);
        return List.of();
    }

    private void refused(String why, int place) {
        part.say(place == 0 ? "its program is not a plain word" : why);
    }

    /** A word as it stands in a pattern. */
    static String quoted(String word) {
        if (!word.isEmpty() && word.chars().noneMatch(c -> c == ' ' || c == '\'' || c == '"')) {
            return word;
        }
        if (word.indexOf('\'') < 0) {
            return "'" + word + "'";
        }
        if (word.indexOf('"') < 0) {
            return '"' + word + '"';
        }
        return "'" + word.replace('\'', '?') + "'";
    }

    private static Optional<List<Word>> split(String text) {
        List<Word> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean in = false;
        boolean quoted = false;
        char quote = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? ' ' : text.charAt(i);
            if (quote != 0 && i < text.length()) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                in = true;
                quoted = true;
            } else if (c == ' ') {
                if (in) {
                    words.add(new Word(word.toString(), quoted));
                    word.setLength(0);
                    in = false;
                    quoted = false;
                }
            } else {
                word.append(c);
                in = true;
            }
        }
        return quote == 0 ? Optional.of(words) : Optional.empty();
    }
}
