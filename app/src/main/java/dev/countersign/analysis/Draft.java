package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Operation;
import dev.countersign.call.Push;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** An operation while the call it belongs to is still being read. */
final class Draft {
    /** A summary is a sentence; the words of the command are in the command. */
    private static final int LONGEST = 400;

    final Action action;
    final Resource resource;
    final Set<String> tags = new TreeSet<>();
    final @Nullable CommandLine command;
    final Span source;
    RiskTier risk;
    boolean opaque;
    Action cell;
    Operation.Origin origin = Operation.Origin.PROGRAM;
    @Nullable String floor;
    String summary;

    /** Whether it can carry what the call has read to another machine. */
    boolean sends;

    /** What it pushes, if it is a push. */
    @Nullable Push push;

    /** Whether what it sends is made of words that are not constant. */
    boolean sendsUnknown;

    /** Whether words of its command, or the text it is given, are not constant. */
    boolean unknownWords;

    /** Whether what it sends stays on this machine. */
    boolean loopback;

    /** Whether a secret it reads ends in variables of the shell and nowhere else. */
    boolean kept;

    /** Whether nobody has read the program, which may do anything with what it is handed. */
    boolean unseen;

    /** The words it is handed that read as a path outside, a secret or another host. */
    Set<String> handed = Set.of();

    /** What it may do besides, for rules that restrict that. */
    private List<Operation> perhaps = List.of();

    /** Whether it takes files as they are into the repository. */
    boolean gathers;

    /** Whether a secret is among those files. */
    boolean stages;

    /** Whether the program itself brings it from where it is kept, as a vault does. */
    boolean fetched;

    /** Whether it is a variable of the environment, which is followed by its name. */
    boolean ofVariable;

    /** The simple command it stands in, by number within the call; -1 outside a shell. */
    int number = -1;

    /** Whether it stands for files that no word names, somewhere in the working directory. */
    boolean unnamed;

    /** Whether it only says that a program of the project itself runs. */
    boolean ownCode;

    /** The absolute pattern of the files it stands for, where it is one. */
    @Nullable String pattern;

    /** Whether what it leaves in its files was noted for what the call runs later. */
    boolean noted;

    private Resource.@Nullable Path from;

    Draft(
            Action action,
            Resource resource,
            RiskTier risk,
            String summary,
            @Nullable CommandLine command,
            Span source) {
        this.action = action;
        this.resource = resource;
        this.risk = risk;
        this.cell = action;
        this.summary = summary;
        this.command = command;
        this.source = source;
    }

    Draft tag(String... more) {
        tags.addAll(List.of(more));
        return this;
    }

    Draft opaque() {
        opaque = true;
        risk = risk.max(RiskTier.MEDIUM);
        return this;
    }

    /** Adds what it may do besides; behind a bound it may read any file. */
    Draft perhaps(List<Operation> more) {
        if (perhaps.isEmpty() && more.size() <= MOST_PERHAPS) {
            perhaps = more;
        } else if (!more.isEmpty() && perhaps.size() <= MOST_PERHAPS) {
            List<Operation> all = new ArrayList<>(perhaps);
            int room = Math.max(0, MOST_PERHAPS - all.size());
            all.addAll(more.subList(0, Math.min(room, more.size())));
            if (room < more.size()) {
                all.add(Besides.anyFile(command, source));
            }
            perhaps = all;
        }
        return this;
    }

    /** Adds what another of the same kind may do besides. */
    void perhapsAlso(Draft other) {
        if (!other.perhaps.isEmpty() && !other.perhaps.equals(perhaps)) {
            perhaps(other.perhaps.stream().filter(one -> !perhaps.contains(one)).toList());
        }
    }

    private static final int MOST_PERHAPS = 200;

    Draft atLeast(RiskTier tier) {
        risk = risk.max(tier);
        return this;
    }

    Draft floor(String why) {
        floor = why;
        risk = risk.max(RiskTier.HIGH);
        return this;
    }

    /**
     * Of a deletion: whether to take the file elsewhere in the workspace needs no more than a
     * write.
     */
    boolean mayMove() {
        return floor == null
                && !opaque
                && !risk.atLeast(RiskTier.HIGH)
                && resource instanceof Resource.Path path
                && !path.outside();
    }

    /**
     * A write that brings what {@code left} would delete: rules on either path see it.
     *
     * @param single whether it is one file, with nothing below it in either place
     */
    void movedFrom(Draft left, boolean single, String workspace) {
        if (left.resource instanceof Resource.Path path) {
            from =
                    new Resource.Path(
                            path.written(),
                            path.resolved(),
                            path.outside(),
                            path.whole() && !single);
            Resource.Path named = left.named(path, single);
            perhaps(List.of(Besides.renamed(named, command, source, workspace)));
            String shown = Paths.shown(String.valueOf(path.written()), workspace);
            summary =
                    summary.replaceFirst(
                            "^writes ", "moves " + Matcher.quoteReplacement(shown) + " to ");
        }
    }

    /** What a word names: a pattern by itself, or a place with all that lies below it. */
    private Resource.Path named(Resource.Path path, boolean single) {
        boolean whole = path.whole() && !single;
        return pattern == null
                ? new Resource.Path(path.written(), path.resolved(), path.outside(), whole)
                : new Resource.Path(pattern, pattern, path.outside(), false);
    }

    /** Whether anything its command is given may reach another machine. */
    boolean leaves() {
        boolean network = tags.contains("network") && action != Action.FILE_READ;
        return sends || (network && !loopback);
    }

    /** What a verdict depends on, but for the resource. */
    record Weight(Action action, RiskTier risk, Set<String> tags, boolean opaque, boolean floor) {

        /** Whether one of this weight is judged at least as strictly as one of the other. */
        boolean covers(Weight other) {
            return action == other.action
                    && risk.atLeast(other.risk)
                    && tags.containsAll(other.tags)
                    && (opaque || !other.opaque)
                    && (floor || !other.floor);
        }
    }

    Weight weight() {
        return new Weight(action, risk, Set.copyOf(tags), opaque, floor != null);
    }

    Operation operation() {
        return new Operation(
                action,
                from != null && resource instanceof Resource.Path path
                        ? path.movedFrom(from)
                        : resource,
                opaque ? risk.max(RiskTier.MEDIUM) : risk,
                tags,
                opaque,
                cell,
                origin,
                command,
                floor,
                summary.length() > LONGEST ? summary.substring(0, LONGEST - 1) + "…" : summary,
                source,
                handed,
                perhaps);
    }
}
