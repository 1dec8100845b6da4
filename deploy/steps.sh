# shellcheck shell=bash
# Sourced by deploy/setup, deploy/run and tests/run: say what is being done, and how long it has taken.

# step TITLE LOG COMMAND…: runs COMMAND with its output in LOG and a line on stderr that counts the seconds (on a
# terminal; elsewhere one line a minute, so that a log shows life). Prints the errors in LOG, or its end, when COMMAND
# fails.
step() {
    local title=$1 log=$2 started=$SECONDS ticker status=0
    shift 2
    mkdir -p "$(dirname "$log")"
    step_tick "$title" "$log" &
    ticker=$!
    "$@" >"$log" 2>&1 </dev/null || status=$?
    kill "$ticker" 2>/dev/null
    wait "$ticker" 2>/dev/null || true
    [ -t 2 ] && printf '\r\033[K' >&2
    if [ "$status" -ne 0 ]; then
        printf '%s: failed after %d s; from %s:\n' "$title" $((SECONDS - started)) "$log" >&2
        { grep -A4 'error:' "$log" || tail -n 25 "$log"; } | tail -n 50 | sed 's/^/    /' >&2
        return "$status"
    fi
    printf '%s: %d s\n' "$title" $((SECONDS - started)) >&2
}

step_tick() {
    local title=$1 log=$2 started=$SECONDS
    while :; do
        if [ -t 2 ]; then
            printf '\r\033[K%s … %d s  %.60s' "$title" $((SECONDS - started)) \
                "$(tail -n 1 "$log" 2>/dev/null | tr -cd '[:print:]')" >&2
            sleep 1
        else
            sleep 60
            printf '%s … %d s\n' "$title" $((SECONDS - started)) >&2
        fi
    done
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}
