package dev.countersign.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.countersign.ledger.Anchor;
import dev.countersign.ledger.Fault;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the records themselves say of holds and of records that were taken out, to be compared with
 * what the folder says. Knows it once it has seen all records from the newest anchor on.
 */
public final class RetentionTrail {
    /** The kind of the record that records were taken out. */
    public static final String PRUNE = "prune";

    /** The kind of the record that a run of records was written to a file. */
    public static final String ARCHIVE = "archive";

    /** The kind of the record that a hold was placed or ended. */
    public static final String HOLD = "hold";

    /** The state of a hold that was placed. */
    public static final String PLACED = "placed";

    /** The state of a hold that was ended. */
    public static final String ENDED = "ended";

    private final Map<String, JsonNode> holds = new TreeMap<>();
    private Anchor anchor = Anchor.NONE;
    private long last;

    /** Whether records of a kind say something of that. */
    public static boolean tells(String kind) {
        return kind.equals(PRUNE) || kind.equals(HOLD);
    }

    /**
     * Takes a record that was found good.
     *
     * @param body of one whose kind tells something; of any other it may be null
     */
    public void see(long index, String kind, @Nullable JsonNode body) {
        last = index;
        if (body == null) {
            return;
        }
        switch (kind) {
            case PRUNE -> {
                anchor = anchor(body);
                holds.clear();
                body.path("holds").forEach(each -> holds.put(each.path("id").asText(), each));
            }
            case HOLD -> {
                JsonNode hold = body.path(HOLD);
                if (body.path("state").asText().equals(PLACED)) {
                    holds.put(hold.path("id").asText(), hold);
                } else {
                    holds.remove(hold.path("id").asText());
                }
            }
            default -> {
                // Nothing of holds or of what was taken out.
            }
        }
    }

    private static Anchor anchor(JsonNode body) {
        try {
            return Anchor.of(body);
        } catch (IllegalArgumentException _) {
            return Anchor.NONE;
        }
    }

    /**
     * Compares.
     *
     * @param used the anchor the folder names
     * @param inForce the holds the folder has, by id
     * @return what was not recorded so
     */
    public Optional<Fault> fault(Anchor used, Map<String, JsonNode> inForce) {
        if (!anchor.equals(used)) {
            return Optional.of(
                    fault(
                            "the first "
                                    + used.size()
                                    + " records were taken out, but what is recorded of that is "
                                    + anchor.size()));
        }
        for (Map.Entry<String, JsonNode> hold : holds.entrySet()) {
            JsonNode there = inForce.getOrDefault(hold.getKey(), MissingNode.getInstance());
            if (there.isMissingNode()) {
                return Optional.of(
                        fault("hold " + hold.getKey() + " was removed without a record of it"));
            }
            if (!there.equals(hold.getValue())) {
                return Optional.of(fault("hold " + hold.getKey() + " is not as it was recorded"));
            }
        }
        return inForce.keySet().stream()
                .filter(id -> !holds.containsKey(id))
                .findFirst()
                .map(id -> fault("hold " + id + " was never recorded"));
    }

    private Fault fault(String text) {
        return new Fault(last, Fault.Kind.RETENTION, text);
    }
}
