#!/usr/bin/env bash
#
# What the programs do with their output: two runs in one folder, results of another run that are
# there, output that cannot be written, signals, terminals. Run by CTest as `output`.
#
#     output-test.sh FOLDER_OF_PROGRAMS ON|OFF
#
# The last argument says whether this build has LibTorch. Without, mec-train is left out.
set -uo pipefail
# shellcheck source=test/checks.sh
. "$(dirname "$(realpath "$0")")/checks.sh"

source=$(realpath "$(dirname "$0")/..")
programs=$(realpath "$1")
offload=$programs/mec-offload
train=$programs/mec-train
has_torch=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# Starts a command in the background and waits until a file is there; sets pid. Signals do what they
# do in the foreground. $1: file, $2...: command
start() {
  local file=$1
  shift
  env --default-signal=INT,TERM,HUP "$@" >started-out 2>started-err &
  pid=$!
  for _ in $(seq 200); do
    [[ -e $file ]] && return
    sleep 0.05
  done
  fail "$*: no $file: $(head -c 300 started-err)"
}

# What a folder holds. $1: folder
list() {
  find "$1" -type f -printf '%P\n' | sort | paste -sd ' '
}

learners=("$offload --slots=1000000000 --policy=random")
if [[ $has_torch == ON ]]; then
  small="--agent=ppo --slots=40 --cells=2 --evaluateEvery=1 --evaluationCells=4"
  learners+=("$train $small --episodes=1000000")
fi
for command in "${learners[@]}"; do
  name=$(basename "${command%% *}")
  for signal in INT TERM HUP; do
    # Two at once, of both programs: the second ends, the first does not notice.
    folder=$name-$signal
    read -ra words <<<"$command"
    start "$folder/.llm-mec.lock" "${words[@]}" --output="$folder"
    [[ $name == mec-offload ]] && while [[ ! -s $folder/slots.csv.part ]]; do sleep 0.05; done
    [[ $name == mec-train ]] && while [[ ! -s $folder/checkpoint ]]; do sleep 0.05; done
    for other in "${learners[@]}"; do
      read -ra others <<<"$other"
      refuse "$folder: another run writes there" timeout 20 "${others[@]}" --output="$folder"
    done
    kill -0 "$pid" || fail "$name: the second run ended the first"
    # A signal cleans up.
    kill -"$signal" "$pid"
    wait "$pid"
    code=$?
    cp started-err err
    expect_refusal $code interrupted "$name, SIG$signal"
    expected=
    [[ $name == mec-train ]] && expected="checkpoint learning.csv timing.csv"
    [[ $(list "$folder") == "$expected" ]] || fail "$name, SIG$signal: left $(list "$folder")"
  done
done

# What a killed run leaves does not stop the next run.
start killed/slots.csv.part "$offload" --slots=1000000000 --policy=random --output=killed
kill -KILL "$pid"
wait "$pid" 2>/dev/null
[[ $(list killed) == ".llm-mec.lock slots.csv.part"* ]] || fail "SIGKILL: left $(list killed)"
succeed "$offload" --slots=3 --output=killed
[[ $(list killed) == "slots.csv summary.json tasks.csv" ]] || fail "after SIGKILL: $(list killed)"

# nohup's way of ignoring a hangup stays
env --ignore-signal=HUP "$offload" --slots=1000000000 --policy=random --output=hangup >out 2>err &
pid=$!
while [[ ! -s hangup/slots.csv.part ]]; do sleep 0.05; done
kill -HUP "$pid"
sleep 0.3
kill -0 "$pid" || fail "nohup: the run has ended"
kill -TERM "$pid"
wait "$pid"

# A file of one's own choice has one writer, too.
exec 9>fading.csv.part
flock 9
refuse "fading.csv: cannot be written (another run is writing it)" \
  "$programs/rician-fading" --blocks=100 --output=fading.csv
exec 9>&-
succeed "$programs/rician-fading" --blocks=100 --output=fading.csv
[[ $(list . | tr ' ' '\n' | grep fading) == fading.csv ]] || fail "rician-fading left $(list .)"

