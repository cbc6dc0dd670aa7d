package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Shell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tools of the clients pass unasked inside the workspace, and outside they do not. */
final class EverydayToolsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WholeEngine engine = new WholeEngine(Everyday.disk());

    @Test
    void insideTheWorkspaceNothingIsAsked() throws JsonProcessingException {
        List<String> asked = new ArrayList<>();
        List<String> passed = new ArrayList<>();
        int all = 0;
        for (Object entry : (List<?>) Everyday.read("tools").getOrDefault("cases", List.of())) {
            Map<String, Object> row = Flow.map(entry);
            all++;
            WholeEngine.Verdict verdict = judge(row, "input");
            if (!verdict.allowed()) {
                asked.add(row + "\n  " + verdict.why());
            }
            if (row.containsKey("twin") && judge(row, "twin").allowed()) {
                passed.add(row + "\n  " + judge(row, "twin").why());
            }
        }
        assertThat(all).isGreaterThanOrEqualTo(100);
        assertThat(asked).isEmpty();
        assertThat(passed).isEmpty();
    }

    private WholeEngine.Verdict judge(Map<String, Object> row, String input)
            throws JsonProcessingException {
        ObjectNode given = (ObjectNode) JSON.readTree(String.valueOf(row.get(input)));
        return engine.judge(
                Fixture.call(
                        String.valueOf(row.get("client")),
                        String.valueOf(row.get("tool")),
                        given,
                        Fixture.context("/w", Shell.BASH)));
    }
}
