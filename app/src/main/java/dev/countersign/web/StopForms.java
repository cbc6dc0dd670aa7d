package dev.countersign.web;

import dev.countersign.api.Places;
import dev.countersign.api.Problem;
import dev.countersign.approval.Stop;
import dev.countersign.approval.Stops;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.DecisionPoint;
import dev.countersign.people.Permission;
import java.util.Optional;

/** Stopping work, and letting it go on. */
final class StopForms {
    private final DecisionPoint decisions;
    private final Stops stops;
    private final Places places;

    StopForms(DecisionPoint decisions, Stops stops, Places places) {
        this.places = places;
        this.decisions = decisions;
        this.stops = stops;
    }

    /** The form names what to stop in one field: the kind, a space, and the name. */
    void stop(Visit visit) throws NotRecorded {
        String what = visit.field("stop");
        int space = what.indexOf(' ');
        Optional<Stop.Kind> kind = Stop.Kind.of(space < 0 ? what : what.substring(0, space));
        String name = space < 0 ? "" : what.substring(space + 1);
        if (kind.isEmpty() || (name.isBlank() && kind.get() != Stop.Kind.ALL)) {
            throw new Problem(Problem.Kind.BAD_REQUEST, Texts.say("stop.the-form-does-not"));
        }
        Places.require(visit.person(), Permission.STOP, places.of(kind.get(), name));
        Stop _ =
                decisions.stop(kind.get(), name, visit.text("reason", 500), visit.person().email());
        visit.redirect(Visit.local(visit.field("then")).orElse("/"));
    }

    void resume(Visit visit) throws NotRecorded {
        if (!visit.person().votes()) {
            throw new Problem(Problem.Kind.FORBIDDEN, Texts.say("stop.this-sign-in-reads"));
        }
        stops.holding().stream()
                .filter(stop -> stop.id().equals(visit.parameter("id")))
                .forEach(stop ->
                        Places.require(
                                visit.person(),
                                Permission.RESUME,
                                places.of(stop.kind(), stop.name())));
        Optional<Stop> _ = stops.resume(visit.parameter("id"), visit.person().email());
        visit.redirect(Visit.local(visit.field("then")).orElse("/"));
    }
}
