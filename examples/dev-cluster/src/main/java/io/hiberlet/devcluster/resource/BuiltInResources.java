package io.hiberlet.devcluster.resource;

import static io.hiberlet.devcluster.resource.Column.AGE;
import static io.hiberlet.devcluster.resource.Column.at;

import java.util.List;

/** The resources that are there without a CustomResourceDefinition. */
final class BuiltInResources {
  static final List<ResourceType> ALL =
      List.of(
          cluster("v1", "Namespace", "namespaces")
              .shortNames("ns")
              .subresources("status", "finalize")
              .fieldLabels("status.phase")
              .columns(at("Status", ".status.phase"), AGE),
          cluster("v1", "Node", "nodes")
              .shortNames("no")
              .subresources("status")
              .fieldLabels("spec.unschedulable")
              .columns(SummaryColumns.NODE),
          namespaced("v1", "Pod", "pods")
              .shortNames("po")
              .subresources("status", "binding", "log", "exec", "attach", "portforward")
              .fieldLabels(
                  "spec.nodeName",
                  "spec.restartPolicy",
                  "spec.schedulerName",
                  "spec.serviceAccountName",
                  "status.phase",
                  "status.podIP")
              .columns(SummaryColumns.POD),
          namespaced("v1", "ConfigMap", "configmaps")
              .shortNames("cm")
              .columns(SummaryColumns.count("Data", "data", "binaryData"), AGE),
          namespaced("v1", "Secret", "secrets")
              .fieldLabels("type")
              .columns(at("Type", ".type"), SummaryColumns.count("Data", "data"), AGE),
          namespaced("v1", "ServiceAccount", "serviceaccounts")
              .shortNames("sa")
              .subresources("token")
              .columns(SummaryColumns.count("Secrets", "secrets"), AGE),
          namespaced("v1", "Event", "events")
              .shortNames("ev")
              .fieldLabels(
                  "involvedObject.kind",
                  "involvedObject.namespace",
                  "involvedObject.name",
                  "involvedObject.uid",
                  "involvedObject.apiVersion",
                  "involvedObject.resourceVersion",
                  "involvedObject.fieldPath",
                  "reason",
                  "reportingComponent",
                  "source",
                  "type")
              .columns(SummaryColumns.EVENT),
          namespaced("coordination.k8s.io/v1", "Lease", "leases")
              .columns(at("Holder", ".spec.holderIdentity"), AGE),
          namespaced("rbac.authorization.k8s.io/v1", "Role", "roles"),
          namespaced("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings")
              .columns(SummaryColumns.ROLE_REFERENCE, AGE),
          cluster("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles"),
          cluster("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings")
              .columns(SummaryColumns.ROLE_REFERENCE, AGE),
          cluster(
                  "certificates.k8s.io/v1",
                  "CertificateSigningRequest",
                  "certificatesigningrequests")
              .shortNames("csr")
              .subresources("status", "approval")
              .fieldLabels("spec.signerName")
              .columns(SummaryColumns.CERTIFICATE_SIGNING_REQUEST),
          cluster("node.k8s.io/v1", "RuntimeClass", "runtimeclasses")
              .columns(at("Handler", ".handler"), AGE),
          cluster(
                  "apiextensions.k8s.io/v1",
                  "CustomResourceDefinition",
                  "customresourcedefinitions")
              .shortNames("crd", "crds")
              .subresources("status")
              .columns(at("Created At", ".metadata.creationTimestamp")),
          cluster("authentication.k8s.io/v1", "TokenReview", "tokenreviews").answeredAtOnce(),
          cluster("authorization.k8s.io/v1", "SubjectAccessReview", "subjectaccessreviews")
              .answeredAtOnce(),
          namespaced(
                  "authorization.k8s.io/v1",
                  "LocalSubjectAccessReview",
                  "localsubjectaccessreviews")
              .answeredAtOnce(),
          cluster("authorization.k8s.io/v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews")
              .answeredAtOnce());

  private BuiltInResources() {}

  private static ResourceType cluster(String apiVersion, String kind, String plural) {
    return ResourceType.of(apiVersion, kind, plural, false);
  }

  private static ResourceType namespaced(String apiVersion, String kind, String plural) {
    return ResourceType.of(apiVersion, kind, plural, true);
  }
}
