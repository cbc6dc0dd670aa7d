package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.PolicyRoutes;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.census.Census;
import dev.countersign.audit.census.Counted;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What was done to a document, found without going through every record there is. */
final class PolicyHistory {
    private static final Map<String, String> CHANGES = Map.of("kind", "policy");

    private final PolicyRoutes policies;
    private final AuditQuery audit;
    private final Census census;

    PolicyHistory(PolicyRoutes policies, AuditQuery audit, Census census) {
        this.policies = policies;
        this.audit = audit;
        this.census = census;
    }

    /** The changes as the interface gives them, newest first. */
    JsonNode of(String level, String of, String name) {
        return policies.history(level, of, name, this::before).path("changes");
    }

    private List<Recorded> before(long index, int most) {
        Counted counted = census.look();
        // As long as not all is counted, only the ledger itself knows.
        return counted.whole()
                ? census.find(counted, CHANGES, false, index, most, Duration.ofSeconds(1)).records()
                : audit.list(CHANGES, index, most);
    }
}
