package dev.countersign.policy;

import dev.countersign.call.Context;
import dev.countersign.call.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pattern over paths: {@code ./} is the workspace, {@code ~/} home, {@code /} the root, and
 * anything else matches at any depth.
 *
 * @param text as written
 * @param anchor where it starts
 * @param glob the rest, after the anchor
 * @param under what lies below, for patterns that end in {@code /} or {@code /*}: then {@code glob}
 *     is that directory with {@code /**}
 */
record PathPattern(String text, Anchor anchor, Glob glob, @Nullable Glob under) {
    /** Where a pattern starts. */
    enum Anchor {
        WORKSPACE,
        HOME,
        ROOT,
        ANYWHERE
    }

    /** What is wrong with a pattern, or empty. */
    static Optional<String> problem(String text) {
        if (text.isEmpty()) {
            return Optional.of("a path pattern is empty; expected such as `./src/*` or `**/*.pem`");
        }
        if (!Glob.writable(text)) {
            return Optional.of("a path pattern holds a control character");
        }
        if (text.length() > 1000) {
            return Optional.of("a path pattern is longer than 1000 characters");
        }
        if (text.equals("..")
                || text.startsWith("../")
                || text.contains("/../")
                || text.endsWith("/..")) {
            return Optional.of(
                    "`" + text + "` goes up with `..`; expected a path from `./`, `~/` or `/`");
        }
        if (text.startsWith("~") && !text.equals("~") && !text.startsWith("~/")) {
            return Optional.of("`" + text + "` names another user's home; expected `~/`");
        }
        return Optional.empty();
    }

    static PathPattern of(String text) {
        Anchor anchor = Anchor.ANYWHERE;
        String rest = text;
        if (text.equals(".") || text.startsWith("./")) {
            anchor = Anchor.WORKSPACE;
            rest = text.length() < 2 ? "" : text.substring(2);
            if (rest.isEmpty()) {
                rest = "**";
            }
        } else if (text.equals("~") || text.startsWith("~/")) {
            anchor = Anchor.HOME;
            rest = text.length() < 2 ? "**" : text.substring(2);
            if (rest.isEmpty()) {
                rest = "**";
            }
        } else if (text.startsWith("/")) {
            anchor = Anchor.ROOT;
            rest = text.substring(1);
            if (rest.isEmpty()) {
                rest = "**";
            }
        }
        rest = rest.replace("/./", "/");
        String below = null;
        if (rest.equals("*") && anchor != Anchor.ANYWHERE) {
            rest = "**";
        } else if (rest.endsWith("/**")) {
            below = rest.substring(0, rest.length() - 3);
        } else if (rest.endsWith("/*")) {
            below = rest.substring(0, rest.length() - 2);
        } else if (rest.endsWith("/")) {
            below = rest.substring(0, rest.length() - 1);
        }
        if (below != null) {
            rest = below + "/**";
        }
        if (anchor == Anchor.ANYWHERE) {
            rest = "**/" + rest;
            below = below == null ? null : "**/" + below;
        }
        return new PathPattern(
                text, anchor, Glob.path(rest), below == null ? null : Glob.path(below));
    }

    /** Whether a permissive rule may say that it covers all of {@code path}. */
    boolean covers(Resource.Path path, boolean read, Context context) {
        String written = path.written();
        String resolved = path.resolved();
        if (written == null || resolved == null) {
            return false;
        }
        if ((anchor == Anchor.ANYWHERE || anchor == Anchor.WORKSPACE) && path.outside()) {
            return false;
        }
        if (path.whole() && !everythingBelow(written, context)) {
            return false;
        }
        String relative = relative(written, context);
        if (relative == null || !matches(relative, read)) {
            return false;
        }
        String followed = relative(resolved, context);
        if (followed == null) {
            // The workspace itself may be reached through a link: then the tail is the same.
            return anchor != Anchor.HOME && !path.outside() && resolved.endsWith("/" + relative);
        }
        return matches(followed, read);
    }

    private boolean everythingBelow(String written, Context context) {
        String relative = relative(written, context);
        if (relative == null) {
            return false;
        }
        Glob all = Glob.path(relative.isEmpty() ? "**" : relative + "/**");
        return glob.covers(all, true);
    }

    /** Whether a restrictive rule touches {@code path}, either way it is named. */
    boolean touches(Resource.Path path, boolean read, Context context) {
        String written = path.written();
        String resolved = path.resolved();
        return written == null
                || resolved == null
                || touches(written, path.whole(), read, context)
                || (!resolved.equals(written) && touches(resolved, path.whole(), read, context));
    }

    private boolean touches(String absolute, boolean whole, boolean read, Context context) {
        String relative =
                anchor == Anchor.ANYWHERE ? stripped(absolute) : relative(absolute, context);
        if (relative == null) {
            return whole && isAncestor(absolute, context);
        }
        if (matches(relative, read)) {
            return true;
        }
        if (!whole && !wild(absolute)) {
            return false;
        }
        Glob subject = subject(relative, false);
        if (glob.meets(subject) || Glob.path(glob + "/**").meets(subject)) {
            return true;
        }
        if (read && under != null && under.meets(subject)) {
            return true;
        }
        return whole && glob.meets(subject(relative, true));
    }

    /**
     * Whether the pattern by its own words goes through a folder: {@code conf/secret/**} goes
     * through any {@code conf}, {@code *.pem} through none. One that starts at a known place goes
     * through whatever lies on its way.
     */
    boolean leadsThrough(Resource.Path folder) {
        if (anchor != Anchor.ANYWHERE && !text.contains("/**/")) {
            return true;
        }
        String written = folder.written();
        String resolved = folder.resolved();
        if (written == null || resolved == null) {
            return true;
        }
        List<String> own = new ArrayList<>();
        for (String part : text.split("/", -1)) {
            boolean start =
                    own.isEmpty() && (part.equals("**") || part.equals(".") || part.isEmpty());
            if (!start) {
                own.add(part);
            }
        }
        return leadsThrough(own, written) || leadsThrough(own, resolved);
    }

    /** Whether the last parts of a path are the first of the pattern, with some of it left over. */
    private static boolean leadsThrough(List<String> own, String path) {
        String[] parts = path.split("/", -1);
        for (int taken = Math.min(own.size() - 1, parts.length); taken > 0; taken--) {
            boolean alike = !own.get(taken).isEmpty();
            for (int i = 0; i < taken && alike; i++) {
                Glob part = Glob.path(own.get(i));
                alike = part.meets(subject(parts[parts.length - taken + i], false));
            }
            if (alike) {
                return true;
            }
        }
        return false;
    }

    private boolean isAncestor(String absolute, Context context) {
        String base =
                switch (anchor) {
                    case WORKSPACE -> context.workspace();
                    case HOME -> context.home();
                    case ROOT, ANYWHERE -> "/";
                };
        return absolute.equals("/") || base.startsWith(absolute + "/");
    }

    private boolean matches(String relative, boolean read) {
        if (glob.matches(relative, true)) {
            return true;
        }
        // Listing a directory shows what is below it.
        return read && under != null && under.matches(relative);
    }

    /** The globs of a shell are read widely: a set or a brace may be anything in its segment. */
    private static Glob subject(String relative, boolean below) {
        String wide = widened(relative);
        if (below) {
            wide = wide.isEmpty() ? "**" : wide + "/**";
        }
        return Glob.path(wide);
    }

    /** With a star for everything from a bracket to the last that closes it in the same segment. */
    private static String widened(String path) {
        StringBuilder wide = new StringBuilder(path.length());
        int end = -1;
        int lastSet = -1;
        int lastBrace = -1;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (i > end) {
                int slash = path.indexOf('/', i);
                end = slash < 0 ? path.length() : slash;
                lastSet = path.lastIndexOf(']', end);
                lastBrace = path.lastIndexOf('}', end);
            }
            int close = c == '[' ? lastSet : c == '{' ? lastBrace : -1;
            if (close > i) {
                wide.append('*');
                i = close;
            } else {
                wide.append(c);
            }
        }
        return wide.toString();
    }

    static boolean wild(@Nullable String path) {
        if (path == null) {
            return true;
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '*' || c == '?' || c == '[' || c == '{') {
                return true;
            }
        }
        return false;
    }

    private @Nullable String relative(String absolute, Context context) {
        return switch (anchor) {
            case WORKSPACE, ANYWHERE -> below(absolute, context.workspace());
            case HOME -> below(absolute, context.home());
            case ROOT -> stripped(absolute);
        };
    }

    private static String stripped(String absolute) {
        return absolute.startsWith("/") ? absolute.substring(1) : absolute;
    }

    private static @Nullable String below(String absolute, String base) {
        if (absolute.equals(base)) {
            return "";
        }
        if (base.equals("/")) {
            return stripped(absolute);
        }
        return absolute.length() > base.length()
                        && absolute.startsWith(base)
                        && absolute.charAt(base.length()) == '/'
                ? absolute.substring(base.length() + 1)
                : null;
    }

    /** Whether every path matched here is matched by {@code wide}. */
    boolean within(PathPattern wide) {
        if (wide.anchor == anchor || wide.anchor == Anchor.ANYWHERE) {
            return wide.glob.covers(glob, true);
        }
        return false;
    }

    boolean blank() {
        return glob.blank();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathPattern pattern
                && pattern.anchor == anchor
                && pattern.glob.equals(glob);
    }

    @Override
    public int hashCode() {
        return anchor.hashCode() * 31 + glob.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
