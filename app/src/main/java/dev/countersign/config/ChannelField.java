package dev.countersign.config;

import dev.countersign.call.RiskTier;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;

/**
 * Something that is said of a channel.
 *
 * @param name as files write it
 * @param sort what it may be
 * @param needed whether there is no such channel without it
 * @param secret whether it is kept sealed and shown to nobody
 * @param about what it is for
 */
public record ChannelField(String name, Sort sort, boolean needed, boolean secret, String about) {
    private static final int LONGEST = 2_000;

    /** Whether only the settings file says it: it lets answers in that nobody signed in for. */
    public boolean ofFile() {
        return sort == Sort.ANSWERS;
    }

    /** Whether it says to where a channel leads. */
    public boolean place() {
        return sort == Sort.URL || sort == Sort.HOST || sort == Sort.PORT || name.equals("channel");
    }

    /** What a value may be. */
    public enum Sort {
        TEXT,
        URL,
        HOST,
        PORT,
        SECURITY,
        EMAIL,
        SIGNING,
        VAPID,
        RISK,
        ANSWERS,
        NAMES,
        HOURS,
        DIGEST
    }

    /**
     * Passes a value that can be used.
     *
     * @throws SettingsProblem that says what would be right, without the value where it is secret
     */
    void check(String value) {
        if (value.isBlank() || value.length() > LONGEST || value.chars().anyMatch(c -> c < ' ')) {
            throw problem("one line of text", value);
        }
        switch (sort) {
            case TEXT -> {}
            case URL -> {
                if (!web(value)) {
                    throw problem("an https address with a host, without user or fragment", value);
                }
            }
            case HOST -> {
                if (!value.matches("[A-Za-z0-9.:_-]{1,253}")) {
                    throw problem("the name of a host", value);
                }
            }
            case PORT -> {
                if (!value.matches("[1-9][0-9]{0,4}") || Integer.parseInt(value) > 65_535) {
                    throw problem("a port such as `587`", value);
                }
            }
            case SECURITY -> {
                if (!value.matches("starttls|tls|none")) {
                    throw problem("`starttls`, `tls` or `none`", value);
                }
            }
            case EMAIL -> {
                if (!value.matches("[^\\s<>\"(),:;@]{1,64}@[A-Za-z0-9.-]{1,253}")) {
                    throw problem("an address such as `countersign@example.com`", value);
                }
            }
            case SIGNING -> {
                if (!signing(value)) {
                    throw problem("`whsec_` and 24 to 64 bytes in base64", value);
                }
            }
            case VAPID -> {
                if (!value.matches("B[A-Za-z0-9_-]{86}\\.[A-Za-z0-9_-]{42,44}")) {
                    throw problem("two keys with a dot between them, `PUBLIC.PRIVATE`", value);
                }
            }
            case RISK -> {
                if (RiskTier.of(value).isEmpty()) {
                    throw problem("`none`, `low`, `medium`, `high` or `critical`", value);
                }
            }
            case ANSWERS -> {
                if (!value.equals("low")) {
                    throw problem("`low`, or left out", value);
                }
            }
            case NAMES -> {
                if (!value.matches("[^,\\s]{1,128}(\\s*,\\s*[^,\\s]{1,128}){0,99}")) {
                    throw problem("names with commas between them", value);
                }
            }
            case HOURS -> Hours.of(value);
            case DIGEST -> Digest.of(value);
        }
    }

    private static boolean web(String value) {
        try {
            URI url = new URI(value);
            return ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean signing(String value) {
        if (!value.startsWith("whsec_")) {
            return false;
        }
        try {
            int bytes = Base64.getDecoder().decode(value.substring("whsec_".length())).length;
            return bytes >= 24 && bytes <= 64;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private SettingsProblem problem(String expected, String value) {
        return new SettingsProblem(
                "`"
                        + name
                        + "` must be "
                        + expected
                        + (secret ? "" : ", not `" + value.strip() + "`"));
    }
}
