package dev.countersign.web;

import dev.countersign.decision.WaitingFiles.WaitingFile;
import dev.countersign.decision.Widening;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A policy file of a repository that waits to be accepted, as a page shows it.
 *
 * @param written its absolute path, as forms send it
 * @param sha256 of its content
 * @param path drawn
 * @param project the folder it lies in, drawn
 * @param loosens what would count, a line each
 */
public record FileView(
        String written,
        String sha256,
        List<Drawing.Piece> path,
        List<Drawing.Piece> project,
        List<Line> loosens) {
    private static final Pattern PLACED = Pattern.compile("(.*) \\(([^()]*:\\d+:\\d+)\\)");
    private static final Pattern PROBLEM = Pattern.compile("(\\S+:\\d+:\\d+): (.*)");

    /**
     * Something said of a file.
     *
     * @param text drawn
     * @param at where it stands, drawn; may be empty
     */
    public record Line(List<Drawing.Piece> text, List<Drawing.Piece> at) {
        static Line of(String line) {
            Matcher placed = PLACED.matcher(line);
            return placed.matches()
                    ? new Line(Drawing.words(placed.group(1)), Drawing.of(placed.group(2)))
                    : new Line(Drawing.words(line), List.of());
        }
    }

    static FileView of(WaitingFile file) {
        return new FileView(
                file.path(),
                file.sha256(),
                Drawing.of(file.path()),
                Drawing.of(folder(file.path())),
                file.loosens().stream().map(Line::of).toList());
    }

    /** The name of the folder a file lies in. */
    private static String folder(String path) {
        String[] parts = path.split("[/\\\\]+", -1);
        return parts.length < 2 || parts[parts.length - 2].isEmpty()
                ? path
                : parts[parts.length - 2];
    }

    /** What names it among all that can be opened. */
    public String key() {
        return "file:" + written;
    }

    public String href() {
        return "/?file=" + URLEncoder.encode(written, StandardCharsets.UTF_8);
    }

    /** How much waits, in words. */
    public String waiting() {
        return Texts.say("file.waiting", loosens.size());
    }

    /**
     * A file that cannot be used.
     *
     * @param place the file or the workspace
     * @param errors what is wrong
     */
    public record Broken(List<Drawing.Piece> place, List<Line> errors) {
        /** From a line {@code PLACE: ERROR; ERROR}. */
        static Broken of(String line) {
            int colon = line.indexOf(": ");
            String place = colon < 0 ? line : line.substring(0, colon);
            String errors = colon < 0 ? "" : line.substring(colon + 2);
            return new Broken(
                    Drawing.of(place),
                    Pattern.compile("; (?=\\S+:\\d+:\\d+: )")
                            .splitAsStream(errors)
                            .map(error -> {
                                Matcher problem = PROBLEM.matcher(error);
                                return problem.matches()
                                        ? new Line(
                                                Drawing.words(problem.group(2)),
                                                Drawing.of(problem.group(1)))
                                        : new Line(Drawing.words(error), List.of());
                            })
                            .toList());
        }
    }

    /**
     * A file that was opened, and what it says.
     *
     * @param content drawn; empty when it cannot be shown
     * @param cut how many characters are left out
     * @param allowed what it would newly allow, tried on examples and recorded calls, or null
     * @param barred why this person may not accept it, or empty
     */
    public record Offered(
            FileView view,
            List<Drawing.Piece> content,
            int cut,
            Widening.@Nullable Report allowed,
            String barred) {
        /** More of a file than anybody reads. */
        private static final int MOST = 20_000;

        private static final int FIRST = 8;

        static Offered of(
                FileView view, String content, Widening.@Nullable Report allowed, String barred) {
            String shown = content.length() <= MOST ? content : content.substring(0, MOST);
            return new Offered(
                    view, Drawing.of(shown), content.length() - shown.length(), allowed, barred);
        }

        private List<Widening.Allowed> calls() {
            return allowed == null ? List.of() : allowed.allowed();
        }

        /** The calls that are shown at once. */
        public List<Widening.Allowed> first() {
            return calls().subList(0, Math.min(FIRST, calls().size()));
        }

        /** The others. */
        public List<Widening.Allowed> rest() {
            return calls().subList(first().size(), calls().size());
        }

        /** A count as people read it. */
        public String number(int count) {
            return String.format(Locale.ROOT, "%,d", count);
        }
    }
}
