package dev.countersign.people;

import dev.countersign.call.Holding;
import dev.countersign.call.Place;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a person may do: everywhere by the roles they hold in the tenant, and in teams and projects
 * by those they hold there. Who holds any role that lets them look may look at everything.
 */
public final class Rights {
    private final Set<Permission> everywhere;
    private final Set<Holding> held;
    private final Map<String, Set<Permission>> roles;

    /**
     * The rights of a person.
     *
     * @param roles what every role permits
     */
    Rights(Person person, Map<String, Set<Permission>> roles) {
        Set<Permission> all = EnumSet.noneOf(Permission.class);
        person.roles().forEach(role -> all.addAll(roles.getOrDefault(role, Set.of())));
        this.held = person.held();
        this.roles = roles;
        if (held.stream().anyMatch(holding -> of(holding).contains(Permission.SEE))) {
            all.add(Permission.SEE);
        }
        this.everywhere = Collections.unmodifiableSet(all);
    }

    private Set<Permission> of(Holding holding) {
        return roles.getOrDefault(holding.role(), Set.of());
    }

    /** Everywhere. */
    public boolean may(Permission permission) {
        return everywhere.contains(permission);
    }

    /** With what is there. */
    public boolean may(Permission permission, Place place) {
        return may(permission)
                || held.stream()
                        .anyMatch(each -> each.countsAt(place) && of(each).contains(permission));
    }

    /** With something, somewhere. */
    public boolean mayAnywhere(Permission permission) {
        return may(permission) || held.stream().anyMatch(each -> of(each).contains(permission));
    }

    /** Everything that is permitted everywhere. */
    public Set<Permission> everywhere() {
        return everywhere;
    }

    /** The roles that would permit it, by name. */
    public List<String> granting(Permission permission) {
        return roles.entrySet().stream()
                .filter(role -> role.getValue().contains(permission))
                .map(Map.Entry::getKey)
                .toList();
    }
}
