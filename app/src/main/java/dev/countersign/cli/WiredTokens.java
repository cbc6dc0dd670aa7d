package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.DataFolder;
import dev.countersign.config.PrivateFile;
import dev.countersign.config.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The public ids of the tokens that {@code connect} made, by the settings file they stand in: a
 * settings file holds the secret alone, and a token is revoked by its id.
 *
 * <p>Only a convenience: without this file a person finds the token in the server's list.
 */
final class WiredTokens {
    private final Path file;

    WiredTokens(Surroundings around) {
        file = DataFolder.signIns(around).resolve("connections.json");
    }

    /** The id of the token in this settings file, if it is of this server. */
    Optional<String> id(Path settings, String server) {
        ObjectNode all = all();
        return Json.text(all.path(settings.toString()), "server").equals(server)
                ? Optional.of(Json.text(all.path(settings.toString()), "id"))
                        .filter(id -> !id.isEmpty())
                : Optional.empty();
    }

    void keep(Path settings, String server, String id) {
        ObjectNode all = all();
        all.putObject(settings.toString()).put("server", server).put("id", id);
        write(all);
    }

    void forget(Path settings) {
        ObjectNode all = all();
        if (all.remove(settings.toString()) != null) {
            write(all);
        }
    }

    private void write(ObjectNode all) {
        try {
            PrivateFile.write(file, Json.write(all) + "\n");
        } catch (IOException e) {
            // The connection works without it.
        }
    }

    private ObjectNode all() {
        try {
            return Files.exists(file) ? Json.readObject(Files.readString(file)) : Json.object();
        } catch (IOException | Json.Broken e) {
            return Json.object();
        }
    }
}
