package dev.countersign.people;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.util.List;
import java.util.Optional;

/** Keeps people, tokens and accepted files. Each change is one transaction with its record. */
public interface PeopleStore {

    Optional<Person> person(String email);

    /** Those that a term finds ({@link Entity#terms}), by e-mail, at most so many. */
    List<Person> found(String term, int most);

    /** Those that both terms find. */
    List<Person> found(String term, String other, int most);

    /**
     * Adds or replaces.
     *
     * @return false, and nothing happens, where that leaves no owner
     */
    boolean put(Person person, AuditRecord event) throws NotRecorded;

    /**
     * Part of all of them, the oldest first.
     *
     * @param after the id of the last one before, or empty
     */
    List<Token> tokens(String after, int most);

    Optional<Token> tokenByHash(String hash);

    Optional<Token> token(String id);

    /** Those of a person, whatever they are for. */
    List<Token> tokensOf(String email);

    /** Those that were made with this token, or in the browser session of this hash. */
    List<Token> tokensMadeBy(String maker);

    /** Those that speak for an agent. */
    List<Token> tokensOfAgent(String agent);

    /** Adds or replaces by id. */
    void put(Token token, AuditRecord event) throws NotRecorded;

    /**
     * Adds one; false, and nothing happens, where its person is not there any more, or the token
     * has ended that it was made with.
     */
    boolean add(Token token, AuditRecord event) throws NotRecorded;

    /** Whether a person accepted this very content of this file. */
    boolean accepted(String path, String sha256);

    void accept(String path, String sha256, String person, AuditRecord event) throws NotRecorded;
}
