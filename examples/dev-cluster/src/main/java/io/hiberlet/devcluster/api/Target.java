package io.hiberlet.devcluster.api;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a path below {@code /api/v1} or {@code /apis/GROUP/VERSION} names.
 *
 * @param namespace "" for none or all
 * @param name "" for the collection
 * @param subresource "" for the object itself
 */
record Target(
    String group,
    String version,
    String plural,
    String namespace,
    String name,
    String subresource) {

  /** Reads a path, null when it names no resource. */
  static @Nullable Target parse(String path) {
    List<String> parts = Stream.of(path.split("/", -1)).skip(1).toList();
    int prefix = parts.getFirst().equals("api") ? 2 : parts.getFirst().equals("apis") ? 3 : 0;
    if (prefix == 0 || parts.size() <= prefix || parts.contains("")) {
      return null;
    }
    String group = prefix == 2 ? "" : parts.get(1);
    String version = parts.get(prefix - 1);
    List<String> rest = parts.subList(prefix, parts.size());
    boolean inNamespace =
        rest.size() > 2
            && rest.getFirst().equals("namespaces")
            && !List.of("status", "finalize").contains(rest.get(2));
    if (inNamespace) {
      return of(group, version, rest.get(1), rest.subList(2, rest.size()));
    }
    String namespace = rest.getFirst().equals("namespaces") && rest.size() > 1 ? rest.get(1) : "";
    return of(group, version, namespace, rest);
  }

  private static @Nullable Target of(
      String group, String version, String namespace, List<String> rest) {
    return rest.size() > 3
        ? null
        : new Target(
            group,
            version,
            rest.getFirst(),
            namespace,
            rest.size() > 1 ? rest.get(1) : "",
            rest.size() > 2 ? rest.get(2) : "");
  }
}
