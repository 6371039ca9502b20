#!/usr/bin/env bash
# Runs a real Kubernetes control plane (1.20 to 1.36) on loopback, without any node.
#
#   control-plane.sh up DIR     starts etcd, kube-apiserver, kube-controller-manager and kube-scheduler with their
#                               state, keys and logs in DIR, waits until they serve, prints the admin kubeconfig's path
#   control-plane.sh restart-api-server DIR   kills kube-apiserver, starts it again, and waits until it serves
#   control-plane.sh down DIR   stops exactly those processes; DIR stays, and can be brought up again
#
# The programs come from $KUBEBUILDER_ASSETS, else from what `../shared/control-plane/control-plane assets` beside this
# repository prints; etcd and kubectl may also be on the PATH.
#
# DIR holds, as with the development cluster:
#   admin.kubeconfig             a member of system:masters
#   bootstrap.kubeconfig         a bootstrap token, for a node's first certificate
#   pki/ca.crt, pki/ca.key       the cluster's CA; kubelets' serving certificates must come from it, too
#   pki/kubelet-client-ca.crt    the CA of the certificate that the API server shows to a kubelet
# API_SERVER_FLAGS and CONTROLLER_MANAGER_FLAGS add flags to kube-apiserver and kube-controller-manager;
# NODE_MONITOR_GRACE_PERIOD (40s) is how long a silent node stays Ready.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bootstrap_token_id=hibern
bootstrap_token_secret=letsleepingdogs0

fail() {
  echo "control-plane.sh: $*" >&2
  exit 1
}

# ---- programs ------------------------------------------------------------------------------------------------------

assets_folder() {
  local shared=$root/../shared/control-plane/control-plane
  if [[ -n ${KUBEBUILDER_ASSETS:-} ]]; then
    echo "$KUBEBUILDER_ASSETS"
  elif [[ -x $shared ]]; then
    "$shared" assets
  else
    fail "set KUBEBUILDER_ASSETS to a folder with kube-apiserver, kube-controller-manager and kube-scheduler"
  fi
}

kubernetes_program() { # NAME
  [[ -x $assets/$1 ]] || fail "$1 is missing in $assets (KUBEBUILDER_ASSETS); a Kubernetes release's server archive has it"
  echo "$assets/$1"
}

common_program() { # NAME DEBIAN_PACKAGE
  if [[ -x $assets/$1 ]]; then
    echo "$assets/$1"
  else
    command -v "$1" || fail "$1 is neither in $assets nor on the PATH (Debian: apt-get install $2)"
  fi
}

find_programs() {
  assets=$(assets_folder)
  etcd=$(common_program etcd etcd-server)
  kubectl=$(common_program kubectl kubernetes-client)
  api_server=$(kubernetes_program kube-apiserver)
  controller_manager=$(kubernetes_program kube-controller-manager)
  scheduler=$(kubernetes_program kube-scheduler)
}

# Before 1.24 these programs also listened, unasked, on a fixed insecure port, of which a machine has but one.
no_insecure_port() { # PROGRAM
  if "$1" --help 2>&1 | grep -e '--port int' >/dev/null; then echo --port=0; fi
}

# ---- ports, keys and kubeconfigs -----------------------------------------------------------------------------------

# Five neighbours below the range from which the kernel takes ephemeral ports.
free_ports() {
  local base port busy
  for _ in {1..50}; do
    base=$((20000 + RANDOM % 2000 * 5)) busy=
    for port in $(seq $base $((base + 4))); do
      if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then busy=yes; fi
    done
    [[ $busy ]] || { echo "$base"; return; }
  done
  fail "found no five free ports between 20000 and 30000"
}

make_ca() { # NAME COMMON_NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=$2" \
    -keyout "$pki/$1.key" -out "$pki/$1.crt" 2>/dev/null
}

