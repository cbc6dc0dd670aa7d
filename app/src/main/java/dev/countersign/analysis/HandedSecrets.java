package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Secrets a program that talks to others is given by name: {@code -f .env}, {@code body=@.env},
 * {@code put .env}. Whatever the word means to it, the program can read the file and send it.
 */
final class HandedSecrets {
    /** Programs whose words are read one by one, or name files of another machine. */
    private static final Set<String> READ_ELSEWHERE =
            Set.of(
                    "curl", "wget", "ssh", "scp", "rsync", "git", "nc", "ncat", "netcat", "socat",
                    "telnet", "docker", "podman", "nerdctl", "mosh", "autossh");

    /** Sub-commands whose further words are a command of another machine. */
    private static final Set<String> RUNS_ELSEWHERE = Set.of("exec", "ssh", "run", "attach");

    /** Options whose file says who one is or how to go about it, and is not sent. */
    private static final Pattern OWN_USE =
            Pattern.compile(
                    "(?i)-i|-?-?.*(identity|key|cert|ca-?file|ca-?path|cacert|ssl|tls|kubeconfig"
                            + "|credential|exclude|ignore|netrc|pass|token|auth|config|profile|var-file"
                            + "|state).*");

    /** Options whose value picks from the answer, and names no file. */
    private static final Pattern CHOOSES =
            Pattern.compile("--(query|filters?|jq|template|fields?|output|format|sort-by)");

    /** Programs that move whole folders to other machines. */
    private static final Set<String> MOVES_FOLDERS =
            Set.of(
                    "rclone",
                    "gsutil",
                    "s3cmd",
                    "s5cmd",
                    "azcopy",
                    "mc",
                    "b2",
                    "lftp",
                    "croc",
                    "wormhole",
                    "magic-wormhole",
                    "gcloud",
                    "az",
                    "oci",
                    "restic",
                    "borg");

    private static final String LOCAL_FILE = "file://";
    private static final String LOCAL_BYTES = "fileb://";
    private static final int MOST_WORDS = 200;
    private static final int LONGEST = 300;

    private final Judge judge;

    /** Which paths are secrets: the same words come again and again. */
    private final Map<String, Boolean> secret = new HashMap<>();

    HandedSecrets(Judge judge) {
        this.judge = judge;
    }

    /** Adds the reads, when what was found since {@code before} goes out to others. */
    void add(Job job, String program, int before) {
        List<Draft> drafts = judge.call.drafts;
        boolean sends = false;
        for (Draft draft : drafts.subList(before, drafts.size())) {
            sends |=
                    draft.number == job.number()
                            && draft.action != Action.FILE_READ
                            && draft.leaves();
        }
        if (!sends || READ_ELSEWHERE.contains(program)) {
            return;
        }
        List<String> names = new ArrayList<>();
        String option = "";
        int looked = 0;
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null || ++looked > MOST_WORDS) {
                continue;
            }
            if (RUNS_ELSEWHERE.contains(value)) {
                return;
            }
            parts(job, option, value, names);
            if (MOVES_FOLDERS.contains(program) && holdsSecret(job, word, value)) {
                names.add(value);
            }
            option = value.startsWith("-") && value.indexOf('=') < 0 ? value : "";
        }
        if (names.isEmpty()) {
            return;
        }
        read(job, names, before);
    }

    /** The same of commands that stand in a text, as {@code sftp} reads them. */
    void inText(Job job, String text) {
        List<String> names = new ArrayList<>();
        for (String word : text.split("[\\s'\"]+", MOST_WORDS)) {
            if (isSecret(job, word)) {
                names.add(word);
            }
        }
        read(job, names, judge.call.drafts.size());
    }

    private void parts(Job job, String option, String value, List<String> into) {
        if (value.length() > LONGEST || (value.startsWith("-") && value.indexOf('=') < 0)) {
            return;
        }
        int equals = value.indexOf('=');
        String name = equals > 0 ? value.substring(0, equals) : option;
        String rest = value.substring(equals + 1);
        String behindSign = bare(rest.substring(rest.indexOf('@') + 1));
        String whole = bare(rest);
        String path = isSecret(job, behindSign) ? behindSign : null;
        if (path == null && !whole.equals(behindSign) && isSecret(job, whole)) {
            path = whole;
        }
        // What an option is called is only asked where a secret stands behind it.
        if (path != null && !isOwnUse(name, rest)) {
            into.add(path);
        }
    }

    private static boolean isOwnUse(String option, String value) {
        boolean file =
                value.startsWith("@")
                        || value.startsWith(LOCAL_FILE)
                        || value.startsWith(LOCAL_BYTES);
        return OWN_USE.matcher(option).matches() || (CHOOSES.matcher(option).matches() && !file);
    }

    private static String bare(String address) {
        return address.startsWith(LOCAL_FILE)
                ? address.substring(LOCAL_FILE.length())
                : address.startsWith(LOCAL_BYTES)
                        ? address.substring(LOCAL_BYTES.length())
                        : address;
    }

    private boolean holdsSecret(Job job, Argument word, String value) {
        if (value.startsWith("-") || value.contains("://")) {
            return false;
        }
        Paths.Place place = judge.call.paths.place(word, job.directory());
        return place.written() != null && judge.call.places.holdsSecret(place, true);
    }

    private boolean isSecret(Job job, String path) {
        if (path.isEmpty() || path.length() > LONGEST || path.contains("://")) {
            return false;
        }
        String written = judge.call.paths.place(path, false, job.directory()).written();
        return written != null
                && secret.computeIfAbsent(
                        written, name -> judge.call.places.secret(Patterns.parts(name)));
    }

    private void read(Job job, List<String> names, int before) {
        for (String name : names) {
            Paths.Place place = judge.call.paths.place(name, false, job.directory());
            if (!isRead(place, before)) {
                judge.file(job, Places.Touch.READ, Argument.of(name), !isSecret(job, name));
            }
        }
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            if (draft.number == job.number() && draft.leaves()) {
                draft.sends = true;
                draft.sendsUnknown = true;
            }
        }
    }

    private boolean isRead(Paths.Place place, int before) {
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            boolean same =
                    draft.action == Action.FILE_READ
                            && draft.tags.contains("secret")
                            && draft.resource instanceof Resource.Path path
                            && path.written() != null
                            && path.written().equals(place.written());
            if (same) {
                return true;
            }
        }
        return false;
    }
}
