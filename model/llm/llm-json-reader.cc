/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-json-reader.h"

#include "base/format-error.h"
#include "base/regular-file.h"

#include "ns3/log.h"

#include <cmath>
#include <limits>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmJsonReader");

// The least double above zero as a closed bound says "above zero" without a second kind of bound.
const LlmJsonRange LLM_JSON_SHARE{0, 1, "a share from 0 to 1"};
const LlmJsonRange LLM_JSON_POSITIVE{std::numeric_limits<double>::denorm_min(),
                                     std::numeric_limits<double>::max(),
                                     "a number above 0"};
const LlmJsonRange LLM_JSON_NOT_NEGATIVE{0, std::numeric_limits<double>::max(), "a number from 0"};

const base::JsonLimits LLM_JSON_LIMITS{std::size_t{64} << 20,
                                       16,
                                       std::size_t{64} << 20, // numbers are small
                                       1000};

using nlohmann::json;

void
ThrowLlmJson(const std::string& file, const std::string& pointer, const std::string& problem)
{
    base::ThrowFormatError(file, pointer, problem);
}

std::string
ReadLlmJsonFile(const std::string& path, const base::JsonLimits& limits)
{
    return base::ReadRegularFile(path, limits.maxBytes);
}

json
ParseLlmJson(const std::string& text, const std::string& file, const base::JsonLimits& limits)
{
    if (text.empty())
    {
        ThrowLlmJson(file, "", "empty, expected a JSON object");
    }
    return base::ParseJson(text, file, limits);
}

LlmJsonObject::LlmJsonObject(const base::JsonObject& object)
    : base::JsonObject(object)
{
}

int
LlmJsonObject::GetVersion(int version) const
{
    const auto expected = std::to_string(version);
    const double number = version;
    GetInteger("version", {number, number, expected.c_str()});
    return version;
}

std::string
LlmJsonObject::GetText(const std::string& key) const
{
    const std::string expected = "a text that is not empty";
    const auto& value = GetRequired(key, expected);
    if (!value.is_string() || value.get_ref<const std::string&>().empty())
    {
        FailValue(key, value, expected);
    }
    return value.get<std::string>();
}

bool
LlmJsonObject::GetFlag(const std::string& key, bool fallback) const
{
    return Has(key) ? GetBool(key) : fallback;
}

std::optional<double>
LlmJsonObject::GetOptionalNumber(const std::string& key, const LlmJsonRange& range) const
{
    return Has(key) ? std::optional(GetNumber(key, range)) : std::nullopt;
}

uint64_t
LlmJsonObject::GetInteger(const std::string& key, const LlmJsonRange& range) const
{
    // Below 2^53 a double holds every integer, so one check serves both notations.
    const double number = GetNumber(key, range);
    if (number != std::floor(number))
    {
        FailValue(key, GetValue().at(key), range.expected);
    }
    return static_cast<uint64_t>(number);
}

std::vector<uint32_t>
LlmJsonObject::GetIntegers(const std::string& key, const LlmJsonRange& range) const
{
    const std::vector<double> numbers = GetNumbers(key, range);
    std::vector<uint32_t> integers;
    integers.reserve(numbers.size());
    for (const double number : numbers)
    {
        if (number != std::floor(number))
        {
            const auto index = integers.size();
            FailValue(key + "/" + std::to_string(index),
                      GetValue().at(key).at(index),
                      range.expected);
        }
        integers.push_back(static_cast<uint32_t>(number));
    }
    return integers;
}

bool
LlmJsonObject::Has(const std::string& key) const
{
    return GetValue().contains(key);
}

LlmJsonObject
LlmJsonObject::GetObject(const std::string& key) const
{
    return LlmJsonObject(base::JsonObject::GetObject(key));
}

std::optional<LlmJsonObject>
LlmJsonObject::GetOptionalObject(const std::string& key) const
{
    return Has(key) ? std::optional(GetObject(key)) : std::nullopt;
}

} // namespace llmmec
} // namespace ns3
