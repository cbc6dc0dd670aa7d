package dev.countersign.web;

import dev.countersign.people.DeviceLogins.Pending;
import dev.countersign.people.Token;
import dev.countersign.people.TokenScope;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program that asks to sign in, as a person sees it.
 *
 * @param name what it calls itself
 * @param agent the agent a device asks for, or null where a person signs in
 * @param userCode what to compare
 * @param asked when it asked
 * @param where where it stands
 * @param near whether that is where the person is, or this very machine
 * @param scopes what its token would be for, each as the end of "may …"; empty for all
 */
public record AskerView(
        String name,
        @Nullable String agent,
        String userCode,
        Moment asked,
        String where,
        boolean near,
        List<String> scopes) {

    /**
     * Where the person is who looks.
     *
     * @param here whether at the server's own machine
     */
    record From(String address, boolean here) {}

    static AskerView of(Pending pending, From person, Clock clock) {
        boolean same = pending.asked().from().equals(person.address());
        String where =
                pending.asked().here()
                        ? Texts.say("asker.the-machine-that-this")
                        : Texts.say(
                                same ? "asker.where-you-are" : "asker.not-where-you-are",
                                pending.asked().address());
        boolean all = pending.asked().scopes().equals(TokenScope.all(Token.Kind.PERSONAL));
        return new AskerView(
                pending.asked().name(),
                pending.asked().agent(),
                pending.userCode(),
                Moment.since(pending.begun(), clock.instant()),
                where,
                pending.asked().here() ? person.here() : same,
                all
                        ? List.of()
                        : pending.asked().scopes().stream()
                                .sorted()
                                .map(TokenScope::meaning)
                                .toList());
    }
}
