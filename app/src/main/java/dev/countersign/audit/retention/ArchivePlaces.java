package dev.countersign.audit.retention;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where archives are looked for: folders, or files. */
public final class ArchivePlaces {
    /** A place as it was named; what it leads to is looked at again with each file. */
    private final List<Path> places;

    /** Within which all of it lies, with links followed; empty where it may be anywhere. */
    private final List<Path> roots;

    private ArchivePlaces(List<Path> places, List<Path> roots) {
        this.places = List.copyOf(places);
        this.roots = List.copyOf(roots);
    }

    /** Wherever who owns the data folder says. */
    public static ArchivePlaces anywhere(List<Path> named) {
        return new ArchivePlaces(named, List.of());
    }

    /**
     * What somebody elsewhere names, as far as it is among the server's archives. Of what is not,
     * nothing is looked at, so that nobody learns what else there is.
     *
     * @param roots the folders of the server's archives, absolute
     * @param named in one of them, absolute; none means all of them
     * @throws Refused where one is elsewhere
     */
    public static ArchivePlaces within(List<Path> roots, List<Path> named) throws Refused {
        List<Path> real = new ArrayList<>();
        for (Path root : roots) {
            real.add(real(root));
        }
        for (Path place : named) {
            boolean written =
                    place.equals(place.normalize())
                            && (roots.stream().anyMatch(place::startsWith)
                                    || real.stream().anyMatch(place::startsWith));
            if (!written || real.stream().noneMatch(real(place)::startsWith)) {
                throw new Refused(
                        "`"
                                + place
                                + "` is not among the archives of this server, which are in "
                                + roots.stream()
                                        .map(root -> "`" + root + "`")
                                        .collect(Collectors.joining(" or "))
                                + "; write or move them there, or stop the server and take the"
                                + " records out of its data folder");
            }
        }
        return new ArchivePlaces(named.isEmpty() ? roots : named, real);
    }

    /** With links followed as far as there is anything. */
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            Path folder = path.getParent();
            return folder == null || folder.equals(path)
                    ? path
                    : real(folder).resolve(String.valueOf(path.getFileName()));
        }
    }

    /** A file of that name, the first there is. */
    Optional<Path> find(String name) {
        for (Path place : places) {
            Path file = Files.isDirectory(place) ? place.resolve(name) : place;
            if (String.valueOf(file.getFileName()).equals(name) && isOurs(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    private boolean isOurs(Path file) {
        return roots.isEmpty()
                ? Files.isRegularFile(file)
                : Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && roots.stream().anyMatch(real(file)::startsWith);
    }
}
