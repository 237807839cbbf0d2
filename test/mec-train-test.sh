#!/usr/bin/env bash
#
# What mec-train and the policy `agent` do with what people type, and that a training that was
# killed goes on as if nothing had happened. Run by CTest as `mec-train`.
#
#     mec-train-test.sh path/to/mec-train path/to/mec-offload path/to/mec-associate ON|OFF
#
# The last argument says whether this build has LibTorch. Without, only what needs none is checked.
set -uo pipefail
# shellcheck source=test/checks.sh
. "$(dirname "$(realpath "$0")")/checks.sh"

train=$(realpath "$1")
offload=$(realpath "$2")
associate=$(realpath "$3")
has_torch=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# Bad input. $1: part of the line that says so, $2...: command
refuse_input() {
  refuse_at_once "$@" --output=refused
}

# Settings of mec-train
for value in 0 1.5 abc -1 16777216; do
  refuse_input "--episodes=$value" "$train" "--episodes=$value"
done
refuse_input --seed=0 "$train" --seed=0
refuse_input world-model-ppo "$train" --agent=reinforce
refuse_input paper "$train" --preset=good
refuse_input extended "$train" --state=all
refuse_input linear "$train" --powerScale=mW
refuse_input --powerRangeDb=nan "$train" --powerRangeDb=nan
refuse_input --mlus=0 "$train" --mlus=0
for value in 0 8388608; do
  refuse_input "--RngRun=$value" "$train" "--RngRun=$value"
done
refuse_input "--RngRun=3, --seed=3" "$train" --RngRun=3 --seed=3
refuse_input "--RngRun=1, --seed=3" "$train" -seed=3 --RngRun=1
# Where slots hang together, an evaluation of another length would be of another problem.
for flags in --batteryJ=8 --slotBarrier=0 --fadingCorrelation=0.5 --speedMps=1 --state=extended; do
  refuse_input "${flags%=*}" "$train" --evaluationSlots=20 "$flags"
done
refuse_input --state=extended "$train" --evaluationSlots=20 --preset=lookahead
"$train" --resume >out 2>err && fail "--resume without a folder"
grep -q -- "--output" err || fail "--resume without a folder: $(cat err)"

# Settings of the agent
refuse_input missing.json "$train" --config=missing.json
echo '{"learningRte": 1}' >config.json
refuse_input learningRte "$train" --config=config.json
refuse_input learningRate "$train" --config=config.json
echo '[1]' >config.json
refuse_input config.json "$train" --config=config.json
printf '{\n"learningRate": 1' >config.json
refuse_input config.json "$train" --config=config.json
refuse_input 'line 2' "$train" --config=config.json
for policy in LearningOffload::Preset=paper Fixed::PowerShare=0.5 TrainedOffload::Checkpoint=file; do
  attribute=ns3::llmmec::${policy%%::*}Policy::${policy#*::}
  refuse_input "references have their defaults" "$train" --agent=ppo --"$attribute"
done
echo '{"learningRate": 1e-3, "learningRate": 1e-4}' >config.json
refuse_input learningRate "$train" --config=config.json
refuse_input twice "$train" --config=config.json

# Checkpoints
refuse_input "no checkpoint" "$offload" --policy=agent
refuse_input "--policy=agent" "$offload" --policy=random --checkpoint=x
refuse_input missing "$offload" --policy=agent --checkpoint=missing
echo 'not a checkpoint' >text
refuse_input "text: not a checkpoint" "$offload" --policy=agent --checkpoint=text
: >empty
refuse_input "empty: not a checkpoint" "$offload" --policy=agent --checkpoint=empty

if [[ $has_torch != ON ]]; then
  refuse_input libtorch-dev "$offload" --policy=ppo
  refuse_input libtorch-dev "$train" --agent=sac
  echo "without LibTorch: trainings are not checked"
  conclude
  exit
fi

echo '{"learningRate": "fast"}' >config.json
refuse_input config.json "$train" --agent=ppo --config=config.json
refuse_input '"fast"' "$train" --agent=ppo --config=config.json

# One training, in one go; twice for the same bytes; another seed for others
small=(--agent=ppo --episodes=12 --slots=40 --cells=2 --evaluateEvery=3 --evaluationCells=4)
succeed "$train" "${small[@]}" --output=whole
[[ $(ls whole) == $'checkpoint\nlearning.csv\nsummary.json\ntiming.csv' ]] || fail "files: $(ls whole)"
[[ $(wc -l <whole/learning.csv) -eq 14 ]] || fail "learning.csv: $(wc -l <whole/learning.csv) lines"
[[ $(head -c 25 whole/learning.csv) == episode,slots,gradientSte ]] || fail "header of learning.csv"
grep -qiE 'nan|inf' whole/learning.csv whole/summary.json out && fail "a number is not finite"
mv whole first
succeed "$train" "${small[@]}" --output=whole
for name in learning.csv summary.json; do
  cmp -s "first/$name" "whole/$name" || fail "the same seed gave another $name"
done
succeed "$train" "${small[@]}" --seed=2 --output=other
succeed "$train" "${small[@]}" --evaluationSlots=20 --output=shorter
keep_training() { # columns of a learning.csv that no evaluation enters
  awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) isKept[i] = $i !~ /^eval/ }
           { for (i = 1; i <= NF; ++i) if (isKept[i]) printf "%s,", $i; print "" }' "$1"
}
cmp -s <(keep_training first/learning.csv) <(keep_training shorter/learning.csv) ||
  fail "shorter evaluations changed the training"
