package dev.countersign.notify;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What one channel sends: several messages at once, those about one question to one recipient one
 * after the other. Where the other side does not answer, the lane rests; nobody else waits for it.
 */
final class Lane implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Lane.class.getName());
    private static final int AT_ONCE = 24;
    private static final int MOST_TOGETHER = 1_000;

    /** Begins no line: those begin with a question. */
    private static final String TOGETHER = "together ";

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Nobody wants to be told after so long. */
    private static final Duration LONGEST = Duration.ofDays(5);

    private final Channel channel;
    private final Carrier carrier;
    private final Outbox outbox;
    private final Function<Delivery, Optional<Message>> messages;
    private final URI inbox;
    private final Alarms alarms;
    private final Clock clock;
    private final Pauses pauses;
    private final Semaphore slots = new Semaphore(AT_ONCE);
    private final Semaphore news = new Semaphore(0);
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicInteger failures = new AtomicInteger();
    private final Consumer<String> gone;
    private final Thread thread;

    /** Nothing of it is under way any more, nor of those that it followed. */
    private final CountDownLatch finished = new CountDownLatch(1);

    private final AtomicLong restsUntil = new AtomicLong(System.nanoTime());
    private volatile Optional<Lane> before = Optional.empty();
    private volatile boolean ended;
    private volatile boolean closing;

    /**
     * Sends nothing before it is started.
     *
     * @param messages what is said for a delivery; empty where its question is not there any more
     * @param inbox where people read and answer questions
     * @param gone is told why the other side wants nothing any more
     */
    Lane(
            Channel channel,
            Carrier carrier,
            Outbox outbox,
            Function<Delivery, Optional<Message>> messages,
            URI inbox,
            Consumer<String> gone,
            Alarms alarms,
            Clock clock,
            Pauses pauses) {
        this.channel = channel;
        this.carrier = carrier;
        this.outbox = outbox;
        this.messages = messages;
        this.inbox = inbox;
        this.gone = gone;
        this.alarms = alarms;
        this.clock = clock;
        this.pauses = pauses;
        thread = Thread.ofVirtual().name("channel " + channel.name()).unstarted(this::run);
    }

    /** Begins, once one that it follows has ended what it was at. */
    void start(Optional<Lane> after) {
        before = after;
        thread.start();
    }

    Channel channel() {
        return channel;
    }

    Carrier carrier() {
        return carrier;
    }

    /** There may be something to send. */
    void wake() {
        news.release();
    }

    /** Until when it rests, or empty where it works. */
    Optional<Instant> rests() {
        long left = restsUntil.get() - System.nanoTime();
        return left > 0 ? Optional.of(clock.instant().plusNanos(left)) : Optional.empty();
    }

    private void run() {
        try {
            if (before.isPresent()) {
                before.get().finished.await();
                before = Optional.empty();
            }
            while (!closing) {
                boolean sentAll = true;
                try {
                    sentAll = begin();
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.WARNING, "the outbox cannot be read", e);
                }
                boolean _ = sentAll && news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                news.drainPermits();
            }
            slots.acquire(AT_ONCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            finished.countDown();
        }
    }

    /** Sends nothing any more, or again. */
    void ended(boolean now) {
        ended = now;
        wake();
    }

    boolean ended() {
        return ended;
    }

    /** Begins to send what may be sent; false where it took all there was room for. */
    private boolean begin() throws InterruptedException {
        if (ended || rests().isPresent()) {
            return true;
        }
        boolean any = false;
        for (Delivery next :
                outbox.ready(channel.name(), clock.instant(), AT_ONCE + underWay.size())) {
            if (closing || ended || rests().isPresent()) {
                return true;
            }
            // While nothing arrives one message at a time tries whether it does again.
            if (failures.get() > 0 && !underWay.isEmpty()) {
                return true;
            }
            if (!underWay.add(next.line())) {
                continue;
            }
            slots.acquire();
            any = true;
            Thread _ = Thread.ofVirtual().name("delivery").start(() -> carry(next));
        }
        return !any && !together();
    }

    /** Begins to tell what is told together; whether there was any. */
    private boolean together() throws InterruptedException {
        Map<String, List<Delivery>> all = new LinkedHashMap<>();
        for (Delivery each : outbox.together(channel.name(), clock.instant(), MOST_TOGETHER)) {
            all.computeIfAbsent(each.recipient(), _ -> new ArrayList<>()).add(each);
        }
        boolean any = false;
        for (Map.Entry<String, List<Delivery>> each : all.entrySet()) {
            if (closing || rests().isPresent()) {
                return any;
            }
            if (underWay.add(TOGETHER + each.getKey())) {
                slots.acquire();
                any = true;
                Thread _ =
                        Thread.ofVirtual()
                                .name("deliveries")
                                .start(() -> carry(each.getKey(), each.getValue()));
            }
        }
        return any;
    }

    private void carry(String recipient, List<Delivery> due) {
        try {
            List<Delivery> still =
                    due.stream()
                            .flatMap(each -> outbox.find(each.id()).stream())
                            .filter(now -> now.status() == Delivery.Status.WAITING)
                            .toList();
            for (Delivery after : tried(still)) {
                outbox.settle(after);
                recover(after);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (NotRecorded | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "deliveries could not be noted", e);
            rest(Duration.ofSeconds(5));
        } finally {
            underWay.remove(TOGETHER + recipient);
            slots.release();
            wake();
        }
    }

    /** What became of several that are told in one message, of each question once. */
    private List<Delivery> tried(List<Delivery> due) throws InterruptedException {
        Map<String, Message> last = new LinkedHashMap<>();
        for (Delivery each : due) {
            messages.apply(each).ifPresent(message -> last.put(each.notice().approval(), message));
        }
        if (last.isEmpty()) {
            return due.stream()
                    .map(each -> each.failed(clock.instant(), "the question is not there any more"))
                    .toList();
        }
        try {
            carrier.send(List.copyOf(last.values()), inbox);
            return due.stream().map(each -> each.sent(clock.instant())).toList();
        } catch (Undelivered e) {
            return due.stream().map(each -> after(each, e)).toList();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a message could not be made", e);
            Undelivered ours = Undelivered.thisOne("an error of ours (this is a bug)");
            return due.stream().map(each -> after(each, ours)).toList();
        }
    }

    private void recover(Delivery after) throws NotRecorded {
        if (after.status() == Delivery.Status.SENT && failures.getAndSet(0) > 0) {
            outbox.hasten(channel.name(), clock.instant());
        }
    }

    private void carry(Delivery delivery) {
        try {
            // It may have been sent between the look at the list and now.
            Optional<Delivery> still =
                    outbox.find(delivery.id())
                            .filter(now -> now.status() == Delivery.Status.WAITING);
            if (still.isPresent()) {
                Delivery after = tried(still.get());
                outbox.settle(after);
                recover(after);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (NotRecorded | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a delivery could not be noted", e);
            rest(Duration.ofSeconds(5));
        } finally {
            underWay.remove(delivery.line());
            slots.release();
            wake();
        }
    }

    private Delivery tried(Delivery delivery) throws InterruptedException {
        Optional<Message> message = messages.apply(delivery);
        if (message.isEmpty()) {
            return delivery.failed(clock.instant(), "the question is not there any more");
        }
        try {
            carrier.send(message.get());
            return delivery.sent(clock.instant());
        } catch (Undelivered e) {
            return after(delivery, e);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a message could not be made", e);
            return after(delivery, Undelivered.thisOne("an error of ours (this is a bug)"));
        }
    }

    private Delivery after(Delivery delivery, Undelivered e) {
        Instant now = clock.instant();
        if (e.gone()) {
            ended = true;
            gone.accept(e.why());
        }
        boolean late = Duration.between(delivery.notice().at(), now).compareTo(LONGEST) > 0;
        if (e.everywhere()) {
            int inARow = failures.incrementAndGet();
            Duration pause = e.pause().orElseGet(() -> pauses.ofChannel(inARow));
            rest(pause);
            // While nothing arrives, that is the channel's failure and not this message's.
            if (inARow > 1 && !late) {
                return delivery.postponed(now.plus(pause), e.why());
            }
        }
        // Who says when to come back was reached: that is no failed try.
        if (e.pause().isPresent() && !late) {
            return delivery.postponed(now.plus(e.pause().get()), e.why());
        }
        if (!e.forGood() && !late && !Pauses.over(delivery.attempts() + 1)) {
            return delivery.later(now.plus(pauses.after(delivery.attempts() + 1)), e.why());
        }
        alarms.tell(
                System.Logger.Level.WARNING,
                "messages by the channel `" + channel.name() + "` were given up",
                JsonNodeFactory.instance.objectNode().put("channel", channel.name()));
        return delivery.failed(now, e.why());
    }

    private void rest(Duration pause) {
        long until = System.nanoTime() + pause.toNanos();
        restsUntil.accumulateAndGet(until, (one, other) -> one - other > 0 ? one : other);
    }

    @Override
    public void close() {
        closing = true;
        wake();
        carrier.close();
    }
}
