package dev.countersign.approval;

import dev.countersign.call.Action;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.policy.Shape;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * One operation that people were asked about, as far as a remembered yes needs it.
 *
 * @param action what it does
 * @param risk the most that is covered
 * @param tags what it was marked with: nothing that is marked with more is covered
 * @param outside whether it leaves the workspace
 * @param where the directory a command runs in; empty for other tools
 * @param identity SHA-256 of its normal form
 * @param shape how far it may be stretched
 */
public record Part(
        Action action,
        RiskTier risk,
        Set<String> tags,
        boolean outside,
        String where,
        String identity,
        Shape shape) {
    public Part {
        tags = Collections.unmodifiableSet(new TreeSet<>(tags));
    }

    /** What is to be remembered of an operation. */
    public static Part of(Operation operation, String where, String identity, Shape shape) {
        return new Part(
                operation.action(),
                operation.risk(),
                operation.tags(),
                outside(operation),
                where,
                identity,
                shape);
    }

    /** Whether an operation is no more than this one was: the same deed, no riskier, no further. */
    boolean bounds(Operation operation) {
        return operation.action() == action
                && operation.risk().compareTo(risk) <= 0
                && operation.risk() != RiskTier.CRITICAL
                && !operation.opaque()
                && operation.floor() == null
                && tags.containsAll(operation.tags())
                && (outside || !outside(operation));
    }

    private static boolean outside(Operation operation) {
        return operation.resource() instanceof Resource.Path path
                && (path.outside() || (path.from() != null && path.from().outside()));
    }
}
