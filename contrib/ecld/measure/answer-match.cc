/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "answer-match.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace ecld
{

std::string
NormalizeAnswer(const std::string& text)
{
    std::string plain;
    for (const char c : text)
    {
        const auto byte = static_cast<unsigned char>(c);
        // Bytes of other characters stay: only ASCII has case and punctuation here.
        if (byte >= 128)
        {
            plain += c;
        }
        else if (std::isspace(byte))
        {
            plain += ' ';
        }
        else if (!std::ispunct(byte))
        {
            plain += static_cast<char>(std::tolower(byte));
        }
    }
    std::string result;
    std::istringstream words(plain);
    for (std::string word; words >> word;)
    {
        if (word != "a" && word != "an" && word != "the")
        {
            result += (result.empty() ? "" : " ") + word;
        }
    }
    return result;
}

bool
ContainsWords(const std::string& text, const std::string& part)
{
    return (" " + text + " ").find(" " + part + " ") != std::string::npos;
}

AnswerScore
ScoreAnswer(const std::string& prediction, const std::vector<std::string>& accepted)
{
    if (accepted.empty())
    {
        throw std::invalid_argument("answers: expected at least one accepted answer");
    }
    const std::string text = NormalizeAnswer(prediction);
    AnswerScore score;
    for (const std::string& answer : accepted)
    {
        const std::string part = NormalizeAnswer(answer);
        const bool isContained =
            part.empty() ? prediction == answer : text.find(part) != std::string::npos;
        score.hit = score.hit || isContained;
        score.share += isContained ? 1.0 / static_cast<double>(accepted.size()) : 0;
        score.wordHit = score.wordHit || (part.empty() ? isContained : ContainsWords(text, part));
    }
    return score;
}

} // namespace ecld
