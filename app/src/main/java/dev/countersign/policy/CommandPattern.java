package dev.countersign.policy;

import dev.countersign.analysis.SameCommand;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A pattern over simple commands, word by word.
 *
 * @param text as written
 * @param words the words, without a final {@code *}
 * @param open whether a final {@code *} lets any further arguments follow
 * @param script the same script run by itself, where this one gives it to an interpreter; or null
 */
record CommandPattern(
        String text, List<Glob> words, boolean open, @Nullable CommandPattern script) {
    /** The most words that name a sub-command. */
    private static final int SUB_COMMAND = 2;

    CommandPattern {
        words = List.copyOf(words);
    }

    static Optional<String> problem(String text) {
        if (!Glob.writable(text) || text.length() > 1000) {
            return Optional.of(
                    "a command pattern is longer than 1000 characters or holds a control"
                            + " character");
        }
        Optional<List<String>> words = split(text);
        if (words.isEmpty()) {
            return Optional.of("`" + text + "` has a quote that does not end");
        }
        if (words.get().isEmpty()) {
            return Optional.of("a command pattern is empty; expected such as `npm run build`");
        }
        if (ASSIGNMENT.matcher(words.get().getFirst()).matches()) {
            return Optional.of(
                    "`"
                            + text
                            + "` begins with an assignment, which is no word of the command, so it"
                            + " never matches; leave the assignment out");
        }
        if (redirects(text)) {
            return Optional.of(
                    "`"
                            + text
                            + "` has a redirection, which is no word of the command, so it never"
                            + " matches; restrict the file by `path`, or quote the word if it is"
                            + " meant as such");
        }
        for (String word : words.get()) {
            if (word.equals("&&")
                    || word.equals("||")
                    || word.equals("|")
                    || word.equals(";")
                    || word.equals("&")) {
                return Optional.of(
                        "`"
                                + text
                                + "` joins commands with `"
                                + word
                                + "`; expected one simple command, each part of a chain is judged"
                                + " by itself");
            }
        }
        return Optional.empty();
    }

    private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*\\+?=.*");

    private static final Pattern REDIRECTION = Pattern.compile(" (?:[0-9]*|&)(?:>|<(?!\\())");

    /** Whether a word outside quotes begins as a redirection does. */
    private static boolean redirects(String text) {
        StringBuilder bare = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
                bare.append('_');
            } else {
                quote = c == '\'' || c == '"' ? c : 0;
                bare.append(quote == 0 ? c : '_');
            }
        }
        return REDIRECTION.matcher(bare).find();
    }

    static CommandPattern of(String text) {
        List<String> words = new ArrayList<>(split(text).orElse(List.of(text)));
        boolean open = !words.isEmpty() && words.getLast().equals("*");
        if (open) {
            words.removeLast();
        }
        return of(text, words.stream().map(Glob::word).toList(), open);
    }

    private static CommandPattern of(String text, List<Glob> words, boolean open) {
        // An option in front may be what the rule is about, so it is no script by itself then.
        boolean script =
                words.size() > 1
                        && ScriptRun.interpreter(base(words.getFirst().toString()))
                        && !words.get(1).blank()
                        && !words.get(1).toString().startsWith("-");
        return new CommandPattern(
                text, words, open, script ? of(text, words.subList(1, words.size()), open) : null);
    }

    /** The words of a plain command, quotes taken off; empty when a quote does not end. */
    static Optional<List<String>> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean in = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                in = true;
            } else if (c == ' ') {
                if (in) {
                    words.add(word.toString());
                    word.setLength(0);
                    in = false;
                }
            } else {
                word.append(c);
                in = true;
            }
        }
        if (quote != 0) {
            return Optional.empty();
        }
        if (in) {
            words.add(word.toString());
        }
        return Optional.of(words);
    }

    /** Literal runs that some word of every command it matches holds. */
    List<String> pieces() {
        if (script != null) {
            return script.pieces();
        }
        if (words.isEmpty()) {
            return List.of();
        }
        // The same program elsewhere counts too, and its name with another ending.
        String program = SameCommand.program(base(words.getFirst().toString()));
        List<String> pieces = new ArrayList<>(Glob.word(program).pieces());
        if (pieces.isEmpty()) {
            return List.of();
        }
        List<Glob> places =
                words.stream().skip(1).filter(word -> !word.toString().startsWith("-")).toList();
        boolean known = words.getFirst().literal();
        List<String> names = known ? names(places) : List.of();
        SameCommand.kept(program, names).forEach(name -> pieces.addAll(Glob.word(name).pieces()));
        // What stands where a sub-command does may go by another name.
        boolean differs = !known || SameCommand.mayDiffer(program);
        for (int i = names.size(); i < places.size(); i++) {
            if (!differs || i >= SUB_COMMAND) {
                pieces.addAll(places.get(i).pieces());
            }
        }
        return pieces;
    }

    /** What stands in front of the first word with a wildcard. */
    private static List<String> names(List<Glob> words) {
        List<String> names = new ArrayList<>();
        for (Glob glob : words) {
            if (!glob.literal()) {
                break;
            }
            names.add(glob.toString());
        }
        return names;
    }

    /** Whether any command at all may be meant: the program is not named. */
    boolean blank() {
        return words.isEmpty() || words.getFirst().blank() || !words.getFirst().literal();
    }

    /** Whether it has no wildcard: then it names all it speaks about. */
    boolean exact() {
        return !open && words.stream().allMatch(Glob::literal);
    }

    /** The literal words: what a permissive rule names. */
    boolean names(String word) {
        return words.stream().skip(1).anyMatch(g -> g.literal() && g.toString().equals(word));
    }

    List<Glob> literals() {
        return words.stream().skip(1).filter(Glob::literal).toList();
    }

    /**
     * Whether a permissive rule covers exactly this command.
     *
     * @param further whether more arguments than the pattern names are meant too
     */
    boolean covers(CommandLine command, boolean further) {
        if (assigned(command)) {
            return false;
        }
        List<Argument> all = command.words();
        int program = 0;
        if (command.wrapper() != null) {
            for (CommandLine c = command.wrapper(); c != null; c = c.wrapper()) {
                program += c.words().size();
            }
            // A wildcard names neither a wrapper nor what runs in it.
            if (words.size() <= program) {
                return false;
            }
            all = flat(command);
            for (int i = 0; i <= program; i++) {
                if (!words.get(i).literal()) {
                    return false;
                }
            }
        }
        if (all.size() < words.size() || (all.size() > words.size() && !open && !further)) {
            return false;
        }
        for (int i = 0; i < all.size(); i++) {
            String value = all.get(i).value();
            if (value == null || (i < words.size() && !words.get(i).matches(value))) {
                return false;
            }
        }
        return !all.isEmpty();
    }

    private static boolean assigned(CommandLine command) {
        for (CommandLine c = command; c != null; c = c.wrapper()) {
            if (c.assignments()) {
                return true;
            }
        }
        return false;
    }

    private static List<Argument> flat(CommandLine command) {
        int wrappers = 0;
        for (CommandLine c = command.wrapper(); c != null; c = c.wrapper()) {
            wrappers++;
        }
        return joined(command, wrappers);
    }

    /**
     * Whether a restrictive rule touches this command, in whatever spelling: a script is the same
     * command by itself and with whatever interpreter.
     */
    boolean touches(CommandLine command) {
        return touchesAsWritten(command) || (script != null && script.touches(command));
    }

    private boolean touchesAsWritten(CommandLine command) {
        if (words.isEmpty()) {
            return true;
        }
        int wrappers = -1;
        for (CommandLine c = command; c != null; c = c.wrapper()) {
            wrappers++;
            if (c.words().isEmpty()) {
                continue;
            }
            String program = c.words().getFirst().value();
            if (program == null) {
                return true;
            }
            String name = base(program);
            if (isProgram(program, name) && fits(name, joined(command, wrappers))) {
                return true;
            }
            if (ScriptRun.interpreter(name) && runsScript(joined(command, wrappers))) {
                return true;
            }
        }
        return false;
    }

    /** Whether an interpreter is given the script this speaks about. */
    private boolean runsScript(List<Argument> command) {
        for (List<Argument> script : ScriptRun.scripts(command)) {
            String program = script.getFirst().value();
            // A script nobody can name may be any file, and is not every program.
            if (program == null
                    ? operand(words.getFirst().toString()) && fits("", script)
                    : isProgram(program, base(program)) && fits(base(program), script)) {
                return true;
            }
        }
        return false;
    }

    /** The words from a wrapper to the innermost command, {@code wrappers} further in. */
    private static List<Argument> joined(CommandLine inner, int wrappers) {
        if (wrappers == 0) {
            return inner.words();
        }
        List<Argument> all = new ArrayList<>();
        List<CommandLine> lines = new ArrayList<>();
        CommandLine next = inner;
        for (int i = 0; i <= wrappers && next != null; i++) {
            lines.add(next);
            next = next.wrapper();
        }
        lines.reversed().forEach(line -> all.addAll(line.words()));
        return all;
    }

    /**
     * Whether a command word is the program this speaks about.
     *
     * @param name the same without its folder
     */
    private boolean isProgram(String program, String name) {
        Glob first = words.getFirst();
        if (first.matches(program) || first.matches(name) || first.toString().equals(name)) {
            return true;
        }
        if (SameCommand.program(name).equals(SameCommand.program(first.toString()))) {
            return true;
        }
        String wanted = first.toString();
        return wanted.contains("/") && first.literal() && base(wanted).equals(name);
    }

    private boolean fits(String name, List<Argument> command) {
        Split split = Split.of(command.subList(1, command.size()));
        List<Glob> places = new ArrayList<>();
        boolean ended = false;
        for (Glob word : words.subList(1, words.size())) {
            String text = word.toString();
            if (text.equals("--")) {
                ended = true;
            } else if (!ended && text.length() > 1 && text.startsWith("-")) {
                int equals = text.startsWith("--") ? text.indexOf('=') : -1;
                String option = equals < 0 ? text : text.substring(0, equals);
                if (!split.has(name, option)) {
                    return false;
                }
                if (equals >= 0) {
                    places.add(Glob.word(text.substring(equals + 1)));
                }
            } else {
                places.add(word);
            }
        }
        return align(places, split.places) || alignsByOtherName(name, places, split);
    }

    /** The same with the sub-commands of both as the catalogue names them. */
    private static boolean alignsByOtherName(String name, List<Glob> wanted, Split split) {
        String program = SameCommand.program(name);
        if (!SameCommand.mayDiffer(program) || asksAboutItself(split)) {
            return false;
        }
        List<Place> given = split.places;
        // A word behind an option may be its value, so the sub-command may be any of the first.
        for (int from = 0; from <= given.size(); from++) {
            if (aligns(program, wanted, given.subList(from, given.size()))) {
                return true;
            }
            if (from < given.size() && !given.get(from).maybeValue) {
                break;
            }
        }
        return false;
    }

    private static boolean aligns(String program, List<Glob> wanted, List<Place> given) {
        List<String> words = new ArrayList<>();
        for (Place place : given) {
            if (place.value == null) {
                break;
            }
            words.add(place.value);
        }
        List<String> names = names(wanted);
        List<String> plainWords = SameCommand.plain(program, words);
        List<String> plainNames = names.isEmpty() ? names : SameCommand.plain(program, names);
        if (plainWords.equals(words) && plainNames.equals(names)) {
            return false;
        }
        List<Glob> globs = new ArrayList<>(plainNames.stream().map(Glob::word).toList());
        globs.addAll(wanted.subList(names.size(), wanted.size()));
        List<Place> places = new ArrayList<>();
        for (String word : plainWords) {
            places.add(new Place(word, false));
        }
        places.addAll(given.subList(words.size(), given.size()));
        return align(globs, places);
    }

    /** Only a version or a help text is shown. */
    private static boolean asksAboutItself(Split split) {
        return split.places.isEmpty()
                && split.options.stream().anyMatch(o -> o.matches("-v|-h|--version|--help"));
    }

    private static String base(String program) {
        int slash = Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\'));
        String name = program.substring(slash + 1);
        int end = name.length() - 4;
        boolean ending =
                name.regionMatches(true, end, ".exe", 0, 4)
                        || name.regionMatches(true, end, ".cmd", 0, 4);
        return ending ? name.substring(0, end) : name;
    }

    /**
     * Finds the wanted words in order. The first one, a sub-command as a rule, must be the first
     * that is not the value of an option; operands may have others before them.
     */
    private static boolean align(List<Glob> wanted, List<Place> given) {
        int at = 0;
        boolean free = false;
        for (int w = 0; w < wanted.size(); w++) {
            Glob glob = wanted.get(w);
            if (glob.blank()) {
                free = true;
                continue;
            }
            boolean anywhere = free || w > 0 || operand(glob.toString());
            boolean found = false;
            while (at < given.size()) {
                Place place = given.get(at++);
                if (place.value == null || glob.matches(place.value) || same(glob, place.value)) {
                    found = true;
                    break;
                }
                if (!anywhere && !place.maybeValue) {
                    return false;
                }
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    private static boolean operand(String text) {
        return text.chars().anyMatch(c -> "/.~:*?@=".indexOf(c) >= 0);
    }

    /** {@code build}, {@code ./build} and {@code build/} are the same operand. */
    private static boolean same(Glob glob, String value) {
        return operand(value) && glob.literal() && plain(glob.toString()).equals(plain(value));
    }

    private static String plain(String operand) {
        String text = operand;
        while (text.startsWith("./")) {
            text = text.substring(2);
        }
        while (text.length() > 1 && text.endsWith("/")) {
            text = text.substring(0, text.length() - 1);
        }
        return text;
    }

    /**
     * Whether every command covered here is covered by {@code wide}.
     *
     * @param further whether this one lets more arguments follow
     * @param wideFurther whether the other does
     */
    boolean within(boolean further, CommandPattern wide, boolean wideFurther) {
        boolean endless = open || further;
        boolean wideEndless = wide.open || wideFurther;
        if (words.size() < wide.words.size()
                || (!wideEndless && (endless || words.size() > wide.words.size()))) {
            return false;
        }
        for (int i = 0; i < wide.words.size(); i++) {
            if (!wide.words.get(i).covers(words.get(i), false)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }

    private record Place(@Nullable String value, boolean maybeValue) {}

    /** The arguments of a command told apart: options as a set, everything else in order. */
    private record Split(List<String> options, List<Place> places, boolean anyOption) {

        static Split of(List<Argument> arguments) {
            List<String> options = new ArrayList<>();
            List<Place> places = new ArrayList<>();
            boolean any = false;
            boolean ended = false;
            boolean afterOption = false;
            for (Argument argument : arguments) {
                String value = argument.value();
                if (value == null) {
                    any |= !ended && maybeOption(argument.written());
                    places.add(new Place(null, afterOption));
                    afterOption = false;
                } else if (!ended && value.equals("--")) {
                    ended = true;
                } else if (!ended && value.length() > 1 && value.startsWith("-")) {
                    int equals = value.startsWith("--") ? value.indexOf('=') : -1;
                    if (equals >= 0) {
                        options.add(value.substring(0, equals));
                        places.add(new Place(value.substring(equals + 1), true));
                    } else {
                        options.add(value);
                    }
                    afterOption = equals < 0;
                } else {
                    places.add(new Place(value, afterOption));
                    afterOption = false;
                }
            }
            return new Split(options, places, any);
        }

        private static boolean maybeOption(String written) {
            for (int i = 0; i < written.length(); i++) {
                char c = written.charAt(i);
                if (c != '"' && c != '\'') {
                    return c == '$' || c == '`' || c == '-' || c == '*' || c == '{' || c == '\\';
                }
            }
            return true;
        }

        boolean has(String program, String wanted) {
            if (anyOption) {
                return true;
            }
            if (wanted.startsWith("--")) {
                return hasLong(program, wanted.substring(2));
            }
            for (String option : options) {
                if (Glob.word(wanted).matches(option) || option.equals("-" + wanted)) {
                    return true;
                }
            }
            String letters = wanted.substring(1);
            if (letters.length() > 4 || !letters.chars().allMatch(Character::isLetterOrDigit)) {
                return false;
            }
            return letters.chars().allMatch(letter -> hasShort(program, (char) letter));
        }

        private boolean hasShort(String program, char letter) {
            List<String> longs = Spellings.longOf(program, letter);
            for (String option : options) {
                if (option.startsWith("--")) {
                    String name = option.substring(2);
                    if (longs.stream().anyMatch(l -> abbreviates(name, l))) {
                        return true;
                    }
                } else if (bundle(option)) {
                    if (option.indexOf(letter) > 0
                            || (!longs.isEmpty()
                                    && option.chars()
                                            .skip(1)
                                            .anyMatch(c ->
                                                    Spellings.longOf(program, (char) c).stream()
                                                            .anyMatch(longs::contains)))) {
                        return true;
                    }
                }
            }
            return false;
        }

        private boolean hasLong(String program, String wanted) {
            Glob glob = Glob.word(wanted);
            for (String option : options) {
                if (option.startsWith("--")) {
                    String name = option.substring(2);
                    if (glob.matches(name) || abbreviates(name, wanted)) {
                        return true;
                    }
                } else if (option.equals("-" + wanted)) {
                    return true;
                } else if (bundle(option)
                        && option.chars()
                                .skip(1)
                                .anyMatch(c ->
                                        Spellings.longOf(program, (char) c).contains(wanted))) {
                    return true;
                }
            }
            return false;
        }

        /** GNU programs take any unambiguous beginning of a long option. */
        private static boolean abbreviates(String given, String full) {
            return given.equals(full) || (given.length() >= 3 && full.startsWith(given));
        }

        private static boolean bundle(String option) {
            return option.length() <= 7 && option.chars().skip(1).allMatch(Character::isLetter);
        }
    }
}
