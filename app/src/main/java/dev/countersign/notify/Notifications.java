package dev.countersign.notify;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Absence;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Electorate;
import dev.countersign.approval.Voter;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Place;
import dev.countersign.call.RiskTier;
import dev.countersign.config.ChannelKind;
import dev.countersign.config.ChannelSettings;
import dev.countersign.notify.Delivery.Status;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The channels by which people are told of questions, and what they send. What is to be said is in
 * the outbox before anybody knows of the question, so a decision never waits for a channel.
 */
public final class Notifications implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Notifications.class.getName());
    private static final int MOST_NOTICES = 200;
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration KEPT = Duration.ofDays(30);

    private final Outbox outbox;
    private final ChannelStore store;
    private final Approvals approvals;
    private final Electorate people;
    private final Wishes wishes;
    private final Function<Channel, Carrier> carriers;
    private final Alarms alarms;
    private final URI address;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Pauses pauses = new Pauses(random);
    private final Map<String, Lane> lanes = new ConcurrentSkipListMap<>();
    private final Semaphore news = new Semaphore(0);
    private final AutoCloseable subscription;
    private @Nullable Thread thread;
    private Instant forgotten = Instant.MIN;
    private volatile boolean started;
    private volatile boolean closing;

    /**
     * Those of the file and those that people added; nothing is sent before it is started.
     *
     * @param people knows who could answer
     * @param wishes what each of them wants to be told
     * @param carriers makes what carries the messages of a channel
     * @param address how people reach this server
     */
    public Notifications(
            List<Channel> ofFile,
            ChannelStore store,
            Outbox outbox,
            Approvals approvals,
            Electorate people,
            Wishes wishes,
            Function<Channel, Carrier> carriers,
            Alarms alarms,
            URI address,
            Clock clock) {
        this.outbox = outbox;
        this.store = store;
        this.approvals = approvals;
        this.people = people;
        this.wishes = wishes;
        this.carriers = carriers;
        this.alarms = alarms;
        this.address = address;
        this.clock = clock;
        store.all().forEach(this::open);
        // What the file says counts where both name one.
        ofFile.forEach(this::open);
        outbox.listen(!lanes.isEmpty());
        subscription = approvals.onChange(_ -> news.release());
    }

    private void open(Channel channel) {
        Lane lane =
                new Lane(
                        channel,
                        carriers.apply(channel),
                        outbox,
                        this::message,
                        alarms,
                        clock,
                        pauses);
        Lane before = lanes.put(channel.name(), lane);
        if (before != null) {
            before.close();
        }
        if (started) {
            lane.start();
        }
    }

    private Optional<Message> message(Delivery delivery) {
        return approvals
                .find(delivery.notice().approval())
                .map(request ->
                        new Message(
                                delivery, request, approvals.standing(request), url(request.id())));
    }

    private URI url(String approval) {
        return URI.create(address + "/approvals/" + approval);
    }

    /** Begins to send, also what is left from before. */
    public synchronized void start() {
        started = true;
        lanes.values().forEach(Lane::start);
        begin();
    }

    private synchronized void begin() {
        if (started && thread == null && !lanes.isEmpty()) {
            thread = Thread.ofVirtual().name("notices").start(this::run);
        }
    }

    private void run() {
        try {
            while (!closing) {
                boolean more = false;
                try {
                    more = handOn();
                    forget();
                } catch (NotRecorded | RuntimeException e) {
                    LOG.log(System.Logger.Level.WARNING, "notices wait", e);
                }
                boolean _ = more || news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                news.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void forget() throws NotRecorded {
        Instant now = clock.instant();
        if (Duration.between(forgotten, now).compareTo(Duration.ofHours(1)) > 0) {
            forgotten = now;
            outbox.forget(now.minus(KEPT));
        }
    }

    /** Puts what the channels are to send in the place of the notices; false where none came. */
    private boolean handOn() throws NotRecorded {
        List<Notice> notices = outbox.notices(MOST_NOTICES);
        if (notices.isEmpty()) {
            return false;
        }
        List<Delivery> deliveries = new ArrayList<>();
        for (Notice notice : notices) {
            Optional<ApprovalRequest> request = approvals.find(notice.approval());
            if (request.isPresent()) {
                add(notice, request.get(), deliveries);
            }
        }
        outbox.handOn(deliveries, notices.getLast().seq());
        lanes.values().forEach(Lane::wake);
        return true;
    }

    private void add(Notice notice, ApprovalRequest request, List<Delivery> deliveries) {
        Instant now = clock.instant();
        Place place = approvals.place(request);
        List<String> persons = List.of();
        for (Lane lane : lanes.values()) {
            Channel channel = lane.channel();
            if (!lane.carrier().tells(notice) || !channel.wants(request, place.teams(), now)) {
                continue;
            }
            if (!lane.carrier().personal()) {
                deliveries.add(Delivery.of(id(), channel.name(), "", notice, now));
                continue;
            }
            if (persons.isEmpty()) {
                persons =
                        notice.kind() == Notice.Kind.PASSED
                                ? passed(request)
                                : persons(request, place);
            }
            persons.stream()
                    .filter(each -> wishes.wish(each).wants(request, now))
                    .forEach(each ->
                            deliveries.add(Delivery.of(id(), channel.name(), each, notice, now)));
        }
    }

    /** Everybody whose answer would count now, or did. */
    private List<String> persons(ApprovalRequest request, Place place) {
        Collection<Voter> all = people.among(request.requirements(), request.driverOrNone(), place);
        return all.stream()
                .filter(voter ->
                        Ballot.obstacle(request.requirements(), request.driverOrNone(), voter)
                                .isEmpty())
                .map(Voter::email)
                .distinct()
                .sorted()
                .toList();
    }

    /** Who was asked last by name. */
    private static List<String> passed(ApprovalRequest request) {
        List<Absence.Notice> notices = request.absence().notices();
        return notices.isEmpty()
                ? List.of()
                : List.of(notices.getLast().of().replaceFirst("^" + Absence.PASSED, ""));
    }

    private String id() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return "msg_" + HexFormat.of().formatHex(bytes);
    }

    /**
     * How a channel stands.
     *
     * @param rests until when it is left alone because the other side did not answer
     */
    public record Seen(Channel channel, Outbox.Counts counts, Optional<Instant> rests) {}

    /** All channels by name. */
    public List<Seen> channels() {
        return lanes.values().stream()
                .map(lane ->
                        new Seen(
                                lane.channel(), outbox.counts(lane.channel().name()), lane.rests()))
                .sorted(Comparator.comparing(seen -> seen.channel().name()))
                .toList();
    }

    public Optional<Channel> channel(String name) {
        return Optional.ofNullable(lanes.get(name)).map(Lane::channel);
    }

    /** What carries the messages of a channel, for whoever takes answers from there. */
    public Optional<Carrier> carrier(String name) {
        return Optional.ofNullable(lanes.get(name)).map(Lane::carrier);
    }

    /**
     * Up to which risk the link of a mail answers without a sign-in, which every channel for mail
     * must let it; empty where none does.
     */
    public Optional<RiskTier> linksAnswer() {
        List<Optional<RiskTier>> said =
                lanes.values().stream()
                        .map(lane -> lane.channel().settings())
                        .filter(settings -> settings.kind() == ChannelKind.EMAIL)
                        .map(settings -> RiskTier.of(settings.value("link_answers", "")))
                        .toList();
        return said.stream().anyMatch(Optional::isEmpty)
                ? Optional.empty()
                : said.stream().flatMap(Optional::stream).min(Comparator.naturalOrder());
    }

    /** Names of all channels. */
    public Set<String> names() {
        return Set.copyOf(lanes.keySet());
    }

    /** Adds a channel or changes one that people added. */
    public synchronized void put(ChannelSettings settings, Map<String, String> secrets, By by)
            throws NotRecorded {
        Channel channel = new Channel(settings, secrets, false);
        boolean known = lanes.containsKey(channel.name());
        store.put(channel, event(channel, known ? "changed" : "added", by));
        open(channel);
        outbox.listen(true);
        begin();
    }

    /** Ends a channel that people added, and drops what it was to send. */
    public synchronized void remove(Channel channel, By by) throws NotRecorded {
        store.remove(channel.name(), event(channel, "removed", by));
        Lane gone = lanes.remove(channel.name());
        if (gone != null) {
            gone.close();
        }
        outbox.listen(!lanes.isEmpty());
        outbox.drop(channel.name());
    }

    /**
     * Who does something.
     *
     * @param name as the ledger names them
     * @param email of the person, or null
     */
    public record By(String name, @Nullable String email) {}

    private AuditRecord event(Channel channel, String what, By by) {
        ObjectNode body =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("channel", channel.name())
                        .put("kind", channel.settings().kind().wire())
                        .put("by", by.name());
        channel.settings().values().forEach(body.putObject("settings")::put);
        return AuditRecord.change(
                "channel",
                clock.instant(),
                by.email(),
                null,
                "the channel " + channel.name() + " was " + what + " by " + by.name(),
                body);
    }

    /** Sends a test message at once; empty when it arrived, else why not. */
    public Optional<String> test(Channel channel) throws InterruptedException {
        Lane lane = lanes.get(channel.name());
        if (lane == null) {
            return Optional.of("the channel is not there any more");
        }
        try {
            lane.carrier().test();
            return Optional.empty();
        } catch (Undelivered e) {
            return Optional.of(e.why());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a test message could not be made", e);
            return Optional.of("an error of ours (this is a bug)");
        }
    }

    /** The newest messages that stand so. */
    public List<Delivery> list(Status status, Optional<String> channel, int most) {
        return outbox.list(status, channel, most);
    }

    public Optional<Delivery> find(String id) {
        return outbox.find(id);
    }

    /** Tries again what was given up: one message, or all of a channel. */
    public int replay(String channel, Optional<String> id) throws NotRecorded {
        int again = outbox.replay(channel, id, clock.instant());
        Lane lane = lanes.get(channel);
        if (lane != null) {
            lane.wake();
        }
        return again;
    }

    @Override
    public void close() {
        closing = true;
        news.release();
        lanes.values().forEach(Lane::close);
        try {
            subscription.close();
        } catch (Exception e) {
            LOG.log(System.Logger.Level.DEBUG, "nothing to end", e);
        }
    }
}
