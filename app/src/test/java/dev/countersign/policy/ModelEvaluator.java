package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A slow evaluator that is plainly right: it knows a small language of rules, and for each selector
 * of it a hand-written table says what it matches and what it is narrower than.
 */
final class ModelEvaluator {
    private ModelEvaluator() {}

    /**
     * An operation of the small language.
     *
     * @param from of a write where the file was before; empty when it is not moved
     */
    record Op(
            String action,
            String path,
            String from,
            String command,
            String branch,
            String tag,
            RiskTier risk,
            String agent,
            boolean opaque,
            boolean floor) {}

    /**
     * A selector of the small language.
     *
     * @param yaml how it is written
     * @param sure the operations it surely means, as a permissive rule reads it
     * @param perhaps the operations a restrictive rule also catches
     * @param blanket whether an allow of it reaches medium at most
     */
    record Sel(String yaml, Test sure, Test perhaps, boolean blanket) {}

    /** A question about an operation. */
    interface Test {
        boolean of(Op op);
    }

    /** One opinion; {@code unanswered} is what an asking one says of that, or empty. */
    record ModelRule(Effect effect, Sel selector, String unanswered) {
        ModelRule(Effect effect, Sel selector) {
            this(effect, selector, "");
        }
    }

    record Doc(
            Level level,
            boolean trusted,
            String profile,
            String mode,
            String ceilingProfile,
            String ceilingMode,
            List<ModelRule> rules,
            String onlyFor,
            @Nullable Envelope envelope) {
        Doc(
                Level level,
                boolean trusted,
                String profile,
                String mode,
                String ceilingProfile,
                String ceilingMode,
                List<ModelRule> rules) {
            this(level, trusted, profile, mode, ceilingProfile, ceilingMode, rules, "", null);
        }
    }

    /** A persona that reads the workspace, writes below src, and may besides do one action. */
    record Envelope(String agent, String action, Effect others) {}

    static final Sel ALL = sel("\"*\"", _ -> true, true);
    static final Sel SHELL = command("shell_run", op -> !op.command.isEmpty(), true);
    static final Sel GIT_ANY = sel("\"git_*\"", op -> op.action.startsWith("git_"), false);
    static final Sel PUSH =
            new Sel(
                    "git_push",
                    op -> op.action.equals("git_push"),
                    op -> op.action.equals("git_push") || op.action.equals("git_force_push"),
                    false);
    static final Sel PUSH_MAIN =
            new Sel(
                    "{git_push: {branch: main}}",
                    op -> op.action.equals("git_push") && op.branch.equals("main"),
                    op ->
                            (op.action.equals("git_push") || op.action.equals("git_force_push"))
                                    && (op.branch.equals("main") || op.branch.isEmpty()),
                    false);
    static final Sel WRITE =
            new Sel(
                    "file_write",
                    op -> op.action.equals("file_write"),
                    op -> op.action.equals("file_write") || op.action.equals("file_delete"),
                    false);
    static final Sel WRITE_SRC =
            new Sel(
                    "{file_write: \"./src/**\"}",
                    op -> op.action.equals("file_write") && allBelow(op, "/w/src/"),
                    op ->
                            (op.action.equals("file_write") || op.action.equals("file_delete"))
                                    && anyBelow(op, "/w/src/"),
                    false);
    static final Sel WRITE_GEN =
            new Sel(
                    "{file_write: \"./src/gen/*\"}",
                    op -> op.action.equals("file_write") && allBelow(op, "/w/src/gen/"),
                    op ->
                            (op.action.equals("file_write") || op.action.equals("file_delete"))
                                    && anyBelow(op, "/w/src/gen/"),
                    false);
    static final Sel ANY_COMMAND = command("{shell_run: \"*\"}", op -> !op.command.isEmpty(), true);
    static final Sel GIT_COMMAND =
            command("{shell_run: \"git *\"}", op -> op.command.startsWith("git "), false);
    static final Sel PUSH_COMMAND =
            command("{shell_run: \"git push *\"}", op -> op.command.startsWith("git push"), false);
    static final Sel NPM_BUILD =
            command(
                    "{shell_run: \"npm run build\"}",
                    op -> op.command.equals("npm run build"),
                    false);
    static final Sel SHIP =
            script(
                    "{shell_run: \"scripts/ship.sh *\"}",
                    op -> op.command.startsWith("scripts/ship.sh"));
    static final Sel BASH_SHIP =
            script(
                    "{shell_run: \"bash ship.sh *\"}",
                    op -> op.command.startsWith("bash ship.sh"),
                    // An operand of the program the rule names may have others before it.
                    "bash other.sh ship.sh");
    static final Sel TAGGED = sel("{tag: deploy}", op -> op.tag.equals("deploy"), false);
    static final Sel TAGGED_BOB =
            sel(
                    "{tag: deploy, agent: bob}",
                    op -> op.tag.equals("deploy") && op.agent.equals("bob"),
                    false);
    static final Sel HIGH =
            sel("{risk: [high, critical]}", op -> op.risk.atLeast(RiskTier.HIGH), false);
    static final Sel BOB = sel("{agent: bob}", op -> op.agent.equals("bob"), true);

