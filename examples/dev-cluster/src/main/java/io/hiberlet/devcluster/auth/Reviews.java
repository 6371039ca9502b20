package io.hiberlet.devcluster.auth;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import java.util.List;
import java.util.Optional;

/** Answers TokenReviews and the three kinds of SubjectAccessReviews. Thread-safe. */
public final class Reviews {
  private final Authenticator authenticator;
  private final RbacAuthorizer authorizer;

  public Reviews(Authenticator authenticator, RbacAuthorizer authorizer) {
    this.authenticator = authenticator;
    this.authorizer = authorizer;
  }

  /** Adds to a TokenReview whose token it is. */
  public JsonObject reviewToken(JsonObject review) {
    List<String> asked = Json.strings(review, "spec", "audiences");
    List<String> audiences = asked.isEmpty() ? List.of(ServiceAccountTokens.ISSUER) : asked;
    Optional<User> user = authenticator.byToken(Json.string(review, "spec", "token"), audiences);
    JsonObject status = new JsonObject();
    if (user.isPresent()) {
      status.addProperty("authenticated", true);
      status.add("user", user.get().toJson());
      status.add("audiences", Json.array(audiences));
    } else {
      status.add("user", new JsonObject());
      status.addProperty("error", "the token is unknown, expired or not meant for the audience");
    }
    review.add("status", status);
    return review;
  }

  /** Adds to a SubjectAccessReview, or a local one, whether the user in its spec may. */
  public JsonObject reviewAccess(JsonObject review) {
    return review(review, User.of(Json.object(review, "spec")));
  }

  /** Adds to a SelfSubjectAccessReview whether the user who asks may. */
  public JsonObject reviewOwnAccess(JsonObject review, User user) {
    return review(review, user);
  }

  private JsonObject review(JsonObject review, User user) {
    boolean allowed = authorizer.isAllowed(user, Access.of(Json.object(review, "spec")));
    review.add("status", Json.of("allowed", allowed));
    return review;
  }
}
