package dev.countersign.testing;

import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.people.Entity;
import dev.countersign.people.OrganisationStore;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Person;
import dev.countersign.people.Token;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** People, tokens and accepted files in memory. */
public final class MemoryPeopleStore implements PeopleStore, OrganisationStore {
    private final Map<Entity.Kind, TreeMap<String, Entity>> entities =
            new EnumMap<>(Entity.Kind.class);
    private final TreeMap<String, Sighting> sightings = new TreeMap<>();
    private final Map<String, Person> people = new LinkedHashMap<>();
    private final Map<String, Token> tokens = new LinkedHashMap<>();
    private final Set<String> accepted = new LinkedHashSet<>();
    private final AuditLog log;

    private final MemorySignInStore signIns;

    /** What others do between the look at what is there and the change. */
    public volatile Runnable beforeChange = () -> {};

    /** People who never sign in. */
    public MemoryPeopleStore(AuditLog log) {
        this(log, new MemorySignInStore(log));
    }

    public MemoryPeopleStore(AuditLog log, MemorySignInStore signIns) {
        this.log = log;
        this.signIns = signIns;
    }

    @Override
    public synchronized Optional<Person> person(String email) {
        return Optional.ofNullable(people.get(email));
    }

    @Override
    public synchronized List<Person> found(String term, int most) {
        return people.values().stream()
                .filter(person -> person.terms().contains(term))
                .limit(most)
                .toList();
    }

    @Override
    public synchronized List<Person> found(String term, String other, int most) {
        return people.values().stream()
                .filter(person -> person.terms().containsAll(Set.of(term, other)))
                .limit(most)
                .toList();
    }

    /** Changes a person without a record. */
    public synchronized void rename(String email, String name) {
        people.computeIfPresent(
                email, (_, was) -> new Person(email, name, was.roles(), was.teams(), was.held()));
    }

    private NavigableMap<String, ? extends Entity> all(Entity.Kind kind) {
        return kind == Entity.Kind.PERSON
                ? new TreeMap<>(people)
                : entities.computeIfAbsent(kind, _ -> new TreeMap<>());
    }

    @Override
    public synchronized Optional<Entity> find(Entity.Kind kind, String id) {
        return Optional.ofNullable(all(kind).get(id));
    }

    @Override
    public synchronized List<Entity> list(Entity.Kind kind, String after, int most) {
        return List.copyOf(all(kind).tailMap(after, false).values().stream().limit(most).toList());
    }

    @Override
    public synchronized List<String> found(Entity.Kind kind, String term, String after, int most) {
        return all(kind).tailMap(after, false).values().stream()
                .filter(each -> each.terms().contains(term))
                .limit(most)
                .map(Entity::id)
                .toList();
    }

    @Override
    public synchronized List<String> needing(String term, int most) {
        return Arrays.stream(Entity.Kind.values())
                .flatMap(kind -> all(kind).values().stream())
                .filter(each -> each.terms().contains(term))
                .limit(most)
                .map(each -> each.kind().wire() + " " + each.id())
                .toList();
    }

    @Override
    public synchronized Made change(List<Step> steps, List<Seen> seen) throws NotRecorded {
        beforeChange.run();
        for (Seen each : seen) {
            if (!find(each.kind(), each.id()).equals(each.as())) {
                return Made.OVERTAKEN;
            }
        }
        Map<String, Person> after = new LinkedHashMap<>(people);
        for (Step step : steps) {
            if (step instanceof Step.Put(Person person, _)) {
                after.put(person.email(), person);
            } else if (step instanceof Step.Remove(Entity.Kind kind, String id, _)
                    && kind == Entity.Kind.PERSON) {
                after.remove(id);
            }
        }
        if (!leavesAnOwner(after)) {
            return Made.OWNERLESS;
        }
        for (Step step : steps) {
            log.append(step.event());
            switch (step) {
                case Step.Put(Person person, _) -> people.put(person.email(), person);
                case Step.Put(Entity entity, _) ->
                        entities.computeIfAbsent(entity.kind(), _ -> new TreeMap<>())
                                .put(entity.id(), entity);
                case Step.Remove(Entity.Kind kind, String id, _) -> {
                    if (kind == Entity.Kind.PERSON) {
                        people.remove(id);
                        signIns.forget(id);
                    } else {
                        entities.computeIfAbsent(kind, _ -> new TreeMap<>()).remove(id);
                    }
                }
                case Step.EndToken(Token token, _) -> tokens.put(token.id(), token);
                case Step.Policy _ -> throw new UnsupportedOperationException();
            }
        }
        return Made.DONE;
    }

