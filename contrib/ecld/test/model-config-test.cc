/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/output-file.h"
#include "expect-error.h"
#include "format/model-config.h"
#include "temporary-folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace
{

using namespace ecld;
using nlohmann::json;

/// @return Llama-3.1-8B's config.json, as published
json
MakeLlama()
{
    return json::parse(R"({"architectures": ["LlamaForCausalLM"], "attention_bias": false,
        "attention_dropout": 0.0, "bos_token_id": 128000, "eos_token_id": [128001, 128008, 128009],
        "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02,
        "intermediate_size": 14336, "max_position_embeddings": 131072, "mlp_bias": false,
        "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 32,
        "num_key_value_heads": 8, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
        "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192, "rope_type": "llama3"}, "rope_theta": 500000.0,
        "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true,
        "vocab_size": 128256})");
}

/// @return Qwen3-8B's config.json, as published
json
MakeQwen()
{
    return json::parse(R"({"architectures": ["Qwen3ForCausalLM"], "attention_bias": false,
        "attention_dropout": 0.0, "bos_token_id": 151643, "eos_token_id": 151645, "head_dim": 128,
        "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02,
        "intermediate_size": 12288, "max_position_embeddings": 40960, "max_window_layers": 36,
        "model_type": "qwen3", "num_attention_heads": 32, "num_hidden_layers": 36,
        "num_key_value_heads": 8, "rms_norm_eps": 1e-06, "rope_scaling": null,
        "rope_theta": 1000000, "sliding_window": null, "tie_word_embeddings": false,
        "torch_dtype": "bfloat16", "use_sliding_window": false, "vocab_size": 151936})");
}

/// @return Mistral-Nemo-12B's config.json, as published
json
MakeMistral()
{
    return json::parse(R"({"architectures": ["MistralForCausalLM"], "attention_dropout": 0.0,
        "bos_token_id": 1, "eos_token_id": 2, "head_dim": 128, "hidden_act": "silu",
        "hidden_size": 5120, "intermediate_size": 14336, "max_position_embeddings": 131072,
        "model_type": "mistral", "num_attention_heads": 32, "num_hidden_layers": 40,
        "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_theta": 1000000.0,
        "sliding_window": null, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
        "vocab_size": 131072})");
}

/// @param document a config.json @return what it says
ModelConfig
Parse(const json& document)
{
    return ParseModelConfig(document.dump(), "config.json");
}

TEST(ModelConfig, CountsThePublishedParameters)
{
    // The sizes of the safetensors files on Hugging Face.
    EXPECT_EQ(Parse(MakeLlama()).GetParameterCount(), 8030261248);
    EXPECT_EQ(Parse(MakeQwen()).GetParameterCount(), 8190735360);
    EXPECT_EQ(Parse(MakeMistral()).GetParameterCount(), 12247782400);
}

TEST(ModelConfig, ReadsTheFamilies)
{
    const auto llama = Parse(MakeLlama());
    EXPECT_EQ(llama.architecture, Architecture::LLAMA);
    EXPECT_EQ(llama.headDim, 128) << "hidden_size / num_attention_heads";
    EXPECT_EQ(llama.keyValueHeads, 8);
    EXPECT_EQ(llama.ropeTheta, 500000);
    EXPECT_EQ(llama.rmsNormEpsilon, 1e-5);
    ASSERT_TRUE(llama.ropeScaling);
    EXPECT_EQ(llama.ropeScaling->factor, 8);
    EXPECT_EQ(llama.ropeScaling->originalMaxPositions, 8192);
    EXPECT_EQ(llama.eosIds, (std::vector<int64_t>{128001, 128008, 128009}));
    EXPECT_EQ(llama.storedType, DataType::BF16);

    const auto qwen = Parse(MakeQwen());
    EXPECT_EQ(qwen.architecture, Architecture::QWEN3);
    EXPECT_EQ(qwen.rmsNormEpsilon, 1e-6);
    EXPECT_FALSE(qwen.ropeScaling);

    const auto mistral = Parse(MakeMistral());
    EXPECT_EQ(mistral.architecture, Architecture::MISTRAL);
    EXPECT_EQ(mistral.headDim, 128) << "not 5120 / 32 = 160";
}

