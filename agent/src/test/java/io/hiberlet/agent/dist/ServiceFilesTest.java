package io.hiberlet.agent.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hiberlet.agent.dist.Shell.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The installer and the unit, in a folder that stands for the root of a system. */
class ServiceFilesTest {

  @TempDir Path folder;
  private Path root;
  private Path installer;

  @BeforeEach
  void layOutDistribution() throws IOException {
    root = folder.resolve("root");
    Path distribution = folder.resolve("dist");
    Shell.script(distribution.resolve("bin/hiberlet"), "#!/bin/sh\n");
    Files.createDirectories(distribution.resolve("lib"));
    Files.createDirectories(distribution.resolve("conf"));
    Files.createDirectories(distribution.resolve("systemd"));
    Files.writeString(distribution.resolve("conf/agent.yaml"), "node: {}\n");
    try (Stream<Path> files = Files.list(Shell.source("systemd"))) {
      for (Path file : files.toList()) {
        Files.copy(file, distribution.resolve("systemd").resolve(file.getFileName()));
      }
    }
    installer = distribution.resolve("systemd/install.sh");
  }

  @Test
  void installsUpgradesAndUninstalls() throws Exception {
    assertEquals(0, install("/srv/hiberlet").exitCode());
    assertTrue(Files.isExecutable(root.resolve("srv/hiberlet/bin/hiberlet")));
    String unit = Files.readString(root.resolve("etc/systemd/system/hiberlet.service"));
    assertTrue(unit.contains("ExecStart=/srv/hiberlet/bin/hiberlet agent "), unit);

    Files.writeString(root.resolve("etc/hiberlet/agent.yaml"), "edited");
    Files.createDirectories(root.resolve("srv/hiberlet/runtime/bin"));
    Files.writeString(root.resolve("srv/hiberlet/lib/old.jar"), "");
    assertEquals(0, install("/srv/hiberlet").exitCode());
    assertEquals("edited", Files.readString(root.resolve("etc/hiberlet/agent.yaml")));
    assertTrue(Files.exists(root.resolve("srv/hiberlet/runtime/bin")));
    assertFalse(Files.exists(root.resolve("srv/hiberlet/lib/old.jar")));

    assertEquals(0, install("/srv/hiberlet", "--uninstall").exitCode());
    assertFalse(Files.exists(root.resolve("srv/hiberlet")));
    assertFalse(Files.exists(root.resolve("etc/systemd/system/hiberlet.service")));
    assertEquals("edited", Files.readString(root.resolve("etc/hiberlet/agent.yaml")));
  }

  @Test
  void refusesWhatItDoesNotUnderstand() throws Exception {
    assertEquals(
        new Outcome(1, "install.sh: unknown option '--purge'; usage: install.sh [--uninstall]\n"),
        install("/opt/hiberlet", "--purge"));
    assertEquals(
        new Outcome(1, "install.sh: PREFIX must be an absolute path, not 'opt'\n"),
        install("opt", "--uninstall"));
    assertFalse(Files.exists(root));
  }

  @Test
  void systemdTakesTheUnit() throws Exception {
    assumeTrue(
        Stream.of("/usr/bin/systemd-analyze", "/bin/systemd-analyze")
            .anyMatch(file -> Files.isExecutable(Path.of(file))),
        "no systemd-analyze on this machine");
    assertEquals(0, install("/opt/hiberlet").exitCode());
    Path unit = folder.resolve("hiberlet.service");
    Files.writeString(
        unit,
        Files.readString(root.resolve("etc/systemd/system/hiberlet.service"))
            .replace("/opt/hiberlet/bin", root.resolve("opt/hiberlet/bin").toString()));
    Outcome verified =
        Shell.run(Map.of(), List.of("systemd-analyze", "verify", "--man=no", unit.toString()));
    assertEquals(0, verified.exitCode(), verified.output());
    // It may have something to say about the machine's own units, too.
    assertFalse(verified.output().contains("hiberlet"), verified.output());
  }

  private Outcome install(String prefix, String... options) throws Exception {
    return Shell.run(
        Map.of("DESTDIR", root.toString(), "PREFIX", prefix),
        Stream.concat(Stream.of("sh", installer.toString()), Stream.of(options)).toList());
  }
}
