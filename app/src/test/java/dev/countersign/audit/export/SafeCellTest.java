package dev.countersign.audit.export;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SafeCellTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=1+1",
                "+cmd|' /C calc'!A0",
                "-2+3",
                "@SUM(1)",
                "\t=1",
                "\rx",
                "\nx",
                " =1",
                "\"=1+1",
                "'=1",
                "\uFF1D1+1",
                "\uFF0B1",
                "\uFF0D1",
                "\uFF20SUM(1)",
                "\u202E=1",
                "\uFEFF=1",
                "\u00A0=1"
            })
    void whatASpreadsheetMightComputeIsText(String cell) {
        assertThat(SafeCell.of(cell)).isEqualTo("'" + cell);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "git push", "1", "a=b", "{\"a\":\"=1\"}", "\u202Ex", "\"quoted\""})
    void anythingElseIsLeftAlone(String cell) {
        assertThat(SafeCell.of(cell)).isEqualTo(cell);
    }

    @Test
    void controlCharactersAreShown() {
        assertThat(SafeCell.of("a\0b\u001bc\td")).isEqualTo("a\uFFFDb\uFFFDc\td");
        assertThat(SafeCell.of("\0=1")).isEqualTo("\uFFFD=1");
    }

    @Test
    void aCellOfAMegabyteComesBack() throws Exception {
        String large = "=\"x\"\r\n,".repeat(130_000);
        StringWriter out = new StringWriter();
        try (CsvWriter csv = CsvWriter.builder().quoteStrategy(QuoteStrategies.ALWAYS).build(out)) {
            csv.writeRecord(SafeCell.of(large));
        }
        try (var in =
                CsvReader.builder()
                        .maxBufferSize(PhysicalLines.LONGEST)
                        .ofCsvRecord(out.toString())) {
            assertThat(in.iterator().next().getField(0).equals("'" + large)).isTrue();
        }
    }
}
