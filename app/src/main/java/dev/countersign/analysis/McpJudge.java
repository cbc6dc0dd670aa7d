package dev.countersign.analysis;

import dev.countersign.call.LowerCase;
import dev.countersign.call.Shell;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the input of a tool that is not ours to know gives away: files and addresses no agent may
 * touch, commands for a shell, pages to fetch, files outside the project. What a server says of its
 * own tools is never asked.
 */
final class McpJudge {
    static final String OWN_ADDRESS = "Countersign's own address is out of reach for agents";

    private static final int LONGEST_PATH = 4096;
    private static final int LONGEST_TEXT = 64 * 1024;

    /** Tools of widely used servers that only look at the paths they get. */
    private static final Set<String> READERS =
            Set.of(
                    "read_file",
                    "read_text_file",
                    "read_media_file",
                    "read_multiple_files",
                    "list_directory",
                    "list_directory_with_sizes",
                    "directory_tree",
                    "search_files",
                    "get_file_info",
                    "get_file_contents");

    private static final Pattern SHELL_LIKE =
            Pattern.compile(
                    "execute|run|(.*_)?(exec|shell|bash|zsh|sh|terminal|command|commands|cmd"
                            + "|powershell|pwsh|subprocess|ssh)(_.*)?|(start|run|execute)_process");

    private static final Pattern CODE_LIKE =
            Pattern.compile(
                    "(.*_)?(eval|evaluate|repl|ipython)|python|javascript|applescript.*"
                            + "|(.*_)?(execute|exec|run|eval|evaluate)_(code|python|py|javascript|js"
                            + "|node|script|cell|cells|notebook|ruby|applescript)(_.*)?");

    private static final Pattern PAGE_LIKE =
            Pattern.compile(
                    ".*(fetch|browser|playwright|puppeteer|navigate|goto|http|request|scrape|crawl"
                            + "|download|open_url).*");

    private final Call call;

    McpJudge(Call call) {
        this.call = call;
    }

    /**
     * A path in the input.
     *
     * @param written as it stands there
     * @param place where it leads
     */
    record Named(String written, Paths.Place place) {}

    /**
     * What the call does beside calling the tool.
     *
     * @param commands texts for a shell
     * @param shell the language they are taken for
     * @param paths files outside the project, and secrets
     * @param reads whether the tool is known to only look at them
     * @param addresses pages it opens
     */
    record Outcome(
            List<String> commands,
            Shell shell,
            List<Named> paths,
            boolean reads,
            List<String> addresses) {}

    /** Tools that may put a whole folder in the place they are given. */
    private static final Pattern PUTS =
            Pattern.compile("(.*_)?(move|rename|copy|mv|cp|link|symlink|replace)(_.*)?");

    Outcome judge(Draft draft, McpName name, McpInput input) {
        String tool = words(name.tool());
        boolean reads = READERS.contains(tool);
        floor(draft, input, reads, PUTS.matcher(tool).matches());
        String whole = name.server() == null ? tool : words(name.server()) + "_" + tool;
        boolean pages = PAGE_LIKE.matcher(whole).matches();
        List<String> commands = new ArrayList<>();
        List<Named> paths = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        String directory = Paths.normalise(call.context.cwd());
        for (McpInput.Text text : input.texts()) {
            String value = text.value();
            if (text.isCommand()) {
                commands.add(value);
            } else if (text.isUrl()) {
                if (pages && draft.floor == null) {
                    addresses.add(value);
                }
            } else if (text.isPath() && value.length() <= LONGEST_PATH) {
                Paths.Place place = call.paths.place(path(value), false, directory);
                if (place.written() != null && !place.stream()) {
                    draft.perhaps(Besides.files(place, reads, draft, call.paths.workspace()));
                }
                Places.Touch touch = reads ? Places.Touch.READ : Places.Touch.WRITE;
                boolean anchored = value.startsWith("/") || value.startsWith("~");
                boolean telling =
                        place.written() != null
                                && !place.stream()
                                && draft.floor == null
                                && ((anchored && place.outside())
                                        || call.places
                                                .judge(touch, place, false)
                                                .tags()
                                                .contains("secret"));
                if (telling) {
                    paths.add(new Named(value, place));
                }
            }
        }
        boolean shell = SHELL_LIKE.matcher(tool).matches();
        boolean code = CODE_LIKE.matcher(tool).matches();
        if (code || (shell && commands.isEmpty())) {
            draft.opaque();
            draft.summary = draft.summary + ", which by its name runs what it is given";
        }
        if (!shell) {
            commands.clear();
        }
        boolean windows = tool.contains("powershell") || tool.contains("pwsh");
        Shell language = windows ? Shell.PWSH : call.context.shell();
        return new Outcome(commands, language, paths, reads, addresses);
    }

