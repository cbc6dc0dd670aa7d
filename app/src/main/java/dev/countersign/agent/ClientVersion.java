package dev.countersign.agent;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A dotted version of a client, such as {@code 2.1.329}. */
public record ClientVersion(int major, int minor, int patch) implements Comparable<ClientVersion> {
    private static final Pattern DOTTED =
            Pattern.compile("(?<![0-9.])([0-9]{1,8})\\.([0-9]{1,8})\\.([0-9]{1,8})");
    private static final Comparator<ClientVersion> ORDER =
            Comparator.comparingInt(ClientVersion::major)
                    .thenComparingInt(ClientVersion::minor)
                    .thenComparingInt(ClientVersion::patch);

    /** The first version named in a text, such as the output of {@code claude --version}. */
    public static Optional<ClientVersion> in(String text) {
        Matcher matcher = DOTTED.matcher(text);
        return matcher.find() ? Optional.of(of(matcher)) : Optional.empty();
    }

    private static ClientVersion of(MatchResult found) {
        return new ClientVersion(
                Integer.parseInt(found.group(1)),
                Integer.parseInt(found.group(2)),
                Integer.parseInt(found.group(3)));
    }

    @Override
    public int compareTo(ClientVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
