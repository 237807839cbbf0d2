#!/usr/bin/env bash
#
# What mec-associate does with what people type and with its output. Run by CTest as
# `mec-associate`.
#
#     mec-associate-test.sh path/to/mec-associate path/to/mec-offload
set -uo pipefail
# shellcheck source=test/checks.sh
. "$(dirname "$(realpath "$0")")/checks.sh"

associate=$(realpath "$1")
offload=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
table=$(realpath "$(dirname "$0")/../examples/figures/association-table.py")
cd "$work" || exit 1
scenario=ns3::llmmec::LlmMecAssociationScenario
map=ns3::llmmec::LlmMecAssociationMap
search=ns3::llmmec::AssociationSearchPolicy
client=ns3::llmmec::SpeculativeClient
engine=ns3::llmmec::DisciplinePassEngine

# Bad input. $1: part of the line that says so, $2...: flags
refuse_flags() {
  local part=$1
  shift
  refuse_at_once "$part" timeout 60 "$associate" --output=refused "$@"
}

# number NAME FOLDER: of its summary
number() {
  sed -n "s/^  \"$1\": \(.*\),\$/\1/p" "$2/summary.json"
}

# is EXPRESSION: true of numbers
is() {
  awk "BEGIN { exit !($1) }" || fail "$1"
}

for flag in devices servers slots; do
  for value in 0 -1 1.5 x nan ""; do
    refuse_flags "--$flag=$value: expected a whole number" "--$flag=$value"
  done
done
for flag in association shares objective level payload discipline windows; do
  refuse_flags "--$flag=nothing: expected one of" "--$flag=nothing"
done
refuse_flags "path loss \"nothing\" is unknown" --$map::PathLoss=nothing
refuse_flags "expected the path of a file or one of" --$scenario::DeviceFiles=nothing
refuse_flags "galaxy-s23 has no fp32Flops" --$scenario::ServerFiles=galaxy-s23
refuse_flags "no device files" --$scenario::DeviceFiles=
refuse_flags "use --payload instead" --$scenario::BitsPerDraft=3
refuse_flags "use --objective instead" --$search::Objective=paper
refuse_flags "no object of these cells has it" --$search::Shares=uniform --association=greedy
refuse_flags "--discipline: expected none with --level=slot" --discipline=fcfs
refuse_flags "--windows: expected none with --level=slot" --windows=fixed
refuse_flags "no object of these cells has it" --$client::AheadPasses=1
refuse_flags "use attributes of ContinuousBatchingEngine instead" --level=token --discipline=batching \
  "--ns3::llmmec::BatchingPassEngine::Engine=ns3::llmmec::ContinuousBatchingEngine[Seats=1]"
refuse_flags "since the cell gives it another value" --level=token --$client::AheadPasses=1
refuse_flags "use --shares instead" --level=token --$engine::Share=0.5
refuse_flags "no object of these cells has it" --level=token --discipline=batching \
  --$engine::VerifyTime=1s
refuse_flags "devices.powerW is inf" --$scenario::PowerDbm=ns3::ConstantRandomVariable[Constant=1e5]

# Learned shares need a file that has some; mec-train's test runs such files.
refuse_flags "no checkpoint, expected the file" --association=tma-masac --checkpoint=
refuse_flags "missing" --association=tma-masac --checkpoint=missing
refuse_flags "--checkpoint=x: expected none, --association=tma" --association=tma --checkpoint=x
refuse_flags "use --checkpoint instead" --ns3::llmmec::TmaMasacAssociationPolicy::Checkpoint=x
echo text >text
refuse_flags "text: not a checkpoint" --shares=learned --checkpoint=text

refuse_flags "--queues: expected none with --level=token" --level=token --queues=carried
refuse_flags "--batteryJ: expected none with --level=token" --level=token --batteryJ=1
refuse_flags "--batteryJ" --batteryJ=-1
refuse_flags "QueuedS: got 0, expected more" --queues=carried --$scenario::QueuedS=0

# Slots that go on from each other: a queue builds up, a battery ends, and the same twice.
for folder in carried again; do
  succeed "$associate" --slots=40 --devices=24 --servers=2 --queues=carried --batteryJ=60 \
    --$scenario::ComputeEnergy=1.2e-10 --$scenario::TaskProbability=0.8 --output=$folder
done
cmp -s carried/associations.csv again/associations.csv || fail "two runs of a network differ"
[[ $(head -n 1 carried/associations.csv) == *,backlogS,battery,empty,lost ]] || fail "no columns"
awk -F, 'NR == 1 { next }
  { if ($14 > battery + 1e-12 && NR > 2) bad = 1; battery = $14; lost += $16; empty = $15
    if ($13 > most) most = $13 }
  END { exit !(!bad && most > 1 && empty > 0 && lost == empty) }' carried/associations.csv ||
  fail "batteries or queues: $(tail -n 2 carried/associations.csv)"
grep -q meanLatencyS95 carried/summary.json && fail "an interval of slots that depend on each other"