    static final List<Sel> SELECTORS =
            List.of(
                    ALL,
                    SHELL,
                    GIT_ANY,
                    PUSH,
                    PUSH_MAIN,
                    WRITE,
                    WRITE_SRC,
                    WRITE_GEN,
                    ANY_COMMAND,
                    GIT_COMMAND,
                    PUSH_COMMAND,
                    NPM_BUILD,
                    SHIP,
                    BASH_SHIP,
                    TAGGED,
                    TAGGED_BOB,
                    HIGH,
                    BOB);

    /** What each selector is strictly narrower than, by the same kind. */
    static final Map<Sel, Set<Sel>> NARROWER_THAN =
            Map.ofEntries(
                    Map.entry(ALL, Set.of()),
                    Map.entry(SHELL, Set.of(ALL)),
                    Map.entry(GIT_ANY, Set.of(ALL)),
                    Map.entry(PUSH, Set.of(ALL, GIT_ANY)),
                    Map.entry(PUSH_MAIN, Set.of(ALL, GIT_ANY, PUSH)),
                    Map.entry(WRITE, Set.of(ALL)),
                    Map.entry(WRITE_SRC, Set.of(ALL, WRITE)),
                    Map.entry(WRITE_GEN, Set.of(ALL, WRITE, WRITE_SRC)),
                    Map.entry(ANY_COMMAND, Set.of(ALL, SHELL)),
                    Map.entry(GIT_COMMAND, Set.of(ALL, SHELL, ANY_COMMAND)),
                    Map.entry(PUSH_COMMAND, Set.of(ALL, SHELL, ANY_COMMAND, GIT_COMMAND)),
                    Map.entry(NPM_BUILD, Set.of(ALL, SHELL, ANY_COMMAND)),
                    Map.entry(SHIP, Set.of(ALL, SHELL, ANY_COMMAND)),
                    Map.entry(BASH_SHIP, Set.of(ALL, SHELL, ANY_COMMAND)),
                    Map.entry(TAGGED, Set.of()),
                    Map.entry(TAGGED_BOB, Set.of(TAGGED, BOB)),
                    Map.entry(HIGH, Set.of()),
                    Map.entry(BOB, Set.of()));

    private static Sel sel(String yaml, Test test, boolean blanket) {
        return new Sel(yaml, test, test, blanket);
    }

    /** An allow of a command does not reach what it acts on outside the workspace. */
    private static Sel command(String yaml, Test test, boolean blanket) {
        return new Sel(
                yaml,
                op -> test.of(op) && !(op.action.startsWith("file_") && anyBelow(op, "/opt")),
                test,
                blanket);
    }

    /** However it is run, a script is the same command to what restricts. */
    private static Sel script(String yaml, Test exact, String... more) {
        Sel plain = command(yaml, exact, false);
        Set<String> ships =
                Set.of(
                        "scripts/ship.sh x",
                        "./ship.sh",
                        "bash ship.sh x",
                        "zsh -e scripts/ship.sh x",
                        ". ./ship.sh");
        return new Sel(
                yaml,
                plain.sure,
                op -> ships.contains(op.command) || List.of(more).contains(op.command),
                false);
    }

    static Effect decide(List<Doc> docs, List<Op> ops) {
        Effect effect = Effect.ALLOW;
        for (Op op : ops) {
            List<Doc> applying =
                    docs.stream()
                            .filter(doc -> doc.onlyFor.isEmpty() || doc.onlyFor.equals(op.agent))
                            .toList();
            effect = effect.strictest(decide(applying, op));
            for (Doc doc : applying) {
                effect = effect.strictest(envelope(doc.envelope, op));
            }
        }
        return effect;
    }

    /**
     * What becomes of a question about these: the strictest word, where silence is the strictest.
     */
    static String unanswered(List<Doc> docs, List<Op> ops) {
        Set<String> words = new HashSet<>();
        for (Op op : ops) {
            if (decide(docs, List.of(op)) != Effect.ASK) {
                continue;
            }
            boolean ruled = false;
            for (Doc doc : docs) {
                for (ModelRule rule : speaking(doc, op)) {
                    boolean here = doc.onlyFor.isEmpty() || doc.onlyFor.equals(op.agent);
                    if (here && rule.effect == Effect.ASK) {
                        ruled = true;
                        words.add(doc.trusted ? rule.unanswered : "");
                    }
                }
            }
            if (!ruled) {
                words.add("");
            }
        }
        return words.contains("") || words.contains("expire")
                ? "expire"
                : words.contains("defer") ? "defer" : "wait";
    }

    private static boolean allBelow(Op op, String folder) {
        return op.path.startsWith(folder) && (op.from.isEmpty() || op.from.startsWith(folder));
    }