    /** Whatever the tool is: what it is given may name what no agent may touch. */
    void floor(Draft draft, McpInput input, boolean reads, boolean puts) {
        for (McpInput.Text text : input.texts()) {
            address(draft, text.value());
            file(draft, text.value(), reads, puts);
            patched(draft, text.value());
        }
        if (!input.whole()) {
            draft.opaque();
        }
    }

    private void address(Draft draft, String text) {
        String bare = text.strip();
        boolean own =
                (bare.contains("://") && call.network.target(bare).own())
                        || (bare.length() <= LONGEST_TEXT
                                && (call.network.mentionsOwn(bare) || call.network.namesOwn(bare)));
        if (own) {
            draft.floor(OWN_ADDRESS);
        }
    }

    private void file(Draft draft, String text, boolean reads, boolean puts) {
        if (text.length() > LONGEST_PATH) {
            return;
        }
        String path = path(text);
        Set<String> spellings = new LinkedHashSet<>();
        spellings.add(path);
        spellings.add(path.replaceFirst("^[\"'`]+", "").replaceFirst("[\"'`]+$", ""));
        spellings.add(path.replace('\\', '/'));
        Places.Touch touch = reads ? Places.Touch.READ : Places.Touch.WRITE;
        for (String one : spellings) {
            Paths.Place place = call.paths.place(one, false, Paths.normalise(call.context.cwd()));
            String floor =
                    place.written() == null || place.stream()
                            ? null
                            : call.places.judge(touch, place, puts && !reads).floor();
            if (floor != null) {
                draft.floor(floor);
            }
        }
    }

    /** The files a patch in the input would change. */
    private void patched(Draft draft, String text) {
        boolean patch = text.length() <= LONGEST_TEXT && PATCH.matcher(text).find();
        for (PatchText.Change change : patch ? PatchText.changes(text) : NOTHING) {
            file(draft, change.path(), false, false);
            if (change.from() != null) {
                file(draft, change.from(), false, false);
            }
        }
    }

    private static final List<PatchText.Change> NOTHING = List.of();
    private static final Pattern PATCH =
            Pattern.compile("(?m)^(\\+\\+\\+ |rename to |[ \\t]{0,99}\\*\\*\\* [AUD]\\w+ File:)");

    /** The path a server may make of a text. */
    private String path(String text) {
        String bare = text.strip();
        String file = ClientTools.filePath(bare);
        if (file != null) {
            return file;
        }
        for (String home : List.of("$HOME", "${HOME}", "%USERPROFILE%", "$env:USERPROFILE")) {
            if (bare.startsWith(home)) {
                return call.paths.home() + bare.substring(home.length()).replace('\\', '/');
            }
        }
        return bare;
    }

    private static String words(String name) {
        return LowerCase.of(name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('-', '_'));
    }

    /** An address with its percent signs taken out; broken ones stand for themselves. */
    static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int i = 0;
        while (i < text.length()) {
            int point = text.codePointAt(i);
            int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (point == '%' && high >= 0 && low >= 0) {
                bytes.write(high * 16 + low);
                i += 3;
            } else {
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(point);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
