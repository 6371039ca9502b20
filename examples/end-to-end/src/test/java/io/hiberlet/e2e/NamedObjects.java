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
      """
      {apiVersion: v1, kind: ConfigMap, metadata: {name: of-environment, namespace: default}, data: {A: a}}
      ---
      {apiVersion: v1, kind: ConfigMap, metadata: {name: of-variable, namespace: default}, data: {B: b}}
      ---
      {apiVersion: v1, kind: ConfigMap, metadata: {name: of-volume, namespace: default}, data: {c: c}}
      ---
      {apiVersion: v1, kind: Secret, metadata: {name: of-environment, namespace: default}, stringData: {D: d}}
      ---
      {apiVersion: v1, kind: Secret, metadata: {name: of-variable, namespace: default}, stringData: {E: e}}
      ---
      {apiVersion: v1, kind: Secret, metadata: {name: of-volume, namespace: default}, stringData: {greeting: hello}}
      ---
      {apiVersion: v1, kind: Secret, metadata: {name: of-projection, namespace: default}, stringData: {f: f}}
      ---
      apiVersion: v1
      kind: Secret
      type: kubernetes.io/dockerconfigjson
      metadata: {name: of-image, namespace: default}
      stringData: {.dockerconfigjson: '{"auths": {"127.0.0.1:1": {"auth": "ZWRnZTpzM2NyZXQ="}}}'}
      """;

  private NamedObjects() {}

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
