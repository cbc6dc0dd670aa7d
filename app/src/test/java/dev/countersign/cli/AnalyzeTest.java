package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What {@code analyze} shows people. A file of {@code cases/analyze} is a command, a line of four
 * hyphens and the whole output.
 */
final class AnalyzeTest {
    private static final Path HOME = Path.of("/home/u");

    private static String shown(String command, boolean colour, int width) {
        Desk desk = new Desk(HOME);
        desk.colour = colour;
        desk.width = width;
        desk.run("analyze", "--cwd", "/w", "--workspace", "/w", "--command", command);
        return desk.out.toString();
    }

    private static List<String[]> cases() throws IOException, URISyntaxException {
        URL folder = AnalyzeTest.class.getResource("/cases/analyze");
        assertThat(folder).isNotNull();
        List<String[]> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            for (Path file : files.sorted().toList()) {
                String[] parts = Files.readString(file).split("\n----\n", 2);
                cases.add(new String[] {file.getFileName().toString(), parts[0], parts[1]});
            }
        }
        assertThat(cases).hasSizeGreaterThan(15);
        return cases;
    }

    @TestFactory
    Stream<DynamicTest> everyCaseLooksAsItShould() throws IOException, URISyntaxException {
        return cases().stream()
                .map(one ->
                        DynamicTest.dynamicTest(
                                one[0],
                                () -> assertThat(shown(one[1], false, 100)).isEqualTo(one[2])));
    }

    @Test
    void coloursAddNothingButColour() throws IOException, URISyntaxException {
        for (String[] one : cases()) {
            String colourful = shown(one[1], true, 100);
            assertThat(colourful).as(one[0]).contains("\u001b[");
            assertThat(colourful.replaceAll("\u001b\\[[0-9]+m", "")).isEqualTo(one[2]);
        }
    }

    @Test
    void itFitsWhereItIsShown() throws IOException, URISyntaxException {
        for (String[] one : cases()) {
            for (int width : new int[] {100, 80}) {
                assertThat(shown(one[1], false, width).lines())
                        .as(one[0])
                        .allMatch(line -> columns(line) <= width, "at most " + width + " columns");
            }
        }
    }

    private static int columns(String line) {
        return line.codePoints().map(point -> point >= 0x2E80 && point < 0xFFFF ? 2 : 1).sum();
    }

    @Test
    void aToolIsNamedAndItsInputShown() {
        Desk desk = new Desk(HOME);
        desk.run(
                "analyze",
                "--cwd",
                "/w",
                "--workspace",
                "/w",
                "--tool",
                "Write",
                "--input",
                "{\"file_path\":\"/w/a.txt\",\"content\":\"x\"}");
        assertThat(desk.out.toString())
                .isEqualTo(
                        """
                        tool Write
                          │ {"file_path":"/w/a.txt","content":"x"}
                          ┊               1~~~~~~~

                           1  /w/a.txt
                              file_write      low       writes `a.txt`
                                                        path /w/a.txt

                        1 operation, risk low
                        """);
    }

    @Test
    void jsonSaysTheIntentOfEachOperation() throws Json.Broken {
        Desk desk = new Desk(HOME);
        desk.run(
                "analyze", "--json", "--cwd", "/w", "--workspace", "/w", "--command", "rm ./a.txt");
        ObjectNode json = Json.readObject(desk.out.toString());
        assertThat(json.at("/operations/0/intent").asText()).isEqualTo("file_delete /w/a.txt");
    }
}
