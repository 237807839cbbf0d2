#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Writes a Llama model with random weights as a GGUF file: what llama.cpp takes for a step does not
depend on what the weights are. Same flags, same bytes. By default the weights are larger than the
caches of most processors, so that a step has to read them from memory; keep it so with other flags
(--type Q8_0 takes half the bytes a weight)."""

import argparse
import struct
import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[2] / "study"))
from console_program import add_version, run
from output_folder import whole

# Of the GGUF specification, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
UINT32, INT32, FLOAT32, STRING, ARRAY = 4, 5, 6, 8, 9
F32, F16, Q8_0 = 0, 1, 8
FILE_TYPES = {F16: 1, Q8_0: 7}
ALIGNMENT = 32
Q8_0_BLOCK = np.dtype([("scale", "<f2"), ("quants", "i1", 32)])
NORMAL_TOKEN, UNKNOWN_TOKEN, CONTROL_TOKEN, BYTE_TOKEN = 1, 2, 3, 6

DEVIATION = 0.02  # of the weights, as models are initialised
LARGEST = DEVIATION * 3**0.5  # of a uniform distribution with it


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "generate-checkpoint")
    parser.add_argument("--output", required=True, type=Path, help="file to write, .gguf")
    parser.add_argument("--type", default="F16", choices=["F16", "Q8_0"], help="of the matrices")
    parser.add_argument("--layers", default=8, type=int)
    parser.add_argument("--hidden", default=768, type=int, help="size of the hidden state")
    parser.add_argument("--feedForward", default=2048, type=int, help="size of that part")
    parser.add_argument("--heads", default=12, type=int, help="of the queries")
    parser.add_argument("--kvHeads", default=4, type=int, help="of keys and values")
    parser.add_argument("--vocabulary", default=8192, type=int, help="tokens")
    parser.add_argument("--positions", default=4096, type=int, help="longest context")
    parser.add_argument("--seed", default=1, type=int, help="of the weights")
    arguments = parser.parse_args()
    for name, value in vars(arguments).items():
        if isinstance(value, int) and value < 1:
            raise ValueError(f"--{name}={value}: expected 1 or more")
    if arguments.hidden % (2 * arguments.heads) or arguments.heads % arguments.kvHeads:
        raise ValueError(
            "expected --hidden that --heads divides into even parts, and --heads that --kvHeads "
            "divides"
        )
    for name in ("hidden", "feedForward"):  # blocks of Q8_0, and the alignment
        if getattr(arguments, name) % 32:
            raise ValueError(f"--{name}={getattr(arguments, name)}: expected a multiple of 32")
    if arguments.vocabulary < 259:
        raise ValueError("--vocabulary: expected 259 or more, for all bytes and three more tokens")
    return arguments


def list_tensors(shape):
    """Name and dimensions, the contiguous one first as in GGUF, in the order of the file."""
    kv_size = shape.hidden // shape.heads * shape.kvHeads
    yield "token_embd.weight", (shape.hidden, shape.vocabulary)
    for layer in range(shape.layers):
        parts = {
            "attn_norm": (shape.hidden,),
            "attn_q": (shape.hidden, shape.hidden),
            "attn_k": (shape.hidden, kv_size),
            "attn_v": (shape.hidden, kv_size),
            "attn_output": (shape.hidden, shape.hidden),
            "ffn_norm": (shape.hidden,),
            "ffn_gate": (shape.hidden, shape.feedForward),
            "ffn_up": (shape.hidden, shape.feedForward),
            "ffn_down": (shape.feedForward, shape.hidden),
        }
        for name, dimensions in parts.items():
            yield f"blk.{layer}.{name}.weight", dimensions
    yield "output_norm.weight", (shape.hidden,)
    yield "output.weight", (shape.hidden, shape.vocabulary)


def list_tokens(vocabulary):
    """Text and kind of each: all bytes, so that any text has tokens, and names for the rest."""
    tokens = [("<unk>", UNKNOWN_TOKEN), ("<s>", CONTROL_TOKEN), ("</s>", CONTROL_TOKEN)]
    tokens += [(f"<0x{byte:02X}>", BYTE_TOKEN) for byte in range(256)]
    return tokens + [(f"[{i}]", NORMAL_TOKEN) for i in range(len(tokens), vocabulary)]


def list_metadata(shape, file_type):
    tokens = list_tokens(shape.vocabulary)
    return {
        "general.architecture": (STRING, "llama"),
        "general.name": (STRING, f"random weights, seed {shape.seed}"),
        "general.file_type": (UINT32, file_type),
        "llama.block_count": (UINT32, shape.layers),
        "llama.context_length": (UINT32, shape.positions),
        "llama.embedding_length": (UINT32, shape.hidden),
        "llama.feed_forward_length": (UINT32, shape.feedForward),
        "llama.attention.head_count": (UINT32, shape.heads),
        "llama.attention.head_count_kv": (UINT32, shape.kvHeads),
        "llama.attention.layer_norm_rms_epsilon": (FLOAT32, 1e-5),
        "llama.rope.dimension_count": (UINT32, shape.hidden // shape.heads),
        "llama.rope.freq_base": (FLOAT32, 10000.0),
        "llama.vocab_size": (UINT32, shape.vocabulary),
        "tokenizer.ggml.model": (STRING, "llama"),
        "tokenizer.ggml.tokens": (ARRAY, (STRING, [text for text, _ in tokens])),
        "tokenizer.ggml.scores": (ARRAY, (FLOAT32, [-float(i) for i in range(len(tokens))])),
        "tokenizer.ggml.token_type": (ARRAY, (INT32, [kind for _, kind in tokens])),
        "tokenizer.ggml.unknown_token_id": (UINT32, 0),
        "tokenizer.ggml.bos_token_id": (UINT32, 1),
        "tokenizer.ggml.eos_token_id": (UINT32, 2),
    }


def pack(kind, value):
    if kind == STRING:
        data = value.encode()
        return struct.pack("<Q", len(data)) + data
    if kind == ARRAY:
        element, values = value
        head = struct.pack("<IQ", element, len(values))
        return head + b"".join(pack(element, each) for each in values)
    return struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f"}[kind], value)


def get_type(dimensions, matrix_type):
    return F32 if len(dimensions) == 1 else matrix_type


def count_bytes(dimensions, kind):
    count = int(np.prod(dimensions, dtype=np.int64))
    return count * {F32: 4, F16: 2}[kind] if kind != Q8_0 else count // 32 * Q8_0_BLOCK.itemsize


def draw(generator, dimensions, kind):
    """Norms of one, and matrices whose weights are uniform with the deviation. Raw bits of the
    generator, which stay the same from one numpy to the next."""
    count = int(np.prod(dimensions, dtype=np.int64))
    if kind == F32:
        return np.ones(count, "<f4")
    if kind == F16:
        bits = generator.random_raw(count // 4).astype("<u8").view("<u2")
        return (LARGEST * (bits.astype("<f4") / 32768 - 1)).astype("<f2")
    quants = generator.random_raw(count // 8).astype("<u8").view("i1")
    blocks = np.empty(count // 32, Q8_0_BLOCK)
    blocks["scale"] = LARGEST / 127
    blocks["quants"] = np.maximum(quants, -127).reshape(-1, 32)  # ggml has no -128
    return blocks


def write(shape, path):
    """Number of bytes written."""
    matrix_type = {"F16": F16, "Q8_0": Q8_0}[shape.type]
    tensors = list(list_tensors(shape))
    metadata = list_metadata(shape, FILE_TYPES[matrix_type])
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, (kind, value) in metadata.items():
        head += pack(STRING, key) + struct.pack("<I", kind) + pack(kind, value)
    offset = 0
    for name, dimensions in tensors:
        kind = get_type(dimensions, matrix_type)
        head += pack(STRING, name) + struct.pack("<I", len(dimensions))
        head += struct.pack(f"<{len(dimensions)}QIQ", *dimensions, kind, offset)
        offset += count_bytes(dimensions, kind)  # a multiple of the alignment, as sizes are
    head += bytes(-len(head) % ALIGNMENT)

    generator = np.random.PCG64(shape.seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part, open(part, "wb") as file:
        file.write(head)
        for name, dimensions in tensors:
            file.write(draw(generator, dimensions, get_type(dimensions, matrix_type)).data)
    return len(head) + offset


def main():
    arguments = parse_arguments()
    size = write(arguments, arguments.output)
    print(f"{arguments.output}: {size / 1e6:.0f} MB, {arguments.type}, {arguments.layers} layers")


if __name__ == "__main__":
    run("generate-checkpoint", main)
