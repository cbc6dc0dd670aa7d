package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.Context;
import dev.countersign.call.Resource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where the paths of a call lead, as written and on the machine. */
final class Paths {

    /**
     * A path that was looked at.
     *
     * @param written absolute, {@code .} and {@code ..} taken out; of a glob the folder it looks
     *     in; null when it is not constant
     * @param resolved the same with links followed
     * @param pattern the absolute path with its glob characters, or null when it is no glob
     * @param outside whether either spelling is not below the workspace
     * @param stream whether it is a standard stream, a descriptor or {@code /dev/null}: no file
     * @param broken why it cannot be judged, or null
     */
    record Place(
            @Nullable String written,
            @Nullable String resolved,
            @Nullable String pattern,
            boolean outside,
            boolean stream,
            @Nullable String broken) {
        Resource.Path resource(boolean whole) {
            return new Resource.Path(written, resolved, outside, whole || pattern != null);
        }

        /** What a person would call it: relative to {@code workspace} where it lies inside. */
        String shown(String workspace) {
            String path = pattern == null ? written : pattern;
            if (path == null) {
                return "a path that is not known";
            }
            String inside =
                    path.startsWith(workspace + "/")
                            ? path.substring(workspace.length() + 1)
                            : path;
            return "`" + (path.equals(workspace) ? "." : inside) + "`";
        }
    }

    private static final int LONGEST = 4096;

    private final Facts facts;
    private final Context context;
    private final String workspace;
    private final String workspaceResolved;

    Paths(Facts facts, Context context) {
        this.facts = facts;
        this.context = context;
        this.workspace = normalise(context.workspace());
        this.workspaceResolved = normalise(facts.resolve(workspace));
    }

    String workspace() {
        return workspace;
    }

    String home() {
        return normalise(context.home());
    }

    Place place(Argument word, @Nullable String directory) {
        return place(word.value(), word.glob(), directory);
    }

    Place place(@Nullable String text, boolean glob, @Nullable String directory) {
        if (text == null) {
            return unknown("the path is not constant");
        }
        if (text.isEmpty()) {
            return unknown("the path is empty");
        }
        if (text.indexOf('\0') >= 0) {
            return unknown("the path holds a NUL character");
        }
        if (text.length() > LONGEST) {
            return unknown("the path is longer than " + LONGEST + " characters");
        }
        if (context.platform().equals("windows") && text.matches("[A-Za-z]:.*|.*\\\\.*")) {
            return windows(text);
        }
        String absolute;
        if (text.charAt(0) == '/') {
            absolute = text;
        } else if (text.equals("~") || text.startsWith("~/")) {
            absolute = context.home() + text.substring(1);
        } else if (directory == null) {
            return unknown("`" + text + "` is relative and the working directory is not known");
        } else {
            absolute = directory + "/" + text;
        }
        absolute = rootless(normalise(absolute));
        if (isStream(absolute)) {
            return new Place(absolute, absolute, null, false, true, null);
        }
        String pattern = null;
        String looked = absolute;
        if (glob) {
            int star = firstGlob(absolute);
            if (star >= 0) {
                pattern = absolute;
                int slash = absolute.lastIndexOf('/', star);
                looked = slash <= 0 ? "/" : absolute.substring(0, slash);
            }
        }
        String resolved = rootless(normalise(facts.resolve(looked)));
        if (isStream(resolved)) {
            return new Place(resolved, resolved, null, false, true, null);
        }
        boolean outside = !below(looked, workspace) || !below(resolved, workspaceResolved);
        return new Place(looked, resolved, pattern, outside, false, null);
    }

    private Place windows(String text) {
        String path = text.replace('\\', '/');
        boolean absolute = path.length() > 1 && path.charAt(1) == ':';
        String root = workspace.toLowerCase(Locale.ROOT);
        String written = absolute ? normalise("/" + path).substring(1) : null;
        boolean outside =
                written == null || !below("/" + written.toLowerCase(Locale.ROOT), "/" + root);
        return written == null
                ? unknown("`" + text + "` is relative to a folder that is not known")
                : new Place(written, written, null, outside, false, null);
    }

    private static Place unknown(String why) {
        return new Place(null, null, null, true, false, why);
    }

    private static int firstGlob(String path) {
        for (int i = 0; i < path.length(); i++) {
            if ("*?[{(".indexOf(path.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** {@code /proc/self/root/x} is {@code /x}; so is it of any process. */
    private static String rootless(String path) {
        String rest = path;
        while (rest.startsWith("/proc/")) {
            int root = rest.indexOf("/root", 6);
            if (root < 0 || rest.indexOf('/', 6) != root) {
                return rest;
            }
            String after = rest.substring(root + 5);
            if (!after.isEmpty() && after.charAt(0) != '/') {
                return rest;
            }
            rest = after.isEmpty() ? "/" : after;
        }
        return rest;
    }

    private static boolean isStream(String path) {
        return switch (path) {
            case "/dev/null", "/dev/zero", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty" ->
                    true;
            case "/dev/random", "/dev/urandom", "/dev/full" -> true;
            default -> path.startsWith("/dev/fd/") || path.startsWith("/proc/self/fd/");
        };
    }

    static boolean below(String path, String root) {
        return root.equals("/")
                || path.equals(root)
                || (path.length() > root.length()
                        && path.startsWith(root)
                        && path.charAt(root.length()) == '/');
    }

    /** An absolute path without empty parts, {@code .} and {@code ..}. */
    static String normalise(String absolute) {
        if (isNormal(absolute)) {
            return absolute;
        }
        Deque<String> parts = new ArrayDeque<>();
        for (String part : absolute.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return "/" + String.join("/", parts);
    }

    private static boolean isNormal(String path) {
        int length = path.length();
        if (length < 2 || path.charAt(0) != '/' || path.charAt(length - 1) == '/') {
            return path.equals("/");
        }
        for (int i = 0; i < length - 1; i++) {
            if (path.charAt(i) == '/') {
                char next = path.charAt(i + 1);
                if (next == '/' || next == '.') {
                    return false;
                }
            }
        }
        return true;
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
