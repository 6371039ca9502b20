package io.hiberlet.node.pod;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Compresses a pod's JSON with the help of a dictionary (RFC 1951) of what most pods have in
 * common, which is most of a pod. For memory only: what was compressed by another version cannot be
 * read.
 */
final class PodCompression {
  /** What is most common comes last, where it is nearest and its references are shortest. */
  private static final byte[] DICTIONARY =
      """
      {"name":"CONFIG","valueFrom":{"configMapKeyRef":{"key":"","name":""}}},\
      {"name":"PASSWORD","valueFrom":{"secretKeyRef":{"key":"password","name":""}}},\
      {"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}}],\
      "envFrom":[{"configMapRef":{"name":""}},{"secretRef":{"name":""}}],"args":[""],"command":[""],\
      "initContainerStatuses":[],"lastState":{"terminated":{"containerID":"hiberlet://","exitCode":0,\
      "finishedAt":"","reason":"Completed","startedAt":""}},"waiting":{"reason":"ContainerCreating"},\
      "nodeSelector":{"hiberlet.io/runtime":"wasm"},"runtimeClassName":"hiberlet",\
      {"effect":"NoSchedule","key":"hiberlet.io/runtime","operator":"Equal","value":"wasm"},\
      "apiVersion":"v1","kind":"Pod","metadata":{"annotations":{"hiberlet.io/controller":"v1",\
      "hiberlet.io/module":"configmap:"},"creationTimestamp":"2026-01-01T00:00:00Z",\
      "generateName":"","labels":{"app":"","pod-template-hash":""},"name":"","namespace":"default",\
      "ownerReferences":[{"apiVersion":"apps/v1","blockOwnerDeletion":true,"controller":true,\
      "kind":"ReplicaSet","name":"","uid":""}],"resourceVersion":"","uid":""},\
      "spec":{"containers":[{"args":[],"command":[],"env":[{"name":"","value":""}],"image":"",\
      "imagePullPolicy":"IfNotPresent","name":"","resources":{"limits":{"cpu":"","memory":"Mi"},\
      "requests":{"cpu":"","memory":"Mi"}},"terminationMessagePath":"/dev/termination-log",\
      "terminationMessagePolicy":"File","volumeMounts":[{"mountPath":\
      "/var/run/secrets/kubernetes.io/serviceaccount","name":"kube-api-access-","readOnly":true}]}],\
      "dnsPolicy":"ClusterFirst","enableServiceLinks":true,"nodeName":"",\
      "preemptionPolicy":"PreemptLowerPriority","priority":0,"restartPolicy":"Always",\
      "schedulerName":"default-scheduler","securityContext":{},"serviceAccount":"default",\
      "serviceAccountName":"default","terminationGracePeriodSeconds":30,"tolerations":[\
      {"effect":"NoExecute","key":"node.kubernetes.io/not-ready","operator":"Exists",\
      "tolerationSeconds":300},{"effect":"NoExecute","key":"node.kubernetes.io/unreachable",\
      "operator":"Exists","tolerationSeconds":300}],"volumes":[{"name":"","configMap":\
      {"defaultMode":420,"name":""}},{"name":"default-token-","secret":{"defaultMode":420,\
      "secretName":"default-token-"}},{"name":"kube-api-access-","projected":{"defaultMode":420,\
      "sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":\
      {"items":[{"key":"ca.crt","path":"ca.crt"}],"name":"kube-root-ca.crt"}},{"downwardAPI":\
      {"items":[{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"},\
      "path":"namespace"}]}}]}}]},"status":{"conditions":[{"lastTransitionTime":\
      "2026-01-01T00:00:00Z","status":"True","type":"PodScheduled"},{"lastTransitionTime":\
      "2026-01-01T00:00:00Z","status":"True","type":"Initialized"},{"lastTransitionTime":\
      "2026-01-01T00:00:00Z","status":"True","type":"ContainersReady"},{"lastTransitionTime":\
      "2026-01-01T00:00:00Z","status":"True","type":"Ready"},{"lastTransitionTime":\
      "2026-01-01T00:00:00Z","reason":"Idle","status":"True","type":"hiberlet.io/Hibernated"}],\
      "containerStatuses":[{"containerID":"hiberlet://","image":"","imageID":"sha256:",\
      "lastState":{},"name":"","ready":true,"restartCount":0,"started":true,"state":{"running":\
      {"startedAt":"2026-01-01T00:00:00Z"}}}],"hostIP":"","phase":"Running","podIP":"","podIPs":\
      [{"ip":""}],"qosClass":"Burstable","startTime":"2026-01-01T00:00:00Z"}}
      """
          .getBytes(StandardCharsets.UTF_8);

  private PodCompression() {}

  static byte[] compressed(String json) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try (OutputStream out = new DeflaterOutputStream(packed, deflater)) {
      deflater.setDictionary(DICTIONARY);
      out.write(json.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written to", e);
    } finally {
      deflater.end();
    }
    return packed.toByteArray();
  }

  static String expanded(byte[] packed) {
    Inflater inflater = new Inflater(true);
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(packed), inflater)) {
      inflater.setDictionary(DICTIONARY);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be read", e);
    } finally {
      inflater.end();
    }
  }
}
