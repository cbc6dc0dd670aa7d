package dev.countersign.notify;

import dev.countersign.audit.AuditLog.NotRecorded;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keeps what is to be sent until it was sent. What is in it outlasts the process. */
public interface Outbox {

    /** From now on notices are stored with the changes they tell of, or are not. */
    void listen(boolean wanted);

    /** The oldest notices that were not handed on. */
    List<Notice> notices(int most);

    /**
     * Hands notices on: puts what the channels are to send in their place, in one step. Of what is
     * there already nothing is put a second time.
     *
     * @param last all notices up to this one are done with
     */
    void handOn(List<Delivery> deliveries, long last) throws NotRecorded;

    /** What a channel may send now: of each line the oldest, where its time has come. */
    List<Delivery> ready(String channel, Instant now, int most);

    /** What a channel tells together with others and is due, all of a recipient beside another. */
    List<Delivery> together(String channel, Instant now, int most);

    /** What channels have told of a question, or will. */
    List<Delivery> told(String approval);

    /** Keeps what became of a try. */
    void settle(Delivery delivery) throws NotRecorded;

    /**
     * Lets a channel that works again try everything at once that waits because it did not work.
     * What failed more than once while it worked keeps its own time.
     */
    void hasten(String channel, Instant now) throws NotRecorded;

    /** How a channel stands. */
    Counts counts(String channel);

    /**
     * How a channel stands.
     *
     * @param waiting how many wait to be sent
     * @param failed how many were given up
     * @param sent when the last one was sent
     * @param error why a try failed last, among those that wait or were given up
     */
    record Counts(long waiting, long failed, Optional<Instant> sent, String error) {}

    /** The newest deliveries that stand so, of one channel where one is named. */
    List<Delivery> list(Delivery.Status status, Optional<String> channel, int most);

    Optional<Delivery> find(String id);

    /**
     * Lets what was given up be tried again.
     *
     * @return how many
     */
    int replay(String channel, Optional<String> id, Instant now) throws NotRecorded;

    /** Forgets what was sent before then, and what was given up as long before. */
    void forget(Instant before) throws NotRecorded;

    /** Drops what channels of other names were to send, and whose accounts answered by them. */
    void keep(Set<String> channels) throws NotRecorded;

    /** Where a channel has put a question. */
    Optional<String> place(String channel, String recipient, String approval);

    /** Notes where a channel has put a question. */
    void put(String channel, String recipient, String approval, String place, Instant now)
            throws NotRecorded;
}
