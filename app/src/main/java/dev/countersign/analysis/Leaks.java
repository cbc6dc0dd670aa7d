package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Follows what a call reads of secrets to where it leaves the machine. Secrets of one kind are
 * followed together, so that it takes time by the number of operations and kinds and not by that of
 * operations and secrets.
 */
final class Leaks {
    /** Of secrets that are all looked at, none set aside: no command has this number. */
    private static final int NONE = Integer.MIN_VALUE;

    /**
     * What a secret is that a command of the call has its hands on.
     *
     * @param variable the well-known variable it is in, or null when it was read
     * @param kept whether it was read into variables of the shell and is nowhere else
     * @param fetched whether the program itself brings it over the network
     * @param spent whether that command takes it to whom it belongs, and that is all
     */
    private record Kind(@Nullable String variable, boolean kept, boolean fetched, boolean spent) {
        /** Whether it only leaves where words that are not constant do. */
        boolean inVariables() {
            return kept || variable != null;
        }
    }

    /**
     * Secrets of a kind.
     *
     * @param copied whether some command of the call writes each of them into a file
     * @param reached where they get to from the commands that have them
     */
    private record Secrets(Kind kind, boolean copied, Flows.Reach reached) {}

    private final Call call;
    private final List<Secrets> secrets = new ArrayList<>();

    /** Where words that are not constant get to, which may be what a variable holds. */
    private final Flows.Reach variables;

    /** By operation and variable, whether it only takes that to whom it belongs. */
    private final IdentityHashMap<Draft, Map<String, Boolean>> owners = new IdentityHashMap<>();

    private Leaks(Call call) {
        this.call = call;
        Set<Integer> variable = new HashSet<>();
        Map<Kind, Set<Integer>> numbers = new LinkedHashMap<>();
        List<Draft> writing = new ArrayList<>();
        for (Draft draft : call.drafts) {
            if (draft.unknownWords) {
                variable.add(draft.number);
            }
            if (draft.action == Action.FILE_WRITE) {
                writing.add(draft);
            }
            if (draft.action == Action.FILE_READ
                    && draft.tags.contains("secret")
                    && !draft.ofVariable) {
                Kind kind = new Kind(null, draft.kept, draft.fetched, false);
                numbers.computeIfAbsent(kind, _ -> new HashSet<>()).add(draft.number);
            }
        }
        Map<Integer, List<Draft>> leaving = call.credentials.isEmpty() ? Map.of() : leaving();
        call.credentials.forEach((number, names) ->
                names.forEach(name -> {
                    List<Draft> sends = leaving.getOrDefault(number, List.of());
                    boolean spent = sends.stream().anyMatch(send -> isOwner(name, send));
                    numbers.computeIfAbsent(
                                    new Kind(name, false, false, spent), _ -> new HashSet<>())
                            .add(number);
                }));
        variables = call.flows.from(numbers.isEmpty() ? Set.of() : variable);
        numbers.forEach((kind, commands) -> secrets(kind, commands, writing));
    }

    /** By command, what of it leaves the machine. */
    private Map<Integer, List<Draft>> leaving() {
        Map<Integer, List<Draft>> leaving = new HashMap<>();
        for (Draft draft : call.drafts) {
            if (draft.leaves()) {
                leaving.computeIfAbsent(draft.number, _ -> new ArrayList<>()).add(draft);
            }
        }
        return leaving;
    }

    /** Notes the secrets of a kind, those apart that are written into a file. */
    private void secrets(Kind kind, Set<Integer> commands, List<Draft> writing) {
        boolean all = false;
        Set<Integer> into = new HashSet<>();
        for (Draft draft : writing) {
            if (kind.variable != null && isOwner(kind.variable, draft)) {
                continue;
            }
            all |= !kind.spent && takesVariables(draft);
            if (!kind.kept && draft.number >= 0) {
                into.add(draft.number);
            }
        }
        Set<Integer> copied = new HashSet<>(commands);
        if (!all) {
            copied.retainAll(into.isEmpty() ? Set.of() : call.flows.into(into));
        }
        Set<Integer> others = new HashSet<>(commands);
        others.removeAll(copied);
        if (!copied.isEmpty()) {
            secrets.add(new Secrets(kind, true, call.flows.from(copied)));
        }
        if (!others.isEmpty()) {
            secrets.add(new Secrets(kind, false, call.flows.from(others)));
        }
    }

    /** Raises what a secret of the same call leaves by, and marks what may pass one on unseen. */
    static void follow(Call call) {
        Leaks leaks = new Leaks(call);
        boolean named = leaks.named();
        boolean stored = named || leaks.stored();
        if (stored || !leaks.secrets.isEmpty()) {
            call.drafts.forEach(draft -> leaks.weigh(draft, stored, named));
        }
    }

