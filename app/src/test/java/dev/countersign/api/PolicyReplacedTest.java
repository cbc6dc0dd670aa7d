package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.testing.TestServer.Reply;
import org.junit.jupiter.api.Test;

/** What others use is put again under its name, and what is in force is shown. */
final class PolicyReplacedTest extends AgentAtServer {
    private Reply put(String path, String text) {
        return server.put(path, ana, "f.yaml", text);
    }

    @Test
    void aTemplateIsReplacedAndWhatThatNewlyAllowsIsListed() {
        assertThat(put("tenant", "template: shop\ndenied: [file_read]\n").status()).isEqualTo(200);
        assertThat(put("tenant", "policy: all\nuse: [shop]\n").status()).isEqualTo(200);
        Reply again = put("tenant", "template: shop\ndenied: [git_force_push]\n");
        assertThat(again.status()).as(again.body()).isEqualTo(200);
        assertThat(again.json().path("newly_allowed").path("count").asInt()).isPositive();
        JsonNode policies = server.get("/v1/policies", ana).json().path("policies");
        assertThat(policies).hasSize(2);
        assertThat(policies.toString()).contains("git_force_push").doesNotContain("file_read");
        assertThat(lines()).contains("deny git_force_push").doesNotContain("deny file_read");
    }

    @Test
    void aNamedRuleIsReplaced() {
        assertThat(put("tenant", "named_rule: quiet_x\nrules: [{ask: git_read}]\n").status())
                .isEqualTo(200);
        assertThat(put("tenant", "named_rule: quiet_x\nrules: [{deny: git_read}]\n").status())
                .isEqualTo(200);
    }

    @Test
    void aReplacementThatBreaksWhatUsesItIsRefused() {
        put(
                "tenant",
                "template: shop\nparameters: {what: ls}\ndenied: [{shell_run: \"${what}\"}]\n");
        put("tenant", "policy: all\nuse: [{shop: {what: make}}]\n");
        Reply again = put("tenant", "template: shop\ndenied: [file_read]\n");
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.json().path("detail").asText())
                .contains("f.yaml:2:15: `shop` has no parameter `what`");
        assertThat(lines()).contains("deny shell_run: make");
    }

    @Test
    void ofOneNameAtTwoLevelsOneIsRefused() {
        put("tenant", "template: shop\ndenied: [file_read]\n");
        assertThat(put("team/a", "template: shop\ndenied: [git_write]\n").status()).isEqualTo(400);
    }

    @Test
    void allThatARuleSaysIsShown() {
        Reply stored =
                put(
                        "tenant",
                        """
                        policy: all
                        ceiling: {profile: coding-standard, autonomy: partial}
                        tags: {prod: {path: "deploy/**"}}
                        windows:
                          hours: {days: mon-fri, from: "09:00", to: "18:00", zone: Europe/Amsterdam, except: [2026-12-25]}
                        rules:
                          - ask: {git_push: main}
                            approvers: [{role: maintainer}]
                            at_least: 2
                            not_requester: true
                            expires: 4h
                          - defer: {tag: deploy}
                            during: hours
                            until: "02:00"
                          - deny: {risk: high}
                            outside: hours
                        """);
        assertThat(stored.status()).as(stored.body()).isEqualTo(200);
        assertThat(lines())
                .contains(
                        "ask git_push: main, approvers 2 of role:maintainer, not the driver,"
                                + " expires 4 h",
                        "defer tag: deploy, during hours (mon, tue, wed, thu, fri 09:00–18:00"
                                + " except 2026-12-25 Europe/Amsterdam), until 02:00"
                                + " Europe/Amsterdam",
                        "deny risk: high, outside hours (",
                        "\"subject\":\"tag\",\"says\":\"prod: path: [deploy/**]\"",
                        "\"subject\":\"ceiling\",\"says\":\"profile coding-standard\"",
                        "\"subject\":\"ceiling\",\"says\":\"autonomy partial\"");
    }

    private String lines() {
        return server.get("/v1/policies/effective?agent=main", ana).json().path("lines").toString();
    }
}
