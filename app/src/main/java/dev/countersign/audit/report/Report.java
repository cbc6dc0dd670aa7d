package dev.countersign.audit.report;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a report says.
 *
 * @param framework whose controls it is mapped to
 * @param period what it is about
 * @param made when
 * @param by who asked for it, or empty for the owner of the data folder
 * @param address where the server answers, without a slash at the end
 * @param notes what a reader must know before the figures
 * @param integrity whether the ledger is what was written
 * @param figures every figure by its id, in the order of the report
 * @param tables figures in rows and columns, by id
 * @param roster who and what was in force at the end
 * @param chains the newest questions to people, the newest last
 * @param chainsLeftOut whether there are older ones
 * @param listings records one by one, by section
 * @param silences the longest times without a record
 * @param silent how many there were and how long in all
 */
public record Report(
        Framework framework,
        Period period,
        Instant made,
        String by,
        String address,
        List<String> notes,
        Integrity integrity,
        Map<String, Figure> figures,
        Map<String, Table> tables,
        State roster,
        List<Chains.Chain> chains,
        boolean chainsLeftOut,
        Map<String, List<Entry>> listings,
        List<Silences.Silence> silences,
        Silent silent) {

    /**
     * What the whole ledger was checked for.
     *
     * @param problems what is wrong; empty where nothing is
     * @param records how many records are good, from the first on
     * @param signed how many of them the newest checkpoint covers
     * @param root of the tree over the good records, hexadecimal
     * @param head the hash of the last good record
     * @param key the key of the ledger, or empty where nothing was signed
     * @param keyId what names it in a signature, or empty
     * @param checkpoint the newest signed note, or empty
     * @param witnesses who signed it besides, by name
     */
    public record Integrity(
            List<String> problems,
            long records,
            long signed,
            String root,
            String head,
            String key,
            String keyId,
            String checkpoint,
            List<String> witnesses) {
        /** Whether nothing is wrong. */
        public boolean intact() {
            return problems.isEmpty();
        }
    }

    /**
     * Figures in rows and columns.
     *
     * @param caption what it shows
     * @param columns what stands above them, the first above the names of the rows
     */
    public record Table(String id, String caption, List<String> columns, List<Row> rows) {}

    /** One row, with as many figures as there are columns but the first. */
    public record Row(String name, List<Figure> figures) {}

    /**
     * Who and what there was at the end of the period.
     *
     * @param defaults version of what is built in, or empty
     * @param accepted how many files of repositories people accepted until then
     */
    public record State(
            List<Roster.Person> people,
            List<Roster.Document> documents,
            List<Roster.Authority> authority,
            String defaults,
            int accepted) {}

    /**
     * A record that is shown one by one.
     *
     * @param who a person or an agent, or empty
     * @param what its summary
     * @param details more of it, a line each
     */
    public record Entry(
            long index, Instant at, String kind, String who, String what, List<String> details) {}

    /** Times without a record. */
    public record Silent(long count, Duration total) {}

    /** A figure, which must be there. */
    public Figure figure(String id) {
        return Optional.ofNullable(figures.get(id))
                .orElseThrow(() ->
                        new IllegalArgumentException("no figure `" + id + "` (this is a bug)"));
    }

    /** A table, which must be there. */
    public Table table(String id) {
        return Optional.ofNullable(tables.get(id))
                .orElseThrow(() ->
                        new IllegalArgumentException("no table `" + id + "` (this is a bug)"));
    }

    /** Those that do not stand in a table. */
    public List<Figure> singles() {
        Set<String> cells =
                tables.values().stream()
                        .flatMap(table -> table.rows().stream())
                        .flatMap(row -> row.figures().stream())
                        .map(Figure::id)
                        .collect(Collectors.toSet());
        return figures.values().stream().filter(each -> !cells.contains(each.id())).toList();
    }

    /** What finds that there is no record in a silence. */
    public Query nothing(Silences.Silence silence) {
        return silence.query(period);
    }

    /** Where a figure's query leads. */
    public String link(Query query) {
        return address + query.path();
    }
}
