package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.web.CallView.Found;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class CallViewTest {
    private static CallView view(String operations) throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        JsonNode decision =
                json.readTree("{\"operations\": [%s]}".formatted(operations).replace('\'', '"'));
        return CallView.of(json.createObjectNode().put("tool", "Bash"), decision);
    }

    private static String words(CallView view) {
        return view.plainly().stream().map(Drawing.Piece::text).collect(Collectors.joining());
    }

    private static String operation(String summary, String effect, String risk) {
        return "{'summary': '%s', 'action': 'x', 'effect': '%s', 'risk': '%s'}"
                .formatted(summary, effect, risk);
    }

    @Test
    void theWorstOperationGivesTheTitle() throws JsonProcessingException {
        CallView view =
                view(
                        String.join(
                                ",",
                                operation("reads a file", "allow", "critical"),
                                operation("runs tests", "ask", "medium"),
                                operation("pushes", "ask", "high")));
        assertThat(words(view)).isEqualTo("Pushes, and 1 more");
        assertThat(view.told()).extracting(Found::summary).containsExactly("pushes", "runs tests");
        assertThat(view.beside()).extracting(Found::summary).containsExactly("reads a file");
    }

    @Test
    void aDenyStandsAboveEveryQuestion() throws JsonProcessingException {
        CallView view =
                view(
                        operation("asks", "ask", "critical")
                                + ","
                                + operation("stops", "deny", "low"));
        assertThat(words(view)).startsWith("Stops");
    }

    @Test
    void whatIsAllAllowedIsAllTold() throws JsonProcessingException {
        CallView view = view(operation("reads", "allow", "low"));
        assertThat(view.told()).hasSize(1);
        assertThat(view.beside()).isEmpty();
    }

    @Test
    void aPathThatResolvesToItselfIsSaidOnce() throws JsonProcessingException {
        assertThat(
                        view("{'summary': 'a', 'resource': {'path': '/a', 'resolved': '/a'}}")
                                .told()
                                .getFirst()
                                .resource())
                .hasSize(1);
        assertThat(
                        view("{'summary': 'a', 'resource': {'path': '/a', 'resolved': '/b'}}")
                                .told()
                                .getFirst()
                                .resource())
                .hasSize(2);
    }
}
