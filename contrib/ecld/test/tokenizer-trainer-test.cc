/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "expect-error.h"
#include "format/byte-alphabet.h"
#include "format/tokenizer-trainer.h"
#include "format/tokenizer.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace
{

using namespace ecld;
using nlohmann::json;

using Ids = std::vector<int32_t>;

/**
 * Train by the definition: count all pairs of all words anew for each merge.
 * @param words words and how often they are there
 * @param merges how many
 * @return merges, as texts
 */
std::vector<std::pair<std::string, std::string>>
TrainPlainly(const std::map<std::string, int>& words, std::size_t merges)
{
    // Tokens as texts; ids only decide ties: bytes by their characters, then by age.
    std::map<std::string, int> ids;
    for (int byte = 0; byte < 256; ++byte)
    {
        ids[GetByteCharacter(static_cast<unsigned char>(byte))] = 0;
    }
    int next = 0;
    for (auto& item : ids)
    {
        item.second = next++;
    }
    std::vector<std::pair<std::vector<std::string>, int>> split;
    for (const auto& [word, count] : words)
    {
        std::vector<std::string> tokens;
        for (const char byte : word)
        {
            tokens.push_back(GetByteCharacter(static_cast<unsigned char>(byte)));
        }
        split.emplace_back(tokens, count);
    }
    std::vector<std::pair<std::string, std::string>> result;
    while (result.size() < merges)
    {
        std::map<std::pair<int, int>, std::pair<int, std::pair<std::string, std::string>>> counts;
        for (const auto& [tokens, count] : split)
        {
            for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
            {
                auto& entry = counts[{ids.at(tokens[i]), ids.at(tokens[i + 1])}];
                entry.first += count;
                entry.second = {tokens[i], tokens[i + 1]};
            }
        }
        const std::pair<int, std::pair<std::string, std::string>>* best = nullptr;
        for (const auto& item : counts)
        {
            best = best == nullptr || item.second.first > best->first ? &item.second : best;
        }
        if (best == nullptr || best->first < 2)
        {
            break;
        }
        const auto pair = best->second;
        result.push_back(pair);
        if (ids.count(pair.first + pair.second) == 0)
        {
            ids[pair.first + pair.second] = next++;
        }
        for (auto& item : split)
        {
            auto& tokens = item.first;
            for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
            {
                if (tokens[i] == pair.first && tokens[i + 1] == pair.second)
                {
                    tokens[i] += pair.second;
                    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1);
                }
            }
        }
    }
    return result;
}

TEST(TokenizerTrainer, CountsAsTheDefinitionHasIt)
{
    const std::vector<std::string> texts{
        "the cat sat on the mat, the cat sat; aaaa aaaaaaa banana bananas an an anna",
        "neither brother nor father gathers feathers; other mothers bother another brother",
        "sing singing ringing ring bring bringing thing things nothing something singer",
        "\u00fcber \u00fcberall \u4e2d\u6587 \u4e2d\u56fd the then there them cathedral"};
    std::map<std::string, int> words;
    for (const auto& text : texts)
    {
        std::string word; // cut before each space, which is what the pattern does to these
        for (const char c : text + " ")
        {
            const bool ends = c == ' ' || c == ',' || c == ';';
            if (ends && !word.empty())
            {
                ++words[word];
                word.clear();
            }
            if (c == ',' || c == ';')
            {
                ++words[std::string(1, c)];
            }
            else
            {
                word += c;
            }
        }
    }
    TokenizerTrainerSettings settings;
    settings.vocabularySize = 400;
    const auto document = json::parse(TrainTokenizer(texts, settings));
    std::vector<std::pair<std::string, std::string>> merges;
    for (const auto& merge : document["model"]["merges"])
    {
        const auto text = merge.get<std::string>();
        merges.emplace_back(text.substr(0, text.find(' ')), text.substr(text.find(' ') + 1));
    }
    EXPECT_GT(merges.size(), 30U);
    EXPECT_EQ(merges, TrainPlainly(words, 142));
}

TEST(TokenizerTrainer, MakesWhatTheTokenizerReads)
{
    std::vector<std::string> texts;
    for (int i = 0; i < 200; ++i)
    {
        texts.push_back("Text number " + std::to_string(i * i) +
                        " of the caf\u00e9, e\u0301t\u00e9: neither mothers nor "
                        "brothers gather feathers, singing bananas bring things.");
    }
    for (const auto kind : {PreTokenizerKind::LLAMA3,
                            PreTokenizerKind::QWEN2,
                            PreTokenizerKind::TEKKEN,
                            PreTokenizerKind::GPT2})
    {
        for (const bool pairs : {false, true})
        {
            TokenizerTrainerSettings settings;
            settings.kind = kind;
            settings.vocabularySize = 300;
            settings.mergesAsPairs = pairs;
            const auto text = TrainTokenizer(texts, settings);
            EXPECT_EQ(text, TrainTokenizer(texts, settings)) << "same texts, same bytes";
            const auto tokenizer = Tokenizer::Parse(text, "trained");
            ASSERT_EQ(tokenizer.GetVocabularySize(), 300);
            EXPECT_EQ(tokenizer.GetPreTokenizerKind(), kind);
            EXPECT_EQ(tokenizer.GetPrefixIds(), Ids{298});
            const std::string sample = "Text of the caf\u00e9 <|end_of_text|> 12 \u4e2d";
            const auto ids = tokenizer.Encode(sample, true);
            EXPECT_EQ(ids.front(), 298);
            EXPECT_LT(ids.size(), sample.size());
            EXPECT_EQ(tokenizer.Decode(ids, false), "<|begin_of_text|>" + sample);
        }
    }
}

TEST(TokenizerTrainer, StopsWhereNothingRepeats)
{
    TokenizerTrainerSettings settings;
    settings.vocabularySize = 1000;
    const auto tokenizer = Tokenizer::Parse(TrainTokenizer({"abcdefg"}, settings), "t");
    EXPECT_EQ(tokenizer.GetVocabularySize(), 258);
    EXPECT_EQ(Tokenizer::Parse(TrainTokenizer({}, settings), "t").GetVocabularySize(), 258);
}

TEST(TokenizerTrainer, RefusesBadSettings)
{
    const auto refused = [](const char* word, const auto& change) {
        TokenizerTrainerSettings settings;
        change(settings);
        ExpectError<std::invalid_argument>([&] { TrainTokenizer({"aa aa <> <>"}, settings); },
                                           {"tokenizer trainer", word});
    };
    refused("vocabularySize", [](auto& s) { s.vocabularySize = 257; });
    refused("minimumCount", [](auto& s) { s.minimumCount = 0; });
    refused("kind", [](auto& s) { s.kind = PreTokenizerKind::OTHER; });
    refused("specialTokens", [](auto& s) { s.specialTokens = {"a", "a"}; });
    refused("specialTokens", [](auto& s) { s.specialTokens = {"<|begin_of_text|>", "\xff"}; });
    refused("'<>'", [](auto& s) { s.specialTokens = {"<|begin_of_text|>", "<>"}; });
    refused("beginToken", [](auto& s) { s.beginToken = "<s>"; });
    TokenizerTrainerSettings settings;
    ExpectError<std::runtime_error>(
        [&] {
            TrainTokenizer({"a", "b\xff"}, settings);
        },
        {"text 1", "byte 1", "UTF-8"});
}

} // namespace
