/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "model-config.h"

#include "format-error.h"
#include "json-document.h"
#include "output-file.h"

#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <system_error>

namespace ecld
{

namespace
{

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int64_t MAX_WIDTH = 1 << 20;        //!< largest width that we take
constexpr int64_t MAX_INTERMEDIATE = 1 << 22; //!< widest feed-forward network
constexpr int64_t MAX_LAYERS = 4096;          //!< most layers
constexpr int64_t MAX_HEADS = 4096;           //!< most heads, and widest head
constexpr int64_t MAX_VOCABULARY = 1 << 24;   //!< largest vocabulary
constexpr int64_t MAX_POSITIONS = 1 << 30;    //!< longest context
constexpr double MAX_NUMBER = 1e30;           //!< largest rope base or factor
constexpr double MIN_EPSILON = 1e-30;         //!< least epsilon: a norm must not divide by zero

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
            entry.get<uint64_t>() >= static_cast<uint64_t>(MAX_VOCABULARY))
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
    scaling.factor = rope.GetNumber("factor", 1, MAX_NUMBER);
    scaling.lowFrequencyFactor = rope.GetNumber("low_freq_factor", MIN_EPSILON, MAX_NUMBER);
    scaling.highFrequencyFactor = rope.GetNumber("high_freq_factor", MIN_EPSILON, MAX_NUMBER);
    scaling.originalMaxPositions =
        rope.GetInteger("original_max_position_embeddings", 1, MAX_POSITIONS);
    return scaling;
}

/// @param object config.json @param config where base and scaling go
void
ReadRope(const JsonObject& object, ModelConfig& config)
{
    config.ropeTheta = object.GetNumber("rope_theta", 1, MAX_NUMBER, config.ropeTheta);
    if (object.Find("rope_scaling") != nullptr)
    {
        config.ropeScaling = ReadRopeScaling(object.GetObject("rope_scaling"));
    }
    // Since version 5, transformers writes base and scaling together.
    if (object.Find("rope_parameters") != nullptr)
    {
        const auto rope = object.GetObject("rope_parameters");
        config.ropeTheta = rope.GetNumber("rope_theta", 1, MAX_NUMBER, config.ropeTheta);
        config.ropeScaling = ReadRopeScaling(rope);
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
    if (object.GetNumber("partial_rotary_factor", 0, 1, 1) != 1)
    {
        object.Fail("partial_rotary_factor", "expected 1");
    }
    if (object.Find("quantization_config") != nullptr)
    {
        object.Fail("quantization_config", "the weights are quantised, expected BF16, F16 or F32");
    }
    // A window that no context reaches changes nothing.
    if (object.GetBool("use_sliding_window", true) && object.Find("sliding_window") != nullptr)
    {
        const auto window = object.GetInteger("sliding_window", 1, MAX_POSITIONS);
        if (window < object.GetInteger("max_position_embeddings", 1, MAX_POSITIONS))
        {
            object.Fail("sliding_window",
                        "got " + std::to_string(window) + ", expected none below the context");
        }
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
            ThrowFormatError(file, field, problem);
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
            "expected a number from 1");
    require(config.rmsNormEpsilon >= MIN_EPSILON && config.rmsNormEpsilon <= 1,
            "rms_norm_eps",
            "expected a number above 0, at most 1");
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

ModelConfig
ParseModelConfig(const std::string& text, const std::string& file)
{
    const auto document = ParseJson(text, file);
    const JsonObject object(document, file);
    ModelConfig config;
    config.architecture = ReadArchitecture(object);
    config.hiddenSize = object.GetInteger("hidden_size", 1, MAX_WIDTH);
    config.intermediateSize = object.GetInteger("intermediate_size", 1, MAX_INTERMEDIATE);
    config.layers = object.GetInteger("num_hidden_layers", 1, MAX_LAYERS);
    config.heads = object.GetInteger("num_attention_heads", 1, MAX_HEADS);
    config.keyValueHeads = object.GetInteger("num_key_value_heads", 1, MAX_HEADS, config.heads);
    config.vocabularySize = object.GetInteger("vocab_size", 1, MAX_VOCABULARY);
    config.maxPositions = object.GetInteger("max_position_embeddings", 1, MAX_POSITIONS);
    // transformers' own defaults: Qwen3 fixes 128, the others divide.
    const int64_t headDim =
        config.architecture == Architecture::QWEN3 ? 128 : config.hiddenSize / config.heads;
    config.headDim = object.GetInteger("head_dim", 1, MAX_HEADS, headDim);
    config.rmsNormEpsilon = object.GetNumber("rms_norm_eps", MIN_EPSILON, 1, 1e-6);
    config.tiedEmbeddings = object.GetBool("tie_word_embeddings", false);
    config.bosIds = ReadIds(object, "bos_token_id");
    config.eosIds = ReadIds(object, "eos_token_id");
    config.storedType = ReadStoredType(object);
    ReadRope(object, config);
    RefuseUnknownFeatures(object);
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
