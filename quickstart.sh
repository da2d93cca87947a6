#!/bin/bash
# From nothing to a first overcloud on simulated bare metal, showing each command.
set -euo pipefail

CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/common.sh
source "$CHECKOUT/.ci/common.sh"

usage() {
  cat <<'TEXT'
Usage: ./quickstart.sh [options]

On a fresh Debian 12, as root: installs an undercloud (a small OpenStack on this
machine), registers simulated bare metal nodes, and deploys an overcloud stack of one
controller and two computes on them. Everything but the nodes is real. Each command
is shown before it runs; the documentation explains them (docs/quickstart.rst).

With --machines container, system containers stand in for the machines: an image is
built, booted, and configured until the overcloud is an OpenStack that answers.

Running it again continues or repeats, and changes only what must change.

  --machines KIND  simulated: machines that boot nothing (the default)
                   container: machines that run; needs 12 GiB of memory
  --nodes N        how many nodes to simulate (default 5, at least 3)
  --config FILE    an undercloud.conf of your own (default: every default)
  --clean          remove all that this script made
  --help           this text
TEXT
}

nodes=5 config='' clean=no machines=simulated
while (($#)); do
  case $1 in
    --nodes | --config | --machines)
      [[ -n ${2:-} ]] || die "$1 needs a value" "./quickstart.sh --help"
      printf -v "${1#--}" '%s' "$2"
      shift
      ;;
    --clean) clean=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) die "unknown option $1" "./quickstart.sh --help" ;;
  esac
  shift
done
[[ $machines == simulated || $machines == container ]] ||
  die "--machines is simulated or container, not $machines"
[[ $nodes =~ ^[0-9]+$ && $nodes -ge 3 ]] || die "--nodes must be a number, 3 or more"
[[ -z $config || -f $config ]] || die "there is no file $config"
[[ $EUID -eq 0 ]] || die "an undercloud is installed as root" "sudo ./quickstart.sh"
[[ -z $config ]] || config=$(realpath "$config")

step=0 times=()
begin() {
  step=$((step + 1))
  title=$1 began=$SECONDS
  printf '\n%s%d. %s%s\n' "$BOLD" "$step" "$1" "$RESET"
  shift
  printf '%s\n' "$@" | fold -s -w 78 | sed 's/^/   /'
}

end() { times+=("$(printf '%5d s  %s' $((SECONDS - began)) "$title")"); }

# Show a command as one would type it, then run it.
run() {
  printf '\n   %s$ %s%s\n' "$DIM$BOLD" "${*@Q}" "$RESET" | sed "s/'\([A-Za-z0-9_.,:/=+-]\+\)'/\1/g"
  "$@"
}

trap 'failed $?' EXIT
failed() {
  (($1 == 0)) && return
  printf '\n%sIt stopped here (exit code %d).%s The message above says why.\n' "$RED" "$1" "$RESET"
  printf 'Run ./quickstart.sh again when that is solved: it goes on from here.\n'
}

ensure_home
WORK=$HOME/tripleo-quickstart
MARK=$WORK/made-by-quickstart

# What undercloud.conf says, or the default: NAME DEFAULT
conf_value() {
  [[ -n $config ]] || { printf '%s\n' "$2"; return; }
  "$CHECKOUT/.venv/bin/python" - "$config" "$@" <<'PY'
import configparser, os, sys
path, name, default = sys.argv[1:]
parser = configparser.ConfigParser(interpolation=None)
parser.read(path)
print(os.path.expanduser(parser.defaults().get(name, default)))
PY
}

settle_environment() {
  export PATH=$CHECKOUT/.venv/bin:$PATH
  unset "${!OS_@}"
  state_dir=$(conf_value state_dir /var/lib/tripleo-undercloud)
  cloud=$(conf_value cloud_name undercloud)
  clouds_file=$(conf_value clouds_file "$HOME/.config/openstack/clouds.yaml")
  fleet_port=$((6386 + $(conf_value port_offset 0)))
  with_config=()
  [[ -z $config ]] || with_config=(--config "$config")
}

# An undercloud that somebody uses is not ours to add simulated nodes to, or to remove.
refuse_foreign_undercloud() {
  if [[ -e $state_dir && "$(cat "$MARK" 2>/dev/null)" != "$state_dir" ]]; then
    die "$state_dir holds an undercloud that this script did not make" \
      "give another state_dir and port_offset in a file, and name it with --config" \
      "or, if it is the quickstart's: echo $state_dir > $MARK"
  fi
}

# Only once the undercloud is there: openstack refuses to start with a cloud that its
# clouds.yaml does not have.
choose_cloud() {
  run export "OS_CLIENT_CONFIG_FILE=$clouds_file" "OS_CLOUD=$cloud"
}

# Machines that boot nothing only need files that are there, and different.
make_tiny_images() {
  local name
  mkdir -p "$WORK/images"
  for name in overcloud-full.raw overcloud-full.vmlinuz overcloud-full.initrd \
    ironic-python-agent.kernel ironic-python-agent.initramfs; do
    [[ -s $WORK/images/$name ]] || printf 'SIMULATED %s\n' "$name" >"$WORK/images/$name"
    truncate -s 64K "$WORK/images/$name"
  done
}

