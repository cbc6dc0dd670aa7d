package dev.countersign.policy;

import dev.countersign.call.CommandLine;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import java.util.Set;

/** Says in plain words what would be allowed instead, as a hint to the agent. */
final class Instead {
    private static final Set<String> ESCALATES = Set.of("sudo", "doas", "su", "pkexec");

    private Instead() {}

    static String of(Subjected subjected) {
        Operation op = subjected.operation();
        if (op.floor() != null) {
            return "a person does this by hand, outside the agent";
        }
        if (op.opaque()) {
            return "write the command out, without variables, `eval` or generated code";
        }
        if (escalates(op)) {
            return "run it without `sudo`";
        }
        Set<String> tags = subjected.tags();
        boolean outside = op.resource() instanceof Resource.Path path && path.outside();
        return switch (op.action()) {
            case FILE_READ ->
                    tags.contains("secret")
                            ? "read a file that holds no secrets, such as `.env.example`"
                            : outside ? "read files inside the workspace" : "";
            case FILE_WRITE -> outside ? "write inside the workspace" : "";
            case FILE_DELETE ->
                    outside
                            ? "delete inside the workspace"
                            : "delete what a build makes again, or leave the files in place";
            case GIT_READ -> "use git without configured programs";
            case GIT_WRITE -> "stage the changes (`git add`) and leave the commit to a person";
            case GIT_PUSH -> "commit on a branch and leave the push to a person";
            case GIT_FORCE_PUSH -> "push a branch and open a pull request";
            case GIT_CREATE_PR -> "push the branch and leave the pull request to a person";
            case SHELL_RUN ->
                    tags.contains("package-install")
                            ? "use what is installed, or name the package and let a person add it"
                            : tags.contains("deploy")
                                    ? "prepare the change and leave the deploy to a person"
                                    : "use the project's build and test commands, or read-only"
                                            + " commands";
            case WEB_FETCH, BROWSER_ACT -> "work with what is in the workspace";
            case WEB_SEND -> "fetch without sending a body";
            case MCP_CALL -> "use the tools of the client itself";
            case WEB_SEARCH,
                    BROWSER_VIEW,
                    TASK_READ,
                    TASK_WRITE,
                    TASK_DELETE,
                    PROJECT_READ,
                    PROJECT_WRITE,
                    PROJECT_DELETE,
                    COMMS_READ,
                    COMMS_SEND,
                    TEAM_READ,
                    TEAM_MANAGE,
                    WORKFLOW_READ,
                    WORKFLOW_RUN,
                    WORKFLOW_EDIT,
                    AGENT_SPAWN,
                    AGENT_CONFIGURE,
                    SKILL_USE,
                    SKILL_EDIT,
                    MCP_READ ->
                    "";
        };
    }

    private static boolean escalates(Operation op) {
        for (CommandLine c = op.command(); c != null; c = c.wrapper()) {
            if (!c.words().isEmpty()) {
                String program = c.words().getFirst().value();
                if (program != null
                        && ESCALATES.contains(program.substring(program.lastIndexOf('/') + 1))) {
                    return true;
                }
            }
        }
        return false;
    }
}
