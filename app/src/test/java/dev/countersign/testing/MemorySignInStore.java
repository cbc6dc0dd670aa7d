package dev.countersign.testing;

import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.people.Passkey;
import dev.countersign.people.SignInStore;
import dev.countersign.people.WebSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What people sign in with, in memory. */
public final class MemorySignInStore implements SignInStore {
    private final Map<String, WebSession> sessions = new LinkedHashMap<>();
    private final Map<String, Link> links = new LinkedHashMap<>();
    private final Map<String, String> passwords = new LinkedHashMap<>();
    private final Map<String, Passkey> passkeys = new LinkedHashMap<>();
    private final Map<String, String> accounts = new LinkedHashMap<>();
    private final Map<String, List<Notice>> notices = new LinkedHashMap<>();
    private final Map<String, String> browsers = new LinkedHashMap<>();
    private final AuditLog log;

    public MemorySignInStore(AuditLog log) {
        this.log = log;
    }

    /** A person is removed. */
    synchronized void forget(String email) {
        sessions.values().removeIf(each -> each.email().equals(email));
        links.values().removeIf(each -> each.email().equals(email));
        passwords.remove(email);
        passkeys.values().removeIf(each -> each.email().equals(email));
        accounts.values().removeIf(email::equals);
        browsers.values().removeIf(email::equals);
        notices.remove(email);
    }

    @Override
    public synchronized Optional<WebSession> session(String hash) {
        return Optional.ofNullable(sessions.get(hash));
    }

    @Override
    public synchronized List<WebSession> sessions(String email) {
        return sessions.values().stream()
                .filter(each -> each.email().equals(email))
                .sorted(
                        Comparator.comparing(WebSession::created)
                                .reversed()
                                .thenComparing(WebSession::id))
                .toList();
    }

    @Override
    public synchronized boolean replace(WebSession session, AuditRecord event) throws NotRecorded {
        boolean there = sessions.containsKey(session.hash());
        if (there) {
            log.append(event);
            sessions.put(session.hash(), session);
        }
        return there;
    }

    @Override
    public synchronized boolean begin(WebSession session, Basis basis, AuditRecord event)
            throws NotRecorded {
        boolean holds =
                switch (basis) {
                    case Basis.Password(String hash) -> hash.equals(passwords.get(session.email()));
                    case Basis.Key(String id) -> passkeys.containsKey(id);
                    case Basis.Other(String hash) -> sessions.containsKey(hash);
                    case Basis.LinkAlone() ->
                            password(session.email()).isEmpty()
                                    && passkeys(session.email()).isEmpty();
                    case Basis.Vouched() -> true;
                };
        if (holds) {
            log.append(event);
            sessions.put(session.hash(), session);
        }
        return holds;
    }

    @Override
    public synchronized List<WebSession> sessionsMadeBy(String maker) {
        return sessions.values().stream().filter(each -> maker.equals(each.madeBy())).toList();
    }

    @Override
    public synchronized void endLinks(String maker) {
        links.values().removeIf(each -> maker.equals(each.madeBy()));
    }

    @Override
    public synchronized void used(String hash, Instant at) {
        sessions.computeIfPresent(hash, (_, s) -> s.usedAt(at));
    }

    @Override
    public synchronized boolean end(String hash, AuditRecord event) throws NotRecorded {
        if (!sessions.containsKey(hash)) {
            return false;
        }
        log.append(event);
        sessions.remove(hash);
        return true;
    }

    @Override
    public synchronized int endAll(String email, String except, AuditRecord event)
            throws NotRecorded {
        List<WebSession> ended =
                sessions(email).stream().filter(each -> !each.hash().equals(except)).toList();
        boolean linked = links.values().removeIf(each -> each.email().equals(email));
        if (linked || !ended.isEmpty()) {
            log.append(event);
            ended.forEach(each -> sessions.remove(each.hash()));
        }
        return ended.size();
    }

