package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.Emails;
import dev.countersign.call.Holding;
import dev.countersign.people.Agent;
import dev.countersign.people.Entity;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Project;
import dev.countersign.people.Role;
import dev.countersign.people.Roles;
import dev.countersign.people.Team;
import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what people write about parts of the organisation; what is wrong is a {@link Problem}. */
final class EntityReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    private static final Pattern AGENT = Pattern.compile("[\\p{L}\\p{N}._@+: -]{1,128}");
    private static final Set<UnicodeScript> BESIDE_ANY =
            EnumSet.of(
                    UnicodeScript.COMMON,
                    UnicodeScript.INHERITED,
                    UnicodeScript.HAN,
                    UnicodeScript.HIRAGANA,
                    UnicodeScript.KATAKANA,
                    UnicodeScript.HANGUL,
                    UnicodeScript.BOPOMOFO);
    private static final int LONGEST_DESCRIPTION = 500;
    private static final int MOST_TEAMS = 100;
    private static final int MOST_ROLES = 100;

    private EntityReader() {}

    /** One of a kind under its name, or the e-mail of a person. */
    static Entity read(Entity.Kind kind, String id, ObjectNode body) {
        return switch (kind) {
            case ROLE -> role(name(kind, id), body);
            case TEAM -> new Team(name(kind, id), description(new Fields(body, "description")));
            case PROJECT -> project(name(kind, id), body);
            case PERSON -> person(id, body);
            case AGENT -> agent(id, body);
        };
    }

    /** A name that is none of ours is nobody's. */
    static String name(Entity.Kind kind, String name) {
        if (!NAME.matcher(name).matches()) {
            throw Problem.badRequest(
                    "a "
                            + kind.wire()
                            + " cannot be called `"
                            + Fields.shown(name)
                            + "`; expected letters, digits, `.`, `_` and `-`");
        }
        return name;
    }

    private static String description(Fields fields) {
        return fields.text("description", LONGEST_DESCRIPTION).orElse("").strip();
    }

    private static Role role(String name, ObjectNode body) {
        Fields fields = new Fields(body, "description", "permissions");
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        for (String each : fields.texts("permissions", Permission.values().length)) {
            permissions.add(
                    Permission.of(each)
                            .orElseThrow(() ->
                                    Problem.badRequest(
                                            "`permissions` names `"
                                                    + Fields.shown(each)
                                                    + "`; expected "
                                                    + String.join(
                                                            ", ",
                                                            Arrays.stream(Permission.values())
                                                                    .map(Permission::wire)
                                                                    .toList()))));
        }
        return new Role(name, description(fields), permissions);
    }

    private static Project project(String name, ObjectNode body) {
        Fields fields = new Fields(body, "description", "workspace", "teams");
        Optional<String> workspace = fields.text("workspace", 4_096).map(EntityReader::folder);
        return new Project(name, description(fields), workspace.orElse(null), teams(fields));
    }

    /** The main working tree, also where somebody names its {@code .git} folder. */
    private static String folder(String path) {
        String folder = path.strip();
        while (folder.length() > 1 && (folder.endsWith("/") || folder.endsWith("\\"))) {
            folder = folder.substring(0, folder.length() - 1);
        }
        if (folder.endsWith("/.git")) {
            folder = folder.substring(0, folder.length() - "/.git".length());
        }
        if (!folder.startsWith("/") && !folder.matches("[A-Za-z]:[/\\\\].*")) {
            throw Problem.badRequest(
                    "`workspace` is `" + Fields.shown(path) + "`; expected an absolute path");
        }
        return folder;
    }

    /** A name that reads as it is: nothing in it hides or stands around it. */
    static String agentName(String name) {
        if (!AGENT.matcher(name).matches()
                || !name.equals(name.strip())
                || !Normalizer.isNormalized(name, Normalizer.Form.NFKC)
                || mixesScripts(name)) {
            throw Problem.badRequest(
                    "an agent cannot be called `"
                            + Fields.shown(name)
                            + "`; expected letters of one script, digits, blanks and `._@+:-`");
        }
        return name;
    }

    /**
     * Whether letters of two scripts stand in it that have look-alikes of each other, such as Latin
     * and Cyrillic: the restriction "highly restrictive" of UTS 39, section 5.2.
     */
    private static boolean mixesScripts(String name) {
        return name.codePoints()
                        .mapToObj(UnicodeScript::of)
                        .filter(script -> !BESIDE_ANY.contains(script))
                        .distinct()
                        .count()
                > 1;
    }

    private static Agent agent(String written, ObjectNode body) {
        String name = agentName(written);
        Fields fields =
                new Fields(body, "description", "persona", "owner", "teams", "project", "enabled");
        @Nullable String owner = null;
        @Nullable String ownerTeam = null;
        if (body.path("owner").isObject()) {
            ownerTeam =
                    name(
                            Entity.Kind.TEAM,
                            new Fields(fields.object("owner"), "team").required("team", 128));
        } else {
            owner = fields.text("owner", 254).map(EntityReader::email).orElse(null);
        }
        return new Agent(
                name,
                description(fields),
                fields.text("persona", 128).filter(text -> !text.isBlank()).orElse(null),
                owner,
                ownerTeam,
                teams(fields),
                fields.text("project", 128)
                        .map(project -> name(Entity.Kind.PROJECT, project))
                        .orElse(null),
                fields.yes("enabled").orElse(true) ? Agent.State.ENABLED : Agent.State.DISABLED);
    }

    private static Person person(String id, ObjectNode body) {
        String email = email(id);
        Fields fields = new Fields(body, "name", "roles", "teams");
        Set<String> roles = new TreeSet<>();
        Set<Holding> held = new HashSet<>();
        JsonNode list = body.path("roles");
        if (!list.isMissingNode() && !list.isNull() && !list.isArray()) {
            throw Problem.badRequest("`roles` must be a list of roles");
        }
        if (list.size() > MOST_ROLES) {
            throw Problem.badRequest("`roles` holds more than " + MOST_ROLES);
        }
        for (JsonNode each : list) {
            if (each instanceof ObjectNode object) {
                held.add(holding(object));
            } else if (each.isTextual()) {
                roles.add(each.textValue());
            } else {
                throw Problem.badRequest(
                        "`roles` must be a list of names, `{role: NAME, team: NAME}` and"
                                + " `{role: NAME, project: NAME}`, not "
                                + each.getNodeType().name().toLowerCase(Locale.ROOT));
            }
        }
        if (roles.isEmpty() && held.isEmpty()) {
            roles.add(Roles.USUAL);
        }
        return new Person(
                email, fields.text("name", 200).orElse(email), roles, teams(fields), held);
    }

    private static Holding holding(ObjectNode object) {
        Fields fields = new Fields(object, "role", "team", "project");
        String role = fields.required("role", 128);
        Optional<String> team = fields.text("team", 128);
        Optional<String> project = fields.text("project", 128);
        if (team.isPresent() == project.isPresent()) {
            throw Problem.badRequest(
                    "`roles` has one that is held in both or neither of a team and a project;"
                            + " expected `{role: NAME, team: NAME}` or `{role: NAME, project:"
                            + " NAME}`");
        }
        if (role.equals(Roles.OWNER)) {
            throw Problem.badRequest(
                    "`roles` names an owner of one team or project; `owner` is held in all of the"
                            + " tenant or not at all");
        }
        return team.isPresent()
                ? new Holding(role, Holding.Kind.TEAM, team.get())
                : new Holding(role, Holding.Kind.PROJECT, project.orElseThrow());
    }

    static String email(String text) {
        String email = Emails.normal(text);
        if (!Emails.isPlain(email)) {
            throw Problem.badRequest(
                    "`email` is `" + Fields.shown(email) + "`; expected NAME@HOST");
        }
        return email;
    }

    private static Set<String> teams(Fields fields) {
        List<String> teams = fields.texts("teams", MOST_TEAMS);
        for (String team : teams) {
            if (!NAME.matcher(team).matches()) {
                throw Problem.badRequest(
                        "`teams` names `"
                                + Fields.shown(team)
                                + "`; expected letters, digits, `.`, `_` and `-`");
            }
        }
        return new TreeSet<>(teams);
    }
}
