/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "model-config.h"

#include "base/format-error.h"

#include <utility>

namespace ecld
{

namespace
{

constexpr int64_t MAX_WIDTH = 1 << 20;        //!< largest width that we take
constexpr int64_t MAX_INTERMEDIATE = 1 << 22; //!< widest feed-forward network
constexpr int64_t MAX_LAYERS = 4096;          //!< most layers
constexpr int64_t MAX_HEADS = 4096;           //!< most heads, and widest head
constexpr int64_t MAX_VOCABULARY = 1 << 24;   //!< largest vocabulary
constexpr int64_t MAX_POSITIONS = 1 << 30;    //!< longest context
constexpr double MAX_NUMBER = 1e30;           //!< largest rope base or factor
constexpr double MIN_EPSILON = 1e-30;         //!< least epsilon: a norm must not divide by zero

} // namespace

int64_t
ModelConfig::GetParameterCount() const
{
    int64_t count = 0;
    for (const auto& tensor : GetExpectedTensors(*this))
    {
        int64_t product = 1;
        for (const auto extent : tensor.shape)
        {
            product *= extent;
        }
        count += product;
    }
    return count;
}

std::vector<ExpectedTensor>
GetExpectedTensors(const ModelConfig& config)
{
    const int64_t hidden = config.hiddenSize;
    const int64_t queries = config.heads * config.headDim;
    const int64_t keys = config.keyValueHeads * config.headDim;
    std::vector<ExpectedTensor> tensors;
    tensors.push_back({"model.embed_tokens.weight", {config.vocabularySize, hidden}});
    for (int64_t layer = 0; layer < config.layers; ++layer)
    {
        const auto prefix = "model.layers." + std::to_string(layer) + ".";
        const auto add = [&](const char* name, std::vector<int64_t> shape) {
            tensors.push_back({prefix + name + ".weight", std::move(shape)});
        };
        add("input_layernorm", {hidden});
        add("self_attn.q_proj", {queries, hidden});
        add("self_attn.k_proj", {keys, hidden});
        add("self_attn.v_proj", {keys, hidden});
        if (config.architecture == Architecture::QWEN3)
        {
            add("self_attn.q_norm", {config.headDim});
            add("self_attn.k_norm", {config.headDim});
        }
        add("self_attn.o_proj", {hidden, queries});
        add("post_attention_layernorm", {hidden});
        add("mlp.gate_proj", {config.intermediateSize, hidden});
        add("mlp.up_proj", {config.intermediateSize, hidden});
        add("mlp.down_proj", {hidden, config.intermediateSize});
    }
    tensors.push_back({"model.norm.weight", {hidden}});
    if (!config.tiedEmbeddings)
    {
        tensors.push_back({"lm_head.weight", {config.vocabularySize, hidden}});
    }
    return tensors;
}

void
CheckModelConfig(const ModelConfig& config, const std::string& file)
{
    const auto require = [&file](bool isGood, const char* field, const std::string& problem) {
        if (!isGood)
        {
            base::ThrowFormatError(file, field, problem);
        }
    };
    const auto inRange = [&](int64_t value, int64_t max, const char* field) {
        require(value >= 1 && value <= max,
                field,
                "got " + std::to_string(value) + ", expected 1 to " + std::to_string(max));
    };
    inRange(config.hiddenSize, MAX_WIDTH, "hidden_size");
    inRange(config.intermediateSize, MAX_INTERMEDIATE, "intermediate_size");
    inRange(config.layers, MAX_LAYERS, "num_hidden_layers");
    inRange(config.heads, MAX_HEADS, "num_attention_heads");
    inRange(config.keyValueHeads, MAX_HEADS, "num_key_value_heads");
    inRange(config.headDim, MAX_HEADS, "head_dim");
    inRange(config.vocabularySize, MAX_VOCABULARY, "vocab_size");
    inRange(config.maxPositions, MAX_POSITIONS, "max_position_embeddings");
    require(config.heads % config.keyValueHeads == 0,
            "num_key_value_heads",
            "got " + std::to_string(config.keyValueHeads) + ", expected a divisor of the " +
                std::to_string(config.heads) + " heads");
    require(config.headDim % 2 == 0,
            "head_dim",
            "got " + std::to_string(config.headDim) + ", expected an even number");
    require(config.ropeTheta >= 1 && config.ropeTheta <= MAX_NUMBER,
            "rope_theta",
            "got " + std::to_string(config.ropeTheta) + ", expected a number from 1");
    require(config.rmsNormEpsilon >= MIN_EPSILON && config.rmsNormEpsilon <= 1,
            "rms_norm_eps",
            "got " + std::to_string(config.rmsNormEpsilon) +
                ", expected a number above 0, at most 1");
    if (config.ropeScaling)
    {
        const auto& scaling = *config.ropeScaling;
        require(scaling.factor >= 1 && scaling.factor <= MAX_NUMBER &&
                    scaling.lowFrequencyFactor >= MIN_EPSILON &&
                    scaling.highFrequencyFactor > scaling.lowFrequencyFactor &&
                    scaling.highFrequencyFactor <= MAX_NUMBER && scaling.originalMaxPositions >= 1,
                "rope_scaling",
                "expected factor >= 1 and high_freq_factor > low_freq_factor > 0");
        require(config.architecture != Architecture::QWEN3,
                "rope_scaling",
                "Qwen3 has none, and llama.cpp has no place for one");
    }
    for (const auto* ids : {&config.bosIds, &config.eosIds})
    {
        for (const auto id : *ids)
        {
            require(id >= 0 && id < config.vocabularySize,
                    ids == &config.bosIds ? "bos_token_id" : "eos_token_id",
                    "got " + std::to_string(id) + ", expected an id below the vocabulary's " +
                        std::to_string(config.vocabularySize));
        }
    }
}

} // namespace ecld
