package dev.countersign.call;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a call really does: one action on one resource.
 *
 * @param action what it does
 * @param resource what it acts on
 * @param risk after refinement
 * @param tags what rules can speak about: {@code deploy}, {@code prod}, {@code secret}, …, in order
 * @param opaque whether something in it could not be resolved, so that it is at least a question
 * @param cell the action whose profile cell counts; {@link #action} but for deletions of build
 *     output
 * @param origin which part of the simple command causes it
 * @param command the simple command it stands in, or null outside a shell
 * @param floor why no policy can permit it, or null
 * @param summary what it does in plain words, such as "deletes `build/` in the workspace"
 * @param source where in the command or input it stands
 * @param handed the words of the command that read as a path outside the workspace, a secret or
 *     another host, for a program nobody looks into: what it does with them is not seen
 * @param perhaps what it may do besides, of which the base knows nothing: a file its words name is
 *     read, a host in a variable is spoken to, a command in a variable is run. Only rules that
 *     restrict such a file, host or command see it
 */
public record Operation(
        Action action,
        Resource resource,
        RiskTier risk,
        Set<String> tags,
        boolean opaque,
        Action cell,
        Origin origin,
        @Nullable CommandLine command,
        @Nullable String floor,
        String summary,
        Span source,
        Set<String> handed,
        List<Operation> perhaps) {

    /** The part of a simple command an operation comes from. */
    public enum Origin {
        PROGRAM,
        REDIRECTION,
        ASSIGNMENT
    }

    public Operation {
        tags = Collections.unmodifiableSet(new TreeSet<>(tags));
        handed = Set.copyOf(handed);
        perhaps = List.copyOf(perhaps);
    }

    /** One that hands no such words on, and does nothing besides. */
    public Operation(
            Action action,
            Resource resource,
            RiskTier risk,
            Set<String> tags,
            boolean opaque,
            Action cell,
            Origin origin,
            @Nullable CommandLine command,
            @Nullable String floor,
            String summary,
            Span source) {
        this(
                action, resource, risk, tags, opaque, cell, origin, command, floor, summary, source,
                Set.of(), List.of());
    }
}