cmp -s first/learning.csv other/learning.csv && fail "another seed gave the same learning.csv"
for policy in optimal random; do
  part=$(grep -A 2 "\"$policy\"" first/summary.json)
  [[ -n $part && $part == "$(grep -A 2 "\"$policy\"" other/summary.json)" ]] ||
    fail "held-out cells of another seed differ for $policy"
done

# ns-3's run number is the seed, through each of its doors
for door in --RngRun=2 NS_GLOBAL_VALUE=RngRun=2; do
  rm -rf run
  if [[ $door == --* ]]; then
    succeed "$train" "${small[@]}" $door --output=run
  else
    succeed env $door "$train" "${small[@]}" --output=run
    refuse_input "expected one of them" env $door "$train" --seed=2
  fi
  cmp -s other/learning.csv run/learning.csv || fail "$door is not --seed=2"
  sed 's/"run"/"other"/' run/summary.json | cmp -s other/summary.json - || fail "$door: another summary"
done

# Without the optimum all else is the same, and --resume adds it.
succeed "$train" "${small[@]}" --optimum=0 --output=alone
cmp -s first/learning.csv alone/learning.csv || fail "--optimum=0 changed the training"
grep -qi optim out && fail "--optimum=0: $(cat out)"
grep -E 'optimal|shareOfOptimum' alone/summary.json && fail "--optimum=0: the summary has it"
succeed "$train" "${small[@]}" --output=alone --resume
sed 's/"alone"/"whole"/' alone/summary.json | cmp -s first/summary.json - || fail "--resume: no optimum"

# The held-out cells are those of ns-3's run 1: mec-offload says the same of agent and optimum there.
number() { sed -n "0,/\"$2\": /s/.*\"$2\": \([-0-9.e+]*\).*/\1/p" "$1"; }
column() { # last value of a column of learning.csv. $1: file, $2: name
  awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) at = i } END { print $at }' "$1"
}
close() { # whether two numbers agree to eight digits. $1, $2: the numbers
  awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(a != "" && b != "" && d * d <= 1e-16 * a * a) }'
}
# Limits that are missed, so that no two columns agree by chance
limits=(--profile=qwen3-8b-ecld --energyBudgetJ=0.1 --maxHallucination=0.85)
succeed "$train" "${small[@]}" "${limits[@]}" --output=limits
cells=("${limits[@]}" --cells=4 --slots=40 --RngRun=1)
succeed "$offload" "${cells[@]}" --policy=agent --checkpoint=limits/checkpoint --output=held-out
for pair in meanReward:Reward meanLatencyS:LatencyS meanAccuracy:Accuracy meanEnergyJ:EnergyJ \
  meanHallucination:Hallucination meanPenalty:Penalty violationRate:Violations; do
  expected=$(number held-out/summary.json "${pair%:*}")
  close "$expected" "$(column limits/learning.csv "eval${pair#*:}")" ||
    fail "eval${pair#*:}: $(column limits/learning.csv "eval${pair#*:}"), mec-offload $expected"
done
succeed "$offload" "${cells[@]}" --policy=optimal --output=held-out
sed -n '/"optimal": {/,/}/p' limits/summary.json >optimal
for name in meanReward meanLatencyS violationRate; do
  close "$(number held-out/summary.json $name)" "$(number optimal $name)" || fail "optimal: $name"
done
share=$(awk -v a="$(column limits/learning.csv evalReward)" -v b="$(number optimal meanReward)" \
  'BEGIN { printf "%.12g", a / b }')
close "$share" "$(number limits/summary.json shareOfOptimum)" || fail "shareOfOptimum is not $share"

# Settings are not chosen on the first weights of results: where cells hardly differ, as here, the
# policy that has learned nothing has the same reward for the same seed, and another for tuning.
alike=(--agent=ppo --episodes=1 --slots=4 --evaluationCells=1 --ricianK=1e9 --radiusM=1e-6)
for draws in "--RngSeed=1" "--RngSeed=2" "--draws=tuning"; do
  succeed "$train" "${alike[@]}" "$draws" --output="alike$draws"
done
get_first_reward() {
  awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == "evalReward") at = i }
           NR == 2 { printf "%.3f", $at }' "alike$1/learning.csv"
}
[[ $(get_first_reward --RngSeed=1) =~ ^[0-9]+\.[0-9]{3}$ ]] || fail "reward: $(get_first_reward --RngSeed=1)"
[[ $(get_first_reward --RngSeed=1) == "$(get_first_reward --RngSeed=2)" ]] ||
  fail "another seed of ns-3 gave another agent"
