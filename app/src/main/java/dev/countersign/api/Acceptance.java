package dev.countersign.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.WaitingFiles;
import dev.countersign.decision.Widening;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Accepts policy files of repositories, by their very content. */
public final class Acceptance {
    private static final int MOST_KNOWN = 50;
    private static final Duration STAYS = Duration.ofMinutes(5);

    private final PeopleStore store;
    private final WaitingFiles files;
    private final Widening widening;
    private final Clock clock;

    /**
     * The last reports: a page asks again and again, and trying a month of calls takes a second.
     */
    private final Map<List<String>, Known> reports =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<List<String>, Known> eldest) {
                    return size() > MOST_KNOWN;
                }
            };

    private record Known(Instant at, Widening.Report report) {}

    public Acceptance(PeopleStore store, WaitingFiles files, Widening widening, Clock clock) {
        this.store = store;
        this.files = files;
        this.widening = widening;
        this.clock = clock;
    }

    /**
     * What becomes allowed when a person accepts this very content, at most five minutes old; empty
     * when it does not wait there any more.
     */
    public Optional<Widening.Report> report(String path, String sha256) {
        return files.change(path, sha256).map(this::report);
    }

    private synchronized Widening.Report report(WaitingFiles.Change change) {
        List<String> key =
                List.of(change.workspace(), change.now().version(), change.then().version());
        Instant now = clock.instant();
        Known known = reports.get(key);
        if (known == null || known.at().plus(STAYS).isBefore(now)) {
            known = new Known(now, widening.in(change));
            reports.put(key, known);
        }
        return known.report();
    }

    public WaitingFiles files() {
        return files;
    }

    /**
     * Lets the whole of a file count, as long as its content stays this.
     *
     * @param dry only say what that newly allows
     * @return what becomes allowed by it
     * @throws Problem when this person may not, or nothing of that content waits there
     */
    public Widening.Report accept(Principal.Person person, String path, String sha256, boolean dry)
            throws NotRecorded {
        if (!person.votes()) {
            throw Problem.forbidden("sign in with `countersign login` to accept a file");
        }
        Problem.require(person, Permission.ACCEPT);
        if (!files.waits(path, sha256) && !store.accepted(path, sha256)) {
            throw Problem.notFound(
                    "no file with that path and content waits to be accepted; it may have changed"
                            + " since it was shown");
        }
        Widening.Report report = report(path, sha256).orElse(Widening.Report.NOTHING);
        if (dry) {
            return report;
        }
        ObjectNode body =
                JsonNodeFactory.instance.objectNode().put("path", path).put("sha256", sha256);
        body.set("newly_allowed", report.json());
        store.accept(
                path,
                sha256,
                person.email(),
                AuditRecord.change(
                        "policy",
                        clock.instant(),
                        person.email(),
                        null,
                        person.email() + " accepted " + path,
                        body));
        files.accepted();
        return report;
    }
}
