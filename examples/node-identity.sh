#!/usr/bin/env bash
# Admits a node to a cluster, as an administrator does by hand: a key, a certificate signing request for the user
# system:node:NODE, its approval, and a kubeconfig (mode 0600) that holds both.
#
#   KUBECONFIG=ADMIN examples/node-identity.sh NODE OUT
#
# Needs kubectl with the right to approve, and openssl.
set -euo pipefail

[ $# -eq 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
node=$1
out=$2
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

openssl ecparam -name prime256v1 -genkey -noout -out "$work/key.pem" 2>/dev/null
openssl req -new -key "$work/key.pem" -subj "/O=system:nodes/CN=system:node:$node" -out "$work/request.pem"

csr=$(kubectl create -o name -f - <<YAML
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata:
  generateName: $node-
spec:
  request: $(base64 -w0 <"$work/request.pem")
  signerName: kubernetes.io/kube-apiserver-client-kubelet
  usages: ["digital signature", "key encipherment", "client auth"]
YAML
)
kubectl certificate approve "${csr#*/}" >/dev/null
certificate=
for _ in $(seq 1 60); do
  certificate=$(kubectl get "$csr" -o 'jsonpath={.status.certificate}')
  [ -z "$certificate" ] || break
  sleep 0.5
done
[ -n "$certificate" ] || { echo "node-identity: $csr was approved, but not signed within 30 s" >&2; exit 1; }

# The administrator's cluster entry, with its CA inlined, and the node's own user beside it.
kubectl config view --raw --minify --flatten -o 'jsonpath={.clusters[0].cluster}' >"$work/cluster.json"
cat >"$out" <<YAML
apiVersion: v1
kind: Config
clusters:
- name: cluster
  cluster: $(cat "$work/cluster.json")
contexts:
- name: node
  context: {cluster: cluster, user: "system:node:$node"}
current-context: node
users:
- name: system:node:$node
  user:
    client-certificate-data: $certificate
    client-key-data: $(base64 -w0 <"$work/key.pem")
YAML
