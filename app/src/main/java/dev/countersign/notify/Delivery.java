package dev.countersign.notify;

import java.time.Instant;
import java.util.Optional;

/**
 * What one channel says of one notice to one recipient.
 *
 * @param id never given twice, and the same for every try: receivers know a repetition by it
 * @param channel by which
 * @param recipient e-mail of a person, or empty where the channel is the recipient
 * @param notice of what
 * @param together whether it is told with others of its recipient, once its time has come
 * @param status what became of it
 * @param attempts how often it was tried
 * @param due when it is tried next
 * @param ended when it was sent or given up
 * @param error why the last try failed, or empty
 */
public record Delivery(
        String id,
        String channel,
        String recipient,
        Notice notice,
        boolean together,
        Status status,
        int attempts,
        Instant due,
        Optional<Instant> ended,
        String error) {

    /** What became of a delivery. */
    public enum Status {
        WAITING,
        SENT,
        FAILED;

        public String wire() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        public static Status of(String wire) {
            return valueOf(wire.toUpperCase(java.util.Locale.ROOT));
        }
    }

    /** A new one. */
    static Delivery of(
            String id, String channel, String recipient, Notice notice, Routing.When when) {
        return new Delivery(
                id,
                channel,
                recipient,
                notice,
                when.together(),
                Status.WAITING,
                0,
                when.at(),
                Optional.empty(),
                "");
    }

    /** What must be sent in order: all about one question to one recipient. */
    String line() {
        return notice.approval() + " " + recipient;
    }

    Delivery sent(Instant now) {
        return new Delivery(
                id,
                channel,
                recipient,
                notice,
                together,
                Status.SENT,
                attempts + 1,
                due,
                Optional.of(now),
                "");
    }

    Delivery failed(Instant now, String why) {
        return new Delivery(
                id,
                channel,
                recipient,
                notice,
                together,
                Status.FAILED,
                attempts + 1,
                due,
                Optional.of(now),
                why);
    }

    /** What was sent came back, which was no other try. */
    Delivery bounced(Instant now, String why) {
        return new Delivery(
                id,
                channel,
                recipient,
                notice,
                together,
                Status.FAILED,
                attempts,
                due,
                Optional.of(now),
                why);
    }

    Delivery later(Instant next, String why) {
        return new Delivery(
                id,
                channel,
                recipient,
                notice,
                together,
                Status.WAITING,
                attempts + 1,
                next,
                Optional.empty(),
                why);
    }

    /** The same, not before then; it was no try. */
    Delivery postponed(Instant next, String why) {
        return new Delivery(
                id,
                channel,
                recipient,
                notice,
                together,
                Status.WAITING,
                attempts,
                next,
                Optional.empty(),
                why);
    }
}
