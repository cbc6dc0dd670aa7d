import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditRecord;
import dev.countersign.store.Store;
import com.sun.management.OperatingSystemMXBean;
import io.helidon.webserver.WebServer;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * How fast records become durable, beside what the same disk and the same web server can do at
 * most; see docs/performance.md.
 *
 * <pre>
 * append FOLDER SECONDS ROUNDS              64 callers in this process, and plain inserts of the same bytes
 * fill FOLDER RECORDS                       a ledger to read
 * verify FOLDER                             the ledger verified again and again in this process, until compiled
 * floor FOLDER                              what asking SQLite for that ledger and hashing it costs, by one thread
 * echo                                      a web server that sends back what it got; prints its address
 * load ADDRESS PATH TOKEN WORK SECONDS      32 connections that post hook calls; prints rate and times
 * </pre>
 */
final class Ledger {
    private static final int CALLERS = 64;
    private static final int CONNECTIONS = 32;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BODY =
            """
            {"call":{"agent":"bench","agent_type":null,"call_id":"call-1","client":"claude-code",
            "cwd":"/home/ana/work/payments","driver":"ana@example.com","home":"/home/ana",
            "input":{"file_path":"/home/ana/work/payments/src/main/App.java"},"platform":"linux","project":null,
            "session":"s","shell":"bash","task":"s","tenant":"default","tool":"Read","workspace":"/home/ana/work/payments"},
            "decider":{"id":"autonomy/partial/none","kind":"default-policy"},"effect":"allow",
            "id":"01M8193FQK3C63Z707FE451R9A","instead":"","operations":[{"action":"file_read","because":[
            {"document":"autonomy","effect":"allow","forced":true,"rule":"partial/none","text":"autonomy partial allows risk none"},
            {"document":"profile","effect":"allow","forced":true,"rule":"standard/file_read",
            "text":"profile standard leaves file_read to the autonomy mode"}],"domain":"filesystem","effect":"allow","opaque":false,
            "resource":{"path":"/home/ana/work/payments/src/main/App.java","resolved":"/home/ana/work/payments/src/main/App.java"},
            "risk":"none","source":{"from":14,"to":58},"summary":"reads `App.java`","tags":[]}],
            "policy_version":"sha256:da34a531770765c4ab4aac0bea150c7c8cbcef9b04145d1e70f51e56a4a783ba",
            "reason":"reads `App.java`; autonomy partial allows risk none","risk":"none"}
            """;

    private static final ObjectNode DECISION = decision();

    private Ledger() {}

