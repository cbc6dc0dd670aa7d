package dev.countersign.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The variables that a judged command runs with. Those that make programs run other code are left
 * out, since the command was judged without them; written in front of it, by {@code env}, they are
 * judged with it.
 *
 * @param variables what is handed on
 * @param dropped the names of what is not
 */
record ChildEnvironment(Map<String, String> variables, List<String> dropped) {
    /** A star at either end stands for anything. */
    private static final List<String> STEERING =
            List.of(
                    """
                    LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH DYLD_* GCONV_PATH GLIBC_TUNABLES \
                    BASH_ENV ENV ZDOTDIR SHELLOPTS BASHOPTS BASH_FUNC_* PROMPT_COMMAND PS4 IFS \
                    PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONINSPECT PYTHONBREAKPOINT \
                    NODE_OPTIONS NODE_PATH BUN_OPTIONS PERL5OPT PERL5LIB PERL5DB PERLLIB \
                    RUBYOPT RUBYLIB JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH \
                    LUA_INIT* DOTNET_STARTUP_HOOKS GIT_SSH GIT_SSH_COMMAND GIT_PROXY_COMMAND \
                    GIT_EXTERNAL_DIFF GIT_EXEC_PATH GIT_TEMPLATE_DIR GIT_DIR GIT_WORK_TREE \
                    GIT_COMMON_DIR GIT_OBJECT_DIRECTORY GIT_INDEX_FILE GIT_CONFIG* \
                    GIT_ALLOW_PROTOCOL GIT_ASKPASS GIT_GRAFT_FILE PAGER EDITOR VISUAL BROWSER \
                    LESSOPEN LESSCLOSE *_PAGER *_EDITOR *_LAUNCHER *_PRELOAD *_OPTS *_OPTIONS \
                    SSH_ASKPASS SUDO_ASKPASS RSYNC_RSH TAR_OPTIONS MAKEFLAGS GNUMAKEFLAGS \
                    MAKEFILES RUSTC RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER RUSTFLAGS \
                    CARGO_BUILD_* CARGO_TARGET_* GOFLAGS GOTOOLCHAIN GOCACHEPROG \
                    GOPACKAGESDRIVER npm_config_* NPM_CONFIG_* YARN_* PYTHONUSERBASE \
                    PYTEST_ADDOPTS PYTEST_PLUGINS OPENSSL_CONF OPENSSL_MODULES MAVEN_ARGS \
                    JAVACMD PKG_CONFIG CC CXX LD AR MAKE WGETRC CURL_HOME PSQLRC\
                    """
                            .split(" "));

    /** Ours: the command gets its own. */
    private static final List<String> OURS = List.of("COUNTERSIGN_*");

    ChildEnvironment {
        variables = Map.copyOf(variables);
        dropped = List.copyOf(dropped);
    }

    /**
     * What of all variables is handed on.
     *
     * @param readable whether a value leaves this process as it came
     * @param folder whether programs in a folder of the search path are what their names say
     */
    static ChildEnvironment of(
            Map<String, String> all, Predicate<String> readable, Predicate<String> folder) {
        Map<String, String> handed = new TreeMap<>(all);
        TreeSet<String> dropped = new TreeSet<>();
        for (String name : all.keySet()) {
            boolean steers =
                    among(STEERING, name)
                            || !readable.test(name)
                            || !readable.test(String.valueOf(all.get(name)));
            if (steers && !among(OURS, name)) {
                dropped.add(name);
            }
            if (steers || among(OURS, name)) {
                handed.remove(name);
            }
        }
        String path = handed.getOrDefault("PATH", "");
        String kept =
                Stream.of(path.split(":", -1)).filter(folder).collect(Collectors.joining(":"));
        if (!kept.equals(path)) {
            handed.put("PATH", kept);
            dropped.add("parts of PATH that are in the work or in temporary folders");
        }
        return new ChildEnvironment(handed, List.copyOf(dropped));
    }

    private static boolean among(List<String> patterns, String name) {
        return patterns.stream()
                .anyMatch(pattern ->
                        pattern.endsWith("*")
                                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                                : pattern.startsWith("*")
                                        ? name.endsWith(pattern.substring(1))
                                        : name.equals(pattern));
    }

    /** What a person reads of what was left out. */
    Optional<String> leftOut() {
        return dropped.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "countersign: left out of its environment, since it is judged without: "
                                + Visible.line(String.join(", ", dropped))
                                + "; write `env NAME=VALUE` in front of the command to have it"
                                + " judged with one");
    }
}
