package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes paths out of a process's folder: {@code /proc/self/root/x} is {@code /x}, {@code
 * /proc/self/cwd/x} lies in the working directory. Our own process must never be asked about {@code
 * self}.
 */
final class ProcessFolder {
    private ProcessFolder() {}

    /**
     * The normal absolute path, or null when it leads through a process nobody knows.
     *
     * @param directory the working directory of the program that gets the path, or null
     */
    static @Nullable String leave(String absolute, @Nullable String directory) {
        if (!absolute.contains("/proc")
                && !absolute.contains("/dev/fd")
                && !absolute.contains("/dev/std")) {
            return Paths.normalise(absolute);
        }
        List<String> parts = new ArrayList<>();
        String[] all = absolute.split("/", -1);
        for (int i = 0; i < all.length; i++) {
            String part = all[i];
            if (part.equals("..")) {
                if (isBelowDescriptors(parts)) {
                    return null;
                }
                if (!parts.isEmpty()) {
                    parts.removeLast();
                }
                continue;
            }
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            parts.add(part);
            if (parts.getFirst().equals("dev")) {
                boolean below = parts.size() == 4 && parts.get(1).equals("fd");
                if (below) {
                    return null;
                }
                continue;
            }
            int end = process(parts);
            if (end < 0 || parts.size() != end + 1) {
                continue;
            }
            boolean self = !Character.isDigit(parts.get(1).charAt(0));
            switch (part) {
                case "root" -> parts.clear();
                case "cwd" -> {
                    if (!self || directory == null) {
                        return null;
                    }
                    parts.clear();
                    parts.addAll(List.of(Paths.normalise(directory).substring(1).split("/")));
                }
                case "fd" -> {
                    boolean own = self && i + 2 == all.length;
                    if (!own && i + 1 < all.length) {
                        return null;
                    }
                }
                default -> {}
            }
        }
        return parts.isEmpty() ? "/" : "/" + String.join("/", parts);
    }

    /** A descriptor may be an open folder, and what lies above that one is not known. */
    private static boolean isBelowDescriptors(List<String> parts) {
        return parts.size() > 1
                && parts.getFirst().equals("dev")
                && (parts.get(1).equals("fd") || parts.get(1).startsWith("std"));
    }

    /** How many parts name a process in front of its own files, or -1. */
    private static int process(List<String> parts) {
        if (parts.size() < 3 || !parts.getFirst().equals("proc")) {
            return -1;
        }
        String who = parts.get(1);
        boolean process =
                who.equals("self")
                        || who.equals("thread-self")
                        || who.chars().allMatch(Character::isDigit);
        if (!process) {
            return -1;
        }
        return parts.get(2).equals("task") ? 4 : 2;
    }
}
