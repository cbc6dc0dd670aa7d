package dev.countersign.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Trees;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Replaces detected secrets by {@code [masked KIND DIGEST]} before anything is hashed or stored.
 * The digest is keyed, so that two uses of one secret can be told to be the same and the secret
 * cannot be guessed without the key.
 *
 * <p>Precise rather than complete: a false mask hides what an approver has to see. Every pattern
 * starts with literal text and has bounded repetition, so that the time is linear in the text.
 * Masking a masked text changes nothing.
 */
public final class SecretMasking {
    private static final String MASKED = "[masked ";
    private static final String SECRET_WORD =
            "(?i:secret|token|passw(?:or)?d|passphrase|api[_-]?key|access[_-]?key|private[_-]?key"
                    + "|auth[_-]?key|account[_-]?key|credential)s?";

    /** A quote, also one that is escaped because the text stands in another one. */
    private static final String QUOTE = "\\\\?[\"']?";

    private static final String VALUE_CHARACTER = "[^\\s\"'`$<>;&|(){},\\\\]";

    /**
     * One kind of secret.
     *
     * @param kind how the mask names it
     * @param triggers lower-case texts, one of which occurs wherever the pattern matches
     * @param pattern the secret is its group {@code s}
     * @param secret whether what was found is a secret
     */
    private record Detector(
            String kind, List<String> triggers, Pattern pattern, Predicate<String> secret) {}

