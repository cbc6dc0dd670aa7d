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
                            Texts.say("integrity.ledger-intact"),
                            Texts.say("integrity.every-record-was-checked"));
            case "broken" ->
                    new OverviewView.Badge(
                            "bad",
                            Texts.say("integrity.ledger-broken"),
                            Texts.say("integrity.a-record-is-not"));
            case "checking" ->
                    new OverviewView.Badge(
                            "open",
                            Texts.say("integrity.ledger-is-being-checked"),
                            Texts.say("integrity.all-of-it-is"));
            default ->
                    new OverviewView.Badge(
                            "open",
                            Texts.say("integrity.ledger-not-checked"),
                            Texts.say("integrity.it-could-not-be"));
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
                                        Texts.say(
                                                "integrity.records-signed",
                                                ReportPaper.count(size)),
                                        Texts.say(
                                                "integrity.of-written",
                                                ReportPaper.count(written))))
                        .orElseGet(() ->
                                new OverviewView.Badge(
                                        "open",
                                        Texts.say("integrity.nothing-signed-yet"),
                                        Texts.say("integrity.nothing-was-recorded"))));
        for (Witnesses.Status each : witnesses.status()) {
            badges.add(
                    new OverviewView.Badge(
                            switch (each.state()) {
                                case FRESH -> "good";
                                case WAITING -> "open";
                                case SILENT, REFUSES -> "bad";
                            },
                            Texts.say("integrity.witness", each.name(), each.state().wire()),
                            each.last()
                                    .map(last ->
                                            Texts.say(
                                                    "integrity.co-signed",
                                                    Moment.since(last.at(), now).words()))
                                    .orElse(Texts.say("integrity.never-co-signed"))));
        }
        return badges;
    }
}
