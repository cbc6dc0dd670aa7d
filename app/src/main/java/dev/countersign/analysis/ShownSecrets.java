package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Requests to clouds whose answer shows credentials although their verb only asks: {@code aws
 * lambda get-function-configuration} prints the variables of the function. The list is {@code
 * shown-secrets.yaml}.
 */
final class ShownSecrets {
    private static final DataFile LIST = DataFile.read("shown-secrets.yaml");
    private static final List<String> FIELDS = LIST.texts("fields");

    /** What is no part of a request's name: {@code gcloud beta run services describe}. */
    private static final Set<String> STAGES = Set.of("alpha", "beta", "preview");

    /** A field of JMESPath or of a format, with the places in a list that are picked of it. */
    private static final Pattern FIELD =
            Pattern.compile("([A-Za-z_][A-Za-z0-9_-]*)((?:\\[[0-9:*-]{0,9}])*)([.:(]?)");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.,:\\[\\]{}*()\\s-]+");

    /** A field below which every name holds a secret, whatever it is called. */
    private static final Pattern OPENS =
            Pattern.compile("(?i)env|variable|secret|passw|token|credential|userdata|metadata");

    private static final Pattern FORMAT =
            Pattern.compile("(?:value|get|csv|table|list|json|yaml)(?:\\[[a-z-]*])?\\((.*)\\)");

    private ShownSecrets() {}

    /** The words of a request without those that only say how finished it is. */
    static List<String> request(List<String> words) {
        int from = 0;
        while (from < words.size() && STAGES.contains(words.get(from))) {
            from++;
        }
        return words.subList(from, words.size());
    }

    /** Whether the answer of a request to {@code aws}, {@code gcloud} or {@code az} shows some. */
    static boolean shown(String client, List<String> words, List<Argument> arguments) {
        if (!LIST.entries().containsKey(client + "_shows")) {
            return false;
        }
        String request = String.join(" ", request(words));
        return begins(LIST.texts(client + "_gives"), request)
                || (begins(LIST.texts(client + "_shows"), request)
                        && !picksHarmless(client.equals("gcloud"), arguments))
                || (client.equals("gcloud")
                        && begins(LIST.texts("gcloud_lists"), request)
                        && hasFormat(arguments)
                        && !picksHarmless(true, arguments));
    }

    /** What a list leaves out unless it is asked for another form. */
    private static boolean hasFormat(List<Argument> arguments) {
        return arguments.stream()
                .anyMatch(word -> word.value() != null && word.value().startsWith("--format"));
    }

    private static boolean begins(List<String> listed, String request) {
        for (String one : listed) {
            if (request.startsWith(one)
                    && (request.length() == one.length() || request.charAt(one.length()) == ' ')) {
                return true;
            }
        }
        return false;
    }

    /** Whether every projection is constant and picks only fields that hold nothing secret. */
    private static boolean picksHarmless(boolean format, List<Argument> arguments) {
        String option = format ? "--format" : "--query";
        boolean any = false;
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i).value();
            if (word == null) {
                return false;
            }
            String value = null;
            if (word.equals(option)) {
                value = i + 1 < arguments.size() ? arguments.get(i + 1).value() : "";
            } else if (word.startsWith(option + "=")) {
                value = word.substring(option.length() + 1);
            } else {
                continue;
            }
            if (!harmless(format, value)) {
                return false;
            }
            any = true;
        }
        return any;
    }

    private static boolean harmless(boolean format, @Nullable String projection) {
        String fields = projection;
        if (format && fields != null) {
            Matcher whole = FORMAT.matcher(fields);
            fields = whole.matches() ? whole.group(1) : null;
        }
        if (fields == null || fields.length() > 300 || !PLAIN.matcher(fields).matches()) {
            return false;
        }
        boolean any = false;
        Matcher field = FIELD.matcher(fields);
        while (field.find()) {
            String after = field.group(3);
            if (after.equals("(")) {
                return false;
            }
            if (after.isEmpty()) {
                any = true;
                if (!endsHarmless(LowerCase.of(field.group(1)))) {
                    return false;
                }
            }
        }
        return any && !fields.contains(".*") && !OPENS.matcher(fields).find();
    }

    private static boolean endsHarmless(String field) {
        for (String end : FIELDS) {
            if (field.endsWith(end)) {
                return true;
            }
        }
        return false;
    }
}
