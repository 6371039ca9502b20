package io.hiberlet.node.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The parameters of a request's query. Of one given several times, the first counts. */
record Query(Map<String, List<String>> parameters) {

  List<String> all(String name) {
    return parameters.getOrDefault(name, List.of());
  }

  /** Empty when it is missing or has no value. */
  Optional<String> first(String name) {
    return all(name).stream().findFirst().filter(value -> !value.isEmpty());
  }

  /** As Kubernetes reads booleans in queries: a name alone is true, so is anything but false. */
  boolean isTrue(String name) {
    List<String> values = all(name);
    return !values.isEmpty()
        && !values.getFirst().equalsIgnoreCase("false")
        && !values.getFirst().equals("0");
  }

  /** As the kubelet reads the flags of its streams. */
  boolean isOne(String name) {
    return first(name).filter("1"::equals).isPresent();
  }

  /**
   * @throws HttpException when it is not a whole number
   */
  OptionalLong number(String name) throws HttpException {
    Optional<String> value = first(name);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(value.get()));
    } catch (NumberFormatException e) {
      throw HttpException.badRequest("%s must be a whole number".formatted(name));
    }
  }
}
