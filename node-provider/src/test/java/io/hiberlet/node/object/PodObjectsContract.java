package io.hiberlet.node.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.Await;
import io.hiberlet.node.client.ResourceException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every implementation of {@link PodObjects} does. Each test has objects of its own names. */
abstract class PodObjectsContract {
  private static final byte[] BINARY = {0, (byte) 0xff};
  private static final int PATIENCE_SECONDS = 30;

  /** Whom to test. */
  abstract PodObjects objects();

  /** Creates an object or replaces it. */
  abstract void put(ObjectName name, PodObject object) throws Exception;

  abstract void remove(ObjectName name) throws Exception;

  private static PodObject text(String value) {
    return new PodObject(Map.of("key", value.getBytes(UTF_8)), Map.of(), false);
  }

  private @Nullable String value(ObjectName name) throws ResourceException {
    return objects()
        .read(name)
        .map(object -> new String(object.data().get("key"), UTF_8))
        .orElse(null);
  }

  @Test
  void whatIsNotThereIsEmpty() throws Exception {
    assertEquals(Optional.empty(), objects().read(ObjectName.configMap("default", "absent")));
    assertEquals(Optional.empty(), objects().read(ObjectName.secret("default", "absent")));
  }

  @Test
  void readsAConfigMap() throws Exception {
    ObjectName name = ObjectName.configMap("default", "whole");
    put(name, new PodObject(Map.of("key", "ä".getBytes(UTF_8)), Map.of("b", BINARY), true));
    PodObject object = objects().read(name).orElseThrow();
    assertEquals("ä", new String(object.data().get("key"), UTF_8));
    assertEquals("0, -1", object.binaryData().get("b")[0] + ", " + object.binaryData().get("b")[1]);
    assertTrue(object.immutable());
  }

  @Test
  void readsASecretAndNeverPrintsIt() throws Exception {
    ObjectName name = ObjectName.secret("default", "whole");
    put(name, new PodObject(Map.of("key", "hidden".getBytes(UTF_8)), Map.of(), false));
    PodObject object = objects().read(name).orElseThrow();
    assertEquals("hidden", new String(object.data().get("key"), UTF_8));
    assertFalse(object.immutable());
    assertFalse(object.toString().contains("hidden"));
  }

  @Test
  void followersHearOfTheBeginningAndOfEveryChange() throws Exception {
    ObjectName name = ObjectName.secret("default", "followed");
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    var first = objects().follow(name, () -> heard.add("first"));
    put(name, text("1"));
    await(heard, "first");
    assertEquals("1", value(name));
    var second = objects().follow(name, () -> heard.add("second"));
    await(heard, "second");
    put(name, text("2"));
    await(heard, "second");
    Await.until("the change", () -> "2".equals(value(name)));
    second.close();
    remove(name);
    Await.until("the end", () -> value(name) == null);
    heard.clear();
    put(name, text("3"));
    await(heard, "first");
    assertNull(heard.poll(), "who has gone hears nothing");
    first.close();
    put(name, text("4"));
    Await.until("who does not follow reads anew", () -> "4".equals(value(name)));
  }

  private static void await(BlockingQueue<String> heard, String expected)
      throws InterruptedException {
    String said = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    while (said != null && !said.equals(expected)) {
      said = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    assertEquals(expected, said);
  }
}
