package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a command may do besides what it is judged to do, for rules that restrict that and for
 * nothing else: it reads the files its words name. A word names a file where it is a path, alone,
 * behind {@code NAME=} or {@code @}, joined to an option, or as one of several with commas or
 * colons.
 */
final class Besides {
    /** Words looked at; behind them any file may be named. */
    private static final int MOST_WORDS = 200;

    private static final int LONGEST = 1000;

    private static final Pattern ADDRESS =
            Pattern.compile(
                    "([A-Za-z][A-Za-z0-9+-]*://[^\\s]+)|^(?:[^\\s/@:]+@)?([\\w.-]+):(?!//)");

    /** All files of a folder, or those with an ending, is what everyday patterns ask for. */
    private static final Pattern EVERYTHING = Pattern.compile("(?:/\\*[^/]*+)++$");

    private static final Resource.Path ANY = new Resource.Path(null, null, true, false);

    private final Judge judge;

    /** A command has many operations. */
    private final IdentityHashMap<List<Argument>, Known> known = new IdentityHashMap<>();

    private record Known(@Nullable String directory, List<Operation> reads) {}

    Besides(Judge judge) {
        this.judge = judge;
    }

    /** The reads of the files that words of a program name which nobody looks into. */
    List<Operation> reads(Job job) {
        Known last = known.get(job.words());
        if (last == null || !Objects.equals(last.directory(), job.directory())) {
            last = new Known(job.directory(), find(job));
            known.put(job.words(), last);
        }
        return last.reads();
    }

