package dev.countersign.analysis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Secrets that stand in a text as they are, told by the form their makers gave them. Every form
 * begins with a text of its own and is bounded, so that the time is linear.
 */
final class WrittenSecrets {
    private static final Pattern FORMS =
            Pattern.compile(
                    "(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"
                            + "|gh[pousr]_[A-Za-z0-9]{36}"
                            + "|github_pat_[A-Za-z0-9_]{22}"
                            + "|glpat-[A-Za-z0-9_-]{20}"
                            + "|xox[abeoprs]-[0-9][A-Za-z0-9-]{10}"
                            + "|sk-ant-[A-Za-z0-9_-]{20}"
                            + "|[sr]k_live_[A-Za-z0-9]{16}"
                            + "|AIza[A-Za-z0-9_-]{35}"
                            + "|npm_[A-Za-z0-9]{36}"
                            + "|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\\s+%A-Za-z0-9/=]{16}");

    private WrittenSecrets() {}

    /** Whether a text holds one; those that documentation shows are none. */
    static boolean in(String text) {
        Matcher form = FORMS.matcher(text);
        while (form.find()) {
            if (!form.group().endsWith("EXAMPLE")) {
                return true;
            }
        }
        return false;
    }
}
