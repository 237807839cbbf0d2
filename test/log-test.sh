#!/usr/bin/env bash
# NS_LOG tells the story of a slot. log-test.sh MEC-OFFLOAD
set -uo pipefail
# shellcheck source=test/checks.sh
. "$(dirname "$(realpath "$0")")/checks.sh"

offload=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# expect COMPONENT TEXT FLAG...: with this component's log, mec-offload tells a text.
expect() {
  NS_LOG="$1=level_all" "$offload" "${@:3}" >"$work/out" 2>"$work/log" || fail "$1: exit code"
  grep -qF -- "$2" "$work/log" || fail "$1: no '$2' in: $(head -5 "$work/log")"
}

slots=(--slots=2 --policy=fixed)
expect OffloadController "2 MLUs, policy fixed" "${slots[@]}"
expect OffloadController "slot 1: offloading ratios 0.5 0.5, powers" "${slots[@]}"
expect OffloadController "slot 1: latencies" "${slots[@]}"
expect OffloadController "all cells have ended" "${slots[@]}" --batteryJ=100
expect MluApplication "slot 0: MLU 1 sends 500000 bits" "${slots[@]}"
expect MecServerApplication "MecServerApplication:ReceiveRequest(" "${slots[@]}"
expect FirstComeFirstServedDiscipline "FirstComeFirstServedDiscipline:Submit(" "${slots[@]}" --serverDiscipline=FirstComeFirstServed
expect MecUplinkChannel "MecUplinkChannel:AnnounceSlot(" "${slots[@]}"
expect RicianPropagationLossModel "block 0 of a new link" "${slots[@]}"
expect LlmMecHelper "LlmMecHelper:SetProfile(" "${slots[@]}"

# What goes wrong: a cap is met, a battery runs empty and drops an upload, tasks stay unserved.
slow=(--slots=3 --policy=fixed --maxPowerDbm=-100)
expect OffloadController "met the cap of its upload" "${slow[@]}"
expect MecUplinkChannel ", the cap" "${slow[@]}"
expect MluEnergyModel "the battery is empty after" "${slow[@]}" --batteryJ=0.2
expect MluApplication "1 tasks stay unserved, 1 uploads are dropped" "${slow[@]}" --batteryJ=0.1
expect OffloadController "is unserved" "${slow[@]}" --batteryJ=0.1

# Without NS_LOG nothing is told.
"$offload" "${slots[@]}" >"$work/out" 2>"$work/log"
[[ ! -s $work/log ]] || fail "without NS_LOG: $(head -1 "$work/log")"
conclude
