package io.hiberlet.agent.settings;

import io.hiberlet.agent.admission.EnvSource;
import io.hiberlet.node.object.ObjectName;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The variables that all keys of an object make.
 *
 * @param variables in the order of their names
 * @param complaint about the keys that no variable can have as a name
 */
record PrefixedKeys(Map<String, String> variables, Optional<String> complaint) {

  /** Kubernetes' {@code IsEnvVarName}, with its rule against names like folders. */
  private static final Pattern NAME = Pattern.compile("(?!\\.$|\\.\\.)[-._a-zA-Z][-._a-zA-Z0-9]*");

  static PrefixedKeys of(EnvSource.AllKeys source, Map<String, String> values) {
    Map<String, String> variables = new TreeMap<>();
    Collection<String> invalid = new TreeSet<>();
    values.forEach(
        (key, value) -> {
          String name = source.prefix() + key;
          if (NAME.matcher(name).matches()) {
            variables.put(name, value);
          } else {
            invalid.add(name);
          }
        });
    return new PrefixedKeys(variables, complaint(source.object(), invalid));
  }

  private static Optional<String> complaint(ObjectName object, Collection<String> invalid) {
    return invalid.isEmpty()
        ? Optional.empty()
        : Optional.of(
            ("Keys [%s] from the EnvFrom %s %s/%s were skipped since they are considered invalid"
                    + " environment variable names.")
                .formatted(
                    String.join(", ", invalid),
                    object.kind() == ObjectName.Kind.SECRET ? "secret" : "configMap",
                    object.namespace(),
                    object.name()));
  }
}
