#!/usr/bin/env bash
# Shows the main job: a node, a ring of three controllers on it, a change that goes round, sleep and wake.
#
#   quickstart.sh          shows it and stays up until Ctrl-C
#   quickstart.sh --once   shows it, cleans up, and ends with 0; or with 1 and the reason
#
# The cluster is that of KUBECONFIG if set, else the control plane of KUBEBUILDER_ASSETS, else the development cluster.
# In a cluster of yours it makes a node, namespaces ring-*, a CRD and a RuntimeClass, and deletes them at the end.
# NODE_IP is the address at which the API server reaches this machine, where it cannot be told from KUBECONFIG.
# KUBELET_CLIENT_CA is a PEM file: who signed the certificate that the API server shows to kubelets, where that is not
# the cluster's CA.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
started_in=$PWD
hiberlet=$root/agent/target/hiberlet/bin/hiberlet
dev_cluster=$root/examples/dev-cluster
ring=examples/ring-operator
kind=TestResource resource=testresource field=spec ring_manifest=$ring/manifest/ring.yaml
node='hiberlet-quickstart'
step_seconds=120
build_seconds=1800

once='' own_cluster='' agent_pid='' dev_cluster_pid='' control_plane='' succeeded='' round_millis=''
work=$(mktemp -d "${TMPDIR:-/tmp}/hiberlet-quickstart.XXXXXX")

# ---- telling -------------------------------------------------------------------------------------------------------

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

fail() {
  printf '\nquickstart: %s\n' "$*" >&2
  if [[ -s $work/agent.log ]]; then
    printf '\nThe last lines of the agent:\n' >&2
    tail -n 30 "$work/agent.log" >&2
  fi
  exit 1
}

# Shows a command as a person types it, and runs it.
run() {
  printf '\033[36m$ %s\033[0m\n' "$(shown "$@")"
  timeout $step_seconds "$@" || fail "this command failed: $(shown "$@")"
}

shown() {
  local word line=''
  for word in "$@"; do
    [[ $word =~ ^[A-Za-z0-9_./:=,@-]+$ ]] || word="'$word'"
    line+="$word "
  done
  echo "${line% }"
}

# kubectl for questions of this script's own, which nobody needs to see.
ask() { timeout 30 kubectl "$@"; }

# Tries a command until it succeeds, and no longer than the agent lives.
await() { # WHAT COMMAND...
  local what=$1 deadline=$((SECONDS + step_seconds))
  shift
  until "$@" >"$work/await.log" 2>&1; do
    [[ -z $agent_pid ]] || kill -0 "$agent_pid" 2>/dev/null || fail "the agent ended while waiting for $what"
    ((SECONDS < deadline)) || fail "no $what within $step_seconds s: $(tail -n 1 "$work/await.log")"
    sleep 0.3
  done
}

# ---- what is needed ------------------------------------------------------------------------------------------------

# Root on Debian gets what is missing; everybody else is told.
need() { # COMMAND DEBIAN_PACKAGE
  command -v "$1" >/dev/null && return
  if [[ $EUID == 0 ]] && command -v apt-get >/dev/null; then
    say "Installing $2"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"; } \
      >"$work/apt.log" 2>&1 || fail "$2 cannot be installed: $(tail -n 1 "$work/apt.log")"
  fi
  command -v "$1" >/dev/null || fail "$1 is missing (Debian: apt-get install $2)"
}

stale() {
  [[ ! -x $hiberlet || ! -d $dev_cluster/target/classes ]] || [[ -n $(find "$root/pom.xml" \
    "$root"/{agent,node-provider,snapshot-store,examples/dev-cluster}/{pom.xml,src/main} -newer "$hiberlet" -print -quit) ]]
}

build() {
  stale || return 0
  need mvn maven
  say "Building Hiberlet (mvn -Dquickly package)"
  (cd "$root" && timeout $build_seconds mvn -B -q -Dquickly package) || fail "the build failed"
  [[ -x $hiberlet ]] || fail "the build made no $hiberlet"
  touch "$hiberlet"
}

