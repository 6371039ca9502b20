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

/** Modules in the {@code binaryData} of ConfigMaps; Kubernetes keeps those under 1 MiB. */
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
    byte[] module = configMap.get().binaryData().get(reference.key());
    if (module == null) {
      throw unavailable(
          "couldn't find key %s in the binaryData of configmap \"%s\""
              .formatted(reference.key(), reference.name()),
          null);
    }
    return store.write(new ByteArrayInputStream(module));
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