make_certificate() { # CA NAME SUBJECT [SUBJECT_ALTERNATIVE_NAMES]
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$3" \
    -keyout "$pki/$2.key" -out "$pki/$2.csr" 2>/dev/null
  {
    echo 'extendedKeyUsage=clientAuth,serverAuth'
    [[ -z ${4:-} ]] || echo "subjectAltName=$4"
  } >"$pki/$2.ext"
  openssl x509 -req -days 3650 -in "$pki/$2.csr" -CA "$pki/$1.crt" -CAkey "$pki/$1.key" -CAcreateserial \
    -extfile "$pki/$2.ext" -out "$pki/$2.crt" 2>/dev/null
  rm "$pki/$2.csr" "$pki/$2.ext"
}

make_keys() {
  mkdir -p "$pki"
  make_ca ca kubernetes
  make_ca kubelet-client-ca kubelet-client-ca
  make_certificate ca apiserver /CN=kube-apiserver \
    IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc
  make_certificate ca admin /O=system:masters/CN=kubernetes-admin
  make_certificate ca controller-manager /CN=system:kube-controller-manager
  make_certificate ca scheduler /CN=system:kube-scheduler
  make_certificate kubelet-client-ca kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  openssl ecparam -name prime256v1 -genkey -noout -out "$pki/sa.key" 2>/dev/null
  openssl ec -in "$pki/sa.key" -pubout -out "$pki/sa.pub" 2>/dev/null
}

write_kubeconfig() { # NAME CREDENTIAL_LINE...
  local name=$1
  shift
  {
    cat <<YAML
apiVersion: v1
kind: Config
current-context: control-plane
contexts:
- name: control-plane
  context: {cluster: control-plane, user: $name}
clusters:
- name: control-plane
  cluster:
    server: https://127.0.0.1:$api_port
    certificate-authority-data: $(base64 -w0 "$pki/ca.crt")
users:
- name: $name
  user:
YAML
    printf '    %s\n' "$@"
  } | install -m 600 /dev/stdin "$dir/$name.kubeconfig"
}

write_client_kubeconfig() { # NAME
  write_kubeconfig "$1" "client-certificate-data: $(base64 -w0 "$pki/$1.crt")" \
    "client-key-data: $(base64 -w0 "$pki/$1.key")"
}

# ---- processes -----------------------------------------------------------------------------------------------------

launch() { # NAME COMMAND...
  local name=$1
  shift
  setsid nohup "$@" >"$dir/$name.log" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
}

running() { # NAME
  [[ -e $dir/$1.pid ]] && kill -0 "$(cat "$dir/$1.pid")" 2>/dev/null
}

# Waits up to two minutes for a command to succeed, and no longer than the process lives that it depends on.
await() { # NAME COMMAND...
  local name=$1 deadline=$((SECONDS + 120))
  shift
  until "$@" >/dev/null 2>&1; do
    running "$name" || { tail -n 5 "$dir/$name.log" >&2; fail "$name ended; all it said is in $dir/$name.log"; }
    ((SECONDS < deadline)) || fail "$name does not serve after two minutes; see $dir/$name.log"
    sleep 0.25
  done
}

launch_etcd() {
  launch etcd "$etcd" --data-dir "$dir/etcd" --unsafe-no-fsync \
    --listen-client-urls "http://127.0.0.1:$((api_port + 1))" --advertise-client-urls "http://127.0.0.1:$((api_port + 1))" \
    --listen-peer-urls "http://127.0.0.1:$((api_port + 2))"
}

launch_api_server() {
  # shellcheck disable=SC2086  # several flags in one variable are meant to be split
  launch kube-apiserver "$api_server" --bind-address 127.0.0.1 --secure-port "$api_port" \
    --advertise-address 127.0.0.1 --endpoint-reconciler-type none --etcd-servers "http://127.0.0.1:$((api_port + 1))" \
    --service-cluster-ip-range 10.96.0.0/16 --allow-privileged --cert-dir "$dir/generated" \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" --client-ca-file "$pki/ca.crt" \
    --kubelet-client-certificate "$pki/kubelet-client.crt" --kubelet-client-key "$pki/kubelet-client.key" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-preferred-address-types InternalIP,Hostname \
    --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file "$pki/sa.pub" --service-account-signing-key-file "$pki/sa.key" \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --enable-bootstrap-token-auth \
    ${API_SERVER_FLAGS:-}
}

