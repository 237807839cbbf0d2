/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "text-normalizer.h"

#include "unicode-text.h"

#include <algorithm>
#include <tuple>

namespace ecld
{

std::string
ReplaceAll(std::string_view text, const std::string& from, const std::string& to)
{
    std::string result;
    std::size_t done = 0;
    for (auto place = text.find(from); place != std::string_view::npos;
         place = text.find(from, done))
    {
        result.append(text.substr(done, place - done)).append(to);
        done = place + from.size();
    }
    return result.append(text.substr(done));
}

void
TextNormalizer::AddNfc()
{
    m_steps.push_back({Kind::NFC, "", ""});
}

void
TextNormalizer::AddPrefix(const std::string& text)
{
    m_steps.push_back({Kind::PREFIX, "", text});
}

void
TextNormalizer::AddReplacement(const std::string& from, const std::string& to)
{
    m_steps.push_back({Kind::REPLACEMENT, from, to});
}

std::string
TextNormalizer::Apply(std::string_view text) const
{
    std::string result(text);
    for (const auto& step : m_steps)
    {
        switch (step.kind)
        {
        case Kind::NFC:
            result = NormalizeNfc(result);
            break;
        case Kind::PREFIX:
            result = result.empty() ? result : step.to + result;
            break;
        case Kind::REPLACEMENT:
            result = ReplaceAll(result, step.from, step.to);
            break;
        }
    }
    return result;
}

bool
TextNormalizer::operator==(const TextNormalizer& other) const
{
    return std::equal(m_steps.begin(),
                      m_steps.end(),
                      other.m_steps.begin(),
                      other.m_steps.end(),
                      [](const Step& a, const Step& b) {
                          return std::tie(a.kind, a.from, a.to) == std::tie(b.kind, b.from, b.to);
                      });
}

} // namespace ecld
