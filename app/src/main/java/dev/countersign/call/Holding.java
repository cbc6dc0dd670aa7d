package dev.countersign.call;

import java.util.Locale;

/**
 * A role that somebody holds in one team or one project only.
 *
 * @param role its name
 * @param kind what it is held in
 * @param of the name of that team or project
 */
public record Holding(String role, Kind kind, String of) {

    /** What a role can be held in beside the tenant. */
    public enum Kind {
        TEAM,
        PROJECT;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it counts for what is there. */
    public boolean countsAt(Place place) {
        return switch (kind) {
            case TEAM -> place.teams().contains(of);
            case PROJECT -> of.equals(place.project());
        };
    }

    /** {@code ROLE@team:NAME} or {@code ROLE@project:NAME}. */
    @Override
    public String toString() {
        return role + "@" + kind.wire() + ":" + of;
    }
}
