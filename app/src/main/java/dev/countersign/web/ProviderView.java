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
        return path() + (then.isEmpty() ? "" : "&then=" + Visit.part(then));
    }

    /** Where a person shows there once more that it is them. */
    public String again() {
        return path() + "&again=yes";
    }

    private String path() {
        return "/sign-in/oidc?provider=" + Visit.part(id);
    }
}
