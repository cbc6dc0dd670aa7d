package dev.countersign.notify;

import dev.countersign.call.RiskTier;
import dev.countersign.config.ChannelField;
import dev.countersign.config.ChannelSettings;
import dev.countersign.config.ToldHow;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A channel with its secrets, which are never printed.
 *
 * @param settings what is said of it
 * @param secrets what is secret of it
 * @param ofFile whether the settings file names it, so that only there it can be changed
 */
public record Channel(ChannelSettings settings, Map<String, String> secrets, boolean ofFile) {
    static final String LINK_ANSWERS = "link_answers";

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

    /** Whether the links it sends may answer for their persons. */
    public boolean linksAnswer() {
        return ofFile && settings.values().containsKey(LINK_ANSWERS);
    }

    /** Whether both lead to the same place by the same means and secrets. */
    boolean leadsWhere(Channel other) {
        return settings.leadsWhere(other.settings) && secrets.equals(other.secrets);
    }

    /** To where it tells; of two that lead there one is enough. */
    String leadsTo() {
        return settings.kind().fields().stream()
                .filter(ChannelField::place)
                .map(field ->
                        field.secret() ? secret(field.name()) : settings.value(field.name(), ""))
                .collect(Collectors.joining(" "));
    }

    /** Names to where it leads without telling it. */
    String fingerprint() {
        return hash(settings.kind() + " " + leadsTo());
    }

    /**
     * What records say of it. Of an address the host: whoever knows all of it may often post there.
     */
    Map<String, String> recorded() {
        Map<String, String> said = new TreeMap<>(settings.values());
        for (ChannelField field : settings.kind().fields()) {
            if (field.sort() == ChannelField.Sort.URL) {
                String url = field.secret() ? secret(field.name()) : said.get(field.name());
                if (url != null && !url.isEmpty()) {
                    said.put(field.name(), URI.create(url).getHost() + " " + hash(url));
                }
            }
        }
        return said;
    }

    private static String hash(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 (this is a bug)", e);
        }
    }

    /** Whether it tells of questions of any of those teams. */
    boolean tellsOf(Collection<String> teams) {
        String only = settings.value("teams", "");
        return only.isBlank()
                || teams.stream().anyMatch(List.of(only.split("[,\\s]+", -1))::contains);
    }

    /** What is said of it about when and of what it tells. */
    ToldHow told() {
        return new ToldHow(
                true,
                List.of(),
                RiskTier.of(settings.value("risk", "none")).orElse(RiskTier.NONE),
                settings.value("hours", ""),
                settings.value("digest", ""));
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
