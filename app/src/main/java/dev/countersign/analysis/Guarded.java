package dev.countersign.analysis;

import dev.countersign.call.Told;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What of Countersign itself runs here, so that the floor can name it. The client files and the
 * fixed addresses are data of the analyser; these are the parts that differ by installation.
 *
 * @param folders absolute paths of data folders and of the program itself
 * @param addresses {@code host:port} the server listens on or is configured for; may grow and
 *     shrink while the server runs, when a tenant is opened or closed
 * @param processes ids of the server's processes
 */
public record Guarded(List<String> folders, Set<String> addresses, Set<Long> processes) {
    public Guarded {
        folders = List.copyOf(folders);
        addresses = Collections.unmodifiableSet(addresses);
        processes = Set.copyOf(processes);
    }

    public static final Guarded DEFAULT = new Guarded(List.of(), Set.of(), Set.of());

    /** Together with what another machine says is there. */
    Guarded and(Told.Guard other) {
        return new Guarded(
                both(folders, other.folders()),
                Set.copyOf(both(addresses, other.addresses())),
                Set.copyOf(both(processes, other.processes())));
    }

    private static <T> List<T> both(Collection<T> one, Collection<T> other) {
        return Stream.concat(one.stream(), other.stream()).distinct().toList();
    }
}
