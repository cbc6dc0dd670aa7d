package dev.countersign;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Imports go one way, and the core stays pure. */
final class ArchitectureTest {
    private static final String BASE = "dev.countersign.";
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    // Whatever the build folder is called; the library knows only target/.
                    .withImportOption(location -> !location.contains("test-classes"))
                    .importPackages("dev.countersign");

    /** Package to the packages of ours it may use, itself aside. */
    private static final Map<String, List<String>> IMPORTS =
            Map.ofEntries(
                    Map.entry("call", List.of()),
                    Map.entry("ledger", List.of()),
                    Map.entry("analysis", List.of("call")),
                    Map.entry("policy", List.of("call", "analysis")),
                    Map.entry("audit", List.of("call", "policy", "ledger")),
                    Map.entry("approval", List.of("call", "policy", "audit")),
                    Map.entry("people", List.of("call", "audit")),
                    Map.entry(
                            "decision",
                            List.of(
                                    "call",
                                    "analysis",
                                    "policy",
                                    "approval",
                                    "ledger",
                                    "audit",
                                    "people")),
                    Map.entry(
                            "store",
                            List.of(
                                    "call",
                                    "policy",
                                    "approval",
                                    "ledger",
                                    "audit",
                                    "people",
                                    "decision",
                                    "config",
                                    "notify")),
                    Map.entry(
                            "notify",
                            List.of("call", "policy", "approval", "audit", "decision", "config")),
                    Map.entry("agent", List.of("call", "analysis", "policy", "decision")),
                    Map.entry("gateway", List.of("ledger", "policy", "agent")),
                    Map.entry("config", List.of("call", "analysis", "ledger")),
                    Map.entry("witness", List.of("ledger", "audit", "config")),
                    Map.entry(
                            "edge",
                            List.of(
                                    "call",
                                    "analysis",
                                    "ledger",
                                    "decision",
                                    "agent",
                                    "config",
                                    "api")),
                    Map.entry(
                            "api",
                            List.of(
                                    "call",
                                    "analysis",
                                    "policy",
                                    "approval",
                                    "ledger",
                                    "audit",
                                    "people",
                                    "decision",
                                    "agent",
                                    "gateway",
                                    "config",
                                    "notify")),
                    Map.entry(
                            "web",
                            List.of(
                                    "call",
                                    "analysis",
                                    "policy",
                                    "approval",
                                    "ledger",
                                    "audit",
                                    "people",
                                    "decision",
                                    "api",
                                    "config",
                                    "notify")),
                    Map.entry(
                            "cli",
                            List.of(
                                    "call",
                                    "analysis",
                                    "policy",
                                    "approval",
                                    "ledger",
                                    "audit",
                                    "people",
                                    "decision",
                                    "agent",
                                    "config",
                                    "witness",
                                    "edge",
                                    "gateway")));

    @Test
    void importsGoOneWay() {
        IMPORTS.forEach((name, allowed) -> {
            List<String> permitted = new ArrayList<>();
            permitted.add(BASE + name + "..");
            allowed.forEach(other -> permitted.add(BASE + other + ".."));
            classes()
                    .that()
                    .resideInAPackage(BASE + name + "..")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(permitted.toArray(String[]::new))
                                    .or(resideOutsideOfPackages("dev.countersign..")))
                    .allowEmptyShould(true)
                    .check(CLASSES);
        });
    }

    @Test
    void everyPackageHasItsImportRule() {
        classes()
                .should()
                .resideInAnyPackage(
                        IMPORTS.keySet().stream()
                                .map(name -> BASE + name + "..")
                                .toArray(String[]::new))
                .orShould()
                .resideInAPackage("dev.countersign")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.countersign.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theCoreIsPure() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        BASE + "call..", BASE + "analysis..", BASE + "policy..", BASE + "ledger..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "java.net.http..", "java.util.concurrent..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .check(CLASSES);
    }

    /** What an agent wrote is made small in linear time; names of constants may be as they like. */
    @Test
    void whatAgentsWriteIsMadeSmallByLowerCase() {
        noClasses()
                .that()
                .resideInAnyPackage(BASE + "analysis..", BASE + "policy..")
                .and()
                .areNotEnums()
                .should()
                .callMethod(String.class, "toLowerCase", Locale.class)
                .orShould()
                .callMethod(String.class, "toLowerCase")
                .check(CLASSES);
    }

    @Test
    void onlyTheStoreKnowsSql() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + "store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "org.sqlite..")
                .check(CLASSES);
    }
}
