package io.hiberlet.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a node does for its users, on a real control plane. */
@Tag("cluster")
final class RealClusterTest {
  @Nested
  final class TheMainJob extends MainJob {
    TheMainJob() {
      super(TestCluster::real);
    }

    @Test
    @DisplayName("metrics-server can read what the node and its controllers take")
    void usage() {
      kubectl().assumeAWayTo("edge-1");
      String metrics = page("metrics/resource");
      assertTrue(metrics.contains("\nresource_scrape_error 0.0\n"), metrics);
      for (String name :
          List.of(
              "node_cpu_usage_seconds_total",
              "node_memory_working_set_bytes",
              "container_cpu_usage_seconds_total\\{.*pod=\"ring-0\".*}",
              "container_memory_working_set_bytes\\{.*pod=\"ring-0\".*}",
              "pod_cpu_usage_seconds_total\\{.*pod=\"ring-1\".*}")) {
        // metrics-server leaves out what is 0, and the whole pod with it.
        assertTrue(
            Pattern.compile("(?m)^" + name + " (?!0\\.0 )[0-9.E-]+ [0-9]{13}$")
                .matcher(metrics)
                .find(),
            () -> name + " in " + metrics);
      }
      String summary = page("stats/summary");
      assertTrue(summary.contains("\"podRef\":{\"name\":\"ring-0\""), summary);
      assertTrue(summary.contains("\"usageNanoCores\":"), summary);
      assertTrue(page("runningpods/").contains("\"name\":\"ring-0\""));
      assertTrue(page("metrics").contains("hiberlet_controllers "));
      assertTrue(page("configz").contains("\"kind\":\"KubeletConfiguration\""));
    }

    @Test
    @DisplayName("A checkpoint through the API server is a snapshot, and is named")
    void checkpoint() {
      kubectl().assumeAWayTo("edge-1");
      String uid =
          kubectl()
              .get("get", "pod", "-n", "ring-operator", "ring-0", "-o=jsonpath={.metadata.uid}");
      String answer =
          kubectl()
              .get(
                  "create",
                  "--raw",
                  "/api/v1/nodes/edge-1/proxy/checkpoint/ring-operator/ring-0/operator",
                  "-f",
                  "/dev/null");
      assertEquals("{\"items\":[\"%s/operator\"]}".formatted(uid), answer.strip());
    }

    private String page(String path) {
      return kubectl().get("get", "--raw", "/api/v1/nodes/edge-1/proxy/" + path);
    }
  }

  @Nested
  final class WrongInputs extends WrongInput {
    WrongInputs() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class TheExpectationsOfProviders extends ProviderExpectations {
    TheExpectationsOfProviders() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class TheExamples extends EdgeExamples {
    TheExamples() {
      super(() -> TestCluster.real().joined());
    }

    @Test
    @DisplayName("A Job tells whether the templates can be filled in")
    void job() {
      RENDER.prepare(kubectl());
      kubectl().apply(RENDER.manifest("templates"));
      kubectl().apply(RENDER.manifest("check"));
      kubectl().get("wait", "--for=condition=complete", "-n=render", "job/check", "--timeout=120s");
      String log = kubectl().get("logs", "-n", "render", "job/check");
      assertEquals("/templates/site.conf: 24 bytes\n", log);
      kubectl().run("delete", "job", "-n", "render", "check");
    }
  }

  @Nested
  final class TheServerIsAway extends ServerAway {
    TheServerIsAway() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class Configurations extends GuestConfiguration {
    Configurations() {
      super(TestCluster::real);
    }
  }
}
