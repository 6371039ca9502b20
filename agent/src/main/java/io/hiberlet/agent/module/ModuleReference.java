package io.hiberlet.agent.module;

import io.hiberlet.agent.module.registry.ImageName;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a pod says that its module is: the annotation {@code hiberlet.io/module}, else its
 * container's image.
 */
public sealed interface ModuleReference {

  /** An image in a registry. */
  record OciImage(ImageName name) implements ModuleReference {}

  /** An entry of the {@code binaryData} of a ConfigMap. */
  record ConfigMapKey(String namespace, String name, String key) implements ModuleReference {}

  /**
   * A file of this node.
   *
   * @param path relative to the folder that the node's configuration names
   */
  record ModuleFile(String path) implements ModuleReference {}

  /**
   * Reads what a pod says.
   *
   * @param namespace the pod's
   * @param annotation the value of {@code hiberlet.io/module}: {@code configmap:NAME/KEY} or {@code
   *     file:PATH}; null when the pod does not have it
   * @throws ModuleUnavailableException when it is neither, or the image is not an image's name
   */
  static ModuleReference parse(String namespace, @Nullable String annotation, String image)
      throws ModuleUnavailableException {
    if (annotation == null) {
      return Syntax.image(image);
    }
    if (annotation.startsWith(Syntax.CONFIG_MAP)) {
      return Syntax.configMap(namespace, annotation);
    }
    if (annotation.startsWith(Syntax.FILE)) {
      return Syntax.file(annotation);
    }
    throw Syntax.malformed(annotation);
  }

  /** The grammars of the three. */
  final class Syntax {
    private static final String CONFIG_MAP = "configmap:";
    private static final String FILE = "file:";

    /** RFC 1123, as Kubernetes has it for the names of ConfigMaps. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?");

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,253}");

    private Syntax() {}

    private static ModuleReference image(String image) throws ModuleUnavailableException {
      try {
        return new OciImage(ImageName.parse(image));
      } catch (IllegalArgumentException e) {
        throw new ModuleUnavailableException(
            ModuleUnavailableException.INVALID_IMAGE_NAME,
            "Failed to apply default image tag \"%1$s\": couldn't parse image name \"%1$s\": %2$s"
                .formatted(image, e.getMessage()),
            true,
            e);
      }
    }

    private static ModuleReference configMap(String namespace, String annotation)
        throws ModuleUnavailableException {
      String[] parts = annotation.substring(CONFIG_MAP.length()).split("/", -1);
      if (parts.length != 2
          || !NAME.matcher(parts[0]).matches()
          || !KEY.matcher(parts[1]).matches()) {
        throw malformed(annotation);
      }
      return new ConfigMapKey(namespace, parts[0], parts[1]);
    }

    private static ModuleReference file(String annotation) throws ModuleUnavailableException {
      String path = annotation.substring(FILE.length());
      if (path.isEmpty() || path.indexOf('\0') >= 0) {
        throw malformed(annotation);
      }
      return new ModuleFile(path);
    }

    private static ModuleUnavailableException malformed(String annotation) {
      return new ModuleUnavailableException(
          ModuleUnavailableException.CREATE_CONTAINER_CONFIG_ERROR,
          "annotation hiberlet.io/module must be configmap:NAME/KEY or file:PATH, not \"%s\""
              .formatted(annotation),
          true);
    }
  }
}
