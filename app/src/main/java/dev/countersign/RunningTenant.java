package dev.countersign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.HttpApi;
import dev.countersign.api.OwnerUses;
import dev.countersign.approval.Absences;
import dev.countersign.approval.Grants;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.Repeats;
import dev.countersign.config.PrivateFile;
import dev.countersign.decision.Deferral;
import dev.countersign.notify.Notifications;
import dev.countersign.people.Directory;
import dev.countersign.people.Identity;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Person;
import dev.countersign.people.Roles;
import dev.countersign.people.SignIns;
import dev.countersign.store.Store;
import dev.countersign.web.Pages;
import dev.countersign.witness.Outward;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One organisation as it is served: its routes, and what goes on beside them. */
final class RunningTenant {
    private static final System.Logger LOG = System.getLogger(RunningTenant.class.getName());

    private final URI address;
    private final Path ownerNote;
    private final Parts parts;
    private final HttpRouting routing;
    private final Clock clock;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * What it consists of.
     *
     * @param owner the first of its owners
     * @param refusals what is refused again and again
     * @param outward carries what was signed to who keeps it
     */
    record Parts(
            Person owner,
            Store store,
            HttpApi api,
            Pages pages,
            Absences absences,
            Deferral deferral,
            Grants grants,
            OwnerUses ownerUses,
            List<Repeats> refusals,
            Directory directory,
            PeopleStore people,
            Identity identity,
            SignIns signIns,
            Outward outward,
            Notifications notifications,
            RetentionRun retention,
            BackgroundCheck check) {}

    /**
     * Puts it together; nothing goes on yet.
     *
     * @param address how its people reach it
     * @param folder where its keys are
     */
    RunningTenant(URI address, Path folder, Parts parts, Clock clock) {
        this.clock = clock;
        this.address = address;
        this.ownerNote = folder.resolve("owner.json");
        this.parts = parts;
        HttpRouting.Builder routes = HttpRouting.builder();
        parts.api().register(routes);
        parts.pages().register(routes);
        routing = routes.build();
    }

    HttpRouting routing() {
        return routing;
    }

    /** Whether a token is one of this tenant's. */
    boolean knows(String secret) {
        return parts.identity().byBearer(secret).isPresent();
    }

    URI address() {
        return address;
    }

    /**
     * Begins with what goes on beside the routes.
     *
     * @param local where programs of this machine reach it
     */
    void start(String local) throws IOException {
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        content.put("url", local);
        content.put("token", parts.identity().ownerSecret());
        content.put("pid", ProcessHandle.current().pid());
        PrivateFile.write(ownerNote, content.toString());
        parts.outward().start();
        parts.notifications().start();
        parts.retention().start();
        Thread.ofVirtual().name("expiry").start(this::expire);
        parts.check().start();
    }

    /**
     * Ends what nobody answered in time, also when no client waits for it any more, and decides
     * again whose time has come.
     */
    private void expire() {
        boolean told = false;
        try {
            while (!closing.await(1, TimeUnit.SECONDS)) {
                try {
                    parts.absences().tick();
                    parts.deferral().openDue();
                    parts.grants().expireDue();
                    parts.ownerUses().tick();
                    for (Repeats each : parts.refusals()) {
                        each.tick();
                    }
                    parts.directory().tick();
                    parts.signIns().signIn().tick();
                    told = false;
                } catch (NotRecorded | RuntimeException e) {
                    if (!told) {
                        LOG.log(System.Logger.Level.WARNING, "expiry waits for the ledger", e);
                    }
                    told = true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Who has something of their own to sign in with needs no link in a journal. */
    URI signInLink() {
        Person owner = parts.owner();
        return parts.signIns().links().nothingElse(owner.email())
                ? address.resolve("/sign-in?code=" + parts.signIns().links().printed(owner))
                : address.resolve("/sign-in");
    }

    /**
     * The code of a link for the first owner, as long as they alone could begin here; those made
     * before are good for nothing then.
     */
    Optional<String> firstLink() throws NotRecorded {
        List<Person> owners = parts.people().found("role:" + Roles.OWNER, 2);
        boolean alone =
                owners.size() == 1
                        && owners.getFirst().email().equals(Identity.FIRST_OWNER)
                        && parts.signIns().links().nothingElse(Identity.FIRST_OWNER);
        if (!alone) {
            return Optional.empty();
        }
        parts.signIns().links().forget(Identity.FIRST_OWNER);
        Receipt _ =
                parts.store()
                        .auditLog()
                        .append(
                                AuditRecord.change(
                                        "sign-in",
                                        clock.instant(),
                                        Identity.FIRST_OWNER,
                                        null,
                                        "a sign-in link for "
                                                + Identity.FIRST_OWNER
                                                + " made by the owners of the server",
                                        JsonNodeFactory.instance.objectNode()));
        return Optional.of(parts.signIns().links().printed(owners.getFirst()));
    }

    /** Answers whoever waits; no request may come after it. */
    void quiet() {
        closing.countDown();
        parts.outward().close();
        parts.notifications().close();
        parts.retention().close();
        parts.api().stop();
    }

    /** Records what is still to be recorded, and lets go of its data. */
    void end() throws IOException {
        try {
            parts.ownerUses().finish();
            for (Repeats each : parts.refusals()) {
                each.finish();
            }
            parts.directory().note();
            parts.signIns().signIn().finish();
        } catch (NotRecorded e) {
            LOG.log(System.Logger.Level.WARNING, "the last uses were not recorded", e);
        }
        Files.deleteIfExists(ownerNote);
        parts.store().close();
    }
}
