#!/bin/bash
# Installs the Debian 12 packages that are missing; touches nothing when none is.
#   deploy/local/install.sh           what building, testing and the local stack need
#   deploy/local/install.sh lint      ... what `make fmt` and `make lint` need beside
#   deploy/local/install.sh bench     ... what `make bench` needs beside
#   deploy/local/install.sh fuzz      ... what `make fuzz` needs beside
#   deploy/local/install.sh bare      what `make bare` and deploy/local/bare need
# As root, or as a user who may use sudo.
set -euo pipefail

build=(build-essential g++ cmake ninja-build pkg-config ccache mold
       libgrpc++-dev libre2-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
       librdkafka-dev libhiredis-dev prometheus-cpp-dev libabsl-dev libgtest-dev libgmock-dev
       libboost1.81-dev liblmdb-dev libssl-dev nlohmann-json3-dev libicu-dev libbrotli-dev
       zlib1g-dev libcli11-dev libyaml-cpp-dev libfmt-dev libgumbo-dev libpugixml-dev
       libcurl4-openssl-dev curl
       redis-server apertium-apy apertium-eng-spa openjdk-17-jre-headless maven python3 openssl procps iproute2 tzdata)
lint=(clang-format-16 clang-tidy-16 git)
bench=(nginx-light wrk openjdk-17-jdk-headless)
for program in node:nodejs npm:npm; do  # those of another origin serve as well
  command -v "${program%:*}" >/dev/null || bench+=("${program#*:}")
done
fuzz=(clang-16 libclang-rt-16-dev)
browser=(chromium-driver)
bare=(debootstrap util-linux mount git python3)

wanted=()
for group in "${@:-build}"; do
  case $group in
    build) wanted+=("${build[@]}") ;;
    lint) wanted+=("${lint[@]}") ;;
    bench) wanted+=("${bench[@]}") ;;
    fuzz) wanted+=("${fuzz[@]}") ;;
    browser) wanted+=("${browser[@]}") ;;
    bare) wanted+=("${bare[@]}") ;;
    *) echo "install.sh: there is no group $group: build, lint, bench, fuzz, browser, bare" >&2; exit 64 ;;
  esac
done

if ! command -v dpkg-query >/dev/null; then
  echo "install.sh: this is not Debian; install the likes of: ${wanted[*]}" >&2
  exit 1
fi

# Names with their architecture stripped, of what is installed whole.
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
missing=$(printf '%s\n' "${wanted[@]}" | grep -vxF -f <(printf '%s\n' "$installed") || true)
if [[ -z $missing ]]; then
  exit 0
fi
mapfile -t missing <<<"$missing"

needs_root() {
  echo "install.sh: $1. As root, please:" >&2
  echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
}

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null || needs_root "neither root nor sudo"
  sudo env true || needs_root "sudo refused"  # it may ask for a password, now and once
  as_root=(sudo)
fi

log=$(mktemp)
policy=/usr/sbin/policy-rc.d
made_policy=
clean_up() {
  if [[ -n $made_policy ]]; then
    "${as_root[@]}" rm -f "$policy"
  fi
  rm -f "$log"
}
trap clean_up EXIT

# The stack starts its own Redis, on its own port: the package's must not start now. (A machine that
# has a policy of its own keeps it.)
if [[ ! -e $policy ]]; then
  made_policy=yes
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

quietly() {
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null; then
    echo "install.sh: failed: $*" >&2
    tail -n 40 "$log" >&2
    exit 1
  fi
}

echo "installing ${#missing[@]} packages: ${missing[*]}"
options=(-q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
quietly apt-get "${options[@]}" update
quietly apt-get "${options[@]}" install -y --no-install-recommends "${missing[@]}"

# ... nor at the next boot. Only where we installed it: an older one is somebody's own.
if command -v systemctl >/dev/null; then
  for package in "${missing[@]}"; do
    case $package in
      apertium-apy) "${as_root[@]}" systemctl disable apertium-apy >/dev/null 2>&1 || true ;;
      redis-server) "${as_root[@]}" systemctl disable redis-server >/dev/null 2>&1 || true ;;
      nginx-light) "${as_root[@]}" systemctl disable nginx >/dev/null 2>&1 || true ;;
    esac
  done
fi
