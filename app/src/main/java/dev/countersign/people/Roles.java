package dev.countersign.people;

import static dev.countersign.people.Permission.ACCEPT;
import static dev.countersign.people.Permission.ACT;
import static dev.countersign.people.Permission.ANSWER;
import static dev.countersign.people.Permission.EXPORT;
import static dev.countersign.people.Permission.POLICY;
import static dev.countersign.people.Permission.RESUME;
import static dev.countersign.people.Permission.SEE;
import static dev.countersign.people.Permission.STOP;

import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The roles there always are, from the least to the most that they permit. */
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
                "security", EnumSet.of(SEE, ACT, ANSWER, STOP, RESUME, ACCEPT, POLICY, EXPORT));
        BUILT_IN.put(OWNER, EnumSet.allOf(Permission.class));
    }

    private Roles() {}

    /** What each role permits. */
    public static Map<String, Set<Permission>> builtIn() {
        return Collections.unmodifiableMap(BUILT_IN);
    }

    /** What somebody with these roles may do; a role nobody knows permits nothing. */
    public static Set<Permission> permissions(Set<String> roles) {
        Set<Permission> all = EnumSet.noneOf(Permission.class);
        for (String role : roles) {
            all.addAll(BUILT_IN.getOrDefault(role, Set.of()));
        }
        return all;
    }

    /** The roles that permit this. */
    public static List<String> with(Permission permission) {
        return BUILT_IN.keySet().stream()
                .filter(role -> BUILT_IN.getOrDefault(role, Set.of()).contains(permission))
                .toList();
    }
}
