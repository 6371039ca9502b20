#!/usr/bin/env bash
# Prints the manifests of a ring: namespaces ring-0 … ring-(N-1), and one operator for each, which copies
# TestResources, or ConfigMaps, to the next. README.md tells what to apply before.
#
#   ring.sh N [TestResource|ConfigMap [MODULE...]] | kubectl apply -f -
#
# The operators take the modules in turn, as in configmap:ring-operator/c.wasm.
set -euo pipefail

count=${1:-}
kind=${2:-TestResource}
modules=("${@:3}")
[ ${#modules[@]} -gt 0 ] || modules=(configmap:ring-operator/ring-operator.wasm)
case $kind in
  TestResource) group=example.hiberlet.io resource=testresources ;;
  ConfigMap) group='""' resource=configmaps ;;
  *) echo "ring.sh: a ring carries TestResource or ConfigMap, not $kind" >&2; exit 2 ;;
esac
if ! [[ $count =~ ^[1-9][0-9]{0,3}$ ]] || [ "$count" -lt 2 ]; then
  echo "usage: ring.sh N [KIND [MODULE...]]; N is the number of namespaces, 2 to 9999" >&2
  exit 2
fi

echo "# Printed by ring.sh $*"
for ((i = 0; i < count; i++)); do
  cat <<YAML
---
apiVersion: v1
kind: Namespace
metadata:
  name: ring-$i
YAML
done

for ((i = 0; i < count; i++)); do
  from=ring-$i to=ring-$(((i + 1) % count)) module=${modules[i % ${#modules[@]}]}
  cat <<YAML
---
# The operator that copies from $from to $to
apiVersion: v1
kind: ServiceAccount
metadata:
  namespace: ring-operator
  name: $from
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  namespace: $from
  name: ring-reader
rules:
  - apiGroups: [$group]
    resources: [$resource]
    verbs: [list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  namespace: $from
  name: ring-reader
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: ring-reader
subjects:
  - kind: ServiceAccount
    namespace: ring-operator
    name: $from
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  namespace: $to
  name: ring-writer
rules:
  - apiGroups: [$group]
    resources: [$resource]
    verbs: [get, list, create, update, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  namespace: $to
  name: ring-writer
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: ring-writer
subjects:
  - kind: ServiceAccount
    namespace: ring-operator
    name: $from
---
apiVersion: v1
kind: Pod
metadata:
  namespace: ring-operator
  name: $from
  labels:
    app: ring-operator
  annotations:
    hiberlet.io/controller: v1
    hiberlet.io/module: $module
    hiberlet.io/idle-after: 2s
spec:
  runtimeClassName: hiberlet
  serviceAccountName: $from
  # The host acts for the controller; the token never enters it.
  automountServiceAccountToken: false
  containers:
    - name: operator
      # Not pulled: the annotation names the module.
      image: ring-operator
      env:
        - name: IN_NAMESPACE
          value: $from
        - name: OUT_NAMESPACE
          value: $to
        - name: KIND
          value: $kind
      resources:
        limits:
          memory: 16Mi
  volumes:
    # A node may read only the ConfigMaps that its pods name.
    - name: module
      configMap:
        name: ring-operator
YAML
done
