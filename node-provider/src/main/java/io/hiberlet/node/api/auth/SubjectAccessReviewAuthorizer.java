package io.hiberlet.node.api.auth;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.AuthorizationV1Api;
import io.kubernetes.client.openapi.models.V1ResourceAttributes;
import io.kubernetes.client.openapi.models.V1SubjectAccessReview;
import io.kubernetes.client.openapi.models.V1SubjectAccessReviewSpec;
import io.kubernetes.client.openapi.models.V1SubjectAccessReviewStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Asks the API server whether a caller may use a subresource of this node, as the kubelet does with
 * authorization mode Webhook. Nobody is exempt, {@code system:masters} included.
 */
public final class SubjectAccessReviewAuthorizer implements Authorizer {

  /** The kubelet's authorization.webhook.cacheAuthorizedTTL and cacheUnauthorizedTTL. */
  private static final Duration ALLOWED_LIFETIME = Duration.ofMinutes(5);

  private static final Duration DENIED_LIFETIME = Duration.ofSeconds(30);
  private static final int MAX_CACHED = 512;

  private record Question(User user, String verb, String subresource) {}

  private final AuthorizationV1Api api;
  private final String nodeName;
  private final ReviewCache<Question, Boolean> cache;

  /**
   * Asks the API server that the client talks to.
   *
   * @param client acts as this node
   */
  public SubjectAccessReviewAuthorizer(ApiClient client, String nodeName) {
    this(client, nodeName, System::nanoTime);
  }

  SubjectAccessReviewAuthorizer(ApiClient client, String nodeName, LongSupplier nanoTime) {
    this.api = new AuthorizationV1Api(client);
    this.nodeName = nodeName;
    this.cache = new ReviewCache<>(MAX_CACHED, nanoTime);
  }

  @Override
  public boolean isAllowed(User user, String verb, String subresource) throws IOException {
    Question question = new Question(user, verb, subresource);
    Optional<Boolean> cached = cache.get(question);
    if (cached.isPresent()) {
      return cached.get();
    }
    boolean allowed = review(question);
    cache.put(question, allowed, allowed ? ALLOWED_LIFETIME : DENIED_LIFETIME);
    return allowed;
  }

  private boolean review(Question question) throws IOException {
    var spec =
        new V1SubjectAccessReviewSpec()
            .user(question.user.name())
            .uid(question.user.uid())
            .groups(question.user.groups())
            .extra(question.user.extra())
            .resourceAttributes(
                new V1ResourceAttributes()
                    .verb(question.verb)
                    .version("v1")
                    .resource("nodes")
                    .name(nodeName)
                    .subresource(question.subresource));
    try {
      V1SubjectAccessReviewStatus status =
          api.createSubjectAccessReview(new V1SubjectAccessReview().spec(spec))
              .execute()
              .getStatus();
      return status != null && Boolean.TRUE.equals(status.getAllowed());
    } catch (ApiException e) {
      throw new IOException("the API server did not review an access: HTTP " + e.getCode(), e);
    }
  }
}
