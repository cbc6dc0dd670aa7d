package dev.countersign.web;

import dev.countersign.api.Voting;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Deferred;
import dev.countersign.call.Place;
import dev.countersign.decision.StopOffer;
import dev.countersign.decision.WaitingFiles;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What waits for people, as one of them sees it. */
final class PersonalViews {
    /** Requests of a lane; a person would not count further. */
    static final int MOST_SHOWN = 100;

    /** Of all that is open, before what is asked for is said not to be there. */
    static final int MOST_LOOKED_AT = 2_000;

    private final Approvals approvals;
    private final StopOffer stopOffer;
    private final WaitingFiles files;
    private final Voting voting;
    private final Clock clock;

    /** Stands at the head of every page, and takes a look at each question to know. */
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    private final AtomicLong changes = new AtomicLong();

    /** What was counted, good until a question changes or some time has passed. */
    private record Waiting(int count, long change, Instant at) {
        private static final Duration GOOD = Duration.ofSeconds(2);

        boolean old(Instant now) {
            return Duration.between(at, now).abs().compareTo(GOOD) > 0;
        }
    }

    PersonalViews(
            Approvals approvals,
            StopOffer stopOffer,
            WaitingFiles files,
            Voting voting,
            Clock clock) {
        this.approvals = approvals;
        this.stopOffer = stopOffer;
        this.files = files;
        this.voting = voting;
        this.clock = clock;
        AutoCloseable _ = approvals.onChange(_ -> changes.incrementAndGet());
    }

    RequestView of(ApprovalRequest request, Principal.Person person) {
        return RequestView.of(
                request,
                approvals.standing(request),
                voting.obstacle(person, request).map(PersonalViews::plain).orElse(""),
                voting.breakGlassObstacle(person, request).map(Site::sentence).orElse(""),
                Site.barred(person, Permission.STOP, approvals.place(request)),
                stopOffer.holds(request),
                !Collections.disjoint(person.person().teams(), approvals.place(request).teams()),
                request.passed(person.email())
                        .map(notice ->
                                Texts.say(
                                        "request.passed-by",
                                        notice.text().replaceFirst("^passed to .* by ", "")))
                        .orElse(""),
                clock.instant());
    }

    /** Alarms, and what owners answered alone, until this person has said that they know. */
    List<NoticeView> notices(Principal.Person person) {
        Instant now = clock.instant();
        Stream<NoticeView> alarms =
                voting.alarms(person).stream()
                        .map(alarm ->
                                NoticeView.of(
                                        alarm,
                                        Site.barred(person, Permission.ANSWER, Place.NOWHERE),
                                        now));
        Stream<NoticeView> broken =
                voting.broken(person).stream()
                        .flatMap(request ->
                                Optional.ofNullable(NoticeView.of(request, now)).stream());
        return Stream.concat(alarms, broken).toList();
    }

    Instant now() {
        return clock.instant();
    }

    LaterView of(Deferred deferred, Principal.Person person) {
        return LaterView.of(
                deferred,
                voting.obstacle(person, deferred).map(PersonalViews::plain).orElse(""),
                clock.instant());
    }

    private static String plain(String obstacle) {
        return Texts.say("request.you-cannot-answer", obstacle);
    }

    /** How many wait for this person, as far as a person would count. */
    int waiting(Principal.Person person) {
        Instant now = clock.instant();
        long change = changes.get();
        Waiting known = waiting.get(person.email());
        if (known == null || known.change != change || known.old(now)) {
            known = new Waiting(count(person, now), change, now);
            waiting.put(person.email(), known);
        }
        return known.count + files.waiting().size();
    }

    private int count(Principal.Person person, Instant now) {
        AtomicInteger mine = new AtomicInteger();
        AtomicInteger looked = new AtomicInteger();
        // Nothing is drawn of them.
        approvals.eachPending(request -> {
            if (!request.over(now) && voting.obstacle(person, request).isEmpty()) {
                mine.incrementAndGet();
            }
            return mine.get() < MOST_SHOWN && looked.incrementAndGet() < MOST_LOOKED_AT;
        });
        return mine.get();
    }

    /**
     * Shows the open requests, the first to expire first, until the visitor has seen enough or so
     * many were looked at as nobody will look at.
     *
     * @return whether that was all of them
     */
    boolean eachOpen(Principal.Person person, Predicate<RequestView> more) {
        AtomicInteger looked = new AtomicInteger();
        AtomicBoolean all = new AtomicBoolean(true);
        approvals.eachPending(request -> {
            all.set(looked.incrementAndGet() <= MOST_LOOKED_AT && more.test(of(request, person)));
            return all.get();
        });
        return all.get();
    }
}
