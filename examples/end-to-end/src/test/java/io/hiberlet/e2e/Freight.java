package io.hiberlet.e2e;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/** What a ring carries. */
enum Freight {
  TEST_RESOURCE("TestResource", "testresource", "{.spec.nonce}") {
    @Override
    String manifest(String namespace, String name, String nonce) {
      return """
      apiVersion: example.hiberlet.io/v1
      kind: TestResource
      metadata: {namespace: %s, name: %s}
      spec: {nonce: %s}
      """
          .formatted(namespace, name, nonce);
    }
  },

  CONFIG_MAP("ConfigMap", "configmap", "{.data.nonce}") {
    @Override
    String manifest(String namespace, String name, String nonce) {
      return """
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: %s, name: %s}
      data: {nonce: "%s"}
      """
          .formatted(namespace, name, nonce);
    }
  };

  /** As {@code ring.sh} calls it. */
  final String kind;

  /** As kubectl calls it. */
  final String resource;

  /** Where its nonce is. */
  final String jsonPath;

  Freight(String kind, String resource, String jsonPath) {
    this.kind = kind;
    this.resource = resource;
    this.jsonPath = jsonPath;
  }

  abstract String manifest(String namespace, String name, String nonce);

  /**
   * What a server can keep. Kubernetes before 1.23 that was built with Go 1.18 or newer dies of its
   * first custom resource: its vendored reflect2 does not fit that Go.
   */
  static Freight of(Kubectl kubectl) {
    JsonObject version =
        JsonParser.parseString(kubectl.get("get", "--raw", "/version")).getAsJsonObject();
    int minor = Integer.parseInt(version.get("minor").getAsString().replaceAll("\\D", ""));
    boolean newGo = version.get("goVersion").getAsString().matches("go1\\.(1[89]|[2-9]\\d).*");
    return minor < 23 && newGo ? CONFIG_MAP : TEST_RESOURCE;
  }
}
