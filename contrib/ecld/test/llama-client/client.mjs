// llama.cpp through node-llama-cpp, on the CPU:
//   node client.mjs probabilities MODEL.gguf IDS.json OUT.f32
//     the next-token distribution after each of the token ids, float32, positions x vocabulary
//   node client.mjs generate MODEL.gguf IDS.json COUNT
//     greedy token ids after the prompt, as JSON
//   node client.mjs tokenize MODEL.gguf TEXTS.json
//     token ids of each text, special tokens of the text left as text, as JSON
//   node client.mjs speed MODEL.gguf PROMPT_TOKENS GENERATED_TOKENS REPEATS
//     seconds, processor seconds and what the counters in LLAMA_COUNTERS said before and after, for
//     the prompt and the generation of each repeat, as JSON
import {readFileSync, writeFileSync} from "node:fs";
import {getLlama, LlamaLogLevel} from "node-llama-cpp";

const [verb, path, ...args] = process.argv.slice(2);
const threads = Number(process.env.LLAMA_THREADS ?? 1);
const llama = await getLlama({gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: threads});
// Not mapped: llama.cpp orders 4-bit weights anew, and both copies would count as resident.
const model = await llama.loadModel({modelPath: path, useMmap: false});

async function open(contextSize) {
    const context = await model.createContext({contextSize, batchSize: Math.min(contextSize, 512), threads});
    return context.getSequence();
}

const verbs = {
    async probabilities(idsFile, out) {
        const ids = JSON.parse(readFileSync(idsFile, "utf8"));
        const sequence = await open(ids.length + 8);
        const input = ids.map((id) => [id, {generateNext: {probabilities: true}}]);
        const results = await sequence.controlledEvaluate(input);
        let values;
        results.forEach(({next}, position) => {
            values ??= new Float32Array(ids.length * next.probabilities.size);
            const vocabulary = next.probabilities.size;
            for (const [token, probability] of next.probabilities)
                values[position * vocabulary + token] = probability;
        });
        writeFileSync(out, values);
    },
    async generate(idsFile, count) {
        const ids = JSON.parse(readFileSync(idsFile, "utf8"));
        const sequence = await open(ids.length + Number(count) + 8);
        const generated = [];
        for await (const token of sequence.evaluate(ids, {temperature: 0})) {
            generated.push(token);
            if (generated.length >= Number(count)) break;
        }
        console.log(JSON.stringify(generated));
    },
    async tokenize(textsFile) {
        const texts = JSON.parse(readFileSync(textsFile, "utf8"));
        console.log(JSON.stringify(texts.map((text) => model.tokenize(text, false))));
    },
    async speed(prompt, generated, repeats) {
        const [promptTokens, generatedTokens] = [Number(prompt), Number(generated)];
        const counters = (process.env.LLAMA_COUNTERS ?? "").split(",").filter(Boolean);
        const read = () => ({
            wall: performance.now() / 1000,
            cpu: Object.values(process.cpuUsage()).reduce((sum, part) => sum + part, 0) / 1e6,
            countersUj: counters.map((file) => Number(readFileSync(file, "utf8")))
        });
        const timed = async (tokens, work) => {
            const before = read();
            await work();
            const after = read();
            return {
                tokens,
                wallS: after.wall - before.wall,
                cpuS: after.cpu - before.cpu,
                beforeUj: before.countersUj,
                afterUj: after.countersUj
            };
        };
        const sequence = await open(promptTokens + generatedTokens + 8);
        const results = [];
        for (let repeat = 0; repeat < Number(repeats); ++repeat) {
            await sequence.clearHistory();
            const ids = Array.from({length: promptTokens + generatedTokens}, (_, i) => (7 * i + 11 * repeat) % 250);
            results.push({
                prompt: await timed(promptTokens, () =>
                    sequence.evaluateWithoutGeneratingNewTokens(ids.slice(0, promptTokens))),
                // Given tokens one by one: as many passes as a generation, whatever would be chosen.
                generation: await timed(generatedTokens, async () => {
                    for (const id of ids.slice(promptTokens))
                        await sequence.evaluateWithoutGeneratingNewTokens([id]);
                })
            });
        }
        const runtime = `llama.cpp ${llama.llamaCppRelease.release} (node-llama-cpp), CPU, ${threads} thread`;
        console.log(JSON.stringify({runtime, results}));
    }
};
await verbs[verb](...args);
await llama.dispose();
