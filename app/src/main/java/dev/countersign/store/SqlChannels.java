package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.config.ChannelKind;
import dev.countersign.config.ChannelSettings;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.notify.Channel;
import dev.countersign.notify.ChannelStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Channels in SQL, their secrets locked with a key of the data folder. */
final class SqlChannels implements ChannelStore {
    private static final String ENDED = "ended";
    private static final String RESUME = "DELETE FROM told_how WHERE kind = ? AND name = ?";

    private final Database database;
    private final byte[] key;
    private final SecureRandom random = new SecureRandom();

    /** With the key that secrets are locked with. */
    SqlChannels(Database database, byte[] key) {
        this.database = database;
        this.key = key.clone();
    }

    @Override
    public List<Channel> all() {
        return database.all(
                "SELECT name, settings, secrets FROM channel ORDER BY name", this::channel);
    }

    private Channel channel(ResultSet row) throws SQLException {
        String name = row.getString(1);
        JsonNode settings = Database.read("the channel `" + name + "`", row.getString(2), x -> x);
        JsonNode secrets;
        try {
            byte[] open = Seal.open(key, row.getBytes(3), about(name));
            secrets = CanonicalJson.parse(new String(open, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new SQLException("the secrets of the channel `" + name + "` are locked", e);
        }
        return new Channel(
                new ChannelSettings(
                        name,
                        ChannelKind.of(settings.path("kind").asText()).orElseThrow(),
                        texts(settings.path("values"))),
                texts(secrets),
                false);
    }

    private static String about(String name) {
        return "channel " + name;
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new TreeMap<>();
        object.properties().forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
        return texts;
    }

    @Override
    public void put(Channel channel, boolean elsewhere, AuditRecord event) throws NotRecorded {
        ObjectNode settings =
                JsonNodeFactory.instance.objectNode().put("kind", channel.settings().kind().wire());
        channel.settings().values().forEach(settings.putObject("values")::put);
        ObjectNode secrets = JsonNodeFactory.instance.objectNode();
        channel.secrets().forEach(secrets::put);
        byte[] locked =
                Seal.lock(
                        key,
                        secrets.toString().getBytes(StandardCharsets.UTF_8),
                        about(channel.name()),
                        random);
        RecordJson.Prepared record = database.prepare(event);
        Receipt _ =
                database.submit(unit -> {
                    Rows.change(
                            unit.connection(),
                            "INSERT INTO channel (name, settings, secrets) VALUES (?, ?, ?)"
                                    + " ON CONFLICT (name) DO UPDATE SET settings ="
                                    + " excluded.settings, secrets = excluded.secrets",
                            channel.name(),
                            settings.toString(),
                            locked);
                    Rows.change(unit.connection(), RESUME, ENDED, channel.name());
                    if (elsewhere) {
                        SqlAccounts.drop(unit, channel.name());
                    }
                    return unit.append(record);
                });
    }

    @Override
    public Map<String, Ended> ended() {
        Map<String, Ended> ended = new TreeMap<>();
        database.all(
                        "SELECT name, body FROM told_how WHERE kind = ?",
                        row -> Map.entry(row.getString(1), row.getString(2)),
                        ENDED)
                .forEach(each -> {
                    JsonNode body = CanonicalJson.parse(each.getValue());
                    ended.put(
                            each.getKey(),
                            new Ended(
                                    body.path("of").asText(),
                                    body.path("why").asText(),
                                    Instant.parse(body.path("at").asText())));
                });
        return ended;
    }

    @Override
    public void ended(String name, Ended ended, AuditRecord event) throws NotRecorded {
        ObjectNode body =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("of", ended.of())
                        .put("why", ended.why())
                        .put("at", ended.at().toString());
        Receipt _ =
                database.change(
                        event,
                        "INSERT INTO told_how (kind, name, body) VALUES (?, ?, ?)"
                                + " ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body",
                        ENDED,
                        name,
                        body.toString());
    }

    @Override
    public void resumed(String name, AuditRecord event) throws NotRecorded {
        Receipt _ = database.change(event, RESUME, ENDED, name);
    }

    @Override
    public void remove(String name, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        Receipt _ =
                database.submit(unit -> {
                    Rows.change(unit.connection(), "DELETE FROM channel WHERE name = ?", name);
                    Rows.change(unit.connection(), RESUME, ENDED, name);
                    SqlOutbox.drop(unit, name);
                    return unit.append(record);
                });
    }
}
