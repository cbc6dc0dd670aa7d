package dev.countersign.analysis;

import dev.countersign.call.Context;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Shell;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A path as Windows reads it, brought into the one form {@code C:/folder/file}.
 *
 * @param absolute that form, or null
 * @param stream whether it is {@code NUL} or a console: no file
 * @param broken why there is no such form, or null
 */
record WindowsPath(@Nullable String absolute, boolean stream, @Nullable String broken) {
    private static final Set<String> CONSOLE = Set.of("nul", "con", "conin$", "conout$");

    static WindowsPath of(String written, @Nullable String directory, Context context) {
        String text = written.replace('\\', '/');
        String here = directory == null ? null : directory.replace('\\', '/');
        if (here != null && here.startsWith("/") && hasDrive(here.substring(1))) {
            here = here.substring(1);
        }
        if (text.equals("/dev/null") || text.equals("/dev/tty")) {
            return new WindowsPath(null, true, null);
        }
        if (text.startsWith("//")) {
            String plain = device(text);
            if (plain == null) {
                return broken("`" + written + "` names a device or another machine");
            }
            text = plain;
        }
        String absolute;
        if (hasDrive(text)) {
            boolean relative = text.length() == 2 || text.charAt(2) != '/';
            boolean sameDrive =
                    here != null && hasDrive(here) && here.regionMatches(true, 0, text, 0, 2);
            if (relative && !sameDrive) {
                return broken("`" + written + "` is relative to a folder of another drive");
            }
            absolute = relative ? here + "/" + text.substring(2) : text;
        } else if (text.startsWith("~/") || text.equals("~")) {
            absolute = context.home().replace('\\', '/') + text.substring(1);
        } else if (text.startsWith("/")) {
            absolute = rooted(text, here, context);
        } else if (here == null) {
            return broken("`" + written + "` is relative and the working directory is not known");
        } else {
            absolute = here + "/" + text;
        }
        return named(absolute, written);
    }

    /**
     * A path from the root: of the drive, or with the drive as its first folder in a POSIX shell.
     */
    private static String rooted(String text, @Nullable String here, Context context) {
        boolean posix = context.shell() != Shell.CMD && context.shell() != Shell.PWSH;
        String rest = posix && text.startsWith("/cygdrive/") ? text.substring(9) : text;
        boolean drive =
                posix
                        && rest.length() > 1
                        && isLetter(rest.charAt(1))
                        && (rest.length() == 2 || rest.charAt(2) == '/');
        if (drive) {
            return rest.charAt(1) + ":/" + rest.substring(Math.min(rest.length(), 3));
        }
        return posix || here == null || !hasDrive(here) ? text : here.substring(0, 2) + text;
    }

    /** Strips {@code //?/} and what names this machine; null for anything that is no plain file. */
    private static @Nullable String device(String text) {
        String lower = LowerCase.of(text);
        for (String start : List.of("//?/unc/", "//./unc/")) {
            if (lower.startsWith(start)) {
                return device("//" + text.substring(8));
            }
        }
        if (lower.startsWith("//?/") || lower.startsWith("//./")) {
            String rest = text.substring(4);
            return hasDrive(rest) && rest.startsWith("/", 2) ? rest : null;
        }
        String[] parts = text.substring(2).split("/", 3);
        boolean own = Set.of("localhost", "127.0.0.1", "[::1]").contains(lower(parts[0]));
        boolean drive = parts.length > 1 && parts[1].length() == 2 && parts[1].endsWith("$");
        return own && drive && isLetter(parts[1].charAt(0))
                ? parts[1].charAt(0) + ":/" + (parts.length > 2 ? parts[2] : "")
                : null;
    }

    private static final Pattern DEVICE =
            Pattern.compile("prn|aux|(com|lpt)[0-9\u00b9\u00b2\u00b3]");

    private static final Pattern SHORT = Pattern.compile("[^.]{1,6}~[0-9]{1,6}(\\.[^.]{0,3})?");

    /** The names as the file system takes them: no streams, no blanks or dots at the end. */
    private static WindowsPath named(String absolute, String written) {
        boolean drive = hasDrive(absolute);
        String rest = drive ? absolute.substring(2) : absolute;
        List<String> parts = new ArrayList<>();
        for (String part : rest.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                parts.add(part);
                continue;
            }
            int colon = part.indexOf(':');
            String name = colon >= 0 ? part.substring(0, colon) : part;
            int end = name.length();
            while (end > 0 && (name.charAt(end - 1) == '.' || name.charAt(end - 1) == ' ')) {
                end--;
            }
            name = name.substring(0, end);
            int dot = name.indexOf('.');
            String stem = lower(dot < 0 ? name : name.substring(0, dot)).strip();
            if (CONSOLE.contains(stem)) {
                return new WindowsPath(null, true, null);
            }
            boolean brief = stem.length() == 3 || stem.length() == 4;
            if (name.isEmpty() || (brief && DEVICE.matcher(stem).matches())) {
                return broken("`" + written + "` names a device");
            }
            parts.add(name);
        }
        String path = String.join("/", parts);
        return new WindowsPath(
                drive ? Character.toUpperCase(absolute.charAt(0)) + ":" + path : path, false, null);
    }

    private static String lower(String text) {
        return LowerCase.of(text);
    }

    private static WindowsPath broken(String why) {
        return new WindowsPath(null, false, why);
    }

    /** Whether a part is a short name such as {@code CLAUDE~1}, which stands for another. */
    static boolean isShort(String path) {
        if (path.indexOf('~') < 0) {
            return false;
        }
        for (String part : path.split("/", -1)) {
            if (part.length() <= 12 && SHORT.matcher(part).matches()) {
                return true;
            }
        }
        return false;
    }

    static boolean hasDrive(String path) {
        return path.length() > 1 && path.charAt(1) == ':' && isLetter(path.charAt(0));
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
