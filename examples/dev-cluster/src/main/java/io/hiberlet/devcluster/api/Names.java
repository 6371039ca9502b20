package io.hiberlet.devcluster.api;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.ResourceType;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Gives a new object its name and namespace, by the rules of its kind. */
final class Names {
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final int MAX_LENGTH = 253;
  private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
  private static final int SUFFIX_LENGTH = 5;

  private Names() {}

  /** Checks and completes the metadata of an object that is to be created. */
  static void complete(ResourceType type, String namespace, JsonObject object) {
    JsonObject metadata = Json.child(object, "metadata");
    String said = Json.string(metadata, "namespace");
    if (!said.isEmpty() && !said.equals(namespace)) {
      throw ApiException.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    if (!namespace.isEmpty()) {
      metadata.addProperty("namespace", namespace);
    }
    String prefix = Json.string(metadata, "generateName");
    if (Json.string(metadata, "name").isEmpty() && !prefix.isEmpty()) {
      metadata.addProperty("name", prefix + suffix());
    }
    check(type, Json.string(metadata, "name"));
  }

  private static void check(ResourceType type, String name) {
    if (name.isEmpty()) {
      throw ApiException.invalid(
          type, name, "metadata.name", "Required value: name or generateName is required");
    }
    boolean anyPathSegment = type.group().equals("rbac.authorization.k8s.io");
    boolean good =
        anyPathSegment
            ? !name.contains("/") && !name.contains("%")
            : name.length() <= MAX_LENGTH && SUBDOMAIN.matcher(name).matches();
    if (!good) {
      throw ApiException.invalid(
          type,
          name,
          "metadata.name",
          "Invalid value: \""
              + name
              + "\": a lowercase RFC 1123 subdomain must consist of lower"
              + " case alphanumeric characters, '-' or '.', and must start and end with an"
              + " alphanumeric character");
    }
  }

  private static String suffix() {
    StringBuilder suffix = new StringBuilder();
    for (int i = 0; i < SUFFIX_LENGTH; i++) {
      int letter = ThreadLocalRandom.current().nextInt(SUFFIX_LETTERS.length());
      suffix.append(SUFFIX_LETTERS.charAt(letter));
    }
    return suffix.toString();
  }
}
