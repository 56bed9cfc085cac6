#!/bin/sh
# Power cuts of the journal and of the store: with their syncs every image must be good, without
# them the same test has to find losses.
#
#   prove.sh RECORDER BIN [IMAGES [SEED]]
set -eu
recorder=$1
bin=$2
images=${3:-250}
seed=${4:-${TEFTER_SEED:-20260301}}
work=$(mktemp -d "${TMPDIR:-/tmp}/power-XXXXXX")
trap 'rm -rf "$work"' EXIT
status=0

# name, wanted (good or bad), verify command, recorded command
prove() {
    name=$1 wanted=$2 verify=$3
    shift 3
    mkdir -p "$work/$name/root"
    LD_PRELOAD=$recorder POWER_ROOT=$work/$name/root POWER_TRACE=$work/$name/trace \
        POWER_ACK=$work/$name/ack "$@" || { echo "$name: the recorded program failed"; exit 2; }
    code=0
    "$bin/power_replay" --trace "$work/$name/trace" --final "$work/$name/root" --skip lock.mdb \
        --images "$images" --seed "$seed" --verify "$verify" >"$work/$name/out" 2>&1 || code=$?
    echo "$name: $(tail -n 1 "$work/$name/out")"
    case $wanted$code in
    good0 | bad1) ;;
    *)
        cat "$work/$name/out"
        echo "$name: wanted $wanted images, replay said $code"
        status=1
        ;;
    esac
}

journal="$bin/power_journal verify \"\$1/journal\" \"\$2\""
store="$bin/power_store_driver verify \"\$1/store\" \"\$2\""
prove journal good "$journal" "$bin/power_journal" run "$work/journal/root/journal" 300
prove journal-without-sync bad "$journal" \
    "$bin/power_journal_nosync" run "$work/journal-without-sync/root/journal" 300
prove store-synced good "$store" \
    "$bin/power_store_driver" run "$work/store-synced/root/store" 200 synced
prove store-unsynced bad "$store" \
    "$bin/power_store_driver" run "$work/store-unsynced/root/store" 200 unsynced
exit $status
