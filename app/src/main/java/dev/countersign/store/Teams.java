package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.ledger.CanonicalJson;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The teams of people, for their records. Each is asked for at most once a second: every record
 * needs them, and they change seldom.
 */
final class Teams {
    private static final long FRESH = TimeUnit.SECONDS.toNanos(1);

    /** More people than act within a second; then all are asked for anew. */
    private static final int MOST = 10_000;

    private final Readers readers;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(List<String> teams, long at) {}

    Teams(Readers readers) {
        this.readers = readers;
    }

    /** In order; none for who is no person here. */
    List<String> of(String email) {
        long now = System.nanoTime();
        Known last = known.get(email);
        if (last == null || now - last.at >= FRESH) {
            if (known.size() >= MOST) {
                known.clear();
            }
            try {
                last = new Known(read(email), now);
                known.put(email, last);
            } catch (StoreException e) {
                // Whether its record can be written is found out with the record itself.
                if (last == null) {
                    throw e;
                }
            }
        }
        return last.teams;
    }

    /** Asks for everybody anew. */
    void forget() {
        known.clear();
    }

    private List<String> read(String email) {
        String list =
                readers.lookUp(connection ->
                                Rows.first(
                                        connection,
                                        "SELECT teams FROM person WHERE email = ?",
                                        row -> row.getString(1),
                                        email))
                        .orElse("[]");
        TreeSet<String> teams = new TreeSet<>();
        for (JsonNode team : CanonicalJson.parse(list)) {
            teams.add(team.asText());
        }
        return List.copyOf(teams);
    }
}
