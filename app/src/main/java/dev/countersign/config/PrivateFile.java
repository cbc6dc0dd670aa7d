package dev.countersign.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A small file only its owner can read, replaced whole or not at all, and on the disk when that
 * returns.
 */
public final class PrivateFile {
    private PrivateFile() {}

    public static void write(Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("no folder for `" + file + "`");
        }
        boolean posix = posix(folder);
        folder(folder);
        Path fresh =
                Files.createTempFile(
                        folder, "." + file.getFileName(), ".new", attributes(posix, "rw-------"));
        try {
            Files.writeString(fresh, text, StandardCharsets.UTF_8, StandardOpenOption.SYNC);
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            keepName(folder, posix);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** Makes a folder only its owner can read, and those above it, where they are missing. */
    public static void folder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, attributes(posix(folder), "rwx------"));
        }
    }

    private static boolean posix(Path folder) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** A new name is safe from a loss of power once its folder is; other systems see to that. */
    private static void keepName(Path folder, boolean posix) throws IOException {
        if (posix) {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    private static FileAttribute<?>[] attributes(boolean posix, String permissions) {
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
