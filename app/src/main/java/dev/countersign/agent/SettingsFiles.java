package dev.countersign.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Changes a client's settings file whole or not at all, with a backup and a way back. */
public final class SettingsFiles {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);
    private static final String BACKUP = ".countersign-backup-";
    private static final int LARGEST = 4 << 20;

    private SettingsFiles() {}

    /** Turns one text into another; the same text means that there is nothing to do. */
    @FunctionalInterface
    public interface Edit {
        String apply(String text) throws ClaudeCodeSettings.Unusable;
    }

    /**
     * What a change did.
     *
     * @param file the file, symbolic links followed
     * @param changed whether anything was written
     * @param backup the copy of what was there, or null when nothing was there or nothing changed
     */
    public record Change(Path file, boolean changed, @Nullable Path backup) {}

    /** The text of a settings file, or empty text when there is none. */
    public static String read(Path file) throws IOException {
        byte[] bytes;
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException("it is larger than 4 MiB");
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            return "";
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException("it is not UTF-8 text", e);
        }
    }

    /**
     * Applies an edit.
     *
     * @param secret whether only the owner may read the file afterwards
     */
    public static Change edit(Path file, boolean secret, Instant now, Edit edit)
            throws IOException, ClaudeCodeSettings.Unusable {
        Path real = real(file);
        String before = read(real);
        String after = edit.apply(before);
        boolean existed = Files.exists(real);
        if (after.equals(before)) {
            if (secret && existed && !mode(real, true).equals(mode(real, false))) {
                write(real, after, true);
                return new Change(real, true, null);
            }
            return new Change(real, false, null);
        }
        @Nullable Path backup = null;
        if (existed) {
            backup = free(real, now);
            Files.copy(real, backup, StandardCopyOption.COPY_ATTRIBUTES);
        }
        write(real, after, secret);
        return new Change(real, true, backup);
    }

    /**
     * Takes our entries out. When the file is exactly what {@link #edit} made of a backup, or of
     * nothing, that very state comes back; otherwise only our entries go.
     *
     * @param added the edit that was applied
     * @param removed the edit that takes our entries out
     */
    public static Change restore(Path file, Instant now, Edit added, Edit removed)
            throws IOException, ClaudeCodeSettings.Unusable {
        Path real = real(file);
        if (!Files.exists(real)) {
            return new Change(real, false, null);
        }
        String current = read(real);
        if (removed.apply(current).equals(current)) {
            return new Change(real, false, null);
        }
        for (Path backup : backups(real)) {
            Optional<String> original = original(backup, removed);
            if (original.isPresent() && added.apply(original.get()).equals(current)) {
                // The backup itself moves back: its bytes and its permissions are what was there.
                Files.move(
                        backup,
                        real,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                return new Change(real, true, backup);
            }
        }
        if (added.apply("").equals(current)) {
            Files.delete(real);
            return new Change(real, true, null);
        }
        return edit(real, false, now, removed);
    }

    /** The time, or the next moment that is not taken yet. */
    private static Path free(Path file, Instant now) {
        Path backup = file.resolveSibling(name(file) + BACKUP + STAMP.format(now));
        return Files.exists(backup) ? free(file, now.plusMillis(1)) : backup;
    }

    /** A backup that holds nothing of ours. */
    private static Optional<String> original(Path backup, Edit removed) {
        try {
            String text = read(backup);
            return removed.apply(text).equals(text) ? Optional.of(text) : Optional.empty();
        } catch (IOException | ClaudeCodeSettings.Unusable unreadable) {
            return Optional.empty();
        }
    }

    private static List<Path> backups(Path file) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent());
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path path : all) {
                if (name(path).startsWith(name(file) + BACKUP)) {
                    found.add(path);
                }
            }
        }
        found.sort(Comparator.comparing(SettingsFiles::name).reversed());
        return found;
    }

    private static Path real(Path file) throws IOException {
        // A settings file kept elsewhere and linked here stays linked.
        return Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    }

    private static String name(Path file) {
        return Objects.requireNonNull(file.getFileName()).toString();
    }

    private static void write(Path file, String text, boolean secret) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent());
        Files.createDirectories(folder);
        Set<PosixFilePermission> mode = mode(file, secret);
        Path fresh = Files.createTempFile(folder, ".countersign", ".json");
        try {
            Files.writeString(fresh, text, StandardCharsets.UTF_8);
            if (posix(fresh)) {
                Files.setPosixFilePermissions(fresh, mode);
            }
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static boolean posix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static Set<PosixFilePermission> mode(Path file, boolean secret) throws IOException {
        Set<PosixFilePermission> mode =
                posix(file) && Files.exists(file)
                        ? EnumSet.copyOf(Files.getPosixFilePermissions(file))
                        : PosixFilePermissions.fromString("rw-r--r--");
        if (secret) {
            mode.retainAll(PosixFilePermissions.fromString("rwx------"));
        }
        return mode;
    }
}