TEST(ModelConfig, ReadsTheNewerForm)
{
    auto document = MakeLlama();
    document["rope_parameters"] = document["rope_scaling"];
    document["rope_parameters"]["rope_theta"] = 250000.0;
    document.erase("rope_scaling");
    document.erase("rope_theta");
    document["dtype"] = document["torch_dtype"];
    document.erase("torch_dtype");
    document["architectures"] = nullptr;
    const auto config = Parse(document);
    EXPECT_EQ(config.ropeTheta, 250000);
    ASSERT_TRUE(config.ropeScaling);
    EXPECT_EQ(config.ropeScaling->highFrequencyFactor, 4);
    EXPECT_EQ(config.storedType, DataType::BF16);

    document["rope_parameters"] = {{"rope_type", "default"}, {"rope_theta", 10000.0}};
    EXPECT_FALSE(Parse(document).ropeScaling);
}

TEST(ModelConfig, SurvivesTheWayThroughAFile)
{
    const TemporaryFolder folder;
    for (const auto& document : {MakeLlama(), MakeQwen(), MakeMistral()})
    {
        auto config = Parse(document);
        config.hiddenSize = 3072; // pruned: no longer heads * headDim
        config.rmsNormEpsilon = 1.1e-7;
        WriteModelConfig(config, folder / "config.json");
        const auto back = ReadModelConfig(folder.GetPath());
        EXPECT_EQ(back.architecture, config.architecture);
        EXPECT_EQ(back.hiddenSize, 3072);
        EXPECT_EQ(back.intermediateSize, config.intermediateSize);
        EXPECT_EQ(back.layers, config.layers);
        EXPECT_EQ(back.heads, config.heads);
        EXPECT_EQ(back.keyValueHeads, config.keyValueHeads);
        EXPECT_EQ(back.headDim, config.headDim);
        EXPECT_EQ(back.vocabularySize, config.vocabularySize);
        EXPECT_EQ(back.maxPositions, config.maxPositions);
        EXPECT_EQ(back.ropeTheta, config.ropeTheta);
        EXPECT_EQ(back.rmsNormEpsilon, config.rmsNormEpsilon);
        EXPECT_EQ(back.ropeScaling.has_value(), config.ropeScaling.has_value());
        EXPECT_EQ(back.tiedEmbeddings, config.tiedEmbeddings);
        EXPECT_EQ(back.bosIds, config.bosIds);
        EXPECT_EQ(back.eosIds, config.eosIds);
        EXPECT_EQ(back.storedType, config.storedType);
        EXPECT_EQ(back.GetParameterCount(), config.GetParameterCount());
    }
}

TEST(ModelConfig, TiedOutputIsCountedOnce)
{
    auto document = MakeLlama();
    document["tie_word_embeddings"] = true;
    EXPECT_EQ(Parse(document).GetParameterCount(), 8030261248 - 128256L * 4096);
    EXPECT_EQ(GetExpectedTensors(Parse(document)).back().name, "model.norm.weight");
}

TEST(ModelConfig, RefusesWithFileAndField)
{
    const auto refused = [](const char* key, const json& value, const char* word) {
        auto document = MakeLlama();
        document[key] = value;
        ExpectError<std::runtime_error>([&] { Parse(document); }, {"config.json: ", key, word});
    };
    refused("hidden_size", 0, "got 0");
    refused("hidden_size", "4096", "got \"4096\"");
    refused("hidden_size", 4096.5, "4096.5");
    refused("hidden_size", 18446744073709551615ULL, "18446744073709551615");
    refused("num_hidden_layers", -1, "-1");
    refused("num_key_value_heads", 5, "divisor");
    refused("head_dim", 127, "even");
    refused("vocab_size", nullptr, "got null");
    refused("rms_norm_eps", 0, "got 0");
    refused("rope_theta", -1, "-1");
    refused("hidden_act", "gelu", "gelu");
    refused("attention_bias", true, "true");
    refused("mlp_bias", true, "true");
    refused("mlp_bias", 1, "true or false");
    refused("quantization_config", {{"bits", 4}}, "quantised");
    refused("rope_theta", nullptr, "got null");
    refused("original_max_position_embeddings", "x", "an integer");
    refused("architectures", json::array({"GPT2LMHeadModel"}), "GPT2LMHeadModel");
    refused("architectures", json::array(), "one class");
    refused("rope_scaling", {{"rope_type", "yarn"}, {"factor", 4.0}}, "yarn");
    refused("rope_scaling", {{"rope_type", "llama3"}}, "factor");
    refused("rope_scaling", "x", "an object");
    refused("bos_token_id", 128256, "128256");
    refused("eos_token_id", "x", "a token id");
    refused("partial_rotary_factor", 0.5, "expected 1");

    auto document = MakeLlama();
    document.erase("hidden_size");
    ExpectError<std::runtime_error>([&] { Parse(document); },
                                    {"config.json: /hidden_size: missing"});
    ExpectError<std::runtime_error>([] { ParseModelConfig("", "c"); }, {"c: "});
    ExpectError<std::runtime_error>([] { ParseModelConfig("[]", "c"); }, {"c: ", "an array"});
    ExpectError<std::runtime_error>([] { ParseModelConfig(std::string(99999, '['), "c"); },
                                    {"c: ", "too deep"});
    ExpectError<std::runtime_error>([] { ParseModelConfig("{\"a\":1e999}", "c"); }, {"c: "});
    ExpectError<std::runtime_error>([] { ReadModelConfig("/nowhere"); }, {"/nowhere", "no such"});
}