find_java() {
  local java
  for java in "${JAVA_HOME:-/none}/bin/java" "$(command -v java || true)" /usr/lib/jvm/*/bin/java; do
    if [[ -x $java ]] && "$java" --version 2>/dev/null | head -n 1 | grep -qE '^[a-z]+ (2[5-9]|[3-9][0-9])'; then
      echo "$java"
      return
    fi
  done
  fail "no Java 25 (Debian: apt-get install temurin-25-jdk or openjdk-25-jdk, or set JAVA_HOME)"
}

# ---- the cluster ---------------------------------------------------------------------------------------------------

start_cluster() {
  if [[ -n ${KUBECONFIG:-} ]]; then
    [[ $KUBECONFIG == *:* ]] || KUBECONFIG=$(cd "$started_in" && realpath "$KUBECONFIG")
    say "Using the cluster of KUBECONFIG=$KUBECONFIG"
    await "answer from the API server" ask get --raw /version
  elif [[ -n ${KUBEBUILDER_ASSETS:-} ]]; then
    own_cluster=yes control_plane=$work/control-plane
    say "Starting the control plane of KUBEBUILDER_ASSETS=$KUBEBUILDER_ASSETS"
    "$dev_cluster/control-plane.sh" up "$control_plane" >"$work/control-plane.log" 2>&1 ||
      fail "the control plane did not start: $(tail -n 3 "$work/control-plane.log")"
    export KUBECONFIG=$control_plane/admin.kubeconfig
  else
    own_cluster=yes
    start_dev_cluster
  fi
}

start_dev_cluster() {
  local java
  need mvn maven
  java=$(find_java)
  say "Starting the development cluster, a small stand-in for a real one"
  [[ $dev_cluster/target/classpath -nt $dev_cluster/pom.xml ]] ||
    (cd "$root" && timeout $build_seconds mvn -B -q -Dquickly -pl examples/dev-cluster \
      dependency:build-classpath -Dmdep.outputFile="$dev_cluster/target/classpath") || fail "Maven found no classpath"
  "$java" -Xmx128m -cp "$dev_cluster/target/classes:$(cat "$dev_cluster/target/classpath")" \
    io.hiberlet.devcluster.Main --dir "$work/cluster" >"$work/dev-cluster.log" 2>&1 &
  dev_cluster_pid=$!
  export KUBECONFIG=$work/cluster/admin.kubeconfig
  await "API server of the development cluster (its log is $work/dev-cluster.log)" dev_cluster_serves
}

dev_cluster_serves() { [[ -e $KUBECONFIG ]] && ask get --raw /readyz; }

# Kubernetes before 1.24 crashes on any custom resource when it was built with Go 1.18 or newer: its vendored reflect2
# does not fit that compiler.
choose_freight() {
  local minor go_minor
  minor=$(server_version minor '[0-9]*')
  go_minor=$(server_version goVersion 'go1\.[0-9]*')
  ((${minor:-99} < 24 && $(("${go_minor#go1.}" + 0)) >= 18)) || return 0
  say "This API server cannot keep custom resources: Kubernetes 1.$minor built with $go_minor. The ring carries ConfigMaps."
  kind=ConfigMap resource=configmap field=data ring_manifest=$work/ring.yaml
  $ring/ring.sh 3 $kind >"$ring_manifest"
}

server_version() { # FIELD PATTERN
  ask get --raw /version | sed -n "s/.*\"$1\": *\"\($2\).*/\1/p"
}

# ---- the node ------------------------------------------------------------------------------------------------------

node_ip() {
  local server host
  [[ -z ${NODE_IP:-} ]] || { echo "$NODE_IP"; return; }
  server=$(ask config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
  host=${server#*://} host=${host%%[:/]*}
  case $host in
    127.*|localhost|"[") echo 127.0.0.1 ;;
    *) ip -o route get "$(getent ahostsv4 "$host" | awk 'NR == 1 {print $1}')" 2>/dev/null |
         sed -n 's/.* src \([0-9.]*\).*/\1/p' | grep . ||
         fail "cannot tell at which address $host reaches this machine; set NODE_IP" ;;
  esac
}

