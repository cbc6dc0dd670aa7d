package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every question goes through costs the same however much was asked before. */
final class QueryPlanTest {
    private @TempDir Path folder;

    @Test
    void whatStandsForACallIsFoundByItsDigest() throws Exception {
        Path data = folder.resolve("data");
        Store.open(Databases.SQLITE.in(data), Clock.systemUTC()).close();
        assertThat(plan(data, SqlApprovals.LIVE.replace("?", "'x'")))
                .anyMatch(step -> step.contains("INDEX approval_live (digest=?)"))
                .anyMatch(step -> step.contains("INDEX approval_edited (edited=?)"))
                .noneMatch(step -> step.contains("SCAN"));
    }

    private static List<String> plan(Path data, String query) throws Exception {
        List<String> steps = new ArrayList<>();
        try (Connection database =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + data.resolve("countersign.db"));
                Statement asked = database.createStatement();
                ResultSet rows = asked.executeQuery("EXPLAIN QUERY PLAN " + query)) {
            while (rows.next()) {
                steps.add(rows.getString("detail"));
            }
        }
        return steps;
    }
}
