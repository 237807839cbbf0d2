/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tokenizer-trainer.h"

#include "base/format-error.h"
#include "byte-alphabet.h"
#include "split-pattern.h"
#include "unicode-text.h"

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <queue>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace ecld
{

namespace
{

using nlohmann::json;

using Pair = std::pair<int32_t, int32_t>; //!< neighbouring tokens

/// A word of the texts.
struct Word
{
    std::vector<int32_t> tokens; //!< what it is made of so far
    int64_t count;               //!< how often it is there
};

/// A pair and how often it was there when it was put down.
struct Candidate
{
    int64_t count; //!< how often
    Pair pair;     //!< the pair
};

/// Puts the most frequent, and of those the pair of smallest ids, on top of std::priority_queue.
struct IsLater
{
    /// @param a a pair @param b another @return whether a goes after b
    bool operator()(const Candidate& a, const Candidate& b) const
    {
        return a.count != b.count ? a.count < b.count : a.pair > b.pair;
    }
};

/// Counts pairs and merges them. Tokens 0 to 255 are the bytes in the alphabet's order.
class Counter
{
  public:
    /// @param words the words @param minimumCount pairs that are rarer stay apart
    Counter(std::vector<Word> words, int64_t minimumCount)
        : m_words(std::move(words)),
          m_minimumCount(minimumCount)
    {
        for (std::size_t i = 0; i < m_words.size(); ++i)
        {
            Count(i, 1);
        }
        for (const auto& [pair, count] : m_counts)
        {
            m_candidates.push({count, pair});
        }
    }

    /// @return the pair to merge next, none where no pair is frequent enough
    const Pair* FindBest()
    {
        while (!m_candidates.empty())
        {
            const auto top = m_candidates.top();
            const auto it = m_counts.find(top.pair);
            const int64_t count = it == m_counts.end() ? 0 : it->second;
            if (count == top.count)
            {
                return count >= m_minimumCount ? &m_candidates.top().pair : nullptr;
            }
            m_candidates.pop(); // it has changed since, and Merge has put it down anew
        }
        return nullptr;
    }

    /// @param pair a pair @param merged the token that it becomes
    void Merge(Pair pair, int32_t merged)
    {
        const auto places = std::move(m_places[pair]);
        m_places.erase(pair);
        m_changed.clear();
        for (const auto i : places)
        {
            Count(i, -1);
            auto& tokens = m_words[i].tokens;
            std::size_t kept = 0;
            for (std::size_t k = 0; k < tokens.size(); ++kept)
            {
                const bool isPair = k + 1 < tokens.size() && tokens[k] == pair.first &&
                                    tokens[k + 1] == pair.second;
                tokens[kept] = isPair ? merged : tokens[k];
                k += isPair ? 2 : 1;
            }
            tokens.resize(kept);
            Count(i, 1);
        }
        for (const auto& changed : m_changed)
        {
            const auto it = m_counts.find(changed);
            if (it != m_counts.end())
            {
                m_candidates.push({it->second, changed});
            }
        }
    }

  private:
    /// Count a word's pairs, or take them away. @param index the word @param sign 1 or -1
    void Count(std::size_t index, int64_t sign)
    {
        const auto& word = m_words[index];
        for (std::size_t k = 0; k + 1 < word.tokens.size(); ++k)
        {
            const Pair pair{word.tokens[k], word.tokens[k + 1]};
            const auto it = m_counts.emplace(pair, 0).first;
            it->second += sign * word.count;
            if (it->second == 0)
            {
                m_counts.erase(it);
            }
            m_changed.insert(pair);
            if (sign > 0)
            {
                m_places[pair].insert(index);
            }
        }
    }

    std::vector<Word> m_words;                      //!< the words
    int64_t m_minimumCount;                         //!< pairs that are rarer stay apart
    std::map<Pair, int64_t> m_counts;               //!< how often each pair is there
    std::map<Pair, std::set<std::size_t>> m_places; //!< words that have, or had, the pair
    std::set<Pair> m_changed;                       //!< pairs whose count has changed
    std::priority_queue<Candidate, std::vector<Candidate>, IsLater> m_candidates; //!< best on top
};

/// @return byte to token: the bytes in the order of their characters
std::map<std::string, int32_t>
MakeByteIds()
{
    std::map<std::string, int32_t> ids; // UTF-8 sorts as its characters do
    for (int byte = 0; byte < 256; ++byte)
    {
        ids[GetByteCharacter(static_cast<unsigned char>(byte))] = 0;
    }
    int32_t next = 0;
    for (auto& item : ids)
    {
        item.second = next++;
    }
    return ids;
}

/// @param texts UTF-8 @param settings the family @return words, each once, in order
std::vector<Word>
CountWords(const std::vector<std::string>& texts, const TokenizerTrainerSettings& settings)
{
    const SplitPattern pattern(GetSplitPattern(settings.kind));
    std::map<std::string, int64_t> counts;
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < texts.size(); ++i)
    {
        if (const auto offset = FindInvalidUtf8(texts[i]))
        {
            base::ThrowFormatError("text " + std::to_string(i),
                                   "",
                                   "byte " + std::to_string(*offset) + " is no UTF-8");
        }
        const auto text =
            settings.kind == PreTokenizerKind::QWEN2 ? NormalizeNfc(texts[i]) : texts[i];
        pieces.clear();
        pattern.Split(text, true, pieces);
        for (const auto& piece : pieces)
        {
            ++counts[std::string(piece)];
        }
    }
    const auto byteIds = MakeByteIds();
    std::vector<Word> words;
    for (const auto& [text, count] : counts)
    {
        Word word{{}, count};
        for (const char byte : text)
        {
            word.tokens.push_back(byteIds.at(GetByteCharacter(static_cast<unsigned char>(byte))));
        }
        words.push_back(std::move(word));
    }
    return words;
}

/// @param settings what the tokenizer is like
void
CheckSettings(const TokenizerTrainerSettings& settings)
{
    const auto special = static_cast<int64_t>(settings.specialTokens.size());
    const auto require = [](bool isGood, const std::string& problem) {
        if (!isGood)
        {
            throw std::invalid_argument("tokenizer trainer: " + problem);
        }
    };
    require(settings.vocabularySize >= 256 + special && settings.vocabularySize <= 1 << 22,
            "vocabularySize " + std::to_string(settings.vocabularySize) + ", expected " +
                std::to_string(256 + special) + " to " + std::to_string(1 << 22));
    require(settings.minimumCount >= 1,
            "minimumCount " + std::to_string(settings.minimumCount) + ", expected 1 or more");
    require(settings.kind != PreTokenizerKind::OTHER, "kind OTHER, expected a family");
    std::set<std::string> seen;
    for (const auto& token : settings.specialTokens)
    {
        require(!token.empty() && !FindInvalidUtf8(token) && seen.insert(token).second,
                "specialTokens '" + base::ShowInput(token) +
                    "', expected different texts in UTF-8");
    }
    require(settings.beginToken.empty() || seen.count(settings.beginToken) != 0,
            "beginToken '" + base::ShowInput(settings.beginToken) + "', expected a special token");
}

/// @param useRegex whether it cuts words too, GPT-2's way @return a ByteLevel
json
MakeByteLevel(bool useRegex)
{
    return {{"type", "ByteLevel"},
            {"add_prefix_space", false},
            {"trim_offsets", true},
            {"use_regex", useRegex}};
}

/// @param kind the family @return its pre-tokeniser
json
MakePreTokenizer(PreTokenizerKind kind)
{
    if (kind == PreTokenizerKind::GPT2)
    {
        return MakeByteLevel(true);
    }
    const json split{{"type", "Split"},
                     {"pattern", {{"Regex", GetSplitPattern(kind)}}},
                     {"behavior", "Isolated"},
                     {"invert", false}};
    return {{"type", "Sequence"}, {"pretokenizers", json::array({split, MakeByteLevel(false)})}};
}

/// @param beginToken token before a text, empty: none @param id its id @return the post-processor
json
MakePostProcessor(const std::string& beginToken, int64_t id)
{
    if (beginToken.empty())
    {
        return MakeByteLevel(false);
    }
    const auto sequence = [](const char* name, int type) {
        return json{{"Sequence", {{"id", name}, {"type_id", type}}}};
    };
    const json begin{{"SpecialToken", {{"id", beginToken}, {"type_id", 0}}}};
    const json special{
        {beginToken,
         {{"id", beginToken}, {"ids", json::array({id})}, {"tokens", json::array({beginToken})}}}};
    const json processing{{"type", "TemplateProcessing"},
                          {"single", json::array({begin, sequence("A", 0)})},
                          {"pair", json::array({begin, sequence("A", 0), sequence("B", 1)})},
                          {"special_tokens", special}};
    return {{"type", "Sequence"}, {"processors", json::array({MakeByteLevel(false), processing})}};
}

} // namespace

