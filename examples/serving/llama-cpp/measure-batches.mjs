// Copyright (c) 2026 The llm-mec developers
//
// SPDX-License-Identifier: GPL-2.0-only
//
// Times steps of llama.cpp on the CPU, in which several sequences get some tokens each, and writes
// a line of CSV for each. --help tells the flags.
import {closeSync, mkdirSync, openSync, renameSync, writeSync} from "node:fs";
import {existsSync, mkdtempSync, readFileSync, rmSync, statSync} from "node:fs";
import {createRequire} from "node:module";
import {cpus, tmpdir} from "node:os";
import {basename, dirname, join, resolve} from "node:path";
import {parseArgs} from "node:util";
import {pathToFileURL} from "node:url";

const HELP = `usage: node measure-batches.mjs --model FILE --llamaClient FOLDER --output FILE

Times the native decode of steps of llama.cpp on the CPU. A cell has a number of sequences, of
tokens in front of each (context), of new tokens that each of them gets in the step, and says of
which new tokens the logits are computed: of each, as when drafts are verified, or of the last one
of each sequence, as in a chunk of a prompt. All cells are measured in every pass, each time in
another order. A step that was not one decode of all sequences is refused.

  --model FILE        GGUF, see generate-checkpoint.py
  --llamaClient FOLDER
                      where contrib/ecld/test/llama-client/install.sh has put node-llama-cpp
  --output FILE       CSV, one line a step; a line that begins with # tells what was measured
  --sequences LIST    default 1,2,3,4,6,8
  --contexts LIST     default 64,256,512,1024
  --tokens LIST       new tokens of each sequence, default 1,2,3,5,8
  --passes N          default 10
  --threads N         of llama.cpp, default 1; the processor time is that of all
  --seed N            of the orders, default 1
  --version           which version this is
`;
const COLUMNS = ["pass", "sequences", "context", "tokensEach", "logits", "wallMs", "cpuMs"];
const CHUNK = 512; // tokens of a step that fills a context
const temporary = []; // files and folders that are removed however this process ends

function readWhole(name, text, least = 1) {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > 1e6)
        throw new Error(`--${name}=${text}: expected a whole number of at least ${least}`);
    return value;
}

function readList(name, text) {
    const values = text.split(",").map((each) => readWhole(name, each.trim()));
    return [...new Set(values)].sort((a, b) => a - b);
}

function readFlags() {
    const text = (value) => ({type: "string", ...(value === undefined ? {} : {default: value})});
    let values;
    try {
        ({values} = parseArgs({
            options: {
                help: {type: "boolean"},
                version: {type: "boolean"},
                model: text(),
                llamaClient: text(),
                output: text(),
                sequences: text("1,2,3,4,6,8"),
                contexts: text("64,256,512,1024"),
                tokens: text("1,2,3,5,8"),
                passes: text("10"),
                threads: text("1"),
                seed: text("1")
            }
        }));
    } catch (error) {
        throw new Error(error.message.split("\n")[0]);
    }
    if (values.help || values.version) return values;
    for (const name of ["model", "llamaClient", "output"])
        if (!values[name]) throw new Error(`expected --${name}, --help tells all flags`);
    if (!existsSync(values.model))
        throw new Error(`${values.model}: is not there, generate-checkpoint.py makes one`);
    for (const name of ["sequences", "contexts", "tokens"])
        values[name] = readList(name, values[name]);
    for (const name of ["passes", "threads", "seed"]) values[name] = readWhole(name, values[name]);
    return values;
}

// From a folder of the user's, and not from beside this file.
async function loadPackage(folder) {
    try {
        const {resolve: find} = createRequire(resolve(folder, "any.js"));
        return await import(pathToFileURL(find("node-llama-cpp")));
    } catch (error) {
        throw new Error(`${folder}: has no node-llama-cpp that runs here; `
            + "contrib/ecld/test/llama-client/install.sh FOLDER installs it");
    }
}

