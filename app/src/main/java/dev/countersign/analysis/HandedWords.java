package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The words of a command that read as a path outside the workspace, a secret or another host:
 * alone, behind {@code NAME=} or {@code @}, joined to an option, or as one of several with commas
 * or colons. What a program that nobody looks into does with them is not seen, so an allow has to
 * name them.
 */
final class HandedWords {
    /** Words beyond this count as such without a look: no allow names so many. */
    private static final int MOST_WORDS = 200;

    private static final int LONGEST = 1000;

    private static final Pattern OPTION = Pattern.compile("-{1,2}[A-Za-z]+(?=[~/.])");
    private static final Pattern PLACE = Pattern.compile("(?:[\\w-]+\\.)+[\\w-]+:[0-9]+(?:/.*)?");

    private final Judge judge;

    /** A command has many operations. */
    private final IdentityHashMap<CommandLine, Set<String>> known = new IdentityHashMap<>();

    HandedWords(Judge judge) {
        this.judge = judge;
    }

    /** Those of the command the job stands in, as written in the call. */
    Set<String> of(Job job) {
        CommandLine line = job.line();
        if (line == null || line.words().size() < 2) {
            return Set.of();
        }
        return known.computeIfAbsent(line, command -> read(job, command.words()));
    }

    private Set<String> read(Job job, List<Argument> words) {
        Set<String> found = new TreeSet<>();
        for (int i = 1; i < words.size(); i++) {
            Argument word = words.get(i);
            String value = word.value();
            // An allow covers no word that is not constant.
            if (value != null
                    && !value.isEmpty()
                    && (i > MOST_WORDS || value.length() > LONGEST || leaves(job, word, value))) {
                found.add(value);
            }
        }
        // As every operation of the command keeps it.
        return Set.copyOf(found);
    }

    private boolean leaves(Job job, Argument word, String value) {
        if (AddressWords.isUrl(word)) {
            return !AddressWords.target(judge.call.network, word).loopback();
        }
        if (isPlace(job, value) || isSensitive(job, value, word.glob())) {
            return true;
        }
        if (value.indexOf('-') >= 0 && beginsAPath(value)) {
            String joined = OPTION.matcher(value).replaceFirst("");
            if (!joined.equals(value) && isSensitive(job, joined, word.glob())) {
                return true;
            }
        }
        for (String part : WordParts.of(value)) {
            if (isSensitive(job, part, word.glob())) {
                return true;
            }
        }
        return false;
    }

    /** Whether something stands there that an option can be joined to as a path. */
    private static boolean beginsAPath(String value) {
        return value.indexOf('/') >= 0 || value.indexOf('.') >= 0 || value.indexOf('~') >= 0;
    }

    /** A host with its port, and no file with the number of a line. */
    private boolean isPlace(Job job, String value) {
        if (value.indexOf(':') < 0 || !PLACE.matcher(value).matches()) {
            return false;
        }
        String name = value.substring(0, value.indexOf(':'));
        String file = judge.call.paths.place(name, false, job.directory()).written();
        Facts.Kind kind = file == null ? Facts.Kind.UNKNOWN : judge.call.facts.kind(file);
        boolean known = kind != Facts.Kind.UNKNOWN && kind != Facts.Kind.MISSING;
        return !known && !judge.call.network.target(value).loopback();
    }

    private boolean isSensitive(Job job, String text, boolean glob) {
        Paths.Place place = judge.call.paths.place(text, glob, job.directory());
        return !place.stream()
                && (place.outside()
                        || judge.call
                                .places
                                .judge(Places.Touch.READ, place, false)
                                .tags()
                                .contains("secret"));
    }
}
