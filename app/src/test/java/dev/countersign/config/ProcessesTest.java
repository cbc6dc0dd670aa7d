package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.Processes.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a folder laid out as /proc tells. */
final class ProcessesTest {
    private static final String HEAD = "  sl  local_address rem_address   st tx_queue\n";
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetSocketAddress SERVER = new InetSocketAddress(LOOPBACK, 0x1CCD);
    private static final InetSocketAddress CALLER = new InetSocketAddress(LOOPBACK, 0xA001);

    @TempDir Path proc;
    private Processes processes = new Processes(Path.of("/nowhere"));

    @BeforeEach
    void fill() throws IOException {
        Files.createDirectory(proc.resolve("net"));
        table("tcp", row("0100007F:1CCD", "0100007F:A001", 11));
        table("tcp6", "");
        process(1, "init", 0, 1);
        process(20, "odd) name (", 1, 500);
        process(21, "sh", 20, 600);
        Files.writeString(proc.resolve("21/environ"), "A=1\nMARK=2\0CLAUDECODE=1\0B=\0");
        Files.createSymbolicLink(proc.resolve("21/fd/7"), Path.of("socket:[42]"));
        processes = new Processes(proc);
    }

    private void process(int pid, String name, int parent, int started) throws IOException {
        Files.createDirectories(proc.resolve(pid + "/fd"));
        Files.writeString(
                proc.resolve(pid + "/stat"),
                "%d (%s) S %d %s %d 0 0\n"
                        .formatted(pid, name, parent, "0 ".repeat(17).strip(), started));
        Files.writeString(proc.resolve(pid + "/environ"), "");
    }

    private void table(String name, String rows) throws IOException {
        Files.writeString(proc.resolve("net").resolve(name), HEAD + rows);
    }

    private static String row(String local, String remote, int inode) {
        return row(local, remote, 1000, inode);
    }

    private static String row(String local, String remote, int user, int inode) {
        return "   0: %s %s 01 00000000:00000000 00:00000000 00000000  %d        0 %d 1\n"
                .formatted(local, remote, user, inode);
    }

    @Test
    void theCallerIsFoundByItsSocket() throws IOException {
        table(
                "tcp",
                row("0100007F:1CCD", "0100007F:A001", 11)
                        + row("0100007F:A001", "0100007F:1CCD", 42));
        assertThat(processes.peer(CALLER, SERVER, Set.of())).isEqualTo(new Peer.Held(Set.of(21L)));
        assertThat(processes.peer(CALLER, SERVER, Set.of(20L, 21L)))
                .isEqualTo(new Peer.Held(Set.of(21L)));
        Files.createSymbolicLink(proc.resolve("20/fd/3"), Path.of("socket:[42]"));
        assertThat(processes.peer(CALLER, SERVER, Set.of()))
                .isEqualTo(new Peer.Held(Set.of(20L, 21L)));
    }

    @Test
    void aMappedAddressIsTheSame() throws IOException {
        String mapped = "0000000000000000FFFF0000";
        table("tcp6", row(mapped + "0100007F:A001", mapped + "0100007F:1CCD", 42));
        assertThat(processes.peer(CALLER, SERVER, Set.of())).isEqualTo(new Peer.Held(Set.of(21L)));
    }

    @Test
    void whoClosedIsGoneAndWhoCannotBeSeenIsUnknown() throws IOException {
        assertThat(processes.peer(CALLER, SERVER, Set.of())).isEqualTo(new Peer.Gone());
        table("tcp", row("0100007F:A001", "0100007F:1CCD", 0));
        assertThat(processes.peer(CALLER, SERVER, Set.of())).isEqualTo(new Peer.Gone());
        table("tcp", row("0100007F:A001", "0100007F:1CCD", 43));
        assertThat(processes.peer(CALLER, SERVER, Set.of())).isEqualTo(new Peer.Unknown());
        assertThat(new Processes(proc.resolve("nothing")).peer(CALLER, SERVER, Set.of()))
                .isEqualTo(new Peer.Unknown());
    }

    /** A process may forbid all others to look at it: that is no way around being looked for. */
    @Test
    void whoHidesFromItsOwnUserIsNoStranger() throws IOException {
        String ours = row("0100007F:1CCD", "0100007F:A001", 11);
        table("tcp", ours + row("0100007F:A001", "0100007F:1CCD", 43));
        assertThat(processes.peer(CALLER, SERVER, Set.of())).isEqualTo(new Peer.Hidden());
        table("tcp", ours + row("0100007F:A001", "0100007F:1CCD", 1001, 43));
        assertThat(processes.peer(CALLER, SERVER, Set.of())).isEqualTo(new Peer.Unknown());
    }

    @Test
    void aProcessHasALineageAStartAndAnEnvironment() {
        assertThat(processes.lineage(21)).containsExactly(21L, 20L);
        assertThat(processes.started(20)).hasValue(500);
        assertThat(processes.started(22)).isEmpty();
        assertThat(processes.carries(21, Set.of("CLAUDECODE"))).isTrue();
        assertThat(processes.carries(21, Set.of("MARK"))).isFalse();
        assertThat(processes.carries(20, Set.of("CLAUDECODE"))).isFalse();
    }
}
