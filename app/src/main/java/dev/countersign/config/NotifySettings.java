package dev.countersign.config;

import dev.countersign.config.ToldHow.Whose;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How people are told of questions besides the pages.
 *
 * @param channels those that the file names; others are added on the page
 * @param allowPrivate networks of our own that channels may reach; else only public addresses are
 * @param told how teams and people are told
 * @param rotas who is on call, by teams
 */
public record NotifySettings(
        List<Named> channels,
        List<Network> allowPrivate,
        Map<Whose, ToldHow> told,
        Map<String, Rota> rotas) {
    private static final int MOST = 100;

    /** Nobody is told anywhere else. */
    public static final NotifySettings NONE =
            new NotifySettings(List.of(), List.of(), Map.of(), Map.of());

    public NotifySettings {
        channels = List.copyOf(channels);
        allowPrivate = List.copyOf(allowPrivate);
        told = Map.copyOf(told);
        rotas = Map.copyOf(rotas);
        Set<String> names = new HashSet<>();
        for (Named each : channels) {
            if (!names.add(each.settings().name())) {
                throw new SettingsProblem(
                        "two channels are called `" + each.settings().name() + "`");
            }
        }
        if (channels.size() > MOST) {
            throw new SettingsProblem("there may be " + MOST + " channels");
        }
    }

    /**
     * A channel of the file.
     *
     * @param secrets where its secrets are
     */
    public record Named(ChannelSettings settings, Map<String, SecretPlace> secrets) {
        public Named {
            secrets = Map.copyOf(secrets);
        }
    }

    /** Where a secret is. */
    public sealed interface SecretPlace {
        /** In a file, alone. */
        record File(Path path) implements SecretPlace {}

        /** In a variable of the environment. */
        record Variable(String name) implements SecretPlace {}
    }
}
