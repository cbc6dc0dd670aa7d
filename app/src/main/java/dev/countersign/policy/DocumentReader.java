package dev.countersign.policy;

import dev.countersign.call.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns a tree into a {@link Policy} and notes every problem on the way. */
final class DocumentReader {
    static final List<String> KEYS =
            List.of(
                    "policy",
                    "level",
                    "applies_to",
                    "use",
                    "profile",
                    "profile_patch",
                    "autonomy",
                    "ceiling",
                    "four_eyes",
                    "tags",
                    "programs",
                    "entities",
                    "personas",
                    "rules",
                    "windows",
                    "skills",
                    "approvals");

    private final Source source;
    private final Level level;
    private final boolean trusted;
    private final String hash;
    private final Library library;
    private final PolicyReader.Examples examples;

    DocumentReader(
            Source source,
            Level level,
            boolean trusted,
            String hash,
            Library library,
            PolicyReader.Examples examples) {
        this.source = source;
        this.level = level;
        this.trusted = trusted;
        this.hash = hash;
        this.library = library;
        this.examples = examples;
    }

    Policy read(Tree tree) {
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "the document is "
                            + tree.kind()
                            + "; expected a map that starts with"
                            + " `policy: NAME`");
            return silent(source.file());
        }
        Keys keys = new Keys(map);
        if (DefinitionReader.isDefinition(tree)) {
            return definition(map);
        }
        if (keys.has("permission") || (keys.has("agent") && !keys.has("policy"))) {
            Policy.Base base =
                    new Policy.Base(
                            ProfileReader.named(Defaults.BUILT_IN.profiles(), "full-access", null),
                            List.of(),
                            ProfileReader.named(Defaults.BUILT_IN.modes(), "full", null),
                            Policy.Ceilings.NONE,
                            null);
            return policy(
                    level,
                    source.file(),
                    Scope.EVERYTHING,
                    base,
                    List.of(),
                    List.of(),
                    List.of(),
                    new Codeflow(source).rules(map),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of());
        }
        source.keys(map, "", KEYS, Set.of());
        String name = source.file();
        Tree nameTree = keys.get("policy");
        if (nameTree == null) {
            source.error(map, "`policy` is missing; expected `policy: NAME`");
        } else {
            name = source.name(nameTree, "policy").orElse(name);
        }
        Level stands = level;
        Tree levelTree = keys.get("level");
        if (levelTree != null) {
            stands =
                    source.word(levelTree, "level", List.of("tenant", "team", "project", "agent"))
                            .flatMap(Level::of)
                            .orElse(level);
        }
        List<Policy.TagDefinition> tags = keys.read("tags", new TagReader(source)::read, List.of());
        List<Policy.ProgramEntry> programs =
                keys.read("programs", new ProgramReader(source)::read, List.of());
        RuleReader.Rules rules = new RuleReader.Rules();
        Trial trial = Trial.of(examples, tags, programs);
        UseReader.body(map, source, library, Nesting.of(), rules, trial);
        ScopeReader scopes = new ScopeReader(source);
        return policy(
                stands,
                name,
                keys.read("applies_to", scopes::scope, Scope.EVERYTHING),
                base(keys),
                tags,
                programs,
                keys.read("entities", new EntitiesReader(source)::read, List.of()),
                rules.rules(),
                rules.duties(),
                keys.read("personas", scopes::personas, List.of()),
                keys.read("skills", scopes::skills, List.of()),
                keys.read("approvals", new ApprovalReader(source)::read, List.of()));
    }

    /** What a document calls itself; its file's name when it does not say. */
    static String name(Tree tree, String file) {
        if (!(tree instanceof Tree.Entries map)) {
            return file;
        }
        List<Definition> defines = definitions(tree, file);
        if (!defines.isEmpty()) {
            return defines.getFirst().name();
        }
        Tree name = new Keys(map).get("policy");
        return name == null ? file : new Source(file).name(name, "policy").orElse(file);
    }

    private Policy.Base base(Keys keys) {
        ProfileReader reader = new ProfileReader(source);
        Policy.Named<Map<Action, Effect>> profile =
                keys.find("profile", t -> reader.profile(t, "profile")).orElse(null);
        return new Policy.Base(
                profile,
                keys.read(
                        "profile_patch",
                        t -> new PatchReader(source, profile).patches(t),
                        List.of()),
                keys.find("autonomy", t -> reader.autonomy(t, "autonomy")).orElse(null),
                keys.read("ceiling", reader::ceilings, Policy.Ceilings.NONE),
                keys.find("four_eyes", t -> source.tier(t, "four_eyes")).orElse(null));
    }

    /** A document that only defines names says nothing itself; its rules are tried as they are. */
    private Policy definition(Tree.Entries map) {
        check(map);
        return silent(
                new DefinitionReader(new Source(source.file()), source.file())
                        .read(map)
                        .map(Definition::name)
                        .orElse(source.file()));
    }

    private void check(Tree.Entries map) {
        int before = source.errors();
        new DefinitionReader(source, source.file())
                .read(map)
                .ifPresent(definition -> {
                    if (Library.builtIn().find(definition.name()).isPresent()) {
                        source.error(
                                map,
                                "`" + definition.name() + "` is built in; expected another name");
                    }
                    if (source.errors() == before) {
                        body(definition);
                    }
                });
    }

    /**
     * Its rules with the usual values. Where its user must give some, what they would say and
     * whether the examples hold is known only then.
     */
    private void body(Definition definition) {
        boolean open = !definition.open().isEmpty();
        Source inner = new Source(source.file());
        UseReader.body(
                definition.usual(),
                inner,
                library,
                Nesting.of(definition.name()),
                new RuleReader.Rules(),
                open ? null : Trial.plain(examples));
        inner.problems().stream()
                .filter(problem ->
                        !open
                                || definition.open().stream()
                                        .noneMatch(name ->
                                                problem.message().contains("${" + name + "}")))
                .forEach(source.problems()::add);
    }

    /** The definitions a text holds: itself, or those under its keys. */
    static List<Definition> definitions(Tree tree, String file) {
        List<Definition> found = new ArrayList<>();
        if (!(tree instanceof Tree.Entries map)) {
            return found;
        }
        // Problems are noted when the document itself is read.
        DefinitionReader reader = new DefinitionReader(new Source(file), file);
        if (DefinitionReader.isDefinition(tree)) {
            reader.read(map).ifPresent(found::add);
        }
        return found;
    }

    private Policy silent(String name) {
        return policy(
                level,
                name,
                Scope.EVERYTHING,
                Policy.Base.SILENT,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    private Policy policy(
            Level stands,
            String name,
            Scope scope,
            Policy.Base base,
            List<Policy.TagDefinition> tags,
            List<Policy.ProgramEntry> programs,
            List<Policy.EntityEntry> entities,
            List<Rule> rules,
            List<Duty> duties,
            List<Persona> personas,
            List<Skill> skills,
            List<ApprovalPolicy> approvals) {
        return new Policy(
                name,
                stands,
                source.file(),
                trusted,
                hash,
                scope,
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
}