    private static final List<Detector> DETECTORS =
            List.of(
                    known(
                            "aws-key",
                            "(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",
                            "akia",
                            "asia"),
                    known(
                            "countersign-token",
                            "cs[a-z]_(?:[a-z][a-z0-9-]{0,30}\\.)?[A-Za-z0-9_-]{43}",
                            "cs"),
                    known(
                            "github-token",
                            "gh[pousr]_[A-Za-z0-9]{36,255}",
                            "ghp_",
                            "gho_",
                            "ghu_",
                            "ghs_",
                            "ghr_"),
                    known("github-token", "github_pat_[A-Za-z0-9_]{22,255}", "github_pat_"),
                    known(
                            "gitlab-token",
                            "gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat)-[A-Za-z0-9_.-]{20,255}",
                            "gl"),
                    known("slack-token", "xox[abeoprs]-[A-Za-z0-9-]{10,255}", "xox"),
                    known("slack-token", "xapp-[0-9]-[A-Za-z0-9-]{10,255}", "xapp-"),
                    known(
                            "slack-webhook",
                            "hooks\\.slack\\.com/services/(?<s>[A-Za-z0-9/]{20,255})",
                            "hooks.slack.com"),
                    known("anthropic-key", "sk-ant-[A-Za-z0-9_-]{20,255}", "sk-ant-"),
                    new Detector(
                            "openai-key",
                            List.of("sk-"),
                            pattern("(?<![A-Za-z0-9_-])sk-[A-Za-z0-9_-]{20,255}"),
                            SecretMasking::mixed),
                    known(
                            "stripe-key",
                            "(?<![A-Za-z0-9])[sr]k_live_[A-Za-z0-9]{16,255}",
                            "k_live_"),
                    known("google-key", "AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])", "aiza"),
                    known("npm-token", "npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])", "npm_"),
                    known(
                            "azure-key",
                            "(?i:AccountKey|SharedAccessKey)=(?<s>[A-Za-z0-9+/]{42,88}={0,2})",
                            "accountkey=",
                            "sharedaccesskey="),
                    known(
                            "azure-signature",
                            "[?&]sig=(?<s>[A-Za-z0-9%+/]{40,128}(?:=|%3[dD]){0,2})",
                            "sig="),
                    known("digitalocean-token", "do[opr]_v1_[a-f0-9]{64}", "_v1_"),
                    known("docker-token", "dckr_[po]at_[A-Za-z0-9_-]{20,255}", "dckr_"),
                    known("sendgrid-key", "SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}", "sg."),
                    known("twilio-key", "(?<![A-Za-z0-9])SK[a-f0-9]{32}(?![A-Za-z0-9])", "sk"),
                    known("databricks-token", "(?<![A-Za-z0-9])dapi[a-f0-9]{32}", "dapi"),
                    known("vault-token", "(?<![A-Za-z0-9])hv[sbr]\\.[A-Za-z0-9_-]{24,255}", "hv"),
                    known("atlassian-token", "ATATT3[A-Za-z0-9_=-]{30,255}", "atatt3"),
                    known("linear-key", "lin_api_[A-Za-z0-9]{32,64}", "lin_api_"),
                    known("shopify-token", "shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}", "shp"),
                    known("age-key", "AGE-SECRET-KEY-1[A-Z0-9]{58}", "age-secret-key-1"),
                    known("pypi-token", "pypi-[A-Za-z0-9_-]{50,255}", "pypi-"),
                    known("huggingface-token", "(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,255}", "hf_"),
                    known(
                            "json-web-token",
                            "(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,2048}+\\.eyJ[A-Za-z0-9_-]{10,4096}+\\.[A-Za-z0-9_-]{10,2048}",
                            "eyj"),
                    new Detector(
                            "password",
                            List.of("://"),
                            pattern("://[^\\s/:@\"'`]{0,256}:" + value("[^\\s/@\"'`$<>]", 1) + "@"),
                            SecretMasking::literal),
                    new Detector(
                            "authorization",
                            List.of("authorization"),
                            pattern(
                                    "(?i:authorization)"
                                            + QUOTE
                                            + " {0,4}[:=] {0,4}"
                                            + QUOTE
                                            + "(?i:bearer|basic|token) {1,4}"
                                            + value(VALUE_CHARACTER, 8)),
                            SecretMasking::literal),
                    new Detector(
                            "bearer-token",
                            List.of("bearer "),
                            pattern("(?i:bearer) {1,4}" + value("[A-Za-z0-9._~+/=-]", 20)),
                            SecretMasking::random),
                    new Detector(
                            "password",
                            List.of("--passw"),
                            pattern("--passw(?:or)?d[= ]" + QUOTE + value(VALUE_CHARACTER, 4)),
                            value -> literal(value) && !path(value)),
                    new Detector(
                            "password",
                            List.of("password=", "passwd=", "_pwd="),
                            pattern(
                                    "(?:PASSWORD|PASSWD|_PWD)="
                                            + QUOTE
                                            + value(VALUE_CHARACTER, 4)),
                            value -> literal(value) && !path(value)),
                    new Detector(
                            "password",
                            List.of("passw"),
                            pattern(
                                    "(?i:passw(?:or)?d)"
                                            + QUOTE
                                            + " {0,2}[:=] {0,2}"
                                            + QUOTE
                                            + value(VALUE_CHARACTER, 6)),
                            SecretMasking::notAName),
                    new Detector(
                            "secret",
                            List.of("secret", "token", "pass", "key", "credential"),
                            pattern(
                                    SECRET_WORD
                                            + "(?:_[A-Za-z0-9_]{0,40})?"
                                            + QUOTE
                                            + " {0,4}[:=] {0,4}"
                                            + QUOTE
                                            + value(VALUE_CHARACTER, 16)),
                            SecretMasking::random),
                    new Detector(
                            "secret",
                            List.of("--"),
                            pattern(
                                    "--[a-z-]{0,20}"
                                            + SECRET_WORD
                                            + " {1,4}"
                                            + QUOTE
                                            + value(VALUE_CHARACTER, 16)),
                            SecretMasking::random),
                    new Detector(
                            "password",
                            List.of("curl"),
                            pattern(
                                    "\\bcurl\\b[^\\n;|&]{0,256}?\\s(?:-u|--user)[ =]?"
                                            + QUOTE
                                            + "[^\\s:\"'$]{1,64}:"
                                            + value(VALUE_CHARACTER, 1)),
                            SecretMasking::literal),
                    new Detector(
                            "password",
                            List.of("sshpass"),
                            pattern("\\bsshpass\\s{1,4}-p ?" + QUOTE + value(VALUE_CHARACTER, 1)),
                            SecretMasking::literal));

