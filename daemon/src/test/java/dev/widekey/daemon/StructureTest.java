package dev.widekey.daemon;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.widekey.backfill.parity.Settling;
import dev.widekey.daemon.preflight.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shape of the code: who may know whom, and what every file has. */
class StructureTest {
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^ *public (?:(?:static|final|abstract|sealed|non-sealed) )*(?:class|interface|enum|record|@interface) (\\w+)",
            Pattern.MULTILINE);
    /** An annotation, with parentheses one level deep, or a line comment, at the end of a text. */
    private static final Pattern BETWEEN =
            Pattern.compile("(?:@[\\w.]+(?:\\((?:[^()]|\\([^()]*\\))*\\))?|//[^\\n]*)\\s*\\z");

    private static JavaClasses all;

    @BeforeAll
    static void read() {
        all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.widekey");
        assertThat(all.containPackage("dev.widekey.sandbox.mysql")).isTrue();
        assertThat(all.contain(StructureTest.class)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "dev.widekey.backfill, cdc, flags",
        "dev.widekey.cdc, backfill, flags",
        "dev.widekey.flags, backfill, cdc",
    })
    void theThreeModulesKnowNeitherEachOtherNorTheDaemon(String module, String one, String other) {
        noClasses()
                .that()
                .resideInAPackage(module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.widekey." + one + "..",
                        "dev.widekey." + other + "..",
                        "dev.widekey.daemon..",
                        "dev.widekey.sandbox..")
                .check(all);
    }

    @Test
    void theDaemonDoesNotKnowTheSandboxNorTheSandboxAnyOther() {
        noClasses()
                .that()
                .resideInAPackage("dev.widekey.daemon..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.widekey.sandbox..")
                .check(all);
        noClasses()
                .that()
                .resideInAPackage("dev.widekey.sandbox..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.widekey..")
                        .and(resideInAnyPackage("dev.widekey.sandbox..").negate()))
                .check(all);
    }

    @Test
    void debeziumKafkaAndTheBinlogClientAreKnownInOnePlace() {
        noClasses()
                .that()
                // Its events go to Kafka, which is all it has to do with it.
                .doNotHaveFullyQualifiedName("dev.widekey.daemon.hook.KafkaTopic")
                .and()
                // The bench holds what others would build from Debezium alone against the daemon.
                .resideOutsideOfPackages("dev.widekey.cdc.debezium..", "dev.widekey.sandbox.bench.debezium..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.debezium..", "org.apache.kafka..", "com.github.shyiko..")
                .check(all);
    }

    @Test
    void onlyTheWiringMakesTheFeedThatIsDebezium() {
        classes()
                .that()
                .resideInAPackage("dev.widekey.cdc.debezium..")
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage("dev.widekey.cdc.debezium..", "dev.widekey.daemon")
                .check(all);
    }

    /** A mistake of what copies must not hide itself in the count of what was copied. */
    @Test
    void theTotalsShareNoCodeWithWhatMovesRows() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.widekey.daemon.audit", "dev.widekey.daemon.audit.totals")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.widekey..")
                        .and(resideInAnyPackage(
                                        "dev.widekey.daemon.audit",
                                        "dev.widekey.daemon.audit.totals",
                                        "dev.widekey.daemon.config",
                                        "dev.widekey.daemon.database")
                                .negate())
                        // How problems are told, and the stream as somebody to wait for.
                        .and(not(belongToAnyOf(Problem.class, Problem.Code.class, Settling.class))))
                .check(all);
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("dev.widekey.(**)").should().beFreeOfCycles().check(all);
    }

    /** A clock that somebody sets must move nothing: time passes by {@code nanoTime}, and dates are the servers' own. */
    @Test
    void nobodyReadsTheWallClock() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.widekey.sandbox..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(LocalDateTime.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(Clock.class, "systemDefaultZone")
                .check(all);
    }

    @Test
    void nobodySleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .check(all);
    }

    @Test
    void datesAreOfTheNewKind() {
        noClasses().should().dependOnClassesThat().belongToAnyOf(Date.class).check(all);
    }

    @Test
    void onlyTheCommandLinesPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.widekey.daemon",
                        "dev.widekey.sandbox.bench..",
                        "dev.widekey.sandbox.demo",
                        "dev.widekey.sandbox.torture",
                        "dev.widekey.sandbox.moving",
                        "dev.widekey.sandbox.scenario")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(all);
    }

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() throws IOException {
        List<String> without = new ArrayList<>();
        for (Path file : Repository.mainSources()) {
            Path info = file.resolveSibling("package-info.java");
            if (!Files.exists(info)) {
                without.add(file.getParent().toString());
                continue;
            }
            String text = Files.readString(info);
            if (!text.startsWith("/**") || !text.contains("@NullMarked")) {
                without.add(info.toString());
            }
        }
        assertThat(without.stream().distinct()).isEmpty();
    }

    @Test
    void everyPublicTypeSaysWhatItIs() throws IOException {
        List<String> without = new ArrayList<>();
        int seen = 0;
        for (Path file : Repository.mainSources()) {
            String text = Files.readString(file);
            Matcher type = PUBLIC_TYPE.matcher(text);
            while (type.find()) {
                seen++;
                if (!isDocumented(text.substring(0, type.start()))) {
                    without.add(file + ": " + type.group(1));
                }
            }
        }
        assertThat(seen).isGreaterThan(50);
        assertThat(without).isEmpty();
    }

    private static boolean isDocumented(String before) {
        String text = before.stripTrailing();
        for (Matcher between = BETWEEN.matcher(text); between.find(); between = BETWEEN.matcher(text)) {
            text = text.substring(0, between.start()).stripTrailing();
        }
        return text.endsWith("*/") && text.startsWith("/**", text.lastIndexOf("/*"));
    }
}
