package io.hiberlet.devcluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.hiberlet.devcluster.ApiClient.Reply;
import io.hiberlet.devcluster.json.Json;
import io.kubernetes.client.proto.IntStr.IntOrString;
import io.kubernetes.client.proto.Meta.ObjectMeta;
import io.kubernetes.client.proto.Resource.Quantity;
import io.kubernetes.client.proto.Runtime.TypeMeta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Rbac;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Part of the contract: bodies as typed Go clients, kubectl 1.36 among them, send them. */
abstract class ProtobufContract extends IdentityContract {
  private static final ObjectMeta NAMED = ObjectMeta.newBuilder().setName("x").build();

  @Test
  void protobufIsReadAsItsJson() throws Exception {
    V1.Secret secret =
        V1.Secret.newBuilder()
            .setMetadata(NAMED.toBuilder().setUid("").putLabels("tier", "back"))
            .putData("key", ByteString.copyFromUtf8("value"))
            .build();
    Reply created = post("secrets", "v1", secret);
    assertEquals(201, created.code(), created.toString());
    assertEquals("dmFsdWU=", created.at("data", "key"));
    assertEquals("back", created.at("metadata", "labels", "tier"));
  }

  @Test
  void whatIsInLineInJsonIsSo() throws Exception {
    V1.Volume volume =
        V1.Volume.newBuilder()
            .setName("v")
            .setVolumeSource(
                V1.VolumeSource.newBuilder().setEmptyDir(V1.EmptyDirVolumeSource.newBuilder()))
            .build();
    V1.Probe probe =
        V1.Probe.newBuilder()
            .setHandler(
                V1.ProbeHandler.newBuilder()
                    .setHttpGet(
                        V1.HTTPGetAction.newBuilder()
                            .setPort(IntOrString.newBuilder().setIntVal(80))))
            .build();
    V1.ResourceRequirements resources =
        V1.ResourceRequirements.newBuilder()
            .putLimits("memory", Quantity.newBuilder().setString("16Mi").build())
            .build();
    V1.Pod pod =
        V1.Pod.newBuilder()
            .setMetadata(NAMED)
            .setSpec(
                V1.PodSpec.newBuilder()
                    .setAutomountServiceAccountToken(false)
                    .addVolumes(volume)
                    .addContainers(
                        V1.Container.newBuilder()
                            .setName("c")
                            .setImage("none")
                            .setResources(resources)
                            .setLivenessProbe(probe)))
            .build();
    Reply created = post("pods", "v1", pod);
    assertEquals(201, created.code(), created.toString());
    assertEquals("false", created.at("spec", "automountServiceAccountToken"));
    JsonObject container = Json.objects(created.body(), "spec", "containers").getFirst();
    assertEquals("16Mi", Json.string(container, "resources", "limits", "memory"));
    assertEquals("80", Json.string(container, "livenessProbe", "httpGet", "port"));
    JsonObject stored = Json.objects(created.body(), "spec", "volumes").getFirst();
    assertTrue(stored.has("emptyDir"), stored.toString());
  }

  @Test
  void protobufOfGroupsIsRead() throws Exception {
    V1Rbac.Role role =
        V1Rbac.Role.newBuilder()
            .setMetadata(NAMED)
            .addRules(
                V1Rbac.PolicyRule.newBuilder()
                    .addVerbs("get")
                    .addApiGroups("")
                    .addResources("pods"))
            .build();
    String path = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + namespace + "/roles";
    Reply created = admin.postProtobuf(path, encoded("rbac.authorization.k8s.io/v1", "Role", role));
    assertEquals(201, created.code(), created.toString());
    assertEquals(
        "{\"verbs\":[\"get\"],\"apiGroups\":[\"\"],\"resources\":[\"pods\"]}",
        Json.objects(created.body(), "rules").getFirst().toString());
  }

  @Test
  void whatIsNoProtobufIsRefused() throws Exception {
    Reply refused = admin.postProtobuf(configMaps, "{\"kind\":\"ConfigMap\"}".getBytes(UTF_8));
    assertEquals(400, refused.code(), refused.toString());
  }

  private Reply post(String plural, String version, Message object) throws Exception {
    String kind = object.getDescriptorForType().getName();
    String path = "/api/v1/namespaces/" + namespace + "/" + plural;
    return admin.postProtobuf(path, encoded(version, kind, object));
  }

  private static byte[] encoded(String version, String kind, Message object) throws IOException {
    Unknown envelope =
        Unknown.newBuilder()
            .setTypeMeta(TypeMeta.newBuilder().setApiVersion(version).setKind(kind))
            .setRaw(object.toByteString())
            .build();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {'k', '8', 's', 0});
    envelope.writeTo(body);
    return body.toByteArray();
  }
}
