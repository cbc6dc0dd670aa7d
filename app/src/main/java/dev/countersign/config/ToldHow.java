package dev.countersign.config;

import dev.countersign.call.RiskTier;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How somebody wants to be told of questions, or a team of its questions.
 *
 * @param told whether at all
 * @param channels by these alone; empty for all
 * @param risk questions of that risk and above
 * @param hours only then, or empty; critical questions always
 * @param digest what is told together with others, or empty
 */
public record ToldHow(
        boolean told, List<String> channels, RiskTier risk, String hours, String digest) {
    private static final int MOST = 100;

    /** Of everything, at any time, by all channels. */
    public static final ToldHow ALL = new ToldHow(true, List.of(), RiskTier.NONE, "", "");

    /** Hours and a digest that can be read, or a problem of the settings. */
    public ToldHow {
        channels = List.copyOf(channels);
        if (channels.size() > MOST) {
            throw new SettingsProblem("there may be " + MOST + " channels");
        }
        for (String each : channels) {
            if (!each.matches(ChannelSettings.NAME)) {
                throw new SettingsProblem("no channel can be called `" + each + "`");
            }
        }
        if (!hours.isEmpty()) {
            Hours _ = Hours.of(hours);
        }
        if (!digest.isEmpty()) {
            Digest _ = Digest.of(digest);
        }
    }

    /**
     * Whose wish it is.
     *
     * @param name of a team, or the e-mail of a person
     */
    public record Whose(Kind kind, String name) {
        /** Who can have one. */
        public enum Kind {
            PERSON,
            TEAM;

            public String wire() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        public static Whose person(String email) {
            return new Whose(Kind.PERSON, email);
        }

        public static Whose team(String name) {
            return new Whose(Kind.TEAM, name);
        }

        /** {@code team:NAME} or {@code person:EMAIL}. */
        @Override
        public String toString() {
            return kind.wire() + ":" + name;
        }
    }

    /** Whether by that channel. */
    public boolean by(String channel) {
        return channels.isEmpty() || channels.contains(channel);
    }

    public Optional<Hours> inHours() {
        return hours.isEmpty() ? Optional.empty() : Optional.of(Hours.of(hours));
    }

    public Optional<Digest> together() {
        return digest.isEmpty() ? Optional.empty() : Optional.of(Digest.of(digest));
    }
}
