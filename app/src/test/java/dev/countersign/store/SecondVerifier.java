package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.export.ExportCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code tools/verify-ledger}, which knows the ledger from its documentation alone. */
final class SecondVerifier {
    /** Set by {@code ./verify}, where everything must run. */
    private static final boolean REQUIRED = System.getenv("COUNTERSIGN_VERIFY") != null;

    private SecondVerifier() {}

    /**
     * That it says the same of a data folder.
     *
     * @param more options, such as a checkpoint from elsewhere
     */
    static void agrees(Path data, LedgerCheck.Verdict verdict, String... more) throws IOException {
        String said =
                said(
                        data,
                        verdict.records(),
                        verdict.fault().isEmpty(),
                        verdict.missing().isEmpty(),
                        more);
        assertThat(said.isEmpty() || said.contains(verdict.root().base64())).isTrue();
        if (!said.isEmpty()) {
            assertThat(said.lines().filter(line -> line.startsWith("WITNESS")))
                    .containsExactlyElementsOf(
                            verdict.vouched().stream()
                                    .map(each -> "WITNESS   " + each.text())
                                    .toList());
        }
    }

    /** That it says the same of an export. */
    static void agrees(Path export, ExportCheck.Verdict verdict, String... more)
            throws IOException {
        String _ =
                said(
                        export,
                        verdict.records(),
                        verdict.fault().isEmpty(),
                        verdict.missing().isEmpty(),
                        more);
    }

    /** That it finds something broken too. */
    static void refuses(Path what, String... more) throws IOException {
        String said = run(what, more);
        assertThat(said.isEmpty() || said.contains("BROKEN")).as(said).isTrue();
    }

    /** What it printed, which agrees; nothing where it cannot run. */
    private static String said(
            Path what, long records, boolean intact, boolean complete, String... more)
            throws IOException {
        String said = run(what, more);
        if (!said.isEmpty()) {
            assertThat(said).contains(intact ? "INTACT" : "BROKEN", complete ? "COMPLETE" : "CUT");
            assertThat(said).containsPattern("records +" + records + "\\n");
        }
        return said;
    }

    private static String run(Path what, String... more) throws IOException {
        List<String> command = new ArrayList<>();
        command.add("python3");
        command.add(Path.of("..", "tools", "verify-ledger").toString());
        command.add(what.toString());
        command.addAll(List.of(more));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            if (REQUIRED) {
                throw e;
            }
            System.out.println("SecondVerifier: no python3, so nothing was compared");
            return "";
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).isNotEmpty();
        return said;
    }
}
