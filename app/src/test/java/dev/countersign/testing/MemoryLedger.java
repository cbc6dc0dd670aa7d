package dev.countersign.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.Receipt;
import dev.countersign.decision.PushLog;
import dev.countersign.decision.PushReceipts;
import dev.countersign.ledger.Hash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A ledger that forgets everything when the test is over. */
public final class MemoryLedger implements AuditLog, AuditQuery, PushLog {
    private final List<Recorded> records = new ArrayList<>();
    private boolean full;

    /** From now on nothing can be recorded. */
    public synchronized void fill() {
        full = true;
    }

    @Override
    public synchronized Receipt append(AuditRecord event) throws NotRecorded {
        if (full) {
            throw new NotRecorded("the disk is full", new IllegalStateException());
        }
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        record.put("format", 1);
        record.put("index", records.size());
        record.put("previous", records.isEmpty() ? "0".repeat(64) : records.getLast().hash());
        record.put("kind", event.kind());
        record.put("at", event.at().toString());
        record.put("summary", event.summary());
        put(record, "decision", event.decision());
        put(record, "agent", event.agent());
        put(record, "person", event.person());
        put(record, "client", event.client());
        put(record, "project", event.project());
        put(record, "session", event.session());
        put(record, "call", event.call());
        put(record, "tool", event.tool());
        put(record, "effect", event.effect());
        put(record, "risk", event.risk());
        put(record, "decider", event.decider());
        record.set("body", event.body());
        String hash = sha256(record.toString());
        records.add(new Recorded(records.size(), hash, record));
        return new Receipt(records.size() - 1L, hash);
    }

    @Override
    public synchronized boolean append(List<AuditRecord> events, Map<String, Integer> counted)
            throws NotRecorded {
        for (Map.Entry<String, Integer> each : counted.entrySet()) {
            long now =
                    ofDecision(each.getKey()).stream()
                            .map(record -> record.body().path("kind").asText())
                            .filter(PushReceipts.ARRIVED::equals)
                            .count();
            if (now != each.getValue()) {
                return false;
            }
        }
        for (AuditRecord event : events) {
            Receipt _ = append(event);
        }
        return true;
    }

    private static void put(ObjectNode record, String name, @Nullable String value) {
        if (value != null) {
            record.put(name, value);
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Nothing here can be changed by anybody else. */
    public synchronized LedgerCheck.Verdict verdict() {
        return new LedgerCheck.Verdict(
                records.size(),
                records.isEmpty() ? "0".repeat(64) : records.getLast().hash(),
                Hash.of(new byte[Hash.SIZE]),
                Optional.empty(),
                Optional.empty(),
                0,
                List.of(),
                0,
                "");
    }

    /** Everything, oldest first. */
    public synchronized List<Recorded> all() {
        return List.copyOf(records);
    }

    @Override
    public synchronized List<Recorded> list(Map<String, String> filters, long before, int limit) {
        return records.reversed().stream()
                .filter(r -> r.index() < before)
                .filter(r ->
                        filters.entrySet().stream()
                                .allMatch(f ->
                                        f.getKey().equals("q")
                                                ? r.body().toString().contains(f.getValue())
                                                : f.getValue()
                                                        .equals(
                                                                r.body()
                                                                        .path(f.getKey())
                                                                        .asText())))
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<Stored> next(Map<String, String> filters, long after, long before) {
        return list(filters, before, records.size()).reversed().stream()
                .filter(each -> each.index() > after)
                .map(each ->
                        new Stored(
                                each.index(),
                                each.hash(),
                                each.body().toString(),
                                null,
                                null,
                                Map.of(),
                                each.body()))
                .toList();
    }

    @Override
    public synchronized Optional<Recorded> byIndex(long index) {
        return records.stream().filter(r -> r.index() == index).findFirst();
    }

    @Override
    public synchronized List<Recorded> ofDecision(String decision) {
        return records.stream()
                .filter(r -> decision.equals(r.body().path("decision").textValue()))
                .toList();
    }
}