    private boolean leavesAnOwner(Map<String, Person> after) {
        return people.values().stream().noneMatch(MemoryPeopleStore::owner)
                || after.values().stream().anyMatch(MemoryPeopleStore::owner);
    }

    private static boolean owner(Person person) {
        return person.roles().contains("owner");
    }

    @Override
    public synchronized List<Sighting> sightings(String after, int most) {
        return sightings.tailMap(after, false).values().stream().limit(most).toList();
    }

    @Override
    public synchronized void seen(Map<String, Instant> agents, Map<String, Instant> used) {
        agents.forEach((name, at) ->
                sightings.merge(
                        name,
                        new Sighting(name, at, at),
                        (first, last) -> new Sighting(name, first.first(), last.last())));
        used.forEach((id, at) -> tokens.computeIfPresent(id, (_, t) -> t.usedAt(at)));
    }

    @Override
    public synchronized Optional<Token> token(String id) {
        return Optional.ofNullable(tokens.get(id));
    }

    @Override
    public synchronized List<Token> tokens(String after, int most) {
        return tokens.values().stream()
                .dropWhile(t -> !after.isEmpty() && !t.id().equals(after))
                .skip(after.isEmpty() ? 0 : 1)
                .limit(most)
                .toList();
    }

    @Override
    public synchronized List<Token> tokensOf(String email) {
        return tokens.values().stream().filter(t -> email.equals(t.person())).toList();
    }

    private boolean lasts(@Nullable String maker) {
        return maker == null || token(maker).filter(t -> t.revoked() != null).isEmpty();
    }

    @Override
    public synchronized List<Token> tokensMadeBy(String maker) {
        return tokens.values().stream().filter(t -> maker.equals(t.madeBy())).toList();
    }

    @Override
    public synchronized List<Token> tokensOfAgent(String agent) {
        return tokens.values().stream().filter(t -> agent.equals(t.agent())).toList();
    }

    @Override
    public synchronized boolean put(Person person, AuditRecord event) throws NotRecorded {
        Map<String, Person> after = new LinkedHashMap<>(people);
        after.put(person.email(), person);
        if (!leavesAnOwner(after)) {
            return false;
        }
        log.append(event);
        people.put(person.email(), person);
        return true;
    }

    @Override
    public synchronized Optional<Token> tokenByHash(String hash) {
        return tokens.values().stream().filter(t -> t.hash().equals(hash)).findFirst();
    }

    @Override
    public synchronized boolean add(Token token, AuditRecord event) throws NotRecorded {
        if ((token.person() != null && !people.containsKey(token.person()))
                || !lasts(token.madeBy())) {
            return false;
        }
        put(token, event);
        return true;
    }

    @Override
    public synchronized void put(Token token, AuditRecord event) throws NotRecorded {
        log.append(event);
        tokens.put(token.id(), token);
    }

    @Override
    public synchronized boolean accepted(String path, String sha256) {
        return accepted.contains(path + "\n" + sha256);
    }

    @Override
    public synchronized void accept(String path, String sha256, String person, AuditRecord event)
            throws NotRecorded {
        log.append(event);
        accepted.add(path + "\n" + sha256);
    }
}
