package dev.countersign.analysis;

import dev.countersign.analysis.shell.Evaluation;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Resource;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Scripts that reach the program that runs them by its input or as a text: {@code bash < x.sh},
 * {@code cat x.sh | bash}, {@code . <(cat x.sh)}, {@code eval "$(cat x.sh)"}. To what restricts
 * they are the same as {@code bash x.sh}; nothing permissive names them.
 */
final class FedScripts {
    /** Files of one text; with more any file may be meant. */
    private static final int MOST = 8;

    private static final int DRAFTS_A_STEP = 16;
    private static final Set<String> INPUT = Set.of("-", "/dev/stdin", "/dev/fd/0");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)");

    private final Judge judge;

    /** The text last asked about, and where its commands stand in it. */
    private @Nullable Evaluation placesOf;

    private final IdentityHashMap<Invocation, Integer> places = new IdentityHashMap<>();

    FedScripts(Judge judge) {
        this.judge = judge;
    }

    /**
     * The same command to rules as if the script were given by its name.
     *
     * @param arguments the last words of the command, which are the script's own
     */
    Job named(Job job, Argument script, List<Argument> arguments) {
        List<Argument> words = new ArrayList<>();
        List<Argument> own = job.words().subList(0, job.words().size() - arguments.size());
        for (Argument word : own) {
            if (!INPUT.contains(String.valueOf(word.value()))) {
                words.add(word);
            }
        }
        return line(job, words, script, arguments);
    }

    private static Job line(
            Job job, List<Argument> program, Argument script, List<Argument> arguments) {
        List<Argument> words = new ArrayList<>(program);
        words.add(script);
        words.addAll(arguments);
        // With assignments no permissive rule covers it.
        CommandLine line = new CommandLine(words, job.line().wrapper(), true);
        return job.as(job.words(), line, job.context());
    }

    /** Adds the files whose text reaches a command by a pipe, a here-document or a here-string. */
    void piped(Job job, List<Argument> arguments) {
        Set<Integer> from =
                job.input() instanceof Invocation.Input.Text text
                        ? within(job, job.invocation(), text.source())
                        : judge.call.flows.into(Set.of(job.number()));
        for (Argument script : scripts(job, from)) {
            says(named(job, script, arguments), script);
        }
    }

    /** Adds the files whose text is put into a word that runs, or is read by what it names. */
    void text(Job job, Argument word) {
        Set<Integer> from = within(job, job.invocation(), word.source());
        Set<String> names = new LinkedHashSet<>();
        Matcher variable = VARIABLE.matcher(word.written());
        while (names.size() < MOST && variable.find()) {
            names.add(variable.group(1));
        }
        if (!names.isEmpty()) {
            from = new LinkedHashSet<>(from);
            judge.call.works(job.beside().invocations().size());
            for (Invocation other : job.beside().invocations()) {
                for (Invocation.Assignment assignment : other.assignments()) {
                    if (assignment.value() == null && names.contains(assignment.name())) {
                        from.addAll(within(job, other, assignment.source()));
                    }
                }
            }
        }
        List<Argument> scripts = scripts(job, from);
        if (scripts.isEmpty()) {
            return;
        }
        int at = job.words().indexOf(word);
        List<Argument> behind =
                at < 0 ? List.of() : job.words().subList(at + 1, job.words().size());
        String name = Judge.programName(job.words().getFirst().value());
        Argument program = "eval".equals(name) ? Argument.of("source") : job.words().getFirst();
        for (Argument script : scripts) {
            says(line(job, List.of(program), script, behind), script);
        }
    }

    /** What the one command that stands within a stretch of the words prints, if constant. */
    @Nullable String printed(Job job, Span place) {
        Invocation found = null;
        List<Invocation> all = job.beside().invocations();
        within(job, job.invocation(), place);
        Integer own = places.get(job.invocation());
        for (int i = own == null ? -1 : own - 1; i >= 0; i--) {
            Span source = all.get(i).source();
            if (source.from() < place.from() || place.to() < source.to()) {
                break;
            }
            if (found != null) {
                return null;
            }
            found = all.get(i);
        }
        return found == null || !found.redirections().isEmpty()
                ? null
                : judge.code().printedBy(found, job.context().shell());
    }

    private void says(Job job, Argument script) {
        String name = Judge.programName(job.words().getFirst().value());
        judge.opaque(
                job,
                script.value() == null
                        ? "`" + name + "` runs what stands in many files"
                        : "`"
                                + name
                                + "` runs what stands in `"
                                + Judge.cut(script.written())
                                + "`");
    }

    /** The numbers of the commands that stand within a stretch of a command's words. */
    @SuppressWarnings("ReferenceEquality") // only whether it is the text last asked about
    private Set<Integer> within(Job job, Invocation command, Span place) {
        List<Invocation> all = job.beside().invocations();
        if (placesOf != job.beside()) {
            placesOf = job.beside();
            places.clear();
            for (int i = 0; i < all.size(); i++) {
                places.put(all.get(i), i);
            }
        }
        Integer own = places.get(job.invocation());
        Integer last = places.get(command);
        Set<Integer> numbers = new LinkedHashSet<>();
        // What stands in the words of a command comes right before it.
        for (int i = last == null ? -1 : last - 1; own != null && i >= 0; i--) {
            Span source = all.get(i).source();
            if (source.from() < place.from() || place.to() < source.to()) {
                break;
            }
            numbers.add(job.number() - own + i);
        }
        judge.call.works(1 + numbers.size());
        return numbers.isEmpty() ? numbers : judge.call.flows.into(numbers);
    }

    /** The files some commands read, or one that nobody can name where there are too many. */
    private List<Argument> scripts(Job job, Set<Integer> commands) {
        int first = Integer.MAX_VALUE;
        for (int number : commands) {
            // What leaves a command goes by a number below zero.
            first = number < 0 ? first : Math.min(first, number);
        }
        List<Draft> drafts = judge.call.drafts;
        Set<String> paths = new LinkedHashSet<>();
        int i = drafts.size();
        while (--i >= 0 && (drafts.get(i).number < 0 || drafts.get(i).number >= first)) {
            Draft draft = drafts.get(i);
            String path = draft.number == job.number() ? null : read(draft);
            if (path != null && commands.contains(draft.number)) {
                paths.add(path);
            }
        }
        judge.call.works(1 + (drafts.size() - i) / DRAFTS_A_STEP);
        if (paths.size() > MOST) {
            return List.of(new Argument(null, "", false, job.source()));
        }
        return paths.stream().map(Argument::of).toList();
    }

    private static @Nullable String read(Draft draft) {
        return draft.action == Action.FILE_READ && draft.resource instanceof Resource.Path path
                ? path.written()
                : null;
    }
}
