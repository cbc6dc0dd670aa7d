package dev.countersign.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The right of this process to write a data folder, held until it ends: a lock on the file {@code
 * lock}, which holds the process id for people.
 */
final class FolderLock implements AutoCloseable {
    /**
     * Folders locked by this process. POSIX drops all locks of a process on a file when any
     * descriptor of it is closed, so a second attempt must not even open the file.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /** Far behind the content, so that other programs can read the content where locks bind. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    static FolderLock acquire(Path folder) throws IOException {
        if (!HELD.add(folder)) {
            throw inUse(folder, ProcessHandle.current().pid() + ", this process");
        }
        FileChannel channel = null;
        try {
            channel = open(folder.resolve("lock"));
            FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            if (lock == null) {
                throw inUse(folder, holder(folder));
            }
            ByteBuffer pid =
                    ByteBuffer.wrap(
                            (ProcessHandle.current().pid() + "\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            channel.truncate(0);
            channel.write(pid, 0);
            return new FolderLock(folder, channel);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            HELD.remove(folder);
            throw e;
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE),
                DataFolder.ownerOnly(file, "rw-------"));
    }

    private static DataFolderException inUse(Path folder, @Nullable String pid) {
        return new DataFolderException(
                "data folder `"
                        + folder
                        + "` is in use by another Countersign"
                        + (pid == null ? "" : " (process " + pid + ")")
                        + "; stop that one, or name another folder with --data");
    }

    private static @Nullable String holder(Path folder) {
        try {
            String pid = Files.readString(folder.resolve("lock")).strip();
            return pid.matches("[0-9]{1,10}") ? pid : null;
        } catch (IOException _) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD.remove(folder);
    }
}
