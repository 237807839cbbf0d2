#!/usr/bin/env bash
#
# What mec-serve does with what people type and with its output. Run by CTest as `mec-serve`.
#
#     mec-serve-test.sh path/to/mec-serve path/to/mec-offload
set -uo pipefail
# shellcheck source=test/checks.sh
. "$(dirname "$(realpath "$0")")/checks.sh"

serve=$(realpath "$1")
offload=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# Bad input. $1: part of the line that says so, $2...: flags
refuse_flags() {
  local part=$1
  shift
  refuse_at_once "$part" timeout 60 "$serve" "$@" --output=refused --timeline=refused/timeline.json
}

# What a folder holds. $1: folder
list() {
  find "$1" -type f -printf '%P\n' | sort | paste -sd ' '
}

cat >trace.csv <<'END'
id,arrivalS,promptTokens,generatedTokens,prefixOf,prefixTokens
0,0,300,20,,
1,0.1,400,30,0,320
2,0.1,50,1,,
END
# The same, and who asks
cat >phones.csv <<'END'
id,arrivalS,promptTokens,generatedTokens,prefixOf,prefixTokens,mlu
0,0,300,20,,,3
1,0.1,400,30,0,320,1
2,0.1,50,1,,,3
END

# What there is to serve, on what
refuse_flags "expected the path of a file or one of" --serving=nothing
refuse_flags "missing.json: no such file" --serving=missing.json
refuse_flags "expected roofline:DEVICE:MODEL" --serving=roofline:x
refuse_flags "expected the path of a file or one of" --serving=roofline:phone:nothing
refuse_flags "expected the path of a file or one of" --serving=roofline:nothing:llama-3.1-8b
refuse_flags "expected the path of a file or one of" --deviceServing=nothing
refuse_flags "for the KV cache beside" --serving=roofline:phone:qwen3-32b
refuse_flags "bytes of weights, expected at most the" --deviceServing=roofline:phone:qwen3-32b
refuse_flags "bytes of weights, expected at most the" --serving=roofline:phone:qwen3-32b \
  --serverDiscipline=ProcessorSharing --trace=trace.csv
refuse_flags "KV blocks, expected at most the" --promptTokens=1e6 --policy=server
refuse_flags "KV blocks, expected at most the" --blocks=10 --policy=server
refuse_flags "request 1: 400 prompt tokens and 30 answer tokens take 27 KV blocks" --blocks=27 --trace=trace.csv
refuse_flags "Blocks is 1" --blocks=1
refuse_flags "Blocks is 1" --blocks=1 --trace=trace.csv

# Numbers, ranges and choices
for flag in rate durationS mlus cells ttftLimitS tpotLimitS stepOverheadS seats blocks tokenBudget \
  pipelineDepth; do
  for value in x -1 nan inf 1e999 ""; do
    refuse_flags "--$flag=$value: expected" "--$flag=$value"
  done
done
for flag in mlus cells seats blocks tokenBudget pipelineDepth; do
  refuse_flags "--$flag=1.5: expected a whole number" "--$flag=1.5"
done
for flag in rate durationS mlus cells seats tokenBudget pipelineDepth; do
  refuse_flags "--$flag=0: expected" "--$flag=0"
done
refuse_flags "--pipelineDepth=3: expected" --pipelineDepth=3
refuse_flags "--prefixCaching=2: expected" --prefixCaching=2
refuse_flags "--policy=nobody: expected one of: device, faster, random, server" --policy=nobody
refuse_flags "--serverDiscipline=Nothing: expected one of" --serverDiscipline=Nothing
for flag in promptTokens answerTokens; do
  refuse_flags "--$flag=x: expected a number or a random variable" "--$flag=x"
  refuse_flags "--$flag=ns3::Node: expected a number or a random variable" "--$flag=ns3::Node"
  refuse_flags "drew -3, expected" "--$flag=-3"
  refuse_flags "drew -3, expected" "--$flag=ns3::ConstantRandomVariable[Constant=-3]"
done
refuse_flags "no value of that name" --sets=3
refuse_flags "more: expected --name=value" more

# What would have no effect
for flag in rate=1 durationS=9 mlus=3 cells=2 promptTokens=5 answerTokens=5 policy=server \
  deviceServing=roofline:laptop:qwen3-8b; do
  refuse_flags "--${flag%=*}: expected none with --trace" "--$flag" --trace=trace.csv
