/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "deployment.h"

#include "gguf-blocks.h"
#include "model/rotary.h"

#include <map>
#include <stdexcept>

namespace ecld
{

namespace
{

/// Names of llama.cpp for the parts of a layer.
const std::map<std::string, std::string> LAYER_NAMES{
    {"input_layernorm.weight", "attn_norm.weight"},
    {"self_attn.q_proj.weight", "attn_q.weight"},
    {"self_attn.k_proj.weight", "attn_k.weight"},
    {"self_attn.v_proj.weight", "attn_v.weight"},
    {"self_attn.o_proj.weight", "attn_output.weight"},
    {"self_attn.q_norm.weight", "attn_q_norm.weight"},
    {"self_attn.k_norm.weight", "attn_k_norm.weight"},
    {"post_attention_layernorm.weight", "ffn_norm.weight"},
    {"mlp.gate_proj.weight", "ffn_gate.weight"},
    {"mlp.up_proj.weight", "ffn_up.weight"},
    {"mlp.down_proj.weight", "ffn_down.weight"},
};

/// Names of llama.cpp for what is not in a layer.
const std::map<std::string, std::string> MODEL_NAMES{
    {"model.embed_tokens.weight", "token_embd.weight"},
    {"model.norm.weight", "output_norm.weight"},
    {"lm_head.weight", "output.weight"},
};

const std::string LAYER_PREFIX = "model.layers.";

/// @param source Hugging Face's name @return llama.cpp's
std::string
Rename(const std::string& source)
{
    const auto found = MODEL_NAMES.find(source);
    if (found != MODEL_NAMES.end())
    {
        return found->second;
    }
    if (source.rfind(LAYER_PREFIX, 0) == 0)
    {
        const std::size_t dot = source.find('.', LAYER_PREFIX.size());
        const auto part = LAYER_NAMES.find(source.substr(dot + 1));
        if (part != LAYER_NAMES.end())
        {
            return "blk." + source.substr(LAYER_PREFIX.size(), dot - LAYER_PREFIX.size()) + "." +
                   part->second;
        }
    }
    throw std::invalid_argument("tensor " + source + ": llama.cpp has no name for it");
}

/// @param text some text @param end its supposed end @return whether it ends so
bool
EndsWith(const std::string& text, const std::string& end)
{
    return text.size() >= end.size() &&
           text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// @param type of the matrices @return llama.cpp's LLAMA_FTYPE_* for it
uint32_t
GetFileType(GgufType type)
{
    switch (type)
    {
    case GgufType::F32:
        return 0;
    case GgufType::F16:
        return 1;
    case GgufType::Q4_1:
        return 3;
    case GgufType::Q8_0:
        return 7;
    case GgufType::Q4_K:
        return 14;
    case GgufType::Q6_K:
        return 18;
    case GgufType::BF16:
        return 32;
    default:
        throw std::invalid_argument(std::string("got the type ") + GetName(type) +
                                    ", expected F32, F16, BF16, Q8_0, Q6_K, Q4_1 or Q4_K");
    }
}

/// LLAMA_FTYPE_MOSTLY_Q4_K_M
constexpr uint32_t MIXED_FILE_TYPE = 15;

/// @param layer index @param layers of the model @return whether llama.cpp's mixes give it more
/// bits: the first and the last eighth, and each third one between
bool
HasMoreBits(int64_t layer, int64_t layers)
{
    const int64_t eighth = layers / 8;
    return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
}

/// @param source Hugging Face's name of a tensor @return its layer, or -1
int64_t
FindLayer(const std::string& source)
{
    return source.rfind(LAYER_PREFIX, 0) == 0 ? std::stoll(source.substr(LAYER_PREFIX.size())) : -1;
}

/// @param tensor a matrix @return the type that it is to have
GgufType
ChooseType(const DeployedTensor& tensor, const ModelConfig& config, const DeploymentTypes& types)
{
    const bool isEmbedding = tensor.name == "token_embd.weight";
    const bool isOutput = tensor.name == "output.weight" || (isEmbedding && config.tiedEmbeddings);
    if (types.isMixed)
    {
        const int64_t layer = FindLayer(tensor.source);
        const bool isWide =
            EndsWith(tensor.name, "attn_v.weight") || EndsWith(tensor.name, "ffn_down.weight");
        const bool hasMore = isOutput || (isWide && HasMoreBits(layer, config.layers));
        return hasMore ? GgufType::Q6_K : types.matrices;
    }
    return isEmbedding || isOutput ? types.embeddings.value_or(types.matrices) : types.matrices;
}

std::string
GetGgufArchitecture(const ModelConfig& config)
{
    return config.architecture == Architecture::QWEN3 ? "qwen3" : "llama";
}

} // namespace

GgufType
FallBack(GgufType type, int64_t columns)
{
    const auto size = static_cast<std::size_t>(columns);
    const GgufType larger = type == GgufType::Q4_K   ? GgufType::Q4_1
                            : type == GgufType::Q6_K ? GgufType::Q8_0
                                                     : type;
    for (const GgufType candidate : {type, larger})
    {
        if (CanQuantize(candidate, size))
        {
            return candidate;
        }
    }
    return GgufType::F16;
}

std::string
GetName(const DeploymentTypes& types)
{
    return types.isMixed ? "Q4_K_M" : GetName(types.matrices);
}

std::vector<int64_t>
GetPermutedRows(int64_t heads, int64_t headDim)
{
    std::vector<int64_t> rows;
    rows.reserve(static_cast<std::size_t>(heads * headDim));
    for (int64_t head = 0; head < heads; ++head)
    {
        for (int64_t i = 0; i < headDim / 2; ++i)
        {
            rows.push_back(head * headDim + i);
            rows.push_back(head * headDim + i + headDim / 2);
        }
    }
    return rows;
}

std::vector<DeployedTensor>
MapTensors(const ModelConfig& config, const DeploymentTypes& types)
{
    GetFileType(types.matrices);
    GetFileType(types.embeddings.value_or(types.matrices));
    std::vector<DeployedTensor> tensors;
    if (config.ropeScaling)
    {
        tensors.push_back({"rope_freqs.weight", "", GgufType::F32, {config.headDim / 2}, 0});
    }
    for (const ExpectedTensor& expected : GetExpectedTensors(config))
    {
        DeployedTensor tensor;
        tensor.source = expected.name;
        tensor.name = Rename(expected.name);
        tensor.shape = expected.shape;
        if (tensor.shape.size() > 1)
        {
            tensor.type = FallBack(ChooseType(tensor, config, types), tensor.shape.back());
        }
        if (config.architecture != Architecture::QWEN3)
        {
            tensor.permutedHeads = EndsWith(tensor.name, "attn_q.weight")   ? config.heads
                                   : EndsWith(tensor.name, "attn_k.weight") ? config.keyValueHeads
                                                                            : 0;
        }
        tensors.push_back(tensor);
    }
    return tensors;
}

int64_t
GetDeployedBytes(const ModelConfig& config, const DeploymentTypes& types)
{
    std::size_t bytes = 0;
    for (const DeployedTensor& tensor : MapTensors(config, types))
    {
        bytes += GetGgufTensorBytes(tensor.type, tensor.shape, tensor.name);
    }
    return static_cast<int64_t>(bytes);
}

void
AddModelMetadata(GgufWriter& writer,
                 const ModelConfig& config,
                 const DeploymentTypes& types,
                 const std::string& name)
{
    const std::string architecture = GetGgufArchitecture(config);
    writer.AddMetadata("general.architecture", architecture);
    writer.AddMetadata("general.name", name);
    writer.AddMetadata("general.file_type",
                       types.isMixed ? MIXED_FILE_TYPE : GetFileType(types.matrices));
    writer.AddMetadata("general.quantization_version", uint32_t{2});
    const auto add = [&](const std::string& key, int64_t value) {
        writer.AddMetadata(architecture + "." + key, static_cast<uint32_t>(value));
    };
    add("vocab_size", config.vocabularySize);
    add("context_length", config.maxPositions);
    add("embedding_length", config.hiddenSize);
    add("block_count", config.layers);
    add("feed_forward_length", config.intermediateSize);
    add("attention.head_count", config.heads);
    add("attention.head_count_kv", config.keyValueHeads);
    add("attention.key_length", config.headDim);
    add("attention.value_length", config.headDim);
    add("rope.dimension_count", config.headDim);
    writer.AddMetadata(architecture + ".rope.freq_base", static_cast<float>(config.ropeTheta));
    writer.AddMetadata(architecture + ".attention.layer_norm_rms_epsilon",
                       static_cast<float>(config.rmsNormEpsilon));
}

std::vector<float>
GetRopeFactors(const ModelConfig& config)
{
    std::vector<float> factors;
    if (config.ropeScaling)
    {
        for (const double divisor : GetRotaryDivisors(config))
        {
            factors.push_back(static_cast<float>(divisor));
        }
    }
    return factors;
}

} // namespace ecld
