package io.hiberlet.e2e;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a real API server was asked, by whom, and what it answered. */
record AuditLog(Path file) {
  private static final String POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules: [{level: Metadata}]
      """;

  /**
   * One request; a watch has an entry at its begin and another one at its end.
   *
   * @param uri decoded
   * @param code of the answer
   * @param ended whether the answer is complete
   */
  record Entry(String user, String verb, String resource, String uri, int code, boolean ended) {
    private static Entry of(JsonObject event) {
      JsonObject object = event.getAsJsonObject("objectRef");
      JsonObject status = event.getAsJsonObject("responseStatus");
      return new Entry(
          event.getAsJsonObject("user").get("username").getAsString(),
          event.get("verb").getAsString(),
          object != null && object.has("resource") ? object.get("resource").getAsString() : "",
          URLDecoder.decode(event.get("requestURI").getAsString(), StandardCharsets.UTF_8),
          status != null && status.has("code") ? status.get("code").getAsInt() : 0,
          event.get("stage").getAsString().equals("ResponseComplete"));
    }

    /** Kept from whoever asked: 401 or 403. */
    boolean isRefused() {
      return code == 401 || code == 403;
    }

    /** Reads objects that nobody named one by one. */
    boolean isWide() {
      return (verb.equals("list") || verb.equals("watch"))
          && !uri.contains("fieldSelector=metadata.name=");
    }
  }

  /** The log of an API server that is started with {@link #flags}. */
  static AuditLog in(Path folder) {
    try {
      Files.writeString(folder.resolve("audit-policy.yaml"), POLICY);
      return new AuditLog(folder.resolve("audit.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Map<String, String> flags() {
    return Map.of(
        "API_SERVER_FLAGS",
        "--audit-policy-file=%s --audit-log-path=%s"
            .formatted(file.resolveSibling("audit-policy.yaml"), file));
  }

  /** All requests that were answered, or begun to be, until now. */
  List<Entry> entries() {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.endsWith("}")) // the last one may be half written
          .map(line -> Entry.of(JsonParser.parseString(line).getAsJsonObject()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
