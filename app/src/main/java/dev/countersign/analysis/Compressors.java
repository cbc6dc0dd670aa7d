package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Programs that pack or unpack single files beside themselves, under the name with a suffix or
 * without it.
 */
final class Compressors {
    private static final Set<String> UNPACKING =
            Set.of(
                    "gunzip",
                    "bunzip2",
                    "unxz",
                    "unlzma",
                    "unzstd",
                    "unlz4",
                    "unpigz",
                    "uncompress",
                    "unbrotli");

    /** What is taken off, and what is put in its place. */
    private static final Map<String, String> SUFFIXES =
            Map.ofEntries(
                    Map.entry(".gz", ""),
                    Map.entry("-gz", ""),
                    Map.entry(".z", ""),
                    Map.entry("-z", ""),
                    Map.entry(".Z", ""),
                    Map.entry(".bz2", ""),
                    Map.entry(".bz", ""),
                    Map.entry(".xz", ""),
                    Map.entry(".lzma", ""),
                    Map.entry(".zst", ""),
                    Map.entry(".lz4", ""),
                    Map.entry(".br", ""),
                    Map.entry(".tgz", ".tar"),
                    Map.entry(".taz", ".tar"),
                    Map.entry(".tbz2", ".tar"),
                    Map.entry(".tbz", ".tar"),
                    Map.entry(".txz", ".tar"),
                    Map.entry(".tzst", ".tar"));

    /** Options of gzip and its kind the catalogue need not tell apart. */
    private static final Set<String> PLAIN =
            Set.of(
                    "-d",
                    "-v",
                    "-q",
                    "-f",
                    "-n",
                    "-N",
                    "-r",
                    "-9",
                    "--decompress",
                    "--uncompress",
                    "--force",
                    "--best",
                    "--fast");

    private final Judge judge;

    Compressors(Judge judge) {
        this.judge = judge;
    }

    void judge(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        for (String problem : reading.unlisted) {
            if (!PLAIN.contains(problem.substring(1, Math.max(1, problem.indexOf('`', 1))))) {
                judge.shell(job, RiskTier.MEDIUM, "runs `" + name + "`: " + problem);
                break;
            }
        }
        if (!reading.unknown.isEmpty()) {
            judge.unproven(job, name, reading);
        }
        boolean onlyReads = !reading.deeds().contains(Deed.WRITE);
        boolean takesAway = reading.deeds().contains(Deed.DELETE);
        boolean unpacks =
                UNPACKING.contains(name) || reading.has("-d", "--decompress", "--uncompress");
        for (Reading.Bound bound : reading.bound) {
            if (bound.option() != null && bound.role().equals("read")) {
                judge.file(job, Places.Touch.READ, bound.word(), false);
            } else if (bound.option() != null && bound.role().equals("write")) {
                judge.output(job, bound.word());
            } else if (bound.role().equals("list")) {
                judge.role(job, "list", bound.word());
                if (takesAway) {
                    judge.here(job, Places.Touch.DELETE, "`" + name + "` deletes what it packed");
                }
            }
        }
        Argument given = reading.value("-S", "--suffix");
        String suffix = given == null ? null : given.value();
        List<Argument> folders = reading.values("--output-dir-flat", "--output-dir-mirror");
        folders.forEach(folder -> into(job, reading, folder, suffix, unpacks));
        if (reading.positionals.isEmpty() && !folders.isEmpty()) {
            folders.forEach(folder -> judge.output(job, folder));
        }
        boolean elsewhere =
                reading.has("-o", "--output", "--output-dir-flat", "--output-dir-mirror");
        for (Argument word : reading.positionals) {
            if (onlyReads) {
                judge.file(job, Places.Touch.READ, word, false);
                continue;
            }
            judge.file(job, takesAway ? Places.Touch.DELETE : Places.Touch.WRITE, word, false);
            if (!elsewhere) {
                beside(job, word, suffix, unpacks);
            }
        }
    }

    /** What is written beside a file; an everyday place needs no operation of its own. */
    private void beside(Job job, Argument word, @Nullable String suffix, boolean unpacks) {
        String value = word.value();
        String made = value == null ? null : made(value, suffix, unpacks);
        if (made != null) {
            judge.beside(job, new Argument(made, word.written(), word.glob(), word.source()));
        }
    }

    private void into(
            Job job, Reading reading, Argument folder, @Nullable String suffix, boolean unpacks) {
        boolean mirrors = reading.has("--output-dir-mirror");
        judge.call.works(reading.positionals.size());
        for (Argument word : reading.positionals) {
            String value = word.value();
            String to = folder.value();
            String made = value == null ? null : made(value, suffix, unpacks);
            judge.output(
                    job,
                    to == null || made == null || word.glob()
                            ? folder
                            : new Argument(
                                    to + "/" + (mirrors ? made : Paths.name(made)),
                                    folder.written(),
                                    folder.glob(),
                                    folder.source()));
        }
    }

    private static @Nullable String made(String name, @Nullable String suffix, boolean unpacks) {
        if (!unpacks) {
            return suffix == null ? null : name + suffix;
        }
        if (suffix != null && !suffix.isEmpty() && name.endsWith(suffix)) {
            return name.substring(0, name.length() - suffix.length());
        }
        for (Map.Entry<String, String> known : SUFFIXES.entrySet()) {
            if (name.endsWith(known.getKey())) {
                return name.substring(0, name.length() - known.getKey().length())
                        + known.getValue();
            }
        }
        return null;
    }
}
