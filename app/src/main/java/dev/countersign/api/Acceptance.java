package dev.countersign.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.WaitingFiles;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Principal;
import java.time.Clock;

/** Accepts policy files of repositories, by their very content. */
public final class Acceptance {
    private final PeopleStore store;
    private final WaitingFiles files;
    private final Clock clock;

    public Acceptance(PeopleStore store, WaitingFiles files, Clock clock) {
        this.store = store;
        this.files = files;
        this.clock = clock;
    }

    WaitingFiles files() {
        return files;
    }

    /**
     * Lets the whole of a file count, as long as its content stays this.
     *
     * @throws Problem when this person may not, or nothing of that content waits there
     */
    public void accept(Principal.Person person, String path, String sha256) throws NotRecorded {
        if (!person.votes()) {
            throw Problem.forbidden("sign in with `countersign login` to accept a file");
        }
        if (person.roles().stream().allMatch("viewer"::equals)) {
            throw Problem.forbidden("a viewer may not accept policy files");
        }
        if (!files.waits(path, sha256) && !store.accepted(path, sha256)) {
            throw Problem.notFound(
                    "no file with that path and content waits to be accepted; it may have changed"
                            + " since it was shown");
        }
        ObjectNode body =
                JsonNodeFactory.instance.objectNode().put("path", path).put("sha256", sha256);
        store.accept(
                path,
                sha256,
                person.email(),
                new AuditRecord(
                        "policy",
                        clock.instant(),
                        null,
                        null,
                        person.email(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        person.email() + " accepted " + path,
                        body));
        files.accepted();
    }
}