# The same twice, and files of one program in a folder
for folder in one two; do
  succeed "$associate" --slots=5 --devices=12 --output=$folder
done
cmp -s one/associations.csv two/associations.csv || fail "two runs differ"
[[ $(wc -l <one/associations.csv) -eq 6 ]] || fail "rows: $(cat one/associations.csv)"
succeed "$associate" --slots=5 --devices=12 --output=one
refuse "holds results of another program (associations.csv)" "$offload" --slots=3 --output=one
succeed "$offload" --slots=3 --output=offload
refuse "holds results of another program" "$associate" --output=offload
is "$(number bound one) <= $(number objective one) && $(number bound one) > 0.99 * $(number objective one)"

# What P1 misleads about: its optimum is slow at token level, and its band is unused.
succeed "$associate" --slots=20 --association=greedy --output=paper
succeed "$associate" --slots=20 --association=greedy --shares=full-band --output=band
succeed "$associate" --slots=20 --objective=speculative --output=tokens
is "$(number objective paper) < $(number objective band)"
is "$(number tokenLatencyS paper) > 1.4 * $(number tokenLatencyS band)"
is "$(number bandShare paper) < 0.01 && $(number bandShare band) > 0.999"
is "$(number meanLatencyS tokens) < $(number tokenLatencyS band)"

# Token by token: the closed form on slices where answers are long, with any shares.
for share in uniform optimal full-band; do
  succeed "$associate" --level=token --slots=2 --shares=$share --output=long \
    "--$scenario::AnswerTokens=ns3::ConstantRandomVariable[Constant=20000]"
  is "$(number meanLatencyS long) < 1.02 * $(number tokenLatencyS long)"
  is "$(number meanLatencyS long) > 0.98 * $(number tokenLatencyS long)"
done

# What shares, steps in common and windows are worth there, and the server alone
for discipline in slices fcfs batching; do
  for windows in fixed optimal estimated; do
    succeed "$associate" --level=token --slots=2 --shares=full-band --discipline=$discipline \
      --windows=$windows --output=$discipline-$windows
    is "$(number serverOnlyLatencyS $discipline-$windows) > 0"
  done
done
for folder in one two; do
  succeed "$associate" --level=token --slots=2 --discipline=batching --output=token-$folder
done
cmp -s token-one/associations.csv token-two/associations.csv || fail "two runs differ"
succeed "$associate" --level=token --slots=2 --output=token-paper
p1=$(number meanLatencyS token-paper)
is "$p1 > 1.4 * $(number meanLatencyS slices-fixed)"
is "$(number meanLatencyS batching-optimal) < 0.25 * $p1"
is "$(number objective token-paper) < $(number objective slices-fixed)"
is "$(number serverOnlyLatencyS batching-fixed) < $(number serverOnlyLatencyS slices-fixed)"
for size in "--devices=1 --servers=3" "--devices=4 --servers=1"; do
  # shellcheck disable=SC2086
  succeed "$associate" --level=token --slots=2 $size
done

# All policies run on one server and on one device.
for policy in greedy max-compute max-sinr move-swap nearest random tma tma-move; do
  for size in "--devices=1 --servers=3" "--devices=4 --servers=1"; do
    # shellcheck disable=SC2086
    succeed "$associate" --slots=2 --association=$policy $size
  done
done
for payload in ids id-prob top-64 full; do
  succeed "$associate" --slots=2 --payload=$payload --objective=speculative
done
succeed "$associate" --slots=2 --$map::PathLoss=ns3::LogDistancePropagationLossModel

"$associate" --slots=2 >/dev/full 2>err
expect_refusal $? "standard output: cannot be written" "mec-associate >/dev/full"

# What comes with the module is near the optimum of P1 for numbers that it was not trained with.
for size in "--devices=20 --servers=4" "--devices=60 --servers=20" "--devices=90 --servers=6"; do
  # shellcheck disable=SC2086
  succeed "$associate" --slots=5 $size --association=tma-masac --checkpoint=associate-any --output=learned
  # shellcheck disable=SC2086
  succeed "$associate" --slots=5 $size --association=move-swap --output=optimum
  is "$(number objective learned) < 1.01 * $(number objective optimum)"
  is "$(number objective learned) >= $(number bound learned)"
done
for size in "--devices=1 --servers=3" "--devices=4 --servers=1"; do
  # shellcheck disable=SC2086
  succeed "$associate" --slots=2 $size --association=tma-masac --checkpoint=associate-any
done
succeed "$associate" --slots=20 --devices=24 --servers=2 --queues=carried --batteryJ=60 \
  --association=tma-masac --checkpoint=associate-any
succeed "$associate" --level=token --slots=1 --devices=6 --association=tma-masac --checkpoint=associate-any

# The table of the manual
succeed /usr/bin/python3 "$table" --program="$associate" --slots=2 --rows=9x3,6x2
grep -q "^  6   2 .* ±.* 0.9[0-9]*$" out || fail "table: $(cat out)"
refuse "expected one of" /usr/bin/python3 "$table" --program="$associate" --rows=9x3 --payload=none

conclude
