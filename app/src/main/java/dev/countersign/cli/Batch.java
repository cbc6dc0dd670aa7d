package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Many calls in one process: one JSON object a line in, one a line out, in the same order. A line
 * that cannot be read gets an answer with {@code error} and the effect deny; the others go on.
 */
final class Batch {
    private final Terminal terminal;
    private final CallReader reader;

    Batch(Terminal terminal, CallReader reader) {
        this.terminal = terminal;
        this.reader = reader;
    }

    /** Judges one call; what it throws is the error of that line alone. */
    @FunctionalInterface
    interface Judging {
        ObjectNode judge(CallReader.Request request);
    }

    /** Returns 0, or 1 when any line had an error. */
    int run(Judging judging) throws IOException {
        BoundedLines lines = new BoundedLines(terminal.in(), Json.LONGEST);
        boolean errors = false;
        long number = 0;
        for (Optional<BoundedLines.Line> line = lines.next();
                line.isPresent();
                line = lines.next()) {
            number++;
            if (line.get().text().isBlank()) {
                continue;
            }
            ObjectNode answer = answer(line.get(), number, judging);
            errors |= answer.has("error");
            terminal.line(Json.write(answer));
            if (!lines.ready()) {
                terminal.out().flush();
            }
        }
        return errors ? 1 : 0;
    }

    private ObjectNode answer(BoundedLines.Line line, long number, Judging judging) {
        JsonNode id = null;
        try {
            id = Json.fieldOfBroken(line.text(), "id");
            if (line.tooLong()) {
                throw new Json.Broken("a line of more than 1 MiB");
            }
            ObjectNode json = Json.readObject(line.text());
            id = json.get("id");
            json.remove("id");
            ObjectNode answer = judging.judge(reader.read(json));
            return identified(id, answer);
        } catch (Json.Broken e) {
            return identified(id, error(number, e.text()));
        } catch (Failure e) {
            return identified(id, error(number, e.text()));
        } catch (RuntimeException e) {
            return identified(id, error(number, "could not be judged (this is a bug): " + e));
        }
    }

    private static ObjectNode error(long number, String message) {
        return Json.object().put("line", number).put("error", message).put("effect", "deny");
    }

    /** The line's own id in front, whatever JSON it is. */
    private static ObjectNode identified(@Nullable JsonNode id, ObjectNode answer) {
        ObjectNode result = Json.object();
        result.set("id", id);
        answer.remove("id");
        result.setAll(answer);
        return result;
    }
}
