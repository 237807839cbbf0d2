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
#include <set>
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

/// @param value a name or a code @return whether it has upper-case and lower-case letters
bool
HasBothCases(const std::string& value)
{
    const auto isUpper = [](unsigned char c) { return std::isupper(c) != 0; };
    const auto isLower = [](unsigned char c) { return std::islower(c) != 0; };
    return std::any_of(value.begin(), value.end(), isUpper) &&
           std::any_of(value.begin(), value.end(), isLower);
}

/// @param text any @param at a place, maybe its end @return whether a word goes on there
bool
IsInWord(const std::string& text, std::size_t at)
{
    const auto byte = at < text.size() ? static_cast<unsigned char>(text[at]) : ' ';
    return std::isalnum(byte) || byte >= 128;
}

/// @param text any @param part not empty @return whether text has part as words, as it is written
bool
ContainsExactWords(const std::string& text, const std::string& part)
{
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    {
        const bool beginsWord = at == 0 || !IsInWord(text, at - 1);
        if (beginsWord && !IsInWord(text, at + part.size()))
        {
            return true;
        }
    }
    return false;
}

/// @param text a sentence up to a "." @return whether it ends with an initial or a title, after
/// which a sentence goes on
bool
EndsInAbbreviation(const std::string& text)
{
    static const std::set<std::string> titles{"Dr", "Jr", "Mr", "Mrs", "Ms", "Mt", "Sr", "St"};
    const std::size_t begin = text.find_last_of(" \t\n") + 1; // 0 where there is none
    const std::string word = text.substr(begin, text.size() - 1 - begin);
    // The last of J.R.R. is one letter after a "."
    const bool isInitial = !word.empty() && std::isalpha(static_cast<unsigned char>(word.back())) &&
                           (word.size() == 1 || word[word.size() - 2] == '.');
    return isInitial || titles.count(word) > 0;
}

} // namespace

ValueFinder::ValueFinder(const std::string& text)
    : m_text(text),
      m_plain(NormalizeAnswer(text))
{
}

bool
ValueFinder::Names(const std::string& value) const
{
    if (!HasBothCases(value))
    {
        return !value.empty() && ContainsExactWords(m_text, value);
    }
    const std::string part = NormalizeAnswer(value);
    return !part.empty() && ContainsWords(m_plain, part);
}

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
        const bool isEnd =
            text[i] == '!' || text[i] == '?' || (text[i] == '.' && !EndsInAbbreviation(sentence));
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
        const ValueFinder finder(sentence);
        const auto names = [&](const std::string& value) { return finder.Names(value); };
        const bool isContradicted = std::any_of(facts.others.begin(), facts.others.end(), names);
        ++check.sentences;
        check.contradicted += isContradicted;
        check.consistent +=
            !isContradicted && std::any_of(facts.accepted.begin(), facts.accepted.end(), names);
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
