package dev.countersign.analysis;

import dev.countersign.analysis.shell.ShellText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of git in variables: {@code GIT_CONFIG_COUNT} with its keys and values, {@code
 * GIT_CONFIG_PARAMETERS}, and those {@code --config-env} names. A setting is {@code key=value}.
 */
final class GitVariables {
    private static final int MOST = 100;

    private GitVariables() {}

    /** The settings that are known. */
    static List<String> settings(Job job) {
        return all(job).stream().filter(Objects::nonNull).toList();
    }

    /** Whether there are others, which nobody knows. */
    static boolean areUnknown(Job job) {
        return all(job).contains(null);
    }

    /** {@code key=NAME} with what the variable holds, or null. */
    static @Nullable String named(Job job, @Nullable String word) {
        int equals = word == null ? -1 : word.lastIndexOf('=');
        if (word == null || equals < 0) {
            return null;
        }
        String value = value(job, word.substring(equals + 1));
        return value == null ? null : word.substring(0, equals + 1) + value;
    }

    private static List<@Nullable String> all(Job job) {
        Map<String, String> variables = job.context().environment();
        List<@Nullable String> all = new ArrayList<>();
        if (variables.containsKey("GIT_CONFIG_COUNT")) {
            counted(job, all);
        }
        if (variables.containsKey("GIT_CONFIG_PARAMETERS")) {
            String value = value(job, "GIT_CONFIG_PARAMETERS");
            if (value != null) {
                all.addAll(unquoted(value));
            } else if (!ShellText.UNSET.equals(variables.get("GIT_CONFIG_PARAMETERS"))) {
                all.add(null);
            }
        }
        return all;
    }

    private static void counted(Job job, List<@Nullable String> into) {
        String count = value(job, "GIT_CONFIG_COUNT");
        if (count == null || !count.matches("[0-9]{1,6}")) {
            boolean set =
                    !ShellText.UNSET.equals(job.context().environment().get("GIT_CONFIG_COUNT"));
            if (set && !"".equals(count)) {
                into.add(null);
            }
            return;
        }
        int number = Integer.parseInt(count);
        for (int i = 0; i < Math.min(number, MOST); i++) {
            String key = value(job, "GIT_CONFIG_KEY_" + i);
            String value = value(job, "GIT_CONFIG_VALUE_" + i);
            into.add(key == null || value == null ? null : key + "=" + value);
        }
        if (number > MOST) {
            into.add(null);
        }
    }

    private static @Nullable String value(Job job, String name) {
        String value = job.context().environment().get(name);
        boolean known =
                value != null && !value.equals(ShellText.UNSURE) && !value.equals(ShellText.UNSET);
        return known ? value : null;
    }

    /** {@code 'key=value' 'key'='value'}, quoted as a shell does. */
    private static List<String> unquoted(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\'') {
                quoted = !quoted;
            } else if (c == '\\' && !quoted && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (c == ' ' && !quoted) {
                words.add(word.toString());
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        words.add(word.toString());
        words.removeIf(String::isEmpty);
        return words;
    }
}
