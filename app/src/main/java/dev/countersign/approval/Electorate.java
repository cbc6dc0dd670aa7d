package dev.countersign.approval;

import dev.countersign.call.Place;
import dev.countersign.policy.Requirement;
import java.util.Collection;
import java.util.List;

/** Everybody whose answer may count, as of now. */
@FunctionalInterface
public interface Electorate {
    /**
     * Those whom requirements may find for a call that is there, beside them the driver and the
     * owners. Where a source finds very many, as many as any requirement can need.
     *
     * @param driver e-mail of the person in whose session the agent runs, or empty
     */
    Collection<Voter> among(List<Requirement> requirements, String driver, Place place);
}
