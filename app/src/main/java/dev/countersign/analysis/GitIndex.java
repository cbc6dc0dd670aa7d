package dev.countersign.analysis;

import dev.countersign.call.LowerCase;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The paths a repository tracks, as its index file lists them: versions 2, 3 and 4, whole or
 * sparse, with either kind of hash. Paths are relative to the worktree; case never matters, since
 * being tracked only ever makes a verdict stricter.
 */
public final class GitIndex {
    /** Longer files are not read. */
    public static final int MOST_BYTES = 64 * 1024 * 1024;

    /** An index that was never written: nothing is tracked. */
    public static final GitIndex EMPTY =
            new GitIndex(new String[0], new long[0], "SHA-1", List.of(), List.of());

    private static final int GITLINK = 0xE000;
    private static final int LINK = 0xA000;
    private static final int FOLDER = 0x4000;

    /** In lower case and in order. */
    private final String[] paths;

    /** The beginnings of what their contents hash to, 0 where that is not known. */
    private final long[] hashes;

    private final String algorithm;

    /** Sparse entries: folders all of whose content is tracked. */
    private final List<String> folders;

    private final List<String> submodules;

    private GitIndex(
            String[] paths,
            long[] hashes,
            String algorithm,
            List<String> folders,
            List<String> submodules) {
        this.paths = paths;
        this.hashes = hashes;
        this.algorithm = algorithm;
        this.folders = folders;
        this.submodules = submodules;
    }

    /** One file: its path in lower case and the beginning of its hash. */
    private record Tracked(String path, long hash) {}

    private static GitIndex of(
            List<Tracked> tracked, String algorithm, List<String> folders, List<String> modules) {
        List<Tracked> sorted = new ArrayList<>(tracked);
        sorted.sort(Comparator.comparing(Tracked::path));
        return new GitIndex(
                sorted.stream().map(Tracked::path).toArray(String[]::new),
                sorted.stream().mapToLong(Tracked::hash).toArray(),
                algorithm,
                List.copyOf(folders),
                List.copyOf(modules));
    }

    /** An index of these paths, with the text of each where it is known. */
    static GitIndex of(Map<String, @Nullable String> texts) {
        List<Tracked> tracked = new ArrayList<>();
        texts.forEach((path, text) ->
                tracked.add(new Tracked(lower(path), text == null ? 0 : blob(text, "SHA-1"))));
        return of(tracked, "SHA-1", List.of(), List.of());
    }

    /**
     * Whether a file is tracked with another content than this text; false when either is not
     * known. Ends of lines that git may have turned into others make no difference.
     */
    boolean differs(String path, String text) {
        int at = Arrays.binarySearch(paths, lower(path));
        if (at < 0 || hashes[at] == 0) {
            return false;
        }
        return blob(text, algorithm) != hashes[at]
                && blob(text.replace("\r\n", "\n"), algorithm) != hashes[at];
    }

