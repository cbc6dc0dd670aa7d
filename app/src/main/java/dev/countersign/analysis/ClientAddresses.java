package dev.countersign.analysis;

import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Addresses that programs are given beside what is known of their words: one of ours is out of
 * reach for every program, and a client of a service that is sent elsewhere uses the network.
 */
final class ClientAddresses {
    private static final Pattern URL = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://\\S+");
    private static final Pattern PAGE = Pattern.compile("(?i)(https?|wss?|tcp|grpcs?)://\\S+");
    private static final Pattern PLACE = Pattern.compile("[A-Za-z0-9.:\\[\\]-]+:[0-9]+(/\\S*)?");
    private static final Pattern NAME = Pattern.compile("-{0,2}[A-Za-z_][A-Za-z0-9_.-]*");

    /** Options whose value is text for people. */
    private static final Set<String> TEXTS =
            Set.of("-m", "--message", "-b", "--body", "-t", "--title", "-n", "--notes");

    private final Judge judge;

    ClientAddresses(Judge judge) {
        this.judge = judge;
    }

    /**
     * Adds them for one command.
     *
     * @param before how many operations there were in front of it
     */
    void add(Job job, String name, int before) {
        String kind = judge.catalogue.tool(name).map(Tool::kind).orElse("");
        if (!readsAddresses(kind)) {
            return;
        }
        boolean runs = false;
        boolean network = false;
        boolean quiet = true;
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            if (draft.floor != null) {
                return;
            }
            boolean web = draft.action == Action.WEB_FETCH || draft.action == Action.WEB_SEND;
            runs |= web || draft.action == Action.SHELL_RUN;
            network |= web || draft.tags.contains("network");
            quiet &= !web && !draft.risk.atLeast(RiskTier.HIGH);
        }
        if (!runs) {
            return;
        }
        for (Invocation.Assignment variable : job.invocation().assignments()) {
            String value = variable.value();
            if (value != null && add(job, Argument.of(value), network, false)) {
                return;
            }
        }
        boolean client = quiet && isClient(kind);
        List<Argument> words = job.arguments();
        for (int i = 0; i < words.size(); i++) {
            if (i > 0 && TEXTS.contains(String.valueOf(words.get(i - 1).value()))) {
                continue;
            }
            if (add(job, words.get(i), network, client)) {
                return;
            }
        }
    }

    /** Adds the address a word is, or holds behind {@code NAME=}, if it matters. */
    private boolean add(Job job, Argument word, boolean network, boolean client) {
        String value = word.value();
        if (value == null) {
            boolean own = network && judge.call.network.mentionsOwn(word.written());
            if (own) {
                judge.shell(job, RiskTier.HIGH, "may connect to Countersign")
                        .floor(NetCommands.FLOOR);
            }
            return own;
        }
        if (value.indexOf(':') < 0) {
            return false;
        }
        int equals = value.indexOf('=');
        boolean named = equals > 0 && NAME.matcher(value.substring(0, equals)).matches();
        String text = named ? value.substring(equals + 1) : value;
        boolean url = URL.matcher(text).matches();
        if (!url && !PLACE.matcher(text).matches()) {
            return false;
        }
        Network.Target target = judge.call.network.target(text);
        boolean elsewhere = client && PAGE.matcher(text).matches() && !target.loopback();
        if (target.own() || elsewhere) {
            judge.net().connection(job, target, false);
            return true;
        }
        return false;
    }

    /** To the others a word is text, or their own reading knows better. */
    private static boolean readsAddresses(String kind) {
        return switch (kind) {
            case "text", "builtin", "keyword", "vcs", "wrapper", "fs", "info", "editor" -> false;
            default -> true;
        };
    }

    private static boolean isClient(String kind) {
        return switch (kind) {
            case "pkg", "cloud", "container", "service" -> true;
            default -> false;
        };
    }
}
