package io.hiberlet.agent.module;

import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.node.client.ResourceException;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObject;
import io.hiberlet.node.object.PodObjects;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Modules in ConfigMaps, which Kubernetes keeps under 1 MiB: in {@code binaryData}, or in {@code
 * data}, where kubectl puts a file that happens to be valid UTF-8, as a small module may be.
 */
public final class ConfigMapModuleSource implements ModuleSource<ModuleReference.ConfigMapKey> {
  private final PodObjects objects;

  public ConfigMapModuleSource(PodObjects objects) {
    this.objects = objects;
  }

  @Override
  public ModuleDigest fetch(ModuleReference.ConfigMapKey reference, ModuleStore store)
      throws ModuleUnavailableException, ModuleRefusedException, IOException {
    Optional<PodObject> configMap = read(reference);
    if (configMap.isEmpty()) {
      throw unavailable("configmap \"%s\" not found".formatted(reference.name()), null);
    }
    byte @Nullable [] module = content(configMap.get(), reference.key());
    if (module == null) {
      throw unavailable(
          "couldn't find key %s in configmap \"%s\"".formatted(reference.key(), reference.name()),
          null);
    }
    return store.write(new ByteArrayInputStream(module));
  }

  private static byte @Nullable [] content(PodObject configMap, String key) {
    return configMap.binaryData().getOrDefault(key, configMap.data().get(key));
  }

  private Optional<PodObject> read(ModuleReference.ConfigMapKey reference)
      throws ModuleUnavailableException {
    try {
      return objects.read(ObjectName.configMap(reference.namespace(), reference.name()));
    } catch (ResourceException e) {
      String problem =
          e.reason() == ResourceException.Reason.FORBIDDEN ? "may not read" : "failed to read";
      throw unavailable(
          "%s configmap \"%s\": %s".formatted(problem, reference.name(), e.getMessage()), e);
    }
  }

  private static ModuleUnavailableException unavailable(String message, @Nullable Throwable cause) {
    String reason = ModuleUnavailableException.CREATE_CONTAINER_CONFIG_ERROR;
    return cause == null
        ? new ModuleUnavailableException(reason, message, false)
        : new ModuleUnavailableException(reason, message, false, cause);
  }
}
