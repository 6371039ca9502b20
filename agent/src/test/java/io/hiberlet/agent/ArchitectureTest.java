package io.hiberlet.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.hiberlet.agent.runtime.GuestCompiler;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;

/** Holds the lines that docs/architecture.md draws. */
@AnalyzeClasses(packages = "io.hiberlet", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String AGENT = "io.hiberlet.agent..";
  private static final String NODE = "io.hiberlet.node..";
  private static final String SNAPSHOT = "io.hiberlet.snapshot..";

  @ArchTest
  static final ArchRule theNodeKnowsNeitherTheAgentNorTheStore =
      noClasses()
          .that()
          .resideInAPackage(NODE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(AGENT, SNAPSHOT);

  @ArchTest
  static final ArchRule theStoreKnowsNeitherTheAgentNorTheNode =
      noClasses()
          .that()
          .resideInAPackage(SNAPSHOT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(AGENT, NODE);

  @ArchTest
  static final ArchRule onlyTheStoreKnowsRocksDb =
      noClasses()
          .that()
          .resideOutsideOfPackage(SNAPSHOT)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.rocksdb..");

  @ArchTest
  static final ArchRule onlyTheRuntimeKnowsChicory =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.hiberlet.agent.runtime..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.dylibso.chicory..");

  @ArchTest
  static final ArchRule onlyAProcessOfItsOwnCompiles =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.hiberlet.agent.runtime..", "io.hiberlet.agent.module.compiler..")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(GuestCompiler.class)
          .orShould()
          .callMethod(GuestModule.class, "compile", byte[].class, ModuleLimits.class);

  @ArchTest
  static final ArchRule hostIoKnowsNothingOfGuests =
      noClasses()
          .that()
          .resideInAPackage("io.hiberlet.agent.hostio..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.hiberlet.agent.runtime..",
              "io.hiberlet.agent.module..",
              "io.hiberlet.agent.hibernation..",
              "io.hiberlet.agent.pod..",
              NODE);

  @ArchTest
  static final ArchRule roomsHaveNoCycles =
      slices().matching("io.hiberlet.(*).(*)..").should().beFreeOfCycles();
}
