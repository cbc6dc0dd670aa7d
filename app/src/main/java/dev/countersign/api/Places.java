package dev.countersign.api;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Stop;
import dev.countersign.call.Organisation;
import dev.countersign.call.Place;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import dev.countersign.policy.Level;
import java.util.Set;

/** Where in the organisation things are, and who may do something with them there. */
public final class Places {
    private final Organisation organisation;
    private final Approvals approvals;

    public Places(Organisation organisation, Approvals approvals) {
        this.organisation = organisation;
        this.approvals = approvals;
    }

    /** Of a grant, the question it came from. */
    public Place of(Grant grant) {
        return approvals.find(grant.approval()).map(this::of).orElse(Place.NOWHERE);
    }

    Place of(ApprovalRequest request) {
        return approvals.place(request);
    }

    /** Of a stop that is there, or would be. */
    public Place of(Stop.Kind kind, String name) {
        return switch (kind) {
            case PROJECT -> project(name);
            case AGENT -> new Place(null, organisation.place(name, null).teams());
            // What runs in a task, and in how many projects, nobody knows beforehand.
            case TASK, ALL -> Place.NOWHERE;
        };
    }

    /** Of a policy on the server. */
    public Place of(Level level, String of) {
        return switch (level) {
            case TEAM -> new Place(null, Set.of(of));
            case PROJECT -> project(of);
            case AGENT, TENANT, CALLER -> Place.NOWHERE;
        };
    }

    private Place project(String name) {
        // No agent is called so; what is asked for is the project's own teams.
        String known = organisation.project("", name).orElse(name);
        return organisation.place("", known);
    }

    /** Whether a caller's token reaches what is there; one for a project reaches that alone. */
    static boolean reach(Principal principal, Place place) {
        return !(principal instanceof Principal.Person person) || person.rights().reach(place);
    }

    /** Whether a caller's token is for one project. */
    static boolean within(Principal principal) {
        return principal instanceof Principal.Person person && person.rights().project() != null;
    }

    /**
     * Passes somebody whose roles permit it there.
     *
     * @throws Problem that says which roles would
     */
    public static void require(Principal principal, Permission permission, Place place) {
        if (principal instanceof Principal.Person person && !person.may(permission, place)) {
            throw Problem.lacks(person, permission);
        }
    }
}
