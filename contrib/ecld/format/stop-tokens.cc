/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "stop-tokens.h"

#include "input-file.h"
#include "python-json.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;
using nlohmann::json;

/// @param object a document with token ids @param key their field @param config its vocabulary
/// @return the ids, of the vocabulary
std::vector<int64_t>
ReadKnownIds(const base::JsonObject& object, const std::string& key, const ModelConfig& config)
{
    const auto ids = ReadTokenIds(object, key);
    for (const int64_t id : ids)
    {
        if (id >= config.vocabularySize)
        {
            object.Fail(key,
                        "got " + std::to_string(id) + ", expected an id below the vocabulary's " +
                            std::to_string(config.vocabularySize));
        }
    }
    return ids;
}

/// @param token of tokenizer_config.json, a text or an object with one @return the text, empty
/// where there is none
std::string
GetContent(const json* token)
{
    if (token != nullptr && token->is_object() && token->contains("content"))
    {
        return GetContent(&token->at("content"));
    }
    return token != nullptr && token->is_string() ? token->get<std::string>() : "";
}

/// @param object tokenizer_config.json @return id of its eos_token as text, empty where it says
/// none
std::string
FindEosId(const base::JsonObject& object)
{
    const std::string eos = GetContent(object.Find("eos_token"));
    const json* const tokens = object.Find("added_tokens_decoder");
    if (eos.empty() || tokens == nullptr || !tokens->is_object())
    {
        return "";
    }
    for (const auto& [id, token] : tokens->items())
    {
        if (GetContent(&token) == eos)
        {
            return id;
        }
    }
    return "";
}

} // namespace

std::vector<int64_t>
ReadTokenIds(const base::JsonObject& object, const std::string& key)
{
    const auto* value = object.Find(key);
    if (value == nullptr)
    {
        return {};
    }
    constexpr uint64_t MAX_ID = std::numeric_limits<int32_t>::max();
    std::vector<int64_t> ids;
    for (const auto& entry : value->is_array() ? *value : json::array({*value}))
    {
        if (!entry.is_number_unsigned() || entry.get<uint64_t>() > MAX_ID)
        {
            object.FailValue(key, entry, "a token id");
        }
        ids.push_back(entry.get<int64_t>());
    }
    return ids;
}

void
AddStopTokens(const std::string& folder, ModelConfig& config)
{
    auto& ids = config.eosIds;
    const auto generation = (fs::path(folder) / "generation_config.json").string();
    if (fs::exists(generation))
    {
        const auto document = ParsePythonJson(ReadPlainText(generation), generation);
        for (const int64_t id : ReadKnownIds({document, generation}, "eos_token_id", config))
        {
            if (std::find(ids.begin(), ids.end(), id) == ids.end())
            {
                ids.push_back(id);
            }
        }
    }
    const auto tokenizer = (fs::path(folder) / "tokenizer_config.json").string();
    if (fs::exists(tokenizer))
    {
        const auto document = ParsePythonJson(ReadPlainText(tokenizer), tokenizer);
        const std::string eos = FindEosId({document, tokenizer});
        const auto isEos = [&eos](int64_t id) { return std::to_string(id) == eos; };
        const auto found = std::find_if(ids.begin(), ids.end(), isEos);
        if (found != ids.end())
        {
            std::rotate(ids.begin(), found, found + 1);
        }
    }
}

} // namespace ecld
