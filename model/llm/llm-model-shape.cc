/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-model-shape.h"

#include "llm-json-reader.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmModelShape");

double
LlmModelShape::GetLayerWeights() const
{
    // Products of the sizes that a file may have do not fit into 64 bits.
    const double hidden = hiddenSize;
    const double queries = static_cast<double>(attentionHeads) * headSize;
    const double keysAndValues = 2.0 * keyValueHeads * headSize;
    const double attention = hidden * (queries + keysAndValues) + queries * hidden;
    const double feedForward = (gatedFeedForward ? 3 : 2) * hidden * intermediateSize;
    return layers * (attention + feedForward);
}

double
LlmModelShape::GetHeadWeights() const
{
    return static_cast<double>(hiddenSize) * vocabularySize;
}

double
LlmModelShape::GetKvValuesPerToken() const
{
    return 2.0 * layers * keyValueHeads * headSize;
}

LlmModelShape
ReadLlmModelShape(const std::string& path)
{
    NS_LOG_FUNCTION(path);
    return GuardLlmJson(path, [&] { return ParseLlmModelShape(ReadLlmJsonFile(path), path); });
}

LlmModelShape
ParseLlmModelShape(const std::string& text, const std::string& name)
{
    NS_LOG_FUNCTION(name);
    return GuardLlmJson(name, [&] {
        const auto document = ParseLlmJson(text, name);
        const LlmJsonObject root(document, name);
        LlmModelShape shape;
        // First, so that a file of a later version is called that and not a file of unknown keys.
        shape.version = root.GetVersion(1);
        root.RequireKnownKeys({"version",
                               "name",
                               "layers",
                               "hiddenSize",
                               "intermediateSize",
                               "gatedFeedForward",
                               "attentionHeads",
                               "keyValueHeads",
                               "headSize",
                               "vocabularySize",
                               "source"});
        const auto getSize = [&root](const std::string& key, uint32_t most) {
            const std::string expected = "an integer from 1 to " + std::to_string(most);
            const LlmJsonRange range{1, static_cast<double>(most), expected.c_str()};
            return static_cast<uint32_t>(root.GetInteger(key, range));
        };
        shape.name = root.GetText("name");
        shape.layers = getSize("layers", 10000);
        shape.hiddenSize = getSize("hiddenSize", 1000000);
        shape.intermediateSize = getSize("intermediateSize", 1000000);
        shape.gatedFeedForward = root.GetFlag("gatedFeedForward", true);
        shape.attentionHeads = getSize("attentionHeads", 10000);
        shape.keyValueHeads = getSize("keyValueHeads", 10000);
        if (shape.keyValueHeads > shape.attentionHeads)
        {
            root.Fail("keyValueHeads",
                      "got " + std::to_string(shape.keyValueHeads) +
                          ", expected at most /attentionHeads, " +
                          std::to_string(shape.attentionHeads));
        }
        shape.headSize = getSize("headSize", 100000);
        shape.vocabularySize = getSize("vocabularySize", 10000000);
        shape.source = root.GetText("source");
        return shape;
    });
}

} // namespace llmmec
} // namespace ns3
