package dev.countersign.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the button on the page of a sign-in link does. */
public final class SignInLink {
    private static final Pattern KEY = Pattern.compile("data-key=\"([^\"]+)\"");

    private SignInLink() {}

    /**
     * What a browser has that signed in.
     *
     * @param cookie as it sends it back
     * @param key what its forms carry
     */
    public record Browser(String cookie, String key) {}

    /** Signs in, and gives the cookie as a browser sends it back. */
    public static String cookie(HttpClient http, URI link)
            throws IOException, InterruptedException {
        return enter(http, link).cookie();
    }

    /** Signs in. */
    public static Browser enter(HttpClient http, URI link)
            throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(link.resolve("/sign-in/code"))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(link.getRawQuery()))
                                .build(),
                        BodyHandlers.ofString());
        String cookie =
                answer.headers()
                        .firstValue("Set-Cookie")
                        .orElseThrow(() -> new IOException("not signed in: " + answer.body()))
                        .split(";", 2)[0];
        return new Browser(cookie, key(answer.body()));
    }

    /** What the script of the page keeps that answers a sign-in. */
    public static String key(String page) {
        Matcher key = KEY.matcher(page);
        return key.find() ? key.group(1) : "";
    }
}