    /** Members whose value is a secret whatever it looks like. */
    private static final Set<String> SECRET_NAMES =
            Set.of(
                    "password",
                    "passwd",
                    "passphrase",
                    "apikey",
                    "clientsecret",
                    "secretkey",
                    "secretaccesskey",
                    "privatekey",
                    "accesstoken",
                    "refreshtoken",
                    "authtoken");

    private static final int SHORTEST_NAME =
            SECRET_NAMES.stream().mapToInt(String::length).min().orElse(0);

    /** What says that a detector may find something, and after them all the mark of a key. */
    private static final Words TRIGGERS =
            new Words(
                    Stream.concat(
                                    DETECTORS.stream().map(Detector::triggers),
                                    Stream.of(List.of("private key")))
                            .toList());

    /** The start of an expression such as process.env.API_KEY. */
    private static final Pattern CODE = Pattern.compile("[a-z]{1,40}\\.[A-Za-z_]");

    private final byte[] key;

    /** With the key of the digests, at least 16 bytes, kept where the records are kept. */
    public SecretMasking(byte[] key) {
        if (key.length < 16) {
            throw new IllegalArgumentException(
                    "a masking key has at least 16 bytes (this is a bug)");
        }
        this.key = key.clone();
    }

    /**
     * The same value without its secrets.
     *
     * @throws IllegalArgumentException when it is nested deeper than a record can be
     */
    public JsonNode mask(JsonNode value) {
        return mask(value, 0);
    }

