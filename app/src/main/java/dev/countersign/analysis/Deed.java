package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Something a program may do, in the words of the catalogue. What it counts as comes from {@code
 * effects.csv} beside this class.
 */
enum Deed {
    READ,
    WRITE,
    WRITE_OUTSIDE,
    DELETE,
    DESTROY,
    NET,
    UPLOAD,
    REMOTE_WRITE,
    REMOTE_DESTROY,
    EXEC,
    CODE,
    INSTALL,
    SECRET,
    SYSTEM,
    ESCALATE,
    KILL,
    SHELLSTATE,
    TTY;

    /** What has to be known of a command line before an effect can be weighed. */
    enum Refinement {
        /** The row stands as it is. */
        PLAIN,
        /** Adds nothing; its words are judged each where it points. */
        WORDS,
        /** The words that name files are judged each where it lies; without one, the folder. */
        PLACE,
        /** Critical when the program changes the machine too. */
        MACHINE,
        /** Leads out what the same call has read when its words are not constant. */
        CARRIES,
        /** Leads out what the same call has read. */
        SENDS,
        /** Adds nothing when a word is the command, which is then judged itself. */
        COMMAND,
        /** The project's own code when every option is listed. */
        PROJECT,
        /** Reads a secret that is no file. */
        CREDENTIALS;

        static Refinement of(String word) {
            return word.isEmpty() ? PLAIN : valueOf(word.toUpperCase(Locale.ROOT));
        }

        String wire() {
            return this == PLAIN ? "" : name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What an effect counts as.
     *
     * @param unless effects that say it better; beside one of them it adds nothing
     * @param says the end of a sentence about the program
     */
    record Weight(
            Action action,
            RiskTier risk,
            List<String> tags,
            Refinement refinement,
            Set<Deed> unless,
            String says) {

        boolean silent(Set<Deed> beside) {
            for (Deed better : unless) {
                if (beside.contains(better)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static final class Table {
        static final Map<Deed, Weight> WEIGHTS = read();

        private static Map<Deed, Weight> read() {
            Map<Deed, Weight> weights = new EnumMap<>(Deed.class);
            List<String> lines = Catalogue.resource("effects.csv").lines().toList();
            for (String line : lines.subList(1, lines.size())) {
                String[] row = line.split(",", -1);
                Weight weight =
                        new Weight(
                                Action.of(row[1]).orElseThrow(),
                                RiskTier.of(row[2]).orElseThrow(),
                                words(row[3]),
                                Refinement.of(row[4]),
                                Deed.of(words(row[5])),
                                row[6]);
                weights.put(Deed.valueOf(row[0].toUpperCase(Locale.ROOT)), weight);
            }
            return weights;
        }

        private static List<String> words(String cell) {
            return cell.isEmpty() ? List.of() : List.of(cell.split(" ", -1));
        }
    }

    Weight weight() {
        return Optional.ofNullable(Table.WEIGHTS.get(this))
                .orElseThrow(() ->
                        new IllegalStateException(
                                "effects.csv has no row for " + wire() + " (this is a bug)"));
    }

    /** The name as the catalogue writes it. */
    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Set<Deed> of(List<String> words) {
        Set<Deed> deeds = EnumSet.noneOf(Deed.class);
        for (String word : words) {
            deeds.add(valueOf(word.toUpperCase(Locale.ROOT)));
        }
        return deeds;
    }
}
