package dev.countersign.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.DefaultsUpgrade;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;

/** {@code /v1/policies/defaults}: newer built-in defaults, until an owner accepts them. */
final class DefaultsRoutes {
    private final DefaultsUpgrade upgrade;

    DefaultsRoutes(DefaultsUpgrade upgrade) {
        this.upgrade = upgrade;
    }

    /** The version in force, that of the program, and what accepting it newly allows. */
    ObjectNode show() {
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("in_force", upgrade.inForce())
                        .put("version", upgrade.version());
        upgrade.waiting()
                .ifPresentOrElse(
                        waiting ->
                                json.put("waiting", true)
                                        .set("newly_allowed", waiting.report().json()),
                        () -> json.put("waiting", false));
        return json;
    }

    /**
     * Puts the defaults of this program in force.
     *
     * @throws Problem when this person may not, or they are of another version than the one named
     */
    ObjectNode accept(ObjectNode body, Principal principal) throws NotRecorded {
        String version = new Fields(body, "version").required("version", 100);
        if (!(principal instanceof Principal.Person person)) {
            throw Problem.forbidden("only people accept newer built-in defaults");
        }
        Problem.require(person, Permission.UPGRADE);
        if (!version.equals(upgrade.version())) {
            throw Problem.conflict(
                    "this program has `"
                            + upgrade.version()
                            + "`, not `"
                            + Fields.shown(version)
                            + "`");
        }
        var report = upgrade.accept(person.email());
        ObjectNode json = show();
        json.set("newly_allowed", report.json());
        return json;
    }
}
