package dev.countersign.config;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

/**
 * What Linux says in {@code /proc} about the processes of this machine: who holds the other end of
 * a connection, and from whom a process descends. Elsewhere nothing is known. Sources: proc(5),
 * {@code Documentation/networking/proc_net_tcp.rst} of the kernel.
 */
public final class Processes {
    /** A line of processes is no longer than this. */
    private static final int MOST_ANCESTORS = 64;

    /** Fields of {@code /proc/PID/stat} counted from the one behind the name. */
    private static final int PARENT = 1;

    private static final int STARTED = 19;

    private final Path proc;

    /** Those of the machine. */
    public Processes() {
        this(Path.of("/proc"));
    }

    /**
     * Those that a folder tells of.
     *
     * @param proc laid out as {@code /proc}
     */
    public Processes(Path proc) {
        this.proc = proc;
    }

    /** Who is at the other end of a connection. */
    public sealed interface Peer {
        /**
         * Processes of this machine; several when one handed it on to another.
         *
         * @param pids at least one
         */
        record Held(Set<Long> pids) implements Peer {
            public Held {
                pids = Set.copyOf(pids);
            }
        }

        /** A process of this machine that has closed it. */
        record Gone() implements Peer {}

        /**
         * A process of this very user, of which no process that can be seen is one: it ended a
         * moment ago, or does not let itself be looked at.
         */
        record Hidden() implements Peer {}

        /** Another machine or user, or a system that does not say. */
        record Unknown() implements Peer {}
    }

    /**
     * Who holds the other end of a connection to this process.
     *
     * @param theirs the address of the other end
     * @param ours the address of this end
     * @param likely processes to ask first; the search ends with them when one holds it
     */
    public Peer peer(InetSocketAddress theirs, InetSocketAddress ours, Set<Long> likely) {
        Optional<Socket> found = socket(theirs, ours);
        if (found.isEmpty()) {
            // Where the table knows this end and not the other on the same machine, that was
            // closed.
            boolean here = theirs.getAddress().isLoopbackAddress();
            return here && socket(ours, theirs).isPresent() ? new Peer.Gone() : new Peer.Unknown();
        }
        if (found.get().inode() == 0) {
            return new Peer.Gone();
        }
        String socket = "socket:[" + found.get().inode() + "]";
        Set<Long> holders =
                likely.stream().filter(pid -> holds(pid, socket)).collect(Collectors.toSet());
        if (holders.isEmpty()) {
            each(pid -> holds(pid, socket) && holders.add(pid));
        }
        if (!holders.isEmpty()) {
            return new Peer.Held(holders);
        }
        // Processes of one user see each other, but for those that forbid it (prctl(2),
        // PR_SET_DUMPABLE). Of another user nothing can be seen.
        boolean ofThisUser =
                socket(ours, theirs).filter(own -> own.user() == found.get().user()).isPresent();
        return ofThisUser ? new Peer.Hidden() : new Peer.Unknown();
    }

    /**
     * One end of a connection.
     *
     * @param user whose it is, as a number
     * @param inode 0 when nobody holds it any more
     */
    private record Socket(long user, long inode) {}

    /** When a process started, in ticks since the machine did; empty when it lives no more. */
    public OptionalLong started(long pid) {
        return stat(pid, STARTED);
    }

    /** A process and those it descends from, itself first; the first of all is left out. */
    public List<Long> lineage(long pid) {
        List<Long> line = new ArrayList<>();
        long next = pid;
        while (next > 1 && line.size() < MOST_ANCESTORS) {
            line.add(next);
            next = stat(next, PARENT).orElse(0);
        }
        return line;
    }

    /** Whether a process was started with one of these variables in its environment. */
    public boolean carries(long pid, Set<String> variables) {
        try {
            byte[] environment = Files.readAllBytes(folder(pid).resolve("environ"));
            String[] entries = new String(environment, StandardCharsets.ISO_8859_1).split("\0", -1);
            return Arrays.stream(entries)
                    .map(entry -> entry.substring(0, Math.max(0, entry.indexOf('='))))
                    .anyMatch(variables::contains);
        } catch (IOException | InvalidPathException unreadable) {
            return false;
        }
    }

    private Path folder(long pid) {
        return proc.resolve(Long.toString(pid));
    }

    private OptionalLong stat(long pid, int field) {
        try {
            String text =
                    Files.readString(folder(pid).resolve("stat"), StandardCharsets.ISO_8859_1);
            // The name may hold blanks and brackets itself.
            String[] fields = text.substring(text.lastIndexOf(')') + 1).strip().split(" ", -1);
            return OptionalLong.of(Long.parseLong(fields[field]));
        } catch (IOException | RuntimeException gone) {
            return OptionalLong.empty();
        }
    }

    /** The socket with these addresses. */
    private Optional<Socket> socket(InetSocketAddress local, InetSocketAddress remote) {
        Set<String> from = written(local);
        Set<String> to = written(remote);
        for (String table : List.of("net/tcp", "net/tcp6")) {
            try {
                for (String line :
                        Files.readAllLines(proc.resolve(table), StandardCharsets.ISO_8859_1)) {
                    String[] fields = line.strip().split(" +", -1);
                    if (fields.length > 9 && from.contains(fields[1]) && to.contains(fields[2])) {
                        return Optional.of(
                                new Socket(Long.parseLong(fields[7]), Long.parseLong(fields[9])));
                    }
                }
            } catch (IOException | NumberFormatException unreadable) {
                // The other table may know.
            }
        }
        return Optional.empty();
    }

    /** An address as the tables write it, in words of four bytes of which the last comes first. */
    private static Set<String> written(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        String plain = words(ip.getAddress());
        Set<String> forms = new HashSet<>(Set.of(plain));
        if (ip instanceof Inet4Address) {
            forms.add("0000000000000000FFFF0000" + plain);
        }
        return forms.stream()
                .map(form -> form + String.format(Locale.ROOT, ":%04X", address.getPort()))
                .collect(Collectors.toSet());
    }

    private static String words(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int word = 0; word < bytes.length; word += 4) {
            for (int i = 3; i >= 0; i--) {
                text.append(String.format(Locale.ROOT, "%02X", bytes[word + i]));
            }
        }
        return text.toString();
    }

    private void each(LongPredicate visitor) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path each : all) {
                boolean _ = visitor.test(Long.parseLong(each.getFileName().toString()));
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException unreadable) {
            // Whom nothing is known of holds nothing.
        }
    }

    private boolean holds(long pid, String socket) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(folder(pid).resolve("fd"))) {
            for (Path each : open) {
                if (links(each, socket)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            // Somebody else's, or gone.
        }
        return false;
    }

    private static boolean links(Path descriptor, String socket) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals(socket);
        } catch (IOException closed) {
            return false;
        }
    }
}
