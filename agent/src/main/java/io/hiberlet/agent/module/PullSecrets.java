package io.hiberlet.agent.module;

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
  Keyring read(String namespace, List<String> names, PullListener listener) {
    Keyring keyring = Keyring.EMPTY;
    List<String> failed = new ArrayList<>();
    for (String name : names) {
      try {
        keyring = keyring.plus(secret(namespace, name));
      } catch (IOException | IllegalArgumentException e) {
        log.atWarn()
            .addKeyValue("secret", namespace + "/" + name)
            .addKeyValue("reason", e.getMessage())
            .log("Cannot use an image pull secret");
        failed.add(name);
      }
    }
    if (!failed.isEmpty()) {
      listener.warning(
          "FailedToRetrieveImagePullSecret",
          ("Unable to retrieve some image pull secrets (%s); attempting to pull the image may not"
                  + " succeed.")
              .formatted(String.join(", ", failed)));
    }
    return keyring.plus(ofNode());
  }

  private Keyring secret(String namespace, String name) throws IOException {
    Map<String, byte[]> data =
        secrets
            .read(namespace, name)
            .orElseThrow(() -> new IOException("there is none, or the node may not read it"));
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