launch_controller_manager() {
  # shellcheck disable=SC2046,SC2086  # one flag or none; several flags in one variable
  launch kube-controller-manager "$controller_manager" $(no_insecure_port "$controller_manager") --bind-address 127.0.0.1 \
    --secure-port $((api_port + 3)) --cert-dir "$dir/generated" --kubeconfig "$dir/controller-manager.kubeconfig" \
    --leader-elect=false --use-service-account-credentials --controllers '*,bootstrapsigner,tokencleaner' \
    --cluster-signing-cert-file "$pki/ca.crt" --cluster-signing-key-file "$pki/ca.key" --root-ca-file "$pki/ca.crt" \
    --service-account-private-key-file "$pki/sa.key" --node-monitor-grace-period "${NODE_MONITOR_GRACE_PERIOD:-40s}" \
    ${CONTROLLER_MANAGER_FLAGS:-}
}

launch_scheduler() {
  # shellcheck disable=SC2046  # one flag or none
  launch kube-scheduler "$scheduler" $(no_insecure_port "$scheduler") --bind-address 127.0.0.1 \
    --secure-port $((api_port + 4)) --cert-dir "$dir/generated" --kubeconfig "$dir/scheduler.kubeconfig" --leader-elect=false
}

# Lets nodes join by the bootstrap token, and approves their client certificates, as kubeadm sets a cluster up.
allow_bootstrap() {
  cat <<YAML
apiVersion: v1
kind: Secret
type: bootstrap.kubernetes.io/token
metadata: {name: bootstrap-token-$bootstrap_token_id, namespace: kube-system}
stringData:
  token-id: $bootstrap_token_id
  token-secret: $bootstrap_token_secret
  usage-bootstrap-authentication: "true"
  usage-bootstrap-signing: "true"
YAML
  local requests=system:certificates.k8s.io:certificatesigningrequests
  bind_group nodes-may-request system:bootstrappers system:node-bootstrapper
  bind_group first-certificates-are-approved system:bootstrappers $requests:nodeclient
  bind_group renewed-certificates-are-approved system:nodes $requests:selfnodeclient
}

bind_group() { # NAME GROUP CLUSTER_ROLE
  cat <<YAML
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: $1}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "$3"}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "$2"}]
YAML
}

# ---- commands ------------------------------------------------------------------------------------------------------

up() {
  find_programs
  ! running kube-apiserver || fail "already up in $dir"
  [[ -e $dir/port ]] || free_ports >"$dir/port"
  [[ -e $pki/sa.pub ]] || make_keys
  api_port=$(cat "$dir/port")
  write_client_kubeconfig admin
  write_client_kubeconfig controller-manager
  write_client_kubeconfig scheduler
  write_kubeconfig bootstrap "token: $bootstrap_token_id.$bootstrap_token_secret"

  trap 'down' ERR EXIT
  local admin=("$kubectl" --kubeconfig "$dir/admin.kubeconfig")
  launch_etcd
  launch_api_server
  await kube-apiserver "${admin[@]}" get --raw /readyz
  launch_controller_manager
  launch_scheduler
  allow_bootstrap | "${admin[@]}" apply -f - >/dev/null
  await kube-controller-manager "${admin[@]}" get serviceaccount default
  trap - ERR EXIT
  echo "$dir/admin.kubeconfig"
}

restart-api-server() {
  find_programs
  api_port=$(cat "$dir/port")
  kill -9 "$(cat "$dir/kube-apiserver.pid")"
  launch_api_server
  await kube-apiserver "$kubectl" --kubeconfig "$dir/admin.kubeconfig" get --raw /readyz
}

down() {
  local name pid
  for name in kube-scheduler kube-controller-manager kube-apiserver etcd; do
    if running "$name"; then
      pid=$(cat "$dir/$name.pid")
      kill "$pid"
      for _ in {1..40}; do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.25
      done
      kill -9 "$pid" 2>/dev/null || true
    fi
    rm -f "$dir/$name.pid"
  done
}

[[ $# == 2 && $1 =~ ^(up|restart-api-server|down)$ ]] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2; }
mkdir -p "$2"
dir=$(cd "$2" && pwd)
pki=$dir/pki
umask 077
"$1"
