package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;

/**
 * Programs that run what a project holds, where the same call brought that project from the
 * network: that is code straight from the network, whatever the program is for.
 */
final class BroughtCode {
    private final Judge judge;

    BroughtCode(Judge judge) {
        this.judge = judge;
    }

    /**
     * Raises what one command does.
     *
     * @param before how many operations there were in front of it
     */
    void add(Job job, String name, int before) {
        if (!judge.call.broughtAny()) {
            return;
        }
        Tool tool = judge.catalogue.tool(name).orElse(null);
        if (tool == null) {
            return;
        }
        Reading reading = Reading.of(tool, job.arguments());
        boolean installs = reading.deeds().contains(Deed.INSTALL);
        boolean runs = installs || reading.deeds().contains(Deed.CODE);
        if (!runs || !(obeys(job) || (installs && isGiven(job)))) {
            return;
        }
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            if (draft.action == Action.SHELL_RUN && !draft.risk.atLeast(RiskTier.CRITICAL)) {
                draft.atLeast(RiskTier.CRITICAL).tag("network");
                draft.summary =
                        draft.summary + ", with what the same call brought from the network";
            }
        }
    }

    /** Whether a package is a file that the call brought, as {@code ./x.whl} or by a name. */
    private boolean isGiven(Job job) {
        for (Argument word : job.arguments()) {
            String value = String.valueOf(word.value());
            String path = value.replaceFirst("^(?:[^/]*[@ ])?(?:file:(?://)?)?", "");
            for (String one : new String[] {value, path}) {
                boolean file = !one.isEmpty() && !one.startsWith("-");
                if (file
                        && judge.call.brought(
                                judge.call.paths.place(one, false, job.directory()))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean obeys(Job job) {
        if (!judge.call.broughtFolders()) {
            return false;
        }
        Paths paths = judge.call.paths;
        if (judge.call.broughtBuild(paths.place(".", false, job.directory()))) {
            return true;
        }
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null || value.isEmpty()) {
                continue;
            }
            int equals = value.startsWith("-") ? value.indexOf('=') : -1;
            String path = value.substring(equals + 1);
            if (!path.startsWith("-")
                    && judge.call.inBroughtFolder(paths.place(path, false, job.directory()))) {
                return true;
            }
        }
        return false;
    }
}
