/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "format-error.h"
#include "input-file.h"
#include "json-document.h"
#include "model-config.h"
#include "output-file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <system_error>

namespace ecld
{

namespace
{

using nlohmann::json;
using nlohmann::ordered_json;

// CheckModelConfig knows the ranges.
constexpr int64_t MAX_INTEGER = std::numeric_limits<int32_t>::max(); //!< largest that we read
constexpr double MAX_NUMBER = std::numeric_limits<double>::max();    //!< largest that we read

/// `sliding_window` where a file of Mistral or Qwen3 has no such key.
constexpr int64_t DEFAULT_WINDOW = 4096;

/// Names of a family.
struct ArchitectureRow
{
    Architecture architecture; //!< the family
    const char* className;     //!< in `architectures`
    const char* modelType;     //!< in `model_type`
};

constexpr std::array<ArchitectureRow, 3> ARCHITECTURES{
    {{Architecture::LLAMA, "LlamaForCausalLM", "llama"},
     {Architecture::QWEN3, "Qwen3ForCausalLM", "qwen3"},
     {Architecture::MISTRAL, "MistralForCausalLM", "mistral"}}};

/// @param architecture a family @return its names
const ArchitectureRow&
GetRow(Architecture architecture)
{
    return ARCHITECTURES.at(static_cast<std::size_t>(architecture));
}

/// @param object config.json @return the family
Architecture
ReadArchitecture(const JsonObject& object)
{
    const auto* classes = object.Find("architectures");
    const bool hasClass = classes != nullptr && classes->is_array() && classes->size() == 1 &&
                          classes->front().is_string();
    if (classes != nullptr && !hasClass)
    {
        object.FailValue("architectures", *classes, "an array of one class");
    }
    const auto key = hasClass ? "architectures" : "model_type";
    const auto name = hasClass ? classes->front().get<std::string>() : object.GetText(key);
    for (const auto& row : ARCHITECTURES)
    {
        if (name == (hasClass ? row.className : row.modelType))
        {
            return row.architecture;
        }
    }
    object.Fail(key,
                "got '" + ShowInput(name) +
                    "', expected LlamaForCausalLM, Qwen3ForCausalLM or MistralForCausalLM");
}

/// @param object config.json @param key a field with no id, an id or several @return the ids
std::vector<int64_t>
ReadIds(const JsonObject& object, const std::string& key)
{
    const auto* value = object.Find(key);
    if (value == nullptr)
    {
        return {};
    }
    std::vector<int64_t> ids;
    for (const auto& entry : value->is_array() ? *value : json::array({*value}))
    {
        if (!entry.is_number_unsigned() ||
            entry.get<uint64_t>() > static_cast<uint64_t>(MAX_INTEGER))
        {
            object.FailValue(key, entry, "a token id");
        }
        ids.push_back(entry.get<int64_t>());
    }
    return ids;
}

/// @param rope `rope_scaling` or `rope_parameters` @return the scaling, if any
std::optional<RopeScaling>
ReadRopeScaling(const JsonObject& rope)
{
    // Files before transformers 4.43 call the field "type".
    const auto type = rope.GetText("rope_type", rope.GetText("type", "default"));
    if (type == "default")
    {
        return std::nullopt;
    }
    if (type != "llama3")
    {
        rope.Fail("rope_type", "got '" + ShowInput(type) + "', expected default or llama3");
    }
    RopeScaling scaling;
    scaling.factor = rope.GetNumber("factor", -MAX_NUMBER, MAX_NUMBER);
    scaling.lowFrequencyFactor = rope.GetNumber("low_freq_factor", -MAX_NUMBER, MAX_NUMBER);
    scaling.highFrequencyFactor = rope.GetNumber("high_freq_factor", -MAX_NUMBER, MAX_NUMBER);
    scaling.originalMaxPositions =
        rope.GetInteger("original_max_position_embeddings", 0, MAX_INTEGER);
    return scaling;
}

/// @param object config.json @param config where base and scaling go
void
ReadRope(const JsonObject& object, ModelConfig& config)
{
    config.ropeTheta = object.GetNumber("rope_theta", -MAX_NUMBER, MAX_NUMBER, config.ropeTheta);
    if (object.Find("rope_scaling") != nullptr)
    {
        config.ropeScaling = ReadRopeScaling(object.GetObject("rope_scaling"));
    }
    // Since version 5, transformers writes base and scaling together.
    if (object.Find("rope_parameters") != nullptr)
    {
        const auto rope = object.GetObject("rope_parameters");
        for (const auto& [key, value] : rope.GetValue().items())
        {
            if (value.is_object())
            {
                rope.FailValue(key, value, "the same parameters for all layers");
            }
        }
        config.ropeTheta = rope.GetNumber("rope_theta", -MAX_NUMBER, MAX_NUMBER, config.ropeTheta);
        config.ropeScaling = ReadRopeScaling(rope);
    }
}

/// @param object config.json, or its rope_parameters
void
RefusePartialRotation(const JsonObject& object)
{
    if (object.GetNumber("partial_rotary_factor", 0, 1, 1) != 1)
    {
        object.Fail("partial_rotary_factor", "expected 1");
    }
}

/// Fail where the model has what our transformer lacks. @param object config.json
void
RefuseUnknownFeatures(const JsonObject& object)
{
    const auto activation = object.GetText("hidden_act", "silu");
    if (activation != "silu")
    {
        object.Fail("hidden_act", "got '" + ShowInput(activation) + "', expected silu");
    }
    for (const auto* key : {"attention_bias", "mlp_bias"})
    {
        if (object.GetBool(key, false))
        {
            object.Fail(key, "got true, expected false");
        }
    }
    RefusePartialRotation(object);
    if (object.Find("rope_parameters") != nullptr)
    {
        RefusePartialRotation(object.GetObject("rope_parameters"));
    }
    if (object.Find("quantization_config") != nullptr)
    {
        object.Fail("quantization_config", "the weights are quantised, expected BF16, F16 or F32");
    }
}

/// @param object config.json @param architecture its family @return the window of its attention as
/// transformers reads it, none for the whole context
std::optional<int64_t>
ReadWindow(const JsonObject& object, Architecture architecture)
{
    // Llama has none, and Qwen3 one where it says so.
    const bool hasWindow =
        architecture == Architecture::MISTRAL ||
        (architecture == Architecture::QWEN3 && object.GetBool("use_sliding_window", false));
    const bool isNull =
        object.Find("sliding_window") == nullptr && object.GetValue().contains("sliding_window");
    if (!hasWindow || isNull)
    {
        return std::nullopt;
    }
    return object.GetInteger("sliding_window", 0, MAX_INTEGER, DEFAULT_WINDOW);
}

/// @param object config.json @param config architecture and heads @return key/value heads as
/// transformers reads them
int64_t
ReadKeyValueHeads(const JsonObject& object, const ModelConfig& config)
{
    const bool isMissing = !object.GetValue().contains("num_key_value_heads");
    const int64_t fallback = !isMissing                                     ? config.heads
                             : config.architecture == Architecture::MISTRAL ? 8
                             : config.architecture == Architecture::QWEN3   ? 32
                                                                            : config.heads;
    return object.GetInteger("num_key_value_heads", 0, MAX_INTEGER, fallback);
}

/// Fail where attention does not reach the whole context. @param object config.json @param config
/// architecture and positions
void
RefuseWindow(const JsonObject& object, const ModelConfig& config)
{
    const std::optional<int64_t> window = ReadWindow(object, config.architecture);
    if (window && *window < config.maxPositions)
    {
        object.Fail("sliding_window",
                    "got " + std::to_string(*window) + ", expected none below the context");
    }
}

/// @param object config.json @return `torch_dtype`, or `dtype` as newer files have it
std::optional<DataType>
ReadStoredType(const JsonObject& object)
{
    const std::string key = object.Find("torch_dtype") != nullptr ? "torch_dtype" : "dtype";
    const auto name = object.GetText(key, "");
    return name == "bfloat16"  ? std::optional(DataType::BF16)
           : name == "float16" ? std::optional(DataType::F16)
           : name == "float32" ? std::optional(DataType::F32)
                               : std::nullopt;
}

/// @param type BF16, F16 or F32 @return torch's name
const char*
GetTorchName(DataType type)
{
    return type == DataType::BF16 ? "bfloat16" : type == DataType::F16 ? "float16" : "float32";
}

/// @param ids none, one or several @return null, a number or an array, as transformers writes them
ordered_json
MakeIds(const std::vector<int64_t>& ids)
{
    return ids.empty()       ? ordered_json()
           : ids.size() == 1 ? ordered_json(ids[0])
                             : ordered_json(ids);
}

/// @param scaling none or llama3's @return `rope_scaling`
ordered_json
MakeRopeScaling(const std::optional<RopeScaling>& scaling)
{
    if (!scaling)
    {
        return nullptr;
    }
    return {{"factor", scaling->factor},
            {"high_freq_factor", scaling->highFrequencyFactor},
            {"low_freq_factor", scaling->lowFrequencyFactor},
            {"original_max_position_embeddings", scaling->originalMaxPositions},
            {"rope_type", "llama3"}};
}

} // namespace

const char*
GetName(Architecture architecture)
{
    return GetRow(architecture).className;
}

ModelConfig
ParseModelConfig(const std::string& text, const std::string& file)
{
    const auto document = ParseJson(text, file);
    const JsonObject object(document, file);
    ModelConfig config;
    config.architecture = ReadArchitecture(object);
    config.hiddenSize = object.GetInteger("hidden_size", 0, MAX_INTEGER);
    config.intermediateSize = object.GetInteger("intermediate_size", 0, MAX_INTEGER);
    config.layers = object.GetInteger("num_hidden_layers", 0, MAX_INTEGER);
    config.heads = object.GetInteger("num_attention_heads", 0, MAX_INTEGER);
    config.keyValueHeads = ReadKeyValueHeads(object, config);
    config.vocabularySize = object.GetInteger("vocab_size", 0, MAX_INTEGER);
    config.maxPositions = object.GetInteger("max_position_embeddings", 0, MAX_INTEGER);
    // transformers' own defaults: Qwen3 fixes 128, the others divide.
    const int64_t headDim = config.architecture == Architecture::QWEN3
                                ? 128
                                : config.hiddenSize / std::max<int64_t>(config.heads, 1);
    config.headDim = object.GetInteger("head_dim", 0, MAX_INTEGER, headDim);
    config.rmsNormEpsilon = object.GetNumber("rms_norm_eps", -MAX_NUMBER, MAX_NUMBER, 1e-6);
    config.tiedEmbeddings = object.GetBool("tie_word_embeddings", false);
    config.bosIds = ReadIds(object, "bos_token_id");
    config.eosIds = ReadIds(object, "eos_token_id");
    config.storedType = ReadStoredType(object);
    ReadRope(object, config);
    RefuseUnknownFeatures(object);
    RefuseWindow(object, config);
    CheckModelConfig(config, file);
    return config;
}

ModelConfig
ReadModelConfig(const std::string& path)
{
    std::error_code error;
    const auto file = std::filesystem::is_directory(path, error)
                          ? (std::filesystem::path(path) / "config.json").string()
                          : path;
    return ParseModelConfig(ReadTextFile(file), file);
}

std::string
FormatModelConfig(const ModelConfig& config, const std::string& file)
{
    CheckModelConfig(config, file);
    const auto& row = GetRow(config.architecture);
    ordered_json object;
    object["architectures"] = {row.className};
    object["attention_bias"] = false;
    object["attention_dropout"] = 0.0;
    object["bos_token_id"] = MakeIds(config.bosIds);
    object["eos_token_id"] = MakeIds(config.eosIds);
    object["head_dim"] = config.headDim;
    object["hidden_act"] = "silu";
    object["hidden_size"] = config.hiddenSize;
    object["initializer_range"] = 0.02;
    object["intermediate_size"] = config.intermediateSize;
    object["max_position_embeddings"] = config.maxPositions;
    object["model_type"] = row.modelType;
    object["num_attention_heads"] = config.heads;
    object["num_hidden_layers"] = config.layers;
    object["num_key_value_heads"] = config.keyValueHeads;
    object["rms_norm_eps"] = config.rmsNormEpsilon;
    object["rope_scaling"] = MakeRopeScaling(config.ropeScaling);
    object["rope_theta"] = config.ropeTheta;
    object["sliding_window"] = nullptr; // Mistral's default would be 4096
    object["tie_word_embeddings"] = config.tiedEmbeddings;
    if (config.storedType)
    {
        object["torch_dtype"] = GetTorchName(*config.storedType);
    }
    object["use_cache"] = true;
    object["vocab_size"] = config.vocabularySize;
    return object.dump(2) + "\n";
}

void
WriteModelConfig(const ModelConfig& config, const std::string& path)
{
    WriteTextFile(path, FormatModelConfig(config, path));
}

} // namespace ecld
