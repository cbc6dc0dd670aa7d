package dev.countersign.notify;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.call.RiskTier;
import dev.countersign.config.ChannelSettings;
import dev.countersign.config.Hours;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A channel with its secrets, which are never printed.
 *
 * @param settings what is said of it
 * @param secrets what is secret of it
 * @param ofFile whether the settings file names it, so that only there it can be changed
 */
public record Channel(ChannelSettings settings, Map<String, String> secrets, boolean ofFile) {
    public Channel {
        secrets = Map.copyOf(secrets);
    }

    public String name() {
        return settings.name();
    }

    /** What is secret of it, or empty. */
    public String secret(String field) {
        return secrets.getOrDefault(field, "");
    }

    /**
     * Whether it tells of such a question at that time.
     *
     * @param teams those the question belongs to
     */
    boolean wants(ApprovalRequest request, Collection<String> teams, Instant now) {
        RiskTier risk =
                RiskTier.of(request.explanation().path("risk").asText()).orElse(RiskTier.CRITICAL);
        RiskTier least = RiskTier.of(settings.value("risk", "none")).orElse(RiskTier.NONE);
        Optional<String> hours = Optional.ofNullable(settings.values().get("hours"));
        List<String> only = List.of(settings.value("teams", "").split("[,\\s]+", -1));
        return risk.atLeast(least)
                && (settings.value("teams", "").isBlank()
                        || teams.stream().anyMatch(only::contains))
                && (risk == RiskTier.CRITICAL
                        || hours.map(Hours::of).filter(each -> !each.contain(now)).isEmpty());
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
