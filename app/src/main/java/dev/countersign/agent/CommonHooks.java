package dev.countersign.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** A client whose hooks have the shape that {@link HookReader} reads. */
interface CommonHooks extends Client {
    /** Reads them, by the client's own names. */
    HookReader reader();

    @Override
    default String name() {
        return reader().client();
    }

    @Override
    default HookEvent read(String event, JsonNode body, Scene scene) {
        return reader().read(event, body, scene);
    }

    @Override
    default Duration patience(String event) {
        return Duration.ofSeconds(reader().decides(event) ? Setup.PATIENCE : Setup.OBSERVED);
    }
}
