package dev.stretto;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ImportOption.OnlyIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import org.junit.jupiter.api.parallel.Isolated;

/** Two classes of tests run at a time in a JVM, and none may disturb the other. */
@AnalyzeClasses(packages = "dev.stretto", importOptions = OnlyIncludeTests.class)
final class TestIsolationTest {

  /** What changes, or looks at, something that a JVM has once. */
  private static final Set<String> OF_THE_WHOLE_JVM =
      Set.of(
          "java.lang.System.setProperty",
          "java.lang.System.clearProperty",
          "java.lang.System.setOut",
          "java.lang.System.setErr",
          "java.lang.System.setIn",
          "java.lang.Thread.getAllStackTraces",
          "java.lang.Thread.setDefaultUncaughtExceptionHandler",
          "java.util.Locale.setDefault",
          "java.util.TimeZone.setDefault");

  @ArchTest
  static final ArchRule whatTouchesTheWholeJvmRunsAlone =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("Test")
          .and()
          .areNotAnnotatedWith(Isolated.class)
          .should()
          .accessTargetWhere(describe("is of the whole JVM", TestIsolationTest::isOfTheWholeJvm))
          .orShould()
          .dependOnClassesThat(assignableTo("org.springframework.boot.test.system.CapturedOutput"))
          .orShould()
          .dependOnClassesThat(assignableTo("ch.qos.logback.core.Appender"))
          .because("a class that runs beside it would see it, or be seen: make it @Isolated");

  private static boolean isOfTheWholeJvm(JavaAccess<?> access) {
    return OF_THE_WHOLE_JVM.contains(
        access.getTargetOwner().getName() + "." + access.getTarget().getName());
  }
}
