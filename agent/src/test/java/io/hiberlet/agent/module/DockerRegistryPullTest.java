package io.hiberlet.agent.module;

import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIf;

/** Against the reference implementation, where that is installed. */
@EnabledIf("isInstalled")
class DockerRegistryPullTest extends ImagePullContract {

  static boolean isInstalled() {
    return DockerRegistry.isInstalled();
  }

  @Override
  TestRegistry open(Path folder) throws Exception {
    return new DockerRegistry(folder);
  }
}
