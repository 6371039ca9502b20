package io.hiberlet.agent.module;

import io.hiberlet.agent.module.registry.Credentials;
import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.agent.module.registry.Keyring;
import io.hiberlet.agent.module.registry.Registries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Pulls as a node does, for tests of what others push. */
public final class Pulls {
  private Pulls() {}

  /** The module that an image leads to. */
  public static byte[] module(
      TestRegistry registry, String image, Credentials credentials, Path folder) throws Exception {
    ModuleStore store = new ModuleStore(folder, 1 << 20, Clock.systemUTC());
    ImagePuller puller =
        new ImagePuller(
            new Registries(Set.of(registry.name()), Map.of(), Map.of()),
            new ImageLimits(1 << 20, Duration.ofSeconds(30)),
            store);
    PulledImage pulled =
        puller
            .pull(
                ImageName.parse(image),
                Keyring.EMPTY.with(registry.name(), credentials),
                digest -> Optional.empty())
            .image();
    return Files.readAllBytes(store.verified(pulled.module()).orElseThrow());
  }
}
