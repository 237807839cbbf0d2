/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "format/byte-alphabet.h"
#include "format/byte-pair-merger.h"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace
{

using namespace ecld;

/// Merges as the definition has it: look at all pairs, merge the best, begin again.
class PlainMerger
{
  public:
    /// @param left a token @param right its neighbour @param merged what they become
    void Add(int32_t left, int32_t right, int32_t merged)
    {
        m_rules[{left, right}] = {m_count++, merged};
    }

    /// @param word the tokens @return what they merge to
    std::vector<int32_t> Merge(std::vector<int32_t> word) const
    {
        while (true)
        {
            int best = std::numeric_limits<int>::max();
            std::size_t place = 0;
            for (std::size_t i = 0; i + 1 < word.size(); ++i)
            {
                const auto it = m_rules.find({word[i], word[i + 1]});
                if (it != m_rules.end() && it->second.first < best)
                {
                    best = it->second.first;
                    place = i;
                }
            }
            if (best == std::numeric_limits<int>::max())
            {
                return word;
            }
            word[place] = m_rules.at({word[place], word[place + 1]}).second;
            word.erase(word.begin() + static_cast<std::ptrdiff_t>(place) + 1);
        }
    }

  private:
    std::map<std::pair<int32_t, int32_t>, std::pair<int, int32_t>> m_rules; //!< rank and token
    int m_count{0};                                                         //!< merges so far
};

TEST(BytePair, MergesAsTheDefinitionHasIt)
{
    std::mt19937 random(3);
    for (int round = 0; round < 300; ++round)
    {
        BytePairMerger merger;
        PlainMerger plain;
        const int letters = 2 + static_cast<int>(random() % 3);
        // Tokens are spans of text, so their texts name them; ranks are in no order of length.
        std::map<std::string, int32_t> ids;
        std::vector<std::string> texts;
        for (int i = 0; i < letters; ++i)
        {
            texts.emplace_back(1, static_cast<char>('a' + i));
            ids[texts.back()] = i;
        }
        for (int i = 0; i < 30; ++i)
        {
            const auto left = texts[random() % texts.size()];
            const auto right = texts[random() % texts.size()];
            if (left.size() + right.size() > 12)
            {
                continue;
            }
            const auto [it, isNew] = ids.emplace(left + right, static_cast<int32_t>(texts.size()));
            if (isNew)
            {
                texts.push_back(left + right);
            }
            merger.Add(ids.at(left), ids.at(right), it->second);
            plain.Add(ids.at(left), ids.at(right), it->second);
        }
        for (int i = 0; i < 30; ++i)
        {
            std::vector<int32_t> word(random() % 40);
            std::generate(word.begin(), word.end(), [&] {
                return static_cast<int32_t>(random() % static_cast<unsigned>(letters));
            });
            auto merged = word;
            merger.Merge(merged);
            ASSERT_EQ(merged, plain.Merge(word));
        }
    }
}

TEST(BytePair, OneEndlessWordTakesNoTime)
{
    BytePairMerger merger;
    for (int32_t i = 0; i < 20; ++i)
    {
        merger.Add(i, i, i + 1);
    }
    std::vector<int32_t> word(std::size_t{1} << 20, 0);
    merger.Merge(word);
    EXPECT_EQ(word, std::vector<int32_t>{20});
}

TEST(BytePair, AlphabetIsGpt2s)
{
    EXPECT_EQ(GetByteCharacter(' '), "\u0120");
    EXPECT_EQ(GetByteCharacter('\n'), "\u010a");
    EXPECT_EQ(GetByteCharacter('a'), "a");
    EXPECT_EQ(GetByteCharacter(0xad), "\u0143") << "the last one";
    EXPECT_EQ(GetByteCharacter(0xff), "\u00ff");
    std::set<std::string> seen;
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
    {
        seen.insert(GetByteCharacter(static_cast<unsigned char>(byte)));
        all += static_cast<char>(byte);
    }
    EXPECT_EQ(seen.size(), 256U);
    EXPECT_EQ(AlphabetToBytes(BytesToAlphabet(all)), all);
    EXPECT_FALSE(AlphabetToBytes("a b")) << "a space has another character";
    EXPECT_FALSE(AlphabetToBytes("\u4e2d"));
}

} // namespace
