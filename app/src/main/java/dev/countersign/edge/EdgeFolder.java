package dev.countersign.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.PrivateFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an edge keeps, readable by its user alone: the token of this device, the hashes of the
 * tokens of its clients, and while it runs a note for {@code connect}.
 */
public final class EdgeFolder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DEVICE = "device.json";
    private static final String CLIENTS = "clients.json";

    /** As a server calls its own, so that commands find both alike. */
    private static final String NOTE = "owner.json";

    private final Path folder;

    public EdgeFolder(Path folder) {
        this.folder = folder;
    }

    public Path path() {
        return folder;
    }

    /**
     * The device's token.
     *
     * @param server the address it is for, as a person named it
     */
    public record Device(String server, String token) {
        @Override
        public String toString() {
            return "Device[" + server + "]";
        }
    }

    /** The token for a server, if one is kept. */
    public Optional<Device> device() throws IOException {
        Optional<ObjectNode> json = read(DEVICE);
        return json.filter(kept -> kept.path("token").isTextual())
                .map(kept -> new Device(kept.path("server").asText(), kept.path("token").asText()));
    }

    public void keep(URI server, String token, String id) throws IOException {
        write(
                DEVICE,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("server", server.toString())
                        .put("token", token)
                        .put("id", id));
    }

    /**
     * A token of a client on this machine.
     *
     * @param hash SHA-256 of the secret, in hexadecimal digits
     */
    record Client(String id, String name, String hash) {}

    List<Client> clients() throws IOException {
        List<Client> clients = new ArrayList<>();
        Optional<ObjectNode> json = read(CLIENTS);
        if (json.isPresent()) {
            for (JsonNode each : json.get().path("clients")) {
                clients.add(
                        new Client(
                                each.path("id").asText(),
                                each.path("name").asText(),
                                each.path("hash").asText()));
            }
        }
        return clients;
    }

    void keep(List<Client> clients) throws IOException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("clients");
        for (Client each : clients) {
            list.addObject().put("id", each.id()).put("name", each.name()).put("hash", each.hash());
        }
        write(CLIENTS, json);
    }

    /** Tells commands of this user where the edge answers, and with what they may set it up. */
    void note(String url, String token) throws IOException {
        write(
                NOTE,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("url", url)
                        .put("token", token)
                        .put("pid", ProcessHandle.current().pid()));
    }

    void forgetNote() throws IOException {
        Files.deleteIfExists(folder.resolve(NOTE));
    }

    private Optional<ObjectNode> read(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        if (JSON.readTree(Files.readString(file)) instanceof ObjectNode object) {
            return Optional.of(object);
        }
        throw new IOException("`" + file + "` is no JSON object");
    }

    private void write(String name, ObjectNode json) throws IOException {
        PrivateFile.write(folder.resolve(name), json + "\n");
    }
}
