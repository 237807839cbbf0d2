// Does @huggingface/gguf read in our file what we wrote?
//
//   gguf-agreement.mjs FILE.gguf EXPECTED.json
//
// as gguf-agreement.cc writes them.
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import { gguf } from "@huggingface/gguf";

const [file, expectedFile] = process.argv.slice(2);
const expected = JSON.parse(readFileSync(expectedFile, "utf8"));
const parsed = await gguf(file, { allowLocalFile: true, typedMetadata: true });

// 64-bit numbers are BigInt there and text here.
const plain = (value) =>
  Array.isArray(value) ? value.map(plain) : typeof value === "bigint" ? value.toString() : value;

assert.equal(parsed.typedMetadata.version.value, 3);
for (const { key, type, subType, value } of expected.metadata) {
  const entry = parsed.typedMetadata[key];
  assert.ok(entry, `key ${key} is missing`);
  assert.equal(entry.type, type, `type of ${key}`);
  assert.equal(entry.subType ?? null, subType, `element type of ${key}`);
  assert.deepEqual(plain(entry.value), value, `value of ${key}`);
}
assert.equal(Number(parsed.metadata.kv_count), expected.metadata.length);
assert.deepEqual(
  parsed.tensorInfos.map((info) => ({
    name: info.name,
    shape: info.shape.map(Number),
    type: info.dtype,
    offset: Number(info.offset),
  })),
  expected.tensors,
);
assert.equal(Number(parsed.tensorDataOffset), expected.dataOffset);
console.log(`${expected.metadata.length} keys and ${expected.tensors.length} tensors agree`);