done
for flag in rate=1 durationS=9 cells=2 promptTokens=5 answerTokens=5; do
  refuse_flags "--${flag%=*}: expected none with --phoneTrace" "--$flag" --phoneTrace=trace.csv
done
refuse_flags "--phoneTrace: expected none with --trace" --phoneTrace=trace.csv --trace=trace.csv
for flag in seats=3 blocks=500 tokenBudget=64 pipelineDepth=1 prefixCaching=0; do
  refuse_flags "--${flag%=*}: expected none with --serverDiscipline=ProcessorSharing" "--$flag" \
    --serverDiscipline=ProcessorSharing
done
engine=ns3::llmmec::ContinuousBatchingEngine
client=ns3::llmmec::MluChatClient
refuse_flags "no object of these cells has it" --ns3::llmmec::RandomRequestPolicy::ServerShare=0.3
refuse_flags "--promptTokens: expected none with --phoneTrace" --phoneTrace=trace.csv \
  --$client::PromptTokens=ns3::ConstantRandomVariable[Constant=9]
refuse_flags "expected none, use --rate instead" --phoneTrace=trace.csv \
  --$client::Interval=ns3::ConstantRandomVariable
refuse_flags "--seats: expected none with" --$engine::Seats=3 --serverDiscipline=ProcessorSharing
refuse_flags "no object of these cells has it" --$client::PowerDbm=3 --trace=trace.csv
refuse_flags "no value of that name" --$engine::Seat=3
refuse_flags "expected none, use --rate instead" --$client::Interval=ns3::ConstantRandomVariable
refuse_flags "expected none, use --policy instead" --$client::Policy=ns3::llmmec::DeviceRequestPolicy
refuse_flags "expected none, use --serving instead" --$engine::StepTimeModel=ns3::llmmec::RooflineStepTimeModel
refuse_flags "gives it another value" --ns3::llmmec::RooflineStepTimeModel::PeakFlops=1e12
refuse_flags "no controller has announced a slot" --ns3::llmmec::MecUplinkChannel::Interference=Slot
refuse_flags "has no tokens" --ns3::llmmec::MecServerApplication::StreamTokens=1 --serverDiscipline=ProcessorSharing

# Traces
refuse_flags "missing.csv: cannot be read" --trace=missing.csv
refuse_flags "/: cannot be read" --trace=/
: >empty.csv
refuse_flags "empty.csv: line 1: no column id" --trace=empty.csv
sed 's/0.1,400/0.1,4e9999/' trace.csv >bad.csv
refuse_flags "bad.csv: line 3, promptTokens: '4e9999', expected a whole number from 1" --trace=bad.csv
refuse_flags "missing.csv: cannot be read" --phoneTrace=missing.csv
refuse_flags "bad.csv: line 3, promptTokens: '4e9999', expected a whole number from 1" --phoneTrace=bad.csv
refuse_flags "phones.csv: line 2, mlu: '3', expected a whole number from 0 to 2, an MLU of the cell" \
  --phoneTrace=phones.csv --mlus=3
refuse_flags "task 1 of MLU 1: 400 prompt tokens and 30 answer tokens take 27 KV blocks" --blocks=27 \
  --phoneTrace=phones.csv

# Phones ask what a trace says: each its own, or in turn
asked() { # $1: arguments; prints phone, number, time, prompt, answer and cached tokens, by number
  read -ra words <<<"$1"
  succeed "$serve" "${words[@]}" --output=asked
  tail -n +2 asked/requests.csv | sort -t, -k3n | cut -d, -f2,3,8-10,17 | paste -sd ' '
}
expect_asked() { # $1: what is expected $2: arguments
  local seen
  seen=$(asked "$2")
  [[ $seen == "$1" ]] || fail "$2: $seen"
}
expect_asked "3,0,0,300,20,0 1,1,0.1,400,30,304 3,2,0.1,50,1,0" "--phoneTrace=phones.csv --policy=server"
expect_asked "0,0,0,300,20,0 1,1,0.1,400,30,304 2,2,0.1,50,1,0" "--phoneTrace=trace.csv --policy=server"
expect_asked "0,0,0,300,20,0 1,1,0.1,400,30,304 0,2,0.1,50,1,0" "--phoneTrace=trace.csv --policy=server --mlus=2"
expect_asked "0,0,0,300,20,0 1,1,0.1,400,30,0 2,2,0.1,50,1,0" "--phoneTrace=trace.csv --policy=device"
expect_asked "0,0,0,300,20,0 1,1,0.1,400,30,0 2,2,0.1,50,1,0" \
  "--phoneTrace=trace.csv --policy=server --serverDiscipline=ProcessorSharing"
