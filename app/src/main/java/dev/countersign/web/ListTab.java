package dev.countersign.web;

/**
 * A list of the organisation to go to.
 *
 * @param kind the last part of its address
 * @param words what is written on it
 */
public record ListTab(String kind, String words) {
    static ListTab of(String kind) {
        return new ListTab(
                kind,
                Texts.say(
                        switch (kind) {
                            case "people" -> "organisation.people";
                            case "teams" -> "organisation.teams";
                            case "projects" -> "organisation.projects";
                            case "agents" -> "organisation.agents";
                            case "roles" -> "organisation.roles";
                            case "tokens" -> "organisation.tokens";
                            default -> "organisation.tenants";
                        }));
    }
}
