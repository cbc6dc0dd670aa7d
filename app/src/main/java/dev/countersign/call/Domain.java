package dev.countersign.call;

import java.util.Locale;

/** One of the 13 areas of work an agent's actions fall into. */
public enum Domain {
    FILESYSTEM,
    GIT,
    SHELL,
    WEB,
    BROWSER,
    TASKS,
    PROJECTS,
    COMMS,
    TEAMS,
    WORKFLOWS,
    AGENTS,
    SKILLS,
    MCP;

    /** The name as it is written in policies and JSON: lower case. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
