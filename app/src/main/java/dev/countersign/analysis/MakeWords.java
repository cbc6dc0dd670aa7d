package dev.countersign.analysis;

import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Argument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the words of {@code make} say.
 *
 * @param directory where it runs, or null when that is not known
 * @param files absolute paths of the makefiles that are named
 * @param text makefile text among the words
 * @param given variables that the words set
 * @param environment variables set in front
 */
record MakeWords(
        @Nullable String directory,
        List<String> files,
        String text,
        List<String> targets,
        Map<String, String> given,
        Map<String, String> environment) {
    private static final String VALUED = "fCIoWjlOE";

    static MakeWords of(Job job, Judge judge) {
        Reader reader = new Reader(job, judge);
        reader.read();
        Map<String, String> environment = new HashMap<>();
        for (Invocation.Assignment assignment : job.invocation().assignments()) {
            String value = assignment.value();
            environment.put(
                    assignment.name(), value == null ? String.valueOf(MakeText.UNKNOWN) : value);
        }
        List<String> files = new ArrayList<>();
        for (Argument file : reader.files) {
            Paths.Place place = judge.call.paths.place(file, reader.directory);
            if ("-".equals(file.value()) || place.stream()) {
                String text = judge.code().constantInput(job);
                reader.text.append(text == null ? "# not known" : text).append('\n');
            } else if (place.written() != null) {
                files.add(place.written());
            }
        }
        return new MakeWords(
                reader.directory,
                files,
                reader.text.toString(),
                reader.targets,
                reader.given,
                environment);
    }

    String key() {
        return directory
                + "\n"
                + files
                + "\n"
                + text
                + "\n"
                + targets
                + "\n"
                + new TreeMap<>(given)
                + "\n"
                + new TreeMap<>(environment);
    }

    private static final class Reader {
        private final Job job;
        private final Judge judge;
        private @Nullable String directory;
        private final List<Argument> files = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private final List<String> targets = new ArrayList<>();
        private final Map<String, String> given = new HashMap<>();

        Reader(Job job, Judge judge) {
            this.job = job;
            this.judge = judge;
            this.directory = job.directory();
        }

        void read() {
            List<Argument> words = job.arguments();
            boolean options = true;
            boolean jobs = false;
            for (int i = 0; i < words.size(); i++) {
                Argument word = words.get(i);
                String value = word.value();
                if (value == null && (word.written().startsWith("-") || jobs)) {
                    // How many at once is asked of the machine.
                    jobs = false;
                    continue;
                }
                jobs = "-j".equals(value) || "--jobs".equals(value) || "-l".equals(value);
                if (value == null) {
                    targets.add(String.valueOf(MakeText.UNKNOWN));
                } else if (options && value.equals("--")) {
                    options = false;
                } else if (options && value.startsWith("--")) {
                    i = longOption(value, words, i);
                } else if (options && value.length() > 1 && value.startsWith("-")) {
                    i = letters(value, words, i);
                } else {
                    plain(word, value);
                }
            }
        }

        private void plain(Argument word, String value) {
            int equals = value.indexOf('=');
            if (equals <= 0) {
                targets.add(word.glob() ? String.valueOf(MakeText.UNKNOWN) : value);
                return;
            }
            String name = value.substring(0, equals);
            String operator = name.endsWith("!") ? "!=" : "=";
            name = name.replaceFirst("[:?+!]+$", "");
            if (operator.equals("!=")) {
                text.append(name).append(" != ").append(value.substring(equals + 1)).append('\n');
            } else {
                given.put(name, value.substring(equals + 1));
            }
        }

        private int longOption(String value, List<Argument> words, int at) {
            int equals = value.indexOf('=');
            String name = equals < 0 ? value : value.substring(0, equals);
            boolean valued =
                    switch (name) {
                        case "--file",
                                "--makefile",
                                "--directory",
                                "--eval",
                                "--include-dir",
                                "--old-file",
                                "--assume-old",
                                "--what-if",
                                "--new-file",
                                "--assume-new" ->
                                true;
                        default -> false;
                    };
            if (!valued) {
                return at;
            }
            Argument given =
                    equals >= 0
                            ? Argument.of(value.substring(equals + 1))
                            : at + 1 < words.size() ? words.get(at + 1) : Argument.of("");
            option(name, given);
            return equals >= 0 ? at : at + 1;
        }

        private int letters(String value, List<Argument> words, int at) {
            for (int k = 1; k < value.length(); k++) {
                char letter = value.charAt(k);
                if (VALUED.indexOf(letter) < 0) {
                    continue;
                }
                boolean attached = k + 1 < value.length();
                boolean optional = letter == 'j' || letter == 'l' || letter == 'O';
                if (attached) {
                    option("-" + letter, Argument.of(value.substring(k + 1)));
                    return at;
                }
                Argument next = at + 1 < words.size() ? words.get(at + 1) : Argument.of("");
                boolean number = String.valueOf(next.value()).matches("[0-9.]+");
                if (optional) {
                    return number ? at + 1 : at;
                }
                option("-" + letter, next);
                return at + 1;
            }
            return at;
        }

        private void option(String name, Argument value) {
            switch (name) {
                case "-f", "--file", "--makefile" -> files.add(value);
                case "-C", "--directory" -> directory = judge.moved(directory, value);
                case "-E", "--eval" -> text.append(value.value()).append('\n');
                default -> {}
            }
        }
    }
}
