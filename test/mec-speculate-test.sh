#!/usr/bin/env bash
#
# What mec-speculate does with what people type and with its output. Run by CTest as `mec-speculate`.
#
#     mec-speculate-test.sh path/to/mec-speculate path/to/mec-offload
set -uo pipefail
# shellcheck source=test/checks.sh
. "$(dirname "$(realpath "$0")")/checks.sh"

here=$(dirname "$(realpath "$0")")
speculate=$(realpath "$1")
offload=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# Bad input. $1: part of the line that says so, $2...: flags
refuse_flags() {
  local part=$1
  shift
  refuse_at_once "$part" timeout 60 "$speculate" "$@" --output=refused
}

# A number of a summary. $1: folder, $2: key, also of an object in it, such as serverOnly.tokensPerS
value() {
  /usr/bin/python3 -c '
import json, sys
value = json.load(open(sys.argv[1] + "/summary.json"))
for key in sys.argv[2].split("."):
    value = value[key]
print(value)' "$1" "$2"
}

# Compare two numbers. $1: what, $2: got, $3: expected, $4: relative tolerance
near() {
  /usr/bin/python3 -c '
import sys
got, expected, tolerance = map(float, sys.argv[1:])
sys.exit(abs(got - expected) > tolerance * abs(expected))' "$2" "$3" "$4" ||
    fail "$1: got $2, expected $3 within $4"
}

cat >pair.json <<'END'
{"version": 1, "name": "two", "draft": {"name": "small"}, "target": {"name": "large"},
 "vocabularySize": 10, "source": "made up",
 "queries": [{"promptTokens": 5, "target": [1, 2, 3, 4], "draft": [1, 2, 9, 4]},
             {"promptTokens": 7, "target": [5, 6], "draft": [5, 6]}]}
END

# Modes, models and numbers
refuse_flags "expected one of" --mode=parallel
refuse_flags "expected one of" --pair=gpt3
refuse_flags "expected the path of a file or one of" --draft=nothing
refuse_flags "expected the path of a file or one of" --target=roofline:rtx3090:nothing
refuse_flags "KV blocks, expected at most the" --tokens=1e6
for flag in draftTokenS verifyS preVerifyS uplinkBps downlinkS headerBits bitsPerToken devices servers \
  answers batteryJ radiusM draftWeightBits draftMemoryEfficiency; do
  refuse_flags "$flag" "--$flag=-1"
  refuse_flags "$flag" "--$flag=x"
done
refuse_flags "--window: got 0, expected a whole number from 1 to 1024, optimal or estimated" --window=0
refuse_flags "--window: got best, expected" --window=best
refuse_flags "--aheadPasses: got -1, expected" --aheadPasses=-1
refuse_flags "--acceptance: got 1.5, expected a number from 0 to 1 or a file" --acceptance=1.5
refuse_flags "--acceptance: got nan, expected" --acceptance=nan
refuse_flags "AnswerTokens drew -5, expected a number from 0 to" --tokens=-5

# What has no effect
refuse_flags "--payload: expected none with --bitsPerToken" --payload=full --bitsPerToken=8
refuse_flags "--preVerifyS: expected none with no --verifyS" --preVerifyS=1
refuse_flags "--draft: expected none with --draftTokenS" --draft=roofline:phone:qwen3-8b --draftTokenS=1
refuse_flags "--radiusM: expected none with --uplinkBps" --radiusM=5 --uplinkBps=1e6
refuse_flags "--aheadPasses: expected none with --mode=conventional" --mode=conventional --aheadPasses=3
refuse_flags "expected none with a draft that is no roofline" --draft=rtx4090-llama-3.1-8b --draftWeightBits=8
refuse_flags "--uplinkBps: got 0.000000, expected 0 or at least 0.001" --uplinkBps=1e-9
refuse_flags "--window: expected none with --mode=server-only" --mode=server-only --window=3
refuse_flags "--verifyS: expected none with --discipline=batching" --verifyS=1 --discipline=batching
refuse_flags "--tokens, --promptTokens: expected none with the file pair.json" --acceptance=pair.json --tokens=5
refuse_flags "instead" --ns3::llmmec::SpeculativeClient::Mode=Event

refuse_flags "use attributes of ContinuousBatchingEngine instead" \
  "--ns3::llmmec::BatchingPassEngine::Engine=ns3::llmmec::ContinuousBatchingEngine[Seats=1]"
refuse_flags "--target: expected none with --verifyS" --verifyS=1 --discipline=fcfs --target=rtx4090-llama-3.1-8b
refuse_flags "--acceptance: expected none with --mode=device-only" --mode=device-only --acceptance=0.5
refuse_flags "--verifyS: expected none with --mode=device-only and no baselines" --mode=device-only --verifyS=1 --baselines=0
refuse_flags "--draft: expected none with --mode=server-only and no baselines" --mode=server-only --baselines=0 \
  --draft=roofline:phone:qwen3-0.6b

# What is typed as an attribute is what runs
succeed "$speculate" --baselines=0 --output=attribute \
  "--ns3::llmmec::SpeculativeClient::AnswerTokens=ns3::ConstantRandomVariable[Constant=5]"
near "AnswerTokens" "$(value attribute tokens)" 5 0
succeed "$speculate" --baselines=0 --verifyS=1 --output=constant
[ "$(value constant settings.discipline)" = dedicated ] || fail "the discipline in force"

