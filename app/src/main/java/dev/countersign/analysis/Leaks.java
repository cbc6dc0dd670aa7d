package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows what a call reads of secrets to where it leaves the machine. */
final class Leaks {
    /**
     * A secret a command of the call has its hands on.
     *
     * @param number of that command within the call
     * @param variable the well-known variable it is in, or null when it was read
     * @param kept whether it was read into variables of the shell and is nowhere else
     * @param fetched whether the program itself brings it over the network
     * @param spent whether that command takes it to whom it belongs, and that is all
     */
    private record Secret(
            int number, @Nullable String variable, boolean kept, boolean fetched, boolean spent) {
        /** Whether it only leaves where words that are not constant do. */
        boolean inVariables() {
            return kept || variable != null;
        }
    }

    private final Call call;
    private final List<Secret> secrets = new ArrayList<>();
    private final Map<Integer, Set<Integer>> upstream = new HashMap<>();

    /** Commands with words that are not constant, which may be what a variable holds. */
    private final Set<Integer> variable = new HashSet<>();

    /** By command, whether one of them is piped into it. */
    private final Map<Integer, Boolean> fed = new HashMap<>();

    /** By operation and variable, whether it only takes that to whom it belongs. */
    private final IdentityHashMap<Draft, Map<String, Boolean>> owners = new IdentityHashMap<>();

    /** Secrets some command of the call writes into a file. */
    private final Set<Secret> copied = new HashSet<>();

    private Leaks(Call call) {
        this.call = call;
        for (Draft draft : call.drafts) {
            if (draft.unknownWords) {
                variable.add(draft.number);
            }
            if (draft.action == Action.FILE_READ && draft.tags.contains("secret")) {
                secrets.add(new Secret(draft.number, null, draft.kept, draft.fetched, false));
            }
        }
        call.credentials.forEach((number, names) ->
                names.forEach(name ->
                        secrets.add(new Secret(number, name, false, false, spends(number, name)))));
        for (Secret secret : secrets) {
            boolean written =
                    call.drafts.stream()
                            .anyMatch(draft ->
                                    draft.action == Action.FILE_WRITE && fills(secret, draft));
            if (written) {
                copied.add(secret);
            }
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
        if (draft.leaves() && secrets.stream().anyMatch(secret -> reaches(secret, draft))) {
            raise(draft, "with a secret the same call reads");
        } else if ((stored && isPush(draft)) || (named && reachesRemote(draft))) {
            raise(draft, "with a secret the same call puts into the repository");
        } else if (draft.unseen && secrets.stream().anyMatch(secret -> isHanded(secret, draft))) {
            draft.opaque();
            draft.summary = draft.summary + ", and is handed a secret";
        }
    }

    private static void raise(Draft draft, String how) {
        draft.tag("secret").atLeast(RiskTier.CRITICAL);
        draft.summary = draft.summary + ", " + how;
    }

    private boolean reaches(Secret secret, Draft send) {
        if (secret.fetched && secret.number == send.number) {
            // What a program fetches does not leave by the connection it came by.
            return false;
        }
        if (secret.variable != null && isOwner(secret.variable, send)) {
            // Neither do the words of another command that talks to the same owner.
            return false;
        }
        boolean loose = !secret.inVariables() || copied.contains(secret);
        return fills(secret, send)
                || (loose && takesAny(send))
                || (copied.contains(secret) && send.sends && send.tags.contains("deploy"));
    }

    /** Whether a secret has a part in what a command writes or sends. */
    private boolean fills(Secret secret, Draft to) {
        if (secret.variable != null && isOwner(secret.variable, to)) {
            return false;
        }
        return flows(secret, to) || (!secret.spent && takesVariables(to));
    }

    /** Whether words that are not constant reach it, its own or those of what is piped in. */
    private boolean takesVariables(Draft to) {
        return to.unknownWords
                || (to.number >= 0
                        && fed.computeIfAbsent(
                                to.number,
                                _ -> upstream(to).stream().anyMatch(variable::contains)));
    }

    private Set<Integer> upstream(Draft to) {
        return upstream.computeIfAbsent(to.number, call::upstream);
    }

    /** Whether what a command has its hands on reaches another one by a pipe, or is its own. */
    private boolean flows(Secret secret, Draft to) {
        return !secret.kept && to.number >= 0 && upstream(to).contains(secret.number);
    }

    /** Whether a command takes along more than its words say, such as a file or a whole folder. */
    private static boolean takesAny(Draft send) {
        return send.sends
                && (send.sendsUnknown || send.action == Action.WEB_SEND || send.number < 0);
    }

    private boolean spends(int number, String variable) {
        return call.drafts.stream()
                .anyMatch(draft ->
                        draft.number == number && draft.leaves() && isOwner(variable, draft));
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
            case Resource.Program program -> Credentials.belongsTo(variable, program.name());
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
        return call.drafts.stream()
                .anyMatch(draft ->
                        draft.action == Action.GIT_WRITE
                                && secrets.stream().anyMatch(secret -> fills(secret, draft)));
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
        return gathers && !copied.isEmpty();
    }

    // ---- programs nobody has read

    /**
     * Whether a program is given what was read. Variables are in its environment already, and the
     * project's own code opens its own files.
     */
    private boolean isHanded(Secret secret, Draft program) {
        boolean other = program.number != secret.number || !(program.ownCode || secret.fetched);
        return !secret.inVariables() && other && fills(secret, program);
    }
}
