package io.hiberlet.agent.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hiberlet.agent.hostio.http.Exchange;
import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.Field;
import io.hiberlet.agent.hostio.http.ResponseHead;
import io.hiberlet.agent.hostio.http.Upstream;
import io.hiberlet.agent.hostio.http.UpstreamException;
import io.hiberlet.agent.hostio.http.UpstreamException.Reason;
import io.hiberlet.agent.hostio.http.UpstreamRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The API server of a conformance guest: gives it one task after the other and takes its answers,
 * after a while that is drawn from a seed. All on the test's thread, in its time.
 */
final class TaskServer implements Upstream {
  private static final int FIRST_VERSION = 100;

  /** More than the host gathers. */
  static final int HUGE_BYTES = (8 << 20) + 1;

  private static final int LONGEST_DELAY_MILLIS = 30;
  private static final Pattern VERSION = Pattern.compile("[?&]resourceVersion=(\\d+)");

  /** Runs something later, in the test's time. */
  interface Later {
    void in(Duration delay, Runnable action);
  }

  private final List<Task> tasks;
  private final Later later;
  private final SplittableRandom random;
  private final List<Answer> answers = new ArrayList<>();
  private @Nullable Call watch;
  private int told;

  TaskServer(List<Task> tasks, SplittableRandom random, Later later) {
    this.tasks = List.copyOf(tasks);
    this.later = later;
    this.random = random;
  }

  /** One for each task that was done. */
  List<Answer> answers() {
    return answers;
  }

  boolean isDone() {
    return answers.size() == tasks.size();
  }

  @Override
  public Exchange send(UpstreamRequest request, ExchangeListener listener) {
    Call call = new Call(listener);
    later.in(Duration.ofMillis(random.nextInt(LONGEST_DELAY_MILLIS)), () -> answer(request, call));
    return call;
  }

  private void answer(UpstreamRequest request, Call call) {
    if (call.cancelled) {
      return; // or a watch that is over would take the place of the one after it
    }
    String target = request.target();
    String path = target.replaceAll("\\?.*", "");
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (request.method().equals("PATCH")) {
      take(JsonParser.parseString(new String(request.body(), UTF_8)).getAsJsonObject());
      call.reply(200, "{}");
    } else if (target.contains("watch=true") || target.contains("watch=1")) {
      Matcher version = VERSION.matcher(target);
      told = version.find() ? Integer.parseInt(version.group(1)) - FIRST_VERSION : 0;
      watch = call;
      call.head(200);
      tell();
    } else if (name.equals("configmaps")) {
      call.reply(
          200,
          "{\"metadata\":{\"resourceVersion\":\"%d\"},\"items\":[]}"
              .formatted(FIRST_VERSION + answers.size()));
    } else {
      value(name, call);
    }
  }

  private static void value(String name, Call call) {
    switch (name) {
      case "missing" -> call.reply(404, "{\"kind\":\"Status\",\"code\":404}");
      case "broken" -> call.reply(500, "{\"kind\":\"Status\",\"code\":500}");
      case "huge" -> call.reply(200, "x".repeat(HUGE_BYTES));
      case "giant" -> call.reply(200, "x".repeat(HUGE_BYTES - 1));
      case "cut" -> call.cut();
      default ->
          call.reply(
              200,
              "{\"metadata\":{\"name\":\"%s\"},\"data\":{\"value\":\"value of %s\"}}"
                  .formatted(name, name));
    }
  }

  /** The next task comes when the one before is answered; a guest may rely on no more. */
  private void tell() {
    Call open = watch;
    if (open != null && !open.cancelled && told == answers.size() && told < tasks.size()) {
      Task task = tasks.get(told);
      told++;
      var data = new JsonObject();
      data.addProperty("n", Integer.toString(told));
      data.addProperty("do", task.what());
      data.addProperty("with", task.with());
      open.piece(
          ("{\"type\":\"MODIFIED\",\"object\":{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\","
                  + "\"metadata\":{\"name\":\"task\",\"namespace\":\"conformance\","
                  + "\"resourceVersion\":\"%d\"},\"data\":%s}}\n")
              .formatted(FIRST_VERSION + told, data));
    }
  }

  private void take(JsonObject patch) {
    JsonObject data = patch.getAsJsonObject("data");
    int n = data.get("n").getAsInt();
    if (n != answers.size() + 1) {
      throw new AssertionError("answered task %d after task %d".formatted(n, answers.size()));
    }
    answers.add(
        new Answer(
            data.get("result").getAsString(),
            data.get("count").getAsLong(),
            data.get("sum").getAsLong()));
    later.in(Duration.ofMillis(random.nextInt(LONGEST_DELAY_MILLIS)), this::tell);
  }

  @Override
  public void close() {}

  /** One request and its answer. */
  private static final class Call implements Exchange {
    private final ExchangeListener listener;
    private boolean cancelled;

    Call(ExchangeListener listener) {
      this.listener = listener;
    }

    void head(int status) {
      if (!cancelled) {
        listener.onHead(
            new ResponseHead(
                status, "Said", List.of(new Field("Content-Type", "application/json"))));
      }
    }

    void piece(String text) {
      if (!cancelled) {
        listener.onBody(text.getBytes(UTF_8));
      }
    }

    void reply(int status, String body) {
      head(status);
      piece(body);
      if (!cancelled) {
        listener.onEnd();
      }
    }

    void cut() {
      head(200);
      piece("{\"metadata\":");
      if (!cancelled) {
        listener.onFailure(new UpstreamException(Reason.CONNECTION, "cut"));
      }
    }

    @Override
    public void resume() {}

    @Override
    public void cancel() {
      cancelled = true;
    }
  }
}
