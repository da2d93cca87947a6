#!/bin/bash
# Every check of the project, from lint to a deploy on a live undercloud.
set -uo pipefail

CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$CHECKOUT" || exit 1
# shellcheck source=.ci/common.sh
source .ci/common.sh

usage() {
  cat <<'TEXT'
Usage: ./run_tests.sh [options]

Runs every check. The live stages install an undercloud of their own
(/var/lib/tripleo-undercloud-test, own ports, own clouds.yaml), use it, and remove
it; they never touch another one. They need root on Debian 12.

  --fast           only what needs no undercloud
  --keep           leave the test undercloud running at the end
  --fail-fast      stop at the first stage that fails
  --only A,B       run only these stages (bench and boot are run only so)
  --list           name the stages
  --help           this text

Each stage's output is kept in build/test/STAGE.log.
TEXT
}

FAST_STAGES=(lint types architecture unit contract docs dist browser)
LIVE_STAGES=(undercloud functional disruptive lifecycle overcloud)
# On request only: figures of a machine that does something else say little, and a
# machine that is emulated boots slowly.
OTHER_STAGES=(bench boot)
STATE_DIR=/var/lib/tripleo-undercloud-test
PORT_OFFSET=100
SUBNET=192.168.124
CLOUD=undercloud-test
WORK=$CHECKOUT/build/test
LOCK=/tmp/tripleo-cli-tests.lock

keep=no fail_fast=no
stages=("${FAST_STAGES[@]}" "${LIVE_STAGES[@]}")
while (($#)); do
  case $1 in
    --fast) stages=("${FAST_STAGES[@]}") ;;
    --keep) keep=yes ;;
    --fail-fast) fail_fast=yes ;;
    --only)
      [[ -n ${2:-} ]] || die "--only needs names of stages, see --list"
      IFS=, read -ra stages <<<"$2"
      shift
      ;;
    --list)
      printf '%s\n' "${FAST_STAGES[@]}" "${LIVE_STAGES[@]}" "${OTHER_STAGES[@]}"
      exit 0
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) die "unknown option $1" "./run_tests.sh --help" ;;
  esac
  shift
done
for stage in "${stages[@]}"; do
  [[ " ${FAST_STAGES[*]} ${LIVE_STAGES[*]} ${OTHER_STAGES[*]} " == *" $stage "* ]] ||
    die "there is no stage $stage" "./run_tests.sh --list"
done

run_pytest() {
  local name=$1
  shift
  python -m pytest -q -p no:cacheprovider --junit-xml "$WORK/$name.xml" "$@"
}

stage_lint() {
  ruff check && ruff format --check &&
    shellcheck --external-sources run_tests.sh quickstart.sh .ci/common.sh .ci/run
}
stage_types() { mypy; }
stage_architecture() { lint-imports && run_pytest architecture tests/unit/test_architecture.py; }
stage_unit() {
  run_pytest unit tests/unit --deselect tests/unit/test_architecture.py --numprocesses 2
}
stage_contract() { run_pytest contract tests/contract; }
stage_docs() { sphinx-build -q -W --keep-going -b html docs "$WORK/docs"; }
stage_dist() { run_pytest dist tests/dist; }
stage_browser() {
  ensure_browser && TRIPLEO_TEST_PICTURES=$WORK run_pytest browser tests/browser -m browser
}

# Chromium comes from the distribution, without a window: a few seconds.
ensure_browser() {
  command -v chromium-headless-shell chromium chromium-browser google-chrome >/dev/null && return
  if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
    die "there is no Chromium" "apt-get install --no-install-recommends chromium-headless-shell"
  fi
  echo "Installing chromium-headless-shell."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -qq --no-install-recommends chromium-headless-shell >/dev/null
}

