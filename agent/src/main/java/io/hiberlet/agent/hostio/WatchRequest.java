package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Field;
import io.hiberlet.agent.hostio.http.UpstreamRequest;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A guest's request for a watch, and how it is sent again from another position: the parameters of
 * the Kubernetes API's watch ("Efficient detection of changes"), rewritten. Immutable.
 */
final class WatchRequest {
  private static final byte[] NO_BODY = {};

  private final GuestRequest request;
  private final String path;
  private final List<String> parameters;
  private final List<Field> fields;

  private WatchRequest(GuestRequest request, List<Field> fields) {
    int query = request.target().indexOf('?');
    this.request = request;
    this.path = query < 0 ? request.target() : request.target().substring(0, query);
    this.parameters =
        query < 0 ? List.of() : Arrays.asList(request.target().substring(query + 1).split("&"));
    this.fields = fields;
  }

  /** The watch that this streaming request asks for; empty when it asks for something else. */
  static Optional<WatchRequest> of(GuestRequest request) {
    Optional<List<Field>> fields = jsonFields(request.endToEndFields());
    if (!request.method().equals("GET") || request.body().length > 0 || fields.isEmpty()) {
      return Optional.empty();
    }
    WatchRequest watch = new WatchRequest(request, fields.get());
    return watch.isTrue("watch") ? Optional.of(watch) : Optional.empty();
  }

  /** Method and target, for people. */
  String line() {
    return request.method() + " " + request.target();
  }

  /** Whether the guest wants to see bookmarks. */
  boolean wantsBookmarks() {
    return isTrue("allowWatchBookmarks");
  }

  /**
   * Whether the stream begins with an ADDED for every object there is, in no order of time, instead
   * of with what happened after a given version.
   */
  boolean beginsWithState() {
    String version = value("resourceVersion");
    return isTrue("sendInitialEvents")
        || version == null
        || version.isEmpty()
        || version.equals("0");
  }

  /** As the guest asked. */
  UpstreamRequest fromBeginning() {
    return with(without("allowWatchBookmarks", "timeoutSeconds"), List.of());
  }

  /** Everything after that version. */
  UpstreamRequest after(String resourceVersion) {
    List<String> kept =
        without(
            "allowWatchBookmarks",
            "timeoutSeconds",
            "resourceVersion",
            "resourceVersionMatch",
            "sendInitialEvents");
    return with(
        kept,
        List.of("resourceVersion=" + URLEncoder.encode(resourceVersion, StandardCharsets.UTF_8)));
  }

  private UpstreamRequest with(List<String> kept, List<String> added) {
    List<String> all = new ArrayList<>(kept);
    all.addAll(added);
    all.add("allowWatchBookmarks=true");
    return new UpstreamRequest("GET", path + "?" + String.join("&", all), fields, NO_BODY, true);
  }

  private List<String> without(String... names) {
    List<String> dropped = List.of(names);
    return parameters.stream()
        .filter(parameter -> !parameter.isEmpty() && !dropped.contains(name(parameter)))
        .toList();
  }

  private boolean isTrue(String name) {
    String value = value(name);
    return value != null && (value.equals("true") || value.equals("1"));
  }

  /** The first value of a parameter, which is the one that the API server takes. */
  private @Nullable String value(String name) {
    for (String parameter : parameters) {
      if (name(parameter).equals(name)) {
        int equals = parameter.indexOf('=');
        return equals < 0 ? "" : decode(parameter.substring(equals + 1));
      }
    }
    return null;
  }

  private static String name(String parameter) {
    int equals = parameter.indexOf('=');
    return decode(equals < 0 ? parameter : parameter.substring(0, equals));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /**
   * The host reads the stream, so it must be JSON and not compressed. Empty when the guest takes no
   * JSON: then the stream is none of the host's business.
   */
  private static Optional<List<Field>> jsonFields(List<Field> fields) {
    List<Field> result = new ArrayList<>();
    for (Field field : fields) {
      if (field.is("accept")) {
        String json = jsonOnly(field.value());
        if (json.isEmpty()) {
          return Optional.empty();
        }
        result.add(new Field(field.name(), json));
      } else if (!field.is("accept-encoding")) {
        result.add(field);
      }
    }
    return Optional.of(result);
  }

  private static String jsonOnly(String accept) {
    return String.join(
        ", ",
        Arrays.stream(accept.split(",", -1))
            .map(String::strip)
            .map(type -> type.startsWith("*/*") ? "application/json" : type)
            .filter(type -> type.toLowerCase(Locale.ROOT).startsWith("application/json"))
            .toList());
  }
}