    /** The beginning of the hash git gives to a file. */
    private static long blob(String text, String algorithm) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
            return ByteBuffer.wrap(digest.digest(content)).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm + " is missing (this is a bug)", e);
        }
    }

    /** Empty when the bytes are no index, or one whose entries stand in another file. */
    public static Optional<GitIndex> parse(byte[] bytes) {
        Optional<GitIndex> plain = new Reader(bytes, 20).read();
        return plain.isPresent() ? plain : new Reader(bytes, 32).read();
    }

    /** Whether this path, or anything below it, is tracked. */
    boolean tracks(String path) {
        String wanted = lower(path);
        if (wanted.isEmpty()) {
            return paths.length > 0 || !folders.isEmpty();
        }
        int at = Arrays.binarySearch(paths, wanted);
        if (at >= 0) {
            return true;
        }
        String below = wanted + "/";
        int next = -(Arrays.binarySearch(paths, below) + 1);
        if (next >= 0 && next < paths.length && paths[next].startsWith(below)) {
            return true;
        }
        for (String folder : folders) {
            if (folder.startsWith(below) || below.startsWith(folder)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a path directly in {@code folder} whose name the pattern meets is tracked. */
    boolean tracks(String folder, String pattern) {
        String below = folder.isEmpty() ? "" : lower(folder) + "/";
        int at = below.isEmpty() ? 0 : -(Arrays.binarySearch(paths, below) + 1);
        String wanted = lower(pattern);
        for (int i = Math.max(at, 0); i < paths.length && paths[i].startsWith(below); i++) {
            int slash = paths[i].indexOf('/', below.length());
            String name = paths[i].substring(below.length(), slash < 0 ? paths[i].length() : slash);
            if (Patterns.glob(wanted, name)) {
                return true;
            }
        }
        for (String sparse : folders) {
            if (sparse.startsWith(below) || below.startsWith(sparse)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a path with a part that the pattern meets, at any depth below a folder, is. */
    boolean tracksBelow(String folder, String pattern) {
        String below = folder.isEmpty() ? "" : lower(folder) + "/";
        int at = below.isEmpty() ? 0 : -(Arrays.binarySearch(paths, below) + 1);
        String wanted = lower(pattern);
        for (int i = Math.max(at, 0); i < paths.length && paths[i].startsWith(below); i++) {
            for (String name : paths[i].substring(below.length()).split("/", -1)) {
                if (Patterns.glob(wanted, name)) {
                    return true;
                }
            }
        }
        return !folders.isEmpty();
    }

    /** The tracked paths of a kind, in small letters. */
    List<String> tracked(Predicate<String> kind) {
        List<String> found = new ArrayList<>();
        for (String path : paths) {
            if (kind.test(path)) {
                found.add(path);
            }
        }
        return found;
    }

    /** The folders that are repositories of their own, as written. */
    List<String> submodules() {
        return submodules;
    }

    int size() {
        return paths.length;
    }

    private static String lower(String path) {
        return LowerCase.of(path);
    }

    /** Reads one index file whose hashes have a given length. */
    private static final class Reader {
        private final byte[] bytes;
        private final int hash;
        private final List<Tracked> tracked = new ArrayList<>();
        private final List<String> folders = new ArrayList<>();
        private final List<String> submodules = new ArrayList<>();
        private int at = 12;

        Reader(byte[] bytes, int hash) {
            this.bytes = bytes;
            this.hash = hash;
        }

        Optional<GitIndex> read() {
            if (bytes.length < 12 + hash || !isSignature(0, "DIRC")) {
                return Optional.empty();
            }
            int version = number(4);
            int count = number(8);
            if (version < 2 || version > 4 || count < 0 || count > bytes.length / (42 + hash)) {
                return Optional.empty();
            }
            byte[] name = new byte[0];
            for (int i = 0; i < count; i++) {
                byte[] next = entry(version, name);
                if (next == null) {
                    return Optional.empty();
                }
                name = next;
            }
            if (!extensions() || !isWhole()) {
                return Optional.empty();
            }
            return Optional.of(GitIndex.of(tracked, algorithm(), folders, submodules));
        }

        private byte @Nullable [] entry(int version, byte[] before) {
            int start = at;
            int end = bytes.length - hash;
            if (start + 42 + hash > end) {
                return null;
            }
            int mode = number(start + 24);
            int flags = (bytes[start + 40 + hash] & 0xff) << 8;
            at = start + 42 + hash;
            if ((flags & 0x4000) != 0) {
                if (version < 3) {
                    return null;
                }
                at += 2;
            }
            int kept = 0;
            if (version == 4) {
                int strip = varint(end);
                if (strip < 0 || strip > before.length) {
                    return null;
                }
                kept = before.length - strip;
            }
            int stop = at;
            while (stop < end && bytes[stop] != 0) {
                stop++;
            }
            if (stop >= end || stop - at + kept == 0) {
                return null;
            }
            byte[] name = Arrays.copyOf(before, kept + stop - at);
            System.arraycopy(bytes, at, name, kept, stop - at);
            at = version == 4 ? stop + 1 : start + (stop - start + 8) / 8 * 8;
            long content = ByteBuffer.wrap(bytes, start + 40, Long.BYTES).getLong();
            note(mode, new String(name, StandardCharsets.UTF_8), content);
            return name;
        }

        private void note(int mode, String path, long content) {
            switch (mode & 0xF000) {
                case FOLDER -> folders.add(lower(path.endsWith("/") ? path : path + "/"));
                case GITLINK -> {
                    submodules.add(path);
                    tracked.add(new Tracked(lower(path), 0));
                }
                default ->
                        tracked.add(
                                new Tracked(lower(path), (mode & 0xF000) == LINK ? 0 : content));
            }
        }

        /**
         * The number of bytes to take off the name before, in git's offset encoding; -1 if none.
         */
        private int varint(int end) {
            if (at >= end) {
                return -1;
            }
            int b = bytes[at++] & 0xff;
            int value = b & 0x7f;
            while ((b & 0x80) != 0) {
                if (at >= end || value > 1 << 20) {
                    return -1;
                }
                b = bytes[at++] & 0xff;
                value = ((value + 1) << 7) | (b & 0x7f);
            }
            return value;
        }

        /** Whether what follows the entries is whole, and adds none from elsewhere. */
        private boolean extensions() {
            int end = bytes.length - hash;
            while (at < end) {
                if (at + 8 > end) {
                    return false;
                }
                boolean optional = bytes[at] >= 'A' && bytes[at] <= 'Z';
                if (!optional && !isSignature(at, "sdir")) {
                    return false;
                }
                int size = number(at + 4);
                if (size < 0 || size > end - at - 8) {
                    return false;
                }
                at += 8 + size;
            }
            return at == end;
        }

        /** Whether the hash at the end is that of all before it; git may leave it out as zeros. */
        private boolean isWhole() {
            int end = bytes.length - hash;
            byte[] written = Arrays.copyOfRange(bytes, end, bytes.length);
            if (Arrays.equals(written, new byte[hash])) {
                return true;
            }
            try {
                MessageDigest digest = MessageDigest.getInstance(algorithm());
                digest.update(bytes, 0, end);
                return Arrays.equals(written, digest.digest());
            } catch (NoSuchAlgorithmException e) {
                return false;
            }
        }

        private String algorithm() {
            return hash == 20 ? "SHA-1" : "SHA-256";
        }

        private boolean isSignature(int from, String text) {
            return new String(bytes, from, 4, StandardCharsets.ISO_8859_1).equals(text);
        }

        private int number(int from) {
            return (bytes[from] & 0xff) << 24
                    | (bytes[from + 1] & 0xff) << 16
                    | (bytes[from + 2] & 0xff) << 8
                    | (bytes[from + 3] & 0xff);
        }
    }
}