[[ $(get_first_reward --RngSeed=1) != "$(get_first_reward --draws=tuning)" ]] ||
  fail "tuning has the agent of results"

# Sends $1 to a command after $2 seconds, if it still runs. $3...: command
# (Bash has background jobs ignore SIGINT, so give it back.)
stop_after() {
  local signal=$1 seconds=$2
  shift 2
  env --default-signal=INT "$@" >out 2>err &
  local pid=$!
  sleep "$seconds"
  kill -"$signal" "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
}

# Killed and gone on with, the same bytes; also before the first checkpoint
for signal in KILL INT; do
  for seconds in 0.05 0.2 0.35 0.5 0.65 0.8 1.1; do
    rm -rf broken
    stop_after "$signal" "$seconds" "$train" "${small[@]}" --output=broken
    for _ in 1 2; do # killed a second time, too
      stop_after "$signal" "$seconds" "$train" "${small[@]}" --output=broken --resume
    done
    succeed "$train" "${small[@]}" --output=broken --resume
    cmp -s first/learning.csv broken/learning.csv || fail "SIG$signal after $seconds s: other bytes"
    sed 's/broken/whole/' broken/summary.json | cmp -s first/summary.json - ||
      fail "SIG$signal after $seconds s: another summary"
    [[ -z $(find broken -name '*.part') ]] || [[ $signal == KILL ]] || fail "left $(ls broken)"
  done
done

# Ctrl-C: one line that says how to go on
env --default-signal=INT "$train" "${small[@]}" --episodes=1000000 --output=long >out 2>err &
pid=$!
for _ in $(seq 200); do
  [[ -s long/checkpoint ]] && break
  sleep 0.05
done
kill -INT "$pid"
wait "$pid"
code=$?
[[ $code -eq 1 ]] || fail "Ctrl-C: exit code $code, expected 1"
[[ $(wc -l <err) -eq 1 ]] || fail "Ctrl-C: $(cat err)"
grep -q -- --resume err || fail "Ctrl-C: $(cat err)"