[[ $(asked "--trace=phones.csv") == "$(asked "--trace=trace.csv")" ]] || fail "mlu is not passed over by --trace"

# What is typed counts.
succeed "$serve" --promptTokens=7 --answerTokens="ns3::UniformRandomVariable[Min=3|Max=4]" --rate=5 \
  --output=typed
[[ $(cut -d, -f9,10 typed/requests.csv | sort -u | paste -sd ' ') == "7,4 promptTokens,answerTokens" ]] ||
  fail "--promptTokens=7: $(cut -d, -f9,10 typed/requests.csv | sort -u | head -5)"
succeed "$serve" --$client::AnswerTokens=ns3::ConstantRandomVariable[Constant=9] --output=typed
[[ $(cut -d, -f10 typed/requests.csv | sort -u | paste -sd ' ') == "9 answerTokens" ]] || fail "AnswerTokens"
grep -q '"answerTokens": "ns3::ConstantRandomVariable\[Constant=9\]"' typed/summary.json || fail "not recorded"
succeed "$serve" --blocks=1000000000 --durationS=5 --output=typed
grep -q '"blocks": 1000000000' typed/summary.json || fail "--blocks: $(grep blocks typed/summary.json)"
succeed "$serve" --ns3::llmmec::StepEnergyModel::IdlePowerW=3 --trace=trace.csv
succeed "$serve" --ns3::llmmec::StepEnergyModel::IdlePowerW=3 --serverDiscipline=ProcessorSharing

# Files: the same bytes again, others for another run; one kind of results a folder
for command in "--mlus=4 --cells=2 --rate=4 --blocks=200" "--trace=trace.csv" \
  "--phoneTrace=phones.csv" "--trace=trace.csv --serverDiscipline=FirstComeFirstServed" "--serverDiscipline=ProcessorSharing" \
  "--policy=random --rate=3" "--policy=device"; do
  read -ra words <<<"$command"
  succeed "$serve" "${words[@]}" --output=results --timeline=timeline.json
  [[ $(list results) == "requests.csv summary.json" ]] || fail "$command: $(list results)"
  grep -qiE '\b(nan|inf|null)\b' results/requests.csv results/summary.json out && fail "$command: not finite"
  [[ $(head -n 1 results/requests.csv) == "cell,mlu,id,isLocal,isLost,isCancelled,uplinkCapped,arrivalS,\
promptTokens,answerTokens,uplinkLatencyS,queueS,ttftS,tpotS,latencyS,preemptions,cachedTokens,deviceEnergyJ,\
uplinkEnergyJ,serverEnergyJ" ]] || fail "$command: $(head -n 1 results/requests.csv)"
  rm -rf first
  mv results first
  mv timeline.json first.json
  mv out first-out
  succeed "$serve" "${words[@]}" --output=results --timeline=timeline.json
  cmp -s first/requests.csv results/requests.csv || fail "$command: other requests"
  cmp -s first-out out || fail "$command: another table"
  sed 's/first.json/timeline.json/' first/summary.json | cmp -s - results/summary.json ||
    fail "$command: another summary"
  cmp -s first.json timeline.json || fail "$command: another timeline"
  python3 - "$command" <<'END' || fail "$command: see above"
import csv, json, sys

summary = json.load(open("results/summary.json"))
rows = list(csv.DictReader(open("results/requests.csv")))
events = json.load(open("timeline.json"))["traceEvents"]
faults = []


def check(holds, what):
    if not holds:
        faults.append(what)


textbook = "serverDiscipline" in sys.argv[1]
for name in ["ttftS", "latencyS"] + (["tpotS"] if not textbook else []):
    d = summary[name]
    check(list(d) == ["mean", "p50", "p90", "p95", "p99"], f"{name}: {list(d)}")
    check(0 <= d["p50"] <= d["p90"] <= d["p95"] <= d["p99"], f"{name}: {d}")
    values = [float(row[name]) for row in rows if row[name]]
    check(abs(sum(values) / len(values) - d["mean"]) < 1e-6 * d["mean"], f"{name}: mean")
