package dev.countersign.analysis.powershell;

import dev.countersign.call.Context;
import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Variables of PowerShell whose value is known before anything runs: where the home and the profile
 * are, and the working directory of a text that never leaves it. One the text assigns is unknown.
 * Names are in small letters. Source: {@code about_Automatic_Variables}, {@code about_Profiles}.
 */
final class Variables {
    /** Takes a name, and what of a value only an expression has. */
    private static final Pattern ASSIGNED =
            Pattern.compile(
                    "\\$\\{?([A-Za-z_]\\w*(?::[A-Za-z_]\\w*)?)\\}?\\s*[-+*/%]?=(?!=)"
                            + "(?:\\s*(?:'([^'\\n]*)'|\"([^\"$`\\n]*)\"))?");

    private static final Pattern MOVES =
            Pattern.compile("(?i)(^|[\\s;|&{(])(cd|chdir|sl|pushd|popd)\\b|-location\\b");

    /** Where none of them stands, nothing moves, and no place has to be tried. */
    private static final List<String> MOVERS =
            List.of("cd", "chdir", "sl", "pushd", "popd", "-location");

    private static boolean moves(String text) {
        String lower = LowerCase.of(text);
        return MOVERS.stream().anyMatch(lower::contains) && MOVES.matcher(text).find();
    }

    private final Map<String, String> values = new HashMap<>();

    private Variables() {}

    /** Those that are sure. */
    static Variables sure(String text, Context context) {
        Variables known = new Variables();
        String home = context.home();
        boolean windows = context.platform().equals("windows");
        known.values.put("home", home);
        known.values.put("env:home", home);
        known.values.put("env:userprofile", home);
        String profiles = home + (windows ? "/Documents/PowerShell/" : "/.config/powershell/");
        String shared = windows ? "C:/Program Files/PowerShell/7/" : "/opt/microsoft/powershell/7/";
        String own = "Microsoft.PowerShell_profile.ps1";
        known.values.put("profile", profiles + own);
        known.values.put("profile.currentusercurrenthost", profiles + own);
        known.values.put("profile.currentuserallhosts", profiles + "profile.ps1");
        known.values.put("profile.alluserscurrenthost", shared + own);
        known.values.put("profile.allusersallhosts", shared + "profile.ps1");
        if (windows) {
            known.values.put("env:appdata", home + "/AppData/Roaming");
            known.values.put("env:localappdata", home + "/AppData/Local");
            known.values.put("env:programdata", "C:/ProgramData");
            known.values.put("env:systemroot", "C:/Windows");
            known.values.put("env:windir", "C:/Windows");
        }
        if (!moves(text)) {
            known.values.put("pwd", context.cwd());
            known.values.put("pwd.path", context.cwd());
        }
        Matcher assigned = ASSIGNED.matcher(text);
        while (assigned.find()) {
            known.values.remove(LowerCase.of(assigned.group(1)));
        }
        return known;
    }

    /** How many words one variable is tried with. */
    private static final int MOST_GUESSES = 3;

    private static final Pattern BARE = Pattern.compile("[\\w./\\\\:~*-]{1,300}");
    private static final Pattern USED =
            Pattern.compile("\\$(?:\\{([A-Za-z_]\\w*)\\}|([A-Za-z_]\\w*))(?![\\w:])");

    /**
     * The text with its own variables as they may be, and without the assignments: first with the
     * first word that each of them gets, then with the second.
     */
    static List<String> guesses(String text) {
        Map<String, List<String>> words = new HashMap<>();
        Matcher assigned = ASSIGNED.matcher(text);
        while (assigned.find()) {
            String value = assigned.group(2) == null ? assigned.group(3) : assigned.group(2);
            if (value != null && BARE.matcher(value).matches()) {
                words.computeIfAbsent(LowerCase.of(assigned.group(1)), _ -> new ArrayList<>())
                        .add(value);
            }
        }
        if (moves(text)) {
            // What stands in front of a move is still where the text began.
            words.putIfAbsent("pwd", List.of("."));
        }
        if (words.isEmpty()) {
            return List.of();
        }
        String uses = ASSIGNED.matcher(text).replaceAll("");
        Set<String> guesses = new LinkedHashSet<>();
        for (int i = 0; i < MOST_GUESSES; i++) {
            int turn = i;
            guesses.add(
                    USED.matcher(uses)
                            .replaceAll(found -> {
                                String name =
                                        found.group(1) == null ? found.group(2) : found.group(1);
                                List<String> all = words.get(LowerCase.of(name));
                                String word =
                                        all == null
                                                ? found.group()
                                                : all.get(Math.min(turn, all.size() - 1));
                                return Matcher.quoteReplacement(word);
                            }));
        }
        guesses.remove(uses);
        return List.copyOf(guesses);
    }

    @Nullable String get(String name) {
        return values.get(LowerCase.of(name));
    }
}
