package io.hiberlet.agent.module;

import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Modules in the {@code binaryData} of ConfigMaps; Kubernetes keeps those under 1 MiB. */
public final class ConfigMapModuleSource implements ModuleSource<ModuleReference.ConfigMapKey> {
  private final ConfigMapReader configMaps;

  public ConfigMapModuleSource(ConfigMapReader configMaps) {
    this.configMaps = configMaps;
  }

  @Override
  public ModuleDigest fetch(ModuleReference.ConfigMapKey reference, ModuleStore store)
      throws ModuleUnavailableException, ModuleRefusedException, IOException {
    return switch (read(reference)) {
      case ConfigMapReader.Missing() ->
          throw unavailable("configmap \"%s\" not found".formatted(reference.name()), null);
      case ConfigMapReader.Forbidden(String message) ->
          throw unavailable(
              "may not read configmap \"%s\": %s".formatted(reference.name(), message), null);
      case ConfigMapReader.Found(var binaryData) -> {
        byte @Nullable [] module = binaryData.get(reference.key());
        if (module == null) {
          throw unavailable(
              "couldn't find key %s in the binaryData of configmap \"%s\""
                  .formatted(reference.key(), reference.name()),
              null);
        }
        yield store.write(new ByteArrayInputStream(module));
      }
    };
  }

  private ConfigMapReader.Answer read(ModuleReference.ConfigMapKey reference)
      throws ModuleUnavailableException {
    try {
      return configMaps.read(reference.namespace(), reference.name());
    } catch (IOException e) {
      throw unavailable(
          "failed to read configmap \"%s\": %s".formatted(reference.name(), e.getMessage()), e);
    }
  }

  private static ModuleUnavailableException unavailable(String message, @Nullable Throwable cause) {
    String reason = ModuleUnavailableException.CREATE_CONTAINER_CONFIG_ERROR;
    return cause == null
        ? new ModuleUnavailableException(reason, message, false)
        : new ModuleUnavailableException(reason, message, false, cause);
  }
}
