package dev.countersign.call;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What an operation does. Domain and risk before refinement come from {@code actions.csv} beside
 * this class, the table of the product description.
 */
public enum Action {
    FILE_READ,
    FILE_WRITE,
    FILE_DELETE,
    GIT_READ,
    GIT_WRITE,
    GIT_PUSH,
    GIT_FORCE_PUSH,
    GIT_CREATE_PR,
    SHELL_RUN,
    WEB_SEARCH,
    WEB_FETCH,
    WEB_SEND,
    BROWSER_VIEW,
    BROWSER_ACT,
    TASK_READ,
    TASK_WRITE,
    TASK_DELETE,
    PROJECT_READ,
    PROJECT_WRITE,
    PROJECT_DELETE,
    COMMS_READ,
    COMMS_SEND,
    TEAM_READ,
    TEAM_MANAGE,
    WORKFLOW_READ,
    WORKFLOW_RUN,
    WORKFLOW_EDIT,
    AGENT_SPAWN,
    AGENT_CONFIGURE,
    SKILL_USE,
    SKILL_EDIT,
    MCP_READ,
    MCP_CALL;

    private static final Map<String, Action> BY_WIRE = new HashMap<>();

    static {
        for (Action action : values()) {
            BY_WIRE.put(action.wire(), action);
        }
    }

    private final String wire = name().toLowerCase(Locale.ROOT);
    private final Domain domain;
    private final RiskTier risk;

    Action() {
        String[] row = Table.row(name().toLowerCase(Locale.ROOT));
        domain = Domain.valueOf(row[1].toUpperCase(Locale.ROOT));
        risk = RiskTier.of(row[2]).orElseThrow();
    }

    public Domain domain() {
        return domain;
    }

    /** The risk before anything about the resource is known. */
    public RiskTier risk() {
        return risk;
    }

    /** The name as it is written in policies and JSON: lower case. */
    public String wire() {
        return wire;
    }

    public static Optional<Action> of(String wire) {
        return Optional.ofNullable(BY_WIRE.get(wire));
    }

    /** Whether a restrictive rule on {@code this} also catches {@code other}, its stronger form. */
    public boolean covers(Action other) {
        return this == other
                || (this == GIT_PUSH && other == GIT_FORCE_PUSH)
                || (this == WEB_FETCH && other == WEB_SEND)
                || (this == FILE_WRITE && other == FILE_DELETE);
    }

    private static final class Table {
        private static final Map<String, String[]> ROWS = read();

        static String[] row(String action) {
            String[] row = ROWS.get(action);
            if (row == null) {
                throw new IllegalStateException(
                        "actions.csv has no row for " + action + " (this is a bug)");
            }
            return row;
        }

        private static Map<String, String[]> read() {
            try (InputStream in = Action.class.getResourceAsStream("actions.csv")) {
                if (in == null) {
                    throw new IllegalStateException("actions.csv is missing (this is a bug)");
                }
                Map<String, String[]> rows = new HashMap<>();
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                        .lines()
                        .skip(1)
                        .map(line -> line.split(",", -1))
                        .forEach(row -> rows.put(row[0], row));
                return rows;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