std::string
GetSplitPattern(PreTokenizerKind kind)
{
    // As the published files have them.
    static const std::string contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    static const std::string rest = R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
    switch (kind)
    {
    case PreTokenizerKind::LLAMA3:
        return contractions + R"(|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)" +
               rest;
    case PreTokenizerKind::QWEN2:
        return contractions + R"(|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)" + rest;
    case PreTokenizerKind::TEKKEN:
        return R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)"
               R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)"
               R"(|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*)" +
               rest;
    case PreTokenizerKind::GPT2:
        return R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
    case PreTokenizerKind::SMOLLM:
    case PreTokenizerKind::SENTENCE_PIECE:
    case PreTokenizerKind::OTHER:
        break;
    }
    throw std::invalid_argument("split pattern: expected a family with one");
}

std::string
TrainTokenizer(const std::vector<std::string>& texts, const TokenizerTrainerSettings& settings)
{
    CheckSettings(settings);
    std::vector<std::string> tokens(256);
    for (const auto& [character, id] : MakeByteIds())
    {
        tokens[static_cast<std::size_t>(id)] = character;
    }
    json vocabulary = json::object();
    for (std::size_t i = 0; i < tokens.size(); ++i)
    {
        vocabulary[tokens[i]] = i;
    }
    const std::size_t ordinary =
        static_cast<std::size_t>(settings.vocabularySize) - settings.specialTokens.size();
    Counter counter(CountWords(texts, settings), settings.minimumCount);
    json merges = json::array();
    while (tokens.size() < ordinary)
    {
        const auto* best = counter.FindBest();
        if (best == nullptr)
        {
            break;
        }
        const Pair pair = *best;
        const auto left = tokens[static_cast<std::size_t>(pair.first)];
        const auto right = tokens[static_cast<std::size_t>(pair.second)];
        // Two pairs may give the same token, such as a+bc and ab+c: one token, two merges.
        const auto [entry, isNew] = vocabulary.emplace(left + right, tokens.size());
        const auto merged = entry->get<int32_t>();
        if (isNew)
        {
            tokens.push_back(left + right);
        }
        merges.push_back(settings.mergesAsPairs ? json::array({left, right})
                                                : json(left + " " + right));
        counter.Merge(pair, merged);
    }
    json added = json::array();
    int64_t beginId = 0;
    for (std::size_t i = 0; i < settings.specialTokens.size(); ++i)
    {
        const auto& content = settings.specialTokens[i];
        if (vocabulary.contains(content))
        {
            throw std::invalid_argument("tokenizer trainer: specialTokens '" +
                                        base::ShowInput(content) +
                                        "', which is an ordinary token of the texts too");
        }
        const auto id = static_cast<int64_t>(tokens.size() + i);
        beginId = content == settings.beginToken ? id : beginId;
        added.push_back({{"id", id},
                         {"content", content},
                         {"single_word", false},
                         {"lstrip", false},
                         {"rstrip", false},
                         {"normalized", false},
                         {"special", true}});
    }
    const bool isQwen = settings.kind == PreTokenizerKind::QWEN2;
    const json document{{"version", "1.0"},
                        {"truncation", nullptr},
                        {"padding", nullptr},
                        {"added_tokens", added},
                        {"normalizer", isQwen ? json{{"type", "NFC"}} : json()},
                        {"pre_tokenizer", MakePreTokenizer(settings.kind)},
                        {"post_processor", MakePostProcessor(settings.beginToken, beginId)},
                        {"decoder", MakeByteLevel(true)},
                        {"model",
                         {{"type", "BPE"},
                          {"dropout", nullptr},
                          {"unk_token", nullptr},
                          {"continuing_subword_prefix", nullptr},
                          {"end_of_word_suffix", nullptr},
                          {"fuse_unk", false},
                          {"byte_fallback", false},
                          {"ignore_merges", settings.ignoreMerges},
                          {"vocab", vocabulary},
                          {"merges", merges}}}};
    return document.dump() + "\n";
}

} // namespace ecld
