package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tools that bring another program along and hand their words on to it: {@code minikube kubectl --
 * delete pod x}, {@code corepack npm publish}. What that program would do counts where it is worst;
 * rules that restrict it see the rest.
 */
final class CarriedPrograms {
    private static final Set<String> WITH_KUBECTL =
            Set.of("minikube", "microk8s", "k3s", "k0s", "rke2");

    private static final Set<String> OF_COREPACK =
            Set.of("npm", "npx", "pnpm", "pnpx", "yarn", "yarnpkg");

    private final Judge judge;

    CarriedPrograms(Judge judge) {
        this.judge = judge;
    }

    /**
     * @param before how many operations there were in front of the tool's own
     */
    void add(Job job, String name, int before) {
        List<Argument> words = carried(job, name);
        if (words == null) {
            return;
        }
        Job inner = job.inner(words, Judge.before(job, words));
        List<Operation> lesser = judge.lesser(() -> judge.command(inner));
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            if (draft.action == Action.SHELL_RUN && draft.number == job.number()) {
                draft.perhaps(lesser);
                return;
            }
        }
    }

    private static @Nullable List<Argument> carried(Job job, String name) {
        boolean kubectl = WITH_KUBECTL.contains(name);
        if (!kubectl && !name.equals("corepack")) {
            return null;
        }
        List<Argument> words = job.words();
        for (int i = 1; i < words.size(); i++) {
            String value = words.get(i).value();
            if (kubectl ? "kubectl".equals(value) : OF_COREPACK.contains(unversioned(value))) {
                List<Argument> command = new ArrayList<>(words.subList(i, words.size()));
                command.set(0, unversioned(words.get(i)));
                if (command.size() > 1 && "--".equals(command.get(1).value())) {
                    command.remove(1);
                }
                return command;
            }
        }
        return null;
    }

    /** A program without the version a package runner is to fetch it in: {@code npm@9}. */
    static Argument unversioned(Argument program) {
        return new Argument(
                program.value() == null ? null : unversioned(program.value()),
                program.written(),
                program.glob(),
                program.source());
    }

    private static String unversioned(@Nullable String program) {
        String name = String.valueOf(program);
        int at = name.indexOf('@', 1);
        return at < 0 ? name : name.substring(0, at);
    }
}