// Numbers below 1, the same for the same seed (mulberry32).
function makeGenerator(seed) {
    let state = seed;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let bits = Math.imul(state ^ (state >>> 15), state | 1);
        bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
        return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
    };
}

function shuffle(list, random) {
    const result = [...list];
    for (let i = result.length - 1; i > 0; --i) {
        const j = Math.floor(random() * (i + 1));
        [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
}

function listCells({sequences, contexts, tokens}) {
    const cells = [];
    for (const n of sequences)
        for (const context of contexts)
            for (const tokensEach of tokens)
                // The last of one is each of one.
                for (const logits of tokensEach === 1 ? ["each"] : ["each", "last"])
                    cells.push({sequences: n, context, tokensEach, logits});
    return cells;
}

// Any but the control tokens; all cost the same.
const chooseToken = (i) => 3 + ((7 * i + 3) % 250);

// A context of llama.cpp all of whose sequences hold the same number of tokens, and a record of its
// steps: which sequences were in each, and how long the native decode took.
class FilledContext {
    // The first sequence is computed, the others get its state through a file.
    static async create(model, context, flags, stateFile) {
        const self = new FilledContext();
        self.length = context;
        self.compositions = []; // of batches, as the scheduler of node-llama-cpp asks for them
        self.times = [];
        const largest = Math.max(...flags.sequences);
        const longest = Math.max(...flags.tokens);
        self.native = await model.createContext({
            sequences: largest,
            contextSize: context + longest,
            batchSize: Math.max(largest * longest, CHUNK),
            threads: {ideal: flags.threads, min: flags.threads},
            batching: {
                itemPrioritizationStrategy: ({items}) => {
                    self.compositions.push(items.map(({tokens, logits}) => ({
                        tokens: tokens.length,
                        logits: logits.filter(Boolean).length
                    })));
                    return items.map((item) => ({item, processAmount: item.tokens.length}));
                }
            }
        });
        self.timeDecodes();
        self.sequences = Array.from({length: largest}, () => self.native.getSequence());
        const [first, ...others] = self.sequences;
        for (let start = 0; start < context; start += CHUNK) {
            const count = Math.min(CHUNK, context - start);
            const ids = Array.from({length: count}, (_, i) => chooseToken(start + i));
            await first.controlledEvaluate(ids);
        }
        await first.saveStateToFile(stateFile);
        for (const sequence of others)
            await sequence.loadStateFromFile(stateFile, {acceptRisk: true});
        return self;
    }

    // The native context is internal to node-llama-cpp and read-only: a proxy stands before it.
    timeDecodes() {
        const native = this.native._ctx;
        if (typeof native?.decodeBatch !== "function")
            throw new Error("this version of node-llama-cpp keeps its native context elsewhere, "
                + "expected the one of contrib/ecld/test/llama-client/package.json");
        const decode = async () => {
            const cpuBefore = process.cpuUsage();
            const wallBefore = performance.now();
            await native.decodeBatch();
            const wallMs = performance.now() - wallBefore;
            const {user, system} = process.cpuUsage(cpuBefore);
            this.times.push({wallMs, cpuMs: (user + system) / 1000});
        };
        this.native._ctx = new Proxy(native, {
            get(target, key) {
                if (key === "decodeBatch") return decode;
                return typeof target[key] === "function" ? target[key].bind(target) : target[key];
            }
        });
    }

    // One step, which leaves the context as it was.
    async measure({sequences, tokensEach, logits}) {
        this.compositions.length = 0;
        this.times.length = 0;
        const chosen = this.sequences.slice(0, sequences);
        const input = Array.from({length: tokensEach}, (_, i) => {
            const id = chooseToken(this.length + i);
            const wantsLogits = logits === "each" || i === tokensEach - 1;
            return wantsLogits ? [id, {generateNext: {token: true}}] : id;
        });
        await Promise.all(chosen.map((sequence) => sequence.controlledEvaluate(input)));
        this.expectOneDecode(sequences, tokensEach, logits === "each" ? tokensEach : 1);
        for (const sequence of chosen) {
            const end = sequence.nextTokenIndex;
            await sequence.eraseContextTokenRanges([{start: this.length, end}]);
            if (sequence.nextTokenIndex !== this.length)
                throw new Error(`a context of ${this.length} has ${sequence.nextTokenIndex} tokens `
                    + "after a step");
        }
        return this.times[0];
    }

    expectOneDecode(sequences, tokens, logits) {
        const wanted = JSON.stringify([Array(sequences).fill({tokens, logits})]);
        const found = JSON.stringify(this.compositions);
        if (this.times.length !== 1 || found !== wanted)
            throw new Error(`a step was ${this.times.length} native decodes of ${found}, `
                + `expected one of ${wanted}`);
    }
}

async function measureAll(flags, write) {
    const {getLlama, LlamaLogLevel} = await loadPackage(flags.llamaClient);
    const llama = await getLlama({
        gpu: false,
        build: "never",
        skipDownload: true,
        logLevel: LlamaLogLevel.error,
        maxThreads: flags.threads
    });
    const model = await llama.loadModel({modelPath: resolve(flags.model), useMmap: false});
    const showsProgress = process.stderr.isTTY && (process.env.TERM ?? "dumb") !== "dumb";
    const show = (text) => showsProgress && process.stderr.write(`\r\x1b[K${text}`);
    show("filling the contexts");
    const contexts = new Map();
    const folder = mkdtempSync(join(tmpdir(), "measure-batches-"));
    temporary.push(folder);
    const stateFile = join(folder, "state");
    for (const length of flags.contexts)
        contexts.set(length, await FilledContext.create(model, length, flags, stateFile));
    rmSync(folder, {recursive: true});
    const what = [
        `llama.cpp ${llama.llamaCppRelease.release} (node-llama-cpp)`,
        `${basename(flags.model)} of ${Math.round(statSync(flags.model).size / 1e6)} MB`,
        cpus()[0].model.trim(),
        `${flags.threads} thread${flags.threads > 1 ? "s" : ""}`
    ].join(", ");
    write([`# ${what}`]);
    write(COLUMNS);
    const cells = listCells(flags);
    const random = makeGenerator(flags.seed);
    for (let pass = 1; pass <= flags.passes; ++pass) {
        let done = 0;
        for (const cell of shuffle(cells, random)) {
            const {wallMs, cpuMs} = await contexts.get(cell.context).measure(cell);
            write([pass, ...Object.values(cell), wallMs.toFixed(4), cpuMs.toFixed(4)]);
            show(`pass ${pass} of ${flags.passes}: ${++done} of ${cells.length} cells`);
        }
    }
    show("");
    return `${cells.length} cells in ${flags.passes} passes, ${what}`;
}

async function main() {
    const flags = readFlags();
    if (flags.help) return process.stdout.write(HELP);
    if (flags.version) {
        const version = readFileSync(new URL("../../../VERSION", import.meta.url), "utf8").trim();
        return console.log(`measure-batches ${version}`);
    }
    // The file is there whole or not at all.
    const part = `${flags.output}.part`;
    mkdirSync(dirname(resolve(flags.output)), {recursive: true});
    temporary.push(part);
    const file = openSync(part, "w");
    const write = (fields) => writeSync(file, fields.join(",") + "\n");
    const summary = await measureAll(flags, write);
    closeSync(file);
    renameSync(part, flags.output);
    console.log(`${flags.output}: ${summary}`);
}

function fail(problem) {
    console.error(`measure-batches: ${problem}`);
    process.exit(1);
}

process.on("exit", () => {
    for (const path of temporary) rmSync(path, {recursive: true, force: true});
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => fail("interrupted"));
try {
    await main();
} catch (error) {
    fail(String(error.message).split("\n")[0]);
}
process.exit(0); // does not wait for what node-llama-cpp keeps open