    @Override
    public synchronized List<Notice> notices(String email) {
        return List.copyOf(notices.getOrDefault(email, List.of()));
    }

    @Override
    public synchronized void noticesSeen(String email) {
        notices.computeIfPresent(
                email,
                (_, all) ->
                        all.stream()
                                .map(each -> new Notice(each.at(), each.text(), true))
                                .toList());
    }

    @Override
    public synchronized boolean knows(String hash, String email) {
        return email.equals(browsers.get(hash));
    }

    @Override
    public synchronized void know(String hash, String email, Instant at) {
        browsers.put(hash, email);
    }

    @Override
    public synchronized void put(Link link, Optional<Notice> told, AuditRecord event)
            throws NotRecorded {
        log.append(event);
        if (told.isPresent()) {
            List<Notice> all = new ArrayList<>(notices(link.email()));
            all.addFirst(told.get());
            notices.put(link.email(), all);
        }
        links.put(link.hash(), link);
    }

    @Override
    public synchronized Optional<Link> link(String hash) {
        return Optional.ofNullable(links.get(hash));
    }

    @Override
    public synchronized boolean redeem(Link link, WebSession session, AuditRecord event)
            throws NotRecorded {
        if (!links.containsKey(link.hash())) {
            return false;
        }
        log.append(event);
        links.remove(link.hash());
        sessions.put(session.hash(), session);
        return true;
    }

    @Override
    public synchronized Optional<String> password(String email) {
        return Optional.ofNullable(passwords.get(email));
    }

    @Override
    public synchronized void setPassword(
            String email, String hash, Optional<Ending> ending, AuditRecord event)
            throws NotRecorded {
        log.append(event);
        passwords.put(email, hash);
        if (ending.isPresent()) {
            int _ = endAll(email, ending.get().except(), ending.get().event());
        }
    }

    @Override
    public synchronized boolean removePassword(String email, AuditRecord event) throws NotRecorded {
        if (!passwords.containsKey(email)) {
            return false;
        }
        log.append(event);
        passwords.remove(email);
        return true;
    }

    @Override
    public synchronized List<Passkey> passkeys(String email) {
        return passkeys.values().stream().filter(each -> each.email().equals(email)).toList();
    }

    @Override
    public synchronized Optional<Passkey> passkey(String id) {
        return Optional.ofNullable(passkeys.get(id));
    }

    @Override
    public synchronized void put(Passkey passkey, AuditRecord event) throws NotRecorded {
        log.append(event);
        passkeys.put(passkey.id(), passkey);
    }

    @Override
    public synchronized boolean used(Passkey read, long counter, Instant at) {
        Passkey now = passkeys.get(read.id());
        if (now == null || now.counter() != read.counter()) {
            return false;
        }
        passkeys.put(
                now.id(),
                new Passkey(
                        now.id(),
                        now.email(),
                        now.handle(),
                        now.rp(),
                        now.name(),
                        now.key(),
                        now.backedUp(),
                        counter,
                        now.created(),
                        at));
        return true;
    }

    @Override
    public synchronized boolean removePasskey(String email, String id, AuditRecord event)
            throws NotRecorded {
        Passkey known = passkeys.get(id);
        if (known == null || !known.email().equals(email)) {
            return false;
        }
        log.append(event);
        passkeys.remove(id);
        return true;
    }

    @Override
    public synchronized Optional<String> account(String issuer, String subject) {
        return Optional.ofNullable(accounts.get(issuer + "\n" + subject));
    }

    @Override
    public synchronized boolean hasAccount(String email) {
        return accounts.containsValue(email);
    }

    @Override
    public synchronized boolean putAccount(
            String issuer, String subject, String email, AuditRecord event) throws NotRecorded {
        boolean another =
                accounts.entrySet().stream()
                        .anyMatch(each ->
                                each.getKey().startsWith(issuer + "\n")
                                        && each.getValue().equals(email));
        if (another) {
            return false;
        }
        log.append(event);
        accounts.put(issuer + "\n" + subject, email);
        return true;
    }
}
