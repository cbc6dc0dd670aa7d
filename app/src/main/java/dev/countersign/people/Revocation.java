package dev.countersign.people;

import dev.countersign.audit.AuditLog.NotRecorded;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Ends a token with all that was made with it: other tokens, sign-in links, the browser sessions
 * that began with those, and what was made in these in turn. Who took a token has nothing left of
 * it when it is revoked.
 */
public final class Revocation {
    private final Identity identity;
    private final PeopleStore people;
    private final Sessions sessions;

    public Revocation(Identity identity, PeopleStore people, Sessions sessions) {
        this.identity = identity;
        this.people = people;
        this.sessions = sessions;
    }

    /** Ends a token so; false when there is none. One that has ended already may be named, too. */
    public boolean revoke(String tokenId, Principal by) throws NotRecorded {
        // First the token itself: from then on nothing more is made with it.
        if (!identity.revoke(tokenId, by)) {
            return false;
        }
        endMadeWith(tokenId, by);
        return true;
    }

    /**
     * What a person can have made things with, as long as they are there.
     *
     * @return for {@link #endMadeWith} once they are removed
     */
    public List<String> originsOf(String email) {
        List<String> origins = new ArrayList<>();
        sessions.of(email).forEach(session -> origins.add(session.hash()));
        people.tokensOf(email).forEach(token -> origins.add(token.id()));
        return origins;
    }

    /** Ends what was made with what has ended. */
    public void endMadeWith(String root, Principal by) throws NotRecorded {
        Deque<String> left = new ArrayDeque<>();
        Set<String> seen = new HashSet<>();
        left.add(root);
        while (!left.isEmpty()) {
            String maker = left.remove();
            if (!seen.add(maker)) {
                continue;
            }
            for (WebSession session : sessions.endMadeWith(maker, by)) {
                left.add(session.hash());
            }
            for (Token token : people.tokensMadeBy(maker)) {
                if (token.revoked() == null) {
                    boolean _ = identity.revoke(token.id(), by);
                }
                left.add(token.id());
            }
        }
    }
}
