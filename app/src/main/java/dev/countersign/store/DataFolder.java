package dev.countersign.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder that holds everything: only its owner may enter it. */
final class DataFolder {
    static final String DATABASE = "countersign.db";
    static final String MASKING_KEY = "masking.key";
    static final String PRIVACY_KEY = "privacy.key";
    private static final int KEY_BYTES = 32;

    private DataFolder() {}

    /** Makes the folder where there is none, and closes it to others. */
    static Path prepare(Path data) throws IOException {
        Path folder = data.toAbsolutePath().normalize();
        try {
            if (Files.notExists(folder)) {
                Files.createDirectories(folder, ownerOnly(folder, "rwx------"));
            }
            if (!Files.isDirectory(folder)) {
                throw new NotDirectoryException(folder.toString());
            }
            folder = folder.toRealPath();
            closeToOthers(folder);
            return folder;
        } catch (NotDirectoryException e) {
            throw new DataFolderException("`" + folder + "` is a file; --data names a folder", e);
        } catch (DataFolderException e) {
            throw e;
        } catch (IOException e) {
            throw new DataFolderException(
                    "data folder `" + folder + "` cannot be made or read: " + e, e);
        }
    }

    /** A folder that is plainly something else, such as a home, is refused and not changed. */
    private static void closeToOthers(Path folder) throws IOException {
        if (!posix(folder)) {
            return;
        }
        Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rwx------");
        if (owner.containsAll(Files.getPosixFilePermissions(folder))) {
            return;
        }
        boolean ours =
                Files.exists(folder.resolve(DATABASE))
                        || Files.exists(folder.resolve(Checkpoints.KEY));
        if (!ours && !empty(folder)) {
            throw new DataFolderException(
                    "`"
                            + folder
                            + "` is open to other users and holds other files; name an empty"
                            + " or new folder with --data");
        }
        Files.setPosixFilePermissions(folder, owner);
    }

    private static boolean empty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /** Makes an empty file only its owner can read, unless it is there. */
    static void createFile(Path file) throws IOException {
        if (Files.notExists(file)) {
            Files.createFile(file, ownerOnly(file, "rw-------"));
        }
    }

    /** The key of the digests in masks, made on first use. */
    static byte[] maskingKey(Path folder, SecureRandom random) throws IOException {
        return key(folder.resolve(MASKING_KEY), random);
    }

    /** The key that the keys of people are locked with, made on first use. */
    static byte[] privacyKey(Path folder, SecureRandom random) throws IOException {
        return key(folder.resolve(PRIVACY_KEY), random);
    }

    private static byte[] key(Path file, SecureRandom random) throws IOException {
        if (Files.notExists(file) || Files.size(file) == 0) {
            byte[] key = new byte[KEY_BYTES];
            random.nextBytes(key);
            // Records are locked with it, and must not outlast it or find half of it.
            replace(file, key);
            return key;
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length != KEY_BYTES) {
            throw new DataFolderException(
                    "`" + file + "` must hold " + KEY_BYTES + " bytes, not " + key.length);
        }
        return key;
    }

    /** Replaces a text file whole. */
    static void replace(Path folder, String name, String text) throws IOException {
        replace(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces a file whole, on the disk before it has its name; only its owner may read it. */
    private static void replace(Path file, byte[] content) throws IOException {
        Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        createFile(fresh);
        try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        nameOnDisk(file.toAbsolutePath().getParent());
    }

    /** Makes the names in a folder durable, where the system can. */
    private static void nameOnDisk(@Nullable Path folder) throws IOException {
        if (folder != null && posix(folder)) {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    static FileAttribute<?>[] ownerOnly(Path where, String permissions) {
        return posix(where)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean posix(Path where) {
        return where.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
