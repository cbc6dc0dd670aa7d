package dev.countersign.notify.slack;

import dev.countersign.approval.ApprovalRequest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a button was shown for. Everything else is looked up here: what comes back is only compared.
 *
 * @param approval the question
 * @param version of it that was shown
 * @param digest how that of the call begins
 */
public record Asked(String approval, int version, String digest) {
    private static final Pattern FORM =
            Pattern.compile("(APR-\\d{1,12}) (\\d{1,9}) ([0-9A-Za-z:]{1,40})");
    private static final int DIGITS = 24;

    static Asked of(ApprovalRequest request) {
        return new Asked(request.id(), request.version(), digest(request));
    }

    private static String digest(ApprovalRequest request) {
        String whole = request.edit() == null ? request.digest() : request.edit().digest();
        return whole.substring(0, Math.min(DIGITS, whole.length()));
    }

    /** Reads the value of a button. */
    public static Optional<Asked> read(String value) {
        Matcher form = FORM.matcher(value);
        return form.matches()
                ? Optional.of(
                        new Asked(form.group(1), Integer.parseInt(form.group(2)), form.group(3)))
                : Optional.empty();
    }

    /** Whether the question is still about the same call. */
    public boolean fits(ApprovalRequest request) {
        return approval.equals(request.id()) && digest.equals(digest(request));
    }

    @Override
    public String toString() {
        return approval + " " + version + " " + digest;
    }
}
