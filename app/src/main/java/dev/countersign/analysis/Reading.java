package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A command line read with the help of the catalogue: which words are options, values, paths,
 * commands. Options are found in all their spellings: bundled, attached, with {@code =},
 * abbreviated.
 */
final class Reading {
    /**
     * A word with its role.
     *
     * @param role as the catalogue names it
     * @param word the value itself, an option's prefix taken off
     * @param option the spelling of the option it belongs to, or null
     */
    record Bound(String role, Argument word, @Nullable String option) {}

    /**
     * An option that was given.
     *
     * @param name the spelling of the catalogue, or as written when it is not listed
     * @param value its value, or null when it takes none
     */
    record Given(String name, @Nullable Argument value) {}

    private static final DataFile READERS = DataFile.read("reading-options.yaml");

    /** Families of services and systems, whose manuals hold more than reading. */
    private static final Set<String> FAMILIES = Set.copyOf(READERS.texts("families"));

    /** Options of all of them that only choose or show what is read. */
    private static final Set<String> READS = Set.copyOf(READERS.texts("options"));

    final Tool top;
    Tool tool;
    final List<String> path = new ArrayList<>();
    final List<Bound> bound = new ArrayList<>();
    final List<Given> given = new ArrayList<>();
    final List<Argument> positionals = new ArrayList<>();
    final List<Argument> assignments = new ArrayList<>();

    /** Words after {@code --}, which are among the positionals too. */
    final List<Argument> afterDashes = new ArrayList<>();

    /** Options and sub-commands the catalogue does not list, in words. */
    final List<String> unlisted = new ArrayList<>();

    /** What words and values do by their form. */
    final Set<Deed> formed = EnumSet.noneOf(Deed.class);

    /** Whether a word stands where only a listed sub-command is known. */
    boolean strange;

    /** Words that are not constant and may be options. */
    final List<Argument> unknown = new ArrayList<>();

    /** Where the word behind an option that is not listed stands, or -1. */
    private int behindUnlisted = -1;

    /** The command it runs, or empty. */
    List<Argument> command = List.of();

    private final List<Argument> words;
    private final Set<String> tags = new TreeSet<>();
    private final Set<Deed> added = EnumSet.noneOf(Deed.class);
    private @Nullable Set<Deed> replaced;

    /** Whether an option that makes it harmless was taken back, as by {@code --dry-run=false}. */
    private boolean undone;

    private Reading(Tool top, List<Argument> words) {
        this.top = top;
        this.tool = top;
        this.words = words;
    }

    /** Reads {@code words}, the program itself not among them. */
    static Reading of(Tool tool, List<Argument> words) {
        Reading reading = new Reading(tool, words);
        reading.read();
        return reading;
    }

    /** All it may do. */
    Set<Deed> deeds() {
        Set<Deed> deeds = EnumSet.noneOf(Deed.class);
        boolean plain = replaced == null || undone;
        deeds.addAll(plain ? tool.base() : replaced);
        if (plain && tool.base().isEmpty()) {
            deeds.addAll(top.base());
        }
        deeds.addAll(added);
        return deeds;
    }

    /** What rules may call it. */
    Set<String> tags() {
        return path.isEmpty() ? new TreeSet<>(top.tags()) : tags;
    }

    /** Whether a word of it is run, or may be. */
    boolean runs() {
        for (Bound word : bound) {
            switch (word.role()) {
                case "codefile", "exec1", "script", "unknown", "module" -> {
                    return true;
                }
                default -> {
                    if (word.role().startsWith("code:")) {
                        return true;
                    }
                }
            }
        }
        return !command.isEmpty();
    }

    /** Whether a value of this option was read in another role. */
    boolean boundOtherwise(String option, String role) {
        for (Bound word : bound) {
            if (option.equals(word.option()) && !word.role().equals(role)) {
                return true;
            }
        }
        return false;
    }

    /** Whether every option and sub-command is listed and nothing hides behind an unknown word. */
    boolean proven() {
        return unlisted.isEmpty() && unknown.isEmpty();
    }