# Whom the node is to believe that it is the API server.
kubelet_client_ca() {
  local to=$work/kubelet-client-ca.crt own
  for own in "${KUBELET_CLIENT_CA:-}" "$work/cluster/pki/kubelet-client-ca.crt" \
    "$work/control-plane/pki/kubelet-client-ca.crt"; do
    [[ ! -f $own ]] || { cp "$own" "$to"; return; }
  done
  ask get configmap --namespace kube-system extension-apiserver-authentication \
    -o 'jsonpath={.data.client-ca-file}' >"$to" && [[ -s $to ]] ||
    fail "the cluster does not tell its client CA; set KUBELET_CLIENT_CA"
}

start_agent() {
  local ip
  say "Admitting the node $node, and starting its agent"
  "$root/examples/node-identity.sh" $node "$work/node.kubeconfig" || fail "the node got no certificate"
  ip=$(node_ip)
  kubelet_client_ca
  # A developer's machine may be nearly full; the node takes pods nevertheless.
  cat >"$work/agent.yaml" <<EOF
api:
  clientCaFile: $work/kubelet-client-ca.crt
node:
  evictionHard: {memory.available: 0%, nodefs.available: 0%, pid.available: 0%}
modules:
  imageGCHighThresholdPercent: 100
EOF
  local options=(--config "$work/agent.yaml" --kubeconfig "$work/node.kubeconfig" --node-name "$node"
    --data-dir "$work/data" --node-ip "$ip" --port 0)
  printf '\033[36m$ hiberlet agent %s\033[0m\n' "${options[*]}"
  "$hiberlet" agent "${options[@]}" >"$work/agent.log" 2>&1 &
  agent_pid=$!
  await "node $node" ask get node $node
  await "certificate request of the node's own API" approve_serving_certificate
  run kubectl wait --for=condition=Ready node/$node --timeout=${step_seconds}s
  run kubectl get node $node
}

approve_serving_certificate() {
  local requests
  requests=$(ask get csr -o 'jsonpath={range .items[?(@.spec.signerName=="kubernetes.io/kubelet-serving")]}'`
    `'{.metadata.name} {.spec.username}{"\n"}{end}' | awk -v user="system:node:$node" '$2 == user {print $1}')
  # shellcheck disable=SC2086  # one name a word
  [[ -n $requests ]] && ask certificate approve $requests
}

# ---- the show ------------------------------------------------------------------------------------------------------

apply_ring() {
  say "A ring of three controllers: each copies every $kind to the next namespace"
  run kubectl apply -f examples/runtimeclass.yaml -f $ring/manifest/crd.yaml -f $ring/manifest/namespace.yaml
  run kubectl create configmap --namespace ring-operator ring-operator --from-file=$ring/rust/ring-operator.wasm
  await "CRD that is served" ask get testresources --all-namespaces
  run kubectl apply -f "$ring_manifest"
  run kubectl wait --for=condition=Ready --namespace ring-operator pod --all --timeout=${step_seconds}s
}

first_round() {
  say "A $kind goes round"
  if [[ $kind == ConfigMap ]]; then
    run kubectl create configmap --namespace ring-0 hello --from-literal=nonce=1
  else
    run kubectl apply -f $ring/manifest/testresource.yaml
  fi
  await "copy in ring-2" nonce_arrived 1
  show_all
}

sleep_on_disk() {
  say "Nothing to do: the controllers go to sleep on disk"
  run kubectl wait --for=condition=hiberlet.io/Hibernated --namespace ring-operator pod --all \
    --timeout=${step_seconds}s
}

second_round() {
  say "A change wakes one after the other"
  local begun
  begun=$(date +%s%N)
  run kubectl patch $resource --namespace ring-0 hello --type=merge --patch="$(patch_nonce 2)"
  await "change in ring-2" nonce_arrived 2
  round_millis=$((($(date +%s%N) - begun) / 1000000))
  show_all
}

