/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "added-token-matcher.h"

#include "unicode-text.h"

#include <algorithm>

namespace ecld
{

void
AddedTokenMatcher::Add(const AddedToken& token, const std::string& content)
{
    if (content.empty())
    {
        return;
    }
    auto& entries = m_entries[static_cast<unsigned char>(content.front())];
    const auto longer = [&content](const Entry& entry) {
        return entry.content.size() < content.size();
    };
    entries.insert(std::find_if(entries.begin(), entries.end(), longer), {content, token});
}

const AddedTokenMatcher::Entry*
AddedTokenMatcher::FindAt(std::string_view text, std::size_t offset) const
{
    for (const auto& entry : m_entries[static_cast<unsigned char>(text[offset])])
    {
        if (text.compare(offset, entry.content.size(), entry.content) == 0)
        {
            return &entry;
        }
    }
    return nullptr;
}

std::vector<AddedTokenMatcher::Part>
AddedTokenMatcher::Split(std::string_view text) const
{
    std::vector<Part> parts;
    std::size_t done = 0;
    std::size_t offset = 0;
    while (offset < text.size())
    {
        const auto* entry = FindAt(text, offset);
        if (entry == nullptr)
        {
            ++offset;
            continue;
        }
        const auto before = text.substr(done, offset - done);
        std::size_t end = offset + entry->content.size();
        if (entry->token.singleWord && (EndsWithWordCharacter(text.substr(0, offset)) ||
                                        BeginsWithWordCharacter(text.substr(end))))
        {
            offset = end;
            continue;
        }
        const auto space = entry->token.stripLeft ? CountTrailingSpace(before) : 0;
        if (before.size() > space)
        {
            parts.push_back({before.substr(0, before.size() - space), -1});
        }
        parts.push_back({text.substr(offset, entry->content.size()), entry->token.id});
        end += entry->token.stripRight ? CountLeadingSpace(text.substr(end)) : 0;
        done = end;
        offset = end;
    }
    if (done < text.size())
    {
        parts.push_back({text.substr(done), -1});
    }
    return parts;
}

} // namespace ecld