    boolean has(String... spellings) {
        for (Given option : given) {
            for (String spelling : spellings) {
                if (option.name.equals(spelling)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Nullable Argument value(String... spellings) {
        Argument found = null;
        for (Given option : given) {
            for (String spelling : spellings) {
                if (option.name.equals(spelling) && option.value != null) {
                    found = option.value;
                }
            }
        }
        return found;
    }

    List<Argument> values(String... spellings) {
        List<Argument> found = new ArrayList<>();
        for (Given option : given) {
            for (String spelling : spellings) {
                if (option.name.equals(spelling) && option.value != null) {
                    found.add(option.value);
                }
            }
        }
        return found;
    }

    private void read() {
        boolean options = true;
        int i = 0;
        while (i < words.size()) {
            Argument word = words.get(i);
            String text = word.value();
            if (!options) {
                afterDashes.add(word);
                if (positional(word, i)) {
                    break;
                }
                i++;
            } else if (text == null && valueUnknown(word)) {
                i++;
            } else if (text == null) {
                boolean option = couldBeOption(word) || (isPut(word) && onlyReads());
                if (option && !harmlessWithAnyOption()) {
                    unknown.add(word);
                }
                if (positional(word, i)) {
                    break;
                }
                i++;
            } else if ((text.equals("--") || text.startsWith("=")) && listed(text) != null) {
                apply(text, Objects.requireNonNull(listed(text)), null);
                options = !text.equals("--");
                i++;
            } else if (text.equals("--")) {
                options = false;
                i++;
            } else if (text.startsWith("-") && (text.length() > 1 || listed(text) != null)) {
                i = option(word, text, i);
                if (i < 0) {
                    break;
                }
            } else if (text.length() > 1 && text.charAt(0) == '@' && listed("@") != null) {
                i = take("@", Objects.requireNonNull(listed("@")), tail(word, text, 1), i);
            } else if (text.length() > 1
                    && text.charAt(0) == '+'
                    && (listed(text) != null || listed("+") != null)) {
                Tool.Option plus = listed(text) == null ? listed("+") : null;
                i = plus == null ? option(word, text, i) : take("+", plus, tail(word, text, 1), i);
                if (i < 0) {
                    break;
                }
            } else {
                if (positional(word, i)) {
                    break;
                }
                i++;
            }
            if (!positionals.isEmpty() && top.kind().equals("builtin")) {
                // The shell's own commands take no option behind the first other word.
                options = false;
            }
        }
        bindPositionals();
        forms(tool);
        if (!path.isEmpty()) {
            forms(top);
        }
        added.addAll(formed);
    }

    /** What words and values add by their form. */
    private void forms(Tool place) {
        for (Tool.Form form : place.forms()) {
            if (form.pattern().pattern().isEmpty()) {
                if (positionals.isEmpty()) {
                    formed.addAll(form.add());
                }
                continue;
            }
            for (Argument word : positionals) {
                form(form, "", word, null);
            }
            for (Given option : List.copyOf(given)) {
                if (option.value() != null) {
                    form(form, option.name() + " ", option.value(), option.name());
                }
            }
        }
    }

    private void form(Tool.Form form, String before, Argument word, @Nullable String option) {
        String text = word.value();
        Matcher found = form.pattern().matcher(before + text);
        if (text == null || !found.matches()) {
            return;
        }
        formed.addAll(form.add());
        if (form.role() != null) {
            bound.add(
                    new Bound(
                            form.role(),
                            tail(word, text, Math.max(0, found.start(1) - before.length())),
                            option));
        }
    }

    private boolean harmlessWithAnyOption() {
        return tool.anyOption() && !tool.hasHarmfulOption();
    }

    private static final Pattern NAMED = Pattern.compile("(--[a-z][a-z-]*+)=\"[^\"]*+\"");

    /** {@code --author="$who"}: an option without effect of its own, whatever its value is. */
    private boolean valueUnknown(Argument word) {
        Matcher named = NAMED.matcher(word.written());
        if (!named.matches() || isPut(word)) {
            return false;
        }
        String name = named.group(1);
        for (Tool place : new Tool[] {tool, top}) {
            for (String option : place.options().keySet()) {
                if (option.startsWith(name)) {
                    return false;
                }
            }
        }
        boolean harmless =
                (tool.anyOption() && !opensFiles())
                        || tool.valued().contains(name)
                        || top.valued().contains(name);
        if (harmless) {
            given.add(new Given(name, null));
        }
        return harmless;
    }

    /** What xargs and find put in stands in no text; its first letter may be anything. */
    private static boolean isPut(Argument word) {
        return word.written().equals("words from its input") || word.written().startsWith("found ");
    }

    /** Whether it is known to only read as long as no option says otherwise. */
    private boolean onlyReads() {
        return tool.base().equals(EnumSet.of(Deed.READ));
    }

    private static boolean couldBeOption(Argument word) {
        String written = word.written();
        if (written.isEmpty()) {
            return true;
        }
        char c = written.charAt(0);
        if (c == '"' && written.length() > 1) {
            c = written.charAt(1);
        }
        return c == '$' || c == '`' || c == '-' || c == '{' || c == '*' || c == '\'' || c == '\\';
    }

    /**
     * Whether the value of an option nobody lists could be a file it opens. The shell's own
     * commands open none, and the options of a version control system are judged with it.
     */
    private boolean opensFiles() {
        return !top.kind().equals("builtin") && !top.kind().equals("vcs");
    }

    private static final Pattern FILE_OR_ADDRESS =
            Pattern.compile(
                    "[^*?]*/.*|~.*|\\.[A-Za-z].*|[^*?,]*[A-Za-z0-9]\\.[A-Za-z][A-Za-z0-9]{0,9}");

    /** Whether a value looks like a path or an address. */
    private static boolean mayName(String value) {
        return value.length() < 1000 && FILE_OR_ADDRESS.matcher(value).matches();
    }

    /** Notes an option that is not listed, with the value that stands attached to it. */
    private void unlistedOption(String name, @Nullable String value) {
        boolean harmless =
                tool.anyOption()
                        && (value == null || !opensFiles() || !mayName(value))
                        && (!FAMILIES.contains(top.kind()) || READS.contains(name));
        if (!harmless) {
            unlisted.add("`" + name + "` is no option the catalogue lists");
        }
    }

    /** Returns whether reading ends here because the rest is a command. */
    private boolean positional(Argument word, int i) {
        String text = word.value();
        boolean valued = behindUnlisted == i && tool.positionals().isEmpty() && opensFiles();
        if (valued && text != null && mayName(text)) {
            unlisted.add("`" + text + "` may be the value of an option that is not listed");
        }
        if (positionals.isEmpty() && top.assignments() && text != null && text.indexOf('=') > 0) {
            assignments.add(word);
            return false;
        }
        if (!tool.subs().isEmpty() && positionals.isEmpty()) {
            Tool sub = text == null ? null : tool.subs().get(text);
            if (sub != null) {
                path.add(text);
                tool = sub;
                tags.addAll(sub.tags());
                return false;
            }
            if (tool.positionals().isEmpty()) {
                if (text == null) {
                    unknown.add(word);
                } else {
                    unlisted.add("`" + text + "` is no sub-command the catalogue lists");
                    strange = true;
                }
            }
        }
        int index = positionals.size();
        List<String> roles = tool.positionals();
        if (index < roles.size() && roles.get(index).equals("exec")) {
            command = words.subList(i, words.size());
            return true;
        }
        positionals.add(word);
        return false;
    }

    static boolean isAssignment(@Nullable String text) {
        if (text == null) {
            return false;
        }
        int equals = text.indexOf('=');
        if (equals <= 0) {
            return false;
        }
        for (int i = 0; i < equals; i++) {
            char c = text.charAt(i);
            boolean name =
                    c == '_'
                            || (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (i > 0 && c >= '0' && c <= '9');
            if (!name) {
                return false;
            }
        }
        return true;
    }

    /** Returns the position after the option and its value, or -1 when the rest is a command. */
    private int option(Argument word, String text, int i) {
        Tool.Option exact = listed(text);
        if (exact != null) {
            return take(text, exact, null, i);
        }
        int equals = text.indexOf('=');
        boolean longForm = text.startsWith("--") || equals > 2;
        if (equals > 0 && longForm) {
            String name = text.substring(0, equals);
            Tool.Option option = listed(name);
            if (option != null) {
                return take(name, option, tail(word, text, equals + 1), i);
            }
        }
        if (text.startsWith("--")) {
            return abbreviated(word, text, equals, i);
        }
        Tool.Option output = text.length() > 3 ? listed(text.substring(0, 3)) : null;
        if (output != null && "write".equals(output.role())) {
            // As in `gcc -MFout.d`.
            return take(text.substring(0, 3), output, tail(word, text, 3), i);
        }
        return cluster(word, text, i);
    }

    private int abbreviated(Argument word, String text, int equals, int i) {
        String name = equals > 0 ? text.substring(0, equals) : text;
        String match = null;
        if (name.length() > 2) {
            for (Tool place : new Tool[] {tool, top}) {
                for (String spelling : place.spellings(name)) {
                    Tool.Option option = listed(spelling);
                    if (match == null || (option != null && option.harmful())) {
                        match = spelling;
                    }
                }
            }
        }
        Tool.Option option = match == null ? null : listed(match);
        if (match != null && option != null) {
            boolean whole = match.startsWith(name + "-");
            if (whole && option.role() != null && equals < 0 && takesWord(option, i + 1)) {
                unlisted.add(
                        "`" + name + "` may be an option of its own, or stand for `" + match + "`");
            }
            return take(match, option, equals > 0 ? tail(word, text, equals + 1) : null, i);
        }
        given.add(new Given(name, equals > 0 ? tail(word, text, equals + 1) : null));
        unlistedOption(name, equals > 0 ? text.substring(equals + 1) : null);
        if (equals < 0) {
            behindUnlisted = i + 1;
        }
        return i + 1;
    }

    /** Whether digits stand behind the sign, or nothing at all. */
    private static boolean isNumber(String option) {
        for (int i = 1; i < option.length(); i++) {
            if (option.charAt(i) < '0' || option.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private int cluster(Argument word, String text, int i) {
        if (isNumber(text)) {
            given.add(new Given(text, null));
            return i + 1;
        }
        for (int k = 1; k < text.length(); k++) {
            String name = "-" + text.charAt(k);
            Tool.Option option = listed(name);
            if (option == null) {
                boolean digit = text.charAt(k) >= '0' && text.charAt(k) <= '9';
                given.add(new Given(name, null));
                if (!digit) {
                    boolean more =
                            k + 1 < text.length() && listed("-" + text.charAt(k + 1)) != null;
                    unlistedOption(name, more || behindUnlisted > i ? null : text.substring(k + 1));
                    behindUnlisted = i + 1;
                }
            } else if ("suffix".equals(option.role())) {
                return take(name, option, tail(word, text, k + 1), i);
            } else if (option.role() != null) {
                boolean attached = k + 1 < text.length();
                return take(name, option, attached ? tail(word, text, k + 1) : null, i);
            } else {
                apply(name, option, null);
            }
        }
        return i + 1;
    }

    private static Argument tail(Argument word, String text, int from) {
        return new Argument(text.substring(from), word.written(), word.glob(), word.source());
    }

    private int take(String name, Tool.Option option, @Nullable Argument attached, int i) {
        String role = option.role();
        if (role == null || role.equals("suffix")) {
            if (attached != null && option.set() != null && isOff(attached.value())) {
                undone = true;
            }
            if (role != null && attached != null && !plainSuffix(attached)) {
                unlisted.add("`" + attached.written() + "` names where the old text goes");
                String place = attached.value();
                if (place != null && place.indexOf('/') >= 0) {
                    bound.add(
                            new Bound(
                                    "write",
                                    new Argument(
                                            place, attached.written(), true, attached.source()),
                                    name));
                }
            }
            apply(name, option, attached);
            return i + 1;
        }
        if (attached == null && !takesWord(option, i + 1)) {
            apply(name, option, null);
            return i + 1;
        }
        if (role.equals("exec")) {
            apply(name, option, null);
            List<Argument> rest = words.subList(i + 1, words.size());
            command = attached == null ? rest : withFirst(attached, rest);
            return -1;
        }
        if (role.equals("text*")) {
            apply(name, option, null);
            words.subList(i + 1, words.size()).forEach(positionals::add);
            return -1;
        }
        int next = i + 1;
        Argument first = attached;
        String[] roles = role.split(" ", -1);
        for (String part : roles) {
            Argument value;
            if (first != null) {
                value = first;
                first = null;
            } else if (next < words.size()) {
                value = words.get(next++);
            } else {
                value = new Argument("", "", false, new Span(0, 0));
            }
            given.add(new Given(name, value));
            bind(part, value, name);
        }
        change(option);
        return next;
    }

    /** Whether the word at {@code next} is the value of an option that has none attached. */
    private boolean takesWord(Tool.Option option, int next) {
        return switch (option.takes()) {
            case WORD -> true;
            case ATTACHED -> false;
            case NUMBER -> next < words.size() && isCount(words.get(next));
        };
    }

    private static boolean isCount(Argument word) {
        String text = word.value();
        if (text == null) {
            return Quiet.countsProcessors(word);
        }
        char first = text.isEmpty() ? ' ' : text.charAt(0);
        return (first >= '0' && first <= '9') || first == '.';
    }

    private static List<Argument> withFirst(Argument first, List<Argument> rest) {
        List<Argument> all = new ArrayList<>(rest);
        all.addFirst(first);
        return all;
    }

    /** What tools take for no: {@code --list=false}. A value that is not known may say no. */
    private static boolean isOff(@Nullable String value) {
        return value == null || OFF.matcher(value).matches();
    }

    private static final Pattern OFF =
            Pattern.compile("0|f|n|no|off|false|never|none|disabled?", Pattern.CASE_INSENSITIVE);

    /** The end of a backup's name; with a slash or a star it may lie anywhere. */
    private static boolean plainSuffix(Argument suffix) {
        String text = suffix.value();
        return text != null && text.indexOf('/') < 0 && text.indexOf('*') < 0;
    }

    private void apply(String name, Tool.Option option, @Nullable Argument value) {
        given.add(new Given(name, value));
        change(option);
    }

    private void change(Tool.Option option) {
        added.addAll(option.add());
        Set<Deed> set = option.set();
        if (set != null) {
            if (replaced == null) {
                replaced = EnumSet.noneOf(Deed.class);
            }
            replaced.addAll(set);
        }
    }

    private void bind(String role, Argument value, String option) {
        if (role.endsWith("@text")) {
            String text = value.value();
            if (text == null) {
                bound.add(new Bound("text", value, option));
                return;
            }
            int sign = role.startsWith("=") ? text.indexOf('=') + 1 : 0;
            if (role.startsWith("name")) {
                int equals = text.indexOf('=');
                int at = text.indexOf('@');
                sign = at >= 0 && (equals < 0 || at < equals) ? at : 0;
            }
            if (sign < text.length()
                    && (text.charAt(sign) == '@' || (sign > 0 && text.charAt(sign) == '<'))) {
                Argument file = tail(value, text, sign + 1);
                if (!"-".equals(file.value())) {
                    bound.add(new Bound("read", file, option));
                }
            }
            return;
        }
        if (role.startsWith("=")) {
            // NAME=PATH; without a sign the whole may be the path.
            String text = value.value();
            int sign = text == null ? -1 : text.indexOf('=');
            Argument place = sign < 0 || text == null ? value : tail(value, text, sign + 1);
            bound.add(new Bound(role.substring(1), place, option));
            return;
        }
        bound.add(new Bound(role, value, option));
    }

    private Tool.@Nullable Option listed(String name) {
        Tool.Option option = tool.options().get(name);
        if (option == null) {
            option = tool.globals().get(name);
        }
        if (option == null) {
            option = tool.valued(name);
        }
        if (option == null && !path.isEmpty()) {
            option = top.options().get(name);
            if (option == null && !top.kind().equals("vcs")) {
                option = top.globals().get(name);
            }
            if (option == null) {
                option = top.valued(name);
            }
        }
        return option;
    }

    private void bindPositionals() {
        List<String> roles = tool.positionals();
        if (roles.isEmpty()) {
            return;
        }
        int count = positionals.size();
        String last = roles.getLast();
        boolean special = last.startsWith("+last ");
        if (special) {
            boolean target = has("-t", "--target-directory") || count < 2;
            String before = roles.getFirst();
            String role = before.endsWith("*") ? before.substring(0, before.length() - 1) : before;
            for (int i = 0; i < count; i++) {
                String part = i == count - 1 && !target ? last.substring(6) : role;
                bound.add(new Bound(part, positionals.get(i), null));
            }
            if (count == 1 && positionals.getFirst().glob() && !has("-t", "--target-directory")) {
                bound.add(new Bound(last.substring(6), positionals.getFirst(), null));
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            String role = i < roles.size() ? roles.get(i) : roles.getLast();
            if (i >= roles.size() && !role.endsWith("*")) {
                role = "unknown";
            }
            if (role.endsWith("*")) {
                role = role.substring(0, role.length() - 1);
            }
            bound.add(new Bound(role, positionals.get(i), null));
            boolean more = i == count - 1 && positionals.get(i).glob();
            if (more
                    && !role.equals("write")
                    && roles.subList(i + 1 < roles.size() ? i + 1 : roles.size(), roles.size())
                            .contains("write")) {
                // A pattern stands for several words, and one of the next is written.
                bound.add(new Bound("write", positionals.get(i), null));
            }
        }
    }
}
