package dev.countersign.analysis;

import java.util.Set;

/** The fields of a tool's input. */
public final class InputFields {
    private InputFields() {}

    /**
     * Those by which some tool is judged: its command, path, address or name, the place it works in
     * and patterns of paths. What is found there stands in the operations, their summaries and the
     * reasons. Patches are none of them, for only the paths in them are repeated.
     */
    public static Set<String> judged() {
        return ToolTable.FIELDS;
    }
}
