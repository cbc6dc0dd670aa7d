package dev.countersign.api;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/**
 * Another process that posts a hook as a client does and then runs a shell command. Arguments: the
 * address of the hook, an agent's token, more headers as {@code name=value} or {@code -}, the
 * command.
 */
final class FakeClient {
    private FakeClient() {}

    public static void main(String[] arguments) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest.Builder hook =
                    HttpRequest.newBuilder(URI.create(arguments[0]))
                            .header("Authorization", "Bearer " + arguments[1])
                            .header("Content-Type", "application/json")
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            "{\"session_id\":\"s-7\",\"cwd\":\"/tmp\","
                                                    + "\"hook_event_name\":\"UserPromptSubmit\","
                                                    + "\"prompt\":\"go\"}"));
            if (!arguments[2].equals("-")) {
                List<String> header = List.of(arguments[2].split("=", 2));
                hook.header(header.getFirst(), header.getLast());
            }
            HttpResponse<String> answer =
                    http.send(hook.build(), HttpResponse.BodyHandlers.ofString());
            System.out.println("hook " + answer.statusCode());
        }
        Process child = new ProcessBuilder("sh", "-c", arguments[3]).inheritIO().start();
        System.out.println("exit " + child.waitFor());
    }
}
