/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "pair-document.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ecld
{

namespace
{

using nlohmann::ordered_json;

/// Acceptance is rounded to parts of this.
constexpr double ACCEPTANCE_PARTS = 1e6;

ordered_json
WriteModel(const PairModel& model)
{
    ordered_json document;
    document["name"] = model.name;
    if (!model.baseModel.empty())
    {
        document["baseModel"] = model.baseModel;
    }
    return document;
}

ordered_json
WriteQuery(const PairQuery& query)
{
    ordered_json document;
    document["promptTokens"] = query.promptTokens;
    document["target"] = query.target;
    document["draft"] = query.draft;
    for (const double share : query.acceptance)
    {
        const double inRange = std::clamp(share, 0.0, 1.0);
        document["acceptance"].push_back(std::round(inRange * ACCEPTANCE_PARTS) / ACCEPTANCE_PARTS);
    }
    return document;
}

PairModel
ParseModel(const nlohmann::json& document)
{
    return {document.at("name").get<std::string>(), document.value("baseModel", "")};
}

} // namespace

std::string
WritePairDocument(const PairDocument& pair)
{
    ordered_json head;
    head["version"] = 1;
    head["name"] = pair.name;
    head["draft"] = WriteModel(pair.draft);
    head["target"] = WriteModel(pair.target);
    head["vocabularySize"] = pair.vocabularySize;
    if (pair.temperature > 0)
    {
        head["temperature"] = pair.temperature;
    }
    head["source"] = pair.source;
    std::string text = head.dump(2);
    text.resize(text.rfind('\n')); // without the brace that closes it
    text += ",\n  \"queries\": [";
    const char* separator = "\n    ";
    for (const PairQuery& query : pair.queries)
    {
        text += separator + WriteQuery(query).dump();
        separator = ",\n    ";
    }
    return text + "\n  ]\n}\n";
}

PairDocument
ParsePairDocument(const std::string& text, const std::string& file)
{
    try
    {
        const auto document = nlohmann::json::parse(text);
        PairDocument pair;
        pair.name = document.at("name").get<std::string>();
        pair.draft = ParseModel(document.at("draft"));
        pair.target = ParseModel(document.at("target"));
        pair.vocabularySize = document.at("vocabularySize").get<int64_t>();
        pair.temperature = document.value("temperature", 0.0);
        pair.source = document.at("source").get<std::string>();
        for (const auto& entry : document.at("queries"))
        {
            PairQuery query;
            query.promptTokens = entry.at("promptTokens").get<int64_t>();
            query.target = entry.at("target").get<std::vector<int32_t>>();
            query.draft = entry.at("draft").get<std::vector<int32_t>>();
            query.acceptance = entry.value("acceptance", std::vector<double>());
            pair.queries.push_back(query);
        }
        return pair;
    }
    catch (const nlohmann::json::exception&)
    {
        throw std::runtime_error(file + ": expected the transcript of a pair of models");
    }
}

std::vector<double>
GetAccepted(const PairQuery& query)
{
    std::vector<double> accepted;
    for (std::size_t i = 0; i < std::min(query.target.size(), query.draft.size()); ++i)
    {
        accepted.push_back(query.draft[i] == query.target[i] ? 1 : 0);
    }
    return accepted;
}

} // namespace ecld
