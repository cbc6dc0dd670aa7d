package dev.countersign.audit.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.ledger.CanonicalJson;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events have what class 6003 of the schema requires, with its numbers. */
final class OcsfEventTest {
    private static final Set<Integer> ACTIVITIES = Set.of(1, 2, 3, 4, 99);
    private static final Set<Integer> SEVERITIES = Set.of(0, 1, 2, 3, 4, 5, 6, 99);
    private static final Set<Integer> DISPOSITIONS = Set.of(0, 1, 2, 8, 14, 24, 25, 26, 27);

    private static ObjectNode event(String more) {
        ObjectNode record =
                (ObjectNode)
                        CanonicalJson.parse(
                                "{\"kind\":\"decision\",\"at\":\"2026-11-21T12:00:00.123456Z\","
                                        + "\"summary\":\"git push\",\"agent\":\"builder\""
                                        + more
                                        + "}");
        Stored stored =
                new Stored(
                        7,
                        "ab".repeat(32),
                        CanonicalJson.text(record),
                        null,
                        null,
                        Map.of(),
                        record);
        ObjectNode event = OcsfEvent.of(new ExportLine(stored, null));
        required(event);
        return event;
    }

    /** The table of members that the base event and the class require. */
    private static void required(JsonNode event) {
        assertThat(ACTIVITIES).contains(event.path("activity_id").asInt(-1));
        assertThat(event.path("category_uid").asInt()).isEqualTo(6);
        assertThat(event.path("class_uid").asInt()).isEqualTo(6003);
        assertThat(event.path("type_uid").asInt())
                .isEqualTo(600_300 + event.path("activity_id").asInt());
        assertThat(SEVERITIES).contains(event.path("severity_id").asInt(-1));
        assertThat(event.path("time").isIntegralNumber()).isTrue();
        assertThat(event.path("metadata").path("version").isTextual()).isTrue();
        assertThat(event.path("metadata").path("product").path("vendor_name").isTextual()).isTrue();
        assertThat(event.path("metadata").path("product").path("name").isTextual()).isTrue();
        assertThat(event.path("actor").path("app_name").isTextual()).isTrue();
        assertThat(event.path("api").path("operation").isTextual()).isTrue();
        assertThat(event.path("src_endpoint").path("svc_name").isTextual()).isTrue();
        assertThat(event.path("status_id").asInt(-1)).isBetween(0, 2);
        if (event.has("action_id")) {
            assertThat(event.path("action_id").asInt(-1)).isBetween(0, 2);
            assertThat(DISPOSITIONS).contains(event.path("disposition_id").asInt(-1));
            assertThat(event.path("policy").path("name").isTextual()).isTrue();
        }
        if (event.has("risk_level_id")) {
            assertThat(event.path("risk_level_id").asInt(-1)).isBetween(0, 4);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "allow, default-policy, 1, 1, 1",
        "allow, rule, 1, 1, 1",
        "allow, grant, 1, 1, 1",
        "allow, person, 1, 8, 1",
        "ask, rule, 0, 14, 0",
        "deny, person, 2, 25, 2",
        "deny, rule, 2, 2, 2",
        "deny, floor, 2, 2, 2",
        "defer, rule, 2, 14, 2",
        "deny, failure, 2, 27, 2"
    })
    void answersHaveTheirNumbers(
            String effect, String decider, int action, int disposition, int status) {
        ObjectNode event = event(",\"effect\":\"" + effect + "\",\"decider\":\"" + decider + "\"");
        assertThat(event.path("action_id").asInt(-1)).isEqualTo(action);
        assertThat(event.path("disposition_id").asInt(-1)).isEqualTo(disposition);
        assertThat(event.path("status_id").asInt(-1)).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "'\"file_read\"', 2",
        "'\"file_read\",\"web_fetch\"', 2",
        "'\"file_write\"', 3",
        "'\"git_push\"', 3",
        "'\"file_delete\"', 4",
        "'\"agent_spawn\"', 1",
        "'\"shell_run\"', 99",
        "'\"file_read\",\"file_delete\"', 99",
        "'', 99"
    })
    void whatACallDoesHasItsNumber(String actions, int activity) {
        ObjectNode event = event(",\"actions\":[" + actions + "]");
        assertThat(event.path("activity_id").asInt()).isEqualTo(activity);
    }

    @Test
    void anEventIsWhole() {
        ObjectNode event =
                event(
                        ",\"effect\":\"deny\",\"risk\":\"critical\",\"decider\":\"rule\","
                                + "\"person\":\"ana@example.com\",\"client\":\"claude-code\","
                                + "\"session\":\"s1\",\"call\":\"c1\",\"tool\":\"Bash\","
                                + "\"decision\":\"01K\",\"actions\":[\"git_push\"],"
                                + "\"rules\":[\"tenant/rules/protect-main\"],\"body\":{"
                                + "\"policy_version\":\"sha256:0\",\"reason\":\"no\","
                                + "\"operations\":[{\"action\":\"git_push\",\"summary\":\"pushes\","
                                + "\"resource\":{\"branch\":\"main\"}}]}");
        assertThat(CanonicalJson.text(event))
                .isEqualTo(
                        canonical(
                                """
                                {"activity_id": 3, "activity_name": "Update",
                                 "category_uid": 6, "category_name": "Application Activity",
                                 "class_uid": 6003, "class_name": "API Activity",
                                 "type_uid": 600303, "type_name": "API Activity: Update",
                                 "time": 1795262400123,
                                 "severity_id": 5, "severity": "Critical", "message": "git push",
                                 "metadata": {"version": "1.5.0", "log_name": "countersign ledger",
                                  "product": {"name": "Countersign", "vendor_name": "Countersign"},
                                  "profiles": ["security_control"], "uid": "%s", "sequence": 7,
                                  "original_event_uid": "01K", "correlation_uid": "s1"},
                                 "actor": {"app_name": "builder",
                                  "user": {"name": "ana@example.com",
                                   "email_addr": "ana@example.com"},
                                  "session": {"uid": "s1"}},
                                 "api": {"operation": "Bash", "request": {"uid": "c1"},
                                  "service": {"name": "claude-code"}},
                                 "src_endpoint": {"svc_name": "claude-code"},
                                 "status_id": 2, "status": "Failure", "status_code": "deny",
                                 "action_id": 2, "action": "Denied",
                                 "disposition_id": 2, "disposition": "Blocked",
                                 "risk_level_id": 4, "risk_level": "critical",
                                 "policy": {"name": "tenant/rules/protect-main",
                                  "version": "sha256:0", "desc": "no"},
                                 "resources": [{"type": "git_push", "name": "pushes",
                                  "data": {"branch": "main"}}]}
                                """
                                        .formatted("ab".repeat(32))));
    }

    private static String canonical(String json) {
        return CanonicalJson.text(CanonicalJson.parse(json));
    }

    @Test
    void whatIsKeptOfAPersonIsAnEventToo() {
        ObjectNode account =
                (ObjectNode)
                        CanonicalJson.parse(
                                "{\"kind\":\"account\",\"value\":{\"email\":\"ana@example.com\"}}");
        ObjectNode event =
                OcsfEvent.ofBeside(account, Instant.parse("2026-11-21T12:00:00.123456Z"));
        required(event);
        assertThat(event.path("resources"))
                .isEqualTo(
                        CanonicalJson.parse(
                                "[{\"type\":\"account\",\"data\":{\"email\":\"ana@example.com\"}}]"));
        ObjectNode alarm = (ObjectNode) CanonicalJson.parse("{\"kind\":\"alarm\",\"value\":\"x\"}");
        event = OcsfEvent.ofBeside(alarm, Instant.EPOCH);
        required(event);
        assertThat(event.at("/resources/0/data/text").asText()).isEqualTo("x");
    }

    @Test
    void whatIsNoDecisionIsAnEventToo() {
        ObjectNode event = event(",\"risk\":\"low\"");
        assertThat(event.has("action_id")).isFalse();
        assertThat(event.path("status_id").asInt()).isEqualTo(1);
    }
}