# More episodes go on where a training ended; other settings do not
cp -r first more
succeed "$train" "${small[@]}" --episodes=15 --output=more --resume
[[ $(head -n 14 more/learning.csv) == "$(cat first/learning.csv)" ]] || fail "more episodes changed the first"
[[ $(wc -l <more/learning.csv) -eq 17 ]] || fail "more episodes: $(wc -l <more/learning.csv) lines"

# Goes on from a copy of $1 with other arguments: one line that holds $2, and nothing changes.
refuse_resume() {
  local from=$1 part=$2
  shift 2
  rm -rf again
  cp -r "$from" again
  "$train" "${small[@]}" --output=again --resume "$@" >out 2>err
  [[ $? -eq 1 && $(wc -l <err) -eq 1 ]] || fail "resume $*: $(head -c 300 err)"
  grep -qF -- "$part" err || fail "resume $*: no \"$part\" in: $(head -c 300 err)"
  diff -r "$from" again >/dev/null || fail "resume $*: changed files"
}
refuse_resume first --slots --slots=41
refuse_resume first --agent --agent=td3
refuse_resume first --preset --preset=paper
refuse_resume first --episodes=3 --episodes=3
echo '{"learningRate": 0.001}' >config.json
refuse_resume first learningRate --config=config.json
mkdir damaged
head -c 1000 first/checkpoint >damaged/checkpoint
refuse_resume damaged again/checkpoint
cp text damaged/checkpoint
refuse_resume damaged again/checkpoint

# A trained policy runs in mec-offload, and only where it fits
succeed "$offload" --slots=3 --policy=agent --checkpoint=first/checkpoint
refuse_input "2 MLUs, but the cell has 3" "$offload" --policy=agent --checkpoint=first/checkpoint --mlus=3
# Where slots overlap the state has backlogs
overlap=(--slotBarrier=0 --slotS=0.15 --serverDiscipline=FirstComeFirstServed)
succeed "$train" "${small[@]}" "${overlap[@]}" --state=extended --output=queue
succeed "$offload" --slots=3 "${overlap[@]}" --policy=agent --checkpoint=queue/checkpoint
refuse_input "slots that overlap" "$offload" --slots=3 --policy=agent --checkpoint=queue/checkpoint
head -c 1000 first/checkpoint >"cut"
refuse_input "cut: checksum" "$offload" --policy=agent --checkpoint=cut
sed 's/db/dB/' first/checkpoint >changed
refuse_input "changed: checksum" "$offload" --policy=agent --checkpoint=changed

# An agent of any number of MLUs
any=(--agent=outcome-model --slots=20 --evaluateEvery=2 --evaluationCells=2 --evaluationSlots=2)
succeed "$train" "${any[@]}" --trainMlus=3,4 --episodes=4 --output=any --policyFile=any.bin
succeed "$train" "${any[@]}" --trainMlus=3,4 --episodes=2 --output=any-resumed
succeed "$train" "${any[@]}" --trainMlus=3,4 --episodes=4 --output=any-resumed --resume \
  --policyFile=resumed.bin
cmp any.bin resumed.bin && cmp any/learning.csv any-resumed/learning.csv ||
  fail "an agent of sets that was resumed is another"
for mlus in 1 2 17; do
  succeed "$offload" --slots=3 --policy=agent --checkpoint=any/checkpoint --mlus=$mlus --output=any-whole
  succeed "$offload" --slots=3 --policy=agent --checkpoint=any.bin --mlus=$mlus --output=any-alone
  diff any-whole/slots.csv any-alone/slots.csv >/dev/null || fail "the policy alone is another"
  rm -r any-whole any-alone
