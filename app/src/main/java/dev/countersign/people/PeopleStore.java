package dev.countersign.people;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.util.List;
import java.util.Optional;

/** Keeps people, tokens and accepted files. Each change is one transaction with its record. */
public interface PeopleStore {

    List<Person> people();

    Optional<Person> person(String email);

    /** Adds or replaces. */
    void put(Person person, AuditRecord event) throws NotRecorded;

    /** Removes a person with all they signed in with; nothing happens when there is none. */
    void remove(String email, AuditRecord event) throws NotRecorded;

    List<Token> tokens();

    Optional<Token> tokenByHash(String hash);

    /** Adds or replaces by id. */
    void put(Token token, AuditRecord event) throws NotRecorded;

    /** Whether a person accepted this very content of this file. */
    boolean accepted(String path, String sha256);

    void accept(String path, String sha256, String person, AuditRecord event) throws NotRecorded;
}