// As transformers' configuration classes take it: a missing key is the class's default, null is
// none.
TEST(ModelConfig, TakesDefaultsOfTheFamily)
{
    const auto refused = [](const json& document, const std::string& word) {
        ExpectError<std::runtime_error>([&] { Parse(document); },
                                        {"config.json: /sliding_window", word});
    };
    json mistral = MakeMistral();
    EXPECT_NO_THROW(Parse(mistral));
    mistral.erase("sliding_window");
    refused(mistral, "4096");
    mistral["max_position_embeddings"] = 4096;
    EXPECT_NO_THROW(Parse(mistral)) << "a window that no context leaves";
    mistral["sliding_window"] = 4095;
    mistral["use_sliding_window"] = false; // not a key of this family
    refused(mistral, "4095");

    json qwen = MakeQwen();
    qwen["sliding_window"] = 4096;
    EXPECT_NO_THROW(Parse(qwen));
    qwen.erase("use_sliding_window");
    EXPECT_NO_THROW(Parse(qwen)) << "none unless the file says that it is used";
    qwen["use_sliding_window"] = true;
    qwen.erase("max_window_layers"); // 28 of the 36 layers have none then
    refused(qwen, "4096");
    qwen.erase("sliding_window");
    refused(qwen, "4096");
    // Layers below max_window_layers have none, nor those that layer_types calls full.
    qwen["max_window_layers"] = 36;
    EXPECT_NO_THROW(Parse(qwen));
    qwen["max_window_layers"] = 35;
    refused(qwen, "4096");
    qwen["layer_types"] = std::vector<std::string>(36, "full_attention");
    EXPECT_NO_THROW(Parse(qwen));
    qwen["layer_types"][7] = "sliding_attention";
    refused(qwen, "4096");
    qwen["layer_types"][7] = "linear_attention";
    ExpectError<std::runtime_error>([&] { Parse(qwen); },
                                    {"config.json: /layer_types", "linear_attention"});

    json llama = MakeLlama();
    llama["sliding_window"] = 4096;
    EXPECT_NO_THROW(Parse(llama)) << "not a key of this family";

    const auto countHeads = [](json document) {
        document["num_key_value_heads"] = nullptr;
        EXPECT_EQ(Parse(document).keyValueHeads, Parse(document).heads);
        document.erase("num_key_value_heads");
        return Parse(document).keyValueHeads;
    };
    EXPECT_EQ(countHeads(MakeMistral()), 8);
    json wide = MakeQwen();
    wide["num_attention_heads"] = 64;
    EXPECT_EQ(countHeads(wide), 32);
    EXPECT_EQ(countHeads(MakeLlama()), 32);

    for (json document : {MakeLlama(), MakeQwen(), MakeMistral()})
    {
        document.erase("rms_norm_eps");
        document.erase("rope_theta");
        EXPECT_EQ(Parse(document).rmsNormEpsilon, 1e-6);
        EXPECT_EQ(Parse(document).ropeTheta, 1e4);
    }
}

TEST(ModelConfig, RefusesRotationThatIsNotOfWholeHeads)
{
    json llama = MakeLlama();
    llama.erase("rope_scaling");
    llama["rope_parameters"] = {{"rope_type", "default"}, {"rope_theta", 1e4}};
    EXPECT_NO_THROW(Parse(llama));
    llama["rope_parameters"]["partial_rotary_factor"] = 0.5;
    ExpectError<std::runtime_error>([&] { Parse(llama); },
                                    {"/rope_parameters/partial_rotary_factor", "expected 1"});
}

TEST(ModelConfig, WritesNothingThatItWouldNotRead)
{
    const TemporaryFolder folder;
    auto config = Parse(MakeLlama());
    config.headDim = 0;
    ExpectError<std::runtime_error>([&] { WriteModelConfig(config, folder / "config.json"); },
                                    {"config.json", "head_dim"});
    EXPECT_FALSE(std::filesystem::exists(folder / "config.json"));
}

} // namespace
