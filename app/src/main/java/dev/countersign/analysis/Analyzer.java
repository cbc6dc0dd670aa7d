package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.Affiliation;
import dev.countersign.call.Context;
import dev.countersign.call.Machine;
import dev.countersign.call.Operation;
import dev.countersign.call.Organisation;
import dev.countersign.call.Push;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Span;
import dev.countersign.call.Subject;
import dev.countersign.call.Told;
import dev.countersign.call.ToolCall;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Turns a tool call into its operations. Pure and safe for use by many threads. */
public final class Analyzer {
    private final Facts facts;
    private final Guarded guarded;
    private final Organisation organisation;

    public Analyzer(Facts facts, Guarded guarded) {
        this(facts, guarded, Organisation.NONE);
    }

    /** One that also knows where calls belong: {@link #placed}. */
    public Analyzer(Facts facts, Guarded guarded, Organisation organisation) {
        this.facts = facts;
        this.guarded = guarded;
        this.organisation = organisation;
    }

    /** The same where nothing is known of the machine: for calls in a workspace that is made up. */
    public Analyzer apart() {
        return new Analyzer(Facts.NONE, guarded, organisation);
    }

    /** Never throws and never returns less than the call does: what is not understood is opaque. */
    public Analysis analyze(ToolCall tool) {
        return analyze(tool, UserPrograms.NONE);
    }

    /** The same, with the programs that policies describe. */
    public Analysis analyze(ToolCall tool, UserPrograms programs) {
        String source = "";
        try {
            source = ClientTools.command(tool).orElseGet(() -> tool.input().toString());
            Call call = new Call(facts(tool), guarded(tool), tool.context(), programs);
            call.mayRead(source.length());
            List<Operation> operations;
            try {
                new ClientTools(call, tool, source).judge();
                operations = call.operations();
                if (tool.context().machine() instanceof Machine.AsTold(Told told)
                        && !told.complete()) {
                    operations = new ArrayList<>(operations);
                    operations.addFirst(untold(source));
                }
            } catch (Call.TooMuch e) {
                operations = new ArrayList<>(call.operations());
                operations.addFirst(beyond(source, String.valueOf(e.getMessage())));
            }
            if (!operations.isEmpty()) {
                return new Analysis(operations, source);
            }
            return new Analysis(List.of(nothing(source)), source);
        } catch (StackOverflowError e) {
            return new Analysis(
                    List.of(beyond(source, "it is nested deeper than can be judged")), source);
        } catch (RuntimeException e) {
            return new Analysis(List.of(failed(source, e)), source);
        }
    }

    /** What a call pushes where, as far as that is known before; never throws. */
    public List<Push> pushes(ToolCall asked) {
        ToolCall told = asked.told().orElse(asked);
        try {
            String source = ClientTools.command(told).orElse("");
            Call call = new Call(facts(told), guarded(told), told.context(), UserPrograms.NONE);
            call.mayRead(source.length());
            new ClientTools(call, told, source).judge();
            return call.drafts.stream().flatMap(draft -> Stream.ofNullable(draft.push)).toList();
        } catch (StackOverflowError | RuntimeException e) {
            return List.of();
        }
    }

    /** Only the machine that a call runs on is looked at, never this one in its place. */
    private Facts facts(Context context) {
        return switch (context.machine()) {
            case Machine.Here() -> facts;
            case Machine.Elsewhere _ -> Facts.NONE;
            case Machine.AsTold(Told told) -> new ToldFacts(told);
        };
    }

    private Facts facts(ToolCall call) {
        return facts(call.context());
    }

    /**
     * What is guarded here, which a call from elsewhere may reach too, and what is guarded there.
     */
    private Guarded guarded(ToolCall call) {
        return call.context().machine() instanceof Machine.AsTold(Told told)
                ? guarded.and(told.guarded())
                : guarded;
    }

    /**
     * The folder that names the project a call belongs to: all working trees of a repository are
     * one project, under the name of the main one.
     */
    public String project(Context context) {
        String workspace = context.workspace();
        Facts known = facts(context);
        return Worktree.at(known, workspace)
                .filter(tree -> tree.root().equals(workspace))
                .map(tree -> tree.project(known))
                .orElse(workspace);
    }

    /**
     * The call with the name of its project and where in the organisation it belongs. Where no
     * token fixes a project, all working trees of a repository have the name of the main one, so
     * that policies find them.
     */
    public ToolCall placed(ToolCall call) {
        Subject who = call.subject();
        if (who.project() != null && who.affiliation() != null) {
            return call;
        }
        String name = who.project() == null ? projectName(who, call.context()) : who.project();
        Affiliation affiliation =
                organisation.affiliation(who.agent(), name, who.person()).orElse(null);
        Subject placed =
                new Subject(
                        who.tenant(),
                        who.agent(),
                        who.agentType(),
                        who.person(),
                        name,
                        affiliation);
        return call.by(placed);
    }

    private static final int MOST_FOLDERS = 64;

    /** The projects of the organisation that a call is in, by its workspace and by its folder. */
    public Set<String> knownProjects(Context context) {
        Set<String> known = new LinkedHashSet<>();
        nearest(project(context)).ifPresent(known::add);
        nearest(context.cwd()).ifPresent(known::add);
        return known;
    }

    /** That of the nearest folder at or above this one that has one. */
    private Optional<String> nearest(String written) {
        String folder = written;
        for (int i = 0; i < MOST_FOLDERS && !folder.isEmpty(); i++) {
            // No agent is called so; none brings a project of its own.
            Optional<String> there = organisation.project("", folder);
            if (there.isPresent()) {
                return there;
            }
            folder =
                    folder.substring(
                            0,
                            Math.max(
                                    0,
                                    Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\'))));
        }
        return Optional.empty();
    }

    private String projectName(Subject who, Context context) {
        String folder = project(context);
        return organisation
                .project(who.agent(), folder)
                .orElseGet(() ->
                        folder.substring(
                                Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\')) + 1));
    }

    private static Operation nothing(String source) {
        return operation(
                Action.FILE_READ,
                new Resource.Named("host", "nothing"),
                RiskTier.NONE,
                false,
                "does nothing",
                source);
    }

    private static Operation beyond(String source, String why) {
        return new Operation(
                Action.SHELL_RUN,
                new Resource.Program(null),
                RiskTier.HIGH,
                Set.of(),
                true,
                Action.SHELL_RUN,
                Operation.Origin.PROGRAM,
                null,
                Judge.BEYOND,
                why,
                new Span(0, source.length()));
    }

    private static Operation untold(String source) {
        return operation(
                Action.SHELL_RUN,
                new Resource.Program(null),
                RiskTier.MEDIUM,
                true,
                "depends on more of the machine than could be told",
                source);
    }

    private static Operation failed(String source, Throwable cause) {
        return operation(
                Action.SHELL_RUN,
                new Resource.Program(null),
                RiskTier.HIGH,
                true,
                "could not be judged: " + cause.getClass().getSimpleName() + " (this is a bug)",
                source);
    }

    private static Operation operation(
            Action action,
            Resource resource,
            RiskTier risk,
            boolean opaque,
            String summary,
            String source) {
        return new Operation(
                action,
                resource,
                risk,
                Set.of(),
                opaque,
                action,
                Operation.Origin.PROGRAM,
                null,
                null,
                summary,
                new Span(0, source.length()));
    }
}
