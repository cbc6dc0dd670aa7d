package dev.countersign.config;

import dev.countersign.analysis.Facts;
import dev.countersign.analysis.GitIndex;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The facts of the machine this process runs on, asked afresh each time; an index file is read
 * again when it changed.
 */
public final class MachineFacts implements Facts {
    private static final int MOST_BYTES = 256 * 1024;
    private static final int MOST_NAMES = 10_000;
    private static final int MOST_LINKS = 40;
    private static final int MOST_INDEXES = 32;

    /** What tells one state of a file from another; git replaces its index, so the key changes. */
    private record Stamp(FileTime modified, long size, @Nullable Object fileKey) {}

    private record Held(Stamp stamp, Optional<GitIndex> index) {}

    private final Map<String, Held> indexes =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Held> eldest) {
                    return size() > MOST_INDEXES;
                }
            };

    @Override
    public String resolve(String absolute) {
        try {
            return resolve(Path.of(absolute), MOST_LINKS).toString();
        } catch (InvalidPathException | SecurityException e) {
            return absolute;
        }
    }

    /** Links followed as far as something exists; a dangling link leads to where it points. */
    private static Path resolve(Path path, int links) {
        Path existing = path;
        List<Path> missing = new ArrayList<>();
        while (existing != null && !there(existing)) {
            Path name = existing.getFileName();
            if (name != null) {
                missing.addFirst(name);
            }
            existing = existing.getParent();
        }
        if (existing == null) {
            return path;
        }
        Path real;
        try {
            real = existing.toRealPath();
        } catch (IOException e) {
            real = dangling(existing, links);
        }
        for (Path name : missing) {
            real = real.resolve(name);
        }
        return real.normalize();
    }

    private static Path dangling(Path link, int links) {
        try {
            if (links > 0 && Files.isSymbolicLink(link)) {
                Path folder = link.getParent();
                Path target = Files.readSymbolicLink(link);
                Path start = folder == null ? target : resolve(folder, links - 1).resolve(target);
                return resolve(start.normalize(), links - 1);
            }
        } catch (IOException | InvalidPathException e) {
            return link;
        }
        return link;
    }

    @Override
    public Kind kind(String absolute) {
        try {
            Path path = Path.of(absolute);
            Kind opened = opened(path);
            if (opened != Kind.MISSING) {
                return opened;
            }
            // Perhaps a link that leads nowhere.
            return Files.notExists(path, LinkOption.NOFOLLOW_LINKS)
                    ? Kind.MISSING
                    : Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? Kind.FILE : Kind.UNKNOWN;
        } catch (IOException e) {
            // A loop of links, or a folder one may not look into.
            return Files.exists(Path.of(absolute), LinkOption.NOFOLLOW_LINKS)
                    ? Kind.FILE
                    : Kind.UNKNOWN;
        } catch (InvalidPathException | SecurityException e) {
            return Kind.UNKNOWN;
        }
    }

    @Override
    public Kind opened(String absolute) {
        try {
            return opened(Path.of(absolute));
        } catch (IOException | InvalidPathException | SecurityException e) {
            return kind(absolute);
        }
    }

    /**
     * The way of the JDK to look at what is not there that throws no exception inside, which would
     * cost more than all the rest of a call.
     */
    private static Kind opened(Path path) throws IOException {
        BasicFileAttributes there =
                path.getFileSystem()
                        .provider()
                        .readAttributesIfExists(path, BasicFileAttributes.class);
        if (there == null) {
            return Kind.MISSING;
        }
        return there.isDirectory() ? Kind.DIRECTORY : Kind.FILE;
    }

    private static boolean there(Path path) {
        return Files.exists(path) || Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public Optional<String> text(String absolute) {
        Path path = path(absolute);
        if (path == null || !Files.isRegularFile(path)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            return bytes.length > MOST_BYTES
                    ? Optional.empty()
                    : Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<List<String>> list(String absolute) {
        return names(absolute, false);
    }

    @Override
    public Optional<List<String>> links(String absolute) {
        return names(absolute, true);
    }

    private static Optional<List<String>> names(String absolute, boolean links) {
        Path path = path(absolute);
        if (path == null || !Files.isDirectory(path)) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            int looked = 0;
            for (Path entry : entries) {
                Path name = entry.getFileName();
                if (name != null && (!links || Files.isSymbolicLink(entry))) {
                    names.add(name.toString());
                }
                if (++looked >= MOST_NAMES) {
                    break;
                }
            }
            return Optional.of(names);
        } catch (IOException | DirectoryIteratorException | SecurityException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<GitIndex> index(String absolute) {
        Path path = path(absolute);
        if (path == null) {
            return Optional.empty();
        }
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (!now.isRegularFile() || now.size() > GitIndex.MOST_BYTES) {
                return Optional.empty();
            }
            Stamp stamp = new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
            synchronized (indexes) {
                Held held = indexes.get(absolute);
                if (held != null && held.stamp.equals(stamp)) {
                    return held.index;
                }
            }
            Optional<GitIndex> read = GitIndex.parse(Files.readAllBytes(path));
            synchronized (indexes) {
                indexes.put(absolute, new Held(stamp, read));
            }
            return read;
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    private static @Nullable Path path(String absolute) {
        try {
            return Path.of(absolute);
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
