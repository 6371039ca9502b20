package io.hiberlet.agent.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.dist.Shell.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/hiberlet} in a folder of its own, with Javas that only say who they are. */
class LauncherTest {

  @TempDir Path folder;

  private Path home;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void layOut() throws IOException {
    home = folder.toRealPath().resolve("hiberlet");
    Path launcher = home.resolve("bin/hiberlet");
    Shell.script(launcher, Files.readString(Shell.source("agent/src/main/dist/bin/hiberlet")));
    Files.createDirectories(folder.resolve("jvm"));
    Files.createDirectories(folder.resolve("path"));
    environment.put("HIBERLET_JVM_DIR", folder.resolve("jvm").toString());
    for (String tool : List.of("sh", "dirname", "readlink", "sed")) {
      Files.createSymbolicLink(folder.resolve("path/" + tool), Path.of("/bin", tool));
    }
    environment.put("PATH", folder.resolve("path").toString());
  }

  @Test
  void aRuntimeBesideItComesFirst() throws Exception {
    java(home.resolve("runtime"), "25.0.3");
    environment.put("JAVA_HOME", java(folder.resolve("own"), "25").toString());
    assertStarts(home.resolve("runtime"));
  }

  @Test
  void thenJavaHome() throws Exception {
    environment.put("JAVA_HOME", java(folder.resolve("own"), "26-ea").toString());
    java(folder.resolve("jvm/jdk-25"), "25.0.1");
    assertStarts(folder.resolve("own"));
  }

  @Test
  void thenTheSystemsWhenJavaHomeIsTooOld() throws Exception {
    environment.put("JAVA_HOME", java(folder.resolve("own"), "21.0.2").toString());
    java(folder.resolve("jvm/a-17"), "17.0.1");
    java(folder.resolve("jvm/b-25"), "25.0.1");
    assertStarts(folder.resolve("jvm/b-25"));
  }

  @Test
  void thenThePathsEvenWithoutAReleaseFile() throws Exception {
    Path real = java(folder.resolve("somewhere"), "25");
    Files.delete(real.resolve("release"));
    Files.createSymbolicLink(folder.resolve("path/java"), real.resolve("bin/java"));
    assertStarts(real);
  }

  @Test
  void withoutAnyItSaysWhatItFoundAndHowToGetOne() throws Exception {
    java(folder.resolve("jvm/jdk-17"), "17.0.1");
    Outcome outcome = launch(home.resolve("bin/hiberlet"));
    assertEquals(1, outcome.exitCode());
    assertTrue(
        outcome
            .output()
            .startsWith(
                "hiberlet: needs Java 25 or newer, and found %s (Java 17)\n"
                    .formatted(folder.resolve("jvm/jdk-17"))),
        outcome.output());
    assertTrue(outcome.output().contains("apt-get install"), outcome.output());
  }

  @Test
  void worksThroughSymlinksAndPassesEverythingOn() throws Exception {
    java(home.resolve("runtime"), "25.0.3");
    Path link = Files.createSymbolicLink(folder.resolve("link"), home.resolve("bin/hiberlet"));
    environment.put("HIBERLET_JAVA_OPTS", "-Xmx1g -Dx=y");
    String output = launch(link, "agent", "--node-name", "a b").output();
    assertTrue(
        output.endsWith(
            "\n-Xmx1g\n-Dx=y\n-cp\n%s/lib/*\nio.hiberlet.agent.Main\nagent\n--node-name\na b\n"
                .formatted(home)),
        output);
  }

  @Test
  void runsAnotherProgramInTheSameJvm() throws Exception {
    java(home.resolve("runtime"), "25.0.3");
    environment.put("HIBERLET_MAIN", "example.Main");
    environment.put("HIBERLET_CLASS_PATH", "/a b/x.jar:/y/*");
    String output = launch(home.resolve("bin/hiberlet"), "c").output();
    assertTrue(
        output.endsWith("\n-cp\n%s/lib/*:/a b/x.jar:/y/*\nexample.Main\nc\n".formatted(home)),
        output);
  }

  private void assertStarts(Path javaHome) throws Exception {
    Outcome outcome = launch(home.resolve("bin/hiberlet"), "--version");
    assertEquals(0, outcome.exitCode(), outcome.output());
    assertEquals(
        "started " + javaHome.toRealPath().resolve("bin/java"),
        outcome.output().lines().findFirst().orElse(""));
  }

  private Outcome launch(Path launcher, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    return Shell.run(environment, command);
  }

  private Path java(Path javaHome, String version) throws IOException {
    Shell.script(
        javaHome.resolve("bin/java"),
        """
        #!/bin/sh
        if [ "$1" = -version ]; then
          echo 'openjdk version "%s" 2025-09-16' >&2
          exit
        fi
        echo "started $0"
        printf '%%s\\n' "$@"
        """
            .formatted(version));
    Files.writeString(javaHome.resolve("release"), "JAVA_VERSION=\"%s\"\n".formatted(version));
    return javaHome;
  }
}
