package io.hiberlet.node.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.models.V1HostIP;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodStatus;
import org.junit.jupiter.api.Test;

class NewerFieldsTest {
  private static final String STATUS =
      """
      {"phase": "Running", "hostIPs": [{"ip": "10.0.0.7"}],
       "conditions": [{"type": "Ready"}, {"$patch": "delete", "type": "hiberlet.io/Hibernated"}]}
      """;

  private final JsonObject status = JsonParser.parseString(STATUS).getAsJsonObject();

  @Test
  void statusAndConditionsSayWhichSpecTheySpeakOf() {
    NewerFields.addGeneration(status, pod(3L));
    assertEquals(3, status.get("observedGeneration").getAsLong());
    assertEquals(
        "[{\"type\":\"Ready\",\"observedGeneration\":3},"
            + "{\"$patch\":\"delete\",\"type\":\"hiberlet.io/Hibernated\"}]",
        status.get("conditions").toString());
  }

  @Test
  void podsOfOlderServersHaveNoGeneration() {
    NewerFields.addGeneration(status, pod(null));
    NewerFields.addGeneration(status, pod(0L));
    assertEquals(JsonParser.parseString(STATUS), status);
  }

  @Test
  void theDeletionOfAPodThatIsOverIsNothingToObserve() {
    V1Pod over = pod(2L).status(new V1PodStatus().phase("Failed").observedGeneration(1L));
    NewerFields.addGeneration(status, over);
    assertEquals(1, status.get("observedGeneration").getAsLong());
  }

  @Test
  void whatAnOlderServerDroppedIsNotMissed() {
    NewerFields.addGeneration(status, pod(3L));
    JsonObject known = NewerFields.withoutUnknown(status, new V1PodStatus());
    assertEquals("[phase, conditions]", known.keySet().toString());
    assertFalse(known.toString().contains("observedGeneration"), known.toString());
  }

  @Test
  void whatANewerServerKeepsIsCompared() {
    NewerFields.addGeneration(status, pod(3L));
    V1PodStatus before =
        new V1PodStatus().observedGeneration(2L).addHostIPsItem(new V1HostIP().ip("10.0.0.7"));
    assertEquals(status, NewerFields.withoutUnknown(status, before));
  }

  private static V1Pod pod(Long generation) {
    return new V1Pod().metadata(new V1ObjectMeta().generation(generation));
  }
}
