/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "rope-json.h"

#include "base/format-error.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <tuple>

namespace ecld
{

namespace
{

// CheckModelConfig knows the ranges.
constexpr double MAX_NUMBER = std::numeric_limits<double>::max();
constexpr int64_t MAX_INTEGER = std::numeric_limits<int32_t>::max();

constexpr const char* FULL_ATTENTION = "full_attention"; //!< layers that see the whole context

/// Base and scaling.
struct Rope
{
    std::optional<double> theta;        ///< none: the object has no base
    std::optional<RopeScaling> scaling; ///< none: not scaled
};

/// @param object an object @return its base, none where it has no such key
std::optional<double>
ReadTheta(const base::JsonObject& object)
{
    if (!object.GetValue().contains("rope_theta"))
    {
        return std::nullopt;
    }
    return object.GetNumber("rope_theta", -MAX_NUMBER, MAX_NUMBER); // null is no number
}

/// @param object config.json @param rope the parameters @return the scaling, if any
std::optional<RopeScaling>
ReadScaling(const base::JsonObject& object, const base::JsonObject& rope)
{
    // Files before transformers 4.43 call the field "type".
    const auto type = rope.GetText("rope_type", rope.GetText("type", "default"));
    if (type == "default")
    {
        return std::nullopt;
    }
    if (type != "llama3")
    {
        rope.Fail("rope_type", "got '" + base::ShowInput(type) + "', expected default or llama3");
    }
    const std::string positions = "original_max_position_embeddings";
    RopeScaling scaling;
    scaling.factor = rope.GetNumber("factor", -MAX_NUMBER, MAX_NUMBER);
    scaling.lowFrequencyFactor = rope.GetNumber("low_freq_factor", -MAX_NUMBER, MAX_NUMBER);
    scaling.highFrequencyFactor = rope.GetNumber("high_freq_factor", -MAX_NUMBER, MAX_NUMBER);
    // As transformers ranks them: beside the parameters, within them, the context itself.
    const base::JsonObject& place =
        object.Find(positions) != nullptr || rope.Find(positions) == nullptr ? object : rope;
    scaling.originalMaxPositions =
        place.Find(positions) != nullptr
            ? place.GetInteger(positions, 0, MAX_INTEGER)
            : object.GetInteger("max_position_embeddings", 0, MAX_INTEGER);
    return scaling;
}

/// @param object config.json, or its parameters
void
RefusePartialRotation(const base::JsonObject& object)
{
    if (object.GetNumber("partial_rotary_factor", 0, 1, 1) != 1)
    {
        object.Fail("partial_rotary_factor", "expected 1");
    }
}

/// @param object config.json @param rope the parameters of all layers or of a type
Rope
ReadParameters(const base::JsonObject& object, const base::JsonObject& rope)
{
    RefusePartialRotation(rope);
    return {ReadTheta(rope), ReadScaling(object, rope)};
}

/// @param a base and scaling @param b others @return whether they rotate alike
bool
IsSame(const Rope& a, const Rope& b)
{
    const auto rank = [](const RopeScaling& scaling) {
        return std::tie(scaling.factor,
                        scaling.lowFrequencyFactor,
                        scaling.highFrequencyFactor,
                        scaling.originalMaxPositions);
    };
    const bool isScaledAlike = a.scaling.has_value() == b.scaling.has_value() &&
                               (!a.scaling || rank(*a.scaling) == rank(*b.scaling));
    return a.theta == b.theta && isScaledAlike;
}

/// @param object config.json @return the types of its layers
std::set<std::string>
ReadLayerTypes(const base::JsonObject& object)
{
    if (object.Find("layer_types") == nullptr)
    {
        return {FULL_ATTENTION};
    }
    std::set<std::string> types;
    for (const auto& type : object.GetArray("layer_types"))
    {
        if (!type.is_string())
        {
            object.FailValue("layer_types", type, "texts");
        }
        types.insert(type.get<std::string>());
    }
    return types.empty() ? std::set<std::string>{FULL_ATTENTION} : types;
}

/// @param object config.json @param rope parameters by layer type @return those of all layers
Rope
ReadNested(const base::JsonObject& object, const base::JsonObject& rope)
{
    const auto types = ReadLayerTypes(object);
    const Rope first = ReadParameters(object, rope.GetObject(*types.begin()));
    for (const auto& type : types)
    {
        if (!IsSame(first, ReadParameters(object, rope.GetObject(type))))
        {
            rope.Fail(type,
                      "differs from " + *types.begin() + ", expected the same for all layers");
        }
    }
    return first;
}

/// @param object config.json @param key `rope_scaling` or `rope_parameters` @return what it says
Rope
ReadForm(const base::JsonObject& object, const std::string& key)
{
    const base::JsonObject rope = object.GetObject(key);
    const auto& fields = rope.GetValue();
    const auto isObject = [](const nlohmann::json& field) { return field.is_object(); };
    if (std::none_of(fields.begin(), fields.end(), isObject))
    {
        return ReadParameters(object, rope);
    }
    for (const auto& [name, value] : fields.items())
    {
        if (!value.is_object())
        {
            rope.FailValue(name, value, "parameters for all layers, or by layer type, not both");
        }
    }
    return ReadNested(object, rope);
}

/// @param object config.json @param key a field @return whether it has fields of its own
bool
SaysSomething(const base::JsonObject& object, const std::string& key)
{
    return object.Find(key) != nullptr && !object.GetObject(key).GetValue().empty();
}

} // namespace

void
ReadRope(const base::JsonObject& object, ModelConfig& config)
{
    RefusePartialRotation(object);
    const bool hasScaling = SaysSomething(object, "rope_scaling");
    const bool hasParameters = SaysSomething(object, "rope_parameters");
    Rope rope;
    if (hasScaling || hasParameters)
    {
        rope = ReadForm(object, hasScaling ? "rope_scaling" : "rope_parameters");
    }
    config.ropeScaling = rope.scaling;
    const std::optional<double> theta = rope.theta ? rope.theta : ReadTheta(object);
    if (!theta && hasScaling && hasParameters && ReadForm(object, "rope_parameters").theta)
    {
        object.Fail("rope_parameters",
                    "rope_scaling, which transformers takes in its place, has no rope_theta");
    }
    config.ropeTheta = theta.value_or(config.ropeTheta);
    config.hasDefaultTheta = !theta;
}

} // namespace ecld