# Results of another run: a training is not written over, and no summary stands beside other results.
if [[ $has_torch == ON ]]; then
  read -ra small <<<"$small"
  succeed "$train" "${small[@]}" --episodes=2 --output=trained
  cp -r trained kept
  for agent in ppo td3; do
    refuse "trained: holds results (checkpoint), expected --resume" \
      "$train" "${small[@]}" "--agent=$agent" --episodes=3 --output=trained
  done
  refuse "trained: holds a training" "$offload" --slots=3 --output=trained
  diff -r trained kept || fail "a refused run changed the training"
  succeed "$offload" --slots=3 --output=offloaded
  for resume in "--resume=0" "--resume=1"; do
    refuse "offloaded: holds results (summary.json)" \
      "$train" "${small[@]}" --episodes=2 --output=offloaded "$resume"
  done
  # A training that goes on and is stopped there has no summary of the shorter one.
  start trained/.llm-mec.lock "$train" "${small[@]}" --episodes=1000000 --output=trained --resume
  while cmp -s trained/checkpoint kept/checkpoint; do sleep 0.05; done
  kill -KILL "$pid"
  wait "$pid" 2>/dev/null
  [[ -e trained/summary.json ]] && fail "the summary of two episodes stands beside a longer training"
fi
# Nor have slots the summary of others: here tasks.csv cannot take its place at the end.
succeed "$offload" --slots=3 --output=older --tasks=no
start older/slots.csv.part "$offload" --slots=20000 --policy=random --tasks=yes --output=older
mkdir older/tasks.csv
wait "$pid"
code=$?
cp started-err err
expect_refusal $code "tasks.csv: cannot be written" "a folder in the way"
[[ $(list older) == slots.csv && $(wc -l <older/slots.csv) -eq 20001 ]] ||
  fail "a run that failed left $(list older), $(wc -l <older/slots.csv) lines"

# Output that cannot be written: printed text on a full disk and to a closed pipe, and files
# that become too large. Errors go through a pipe, which has no limit.
printed=("$offload --slots=3" "$offload --help" "$offload --PrintTypeIds" "$offload --version"
  "$programs/rician-fading --blocks=100" "$programs/plug-into-wifi --duration=100ms"
  "$programs/threshold-policy" "$train --version")
[[ $has_torch == ON ]] && printed+=("$train ${small[*]} --episodes=1")
for command in "${printed[@]}"; do
  read -ra words <<<"$command"
  [[ -x ${words[0]} ]] || continue
  "${words[@]}" 2>err >/dev/full
  expect_refusal $? "standard output: cannot be written" "$command >/dev/full"
  mkfifo unread
  head -c 0 unread &
  "${words[@]}" 2>err >unread
  expect_refusal $? "standard output: cannot be written" "$command >unread"
  rm unread
done
limited=("$offload --slots=1000 --output=limited" "$programs/rician-fading --blocks=10000 --output=limited/fading.csv")
[[ $has_torch == ON ]] && limited+=("$train ${small[*]} --episodes=1 --output=limited")
for command in "${limited[@]}"; do
  for kib in 0 4; do
    rm -rf limited
    read -ra words <<<"$command"
    (
      ulimit -f $kib
      exec "${words[@]}"
    ) 2>&1 >/dev/null | cat >err
    expect_refusal "${PIPESTATUS[0]}" "cannot" "$kib KiB: $command"
    [[ -z $(list limited) ]] || fail "$kib KiB: $command left $(list limited)"
  done
done

# Progress is shown on terminals that can draw a line anew.
look_at() { # into seen, what a command prints to a terminal. $1: TERM, $2: command
  TERM=$1 script -qec "$2" /dev/null </dev/null >seen
}
for command in "$offload --slots=20" ${train:+"$train ${small[*]} --episodes=2"}; do
  [[ $command == "$train"* && $has_torch != ON ]] && continue
  look_at xterm "$command"
  grep -q $'\r[[0-9]' seen || fail "$command: no progress on a terminal"
  look_at dumb "$command"
  grep -q $'\r[[0-9]' seen && fail "$command: progress with TERM=dumb"
  NO_COLOR=1 look_at xterm "$command"
  grep -q $'\033' seen && fail "$command: escapes with NO_COLOR"
done

# So is what is measured before anything is learned.
if [[ $has_torch == ON ]]; then
  look_at xterm "$train ${small[*]} --episodes=1"
  grep -q $'\rheld-out cells, optimal: [0-9]* %' seen ||
    fail "mec-train: no progress of the optimum"
fi

# Every program says which version it is.
for program in chat-over-csma chat-over-lte chat-over-point-to-point chat-over-wifi mec-associate mec-offload mec-serve \
  mec-train packet-uplink rician-fading serving-law plug-into-wifi threshold-policy; do
  [[ -x $programs/$program ]] || continue
  succeed "$programs/$program" --version
  [[ $(cat out) == "$program $(cat "$source/VERSION")" ]] || fail "$program --version: $(cat out)"
done

conclude
