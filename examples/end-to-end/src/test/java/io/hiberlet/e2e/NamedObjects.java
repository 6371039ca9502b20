package io.hiberlet.e2e;

import java.util.List;

/** Pods that name a ConfigMap or a Secret in every way in which a pod can. */
final class NamedObjects {
  /** Of every object that they name, as it is read. */
  static final List<String> PATHS =
      List.of(
          "/api/v1/namespaces/default/configmaps/of-environment",
          "/api/v1/namespaces/default/configmaps/of-variable",
          "/api/v1/namespaces/default/configmaps/of-volume",
          "/api/v1/namespaces/default/secrets/of-environment",
          "/api/v1/namespaces/default/secrets/of-variable",
          "/api/v1/namespaces/default/secrets/of-volume",
          "/api/v1/namespaces/default/secrets/of-projection",
          "/api/v1/namespaces/default/secrets/of-image");

  static final String OBJECTS =
      object("ConfigMap", "of-environment", "data: {A: a}")
          + object("ConfigMap", "of-variable", "data: {B: b}")
          + object("ConfigMap", "of-volume", "data: {c: c}")
          + object("Secret", "of-environment", "stringData: {D: d}")
          + object("Secret", "of-variable", "stringData: {E: e}")
          + object("Secret", "of-volume", "stringData: {greeting: hello}")
          + object("Secret", "of-projection", "stringData: {f: f}")
          + object(
              "Secret",
              "of-image",
              """
              type: kubernetes.io/dockerconfigjson
              stringData: {.dockerconfigjson: '{"auths": {"127.0.0.1:1": {"auth": "ZWRnZTpzM2NyZXQ="}}}'}
              """);

  private NamedObjects() {}

  private static String object(String kind, String name, String content) {
    return """
    ---
    apiVersion: v1
    kind: %s
    metadata: {name: %s, namespace: default}
    %s
    """
        .formatted(kind, name, content.strip());
  }

  static String pod(String node) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: configured
      namespace: default
      annotations: {hiberlet.io/controller: v1, "hiberlet.io/module": "file:files.wasm"}
    spec:
      nodeName: %s
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
      containers:
      - name: main
        image: x
        envFrom:
        - {configMapRef: {name: of-environment}}
        - {secretRef: {name: of-environment}}
        env:
        - {name: B, valueFrom: {configMapKeyRef: {name: of-variable, key: B}}}
        - {name: E, valueFrom: {secretKeyRef: {name: of-variable, key: E}}}
        volumeMounts:
        - {name: secret, mountPath: /etc/config}
        - {name: configmap, mountPath: /etc/settings}
        - {name: all, mountPath: /etc/all}
      volumes:
      - {name: secret, secret: {secretName: of-volume}}
      - {name: configmap, configMap: {name: of-volume}}
      - {name: all, projected: {sources: [{secret: {name: of-projection}}]}}
    """
        .formatted(node);
  }

  /** Its registry is not there; the credentials are read before that shows. */
  static String podWithPullSecret(String node) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: private, namespace: default, annotations: {hiberlet.io/controller: v1}}
    spec:
      nodeName: %s
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
      imagePullSecrets: [{name: of-image}]
      containers: [{name: main, image: "127.0.0.1:1/nothing:v1"}]
    """
        .formatted(node);
  }
}
