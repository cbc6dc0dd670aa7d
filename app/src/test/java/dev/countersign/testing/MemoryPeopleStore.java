package dev.countersign.testing;

import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Person;
import dev.countersign.people.Token;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** People, tokens and accepted files in memory. */
public final class MemoryPeopleStore implements PeopleStore {
    private final Map<String, Person> people = new LinkedHashMap<>();
    private final Map<String, Token> tokens = new LinkedHashMap<>();
    private final Set<String> accepted = new LinkedHashSet<>();
    private final AuditLog log;

    private final MemorySignInStore signIns;

    public MemoryPeopleStore(AuditLog log, MemorySignInStore signIns) {
        this.log = log;
        this.signIns = signIns;
    }

    @Override
    public synchronized List<Person> people() {
        return List.copyOf(people.values());
    }

    @Override
    public synchronized Optional<Person> person(String email) {
        return Optional.ofNullable(people.get(email));
    }

    @Override
    public synchronized void put(Person person, AuditRecord event) throws NotRecorded {
        log.append(event);
        people.put(person.email(), person);
    }

    @Override
    public synchronized void remove(String email, AuditRecord event) throws NotRecorded {
        if (people.containsKey(email)) {
            log.append(event);
            people.remove(email);
            signIns.forget(email);
        }
    }

    @Override
    public synchronized List<Token> tokens() {
        return List.copyOf(tokens.values());
    }

    @Override
    public synchronized Optional<Token> tokenByHash(String hash) {
        return tokens.values().stream().filter(t -> t.hash().equals(hash)).findFirst();
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
