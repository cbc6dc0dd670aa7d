package dev.countersign.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.RecordJson;
import java.time.Instant;

/** Events to record. */
final class Events {
    static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private Events() {}

    static AuditRecord numbered(int n) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("n", n).put("policy_version", "sha256:0");
        body.putObject("input").put("command", "mvn -B verify -Dtest=Case" + n);
        return with(n, "record " + n, body);
    }

    static AuditRecord with(int n, String summary, ObjectNode body) {
        return new AuditRecord(
                n % 3 == 2 ? "outcome" : "decision",
                NOON.plusSeconds(n),
                "D" + n / 2,
                n % 2 == 0 ? "builder" : "migrations",
                n % 5 == 0 ? null : "ana@example.com",
                "claude-code",
                "payments",
                "session-" + n / 10,
                "call-" + n,
                n % 2 == 0 ? "Bash" : "Edit",
                n % 4 == 0 ? "deny" : "allow",
                "low",
                "default-policy",
                summary,
                body);
    }

    /** Appends many in one transaction, as what they are numbered from and up to. */
    static void fill(Store store, int from, int to) throws AuditLog.NotRecorded {
        int _ =
                store.writer()
                        .submit(unit -> {
                            for (int i = from; i < to; i++) {
                                unit.append(RecordJson.prepare(numbered(i), store.masking()));
                            }
                            return to - from;
                        });
    }
}
