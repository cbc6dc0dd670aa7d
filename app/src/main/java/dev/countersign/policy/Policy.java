package dev.countersign.policy;

import dev.countersign.analysis.KnownEntities;
import dev.countersign.analysis.UserProgram;
import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One document.
 *
 * @param name as in {@code policy:}, or the file's name
 * @param level where it stands
 * @param file the file's name as the person knows it
 * @param trusted whether a person accepted it; an untrusted one only restricts
 * @param hash {@code sha256:…} of its text, what a person accepts
 * @param scope whom it applies to
 * @param base what it says of profile and mode
 * @param tags what it adds tags to
 * @param programs what it says programs do
 * @param entities what it says there is in systems of its own
 * @param rules its rules, those of templates and named rules included; their order never matters
 * @param duties what only brings obligations
 * @param personas envelopes of agents
 * @param skills what skills need
 * @param approvals who may answer when no asking rule says so
 */
public record Policy(
        String name,
        Level level,
        String file,
        boolean trusted,
        String hash,
        Scope scope,
        Base base,
        List<TagDefinition> tags,
        List<ProgramEntry> programs,
        List<EntityEntry> entities,
        List<Rule> rules,
        List<Duty> duties,
        List<Persona> personas,
        List<Skill> skills,
        List<ApprovalPolicy> approvals) {

    public Policy {
        tags = List.copyOf(tags);
        programs = List.copyOf(programs);
        entities = List.copyOf(entities);
        rules = List.copyOf(rules);
        duties = List.copyOf(duties);
        personas = List.copyOf(personas);
        skills = List.copyOf(skills);
        approvals = List.copyOf(approvals);
    }

    /**
     * What a document says of profile and mode.
     *
     * @param profile the profile it names, or null
     * @param patch changes to the profile, in order
     * @param autonomy the mode it names, or null
     * @param ceilings what nothing may be looser than
     * @param fourEyes from this risk on the driver never counts as approver, or null
     */
    public record Base(
            @Nullable Named<Map<Action, Effect>> profile,
            List<Patch> patch,
            @Nullable Named<Map<RiskTier, Effect>> autonomy,
            Ceilings ceilings,
            @Nullable RiskTier fourEyes) {
        static final Base SILENT = new Base(null, List.of(), null, Ceilings.NONE, null);

        public Base {
            patch = List.copyOf(patch);
        }
    }

    /**
     * A table with the name people know it by.
     *
     * @param <T> the table
     * @param name such as {@code standard}, or {@code custom}
     * @param table its content
     * @param at where it is named, or null for what is built in
     */
    public record Named<T>(String name, T table, @Nullable Position at) {}

    /**
     * One change to cells of the profile.
     *
     * @param cells the cells it sets
     * @param at where it stands
     */
    public record Patch(Map<Action, Cell> cells, Position at) {
        public Patch {
            cells = Map.copyOf(cells);
        }
    }

    /** What a patch leaves in a cell. */
    public sealed interface Cell {

        /** Just this. */
        record Of(Effect effect) implements Cell {}

        /** What the profile that is patched says of an action, where that is known only later. */
        record As(Action action) implements Cell {}
    }

    /**
     * What nothing may be looser than.
     *
     * @param profile cell by cell, or null
     * @param autonomy tier by tier, or null
     */
    public record Ceilings(
            @Nullable Named<Map<Action, Effect>> profile,
            @Nullable Named<Map<RiskTier, Effect>> autonomy) {
        static final Ceilings NONE = new Ceilings(null, null);
    }

    /**
     * What a tag is added to.
     *
     * @param tag the tag
     * @param conditions any of them
     */
    public record TagDefinition(String tag, List<Selector> conditions) {
        public TagDefinition {
            conditions = List.copyOf(conditions);
        }
    }

    /**
     * What a program does.
     *
     * @param program its description
     * @param at where it stands
     */
    public record ProgramEntry(UserProgram program, Position at) {}

    /**
     * What there is of one type.
     *
     * @param type the type, what can be done with it and what there is
     * @param at where it stands
     */
    public record EntityEntry(KnownEntities.Type type, Position at) {}

    /** What the caller itself names, in place of the nearest document and under every ceiling. */
    public static Policy caller(@Nullable String profile, @Nullable String autonomy) {
        Map<Action, Effect> cells =
                profile == null ? null : Defaults.BUILT_IN.profiles().get(profile);
        Map<RiskTier, Effect> tiers =
                autonomy == null ? null : Defaults.BUILT_IN.modes().get(autonomy);
        if (profile != null && cells == null) {
            throw new IllegalArgumentException(
                    "`" + profile + "` is no profile" + Nearest.hint(profile, profiles()));
        }
        if (autonomy != null && tiers == null) {
            throw new IllegalArgumentException(
                    "`" + autonomy + "` is no autonomy mode" + Nearest.hint(autonomy, modes()));
        }
        Base base =
                new Base(
                        cells == null || profile == null ? null : new Named<>(profile, cells, null),
                        List.of(),
                        tiers == null || autonomy == null
                                ? null
                                : new Named<>(autonomy, tiers, null),
                        Ceilings.NONE,
                        null);
        return new Policy(
                "caller",
                Level.CALLER,
                "",
                true,
                Hash.of("caller " + profile + " " + autonomy),
                Scope.EVERYTHING,
                base,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    /** The built-in profiles, strict and loose, in the order of the table. */
    public static List<String> profiles() {
        return List.copyOf(Defaults.BUILT_IN.profiles().keySet());
    }

    /** The built-in autonomy modes. */
    public static List<String> modes() {
        return List.copyOf(Defaults.BUILT_IN.modes().keySet());
    }

    /** {@code level/name}, how explanations call it. */
    public String title() {
        return level.wire() + "/" + name;
    }

    /** The same, accepted by a person or not. */
    public Policy withTrust(boolean accepted) {
        return new Policy(
                name, level, file, accepted, hash, scope, base, tags, programs, entities, rules,
                duties, personas, skills, approvals);
    }

    /** The same with other rules. */
    Policy withRules(List<Rule> others) {
        return new Policy(
                name, level, file, trusted, hash, scope, base, tags, programs, entities, others,
                duties, personas, skills, approvals);
    }

    /** The same for every call: whom it applies to was asked already. */
    Policy everywhere() {
        return new Policy(
                name,
                level,
                file,
                trusted,
                hash,
                Scope.EVERYTHING,
                base,
                tags,
                programs,
                entities,
                rules,
                duties,
                personas,
                skills,
                approvals);
    }

    /**
     * The same, standing where it is stored, whatever it says itself.
     *
     * @param of the team, project or agent it is stored for; empty for all of a tenant
     */
    public Policy storedAt(Level stored, String of) {
        Policy there = withLevel(stored);
        return of.isEmpty()
                ? there
                : new Policy(
                        name,
                        stored,
                        file,
                        trusted,
                        hash,
                        scope.placed(stored, of),
                        base,
                        tags,
                        programs,
                        entities,
                        rules,
                        duties,
                        personas,
                        skills,
                        approvals);
    }

    /** The same, standing where it is stored. */
    public Policy withLevel(Level stored) {
        return new Policy(
                name, stored, file, trusted, hash, scope, base, tags, programs, entities, rules,
                duties, personas, skills, approvals);
    }

    /**
     * What a person's acceptance of this document would put in force, one line each with its place;
     * empty for a trusted one.
     */
    public List<String> waiting() {
        if (trusted) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        Named<Map<Action, Effect>> profile = base.profile();
        if (profile != null) {
            lines.add(line("profile " + profile.name(), profile.at()));
        }
        for (Patch change : base.patch()) {
            Map<String, String> cells = new LinkedHashMap<>();
            new EnumMap<>(change.cells())
                    .forEach((action, cell) ->
                            cells.put(
                                    action.wire(),
                                    switch (cell) {
                                        case Cell.Of(Effect effect) -> Defaults.word(effect);
                                        case Cell.As(Action other) -> "as " + other.wire();
                                    }));
            lines.add(line("profile patch " + cells, change.at()));
        }
        Named<Map<RiskTier, Effect>> autonomy = base.autonomy();
        if (autonomy != null) {
            lines.add(line("autonomy " + autonomy.name(), autonomy.at()));
        }
        for (ProgramEntry entry : programs) {
            String program = entry.program().name();
            if (!UserProgram.shipped(program)) {
                lines.add(line("program " + program, entry.at()));
            }
        }
        for (EntityEntry entry : entities) {
            lines.add(line("entities of the type " + entry.type().name(), entry.at()));
        }
        for (Rule rule : rules) {
            if (rule.effect() == Effect.ALLOW) {
                lines.add(line(rule.text(), rule.at()));
            }
        }
        if (!approvals.isEmpty()) {
            lines.add(line("approvals", approvals.getFirst().at()));
        }
        return lines;
    }

    private static String line(String what, @Nullable Position at) {
        return at == null ? what : what + " (" + at + ")";
    }
}
