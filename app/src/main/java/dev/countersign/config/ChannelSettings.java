package dev.countersign.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A way by which people or programs are told of questions, without what is secret of it.
 *
 * @param name what people call it
 * @param kind what it is
 * @param values what is said of it, by the names of {@link ChannelKind#fields}
 */
public record ChannelSettings(String name, ChannelKind kind, Map<String, String> values) {
    static final String NAME = "[a-z0-9][a-z0-9-]{0,39}";

    public ChannelSettings {
        values = Map.copyOf(new TreeMap<>(values));
        if (!name.matches(NAME)) {
            throw new SettingsProblem(
                    "a channel cannot be called `"
                            + name
                            + "`; expected up to 40 lower-case letters, digits and hyphens");
        }
        for (ChannelField field : kind.fields()) {
            String value = values.get(field.name());
            if (value == null) {
                if (field.needed() && !field.secret()) {
                    throw new SettingsProblem(
                            "a channel of the kind `"
                                    + kind.wire()
                                    + "` needs `"
                                    + field.name()
                                    + "`: "
                                    + field.about());
                }
            } else if (field.secret()) {
                throw new SettingsProblem(
                        "`" + field.name() + "` is secret and stands apart from the others");
            } else {
                field.check(value);
            }
        }
        for (String said : values.keySet()) {
            if (kind.fields().stream().noneMatch(field -> field.name().equals(said))) {
                throw new SettingsProblem(
                        "a channel of the kind `"
                                + kind.wire()
                                + "` has no `"
                                + said
                                + "`; there are: "
                                + String.join(
                                        ", ",
                                        kind.fields().stream().map(ChannelField::name).toList()));
            }
        }
    }

    /** Whether both lead to the same place by the same means, whatever they tell, and when. */
    public boolean leadsWhere(ChannelSettings other) {
        return kind == other.kind
                && kind.own().stream()
                        .map(ChannelField::name)
                        .allMatch(field -> value(field, "").equals(other.value(field, "")));
    }

    /** What was said, or this. */
    public String value(String field, String usual) {
        return values.getOrDefault(field, usual);
    }

    /**
     * Passes secrets that belong to such a channel and can be used.
     *
     * @throws SettingsProblem that says which is missing or wrong, and shows none
     */
    public void checkSecrets(Map<String, String> secrets) {
        for (ChannelField field : kind.fields()) {
            String value = secrets.get(field.name());
            if (value != null && !field.secret()) {
                throw new SettingsProblem("`" + field.name() + "` is not secret");
            }
            if (value != null) {
                field.check(value);
            } else if (field.needed() && field.secret()) {
                throw new SettingsProblem(
                        "a channel of the kind `"
                                + kind.wire()
                                + "` needs `"
                                + field.name()
                                + "`: "
                                + field.about());
            }
        }
        List<String> either = kind.eitherSecret();
        if (!either.isEmpty() && either.stream().noneMatch(secrets::containsKey)) {
            throw new SettingsProblem(
                    "a channel of the kind `"
                            + kind.wire()
                            + "` needs one of `"
                            + String.join("`, `", either)
                            + "`");
        }
    }
}
