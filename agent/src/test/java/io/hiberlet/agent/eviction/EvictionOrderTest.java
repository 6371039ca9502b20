package io.hiberlet.agent.eviction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.PodKey;
import io.hiberlet.node.Shortage;
import io.hiberlet.node.Shortage.Resource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EvictionOrderTest {

  /** Each pod is {@code name/priority/requested/used}, with a {@code !} when it is critical. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Who exceeds its request goes before one of lower priority, a/0/100/90 b/9/10/20, b",
    "Of those that exceed theirs the lower priority goes, a/5/0/900 b/1/0/10, b",
    "A negative priority is lower than none, a/0/0/900 b/-1/0/10, b",
    "Of equals the one with the most beyond its request goes, a/0/50/60 b/0/0/30, b",
    "Of those within their requests the one nearest to it goes, a/0/100/10 b/0/100/90, b",
    "To use exactly what was requested is not to exceed it, a/1/50/50 b/9/0/1, b",
    "A critical pod never goes, !a/2000000000/0/900 b/9/100/1, b",
    "No more does one that holds nothing, a/0/0/0 b/9/100/1, b",
    "So there may be nobody, !a/0/0/900 b/0/0/0, none",
  })
  void choosesWhoGoesFirst(String rule, String pods, String expected) {
    List<PodUsage> usages =
        List.of(pods.split(" ", -1)).stream().map(EvictionOrderTest::usage).toList();
    assertEquals(expected, first(usages), rule);
    assertEquals(expected, first(usages.reversed()), rule);
  }

  private static String first(List<PodUsage> usages) {
    return EvictionOrder.first(usages).map(usage -> usage.pod().name()).orElse("none");
  }

  private static PodUsage usage(String text) {
    String[] parts = text.split("/", -1);
    String name = parts[0].replace("!", "");
    return new PodUsage(
        new PodKey("ns", name, "uid-" + name),
        Integer.parseInt(parts[1]),
        parts[0].startsWith("!"),
        Long.parseLong(parts[2]),
        Long.parseLong(parts[3]));
  }

  @Test
  void saysWhyInTheKubeletsWords() {
    Shortage why = new Shortage(Resource.MEMORY, 100 << 20, 52_344 << 10);
    assertEquals(
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 52344Ki."
            + " Pod a was using 8Mi, request is 1Mi, has larger consumption of memory.",
        new PodUsage(new PodKey("ns", "a", "u"), 0, false, 1 << 20, 8 << 20).message(why));
    assertEquals(
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 52344Ki.",
        new PodUsage(new PodKey("ns", "a", "u"), 0, false, 8 << 20, 8 << 20).message(why));
  }
}
