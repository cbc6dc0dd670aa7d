package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditQuery;
import dev.countersign.config.DataPlace;
import dev.countersign.config.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ServerCommandsTest {
    @TempDir Path home;
    private Desk desk = new Desk(Path.of("/"));
    private final FakeServer server;

    ServerCommandsTest() throws IOException {
        server = new FakeServer();
    }

    @BeforeEach
    void desk() {
        desk = new Desk(home);
        desk.environment.put("COUNTERSIGN_URL", server.url());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void listingsFitAHundredColumns() {
        server.waits("APR-1", "critical", "git push --force origin main " + "x".repeat(200));
        server.waits("APR-12", "low", "ls\nrm -rf x");
        assertThat(desk.run("approvals", "list")).isZero();
        assertThat(desk.out.toString().lines())
                .containsExactly(
                        "ID      RISK      STANDING                AGENT       WHAT",
                        "APR-1   critical  4 min left, 0 of 1 yes  migrations  git push --force origin"
                                + " main xxxxxxxxxxxxxxxx…",
                        "APR-12  low       4 min left, 0 of 1 yes  migrations  ls<U+000A>rm -rf x");
    }

    @Test
    void aLongListIsListedToItsEnd() {
        String page = "{\"approvals\":[{\"id\":\"APR-%d\",\"status\":\"pending\"}]%s}";
        String next = ",\"next\":\"2026-03-29T10:0%d:00Z\"";
        server.on("GET /v1/approvals", 200, page.formatted(1, next.formatted(1)));
        server.on(
                "GET /v1/approvals?from=2026-03-29T10%3A01%3A00Z",
                200, page.formatted(2, next.formatted(2)));
        server.on("GET /v1/approvals?from=2026-03-29T10%3A02%3A00Z", 200, page.formatted(3, ""));
        assertThat(desk.run("approvals", "list")).isZero();
        assertThat(desk.out.toString()).contains("APR-1", "APR-2", "APR-3");
    }

    @Test
    void personsAreRemovedAndBelongToTeams() {
        server.on("POST /v1/people", 200, "{}");
        assertThat(desk.run("people", "add", "mo@x.org", "--team", "payments", "--team", "web"))
                .isZero();
        assertThat(server.calls.getLast()).contains("\"teams\":[\"payments\",\"web\"]");
        server.on("DELETE /v1/people/mo%40x.org", 200, "{\"email\":\"mo@x.org\"}");
        assertThat(desk.run("people", "remove", "mo@x.org")).isZero();
        assertThat(desk.out.toString()).contains("Removed mo@x.org");
    }

    @Test
    void whoAnsweredForThemselvesAndWhatWasTriedAgainIsShown() {
        server.on(
                "GET /v1/approvals/APR-2",
                200,
                "{\"id\":\"APR-2\",\"status\":\"denied\",\"given\":0,\"needed\":1,"
                        + "\"tried_again\":4,\"votes\":[{\"person\":\"ana@x.org\","
                        + "\"answer\":\"deny\",\"self\":true}]}");
        assertThat(desk.run("approvals", "show", "APR-2")).isZero();
        assertThat(desk.out.toString())
                .contains("denied, 0 of 1 yes, tried again 4×", "ana@x.org (self) deny");
    }

    @Test
    void anEmptyListingTeaches() {
        desk.run("approvals", "list");
        assertThat(desk.out.toString()).startsWith("Nothing waits.");
    }

    @Test
    void grantsAreListedAndRevoked() {
        server.on(
                "GET /v1/grants",
                200,
                "{\"grants\":[{\"id\":\"GRN-1\",\"approval\":\"APR-1\",\"agent\":\"builder\",\"scope\":\"task\",\"of\":\"s\",\"patterns\":[\"npm install *\"],\"used\":1,\"uses\":3,\"expires_at\":\"2026-03-29T10:30:00Z\"},"
                        + "{\"id\":\"GRN-2\",\"approval\":\"APR-2\",\"agent\":\"builder\",\"scope\":\"project\",\"of\":\"/p\",\"patterns\":[],\"used\":0,\"uses\":null,\"expires_at\":null}]}");
        server.on("DELETE /v1/grants/GRN-1", 200, "{\"id\":\"GRN-1\"}");
        assertThat(desk.run("grants", "list")).isZero();
        assertThat(desk.out.toString())
                .contains("GRN-1  builder  task     1 of 3", "npm install *")
                .contains("GRN-2  builder  project  0", "the very call of APR-2");
        desk.environment.put("COUNTERSIGN_TOKEN", "given");
        assertThat(desk.run("grants", "revoke", "GRN-1")).isZero();
        assertThat(desk.out.toString()).contains("Revoked GRN-1");
        assertThat(server.calls).contains("DELETE /v1/grants/GRN-1 Bearer given ");
    }

    @Test
    void aYesSaysHowFarItReaches() {
        server.waits("APR-1", "high", "npm install a");
        desk.environment.put("COUNTERSIGN_TOKEN", "given");
        assertThat(
                        desk.run(
                                "approvals",
                                "approve",
                                "APR-1",
                                "--scope",
                                "task",
                                "--pattern",
                                "npm install *",
                                "--expires",
                                "30m",
                                "--uses",
                                "3"))
                .isZero();
        assertThat(server.calls)
                .contains(
                        "POST /v1/approvals/APR-1/votes Bearer given"
                                + " {\"answer\":\"approve\",\"scope\":\"task\",\"pattern\":\"npm install"
                                + " *\",\"expires\":\"30m\",\"uses\":3}");
        assertThat(desk.run("approvals", "approve", "APR-1", "--uses", "many")).isEqualTo(2);
    }

    @Test
    void theGlassIsBrokenWithAReason() {
        server.waits("APR-1", "high", "git push");
        desk.environment.put("COUNTERSIGN_TOKEN", "given");
        assertThat(desk.run("approvals", "approve", "APR-1", "--break-glass")).isEqualTo(2);
        assertThat(desk.err.toString()).contains("`--break-glass` needs a `--reason`");
        assertThat(desk.run("approvals", "approve", "APR-1", "--reason", "x")).isEqualTo(2);
        assertThat(
                        desk.run(
                                "approvals",
                                "approve",
                                "APR-1",
                                "--break-glass",
                                "--reason",
                                "the shop is down"))
                .isZero();
        assertThat(server.calls)
                .contains(
                        "POST /v1/approvals/APR-1/votes Bearer given"
                                + " {\"answer\":\"approve\",\"scope\":\"once\",\"break_glass\":true,"
                                + "\"reason\":\"the shop is down\"}");
    }

    @Test
    void theOwnerShortcutBreaksNoGlass() throws IOException {
        server.waits("APR-1", "high", "git push");
        PrivateFile.write(
                home.resolve("d/owner.json"),
                "{\"url\":\"" + server.url() + "\",\"token\":\"owner\",\"pid\":1}");
        desk.environment.remove("COUNTERSIGN_URL");
        server.on(
                "POST /v1/approvals/APR-1/votes",
                403,
                "{\"title\":\"Forbidden\",\"status\":403,\"detail\":\"the owner shortcut never votes; sign in with `countersign login`\"}");
        server.on(
                "POST /v1/approvals/APR-1/acknowledge",
                403,
                "{\"title\":\"Forbidden\",\"status\":403,\"detail\":\"the owner shortcut never votes; sign in with `countersign login`\"}");
        String[] command = {
            "approvals", "approve", "APR-1", "--break-glass", "--reason", "down", "--data", "d"
        };
        assertThat(desk.run(command)).isEqualTo(1);
        assertThat(desk.err.toString()).contains("the owner shortcut never votes");
        assertThat(desk.run("approvals", "acknowledge", "APR-1", "--data", "d")).isEqualTo(1);
    }

    @Test
    void aBrokenGlassIsToldUntilOneSaysThatOneKnows() {
        server.on(
                "GET /v1/approvals",
                200,
                "{\"approvals\":[],\"break_glass\":[{\"id\":\"APR-7\",\"break_glass\":{\"person\":\"ana@x\",\"reason\":\"the\\u001b[2J shop is down\"}}]}");
        server.on("POST /v1/approvals/APR-7/acknowledge", 200, "{\"id\":\"APR-7\"}");
        desk.environment.put("COUNTERSIGN_TOKEN", "given");
        assertThat(desk.run("approvals", "list")).isZero();
        assertThat(desk.out.toString())
                .contains("BREAK-GLASS: ana@x approved APR-7 alone: the<U+001B>[2J shop is down")
                .contains("approvals acknowledge APR-7");
        assertThat(desk.run("approvals", "acknowledge", "APR-7")).isZero();
        assertThat(desk.out.toString()).contains("Noted.");
    }

    @Test
    void whoIsAskedLaterIsShown() {
        server.waits("APR-7", "high", "git push");
        server.pending.getFirst().put("unanswered", "wait").put("overdue", true);
        var steps = server.pending.getFirst().putArray("escalations");
        steps.addObject().put("needs", "one of role:security").put("reached", true);
        steps.addObject()
                .put("needs", "one of role:owner")
                .put("reached", false)
                .put("at", "2026-03-29T10:07:30Z");
        assertThat(desk.run("approvals", "show", "APR-7")).isZero();
        assertThat(desk.out.toString())
                .contains("overdue, 0 of 1 yes")
                .contains("escalated to one of role:security")
                .contains("escalates to one of role:owner in 7 min")
                .contains("stays open when nobody answers");
    }

    @Test
    void theBestCredentialAtHandIsShown() throws IOException {
        server.on("GET /v1/tokens", 200, "{\"tokens\":[]}");
        desk.run("tokens", "list");
        PrivateFile.write(
                home.resolve("d/owner.json"),
                "{\"url\":\"" + server.url() + "\",\"token\":\"owner\",\"pid\":1}");
        desk.run("tokens", "list", "--data", "d");
        new SignIns(desk.tools().around()).keep(ServerClient.address(server.url()), "mine", "T1");
        desk.run("tokens", "list", "--data", "d");
        desk.environment.put("COUNTERSIGN_TOKEN", "given");
        desk.run("tokens", "list", "--data", "d");
        assertThat(server.calls)
                .containsExactly(
                        "GET /v1/tokens null ",
                        "GET /v1/tokens Bearer owner ",
                        "GET /v1/tokens Bearer mine ",
                        "GET /v1/tokens Bearer given ");
    }

    @Test
    void whatWaitsForItsTimeIsListedAndAnswered() throws IOException {
        String waits =
                "{\"id\":\"DEF-3\",\"status\":\"queued\",\"until\":\"2026-11-20T22:00:00Z\","
                        + "\"agent\":\"migrations\",\"votes\":[{}],\"decision\":{\"risk\":\"low\"},"
                        + "\"call\":{\"tool\":\"Bash\",\"input\":{\"command\":\"npm test\"}}}";
        server.on("GET /v1/deferred", 200, "{\"deferred\":[" + waits + "]}");
        assertThat(desk.run("deferred", "list")).isZero();
        assertThat(desk.out.toString())
                .contains(
                        "DEF-3",
                        "low",
                        "2026-11-20",
                        "waits, 1 approved",
                        "migrations",
                        "npm test");
        assertThat(desk.out.toString().lines()).allMatch(line -> line.length() <= 100);

        assertThat(desk.run("deferred", "release", "DEF-3")).isEqualTo(1);
        assertThat(desk.err.toString()).contains("login");
        desk.environment.put("COUNTERSIGN_TOKEN", "mine");
        server.on("POST /v1/deferred/DEF-3/release", 200, waits.replace("queued", "ready"));
        assertThat(desk.run("deferred", "release", "DEF-3")).isZero();
        assertThat(desk.out.toString()).endsWith("DEF-3: may run once.\n");
        server.on("POST /v1/deferred/DEF-3/cancel", 200, waits.replace("queued", "cancelled"));
        assertThat(desk.run("deferred", "cancel", "DEF-3", "--reason", "not now")).isZero();
        assertThat(server.calls.getLast())
                .isEqualTo("POST /v1/deferred/DEF-3/cancel Bearer mine {\"reason\":\"not now\"}");
    }

    @Test
    void theOwnersTokenGoesToTheOwnersServerOnly() throws IOException {
        PrivateFile.write(
                home.resolve("d/owner.json"),
                "{\"url\":\"http://127.0.0.1:1/\",\"token\":\"owner\",\"pid\":1}");
        desk.run("tokens", "list", "--data", "d", "--server", server.url());
        assertThat(server.calls).containsExactly("GET /v1/tokens null ");
    }

    @Test
    void signingInKeepsTheTokenForThisUserAlone() throws Exception {
        server.on(
                        "POST /v1/login/device",
                        200,
                        "{\"device_code\":\"dc\",\"user_code\":\"ABCD-EFGH\",\"interval\":1,"
                                + "\"expires_in\":600,\"verification_uri\":\"http://h/device\"}")
                .on(
                        "POST /v1/login/token",
                        200,
                        "{\"access_token\":\"t\",\"id\":\"T1\",\"person\":\"ana@example.com\"}")
                .on("DELETE /v1/tokens/T1", 204, "");
        assertThat(desk.run("login")).isZero();
        assertThat(desk.out.toString())
                .contains("http://h/device", "ABCD-EFGH", "Signed in as ana@example.com.");
        Path file = new SignIns(desk.tools().around()).file();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
        assertThat(desk.run("logout")).isZero();
        assertThat(server.calls.getLast()).isEqualTo("DELETE /v1/tokens/T1 Bearer t ");
        assertThat(Files.readString(file)).doesNotContain("\"t\"");
    }

    @Test
    void aRefusedSignInIsAFailure() {
        server.on(
                        "POST /v1/login/device",
                        200,
                        "{\"device_code\":\"dc\",\"user_code\":\"X\",\"interval\":1}")
                .on("POST /v1/login/token", 400, "{\"error\":\"access_denied\"}");
        assertThat(desk.run("login")).isEqualTo(1);
        assertThat(desk.err.toString()).contains("refused in the page");
    }

    @Test
    void aTokenIsPrintedOnceAndAlone() throws Json.Broken {
        server.on(
                "POST /v1/tokens",
                201,
                "{\"token\":\"cs_secret\",\"id\":\"T1\",\"expires_at\":null}");
        assertThat(desk.run("tokens", "create", "--kind", "agent", "--name", "ci", "--agent", "ci"))
                .isZero();
        assertThat(desk.out.toString().strip()).isEqualTo("cs_secret");
        String body = server.calls.getFirst().substring(server.calls.getFirst().indexOf('{'));
        assertThat(Json.readObject(body))
                .isEqualTo(Json.object().put("kind", "agent").put("name", "ci").put("agent", "ci"));
    }

    @Test
    void whatTheServerRefusesIsToldInItsWords() {
        server.on(
                "POST /v1/people",
                403,
                "{\"type\":\"x\",\"title\":\"forbidden\",\"detail\":\"only an owner may do this\"}");
        assertThat(desk.run("people", "add", "a@b")).isEqualTo(1);
        assertThat(desk.err.toString()).isEqualTo("countersign: only an owner may do this\n");
        server.on("GET /v1/people", 401, "");
        assertThat(desk.run("people", "list")).isEqualTo(1);
        assertThat(desk.err.toString()).contains("wants to know who asks");
        server.on("GET /v1/people", 200, "<html>");
        assertThat(desk.run("people", "list")).isEqualTo(1);
        assertThat(desk.err.toString()).contains("cannot be read");
    }

    @Test
    void noServerIsAFailureThatSaysWhatToDo() {
        server.close();
        assertThat(desk.run("people", "list")).isEqualTo(1);
        assertThat(desk.err.toString()).contains("no server answers at", "countersign serve");
        assertThat(desk.run("people", "list", "--server", "ftp://x")).isEqualTo(2);
    }

    /** Ten records of a ledger that begins at zero. */
    private static final class Ten implements AuditQuery {
        static Recorded record(long index) {
            ObjectNode body =
                    Json.object()
                            .put("kind", "decision")
                            .put("at", "2026-03-29T10:00:0" + index + ".123Z")
                            .put("effect", "allow")
                            .put("risk", "none")
                            .put("agent", "m")
                            .put("summary", "ls " + index);
            return new Recorded(index, "0".repeat(64), body);
        }

        @Override
        public List<Recorded> list(Map<String, String> filters, long before, int limit) {
            List<Recorded> all = new ArrayList<>();
            for (long i = Math.min(9, before - 1); i >= 0 && all.size() < limit; i--) {
                all.add(record(i));
            }
            return all;
        }

        @Override
        public List<Stored> next(Map<String, String> filters, long after, long before) {
            return List.of();
        }

        @Override
        public Optional<Recorded> byIndex(long index) {
            return index < 10 ? Optional.of(record(index)) : Optional.empty();
        }

        @Override
        public List<Recorded> ofDecision(String decision) {
            return decision.equals("01K") ? List.of(record(1), record(2)) : List.of();
        }
    }

    private void records(Product.Verdict verdict) {
        desk.product =
                new Desk.NoProduct() {
                    @Override
                    public Records records(DataPlace data) {
                        return new Desk.GivenRecords(new Ten(), verdict);
                    }
                };
    }

    @Test
    void recordsAreReadFromTheDataFolder() {
        records(
                new Product.Verdict(
                        true, true, 10, "ff", "all right", "all there", Optional.empty(), ""));
        assertThat(desk.run("audit", "list", "--limit", "2")).isZero();
        assertThat(desk.out.toString().lines())
                .containsExactly(
                        "INDEX  TIME                  KIND      EFFECT  RISK  AGENT  WHAT",
                        "9      2026-03-29 10:00:09Z  decision  allow   none  m      ls 9",
                        "8      2026-03-29 10:00:08Z  decision  allow   none  m      ls 8",
                        "more: --before 8");
        assertThat(desk.err.toString()).isEmpty();
        assertThat(server.calls).isEmpty();
        assertThat(desk.run("audit", "show", "01K", "--json")).isZero();
        assertThat(desk.out.toString()).contains("\"index\":1,", "\"index\":2,");
        assertThat(desk.run("audit", "show", "99")).isEqualTo(1);
    }

    @Test
    void aNarrowTerminalLeavesTheRoomToWhatHappened() {
        records(
                new Product.Verdict(
                        true, true, 10, "ff", "all right", "all there", Optional.empty(), ""));
        desk.width = 60;
        assertThat(desk.run("audit", "list", "--limit", "1")).isZero();
        assertThat(desk.out.toString().lines())
                .containsExactly(
                        "INDEX  TIME (UTC)      KIND   RISK  WHAT",
                        "9      03-29 10:00:09  allow  none  ls 9",
                        "more: --before 9");
    }

    @Test
    void aRecordIsShownForPeople() throws Json.Broken {
        String record =
                """
                {"index": 4, "hash": "aa", "record": {"previous": "bb", "kind": "decision",
                 "at": "2026-03-29T10:00:00.123Z", "summary": "git push", "agent": "migrations",
                 "person": "ana@example.com", "effect": "deny", "risk": "high",
                 "decider": "person", "decision": "01K",
                 "body": {"reason": "denied by ana@example.com", "instead": "open a pull request",
                  "decider": {"kind": "person", "id": "ana@example.com"},
                  "call": {"tool": "Bash", "cwd": "/w", "driver": "ana@example.com",
                   "input": {"command": "git push \u202emain"}},
                  "operations": [{"effect": "ask", "action": "git_push", "risk": "high",
                   "summary": "pushes main", "because": [{"document": "project/p",
                   "rule": "ask git_push", "at": "p.yaml:3:5", "effect": "ask",
                   "text": "a push reaches others"}]}],
                  "approval": "APR-1", "votes": [{"person": "ana@example.com",
                   "answer": "deny", "at": "2026-03-29T10:00:00Z"}]}}}
                """;
        assertThat(RecordText.lines(Json.readObject(record), desk.tools().terminal()))
                .containsExactly(
                        "#4  2026-03-29 10:00:00Z  decision  deny  risk high",
                        "what       git push",
                        "decided by person ana@example.com",
                        "agent      migrations for ana@example.com",
                        "person     ana@example.com",
                        "reason     denied by ana@example.com",
                        "instead    open a pull request",
                        "tool       Bash",
                        "in         /w",
                        "input",
                        "  git push <U+202E>main",
                        "operation  ask  git_push  risk high",
                        "           pushes main",
                        "           because a push reaches others [project/p: ask git_push,"
                                + " p.yaml:3:5]",
                        "approval   APR-1",
                        "vote       ana@example.com deny 2026-03-29 10:00:00Z",
                        "decision   01K",
                        "hash       aa",
                        "previous   bb",
                        "");
    }

    @Test
    void aBrokenLedgerIsAFailure() {
        records(
                new Product.Verdict(
                        true, true, 10, "ff", "all right", "all there", Optional.empty(), ""));
        assertThat(desk.run("audit", "verify")).isZero();
        assertThat(desk.out.toString())
                .isEqualTo(
                        """
                        INTACT    all right
                        COMPLETE  all there
                        records   10
                        head      ff
                        """);
        records(
                new Product.Verdict(
                        false,
                        true,
                        4,
                        "",
                        "record 4 was changed",
                        "all there",
                        Optional.empty(),
                        ""));
        assertThat(desk.run("audit", "verify")).isEqualTo(1);
        assertThat(desk.out.toString())
                .endsWith(
                        """
                        BROKEN    record 4 was changed
                        COMPLETE  all there
                        records   4 good, from the first on
                        """);
        records(
                new Product.Verdict(
                        true,
                        false,
                        4,
                        "ff",
                        "all right",
                        "it had 9 records",
                        Optional.empty(),
                        ""));
        assertThat(desk.run("audit", "verify")).isEqualTo(1);
        assertThat(desk.out.toString()).contains("CUT       it had 9 records\n");
    }

    @Test
    void aNamedServerIsAskedForRecords() {
        server.on("GET /v1/audit?limit=50&agent=a%20b", 200, "{\"records\":[],\"next\":null}");
        assertThat(desk.run("audit", "list", "--agent", "a b", "--server", server.url())).isZero();
        assertThat(desk.out.toString()).contains("No record fits");
    }

    @Test
    void acceptingAFileSendsItsVeryContent() throws IOException {
        Files.writeString(
                home.resolve("countersign.yaml"), "policy: p\nrules:\n  - allow: file_read\n");
        assertThat(desk.run("policy", "accept", "countersign.yaml")).isEqualTo(1);
        assertThat(desk.err.toString()).contains("`countersign login`");
        desk.environment.put("COUNTERSIGN_TOKEN", "personal");
        server.on(
                "POST /v1/policies/accept",
                200,
                """
                {"newly_allowed": {"count": 1, "examples": 3, "records": 2,
                 "calls": [{"call": "git push", "agent": "main", "recorded": 2, "before": "ask"}]}}
                """);
        assertThat(desk.run("policy", "accept", "countersign.yaml", "--dry-run")).isZero();
        assertThat(server.calls.getLast()).contains("\"dry_run\":true");
        assertThat(desk.out.toString())
                .contains(
                        "1 call becomes allowed",
                        "ask → allow  git push  by main  (2 in the last 30 days)")
                .doesNotContain("Accepted");
        assertThat(desk.run("policy", "accept", "countersign.yaml")).isZero();
        assertThat(server.calls.getLast()).contains("\"dry_run\":false");
        assertThat(server.calls.getLast())
                .contains(home.resolve("countersign.yaml").toString())
                .matches("(?s).*\"sha256\":\"[0-9a-f]{64}\".*");
        assertThat(desk.run("policy", "accept", "countersign.yaml", "--sha256", "0")).isEqualTo(1);
    }

    @Test
    void whatIsInForceComesFromTheServerUnlessDocumentsAreNamed() throws IOException {
        Files.writeString(home.resolve("p.yaml"), "policy: p\nrules:\n  - deny: file_read\n");
        assertThat(desk.run("policy", "show", "--effective")).isZero();
        assertThat(desk.out.toString())
                .containsPattern("profile standard  built in\n(  .*\n)*  ask .*git_push")
                .doesNotContain("tenant/t");
        server.on(
                "GET /v1/policies/effective?agent=ci&workspace="
                        + ServerClient.part(home.toString()),
                200,
                """
                {"agent": "ci", "version": "sha256:0", "lines": [
                 {"subject": "rule", "says": "deny git_push", "document": "tenant/t", "at": "t.yaml:3:5"}]}
                """);
        desk.environment.put("COUNTERSIGN_TOKEN", "personal");
        assertThat(desk.run("policy", "show", "--effective", "--agent", "ci")).isZero();
        assertThat(desk.out.toString()).contains("deny git_push", "tenant/t", "t.yaml:3:5");
        assertThat(desk.run("policy", "show", "--effective", "--policy", "p.yaml")).isZero();
        assertThat(desk.out.toString()).contains("deny file_read");
    }

    @Test
    void policyShowSaysWhatDoesNotCountYet() throws IOException {
        desk.run("policy", "show");
        assertThat(desk.out.toString()).startsWith("No policy file here.");
        Files.writeString(
                home.resolve("countersign.yaml"), "policy: p\nrules:\n  - allow: file_read\n");
        assertThat(desk.run("policy", "show")).isZero();
        assertThat(desk.out.toString())
                .contains("project/p  not accepted: only restricts", "waits   allow file_read");
        assertThat(desk.run("policy", "lint")).isZero();
        Files.writeString(home.resolve("countersign.yaml"), "policy: p\nrulez: 1\n");
        assertThat(desk.run("policy", "lint")).isEqualTo(2);
        assertThat(desk.out.toString()).contains("error  countersign.yaml:2:1: ");
    }
}