# Files of pairs
refuse_flags "missing.json: no such file" --acceptance=missing.json
refuse_flags "--drift: expected none with the file pair.json" --acceptance=pair.json --drift=50
refuse_flags "--drift" --mode=device-only --drift=50
refuse_flags "use --drift instead" --drift=50 --ns3::llmmec::DriftingAcceptance::Memory=3
head -c 200 pair.json >truncated.json
refuse_flags "truncated.json" --acceptance=truncated.json
sed 's/"draft": \[1, 2, 9, 4\]/"draft": [1, 2, 10, 4]/' pair.json >range.json
refuse_flags "range.json: /queries/0/draft/2: got 10, expected a token of the vocabulary, an integer from 0 to 9" --acceptance=range.json
sed 's/"draft": \[5, 6\]/"draft": [5]/' pair.json >short.json
refuse_flags "short.json: /queries/1/draft" --acceptance=short.json

# Folders of other programs
"$offload" --slots=2 --output=slots >/dev/null || fail "mec-offload"
refuse "slots: holds results of another program (slots.csv), expected another folder" \
  "$speculate" --output=slots

for name in requests.csv associations.csv; do
  mkdir -p "of-$name" && touch "of-$name/$name"
  refuse "of-$name: holds results of another program ($name), expected another folder" \
    "$speculate" --output="of-$name"
done
mkdir -p rounds && touch rounds/rounds.csv
refuse "rounds: holds results of another program (rounds.csv), expected another folder" \
  "$offload" --slots=2 --output=rounds

# Rates of the closed forms for constant times: B = 40 ms, L = 21 ms, P = 12 ms
times=(--acceptance=0.8 --window=4 --draftTokenS=0.01 --verifyS=0.015 --preVerifyS=0.012
  --uplinkBps=96e3 --downlinkS=0.002 --tokens=100000)
for row in "conventional 55.10819672 3.3616 1.189909" "lock-step 53.07825086 2.12313 1.884035" \
  "event 68.119388 2.12313 1.444011"; do
  read -r mode per_s per_step drafted <<<"$row"
  succeed "$speculate" --mode="$mode" "${times[@]}" --output="$mode"
  near "$mode tokensPerS" "$(value "$mode" tokensPerS)" "$per_s" 0.01
  near "$mode tokensPerStep" "$(value "$mode" tokensPerStep)" "$per_step" 0.01
  near "$mode draftedPerToken" "$(value "$mode" draftedPerToken)" "$drafted" 0.02
  near "$mode serverOnly" "$(value "$mode" serverOnly.tokensPerS)" 83.33333 0.001
  near "$mode deviceOnly" "$(value "$mode" deviceOnly.tokensPerS)" 100 0.001
done

# An answer is the target's own text
succeed "$speculate" --acceptance=pair.json --answers=2 --devices=2 --output=pair
near "targetTexts" "$(value pair targetTexts)" 4 0
near "tokens" "$(value pair tokens)" 12 0
[ "$(head -1 pair/answers.csv | cut -d, -f1-7)" = "cell,device,answer,end,isTargets,promptTokens,tokens" ] ||
  fail "answers.csv: $(head -1 pair/answers.csv)"
[ "$(wc -l <pair/answers.csv)" -eq 5 ] || fail "answers.csv: $(wc -l <pair/answers.csv) lines"

succeed /usr/bin/python3 "$here/../examples/speculation/validate-pair.py" pair.json --program "$speculate" --draws 1
grep -q "not the target's text: 0;" "$work/out" || fail "validate-pair: $(tail -1 "$work/out")"

# Sampling accepts by chance: never, or always
refuse_flags "--sampling: expected the file of a pair as --acceptance" --sampling
refuse_flags "pair.json: no temperature, expected one with --sampling" --acceptance=pair.json --sampling
for chance in 0 1; do
  sed "s/\"source\"/\"temperature\": 1, \"source\"/
    s/\"draft\": \[1, 2, 9, 4\]/&, \"acceptance\": [$chance, $chance, $chance, $chance]/
    s/\"draft\": \[5, 6\]/&, \"acceptance\": [$chance, $chance]/" pair.json >"chance$chance.json"
  succeed "$speculate" --acceptance="chance$chance.json" --sampling --answers=2 --mode=conventional --output="chance$chance"
done
near "nothing accepted" "$(value chance0 usefulDraftShare)" 0 0
near "all accepted" "$(value chance1 usefulDraftShare)" 1 0

# Same seed, same bytes; another run, others; several servers have all phones
several=(--devices=7 --servers=3 --window=estimated --batteryJ=4 --tokens='ns3::UniformRandomVariable[Min=1|Max=200]')
for folder in one two; do
  succeed "$speculate" "${several[@]}" --output="$folder"
done
cmp one/rounds.csv two/rounds.csv && cmp one/answers.csv two/answers.csv || fail "same seed, other bytes"
succeed "$speculate" "${several[@]}" --RngRun=2 --output=three
cmp -s one/answers.csv three/answers.csv && fail "another run, same bytes"
[ "$(wc -l <one/answers.csv)" -eq 8 ] || fail "seven phones: $(wc -l <one/answers.csv) lines"
[ "$(cut -d, -f1 one/answers.csv | sort -u | wc -l)" -eq 4 ] || fail "three servers and the header"

# More servers than phones, all payloads and disciplines
succeed "$speculate" --devices=1 --servers=3
for payload in ids id-prob top-64 full; do
  succeed "$speculate" --payload="$payload"
done
for discipline in batching fcfs slices processor-sharing dedicated; do
  succeed "$speculate" --devices=3 --discipline="$discipline" --mode=streaming
done

conclude
