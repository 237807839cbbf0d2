/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-pair.h"

#include "llm-json-reader.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmPair");

namespace
{

constexpr std::size_t MAX_QUERIES = 100000; //!< of a pair

/// Keys, objects and arrays of a query: itself, four keys and three lists.
constexpr std::size_t PARTS_PER_QUERY = 8;

/// How much is read: 200 values a query where all are there.
const base::JsonLimits LIMITS{std::size_t{256} << 20,
                              16,
                              20000000,
                              1000 + PARTS_PER_QUERY* MAX_QUERIES};

/// Sizes of vocabularies and prompts
const LlmJsonRange COUNT{1, 10000000, "an integer from 1 to 10000000"};

/// @param object draft or target of a pair @return what it says
LlmPairModel
ReadModel(const LlmJsonObject& object)
{
    object.RequireKnownKeys({"name", "baseModel"});
    LlmPairModel model;
    model.name = object.GetText("name");
    if (object.Has("baseModel"))
    {
        model.baseModel = object.GetText("baseModel");
    }
    return model;
}

/**
 * Fail unless a list of a query has an entry for each token of the target.
 * @param object the query
 * @param key the list
 * @param size entries that it has
 * @param targetSize entries that target has
 */
void
RequireSize(const LlmJsonObject& object,
            const std::string& key,
            std::size_t size,
            std::size_t targetSize)
{
    if (size != targetSize)
    {
        object.Fail(key,
                    "got " + std::to_string(size) + " entries, expected as many as target has, " +
                        std::to_string(targetSize));
    }
}

/// @param object one of the queries @param pair all that stands before them @return what it says
LlmPairQuery
ReadQuery(const LlmJsonObject& object, const LlmPair& pair)
{
    object.RequireKnownKeys({"promptTokens", "target", "draft", "acceptance"});
    const std::string expected = "a token of the vocabulary, an integer from 0 to " +
                                 std::to_string(pair.vocabularySize - 1);
    const LlmJsonRange token{0, static_cast<double>(pair.vocabularySize - 1), expected.c_str()};
    LlmPairQuery query;
    query.promptTokens = static_cast<uint32_t>(object.GetInteger("promptTokens", COUNT));
    query.target = object.GetIntegers("target", token);
    if (query.target.empty())
    {
        object.Fail("target", "got no entries, expected at least one token");
    }
    query.draft = object.GetIntegers("draft", token);
    RequireSize(object, "draft", query.draft.size(), query.target.size());
    if (pair.temperature)
    {
        query.acceptance = object.GetNumbers("acceptance", LLM_JSON_SHARE);
        RequireSize(object, "acceptance", query.acceptance.size(), query.target.size());
    }
    else if (object.Has("acceptance"))
    {
        object.Fail("acceptance", "given without /temperature, expected both or neither");
    }
    return query;
}

} // namespace

LlmPair
ReadLlmPair(const std::string& path)
{
    NS_LOG_FUNCTION(path);
    return GuardLlmJson(path, [&] { return ParseLlmPair(ReadLlmJsonFile(path, LIMITS), path); });
}

LlmPair
ParseLlmPair(const std::string& text, const std::string& name)
{
    NS_LOG_FUNCTION(name);
    return GuardLlmJson(name, [&] {
        const auto document = ParseLlmJson(text, name, LIMITS);
        const LlmJsonObject root(document, name);
        LlmPair pair;
        // First, so that a file of a later version is called that and not a file of unknown keys.
        pair.version = root.GetVersion(1);
        root.RequireKnownKeys({"version",
                               "name",
                               "draft",
                               "target",
                               "vocabularySize",
                               "temperature",
                               "source",
                               "queries"});
        pair.name = root.GetText("name");
        pair.draft = ReadModel(root.GetObject("draft"));
        pair.target = ReadModel(root.GetObject("target"));
        pair.vocabularySize = static_cast<uint32_t>(root.GetInteger("vocabularySize", COUNT));
        pair.temperature = root.GetOptionalNumber("temperature", LLM_JSON_POSITIVE);
        pair.source = root.GetText("source");
        const auto& queries = root.GetArray("queries");
        if (queries.empty() || queries.size() > MAX_QUERIES)
        {
            root.Fail("queries",
                      "got " + std::to_string(queries.size()) + " entries, expected 1 to " +
                          std::to_string(MAX_QUERIES));
        }
        pair.queries.reserve(queries.size());
        for (const auto& query : queries)
        {
            const auto pointer = "/queries/" + std::to_string(pair.queries.size());
            pair.queries.push_back(ReadQuery(LlmJsonObject(query, name, pointer), pair));
        }
        return pair;
    });
}

} // namespace llmmec
} // namespace ns3
