package dev.countersign.config;

import dev.countersign.ledger.NoteKey;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who outside this machine keeps what was signed.
 *
 * @param known whose co-signatures count
 * @param silentAfter how old the newest co-signature of each may become before people are told
 * @param anchor where checkpoints are written to, besides
 */
public record WitnessSettings(List<Known> known, Duration silentAfter, Optional<Anchor> anchor) {
    /** A witness signs every few minutes, also when nothing happens. */
    public static final Duration SILENT_AFTER = Duration.ofHours(1);

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final int MOST_KNOWN = 16;

    /** Nobody and nowhere. */
    public static final WitnessSettings NONE =
            new WitnessSettings(List.of(), SILENT_AFTER, Optional.empty());

    public WitnessSettings {
        known = List.copyOf(known);
        between("witness_silent_after", silentAfter);
        Set<String> names = new HashSet<>();
        for (Known each : known) {
            if (!names.add(each.key.name())) {
                throw new SettingsProblem("two witnesses are called `" + each.key.name() + "`");
            }
        }
        if (known.size() > MOST_KNOWN) {
            throw new SettingsProblem("there may be " + MOST_KNOWN + " witnesses");
        }
    }

    /**
     * A witness.
     *
     * @param key what it signs with
     * @param url where checkpoints are pushed to, or empty for one that comes and looks
     */
    public record Known(NoteKey key, Optional<URI> url) {
        public Known {
            if (key.kind() != NoteKey.Kind.WITNESS) {
                throw new SettingsProblem(
                        "`" + key.name() + "` is the key of a log, not of a witness");
            }
            url.ifPresent(WitnessSettings::web);
        }
    }

    /**
     * A plain place for checkpoints.
     *
     * @param file they are added to, or empty
     * @param webhook they are posted to, or empty
     * @param every how often
     */
    public record Anchor(Optional<Path> file, Optional<URI> webhook, Duration every) {
        /** Often enough to notice the next day. */
        public static final Duration EVERY = Duration.ofDays(1);

        public Anchor {
            if (file.isEmpty() && webhook.isEmpty()) {
                throw new SettingsProblem("`anchor` needs a `file` or a `webhook`");
            }
            between("every", every);
            webhook.ifPresent(WitnessSettings::web);
        }
    }

    private static void between(String name, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw new SettingsProblem("`" + name + "` must be between 1s and 366d");
        }
    }

    private static void web(URI url) {
        boolean usable =
                ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                        && url.getHost() != null
                        && url.getRawFragment() == null;
        if (!usable) {
            throw new SettingsProblem("`" + url + "` is no http or https address with a host");
        }
    }
}
