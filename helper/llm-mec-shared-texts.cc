/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-shared-texts.h"

#include "ns3/log.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecSharedTexts");

void
LlmMecSharedTexts::Add(uint64_t id,
                       uint32_t mlu,
                       std::optional<uint64_t> prefixOf,
                       uint32_t prefixTokens)
{
    NS_LOG_FUNCTION(this << id << mlu << prefixTokens);
    if (prefixOf && m_texts.count(*prefixOf) == 0)
    {
        throw std::invalid_argument("request " + std::to_string(id) +
                                    ", prefixOf: " + std::to_string(*prefixOf) +
                                    ", expected the number of an earlier request");
    }
    Text& text = m_texts[id];
    text.mlu = mlu;
    text.prefixOf = prefixOf;
    text.prefixTokens = prefixOf ? prefixTokens : 0;
}

void
LlmMecSharedTexts::NoteAtServer(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const auto found = m_texts.find(id);
    if (found == m_texts.end())
    {
        return;
    }
    Text* text = &found->second;
    text->isAtServer = true;
    uint32_t tokens = text->prefixTokens;
    while (text->prefixOf)
    {
        text = &m_texts.at(*text->prefixOf);
        // Where another stands in for as much, it does so for the texts before, too.
        if (text->isAtServer || text->standInTokens >= tokens)
        {
            return;
        }
        text->standIn = id;
        text->standInTokens = tokens;
        tokens = std::min(tokens, text->prefixTokens);
    }
}

std::optional<TextPrefix>
LlmMecSharedTexts::FindKnown(uint64_t id) const
{
    const Text* text = &m_texts.at(id);
    if (!text->prefixOf)
    {
        return std::nullopt;
    }
    uint32_t tokens = text->prefixTokens;
    TextPrefix known{m_texts.at(*text->prefixOf).mlu, *text->prefixOf, tokens};
    uint32_t mostTokens = 0;
    while (text->prefixOf && tokens > mostTokens)
    {
        const uint64_t earlier = *text->prefixOf;
        text = &m_texts.at(earlier);
        if (text->isAtServer)
        {
            return TextPrefix{text->mlu, earlier, tokens};
        }
        const uint32_t standInTokens = std::min(tokens, text->standInTokens);
        if (standInTokens > mostTokens)
        {
            mostTokens = standInTokens;
            known = {m_texts.at(text->standIn).mlu, text->standIn, standInTokens};
        }
        tokens = std::min(tokens, text->prefixTokens);
    }
    return known;
}

} // namespace llmmec
} // namespace ns3