for name in ["requests", "preemptions", "lost", "cancelled", "cappedUploads", "answeredByDevice", "steps"]:
    check(name in summary, name)
check(summary["requests"] == len(rows), "requests")
check(summary["preemptions"] == sum(int(row["preemptions"]) for row in rows), "preemptions")
server = sum(float(row["serverEnergyJ"] or 0) for row in rows)
check(abs(server - summary["serverStepEnergyJ"]) <= 1e-6 * server, "energy of the steps")
check(len({(row["cell"], row["mlu"], row["id"]) for row in rows}) == len(rows), "a request twice")
for row in rows:
    check(0 <= float(row["ttftS"]) <= float(row["latencyS"]), f"order of times: {row}")
    check(float(row["arrivalS"]) >= 0, f"arrival: {row}")
if "race=" in sys.argv[1]:
    check(sorted((float(row["arrivalS"]), row["id"]) for row in rows) == [(0, "0"), (0.1, "1"), (0.1, "2")],
          "arrivals of the trace")

begun = {}
for event in events:
    check(event["ph"] in "MXbeiC" and "pid" in event and "name" in event, f"kind: {event}")
    check(event["ts"] >= -1e-3, f"time: {event}")
    if event["ph"] == "X":
        check(event["dur"] >= 0, f"duration: {event}")
    if event["ph"] in "be":
        key = (event["pid"], event["cat"], event["id"], event["name"])
        if event["ph"] == "b":
            check(key not in begun, f"begun twice: {key}")
            begun[key] = event["ts"]
        else:
            check(key in begun and begun.pop(key) <= event["ts"], f"ended before: {key}")
check(not begun, f"without an end: {list(begun)[:3]}")
ids = [(e["cat"], e["id"], e["name"]) for e in events if e["ph"] == "b"]
check(len(set(ids)) == len(ids), "ids are alike in several cells")
steps = sorted((e["pid"], e["ts"], e["dur"]) for e in events if e["ph"] == "X" and e["tid"] == 1)
check(len(steps) == summary["steps"], "steps")
for (pid, ts, dur), (other, later, _) in zip(steps, steps[1:]):
    check(pid != other or later >= ts + dur - 2e-3, f"steps overlap at {ts}")
questions = [e for e in events if e["ph"] == "b" and e["cat"] == "question"]
check("--trace" in sys.argv[1] or len(questions) == len(rows), "questions")
print("\n".join(faults[:5]), end="\n" if faults else "", file=sys.stderr)
sys.exit(bool(faults))
END
done
succeed "$serve" --RngRun=2 --output=results
succeed "$serve" --output=first
cmp -s first/requests.csv results/requests.csv && fail "--RngRun=2: the same requests"
succeed "$offload" --slots=3 --output=offloaded
cp -r offloaded kept
refuse_in() { # $1: folder, $2: part of the message, $3...: command
  local folder=$1 part=$2
  shift 2
  cp -r "$folder" before
  "$@" --output="$folder" >out 2>err
  expect_refusal $? "$part" "$* in $folder"
  diff -r before "$folder" || fail "$* in $folder: files changed"
  rm -r before
}
refuse_in offloaded "holds results of another program (slots.csv)" "$serve"
refuse_in first "holds results of another program (requests.csv)" "$offload" --slots=3
mkdir trained && : >trained/checkpoint
refuse_in trained "holds a training (checkpoint)" "$serve"

# Signals: with an engine, with none, and where no phone asks the server; nothing is left
long=--durationS=1e8
for command in "--rate=100 $long" "--serverDiscipline=ProcessorSharing --policy=server --rate=1 $long" \
  "--serverDiscipline=FirstComeFirstServed --policy=server $long" "--policy=device --rate=1 $long" \
  "--cells=100000 --mlus=1000"; do
  for signal in INT TERM; do
    rm -rf stopped
    read -ra words <<<"$command"
    env --default-signal=INT,TERM "$serve" "${words[@]}" --output=stopped --timeline=stopped/t.json >out 2>err &
    pid=$!
    for _ in $(seq 200); do
      [[ -e stopped/requests.csv.part ]] && break
      sleep 0.05
    done
    sleep 0.3
    kill -$signal $pid || fail "$command: ended before SIG$signal: $(head -c 300 err)"
    for _ in $(seq 200); do
      kill -0 $pid 2>/dev/null || break
      sleep 0.05
    done
    kill -KILL $pid 2>/dev/null && fail "$command: runs on after SIG$signal"
    wait $pid
    expect_refusal $? "interrupted, nothing was written" "$command, SIG$signal"
    [[ -z $(list stopped) ]] || fail "$command, SIG$signal: left $(list stopped)"
  done
