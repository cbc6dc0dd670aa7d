package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.policy.imports.Format;
import dev.countersign.policy.imports.Imported;
import dev.countersign.policy.imports.Imports;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Turns the rules of another program into a document of ours. */
final class Import implements Command {
    private final Tools tools;

    Import(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("import", "Turn the rules of another program into a policy document.")
                .note(
                        "PROGRAM is one of "
                                + String.join(", ", Format.words())
                                + ". The document goes to the standard output, what became of every"
                                + " line of the source to the error output.")
                .argument("PROGRAM")
                .argument("FILE")
                .option("--out", "FILE", "write the document to this new file")
                .flag("--json", "print document and report as JSON");
    }

    @Override
    public int run(Given given) {
        String word = given.argument(0);
        Format format =
                Format.of(word)
                        .orElseThrow(() ->
                                Failure.usage(
                                        "`"
                                                + Visible.line(word)
                                                + "` is no program whose rules can be imported"
                                                + Closest.hint(word, Format.words())
                                                + "; expected one of "
                                                + String.join(", ", Format.words())));
        String name = given.argument(1);
        Path file = Where.path(name, tools.around());
        boolean ofUser = tools.around().home().resolve(".claude").equals(file.getParent());
        Imported imported =
                Imports.read(
                        format,
                        new Imports.Original(name, text(name, file), ofUser),
                        new Judge(tools, Where.of(given, tools.around()).place())
                                .files()
                                .examples());
        return switch (imported) {
            case Imported.Unreadable(var problems) ->
                    throw Failure.usage(
                            String.join(
                                    "\ncountersign: ",
                                    problems.stream()
                                            .map(problem -> Visible.line(problem.toString()))
                                            .toList()));
            case Imported.Document document -> {
                given.value("--out").ifPresent(out -> write(out, document.yaml()));
                if (given.has("--json")) {
                    tools.terminal().line(Json.write(json(document)));
                } else {
                    if (given.value("--out").isEmpty()) {
                        document.yaml().lines().forEach(tools.terminal()::line);
                    }
                    tools.terminal().out().flush();
                    document.report(name)
                            .forEach(line -> tools.terminal().err().println(Visible.line(line)));
                }
                yield 0;
            }
        };
    }

    /** Reads no more than can be imported. */
    private static String text(String name, Path file) {
        int most = 4 * Imports.MAX_LENGTH;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw Failure.usage(
                        Visible.line(name) + ":1:1: the file is longer than " + most + " bytes");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw Failure.usage(Visible.line(name) + ":1:1: the file is not in UTF-8");
        } catch (IOException e) {
            throw Failure.usage("`" + Visible.line(name) + "` cannot be read");
        }
    }

    private void write(String name, String yaml) {
        try {
            Files.writeString(
                    Where.path(name, tools.around()), yaml, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw Failure.usage(
                    "`" + Visible.line(name) + "` is there already; expected a new file");
        } catch (IOException e) {
            throw Failure.failed("`" + Visible.line(name) + "` cannot be written");
        }
    }

    private static ObjectNode json(Imported.Document document) {
        ObjectNode json = Json.object().put("policy", document.yaml());
        ArrayNode lines = json.putArray("lines");
        for (Imported.Line line : document.lines()) {
            ObjectNode one =
                    lines.addObject()
                            .put("line", line.line())
                            .put("column", line.column())
                            .put("source", line.source())
                            .put("outcome", line.outcome().wire())
                            .put("text", line.text());
            ArrayNode rules = one.putArray("rules");
            line.rules().forEach(rules::add);
        }
        ArrayNode notes = json.putArray("notes");
        document.notes().forEach(notes::add);
        return json;
    }
}
