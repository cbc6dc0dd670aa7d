package dev.countersign.witness;

import dev.countersign.audit.Alarms;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.audit.Witnesses;
import dev.countersign.config.WitnessSettings;
import dev.countersign.config.WitnessSettings.Anchor;
import dev.countersign.ledger.SignedNote;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Carries the checkpoints of a server to witnesses and anchors, each in a thread of its own: no
 * decision waits for any of them.
 */
public final class Outward implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Outward.class.getName());
    private static final Duration PUSH = Duration.ofSeconds(10);

    /** That a witness is silent is told in another way. */
    private static final Duration NEVER = Duration.ofDays(36_500);

    private final LedgerProofs proofs;
    private final Witnesses witnesses;
    private final Alarms alarms;
    private final Clock clock;
    private final Web web = new Web(Optional.empty());
    private final List<Errand> errands = new ArrayList<>();
    private final boolean watched;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** What the settings name; nothing is carried before it is started. */
    public Outward(
            WitnessSettings settings,
            LedgerProofs proofs,
            Witnesses witnesses,
            Alarms alarms,
            Clock clock) {
        this.proofs = proofs;
        this.witnesses = witnesses;
        this.alarms = alarms;
        this.clock = clock;
        watched = !settings.known().isEmpty();
        settings.known()
                .forEach(known -> known.url().ifPresent(url -> errands.add(push(known, url))));
        settings.anchor().ifPresent(this::add);
    }

    private Errand push(WitnessSettings.Known known, URI url) {
        WitnessPush push = new WitnessPush(known.key(), url, proofs, witnesses, web, clock);
        return errand(
                "showing a checkpoint to the witness `" + known.key().name() + "`",
                PUSH,
                clock.instant(),
                NEVER,
                push::push);
    }

    private void add(Anchor anchor) {
        anchor.file()
                .ifPresent(file ->
                        errands.add(
                                errand(
                                        "the anchor `" + file + "`",
                                        anchor.every(),
                                        due(file, anchor.every()),
                                        anchor.every(),
                                        () -> append(file))));
        anchor.webhook()
                .ifPresent(url ->
                        errands.add(
                                errand(
                                        "the anchor `" + url.getHost() + "`",
                                        anchor.every(),
                                        clock.instant(),
                                        anchor.every(),
                                        () -> post(url))));
    }

    private Errand errand(
            String what, Duration every, Instant first, Duration patience, Errand.Doing doing) {
        return new Errand(what, every, first, patience, doing, alarms, clock);
    }

    /** A server that starts often does not write more often. */
    private Instant due(Path file, Duration every) {
        try {
            return Files.exists(file) && Files.size(file) > 0
                    ? Files.getLastModifiedTime(file).toInstant().plus(every)
                    : clock.instant();
        } catch (IOException _) {
            return clock.instant();
        }
    }

    private boolean append(Path file) throws IOException {
        Optional<SignedNote> newest = newest();
        if (newest.isPresent()) {
            AnchorFile.append(file, newest.get());
        }
        return newest.isPresent();
    }

    private boolean post(URI url) throws IOException, InterruptedException {
        Optional<SignedNote> newest = newest();
        if (newest.isPresent()) {
            Web.Answer answer = web.post(url, newest.get().toString());
            if (!answer.good()) {
                throw new IOException("status " + answer.status());
            }
        }
        return newest.isPresent();
    }

    private Optional<SignedNote> newest() {
        return proofs.checkpoint().map(witnesses::with);
    }

    /** Begins. */
    public void start() {
        if (watched) {
            start(witnesses::tick);
        }
        errands.forEach(errand -> start(errand::tick));
    }

    private interface Ticking {
        void tick() throws InterruptedException;
    }

    private void start(Ticking ticking) {
        Thread _ =
                Thread.ofVirtual()
                        .name("outward")
                        .start(() -> {
                            try {
                                do {
                                    tick(ticking);
                                } while (!closing.await(1, TimeUnit.SECONDS));
                            } catch (InterruptedException _) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    private static void tick(Ticking ticking) throws InterruptedException {
        try {
            ticking.tick();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "what was signed was not carried on", e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        web.close();
    }
}
