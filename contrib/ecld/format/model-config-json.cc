/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/format-error.h"
#include "base/json-document.h"
#include "base/output-file.h"
#include "input-file.h"
#include "model-config.h"
#include "python-json.h"
#include "rope-json.h"
#include "stop-tokens.h"

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

/// `max_window_layers` where a file of Qwen3 has no such key: layers below it have no window.
constexpr int64_t DEFAULT_WINDOW_LAYERS = 28;

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
ReadArchitecture(const base::JsonObject& object)
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
                "got '" + base::ShowInput(name) +
                    "', expected LlamaForCausalLM, Qwen3ForCausalLM or MistralForCausalLM");
}

/// Fail where the model has what our transformer lacks. @param object config.json
void
RefuseUnknownFeatures(const base::JsonObject& object)
{
    const auto activation = object.GetText("hidden_act", "silu");
    if (activation != "silu")
    {
        object.Fail("hidden_act", "got '" + base::ShowInput(activation) + "', expected silu");
    }
    for (const auto* key : {"attention_bias", "mlp_bias"})
    {
        if (object.GetBool(key, false))
        {
            object.Fail(key, "got true, expected false");
        }
    }
    const auto* quantization = object.Find("quantization_config");
    if (quantization != nullptr && !quantization->empty())
    {
        object.Fail("quantization_config", "the weights are quantised, expected BF16, F16 or F32");
    }
}

/// @param object config.json of Qwen3 @param layers of the model @return whether a layer has a
/// window as transformers reads it
bool
HasWindowedLayer(const base::JsonObject& object, int64_t layers)
{
    if (object.Find("layer_types") == nullptr)
    {
        return object.GetInteger("max_window_layers", 0, MAX_INTEGER, DEFAULT_WINDOW_LAYERS) <
               layers;
    }
    const auto& types = object.GetArray("layer_types");
    for (const auto& type : types)
    {
        if (type != "full_attention" && type != "sliding_attention")
        {
            object.FailValue("layer_types", type, "full_attention or sliding_attention");
        }
    }
    return std::find(types.begin(), types.end(), "sliding_attention") != types.end();
}

/// @param object config.json @param config architecture and layers @return the window of its
/// attention as transformers reads it, none for the whole context
std::optional<int64_t>
ReadWindow(const base::JsonObject& object, const ModelConfig& config)
{
    // Llama has none, and Qwen3 one where it says so.
    const bool isQwen = config.architecture == Architecture::QWEN3;
    const bool hasWindow = isQwen ? object.GetBool("use_sliding_window", false) &&
                                        HasWindowedLayer(object, config.layers)
                                  : config.architecture == Architecture::MISTRAL;
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
ReadKeyValueHeads(const base::JsonObject& object, const ModelConfig& config)
{
    const bool isMissing = !object.GetValue().contains("num_key_value_heads");
    const int64_t fallback = !isMissing                                     ? config.heads
                             : config.architecture == Architecture::MISTRAL ? 8
                             : config.architecture == Architecture::QWEN3   ? 32
                                                                            : config.heads;
    return object.GetInteger("num_key_value_heads", 0, MAX_INTEGER, fallback);
}

/// Fail where attention does not reach the whole context. @param object config.json @param config
/// architecture, layers and positions
void
RefuseWindow(const base::JsonObject& object, const ModelConfig& config)
{
    const std::optional<int64_t> window = ReadWindow(object, config);
    if (window && *window < config.maxPositions)
    {
        object.Fail("sliding_window",
                    "got " + std::to_string(*window) + ", expected none below the context");
    }
}

/// @param object config.json @return `torch_dtype`, or `dtype` as newer files have it
std::optional<DataType>
ReadStoredType(const base::JsonObject& object)
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
    const auto document = ParsePythonJson(text, file);
    const base::JsonObject object(document, file);
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
    config.bosIds = ReadTokenIds(object, "bos_token_id");
    config.eosIds = ReadTokenIds(object, "eos_token_id");
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
    if (!std::filesystem::is_directory(path, error))
    {
        return ParseModelConfig(ReadPlainText(path), path);
    }
    const auto file = (std::filesystem::path(path) / "config.json").string();
    ModelConfig config = ParseModelConfig(ReadPlainText(file), file);
    AddStopTokens(path, config);
    return config;
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
    base::WriteTextFile(path, FormatModelConfig(config, path));
}

} // namespace ecld
