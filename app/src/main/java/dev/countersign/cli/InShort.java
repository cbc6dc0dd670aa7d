package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which client is looked at and which is not: where what {@code doctor} says ends. */
final class InShort {
    /** How a client stands. */
    enum State {
        /** A canary came through, and nothing was found wrong. */
        ASKS,
        /** It is wired, and something is wrong with that. */
        PROBLEM,
        /** It is installed and nothing of ours is in its settings. */
        NOBODY;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One client.
     *
     * @param name as commands take it
     * @param title as people call it
     * @param machine whether it is wired for the whole machine
     */
    record Standing(String name, String title, State state, boolean machine) {}

    private final List<Standing> standings = new ArrayList<>();

    void add(Standing standing) {
        standings.add(standing);
    }

    /** For people, a line each. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        String alone = titles(State.ASKS, false);
        if (!alone.isEmpty()) {
            lines.add(
                    "asks before every tool call: "
                            + alone
                            + "; whoever may change its settings can switch that off");
        }
        String everywhere = titles(State.ASKS, true);
        if (!everywhere.isEmpty()) {
            lines.add("asks before every tool call, for the whole machine: " + everywhere);
        }
        String problem = titles(State.PROBLEM);
        if (!problem.isEmpty()) {
            lines.add("not to be relied on before the problems above are gone: " + problem);
        }
        for (Standing one : standings) {
            if (one.state() == State.NOBODY) {
                lines.add(
                        "asks nobody, so its calls run unseen: "
                                + one.title()
                                + "; `"
                                + Program.command("connect " + one.name())
                                + "` changes that");
            }
        }
        if (standings.isEmpty()) {
            lines.add("no client that can be connected is on the search path");
        }
        return lines;
    }

    private String titles(State state) {
        return titles(standings.stream().filter(one -> one.state() == state).toList());
    }

    private String titles(State state, boolean machine) {
        return titles(
                standings.stream()
                        .filter(one -> one.state() == state && one.machine() == machine)
                        .toList());
    }

    private static String titles(List<Standing> those) {
        return those.stream().map(Standing::title).distinct().collect(Collectors.joining(", "));
    }

    /** For programs. */
    void json(ArrayNode clients) {
        for (Standing one : standings) {
            clients.addObject()
                    .put("client", one.name())
                    .put("title", one.title())
                    .put("state", one.state().wire())
                    .put("machine_wide", one.machine());
        }
    }
}
