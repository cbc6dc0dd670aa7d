package dev.countersign.agent;

import dev.countersign.agent.ClaudeCodeSettings.Unusable;
import dev.countersign.agent.SettingsFiles.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Puts what is ours into the files of a client, takes it out, and looks whether it is there. */
public final class SetupFiles {
    /** Stands in every file of our own. */
    private static final String MADE = "countersign connect";

    private SetupFiles() {}

    /** Whether anything of ours stands in a text. */
    public static boolean present(String text) {
        return text.contains(Sending.NAME) || text.contains(MADE);
    }

    /** The text as it would be, for trying out. */
    public static String with(Setup.Part part, String text) throws Unusable {
        return switch (part.content()) {
            case Setup.Content.Entries entries -> HookEntries.with(text, entries);
            case Setup.Content.Whole whole -> {
                if (!text.isBlank() && !present(text)) {
                    throw new Unusable("another program's file is there", 1, 1);
                }
                yield whole.text();
            }
            case Setup.Content.Lines lines -> TomlLines.with(text, lines);
        };
    }

    private static String without(Setup.Part part, String text) throws Unusable {
        return switch (part.content()) {
            case Setup.Content.Entries _ -> HookEntries.without(text);
            case Setup.Content.Whole _ -> present(text) ? "" : text;
            case Setup.Content.Lines _ -> TomlLines.without(text);
        };
    }

    /** Puts it in; a backup is kept beside what was there. */
    public static Change connect(Setup.Part part, Instant now) throws IOException, Unusable {
        Change change = SettingsFiles.edit(part.file(), false, now, text -> with(part, text));
        if (part.content() instanceof Setup.Content.Whole whole
                && whole.executable()
                && change.file().getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(
                    change.file(), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return change;
    }

    /** Takes it out, and brings back what was there before where nothing else has changed. */
    public static Change disconnect(Setup.Part part, Instant now) throws IOException, Unusable {
        Change change =
                SettingsFiles.restore(
                        part.file(), now, text -> with(part, text), text -> without(part, text));
        if (part.content() instanceof Setup.Content.Whole
                && Files.isRegularFile(part.file())
                && Files.size(part.file()) == 0) {
            Files.delete(part.file());
        }
        return change;
    }

    /** What is wrong with one file of a wiring; empty when all is there and counts. */
    public static List<String> problems(Setup.Part part) {
        List<String> problems = new ArrayList<>();
        Path file = part.file();
        try {
            String text = SettingsFiles.read(file);
            switch (part.content()) {
                case Setup.Content.Entries entries ->
                        problems.addAll(HookEntries.problems(text, entries));
                case Setup.Content.Whole whole -> {
                    if (!text.equals(whole.text())) {
                        problems.add(text.isEmpty() ? "it is missing" : "it was changed");
                    } else if (whole.executable() && !Files.isExecutable(file)) {
                        problems.add("it may not be run");
                    }
                }
                case Setup.Content.Lines lines -> {
                    if (!TomlLines.with(text, lines).equals(text)) {
                        problems.add("our hooks are missing or were changed");
                    }
                }
            }
        } catch (IOException e) {
            problems.add("it cannot be read: " + e.getMessage());
        } catch (Unusable e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems.stream().map(problem -> "`" + file + "`: " + problem).toList();
    }
}