    private void weigh(Draft draft, boolean stored, boolean named) {
        if (draft.leaves() && any(secret -> reaches(secret, draft))) {
            raise(draft, "with a secret the same call reads");
        } else if ((stored && isPush(draft)) || (named && reachesRemote(draft))) {
            raise(draft, "with a secret the same call puts into the repository");
        } else if (draft.unseen && any(secret -> isHanded(secret, draft))) {
            draft.opaque();
            draft.summary = draft.summary + ", and is handed a secret";
        }
    }

    private boolean any(Predicate<Secrets> what) {
        for (Secrets some : secrets) {
            if (what.test(some)) {
                return true;
            }
        }
        return false;
    }

    private static void raise(Draft draft, String how) {
        draft.tag("secret").atLeast(RiskTier.CRITICAL);
        draft.summary = draft.summary + ", " + how;
    }

    private boolean reaches(Secrets some, Draft send) {
        Kind kind = some.kind;
        // What a program fetches does not leave by the connection it came by.
        int aside = kind.fetched ? send.number : NONE;
        if (!some.reached.beginsBut(aside)) {
            return false;
        }
        if (kind.variable != null && isOwner(kind.variable, send)) {
            // Neither do the words of another command that talks to the same owner.
            return false;
        }
        boolean loose = !kind.inVariables() || some.copied;
        return fills(some, aside, send)
                || (loose && takesAny(send))
                || (some.copied && send.sends && send.tags.contains("deploy"));
    }

    /**
     * Whether a secret has a part in what a command writes or sends.
     *
     * @param aside the command whose own secrets do not count
     */
    private boolean fills(Secrets some, int aside, Draft to) {
        Kind kind = some.kind;
        if (!some.reached.beginsBut(aside)
                || (kind.variable != null && isOwner(kind.variable, to))) {
            return false;
        }
        boolean flows = !kind.kept && to.number >= 0 && some.reached.reachesBut(aside, to.number);
        return flows || (!kind.spent && takesVariables(to));
    }

    /** Whether words that are not constant reach it, its own or those of what is piped in. */
    private boolean takesVariables(Draft to) {
        return to.unknownWords || (to.number >= 0 && variables.reachesBut(NONE, to.number));
    }

    /** Whether a command takes along more than its words say, such as a file or a whole folder. */
    private static boolean takesAny(Draft send) {
        return send.sends
                && (send.sendsUnknown || send.action == Action.WEB_SEND || send.number < 0);
    }

    private boolean isOwner(String variable, Draft send) {
        return owners.computeIfAbsent(send, _ -> new HashMap<>())
                .computeIfAbsent(variable, _ -> goesToOwner(variable, send));
    }

    private static boolean goesToOwner(String variable, Draft send) {
        CommandLine command = send.command;
        return switch (send.resource) {
            case Resource.Web web when web.host() != null ->
                    Credentials.mayGoTo(variable, web.host());
            case Resource.Web _, Resource.Repository _ ->
                    command != null && Credentials.mayGoTo(variable, command.words());
            case Resource.Program program ->
                    Credentials.belongsTo(variable, program.name())
                            && (command == null || !Credentials.namesBucket(command.words()));
            case Resource.Path _, Resource.Tool _, Resource.Named _ -> false;
        };
    }

    // ---- by way of the repository

    private static boolean isPush(Draft draft) {
        return draft.action == Action.GIT_PUSH || draft.action == Action.GIT_FORCE_PUSH;
    }

    private static boolean reachesRemote(Draft draft) {
        return draft.resource instanceof Resource.Repository && draft.leaves();
    }

    /** Whether words of git hold a secret: a message, a name, the address of a remote. */
    private boolean named() {
        for (Draft draft : call.drafts) {
            if (draft.action == Action.GIT_WRITE && any(secret -> fills(secret, NONE, draft))) {
                return true;
            }
        }
        return false;
    }

    /** Whether git takes in files that are a secret or were made from one. */
    private boolean stored() {
        boolean gathers = false;
        for (Draft draft : call.drafts) {
            if (draft.stages) {
                return true;
            }
            gathers |= draft.gathers;
        }
        return gathers && any(Secrets::copied);
    }

    // ---- programs nobody has read

    /**
     * Whether a program is given what was read. Variables are in its environment already, and the
     * project's own code opens its own files.
     */
    private boolean isHanded(Secrets some, Draft program) {
        boolean own = program.ownCode || some.kind.fetched;
        return !some.kind.inVariables() && fills(some, own ? program.number : NONE, program);
    }
}