# Containers of a run that was cut off hold the subnet.
remove_machines() {
  local fleet
  tripleo-fleet machines |
    while read -r _ _ address _ fleet; do
      if [[ -n $fleet && $address == "$SUBNET".* ]]; then printf '%s\n' "$fleet"; fi
    done | sort -u |
    while read -r fleet; do tripleo-fleet stop --clean --pid-file "$fleet"; done
}
remove_undercloud() {
  openstack undercloud uninstall --config "$WORK/undercloud.conf" --yes
}
stage_undercloud() {
  [[ $EUID -eq 0 ]] || die "an undercloud is installed as root" "./run_tests.sh --fast"
  remove_machines || return
  # Nodes and stacks of a run that was cut off would stand in the way of this one's.
  if [[ -e $STATE_DIR ]]; then
    echo "Removing the test undercloud that an earlier run has left."
    remove_undercloud || return
  fi
  # So would the sign-ins of its overclouds: another cloud's are never replaced.
  rm -f "$WORK/clouds.yaml"
  openstack undercloud install --config "$WORK/undercloud.conf"
}
# OS_CLOUD only where the cloud is there: openstack does not start without it.
# Mostly they wait for the undercloud: several files at a time wait together.
stage_functional() {
  OS_CLOUD=$CLOUD run_pytest functional tests/functional tests/contract \
    -m "functional and not disruptive" --numprocesses 4 --dist loadfile
}
# A process for each folder: one disturbs the undercloud, one has another one beside.
stage_disruptive() {
  OS_CLOUD=$CLOUD run_pytest disruptive tests/functional tests/e2e/test_undercloud_resume.py \
    -m "disruptive or e2e" --numprocesses 2 --dist loadscope
}
stage_lifecycle() {
  OS_CLOUD=$CLOUD run_pytest lifecycle tests/e2e/test_lifecycle.py -m e2e
}
# An overcloud on containers, which are the only machines here that run anything.
# They wait for machines, mostly: three files at a time wait together, those that take
# long first. Two would leave a fifth of two cores idle.
stage_overcloud() {
  local image=$WORK/images/overcloud-full.tar.zst
  tripleo-fleet prepare &&
    openstack overcloud image build --image-name overcloud-full --type tar \
      --output-directory "$WORK/images" &&
    OS_CLOUD=$CLOUD openstack overcloud image upload --update-existing --image-type os \
      --image-path "$WORK/images" --os-image-name "${image##*/}" &&
    TRIPLEO_TEST_ROOTFS=$image OS_CLOUD=$CLOUD \
      run_pytest overcloud \
      tests/e2e/test_{roles,bad_days,overcloud,pull,containers,chapters,wires}.py \
      tests/contract/test_container_runtime.py \
      -m e2e --numprocesses 3 --dist loadfile --no-loadscope-reorder
}
# The image of a disk, on a machine that QEMU emulates.
stage_boot() {
  openstack overcloud image build --image-name overcloud-full --type qcow2 \
    --output-directory "$WORK/images" &&
    TRIPLEO_TEST_DISK=$WORK/images/overcloud-full.qcow2 \
      run_pytest boot tests/e2e/test_image_boot.py -m e2e
}
stage_bench() { OS_CLOUD=$CLOUD run_pytest bench tests/bench; }

write_config() {
  cat >"$WORK/undercloud.conf" <<CONF
[DEFAULT]
state_dir = $STATE_DIR
port_offset = $PORT_OFFSET
clouds_file = $WORK/clouds.yaml
cloud_name = $CLOUD
service_user = tripleo-test
clean_nodes = true
enable_node_discovery = true
[ctlplane-subnet]
cidr = $SUBNET.0/24
dhcp_start = $SUBNET.10
dhcp_end = $SUBNET.250
gateway = $SUBNET.1
CONF
}

is_live() { [[ " ${LIVE_STAGES[*]} " == *" $1 "* ]]; }

# Give tee time for the last lines; a service that was started may hold its pipe open.
await_end() {
  local tries=20
  while ((tries--)) && kill -0 "$1" 2>/dev/null; do sleep 0.05; done
}

results=() failures=0 has_undercloud=no
run_stage() {
  local name=$1 began=$SECONDS rc=0 out copy
  printf '\n%s==> %s%s\n' "$BOLD" "$name" "$RESET"
  # Descriptor 9 is the lock: a service started here must not inherit it.
  exec {out}> >(tee "$WORK/$name.log" 9>&-)
  copy=$!
  ("stage_$name") 9>&- >&"$out" 2>&1 </dev/null || rc=$?
  exec {out}>&-
  await_end "$copy"
  results+=("$name $rc $((SECONDS - began))")
  ((rc == 0)) || failures=$((failures + 1))
  return "$rc"
}

clean_up() {
  if [[ $has_undercloud == yes && $keep == no ]]; then
    printf '\n%s==> removing the test undercloud%s\n' "$BOLD" "$RESET"
    remove_undercloud 9>&- >"$WORK/uninstall.log" 2>&1 || echo "see $WORK/uninstall.log"
  fi
}

mkdir -p "$WORK"
ensure_home
exec 9>"$LOCK"
flock --nonblock 9 || die "another ./run_tests.sh is at work on this machine"
rm -f "$WORK"/*.xml "$WORK"/*.log
extras=test,docs
if [[ " ${stages[*]} " == *" bench "* ]]; then extras+=,bench; fi
ensure_venv "$extras" 9>&- || die "the virtual environment could not be made"
export PATH=$CHECKOUT/.venv/bin:$PATH
# Homes of the tests are empty: what is found out or downloaded once is for all of them.
export XDG_CACHE_HOME=${XDG_CACHE_HOME:-$HOME/.cache}
export UV_CACHE_DIR=${UV_CACHE_DIR:-$XDG_CACHE_HOME/uv}
# The tests choose their cloud themselves; nothing of the caller's reaches them.
unset "${!OS_@}"
export OS_CLIENT_CONFIG_FILE=$WORK/clouds.yaml
export TRIPLEO_UNDERCLOUD_CONF=$WORK/undercloud.conf
export TRIPLEO_TEST_FLEET=127.0.0.1:$((6386 + PORT_OFFSET))
write_config
trap clean_up EXIT
trap 'exit 130' INT TERM

for stage in "${stages[@]}"; do
  if is_live "$stage"; then has_undercloud=yes; fi
  run_stage "$stage" || [[ $fail_fast == no ]] || break
done

clean_up
has_undercloud=no
python .ci/summary.py "$WORK" "${results[@]}"
((failures == 0))
