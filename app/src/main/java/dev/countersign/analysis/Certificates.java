package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Commands that show a certificate or the fingerprint of a key, and no key: {@code openssl x509 -in
 * F -noout -text}, {@code ssh-keygen -lf F.pub}.
 */
final class Certificates {
    private static final Set<String> SHOWS =
            Set.of(
                    "-noout",
                    "-text",
                    "-subject",
                    "-issuer",
                    "-dates",
                    "-startdate",
                    "-enddate",
                    "-fingerprint",
                    "-serial",
                    "-hash",
                    "-subject_hash",
                    "-issuer_hash",
                    "-purpose",
                    "-email",
                    "-ocsp_uri",
                    "-pubkey",
                    "-modulus",
                    "-sha1",
                    "-sha256",
                    "-sha512");
    private static final Set<String> CHOOSES =
            Set.of("-inform", "-checkend", "-nameopt", "-certopt", "-ext", "-dateopt");

    /** Names certificates have; who calls one a key means a key. */
    private static final Pattern CERTIFICATE =
            Pattern.compile("(?i)(?!.*(key|priv)[^/]*$).*\\.(pem|crt|cer|cert|der)");

    /** Where the names of keys and their folders say that all in them is secret. */
    private static final Pattern KEPT = Pattern.compile("(?i)(^|.*/)\\.[^/]+/.*|~.*");

    private final Judge judge;

    Certificates(Judge judge) {
        this.judge = judge;
    }

    boolean judge(Job job, String name) {
        return switch (name) {
            case "openssl" -> certificate(job);
            case "ssh-keygen" -> fingerprint(job);
            default -> false;
        };
    }

    private boolean certificate(Job job) {
        List<Argument> words = job.arguments();
        if (!"x509".equals(job.argument(0))) {
            return false;
        }
        Argument file = null;
        for (int i = 1; i < words.size(); i++) {
            String option = words.get(i).value();
            Argument next = i + 1 < words.size() ? words.get(i + 1) : null;
            if (option == null || (!SHOWS.contains(option) && next == null)) {
                return false;
            }
            if (option.equals("-in") && file == null && next != null) {
                file = next;
                i++;
            } else if (CHOOSES.contains(option)) {
                i++;
            } else if (!SHOWS.contains(option)) {
                return false;
            }
        }
        String path = file == null ? null : file.value();
        if (file == null || file.glob() || path == null || path.contains("://")) {
            return false;
        }
        boolean plain =
                CERTIFICATE.matcher(path).matches()
                        && !KEPT.matcher(path).matches()
                        && judge.call.paths.place(file, job.directory()).inside();
        Draft draft = judge.file(job, Places.Touch.READ, file, false);
        if (plain && draft != null && draft.floor == null) {
            draft.tags.remove("secret");
            draft.risk = RiskTier.NONE;
        }
        return true;
    }

    private boolean fingerprint(Job job) {
        List<Argument> words = job.arguments();
        boolean lists = false;
        Argument file = null;
        for (int i = 0; i < words.size(); i++) {
            String option = words.get(i).value();
            Argument next = i + 1 < words.size() ? words.get(i + 1) : null;
            if (option == null) {
                return false;
            }
            switch (option) {
                case "-l", "-v", "-lv" -> lists |= option.startsWith("-l");
                case "-E" -> i++;
                case "-f", "-lf", "-lvf" -> {
                    if (next == null || file != null) {
                        return false;
                    }
                    lists |= option.startsWith("-l");
                    file = next;
                    i++;
                }
                default -> {
                    return false;
                }
            }
        }
        if (!lists || file == null) {
            return false;
        }
        judge.file(job, Places.Touch.READ, file, false);
        return true;
    }
}
