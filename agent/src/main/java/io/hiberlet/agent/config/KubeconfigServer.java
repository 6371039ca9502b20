package io.hiberlet.agent.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Finds the API server's URL in a kubeconfig, and looks at nothing else in it. */
final class KubeconfigServer {

  private KubeconfigServer() {}

  static URI of(Path kubeconfig) throws ConfigException {
    try {
      String text = Files.readString(kubeconfig);
      Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
      URI server = URI.create(server(document).orElse(""));
      if (server.getHost() == null) {
        throw new ConfigException(kubeconfig + ": its current context names no server");
      }
      return server;
    } catch (IOException e) {
      throw new ConfigException("cannot read the kubeconfig " + kubeconfig, e);
    } catch (YAMLException | IllegalArgumentException e) {
      throw new ConfigException(kubeconfig + " is not a kubeconfig", e);
    }
  }

  private static Optional<String> server(Object document) {
    return at(document, "current-context")
        .flatMap(context -> named(document, "contexts", context))
        .flatMap(context -> at(context, "context"))
        .flatMap(context -> at(context, "cluster"))
        .flatMap(cluster -> named(document, "clusters", cluster))
        .flatMap(cluster -> at(cluster, "cluster"))
        .flatMap(cluster -> at(cluster, "server"))
        .map(Object::toString);
  }

  private static Optional<Object> named(Object document, String list, Object name) {
    return at(document, list).stream()
        .filter(List.class::isInstance)
        .flatMap(elements -> ((List<?>) elements).stream())
        .filter(element -> at(element, "name").filter(name::equals).isPresent())
        .map(Object.class::cast)
        .findFirst();
  }

  private static Optional<Object> at(Object mapping, String key) {
    return mapping instanceof Map<?, ?> map ? Optional.ofNullable(map.get(key)) : Optional.empty();
  }
}