done
[[ $(stat -c %s any.bin) -lt 200000 ]] || fail "the policy alone has $(stat -c %s any.bin) bytes"
# It was trained with one profile, and told so where a cell has another.
"$offload" --slots=1 --policy=agent --checkpoint=any.bin --profile=qwen3-8b-ecld >out 2>err
grep -q "any.bin: trained without profiles qwen3-8b-ecld" err || fail "another profile: $(cat err)"
for mlus in 0 3,,4 3,x -1 100001 3.5; do
  refuse_input "--trainMlus=$mlus" "$train" "${any[@]}" "--trainMlus=$mlus"
done
refuse_input "--trainMlus: expected none with --agent=ppo" "$train" --agent=ppo --trainMlus=3,4
refuse_input "expected a set of entities" "$train" "${any[@]}" --state=current
refuse_input "expected a fixed vector" "$train" --agent=ppo --state=entities
refuse_input "--reference=none: expected none with --state=current" "$train" --agent=ppo --reference=none
refuse_input "--powerScale=linear: expected db" "$train" "${any[@]}" --powerScale=linear
# A limit is the same one whichever of its two names was typed, for the equations too
for name in minAccuracy ns3::llmmec::OffloadController::MinAccuracy; do
  succeed "$train" "${any[@]}" --episodes=1 --profile=qwen3-8b-ecld "--$name=0.65" --output=limit-$name
done
cmp limit-minAccuracy/learning.csv limit-ns3::llmmec::OffloadController::MinAccuracy/learning.csv ||
  fail "a limit that was typed as an attribute is another"
refuse_input "preset of outcome-model: expected best or lookahead" "$train" "${any[@]}" --preset=paper --powerScale=db

# The same agent looks ahead: a battery lasts longer, stopped and resumed or not
ahead=(--agent=outcome-model --preset=lookahead --mlus=2 --slots=40 --batteryJ=2 --evaluateEvery=2
  --evaluationCells=2)
succeed "$train" "${ahead[@]}" --episodes=4 --output=ahead
succeed "$train" "${ahead[@]}" --episodes=2 --output=ahead-resumed
succeed "$train" "${ahead[@]}" --episodes=4 --output=ahead-resumed --resume
cmp ahead/learning.csv ahead-resumed/learning.csv || fail "an agent that looks ahead was resumed as another"
succeed "$offload" --policy=agent --checkpoint=ahead/checkpoint --mlus=2 --slots=40 --batteryJ=2 --output=spared
refuse_input "trained for batteries, but the cell has none" \
  "$offload" --policy=agent --checkpoint=ahead/checkpoint --mlus=2 --slots=40
refuse_input "horizonSlots: 100, expected 1" "$train" "${ahead[@]}" --state=entities
refuse_input "server discipline: expected DedicatedServer or FirstComeFirstServed" \
  "$train" "${ahead[@]}" --serverDiscipline=ProcessorSharing

