/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "hallucination.h"

#include "answer-match.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <sstream>

namespace ecld
{

namespace
{

std::vector<std::string>
SplitWords(const std::string& text)
{
    std::vector<std::string> words;
    std::istringstream stream(NormalizeAnswer(text));
    for (std::string word; stream >> word;)
    {
        words.push_back(word);
    }
    return words;
}

/// @param value a name or a code @return whether it is a code, such as IT, that a word could be
bool
IsCode(const std::string& value)
{
    return std::none_of(value.begin(), value.end(), [](unsigned char c) {
        return std::islower(c) || c >= 128;
    });
}

/// @param sentence as generated @param values as known @return whether it names one of them
bool
NamesAny(const std::string& sentence, const std::vector<std::string>& values)
{
    const std::string plain = NormalizeAnswer(sentence);
    return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
        const std::string part = NormalizeAnswer(value);
        return !part.empty() && ContainsWords(plain, part) &&
               (!IsCode(value) || sentence.find(value) != std::string::npos);
    });
}

} // namespace

std::vector<std::string>
SplitSentences(const std::string& text)
{
    std::vector<std::string> sentences;
    std::string sentence;
    const auto finish = [&] {
        if (!NormalizeAnswer(sentence).empty())
        {
            sentences.push_back(sentence);
        }
        sentence.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        sentence += text[i];
        const bool isBeforeSpace =
            i + 1 == text.size() || std::isspace(static_cast<unsigned char>(text[i + 1]));
        const bool isEnd = text[i] == '.' || text[i] == '!' || text[i] == '?';
        if (text[i] == '\n' || (isEnd && isBeforeSpace))
        {
            finish();
        }
    }
    finish();
    return sentences;
}

FactCheck
CheckFacts(const std::string& text, const KnownFacts& facts)
{
    FactCheck check;
    for (const std::string& sentence : SplitSentences(text))
    {
        const bool isContradicted = NamesAny(sentence, facts.others);
        ++check.sentences;
        check.contradicted += isContradicted;
        check.consistent += !isContradicted && NamesAny(sentence, facts.accepted);
    }
    check.sentences = std::max(check.sentences, 1);
    return check;
}

double
ScoreSelfCheckUnigram(const std::string& passage, const std::vector<std::string>& samples)
{
    std::map<std::string, double> counts;
    double total = 0;
    const auto add = [&](const std::string& text) {
        for (const std::string& word : SplitWords(text))
        {
            counts[word] += 1;
            total += 1;
        }
    };
    add(passage);
    std::for_each(samples.begin(), samples.end(), add);
    double sum = 0;
    int sentences = 0;
    for (const std::string& sentence : SplitSentences(passage))
    {
        const auto words = SplitWords(sentence);
        double score = 0;
        for (const std::string& word : words)
        {
            score += std::log(total / counts[word]) / static_cast<double>(words.size());
        }
        sum += score;
        ++sentences;
    }
    return sentences > 0 ? sum / sentences : 0;
}

} // namespace ecld
