package dev.countersign.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** What the button on the page of a sign-in link does. */
public final class SignInLink {
    private SignInLink() {}

    /** Signs in, and gives the cookie as a browser sends it back. */
    public static String cookie(HttpClient http, URI link)
            throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(link.resolve("/sign-in/code"))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(link.getRawQuery()))
                                .build(),
                        BodyHandlers.ofString());
        return answer.headers()
                .firstValue("Set-Cookie")
                .orElseThrow(() -> new IOException("not signed in: " + answer.body()))
                .split(";", 2)[0];
    }
}