# Associations: the same twice, stopped and resumed, and the same numbers in mec-associate
pairs=(--task=association --devices=8 --servers=3 --slots=5 --evaluateEvery=2 --evaluationSlots=6)
for preset in best paper; do
  succeed "$train" "${pairs[@]}" --preset=$preset --episodes=8 --output=$preset-pairs
  [[ $(ls $preset-pairs) == "$(ls first)" ]] || fail "files: $(ls $preset-pairs)"
  grep -qiE 'nan|inf' $preset-pairs/learning.csv $preset-pairs/summary.json && fail "not finite: $preset"
  for signal in KILL INT; do
    for seconds in 0.1 0.4 0.7; do
      rm -rf broken
      stop_after "$signal" "$seconds" "$train" "${pairs[@]}" --preset=$preset --episodes=8 --output=broken
      succeed "$train" "${pairs[@]}" --preset=$preset --episodes=8 --output=broken --resume \
        --policyFile=pairs.bin
      cmp -s $preset-pairs/learning.csv broken/learning.csv || fail "$preset, SIG$signal: other bytes"
      sed "s/broken/$preset-pairs/" broken/summary.json | cmp -s $preset-pairs/summary.json - ||
        fail "$preset, SIG$signal after $seconds s: another summary"
    done
  done
  held_out=(--devices=8 --servers=3 --slots=6 --RngRun=1)
  for file in $preset-pairs $preset-pairs/checkpoint pairs.bin; do
    succeed "$associate" "${held_out[@]}" --association=tma-masac --checkpoint=$file --output=matched
    for pair in meanLatencyS:LatencyS objective:Objective tokenLatencyS:TokenLatencyS bandShare:BandShare; do
      found=$(number matched/summary.json "${pair%:*}")
      close "$found" "$(column $preset-pairs/learning.csv "eval${pair#*:}")" ||
        fail "$preset, eval${pair#*:}: $(column $preset-pairs/learning.csv "eval${pair#*:}"), not $found"
    done
  done
  for reference in random:random:uniform tma:tma:optimal optimal:move-swap:optimal; do
    IFS=: read -r name association shares <<<"$reference"
    succeed "$associate" "${held_out[@]}" --association=$association --shares=$shares --output=matched
    sed -n "/\"$name\": {/,/}/p" $preset-pairs/summary.json >reference
    close "$(number matched/summary.json objective)" "$(number reference objective)" || fail "$name"
  done
done
cmp -s best-pairs/learning.csv paper-pairs/learning.csv && fail "presets are the same"
succeed "$associate" --devices=90 --servers=7 --slots=2 --association=tma-masac --checkpoint=best-pairs
succeed "$associate" --slots=2 --association=greedy --shares=learned --checkpoint=best-pairs
succeed "$associate" --slots=2 --association=tma-masac --shares=optimal --checkpoint=best-pairs
succeed "$train" "${pairs[@]}" --trainDevices=4,6 --episodes=2 --objective=speculative --reward=ratio \
  --scale=linear --matching=tma-move --output=other-pairs
refuse_input "--bandRangeDb: expected none with --scale=linear" \
  "$train" "${pairs[@]}" --preset=paper --bandRangeDb=40
refuse_input "--trainDevices=4,0" "$train" "${pairs[@]}" --trainDevices=4,0
refuse_input "expected one of: auto, ratio, marginal" "$train" "${pairs[@]}" --reward=best
refuse_input "expected one of: offload, association" "$train" --task=associate
refuse_input mlus "$train" "${pairs[@]}" --mlus=3
refuse_input devices "$train" --devices=3
refuse_input "expected a fixed vector" "$train" "${pairs[@]}" --agent=ppo
refuse_input "preset of masac: expected best or paper" "$train" "${pairs[@]}" --preset=lookahead
refuse_input "use --payload instead" "$train" "${pairs[@]}" \
  --ns3::llmmec::LlmMecAssociationScenario::BitsPerDraft=3
refuse_input "references have their defaults" "$train" "${pairs[@]}" \
  --ns3::llmmec::MaxComputeAssociationPolicy::Reading=server
echo '{"pooling": "mean-max"}' >config.json
refuse_input "config.json: pooling: \"mean-max\", expected none" "$train" "${pairs[@]}" --config=config.json
refuse_input "expected a task that tells each agent" "$train" --agent=masac
refuse_input "first/checkpoint: no section 'association'" \
  "$associate" --association=tma-masac --checkpoint=first
refuse_input "no section 'offload'" "$offload" --policy=agent --checkpoint=best-pairs/checkpoint

# The one that comes with the module saves as much as the numerical optimum, within 1 %
for mlus in 2 7; do
  for policy in agent optimal; do
    file=()
    [[ $policy == optimal ]] || file=(--checkpoint=offload-any)
    succeed "$offload" --slots=20 --policy=$policy "${file[@]}" --mlus=$mlus --taskBits=1.8e6 \
      --serverHz=15e9 --radiusM=35 --output=$policy-$mlus
  done
  python3 - agent-$mlus/summary.json optimal-$mlus/summary.json <<'EOF' || fail "offload-any at K = $mlus"
import json
import sys

agent, optimum = (json.load(open(path))["meanReward"] for path in sys.argv[1:])
sys.exit(not 0.99 <= agent / optimum <= 1.0001)
EOF
done

conclude
