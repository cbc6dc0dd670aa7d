package dev.countersign.api;

import dev.countersign.approval.Electorate;
import dev.countersign.approval.Voter;
import dev.countersign.call.Holding;
import dev.countersign.call.Place;
import dev.countersign.notify.OnCall;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;
import dev.countersign.people.Roles;
import dev.countersign.policy.Requirement;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** People as those whose answer may count. */
public final class Voters implements Electorate {
    /** More than a requirement can need of one source: 99 people, and one who is kept out. */
    private static final int MOST = 120;

    private final PeopleStore people;
    private final OnCall onCall;
    private final int most;

    /** As many of each source as any requirement can need. */
    public Voters(PeopleStore people, OnCall onCall) {
        this(people, onCall, MOST);
    }

    /** As many of each source as that. */
    Voters(PeopleStore people, OnCall onCall, int most) {
        this.people = people;
        this.onCall = onCall;
        this.most = most;
    }

    /** With what they hold because it is their turn. */
    public Voter of(Person person) {
        Set<Holding> held = new HashSet<>(person.held());
        held.addAll(onCall.held(person.email()));
        return new Voter(person.email(), person.roles(), person.teams(), held, Set.of());
    }

    Voter of(Principal.Person person) {
        return of(person.person());
    }

    @Override
    public Collection<Voter> among(List<Requirement> requirements, String driver, Place place) {
        Map<String, Voter> found = new LinkedHashMap<>();
        Stream<String> named =
                requirements.stream()
                        .flatMap(each ->
                                Stream.concat(
                                        each.approvers().stream(),
                                        each.escalations().stream()
                                                .flatMap(step -> step.approvers().stream())));
        Stream.concat(named, Stream.of("role:" + Roles.OWNER, driver))
                .distinct()
                .filter(source -> !source.isEmpty())
                .forEach(source ->
                        found(source, place)
                                .forEach(person ->
                                        found.putIfAbsent(person.email(), of(person).at(place))));
        return found.values();
    }

    /**
     * Whom a source finds, among them all who count.
     *
     * @param source an e-mail, {@code role:NAME}, {@code role:NAME@TEAM} or {@code team:NAME}
     */
    private Stream<Person> found(String source, Place place) {
        if (source.startsWith("team:")) {
            return people.found(source, most).stream();
        }
        if (!source.startsWith("role:")) {
            return people.person(source).stream();
        }
        int at = source.indexOf('@');
        if (at > 0) {
            String role = source.substring("role:".length(), at);
            String team = source.substring(at + 1);
            return Stream.concat(
                    people.found("team:" + team, "role:" + role, most).stream(),
                    held(role, Holding.Kind.TEAM, team));
        }
        String role = source.substring("role:".length());
        Stream<Person> there =
                place.teams().stream().flatMap(team -> held(role, Holding.Kind.TEAM, team));
        if (place.project() != null) {
            there = Stream.concat(there, held(role, Holding.Kind.PROJECT, place.project()));
        }
        return Stream.concat(people.found(source, most).stream(), there);
    }

    private Stream<Person> held(String role, Holding.Kind kind, String of) {
        Stream<Person> kept = people.found("role:" + new Holding(role, kind, of), most).stream();
        return role.equals(OnCall.ROLE) && kind == Holding.Kind.TEAM
                ? Stream.concat(kept, onCall.of(of).flatMap(people::person).stream())
                : kept;
    }

    /** Whom a source finds wherever a call may be. */
    Stream<String> anywhere(String source) {
        Stream<String> everywhere = found(source, Place.NOWHERE).map(Person::email);
        boolean role = source.startsWith("role:") && source.indexOf('@') < 0;
        return role
                ? Stream.concat(
                        everywhere,
                        people.found("needs:" + source, most).stream().map(Person::email))
                : everywhere;
    }
}
