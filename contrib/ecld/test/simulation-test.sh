#!/usr/bin/env bash
#
# The profiles of a compressed checkpoint in a simulation, from end to end: simulation-test.sh ECLD
# RANDOM_CHECKPOINT MEC_OFFLOAD CLIENT FOLDER. Where an MLU keeps its tasks, each costs and is worth
# what the compact model's file says; where it gives them away, what the full model's says.
set -uo pipefail

ecld=$1
random=$2
offload=$3
client=$4
folder=$5
rm -rf "$folder"
mkdir -p "$folder" || exit 1
[[ -e $client/installed ]] || { echo "skipped: no llama.cpp in $client"; exit 77; }

"$random" llama-3.1-8b-tiny "$folder/tiny" || exit 1
printf 'the quick brown fox\njumps over the lazy dog\n\nthe dog sleeps on\n' >"$folder/texts"
for prompt in "the quick" "the dog sleeps" "jumps over the lazy"; do
  printf '{"prompt": "%s", "answers": ["a", "e", "i", "n", "o", "t"]}\n' "$prompt"
done >"$folder/questions"
# Two devices into one folder: of the second, the full model is kept.
for flags in "--device=phone --steps=3" "--device=edge-server --type=F16 --sizeShare=1"; do
  # shellcheck disable=SC2086 # several flags
  "$ecld" --model="$folder/tiny" $flags --threads=1 --textFile="$folder/texts" \
    --questionFile="$folder/questions" --output="$folder/out" --llamaClient="$client" || exit 1
done

# simulate POLICY FULL_PROFILE
simulate() {
  "$offload" --profile="$folder/out/tiny-phone-Q4_K.json" --serverProfile="$folder/out/$2.json" \
    --compute=profile --quality=Sampled --taskBits=32000 --slots=100 --policy="$1" \
    --output="$folder/$1-$2" >"$folder/log" || exit 1
}
simulate always-local tiny-original
simulate always-offload tiny-original
simulate always-offload tiny-edge-server-F16

/usr/bin/python3 - "$folder" <<'END'
import csv, json, sys

folder = sys.argv[1]
failed = []


def check(what, found, expected):
    if abs(found - expected) > 1e-6 * abs(expected) + 1e-12:
        failed.append(f"{what} is {found}, expected {expected}")


def read(name):
    with open(f"{folder}/out/{name}.json") as file:
        return json.load(file)


def tasks(run):
    with open(f"{folder}/{run}/tasks.csv") as file:
        return list(csv.DictReader(file))


compact = read("tiny-phone-Q4_K")
samples = set(zip(compact["samples"]["accuracy"], compact["samples"]["hallucination"]))
generated = compact["generatedTokensPerQuery"] / compact["promptTokensPerQuery"]
cost = {
    unit: 1000 * (compact["prompt" + key] + generated * compact["generation" + key])
    for unit, key in {"S": "LatencyPerTokenS", "J": "EnergyPerTokenJ"}.items()
}  # 32000 bits are 1000 tokens of a prompt
seen = set()
for task in tasks("always-local-tiny-original"):
    check("local latency", float(task["localLatencyS"]), cost["S"])
    check("local energy", float(task["localEnergyJ"]), cost["J"])
    worth = float(task["accuracy"]), float(task["hallucination"])
    near = [s for s in samples if all(abs(a - b) < 1e-6 for a, b in zip(s, worth))]
    if not near:
        failed.append(f"quality {worth} is no sample of {sorted(samples)}")
    seen.update(near)
if seen != samples:
    failed.append(f"only {sorted(seen)} were drawn of {sorted(samples)}")

for name in "tiny-original", "tiny-edge-server-F16":
    full = read(name)
    for task in tasks("always-offload-" + name):
        check("accuracy of " + name, float(task["accuracy"]), full["accuracy"])
        check("hallucination of " + name, float(task["hallucination"]), full["hallucination"])
    if full["method"] != "original":
        failed.append(f"the method of {name} is {full['method']}, expected original")
if compact["method"] != "ecld":
    failed.append(f"the method is {compact['method']}, expected ecld")
print("\n".join(failed[:10]) or f"{len(samples)} samples, {cost['S']:.3f} s, {cost['J']:.3f} J a task")
sys.exit(bool(failed))
END
status=$?
rm -rf "$folder"
exit $status
