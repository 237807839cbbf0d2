/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-serving.h"

#include "llm-profile.h"
#include "llm-serving-reader.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmServing");

namespace
{

/// @param object the object `link` of a law @return what it says
LlmTensorParallelLink
ReadLink(const LlmJsonObject& object)
{
    object.RequireKnownKeys({"allReduces", "latencyUs", "bytesPerToken", "bytesPerS"});
    LlmTensorParallelLink link;
    link.allReduces = static_cast<uint32_t>(
        object.GetInteger("allReduces", {1, 1000000, "an integer from 1 to 1000000"}));
    link.latencyUs = object.GetNumber("latencyUs", LLM_JSON_NOT_NEGATIVE);
    link.bytesPerToken = object.GetNumber("bytesPerToken", LLM_JSON_NOT_NEGATIVE);
    link.bytesPerS = object.GetNumber("bytesPerS", LLM_JSON_POSITIVE);
    return link;
}

/// @param object the object `law` @return what it says
LlmStepTimeLaw
ReadLaw(const LlmJsonObject& object)
{
    object.RequireKnownKeys({"weightsUs",
                             "activationUsPerToken",
                             "gemmUsPerToken",
                             "sequenceUs",
                             "prefillAttentionUsPerPair",
                             "decodeKvUsPerToken",
                             "multiQueryKvUsPerToken",
                             "tileTokens",
                             "link"});
    LlmStepTimeLaw law;
    law.weightsUs = object.GetNumber("weightsUs", LLM_JSON_POSITIVE);
    law.activationUsPerToken = object.GetNumber("activationUsPerToken", LLM_JSON_NOT_NEGATIVE);
    law.gemmUsPerToken = object.GetNumber("gemmUsPerToken", LLM_JSON_NOT_NEGATIVE);
    law.sequenceUs = object.GetNumber("sequenceUs", LLM_JSON_NOT_NEGATIVE);
    law.prefillAttentionUsPerPair =
        object.GetNumber("prefillAttentionUsPerPair", LLM_JSON_NOT_NEGATIVE);
    law.decodeKvUsPerToken = object.GetNumber("decodeKvUsPerToken", LLM_JSON_NOT_NEGATIVE);
    law.multiQueryKvUsPerToken = object.GetNumber("multiQueryKvUsPerToken", LLM_JSON_NOT_NEGATIVE);
    law.tileTokens = static_cast<uint32_t>(
        object.GetInteger("tileTokens", {1, 65536, "an integer from 1 to 65536"}));
    if (const auto link = object.GetOptionalObject("link"))
    {
        law.link = ReadLink(*link);
    }
    return law;
}

} // namespace

LlmServing
ReadLlmServingObject(const LlmJsonObject& object)
{
    const LlmJsonRange bytes{1, 9007199254740991, "an integer from 1 to 2^53 - 1"};
    object.RequireKnownKeys({"device",
                             "law",
                             "gpus",
                             "memoryBytes",
                             "weightBytes",
                             "kvBytesPerToken",
                             "flopsPerToken",
                             "attentionFlopsPerPair",
                             "source"});
    LlmServing serving;
    serving.device = object.GetText("device");
    serving.law = ReadLaw(object.GetObject("law"));
    if (object.Has("gpus"))
    {
        const LlmJsonRange gpus{1, 64, "an integer from 1 to 64"};
        serving.gpus = static_cast<uint32_t>(object.GetInteger("gpus", gpus));
    }
    serving.memoryBytes = object.GetInteger("memoryBytes", bytes);
    serving.weightBytes = object.GetInteger("weightBytes", bytes);
    serving.kvBytesPerToken = object.GetNumber("kvBytesPerToken", LLM_JSON_POSITIVE);
    serving.flopsPerToken = object.GetNumber("flopsPerToken", LLM_JSON_POSITIVE);
    serving.attentionFlopsPerPair =
        object.GetNumber("attentionFlopsPerPair", LLM_JSON_NOT_NEGATIVE);
    serving.source = object.GetText("source");
    return serving;
}

LlmServing
ReadLlmServing(const std::string& path)
{
    NS_LOG_FUNCTION(path);
    return GuardLlmJson(path, [&] { return ParseLlmServing(ReadLlmJsonFile(path), path); });
}

LlmServing
ParseLlmServing(const std::string& text, const std::string& name)
{
    NS_LOG_FUNCTION(name);
    return GuardLlmJson(name, [&] {
        const auto document = ParseLlmJson(text, name);
        const LlmJsonObject root(document, name);
        // First, so that a file of a later version is called that and not a file of unknown keys.
        root.GetVersion(1);
        // Every profile has these two keys, and no file of data/serving has.
        if (root.Has("method") || root.Has("sizeBytes"))
        {
            const LlmProfile profile = ParseLlmProfile(text, name);
            if (!profile.serving)
            {
                root.Fail("serving", "missing, expected an object, which a profile may leave out");
            }
            return *profile.serving;
        }
        root.RequireKnownKeys({"version", "name", "baseModel", "serving"});
        root.GetText("name");
        root.GetText("baseModel");
        return ReadLlmServingObject(root.GetObject("serving"));
    });
}

} // namespace llmmec
} // namespace ns3
