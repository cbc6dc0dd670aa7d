package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.DataFolder;
import dev.countersign.config.PrivateFile;
import dev.countersign.config.Surroundings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The tokens of {@code countersign login}, by server, in a file of the user's own. */
final class SignIns {
    private final Path file;

    SignIns(Surroundings around) {
        file = DataFolder.signIns(around).resolve("sign-ins.json");
    }

    Optional<String> token(URI server) {
        return field(server, "token");
    }

    /** The token's public id, to revoke it by. */
    Optional<String> id(URI server) {
        return field(server, "id");
    }

    private Optional<String> field(URI server, String field) {
        return Optional.of(Json.text(all().path(key(server)), field))
                .filter(text -> !text.isEmpty());
    }

    void keep(URI server, String token, String id) {
        ObjectNode all = all();
        all.putObject(key(server)).put("token", token).put("id", id);
        write(all);
    }

    /** Whether there was one. */
    boolean forget(URI server) {
        ObjectNode all = all();
        boolean known = all.remove(key(server)) != null;
        if (known) {
            write(all);
        }
        return known;
    }

    Path file() {
        return file;
    }

    private void write(ObjectNode all) {
        try {
            PrivateFile.write(file, Json.write(all) + "\n");
        } catch (IOException e) {
            throw Failure.failed("cannot write `" + file + "`: " + e.getMessage());
        }
    }

    private ObjectNode all() {
        try {
            return Files.exists(file) ? Json.readObject(Files.readString(file)) : Json.object();
        } catch (IOException | Json.Broken e) {
            throw Failure.failed(
                    "cannot read `" + file + "`: " + e.getMessage() + "; delete it to start over");
        }
    }

    /** Scheme, host and port: one server has one sign-in whatever page is named. */
    private static String key(URI server) {
        return server.getScheme() + "://" + server.getRawAuthority();
    }
}
