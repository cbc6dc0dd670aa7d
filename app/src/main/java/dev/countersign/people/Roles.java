package dev.countersign.people;

import static dev.countersign.people.Permission.ACCEPT;
import static dev.countersign.people.Permission.ACT;
import static dev.countersign.people.Permission.ANSWER;
import static dev.countersign.people.Permission.EXPORT;
import static dev.countersign.people.Permission.POLICY;
import static dev.countersign.people.Permission.RESUME;
import static dev.countersign.people.Permission.RETAIN;
import static dev.countersign.people.Permission.SEE;
import static dev.countersign.people.Permission.STOP;

import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What roles permit: those there always are, and those that people made. Safe for many threads. */
public final class Roles {
    /** Whoever has it may do everything a person may. */
    public static final String OWNER = "owner";

    /** What a person gets whom nobody gave a role. */
    public static final String USUAL = "member";

    private static final Map<String, Set<Permission>> BUILT_IN = new LinkedHashMap<>();

    static {
        BUILT_IN.put("viewer", EnumSet.of(SEE));
        BUILT_IN.put(USUAL, EnumSet.of(SEE, ACT, ANSWER, STOP, RESUME, ACCEPT));
        BUILT_IN.put("maintainer", EnumSet.of(SEE, ACT, ANSWER, STOP, RESUME, ACCEPT, POLICY));
        BUILT_IN.put(
                "security",
                EnumSet.of(SEE, ACT, ANSWER, STOP, RESUME, ACCEPT, POLICY, EXPORT, RETAIN));
        BUILT_IN.put(OWNER, EnumSet.allOf(Permission.class));
    }

    private static final int MOST_OWN = 1_000;

    private final OrganisationStore store;
    private final Recent<String, Map<String, Set<Permission>>> known = new Recent<>(1);

    /** The built-in roles and those that are kept there. */
    public Roles(OrganisationStore store) {
        this.store = store;
    }

    /** What each built-in role permits. */
    public static Map<String, Set<Permission>> builtIn() {
        return Collections.unmodifiableMap(BUILT_IN);
    }

    /** What each role permits: the built-in ones first, from the least to the most. */
    public Map<String, Set<Permission>> all() {
        return known.get("", _ -> read());
    }

    private Map<String, Set<Permission>> read() {
        Map<String, Set<Permission>> all = new LinkedHashMap<>(BUILT_IN);
        for (Entity own : store.list(Entity.Kind.ROLE, "", MOST_OWN)) {
            if (own instanceof Role role) {
                all.putIfAbsent(role.name(), role.permissions());
            }
        }
        return Collections.unmodifiableMap(all);
    }

    /** What somebody may do; a role nobody knows permits nothing. */
    public Rights rights(Person person) {
        return new Rights(person, all());
    }

    /** What a role permits, nothing when there is none. */
    public Set<Permission> permissions(String role) {
        return all().getOrDefault(role, Set.of());
    }

    /** A role was changed. */
    public void changed() {
        known.forget();
    }
}
