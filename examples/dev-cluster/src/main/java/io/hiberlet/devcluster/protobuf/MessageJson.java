package io.hiberlet.devcluster.protobuf;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.hiberlet.devcluster.json.Json;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes' protobuf messages as the JSON of the same objects. Their fields have the same names,
 * but for structures that JSON has in line; some kinds of values have a form of their own. Go
 * writes empty texts and moments that nobody has set: they are left out.
 */
final class MessageJson {
  /** Fields whose own fields belong to the structure around them. */
  private static final Set<String> IN_LINE =
      Set.of(
          "volumeSource",
          "persistentVolumeSource",
          "handler",
          "localObjectReference",
          "ephemeralContainerCommon");

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssX").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSX").withZone(ZoneOffset.UTC);

  private MessageJson() {}

  static void addFields(JsonObject to, Message message) throws InvalidProtocolBufferException {
    for (var field : message.getAllFields().entrySet()) {
      JsonElement value = value(field.getKey(), field.getValue());
      if (value instanceof JsonObject fields && IN_LINE.contains(field.getKey().getName())) {
        fields.entrySet().forEach(each -> to.add(each.getKey(), each.getValue()));
      } else if (!isEmpty(value)) {
        to.add(field.getKey().getName(), value);
      }
    }
  }

  private static boolean isEmpty(@Nullable JsonElement value) {
    return value == null
        || (value instanceof JsonPrimitive text && text.isString() && text.getAsString().isEmpty());
  }

  private static @Nullable JsonElement value(FieldDescriptor field, Object value)
      throws InvalidProtocolBufferException {
    if (field.isMapField()) {
      return map((Collection<?>) value);
    }
    if (!field.isRepeated()) {
      return single(value);
    }
    JsonArray array = new JsonArray();
    for (Object element : (Collection<?>) value) {
      array.add(single(element));
    }
    return array;
  }

  private static JsonObject map(Collection<?> entries) throws InvalidProtocolBufferException {
    JsonObject map = new JsonObject();
    for (Object each : entries) {
      Message entry = (Message) each;
      var type = entry.getDescriptorForType();
      String key = (String) entry.getField(type.findFieldByName("key"));
      map.add(key, single(entry.getField(type.findFieldByName("value"))));
    }
    return map;
  }

  private static @Nullable JsonElement single(Object value) throws InvalidProtocolBufferException {
    return switch (value) {
      case Message message -> message(message);
      case ByteString bytes ->
          new JsonPrimitive(Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case EnumValueDescriptor constant -> new JsonPrimitive(constant.getName());
      case Boolean flag -> new JsonPrimitive(flag);
      case Number number -> new JsonPrimitive(number);
      default -> new JsonPrimitive((String) value);
    };
  }

  private static @Nullable JsonElement message(Message message)
      throws InvalidProtocolBufferException {
    return switch (message.getDescriptorForType().getName()) {
      case "Time" -> time(message, SECONDS);
      case "MicroTime" -> time(message, MICROSECONDS);
      case "Quantity" -> new JsonPrimitive((String) field(message, "string"));
      case "IntOrString" ->
          (long) field(message, "type") == 0
              ? new JsonPrimitive((Number) field(message, "intVal"))
              : new JsonPrimitive((String) field(message, "strVal"));
      case "RawExtension" -> document((ByteString) field(message, "raw"));
      case "FieldsV1" -> document((ByteString) field(message, "Raw"));
      case "ExtraValue", "Verbs" ->
          value(message.getDescriptorForType().findFieldByName("items"), field(message, "items"));
      default -> {
        JsonObject object = new JsonObject();
        addFields(object, message);
        yield object;
      }
    };
  }

  /** Nothing when it was not set. */
  private static @Nullable JsonElement time(Message time, DateTimeFormatter form) {
    long seconds = (long) field(time, "seconds");
    int nanos = (int) field(time, "nanos");
    return seconds == 0 && nanos == 0
        ? null
        : new JsonPrimitive(form.format(Instant.ofEpochSecond(seconds, nanos)));
  }

  private static @Nullable JsonElement document(ByteString bytes)
      throws InvalidProtocolBufferException {
    try {
      return bytes.isEmpty() ? null : Json.parse(bytes.toByteArray());
    } catch (JsonParseException e) {
      throw new InvalidProtocolBufferException("an embedded object is no JSON: " + e.getMessage());
    }
  }

  private static Object field(Message message, String name) {
    return message.getField(message.getDescriptorForType().findFieldByName(name));
  }
}