    private JsonNode mask(JsonNode value, int depth) {
        if (depth > CanonicalJson.MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "nested deeper than " + CanonicalJson.MAX_DEPTH + " levels");
        }
        return switch (value.getNodeType()) {
            case OBJECT ->
                    Trees.object(
                            (ObjectNode) value,
                            this::mask,
                            (name, each) ->
                                    each.isTextual() && named(name)
                                            ? whole(each)
                                            : mask(each, depth + 1));
            case ARRAY -> Trees.array((ArrayNode) value, each -> mask(each, depth + 1));
            case STRING -> {
                String text = value.textValue();
                String masked = mask(text);
                yield masked.equals(text) ? value : JsonNodeFactory.instance.textNode(masked);
            }
            case BOOLEAN, NULL, NUMBER, BINARY, MISSING, POJO -> value;
        };
    }

    private static boolean named(String name) {
        if (name.length() < SHORTEST_NAME) {
            return false;
        }
        return SECRET_NAMES.contains(
                name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT));
    }

    private JsonNode whole(JsonNode value) {
        String text = value.textValue();
        return text.startsWith(MASKED) || !literal(text)
                ? value
                : JsonNodeFactory.instance.textNode(masked("secret", text));
    }

    /** The same text without its secrets. */
    public String mask(String text) {
        if (text.length() < 8) {
            return text;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        BitSet triggered = TRIGGERS.in(lower);
        if (triggered.isEmpty()) {
            return text;
        }
        String result = triggered.get(DETECTORS.size()) ? maskPrivateKeys(text) : text;
        for (int i = triggered.nextSetBit(0);
                0 <= i && i < DETECTORS.size();
                i = triggered.nextSetBit(i + 1)) {
            result = mask(result, DETECTORS.get(i));
        }
        return result;
    }

    private String mask(String text, Detector detector) {
        Matcher found = detector.pattern().matcher(text);
        StringBuilder out = null;
        int copied = 0;
        while (found.find()) {
            String secret = found.group("s");
            if (secret == null || !detector.secret().test(secret)) {
                continue;
            }
            if (out == null) {
                out = new StringBuilder(text.length());
            }
            out.append(text, copied, found.start("s")).append(masked(detector.kind(), secret));
            copied = found.end("s");
        }
        return out == null ? text : out.append(text, copied, text.length()).toString();
    }

    /** From the BEGIN line to the END line, or to the end of the text when it has been cut. */
    private String maskPrivateKeys(String text) {
        StringBuilder out = new StringBuilder();
        int copied = 0;
        for (int begin = text.indexOf("-----BEGIN ");
                begin >= 0;
                begin = text.indexOf("-----BEGIN ", copied)) {
            int dashes = text.indexOf("-----", begin + 11);
            if (dashes < 0) {
                break;
            }
            String label = text.substring(begin + 11, Math.min(dashes, begin + 75));
            if (!label.contains("PRIVATE KEY")) {
                out.append(text, copied, dashes);
                copied = dashes;
                continue;
            }
            int end = text.indexOf("-----END ", dashes);
            int close = end < 0 ? -1 : text.indexOf("-----", end + 9);
            int stop = close < 0 ? text.length() : close + 5;
            out.append(text, copied, begin)
                    .append(masked("private-key", text.substring(begin, stop)));
            copied = stop;
        }
        return out.append(text, copied, text.length()).toString();
    }

    private String masked(String kind, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] digest = mac.doFinal(secret.getBytes(StandardCharsets.UTF_8));
            return MASKED + kind + " " + HexFormat.of().formatHex(digest, 0, 4) + "]";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256 (this is a bug)", e);
        }
    }

    private static Detector known(String kind, String regex, String... triggers) {
        return new Detector(kind, List.of(triggers), pattern(regex), _ -> true);
    }

    /** The group that is the secret, unless it is masked already. */
    private static String value(String character, int least) {
        return "(?!\\[masked )(?<s>" + character + "{" + least + ",4096})";
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex.contains("(?<s>") ? regex : "(?<s>" + regex + ")");
    }

    /** Not a placeholder, a variable or a template. */
    private static boolean literal(String value) {
        return !value.isEmpty()
                && !value.startsWith("$")
                && !value.startsWith("%")
                && !value.startsWith("{{")
                && !value.startsWith("<")
                && !value.startsWith("*")
                && value.chars().anyMatch(c -> c != value.charAt(0));
    }

    /** What follows the word password: not a type, a variable or a call. */
    private static boolean notAName(String value) {
        return literal(value)
                && !path(value)
                && value.chars().anyMatch(c -> !Character.isLetter(c) && "._-[]".indexOf(c) < 0);
    }

    private static boolean path(String value) {
        return value.startsWith("/")
                || value.startsWith("./")
                || value.startsWith("~")
                || value.startsWith("-")
                || value.contains("://");
    }

    /** Upper case, lower case and digits. */
    private static boolean mixed(String value) {
        return value.chars().anyMatch(Character::isUpperCase)
                && value.chars().anyMatch(Character::isLowerCase)
                && value.chars().anyMatch(Character::isDigit);
    }

    /** Looks drawn at random: letters with digits, few repetitions, not words or a path. */
    private static boolean random(String value) {
        return literal(value)
                && !path(value)
                && !CODE.matcher(value).lookingAt()
                && value.chars().anyMatch(Character::isDigit)
                && value.chars().anyMatch(Character::isLetter)
                && longestWord(value) < 12
                && bitsPerChar(value) >= 3.3;
    }

    /** The longest run of lower-case letters. */
    private static int longestWord(String value) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            run = c >= 'a' && c <= 'z' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    private static double bitsPerChar(String value) {
        int[] counts = new int[128];
        int other = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 128) {
                counts[c]++;
            } else {
                other++;
            }
        }
        List<Integer> all = new ArrayList<>(List.of(other));
        Arrays.stream(counts).forEach(all::add);
        double bits = 0;
        for (int count : all) {
            if (count > 0) {
                double share = (double) count / value.length();
                bits -= share * Math.log(share) / Math.log(2);
            }
        }
        return bits;
    }
}