done

# Two at once: the second ends, the first does not notice.
env --default-signal=INT "$serve" --rate=100 $long --output=busy >out 2>busy-err &
pid=$!
while [[ ! -e busy/requests.csv.part ]]; do sleep 0.05; done
timeout 60 "$serve" --output=busy >out 2>err
expect_refusal $? "busy: another run writes there" "a second run"
kill -0 $pid || fail "the second run ended the first"
kill -INT $pid
wait $pid

# Output that cannot be written
for command in "" "--help" "--version" "--trace=trace.csv"; do
  read -ra words <<<"$command"
  "$serve" "${words[@]}" 2>err >/dev/full
  expect_refusal $? "standard output: cannot be written" "mec-serve $command >/dev/full"
  mkfifo unread
  head -c 0 unread &
  "$serve" "${words[@]}" 2>err >unread
  expect_refusal $? "standard output: cannot be written" "mec-serve $command >unread"
  rm unread
done
for kib in 0 4; do
  for file in --output=limited --timeline=limited/timeline.json; do
    rm -rf limited
    (
      ulimit -f $kib
      exec "$serve" --rate=5 $file
    ) 2>&1 >/dev/null | cat >err
    expect_refusal "${PIPESTATUS[0]}" "cannot" "$kib KiB: $file"
    [[ -z $(list limited) ]] || fail "$kib KiB: $file left $(list limited)"
  done
done

# Progress is shown on terminals that can draw a line anew.
for command in "$serve" "$serve --trace=trace.csv" "$serve --phoneTrace=trace.csv" "$serve --policy=device"; do
  TERM=xterm script -qec "$command" /dev/null </dev/null >seen
  grep -q $'\r[[0-9]' seen || fail "$command: no progress on a terminal"
  TERM=dumb script -qec "$command" /dev/null </dev/null >seen
  grep -q $'\r[[0-9]' seen && fail "$command: progress with TERM=dumb"
done

# Help names every flag, with its default.
succeed "$serve" --help
for flag in serving trace phoneTrace rate durationS mlus cells promptTokens answerTokens deviceServing policy \
  serverDiscipline seats blocks tokenBudget pipelineDepth prefixCaching stepOverheadS ttftLimitS tpotLimitS \
  output timeline; do
  grep -qE -- "^ +--$flag: " out || fail "--help: no --$flag"
done

# The log tells of questions, steps and what was sent.
expect_log() { # $1: component, $2: text, $3...: arguments
  NS_LOG="$1=level_all" "$serve" "${@:3}" >out 2>log || fail "$1: exit code"
  grep -qF -- "$2" log || fail "$1: no '$2' in: $(head -3 log)"
}
short=(--durationS=5 --rate=4 --policy=server)
expect_log MluChatClient "the server answers" "${short[@]}"
expect_log MluChatClient "of MLU" "${short[@]}"
expect_log ContinuousBatchingEngine "has a seat, 0 of its tokens are in KV blocks" "${short[@]}"
expect_log ContinuousBatchingEngine "a step of" "${short[@]}"
expect_log ContinuousBatchingDiscipline "ContinuousBatchingDiscipline:Submit(" "${short[@]}"
expect_log TokenScheduler "is preempted" --rate=20 --durationS=10 --policy=server --blocks=400
expect_log KvBlockPool "KvBlockPool:KvBlockPool(" "${short[@]}"
expect_log RequestPolicy "the device is expected to take" --durationS=5 --rate=4
expect_log LlmMecChatHelper "LlmMecChatHelper:InstallCell(" "${short[@]}"
expect_log LlmMecRequestTrace "ReadRequestTrace(" --trace=trace.csv
expect_log LlmMecServerReplay "LlmMecServerReplay:Add(" --trace=trace.csv
expect_log LlmMecPhoneReplay "LlmMecPhoneReplay:Ask(" --phoneTrace=trace.csv
expect_log LlmMecSharedTexts "LlmMecSharedTexts:NoteAtServer(" --phoneTrace=trace.csv

conclude
