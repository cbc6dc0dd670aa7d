package dev.countersign.web;

import dev.countersign.audit.LedgerProofs;
import dev.countersign.audit.Witnesses;
import dev.countersign.ledger.Checkpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Whether the ledger is what was written, and all of it, in a few words. */
final class Integrity {
    private final LedgerProofs proofs;
    private final Witnesses witnesses;
    private final Supplier<String> ledger;

    /**
     * With what is known of it.
     *
     * @param ledger whether it is {@code checking}, {@code intact}, {@code broken} or {@code
     *     unchecked}
     */
    Integrity(LedgerProofs proofs, Witnesses witnesses, Supplier<String> ledger) {
        this.proofs = proofs;
        this.witnesses = witnesses;
        this.ledger = ledger;
    }

    /** What the check at the start found. */
    OverviewView.Badge badge() {
        return switch (ledger.get()) {
            case "intact" ->
                    new OverviewView.Badge(
                            "good",
                            "Ledger intact",
                            "Every record was checked when the server started, and each"
                                    + " new one is chained to the last.");
            case "broken" ->
                    new OverviewView.Badge(
                            "bad",
                            "Ledger broken",
                            "A record is not what was written. The notices say which.");
            case "checking" ->
                    new OverviewView.Badge(
                            "open",
                            "Ledger is being checked",
                            "All of it is read once after a start.");
            default ->
                    new OverviewView.Badge(
                            "open",
                            "Ledger not checked",
                            "It could not be read to its end: `countersign audit verify`"
                                    + " says why.");
        };
    }

    /**
     * All that is to know.
     *
     * @param written how many records there are
     */
    List<OverviewView.Badge> badges(long written, Instant now) {
        List<OverviewView.Badge> badges = new ArrayList<>();
        badges.add(badge());
        badges.add(
                proofs.checkpoint()
                        .map(note -> Checkpoint.parse(note.text()).size())
                        .map(size ->
                                new OverviewView.Badge(
                                        "good",
                                        ReportPaper.count(size) + " records signed",
                                        "Of "
                                                + ReportPaper.count(written)
                                                + " written; the next signature comes within a"
                                                + " second. No number is missing between them."))
                        .orElseGet(() ->
                                new OverviewView.Badge(
                                        "open", "Nothing signed yet", "Nothing was recorded.")));
        for (Witnesses.Status each : witnesses.status()) {
            badges.add(
                    new OverviewView.Badge(
                            switch (each.state()) {
                                case FRESH -> "good";
                                case WAITING -> "open";
                                case SILENT, REFUSES -> "bad";
                            },
                            "Witness " + each.name() + ": " + each.state().wire(),
                            each.last()
                                    .map(last ->
                                            "co-signed " + Moment.since(last.at(), now).words())
                                    .orElse("never co-signed")));
        }
        return badges;
    }
}
