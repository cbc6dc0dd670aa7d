package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analysis;
import java.io.IOException;

/** Says what a call would do, without any policy. */
final class Analyze implements Command {
    private final Tools tools;

    Analyze(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return CallOptions.addTo(
                Syntax.of(
                        "analyze",
                        "Say which operations a call consists of, with no policy and no server."));
    }

    @Override
    public int run(Given given) throws IOException {
        CallOptions.check(given);
        CallReader reader = new CallReader(CallOptions.standard(given), tools.around());
        Judge judge = new Judge(tools, Where.of(given, tools.around()).data());
        if (given.has("--batch")) {
            return new Batch(tools.terminal(), reader)
                    .run(request -> json(judge.analyze(request.call())));
        }
        Analysis analysis;
        try {
            analysis = judge.analyze(reader.read(CallOptions.one(given)).call());
        } catch (Json.Broken e) {
            throw Failure.usage(e.text());
        }
        if (given.has("--json")) {
            tools.terminal().line(Json.write(json(analysis)));
        } else {
            OperationText.lines(analysis, tools.terminal()).forEach(tools.terminal()::line);
        }
        return 0;
    }

    static ObjectNode json(Analysis analysis) {
        ObjectNode json = Json.object();
        json.put("risk", analysis.risk().wire());
        ArrayNode operations = json.putArray("operations");
        analysis.operations().forEach(operation -> operations.add(OperationText.json(operation)));
        return json;
    }
}
