package io.hiberlet.node.api.exec;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * How a command ended, as the remote command protocol tells it: a metav1.Status in JSON since
 * version 4 of the protocol, and just the message of a failure before.
 *
 * @param message empty when the command succeeded
 */
public record ExecStatus(String message, String json) {

  static ExecStatus exited(int code) {
    if (code == 0) {
      return new ExecStatus("", status("Success").toString());
    }
    String message = "command terminated with non-zero exit code: exit status " + code;
    return failure(message, "NonZeroExitCode", 0, cause("ExitCode", Integer.toString(code)));
  }

  static ExecStatus notFound(String message) {
    return failure(message, "NotFound", 404, null);
  }

  static ExecStatus failed(String message) {
    String told = "error executing command in container: " + message;
    return failure("Internal error occurred: " + told, "InternalError", 500, cause(null, told));
  }

  boolean isSuccess() {
    return message.isEmpty();
  }

  private static ExecStatus failure(
      String message, String reason, int code, @Nullable JsonObject cause) {
    JsonObject status = status("Failure");
    status.addProperty("message", message);
    status.addProperty("reason", reason);
    if (cause != null) {
      JsonArray causes = new JsonArray();
      causes.add(cause);
      JsonObject details = new JsonObject();
      details.add("causes", causes);
      status.add("details", details);
    }
    if (code != 0) {
      status.addProperty("code", code);
    }
    return new ExecStatus(message, status.toString());
  }

  private static JsonObject status(String value) {
    JsonObject status = new JsonObject();
    status.addProperty("kind", "Status");
    status.addProperty("apiVersion", "v1");
    status.add("metadata", new JsonObject());
    status.addProperty("status", value);
    return status;
  }

  private static JsonObject cause(@Nullable String reason, String message) {
    JsonObject cause = new JsonObject();
    if (reason != null) {
      cause.addProperty("reason", reason);
    }
    cause.addProperty("message", message);
    return cause;
  }
}
