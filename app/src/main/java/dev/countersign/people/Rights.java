package dev.countersign.people;

import dev.countersign.call.Holding;
import dev.countersign.call.Place;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a person may do: everywhere by the roles they hold in the tenant, and in teams and projects
 * by those they hold there. Who holds any role that lets them look may look at everything.
 */
public final class Rights {
    private final Set<Permission> everywhere;
    private final Set<Holding> held;
    private final Map<String, Set<Permission>> roles;
    private final @Nullable String project;

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
        this.project = null;
        if (held.stream().anyMatch(holding -> of(holding).contains(Permission.SEE))) {
            all.add(Permission.SEE);
        }
        this.everywhere = Collections.unmodifiableSet(all);
    }

    private Rights(Rights whole, String project) {
        this.everywhere = whole.everywhere;
        this.held = whole.held;
        this.roles = whole.roles;
        this.project = project;
    }

    /** What of it a token for one project may do: nothing but in that project. */
    Rights within(String project) {
        return new Rights(this, project);
    }

    /** The one project they count in, or null where they count wherever they are held. */
    public @Nullable String project() {
        return project;
    }

    /** Whether what is there can be seen and done anything with at all. */
    public boolean reach(Place place) {
        return project == null || project.equals(place.project());
    }

    private Set<Permission> of(Holding holding) {
        return roles.getOrDefault(holding.role(), Set.of());
    }

    /** Everywhere. */
    public boolean may(Permission permission) {
        return project == null && everywhere.contains(permission);
    }

    /** With what is there. */
    public boolean may(Permission permission, Place place) {
        return reach(place)
                && (everywhere.contains(permission)
                        || held.stream()
                                .anyMatch(each ->
                                        each.countsAt(place) && of(each).contains(permission)));
    }

    /** With something, somewhere. */
    public boolean mayAnywhere(Permission permission) {
        return everywhere.contains(permission)
                || held.stream().anyMatch(each -> of(each).contains(permission));
    }

    /** Everything that is permitted everywhere. */
    public Set<Permission> everywhere() {
        return project == null ? everywhere : Set.of();
    }

    /** The roles that would permit it, by name. */
    public List<String> granting(Permission permission) {
        return roles.entrySet().stream()
                .filter(role -> role.getValue().contains(permission))
                .map(Map.Entry::getKey)
                .toList();
    }
}
