package dev.stretto;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Holds the code to the map that the javadoc of the package {@code dev.stretto} draws. */
@AnalyzeClasses(packages = "dev.stretto", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String ROOT = "dev.stretto";

  private static final Set<String> UNWANTED_WORDS =
      Set.of("Process", "Handle", "Manager", "Helper", "Util", "Utils", "Impl");

  private static final Set<String> UNWANTED_LAST_WORDS = Set.of("Data", "Info");

  private static final DescribedPredicate<JavaClass> COMPOSITION =
      resideInAPackage("dev.stretto")
          .or(simpleNameEndingWith("Configuration"))
          .as("classes that compose the application");

  private static final Map<String, Set<String>> DRAWN = drawn();

  @ArchTest
  static final ArchRule everyArrowIsDrawn =
      classes()
          .should(
              new ArchCondition<>("use packages only that the map has behind their own") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  Set<String> allowed = DRAWN.get(room(type));
                  if (allowed == null) {
                    events.add(new SimpleConditionEvent(type, false, "not drawn: " + room(type)));
                    return;
                  }
                  type.getDirectDependenciesFromSelf().stream()
                      .filter(use -> use.getTargetClass().getPackageName().startsWith(ROOT))
                      .filter(use -> !room(use.getTargetClass()).equals(room(type)))
                      .forEach(use ->
                          events.add(
                              new SimpleConditionEvent(
                                  type,
                                  allowed.contains(room(use.getTargetClass())),
                                  use.getDescription())));
                }
              })
          .because("whoever reads a package should need to know those behind its arrow only");

  @ArchTest
  static void everyDrawnArrowIsUsed(JavaClasses all) {
    Map<String, Set<String>> used = new TreeMap<>();
    for (JavaClass type : all) {
      Set<String> rooms = used.computeIfAbsent(room(type), name -> new TreeSet<>());
      type.getDirectDependenciesFromSelf().stream()
          .map(use -> use.getTargetClass())
          .filter(target -> target.getPackageName().startsWith(ROOT))
          .map(ArchitectureTest::room)
          .filter(name -> !name.equals(room(type)))
          .forEach(rooms::add);
    }

    assertThat(used).isEqualTo(DRAWN);
  }

  @ArchTest
  static void noPackageIsMoreThanOneRoom(JavaClasses all) {
    Map<String, Long> files =
        all.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(ArchitectureTest::room, Collectors.counting()));

    assertThat(files).allSatisfy((name, count) -> assertThat(count).as(name).isLessThan(23));
  }

  /** The package's name below {@code dev.stretto}; empty for that. */
  private static String room(JavaClass type) {
    return type.getPackageName().equals(ROOT)
        ? ""
        : type.getPackageName().substring(ROOT.length() + 1);
  }

  private static Map<String, Set<String>> drawn() {
    Map<String, Set<String>> arrows = new TreeMap<>(Map.of("", Set.of("cli")));
    String from = "";
    for (String line : map()) {
      String[] sides = line.split("──►");
      from = sides.length > 1 ? sides[0].strip() : from;
      Set<String> behind = arrows.computeIfAbsent(from, name -> new TreeSet<>());
      Stream.of(sides[sides.length - 1].split(","))
          .map(String::strip)
          .filter(name -> !name.isEmpty() && !name.equals("nothing"))
          .forEach(behind::add);
    }
    return arrows;
  }

  private static List<String> map() {
    try (Stream<String> lines =
        Files.lines(Path.of("src/main/java/dev/stretto/package-info.java"))) {
      return lines
          .dropWhile(line -> !line.contains("<pre>"))
          .skip(1)
          .takeWhile(line -> !line.contains("</pre>"))
          .map(line -> line.replaceFirst("^ \\*", "").strip())
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching("dev.stretto.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule adaptersDoNotKnowEachOther =
      slices()
          .matching("dev.stretto.transport.(*)..")
          .should()
          .notDependOnEachOther()
          .because("a transport can then be added, or taken away, by itself");

  @ArchTest
  static final ArchRule onlyBatchKnowsSpringBatch =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.stretto.batch..")
          .and(are(DescribedPredicate.not(COMPOSITION)))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.springframework.batch..")
          .because("Spring Batch changes more between versions than our laws may");

  @ArchTest
  static final ArchRule dispatchIsPlainJava =
      noClasses()
          .that()
          .resideInAnyPackage("dev.stretto.dispatch..", "dev.stretto.message..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.springframework..")
          .because("start order and overlap are proved without a container");

  @ArchTest
  static final ArchRule timeComesFromAClock =
      noClasses()
          .should()
          .accessTargetWhere(
              readsTheSystemClock()
                  .or(target(System.class, "currentTimeMillis"))
                  .or(newDateOfNow()))
          .because("a test sets an injected Clock; it can't set the machine's");

  @ArchTest
  static final ArchRule clocksAreMadeInTheComposition =
      noClasses()
          .that(are(DescribedPredicate.not(COMPOSITION)))
          .should()
          .accessTargetWhere(
              describe(
                  "the target makes a clock",
                  access ->
                      access.getTargetOwner().isEquivalentTo(Clock.class)
                          && access.getTarget().getName().startsWith("system")))
          .because("all parts of a run should go by one clock, and a test chooses it");

  @ArchTest
  static final ArchRule dispatchIsGivenItsNanoseconds =
      noClasses()
          .that()
          .resideInAPackage("dev.stretto.dispatch..")
          .should()
          .callMethod(System.class, "nanoTime")
          .because(
              "rates and backoff are tested without waiting; System::nanoTime may be handed in");

  @ArchTest
  static final ArchRule nobodySleeps =
      noClasses()
          .should()
          .accessTargetWhere(target(Thread.class, "sleep").or(target(TimeUnit.class, "sleep")))
          .because("a sleep can't be ended early by a stop; wait on a condition with a timeout");

  @ArchTest
  static final ArchRule nobodyInterruptsAThreadThatMayBeInTheDatabase =
      noClasses()
          .that(
              resideInAnyPackage(
                  "dev.stretto.database..",
                  "dev.stretto.outbox..",
                  "dev.stretto.lease..",
                  "dev.stretto.ledger..",
                  "dev.stretto.append..",
                  "dev.stretto.batch..",
                  "dev.stretto.run..",
                  "dev.stretto.report.."))
          .should()
          .accessTargetWhere(
              describe(
                  "the target interrupts a thread",
                  access ->
                      access.getTarget().getName().equals("shutdownNow")
                          || (access.getTarget().getName().equals("interrupt")
                              && access.getTargetOwner().isAssignableTo(Thread.class))))
          .because("a thread interrupted in H2's file I/O closes the database for everyone");

  @ArchTest
  static final ArchRule onlyTheCommandLineTalksToPeople =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.stretto", "dev.stretto.cli..")
          .should(ACCESS_STANDARD_STREAMS)
          .because("standard output belongs to a command's result, the logger has the rest");

  @ArchTest
  static final ArchRule onlyTheApplicationExits =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.stretto")
          .and()
          .doNotHaveSimpleName("Signals")
          .and()
          .doNotHaveSimpleName("StuckWatch")
          .should()
          .accessTargetWhere(target(System.class, "exit").or(target(Runtime.class, "halt")))
          .because(
              "what becomes of a failure is decided, and made an exit code, in one place;"
                  + " but a second signal, or a database that never answers, ends the JVM at once");

  @ArchTest
  static final ArchRule nothingIsInjectedIntoFields = NO_CLASSES_SHOULD_USE_FIELD_INJECTION;

  @ArchTest
  static final ArchRule logsGoThroughSlf4j =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.util.logging..", "org.apache.commons.logging..")
          .because("one logger has one configuration");

  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      classes()
          .should(
              new ArchCondition<>("be in a package whose package-info is @NullMarked") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  var marked =
                      type.getPackage()
                          .tryGetPackageInfo()
                          .filter(info -> info.isAnnotatedWith(NullMarked.class))
                          .isPresent();
                  events.add(new SimpleConditionEvent(type, marked, type.getPackageName()));
                }
              })
          .because("NullAway checks marked packages only");

  @ArchTest
  static final ArchRule namesSayWhatAClassDoes =
      classes()
          .that(are(DescribedPredicate.not(simpleName("package-info"))))
          .should(
              new ArchCondition<>("have a name without words that could mean anything") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  var words = List.of(type.getSimpleName().split("(?<=[a-z0-9])(?=[A-Z])"));
                  var telling =
                      words.stream().noneMatch(UNWANTED_WORDS::contains)
                          && !UNWANTED_LAST_WORDS.contains(words.getLast());
                  events.add(new SimpleConditionEvent(type, telling, type.getName()));
                }
              });

  private static DescribedPredicate<JavaAccess<?>> target(Class<?> owner, String name) {
    return describe(
        "the target is " + owner.getSimpleName() + "." + name,
        access ->
            access.getTargetOwner().isEquivalentTo(owner)
                && access.getTarget().getName().equals(name));
  }

  private static DescribedPredicate<JavaAccess<?>> readsTheSystemClock() {
    return describe(
        "the target is now() of java.time, without a clock",
        access ->
            access.getTargetOwner().getPackageName().equals("java.time")
                && access.getTarget().getName().equals("now")
                && !access.getTarget().getFullName().contains(Clock.class.getName()));
  }

  private static DescribedPredicate<JavaAccess<?>> newDateOfNow() {
    return describe(
        "the target is new Date()",
        access ->
            access.getTargetOwner().isEquivalentTo(Date.class)
                && access.getTarget().getFullName().endsWith("<init>()"));
  }
}