    private static boolean anyBelow(Op op, String folder) {
        return op.path.startsWith(folder) || op.from.startsWith(folder);
    }

    private static Effect envelope(@Nullable Envelope envelope, Op op) {
        if (envelope == null
                || !envelope.agent.equals(op.agent)
                || envelope.action.equals(op.action)) {
            return Effect.ALLOW;
        }
        return switch (op.action) {
            case "file_read" -> op.path.startsWith("/w/") ? Effect.ALLOW : Effect.DENY;
            case "file_write", "file_delete" ->
                    allBelow(op, "/w/src/") ? Effect.ALLOW : Effect.DENY;
            case "git_read" -> Effect.ALLOW;
            default -> envelope.others;
        };
    }

    private static Effect decide(List<Doc> docs, Op op) {
        return decide(docs, op, base(docs, op));
    }

    /** What profile and mode say together. */
    static Effect base(List<Doc> docs, Op op) {
        return profile(docs, op).strictest(mode(docs, op));
    }

    /** The same with another word of profile and mode. */
    static Effect decide(List<Doc> docs, Op op, Effect tables) {
        if (op.floor) {
            return Effect.DENY;
        }
        boolean lifted = false;
        Effect explicit = Effect.ALLOW;
        for (Doc doc : docs) {
            for (ModelRule rule : speaking(doc, op)) {
                if (rule.effect == Effect.ALLOW) {
                    boolean reaches = !rule.selector.blanket || !op.risk.atLeast(RiskTier.HIGH);
                    lifted |= reaches && !op.opaque && op.risk != RiskTier.CRITICAL;
                }
                explicit = explicit.strictest(rule.effect);
            }
        }
        Effect base = tables;
        if (base == Effect.ASK && lifted) {
            base = Effect.ALLOW;
        }
        Effect effect = base.strictest(explicit);
        return op.opaque || op.risk == RiskTier.CRITICAL ? effect.strictest(Effect.ASK) : effect;
    }

    static List<ModelRule> speaking(Doc doc, Op op) {
        List<ModelRule> matching = new ArrayList<>();
        for (ModelRule rule : doc.rules) {
            boolean counts = doc.trusted || rule.effect != Effect.ALLOW;
            Test test = rule.effect == Effect.ALLOW ? rule.selector.sure : rule.selector.perhaps;
            if (counts && test.of(op)) {
                matching.add(rule);
            }
        }
        return matching.stream().filter(rule -> !silenced(rule, matching, op)).toList();
    }

    private static boolean silenced(ModelRule rule, List<ModelRule> matching, Op op) {
        for (ModelRule other : matching) {
            boolean bothAllow = rule.effect == Effect.ALLOW && other.effect == Effect.ALLOW;
            if (Objects.requireNonNull(NARROWER_THAN.get(other.selector)).contains(rule.selector)
                    && !bothAllow
                    && (other.effect.compareTo(rule.effect) > 0 || other.selector.sure.of(op))
                    && !silenced(other, matching, op)) {
                return true;
            }
        }
        return false;
    }

    private static Effect profile(List<Doc> docs, Op op) {
        Action action = Action.of(op.action).orElseThrow();
        Effect cell = null;
        for (Level level : List.of(Level.AGENT, Level.PROJECT, Level.TEAM, Level.TENANT)) {
            for (Doc doc : docs) {
                if (doc.trusted && doc.level == level && !doc.profile.isEmpty()) {
                    Effect own = cell(doc.profile, action);
                    cell = cell == null ? own : cell.strictest(own);
                }
            }
            if (cell != null) {
                break;
            }
        }
        Effect result = cell == null ? cell("standard", action) : cell;
        for (Doc doc : docs) {
            if (doc.trusted && !doc.ceilingProfile.isEmpty()) {
                result = result.strictest(cell(doc.ceilingProfile, action));
            }
        }
        return result;
    }

    private static Effect mode(List<Doc> docs, Op op) {
        Effect tier = null;
        for (Level level : List.of(Level.AGENT, Level.PROJECT, Level.TEAM, Level.TENANT)) {
            for (Doc doc : docs) {
                if (doc.trusted && doc.level == level && !doc.mode.isEmpty()) {
                    Effect own = tier(doc.mode, op.risk);
                    tier = tier == null ? own : tier.strictest(own);
                }
            }
            if (tier != null) {
                break;
            }
        }
        Effect result = tier == null ? tier("partial", op.risk) : tier;
        for (Doc doc : docs) {
            if (doc.trusted && !doc.ceilingMode.isEmpty()) {
                result = result.strictest(tier(doc.ceilingMode, op.risk));
            }
        }
        return result;
    }

    private static Effect cell(String profile, Action action) {
        return Objects.requireNonNull(
                Objects.requireNonNull(Defaults.BUILT_IN.profiles().get(profile)).get(action));
    }

    private static Effect tier(String mode, RiskTier risk) {
        return Objects.requireNonNull(
                Objects.requireNonNull(Defaults.BUILT_IN.modes().get(mode)).get(risk));
    }
}
