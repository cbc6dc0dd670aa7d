package dev.countersign.analysis.shell;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Absolute directory names as {@code cd} keeps them: {@code .} and {@code ..} taken off by text.
 */
final class Directories {
    /** Longer paths are refused by the system, so nothing is claimed about them. */
    private static final int LONGEST = 4096;

    private Directories() {}

    static String normal(String path) {
        if (isNormal(path)) {
            return path;
        }
        Deque<String> names = new ArrayDeque<>();
        for (String name : path.split("/", -1)) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return "/" + String.join("/", names);
    }

    /** Whether {@code folder} is {@code path} or above it. */
    static boolean holds(String folder, String path) {
        return path.equals(folder)
                || (path.startsWith(folder) && path.startsWith("/", folder.length()));
    }

    private static boolean isNormal(String path) {
        if (!path.startsWith("/") || (path.length() > 1 && path.endsWith("/"))) {
            return false;
        }
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            if (path.startsWith("/", slash + 1) || path.startsWith(".", slash + 1)) {
                return false;
            }
        }
        return true;
    }

    /** Where {@code target} leads from {@code base}, or null when that is not known. */
    static @Nullable String from(@Nullable String base, String target) {
        if (target.length() > LONGEST || (base != null && base.length() > LONGEST)) {
            return null;
        }
        if (target.startsWith("/")) {
            return normal(target);
        }
        if (base == null) {
            return null;
        }
        return base.length() > 1 && isNormal("/" + target)
                ? base + "/" + target
                : normal(base + "/" + target);
    }
}