    private static ObjectNode decision() {
        try {
            return (ObjectNode) JSON.readTree(BODY);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "append" ->
                    append(
                            Path.of(arguments[1]),
                            Integer.parseInt(arguments[2]),
                            Integer.parseInt(arguments[3]));
            case "fill" -> fill(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
            case "verify" -> verify(Path.of(arguments[1]));
            case "floor" -> floor(Path.of(arguments[1]));
            case "echo" -> echo();
            case "load" ->
                    load(
                            URI.create(arguments[1]),
                            arguments[2],
                            arguments[3],
                            arguments[4],
                            Integer.parseInt(arguments[5]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static AuditRecord event(int n) {
        return new AuditRecord(
                "decision", Instant.now(), "D" + n, "bench", "ana@example.com", "claude-code",
                "/home/ana/work/payments", "s" + n / 1_000, "call-" + n, "Read", "allow", "none",
                "default-policy", "Read /home/ana/work/payments/src/main/App.java",
                DECISION);
    }

    /** Rounds of both, one after the other, so that what else the machine does meets both. */
    private static void append(Path folder, int seconds, int rounds) throws Exception {
        double[] ours = new double[rounds];
        double[] raw = new double[rounds];
        double[] work = new double[rounds];
        double[] rawWork = new double[rounds];
        try (Store store = Store.open(folder.resolve("data"), Clock.systemUTC())) {
            AtomicInteger number = new AtomicInteger();
            appended(store, number, seconds);
            for (int round = 0; round < rounds; round++) {
                double before = processor();
                ours[round] = appended(store, number, seconds);
                double between = processor();
                raw[round] = raw(folder, round, seconds);
                work[round] = (between - before) / (ours[round] * seconds);
                rawWork[round] = (processor() - between) / (raw[round] * seconds);
                System.out.printf(
                        Locale.ROOT, "  round %d: %,.0f records/s at %.0f µs of processor each, raw %,.0f at %.0f%n",
                        round + 1, ours[round], work[round], raw[round], rawWork[round]);
            }
        }
        double mine = median(ours);
        double most = median(raw);
        System.out.printf(
                Locale.ROOT,
                "append, %d callers: median %,.0f records/s; raw group commits of the same bytes: %,.0f; ratio %.2f (bound 0.5);"
                        + " processor %.0f and %.0f µs a record%n",
                CALLERS, mine, most, mine / most, median(work), median(rawWork));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** What this process has used of the processors, in microseconds. */
    private static double processor() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e3;
    }

    private static double appended(Store store, AtomicInteger number, int seconds)
            throws Exception {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        AtomicLong done = new AtomicLong();
        List<Thread> callers = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    while (System.nanoTime() < end) {
                                        store.auditLog().append(event(number.getAndIncrement()));
                                        done.incrementAndGet();
                                    }
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        return done.get() * 1e9 / (System.nanoTime() - began);
    }

    /** The bytes of records and of what is sealed of them, in groups as large as there are callers. */
    private static double raw(Path folder, int round, int seconds) throws Exception {
        byte[][] row = new byte[3][];
        try (Connection from =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("data").resolve("countersign.db"));
                Statement ask = from.createStatement();
                ResultSet last =
                        ask.executeQuery(
                                "SELECT CAST(l.record AS BLOB), l.hash, s.box FROM ledger l JOIN sealed s ON s.idx = l.idx"
                                        + " WHERE l.kind = 'decision' ORDER BY l.idx DESC LIMIT 1")) {
            last.next();
            for (int i = 0; i < 3; i++) {
                row[i] = last.getBytes(i + 1);
            }
        }
        Path file = folder.resolve("raw" + round + ".db");
        try (Connection to = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement plain = to.createStatement()) {
            plain.executeUpdate("PRAGMA journal_mode = WAL");
            plain.executeUpdate("PRAGMA synchronous = FULL");
            plain.executeUpdate("CREATE TABLE ledger (idx INTEGER PRIMARY KEY, record TEXT NOT NULL, hash BLOB NOT NULL)");
            plain.executeUpdate("CREATE TABLE sealed (idx INTEGER PRIMARY KEY, person TEXT NOT NULL, box BLOB NOT NULL)");
            String record = new String(row[0], StandardCharsets.UTF_8);
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            long began = System.nanoTime();
            long index = 0;
            try (PreparedStatement one = to.prepareStatement("INSERT INTO ledger VALUES (?, ?, ?)");
                    PreparedStatement other = to.prepareStatement("INSERT INTO sealed VALUES (?, ?, ?)")) {
                while (System.nanoTime() < end) {
                    plain.executeUpdate("BEGIN IMMEDIATE");
                    for (int i = 0; i < CALLERS; i++) {
                        one.setLong(1, index);
                        one.setString(2, record);
                        one.setBytes(3, row[1]);
                        one.executeUpdate();
                        other.setLong(1, index++);
                        other.setString(2, "person:abcdefghijklmnopqrstuvwx");
                        other.setBytes(3, row[2]);
                        other.executeUpdate();
                    }
                    plain.executeUpdate("COMMIT");
                }
            }
            return index * 1e9 / (System.nanoTime() - began);
        } finally {
            for (String end : List.of("", "-wal", "-shm")) {
                Files.deleteIfExists(folder.resolve("raw" + round + ".db" + end));
            }
        }
    }

    private static void fill(Path folder, int records) throws Exception {
        try (Store store = Store.open(folder, Clock.systemUTC())) {
            AtomicInteger number = new AtomicInteger();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 256; i++) {
                callers.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        for (int n = number.getAndIncrement(); n < records; n = number.getAndIncrement()) {
                                            store.auditLog().append(event(n));
                                        }
                                    } catch (Exception e) {
                                        throw new IllegalStateException(e);
                                    }
                                }));
            }
            for (Thread caller : callers) {
                caller.join();
            }
        }
    }

    /** With everything that belongs to it: signatures, all threads, collection, compiling. */
    private static void verify(Path folder) throws Exception {
        double best = 1e9;
        long records = 0;
        for (int pass = 0; pass < 5; pass++) {
            try (Store.Reader reader = Store.reader(folder)) {
                double before = processor();
                var verdict = reader.ledgerCheck().verify();
                if (verdict.fault().isPresent()) {
                    throw new IllegalStateException(verdict.toString());
                }
                records = verdict.records();
                best = Math.min(best, (processor() - before) / records);
            }
        }
        System.out.printf(
                Locale.ROOT, "verify, once compiled: %d records at %.1f µs of processor each: %,.0f records per processor second (bound 300000)%n",
                records, best, 1e6 / best);
    }

    /**
     * Reading each record and what is sealed of it, hashing the one twice and the other once, unlocking that. Passes
     * over the first records until the program is compiled; the fastest counts.
     */
    private static void floor(Path folder) throws Exception {
        double[] least = {1e9, 1e9, 1e9, 1e9, 1e9};
        long[] bytes = new long[2];
        for (int pass = 0; pass < 8; pass++) {
            double[] took = new double[least.length];
            int records = 0;
            bytes[0] = bytes[1] = 0;
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");
            byte[] opened = new byte[1 << 20];
            try (Connection from = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("countersign.db"));
                    PreparedStatement ledger = from.prepareStatement("SELECT idx, record, hash FROM ledger WHERE idx >= ? AND idx < ?");
                    PreparedStatement sealed = from.prepareStatement("SELECT idx, box FROM sealed WHERE idx >= ? AND idx < ?")) {
                for (int part = 0; part < 100_000; part += 500) {
                    double begin = processor();
                    List<byte[]> rows = rows(ledger, part, 3);
                    took[0] += processor() - begin;
                    begin = processor();
                    List<byte[]> boxes = rows(sealed, part, 2);
                    took[4] += processor() - begin;
                    begin = processor();
                    for (byte[] row : rows) {
                        digest.digest(row);
                        digest.update((byte) 0);
                        digest.digest(row);
                        bytes[0] += row.length;
                    }
                    took[1] += processor() - begin;
                    begin = processor();
                    for (byte[] box : boxes) {
                        digest.digest(box);
                        bytes[1] += box.length;
                    }
                    took[2] += processor() - begin;
                    records += rows.size();
                    byte[] nonce = new byte[12];
                    begin = processor();
                    for (int i = 0; i < boxes.size(); i++) {
                        nonce[0] = (byte) i;
                        nonce[1] = (byte) (i >> 8);
                        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
                        cipher.doFinal(boxes.get(i), 0, boxes.get(i).length, opened, 0);
                        nonce[2]++;
                    }
                    took[3] += processor() - begin;
                }
            }
            for (int i = 0; i < least.length; i++) {
                least[i] = Math.min(least[i], took[i] / records);
            }
            bytes[0] /= records;
            bytes[1] /= records;
        }
        double all = Arrays.stream(least).sum();
        System.out.printf(
                Locale.ROOT,
                "floor of verification: a record of %d bytes and %d sealed ones: %.1f µs to read and %.1f to hash twice;"
                        + " what is sealed: %.1f to read, %.1f to unlock and %.1f to hash: %,.0f records per processor second; %,.0f without what is sealed%n",
                bytes[0], bytes[1], least[0], least[1], least[4], least[3], least[2], 1e6 / all, 1e6 / (least[0] + least[1]));
    }

    private static List<byte[]> rows(PreparedStatement statement, long from, int columns) throws Exception {
        statement.setLong(1, from);
        statement.setLong(2, from + 500);
        List<byte[]> found = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                row.getLong(1);
                found.add(row.getBytes(2));
                if (columns == 3) {
                    row.getBytes(3);
                }
            }
        }
        return found;
    }

    private static void echo() throws Exception {
        WebServer server =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .routing(routing ->
                                routing.post(
                                        "/hooks/claude-code/PreToolUse",
                                        (request, response) -> {
                                            byte[] body = request.content().as(byte[].class);
                                            response.header("Content-Type", "application/json");
                                            response.send(body);
                                        }))
                        .build()
                        .start();
        System.out.println("http://127.0.0.1:" + server.port());
        System.out.flush();
        Thread.sleep(Duration.ofHours(1));
    }

    /** Plain sockets: what measures must cost less than what is measured. */
    private static void load(URI address, String path, String token, String work, int seconds)
            throws Exception {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        AtomicInteger number = new AtomicInteger();
        List<List<Long>> all = new ArrayList<>();
        List<Thread> callers = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 0; i < CONNECTIONS; i++) {
            List<Long> times = new ArrayList<>();
            all.add(times);
            callers.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try (Socket socket = new Socket(address.getHost(), address.getPort())) {
                                    socket.setTcpNoDelay(true);
                                    while (System.nanoTime() < end) {
                                        long from = System.nanoTime();
                                        call(socket, path, token, work, number.getAndIncrement());
                                        times.add(System.nanoTime() - from);
                                    }
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        double took = (System.nanoTime() - began) / 1e9;
        long[] times = all.stream().flatMap(List::stream).mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                Locale.ROOT, "%.0f %.2f %.2f%n", times.length / took, times[times.length / 2] / 1e6, times[times.length * 99 / 100] / 1e6);
    }

    private static void call(Socket socket, String path, String token, String work, int n) throws Exception {
        String body =
                "{\"session_id\":\"bench\",\"cwd\":\"" + work + "\",\"hook_event_name\":\"PreToolUse\",\"tool_name\":\"Read\","
                        + "\"tool_use_id\":\"b" + n + "\",\"tool_input\":{\"file_path\":\"" + work + "/f" + n + "\"}}";
        String head =
                "POST " + path + " HTTP/1.1\r\nHost: " + "127.0.0.1:" + socket.getPort() + "\r\nAuthorization: Bearer " + token
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n";
        OutputStream out = socket.getOutputStream();
        out.write((head + body).getBytes(StandardCharsets.ISO_8859_1));
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[8192];
        int filled = 0;
        while (true) {
            int got = in.read(buffer, filled, buffer.length - filled);
            if (got < 0) {
                throw new IllegalStateException("closed");
            }
            filled += got;
            String text = new String(buffer, 0, filled, StandardCharsets.ISO_8859_1);
            int gap = text.indexOf("\r\n\r\n");
            if (gap < 0) {
                continue;
            }
            String lower = text.substring(0, gap).toLowerCase(Locale.ROOT);
            int at = lower.indexOf("content-length:") + "content-length:".length();
            int stop = lower.indexOf('\r', at);
            int length = Integer.parseInt(lower.substring(at, stop < 0 ? lower.length() : stop).strip());
            if (filled >= gap + 4 + length) {
                if (!text.startsWith("HTTP/1.1 200") || text.contains("deny")) {
                    throw new IllegalStateException(text);
                }
                return;
            }
        }
    }
}