clean_up() {
  [[ -e $MARK ]] || die "nothing here was made by ./quickstart.sh"
  begin "Remove the overcloud" "Its nodes become available again."
  if openstack undercloud status "${with_config[@]}" >/dev/null 2>&1; then
    choose_cloud
    run openstack overcloud delete --yes
    unset OS_CLOUD
  fi
  end
  begin "Stop the machines" "By the process id in $WORK/fleet.pid."
  run tripleo-fleet stop --pid-file "$WORK/fleet.pid" --clean
  end
  begin "Remove the undercloud" "Its services, data, secrets and clouds.yaml entries."
  run openstack undercloud uninstall "${with_config[@]}" --yes
  rm -rf "$WORK"
  end
  printf '\n%sRemoved.%s .venv/ is left: rm -rf %s/.venv\n' "$GREEN" "$RESET" "$CHECKOUT"
}

make_images() {
  if [[ $machines == container ]]; then
    begin "Build and upload an image" \
      "An operating system with all that the roles' services need, installed and not configured. The first time takes several minutes; it is kept in /var/cache/tripleo."
    run openstack overcloud image build --image-name overcloud-full --type tar \
      --output-directory "$WORK/images"
    # Other elements or services since the last run make another image of this name.
    run openstack overcloud image upload --image-path "$WORK/images" \
      --image-type os --os-image-name overcloud-full.tar.zst --update-existing
  else
    begin "Upload images" \
      "What is written on the machines' disks. These are placeholders: simulated machines boot nothing."
    make_tiny_images
    run openstack overcloud image upload --image-path "$WORK/images" \
      --os-image-name overcloud-full.raw --update-existing
  fi
  end
}

ask_overcloud() {
  begin "Ask the overcloud" "It is a cloud of its own, with its own Keystone."
  local question
  for question in "token issue -c expires -c user_id" "service list" "compute service list" \
    "network agent list"; do
    # shellcheck disable=SC2086 # words of a command
    run openstack --os-cloud overcloud $question
  done
  end
}

deploy_all() {
  local computes=2
  [[ $machines == simulated ]] || computes=1
  begin "Install the undercloud" \
    "Keystone, Glance, Placement, Neutron, Nova, Ironic and Heat on this machine, in $state_dir. The first time takes a few minutes."
  mkdir -p "$WORK"
  chmod 700 "$WORK"
  echo "$state_dir" >"$MARK"
  run openstack undercloud install "${with_config[@]}"
  choose_cloud
  end

  begin "Start the simulated machines" \
    "One process plays $nodes machines: it answers for them when Ironic inspects them. With hardware there is no such step; the nodes file lists your machines."
  [[ $machines == simulated ]] || run tripleo-fleet prepare
  run tripleo-fleet generate --nodes "$nodes" --backing "$machines" --output "$WORK/nodes.json"
  run tripleo-fleet run --background --pid-file "$WORK/fleet.pid" \
    --log-file "$WORK/fleet.log" --listen "127.0.0.1:$fleet_port"
  end

  begin "Register the machines" \
    "Ironic learns of them, inspects them (CPUs, memory, disks, network cards), and makes them available."
  run openstack overcloud node import "$WORK/nodes.json" --introspect --provide
  run openstack overcloud node list
  end

  begin "Choose machines for roles" \
    "Roles say what they need (openstack overcloud role show Controller); matching finds a machine for each place."
  run openstack overcloud profiles match --role-count Controller=1 --role-count "Compute=$computes"
  end

  make_images

  begin "Deploy the overcloud" \
    "A plan, Heat templates made from it, and a stack: Heat asks Nova for servers, Nova has Ironic deploy machines."
  run openstack overcloud deploy --role-count Controller=1 --role-count "Compute=$computes"
  end

  begin "Look at it" "The same, as this project sees it and as OpenStack sees it."
  run openstack overcloud status
  run openstack stack list
  run openstack server list
  run openstack baremetal node list
  end
  [[ $machines == simulated ]] || ask_overcloud
}

tell_what_next() {
  printf '\n%sDone: an overcloud stack on an undercloud.%s\n\n' "$GREEN$BOLD" "$RESET"
  printf '%s\n' "${times[@]}"
  cat <<TEXT

To go on in this shell:
   export PATH=$CHECKOUT/.venv/bin:\$PATH OS_CLOUD=$cloud OS_CLIENT_CONFIG_FILE=$clouds_file
   openstack overcloud deploy --role-count Controller=1 --role-count Compute=3
   openstack undercloud status

Where things are:
   $clouds_file   how to log in
   $state_dir   the undercloud: etc, log, data, secrets
   $HOME/overcloud-deploy/overcloud   the plan and the templates of the stack
   $WORK   nodes file, images, log of the simulated machines

To remove it all: ./quickstart.sh --clean
TEXT
}

begin "Make the virtual environment" \
  "The openstack command with this project's commands, in $CHECKOUT/.venv."
extras=simulator
[[ $machines == simulated ]] || extras+=,images
ensure_venv "$extras"
settle_environment
end
if [[ $clean == yes ]]; then
  clean_up
else
  refuse_foreign_undercloud
  deploy_all
  tell_what_next
fi
