package dev.countersign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.retention.ArchivePlaces;
import dev.countersign.audit.retention.Refused;
import dev.countersign.audit.retention.Retention;
import dev.countersign.config.RetentionSettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Once a day archives what is older than the settings say, and takes it out where they say so. At
 * the start it frees the room of what was taken out before the server ended.
 */
final class RetentionRun implements AutoCloseable {
    private static final Duration EVERY = Duration.ofDays(1);

    private final Retention retention;
    private final Optional<RetentionSettings> settings;
    private final Alarms alarms;
    private final Clock clock;
    private final CountDownLatch closing = new CountDownLatch(1);

    RetentionRun(
            Retention retention, Optional<RetentionSettings> settings, Alarms alarms, Clock clock) {
        this.retention = retention;
        this.settings = settings;
        this.alarms = alarms;
        this.clock = clock;
    }

    void start() {
        Thread _ = Thread.ofPlatform().name("retention").daemon(true).start(this::run);
    }

    private void run() {
        try {
            do {
                once();
            } while (settings.isPresent() && !closing.await(EVERY.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void once() {
        try {
            retention.sweep();
            if (settings.isPresent()) {
                Instant before = wholeMonths(clock.instant().minus(settings.get().keep()));
                retention.archive(before, settings.get().archive(), null);
                if (settings.get().prune()) {
                    Retention.Taken _ =
                            retention.prune(
                                    before,
                                    ArchivePlaces.anywhere(List.of(settings.get().archive())),
                                    null);
                    retention.sweep();
                }
            }
        } catch (Refused | IOException | NotRecorded | RuntimeException e) {
            if (closing.getCount() > 0) {
                alarms.tell(
                        System.Logger.Level.WARNING,
                        "old records could not be archived: " + e.getMessage(),
                        JsonNodeFactory.instance.objectNode());
            }
        }
    }

    /** A file a month, not one a day. */
    static Instant wholeMonths(Instant before) {
        return YearMonth.from(before.atZone(ZoneOffset.UTC))
                .atDay(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
