package dev.countersign.notify;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.countersign.config.ChannelSettings;
import dev.countersign.notify.Delivery.Status;
import dev.countersign.notify.Routing.When;
import dev.countersign.notify.push.Push;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
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
    private final Routing routing;
    private final List<Channel> ofFile;
    private final Function<Channel, Carrier> carriers;
    private final Alarms alarms;
    private final URI address;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Pauses pauses = new Pauses(random);
    private final Map<String, Lane> lanes = new ConcurrentSkipListMap<>();

    /** Of channels that are gone, what may still be under way. */
    private final Map<String, Lane> leaving = new ConcurrentSkipListMap<>();

    /** Why channels have ended by themselves. */
    private final Map<String, ChannelStore.Ended> ended = new ConcurrentSkipListMap<>();

    private final Semaphore news = new Semaphore(0);
    private final AutoCloseable subscription;
    private @Nullable Thread thread;
    private Instant forgotten = Instant.MIN;
    private volatile BiConsumer<String, JsonNode> answers = (_, _) -> {};
    private volatile boolean started;
    private volatile boolean closing;

    /**
     * Those of the file and those that people added; nothing is sent before it is started.
     *
     * @param people knows who could answer
     * @param routing who is told of what, when
     * @param carriers makes what carries the messages of a channel
     * @param address how people reach this server
     */
    public Notifications(
            List<Channel> ofFile,
            ChannelStore store,
            Outbox outbox,
            Approvals approvals,
            Electorate people,
            Routing routing,
            Function<Channel, Carrier> carriers,
            Alarms alarms,
            URI address,
            Clock clock) {
        this.outbox = outbox;
        this.store = store;
        this.approvals = approvals;
        this.people = people;
        this.routing = routing;
        this.ofFile = List.copyOf(ofFile);
        this.carriers = carriers;
        this.alarms = alarms;
        this.address = address;
        this.clock = clock;
        store.all().forEach(this::open);
        // What the file says counts where both name one.
        ofFile.forEach(this::open);
        ended.putAll(store.ended());
        // One that leads elsewhere now is another.
        ended.entrySet().removeIf(each -> !isOf(each.getValue(), each.getKey()));
        ended.keySet().forEach(name -> Objects.requireNonNull(lanes.get(name)).ended(true));
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
                        URI.create(address + "/"),
                        why -> ended(channel, why),
                        alarms,
                        clock,
                        pauses);
        Lane before = lanes.put(channel.name(), lane);
        if (before == null) {
            before = leaving.remove(channel.name());
        } else {
            before.close();
        }
        if (started) {
            begin(lane, Optional.ofNullable(before));
        }
    }

    private void begin(Lane lane, Optional<Lane> before) {
        lane.start(before);
        lane.carrier().listen(payload -> answers.accept(lane.channel().name(), payload));
    }

    /** Gets what people answer where a channel says it by a way of its own, with its name. */
    public void onAnswer(BiConsumer<String, JsonNode> taken) {
        answers = taken;
    }

    private boolean isOf(ChannelStore.Ended end, String name) {
        Lane lane = lanes.get(name);
        return lane != null && lane.channel().fingerprint().equals(end.of());
    }

    /** The other side of a channel wants nothing any more. */
    private synchronized void ended(Channel channel, String why) {
        Lane lane = lanes.get(channel.name());
        if (lane == null || !lane.channel().equals(channel) || ended.containsKey(channel.name())) {
            return;
        }
        ChannelStore.Ended end =
                new ChannelStore.Ended(channel.fingerprint(), why, clock.instant());
        ended.put(channel.name(), end);
        alarms.tell(
                System.Logger.Level.WARNING,
                "the channel `" + channel.name() + "` has ended: its receiver says " + why,
                JsonNodeFactory.instance.objectNode().put("channel", channel.name()));
        try {
            store.ended(
                    channel.name(),
                    end,
                    event(channel, "ended", new By("its receiver, which says " + why, null)));
        } catch (NotRecorded e) {
            // After a start it is tried once more, and ends once more.
            LOG.log(System.Logger.Level.WARNING, "the end of a channel could not be noted", e);
        }
    }

    /** A channel that has ended by itself is used again. */
    private synchronized void resume(Channel channel, By by) throws NotRecorded {
        if (ended.containsKey(channel.name())) {
            store.resumed(channel.name(), event(channel, "taken up again", by));
            ended.remove(channel.name());
        }
        Lane lane = lanes.get(channel.name());
        if (lane != null) {
            lane.ended(false);
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
        try {
            // What the settings file does not name any more left these behind.
            outbox.keep(names());
            routing.recordFile(ofFile);
        } catch (NotRecorded | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "what gone channels left stays", e);
        }
        lanes.values().forEach(lane -> begin(lane, Optional.empty()));
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

    /**
     * Puts what the channels are to send in the place of the notices; false where none came. No
     * channel ends meanwhile, so that nothing waits for one that is gone.
     */
    private synchronized boolean handOn() throws NotRecorded {
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

    /** What is known of a question whose notice is handed on. */
    private record Asked(
            Notice notice, ApprovalRequest request, Place place, List<Delivery> told, Instant now) {

        /** What a channel said of it to a recipient last. */
        Optional<Delivery> last(String channel, String recipient) {
            return told.stream()
                    .filter(each -> each.channel().equals(channel))
                    .filter(each -> each.recipient().equals(recipient))
                    .reduce((_, later) -> later);
        }

        /** Whether it is told at once, whatever is told together: somebody is waited for. */
        boolean urgent() {
            return switch (notice.kind()) {
                case ESCALATED, PASSED -> true;
                case OPENED, VOTED, ENDED -> false;
            };
        }
    }

    private void add(Notice notice, ApprovalRequest request, List<Delivery> deliveries) {
        List<Delivery> told = new ArrayList<>();
        if (notice.kind() != Notice.Kind.OPENED) {
            told.addAll(outbox.told(request.id()));
            deliveries.stream()
                    .filter(each -> each.notice().approval().equals(request.id()))
                    .forEach(told::add);
        }
        Asked asked = new Asked(notice, request, approvals.place(request), told, clock.instant());
        List<String> persons = List.of();
        Set<String> reached = new HashSet<>();
        for (Lane lane : inOrder()) {
            Channel channel = lane.channel();
            if (lane.ended()
                    || !lane.carrier().tells(notice)
                    || !channel.tellsOf(asked.place().teams())) {
                continue;
            }
            if (!lane.carrier().personal()) {
                shared(asked, channel, reached, deliveries);
                continue;
            }
            if (persons.isEmpty()) {
                persons =
                        notice.kind() == Notice.Kind.PASSED
                                ? passed(request, notice.version())
                                : persons(asked);
            }
            for (String person : persons) {
                personal(asked, lane, person, reached, deliveries);
            }
        }
    }

    /** Tells all who read a channel; of two that lead to one place, one does. */
    private void shared(
            Asked asked, Channel channel, Set<String> reached, List<Delivery> deliveries) {
        String surface = channel.settings().kind() + " " + channel.leadsTo();
        if (reached.contains(surface)) {
            return;
        }
        Optional<When> when =
                routing.shared(
                        channel,
                        asked.request(),
                        asked.place().teams(),
                        asked.urgent(),
                        asked.now());
        if (add(asked, channel, "", when, deliveries)) {
            reached.add(surface);
        }
    }

    /** Tells a person, once by channels of a kind. */
    private void personal(
            Asked asked, Lane lane, String person, Set<String> reached, List<Delivery> deliveries) {
        Channel channel = lane.channel();
        String surface = channel.settings().kind() + " of " + person;
        if (reached.contains(surface)) {
            return;
        }
        Optional<When> when =
                routing.personal(
                        channel,
                        person,
                        asked.request(),
                        asked.place().teams(),
                        asked.urgent(),
                        asked.now());
        for (String recipient : lane.carrier().recipients(person)) {
            if (add(asked, channel, recipient, when, deliveries)) {
                reached.add(surface);
            }
        }
    }

    /**
     * Tells a recipient. Whoever was told of a question is told how it goes on, whatever the hour;
     * not so while it waits to be told together with others, as it stands then.
     *
     * @return whether they are told
     */
    private boolean add(
            Asked asked,
            Channel channel,
            String recipient,
            Optional<When> when,
            List<Delivery> deliveries) {
        Optional<Delivery> last = asked.last(channel.name(), recipient);
        boolean waits =
                last.filter(each -> each.together() && each.status() == Status.WAITING).isPresent();
        if (waits && !asked.urgent()) {
            return true;
        }
        Optional<When> then =
                when.isPresent() || last.isEmpty()
                        ? when
                        : Optional.of(new When(false, asked.now()));
        then.ifPresent(at ->
                deliveries.add(Delivery.of(id(), channel.name(), recipient, asked.notice(), at)));
        return then.isPresent();
    }

    /** Those of the settings file first: nobody who adds a channel takes what goes by them. */
    private List<Lane> inOrder() {
        return lanes.values().stream()
                .sorted(Comparator.comparing(lane -> !lane.channel().ofFile()))
                .toList();
    }

    /**
     * Everybody whose answer would count now, or did. Of a team with a rota, those on call alone,
     * where their answers are enough; the others once it escalates.
     */
    private List<String> persons(Asked asked) {
        ApprovalRequest request = asked.request();
        Collection<Voter> all =
                people.among(request.requirements(), request.driverOrNone(), asked.place());
        List<Voter> those =
                all.stream()
                        .filter(voter ->
                                Ballot.obstacle(
                                                request.requirements(),
                                                request.driverOrNone(),
                                                voter)
                                        .isEmpty())
                        .toList();
        List<Voter> turn =
                asked.urgent()
                        ? List.of()
                        : those.stream().filter(each -> onCall(each, asked.place())).toList();
        boolean enough =
                !turn.isEmpty()
                        && Ballot.enough(request.requirements(), request.driverOrNone(), turn);
        Stream<String> told =
                asked.told().stream()
                        .map(Delivery::recipient)
                        .filter(each -> those.stream().anyMatch(one -> one.email().equals(each)));
        return Stream.concat((enough ? turn : those).stream().map(Voter::email), told)
                .distinct()
                .sorted()
                .toList();
    }

    private boolean onCall(Voter voter, Place place) {
        return place.teams().stream()
                .anyMatch(team ->
                        routing.onCall().of(team).filter(voter.email()::equals).isPresent());
    }

    /** Who was asked by name then. */
    private static List<String> passed(ApprovalRequest request, int version) {
        return request.absence().notices().stream()
                .filter(each -> each.version() == version && each.of().startsWith(Absence.PASSED))
                .map(each -> each.of().substring(Absence.PASSED.length()))
                .toList();
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
     * @param ended since when and why its receiver wants nothing any more
     * @param trouble why no answers come from there, where that is so
     */
    public record Seen(
            Channel channel,
            Outbox.Counts counts,
            Optional<Instant> rests,
            Optional<String> trouble,
            Optional<ChannelStore.Ended> ended) {}

    /** All channels by name. */
    public List<Seen> channels() {
        return lanes.values().stream()
                .map(lane ->
                        new Seen(
                                lane.channel(),
                                outbox.counts(lane.channel().name()),
                                lane.rests(),
                                lane.carrier().trouble(),
                                Optional.ofNullable(ended.get(lane.channel().name()))))
                .sorted(Comparator.comparing(seen -> seen.channel().name()))
                .toList();
    }

    /** Who is told of what, when. */
    public Routing routing() {
        return routing;
    }

    public Optional<Channel> channel(String name) {
        return Optional.ofNullable(lanes.get(name)).map(Lane::channel);
    }

    /** What carries the messages of a channel, for whoever takes answers from there. */
    public Optional<Carrier> carrier(String name) {
        return Optional.ofNullable(lanes.get(name)).map(Lane::carrier);
    }

    /** What browsers subscribe with; empty where nobody is told in any. */
    public Optional<String> pushKey() {
        return inOrder().stream()
                .map(Lane::carrier)
                .filter(Push.class::isInstance)
                .map(each -> ((Push) each).publicKey())
                .findFirst();
    }

    /**
     * Up to which risk the links of a channel answer without a sign-in; empty where they never do.
     * Only the settings file lets them: whoever may add a channel could else read the links of
     * others, and answer for them.
     */
    public Optional<RiskTier> linksAnswer(String channel) {
        return channel(channel)
                .filter(Channel::linksAnswer)
                .flatMap(each -> RiskTier.of(each.settings().value(Channel.LINK_ANSWERS, "")));
    }

    /** Names of all channels. */
    public Set<String> names() {
        return Set.copyOf(lanes.keySet());
    }

    /**
     * Adds a channel or changes one that people added.
     *
     * @param seen as it was when the change was judged
     * @return false, and nothing happens, where it is another by now
     */
    public synchronized boolean put(
            ChannelSettings settings, Map<String, String> secrets, Optional<Channel> seen, By by)
            throws NotRecorded {
        Channel channel = new Channel(settings, secrets, false);
        Optional<Channel> before = channel(channel.name());
        if (!before.equals(seen)) {
            return false;
        }
        store.put(
                channel,
                before.filter(channel::leadsWhere).isEmpty(),
                event(channel, before.isPresent() ? "changed" : "added", by));
        ended.remove(channel.name());
        open(channel);
        outbox.listen(true);
        begin();
        return true;
    }

    /** Ends a channel that people added, and drops what it was to send. */
    public synchronized void remove(Channel channel, By by) throws NotRecorded {
        store.remove(channel.name(), event(channel, "removed", by));
        Lane gone = lanes.remove(channel.name());
        ended.remove(channel.name());
        if (gone != null) {
            gone.close();
            leaving.put(channel.name(), gone);
        }
        outbox.listen(!lanes.isEmpty());
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
        channel.recorded().forEach(body.putObject("settings")::put);
        return AuditRecord.change(
                "channel",
                clock.instant(),
                by.email(),
                null,
                "the channel " + channel.name() + " was " + what + " by " + by.name(),
                body);
    }

    /** Sends a test message at once; empty when it arrived, else why not. */
    public Optional<String> test(Channel channel, By by) throws InterruptedException, NotRecorded {
        Lane lane = lanes.get(channel.name());
        if (lane == null) {
            return Optional.of("the channel is not there any more");
        }
        try {
            lane.carrier().test();
            resume(channel, by);
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

    /**
     * A message came back after the other side had taken it.
     *
     * @return what that is now, or empty where no such message was sent
     */
    public Optional<Delivery> bounced(String id, String why) throws NotRecorded {
        Optional<Delivery> back =
                outbox.find(id)
                        .filter(sent -> sent.status() == Status.SENT)
                        .map(sent -> sent.bounced(clock.instant(), "it came back: " + why));
        if (back.isPresent()) {
            outbox.settle(back.get());
            alarms.tell(
                    System.Logger.Level.WARNING,
                    "messages by the channel `" + back.get().channel() + "` came back",
                    JsonNodeFactory.instance.objectNode().put("channel", back.get().channel()));
        }
        return back;
    }

    /** Tries again what was given up: one message, or all of a channel. */
    public int replay(Channel of, Optional<String> id, By by) throws NotRecorded {
        String channel = of.name();
        resume(of, by);
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