    private List<Operation> find(Job job) {
        List<Operation> reads = new ArrayList<>(0);
        Set<Resource.Path> found = new HashSet<>();
        int looked = 0;
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null || value.isEmpty()) {
                continue;
            }
            if (++looked > MOST_WORDS || value.length() > LONGEST) {
                reads.add(read(job, ANY, word));
                break;
            }
            if (AddressWords.isUrl(word)) {
                continue;
            }
            look(job, word, value, found, reads);
            int joined = joined(value);
            if (joined > 0) {
                look(job, word, value.substring(joined), found, reads);
            }
            for (String part : WordParts.of(value)) {
                look(job, word, part, found, reads);
            }
        }
        return List.copyOf(reads);
    }

    /** Where the value joined to an option begins, behind {@code --name=} or {@code -I}; or 0. */
    private static int joined(String value) {
        int name = value.startsWith("--") ? 2 : 1;
        if (!value.startsWith("-") || name >= value.length() || !isLetter(value.charAt(name))) {
            return 0;
        }
        int end = name + 1;
        while (end < value.length() && isOfName(value.charAt(end))) {
            end++;
        }
        if (end < value.length() && value.charAt(end) == '=') {
            return end + 1;
        }
        return name == 1 ? 2 : 0;
    }

    private static boolean isOfName(char c) {
        return isLetter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private void look(
            Job job, Argument word, String text, Set<Resource.Path> found, List<Operation> into) {
        if (text.isEmpty() || text.startsWith("-") || !mayBePath(job, word, text)) {
            return;
        }
        Resource.Path path = path(judge.call.paths.place(text, word.glob(), job.directory()));
        if (path != null && found.add(path)) {
            into.add(read(job, path, word));
        }
    }

    /** A name alone is one only where such a file is known to be; what holds blanks as well. */
    private boolean mayBePath(Job job, Argument word, String text) {
        boolean text0 = text.indexOf(' ') >= 0 || text.indexOf('\n') >= 0;
        boolean path = word.glob() || text.indexOf('/') >= 0 || text.indexOf('.') >= 0;
        return (path && !text0) || isFile(job, text);
    }

    private boolean isFile(Job job, String text) {
        String written = judge.call.paths.place(text, false, job.directory()).written();
        return written != null && judge.call.facts.kind(written) == Facts.Kind.FILE;
    }

    /** The read of one file or folder a command surely names, by whatever word. */
    List<Operation> reads(Job job, Argument word) {
        String value = word.value();
        if (value == null || value.isEmpty() || value.startsWith("-")) {
            return List.of();
        }
        Resource.Path path = path(judge.call.paths.place(word, job.directory()));
        return path == null ? List.of() : List.of(read(job, path, word));
    }

    /** The same of a folder with all that lies below it. */
    List<Operation> readsBelow(Job job, Argument word) {
        Paths.Place place = judge.call.paths.place(word, job.directory());
        return place.stream() ? List.of() : List.of(read(job, place.resource(true), word));
    }

    /** The hosts of the addresses a command names, also as {@code user@host:path}. */
    List<Operation> hosts(Job job) {
        List<Operation> hosts = new ArrayList<>(0);
        for (Argument word : job.arguments()) {
            String value = word.value();
            Matcher address = ADDRESS.matcher(value == null ? "" : value);
            if (value != null && value.length() < LONGEST && address.find()) {
                String place = address.group(1) == null ? address.group(2) : address.group(1);
                String summary = "names `" + Judge.cut(place) + "`";
                hosts.add(
                        host(judge.call.network.target(place), job.line(), summary, word.source()));
            }
        }
        return hosts;
    }

    /** A pattern as it stands: what it may match counts, and nothing else in its folder. */
    private static Resource.@Nullable Path path(Paths.Place place) {
        String written = place.written();
        if (place.stream() || written == null) {
            return null;
        }
        String pattern = place.pattern() == null ? written : place.pattern();
        if (!Patterns.isGlob(pattern)) {
            return place.resource(false);
        }
        String folder = EVERYTHING.matcher(pattern).replaceFirst("");
        return new Resource.Path(folder, folder, place.outside(), false);
    }

    static Operation anyFile(@Nullable CommandLine command, Span source) {
        return read(ANY, command, source, "");
    }

    /** The same for several words. */
    List<Operation> reads(Job job, List<Argument> words) {
        List<Operation> reads = new ArrayList<>(0);
        for (Argument word : words) {
            if (reads.size() > MOST_WORDS) {
                reads.add(read(job, ANY, word));
                break;
            }
            reads.addAll(reads(job, word));
        }
        return reads;
    }

    /** The read of what a tool's pattern or path stands for. */
    static Optional<Operation> read(Paths.Place place, Draft draft, Paths paths) {
        Resource.Path path = path(place);
        return path == null
                ? Optional.empty()
                : Optional.of(read(path, draft.command, draft.source, paths.workspace()));
    }

    private Operation read(Job job, Resource.Path path, Argument word) {
        return read(path, job.line(), word.source(), judge.call.paths.workspace());
    }

    static Operation read(
            Resource.Path path, @Nullable CommandLine command, Span source, String workspace) {
        String shown = path.written() == null ? "any file" : Paths.shown(path.written(), workspace);
        return operation(
                Action.FILE_READ, path, RiskTier.NONE, command, "may read `" + shown + "`", source);
    }

    /** That a host is spoken to which the call names in a place nobody follows. */
    static Operation host(
            Network.Target target, @Nullable CommandLine command, String summary, Span source) {
        return operation(
                Action.WEB_FETCH,
                new Resource.Web(target.url(), target.host()),
                RiskTier.MEDIUM,
                command,
                summary,
                source);
    }

    /** What a tool does to a file it is given: nobody knows whether it writes, if not by name. */
    static List<Operation> files(Paths.Place place, boolean reads, Draft draft, String workspace) {
        Resource.Path path = place.resource(false);
        Operation read = read(path, draft.command, draft.source, workspace);
        return reads
                ? List.of(read)
                : List.of(
                        read,
                        operation(
                                Action.FILE_WRITE,
                                path,
                                RiskTier.LOW,
                                draft.command,
                                "may write `"
                                        + Paths.shown(String.valueOf(place.written()), workspace)
                                        + "`",
                                draft.source));
    }

    /** That a tool of another server is called, going by what its name may mean. */
    static Operation tool(Resource resource, Draft draft) {
        return operation(
                draft.action, resource, draft.risk, null, "may be of another server", draft.source);
    }

    private static Operation operation(
            Action action,
            Resource resource,
            RiskTier risk,
            @Nullable CommandLine command,
            String summary,
            Span source) {
        return new Operation(
                action,
                resource,
                risk,
                Set.of(),
                false,
                action,
                Operation.Origin.PROGRAM,
                command,
                null,
                summary,
                source);
    }
}
