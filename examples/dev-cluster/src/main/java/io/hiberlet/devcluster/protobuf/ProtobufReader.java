package io.hiberlet.devcluster.protobuf;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hiberlet.devcluster.json.Json;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Authentication;
import io.kubernetes.client.proto.V1Authorization;
import io.kubernetes.client.proto.V1Certificates;
import io.kubernetes.client.proto.V1Rbac;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Reads bodies of the type {@code application/vnd.kubernetes.protobuf} ("Kubernetes Protobuf
 * encoding" in Kubernetes' API concepts): four bytes of magic, and an envelope that names the kind.
 * The typed clients of client-go 0.36, and with them kubectl, send built-in kinds so. Fields that
 * this version of the messages does not know are left out, as an API server does it.
 */
public final class ProtobufReader {
  public static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

  private static final byte[] MAGIC = {'k', '8', 's', 0};

  private static final Map<String, FileDescriptor> GROUPS =
      Map.of(
          "v1", V1.getDescriptor(),
          "rbac.authorization.k8s.io/v1", V1Rbac.getDescriptor(),
          "certificates.k8s.io/v1", V1Certificates.getDescriptor(),
          "authentication.k8s.io/v1", V1Authentication.getDescriptor(),
          "authorization.k8s.io/v1", V1Authorization.getDescriptor());

  private ProtobufReader() {}

  /**
   * The object as JSON; empty when there is no description of its kind.
   *
   * @throws InvalidProtocolBufferException when the bytes are no such object
   */
  public static Optional<JsonObject> read(byte[] body) throws InvalidProtocolBufferException {
    if (body.length < MAGIC.length || !Arrays.equals(MAGIC, Arrays.copyOf(body, MAGIC.length))) {
      throw new InvalidProtocolBufferException("it does not begin with k8s and a zero byte");
    }
    Unknown envelope =
        Unknown.parseFrom(ByteString.copyFrom(body, MAGIC.length, body.length - MAGIC.length));
    String version = envelope.getTypeMeta().getApiVersion();
    String kind = envelope.getTypeMeta().getKind();
    Optional<Descriptor> type = type(version, kind);
    if (type.isEmpty()) {
      return Optional.empty();
    }
    JsonObject object = Json.of("apiVersion", version, "kind", kind);
    MessageJson.addFields(object, DynamicMessage.parseFrom(type.get(), envelope.getRaw()));
    return Optional.of(object);
  }

  /** Every group has the options of deletions. */
  private static Optional<Descriptor> type(String version, String kind) {
    return kind.equals("DeleteOptions")
        ? Optional.of(Meta.DeleteOptions.getDescriptor())
        : Optional.ofNullable(GROUPS.get(version)).map(group -> group.findMessageTypeByName(kind));
  }
}
