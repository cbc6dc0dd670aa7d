package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.SavedViews;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Activity, records and sessions over the wire, without a browser. */
@SuppressWarnings("NullAway.Init")
final class ActivityPagesTest {
    private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([0-9a-f]+)\"");

    private TestServer server;
    private String cookie;
    private String builder;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
        cookie = "countersign_session=" + server.cookie(TestServer.ANA);
        builder = server.agent("builder");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply page(String path) {
        return server.send("GET", path, null, null, Map.of("Cookie", cookie));
    }

    private String body(String path) {
        Reply reply = page(path);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.body();
    }

    private Reply form(String path, String form) {
        Matcher csrf = CSRF.matcher(body("/"));
        assertThat(csrf.find()).isTrue();
        return server.send(
                "POST",
                path,
                null,
                form + "&csrf=" + csrf.group(1),
                Map.of("Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded"));
    }

    private static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void work() throws NotRecorded {
        server.decide(builder, "claude-code", "ls");
        server.decide(builder, "codex", "git push --force origin main");
        server.decide(server.agent("migrations"), "codex", "git push origin main");
    }

    /** What is typed becomes an address that says all of it. */
    @Test
    void aSearchIsAnAddress() {
        Reply reply = page("/activity?search=" + part("agent:builder effect:deny \"git push\""));
        assertThat(reply.status()).isEqualTo(303);
        Reply wrong = page("/activity?search=" + part("agnt:builder"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body())
                .contains("There is no field", "value=\"agnt:builder\"")
                .doesNotContain("Keep this search");
        assertThat(page("/activity?effect=maybe").status()).isEqualTo(400);
        assertThat(page("/activity?from=yesterday").status()).isEqualTo(400);
        assertThat(page("/activity?last=week").status()).isEqualTo(400);
    }

    @Test
    void recordsAreNarrowedByWhatTheyHave() throws NotRecorded {
        work();
        String all = body("/activity");
        assertThat(all)
                .contains("<h2>Effect</h2>", "<h2>Agent</h2>", "<h2>Client</h2>", "1 denied")
                .contains("href=\"/activity?agent=migrations\"")
                .contains("href=\"/activity?client=codex\"");
        String denied = body("/activity?agent=builder&effect=deny");
        assertThat(denied)
                .contains("git push --force origin main", "<strong>1 record</strong>")
                .contains("value=\"agent:builder effect:deny\"")
                // Another agent can be changed to, and the filter taken back.
                .contains("href=\"/activity?agent=builder\"", "href=\"/activity?effect=deny\"")
                .doesNotContain("<code>ls</code>");
        assertThat(body("/activity?agent=nobody")).contains("No record fits these filters");
        assertThat(body("/activity?q=force+origin")).contains("git push --force origin main");
        assertThat(body("/activity?last=1h")).contains("<code>ls</code>");
        assertThat(body("/activity?to=2020-01-01")).contains("No record fits these filters");
    }

    @Test
    void pagesFollowEachOther() throws NotRecorded {
        for (int i = 0; i < 120; i++) {
            server.ledger.append(server.event("alarm", "number " + i + " of many"));
        }
        String first = body("/activity?kind=alarm");
        assertThat(first).contains("number 119 of", "number 70 of").doesNotContain("number 69 of");
        Matcher older = Pattern.compile("href=\"([^\"]*before=[^\"]*)\">Older").matcher(first);
        assertThat(older.find()).isTrue();
        String second = body(older.group(1).replace("&amp;", "&"));
        assertThat(second)
                .contains("number 69 of", "number 20 of", ">Newest</a>")
                .doesNotContain("number 70 of")
                .doesNotContain("number 19 of");
    }

    @Test
    void whoFollowsIsToldHowManyCame() throws NotRecorded {
        work();
        Matcher top = Pattern.compile("data-top=\"(\\d+)\"").matcher(body("/activity"));
        assertThat(top.find()).isTrue();
        String since = "/activity/new?after=" + top.group(1);
        assertThat(page(since).json().path("new").asInt(-1)).isZero();
        server.decide(builder, "codex", "ls");
        assertThat(page(since).json().path("new").asInt()).isEqualTo(1);
        assertThat(page(since + "&client=gemini").json().path("new").asInt(-1)).isZero();
    }

    @Test
    void aSearchIsKeptByItsPersonAlone() throws NotRecorded {
        assertThat(form("/activity/views", "name=Denied&search=" + part("effect:deny")).status())
                .isEqualTo(303);
        assertThat(body("/activity")).contains(">Denied</a>", "/activity?search=effect%3Adeny");
        assertThat(form("/activity/views", "name=&search=x").status()).isEqualTo(400);
        String mine = cookie;
        cookie = "countersign_session=" + server.cookie(TestServer.LI);
        assertThat(body("/activity")).doesNotContain(">Denied</a>");
        cookie = mine;
        for (int i = 1; i < SavedViews.MOST; i++) {
            assertThat(form("/activity/views", "name=n" + i + "&search=x").status()).isEqualTo(303);
        }
        assertThat(form("/activity/views", "name=more&search=x").status()).isEqualTo(400);
        assertThat(form("/activity/views/remove", "name=Denied&search=").status()).isEqualTo(303);
        assertThat(body("/activity")).doesNotContain(">Denied</a>");
    }

    @Test
    void aRecordIsShownWholeAndVerified() throws NotRecorded {
        ApprovalRequest request = server.ask("git push origin main", "high");
        String ana = server.personal(TestServer.ANA, true);
        server.post(
                "/v1/approvals/" + request.id() + "/votes",
                ana,
                "{\"answer\":\"deny\",\"guidance\":\"open a pull request\"}");
        long index =
                server.ledger.all().stream()
                        .filter(each -> each.body().path("effect").asText().equals("ask"))
                        .findFirst()
                        .orElseThrow()
                        .index();
        String record = body("/records/" + index);
        assertThat(record)
                .contains("git push origin main", "open a pull request", "What came of it")
                .contains("href=\"/records/" + (index - 1) + "\"")
                .contains("href=\"/records/" + (index + 1) + "\"")
                .contains("href=\"/v1/ledger/proof/" + index + "\"")
                .contains("countersign audit verify record.jsonl", "All that was hashed")
                .doesNotContain("Checked on the server");
        assertThat(body("/records/" + index + "?verify=yes"))
                .contains("Checked on the server just now", "has the hash that this one names")
                .contains("names the hash of this one", "does not reach it yet");
        assertThat(body("/activity?open=" + index))
                .contains("Open as a page", "In the ledger", "aria-current=\"true\"");
    }

    @Test
    void whatWasMaskedIsMarked() throws NotRecorded {
        server.ledger.append(
                server.event("alarm", "it sent [masked github-token 0123456789abcdef] away"));
        assertThat(body("/activity?kind=alarm"))
                .contains(
                        "<span class=\"masked\"", "[masked github-token 0123456789abcdef]</span>");
    }

    @Test
    void aSessionIsToldStepByStep() throws NotRecorded {
        ObjectNode details = JsonNodeFactory.instance.objectNode();
        details.put("event", "prompt").putObject("details").put("text", "Ship <it> today");
        server.ledger.append(
                new AuditRecord(
                        "session",
                        Instant.now(),
                        null,
                        "builder",
                        TestServer.ANA,
                        "claude-code",
                        null,
                        "s-1",
                        null,
                        null,
                        null,
                        null,
                        null,
                        "a prompt",
                        details));
        ApprovalRequest request = server.ask("git push origin main", "high");
        server.post(
                "/v1/approvals/" + request.id() + "/votes",
                server.personal(TestServer.ANA, true),
                "{\"answer\":\"approve\"}");
        String session = body("/activity/session?id=s-1");
        assertThat(session)
                .contains("Ship &lt;it&gt; today", "git push origin main", "approved")
                .contains("Who worked for whom", TestServer.ANA, "builder");
        assertThat(session.indexOf("Ship &lt;it")).isLessThan(session.indexOf("class=\"command\""));
        assertThat(page("/activity/session?id=none").status()).isEqualTo(404);
        assertThat(page("/activity/session").status()).isEqualTo(404);
    }

    @Test
    void theOverviewSaysWhatIsToKnow() throws NotRecorded {
        assertThat(body("/overview")).contains("No agent waits", "No client asked anything");
        work();
        ApprovalRequest request = server.ask("npm publish", "high");
        server.post(
                "/v1/approvals/" + request.id() + "/votes",
                server.personal(TestServer.ANA, true),
                "{\"answer\":\"deny\"}");
        String overview = body("/overview");
        assertThat(overview)
                .contains("git push</code>", "Waiting now", "Ledger intact", "Nothing signed yet")
                .contains("<a href=\"/activity?last=7d&amp;client=codex\">codex</a>")
                .contains("Of the last 1 questions", TestServer.ANA, "1 denied");
        assertThat(body("/overview?last=24h")).contains("/activity?effect=ask&amp;last=24h");
        assertThat(body("/overview?last=nonsense")).contains("last=7d");
    }
}
