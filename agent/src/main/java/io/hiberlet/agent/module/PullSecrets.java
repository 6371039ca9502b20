package io.hiberlet.agent.module;

import io.hiberlet.agent.module.PodCredentials.OfSecret;
import io.hiberlet.agent.module.registry.DockerConfig;
import io.hiberlet.agent.module.registry.Keyring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The credentials for a pod's images: of its {@code imagePullSecrets}, then of the node's own file.
 * Both are read anew for each pull. What is missing does not hold up a pull, as with the kubelet;
 * it is told. Thread-safe; blocks.
 */
public final class PullSecrets {
  private static final Logger log = LoggerFactory.getLogger(PullSecrets.class);

  private static final String CONFIG_JSON = ".dockerconfigjson";
  private static final String DOCKERCFG = ".dockercfg";
  private static final long MAX_FILE_BYTES = 1L << 20;

  private final PullSecretReader secrets;
  private final Optional<Path> nodeFile;

  /**
   * @param nodeFile a Docker {@code config.json} for all pods of the node
   */
  public PullSecrets(PullSecretReader secrets, Optional<Path> nodeFile) {
    this.secrets = secrets;
    this.nodeFile = nodeFile;
  }

  /** All credentials that a pod may use. */
  PodCredentials read(String namespace, List<String> names, PullListener listener) {
    List<OfSecret> found = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (String name : names) {
      try {
        found.add(new OfSecret(namespace, name, Optional.of(secret(namespace, name))));
      } catch (IOException e) {
        found.add(new OfSecret(namespace, name, Optional.empty()));
        failed.add(name);
        logFailure(namespace, name, e);
      } catch (IllegalArgumentException e) {
        failed.add(name);
        logFailure(namespace, name, e);
      }
    }
    if (!failed.isEmpty()) {
      listener.warning(
          "FailedToRetrieveImagePullSecret",
          ("Unable to retrieve some image pull secrets (%s); attempting to pull the image may not"
                  + " succeed.")
              .formatted(String.join(", ", failed)));
    }
    return new PodCredentials(found, ofNode());
  }

  private static void logFailure(String namespace, String name, Exception failure) {
    log.atWarn()
        .addKeyValue("secret", namespace + "/" + name)
        .addKeyValue("reason", failure.getMessage())
        .log("Cannot use an image pull secret");
  }

  private Keyring secret(String namespace, String name) throws IOException {
    Map<String, byte[]> data =
        secrets
            .read(namespace, name)
            .orElseThrow(
                () -> new IllegalArgumentException("there is none, or the node may not read it"));
    byte @Nullable [] configJson = data.get(CONFIG_JSON);
    if (configJson != null) {
      return DockerConfig.configJson(configJson);
    }
    byte @Nullable [] dockercfg = data.get(DOCKERCFG);
    if (dockercfg != null) {
      return DockerConfig.dockercfg(dockercfg);
    }
    throw new IllegalArgumentException(
        "has neither the key %s nor %s".formatted(CONFIG_JSON, DOCKERCFG));
  }

  private Keyring ofNode() {
    if (nodeFile.isEmpty()) {
      return Keyring.EMPTY;
    }
    try {
      if (Files.size(nodeFile.get()) > MAX_FILE_BYTES) {
        throw new IllegalArgumentException("larger than %d bytes".formatted(MAX_FILE_BYTES));
      }
      return DockerConfig.configJson(Files.readAllBytes(nodeFile.get()));
    } catch (NoSuchFileException e) {
      log.atDebug().addKeyValue("file", nodeFile.get()).log("No registry credentials of the node");
    } catch (IOException | IllegalArgumentException e) {
      log.atWarn()
          .addKeyValue("file", nodeFile.get())
          .addKeyValue("reason", e.getMessage())
          .log("Cannot use the node's registry credentials");
    }
    return Keyring.EMPTY;
  }
}
