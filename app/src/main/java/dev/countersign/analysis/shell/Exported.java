package dev.countersign.analysis.shell;

import dev.countersign.call.Context;
import java.util.Set;

/** Variables that later commands see without an {@code export}, because they have it already. */
final class Exported {
    private static final Set<String> USUAL =
            Set.of(
                    "PATH",
                    "HOME",
                    "SHELL",
                    "USER",
                    "LOGNAME",
                    "TERM",
                    "LANG",
                    "TMPDIR",
                    "EDITOR",
                    "VISUAL",
                    "PAGER",
                    "BROWSER",
                    "MAIL",
                    "PWD",
                    "OLDPWD",
                    "SHLVL",
                    "ENV",
                    "BASH_ENV",
                    "MANPATH",
                    "CDPATH",
                    "CLASSPATH",
                    "CC",
                    "CXX",
                    "MAKEFLAGS",
                    "KUBECONFIG",
                    "EMAIL",
                    "ZDOTDIR",
                    "FPATH",
                    "IFS",
                    "PROMPT_COMMAND");
    private static final Set<String> FAMILIES =
            Set.of(
                    "LD",
                    "DYLD",
                    "GIT",
                    "SSH",
                    "PYTHON",
                    "PYTHONPATH",
                    "PERL",
                    "PERL5",
                    "RUBY",
                    "NODE",
                    "NPM",
                    "npm",
                    "JAVA",
                    "JDK",
                    "MAVEN",
                    "GRADLE",
                    "CARGO",
                    "RUSTUP",
                    "DOCKER",
                    "AWS",
                    "GOOGLE",
                    "AZURE",
                    "XDG",
                    "LC",
                    "LESS",
                    "PIP",
                    "UV",
                    "CONDA",
                    "VIRTUAL",
                    "NVM",
                    "KUBE",
                    "TF",
                    "ANSIBLE",
                    "GH",
                    "GITHUB",
                    "HELM",
                    "YARN");

    private Exported() {}

    static boolean maybe(String name, Context context) {
        if (context.environment().containsKey(name) || USUAL.contains(name)) {
            return true;
        }
        int underline = name.indexOf('_');
        return FAMILIES.contains(underline < 0 ? name : name.substring(0, underline))
                || name.startsWith("PYTHON")
                || name.startsWith("PERL")
                || name.startsWith("RUBY")
                || name.startsWith("RUST")
                || name.startsWith("GO")
                || name.startsWith("LESS")
                || name.endsWith("_PROXY")
                || name.endsWith("_proxy")
                || name.endsWith("_OPTIONS")
                || name.endsWith("_OPTS")
                || name.endsWith("FLAGS")
                || name.endsWith("PAGER")
                || name.endsWith("EDITOR");
    }
}