show_all() {
  run kubectl get $resource --all-namespaces --field-selector=metadata.name=hello \
    --output="custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,NONCE:.$field.nonce"
}

# A ConfigMap's values are text.
patch_nonce() { # NONCE
  if [[ $kind == ConfigMap ]]; then echo "{\"data\":{\"nonce\":\"$1\"}}"; else echo "{\"spec\":{\"nonce\":$1}}"; fi
}

nonce_arrived() { # NONCE
  [[ $(ask get $resource --namespace ring-2 hello -o "jsonpath={.$field.nonce}") == "$1" ]]
}

look_inside() {
  say "What a controller has said, and how it is"
  await "log" ask logs --namespace ring-operator ring-0
  run kubectl logs --namespace ring-operator ring-0
  run kubectl exec --namespace ring-operator ring-0 -- hiberlet status
}

summary() {
  succeeded=yes
  say "Shown"
  cat <<TEXT
  node                   $node, Ready
  controllers            3, of one module of $(wc -c <$ring/rust/ring-operator.wasm) bytes
  change round the ring  $round_millis ms from kubectl patch to the last namespace, all three woken from disk
  asleep again           $(ask get pods --namespace ring-operator -o \
    'jsonpath={.items[*].status.conditions[?(@.type=="hiberlet.io/Hibernated")].status}' | grep -o True | wc -l) of 3
  memory of the agent    $(awk '/^VmRSS/ {print int($2 / 1024) " MiB"}' "/proc/$(java_of_agent)/status")
TEXT
}

# The launcher may have become Java, or have started it.
java_of_agent() {
  if [[ $(cat "/proc/$agent_pid/comm") == java ]]; then echo "$agent_pid"; else
    cut -d ' ' -f 1 "/proc/$agent_pid/task/$agent_pid/children"
  fi
}

stay_up() {
  say "Up until Ctrl-C. In another terminal:"
  cat <<TEXT
  export KUBECONFIG=$KUBECONFIG
  kubectl get pods --all-namespaces
  kubectl logs --follow --namespace ring-operator ring-1
  The agent's log is $work/agent.log
TEXT
  trap 'exit 0' INT TERM
  while kill -0 "$agent_pid" 2>/dev/null; do
    sleep 1 &
    wait $! || true
  done
  succeeded=''
  fail "the agent ended by itself"
}

# ---- the end -------------------------------------------------------------------------------------------------------

stop() { # PID
  kill "$1" 2>/dev/null || return 0
  for _ in {1..100}; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.2
  done
  kill -9 "$1" 2>/dev/null || true
}

# In somebody's own cluster everything goes that this script made; pods first, while the agent can end them.
forget() {
  [[ -z $own_cluster && -n $agent_pid ]] || return 0
  say "Deleting what was made"
  {
    timeout $step_seconds kubectl delete --ignore-not-found -f "$ring_manifest" -f $ring/manifest/namespace.yaml \
      -f $ring/manifest/crd.yaml -f examples/runtimeclass.yaml && ask delete --ignore-not-found node $node
  } >"$work/delete.log" 2>&1 || echo "quickstart: not all could be deleted: $(tail -n 1 "$work/delete.log")" >&2
}

clean_up() {
  trap - EXIT INT TERM
  cd "$root"
  forget
  [[ -z $agent_pid ]] || stop "$agent_pid"
  [[ -z $dev_cluster_pid ]] || stop "$dev_cluster_pid"
  [[ -z $control_plane ]] || "$dev_cluster/control-plane.sh" down "$control_plane" || true
  if [[ -n $succeeded ]]; then rm -rf "$work"; else echo "Logs are in $work" >&2; fi
}

case ${1:-} in
  "") ;;
  --once) once=yes ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; rmdir "$work"; exit 2 ;;
esac
trap clean_up EXIT
trap 'exit 130' INT TERM
cd "$root"

need kubectl kubernetes-client
need openssl openssl
build
start_cluster
choose_freight
start_agent
apply_ring
first_round
sleep_on_disk
second_round
look_inside
sleep_on_disk
summary
[[ -n $once ]] || stay_up
