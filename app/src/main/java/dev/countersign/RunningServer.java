package dev.countersign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.HttpApi;
import dev.countersign.api.OwnerUses;
import dev.countersign.approval.Absences;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Grants;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.cli.Failure;
import dev.countersign.cli.Product;
import dev.countersign.config.PrivateFile;
import dev.countersign.config.ServerSettings;
import dev.countersign.decision.Deferral;
import dev.countersign.people.Directory;
import dev.countersign.people.Identity;
import dev.countersign.people.Person;
import dev.countersign.people.SignIn;
import dev.countersign.people.SignIns;
import dev.countersign.store.Store;
import dev.countersign.web.Pages;
import dev.countersign.witness.Outward;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A server that answers, with what must be ended in order when it stops. */
final class RunningServer implements Product.Server {
    /**
     * The library tells of every start at length; people read only what needs them. Held, or it
     * would be forgotten.
     */
    private static final Logger LIBRARY = Logger.getLogger("io.helidon");

    private static final System.Logger LOG = System.getLogger(RunningServer.class.getName());

    private final URI url;
    private final URI signInLink;
    private final WebServer web;
    private final HttpApi api;
    private final OwnerUses ownerUses;
    private final Directory directory;
    private final SignIn signIn;
    private final Outward outward;
    private final Store store;
    private final Path ownerNote;
    private final RetentionRun retention;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private RunningServer(
            URI url,
            URI signInLink,
            WebServer web,
            HttpApi api,
            OwnerUses ownerUses,
            Directory directory,
            SignIn signIn,
            Outward outward,
            Store store,
            Path ownerNote,
            RetentionRun retention) {
        this.url = url;
        this.signInLink = signInLink;
        this.web = web;
        this.api = api;
        this.ownerUses = ownerUses;
        this.directory = directory;
        this.signIn = signIn;
        this.outward = outward;
        this.store = store;
        this.ownerNote = ownerNote;
        this.retention = retention;
    }

    static RunningServer start(
            ServerSettings settings,
            int port,
            URI address,
            Store store,
            Approvals approvals,
            Absences absences,
            Deferral deferral,
            Grants grants,
            OwnerUses ownerUses,
            Directory directory,
            Outward outward,
            HttpApi api,
            Pages pages,
            Identity identity,
            SignIns signIns,
            Person owner,
            RetentionRun retention) {
        LIBRARY.setLevel(Level.OFF);
        WebServer web =
                WebServer.builder()
                        .host(settings.listen().host())
                        .port(port)
                        .shutdownHook(false)
                        .shutdownGracePeriod(Duration.ofMillis(200))
                        .routing(routing -> {
                            api.register(routing);
                            pages.register(routing);
                        })
                        .build();
        try {
            web.start();
        } catch (RuntimeException e) {
            throw notListening(settings, ": " + rootCause(e));
        }
        // A port that is taken is only logged by the library; what is not running must not be
        // announced.
        if (!web.isRunning()) {
            throw notListening(settings, "");
        }
        Path note = settings.data().resolve("owner.json");
        RunningServer server =
                new RunningServer(
                        address,
                        signInLink(address, signIns, owner),
                        web,
                        api,
                        ownerUses,
                        directory,
                        signIns.signIn(),
                        outward,
                        store,
                        note,
                        retention);
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        content.put("url", "http://" + local(settings) + ":" + port);
        content.put("token", identity.ownerSecret());
        content.put("pid", ProcessHandle.current().pid());
        try {
            PrivateFile.write(note, content.toString());
        } catch (IOException e) {
            server.close();
            throw Failure.failed("cannot write `" + note + "`: " + e.getMessage());
        }
        outward.start();
        retention.start();
        Thread.ofVirtual().name("expiry").start(() -> server.expire(absences, deferral, grants));
        return server;
    }

    private static String local(ServerSettings settings) {
        String host = settings.listen().host();
        return host.indexOf(':') >= 0
                ? "[" + host + "]"
                : host.equals("0.0.0.0") ? "127.0.0.1" : host;
    }

    private static Failure notListening(ServerSettings settings, String why) {
        return Failure.failed(
                "cannot listen on `"
                        + settings.listen()
                        + "`"
                        + why
                        + "; another server may be there: --listen names another port");
    }

    private static String rootCause(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    /**
     * Ends what nobody answered in time, also when no client waits for it any more, and decides
     * again whose time has come.
     */
    private void expire(Absences absences, Deferral deferral, Grants grants) {
        boolean told = false;
        try {
            while (!closing.await(1, TimeUnit.SECONDS)) {
                try {
                    absences.tick();
                    deferral.openDue();
                    grants.expireDue();
                    ownerUses.tick();
                    directory.tick();
                    signIn.tick();
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
    private static URI signInLink(URI address, SignIns signIns, Person owner) {
        return signIns.links().nothingElse(owner.email())
                ? address.resolve("/sign-in?code=" + signIns.links().printed(owner))
                : address.resolve("/sign-in");
    }

    private void recordUses() {
        try {
            ownerUses.finish();
            directory.note();
            signIn.finish();
        } catch (NotRecorded e) {
            LOG.log(System.Logger.Level.WARNING, "the last uses were not recorded", e);
        }
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public URI signInLink() {
        return signInLink;
    }

    @Override
    public void await() throws InterruptedException {
        closed.await();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closing.getCount() == 0) {
                return;
            }
            closing.countDown();
        }
        try {
            outward.close();
            retention.close();
            api.stop();
            web.stop();
            recordUses();
            Files.deleteIfExists(ownerNote);
            store.close();
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the server did not close cleanly", e);
        } finally {
            closed.countDown();
        }
    }
}
