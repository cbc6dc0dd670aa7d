package dev.countersign.web;

/**
 * A provider by which people can sign in.
 *
 * @param id in addresses
 * @param name what people call it
 */
public record ProviderView(String id, String name) {
    /**
     * Where signing in by it begins.
     *
     * @param then where to go on, or empty
     */
    public String path(String then) {
        return "/sign-in/oidc?provider="
                + Visit.part(id)
                + (then.isEmpty() ? "" : "&then=" + Visit.part(then));
    }
}
